"""Many runs, in several processes side by side; what each scenario came to, and what went wrong with which seed."""

import contextlib
import multiprocessing
import shutil
import signal
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

from tests.crash.simulated.faults import fault
from tests.crash.simulated.plan import SCENARIOS, plan
from tests.crash.simulated.play import Outcome, play
from tests.postgres import memory

STUCK_S = 90
"""Real time that one run may take."""


class Run(msgspec.Struct, frozen=True):
    """What came of a seed; `broken`: the harness itself could not go on, which is as bad."""

    scenario: int
    seed: int
    seconds: float
    outcome: Outcome | None = None
    broken: str = ""
    broken_by: str = ""

    @property
    def good(self) -> bool:
        return self.outcome is not None and self.outcome.good

    @property
    def wrong(self) -> list[str]:
        return self.outcome.violations if self.outcome else [self.broken]


def once(scenario: int, seed: int, broken_by: str = "") -> Run:
    """One run, in a folder of its own. `broken_by`: one of FAULTS that the hub has."""
    began = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="crash-", dir=memory()))
    outcome, broken = None, ""
    try:
        with fault(broken_by):
            outcome = play(plan(scenario, seed), folder / "run")
    except Exception:  # noqa: BLE001 - told with its seed
        broken = traceback.format_exc(limit=-6)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Run(scenario, seed, round(time.perf_counter() - began, 3), outcome, broken, broken_by)


def many(
    wanted: Iterable[tuple[int, int] | tuple[int, int, str]], processes: int, told: Callable[[Run], None]
) -> list[Run]:
    """All of them, each (scenario, seed) or with a fault; `told` hears of each as it ends.

    Each has a process of its own, forked from one in which nothing has happened: so it is the same run wherever its
    seed stands among others. They hash alike: the order of a set of words is a part of what a seed says.
    """
    runs = []
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.simulated.warm"])
    with pytest.MonkeyPatch.context() as environment, contextlib.ExitStack() as stack:
        environment.setenv("PYTHONHASHSEED", "0")
        pool = stack.enter_context(context.Pool(processes, maxtasksperchild=1))
        for run in pool.imap_unordered(_one, wanted):
            told(run)
            runs.append(run)
    return runs


def _one(which: tuple[int, int] | tuple[int, int, str]) -> Run:
    signal.signal(signal.SIGALRM, _stuck)
    signal.alarm(STUCK_S)
    return once(*which)


def _stuck(*_: object) -> None:
    raise TimeoutError("the run does not end")


def table(runs: list[Run]) -> str:
    """What each scenario came to."""
    by_scenario: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        by_scenario[run.scenario].append(run)
    head = f"{'':52}{'runs':>6}{'bad':>5}{'deaths':>8}{'met':>7}{'messages':>10}{'marked':>8}{'uncertain':>11}{'ms':>6}"
    lines = [head]
    for number, some in sorted(by_scenario.items()):
        lines.append(f"{number:2}  {SCENARIOS[number]:<48}" + _figures(some))
    return "\n".join([*lines, f"{'all':<52}" + _figures(runs)])


def _figures(runs: list[Run]) -> str:
    ended = [outcome for run in runs if (outcome := run.outcome)]
    ends = [end for outcome in ended for end in outcome.ended_at if end != "end"]
    marked = sum(count for outcome in ended for mark, count in outcome.rows.items() if mark)
    return (
        f"{len(runs):6,}{sum(not run.good for run in runs):5}{len(ends):8,}"
        f"{sum(end != 'late' for end in ends):7,}{sum(o.messages for o in ended):10,}{marked:8,}"
        f"{sum(o.uncertain for o in ended):11,}{1000 * sum(run.seconds for run in runs) / len(runs):6.0f}"
    )
