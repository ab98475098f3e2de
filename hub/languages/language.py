"""What one file a language holds."""

from collections.abc import Mapping

import msgspec


class Language(msgspec.Struct, frozen=True):
    """The hub's words in one language."""

    tag: str
    """As in a language tag, like `de`."""
    help: Mapping[str, str]
    """A line for each command, by its name."""
    phrases: Mapping[str, str]
    """By the English text; what stands in braces is the same."""
