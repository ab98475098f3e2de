"""What a bot sends, held to the Bot API's machine-readable description, where that lies beside the repository."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "telegram-bot-api-10.1.json"
_LENGTH = re.compile(r"(\d+)-(\d+) characters")


@cache
def _described() -> dict[str, Any]:
    """The whole description; empty where the file is not there."""
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {}
    return found


@cache
def methods() -> dict[str, dict[str, dict[str, Any]]]:
    """Method -> parameter -> its description; empty where the file is not there."""
    return _fields_of("methods")


@cache
def types() -> dict[str, dict[str, dict[str, Any]]]:
    """Type -> field -> its description."""
    return _fields_of("types")


def _fields_of(section: str) -> dict[str, dict[str, dict[str, Any]]]:
    described = _described().get(section, {})
    return {name: {field["name"]: field for field in of.get("fields", [])} for name, of in described.items()}


def complaint(method: str, parameters: Mapping[str, Any]) -> str:
    """What the description forbids about this request, or nothing."""
    fields = methods().get(method)
    if fields is None:
        return f"unknown method {method}" if methods() else ""
    for name, value in parameters.items():
        if name not in fields:
            return f"unknown parameter {name}"
        if not any(_fits(value, kind) for kind in fields[name]["types"]):
            return f"parameter {name} is no {' or '.join(fields[name]['types'])}"
        if wrong := _length_wrong(name, value, fields[name]["description"]):
            return wrong
    missing = [name for name, field in fields.items() if field["required"] and name not in parameters]
    return f"parameter {missing[0]} is required" if missing else ""


def _fits(value: Any, kind: str) -> bool:
    """A form carries every value as text, so text that can be read as the kind fits too."""
    if kind == "String":
        return isinstance(value, str)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return _is(value, kind)


def _is(value: Any, kind: str) -> bool:
    """Whether a value, with all that is inside it, is of a kind."""
    plain: dict[str, type | tuple[type, ...]] = {"String": str, "Integer": int, "Boolean": bool, "Float": (int, float)}
    if kind in plain:
        return isinstance(value, plain[kind]) and (kind == "Boolean" or not isinstance(value, bool))
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(_is(each, kind.removeprefix("Array of ")) for each in value)
    if not isinstance(value, dict):
        return False
    subtypes = _described()["types"].get(kind, {}).get("subtypes")
    if subtypes:
        return any(_is(value, subtype) for subtype in subtypes)
    fields = types().get(kind, {})
    if any(field["required"] and name not in value for name, field in fields.items()):
        return False
    return all(name in fields and any(_is(inner, of) for of in fields[name]["types"]) for name, inner in value.items())


def _length_wrong(name: str, value: Any, description: str) -> str:
    length = _LENGTH.search(description)
    if length is None or not isinstance(value, str):
        return ""
    least, most = int(length[1]), int(length[2])
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    return "" if least <= units <= most else f"{name} has {units} characters, {least}-{most} are allowed"
