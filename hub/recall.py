"""Recall: older turns of a conversation that matter to a message, by an index that grows with the conversation.

A conversation that its window still shows whole is never indexed and costs nothing. Of a longer one, the turns are
indexed some at a time after an answer; those that are not yet are read from what the claim has loaded.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hub.config.settings import Agent
from hub.context.compose import HISTORY_STEP, PastTurn, minimum_tokens, recall_room, shown_from
from hub.context.postings import Turn, additions, key_of
from hub.context.ranking import MOST_TERMS, Block, Index, best_turns
from hub.context.recalled import RecalledTurn
from hub.context.tokens import count
from hub.context.words import ENGLISH, language_of, terms
from hub.inbox import Claim
from hub.store import Database, Row, Statement, StoreError, Undone, statement

log = logging.getLogger(__name__)

BEHIND = 8
"""Positions that the index may be behind the conversation: what it grows by at once."""
TURNS_AT_ONCE = 200
BATCHES_AT_ONCE = 10
"""After one answer; a long conversation from before is indexed over several."""
_TOKENS_A_TURN = 24
"""Turns are seldom shorter on average, so that what is fetched fills the room."""
_FEWEST, _MOST = 8, 400
_SHORT = 20
"""Characters. What is shorter is not preferred for it."""
_LENGTH_POWER = 0.1
"""Measured: 0 and 0.2 recall less."""


class Recalled(msgspec.Struct, frozen=True):
    """What was found for a message."""

    turns: tuple[RecalledTurn, ...]
    """The best first."""
    behind: bool
    """Whether the index is to be brought up to the conversation."""


class _State(msgspec.Struct, frozen=True):
    upto: int = 0
    turns: int = 0
    terms: int = 0
    language: str = ""


class Recall:
    """Finds older turns, and keeps their index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, claim: Claim, agent: Agent, memory: str, text: str) -> Recalled | None:
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
            older=_has_older(claim),
            recall_share=agent.context.recall,
        )
        if before is None:
            return None
        position = claim.waiting[0].position
        scope = key_of(claim.key, memory)
        state = await self._state(scope)
        among = range(2 * claim.context_from, 2 * min(before, position))
        scores = await self._best(scope, state, text, past, among, _wanted(agent))
        turns = await self._turns(claim.key, memory, scores)
        return Recalled(tuple(turns), behind=position - state.upto >= BEHIND)

    async def keep_up(self, key: str, agent: str, last: int) -> None:
        """Index the turns of the conversation with the agent up to this position; what fails, the next answer does."""
        try:
            await self._keep_up(key, agent, last)
        except Undone:
            return  # another process was faster
        except StoreError as error:
            log.error("the older turns of %s were not indexed: %s", key, error)

    async def _keep_up(self, key: str, agent: str, last: int) -> None:
        scope = key_of(key, agent)
        await self._database.run(statement("recall.open", scope=scope))
        for _ in range(BATCHES_AT_ONCE):
            state = await self._state(scope)
            rows = await self._database.read(
                statement(
                    "recall.not_indexed", conversation=key, agent=agent, upto=state.upto, last=last, most=TURNS_AT_ONCE
                )
            )
            whole = len(rows) < TURNS_AT_ONCE
            # Of the last position that was read, the answer may be missing.
            upto = last if whole else int(rows[-1]["position"]) - 1
            await self._database.run(*_growth(scope, state, upto, rows))
            if whole:
                return

    async def _state(self, scope: int) -> _State:
        rows = await self._database.read(statement("recall.state", scope=scope))
        if not rows:
            return _State()
        return _State(rows[0]["upto_position"], rows[0]["turns"], rows[0]["terms"], rows[0]["language"])

    async def _best(
        self, scope: int, state: _State, text: str, past: Sequence[PastTurn], among: range, most: int
    ) -> dict[int, float]:
        language = language_of([text], state.language or ENGLISH)
        wanted = Counter(map(key_of, terms(text, language)))
        found = await self._postings(scope, wanted) if state.turns else defaultdict(list)
        not_indexed = [turn for turn in past if state.upto < turn.position and 2 * turn.position in among]
        newer = _to_index(((_ordinal(turn.position, turn.role), turn.text) for turn in not_indexed), language)
        for added in additions(newer):
            if added.term in wanted:
                found[added.term].append(Block(added.block, added.turns, added.data))
        size = Index(state.turns + len(newer), state.terms + sum(len(turn.terms) for turn in newer))
        return best_turns(size, found, wanted, among, most)

    async def _postings(self, scope: int, wanted: Counter[int]) -> defaultdict[int, list[Block]]:
        keys = list(wanted)
        if len(keys) > MOST_TERMS:
            sizes = await self._database.read(statement("recall.sizes", scope=scope, terms=_json(keys)))
            keys = [row["term"] for row in sorted(sizes, key=lambda row: int(row["turns"]))[:MOST_TERMS]]
        found: defaultdict[int, list[Block]] = defaultdict(list)
        for row in await self._database.read(statement("recall.postings", scope=scope, terms=_json(keys))):
            found[row["term"]].append(Block(row["block"], row["turns"], row["data"]))
        return found

    async def _turns(self, key: str, agent: str, scores: Mapping[int, float]) -> list[RecalledTurn]:
        """The turns that still stand. Of two that score nearly alike the shorter comes first: it costs less."""
        if not scores:
            return []
        positions = _json(sorted({ordinal // 2 for ordinal in scores}))
        rows = await self._database.read(statement("recall.turns", conversation=key, agent=agent, positions=positions))
        found = [turn for turn in map(_recalled, rows) if turn.ordinal in scores]
        return sorted(found, key=lambda turn: -scores[turn.ordinal] / max(len(turn.text), _SHORT) ** _LENGTH_POWER)


def past_turns(claim: Claim, memory: str) -> list[PastTurn]:
    """The turns of this memory (`Route.memory`) that the claim has loaded, from the oldest to the newest.

    What was said to another agent, or in another residency zone, stays there.
    """
    return [PastTurn(turn.role, turn.text, turn.tokens, turn.position) for turn in claim.past if turn.agent == memory]


def _has_older(claim: Claim) -> bool:
    """Whether there are positions in the context before those that the claim has loaded."""
    finished = claim.waiting[0].position - 1
    return (finished // HISTORY_STEP - 1) * HISTORY_STEP >= max(1, claim.context_from)


def _wanted(agent: Agent) -> int:
    room = agent.context.tokens - minimum_tokens(agent.prompt)
    return min(_MOST, max(_FEWEST, recall_room(room, agent.context.recall) // _TOKENS_A_TURN))


def _growth(scope: int, state: _State, upto: int, rows: Sequence[Row]) -> list[Statement]:
    """The transaction that indexes the turns: undone where another process has done so."""
    spoken = [
        (2 * row["position"] + (row["role"] == "assistant"), row["text"]) for row in rows if row["position"] <= upto
    ]
    language = language_of((text for _, text in spoken), state.language or ENGLISH)
    turns = _to_index(spoken, language)
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


def _to_index(spoken: Iterable[tuple[int, str]], usual: str) -> list[Turn]:
    """The terms of each text, in the language that it is written in."""
    return [Turn(ordinal, terms(text, language_of([text], usual))) for ordinal, text in spoken]


def _ordinal(position: int, role: str) -> int:
    return 2 * position + (role == "assistant")


def _recalled(row: Row) -> RecalledTurn:
    return RecalledTurn(_ordinal(row["position"], row["role"]), row["text"], row["at_ms"])


def _json(numbers: Sequence[int]) -> str:
    return msgspec.json.encode(numbers).decode()
