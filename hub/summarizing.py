"""Rolling summaries, made after an answer while nobody waits: when the window lets turns go, one for all of them.

Where a model's summary is of no use, sentences chosen without one take its place. No turn is ever deleted for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from hub.config.settings import Agent
from hub.context.background import Background, summary_capacity
from hub.context.compose import LEAST_FOR_MESSAGE, minimum_tokens
from hub.context.facts import Spoken, extract
from hub.context.summary import LEAST, Material, completed, kept_share, material_of, order, problem, request
from hub.context.tokens import count
from hub.errands import Errand
from hub.keyed_tasks import KeyedTasks
from hub.messages import storable
from hub.question import Question
from hub.routing import Route
from hub.store import Database, StoreError, Undone, statement

log = logging.getLogger(__name__)

EXTRACT = "extract"
"""As the setting: sentences chosen without a model. As `made_by`: it was so."""
AT_ONCE = 8
"""Summaries being made in this process; what is more waits for the conversation's next answer."""
LIVES_MS = 180_000
"""After so long, who was at work on a summary is believed to be gone: longer than two errands take."""
CLOSE_WITHIN_S = 3.0
"""What is broken off is billed at its worst, so a little patience pays."""
_MOST_TURNS = 400
_TRIES = 2
_OUTPUT_ROOM = 1.5
"""Of the summary's tokens: a model that cannot stop in time is cut there, and its summary is not used."""
_ORDER_TOKENS = 150
"""Of the instructions and marks around what is summarized."""


class Step(msgspec.Struct, frozen=True):
    """What one summary is made for."""

    question: Question
    route: Route
    background: Background
    upto: int
    """It shall stand for the turns up to this position."""


class Summaries:
    """Makes the summaries of this process."""

    def __init__(
        self, database: Database, errand: Callable[[Errand], Awaitable[str | None]], new_id: Callable[[], str]
    ) -> None:
        self._database = database
        self._errand = errand
        self._new_id = new_id
        self._under_way = KeyedTasks[tuple[str, str]](AT_ONCE)

    def begin(self, step: Step) -> None:
        """Make it in the background, unless one for the same conversation and agent is being made."""
        key = (step.question.claim.key, step.question.route.memory)
        self._under_way.begin(key, lambda: self._make(step))

    async def idle(self) -> None:
        """Wait until none is being made."""
        await self._under_way.idle()

    async def close(self, within_s: float = CLOSE_WITHIN_S) -> None:
        """Wait for what is being made, then break it off: an answer after the next start begins it anew."""
        await self._under_way.close(within_s)

    async def _make(self, step: Step) -> None:
        claim, agent = step.question.claim, step.question.agent
        try:
            await self._store(step, self._new_id())
        except Undone:
            return  # somebody else is at work on it, or what it was made of is forgotten
        except StoreError as error:
            log.error("%s with %s was not summarized: %s", claim.key, agent.name, error)
        except Exception:
            log.exception("%s with %s was not summarized", claim.key, agent.name)

    async def _store(self, step: Step, maker: str) -> None:
        claim, agent = step.question.claim, step.question.agent
        whose = {"conversation": claim.key, "agent": step.question.route.memory}
        most = capacity(agent)
        if most < LEAST:
            return
        begin = statement("background.begin_summary", **whose, maker=maker, lives_ms=LIVES_MS)
        await self._database.run(begin)
        material = await self._material(step, most)
        text, made_by = await self._written(step, material, most)
        log.info(
            "%s with %s is summarized up to message %d by %s: %d tokens for %d turns, %.0f %% of the names and numbers",
            *(claim.key, agent.name, step.upto, made_by, count(text), len(material.spoken)),
            100 * await asyncio.to_thread(kept_share, text, material),
        )
        await self._database.run(
            statement(
                "background.store_summary",
                **whose,
                maker=maker,
                text=storable(text),
                made_by=made_by,
                upto=step.upto,
                context_from=claim.context_from,
            ),
            statement("background.noted", conversation=claim.key),
        )

    async def _material(self, step: Step, most: int) -> Material:
        claim, agent = step.question.claim, step.question.agent
        rows = await self._database.read(
            statement(
                "background.to_summarize",
                conversation=claim.key,
                agent=step.question.route.memory,
                after=max(step.background.upto, claim.context_from - 1),
                upto=step.upto,
                most=_MOST_TURNS,
            )
        )
        newest_first = [Spoken(row["role"], row["text"]) for row in rows]
        # What an answer takes in and gives out, a summary may: the model is known to have so much room.
        room = agent.context.tokens + agent.context.max_output - _ORDER_TOKENS - int(_OUTPUT_ROOM * most)
        return await asyncio.to_thread(material_of, step.background.summary, newest_first, room, most, count)

    async def _written(self, step: Step, material: Material, most: int) -> tuple[str, str]:
        """The summary, and who made it. What a model makes is checked; it may try once more."""
        if not material.spoken:
            return material.before, EXTRACT
        agent, why = step.question.agent, None
        for _ in range(0 if agent.context.summary == EXTRACT else _TRIES):
            written = await self._errand(
                Errand(
                    question=step.question,
                    route=step.route,
                    kind="summary",
                    tier=agent.context.summary,
                    system=order(most),
                    text=request(material, why.told if why else ""),
                    max_output=int(_OUTPUT_ROOM * most),
                )
            )
            if written is None:
                break
            summary = "\n".join(line for raw in written.splitlines() if (line := raw.strip()))
            why = await asyncio.to_thread(problem, summary, material, most, count)
            if why is None:
                model = agent.tiers.get(agent.context.summary, "local")
                return await asyncio.to_thread(completed, summary, material, most, count), model
            log.info("a summary of %s is not used: %s", step.question.claim.key, why.kind)
        return await asyncio.to_thread(extract, material.everything, most, count), EXTRACT


def capacity(agent: Agent) -> int:
    """Tokens that a summary of this agent may have."""
    room = agent.context.tokens - minimum_tokens(agent.prompt) + LEAST_FOR_MESSAGE
    return summary_capacity(room, count)
