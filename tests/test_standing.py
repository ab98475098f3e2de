"""Where `trunkline reload` finds a running hub, and whom it leaves alone."""

import os
from pathlib import Path

import pytest

from hub.standing import found, pid_file

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("alone", [True, False])
def test_a_process_is_found_while_it_runs(alone: bool, tmp_path: Path) -> None:
    with pid_file(tmp_path, alone=alone):
        assert found(tmp_path) == found(tmp_path) == [os.getpid()]
    assert list((tmp_path / "var").iterdir()) == []


def test_a_number_that_a_killed_process_left_is_nobody_s(tmp_path: Path) -> None:
    """It may be another program's by now, which the signal would end."""
    var = tmp_path / "var"
    var.mkdir()
    (var / "hub-7.pid").write_text(f"{os.getppid()}\n")
    (var / "hub.pid").write_text("poem\n")
    assert found(tmp_path) == []
    with pid_file(tmp_path, alone=True):
        (var / "hub-8.pid").write_text(f"{os.getppid()}\n")
        assert found(tmp_path) == [os.getpid()]


def test_a_second_process_takes_the_place_of_one_that_ends(tmp_path: Path) -> None:
    """What drains while its successor starts leaves the successor's file."""
    first = pid_file(tmp_path, alone=True)
    first.__enter__()
    (tmp_path / "var" / "hub.pid").write_text("7\n")
    first.__exit__(None, None, None)
    assert (tmp_path / "var" / "hub.pid").exists()
