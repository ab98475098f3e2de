"""Which older turns matter to a message: BM25 over turns, their neighbours and the stretch of talk they stand in.

A question's answer seldom repeats its words: they stand in the turn before, or some turns off. So a turn's score is its
own BM25 score (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009), with a share of those of its two
neighbours on each side, and of the BM25 score of the stretch of turns around it. Turns of a person, or of a month, that
the message names are preferred.

The work is bounded, however long the conversation: terms are taken from the rarest on, and of those after the bound is
reached only what stands near a turn, or in a stretch, that is a candidate already.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property

import msgspec

from hub.context.dates import Month
from hub.context.postings import (
    BLOCK,
    FORM_MASK,
    ORDINAL_BITS,
    first_posting,
    frequency_of,
    length_of,
    ordinal_in_block,
    unpacked,
)

K1, B = 1.2, 0.75
"""The usual values; others changed recall by less than 0.3 points."""
BEFORE, AFTER = (0.5, 0.3), (0.3, 0.3)
"""Shares of the scores of the turns one and two before and after: an answer follows its question."""
STRETCH = 16
"""Ordinals: eight exchanges. As good as whole sessions by the clock, which chats that never rest do not have."""
STRETCH_SHARE = 2.0
SPEAKER = 10.0
"""For a turn of a person whom the message names: what about two rare words in common are worth."""
MONTH = 12.0
"""For a turn from a month that the message names."""
MOST_TERMS = 24
"""Of a message, the rarest ones."""
MOST_POSTINGS = 1_500
"""That are scored one by one: 0.6 ms. Twice as many find no more, a thousand half a point less."""
MOST_CANDIDATES = 64
"""Turns with the best scores of their own whose surroundings are looked at, or a third of those wanted: 0.4 ms."""
MOST_STRETCHES = 64
"""In which the commoner terms are looked for."""


class Index(msgspec.Struct, frozen=True):
    """What is known of all indexed turns of a conversation."""

    turns: int
    terms: int


class Block(msgspec.Struct, frozen=True):
    """One row of a term."""

    number: int
    turns: int
    data: str


class Named(msgspec.Struct, frozen=True):
    """What of the index tells who spoke and when, for what the message names."""

    speakers: Sequence[Sequence[Block]] = ()
    """The rows of each word that may be a name."""
    months: frozenset[Month] = frozenset()
    starts: Sequence[Block] = ()
    """The rows of where months begin."""


NOBODY = Named()

_STRETCH_BITS = ORDINAL_BITS + STRETCH.bit_length() - 1
_SEVERAL = 62 << 6
"""Of a posting, set where the term stands there more than once."""


def _place(within: int) -> tuple[int, float]:
    """Of a turn of a stretch: which stretch has its middle before it, and how far on to the next middle it is."""
    place = (within + 0.5) / STRETCH - 0.5
    before = math.floor(place)
    return before, place - before


_PLACES = tuple(map(_place, range(STRETCH)))


def scorer_of(
    index: Index, found: Mapping[int, Sequence[Block]], wanted: Mapping[int, int], among: range, named: Named = NOBODY
) -> "Scorer":
    """Scores of turns `among` those asked for.

    `found` are the rows of the wanted terms, by the keys of these; `wanted` says how often each stands in the message.
    """
    scorer = Scorer(index, among, named)
    for term in sorted(found, key=lambda term: sum(block.turns for block in found[term]))[:MOST_TERMS]:
        scorer.add(found[term], wanted[term])
    return scorer


class Scorer:
    """Made by `scorer_of`."""

    def __init__(self, index: Index, among: range, named: Named) -> None:
        self._turns = max(index.turns, 1)
        self._stretches = self._turns / STRETCH + 1
        self._among = among
        self._speakers = [{block.number: unpacked(block.data) for block in rows} for rows in named.speakers]
        self._months = _spans(named)
        self._months_begin = [span.start for span in self._months]
        self._own: dict[int, float] = {}
        self._around: dict[int, float] = {}
        """By number of the stretch."""
        self._having: dict[int, int] = {}
        """By ordinal, a bit for each term that the turn has."""
        self._terms = 0
        self._worth = _Worths(max(index.terms / self._turns, 1.0))
        self._left = MOST_POSTINGS

    def add(self, blocks: Sequence[Block], times: int) -> None:
        """Score one term."""
        turns = sum(block.turns for block in blocks)
        if whole := turns <= self._left or not self._own:
            # Where even the rarest term stands everywhere: from all over, since the oldest turns count too.
            places = _places(blocks, step=max(1, -(-turns // MOST_POSTINGS)))
            self._left = max(0, self._left - turns)
        else:
            places = _places_within(blocks, self._likely)
        self._count(places, times * _rarity(turns, self._turns))
        seen = Counter([place >> _STRETCH_BITS for place in places])
        for place in places:
            if place & _SEVERAL:
                seen[place >> _STRETCH_BITS] += frequency_of(place & FORM_MASK) - 1
        weight = times * _rarity(len(seen) if whole else turns / 2, self._stretches)
        _add(self._around, {stretch: weight * _saturated(frequency) for stretch, frequency in seen.items()})

    def _count(self, places: Sequence[int], weight: float) -> None:
        worth = self._worth
        ordinals = [place >> ORDINAL_BITS for place in places]
        _add(self._own, dict(zip(ordinals, [weight * worth[place & FORM_MASK] for place in places], strict=True)))
        bits = dict.fromkeys(ordinals, 1 << self._terms)
        for ordinal in self._having.keys() & bits.keys():
            bits[ordinal] |= self._having[ordinal]
        self._having.update(bits)
        self._terms += 1

    def best(self, most: int) -> dict[int, float]:
        """At most `most` turns by ordinal with their scores, the best first."""
        candidates: set[int] = set()
        for ordinal in _largest(self._of_the_month(self._own), max(most // 3, MOST_CANDIDATES)):
            candidates.update(range(ordinal - len(AFTER), ordinal + len(BEFORE) + 1))
        for stretch in _largest(self._of_the_month(self._around, STRETCH), most // STRETCH + 1):
            candidates.update(range(stretch * STRETCH, (stretch + 1) * STRETCH))
        best = sorted(((score, ordinal) for ordinal, score in self.of(candidates).items()), reverse=True)
        return {ordinal: score for score, ordinal in best[:most]}

    def of(self, ordinals: Iterable[int]) -> dict[int, float]:
        """The scores of these turns, as far as they are among those asked for."""
        own, around, having, among = self._own.get, self._around.get, self._having, self._among
        (before, before_that), (after, after_that) = BEFORE, AFTER
        all_terms = max(self._terms, 1)
        scores: dict[int, float] = {}
        for ordinal in ordinals:  # hundreds: nothing in here calls or loops that need not
            if ordinal not in among:
                continue
            score, found = 0.0, 0
            if beside := own(ordinal):
                score, found = beside, having[ordinal]
            if beside := own(ordinal - 1):
                score, found = score + before * beside, found | having[ordinal - 1]
            if beside := own(ordinal - 2):
                score, found = score + before_that * beside, found | having[ordinal - 2]
            if beside := own(ordinal + 1):
                score, found = score + after * beside, found | having[ordinal + 1]
            if beside := own(ordinal + 2):
                score, found = score + after_that * beside, found | having[ordinal + 2]
            # Between the middles of two stretches their scores go over into each other.
            off, further = _PLACES[ordinal % STRETCH]
            stretch = ordinal // STRETCH + off
            score += STRETCH_SHARE * ((1 - further) * around(stretch, 0.0) + further * around(stretch + 1, 0.0))
            # All terms once in a turn or beside it say more than one that is repeated.
            scores[ordinal] = score * (1 + found.bit_count() / all_terms) if found else score
        self._prefer(scores)
        return scores

    def _prefer(self, scores: dict[int, float]) -> None:
        """Add what it is worth that a turn is of a person, or of a month, that the message names."""
        for rows in self._speakers:
            for ordinal in scores:
                if row := rows.get(ordinal // BLOCK):
                    posting = ordinal % BLOCK << ORDINAL_BITS
                    at = bisect_left(row, posting)
                    if at < len(row) and row[at] == posting:
                        scores[ordinal] += SPEAKER
        for ordinal in scores if self._months else ():
            if self._in_month(ordinal):
                scores[ordinal] += MONTH

    def _in_month(self, ordinal: int) -> bool:
        at = bisect_right(self._months_begin, ordinal) - 1
        return at >= 0 and ordinal in self._months[at]

    def _of_the_month(self, scores: Mapping[int, float], ordinals: int = 1) -> Mapping[int, float]:
        """The scores, more for what is of a month that the message names; each key stands for so many ordinals."""
        if not self._months:
            return scores
        return {key: score + MONTH * self._in_month(key * ordinals) for key, score in scores.items()}

    @cached_property
    def _likely(self) -> Mapping[int, Sequence[int]]:
        """By block, where the best stretches and those of the best turns begin, as known when the bound was reached."""
        stretches = {*_largest(self._around, MOST_STRETCHES)}
        for ordinal in _largest(self._own, MOST_CANDIDATES):
            stretches.update(((ordinal - len(AFTER)) // STRETCH, (ordinal + len(BEFORE)) // STRETCH))
        begins: defaultdict[int, list[int]] = defaultdict(list)
        for stretch in sorted(stretches):
            number, begin = divmod(stretch * STRETCH, BLOCK)
            begins[number].append(begin)
        return begins


class _Worths(dict[int, float]):
    """By form of a posting, of which there are some dozens: what it is worth (BM25), but for the term's rarity."""

    def __init__(self, average: float) -> None:
        """`average`: terms of a turn."""
        super().__init__()
        self._average = average

    def __missing__(self, form: int) -> float:
        frequency = frequency_of(form)
        norm = K1 * (1 - B + B * length_of(form) / self._average)
        self[form] = worth = frequency * (K1 + 1) / (frequency + norm)
        return worth


def _add(scores: dict[int, float], more: dict[int, float]) -> None:
    """Most keys are new, so the known ones are added up one by one and all are taken over at once: a third quicker."""
    for key in scores.keys() & more.keys():
        more[key] += scores[key]
    scores.update(more)


def _places(blocks: Iterable[Block], step: int) -> list[int]:
    """The postings of a term, or every so manieth, with ordinals that are counted through all blocks."""
    places: list[int] = []
    for block in blocks:
        first = first_posting(block.number * BLOCK)
        places += [first + posting for posting in unpacked(block.data)[::step]]
    return places


def _places_within(blocks: Iterable[Block], stretches: Mapping[int, Sequence[int]]) -> list[int]:
    """The same of what stands in these stretches."""
    places: list[int] = []
    for block in blocks:
        if begins := stretches.get(block.number):
            postings, end, first = unpacked(block.data), 0, first_posting(block.number * BLOCK)
            for begin in begins:
                low = bisect_left(postings, first_posting(begin), end)
                end = bisect_left(postings, first_posting(begin + STRETCH), low)
                places += [first + posting for posting in postings[low:end]]
    return places


def _largest(scores: Mapping[int, float], most: int) -> list[int]:
    """The keys of so many of the largest scores, and of those equal to the least of them."""
    if len(scores) <= most:
        return list(scores)
    least = sorted(scores.values())[-most]
    return [key for key, score in scores.items() if score >= least][: 2 * most]


def _spans(named: Named) -> list[range]:
    """The turns of the months that the message names; none while nothing is indexed yet."""
    if not (named.months and named.starts):
        return []
    starts = [
        (block.number * BLOCK + ordinal_in_block(posting), posting & FORM_MASK)
        for block in sorted(named.starts, key=lambda block: block.number)
        for posting in unpacked(block.data)
    ]
    ends = [start for start, _ in starts[1:]] + [1 << 62]
    meant = {month for month in {month for _, month in starts} if any(each.holds(month) for each in named.months)}
    return [range(start, end) for (start, month), end in zip(starts, ends, strict=True) if month in meant]


@cache
def _saturated(frequency: int) -> float:
    """What a term counts that stands so often in a stretch."""
    return frequency * (K1 + 1) / (frequency + K1)


def _rarity(having: float, all_: float) -> float:
    return math.log(1 + (all_ - having + 0.5) / (having + 0.5)) if having < all_ else math.log(1 + 0.5 / (having + 0.5))
