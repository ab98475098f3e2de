"""`python -m bench`: the store, the hub beside the bare bots, and each channel. Each can be run alone, with options."""

import sys

from bench import channels, hub_throughput, store

for part in (store, hub_throughput, channels):
    sys.argv = [part.__name__]
    part.main()
    print()
