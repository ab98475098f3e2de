"""Lists of words, as they are written in this room."""


def listed(text: str) -> frozenset[str]:
    """The words of a text that has nothing but words."""
    return frozenset(text.split())
