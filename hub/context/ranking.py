"""Which older turns matter to a message: BM25 over turns, their neighbours and the stretch of talk they stand in.

A question's answer seldom repeats its words: they stand in the turn before, or some turns off. So a turn's score is its
own BM25 score (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009), with a share of those of its two
neighbours on each side, and of the BM25 score of the stretch of turns around it. Turns of a person, or of a month, that
the message names are preferred.

The work is bounded, however long the conversation: terms are taken from the rarest on, and of those after the bound is
reached only what stands beside a turn that is a candidate already.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
_NEAR = (*((-off, share) for off, share in enumerate(BEFORE, 1)), *enumerate(AFTER, 1))
"""How far off the neighbours of a turn are, and the share of each."""
SPEAKER = 10.0
"""For a turn of a person whom the message names: what about two rare words in common are worth."""
MONTH = 12.0
"""For a turn from a month that the message names."""
MOST_TERMS = 24
"""Of a message, the rarest ones."""
MOST_POSTINGS = 3_000
"""That are scored one by one: about 1 ms."""
MOST_CANDIDATES = 100
"""Turns with the best scores of their own whose surroundings are looked at, or half as many as are wanted: 1 ms."""
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
        self._average = max(index.terms / self._turns, 1.0)
        self._among = among
        self._speakers = [{block.number: unpacked(block.data) for block in rows} for rows in named.speakers]
        self._months = _spans(named)
        self._own: defaultdict[int, float] = defaultdict(float)
        self._around: defaultdict[int, float] = defaultdict(float)
        """By number of the stretch."""
        self._having: defaultdict[int, int] = defaultdict(int)
        """By ordinal, a bit for each term that the turn has."""
        self._terms = 0
        self._weights: dict[int, tuple[float, int]] = {}
        """By form of a posting, some dozens: what it is worth, and how often the term stands there."""
        self._left = MOST_POSTINGS

    def add(self, blocks: Sequence[Block], times: int) -> None:
        """Score one term."""
        turns = sum(block.turns for block in blocks)
        weight = times * _rarity(turns, self._turns)
        seen: defaultdict[int, int] = defaultdict(int)
        whole = turns <= self._left or not self._own
        rows: Iterable[tuple[Block, list[int] | None]] = ((block, None) for block in blocks)
        for block, near in rows if whole else self._near(blocks):
            postings: Sequence[int] = unpacked(block.data)
            if near is not None:
                postings = _within(postings, near)
            elif turns > self._left:
                # Where even the rarest term stands everywhere: from all over, since the oldest turns count too.
                postings = postings[:: -(-turns // self._left)]
            self._count(postings, block.number * BLOCK, weight, seen)
        self._terms += 1
        self._left = max(0, self._left - turns) if whole else self._left
        weight = times * _rarity(len(seen) if whole else turns / 2, self._stretches)
        for stretch, frequency in seen.items():
            self._around[stretch] += weight * frequency * (K1 + 1) / (frequency + K1)

    def _count(self, postings: Sequence[int], first: int, weight: float, seen: dict[int, int]) -> None:
        own, having, weights = self._own, self._having, self._weights
        bit = 1 << self._terms
        for posting in postings:
            form = posting & FORM_MASK
            ordinal = first + (posting >> ORDINAL_BITS)  # a call for each would take as long as all the rest
            worth, frequency = weights.get(form) or self._weigh(form)
            own[ordinal] += weight * worth
            having[ordinal] |= bit
            seen[ordinal // STRETCH] += frequency

    def best(self, most: int) -> dict[int, float]:
        """At most `most` turns by ordinal with their scores, the best first."""
        candidates: set[int] = set()
        for ordinal in _largest(self._of_the_month(self._own), max(most // 2, MOST_CANDIDATES)):
            candidates.update(range(ordinal - len(AFTER), ordinal + len(BEFORE) + 1))
        for stretch in _largest(self._of_the_month(self._around, STRETCH), most // STRETCH + 1):
            candidates.update(range(stretch * STRETCH, (stretch + 1) * STRETCH))
        best = sorted(((score, ordinal) for ordinal, score in self.of(candidates).items()), reverse=True)
        return {ordinal: score for score, ordinal in best[:most]}

    def of(self, ordinals: Iterable[int]) -> dict[int, float]:
        """The scores of these turns, as far as they are among those asked for."""
        own, around, having = self._own.get, self._around.get, self._having
        preferring, terms = bool(self._months or self._speakers), max(self._terms, 1)
        scores: dict[int, float] = {}
        for ordinal in ordinals:  # over a thousand: nothing in here calls what it need not
            if ordinal not in self._among:
                continue
            score, found = own(ordinal, 0.0), 0
            if score:
                found = having[ordinal]
            for off, share in _NEAR:
                if beside := own(ordinal + off):
                    score += share * beside
                    found |= having[ordinal + off]
            # Between the middles of two stretches their scores go over into each other.
            before, after = _PLACES[ordinal % STRETCH]
            before += ordinal // STRETCH
            score += STRETCH_SHARE * (around(before, 0.0) * (1 - after) + around(before + 1, 0.0) * after)
            # All terms once in a turn or beside it say more than one that is repeated.
            score *= 1 + found.bit_count() / terms
            scores[ordinal] = score + self._preference(ordinal) if preferring else score
        return scores

    def _preference(self, ordinal: int) -> float:
        number, within = divmod(ordinal, BLOCK)
        posting = first_posting(within)
        preference = MONTH if self._months and self._in_month(ordinal) else 0.0
        for rows in self._speakers:
            if row := rows.get(number):
                at = bisect_left(row, posting)
                if at < len(row) and row[at] == posting:
                    preference += SPEAKER
        return preference

    def _in_month(self, ordinal: int) -> bool:
        at = bisect_right(self._months, ordinal, key=lambda span: span.start) - 1
        return at >= 0 and ordinal in self._months[at]

    def _of_the_month(self, scores: Mapping[int, float], ordinals: int = 1) -> Mapping[int, float]:
        """The scores, more for what is of a month that the message names; each key stands for so many ordinals."""
        if not self._months:
            return scores
        return {key: score + MONTH * self._in_month(key * ordinals) for key, score in scores.items()}

    def _near(self, blocks: Sequence[Block]) -> Iterator[tuple[Block, list[int]]]:
        """Those with a part of the best stretches, and where in the block these begin."""
        begins: defaultdict[int, list[int]] = defaultdict(list)
        for stretch in _largest(self._around, MOST_STRETCHES):
            number, begin = divmod(stretch * STRETCH, BLOCK)
            begins[number].append(begin)
        return ((block, begins[block.number]) for block in blocks if block.number in begins)

    def _weigh(self, form: int) -> tuple[float, int]:
        frequency = frequency_of(form)
        norm = K1 * (1 - B + B * length_of(form) / self._average)
        self._weights[form] = weighed = frequency * (K1 + 1) / (frequency + norm), frequency
        return weighed


def _largest(scores: Mapping[int, float], most: int) -> list[int]:
    """The keys of so many of the largest scores, and of those equal to the least of them."""
    if len(scores) <= most:
        return list(scores)
    least = sorted(scores.values())[-most]
    return [key for key, score in scores.items() if score >= least][: 2 * most]


def _within(postings: Sequence[int], stretches: Sequence[int]) -> list[int]:
    """What stands in stretches that begin at these ordinals of the block."""
    found: list[int] = []
    for begin in stretches:
        low = bisect_left(postings, first_posting(begin))
        found += postings[low : bisect_left(postings, first_posting(begin + STRETCH), low)]
    return found


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
    return [
        range(start, end)
        for (start, since_1970), end in zip(starts, ends, strict=True)
        if any(month.holds(since_1970) for month in named.months)
    ]


def _rarity(having: float, all_: float) -> float:
    return math.log(1 + (all_ - having + 0.5) / (having + 0.5)) if having < all_ else math.log(1 + 0.5 / (having + 0.5))
