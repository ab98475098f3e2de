"""`python -m tests.money.invoice --calls 200000 --seed 7 --all`: the long form of the invoice test."""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.money.invoice.run import asked
from tests.money.invoice.verdict import by_call, by_mark, compared, report


async def main(calls: int, seed: int, *, everything: bool) -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run, database = await asked(seed, calls, Path(folder))
        try:
            verdict = await compared(run, database)
        finally:
            await database.close()
    print(by_call(verdict.listed) if everything else by_mark(verdict))
    print(f"seed {seed}: {run.books.calls:,} calls in {time.monotonic() - began:.1f} s")
    if verdict.problems:
        print(report(verdict))
    return 1 if verdict.problems else 0


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(prog="python -m tests.money.invoice")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--all", action="store_true", help="list every marked row with its difference")
    options = parser.parse_args()
    sys.exit(asyncio.run(main(options.calls, options.seed, everything=options.all)))
