"""An event loop without waiting: when nothing is left to do, the time is that of the next timer.

Threads (those of the store) are waited for in real time, and what they tell is heard only while virtual time stands
still; so the order of everything follows from the seed.
"""

import asyncio
import contextlib
import selectors
import signal
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

from tests.crash.simulated.network import Network

STUCK_S = 30.0
"""Real time that a thread may take for one thing."""


class Stuck(Exception):
    """Nothing will ever happen again, or a thread does not come back."""


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Waits in real time for threads and for the real files of a database server; else it turns the clock."""

    loop: "SimulatedLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        loop = self.loop
        real = len(self.get_map()) > 1  # beyond the loop's own pipe
        if loop.heard_threads() or timeout == 0:
            return super().select(0) if real else []
        if loop.busy:
            events = super().select(STUCK_S)
            if not events and not loop.heard_threads():
                raise Stuck("a thread does not come back")
            loop.heard_threads()
            return list(events)
        if timeout is None:
            raise Stuck("nothing will ever happen again")
        loop.turn(timeout)
        return super().select(0) if real else []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """One world's loop."""

    def __init__(self) -> None:
        self._virtual_s = 1_000.0
        self._timers = 0
        self._told: deque[asyncio.Handle] = deque()
        self.busy = 0
        """Things that threads are at: while there are any, virtual time stands still."""
        self.signals: dict[int, tuple[Callable[..., object], tuple[Any, ...]]] = {}
        """Handlers of signals, for whoever wants to send one."""
        self.network = Network(self)
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    # -- time --------------------------------------------------------------------------------------------------------

    def time(self) -> float:
        return self._virtual_s

    def turn(self, seconds: float) -> None:
        self._virtual_s += seconds

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Of two timers for the same moment, the first that was set is the first to ring: a heap alone says nothing."""
        self._timers += 1
        return super().call_at(when + self._timers * 1e-12, callback, *args, context=context)

    # -- threads -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def threads_at_work(self) -> Iterator[None]:
        """What is awaited in here comes from a thread, or from a real server."""
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._told.append(handle)
        self._write_to_self()  # type: ignore[attr-defined]
        return handle

    def heard_threads(self) -> bool:
        heard = False
        while self._told:
            self._ready.append(self._told.popleft())  # type: ignore[attr-defined]
            heard = True
        return heard

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":  # type: ignore[override]
        """Done at once."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is the caller's
            future.set_exception(error)
        return future

    # -- signals -----------------------------------------------------------------------------------------------------

    def add_signal_handler(self, sig: int, callback: Callable[..., object], *args: Any) -> None:  # type: ignore[override]
        self.signals[sig] = (callback, args)

    def terminate(self) -> None:
        """SIGTERM, to the hub that runs in here."""
        callback, args = self.signals[signal.SIGTERM]
        self.call_soon(callback, *args)

    # -- network -----------------------------------------------------------------------------------------------------

    async def create_server(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:  # type: ignore[override]
        return self.network.listen(protocol_factory, port)

    async def sock_connect(self, sock: Any, address: Any) -> None:  # type: ignore[override]
        if sock.family == socket.AF_UNIX:
            await super().sock_connect(sock, address)
        else:
            await self.network.reach(sock, address[1])

    async def create_connection(self, protocol_factory: Any, *args: Any, sock: Any = None, **options: Any) -> Any:  # type: ignore[override]
        if self.network.reached(sock):
            return self.network.connect(protocol_factory, sock)
        return await super().create_connection(protocol_factory, *args, sock=sock, **options)


class SimulatedClock:
    """The hub's clock in a simulated loop; its wall clock can be set."""

    def __init__(self, loop: SimulatedLoop, start_ms: int) -> None:
        self._loop = loop
        self._offset_ms = start_ms - int(loop.time() * 1000)

    def now_ms(self) -> int:
        return int(self._loop.time() * 1000) + self._offset_ms

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def jump(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self._offset_ms += int(seconds * 1000)
