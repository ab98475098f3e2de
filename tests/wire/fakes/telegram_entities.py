"""What Telegram holds a message's entities to."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_OTHERS = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "code", "pre"}
    | {"text_link", "text_mention", "custom_emoji"}
)
TYPES = _STYLES | _QUOTES | _OTHERS
AT_MOST = 100


def entities_of(parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = parameters.get("entities") or []
    found: list[dict[str, Any]] = msgspec.json.decode(given) if isinstance(given, str) else list(given)
    return found


def complaint(text: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with them, as the Bot API would put it; empty where all is well."""
    if len(entities) > AT_MOST:
        return "too many entities"
    end = len(text.encode("utf-16-le")) // 2
    for number, entity in enumerate(entities):
        if wrong := _alone(text, end, entity):
            return f"ENTITY_{wrong}"
        for other in entities[number + 1 :]:
            if wrong := _together(entity, other):
                return f"ENTITY_{wrong}"
    return ""


def _alone(text: str, end: int, entity: Mapping[str, Any]) -> str:
    kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if kind not in TYPES:
        return "TYPE_INVALID"
    if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1 or offset + length > end:
        return "BOUNDS_INVALID"
    units = text.encode("utf-16-le")
    for at in (offset, offset + length):
        if at < end and 0xDC <= units[at * 2 + 1] <= 0xDF:
            return "BOUNDS_INVALID"  # within a pair
    if (kind == "text_link") != bool(entity.get("url")) or ("language" in entity and kind != "pre"):
        return "FIELDS_INVALID"
    return ""


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    first, second = sorted((one, other), key=lambda each: (each["offset"], -each["length"]))
    ends = first["offset"] + first["length"]
    if second["offset"] >= ends:
        return ""
    kinds = {one["type"], other["type"]}
    if second["offset"] + second["length"] > ends:
        return "OVERLAP"
    if one["type"] in _QUOTES and other["type"] in _QUOTES:
        return "NESTED"
    if kinds & {"code", "pre"} and not kinds & _QUOTES:
        return "NESTED"
    if not kinds & (_STYLES | _QUOTES):
        return "NESTED"
    return ""
