"""Every wrong configuration of wrong.txt gives exactly the lines that stand there."""

from pathlib import Path
from typing import NamedTuple

import pytest

from hub.config.problems import ConfigError
from tests.config.house import BASE, ENVIRONMENT, SECRET, complaints, loaded, write

pytestmark = pytest.mark.unit

SPOILT = ENVIRONMENT | {
    "BLANK": " \t",
    "BROKEN": f"{SECRET}\n{SECRET}",
    "SHORT": "hunter2",
    "OTHER_TOKEN": "654321:other-token",
}


class Wrong(NamedTuple):
    """A configuration that is spoilt: `replaced` in the base, `lines` are what must be said."""

    name: str
    replaced: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]

    def text(self) -> str:
        text = BASE
        for old, new in self.replaced:
            if not old:
                text += new + "\n"
                continue
            assert old in text, f"{self.name}: {old!r} is not in the base"
            text = text.replace(old, new)
        return text


def parse(text: str) -> list[Wrong]:
    """Each case: `== name`, then `- old` and `+ new` lines (without the former, the latter are appended), `! said`."""
    cases: list[Wrong] = []
    for block in text.split("\n== ")[1:]:
        name, *lines = block.rstrip("\n").split("\n")
        replaced: list[tuple[str, str]] = []
        old: list[str] = []
        new: list[str] = []
        for line, following in zip(lines, [*lines[1:], "!"], strict=True):
            (old if line[0] == "-" else new if line[0] == "+" else []).append(line[2:])
            if line[0] == "+" and following[0] != "+":
                replaced.append(("\n".join(old), "\n".join(new)))
                old, new = [], []
        said = tuple(line[2:] for line in lines if line[0] == "!")
        cases.append(Wrong(name, tuple(replaced), said))
    return cases


CASES = parse(Path(__file__).with_name("wrong.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_wrong_configuration_is_named_with_its_remedy(case: Wrong, tmp_path: Path) -> None:
    assert case.lines
    assert complaints(write(tmp_path, case.text()), SPOILT) == list(case.lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_complaint_shows_a_secret(case: Wrong, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(write(tmp_path, case.text()), SPOILT)
    said = f"{refused.value} {refused.value!r} {refused.value.problems!r}"
    assert "hunter2" not in said
    assert SECRET not in said
    assert not any(secret in said for secret in ENVIRONMENT.values())


def test_the_base_has_no_problem(tmp_path: Path) -> None:
    assert complaints(write(tmp_path, BASE), SPOILT) == []
