"""The shape of a language's knowledge, and how it is written down."""

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

Instead = str | Callable[[re.Match[str]], str]


class Turn(msgspec.Struct, frozen=True):
    """A turn of speech and what stands for it."""

    pattern: re.Pattern[str]
    instead: Instead
    needs: frozenset[str] = frozenset()
    """Words of which one must be there for it to be tried; none: it always is."""


class Grammar(msgspec.Struct, frozen=True):
    """All patterns see words in lower case with one blank between them, contractions resolved."""

    spelled: Mapping[str, str]
    """Contractions and other spellings of a word: by word, what stands for it, perhaps several words."""
    phrases: Sequence[Turn]
    """Turns of speech, one after the other, anywhere in the question."""
    frames: Sequence[tuple[re.Pattern[str], str]]
    """How questions begin, and what is asked in this way; the first that matches counts."""
    dropped: frozenset[str]
    """Words without which the question is the same."""
    same: Mapping[str, str]
    """By stem: the stem of another word that means the same in any question."""
    stem: Callable[[str], str]
    """A word without its endings of number and person; two words of different meaning keep different stems."""
    pointing: frozenset[str]
    """Words that point to what only the conversation knows."""
    months: frozenset[str]
    joint: str
    """Between two things that are compared, as " and "."""
    thousands: str = ""
    """What stands between thousands in a number and means nothing; empty where it may stand before decimals, too."""
    reordered: Sequence[tuple[re.Pattern[str], str]] = ()
    """What may as well stand elsewhere in a sentence that still has its signs: a condition, a place, an owner."""


def frames(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns that stand at the beginning."""
    return tuple((re.compile(rf"(?:{pattern})(?:(?<= )| |$)"), name) for pattern, name in pairs)


def phrases(*pairs: tuple[str, Instead]) -> tuple[Turn, ...]:
    """Patterns of whole words."""
    return turns(*((pattern, instead, "") for pattern, instead in pairs))


def turns(*turned: tuple[str, Instead, str]) -> tuple[Turn, ...]:
    """Patterns of whole words, what stands for them, and the words of which one must be there."""
    return tuple(
        Turn(re.compile(rf"\b(?:{pattern})(?:\b|(?<= ))"), instead, frozenset(needs.split()))
        for pattern, instead, needs in turned
    )


def groups(text: str, stem: Callable[[str], str]) -> dict[str, str]:
    """Lines of words that mean the same: each stem by the first of its line."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        first, *others = map(stem, line.split())
        for other in others:
            if other != first:
                found[other] = first
    return found


def spellings(text: str) -> dict[str, str]:
    """Lines like `can't: can not`."""
    return {
        word.strip(): instead.strip()
        for word, _, instead in (line.partition(":") for line in text.strip().splitlines())
    }


def numbers(text: str, start: int = 0) -> dict[str, str]:
    """Number words that count up from `start`."""
    return {word: str(number) for number, word in enumerate(text.split(), start)}
