"""Whole hubs in one process: time is virtual, the network is memory, and a death is the end of all that it could do.

A seed says everything that happens, so it happens again: the loop takes the place of time, of sockets and of the
scheduler; the hub between them is the real one, from `hub.app.run` down to its SQLite file.
"""
