"""Networks as ONNX files: the tensors of one are read, and another is written of them.

Protocol buffers by hand: the few messages that a network is made of are less than a library of 18 MB. The numbers of
their fields stand in `onnx.proto` of the ONNX project, where a number once given stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from struct import pack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tensor = NDArray[Any]

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_KINDS = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
"""`TensorProto.DataType`, by numpy's names."""
_FLOAT, _INT = 1, 2
"""`AttributeProto.AttributeType`."""
_IR_VERSION = 8


def tensors_of(model: bytes) -> "dict[str, Tensor]":
    """The stored tensors of a network by their names; those of other kinds than these are left out."""
    import numpy as np

    kinds = {number: np.dtype(name).newbyteorder("<") for name, number in _KINDS.items()}
    (graph,) = (held for number, held in _fields(memoryview(model)) if number == 7)
    tensors: dict[str, Tensor] = {}
    for held in (held for number, held in _fields(graph) if number == 5):
        fields = list(_fields(held))
        shape = [size for number, size in fields if number == 1]
        kind, name, data = (next((value for number, value in fields if number == at), b"") for at in (2, 8, 9))
        if kind in kinds:
            tensors[str(name, "utf-8")] = np.frombuffer(data, kinds[kind]).reshape(shape)
    return tensors


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **attributes: float) -> bytes:
    """One step; an input that is left out is an empty name."""
    return b"".join(
        (
            *(_text(1, name) for name in inputs),
            *(_text(2, name) for name in outputs),
            _text(4, operator),
            *(_bytes(5, _attribute(name, value)) for name, value in attributes.items()),
            _text(7, domain),
        )
    )


def network(
    nodes: Sequence[bytes], tensors: "Mapping[str, Tensor]", inputs: Mapping[str, str], output: str, **opsets: int
) -> bytes:
    """The file. `inputs` are names and kinds, as numpy calls them; the output is of float32; all are of any shape.

    `opsets` are versions of sets of operators, by their domains with `_` for the dots; `_` is ONNX's own.
    """
    graph = b"".join(
        (
            *(_bytes(1, each) for each in nodes),
            _text(2, "network"),
            *(_bytes(5, _tensor(name, tensor)) for name, tensor in tensors.items()),
            *(_bytes(11, _value(name, kind)) for name, kind in inputs.items()),
            _bytes(12, _value(output, "float32")),
        )
    )
    imported = (_text(1, domain.strip("_").replace("_", ".")) + _number(2, opsets[domain]) for domain in opsets)
    return b"".join((_number(1, _IR_VERSION), _bytes(7, graph), *(_bytes(8, each) for each in imported)))


def _fields(message: memoryview) -> Iterator[tuple[int, Any]]:
    """Number and value of each field: an int, or the bytes of what is no varint."""
    at = 0
    while at < len(message):
        key, at = _varint_at(message, at)
        if key & 7 == _VARINT:
            value, at = _varint_at(message, at)
            yield key >> 3, value
        else:
            size = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}.get(key & 7, 0)
            if key & 7 == _BYTES:
                size, at = _varint_at(message, at)
            yield key >> 3, message[at : at + size]
            at += size


def _varint_at(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins there, and where the next field does."""
    value = shift = 0
    while message[at] & 0x80:
        value |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return value | message[at] << shift, at + 1


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*written, value))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return b"".join((_varint(field << 3 | _BYTES), _varint(len(value)), value))


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _attribute(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value & (1 << 64) - 1) + _number(20, _INT)
    return _text(1, name) + _varint(2 << 3 | _FOUR_BYTES) + pack("<f", value) + _number(20, _FLOAT)


def _tensor(name: str, tensor: "Tensor") -> bytes:
    data = tensor.astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes()
    shape = b"".join(_number(1, size) for size in tensor.shape)
    return b"".join((shape, _number(2, _KINDS[tensor.dtype.name]), _text(8, name), _bytes(9, data)))


def _value(name: str, kind: str) -> bytes:
    """`ValueInfoProto`, a tensor whose shape is left open."""
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _KINDS[kind])))
