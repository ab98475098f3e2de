"""Where a small model's answer begins to repeat itself, it ends.

Penalties for repeated words forbid the words of the prompt's end as well, and so the very facts that are asked for.
What is left is to look at the answer.
"""

import re

ROW = 5
"""So many words in a row that stood in the answer before are a loop."""
_WORD = re.compile(r"[\w'’]+")
_SENTENCE = re.compile(r"[.!?…](?=\s)|\n")


class Unlooped:
    """An answer as it streams, sentence by sentence, so that nothing of a loop is shown."""

    def __init__(self) -> None:
        self._text = ""
        self._shown = 0
        self.looped = False
        """It ends here: what comes after is not shown."""

    def take(self, piece: str) -> str:
        """What is shown after this piece: whole sentences. After a loop, nothing more."""
        if self.looped:
            return ""
        self._text += piece
        loop = _loop_in(self._text)
        if loop is None:
            return self._up_to(_sentences_end(self._text))
        self.looped = True
        # A loop within the first sentence leaves what was said of it until then.
        return self._up_to(_sentences_end(self._text[:loop]) or len(self._text[:loop].rstrip(" ,;:-")))

    def rest(self) -> str:
        """What is shown when the model has ended by itself, or at its limit."""
        return "" if self.looped else self._up_to(len(self._text))

    def _up_to(self, end: int) -> str:
        shown, self._shown = self._text[self._shown : end], max(self._shown, end)
        return shown


def _sentences_end(text: str) -> int:
    return max((found.end() for found in _SENTENCE.finditer(text)), default=0)


def _loop_in(text: str) -> int | None:
    """Where the first row of words begins that stood there before; a last word that may go on is left out."""
    words = [word for word in _WORD.finditer(text) if word.end() < len(text)]
    rows: dict[tuple[str, ...], int] = {}
    for at in range(len(words) - ROW + 1):
        row = tuple(word.group().casefold() for word in words[at : at + ROW])
        if rows.setdefault(row, at) != at:
            return words[at].start()
    return None
