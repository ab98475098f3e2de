"""The text of a question without what changes nothing: case, spacing, courtesies, and the marks at its end."""

import re
import unicodedata
from functools import lru_cache

from hub.reuse.courtesy import without_courtesy
from hub.reuse.tongue import SMALL

LONGEST = 400
"""Characters of a question that can be asked by two people in the same words."""

_BEGINS = re.compile(r"^[\s¿¡\"'“”„«»‘’]+")
_ENDS = re.compile(r"(?<![\s?!.…。？！\"'“”„«»‘’])[\s?!.…。？！\"'“”„«»‘’]+$")
_VERBATIM = re.compile(r"[`{}<>=;\\|^~$@#*]|//")
"""Signs of code, formulas and paths, in which case and spacing can matter."""
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " "})


_CAPITALS = re.compile(r"\b[A-Z]{2,3}\b")
_SMALL = frozenset[str]().union(*SMALL.values())


def _told_apart(capitals: re.Match[str]) -> str:
    """IT is not "it", and US is not "us"; PDF is what "pdf" is."""
    word = capitals[0]
    return f"{word.lower()}\N{FULL STOP}{len(word)}" if word.lower() in _SMALL else word


@lru_cache(maxsize=1_024)
def normalized(text: str) -> str:
    """The same for all spellings of one question; the same again when it is normalized twice.

    Compatibility forms are kept as they are (x² is not x2), and so is ß (Maße are not Masse).
    """
    text = unicodedata.normalize("NFC", text).strip()
    if _VERBATIM.search(text):
        return text
    text = without_courtesy(text)
    if not text.isupper():
        text = _CAPITALS.sub(_told_apart, text)
    text = unicodedata.normalize("NFC", text.lower()).translate(_APOSTROPHES)
    return _ENDS.sub("", _BEGINS.sub("", " ".join(text.split())))
