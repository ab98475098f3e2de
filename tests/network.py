"""No test reaches the outside: only this machine's loopback and unix sockets may be connected to."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LOCAL_NAMES = {None, "", "localhost", "localhost.localdomain", "ip6-localhost", socket.gethostname()}


class OutsideRequestError(RuntimeError):
    """A test tried to reach a machine other than this one."""


@contextmanager
def only_this_machine() -> Iterator[None]:
    """Refuse connections to other machines, and look-ups of their names, while this holds."""
    kept = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    look_up = socket.getaddrinfo

    def guarded(name: str) -> Any:
        def call(self: socket.socket, *arguments: Any) -> Any:
            if self.family != socket.AF_UNIX:
                _refuse_outside(arguments[-1])
            return kept[name](self, *arguments)

        return call

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        _refuse_outside((host, 0))
        return look_up(host, *arguments, **options)

    for name in kept:
        setattr(socket.socket, name, guarded(name))
    socket.getaddrinfo = guarded_look_up
    try:
        yield
    finally:
        for name, method in kept.items():
            setattr(socket.socket, name, method)
        socket.getaddrinfo = look_up


def _refuse_outside(address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else address
    host = host.decode() if isinstance(host, bytes) else host
    if host in _LOCAL_NAMES:
        return
    try:
        local = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        local = None
    if local is None or not (local.is_loopback or local.is_unspecified):
        raise OutsideRequestError(
            f"A test tried to reach {host!r}. Tests speak only to this machine: start a server on 127.0.0.1 instead."
        )
