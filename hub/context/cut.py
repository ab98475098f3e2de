"""Making a text smaller, and saying so in it."""

from collections.abc import Callable


def cut_middle(text: str, most: int, measure: Callable[[str], int]) -> str:
    """The text, or its beginning and end around a note of how much is left out between, so that it measures `most`.

    Two thirds of what is kept are from the beginning. Where even the note alone is too large, the note is returned.
    """
    size = measure(text)
    kept, candidate = len(text), text
    while size > most and kept:
        kept = kept * most // size * 15 // 16
        head = kept * 2 // 3
        tail = len(text) - (kept - head)
        candidate = f"{text[:head]}\n[… {tail - head:,} characters left out …]\n{text[tail:]}"
        size = measure(candidate)
    return candidate
