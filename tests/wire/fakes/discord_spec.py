"""What a bot sends, held to Discord's own OpenAPI document, where that lies beside the repository."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "discord-openapi.json"
_KINDS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


@cache
def _document() -> dict[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {}


def complaint(method: str, path: str, body: Any) -> str:
    """What the document forbids about the body of a request, or nothing. `path` as the document writes it."""
    operation = _document().get("paths", {}).get(path, {}).get(method.lower())
    if operation is None:
        return f"unknown request {method} {path}" if _document() else ""
    wanted = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if wanted is None:
        return "" if body is None else "this request has no body"
    return _wrong(body, wanted["schema"], "body")


def query_complaint(path: str, query: Mapping[str, str]) -> str:
    """What the document forbids about what stands behind the question mark of a GET, or nothing."""
    operation = _document().get("paths", {}).get(path, {}).get("get", {})
    known = {each["name"]: each["schema"] for each in operation.get("parameters", ()) if each["in"] == "query"}
    for name, value in query.items():
        if _document() and name not in known:
            return f"query {name} is unknown"
        schema = known.get(name, {})
        if schema.get("type") == "integer" and not schema["minimum"] <= int(value) <= schema["maximum"]:
            return f"query {name} is {value}"
        if schema.get("type") == "boolean" and value not in ("true", "false"):
            return f"query {name} is no boolean"
    return ""


def _wrong(value: Any, schema: dict[str, Any], where: str) -> str:
    if "$ref" in schema:
        return _wrong(value, _document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], where)
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            found = [_wrong(value, each, where) for each in schema[choice]]
            if all(found):
                return min(found, key=lambda text: -text.count("."))
    if "const" in schema and value != schema["const"]:
        return f"{where} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is none of {schema['enum']}"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return f"{where} is no {' or '.join(kinds)}"
    return _parts_wrong(value, schema, where)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _KINDS[kind])


def _parts_wrong(value: Any, schema: dict[str, Any], where: str) -> str:
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1_000_000):
            return f"{where} has {len(value)} characters"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return f"{where} does not match {schema['pattern']}"
    if isinstance(value, list):
        return _items_wrong(value, schema, where)
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        for name in value:
            if name not in known:
                return f"{where}.{name} is unknown"
        for name in schema.get("required", ()):
            if name not in value:
                return f"{where}.{name} is required"
        return next(filter(None, (_wrong(value[name], known[name], f"{where}.{name}") for name in value)), "")
    return ""


def _items_wrong(value: list[Any], schema: dict[str, Any], where: str) -> str:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1_000_000):
        return f"{where} has {len(value)} items"
    each = (_wrong(item, schema.get("items", {}), f"{where}.{at}") for at, item in enumerate(value))
    return next(filter(None, each), "")
