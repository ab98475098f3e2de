"""What a prompt has of a conversation beside its recent turns: pinned facts, the summary, recalled turns."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hub.ask import Answer
from hub.config.settings import Agent
from hub.context.background import NO_BACKGROUND, Background
from hub.context.compose import HISTORY_STEP, PastTurn, shown_from
from hub.context.tokens import count
from hub.errands import Errand
from hub.inbox import Claim, Waiting
from hub.keyed_tasks import KeyedTasks
from hub.question import Question, Remembered, text_of
from hub.recall import Recall, has_older, past_turns
from hub.store import Database, statement
from hub.summarizing import Step, Summaries, capacity

INDEXED_AT_ONCE = 32
"""Conversations; what is more waits for the conversation's next answer."""
CLOSE_WITHIN_S = 1.0
"""Of the index: what is broken off is undone, and of no harm."""


class Memory:
    """Finds it for a message, and keeps it up to the conversation after the answer."""

    def __init__(
        self,
        database: Database,
        errand: Callable[[Errand], Awaitable[str | None]],
        new_id: Callable[[], str],
        *,
        by_meaning: bool | None = None,
    ) -> None:
        """`by_meaning`: whether recall goes by meaning too; where the extra is installed, unless told."""
        self._database = database
        self._recall = Recall(database, by_meaning=by_meaning)
        self.summaries = Summaries(database, errand, new_id)
        self.indexing = KeyedTasks[tuple[str, str]](INDEXED_AT_ONCE)
        """By conversation and memory."""

    async def find(self, claim: Claim, agent: Agent, memory: str, asked: Sequence[Waiting]) -> Remembered:
        """What this memory (`Route.memory`) has for messages that are answered together. Raises StoreError."""
        background = await self._background(claim, agent, memory) if claim.noted else NO_BACKGROUND
        return Remembered(background, await self._recall.find(claim, agent, memory, text_of(asked), background))

    def keep_up(self, question: Question, answer: Answer, remembered: Remembered, last: int) -> None:
        """After the answer, in the background; `last` is the position of the last message that it was for."""
        agent = question.agent
        if agent.context.summary:
            self._summarize(question, answer, remembered.background, last)
        if remembered.recalled and remembered.recalled.behind:
            whose = (question.claim.key, question.route.memory)
            self.indexing.begin(whose, lambda: self._recall.keep_up(*whose, question.position))

    async def close(self) -> None:
        """End what is done in the background, after a little patience."""
        await asyncio.gather(self.summaries.close(), self.indexing.close(CLOSE_WITHIN_S))

    async def _background(self, claim: Claim, agent: Agent, memory: str) -> Background:
        rows = await self._database.read(
            statement("background.of", conversation=claim.key, agent=memory, context_from=claim.context_from)
        )
        pins = tuple(row["text"] for row in rows if row["id"])
        summary = next((row for row in rows if not row["id"]), None)
        if summary is None or not agent.context.summary:
            return Background(pins)
        return Background(pins, summary["text"], summary["upto_position"])

    def _summarize(self, question: Question, answer: Answer, background: Background, last: int) -> None:
        """Begin a summary where the next message's window shows less than what is summarized leaves."""
        claim, agent = question.claim, question.agent
        past = _next_past(question, answer, last)
        start = shown_from(
            agent.prompt,
            past,
            budget_tokens=agent.context.tokens,
            max_output=agent.context.max_output,
            count=count,
            older=has_older(last, claim.context_from),
            recall_share=agent.context.recall,
            background=background,
            summarized=True,
            exchanges=agent.context.exchanges,
        )
        if start is None:
            return
        upto = min(start - 1, last)
        let_go = sum(turn.tokens for turn in past if background.upto < turn.position <= upto)
        # In steps, also where the window lets go of one exchange after the other: a summary is smaller than its turns.
        if let_go > 2 * capacity(agent):
            self.summaries.begin(Step(question, answer.route, background, upto))


def _next_past(question: Question, answer: Answer, last: int) -> list[PastTurn]:
    """The turns that the next claim loads."""
    oldest = (last // HISTORY_STEP - 1) * HISTORY_STEP
    turns = [turn for turn in past_turns(question.claim, question.route.memory) if turn.position > oldest]
    turns.append(PastTurn("user", question.prompt.asked, question.prompt.asked_tokens, question.position))
    if answer.to_remember:
        turns.append(PastTurn("assistant", answer.to_remember, count(answer.to_remember), question.position))
    return turns
