"""What ranks first, that packed postings lose nothing, and that the work is bounded."""

import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.context import ranking
from hub.context.postings import (
    BLOCK,
    FORM_MASK,
    Addition,
    Turn,
    additions,
    frequency_of,
    key_of,
    length_of,
    ordinal_in_block,
    unpacked,
)
from hub.context.ranking import Block, Index, best_turns

pytestmark = pytest.mark.unit


def ranked(turns: list[Turn], *wanted: str, among: range = range(1 << 40), most: int = 10) -> list[int]:
    found: defaultdict[int, list[Block]] = defaultdict(list)
    keys = Counter(map(key_of, wanted))
    for added in additions(turns):
        if added.term in keys:
            found[added.term].append(Block(added.block, added.turns, added.data))
    index = Index(len(turns), sum(len(turn.terms) for turn in turns))
    return list(best_turns(index, found, keys, among, most))


def talk(*texts: str) -> list[Turn]:
    return [Turn(ordinal, text.split()) for ordinal, text in enumerate(texts)]


SMALL_TALK = ["weather rain", "sun bike", "tea milk", "train late", "cat sleep", "book page"] * 4


def test_the_rarer_word_decides() -> None:
    turns = talk(*SMALL_TALK, "bike violin", *SMALL_TALK)
    assert ranked(turns, "bike", "violin")[0] == len(SMALL_TALK)


def test_a_neighbour_of_what_was_asked_comes_before_other_talk() -> None:
    turns = talk(*SMALL_TALK, "violin teacher name", "mister smith", *SMALL_TALK)
    at = len(SMALL_TALK)
    assert ranked(turns, "violin", "teacher")[0] == at
    assert set(ranked(turns, "violin", "teacher", most=3)) == {at - 1, at, at + 1}


def test_nothing_in_common_is_nothing_found() -> None:
    assert ranked(talk(*SMALL_TALK), "violin") == []
    assert ranked([], "violin") == []


def test_only_what_was_asked_for_is_ranked() -> None:
    turns = talk("violin", *SMALL_TALK, "violin", *SMALL_TALK)
    assert 0 not in ranked(turns, "violin", among=range(10, 10_000))
    assert all(ordinal < 10 for ordinal in ranked(turns, "violin", among=range(10)))


def test_a_turn_with_all_terms_comes_before_one_that_repeats_one() -> None:
    turns = talk(*SMALL_TALK, "violin violin violin violin", *SMALL_TALK, "violin teacher", *SMALL_TALK, "teacher")
    assert ranked(turns, "violin", "teacher")[0] == 2 * len(SMALL_TALK) + 1


def test_the_oldest_turn_of_a_long_history_is_found_among_common_words(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    words = [f"word{number}" for number in range(50)]
    turns = [Turn(3, ["violin", "word1", "word2"])]
    turns += [Turn(10 + at, chance.choices(words, k=8)) for at in range(3 * BLOCK)]
    counted = 0
    count = ranking._Scorer._count

    def watched(self: ranking._Scorer, postings: list[int], *others: object) -> None:
        nonlocal counted
        counted += len(postings)
        count(self, postings, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(ranking._Scorer, "_count", watched)
    assert ranked(turns, "violin", "word1", "word2", "word3")[0] == 3
    assert counted <= ranking.MOST_POSTINGS + 4 * 2 * ranking.MOST_STRETCHES * ranking.STRETCH


def test_even_the_commonest_word_alone_is_bounded_and_reaches_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_POSTINGS", 100)
    turns = [Turn(at, ["word"]) for at in range(2 * BLOCK)]
    found = ranked(turns, "word", most=400)
    assert found
    assert min(found) < BLOCK < max(found)


@pytest.mark.property
@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=80), max_size=30), st.integers(0, 5 * BLOCK))
def test_postings_come_back_as_they_were(texts: list[list[str]], first: int) -> None:
    turns = [Turn(first + 2 * at, text) for at, text in enumerate(texts)]
    for letter in "abcdef":
        rows = [each for each in additions(turns) if each.term == key_of(letter)]
        found = [
            (row.block * BLOCK + ordinal_in_block(posting), frequency_of(posting & FORM_MASK), posting & FORM_MASK)
            for row in rows
            for posting in unpacked(row.data)
        ]
        expected = [(turn.ordinal, min(turn.terms.count(letter), 63)) for turn in turns if letter in turn.terms]
        assert [each[:2] for each in found] == expected
        assert sum(row.turns for row in rows) == len(expected)
        lengths = {turn.ordinal: len(turn.terms) for turn in turns}
        assert all(abs(length_of(form) - lengths[ordinal]) <= 0.1 * lengths[ordinal] for ordinal, _, form in found)


def test_rows_can_be_added_to_at_their_end() -> None:
    first, then = additions([Turn(1, ["a"])]), additions([Turn(2, ["a"])])
    both = additions([Turn(1, ["a"]), Turn(2, ["a"])])
    assert both == [Addition(key_of("a"), 0, 2, first[0].data + then[0].data)]
