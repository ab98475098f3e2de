"""`python -m bench`: start, store, routing, the hub beside the bare bots, each channel, waiting, a large report.

Each can be run alone, with options. What takes minutes runs alone: `bench.routing_sockets`, `bench.region_dies`,
`bench.residency`, `bench.fleet`, `bench.scale`, `bench.savings`, `bench.long_talk`, and `bench.memory`, what a hundred
thousand people leave in memory. `bench.recall`, `bench.tiering` and `bench.similar` each want a file.
"""

import sys

from bench import channels, hub_throughput, latency, report, route_cost, routing, start, store

for part in (start, store, route_cost, routing, hub_throughput, channels, latency, report):
    sys.argv = [part.__name__]
    part.main()
    print()
