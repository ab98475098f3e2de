"""The index over a conversation's older turns: of their words, and of their meaning where the extra is installed.

It grows at its end, after answers. The two have positions of their own, so that the one goes on where the other waits.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from hub.context import meaning
from hub.context.dates import month_of
from hub.context.postings import Turn, additions, key_of
from hub.context.words import ENGLISH, language_of, speaker_of, terms
from hub.store import Database, Row, Statement, Undone, statement

BEHIND = 8
"""Positions that the index may be behind the conversation: what it grows by at once."""
TURNS_AT_ONCE = 200
BATCHES_AT_ONCE = 10
"""After one answer; a long conversation from before is indexed over several."""
MEANT_AT_ONCE = 100
"""Turns whose meaning is worked out after one answer: half a second of one core, beside the answers to others."""


class State(msgspec.Struct, frozen=True):
    """How far the index of a conversation is."""

    upto: int = 0
    meant: int = 0
    """The position up to which it is by meaning."""
    turns: int = 0
    terms: int = 0
    language: str = ""


class RecallIndex:
    """Keeps the indexes of all conversations; any number of processes may."""

    def __init__(self, database: Database, *, by_meaning: bool) -> None:
        self._database = database
        self._by_meaning = by_meaning
        self._at_work = asyncio.Lock()

    async def keep_up(self, key: str, agent: str, last: int) -> None:
        """Index the turns of the conversation with the agent up to this position. Raises StoreError."""
        scope = key_of(key, agent)
        await self._database.run(statement("recall.open", scope=scope, conversation=key))
        try:
            await self._add_words(scope, key, agent, last)
            if self._by_meaning:
                async with self._at_work:  # one core at the most
                    await self._add_meaning(scope, key, agent, last)
        except Undone:
            return  # another process was faster

    async def _add_words(self, scope: int, key: str, agent: str, last: int) -> None:
        for _ in range(BATCHES_AT_ONCE):
            state = await state_of(self._database, scope)
            rows, upto = await self._not_indexed(key, agent, state.upto, last, TURNS_AT_ONCE)
            # A pasted book has thousands of words to be stemmed, which nobody who waits for an answer should wait for.
            await self._database.run(*await asyncio.to_thread(_growth, scope, state, upto, rows))
            if upto == last:
                return

    async def _add_meaning(self, scope: int, key: str, agent: str, last: int) -> None:
        """Each turn's meaning with its two neighbours: what "yes, two of them" means, the turn before tells."""
        before = (await state_of(self._database, scope)).meant
        # The last position is done anew, since now it is known what followed; the one before it is read along.
        rows, upto = await self._not_indexed(key, agent, max(0, before - 2), last, MEANT_AT_ONCE)
        texts = [str(row["text"]) for row in rows]
        first = sum(row["position"] < before for row in rows)
        stretches = {
            ordinal_of(row["position"], row["role"]): "\n".join(texts[max(0, at - 1) : at + 2])
            for at, row in enumerate(rows)
            if at >= first
        }
        packed = await asyncio.to_thread(meaning.packed_vectors, stretches)
        await self._database.run(
            statement("recall.advance_meaning", scope=scope, before=before, upto=upto),
            *(statement("recall.add_vectors", scope=scope, block=block, data=data) for block, data in packed.items()),
        )

    async def _not_indexed(self, key: str, agent: str, upto: int, last: int, most: int) -> tuple[Sequence[Row], int]:
        """The turns after this position, some at a time, and up to which position they are."""
        rows = await self._database.read(
            statement("recall.not_indexed", conversation=key, agent=agent, upto=upto, last=last, most=most)
        )
        if len(rows) < most:
            return rows, last
        whole = int(rows[-1]["position"]) - 1  # of the last position that was read, the answer may be missing
        return [row for row in rows if row["position"] <= whole], whole


async def state_of(database: Database, scope: int) -> State:
    """How far the index is; nothing indexed where it is not begun. Raises StoreError."""
    rows = await database.read(statement("recall.state", scope=scope))
    if not rows:
        return State()
    row = rows[0]
    return State(row["upto_position"], row["meant_position"], row["turns"], row["terms"], row["language"])


def ordinal_of(position: int, role: str) -> int:
    """Of a turn: twice the position of its message, and one more for the answer."""
    return 2 * position + (role == "assistant")


def json_of(numbers: Sequence[int]) -> str:
    """As a list that both engines read as a table."""
    return msgspec.json.encode(numbers).decode()


def _growth(scope: int, state: State, upto: int, rows: Sequence[Row]) -> list[Statement]:
    """The transaction that indexes the turns: undone where another process has done so."""
    language = language_of((row["text"] for row in rows), state.language or ENGLISH)
    turns = [_turn(row, language) for row in rows]
    return [
        statement(
            "recall.advance",
            scope=scope,
            before=state.upto,
            upto=upto,
            turns=len(turns),
            terms=sum(len(turn.terms) for turn in turns),
            language=language,
        ),
        *(
            statement("recall.add", scope=scope, term=added.term, block=added.block, turns=added.turns, data=added.data)
            for added in additions(turns)
        ),
    ]


def _turn(row: Row, usual: str) -> Turn:
    """Its terms are by the language that it is written in."""
    text = row["text"]
    found = terms(text, language_of([text], usual))
    return Turn(ordinal_of(row["position"], row["role"]), found, speaker_of(text), month_of(row["at_ms"]))
