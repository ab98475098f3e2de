"""What proves speed, cost and scale. Each file runs by itself: `python -m bench.store`."""
