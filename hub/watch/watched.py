"""The parts of a running hub that also count what they do: each is the part itself, with its figures beside it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from hub.agents.port import AgentClient, AgentError, Done, Request, Text, Usage, Warmable
from hub.channel import Pace
from hub.clock import Clock
from hub.config.settings import Deployment
from hub.gate import Beside, Gate
from hub.inbox import Accepted, Claim, Inbox
from hub.messages import Message
from hub.money.budgets import Busy, Spent
from hub.money.holds import Bill, Held, HoldRequest, LostHold, Settlement
from hub.money.till import Till
from hub.store import Statement
from hub.turn import Turns
from hub.watch.meters import NUSD, Meters
from hub.watch.traces import Tracer


class WatchedInbox(Inbox):
    """Counts messages in and out, and how long people waited."""

    def __init__(self, meters: Meters, clock: Clock, *parts: Any, **options: Any) -> None:
        """`parts` and `options` are the inbox's own."""
        super().__init__(*parts, **options)
        self._meters = meters
        self._watch_clock = clock

    async def accept(
        self,
        messages: Sequence[Message],
        *,
        stops: Callable[[Message], bool],
        hurries: Callable[[Message], bool] = lambda _: False,
    ) -> list[Accepted]:
        stored = await super().accept(messages, stops=stops, hurries=hurries)
        for each in stored:
            self._meters.accepted.labels(each.message.conversation.channel).inc()
        return stored

    async def finish(self, claim: Claim, outcomes: dict[str, str], *also: Statement, pause_ms: int = 0) -> None:
        await super().finish(claim, outcomes, *also, pause_ms=pause_ms)
        channel = claim.conversation.channel
        for outcome in outcomes.values():
            self._meters.finished.labels(channel, outcome).inc()
        if claim.waiting and outcomes.get(claim.waiting[0].id) == "answered":
            waited_ms = self._watch_clock.now_ms() - claim.waiting[0].accepted_ms
            self._meters.answer_seconds.labels(channel).observe(max(0, waited_ms) / 1000)


class WatchedTill(Till):
    """Counts holds and what calls came to."""

    def __init__(self, meters: Meters, *parts: Any, **options: Any) -> None:
        """`parts` and `options` are the till's own."""
        super().__init__(*parts, **options)
        self._meters = meters

    async def hold(
        self, request: HoldRequest, *, deadline_s: float, extra: Sequence[Statement] = ()
    ) -> Held | Busy | Spent:
        answer = await super().hold(request, deadline_s=deadline_s, extra=extra)
        self._meters.holds.labels(request.call.agent, type(answer).__name__.lower()).inc()
        return answer

    async def settle(self, held: Held, bill: Bill, *extra: Statement) -> Settlement:
        ending = await super().settle(held, bill, *extra)
        self._meters.settled(held.request.call, bill, ending)
        return ending

    async def release(self, held: Held, outcome: str = "") -> None:
        await super().release(held, outcome)
        self._meters.holds.labels(held.request.call.agent, "released").inc()

    async def presume_orphaned(self, message: str, fence: int) -> list[LostHold]:
        return self._counted(await super().presume_orphaned(message, fence))

    async def presume_expired(self) -> list[LostHold]:
        return self._counted(await super().presume_expired())

    def _counted(self, lost: list[LostHold]) -> list[LostHold]:
        for each in lost:
            self._meters.presumed.inc(each.cost_nusd / NUSD)
        return lost


class WatchedTurns(Turns):
    """Counts turns under way, and traces each."""

    def __init__(self, meters: Meters, tracer: Tracer, **parts: Any) -> None:
        """`parts` are those of the turns."""
        super().__init__(**parts)
        self._under_way = meters.turns
        self._tracer = tracer

    def take(self, claim: Claim) -> asyncio.Task[None]:
        self._under_way.inc()
        with self._tracer.turn(claim.conversation.channel) as ended:
            task = super().take(claim)  # which takes the trace with it
        task.add_done_callback(lambda _: self._under_way.dec())
        task.add_done_callback(ended)
        return task


class WatchedGate(Gate):
    """Counts how often the platform asks to wait."""

    def __init__(
        self, pace: Pace, clock: Clock, meters: Meters, channel: str, account: str, beside: Beside | None = None
    ) -> None:
        super().__init__(pace, clock, beside)
        self._limited = meters.rate_limited.labels(channel, account)

    def refused(self, chat: str, seconds: float, *, private: bool) -> None:
        self._limited.inc()
        super().refused(chat, seconds, private=private)


class WatchedClient:
    """A deployment's client that counts errors by kind and the time to the first word, and traces each call."""

    def __init__(self, deployment: Deployment, client: AgentClient, meters: Meters, tracer: Tracer) -> None:
        self._client = client
        self._deployment = deployment
        self._errors = meters.errors
        self._first = meters.first_token_seconds.labels(deployment.name)
        self._tracer = tracer

    async def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        began, first = time.perf_counter(), True
        with self._tracer.call(self._deployment, request) as call:
            try:
                async with aclosing(self._client.stream(request)) as pieces:  # type: ignore[type-var]
                    async for piece in pieces:
                        if first and isinstance(piece, Text):
                            first = False
                            self._first.observe(time.perf_counter() - began)
                        if isinstance(piece, Done):
                            call.done(piece)
                        yield piece
            except AgentError as error:
                self._errors.labels(self._deployment.name, error.kind).inc()
                call.failed(error)
                raise

    async def probe(self) -> str:
        return await self._client.probe()

    async def close(self) -> None:
        await self._client.close()


class WatchedLocalClient(WatchedClient):
    """The same for a client that has something to load before it is asked."""

    def __init__(
        self, deployment: Deployment, client: AgentClient, local: Warmable, meters: Meters, tracer: Tracer
    ) -> None:
        """`local` is the same client, as one that can be warmed."""
        super().__init__(deployment, client, meters, tracer)
        self._local = local

    async def warm(self) -> None:
        await self._local.warm()
