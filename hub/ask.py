"""Ask: hold, stream, settle. The only caller of `agents`, so that no billable call can be made without its hold.

Each attempt has a hold and, where anything billable can have happened, a ledger row of its own.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from io import StringIO

import msgspec

from hub import phrases
from hub.agents.faq import Faq, FaqClient
from hub.agents.next_step import Elsewhere, GiveUp, next_step
from hub.agents.port import AgentError, Kind, Request, Usage
from hub.clock import Clock
from hub.config.settings import Deployment, Settings
from hub.inbox import Claim, guard
from hub.languages import translated
from hub.listening import Endpoint, Heard, Stopper, listen
from hub.messages import storable
from hub.money.budgets import Busy, Spent
from hub.money.holds import Bill, Held
from hub.money.prices import Tokens
from hub.money.till import Till
from hub.question import Question, said
from hub.reserving import Reserving
from hub.routing import Route
from hub.store import Database, Statement, StoreError, StoreUnavailable, Undone

log = logging.getLogger(__name__)

STORE_COMES_BACK_S = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Waits for a store that is away while an answer is to be stored: together about half of a usual lease."""


class Answer(msgspec.Struct, frozen=True):
    """What came of it. A hold in it is still open: `settle` ends it together with the turn's own statements."""

    text: str
    to_remember: str
    """What the model said, for the context; empty where the hub spoke itself."""
    route: Route
    held: Held | None = None
    bill: Bill | None = None


class _Asked(msgspec.Struct, frozen=True):
    """One attempt: what was held for it and what was heard."""

    held: Held
    heard: Heard
    deployment: Deployment


class Asking:
    """One answer in the making: what all its attempts share."""

    def __init__(
        self,
        question: Question,
        draft: StringIO,
        stopper: Stopper,
        opening: Sequence[Statement],
        opened: Callable[[], None],
    ) -> None:
        self.question = question
        self.draft = draft
        self.stopper = stopper
        self.opening = opening
        self.attempts = 0
        self.failures: list[tuple[str, str]] = []
        self._opened = opened

    def open(self) -> None:
        """The opening statements have happened, together with the first hold."""
        self.opening = ()
        self._opened()

    def begin_again(self) -> None:
        """What was shown of a broken answer gives way to the next attempt's, and the person is told."""
        if self.draft.tell():
            self.draft.seek(0)
            self.draft.truncate()
            self.draft.write(translated(phrases.BEGINNING_AGAIN, self.question.language))


class Ask:
    """Asks the deployments of a route, one after the other, until one answers."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        endpoints: Callable[[], Mapping[str, Endpoint]],
        faqs: Callable[[], Mapping[str, Faq]],
        till: Till,
        database: Database,
        clock: Clock,
        new_id: Callable[[], str],
        random: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._endpoints = endpoints
        self._faqs = faqs
        self._till = till
        self._database = database
        self._clock = clock
        self._reserving = Reserving(settings=settings, till=till, clock=clock, new_id=new_id)
        self._random = random
        self._unstored: list[tuple[Held, Bill]] = []
        """Calls that no store would take: what they cost is known."""

    async def presume(self, claim: Claim, message: str) -> None:
        """Charge the calls that an earlier owner of the message's turn left unsettled.

        Bills that this process knows and could not store come first, as what they are. Raises StoreError.
        """
        while self._unstored:
            with suppress(Undone):  # settled already
                await self._charge(*self._unstored.pop())
        await self._till.presume_orphaned(message, claim.fence)

    async def settle(self, answer: Answer, *statements: Statement) -> None:
        """End the answer's hold together with the turn's statements, which come first. Raises Undone, StoreError.

        A store that is away for a moment is waited for: a bought answer that is not stored must be bought again.
        """
        for pause_s in (*STORE_COMES_BACK_S, None):
            try:
                if answer.held and answer.bill:
                    await self._till.settle(answer.held, answer.bill, *statements)
                else:
                    await self._database.run(*statements)
                return
            except Undone:
                # The turn is another process's now, but the call was made, and what it came to is known.
                if answer.held and answer.bill:
                    with suppress(Undone):  # settled already
                        await self._charge(answer.held, answer.bill)
                raise
            except StoreUnavailable as error:
                if pause_s is None:
                    if answer.held and answer.bill:
                        self._unstored.append((answer.held, answer.bill))
                    raise
                log.warning("an answer could not be stored yet: %s", error)
                await self._clock.sleep(pause_s)

    async def _charge(self, held: Held, bill: Bill) -> None:
        """Settle a call by itself; a bill that no store takes is kept for later. Raises Undone, StoreError."""
        try:
            await self._till.settle(held, bill)
        except StoreUnavailable:
            self._unstored.append((held, bill))
            raise

    async def answer(self, asking: Asking) -> Answer:
        """The answer, or an honest sentence where there is none.

        The opening statements happen with the first hold. Raises Undone where another process holds the conversation
        by now, StoreError.
        """
        agent = asking.question.agent
        if agent.faq_first and (answer := await self._from_faq(asking, sure=True)):
            return answer
        last: AgentError | None = None
        left = list(asking.question.route.deployments)
        while left:
            if asking.stopper.stopped:
                return await self._excuse(asking, phrases.STOPPED, "It was stopped before a model was asked.")
            endpoint = self._endpoints().get(left[0])
            if endpoint is None:  # the settings were read anew meanwhile, and it is no more
                left = left[1:]
                continue
            asked = await self._attempt(asking, endpoint)
            if asked is None:
                continue
            if not isinstance(asked, _Asked):
                return await self._without_money(asking, asked)
            last = asked.heard.error
            if last is None:
                return _answered(asking, asked)
            await self._settle_failed(asking, asked, last)
            left = await self._next(asking, left, last)
        return await self._given_up(asking, last)

    async def _next(self, asking: Asking, left: list[str], error: AgentError) -> list[str]:
        """The deployments to go on with, after the wait that the error calls for."""
        step = next_step(error, asking.attempts, random=self._random)
        asking.failures.append((left[0], str(error.kind)))
        log.warning("%s failed (%s); next: %s", left[0], error, type(step).__name__.lower())
        if isinstance(step, GiveUp):
            return []
        asking.begin_again()
        if isinstance(step, Elsewhere) and len(left) > 1:
            return left[1:]
        if step.after_s is None:
            return []
        async with asking.stopper.stoppable():
            await self._clock.sleep(step.after_s)
        return left

    # -- one attempt -------------------------------------------------------------------------------------------------

    async def _attempt(self, asking: Asking, endpoint: Endpoint) -> _Asked | Busy | Spent | None:
        """None: the person said stop before anything was sent, so nothing is billed."""
        async with AsyncExitStack() as slot:
            held: Held | Busy | Spent | None = None
            async with asking.stopper.stoppable():
                await slot.enter_async_context(endpoint.slots)
                # The opening begins with the guard; a later attempt, too, is the conversation owner's or is not made.
                extra = asking.opening or (guard(asking.question.claim),)
                held = await self._reserving.reserve(
                    asking.question, endpoint.deployment, extra, again=asking.attempts > 0
                )
            if not isinstance(held, Held):
                return held
            if asking.stopper.stopped:
                await self._till.release(held)
                return None
            return await self._call(asking, endpoint, held)

    async def _call(self, asking: Asking, endpoint: Endpoint, held: Held) -> _Asked:
        asking.open()
        asking.attempts += 1
        prompt = asking.question.prompt
        request = Request(
            model=held.request.call.model,
            system=prompt.system,
            turns=said(asking.question, endpoint.deployment),
            max_output=held.request.output_cap,
        )
        told: list[Usage] = []
        began = self._clock.monotonic()
        try:
            heard = await listen(endpoint.client, request, asking.draft, asking.stopper, self._clock, told.append)
        except BaseException:
            # Cancelled, or a defect: the call may have been billed to its end.
            took_ms = int((self._clock.monotonic() - began) * 1000)
            try:
                await self._charge(held, _worst(held, told[-1] if told else None, "cancelled", took_ms))
            except StoreError as unsettled:
                log.warning("a call that was broken off will be presumed: %s", unsettled)
            raise
        return _Asked(held, heard, endpoint.deployment)

    async def _settle_failed(self, asking: Asking, asked: _Asked, error: AgentError) -> None:
        if error.sent:
            await self._charge(asked.held, _bill(asked.held, asked.heard))
        else:
            await self._till.release(asked.held)

    # -- without a model ---------------------------------------------------------------------------------------------

    async def _from_faq(self, asking: Asking, *, sure: bool) -> Answer | None:
        """The FAQ's own words, if it has any for this question; with `sure` only where the match leaves no doubt."""
        agent = asking.question.agent
        faq = self._faqs().get(agent.name)
        match = faq.best(asking.question.text) if faq else None
        if faq is None or match is None or (sure and not match.sure):
            return None
        deployment = Deployment(f"{agent.name}-faq", agent.name, asking.question.route.region, "faq")
        asked = await self._attempt(asking, Endpoint(deployment, FaqClient(faq), asyncio.Semaphore(1)))
        return (
            _answered(asking, asked, "Answered from the FAQ, in its own words.") if isinstance(asked, _Asked) else None
        )

    async def _without_money(self, asking: Asking, refused: Busy | Spent) -> Answer:
        if isinstance(refused, Busy):
            return await self._excuse(asking, phrases.BUSY, "The budget had no room beside what others held.")
        if "faq" in asking.question.agent.budget.when_spent and (answer := await self._from_faq(asking, sure=False)):
            return answer
        words = translated(phrases.SPENT, asking.question.language)
        text = phrases.spent(refused.opens_ms, self._settings().hub.timezone, words)
        return await self._excuse(asking, text, "The budget was spent.")

    async def _given_up(self, asking: Asking, error: AgentError | None) -> Answer:
        if answer := await self._from_faq(asking, sure=True):
            return answer
        text = phrases.failed(error.kind) if error else phrases.NO_DEPLOYMENT
        return await self._excuse(asking, text, "No deployment could answer.")

    async def _excuse(self, asking: Asking, text: str, reason: str) -> Answer:
        if asking.opening:
            await self._database.run(*asking.opening)
        asking.open()
        text = translated(text, asking.question.language)
        return Answer(text, "", _route(asking, "", reason))


def _answered(asking: Asking, asked: _Asked, *reasons: str) -> Answer:
    heard, held = asked.heard, asked.held
    text = storable(heard.text).strip()
    own = partial(translated, language=asking.question.language)
    match heard.finish:
        case "stopped":
            shown = text + own(phrases.STOPPED_HERE) if text else own(phrases.STOPPED)
        case "length":
            shown = text + own(phrases.CUT_AT_LENGTH)
        case "filter":
            shown = text + own(phrases.CUT_BY_FILTER)
        case _:
            shown = text or own(phrases.failed(Kind.GARBLED))
    bill = _bill(held, heard)
    return Answer(
        shown.strip(),
        text,
        _route(asking, asked.deployment.region, *reasons, model=held.request.call.model),
        held,
        bill,
    )


def _route(asking: Asking, region: str, *reasons: str, model: str = "") -> Route:
    """The decision as it came out: who answered in the end, and who failed before."""
    route = asking.question.route
    failures = tuple((name, f"it failed ({kind})") for name, kind in asking.failures)
    return msgspec.structs.replace(
        route,
        region=region or route.region,
        model=model,
        reasons=(*route.reasons, *reasons),
        passed_over=(*route.passed_over, *failures),
    )


def _bill(held: Held, heard: Heard) -> Bill:
    if heard.usage and heard.whole:
        return Bill(_tokens(heard.usage), heard.finish, heard.took_ms)
    return _worst(held, heard.usage, heard.finish, heard.took_ms)


def _tokens(usage: Usage) -> Tokens:
    return Tokens(**msgspec.structs.asdict(usage))


def _worst(held: Held, least: Usage | None, outcome: str, took_ms: int) -> Bill:
    """What the provider can have billed at the most: all that was held, or what it has said, where that is more."""
    seen = _tokens(least) if least else Tokens()
    tokens = msgspec.structs.replace(
        seen,
        input=max(seen.input, held.request.input_tokens),
        output=max(seen.output, held.request.output_cap),
    )
    return Bill(tokens, outcome, took_ms, estimated=True)
