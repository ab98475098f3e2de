"""`python -m tests.crash --runs 2000`: the twelve scenarios, simulated, in several processes side by side.

`--scenario 4 --seed 123` plays one run again. `--seeds 50` kills real processes of the hub over real sockets at random
moments; a second call goes on where the first was ended. `--runs` plays one such seed for every hundred runs, too.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.crash.run import Outcome, run
from tests.crash.scenario import Scenario, graceful, scenario
from tests.crash.simulated.many import Run, many, table
from tests.crash.simulated.plan import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
FINISHED = ROOT / "var" / "crash.jsonl"
GRACEFUL_EVERY = 10
"""Every tenth seed is a hub that is told to end, the others are killed."""


class Entry(msgspec.Struct, frozen=True):
    """A line of the file of finished seeds: what was played, and how it ended."""

    scenario: Scenario
    outcome: Outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, help="how many simulated runs, over all scenarios or the one of --scenario")
    parser.add_argument(
        "--scenario", type=int, choices=SCENARIOS, help="; ".join(f"{n}: {s}" for n, s in SCENARIOS.items())
    )
    parser.add_argument("--seed", type=int, help="of one simulated run")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--seeds", type=int, help="how many real hubs, from --first on")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--messages", type=int, default=3, help="of each person")
    parser.add_argument("--again", action="store_true", help="play finished seeds once more")
    given = parser.parse_args()
    if given.seed is not None:
        return _again(given.scenario or 1, given.seed)
    good = not given.runs or _simulated(given.runs, given.first, given.scenario, given.processes)
    seeds = given.seeds if given.seeds is not None else (given.runs or 5_000) // 100
    return 0 if (not seeds or _killed(given, seeds)) and good else 1


def _again(scenario: int, seed: int) -> int:
    """One simulated run, with all that is known of it."""
    (run,) = many([(scenario, seed)], 1, lambda _: None)
    print(msgspec.json.format(msgspec.json.encode(run)).decode())
    return 0 if run.good else 1


def _simulated(runs: int, first: int, scenario: int | None, processes: int) -> bool:
    """Whether all went well."""
    began, done, bad = time.monotonic(), 0, 0
    chosen = [scenario] if scenario else list(SCENARIOS)

    def told(run: Run) -> None:
        nonlocal done, bad
        done += 1
        if not run.good:
            bad += 1
            print(f"--scenario {run.scenario} --seed {run.seed}", *run.wrong, sep="\n    ", flush=True)
        if done % 200 == 0:
            print(f"{done:,} runs, {bad} bad, {time.monotonic() - began:.0f} s", flush=True)

    wanted = [(chosen[number % len(chosen)], first + number // len(chosen)) for number in range(runs)]
    all_of_them = many(wanted, processes, told)
    took_s = time.monotonic() - began
    print(table(all_of_them))
    print(
        f"{runs:,} runs in {took_s:.0f} s with {processes} processes; 10,000 take {took_s * 10_000 / runs / 60:.0f} min"
    )
    return not bad


def _killed(given: argparse.Namespace, seeds: int) -> bool:
    """Real processes over real sockets; whether all went well."""
    wanted = [_scenario(seed, given.people, given.messages) for seed in range(given.first, given.first + seeds)]
    known = {} if given.again else _finished()
    outcomes = []
    for each in wanted:
        outcome = known.get(msgspec.json.encode(each))
        if outcome is None:
            outcome = _play(each)
            print(_line(outcome), flush=True)
        outcomes.append(outcome)
    print(_summary(outcomes, already=sum(msgspec.json.encode(each) in known for each in wanted)))
    return all(outcome.good for outcome in outcomes)


def _scenario(seed: int, people: int, messages: int) -> Scenario:
    make = graceful if seed % GRACEFUL_EVERY == 0 else scenario
    made = make(seed, people=people, messages=messages)
    return msgspec.json.decode(msgspec.json.encode(made), type=Scenario)  # as it is read from the file: 1 is 1.0 there


def _finished() -> dict[bytes, Outcome]:
    """Outcomes of seeds that ended well, by their scenario: a seed that now means something else is played anew."""
    lines = FINISHED.read_bytes().splitlines() if FINISHED.exists() else []
    entries = []
    for line in lines:
        try:
            entries.append(msgspec.json.decode(line, type=Entry))
        except msgspec.DecodeError:
            continue  # written by another version, or cut off when this was interrupted
    return {msgspec.json.encode(entry.scenario): entry.outcome for entry in entries if entry.outcome.good}


def _play(each: Scenario) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix=f"crash-{each.seed}-"))
    outcome = asyncio.run(run(each, folder))
    if outcome.good:
        shutil.rmtree(folder)
    else:
        print(f"seed {each.seed}: database and log are kept in {folder}", file=sys.stderr)
    FINISHED.parent.mkdir(exist_ok=True)
    with FINISHED.open("ab") as file:
        file.write(msgspec.json.encode(Entry(each, outcome)) + b"\n")
    return outcome


def _line(outcome: Outcome) -> str:
    figures = outcome.figures
    told = (
        f"seed {outcome.seed:4}  {'good' if outcome.good else 'BAD '}  {outcome.seconds:5.1f} s"
        f"  {outcome.kills} kills  {outcome.faults:3} faults  orphans {figures.orphans}"
        f" ({figures.orphans_of_kills} by kills, {figures.listed} listed)"
        f"  {figures.calls} calls, rows {figures.rows}  {figures.apologies} apologies"
        f"  budget {outcome.most_permille / 10:.0f} % at most in {outcome.samples} looks"
        f"  first word {max(outcome.restart_s, default=0):.1f} s"
    )
    return "\n".join([told, *(f"    {violation}" for violation in figures.violations)])


def _summary(outcomes: list[Outcome], already: int) -> str:
    kills = sum(outcome.kills for outcome in outcomes)
    by_kills = sum(outcome.figures.orphans_of_kills for outcome in outcomes)
    bad = sum(not outcome.good for outcome in outcomes)
    return (
        f"{len(outcomes)} seeds ({already} played before), {bad} bad: {kills} kills, "
        f"{by_kills} placeholders orphaned by them ({by_kills / max(kills, 1):.2f} a kill), "
        f"{_sum(o.figures.listed for o in outcomes)} listed, "
        f"{_sum(o.figures.rows.get('presumed', 0) for o in outcomes)} presumed rows, "
        f"{_sum(o.figures.calls for o in outcomes)} calls, {_sum(o.seconds for o in outcomes):.0f} s"
    )


def _sum(values: Iterable[float]) -> float:
    return sum(values)


if __name__ == "__main__":
    sys.exit(main())
