"""What two English wordings differ in, where their canonical forms are not one; and how alike they must then be.

Likeness in meaning alone never tells two questions apart: "enable" and "disable" are more alike than most paraphrases.
So the rules come first: what is asked for, every number, negation, name, modal and all words of content must be the
same, in their order. What may differ is how the question begins, colouring words, the form of a word, a preposition,
a word for one that a table says is close to it, or one or two words more; the more of it, the more alike in meaning
the whole must be. Otherwise no word ever stands for another.
"""

import re
from collections import Counter
from functools import lru_cache
from itertools import combinations

import msgspec

from hub.reuse.canonical import canonical
from hub.reuse.near_words import (
    ASKING,
    CLOSE,
    ENDINGS,
    HARMLESS,
    KIND_OF_FRAME,
    MODAL_OF_FRAME,
    MODALS,
    MORE,
    PAST,
    PAST_FRAMES,
    PLACING,
    PRESENT,
)
from hub.reuse.tongue import ENGLISH

COLOURED = 0.89
"""Cosine where all words of content are the same, in their order."""
PLACED = 0.94
"""Where one has a preposition that the other has not."""
REPLACED = 0.91
"""Where a word stands for one that is close to it."""
LONGER = 0.93
"""Where a wording has words that say nothing and that the other has not."""
MOST_MORE = 2
LEAST_COMMON = 2
"""Words of content that both must have where one has more."""
_BEGINNING = 4
"""Letters that two forms of a word have in common, and all that a key keeps of a word."""
_KEY_WORDS = 3
_NEGATED = re.compile(
    r"\b(?:not|no|never|without|nobody|nothing|none|nor|neither|cannot|non|least|hardly|rarely|unable|except|unless"
    r"|[a-z]+n['’]t|dont|cant|wont|isnt|doesnt|didnt)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_ENDS = (".", "?", "!", ":", ";")


class Reading(msgspec.Struct, frozen=True):
    """A question as it is compared."""

    kind: str
    """What is asked for; empty where only a thing is named."""
    words: tuple[str, ...]
    """Stems of content, in their order."""
    placing: tuple[str, ...]
    modals: tuple[str, ...]
    past: bool
    numbers: tuple[str, ...]
    negations: int
    sentences: int
    names: frozenset[str]
    """How words with a capital within a sentence begin."""


@lru_cache(maxsize=1_024)
def read(text: str, language: str) -> Reading | None:
    """None where a question has no canonical form, or is not in English: the model of meaning knows no other well."""
    form = canonical(text, language) if language == ENGLISH else ""
    if not form:
        return None
    sentences = [(frame, words) for frame, *words in map(str.split, form.split(" ; "))]
    frame, words = sentences[0]
    kind = KIND_OF_FRAME.get(frame, "")
    if not kind and words:
        kind = ASKING.get(words[0], "whether" if words[0] in MODALS or words[0] in PAST | PRESENT else "")
        if words[0] in ASKING:
            sentences[0] = (frame, words[1:])
    every = [word for _, words in sentences for word in words]
    apart = PAST | PRESENT | PLACING | HARMLESS | MODALS.keys()
    modals = [MODALS[word] for word in every if word in MODALS]
    modals += [MODAL_OF_FRAME[frame] for frame, _ in sentences if frame in MODAL_OF_FRAME]
    content = tuple(word for word in every if word not in apart)
    if not content:
        return None
    return Reading(
        kind=kind,
        words=content,
        placing=tuple(sorted(word for word in every if word in PLACING)),
        modals=tuple(sorted(modals)),
        past=any(frame in PAST_FRAMES for frame, _ in sentences) or not PAST.isdisjoint(every),
        numbers=tuple(sorted(word for word in every if not word.isalpha() and any(map(str.isdigit, word)))),
        negations=len(_NEGATED.findall(text)),
        sentences=len(sentences),
        names=_names(text),
    )


def least_likeness(one: Reading, other: Reading) -> float | None:
    """The cosine of their meanings from which two wordings ask the same; None: whatever it is, they may not."""
    if not _one_asks_what_the_other(one, other) or not _share_key(one, other):
        return None
    if len(one.words) != len(other.words):
        return LONGER if one.placing == other.placing and _is_longer(one, other) else None
    names = one.names | other.names
    pairs = list(zip(one.words, other.words, strict=True))
    if one.placing != other.placing:
        placed = _one_has_all(one.placing, other.placing) and all(_is_form_of(*pair, names) for pair in pairs)
        return PLACED if placed else None
    if all(_is_form_of(*pair, names) for pair in pairs):
        return COLOURED
    return REPLACED if all(_is_close_to(*pair, names) for pair in pairs) else None


def keys_of(reading: Reading) -> tuple[str, ...]:
    """At most three, under which other wordings of a question are looked up: pairs of its longest words.

    The first is of the two longest: whatever one word is added, it is still among the three of the longer wording.
    """
    words = sorted((CLOSE.get(word, word) for word in reading.words), key=len)
    beginnings = {word[:_BEGINNING]: len(word) for word in words}
    longest = sorted(beginnings, key=lambda each: (-beginnings[each], each))[:_KEY_WORDS]
    if len(longest) == 1:
        return tuple(longest)
    return tuple(" ".join(sorted(pair)) for pair in combinations(longest, 2))


def _share_key(one: Reading, other: Reading) -> bool:
    mine, others = keys_of(one), keys_of(other)
    return mine[0] in others or others[0] in mine


def _one_asks_what_the_other(one: Reading, other: Reading) -> bool:
    return (
        (one.kind == other.kind or "" in (one.kind, other.kind))
        and one.modals == other.modals
        and one.past == other.past
        and one.numbers == other.numbers
        and one.negations == other.negations
        and one.sentences == other.sentences
    )


def _one_has_all(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not (Counter(one) - Counter(other) and Counter(other) - Counter(one))


def _is_longer(one: Reading, other: Reading) -> bool:
    """Whether one has all words of the other in their order, and one or two more that say nothing."""
    shorter, longer = sorted((one.words, other.words), key=len)
    if len(longer) - len(shorter) > MOST_MORE or len(shorter) < LEAST_COMMON or one.kind == "difference":
        return False
    names = one.names | other.names
    at = 0
    for place, word in enumerate(longer):
        if at < len(shorter) and _is_form_of(word, shorter[at], names):
            at += 1
        elif word not in MORE or _is_name(word, names) or _beside_number(longer, place):
            return False
    return at == len(shorter)


def _is_form_of(one: str, other: str, names: frozenset[str]) -> bool:
    if one == other:
        return True
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    if common < _BEGINNING or _is_name(one, names) or _is_name(other, names):
        return False
    return {one[common:], other[common:]} <= ENDINGS


def _is_close_to(one: str, other: str, names: frozenset[str]) -> bool:
    if _is_form_of(one, other, names):
        return True
    close = CLOSE.get(one, one) == CLOSE.get(other, other)
    return close and not _is_name(one, names) and not _is_name(other, names)


def _beside_number(words: tuple[str, ...], place: int) -> bool:
    """Whether it can belong to a number: an edition, a unit, a day."""
    beside = words[max(0, place - 1) : place + 2]
    return any(char.isdigit() for word in beside for char in word)


def _is_name(word: str, names: frozenset[str]) -> bool:
    return any(word.startswith(name) or name.startswith(word) for name in names)


def _names(text: str) -> frozenset[str]:
    found = set[str]()
    for at, match in enumerate(_WORD.finditer(text)):
        before = text[: match.start()].rstrip(" \"'“‘(")
        if at and match[0][0].isupper() and match[0] != "I" and not before.endswith(_ENDS):
            found.add(match[0].lower()[: max(_BEGINNING, len(match[0]) - 3)])
    return frozenset(found)
