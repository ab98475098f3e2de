"""Turns as the stricter wires want them: first a person, then by turns, none empty."""

from collections.abc import Sequence

from hub.agents.port import Said

_BEFORE = Said("user", "(The conversation before this was left out.)")


def alternating(turns: Sequence[Said]) -> list[Said]:
    """The same words with neighbours of one role joined, empty ones left out, and a person's turn at the start."""
    joined: list[Said] = []
    for turn in turns:
        if not turn.text.strip() and not turn.files:
            continue
        if joined and joined[-1].role == turn.role:
            before = joined[-1]
            text = "\n\n".join(each.text for each in (before, turn) if each.text.strip())
            joined[-1] = Said(turn.role, text, before.files + turn.files, stays=turn.stays)
        else:
            joined.append(turn)
    if joined and joined[0].role != "user":
        joined.insert(0, _BEFORE)
    return joined
