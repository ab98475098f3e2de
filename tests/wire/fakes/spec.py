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
def methods() -> dict[str, dict[str, dict[str, Any]]]:
    """Method -> parameter -> its description; empty where the file is not there."""
    if not _FILE.exists():
        return {}
    described = json.loads(_FILE.read_text(encoding="utf-8"))["methods"]
    return {name: {field["name"]: field for field in method.get("fields", [])} for name, method in described.items()}


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
    if kind == "Integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind == "Float":
        return isinstance(value, int | float)
    return isinstance(value, list if kind.startswith("Array") else dict)


def _length_wrong(name: str, value: Any, description: str) -> str:
    length = _LENGTH.search(description)
    if length is None or not isinstance(value, str):
        return ""
    least, most = int(length[1]), int(length[2])
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    return "" if least <= units <= most else f"{name} has {units} characters, {least}-{most} are allowed"
