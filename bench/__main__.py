"""`python -m bench`: the store, routing, then the hub beside the bare bots. Each can be run alone, with options.

`bench.routing_sockets` and `bench.region_dies` take minutes, and are run alone.
"""

import sys

from bench import hub_throughput, route_cost, routing, store

for part in (store, route_cost, routing, hub_throughput):
    sys.argv = [part.__name__]
    part.main()
    print()
