"""Tokens as a provider reports them, believed only where they make sense."""

from hub.agents.port import Usage

MOST_TOKENS = 20_000_000
"""In one call. The widest context windows hold ten million."""


def believable(said: Usage) -> Usage | None:
    """The usage, or None where it cannot be: negative, beyond any window, no input at all, a part above its whole."""
    parts = (said.input, said.cached_input, said.cache_write, said.output, said.reasoning)
    if min(parts) < 0 or max(parts) > MOST_TOKENS or not said.input:
        return None
    if said.cached_input + said.cache_write > said.input or said.reasoning > said.output:
        return None
    return said
