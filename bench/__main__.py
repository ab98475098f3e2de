"""`python -m bench`: the store, then the hub beside the bare bots. Each can be run alone, with options."""

import sys

from bench import hub_throughput, store

for part in (store, hub_throughput):
    sys.argv = [part.__name__]
    part.main()
    print()
