"""One attempt at an answer: a place, a hold, a call, and what the fleet learns of it; raced where it is slow.

The only caller of models. Each call has a hold and, where anything billable can have happened, a ledger row.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from io import StringIO
from typing import Any, Protocol

import msgspec

from hub import phrases
from hub.agents.next_step import RULES
from hub.agents.port import AgentError, Request, Usage
from hub.bills import Bills, billed, worst
from hub.clock import Clock
from hub.config.settings import Deployment
from hub.hedging import Leg, race
from hub.inbox import guard
from hub.languages import translated
from hub.listening import Draft, Endpoint, Heard, Stopper, listen
from hub.money.budgets import Busy, Spent
from hub.money.holds import Held
from hub.money.till import Till
from hub.question import Question, cache_key, said, tier_of
from hub.repeating import Effort, Repeating
from hub.reserving import Reserving, UnknownPrice
from hub.routing import Fleet, Verdict, Visit
from hub.store import Statement, StoreError

log = logging.getLogger(__name__)


class Asked(msgspec.Struct, frozen=True):
    """One attempt: what was held for it and what was heard."""

    held: Held
    heard: Heard
    deployment: Deployment


class Placeholder(Protocol):
    """What a person sees until there is an answer."""

    async def announcing(self) -> Sequence[Statement]:
        """To be stored right before `start`, where it can be sent at once; else nothing."""
        ...

    def start(self, *, announced: bool = False) -> None:
        """Send it, if it has not been sent. `announced`: what announces it was stored."""
        ...


class Asking:
    """One answer in the making: what all its attempts share."""

    def __init__(
        self,
        question: Question,
        draft: StringIO,
        stopper: Stopper,
        opening: Sequence[Statement],
        placeholder: Placeholder,
    ) -> None:
        self.question = question
        self.draft = draft
        self.stopper = stopper
        self.opening = opening
        self.effort = Effort()
        self.cheaper = False
        """Another model is asked from now on, if the agent has one."""
        self.failures: list[tuple[str, str]] = []
        self.placeholder = placeholder

    @property
    def model(self) -> str:
        """The one that is asked next, as far as the money allows."""
        agent, choice = self.question.agent, self.question.choice
        usual = choice.tier if choice else tier_of(agent)
        return agent.tiers.get("simple" if self.cheaper else usual, "")

    def open(self, *, announced: bool = False) -> None:
        """The opening statements have happened: together with the first hold, and then maybe with what announces."""
        self.opening = ()
        self.placeholder.start(announced=announced)

    def begin_again(self, words: str = phrases.BEGINNING_AGAIN) -> None:
        """What was shown of an answer gives way to the next attempt's, and the person is told."""
        if self.draft.tell():
            self.draft.seek(0)
            self.draft.truncate()
            self.draft.write(translated(words, self.question.language))


class Calling:
    """Makes the attempts of all answers."""

    def __init__(
        self,
        *,
        endpoints: Callable[[], Mapping[str, Endpoint]],
        fleet: Fleet,
        reserving: Reserving,
        repeating: Repeating,
        bills: Bills,
        till: Till,
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._fleet = fleet
        self._reserving = reserving
        self._repeating = repeating
        self._bills = bills
        self._till = till
        self._clock = clock

    async def attempt(
        self, asking: Asking, endpoint: Endpoint, others: Sequence[str] = ()
    ) -> Asked | Busy | Spent | None:
        """None: the person said stop before anything was sent, so nothing is billed.

        `others` may race it where it is slow, if the agent's settings say so.
        """
        visit = self._fleet.enter(endpoint.deployment.name)
        try:
            async with AsyncExitStack() as slot:
                held: Held | Busy | Spent | None = None
                async with asking.stopper.stoppable():
                    await slot.enter_async_context(endpoint.slots)
                    # The opening begins with the guard; a later attempt, too, is the conversation owner's or none.
                    # It takes a place that others' placeholders wait for: not while somebody stands in line for a hold.
                    at_once = asking.opening and self._reserving.at_once(asking.question, endpoint.deployment)
                    announcing = await asking.placeholder.announcing() if at_once else ()
                    held = await self._reserving.reserve(
                        asking.question,
                        endpoint.deployment,
                        (*asking.opening, *announcing) or (guard(asking.question.claim),),
                        again=asking.effort.attempts > 0,
                        cheaper=asking.cheaper,
                    )
                if not isinstance(held, Held):
                    return held
                if asking.stopper.stopped:
                    asking.open(announced=bool(announcing))  # it happened with the hold, and counts once
                    await self._till.release(held)
                    return None
                async with self._unsent(held):
                    asking.open(announced=bool(announcing))
                    await asyncio.sleep(0)  # the person sees the placeholder before the model is called
                slow_s = self._fleet.slow_s(endpoint.deployment.name) if asking.question.agent.hedge else None
                if slow_s is None or not others:
                    return await self._call(asking, endpoint, held, visit, asking.draft, visit.first_word)
                one = _leg(visit, lambda leg, spoke: self._call(asking, endpoint, held, visit, leg, spoke))
                second = partial(self._second, asking, others)
                abandon = partial(self._abandon, asking)
                winner, other = await race(one, second, self._clock.sleep(slow_s), asking.draft, abandon)
                try:
                    if other:
                        await self._end(asking, other)
                except BaseException:
                    await abandon(winner)
                    raise
                return await winner.heard()
        finally:
            visit.leave()

    async def _second(self, asking: Asking, others: Sequence[str]) -> Leg[Asked] | None:
        """A call that races the first one; None where nobody has room, or no money or repeat is left for it.

        It has a hold of its own and takes its own place at its deployment's key.
        """
        name = next((name for name in self._fleet.able_first(others, asking.model) if name in self._endpoints()), "")
        if not name or not self._fleet.has_room(name) or not self._repeating.hedge_granted(asking.effort):
            return None
        endpoint, visit = self._endpoints()[name], self._fleet.enter(name)
        try:
            extra = (guard(asking.question.claim),)
            held = await self._reserving.reserve(
                asking.question, endpoint.deployment, extra, again=True, hedge=True, cheaper=asking.cheaper
            )
        except UnknownPrice:
            visit.leave()
            return None
        except BaseException:
            visit.leave()
            raise
        if not isinstance(held, Held):
            visit.leave()
            return None

        async def call(leg: Leg[Asked], spoke: Callable[[], None]) -> Asked:
            async with AsyncExitStack() as slot:
                slot.callback(visit.leave)
                async with self._unsent(held):
                    await slot.enter_async_context(endpoint.slots)
                return await self._call(asking, endpoint, held, visit, leg, spoke)

        return _leg(visit, call)

    async def _end(self, asking: Asking, leg: Leg[Asked]) -> None:
        """Stop a leg that is not to answer. Cut short, it settles itself; where it had ended, it is settled here."""
        lost = await leg.end()
        if lost and lost.heard.error:
            await self.settle_failed(asking, lost, lost.heard.error)
        elif lost:
            await self._bills.charge(lost.held, billed(lost.held, lost.heard))

    async def _abandon(self, asking: Asking, leg: Leg[Asked]) -> None:
        """Stop a leg because something else went wrong, which is told instead of what goes wrong here."""
        try:
            await self._end(asking, leg)
        except StoreError as unsettled:
            log.warning("a call that was broken off will be presumed: %s", unsettled)

    async def _call(
        self,
        asking: Asking,
        endpoint: Endpoint,
        held: Held,
        visit: Visit,
        draft: Draft,
        first_word: Callable[[], None],
    ) -> Asked:
        async with self._unsent(held):
            asking.effort.called(held)
            request = Request(
                model=held.request.call.model,
                system=asking.question.prompt.system,
                turns=said(asking.question, endpoint.deployment),
                max_output=held.request.output_cap,
                cache_key=cache_key(asking.question),
            )
        told: list[Usage] = []
        began = self._clock.monotonic()
        visit.begin()
        try:
            heard = await listen(endpoint.client, request, draft, asking.stopper, self._clock, told.append, first_word)
        except BaseException:
            # Cancelled, or a defect: the call may have been billed to its end.
            took_ms = int((self._clock.monotonic() - began) * 1000)
            try:
                await self._bills.charge(held, worst(held, told[-1] if told else None, "cancelled", took_ms))
            except StoreError as unsettled:
                log.warning("a call that was broken off will be presumed: %s", unsettled)
            raise
        tell_fleet(visit, heard, request.model)
        return Asked(held, heard, endpoint.deployment)

    @asynccontextmanager
    async def _unsent(self, held: Held) -> AsyncIterator[None]:
        """Nothing is sent in here: where it is broken off, the hold ends without a charge."""
        try:
            yield
        except BaseException:
            try:
                await self._till.release(held)
            except StoreError as unsettled:
                log.warning("a call that was not made will be presumed: %s", unsettled)
            raise

    async def settle_failed(self, asking: Asking, asked: Asked, error: AgentError) -> None:
        asking.effort.failed(asked.held, error)
        asking.failures.append((asked.deployment.name, str(error.kind)))
        log.warning("%s failed (%s)", asked.deployment.name, error)
        if error.sent:
            await self._bills.charge(asked.held, billed(asked.held, asked.heard))
        else:
            await self._till.release(asked.held, str(error.kind))


def _leg(visit: Visit, call: Callable[[Leg[Asked], Callable[[], None]], Coroutine[Any, Any, Asked]]) -> Leg[Asked]:
    """One call of a race, begun."""
    leg = Leg[Asked](lambda asked: asked.heard.error is None)

    def first_word() -> None:
        visit.first_word()
        leg.first_word()

    leg.start(call(leg, first_word))
    return leg


def tell_fleet(visit: Visit, heard: Heard, model: str) -> None:
    """The fleet learns what came of the call."""
    if heard.error:
        error = heard.error
        verdict = Verdict(RULES[error.kind].health)
        visit.end(verdict, heard.first_s, str(error.kind), error.retry_after_s, model)
    elif heard.finish != "stopped":
        visit.end(Verdict.FINE, heard.first_s, model=model, answered_as=heard.model)
