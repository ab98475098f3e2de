"""Ask: hold, stream, settle. Every call goes through `calling`, so that none can be made without its hold."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial

import msgspec

from hub import phrases
from hub.agents.faq import Faq, FaqClient
from hub.agents.next_step import OTHER_MODEL, Elsewhere, GiveUp, Retry, next_step
from hub.agents.port import AgentError, Kind
from hub.bills import Bills, billed
from hub.calling import Asked, Asking, Calling
from hub.clock import Clock
from hub.config.settings import Deployment, Settings
from hub.errands import Errands
from hub.inbox import Claim
from hub.languages import translated
from hub.limits.keys import Keys
from hub.listening import Endpoint
from hub.messages import storable
from hub.money.budgets import Busy, Spent
from hub.money.holds import Bill, Call, Held
from hub.money.till import Till
from hub.question import Question
from hub.repeating import Repeating, Resting
from hub.reserving import KeyFull, Reserving
from hub.reusing import Reusing
from hub.routing import Fleet, Route
from hub.store import Database, Statement, StoreUnavailable, Undone
from hub.tiering.choice import escalated
from hub.tiers import WISHED, tiered, weak_answer

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
    changes: tuple[Statement, ...] = ()
    """What else becomes true with it."""
    keeping: tuple[Statement, ...] = ()
    """So that it can be given again."""


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
        fleet: Fleet,
        clock: Clock,
        new_id: Callable[[], str],
        random: Callable[[], float],
        keys: Keys | None = None,
        looked: Callable[[str, bool], None] = lambda _agent, _found: None,
    ) -> None:
        keys = keys or Keys(settings, database, clock)
        self._settings = settings
        self._endpoints = endpoints
        self._fleet = fleet
        self._faqs = faqs
        self._till = till
        self._bills = Bills(till, keys)
        self._database = database
        self._clock = clock
        self._repeating = Repeating(clock, random)
        self._calling = Calling(
            endpoints=endpoints,
            fleet=fleet,
            reserving=Reserving(settings=settings, till=till, keys=keys, clock=clock, new_id=new_id),
            repeating=self._repeating,
            bills=self._bills,
            till=till,
            clock=clock,
        )
        self._random = random
        self.errand = Errands(
            settings=settings,
            endpoints=endpoints,
            fleet=fleet,
            till=till,
            keys=keys,
            bills=self._bills,
            clock=clock,
            new_id=new_id,
        ).run
        self._reusing = Reusing(database, new_id, looked)

    async def presume(self, claim: Claim, message: str) -> None:
        """Charge the calls that an earlier owner of the message's turn left unsettled.

        Bills that this process knows and could not store come first, as what they are. Raises StoreError.
        """
        await self._bills.charge_kept()
        await self._till.presume_orphaned(message, claim.fence)

    async def settle(self, answer: Answer, *statements: Statement) -> None:
        """End the answer's hold together with the turn's statements, which come first. Raises Undone, StoreError.

        A store that is away for a moment is waited for: a bought answer that is not stored must be bought again.
        """
        for pause_s in (*STORE_COMES_BACK_S, None):
            try:
                if answer.held and answer.bill:
                    await self._bills.settle(answer.held, answer.bill, *statements)
                else:
                    await self._database.run(*statements)
                return
            except Undone:
                # The turn is another process's now, but the call was made, and what it came to is known.
                if answer.held and answer.bill:
                    with suppress(Undone):  # settled already
                        await self._bills.charge(answer.held, answer.bill)
                raise
            except StoreUnavailable as error:
                if pause_s is None:
                    if answer.held and answer.bill:
                        self._bills.keep(answer.held, answer.bill)
                    raise
                log.warning("an answer could not be stored yet: %s", error)
                async with self.bought(answer):
                    await self._clock.sleep(pause_s)

    def bought(self, answer: Answer) -> AbstractAsyncContextManager[None]:
        """What breaks off in here comes before the answer is settled, whose call is charged as what it was."""
        return self._bills.known(answer.held, answer.bill)

    async def answer(self, asking: Asking) -> Answer | Resting:
        """The answer, an honest sentence where there is none, or a rest after which it is worth asking again.

        The opening statements happen with the first hold. Raises Undone where another process holds the conversation
        by now, StoreError.
        """
        if answer := await self._without_model(asking):
            return answer
        asking.effort = self._repeating.effort(asking.question.message)
        last: AgentError | None = None
        left = list(asking.question.route.deployments)
        while left := self._worth_asking(asking, left):
            if asking.stopper.stopped:
                return await self._excuse(asking, phrases.STOPPED, "It was stopped before a model was asked.")
            if not self._repeating.granted(asking.effort):
                break
            asked = await self._calling.attempt(asking, self._endpoints()[left[0]], left[1:])
            if asked is None or (isinstance(asked, KeyFull) and len(left) > 1):
                left = left[1:] if asked else left
                continue
            if not isinstance(asked, Asked):
                return await self._without_money(asking, asked)
            last = asked.heard.error
            if last is None:
                answered = self._kept(asking, asked, _answered(asking, asked))
                return await self._stronger(asking, asked, left) or answered
            await self._calling.settle_failed(asking, asked, last)
            step = next_step(last, asking.effort.attempts, random=self._random)
            if isinstance(step, GiveUp) or not asking.effort.money_left(asked.held.cost_nusd):
                return await self._given_up(asking, last)
            left = await self._next(asking, left, step, last)
            if not left:
                return await self._given_up(asking, last)
        return await self._rested(asking) or await self._given_up(asking, last)

    async def _stronger(self, asking: Asking, cheap: Asked, left: list[str]) -> Answer | None:
        """The complex tier's answer where the simple one's was weak; None where it stands.

        The cheap call is charged at once, whatever comes of the other; where nothing comes of it, the cheap answer is
        given after all.
        """
        weak = weak_answer(asking.question, cheap)
        endpoint = self._endpoints().get(cheap.deployment.name)  # the settings may have been read anew meanwhile
        if not weak or endpoint is None or asking.stopper.stopped:
            return None
        question = asking.question
        await self._bills.charge(cheap.held, billed(cheap.held, cheap.heard))
        asking.begin_again(phrases.ASKING_STRONGER)
        asking.question = msgspec.structs.replace(question, choice=escalated(weak))
        asked = await self._calling.attempt(asking, endpoint, left[1:])
        if isinstance(asked, Asked) and asked.heard.error:
            await self._calling.settle_failed(asking, asked, asked.heard.error)
        elif isinstance(asked, Asked) and (asked.heard.text.strip() or asked.heard.finish != "stopped"):
            return self._kept(asking, asked, _answered(asking, asked))
        elif isinstance(asked, Asked):
            await self._bills.charge(asked.held, billed(asked.held, asked.heard))
        asking.question = question
        answer = _answered(asking, cheap, f"Its answer {weak}, but the complex tier could not answer.")
        return msgspec.structs.replace(answer, held=None, bill=None)

    def _worth_asking(self, asking: Asking, left: list[str]) -> list[str]:
        """Those that are left, the best first. Where nobody has the model, the agent's other one is asked then."""
        endpoints = self._endpoints()
        able = [name for name in self._fleet.able_first(left, asking.model) if name in endpoints]
        faqs = [name for name in able if endpoints[name].deployment.api == "faq"]
        models = [name for name in able if name not in faqs]
        if not models or not all(self._fleet.lacks(name, asking.model) for name in models):
            return able
        if asking.cheaper or len(asking.question.agent.tiers) < 2:
            return faqs
        asking.cheaper = True
        return self._worth_asking(asking, [*models, *faqs])

    async def _next(self, asking: Asking, left: list[str], step: Retry | Elsewhere, error: AgentError) -> list[str]:
        """The deployments to go on with, after the wait that the step calls for."""
        asking.begin_again()
        if isinstance(step, Elsewhere) and len(left) > 1:
            return left[1:]
        if error.kind is Kind.MISSING and not asking.cheaper and len(asking.question.agent.tiers) > 1:
            return left
        if step.after_s is None:
            return []
        if error.kind in OTHER_MODEL and asking.effort.attempts > 1:
            asking.cheaper = True
        async with asking.stopper.stoppable():
            await self._clock.sleep(step.after_s)
        return left

    async def _rested(self, asking: Asking) -> Resting | None:
        """A rest, where somebody may answer in a while and the FAQ has no sure answer now; begun before it."""
        question = asking.question
        may_answer = (*question.route.deployments, *question.route.resting)
        able_in_s = self._fleet.able_in_s([name for name in may_answer if name in self._endpoints()], asking.model)
        oldest = question.claim.waiting[0]
        if able_in_s is None or self._sure_in_faq(question):
            return None
        resting = self._repeating.rest(question.message, asking.effort, oldest.accepted_ms, able_in_s)
        if resting and asking.opening:
            await self._database.run(*asking.opening)
            asking.open()
        return resting

    # -- without a model ---------------------------------------------------------------------------------------------

    async def _from_faq(self, asking: Asking, *, sure: bool) -> Answer | None:
        """The FAQ's own words, if it has any for this question; with `sure` only where the match leaves no doubt."""
        agent = asking.question.agent
        faq = self._faqs().get(agent.name)
        match = faq.best(asking.question.text) if faq else None
        if faq is None or match is None or (sure and not match.sure):
            return None
        deployment = Deployment(f"{agent.name}-faq", agent.name, asking.question.route.region, "faq")
        asked = await self._calling.attempt(asking, Endpoint(deployment, FaqClient(faq), asyncio.Semaphore(1)))
        return (
            _answered(asking, asked, "Answered from the FAQ, in its own words.") if isinstance(asked, Asked) else None
        )

    async def _without_model(self, asking: Asking) -> Answer | None:
        """What costs nothing: the FAQ's answer, where it is sure, or one given before; else the tier is chosen."""
        if asking.question.agent.faq_first and (answer := await self._from_faq(asking, sure=True)):
            return answer
        asking.question = await tiered(asking.question, self._settings(), self._database)
        return await self._reused(asking)

    async def _reused(self, asking: Asking) -> Answer | None:
        """What was answered before, if the same was asked; nothing is held for it."""
        found = await self._reusing.find(asking.question)
        if found is None:
            return None
        await self._open(asking)
        route = msgspec.structs.replace(_route(asking, "", found.reason), model=found.model)
        return Answer(found.text, found.text, route, changes=found.changes)

    def _kept(self, asking: Asking, asked: Asked, answer: Answer) -> Answer:
        if asking.question.agent.reuse is None or answer.bill is None:
            return answer
        keeping = self._reusing.keeping(asking.question, asked.held, asked.heard, answer.bill)
        return msgspec.structs.replace(answer, keeping=keeping)

    def _sure_in_faq(self, question: Question) -> bool:
        faq = self._faqs().get(question.agent.name)
        match = faq.best(question.text) if faq else None
        return bool(match and match.sure)

    async def _without_money(self, asking: Asking, refused: Busy | Spent) -> Answer:
        if isinstance(refused, KeyFull):
            reason = f"The key of {refused.budget} had no room for it in time."
            return await self._excuse(asking, phrases.failed(Kind.THROTTLED), reason)
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
        await self._open(asking)
        text = translated(text, asking.question.language)
        return Answer(text, "", _route(asking, "", reason))

    async def _open(self, asking: Asking) -> None:
        """Where there is no hold that the opening could go with."""
        if asking.opening:
            await self._database.run(*asking.opening)
        asking.open()


def _answered(asking: Asking, asked: Asked, *reasons: str) -> Answer:
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
    call = held.request.call
    if call.tier_why == "spent" and asking.question.choice and asking.question.choice.why in WISHED:
        shown += own(phrases.NOT_STRONG)
    bill = billed(held, heard)
    return Answer(
        shown.strip(),
        text,
        _route(
            asking,
            asked.deployment.region,
            *_tier_reasons(asking, call),
            *reasons,
            call=call,
        ),
        held,
        bill,
    )


def _tier_reasons(asking: Asking, call: Call) -> list[str]:
    """Why this model, as far as there was a choice."""
    choice = asking.question.choice
    fallback = {
        "spent": "The budget had no room for the complex tier, so the simple one answered.",
        "failing": "The complex tier failed, so the simple one answered.",
    }.get(call.tier_why)
    chosen = [choice.reason] if choice and call.api != "faq" else []
    return [*chosen, fallback] if fallback else chosen


def _route(asking: Asking, region: str, *reasons: str, call: Call | None = None) -> Route:
    """The decision as it came out: who answered in the end, and who failed before."""
    route = asking.question.route
    failures = tuple((name, f"it failed ({kind})") for name, kind in asking.failures)
    return msgspec.structs.replace(
        route,
        region=region or route.region,
        model=call.model if call else "",
        tier=call.tier if call else "",
        tier_why=call.tier_why if call else "",
        reasons=(*route.reasons, *reasons),
        passed_over=(*route.passed_over, *failures),
    )
