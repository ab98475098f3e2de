"""Texts as vectors: packed without loss that matters, and read by the real model where it is installed."""

import math
import random

import pytest

from hub.context import meaning

pytestmark = pytest.mark.unit

with_model = pytest.mark.skipif(not meaning.installed(), reason="the extra `embeddings` is not installed")


def test_packed_vectors_keep_their_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    np = pytest.importorskip("numpy")
    chance = random.Random(5)
    made = np.array([[chance.gauss(0, 1) for _ in range(meaning.DIMENSIONS)] for _ in range(20)], dtype=np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    monkeypatch.setattr(meaning, "_embedded", lambda texts: made[[int(text) for text in texts]])

    packed = meaning.packed_vectors({100 + at: str(at) for at in range(20)})

    assert [len(data) for data in packed.values()] == [12 * 385, 8 * 385]
    alike = meaning.likeness(meaning.vector_of("3"), meaning.unpacked(packed))
    assert max(alike, key=alike.__getitem__) == 103
    assert len(alike) == 20
    assert all(math.isclose(alike[100 + at], float(made[at] @ made[3]), abs_tol=0.01) for at in range(20))


def test_of_a_turn_that_was_packed_twice_the_last_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    np = pytest.importorskip("numpy")
    monkeypatch.setattr(
        meaning, "_embedded", lambda texts: np.eye(4, meaning.DIMENSIONS)[[int(text) for text in texts]]
    )
    first, again = (meaning.packed_vectors({33: one, 34: other}) for one, other in ("01", "23"))
    alike = meaning.likeness(meaning.vector_of("2") / 4, meaning.unpacked({2: first[2] + again[2]}))
    assert alike[33] > 0
    assert alike[34] == 0


def test_nothing_is_like_nothing() -> None:
    np = pytest.importorskip("numpy")
    assert meaning.likeness(np.zeros(meaning.DIMENSIONS, dtype=np.float32), meaning.unpacked({})) == {}


@with_model
def test_the_model_tells_what_is_meant_alike() -> None:
    texts = ["My fiddle instructor lives next door.", "The train to Hamburg was late again."]
    turns = meaning.unpacked(meaning.packed_vectors(dict(enumerate(texts))))
    alike = meaning.likeness(meaning.vector_of("Who teaches me the violin?"), turns)
    assert alike[0] > alike[1] + 0.2


@with_model
def test_any_text_has_a_vector() -> None:
    texts = ["", "\x00\ud800", "word " * 50_000, "猫" * 3_000, "hello"]
    alike = meaning.likeness(
        meaning.vector_of("hello"), meaning.unpacked(meaning.packed_vectors(dict(enumerate(texts))))
    )
    assert len(alike) == len(texts)
    assert alike[4] > 0.98
