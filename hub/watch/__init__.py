"""Watching a running hub: its figures, its traces, its logs, its state of health. Nothing here changes what it does."""
