"""How hard a message is: what the strong model would gain over the cheap one, without asking either.

A forest of extremely randomized trees (Geurts et al. 2006) predicts from `features` how likely each of the two models
is to answer rightly; the difference is the gain. It was trained by `python -m bench.train_tiering` on exam questions
that a weak and a strong model had answered. Exams hold no small talk, no brief questions and no orders, so rules for
these stand beside it.
"""

import base64
import re
import struct
import zlib
from functools import cache
from importlib.resources import files
from math import erf, isfinite

import msgspec

from hub.errors import TrunklineError
from hub.tiering.features import Topics, features, lists_options, seen

WEIGHTS = "weights.json"
_LEAF = 255
_PROSE = 0.7
"""What the trees for prose weigh beside the others."""

_SMALL_TALK = 3
"""Words below which a message without a number is a greeting, a thank-you, a yes."""
_SMALL = 0.2
_BRIEF = 80
"""Characters of the shortest prose that was trained on: below, what is briefer is easier."""
_WORK = 0.75
"""At least as hard is what asks for work instead of a fact: code, proofs, plans, translations of whole texts."""
_LONG = 4_000
"""Characters from which a message is work by itself."""
_CODE = re.compile(
    r"```|^[ \t]*(?:def |class |import |from \w+ import|#include|public |function |SELECT |Traceback)", re.M
)
_ORDER = re.compile(
    r"\b(?:prove|proof|derive|refactor|debug|implement|optimi[sz]e|analy[sz]e|step by step|essay|pros and cons"
    r"|beweise|leite .{1,60} her|implementiere|analysiere|schritt für schritt|entwirf"
    r"|demuestra|implementa|analiza|paso a paso|démontre[zr]?|implémente[zr]?|analyse[zr]|étape par étape"
    r"|demonstre|implemente|analise|passo a passo|докажи(?:те)?|проанализируй(?:те)?)\b"
    r"|证明|推导|分析|逐步|証明|分析して|実装",
    re.I,
)


class WeightsError(TrunklineError):
    """The file of weights is not one."""


Tree = tuple[tuple[int, float, int], ...]
"""Nodes (feature, value, above) from the root. The branch below a threshold follows its node, `above` is where the
other begins; at a leaf the feature is _LEAF and the value a gain."""


class Weights(msgspec.Struct, frozen=True):
    """What training found."""

    topics: Topics
    trees: tuple[Tree, ...]
    """Over all features, of all prompts."""
    prose: tuple[Tree, ...]
    """Over the shape alone, of prompts that list no options, which are few; empty where there were next to none."""
    mean: float
    spread: float
    """Of the gains of messages that were not trained on."""

    def gain(self, text: str) -> float:
        """By how much likelier the strong model answers rightly than the cheap one: -1 to 1."""
        row = features(text, self.topics)
        found = _mean(self.trees, row)
        if not self.prose or lists_options(text):
            return found
        return _PROSE * _mean(self.prose, row) + (1 - _PROSE) * found

    def difficulty(self, text: str) -> float:
        """0 to 1; by the trees alone, as large a share of exam questions is easier. No message takes over 1 ms."""
        found = 0.5 * (1 + erf((self.gain(text) - self.mean) / self.spread / 2**0.5))
        part = seen(text)
        if len(text) >= _LONG or _CODE.search(part) or _ORDER.search(part):
            return _WORK + (1 - _WORK) * found
        if len(part) < 60 and len(part.split()) < _SMALL_TALK and not any(map(str.isdigit, part)):
            return _SMALL * found
        if len(part) < _BRIEF and not lists_options(part):
            return found * (_SMALL + (1 - _SMALL) * len(part) / _BRIEF)
        return found


def _mean(trees: tuple[Tree, ...], row: list[float]) -> float:
    total = 0.0
    for tree in trees:
        at = 0
        feature, value, above = tree[0]
        while feature != _LEAF:
            at = above if row[feature] > value else at + 1
            feature, value, above = tree[at]
        total += value
    return total / len(trees)


def difficulty(text: str) -> float:
    """The difficulty of a message, 0 to 1, by the weights that come with the hub; 0.5 is a middling exam question."""
    return shipped().difficulty(text)


@cache
def shipped() -> Weights:
    """The weights that come with the hub. Raises WeightsError."""
    return decoded((files("hub.tiering") / WEIGHTS).read_bytes())


class _File(msgspec.Struct):
    """Figures in base 64: trees compressed, words as a key of 4 bytes and a signed byte for each direction."""

    directions: int
    scale: float
    mean: float
    spread: float
    words: str
    trees: list[int]
    """Nodes of each."""
    prose: int
    """So many of them, the last, are for prose."""
    nodes: str
    trained: dict[str, str | int | float] = {}
    """How; for people."""


def encoded(weights: Weights, trained: dict[str, str | int | float]) -> bytes:
    """The file of weights. Values lose precision: a message's gain may change in the third digit."""
    topics = weights.topics
    scale = max((abs(each) for row in topics.words.values() for each in row), default=1.0) / 127 or 1.0
    words = b"".join(
        struct.pack(f"<I{topics.directions}b", key, *(round(each / scale) for each in row))
        for key, row in sorted(topics.words.items())
    )
    trees = (*weights.trees, *weights.prose)
    nodes = [node for tree in trees for node in tree]
    columns = (
        bytes(node[0] for node in nodes)
        + struct.pack(f"<{len(nodes)}H", *(node[2] for node in nodes))
        + struct.pack(f"<{len(nodes)}e", *(node[1] for node in nodes))
    )
    file = _File(
        directions=topics.directions,
        scale=scale,
        mean=weights.mean,
        spread=weights.spread,
        words=base64.b64encode(zlib.compress(words, 9)).decode(),
        trees=[len(tree) for tree in trees],
        prose=len(weights.prose),
        nodes=base64.b64encode(zlib.compress(columns, 9)).decode(),
        trained=trained,
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n"


def decoded(data: bytes) -> Weights:
    """The weights of a file. Raises WeightsError."""
    try:
        return _weights(msgspec.json.decode(data, type=_File))
    except (msgspec.MsgspecError, ValueError, struct.error, zlib.error) as error:
        raise WeightsError(
            f"The weights in {WEIGHTS} cannot be read ({error}): make them with bench.train_tiering."
        ) from error


def trained_by(data: bytes) -> dict[str, str | int | float]:
    """What a file of weights tells of its training."""
    return msgspec.json.decode(data, type=_File).trained


def _weights(file: _File) -> Weights:
    row = struct.Struct(f"<I{file.directions}b")
    words = {
        key: tuple(each * file.scale for each in weights)
        for key, *weights in row.iter_unpack(zlib.decompress(base64.b64decode(file.words)))
    }
    columns, count = zlib.decompress(base64.b64decode(file.nodes)), sum(file.trees)
    above = struct.unpack_from(f"<{count}H", columns, count)
    value = struct.unpack_from(f"<{count}e", columns, 3 * count)
    nodes = list(zip(columns[:count], value, above, strict=True))
    finite = all(map(isfinite, (file.mean, file.spread, *value)))
    if not finite or file.spread <= 0 or not 0 <= file.prose < len(file.trees):
        raise ValueError("a value is out of range")
    begins = [sum(file.trees[:place]) for place in range(len(file.trees))]
    trees = tuple(tuple(nodes[begin : begin + size]) for begin, size in zip(begins, file.trees, strict=True))
    many = len(trees) - file.prose
    return Weights(Topics(words, file.directions), trees[:many], trees[many:], file.mean, file.spread)
