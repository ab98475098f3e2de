"""What can be seen of a message's difficulty by looking at it: a row of numbers, in one pass over its words.

Numbers and comparisons tell arithmetic in words, the shape of listed options tells an exam, the words tell the subject.
Time is bounded: of a long text the head and the tail are looked at, and its whole length.
"""

import re
from collections import Counter
from math import log, log1p, sqrt
from zlib import crc32

import msgspec

HEAD, TAIL = 2_400, 600
"""Characters that are looked at."""

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d.,]*")
_OPTION = re.compile(r"\n\(?[A-Fa-f][.)] ?")
_ALL_OF = re.compile(r"\b(?:all of th|none of|both)", re.I)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
_SYMBOLS = "=+*/^<>√π\\÷×•|~&"

_KINDS = {
    "fraction": "half twice thrice double triple times quarter quarters third thirds fraction percent ratio",
    "each": "each every per apiece",
    "comparison": "more less fewer than older younger longer shorter taller faster slower",
    "rest": "left remaining rest total altogether combined difference",
    "negation": "not except least never without false incorrect no cannot neither nor",
    "condition": "if suppose assume given assuming when unless",
    "time": "day days week weeks hour hours minute minutes month months year years second seconds old ago",
    "oneself": "i my me we our",
    "best": "best most likely primarily mostly",
    "reason": "why how explain because therefore prove derive conclude infer imply",
}
_KIND = {word: place for place, words in enumerate(_KINDS.values()) for word in words.split()}
_SUFFIXES = ("ing", "ed", "es", "s", "ly")


class Topics(msgspec.Struct, frozen=True):
    """Directions of meaning that a text's words point in, each between -1 and 1."""

    words: dict[int, tuple[float, ...]]
    """By `key_of` a word: its weight in each direction, its rarity included."""
    directions: int

    def of(self, counts: dict[int, int]) -> list[float]:
        """Nothing but zeros for words that are not known; of length one otherwise."""
        sums = [0.0] * self.directions
        known = self.words
        for key, count in counts.items():
            weights = known.get(key)
            if weights is not None:
                tf = 1.0 if count == 1 else 1.0 + log(count)
                sums = [total + tf * weight for total, weight in zip(sums, weights, strict=True)]
        length = sqrt(sum(total * total for total in sums))
        return [total / length for total in sums] if length else sums


def key_of(word: str) -> int:
    """Of a word in lower case, without its ending."""
    if word.isascii():
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= 4:
                return crc32(word[: -len(suffix)].encode())
    return crc32(word.encode("utf-8", "surrogatepass"))


def seen(text: str) -> str:
    """The part of a text that is looked at."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def word_counts(text: str) -> dict[int, int]:
    """How often each word stands in what is looked at, by `key_of`."""
    counts: dict[int, int] = {}
    for word, count in Counter(_WORD.findall(seen(text).lower())).items():
        key = key_of(word)
        counts[key] = counts.get(key, 0) + count
    return counts


def shape(text: str) -> list[float]:
    """Everything but the topics: lengths, numbers, kinds of words, options."""
    part = seen(text)
    stem, *options = _OPTION.split(part)
    words = _WORD.findall(stem.lower())
    many = max(1, len(words))
    numbers = _NUMBER.findall(stem)
    sentences = stem.count(". ") + stem.count("? ") + stem.count("! ") + stem.count(".\n") + 1
    ending = stem.rstrip()[-1:]
    kinds = [0] * len(_KINDS)
    counts = Counter(words)
    for word in counts.keys() & _KIND.keys():
        kinds[_KIND[word]] += counts[word]
    return [
        log1p(len(text)),
        log1p(len(stem)),
        log1p(len(words)),
        log1p(len(numbers)),
        len(numbers) / many,
        log1p(sentences),
        many / sentences,
        sum(map(len, words)) / many,
        sum(len(word) >= 8 for word in words) / many,
        len(counts) / many,
        log1p(sum(map(stem.count, _SYMBOLS))),
        float(ending == "?"),
        float(ending == ":"),
        float("__" in stem),
        log1p(stem.count("%")),
        log1p(stem.count("$")),
        float('"' in stem or "“" in stem),
        log1p(sum(len(number) == 4 and number[:2] in _CENTURIES for number in numbers)),
        len(_NAME.findall(stem)) / many,
        float("which of the following" in stem.lower()),
        *map(log1p, kinds),
        *_options(options),
    ]


_CENTURIES = frozenset({"15", "16", "17", "18", "19", "20"})


def _options(options: list[str]) -> list[float]:
    """How many, how long, how different in length; how many are numbers; how many words all share."""
    if not options:
        return [0.0] * 7
    lengths = list(map(len, options))
    words = [_WORD.findall(option.lower()) for option in options]
    sets = list(map(set, words))
    numeric = sum(len(each) <= 3 and bool(_NUMBER.search(option)) for each, option in zip(words, options, strict=True))
    return [
        float(len(options)),
        log1p(sum(lengths) / len(options)),
        log((max(lengths) + 5) / (min(lengths) + 5)),
        numeric / len(options),
        len(set.intersection(*sets)) / max(1, *map(len, sets)),
        float(any(map(_ALL_OF.search, options))),
        sum(map(len, words)) / len(options),
    ]


def lists_options(text: str) -> bool:
    """Whether answers to choose from are listed."""
    return _OPTION.search(seen(text)) is not None


def features(text: str, topics: Topics) -> list[float]:
    """The row of numbers that the weights are over; all finite, for any text."""
    return [*shape(text), *topics.of(word_counts(text))]
