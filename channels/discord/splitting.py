"""An answer as parts of at most 2,000 characters: cut at paragraph, line, word; a fence is closed and opened again."""

import re

LIMIT = 2000
"""Characters of one message of a bot; the platform counts code points."""
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)([^\n`]*)", re.MULTILINE)
_LONGEST_INFO = 40
_ROOM = 60
"""Kept free for a fence's end and its beginning again."""


def pieces(text: str, limit: int = LIMIT) -> list[str]:
    """The parts, in order, none blank; an empty list where there is nothing to see."""
    rest = text.rstrip()
    parts: list[str] = []
    opening = ""
    while rest.strip():
        rest = rest.lstrip("\n")
        whole = f"{opening}\n{rest}" if opening else rest
        if len(whole) <= limit:
            parts.append(whole)
            break
        taken = _cut(whole, limit - _ROOM, len(opening) + 1 if opening else 0)
        part, rest = whole[:taken].rstrip(), whole[taken:]
        opening = _open_fence(part)
        if opening:
            fence = opening.strip()[:3]
            # A fence that ends right here needs no second part.
            if rest.strip("\n ").startswith(fence) and rest.strip("\n ").strip(fence[0]) == "":
                rest, opening = "", ""
            part = f"{part}\n{fence}"
        if part.strip():
            parts.append(part)
    return parts


def _cut(text: str, most: int, least: int) -> int:
    """Where the first part ends: after the best separator in its second half, else anywhere."""
    floor = max(most // 2, least + 1)
    for separator in ("\n\n", "\n", " "):
        found = text.rfind(separator, floor, most)
        if found > 0:
            return found + (len(separator) if separator == " " else 0)
    return most


def _open_fence(part: str) -> str:
    """The line that opens a fence which is still open at the end of the part, or nothing."""
    opening = ""
    for found in _FENCE.finditer(part):
        if not opening:
            opening = found[1][:3] + found[2].strip()[:_LONGEST_INFO]
        elif found[1][0] == opening[0] and not found[2].strip():
            opening = ""
    return opening
