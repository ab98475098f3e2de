"""The story of one turn: from a claimed message to its delivered, settled answer.

Whatever dies on the way, the store knows how far the turn came: no reply yet, a reply whose answer is not settled, or a
settled text that only has to be delivered.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

import msgspec

from hub import phrases
from hub.admission import Admission, Verdict
from hub.ask import Answer, Ask
from hub.attachments import Material, attached, read_attachments
from hub.calling import Asking
from hub.clock import Clock
from hub.commands import answer_command, is_question, place_noted, recognize
from hub.config.settings import Agent, Settings
from hub.delivery import Delivery, Later, Outlet, Undeliverable
from hub.inbox import Claim, Inbox, Unfinished, Waiting, guard, held_by
from hub.instead import Instead, instead_of_answering
from hub.languages import language_of, translated
from hub.line import Line
from hub.listening import Stopper
from hub.messages import Target, original_id, storable
from hub.people import remember, shares_location
from hub.question import Question, model_of, question_of, remembering, words_of
from hub.remembering import Memory
from hub.repeating import Resting
from hub.reusing import asked_anew, whose_words
from hub.revisions import Revisions
from hub.routing import Fleet, Route, agent_for, choose, directory_of, lot_of, whereabouts
from hub.running import Running
from hub.shares import Account, account_of
from hub.steering import Steering
from hub.store import Database, Statement, StoreUnavailable, Undone, statement
from hub.together import answered_together, still_valid, unanswered

log = logging.getLogger(__name__)

REST_MS = 20_000
"""How long a settled reply rests while its platform cannot be reached."""
BEHIND_OTHERS_MS = 2_000
"""How long a question of somebody rests who has many in line already."""
GIVE_UP_AFTER_MS = 24 * 3600 * 1000
"""A reply that could not be delivered for so long is failed."""


class Turns:
    """Takes the turns of claimed conversations, a bounded number at once."""

    def __init__(
        self,
        *,
        steering: Steering,
        inbox: Inbox,
        database: Database,
        admission: Admission,
        ask: Ask,
        outlet: Callable[[str, str], Outlet | None],
        line: Line,
        fleet: Fleet,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._steering = steering
        self._settings = steering.settings
        self._inbox = inbox
        self._database = database
        self._revisions = Revisions(database)
        self._admission = admission
        self._ask = ask
        self.memory = Memory(database, ask.errand, new_id)
        self._outlet = outlet
        self._line = line
        self._fleet = fleet
        self._clock = clock
        self._new_id = new_id
        self.running = Running()

    def take(self, claim: Claim) -> asyncio.Task[None]:
        """One turn of the conversation; afterwards it is free again, or its lease runs out."""
        return self.running.begin(claim, self._turn)

    async def _turn(self, claim: Claim, stopper: Stopper) -> None:
        delivery = self._delivery(claim, stopper)
        try:
            if delivery is None:
                # Nothing to do, or its channel is switched off now and may come back.
                return await self._inbox.finish(claim, {}, pause_ms=REST_MS)
            await self._take(claim, claim.waiting[0], delivery, stopper)
        except Undone as lost:
            log.warning("%s is held by another process now (%s)", claim.key, lost.name)
        except StoreUnavailable as error:
            log.error("the turn of %s goes on when its lease has run out: %s", claim.key, error)
        finally:
            if delivery:
                await delivery.abandon()

    def closed(self, account: Account) -> bool:
        """Whether its platform asked to wait for so long that what is due there had better wait in the store."""
        return bool((outlet := self._outlet(*account)) and outlet.gate.account_closed_for_s() * 1000 > REST_MS)

    def _delivery(self, claim: Claim, stopper: Stopper) -> Delivery | None:
        if not (outlet := self._outlet(*account_of(claim.conversation))) or not claim.waiting:
            return None
        oldest = claim.waiting[0]
        left = claim.replies.get(oldest.id)
        return Delivery(
            outlet,
            claim,
            Target(claim.conversation, original_id(oldest.message.platform_id)),
            left.id if left else self._new_id(),
            left.parts if left else (),
            database=self._database,
            clock=self._clock,
            new_id=self._new_id,
            unreadable=stopper.stop,
        )

    async def _take(self, claim: Claim, waiting: Waiting, delivery: Delivery, stopper: Stopper) -> None:
        if (closed_ms := int(delivery.closed_for_s() * 1000)) > REST_MS:
            # A long ban of one account must not fill every place of the line and silence the other channels.
            return await self._rest(claim, delivery, closed_ms)
        if self._worth_a_rest(waiting) and (rests_s := delivery.rests_for_s()):
            return await self._rest(claim, delivery, int(rests_s * 1000))  # nor must one that nobody reaches
        left = claim.replies.get(waiting.id)
        if left:
            await self._take_up(claim, left, delivery)
        if waiting.position <= claim.left_position:
            return await self._end(claim, waiting, delivery, "undeliverable", "the bot has left the chat")
        if left and (fate := await self._fate(waiting, stopper)):
            return await self._withdraw(claim, waiting, delivery, fate)
        if left and left.text is not None:
            return await self._deliver(claim, waiting, delivery, left.text, left.joined)
        if outcome := await self._fate(waiting, stopper) or unanswered(claim, waiting, begun=left is not None):
            return await self._inbox.finish(claim, {waiting.id: outcome})
        if waiting.position < claim.stop_position:
            return await self._say(claim, waiting, delivery, phrases.STOPPED)
        await self._respond_or_apologize(claim, waiting, delivery, stopper)

    async def _respond_or_apologize(self, claim: Claim, waiting: Waiting, delivery: Delivery, stopper: Stopper) -> None:
        try:
            await self._respond(claim, waiting, delivery, stopper)
        except (Undone, StoreUnavailable):
            raise
        except Exception as error:
            if isinstance(error, Later) and self._worth_a_rest(waiting):
                return await self._rest(claim, delivery, REST_MS)
            log.exception("the turn of message %s in %s failed", waiting.id, claim.key)
            await self._say(claim, waiting, delivery, phrases.WENT_WRONG)

    def _worth_a_rest(self, waiting: Waiting) -> bool:
        return self._clock.now_ms() - waiting.accepted_ms < GIVE_UP_AFTER_MS

    async def _take_up(self, claim: Claim, left: Unfinished, delivery: Delivery) -> None:
        """What a process that died left open: a placeholder whose id nobody stored, calls that nobody settled."""
        if left.sending:
            lost = delivery.orphan("", "its process ended before its id was stored")
            await self._database.run(guard(claim), lost, statement("reply.not_sending", id=left.id))
        await self._ask.presume(claim, left.message)

    async def _fate(self, waiting: Waiting, stopper: Stopper) -> str:
        """What its author has done since: `deleted`, `replaced`, or nothing. Read only where something ended it."""
        if waiting.deleted or waiting.replaced:
            return "deleted" if waiting.deleted else "replaced"
        return await self._revisions.fate(waiting.id) if stopper.stopped else ""

    async def _respond(self, claim: Claim, waiting: Waiting, delivery: Delivery, stopper: Stopper) -> None:
        claim = await asked_anew(claim, self._database)
        waiting = claim.waiting[0]
        verdict = await self._admission.verdict(claim.waiting, claim.bot_streak, claim.past, (guard(claim),))
        if not verdict.admitted:
            return await self._turn_away(claim, waiting, delivery, verdict)
        if waiting.message.revision:
            older = await self._revisions.leave_behind(waiting.id, waiting.message, guard(claim))
            if older is None:
                return await self._end(claim, waiting, delivery, "replaced", "a newer revision was stored")
            await delivery.take_away(older.got_through)
            claim = msgspec.structs.replace(claim, past=tuple(t for t in claim.past if t.message not in older.stale))
        called = None if waiting.anew else recognize(waiting.message.text)
        if called and not is_question(called, claim, waiting, self._settings()):
            told = await answer_command(
                called,
                claim,
                waiting,
                self._database,
                self._settings(),
                now_ms=self._clock.now_ms(),
                admission=self._admission,
                steering=self._steering,
            )
            return await self._say(claim, waiting, delivery, told.text, *told.changes)
        settings = self._settings()
        agent = agent_for(claim.conversation, settings.agents, claim.agent)
        if shares_location(waiting.message):
            told = place_noted(claim, waiting, settings, agent)
            return await self._say(claim, waiting, delivery, told.text, *told.changes)
        if instead := await instead_of_answering(claim, waiting, agent, settings, self._database):
            return await self._do_instead(claim, waiting, delivery, instead)
        if agent is None:
            offered = directory_of(settings.agents).offered(claim.conversation)
            return await self._say(claim, waiting, delivery, phrases.CHOOSE_FIRST if offered else phrases.NOT_SERVED)
        together = answered_together(claim, waiting, agent)
        if not any(words_of(each.message) or each.message.attachments for each in together):
            return await self._say(claim, waiting, delivery, phrases.NO_TEXT)
        try:
            await self._answer(claim, together, delivery, stopper, settings, agent)
        except Undone as undone:
            verdict = await self._admission.refused(undone, waiting, agent.name)
            await self._turn_away(claim, waiting, delivery, verdict)

    async def _do_instead(self, claim: Claim, waiting: Waiting, delivery: Delivery, instead: Instead) -> None:
        if instead.rests:
            waited_ms = self._clock.now_ms() - waiting.accepted_ms
            return await self._rest(claim, delivery, instead.rest_ms(waited_ms))
        if instead.words:
            return await self._say(claim, waiting, delivery, instead.words, *instead.changes)
        await self._end(claim, waiting, delivery, instead.outcome, instead.outcome, *instead.changes)

    # -- a question --------------------------------------------------------------------------------------------------

    async def _answer(
        self,
        claim: Claim,
        together: list[Waiting],
        delivery: Delivery,
        stopper: Stopper,
        settings: Settings,
        agent: Agent,
    ) -> None:
        waiting = together[0]
        route = self._route(settings, agent, waiting, claim.key)
        language = language_of(waiting.message.hints, waiting.hints)
        if self._line.crowded(waiting.person):
            return await self._rest(claim, delivery, BEHIND_OTHERS_MS)
        begin = self._begin(claim, waiting, delivery, agent.name, route)
        async with AsyncExitStack() as place:
            async with stopper.stoppable():
                await place.enter_async_context(
                    self._line.place(lambda number: self._tell_place(number, begin, delivery, language), waiting.person)
                )
            if fate := await self._fate(waiting, stopper):
                await place.aclose()  # who waits for the platform needs none
                return await self._withdraw(claim, waiting, delivery, fate)
            delivery.write_anew("")
            valid = still_valid(claim, together)
            if any(each.message.attachments for each in valid):
                await self._show(begin, delivery)
            material = await self._material(claim, valid, agent, stopper)
            if material.unread and not (
                material.files or material.texts or any(words_of(each.message) for each in valid)
            ):
                await place.aclose()
                return await self._say(claim, waiting, delivery, phrases.unread(material.unread[0][1]))
            remembered = await self.memory.find(claim, agent, route.memory, valid)
            question = question_of(
                claim, together, valid, agent, route, material, language, remembered, settings.hub.name
            )
            opening = () if delivery.started else begin()
            answer = await self._ask.answer(Asking(question, delivery.draft, stopper, opening, delivery))
            if isinstance(answer, Resting):
                return await self._rest(claim, delivery, answer.pause_ms)
            async with self._ask.bought(answer):
                fate = await self._fate(waiting, stopper)
            context = not (fate or waiting.message.alone)
            await self._settle(claim, delivery, question, answer, remembered=context)
        if fate:
            return await self._withdraw(claim, waiting, delivery, fate)
        await self._deliver(claim, waiting, delivery, answer.text, tuple(each.id for each in together[1:]))
        self.memory.keep_up(question, answer, remembered, together[-1].position)

    async def _material(self, claim: Claim, valid: list[Waiting], agent: Agent, stopper: Stopper) -> Material:
        """What was attached, fetched; nothing where the person said stop meanwhile."""
        attachments = attached(each.message.attachments for each in valid)
        outlet = self._outlet(*account_of(claim.conversation))
        if attachments and outlet:
            async with stopper.stoppable():
                return await read_attachments(outlet.channel, attachments, agent.takes)
        return Material()

    def _route(self, settings: Settings, agent: Agent, waiting: Waiting, key: str) -> Route:
        hints = waiting.message.hints
        where = whereabouts(hints, waiting.region, settings.regions, settings.hub.default_region, waiting.hints)
        return choose(agent, where, settings.regions, fleet=self._fleet, lot=lot_of(key), model=model_of(agent))

    def _begin(
        self, claim: Claim, waiting: Waiting, delivery: Delivery, agent: str, route: Route | None
    ) -> Callable[[], list[Statement]]:
        new_to = "" if waiting.id in claim.replies else agent
        remembered = [*remember(waiting), *self._admission.taking(waiting, new_to)]

        def begin() -> list[Statement]:
            return [
                statement(
                    "reply.begin",
                    **held_by(claim),
                    id=delivery.reply_id,
                    message=waiting.id,
                    position=waiting.position,
                    agent=agent,
                    route=msgspec.json.encode(route).decode() if route else "",
                ),
                *remembered,
            ]

        return begin

    async def _tell_place(
        self, number: int, begin: Callable[[], list[Statement]], delivery: Delivery, language: str
    ) -> None:
        """All places are taken: the placeholder goes out now and says how many are ahead."""
        await self._show(begin, delivery)
        delivery.write_anew(translated(phrases.IN_LINE, language).format(number=number))

    async def _show(self, begin: Callable[[], list[Statement]], delivery: Delivery) -> None:
        """The placeholder goes out now, if it has not yet."""
        if not delivery.started:
            await self._database.run(*begin())
            delivery.start()

    async def _settle(
        self, claim: Claim, delivery: Delivery, question: Question, answer: Answer, *, remembered: bool
    ) -> None:
        route, joined = (msgspec.json.encode(each).decode() for each in (answer.route, question.joined))
        shown = {"id": delivery.reply_id, "text": answer.text, "route": route, "joined": joined}
        await self._ask.settle(
            answer,
            statement("reply.settled", **held_by(claim), **shown),
            *answer.changes,
            *whose_words(question.claim.waiting[0]),
            *((*answer.keeping, remembering(question, storable(answer.to_remember))) if remembered else ()),
        )

    async def _rest(self, claim: Claim, delivery: Delivery, pause_ms: int) -> None:
        """Let go of the conversation for a while; a placeholder that is under way is stored before."""
        await delivery.abandon()
        await self._inbox.finish(claim, {}, pause_ms=pause_ms)

    # -- words of the hub's own, and the end -------------------------------------------------------------------------

    async def _say(self, claim: Claim, waiting: Waiting, delivery: Delivery, text: str, *changes: Statement) -> None:
        """Answer without asking anybody; `changes` happen together with it."""
        text = translated(text, language_of(waiting.message.hints, waiting.hints))
        settled = statement("reply.settled", **held_by(claim), id=delivery.reply_id, text=text, route="", joined="[]")
        await self._database.run(*self._begin(claim, waiting, delivery, "", None)(), *changes, settled)
        delivery.start()
        await self._deliver(claim, waiting, delivery, text, ())

    async def _turn_away(self, claim: Claim, waiting: Waiting, delivery: Delivery, verdict: Verdict) -> None:
        if verdict.pause_ms:
            return await self._rest(claim, delivery, verdict.pause_ms)
        if verdict.words:
            return await self._say(claim, waiting, delivery, verdict.words, *verdict.changes)
        await self._end(claim, waiting, delivery, "refused", "not admitted", *verdict.changes)

    async def _withdraw(self, claim: Claim, waiting: Waiting, delivery: Delivery, fate: str) -> None:
        """The question was deleted or edited: what was begun of its answer goes away, and stays billed.

        Others that were to be answered together with it are answered without it.
        """
        try:
            await delivery.withdraw()
        except (Undone, StoreUnavailable):
            raise
        except Exception as error:
            if not isinstance(error, Later):
                log.exception("what was begun of %s in %s could not be taken away", waiting.id, claim.key)
            if self._worth_a_rest(waiting):
                return await self._rest(claim, delivery, REST_MS)
        await self._end(claim, waiting, delivery, fate, f"the question was {fate}")

    async def _end(
        self, claim: Claim, waiting: Waiting, delivery: Delivery, outcome: str, error: str, *changes: Statement
    ) -> None:
        begun = delivery.started or waiting.id in claim.replies
        ended = [statement("reply.ended", id=delivery.reply_id, state="failed", error=error)] if begun else []
        await self._inbox.finish(claim, {waiting.id: outcome}, *changes, *ended)

    async def _deliver(
        self, claim: Claim, waiting: Waiting, delivery: Delivery, text: str, joined: tuple[str, ...]
    ) -> None:
        state, outcome, error = "delivered", "answered", ""
        try:
            await delivery.finish(text)
        except Undeliverable as refused:
            state, outcome, error = "failed", "undeliverable", str(refused)
        except (Undone, StoreUnavailable):
            raise
        except Exception as unreachable:
            if not isinstance(unreachable, Later):
                log.exception("the answer to message %s in %s could not be delivered", waiting.id, claim.key)
            if self._worth_a_rest(waiting):
                return await self._rest(claim, delivery, REST_MS)
            state, outcome, error = "failed", "undeliverable", str(unreachable)
        ended = statement("reply.ended", id=delivery.reply_id, state=state, error=error)
        await self._inbox.finish(claim, dict.fromkeys(joined, "joined") | {waiting.id: outcome}, ended)
