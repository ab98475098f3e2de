"""Reuse in a turn: an answer that was given before is found, given again and booked; a new one is kept for others."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec

from hub.commands import FRESH, recognize
from hub.context.speakers import names_anybody
from hub.inbox import Claim, Waiting
from hub.listening import Heard
from hub.messages import Message, author_for
from hub.money.holds import Bill, Held, billed_nusd
from hub.question import Question, tier_of
from hub.reuse import Asked, Scope, asked_of, bears_on, key_of, may_be_kept, stands_alone
from hub.rewording import near_keys, reworded
from hub.routing import bound_region
from hub.store import Database, Statement, statement

HOUR_MS = 3_600_000
EXACT, ALIKE = "exact", "alike"
BY_DIFFICULTY = "difficulty"
"""Why a tier was chosen, where nobody wished for it."""

_decode_message = msgspec.json.Decoder(Message).decode


class Reused(msgspec.Struct, frozen=True):
    """An answer that was found, and what belongs into the turn's own transaction."""

    text: str
    model: str
    reason: str
    """For /why."""
    changes: tuple[Statement, ...]


class Reusing:
    """Finds and keeps answers of agents whose settings say so; of others it asks the store nothing."""

    def __init__(self, database: Database, new_id: Callable[[], str], looked: Callable[[str, bool], None]) -> None:
        """`looked` hears of each look: whose agent's question it was, and whether there was an answer."""
        self._database = database
        self._new_id = new_id
        self._looked = looked

    async def find(self, question: Question) -> Reused | None:
        """An answer to the same question that is still good. Raises StoreError."""
        settings = question.agent.reuse
        wished = question.choice and question.choice.why != BY_DIFFICULTY
        asked = _asked(question) if settings and not question.anew and not wished else None
        if settings is None or asked is None or not _needs_no_context(question, asked):
            return None
        scope = _scope(question, _model(question))
        id_ = key_of(scope, asked.exact, EXACT)
        rows = await self._database.read(
            statement(
                "reuse.find",
                id=id_,
                alike=_alike(scope, asked) if settings.similar else "",
                lives_ms=settings.hours * HOUR_MS,
            )
        )
        row = rows[0] if rows else None
        if row is None and settings.similar:
            row = await reworded(self._database, scope, asked, settings.hours * HOUR_MS)
        self._looked(question.agent.name, row is not None)
        if row is None:
            return None
        made = datetime.fromtimestamp(row["made_ms"] / 1000, UTC)
        # Not which words: they are somebody else's, and forgetting that person would not reach them here.
        words = "the same question" if row["id"] == id_ else "the same question in other words"
        reason = f"The answer to {words} of {made:%Y-%m-%d %H:%M} UTC was reused, at no cost; /fresh asks anew."
        changes = (
            statement("reuse.shown", message=question.message, id=row["id"]),
            statement(
                "reuse.record",
                id=self._new_id(),
                message=question.message,
                conversation=question.claim.key,
                person=question.person,
                channel=question.claim.conversation.channel,
                agent=question.agent.name,
                deployment=f"{question.agent.name}-reuse",
                region=question.route.region,
                model=row["model"],
                tier=row["tier"],
                saved_nusd=row["cost_nusd"],
            ),
        )
        return Reused(row["text"], row["model"], reason, changes)

    def keeping(self, question: Question, held: Held, heard: Heard, bill: Bill) -> tuple[Statement, ...]:
        """Keep an answer that depends on nothing but the question, is whole and names nobody; nothing for any other."""
        settings, call = question.agent.reuse, held.request.call
        if settings is None or heard.finish != "stop" or call.api == "faq" or not _is_alone(question):
            return ()
        if question.choice and call.tier_why not in (BY_DIFFICULTY, "escalated"):
            return ()  # another tier answered than the question's own
        asked = _asked(question)
        if asked is None or not may_be_kept(heard.text) or names_anybody(heard.text, question.speakers):
            return ()
        scope = _scope(question, _model(question) if question.choice else call.model)
        near_first, near_second, near_third = near_keys(scope, asked) if settings.similar else ("", "", "")
        keep = statement(
            "reuse.keep",
            id=key_of(scope, asked.exact, EXACT),
            alike=_alike(scope, asked) if settings.similar else "",
            near_first=near_first,
            near_second=near_second,
            near_third=near_third,
            agent=call.agent,
            model=call.model,
            tier=call.tier,
            message=question.message,
            person=question.person,
            question=asked.text.strip(),
            text=heard.text.strip(),
            cost_nusd=billed_nusd(held.request.price, bill),
            lives_ms=settings.hours * HOUR_MS,
        )
        return (keep,)


def _asked(question: Question) -> Asked | None:
    bare = question.prompt.asked == question.said and not (question.files or question.quotes)
    return asked_of(question.text) if bare else None


def _is_alone(question: Question) -> bool:
    """Whether a model is sent the agent's prompt and the question, and nothing else."""
    prompt = question.prompt
    return prompt.system == question.agent.prompt and prompt.turns == (("user", question.said),)


def _needs_no_context(question: Question, asked: Asked) -> bool:
    """Whether nothing that was said or pinned here bears on it; what is recalled from afar is taken to."""
    if _is_alone(question):
        return True
    prompt = question.prompt
    if question.claim.noted or prompt.system != question.agent.prompt or prompt.turns[-1] != ("user", question.said):
        return False
    if not stands_alone(asked.bare, asked.language):
        return False
    return not any(bears_on(told, asked.bare) for told in _told(question))


def _told(question: Question) -> Iterator[str]:
    """What people wrote before it, as far as a model would be sent it; without the names above it in a group."""
    for role, text in question.prompt.turns[:-1]:
        if role == "user" and question.claim.conversation.private:
            yield text
        elif role == "user":
            yield from (part.partition(": ")[2] or part for part in text.split("\n\n"))


def _alike(scope: Scope, asked: Asked) -> str:
    """Empty where the question has no canonical form."""
    form = asked.form
    return key_of(scope, form, f"{ALIKE}/{asked.language}") if form else ""


def _scope(question: Question, model: str) -> Scope:
    return Scope(
        agent=question.agent.name,
        system=question.agent.prompt,
        model=model,
        zone=question.route.zone,
        private=question.claim.conversation.private,
    )


def _model(question: Question) -> str:
    """The one that would be asked first; where the question's difficulty chooses, what it chooses by."""
    agent = question.agent
    if question.choice and agent.tiering:
        return f"{agent.tiers['simple']} below {agent.tiering.threshold}, {agent.tiers['complex']} from there on"
    first = next((each.api for each in agent.deployments if each.name in question.route.deployments[:1]), "")
    return agent.tiers.get(tier_of(agent), first)


# -- /fresh, and what is asked again ---------------------------------------------------------------------------------


async def asked_anew(claim: Claim, database: Database) -> Claim:
    """The claim; where its first message is /fresh, with the words after it as a question, or with the last question.

    Where nothing was asked before, it stays the command. Raises StoreError.
    """
    first = claim.waiting[0]
    called = recognize(first.message.text)
    if called is None or called.name != FRESH:
        return claim
    words_of = ""
    if called.arguments:
        message = msgspec.structs.replace(first.message, text=called.arguments)
    else:
        rows = await database.read(
            statement("reply.last_asked", conversation=claim.key, before=first.position, person=first.person)
        )
        if not rows:
            return claim
        last, words_of = _decode_message(rows[0]["payload"]), rows[0]["id"]
        again = recognize(last.text)
        text = again.arguments if again and again.name == FRESH else last.text
        author = author_for(last, first.message.sender)
        message = msgspec.structs.replace(
            first.message, text=text, quoted=last.quoted, attachments=last.attachments, author=author
        )
        bound = bound_region(rows[0]["route"]) if last.sender.id != first.message.sender.id else ""
        if bound is None:
            return claim
        if bound:
            message = msgspec.structs.replace(message, hints=msgspec.structs.replace(message.hints, region=bound))
    anew = msgspec.structs.replace(first, message=message, anew=True, words_of=words_of)
    return msgspec.structs.replace(claim, waiting=(anew, *claim.waiting[1:]))


def whose_words(waiting: Waiting) -> list[Statement]:
    """What somebody has asked again of another's is forgotten with that person."""
    return [statement("inbox.words_of", key=waiting.message.key, of=waiting.words_of)] if waiting.words_of else []
