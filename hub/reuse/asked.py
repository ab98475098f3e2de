"""A question as reuse reads it: the forms by which others who ask the same are found."""

from collections.abc import Callable
from functools import lru_cache

import msgspec

from hub.reuse.canonical import canonical
from hub.reuse.courtesy import without_courtesy
from hub.reuse.near import keys_of, least_likeness, read
from hub.reuse.normal import LONGEST, normalized
from hub.reuse.private import is_private
from hub.reuse.timely import is_timely
from hub.reuse.tongue import language_in

Likeness = Callable[[str, str], float]
"""How alike two texts are in meaning: the cosine of their vectors. Asked for only where the words allow it."""


class Asked(msgspec.Struct, frozen=True):
    """A question that others may have asked, too."""

    text: str
    language: str

    @property
    def exact(self) -> str:
        """The same for all spellings of these words."""
        return normalized(self.text)

    @property
    def bare(self) -> str:
        """Without a greeting before it and thanks after it."""
        return without_courtesy(self.text)

    @property
    def form(self) -> str:
        """The same for all wordings that surely ask this; empty where there is none."""
        return canonical(self.text, self.language)

    @property
    def near(self) -> tuple[str, ...]:
        """Keys that it shares with wordings that differ in little; at most three, none where there can be no such."""
        reading = read(self.text, self.language)
        return keys_of(reading) if reading else ()

    def needs(self, other: "Asked") -> float | None:
        """The likeness from which the other one asks the same though its form is another; None: it never does."""
        return _needed(self.text, other.text, self.language) if self.language == other.language else None


@lru_cache(maxsize=1_024)
def asked_of(text: str) -> Asked | None:
    """None for what no answer is kept for: what is private or bound to a time, too long, or in no language known here.

    In a language that is not known, nobody could tell.
    """
    if not text.strip() or len(text) > LONGEST:
        return None
    language = language_in(text)
    if not language or is_private(text, language) or is_timely(without_courtesy(text), language):
        return None
    return Asked(text, language)


def ask_the_same(one: str, other: str, likeness: Likeness | None = None) -> bool:
    """Whether two wordings surely ask the same, whoever asks and whenever. Without `likeness`, by their forms alone."""
    language = language_in(one)
    if not language or language != language_in(other):
        return False
    form = canonical(one, language)
    if form != "" and form == canonical(other, language):
        return True
    return likeness is not None and _are_near(one, other, language, likeness)


def one_answer_serves(one: str, other: str, likeness: Likeness | None = None) -> bool:
    """Whether the answer to one question is given again to the other, in a hub that reuses similar answers.

    Without `likeness`, as where the extra `embeddings` is not installed.
    """
    first, second = asked_of(one), asked_of(other)
    if first is None or second is None or first.language != second.language:
        return False
    if first.exact == second.exact or (first.form != "" and first.form == second.form):
        return True
    return likeness is not None and _are_near(one, other, first.language, likeness)


def _are_near(one: str, other: str, language: str, likeness: Likeness) -> bool:
    needed = _needed(one, other, language)
    return needed is not None and likeness(one, other) >= needed


def _needed(one: str, other: str, language: str) -> float | None:
    first, second = read(one, language), read(other, language)
    return least_likeness(first, second) if first and second else None
