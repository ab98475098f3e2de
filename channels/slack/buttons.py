"""Buttons below an answer, in Block Kit."""

from typing import Any

import msgspec

SECTION_AT_MOST = 3_000
"""Characters of one section's text, as Slack's reference says. All blocks together: about 9,600."""
_FENCE = "```"
_ROOM = SECTION_AT_MOST - 2 * len("\n" + _FENCE)
_LABELS = {"stop": "Stop", "again": "Ask again", "good": "👍", "bad": "👎"}
WHILE_GROWING = ("stop",)
WHEN_DONE = ("again", "good", "bad")
NONE = "[]"
"""Takes away the buttons that a message has."""


def row_of(actions: tuple[str, ...]) -> str:
    """The buttons alone, as JSON: they stand below the text of a stream."""
    return _json([_row(actions)]) if actions else ""


def text_with(mrkdwn: str, actions: tuple[str, ...]) -> str:
    """Text and buttons, as JSON: where a message has blocks, its text is shown in notifications only."""
    if not actions:
        return NONE
    sections = [
        {"type": "section", "expand": True, "text": {"type": "mrkdwn", "text": text}} for text in _sections(mrkdwn)
    ]
    return _json([*sections, _row(actions)])


def _row(actions: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": f"hub_{action}", "text": {"type": "plain_text", "text": _LABELS[action]}}
            for action in actions
        ],
    }


def _sections(text: str) -> list[str]:
    """Pieces that a section takes, cut at lines where there are any; a fence that is cut is closed and opened again."""
    found, opening = [], ""
    while len(opening) + len(text) > SECTION_AT_MOST:
        end = max(text.rfind("\n", 0, _ROOM), 0) or text.rfind(" ", 0, _ROOM)
        end = end if end > _ROOM // 2 else _ROOM
        piece, text = opening + text[:end], text[end:].removeprefix("\n")
        cut_open = piece.count(_FENCE) % 2 == 1
        found.append(f"{piece}\n{_FENCE}" if cut_open else piece)
        opening = f"{_FENCE}\n" if cut_open else ""
    found.append(opening + text)
    return [piece for piece in found if piece.strip()]


def _json(blocks: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(blocks).decode()
