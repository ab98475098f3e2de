"""Recall on real conversations, where they lie beside the project: no worse than what was reached."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from bench.history import load
from hub.context.postings import Turn, additions, key_of
from hub.context.ranking import Block, Index, best_turns
from hub.context.words import ENGLISH, language_of, terms

pytestmark = pytest.mark.unit

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "recall-dev.json"
TOKENS = 2_000
LEAST = 0.875


@pytest.mark.skipif(not FILE.exists(), reason="the conversations are not there")
def test_evidence_is_found_in_long_conversations() -> None:
    shares = []
    for conversation in load(FILE):
        said = [f"{turn.speaker}: {turn.text}" for turn in conversation.turns]
        turns = [Turn(at, terms(text, language_of([text], ENGLISH))) for at, text in enumerate(said)]
        rows: defaultdict[int, list[Block]] = defaultdict(list)
        for added in additions(turns):
            rows[added.term].append(Block(added.block, added.turns, added.data))
        index = Index(len(turns), sum(len(turn.terms) for turn in turns))
        for question in conversation.questions:
            wanted = Counter(map(key_of, terms(question.question, ENGLISH)))
            found = {key: rows[key] for key in wanted if key in rows}
            shown, left = set(), TOKENS
            for ordinal in best_turns(index, found, wanted, range(len(turns)), 400):
                if (size := len(said[ordinal]) // 4 + 2) <= left:
                    left -= size
                    shown.add(conversation.turns[ordinal].id)
            shares.append(len(shown.intersection(question.evidence)) / len(question.evidence))
    assert sum(shares) / len(shares) >= LEAST
