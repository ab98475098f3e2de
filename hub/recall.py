"""Recall: older turns of a conversation that matter to a message, by an index that grows with the conversation.

A conversation that its window still shows whole is never indexed and costs nothing. Of a longer one, the turns are
indexed some at a time after an answer; those that are not yet are read from what the claim has loaded.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from statistics import fmean

import msgspec

from hub.config.settings import Agent
from hub.context import meaning
from hub.context.background import NO_BACKGROUND, Background
from hub.context.compose import HISTORY_STEP, LEAST_FOR_MESSAGE, PastTurn, minimum_tokens, shown_from
from hub.context.dates import months_in
from hub.context.postings import MONTHS, Turn, additions, key_of, speaker_key
from hub.context.ranking import MOST_TERMS, Block, Index, Named, Scorer, scorer_of
from hub.context.recalled import RecalledTurn
from hub.context.tokens import count
from hub.context.words import ENGLISH, language_of, names_in, speaker_of, terms
from hub.inbox import Claim
from hub.recall_index import BEHIND, RecallIndex, State, json_of, ordinal_of, state_of
from hub.store import Database, Row, StoreError, statement

log = logging.getLogger(__name__)

_TOKENS_A_TURN = 16
"""Turns are seldom shorter on average, so that what is fetched fills the room."""
_MARKS = 5
"""Tokens around a recalled turn."""
_FEWEST, _MOST = 8, 500
_SOUGHT = 8_000
"""Characters of a message by which is looked for: of its terms, a few rare ones count anyway."""
_SHORT = 20
"""Characters. What is shorter is not preferred for it."""
_LENGTH_POWER = 0.05
"""Measured: 0.2 recalls 0.6 points less."""
LIKELY = 200
"""Turns with the best scores by words that meaning may lift."""
LIKELY_BLOCKS = 32
"""Of turns, in which the best of these stand: their meaning is compared."""
NEWEST_BLOCKS = 44
"""The meaning of the newest 700 turns is compared whatever their words are."""
MEANING, MEANING_ELSEWHERE = 35.0, 10.0
"""Of a cosine, beside the score by words, in English and in other languages, which the model was not trained on.
From 25 to 45, recall of English talk is the same to 0.3 points."""


class Recalled(msgspec.Struct, frozen=True):
    """What was found for a message."""

    turns: tuple[RecalledTurn, ...]
    """The best first."""
    behind: bool
    """Whether the index is to be brought up to the conversation."""


class Recall:
    """Finds older turns, and has their index kept."""

    def __init__(self, database: Database, *, by_meaning: bool | None = None) -> None:
        """`by_meaning`: whether meaning counts beside the words; where the extra is installed, unless told."""
        self._database = database
        self._meaning = meaning.installed() if by_meaning is None else by_meaning
        self._index = RecallIndex(database, by_meaning=self._meaning)

    async def find(
        self, claim: Claim, agent: Agent, memory: str, text: str, background: Background = NO_BACKGROUND
    ) -> Recalled | None:
        """Turns of the same memory (`Route.memory`) that matter to the text, none in the prompt's window anyway.

        None where the window shows the whole conversation. Raises StoreError.
        """
        past = past_turns(claim, memory)
        before = shown_from(
            agent.prompt,
            past,
            budget_tokens=agent.context.tokens,
            max_output=agent.context.max_output,
            count=count,
            older=has_older(claim.waiting[0].position - 1, claim.context_from),
            recall_share=agent.context.recall,
            background=background,
            summarized=bool(agent.context.summary),
            exchanges=agent.context.exchanges,
        )
        if before is None:
            return None
        if not agent.context.recall:
            return Recalled((), behind=False)
        position = claim.waiting[0].position
        scope = key_of(claim.key, memory)
        among = range(2 * claim.context_from, 2 * min(before, position))
        state = await state_of(self._database, scope)
        # Before all that takes longer: while the store reads, this thread has nothing else to do. Not before the first
        # read, whose thread it would compete with: all told a tenth slower.
        in_thread = asyncio.get_running_loop().run_in_executor
        meant = in_thread(None, meaning.vector_of, text) if self._meaning and state.meant else None
        try:
            scorer = await self._scorer(scope, state, text, past, among)
            scores = await self._scores(scope, state, text, scorer, among, meant, _wanted(agent, past))
        finally:
            if meant:
                meant.cancel()
        turns = await self._turns(claim.key, memory, scores)
        if agent.context.recall_what == "told":
            turns = list(filter(_told, turns))
        return Recalled(tuple(turns[: agent.context.recall_turns]), behind=position - state.upto >= BEHIND)

    async def keep_up(self, key: str, agent: str, last: int) -> None:
        """Index the turns of the conversation with the agent up to this position; what fails, the next answer does."""
        try:
            await self._index.keep_up(key, agent, last)
        except StoreError as error:
            log.error("the older turns of %s were not indexed: %s", key, error)

    async def _scorer(self, scope: int, state: State, text: str, past: Sequence[PastTurn], among: range) -> Scorer:
        text = text[:_SOUGHT]
        language = language_of([text], state.language or ENGLISH)
        wanted = Counter(map(key_of, terms(text, language)))
        names, months = frozenset(map(speaker_key, names_in(text))), months_in(text)
        found = await self._postings(scope, wanted, names, months=bool(months)) if state.turns else defaultdict(list)
        newer = [
            Turn(ordinal_of(turn.position, turn.role), terms(turn.text, language), speaker_of(turn.text))
            for turn in past
            if state.upto < turn.position and 2 * turn.position in among
        ]
        for added in additions(newer):
            if added.term in wanted or added.term in names:
                found[added.term].append(Block(added.block, added.turns, added.data))
        index = Index(state.turns + len(newer), state.terms + sum(len(turn.terms) for turn in newer))
        named = Named([_whole(found.pop(name)) for name in names & found.keys()], months, found.pop(MONTHS, ()))
        return scorer_of(index, found, wanted, among, named)

    async def _postings(
        self, scope: int, wanted: Counter[int], names: Iterable[int], *, months: bool
    ) -> defaultdict[int, list[Block]]:
        keys = list(wanted)
        if len(keys) > MOST_TERMS:
            sizes = await self._database.read(statement("recall.sizes", scope=scope, terms=json_of(keys)))
            keys = [row["term"] for row in sorted(sizes, key=lambda row: int(row["turns"]))[:MOST_TERMS]]
        keys += [*names, MONTHS] if months else names
        found: defaultdict[int, list[Block]] = defaultdict(list)
        for row in await self._database.read(statement("recall.postings", scope=scope, terms=json_of(keys))):
            found[row["term"]].append(Block(row["block"], row["turns"], row["data"]))
        return found

    async def _scores(
        self,
        scope: int,
        state: State,
        text: str,
        scorer: Scorer,
        among: range,
        meant: "Awaitable[meaning.Vectors] | None",
        most: int,
    ) -> Mapping[int, float]:
        if not meant:
            return scorer.best(most)
        weight = MEANING if language_of([text], state.language) == ENGLISH else MEANING_ELSEWHERE
        newest = min(among.stop, 2 * state.meant + 2)
        return await self._fused(scope, scorer, meant, weight, range(among.start, newest), most)

    async def _fused(
        self, scope: int, scorer: Scorer, meant: "Awaitable[meaning.Vectors]", weight: float, among: range, most: int
    ) -> dict[int, float]:
        """The best by words and meaning together: of the turns that have the words, and of the newest.

        `meant` is the meaning of the message, which is worked out in the meantime; `among` the turns that have one.
        """
        by_words = scorer.best(max(most, LIKELY))
        likely = list(dict.fromkeys(ordinal // meaning.BLOCK for ordinal in by_words))[:LIKELY_BLOCKS]
        newest = range(among.start // meaning.BLOCK, -(-among.stop // meaning.BLOCK))[-NEWEST_BLOCKS:]
        blocks = json_of(sorted({*likely, *newest}))
        rows = await self._database.read(statement("recall.vectors", scope=scope, blocks=blocks))
        turns = meaning.unpacked({row["block"]: row["data"] for row in rows}, among)
        alike = meaning.likeness(await meant, turns)
        closest = sorted(alike.keys() - by_words.keys(), key=alike.__getitem__, reverse=True)[:most]
        unknown = sum(alike.values()) / len(alike) if alike else 0.0
        scores = {
            ordinal: max(0.0, score + weight * alike.get(ordinal, unknown))
            for ordinal, score in (by_words | scorer.of(closest)).items()
        }
        return {ordinal: scores[ordinal] for ordinal in sorted(scores, key=scores.__getitem__, reverse=True)[:most]}

    async def _turns(self, key: str, agent: str, scores: Mapping[int, float]) -> list[RecalledTurn]:
        """The turns that still stand. Of two that score nearly alike the shorter comes first: it costs less."""
        if not scores:
            return []
        ordinals = json_of(sorted(scores))
        rows = await self._database.read(statement("recall.turns", conversation=key, agent=agent, ordinals=ordinals))
        found = map(_recalled, rows)
        return sorted(found, key=lambda turn: -scores[turn.ordinal] / max(len(turn.text), _SHORT) ** _LENGTH_POWER)


def past_turns(claim: Claim, memory: str) -> list[PastTurn]:
    """The turns of this memory (`Route.memory`) that the claim has loaded, from the oldest to the newest.

    What was said to another agent, or in another residency zone, stays there.
    """
    return [
        PastTurn(turn.role, turn.text, turn.tokens, turn.position, turn.at_ms)
        for turn in claim.past
        if turn.agent == memory
    ]


def has_older(finished: int, context_from: int) -> bool:
    """Whether there are positions in the context before those that a claim loads after `finished`, the last one."""
    return (finished // HISTORY_STEP - 1) * HISTORY_STEP >= max(1, context_from)


def _wanted(agent: Agent, past: Sequence[PastTurn]) -> int:
    """Half as many again as fit, if turns are as long on average as the newest."""
    room = agent.context.tokens - minimum_tokens(agent.prompt) + LEAST_FOR_MESSAGE
    usual = fmean(turn.tokens for turn in past) * 2 / 3 + _MARKS if past else 0
    return min(_MOST, max(_FEWEST, int(room / max(usual, _TOKENS_A_TURN))))


def _told(turn: RecalledTurn) -> bool:
    """Whether a person said it and did not ask it."""
    return turn.role == "user" and not turn.text.rstrip().endswith(("?", "？", "؟"))


def _whole(blocks: Sequence[Block]) -> Sequence[Block]:
    """One row for each block, where what is not indexed yet stands beside the stored one."""
    joined: dict[int, Block] = {}
    for block in blocks:
        known = joined.get(block.number)
        data, turns = (known.data, known.turns) if known else ("", 0)
        joined[block.number] = Block(block.number, turns + block.turns, data + block.data)
    return list(joined.values())


def _recalled(row: Row) -> RecalledTurn:
    return RecalledTurn(ordinal_of(row["position"], row["role"]), row["text"], row["at_ms"], row["tokens"])
