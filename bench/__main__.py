"""`python -m bench`: the store, the hub beside the bare bots, each channel, what a person waits for, a large report.

Each can be run alone, with options. What a hundred thousand people leave in memory takes minutes and runs alone:
`python -m bench.memory`.
"""

import sys

from bench import channels, hub_throughput, latency, report, start, store

for part in (start, store, hub_throughput, channels, latency, report):
    sys.argv = [part.__name__]
    part.main()
    print()
