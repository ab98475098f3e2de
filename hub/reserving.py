"""Reserving the money of one attempt: the usual tier and length, or what the agent's ladder makes of what is left."""

import asyncio
from collections.abc import Callable, Sequence

from hub.admission import is_owner
from hub.clock import Clock
from hub.config.settings import Deployment, Settings
from hub.errors import TrunklineError
from hub.limits.bucket import SPEND
from hub.limits.keys import Keys
from hub.money.budgets import Allowance, Busy, Spent, Unit, allowances
from hub.money.holds import Call, Held, HoldRequest, hold_request
from hub.money.periods import PeriodKind
from hub.money.prices import fitting_output, price_of, unpriced
from hub.money.till import Till
from hub.question import Question, counted_input, file_tokens, tier_of
from hub.store import Statement, Undone

HOLD_WITHIN_S = 60.0
"""How long a turn waits while only others' holds are in its way."""
HOLD_LIVES_MS = 300_000
"""Longer than any call may take (Timeouts.whole is three minutes)."""
LEAST_OUTPUT = 48
"""Tokens below which a shorter answer is no answer."""

ESCALATION = "escalation"
"""Kind of a call whose question the simple tier has answered already: it is not asked again."""

KEY_WITHIN_S = 20.0
"""How long a turn stands in line for a provider's key, before another deployment is asked."""


class KeyFull(Busy, frozen=True):
    """Refused: the key of a deployment (instead of a budget: `budget` is its name) has no room for so many seconds."""

    wait_s: float


class UnknownPrice(TrunklineError):
    """A call that a budget in money could not count is not made."""


class Reserving:
    """Makes holds for attempts at an answer."""

    def __init__(
        self, *, settings: Callable[[], Settings], till: Till, keys: Keys, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._settings = settings
        self._till = till
        self._keys = keys
        self._clock = clock
        self._new_id = new_id

    def at_once(self, question: Question, deployment: Deployment) -> bool:
        """Whether nobody stands in line here, for money or for the deployment's key: a hold then takes milliseconds."""
        return not (self._till.crowded or self._keys.line(deployment, _tier(question)).locked())

    async def reserve(
        self,
        question: Question,
        deployment: Deployment,
        extra: Sequence[Statement],
        *,
        again: bool,
        hedge: bool = False,
        cheaper: bool = False,
    ) -> Held | Busy | Spent:
        """A hold; `extra` statements happen exactly with it. `again`: an attempt came before this one.
        `hedge`: it races another one, and is not worth waiting for. `cheaper`: of the cheaper model, if there are two.

        Raises Undone where one of `extra` fails, UnknownPrice, StoreError.
        """

        async def hold(request: HoldRequest) -> Held | Busy | Spent:
            if hedge:
                return await self._hold_at_once(request, deployment, _tier(question), extra)
            return await self._hold(request, deployment, _tier(question), extra)

        kind = _kind(question, again=again, hedge=hedge)
        agent = question.agent
        request = self._first_request(question, deployment, kind, cheaper=cheaper)
        tier = request.call.tier
        outcome = await hold(request)
        for step in agent.budget.when_spent:
            if not isinstance(outcome, Spent) or step == "faq":
                break
            if step == "cheaper" and tier != "simple" and "simple" in agent.tiers and kind != ESCALATION:
                tier = "simple"
                request = self._request(question, deployment, tier, agent.context.max_output, kind, "spent")
                outcome = await hold(request)
            elif step == "shorter":
                # As long an answer as every budget in the way has room for; each try is shorter than the one before.
                while isinstance(outcome, Spent) and (fitting := _fitting(request, outcome)):
                    why = request.call.tier_why
                    request = self._request(question, deployment, tier, fitting, kind, why)
                    outcome = await hold(request)
        return outcome

    async def _hold(
        self, request: HoldRequest, deployment: Deployment, tier: str, extra: Sequence[Statement]
    ) -> Held | Busy | Spent:
        """A hold together with its call on the deployment's key; where the key is full, in line for a time.

        Nobody waits for a budget in the key's line: those behind may have another one.
        """
        began = self._clock.monotonic()
        in_line = self._keys.line(deployment, tier).locked()
        while True:
            if in_line:
                tried = await self._in_line(request, deployment, tier, extra, began + KEY_WITHIN_S)
                if isinstance(tried, KeyFull) or not isinstance(tried, Busy):
                    return tried
            within_s = began + HOLD_WITHIN_S - self._clock.monotonic()
            tried = await self._try(request, deployment, tier, extra, within_s=within_s)
            if not isinstance(tried, KeyFull):
                return tried
            in_line = True

    async def _in_line(
        self, request: HoldRequest, deployment: Deployment, tier: str, extra: Sequence[Statement], until: float
    ) -> Held | Busy | Spent:
        """Tried when it is this one's turn at the key, and again until the key has room or time is up."""
        line = self._keys.line(deployment, tier)
        try:
            async with asyncio.timeout(until - self._clock.monotonic()):
                await line.acquire()
        except TimeoutError:
            return KeyFull(deployment.name, KEY_WITHIN_S)
        try:
            while True:
                tried = await self._try(request, deployment, tier, extra, within_s=0.0)
                if not isinstance(tried, KeyFull) or self._clock.monotonic() + tried.wait_s > until:
                    return tried
                await self._clock.sleep(tried.wait_s)
        finally:
            line.release()

    async def _hold_at_once(
        self, request: HoldRequest, deployment: Deployment, tier: str, extra: Sequence[Statement]
    ) -> Held | Busy | Spent:
        """A hold, where nobody waits for the key or the budgets; those who wait come first."""
        if self._keys.line(deployment, tier).locked():
            return KeyFull(deployment.name, KEY_WITHIN_S)
        return await self._try(request, deployment, tier, extra, within_s=0.0)

    async def _try(
        self,
        request: HoldRequest,
        deployment: Deployment,
        tier: str,
        extra: Sequence[Statement],
        *,
        within_s: float,
    ) -> Held | Busy | Spent:
        spending = self._keys.spending(deployment, request.tokens, tier)
        try:
            return await self._till.hold(request, deadline_s=within_s, extra=(*extra, *spending))
        except Undone as undone:
            if undone.name != SPEND:
                raise
            return KeyFull(deployment.name, await self._keys.wait_s(spending[0]))

    def _first_request(self, question: Question, deployment: Deployment, kind: str, *, cheaper: bool) -> HoldRequest:
        """Of the tier that was chosen, else `complex`, if there is one.

        `cheaper`: of `simple`, where that is another and costs no more.

        Admins change models, so the prices in force say which is cheaper, not the tiers' names.
        """
        agent, output_cap = question.agent, question.agent.context.max_output
        choice = question.choice
        tier = choice.tier if choice else tier_of(agent)
        request = self._request(question, deployment, tier, output_cap, kind, choice.why if choice else "")
        if not cheaper or tier == "simple" or "simple" not in agent.tiers:
            return request
        try:
            other = self._request(question, deployment, "simple", output_cap, kind, "failing")
        except UnknownPrice:
            return request
        is_cheaper = other.call.model != request.call.model and other.cost_nusd <= request.cost_nusd
        return other if is_cheaper else request

    def _request(
        self, question: Question, deployment: Deployment, tier: str, output_cap: int, kind: str, why: str
    ) -> HoldRequest:
        model = "faq" if deployment.api == "faq" else question.agent.tiers.get(tier, deployment.api)
        price = price_of(deployment.api, model, self._settings().prices, self._clock.now_ms())
        touched = () if deployment.api == "faq" else self._allowances(question)
        if price is None and any(allowance.unit is Unit.MONEY for allowance in touched):
            raise UnknownPrice(f'The price of "{model}" is not known, and a budget depends on it: name it in [models].')
        call = Call(
            message=question.message,
            conversation=question.claim.key,
            person=question.person,
            channel=question.claim.conversation.channel,
            agent=question.agent.name,
            deployment=deployment.name,
            region=deployment.region,
            api=deployment.api,
            model=model,
            tier=tier,
            tier_why="" if deployment.api == "faq" else why,
            kind=kind,
        )
        return hold_request(
            call,
            price or unpriced(model),
            self._till.margins,
            hold_id=self._new_id(),
            fence=question.claim.fence,
            counted_input=counted_input(question, deployment),
            file_tokens=file_tokens(question, deployment.api, model),
            output_cap=output_cap,
            allowances=touched,
            lives_ms=HOLD_LIVES_MS,
        )

    def _allowances(self, question: Question) -> tuple[Allowance, ...]:
        settings, conversation = self._settings(), question.claim.conversation
        found = allowances(question.agent, settings.budgets, conversation, question.person)
        tokens = settings.limits.tokens.get(_tier(question))
        if tokens is None or is_owner(conversation, question.claim.waiting[0].message.sender, settings):
            return found
        return _with_daily_tokens(found, str(question.person), tokens)


def _kind(question: Question, *, again: bool, hedge: bool) -> str:
    if hedge:
        return "hedge"
    if question.choice and question.choice.why == "escalated":
        return ESCALATION
    return "retry" if again else "answer"


def _tier(question: Question) -> str:
    return question.claim.waiting[0].tier


def _with_daily_tokens(found: tuple[Allowance, ...], person: str, tokens: int) -> tuple[Allowance, ...]:
    """The tier's tokens of a day beside the budgets; where [budgets] limits the same, the smaller of the two."""
    tier = Allowance("person", person, PeriodKind.DAY, tokens, Unit.TOKENS)
    same = [each for each in found if each.key == tier.key]
    if any(each.limit <= tokens for each in same):
        return found
    return (*(each for each in found if each not in same), tier)


def _fitting(request: HoldRequest, refused: Spent) -> int | None:
    """The longest output that the budget has room for; None where that is no answer, or not shorter."""
    if refused.unit is Unit.TOKENS:
        fitting: int | None = refused.left - request.input_tokens
    else:
        fitting = fitting_output(request.price, request.input_tokens, refused.left)
    return fitting if fitting is not None and LEAST_OUTPUT <= fitting < request.output_cap else None
