"""The whole test: `python -m tests.fleet.long --minutes 3 --people 2000`. Prints its figures as JSON."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec

from tests.fleet.storm import Outcome, Storm, run
from tests.fleet.town import Town, crowd
from tests.postgres import memory, running_server


async def play(given: argparse.Namespace, folder: Path, url: str) -> Outcome:
    who = crowd(given.people, given.messages)
    town = Town(who, seed=given.seed, spread_s=given.minutes * 60, between_s=given.between_s)
    storm = Storm(
        seed=given.seed,
        every_s=(given.kill_every * 0.5, given.kill_every * 1.5),
        seconds=given.minutes * 60,
        answered_within_s=given.patience,
    )
    async with town.open():
        return await run(town, storm, folder, url, lambda line: print(line, file=sys.stderr, flush=True))


def main() -> None:
    parser = argparse.ArgumentParser(description="A fleet that is killed at random while everybody writes.")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=2, help="of each person")
    parser.add_argument("--kill-every", type=float, default=3.0, help="seconds, on average")
    parser.add_argument("--between-s", type=float, default=0.05, help="seconds between two pieces of an answer")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds after the last kill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where logs and settings are left")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="trunkline-fleet-", dir=memory()))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with running_server() as server:
            name = asyncio.run(server.create_migrated())
            outcome = asyncio.run(play(given, folder, server.url(name)))
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(msgspec.json.format(msgspec.json.encode(outcome)).decode())
    sys.exit(bool(outcome.figures.violations))


if __name__ == "__main__":
    main()
