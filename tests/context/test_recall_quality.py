"""Recall on real conversations, where they lie beside the project: no worse than what was reached."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from bench.history import Conversation, load, when
from hub.context import meaning
from hub.context.dates import month_of, months_in
from hub.context.postings import MONTHS, Turn, additions, key_of, speaker_key
from hub.context.ranking import Block, Index, Named, Scorer, scorer_of
from hub.context.words import ENGLISH, language_of, names_in, speaker_of, terms
from hub.recall import MEANING

pytestmark = pytest.mark.unit

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "recall-dev.json"
TOKENS = 2_000
LEAST = 0.905
BEGINNING, LITTLE_ROOM = 150, 600
"""Turns and tokens where meaning counts too: reading the meaning of more takes minutes on a machine that is busy."""
LEAST_BY_MEANING = 0.93
"""By words alone it is 0.911, with meaning 0.946."""

there = pytest.mark.skipif(not FILE.exists(), reason="the conversations are not there")


class Indexed:
    """One conversation, by words."""

    def __init__(self, conversation: Conversation) -> None:
        self.said = [turn.said for turn in conversation.turns]
        turns = [
            Turn(at, terms(text, language_of([text], ENGLISH)), speaker_of(text), month_of(when(turn.at)))
            for at, (text, turn) in enumerate(zip(self.said, conversation.turns, strict=True))
        ]
        self.rows: defaultdict[int, list[Block]] = defaultdict(list)
        for added in additions(turns):
            self.rows[added.term].append(Block(added.block, added.turns, added.data))
        self.index = Index(len(turns), sum(len(turn.terms) for turn in turns))

    def scorer(self, question: str) -> Scorer:
        wanted = Counter(map(key_of, terms(question, ENGLISH)))
        found = {key: self.rows[key] for key in wanted if key in self.rows}
        speakers = [self.rows[key] for key in map(speaker_key, names_in(question)) if key in self.rows]
        named = Named(speakers, months_in(question), self.rows[MONTHS])
        return scorer_of(self.index, found, wanted, range(len(self.said)), named)

    def shown(self, scores: dict[int, float], room: int = TOKENS) -> set[int]:
        """The best that a context holds, a few characters for each turn's mark."""
        shown, left = set(), room
        for ordinal in sorted(scores, key=scores.__getitem__, reverse=True):
            if (size := len(self.said[ordinal]) // 4 + 2) <= left:
                left -= size
                shown.add(ordinal)
        return shown


def share_found(conversation: Conversation, shown: set[int], evidence: list[str]) -> float:
    ids = {conversation.turns[ordinal].id for ordinal in shown}
    return len(ids.intersection(evidence)) / len(evidence)


def beginning(conversation: Conversation) -> Conversation:
    """Its first turns, and the questions that they have all the evidence for."""
    turns = conversation.turns[:BEGINNING]
    ids = {turn.id for turn in turns}
    questions = [each for each in conversation.questions if each.evidence and ids.issuperset(each.evidence)]
    return Conversation(turns, questions, conversation.name)


@there
def test_evidence_is_found_in_long_conversations() -> None:
    shares = []
    for conversation in load(FILE):
        indexed = Indexed(conversation)
        for question in conversation.questions:
            scores = indexed.scorer(question.question).best(400)
            shares.append(share_found(conversation, indexed.shown(scores), question.evidence))
    assert sum(shares) / len(shares) >= LEAST


@there
@pytest.mark.skipif(not meaning.installed(), reason="the extra `embeddings` is not installed")
def test_meaning_finds_what_words_do_not() -> None:
    conversation = beginning(min(load(FILE), key=lambda each: len(each.turns)))
    indexed = Indexed(conversation)
    said = indexed.said
    packed = meaning.packed_vectors({at: "\n".join(said[max(0, at - 1) : at + 2]) for at in range(len(said))})
    vectors = meaning.unpacked(packed)
    shares = []
    for question in conversation.questions:
        scores = indexed.scorer(question.question).of(range(len(said)))
        alike = meaning.likeness(meaning.vector_of(question.question), vectors)
        both = {ordinal: score + MEANING * alike[ordinal] for ordinal, score in scores.items()}
        shares.append(share_found(conversation, indexed.shown(both, LITTLE_ROOM), question.evidence))
    assert sum(shares) / len(shares) >= LEAST_BY_MEANING
