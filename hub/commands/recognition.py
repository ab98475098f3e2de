"""Whether a text calls a command, and which one."""

import re

import msgspec

ALIASES = {"start": "help", "reset": "new", "cancel": "stop"}
"""Other names that people know from elsewhere."""

# "/stop", "/stop@my_bot now" and, where a platform keeps slashes for itself, "!hub stop".
_SPELLED = re.compile(r"\s*(?:/|!hub\s+/?)(?P<name>[A-Za-z]\w{0,31})(?:@\w{1,64})?(?:\s+(?P<rest>.*))?\s*", re.S | re.A)
_LONGEST = 4096
# The top folders of the Filesystem Hierarchy Standard 3.0, and two of macOS: "/tmp is full" is a question.
_FOLDERS = frozenset(
    re.findall(
        r"\w+",
        "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var"
        " users volumes",
    )
)


class Invocation(msgspec.Struct, frozen=True):
    """A command as it was called; nobody has looked yet whether there is such a one."""

    name: str
    arguments: str = ""


def recognize(text: str) -> Invocation | None:
    """The command that the text calls; None where it is none: other words, a path, a comment."""
    begun = text.lstrip()
    if not begun.startswith(("/", "!hub")):
        return None
    if begun.rstrip() == "!hub":
        return Invocation("help")
    spelled = _SPELLED.fullmatch(text[:_LONGEST])
    if not spelled:
        return None
    name = spelled["name"].casefold()
    if name in _FOLDERS and begun.startswith("/"):
        return None
    return Invocation(ALIASES.get(name, name), (spelled["rest"] or "").strip())


def is_stop(text: str) -> bool:
    """Whether the text ends what was asked before it; decided at accept, so that it need not wait its turn."""
    called = recognize(text)
    return called is not None and called.name == "stop"
