"""What later versions will act on and this one does not: refused, because silence would look like obedience.

The one list of its kind; an entry goes when the feature comes.
"""

from typing import Any

from hub.config.problems import Findings, Key

KEYS: tuple[tuple[str, ...], ...] = (("limits",),)
"""`*` stands for any name."""

TEXT = "this version does not act on it yet"
REMEDY = "remove it"


def refuse(document: dict[str, Any], findings: Findings) -> None:
    """Take these keys out of the document, a problem for each that was there."""
    for pattern in KEYS:
        _take_out(document, pattern, (), findings)


def _take_out(table: Any, pattern: tuple[str, ...], above: Key, findings: Findings) -> None:
    if not isinstance(table, dict):
        return
    first, *rest = pattern
    for name in list(table) if first == "*" else [first]:
        if rest:
            _take_out(table.get(name), tuple(rest), (*above, name), findings)
        elif name in table:
            del table[name]
            findings.problem((*above, name), TEXT, REMEDY)
