"""Imported by the process from which every run is forked: all that runs share is there already."""

from tests.crash.simulated.play import warm

warm()
