"""CPU a message on each channel: the hub beside bare bots on the same SDK: `python -m bench.channels`.

Every message is answered by a placeholder, a streamed model call, growing edits at the channel's own interval and a
final edit. CPU is that of the process under test alone; the platform, the model and the people run on another core. The
contenders take turns, so that whatever else the machine does meets all of them.
"""

import argparse
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from bench import machine
from bench.hub_throughput import measure_hub
from bench.throughput import ADDRESSES, bare_bot, measure

CHUNKS, BETWEEN_S = 20, 0.14
"""An answer takes 2.8 s: Telegram shows two growing edits, Discord two, Slack one, and no tick is near the end."""
HUB = "trunkline"
_DISCORD = [sys.executable, "-m", "bench.bare_discord", *ADDRESSES, "--gateway", "{gateway}"]
_SLACK = [sys.executable, "-m", "bench.bare_slack", *ADDRESSES]
BARE = {
    "telegram": {
        "python-telegram-bot": bare_bot("httpx"),
        "python-telegram-bot on aiohttp": bare_bot("aiohttp"),
    },
    "discord": {"discord.py": _DISCORD, "discord.py without its caches": [*_DISCORD, "--no-cache"]},
    "slack": {"slack-bolt": _SLACK, "slack-bolt with one session": [*_SLACK, "--session"]},
}


def contenders(channel: str, **options: Any) -> dict[str, Callable[[], dict[str, Any]]]:
    """By name: one run of each."""
    runs: dict[str, Callable[[], dict[str, Any]]] = {
        name: lambda words=words: measure(words, platform=channel, **options) for name, words in BARE[channel].items()
    }
    return {**runs, HUB: lambda: measure_hub(channel, **options)}


def compare(channel: str, runs: int, **options: Any) -> str:
    """Take turns, print each run, and say how the hub stands to the best bare bot by medians."""
    taking_part = contenders(channel, **options)
    cpu: dict[str, list[float]] = {name: [] for name in taking_part}
    for _ in range(runs):
        for name, run in taking_part.items():
            figures = run()
            cpu[name].append(figures["cpu_ms_a_message"])
            print(
                f"{channel:9}{name:32}{figures['cpu_ms_a_message']:7.3f} ms CPU a message  "
                f"shown {figures['shows_a_message']:.2f} times  {figures['messages']} messages  "
                f"unanswered {figures['unanswered']}  twice {figures['answered_twice']}",
                flush=True,
            )
    middle = {name: median(each) for name, each in cpu.items()}
    hub = middle.pop(HUB)
    best = min(middle, key=middle.__getitem__)
    return (
        f"{channel}: {HUB} {hub:.2f} ms, {best} {middle[best]:.2f} ms: {hub / middle[best]:.2f} times the best bare bot"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=240)
    parser.add_argument("--messages", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--channels", nargs="+", choices=[*BARE], default=[*BARE])
    given = parser.parse_args()
    print(machine.measure())
    options = {"people": given.people, "messages": given.messages, "warmup": 1}
    options |= {"chunks": CHUNKS, "between_s": BETWEEN_S, "spread_s": CHUNKS * BETWEEN_S}
    verdicts = [compare(channel, given.runs, **options) for channel in given.channels]
    print("\n".join(["medians:", *verdicts]))


if __name__ == "__main__":
    main()
