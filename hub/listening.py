"""Listening to one call: a deployment's stream goes into the draft until it ends, breaks, or the person says stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from io import StringIO
from typing import Protocol

import msgspec

from hub.agents.port import AgentClient, AgentError, Done, Kind, Request, Text, Usage
from hub.clock import Clock
from hub.config.settings import Deployment
from hub.messages import storable


class Endpoint(msgspec.Struct, frozen=True):
    """A deployment as this process reaches it."""

    deployment: Deployment
    client: AgentClient
    slots: AbstractAsyncContextManager[None]


class Draft(Protocol):
    """Where an answer is written as it comes."""

    def write(self, text: str, /) -> object: ...


class Heard(msgspec.Struct, frozen=True):
    """How one call went."""

    text: str
    finish: str
    """stop, length, filter; stopped by the person; or the kind of the error."""
    usage: Usage | None
    """What the provider said at last; the least it will bill unless `whole`."""
    whole: bool
    """The usage is the provider's last word."""
    took_ms: int
    error: AgentError | None = None
    first_s: float = 0.0
    """Until the first word came, or until the end where none did."""
    model: str = ""
    """What answered, as the provider names it."""


class Stopper:
    """Lets a person end an answer at any moment."""

    def __init__(self) -> None:
        self.stopped = False
        self._scopes: set[asyncio.Timeout] = set()

    def stop(self) -> None:
        """End what runs inside `stoppable` now, or as soon as it begins. Said again, it changes nothing."""
        if self.stopped:
            return  # what ends already cannot be told to end once more
        self.stopped = True
        for scope in self._scopes:
            scope.reschedule(0)

    @asynccontextmanager
    async def stoppable(self) -> AsyncIterator[None]:
        """What is awaited in here ends when the person says stop; `stopped` tells."""
        try:
            async with asyncio.timeout(0 if self.stopped else None) as scope:
                self._scopes.add(scope)
                try:
                    yield
                finally:
                    self._scopes.discard(scope)
        except TimeoutError:
            if not self.stopped:
                raise


async def listen(
    client: AgentClient,
    request: Request,
    draft: Draft,
    stopper: Stopper,
    clock: Clock,
    tell: Callable[[Usage], None],
    first_word: Callable[[], None] = lambda: None,
) -> Heard:
    """Write the answer into the draft as it comes; `first_word` is called once, when it begins.

    An error of the deployment is part of what was heard, not raised. `tell` gets the usage that the provider tells
    before the end, for a caller who is cancelled.
    """
    began = clock.monotonic()
    answer = StringIO()
    done: Done | None = None
    usage: Usage | None = None
    error: AgentError | None = None
    first_s: float | None = None
    try:
        # Every client's stream is an async generator, which the port's AsyncIterator does not say.
        async with stopper.stoppable(), aclosing(client.stream(request)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Text):
                    if first_s is None:
                        first_s = clock.monotonic() - began
                        first_word()
                    shown = storable(piece.text)  # growing edits show it as it is
                    answer.write(shown)
                    draft.write(shown)
                elif isinstance(piece, Usage):
                    usage = piece
                    tell(piece)
                else:
                    done = piece
    except AgentError as raised:
        error = raised
        usage = raised.usage or usage
    took_s = clock.monotonic() - began
    took_ms, first_s = int(took_s * 1000), took_s if first_s is None else first_s
    text = answer.getvalue()
    if error:
        return Heard(text, error.kind, usage, error.whole, took_ms, error, first_s)
    if done:
        return Heard(text, done.finish, done.usage or usage, done.usage is not None, took_ms, None, first_s, done.model)
    if stopper.stopped:
        return Heard(text, "stopped", usage, False, took_ms, None, first_s)
    cut = AgentError(Kind.CUT, "the stream ended without a word on why", sent=True)
    return Heard(text, cut.kind, usage, False, took_ms, cut, first_s)
