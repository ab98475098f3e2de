"""A question as reuse reads it: the forms by which others who ask the same are found."""

from functools import lru_cache

import msgspec

from hub.reuse.normal import LONGEST, normalized
from hub.reuse.private import is_private
from hub.reuse.timely import is_timely
from hub.reuse.tongue import language_in


class Asked(msgspec.Struct, frozen=True):
    """A question that others may have asked, too."""

    language: str
    exact: str
    """The same for all spellings of these words."""


@lru_cache(maxsize=1_024)
def asked_of(text: str) -> Asked | None:
    """None for what no answer is kept for: what is private or bound to a time, too long, or in no language known here.

    In a language that is not known, nobody could tell.
    """
    if not text.strip() or len(text) > LONGEST:
        return None
    language = language_in(text)
    if not language or is_private(text, language) or is_timely(text, language):
        return None
    return Asked(language, normalized(text))
