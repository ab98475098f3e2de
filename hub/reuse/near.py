"""What two English wordings differ in, where their canonical forms are not one; and how alike they must then be.

Likeness in meaning alone never tells two questions apart: "enable" and "disable" are more alike than most paraphrases.
So the rules come first: what is asked for, every number, negation, name, modal and all words of content must be the
same, in their order. What may differ is how the question begins, colouring words, the form of a word, or a word
for one that a table says is close to it; the more of it, the more alike in meaning the whole must be. Otherwise no word
ever stands for another, not even a preposition: who leaves for Spain does not leave Spain. Nor may one have a word of
content that the other has not: however alike they are, cooked bones are not bones.
"""

import re
from functools import lru_cache
from itertools import combinations

import msgspec

from hub.reuse.canonical import canonical
from hub.reuse.grammar.en_words import NOUNS
from hub.reuse.near_words import (
    ASKING,
    BE,
    CLOSE,
    ENDINGS,
    FRAMES_WITH_BE,
    HARMLESS,
    KIND_OF_FRAME,
    MODAL_OF_FRAME,
    MODALS,
    PAST,
    PAST_FRAMES,
    PRESENT,
)
from hub.reuse.tongue import ENGLISH

COLOURED = 0.89
"""Cosine where all words of content are the same, in their order."""
REPLACED = 0.91
"""Where a word stands for one that is close to it."""
_BEGINNING = 4
"""Letters that two forms of a word have in common, and all that a key keeps of a word."""
_KEY_WORDS = 3
_NEGATED = re.compile(
    r"\b(?:not|no|never|without|nobody|nothing|none|nor|neither|cannot|non|least|hardly|rarely|unable|except|unless"
    r"|[a-z]+n['’]t|dont|cant|wont|isnt|doesnt|didnt)\b",
    re.I,
)
_MEANT = re.compile(r"\b(?:meant|mean|understood|understand) by\b", re.I)
"""What is meant by a thing is what it is; what a word means need not be."""
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_ENDS = (".", "?", "!", ":", ";")


class Reading(msgspec.Struct, frozen=True):
    """A question as it is compared."""

    kind: str
    """What is asked for; empty where only a thing is named."""
    words: tuple[str, ...]
    """Stems of content, in their order."""
    modals: tuple[str, ...]
    past: bool
    being: bool
    """Whether it asks with a form of "be": why dogs are hunted is not why dogs hunt."""
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
    kind = "what" if frame == "MEAN" and _MEANT.search(text) else KIND_OF_FRAME.get(frame, "")
    if not kind and words:
        kind = ASKING.get(words[0], "whether" if words[0] in MODALS or words[0] in PAST | PRESENT else "")
        if words[0] in ASKING:
            sentences[0] = (frame, words[1:])
    every = [word for _, words in sentences for word in words]
    apart = PAST | PRESENT | HARMLESS | MODALS.keys()
    modals = [MODALS[word] for word in every if word in MODALS]
    modals += [MODAL_OF_FRAME[frame] for frame, _ in sentences if frame in MODAL_OF_FRAME]
    content = tuple(word for word in every if word not in apart)
    if not content:
        return None
    return Reading(
        kind=kind,
        words=content,
        modals=tuple(sorted(modals)),
        past=any(frame in PAST_FRAMES for frame, _ in sentences) or not PAST.isdisjoint(every),
        being=any(frame in FRAMES_WITH_BE or (frame == "MEAN" and kind == "what") for frame, _ in sentences)
        or not BE.isdisjoint(every),
        numbers=tuple(sorted(word for word in every if not word.isalpha() and any(map(str.isdigit, word)))),
        negations=len(_NEGATED.findall(text)),
        sentences=len(sentences),
        names=_names(text),
    )


def least_likeness(one: Reading, other: Reading) -> float | None:
    """The cosine of their meanings from which two wordings ask the same; None: whatever it is, they may not."""
    if len(one.words) != len(other.words) or not _one_asks_what_the_other(one, other) or not _share_key(one, other):
        return None
    names = one.names | other.names
    pairs = list(zip(one.words, other.words, strict=True))
    if all(_is_form_of(*pair, names) for pair in pairs):
        return COLOURED
    return REPLACED if all(_is_close_to(*pair, names) for pair in pairs) else None


def keys_of(reading: Reading) -> tuple[str, ...]:
    """At most three, under which other wordings of a question are looked up: pairs of its longest words."""
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
        and (one.being == other.being or "" in (one.kind, other.kind))
        and one.numbers == other.numbers
        and one.negations == other.negations
        and one.sentences == other.sentences
    )


def _is_form_of(one: str, other: str, names: frozenset[str]) -> bool:
    if one == other:
        return True
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    if common < _BEGINNING or one in NOUNS or other in NOUNS or _is_name(one, names) or _is_name(other, names):
        return False
    return {one[common:], other[common:]} <= ENDINGS


def _is_close_to(one: str, other: str, names: frozenset[str]) -> bool:
    if _is_form_of(one, other, names):
        return True
    close = CLOSE.get(one, one) == CLOSE.get(other, other)
    return close and not _is_name(one, names) and not _is_name(other, names)


def _is_name(word: str, names: frozenset[str]) -> bool:
    return any(word.startswith(name) or name.startswith(word) for name in names)


def _names(text: str) -> frozenset[str]:
    found = set[str]()
    for at, match in enumerate(_WORD.finditer(text)):
        before = text[: match.start()].rstrip(" \"'“‘(")
        if at and match[0][0].isupper() and match[0] != "I" and not before.endswith(_ENDS):
            found.add(match[0].lower()[: max(_BEGINNING, len(match[0]) - 3)])
    return frozenset(found)
