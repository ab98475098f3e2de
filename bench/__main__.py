"""`python -m bench`: the store, the hub beside the bare bots, each channel, and what a person waits for.

Each can be run alone, with options. What a hundred thousand people leave in memory takes minutes and runs alone:
`python -m bench.memory`.
"""

import sys

from bench import channels, hub_throughput, latency, start, store

for part in (start, store, hub_throughput, channels, latency):
    sys.argv = [part.__name__]
    part.main()
    print()
