"""How long a person waits for the hub itself, open loop: `python -m bench.latency`.

Messages come at a rate of their own, whether or not earlier ones are answered. Measured from the update handed out to
the placeholder shown, and from the model's last byte to the whole answer shown, each over the wire, beside what the
disk takes for one sync: one lies before a placeholder, and one before a final edit.
"""

import argparse

from bench import machine
from bench.hub_throughput import measure_hub


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100.0, help="messages a second")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--channels", nargs="+", default=["telegram", "discord", "slack"])
    given = parser.parse_args()
    print(machine.measure())
    people = int(given.rate * given.seconds)
    for _ in range(given.runs):
        for channel in given.channels:
            figures = measure_hub(
                channel, people=people, messages=1, warmup=1, spread_s=given.seconds, first_s=0.1, between_s=0.005
            )
            print(
                f"{channel:9} {given.rate:.0f} a second  "
                f"{_spread('update to placeholder', figures['placeholder_ms'])}  "
                f"{_spread('last byte to final edit', figures['final_ms'])}  "
                f"{figures['cpu_ms_a_message']:.2f} ms CPU each  unanswered {figures['unanswered']}",
                flush=True,
            )


def _spread(what: str, ms: dict[str, float]) -> str:
    return f"{what} p50 {ms['p50']:.1f} p99 {ms['p99']:.1f} ms"


if __name__ == "__main__":
    main()
