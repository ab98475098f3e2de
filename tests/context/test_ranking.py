"""What ranks first, that packed postings lose nothing, and that the work is bounded."""

import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.context import ranking
from hub.context.dates import Month
from hub.context.postings import (
    BLOCK,
    FORM_MASK,
    MONTHS,
    Addition,
    Turn,
    additions,
    frequency_of,
    key_of,
    length_of,
    ordinal_in_block,
    speaker_key,
    unpacked,
)
from hub.context.ranking import Block, Index, Named, scorer_of

pytestmark = pytest.mark.unit


def ranked(
    turns: list[Turn],
    *wanted: str,
    among: range = range(1 << 40),
    most: int = 10,
    speaker: str = "",
    months: frozenset[Month] = frozenset(),
) -> list[int]:
    rows: defaultdict[int, list[Block]] = defaultdict(list)
    for added in additions(turns):
        rows[added.term].append(Block(added.block, added.turns, added.data))
    keys = Counter(map(key_of, wanted))
    found = {key: rows[key] for key in keys if key in rows}
    named = Named([rows[speaker_key(speaker)]], months, rows[MONTHS])
    index = Index(len(turns), sum(len(turn.terms) for turn in turns))
    return list(scorer_of(index, found, keys, among, named).best(most))


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


def test_of_two_with_the_word_that_of_the_named_person_comes_first() -> None:
    turns = talk(*SMALL_TALK, "violin", *SMALL_TALK, "violin", *SMALL_TALK)
    at = len(SMALL_TALK)
    turns[at] = Turn(at, ["violin"], speaker=("anna", "berg"))
    assert ranked(turns, "violin", speaker="anna")[0] == at
    assert ranked(turns, "violin", speaker="anton") == ranked(turns, "violin")


def test_of_two_with_the_word_that_of_the_named_month_comes_first() -> None:
    turns = [
        Turn(turn.ordinal, turn.terms, month=turn.ordinal // 20)
        for turn in talk(*SMALL_TALK, "violin", *SMALL_TALK, "violin", *SMALL_TALK)
    ]
    first, second = len(SMALL_TALK), 2 * len(SMALL_TALK) + 1
    assert ranked(turns, "violin", months=frozenset({Month(2, 1970)}))[0] == first
    assert ranked(turns, "violin", months=frozenset({Month(3)}))[0] == second
    assert ranked(turns, "violin", months=frozenset({Month(2, 1971)})) == ranked(turns, "violin")


def test_a_month_is_named_before_anything_is_indexed() -> None:
    scorer = scorer_of(Index(0, 0), {}, {}, range(10), Named((), frozenset({Month(3)}), ()))
    assert scorer.best(5) == {}


def test_a_month_goes_on_over_what_is_added_later_and_over_blocks() -> None:
    turns = [Turn(BLOCK - 2 + at, ["violin"], month=7 + at // 6) for at in range(12)]
    parts = [*additions(turns[:3]), *additions(turns[3:8]), *additions(turns[8:])]
    starts = [Block(each.block, each.turns, each.data) for each in parts if each.term == MONTHS]
    joined = [
        Block(number, 0, "".join(each.data for each in starts if each.number == number))
        for number in sorted({each.number for each in starts})
    ]
    scorer = scorer_of(Index(12, 12), {}, {}, range(1 << 40), Named((), frozenset({Month(8)}), joined))
    scores = scorer.of(range(BLOCK - 2, BLOCK + 10))
    assert [ordinal - BLOCK + 2 for ordinal, score in scores.items() if score] == list(range(6))


def test_the_oldest_turn_of_a_long_history_is_found_among_common_words(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    words = [f"word{number}" for number in range(50)]
    turns = [Turn(3, ["violin", "word1", "word2"])]
    turns += [Turn(10 + at, chance.choices(words, k=8)) for at in range(3 * BLOCK)]
    counted = 0
    count = ranking.Scorer._count

    def watched(self: ranking.Scorer, postings: list[int], *others: object) -> None:
        nonlocal counted
        counted += len(postings)
        count(self, postings, *others)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(ranking.Scorer, "_count", watched)
    assert ranked(turns, "violin", "word1", "word2", "word3")[0] == 3
    assert counted <= ranking.MOST_POSTINGS + 4 * 2 * ranking.MOST_STRETCHES * ranking.STRETCH


def test_even_the_commonest_word_alone_is_bounded_and_reaches_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_POSTINGS", 100)
    turns = [Turn(at, ["word"]) for at in range(2 * BLOCK)]
    found = ranked(turns, "word", most=400)
    assert found
    assert min(found) < BLOCK < max(found)


@pytest.mark.property
@settings(deadline=None)
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
