"""The tier of a question: the agent's settings, the person's wish, and what was thought of the answer before."""

import msgspec

from hub.calling import Asked
from hub.commands import recognize
from hub.commands.caller import caller_in
from hub.commands.strong import may_ask_strong
from hub.config.settings import Settings
from hub.messages import original_id
from hub.question import Question
from hub.store import Database, statement
from hub.tiering.choice import SIMPLE, after_disliked, choose_tier
from hub.tiering.weak import weakness

CHEAP = f'"tier":"{SIMPLE}"'
"""Of the JSON of a route whose answer was the cheap tier's."""
WISHED = frozenset({"asked", "again", "disliked"})
"""Whys of somebody who expects the complex tier, and is told where another answers."""


def weak_answer(question: Question, asked: Asked) -> str:
    """What is weak about the simple tier's answer, where the complex one may be asked; empty: nothing.

    Not where the simple tier was a way out: there the complex one was too dear, or failed.
    """
    tiering, call = question.agent.tiering, asked.held.request.call
    by_difficulty = call.tier == SIMPLE and call.tier_why == "difficulty"
    if tiering is None or not tiering.escalate or not by_difficulty:
        return ""
    return weakness(asked.heard.text, asked.heard.finish)


async def tiered(question: Question, settings: Settings, database: Database) -> Question:
    """The question with its tier, as far as its agent leaves a choice.

    Only where the cheap tier would answer is the store asked whether the last answer was disliked. Raises StoreError.
    """
    tiering = question.agent.tiering
    if tiering is None or len(question.agent.tiers) < 2:
        return question
    claim, waiting = question.claim, question.claim.waiting[0]
    message = waiting.message
    called = recognize(message.text)
    asked = called is not None and may_ask_strong(
        called, caller_in(claim.conversation, message.sender, settings, claim.agent), question.agent
    )
    choice = choose_tier(
        tiering,
        question.judged,
        files=bool(question.files),
        asked=asked,
        again=original_id(message.platform_id) != message.platform_id,
    )
    if choice.tier == SIMPLE and tiering.disliked:
        rows = await database.read(statement("reply.last_disliked", conversation=claim.key, before=waiting.position))
        if rows and rows[0]["bad"] and CHEAP in rows[0]["route"]:
            choice = after_disliked()
    return msgspec.structs.replace(question, choice=choice)
