"""Which older turns matter to a message: BM25 over turns, their neighbours and the stretch of talk they stand in.

A question's answer seldom repeats its words: they stand in the turn before, or some turns off. So a turn's score is its
own BM25 score (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009), with a share of those of its two
neighbours on each side, and of the BM25 score of the stretch of turns around it.

The work is bounded, however long the conversation: terms are taken from the rarest on, and of those after the bound is
reached only what stands beside a turn that is a candidate already.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from hub.context.postings import (
    BLOCK,
    FORM_MASK,
    first_posting,
    frequency_of,
    length_of,
    ordinal_in_block,
    unpacked,
)

K1, B = 1.2, 0.75
"""The usual values; others changed recall by less than 0.3 points."""
NEIGHBOURS = (0.6, 0.3)
"""Share of the score of a turn one and two away."""
STRETCH = 16
"""Ordinals: eight exchanges. As good as whole sessions by the clock, which chats that never rest do not have."""
STRETCH_SHARE = 0.6
MOST_TERMS = 24
"""Of a message, the rarest ones."""
MOST_POSTINGS = 3_000
"""That are scored one by one: about 1 ms."""
MOST_CANDIDATES = 200
"""Turns with the best scores of their own whose surroundings are looked at, or as many as are wanted: about 1 ms."""
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


def best_turns(
    index: Index, found: Mapping[int, Sequence[Block]], wanted: Mapping[int, int], among: range, most: int
) -> dict[int, float]:
    """At most `most` turns by ordinal with their scores, the best first; all are `among` those asked for.

    `found` are the rows of the wanted terms, by the keys of these; `wanted` says how often each stands in the message.
    """
    scorer = _Scorer(index, among)
    for term in sorted(found, key=lambda term: sum(block.turns for block in found[term]))[:MOST_TERMS]:
        scorer.add(found[term], wanted[term])
    return scorer.best(most)


class _Scorer:
    def __init__(self, index: Index, among: range) -> None:
        self._turns = max(index.turns, 1)
        self._stretches = self._turns / STRETCH + 1
        self._average = max(index.terms / self._turns, 1.0)
        self._among = among
        self._own: defaultdict[int, float] = defaultdict(float)
        self._around: defaultdict[int, float] = defaultdict(float)
        """By number of the stretch."""
        self._having: defaultdict[int, int] = defaultdict(int)
        """By ordinal, a bit for each term that the turn has."""
        self._terms = 0
        self._weights: dict[int, float] = {}
        """By form of a posting: there are some dozens."""
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
            ordinal = first + ordinal_in_block(posting)
            own[ordinal] += weight * (weights.get(form) or self._weigh(form))
            having[ordinal] |= bit
            seen[ordinal // STRETCH] += frequency_of(form)

    def best(self, most: int) -> dict[int, float]:
        reach = range(-len(NEIGHBOURS), len(NEIGHBOURS) + 1)
        strongest = _largest(self._own, max(most, MOST_CANDIDATES))
        candidates = {ordinal + off for ordinal in strongest for off in reach}
        for stretch in _largest(self._around, most // STRETCH + 1):
            candidates.update(range(stretch * STRETCH, (stretch + 1) * STRETCH))
        scored = [(self._score(ordinal), ordinal) for ordinal in candidates if ordinal in self._among]
        scored.sort(reverse=True)
        complete = [(score * (1 + self._share_of_terms(ordinal)), ordinal) for score, ordinal in scored[: 3 * most]]
        complete.sort(reverse=True)
        return {ordinal: score for score, ordinal in complete[:most]}

    def _share_of_terms(self, ordinal: int) -> float:
        """How many of the terms stand in the turn or its neighbours: all of them once say more than one repeated."""
        found = 0
        for near in range(ordinal - len(NEIGHBOURS), ordinal + len(NEIGHBOURS) + 1):
            found |= self._having.get(near, 0)
        return found.bit_count() / max(self._terms, 1)

    def _score(self, ordinal: int) -> float:
        own, around = self._own, self._around
        score = own.get(ordinal, 0.0)
        for off, share in enumerate(NEIGHBOURS, 1):
            score += share * (own.get(ordinal - off, 0.0) + own.get(ordinal + off, 0.0))
        # Between the middles of two stretches their scores go over into each other.
        place = (ordinal + 0.5) / STRETCH - 0.5
        before = math.floor(place)
        after = place - before
        return score + STRETCH_SHARE * (around.get(before, 0.0) * (1 - after) + around.get(before + 1, 0.0) * after)

    def _near(self, blocks: Sequence[Block]) -> Iterator[tuple[Block, list[int]]]:
        """Those with a part of the best stretches, and where in the block these begin."""
        begins: defaultdict[int, list[int]] = defaultdict(list)
        for stretch in _largest(self._around, MOST_STRETCHES):
            number, begin = divmod(stretch * STRETCH, BLOCK)
            begins[number].append(begin)
        return ((block, begins[block.number]) for block in blocks if block.number in begins)

    def _weigh(self, form: int) -> float:
        frequency = frequency_of(form)
        norm = K1 * (1 - B + B * length_of(form) / self._average)
        self._weights[form] = weight = frequency * (K1 + 1) / (frequency + norm)
        return weight


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


def _rarity(having: float, all_: float) -> float:
    return math.log(1 + (all_ - having + 0.5) / (having + 0.5)) if having < all_ else math.log(1 + 0.5 / (having + 0.5))
