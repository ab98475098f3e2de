"""What a bot sends to Slack, held to the machine-readable description of the methods, where that lies beside us."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "slack"
_NOISE = {"team_id"}
"""What slack_sdk itself adds."""


@cache
def _described(method: str) -> dict[str, Any]:
    file = _FOLDER / f"{method}.json"
    return json.loads(file.read_text(encoding="utf-8"))["args"] if file.exists() else {}


def complaint(method: str, arguments: Mapping[str, Any]) -> str:
    """What the description forbids about this request, or nothing."""
    described = _described(method)
    if not described:
        return ""
    known = described["properties"]
    for name, value in arguments.items():
        if name in _NOISE:
            continue
        if name not in known:
            return f"unknown argument {name}"
        kinds = [each.get("type") for each in known[name].get("anyOf", [known[name]])]
        if not any(_fits(value, kind) for kind in kinds):
            return f"argument {name} is no {' or '.join(map(str, kinds))}"
    lacking = [name for name in described.get("required", ()) if name != "token" and name not in arguments]
    return f"argument {lacking[0]} is required" if lacking else ""


def _fits(value: Any, kind: str | None) -> bool:
    """A query or a form carries every value as text."""
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool) or value in ("0", "1", "true", "false")
        case "array":
            return isinstance(value, list) or (isinstance(value, str) and value.startswith("["))
        case "integer":
            number = isinstance(value, str) and value.isdigit()
            return number or (isinstance(value, int) and not isinstance(value, bool))
        case "number":
            return isinstance(value, int | float) or (isinstance(value, str) and value.isdigit())
        case "null":
            return value is None
    return True
