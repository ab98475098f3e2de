"""Errands: calls of a model that nobody waits for, like a summary. Held, heard, billed and logged as every other call.

They come after people's answers: no errand waits for a budget, for a key or for a place at a deployment.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from io import StringIO

import msgspec

from hub.agents.port import Request, Said, Usage
from hub.bills import Bills, billed, worst
from hub.calling import tell_fleet
from hub.clock import Clock
from hub.config.settings import Deployment, Settings
from hub.context.tokens import PER_MESSAGE, PER_PROMPT, count
from hub.limits.bucket import SPEND
from hub.limits.keys import Keys
from hub.listening import Endpoint, Heard, Stopper, listen
from hub.money.budgets import Allowance, Unit, allowances
from hub.money.holds import Call, Held, hold_request
from hub.money.prices import price_of, unpriced
from hub.money.till import Till
from hub.question import Question
from hub.reserving import HOLD_LIVES_MS
from hub.routing import Fleet, Route
from hub.store import StoreError, Undone

log = logging.getLogger(__name__)

WITHIN_S = 60.0
"""An errand that takes longer is broken off and billed."""
LAST_TIER = "free"
"""Of people: what keys keep back for other tiers is not for errands."""


class Errand(msgspec.Struct, frozen=True):
    """One call, and on whose behalf."""

    question: Question
    """After whose answer it is made; its agent is billed."""
    route: Route
    """By which it was answered: an errand reads the same words, so it goes nowhere where they may not."""
    kind: str
    """As the ledger names it."""
    tier: str
    """Of the agent: whose model is asked."""
    system: str
    text: str
    max_output: int


class Errands:
    """Runs errands, each once at one deployment."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        endpoints: Callable[[], Mapping[str, Endpoint]],
        fleet: Fleet,
        till: Till,
        keys: Keys,
        bills: Bills,
        clock: Clock,
        new_id: Callable[[], str],
        within_s: float = WITHIN_S,
    ) -> None:
        self._settings = settings
        self._endpoints = endpoints
        self._fleet = fleet
        self._till = till
        self._keys = keys
        self._bills = bills
        self._clock = clock
        self._new_id = new_id
        self._within_s = within_s

    async def run(self, errand: Errand) -> str | None:
        """What the model wrote to its end; None where none could be asked now, or it failed. Raises StoreError."""
        endpoint = self._endpoint(errand)
        if endpoint is None:
            return None
        visit = self._fleet.enter(endpoint.deployment.name)
        try:
            held = await self._hold(errand, endpoint.deployment)
            if held is None:
                return None
            try:
                await endpoint.slots.__aenter__()
            except BaseException:
                await self._till.release(held)  # nothing was sent
                raise
            try:
                visit.begin()
                heard = await self._listen(errand, endpoint, held)
            finally:
                await endpoint.slots.__aexit__(None, None, None)
            tell_fleet(visit, heard, held.request.call.model)
        finally:
            visit.leave()
        if heard.error and not heard.error.sent:
            await self._till.release(held, str(heard.error.kind))
        else:
            await self._bills.charge(held, billed(held, heard))
        if heard.error or heard.finish != "stop":
            log.info("a %s by %s was of no use (%s)", errand.kind, endpoint.deployment.name, heard.finish)
            return None
        return heard.text

    def _endpoint(self, errand: Errand) -> Endpoint | None:
        """The first of the route that is well and has room, and can be asked for more than a FAQ."""
        endpoints = self._endpoints()
        model = errand.question.agent.tiers.get(errand.tier, "")
        for name in self._fleet.able_first(errand.route.deployments, model):
            if name in endpoints and endpoints[name].deployment.api != "faq" and self._fleet.has_room(name):
                return endpoints[name]
        return None

    async def _hold(self, errand: Errand, deployment: Deployment) -> Held | None:
        question, now_ms = errand.question, self._clock.now_ms()
        model = question.agent.tiers.get(errand.tier, deployment.api)
        price = price_of(deployment.api, model, self._settings().prices, now_ms)
        touched = self._allowances(question)
        if price is None and any(allowance.unit is Unit.MONEY for allowance in touched):
            log.warning("the price of %s is not known, so no %s is made", model, errand.kind)
            return None
        request = hold_request(
            Call(
                message=question.message,
                conversation=question.claim.key,
                person=question.person,
                channel=question.claim.conversation.channel,
                agent=question.agent.name,
                deployment=deployment.name,
                region=deployment.region,
                api=deployment.api,
                model=model,
                tier=errand.tier,
                kind=errand.kind,
            ),
            price or unpriced(model),
            self._till.margins,
            hold_id=self._new_id(),
            fence=question.claim.fence,
            counted_input=PER_PROMPT + 2 * PER_MESSAGE + count(errand.system) + count(errand.text),
            output_cap=errand.max_output,
            allowances=touched,
            lives_ms=HOLD_LIVES_MS,
        )
        spending = self._keys.spending(deployment, request.tokens, LAST_TIER)
        try:
            held = await self._till.hold(request, deadline_s=0.0, extra=spending)
        except Undone as undone:
            if undone.name != SPEND:
                raise
            return None
        return held if isinstance(held, Held) else None

    def _allowances(self, question: Question) -> tuple[Allowance, ...]:
        """All but the person's own: they did not ask for it."""
        conversation = question.claim.conversation
        found = allowances(question.agent, self._settings().budgets, conversation, question.person)
        return tuple(each for each in found if each.scope != "person")

    async def _listen(self, errand: Errand, endpoint: Endpoint, held: Held) -> Heard:
        request = Request(
            model=held.request.call.model,
            system=errand.system,
            turns=(Said("user", errand.text),),
            max_output=errand.max_output,
        )
        stopper, told = Stopper(), list[Usage]()
        began = self._clock.monotonic()
        timer = asyncio.get_running_loop().call_later(self._within_s, stopper.stop)
        try:
            return await listen(endpoint.client, request, StringIO(), stopper, self._clock, told.append)
        except BaseException:
            # Cancelled, or a defect: the call may have been billed to its end.
            took_ms = int((self._clock.monotonic() - began) * 1000)
            try:
                await self._bills.charge(held, worst(held, told[-1] if told else None, "cancelled", took_ms))
            except StoreError as unsettled:
                log.warning("an errand that was broken off will be presumed: %s", unsettled)
            raise
        finally:
            timer.cancel()
