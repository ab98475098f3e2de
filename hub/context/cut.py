"""Making a text smaller, and saying so in it."""

from collections.abc import Callable


def left_out(characters: int) -> str:
    """The note of what is left out. What follows stays on its line: half a line must not pass for a whole one."""
    return f"\n[… {characters:,} characters left out …] "


def cut_middle(
    text: str,
    most: int,
    measure: Callable[[str], int],
    *,
    longest: int | None = None,
    note: Callable[[int], str] = left_out,
) -> str:
    """The text, or its beginning and end around a note of how much is left out between, so that it measures `most`.

    Two thirds of what is kept are from the beginning. Where even the note alone is too large, the note is returned.
    Of a text with more characters than `longest`, so many are kept at the most, and the whole is never measured.
    """
    kept, candidate = len(text), text
    if longest is not None and kept > longest:
        kept, candidate = longest, _around(text, longest, note)
    size = measure(candidate)
    while size > most and kept:
        kept = kept * most // size * 15 // 16
        candidate = _around(text, kept, note)
        size = measure(candidate)
    return candidate


def _around(text: str, kept: int, note: Callable[[int], str]) -> str:
    head = kept * 2 // 3
    tail = len(text) - (kept - head)
    return f"{text[:head]}{note(tail - head)}{text[tail:]}"
