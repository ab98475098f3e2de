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

    packed = dict(enumerate(meaning.packed_vectors([str(at) for at in range(20)])))

    assert {len(each) for each in packed.values()} == {512}
    alike = meaning.likeness(meaning.vector_of("3"), packed)
    assert max(alike, key=alike.__getitem__) == 3
    assert all(math.isclose(alike[at], float(made[at] @ made[3]), abs_tol=0.01) for at in packed)


def test_nothing_is_like_nothing() -> None:
    np = pytest.importorskip("numpy")
    assert meaning.likeness(np.zeros(meaning.DIMENSIONS, dtype=np.float32), {}) == {}


@with_model
def test_the_model_tells_what_is_meant_alike() -> None:
    texts = ["My fiddle instructor lives next door.", "The train to Hamburg was late again."]
    alike = meaning.likeness(
        meaning.vector_of("Who teaches me the violin?"), dict(enumerate(meaning.packed_vectors(texts)))
    )
    assert alike[0] > alike[1] + 0.2


@with_model
def test_any_text_has_a_vector() -> None:
    texts = ["", "\x00\ud800", "word " * 50_000, "猫" * 3_000, "hello"]
    packed = meaning.packed_vectors(texts)
    assert len(packed) == len(texts)
    assert meaning.likeness(meaning.vector_of("hello"), dict(enumerate(packed)))[4] > 0.98
