"""What the hub's memory grows to as ever new people write: `python -m bench.memory`.

Each person writes once, in a conversation of their own. The resident set is read when the last one is answered.
"""

import argparse

from bench.hub_throughput import measure_hub


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[100, 100_000])
    parser.add_argument("--rate", type=float, default=400.0, help="messages a second")
    given = parser.parse_args()
    for people in given.people:
        spread_s = people / given.rate
        figures = measure_hub(people=people, messages=1, warmup=0, spread_s=spread_s, timeout_s=3 * spread_s + 60)
        print(
            f"{figures['messages']:8,} people answered: {figures['rss_mb']:.0f} MB resident, "
            f"{figures['anonymous_mb']:.0f} MB of them its own, the rest code shared with the files it lies in; "
            f"unanswered {figures['unanswered']}",
            flush=True,
        )


if __name__ == "__main__":
    main()
