"""The slash commands, once, for every channel: how they are named, and how a text is recognized as one."""

import re

import msgspec

from hub.channel import CommandSpec
from hub.commands import inviting

COMMANDS = (
    CommandSpec("help", "What I can do"),
    CommandSpec("new", "Begin anew: what was said before is no longer taken into account"),
    CommandSpec("stop", "End the answer that is being made"),
    CommandSpec("why", "Which agent in which region answered last, and why"),
    *inviting.SPECS,
)

_ALIASES = {"start": "help", "reset": "new", "cancel": "stop"}
_NAMES = {command.name for command in COMMANDS}
# "/stop", "/stop@my_bot now" and, where a platform keeps slashes for itself, "!hub stop".
_SPELLED = re.compile(r"\s*(?:/|!hub\s+)(?P<name>[A-Za-z_]{1,32})(?:@\w{1,64})?(?:\s+(?P<rest>.*))?\s*", re.S)


class Invocation(msgspec.Struct, frozen=True):
    """A command as it was called."""

    name: str
    arguments: str = ""


def recognize(text: str) -> Invocation | None:
    """The command that the text calls; None where it is no command or none of ours."""
    if not text.lstrip().startswith(("/", "!hub")):
        return None
    spelled = _SPELLED.fullmatch(text[:4096])
    if not spelled:
        return None
    name = spelled["name"].casefold()
    name = _ALIASES.get(name, name)
    return Invocation(name, (spelled["rest"] or "").strip()) if name in _NAMES else None


def is_stop(text: str) -> bool:
    """Whether the text ends what was asked before it; decided at accept, so that it need not wait its turn."""
    called = recognize(text)
    return called is not None and called.name == "stop"
