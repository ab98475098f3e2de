"""Tokens as a provider reports them, believed only where they make sense."""

import msgspec

from hub.agents.port import Usage

MOST_TOKENS = 20_000_000
"""In one call. The widest context windows hold ten million."""


def believable(said: Usage) -> Usage | None:
    """The usage, or None where it cannot be: negative, beyond any window, no input at all, a part above its whole."""
    parts = msgspec.structs.astuple(said)
    if min(parts) < 0 or max(parts) > MOST_TOKENS or not said.input:
        return None
    wholes = (
        (said.cached_input + said.cache_write, said.input),
        (said.audio_input + said.image_input, said.input),
        (said.cached_audio + said.cached_image, said.cached_input),
        (said.cached_audio, said.audio_input),
        (said.cached_image, said.image_input),
        (said.cache_write_1h, said.cache_write),
        (said.reasoning, said.output),
        (said.audio_output + said.image_output, said.output),
    )
    return said if all(part <= whole for part, whole in wholes) else None
