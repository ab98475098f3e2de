"""Connections in memory: bytes take a moment on their way, and a dead client's lines end."""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.crash.simulated.loop import SimulatedLoop

FIRST_PORT = 20_000
_UNDER_WAY_S = (0.0001, 0.002)
"""How long bytes take."""


class Network:
    """All that is connected in one loop. Servers outlive their clients."""

    def __init__(self, loop: "SimulatedLoop") -> None:
        self._loop = loop
        self._ports = itertools.count(FIRST_PORT)
        self._servers: dict[int, Callable[[], asyncio.Protocol]] = {}
        self._reached: dict[Any, int] = {}
        self._clients: dict[End, None] = {}
        self.chance = random.Random(0)
        self.away: set[int] = set()
        """Ports at which nobody answers: connections are refused, and those that stand are cut."""
        self.silent: set[int] = set()
        """Ports from which nothing comes any more, not even a refusal."""
        self.on_bytes: Callable[[int, bytes], int | None] = lambda port, data: None
        """Given what comes to a client from a port: how many bytes of it are handed over before the line breaks."""

    # -- servers -----------------------------------------------------------------------------------------------------

    def listen(self, factory: Callable[[], asyncio.Protocol], port: int) -> "Listening":
        port = port or next(self._ports)
        self._servers[port] = factory
        return Listening(self, port)

    def no_longer(self, port: int) -> None:
        self._servers.pop(port, None)

    def go_away(self, port: int) -> None:
        self.away.add(port)
        for end in [each for each in self._clients if each.port == port]:
            end.peer.abort()

    # -- clients -----------------------------------------------------------------------------------------------------

    async def reach(self, sock: Any, port: int) -> None:
        await asyncio.sleep(self.chance.uniform(*_UNDER_WAY_S))
        if port in self.silent:
            await self._loop.create_future()
        if port in self.away or port not in self._servers:
            raise ConnectionRefusedError(111, "Connection refused")
        self._reached[sock] = port

    def reached(self, sock: Any) -> bool:
        return sock in self._reached

    def connect(self, factory: Callable[[], asyncio.Protocol], sock: Any) -> tuple["End", asyncio.Protocol]:
        port = self._reached.pop(sock)
        sock.close()
        if port not in self._servers:
            raise ConnectionRefusedError(111, "Connection refused")
        served = self._servers[port]()
        protocol = factory()
        client, server = End(self, self._loop, protocol, port), End(self, self._loop, served, 0)
        client.peer, server.peer = server, client
        self._clients[client] = None
        protocol.connection_made(client)
        served.connection_made(server)
        return client, protocol

    def client_died(self) -> None:
        """Every client's process is gone: what it sent is under way, what comes for it meets nobody."""
        for end in list(self._clients):
            end.die()
        self._reached.clear()

    def forget(self, end: "End") -> None:
        self._clients.pop(end, None)

    def delay_s(self) -> float:
        return self.chance.uniform(*_UNDER_WAY_S)


class Listening:
    """What asyncio gives for a server."""

    def __init__(self, network: Network, port: int) -> None:
        self._network = network
        self._port = port
        self.sockets = (self,)

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", self._port

    def close(self) -> None:
        self._network.no_longer(self._port)

    async def wait_closed(self) -> None:
        return


class End(asyncio.Transport):
    """One end of a connection. `port`: of the server, on the client's end; 0 on the server's."""

    peer: "End"

    def __init__(self, network: Network, loop: "SimulatedLoop", protocol: asyncio.Protocol, port: int) -> None:
        super().__init__({"peername": ("127.0.0.1", port), "sockname": ("127.0.0.1", 1)})
        self._network = network
        self._loop = loop
        self._protocol = protocol
        self.port = port
        self._due_s = 0.0
        self._closing = False
        self._dead = False
        self._lost = False
        self._paused = False
        self._kept: deque[bytes] = deque()
        self._ends_with: BaseException | bool | None = False

    # -- sending -----------------------------------------------------------------------------------------------------

    def write(self, data: Any) -> None:
        if not self._closing and not self._dead:
            self.peer.arrives(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            if not self._dead:
                self.peer.ends(None)
            self._loop.call_soon(self._lose, None)

    def abort(self) -> None:
        if not self._closing:
            self._closing = True
            if not self._dead:
                self.peer.ends(ConnectionResetError(104, "Connection reset by peer"))
            self._loop.call_soon(self._lose, None)

    def die(self) -> None:
        """Its process is gone: it hears of nothing any more."""
        self._network.forget(self)
        if not self._dead:
            self._dead = True
            self.peer.ends(ConnectionResetError(104, "Connection reset by peer"))

    # -- receiving ---------------------------------------------------------------------------------------------------

    def arrives(self, data: bytes) -> None:
        """In the order in which it was sent."""
        self._loop.call_at(self._next_s(), self._receive, data)

    def ends(self, error: BaseException | None) -> None:
        self._loop.call_at(self._next_s(), self._end, error)

    def _next_s(self) -> float:
        self._due_s = max(self._due_s + 1e-7, self._loop.time() + self._network.delay_s())
        return self._due_s

    def _receive(self, data: bytes) -> None:
        if self._lost or self._closing or self._dead:
            return
        if self._paused:
            self._kept.append(data)
            return
        if self.port:
            whole = self._network.on_bytes(self.port, data)
            if self._dead:  # these bytes were its end
                return
            if whole is not None:
                if whole:
                    self._protocol.data_received(data[:whole])
                self._closing = True
                self.peer.ends(ConnectionResetError(104, "Connection reset by peer"))
                self._lose(ConnectionResetError(104, "Connection reset by peer"))
                return
        self._protocol.data_received(data)

    def _end(self, error: BaseException | None) -> None:
        if self._lost or self._dead:
            return
        if self._paused:
            self._ends_with = error
            return
        self._closing = True
        if error is None:
            self._protocol.eof_received()
        self._lose(error)

    def _lose(self, error: BaseException | None) -> None:
        self._network.forget(self)
        if not self._lost:
            self._lost = True
            self._protocol.connection_lost(error)  # type: ignore[arg-type]

    # -- what clients ask of a transport -----------------------------------------------------------------------------

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return not self._paused

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        if not self._paused:
            return
        self._paused = False
        while self._kept and not self._paused:
            self._receive(self._kept.popleft())
        if self._ends_with is not False and not self._paused:
            ended, self._ends_with = self._ends_with, False
            self._end(ended if isinstance(ended, BaseException) else None)

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol  # type: ignore[assignment]

    def can_write_eof(self) -> bool:
        return False
