"""`python -m bench`: the store, the hub beside bare bots, each channel, a large report. Each can run alone."""

import sys

from bench import channels, hub_throughput, report, store

for part in (store, hub_throughput, channels, report):
    sys.argv = [part.__name__]
    part.main()
    print()
