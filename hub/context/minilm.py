"""The network all-MiniLM-L6-v2, made anew of the packaged file's eight-bit weights, so that it multiplies with these.

The file as it is packaged turns them into numbers of 32 bits when it is loaded: 90 MB, all of which are read for each
text, and more steps. This takes 24 MB and half the time; what it says of a text differs by a cosine of 0.001.
"""

from typing import TYPE_CHECKING

from hub.context.onnx_file import network, node, tensors_of

if TYPE_CHECKING:
    from hub.context.onnx_file import Tensor

IDS, MASK, POSITIONS, STATES = "ids", "mask", "positions", "states"
"""What goes in (ids of tokens and 1 for those that count, a row a text; and the places of the tokens), and what comes
out: of each token 384 numbers."""
_LAYERS, _HEADS = 6, 12
_EPSILON = 1e-12
"""All three, and the order of the steps, are BERT's as the model has it (its `config.json`)."""
_WEIGHTS_A_LAYER = 6
_BLOCK = 64
"""Weights, and numbers of a token beside them, that share one scale. By 32 it takes a fifth longer, and is a cosine of
0.0005 nearer to the packaged file; by 128 as much quicker and further away."""
_INT8 = 4
"""Also of the tokens' numbers, eight bits are multiplied (`accuracy_level` of ONNX Runtime's operator)."""
_RUNTIME = "com.microsoft"


def rewritten(packaged: bytes) -> bytes:
    """The network as an ONNX file, of the packaged one. Raises KeyError or ValueError for another network."""
    return _Writing(tensors_of(packaged)).file()


class _Writing:
    """The steps and the tensors so far."""

    def __init__(self, packaged: "dict[str, Tensor]") -> None:
        self._packaged = packaged
        # The weights of a layer have but numbers for names, which grow from the network's beginning to its end: of what
        # asks, what is asked and what is said, of all three together, and those that widen and narrow.
        numbered = (name for name in packaged if name.startswith("val_") and name.endswith("_q"))
        self._weights = sorted((name.removesuffix("_q") for name in numbered), key=lambda name: int(name[4:]))
        self._nodes: list[bytes] = []
        self._tensors: dict[str, Tensor] = {}

    def file(self) -> bytes:
        if len(self._weights) != _LAYERS * _WEIGHTS_A_LAYER:
            raise ValueError(f"{len(self._weights)} weights")
        state = self._embeddings()
        for layer in range(_LAYERS):
            state = self._layer(layer, state)
        self._step("Identity", [state], [STATES])
        inputs = {IDS: "int64", MASK: "int32", POSITIONS: "int64"}
        return network(self._nodes, self._tensors, inputs, STATES, _=17, com_microsoft=1)

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
        asks, asked, says, joins, widens, narrows = self._weights[number * _WEIGHTS_A_LAYER :][:_WEIGHTS_A_LAYER]
        at = f"inner.encoder.layer.{number}."
        three = [
            self._linear(weights, f"{at}attention.self.{role}.bias", state)
            for weights, role in ((asks, "query"), (asked, "key"), (says, "value"))
        ]
        seen = self._step("MultiHeadAttention", [*three, "", MASK], [f"{at}seen"], _RUNTIME, num_heads=_HEADS)
        seen = self._linear(joins, f"{at}attention.output.dense.bias", seen)
        state = self._added(seen, state, f"{at}attention.output.")
        wide = self._linear(widens, f"{at}intermediate.dense.bias", state)
        wide = self._step("Gelu", [wide], [f"{at}gelu"], _RUNTIME)
        return self._added(self._linear(narrows, f"{at}output.dense.bias", wide), state, f"{at}output.")

    def _linear(self, weights: str, bias: str, state: str) -> str:
        """By blocks of eight bits, unsigned around 128, and a row for each number that comes out."""
        import numpy as np

        packed = np.ascontiguousarray(self._packaged[f"{weights}_q"].T)
        wide, deep = packed.shape
        blocks = (packed.view(np.uint8) ^ 0x80).reshape(wide, deep // _BLOCK, _BLOCK)
        scales = np.repeat(self._packaged[f"{weights}_scale"].reshape(wide, 1), deep // _BLOCK, axis=1)
        inputs = [state, self._known(weights, blocks), self._known(f"{weights}_scale", scales), "", ""]
        inputs.append(self._known(bias, self._packaged[bias]))
        sizes = {"K": deep, "N": wide, "bits": 8, "block_size": _BLOCK, "accuracy_level": _INT8}
        return self._step("MatMulNBits", inputs, [f"{weights}_out"], _RUNTIME, **sizes)

    def _added(self, more: str, state: str, at: str) -> str:
        inputs = [more, state, *self._norm(at)]
        return self._step("SkipLayerNormalization", inputs, [f"{at}state"], _RUNTIME, epsilon=_EPSILON)

    def _norm(self, at: str) -> list[str]:
        names = (f"{at}LayerNorm.{part}" for part in ("weight", "bias"))
        return [self._known(name, self._packaged[name]) for name in names]

    def _known(self, name: str, tensor: "Tensor") -> str:
        self._tensors[name] = tensor
        return name

    def _step(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: float) -> str:
        self._nodes.append(node(operator, inputs, outputs, domain, **attributes))
        return outputs[0]
