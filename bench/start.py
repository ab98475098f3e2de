"""How long the hub takes from its command line to its first look at the platform: `python -m bench.start`."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.hub_under_test import SECRETS, command, write_settings
from bench.throughput import ROOT
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram


async def first_poll_s(folder: Path) -> float:
    """Seconds from the start of the process until Telegram has handed it what waited there."""
    platform = FakeTelegram(strict=False)
    polled = asyncio.Event()
    platform.on_handed_out = lambda _: polled.set()
    async with serving(platform, 0):
        platform.say(1, "hello")
        settings = write_settings(folder, platform=platform.server.url, model="http://127.0.0.1:1/v1")
        began = time.monotonic()
        words = command(sys.executable, settings)
        hub = await asyncio.create_subprocess_exec(
            *words, cwd=ROOT, env={**os.environ, **SECRETS}, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await asyncio.wait_for(polled.wait(), 30)
            return time.monotonic() - began
        finally:
            hub.kill()
            await hub.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    took = []
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory() as folder:
            took.append(asyncio.run(first_poll_s(Path(folder))))
    print(f"start to first poll: median {median(took):.2f} s, {min(took):.2f} to {max(took):.2f} s in {len(took)} runs")


if __name__ == "__main__":
    main()
