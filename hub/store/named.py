"""The named SQL: `statement("inbox.claim", worker=…)` is the statement `claim` of `queries/inbox.sql` with its values.

In a file, each statement follows a line `-- name: claim`; after it, `expects N` says how many rows it must touch or
return (`by key`: never more), `unsynced` that it need not wait for the disk, and `ahead` that its list is not waited
for (see Sql). The words `FOR NO KEY UPDATE` are PostgreSQL's alone: SQLite has one writer. Where more differs, a second
body under `-- postgresql` serves that engine.
"""

import re
from functools import cache
from importlib import resources
from typing import Any

from hub.store.database import Sql, Statement

_NAME = re.compile(
    r"^-- name: (?P<name>\w+)(?: expects (?P<expects>\d+)(?P<by_key> by key)?)?"
    r"(?P<unsynced> unsynced)?(?P<ahead> ahead)?\s*$",
    re.M,
)
_POSTGRESQL = re.compile(r"^-- postgresql\s*$", re.M)
_LOCKS = re.compile(r"\s+FOR NO KEY UPDATE\b")


def statement(name: str, /, **values: Any) -> Statement:
    """The named statement with its values. Raises KeyError for a name that is in no file."""
    return Statement(_named()[name], values)


def all_named() -> dict[str, Sql]:
    """Every named statement, by `file.name`."""
    return dict(_named())


@cache
def _named() -> dict[str, Sql]:
    found: dict[str, Sql] = {}
    for file in sorted(resources.files("hub.store").joinpath("queries").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".sql"):
            found |= parse(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
    return found


def parse(room: str, text: str) -> dict[str, Sql]:
    """The statements of one file. Raises ValueError where a name stands twice."""
    heads = list(_NAME.finditer(text))
    found: dict[str, Sql] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : following.start() if following else len(text)]
        common, *own = _POSTGRESQL.split(body)
        name = f"{room}.{head['name']}"
        if name in found:
            raise ValueError(f"{name} stands twice")
        expects = int(head["expects"]) if head["expects"] else None
        unlocked = _LOCKS.sub("", common).strip()
        locked = (own[0] if own else common).strip()
        postgresql = locked if locked != unlocked else ""
        found[name] = Sql(
            name,
            unlocked,
            expects,
            postgresql,
            by_key=bool(head["by_key"]),
            unsynced=bool(head["unsynced"]),
            ahead=bool(head["ahead"]),
        )
    return found
