"""The network all-MiniLM-L6-v2, built of the packaged file's eight-bit weights, so that these are what is multiplied.

The file as it is packaged makes numbers of 32 bits of them when it is loaded: 90 MB, all of which are read for each
text, by more steps. Built so, it takes 24 MB, a quarter of the time for a short text and two thirds for a long one; the
vector of a text has a cosine of 0.9996 with that of the packaged network.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import NodeProto

    Tensor = NDArray[Any]

IDS, MASK, POSITIONS, STATES = "ids", "mask", "positions", "states"
"""Inputs: ids of tokens and 1 for those that are no padding, a row a text; positions of the tokens. Output: 384 numbers
a token."""
_LAYERS, _HEADS = 6, 12
_EPSILON = 1e-12
"""As the model's `config.json` has them; the steps are BERT's (Devlin and others 2019)."""
_MATRICES_A_LAYER = 6
_BLOCK = 64
"""Activations that share one scale when they are made eight-bit numbers, too. By 32 it takes a fifth longer, for a mean
cosine of 0.9998 with the packaged network; by 128 it is no quicker."""
_INT8 = 4
"""`accuracy_level` of ONNX Runtime's operator: eight-bit numbers are multiplied."""
_OPERATORS, _FORMAT, _RUNTIME = 17, 8, "com.microsoft"
"""The versions of ONNX's own operators and of its files at that time; the domain of the runtime's own."""


def rewritten(packaged: bytes) -> bytes:
    """The network as an ONNX file, of the packaged one. Raises KeyError or ValueError for another network."""
    import onnx
    from onnx.numpy_helper import to_array

    stored = onnx.load_model_from_string(packaged).graph.initializer
    return _Writing({tensor.name: to_array(tensor) for tensor in stored}).file()


class _Writing:
    """The steps and the tensors so far."""

    def __init__(self, packaged: "dict[str, Tensor]") -> None:
        self._packaged = packaged
        # The matrices have but numbers for names, which grow with the steps: in each layer those of query, key and
        # value, of what attention gives, and of both steps after it.
        numbered = (name for name in packaged if name.startswith("val_") and name.endswith("_q"))
        self._matrices = sorted((name.removesuffix("_q") for name in numbered), key=lambda name: int(name[4:]))
        self._nodes: list[NodeProto] = []
        self._tensors: dict[str, Tensor] = {}

    def file(self) -> bytes:
        if len(self._matrices) != _LAYERS * _MATRICES_A_LAYER:
            raise ValueError(f"{len(self._matrices)} matrices")
        state = self._embeddings()
        for layer in range(_LAYERS):
            state = self._layer(layer, state)
        self._step("Identity", [state], [STATES])
        return self._network()

    def _network(self) -> bytes:
        from onnx import TensorProto, helper, numpy_helper

        kinds = {IDS: TensorProto.INT64, MASK: TensorProto.INT32, POSITIONS: TensorProto.INT64}
        inputs = [helper.make_tensor_value_info(name, kind, None) for name, kind in kinds.items()]
        output = helper.make_tensor_value_info(STATES, TensorProto.FLOAT, None)
        tensors = [numpy_helper.from_array(tensor, name) for name, tensor in self._tensors.items()]
        graph = helper.make_graph(self._nodes, "minilm", inputs, [output], tensors)
        operators = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_RUNTIME, 1)]
        written: bytes = helper.make_model(graph, opset_imports=operators, ir_version=_FORMAT).SerializeToString()
        return written

    def _embeddings(self) -> str:
        word, place = self._rows("word", IDS), self._rows("position", POSITIONS)
        kind = self._known("first_kind", self._packaged["inner.embeddings.token_type_embeddings.weight"][0])
        both = self._step("Add", [self._step("Add", [word, place], ["placed"]), kind], ["embedded"])
        return self._step("LayerNormalization", [both, *self._norm("inner.embeddings.")], ["state"], epsilon=_EPSILON)

    def _rows(self, table: str, numbers: str) -> str:
        """Those of a table, which stays in eight bits."""
        packed, scale = (f"inner.embeddings.{table}_embeddings.weight_{part}" for part in ("q", "scale"))
        rows = self._step("Gather", [self._known(packed, self._packaged[packed]), numbers], [f"{table}_packed"])
        scales = self._step("Gather", [self._known(scale, self._packaged[scale]), numbers], [f"{table}_scale"])
        return self._step("Mul", [self._step("Cast", [rows], [f"{table}_rows"], to=1), scales], [f"{table}_embedded"])

    def _layer(self, number: int, state: str) -> str:
        query, key, value, attended, intermediate, output = self._matrices_of(number)
        at = f"inner.encoder.layer.{number}."
        roles = ("query", "key", "value")
        projected = self._linear([query, key, value], [f"{at}attention.self.{role}.bias" for role in roles], state)
        heads = [f"{at}{role}" for role in roles]
        self._step("Split", [projected], heads, axis=-1)
        attention = self._step("MultiHeadAttention", [*heads, "", MASK], [f"{at}heads"], _RUNTIME, num_heads=_HEADS)
        attention = self._linear([attended], [f"{at}attention.output.dense.bias"], attention)
        state = self._added(attention, state, f"{at}attention.output.")
        hidden = self._linear([intermediate], [f"{at}intermediate.dense.bias"], state)
        hidden = self._step("Gelu", [hidden], [f"{at}gelu"], _RUNTIME)
        return self._added(self._linear([output], [f"{at}output.dense.bias"], hidden), state, f"{at}output.")

    def _matrices_of(self, layer: int) -> list[str]:
        return self._matrices[layer * _MATRICES_A_LAYER :][:_MATRICES_A_LAYER]

    def _linear(self, matrices: list[str], biases: list[str], state: str) -> str:
        """One step of matrices side by side: a row for each number that comes out, in blocks, unsigned around 128."""
        import numpy as np

        packed = np.concatenate([self._packaged[f"{name}_q"].T for name in matrices])
        scale = np.concatenate([self._packaged[f"{name}_scale"].T for name in matrices])
        rows, width = packed.shape
        tensors = {
            f"{matrices[0]}_blocks": (packed.view(np.uint8) ^ 0x80).reshape(rows, width // _BLOCK, _BLOCK),
            f"{matrices[0]}_scales": np.repeat(scale, width // _BLOCK, axis=1),
            f"{matrices[0]}_bias": np.concatenate([self._packaged[name] for name in biases]),
        }
        self._tensors |= tensors
        blocks, scales, bias = tensors
        sizes = {"K": width, "N": rows, "bits": 8, "block_size": _BLOCK, "accuracy_level": _INT8}
        inputs = [state, blocks, scales, "", "", bias]
        return self._step("MatMulNBits", inputs, [f"{matrices[0]}_out"], _RUNTIME, **sizes)

    def _added(self, more: str, state: str, at: str) -> str:
        both = self._step("Add", [more, state], [f"{at}both"])
        return self._step("LayerNormalization", [both, *self._norm(at)], [f"{at}state"], epsilon=_EPSILON)

    def _norm(self, at: str) -> list[str]:
        names = (f"{at}LayerNorm.{part}" for part in ("weight", "bias"))
        return [self._known(name, self._packaged[name]) for name in names]

    def _known(self, name: str, tensor: "Tensor") -> str:
        self._tensors[name] = tensor
        return name

    def _step(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> str:
        from onnx.helper import make_node

        self._nodes.append(make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]
