"""Ports that a test may write into settings before anybody listens there."""

import itertools
import os
import socket

FIRST, MANY = 10_000, 20_000
"""Below those that Linux gives to whoever asks for any: none of these goes to somebody else meanwhile."""

_numbers = itertools.count(os.getpid() * 50)  # processes that run tests side by side begin apart


def free_port() -> int:
    """One on which nobody listens, and that this process has not given out before."""
    while True:
        port = FIRST + next(_numbers) % MANY
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
