"""Messages a second and CPU a message: bare bots against the hub, each on one core beside the same world."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import machine
from bench.hub_under_test import SECRETS, command, write_settings
from bench.throughput import Addresses, bare_bot, measure


def measure_hub(channel: str = "telegram", **options: Any) -> dict[str, Any]:
    """The figures of a hub with this one channel, on a new SQLite database with full synchronous."""
    with tempfile.TemporaryDirectory() as folder:

        def started(world: Addresses) -> Sequence[str]:
            return command(sys.executable, write_settings(Path(folder), channel=channel, **world), embeddings=False)

        return measure(started, platform=channel, env=SECRETS, **options)


def _row(figures: dict[str, Any]) -> str:
    placeholder, final = figures["placeholder_ms"], figures["final_ms"]
    return (
        f"{figures['messages_a_second']:7.1f} messages/s  {figures['cpu_ms_a_message']:6.3f} ms CPU each  "
        f"placeholder p50 {placeholder['p50']:6.1f} p99 {placeholder['p99']:7.1f} ms  "
        f"final p50 {final['p50']:6.1f} p99 {final['p99']:7.1f} ms  {figures['rss_mb']:5.1f} MB  "
        f"unanswered {figures['unanswered']}  twice {figures['answered_twice']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--messages", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    options = {"people": given.people, "messages": given.messages}
    contenders = {
        "(a) bare, httpx": lambda: measure(bare_bot("httpx"), **options),
        "(b) bare, aiohttp": lambda: measure(bare_bot("aiohttp"), **options),
        "(c) trunkline": lambda: measure_hub(**options),
    }
    print(machine.measure())
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(given.runs):
        for name, run in contenders.items():
            figures = run()
            rates[name].append(figures["messages_a_second"])
            print(f"{name:18}", _row(figures), flush=True)
    a, b, c = (median(each) for each in rates.values())
    print(f"medians: (a) {a:.0f}/s  (b) {b:.0f}/s  (c) {c:.0f}/s   c/a {c / a:.2f}  c/b {c / b:.2f}")


if __name__ == "__main__":
    main()
