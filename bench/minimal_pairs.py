"""Pairs of questions made of templates: minimal pairs that differ in one thing, and twins that are worded otherwise.

A file of templates has, for each, a line `kind: …`, lines `values: a | b | …` (only values of one line are set against
each other), and two wordings or more with {} where a value goes. Every second template of a file is held out.
"""

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "pairs"


class Template(msgspec.Struct, frozen=True):
    """Wordings of one question, and what can stand in it."""

    language: str
    kind: str
    groups: tuple[tuple[str, ...], ...]
    wordings: tuple[str, ...]
    held_out: bool


class Pair(msgspec.Struct, frozen=True):
    """Two questions; `same`: whether they ask the same."""

    template: Template
    one: str
    other: str
    same: bool


def templates(folder: Path = FOLDER) -> list[Template]:
    """Those of all languages."""
    found = []
    for file in sorted(folder.glob("*.txt")):
        blocks = [block for block in file.read_text(encoding="utf-8").split("\n\n") if block.strip()]
        found += [_template(file.stem, block, held_out=number % 2 == 1) for number, block in enumerate(blocks)]
    return found


def _template(language: str, block: str, *, held_out: bool) -> Template:
    lines = block.strip().splitlines()
    kind = lines[0].removeprefix("kind:").strip()
    groups = tuple(
        tuple(value.strip() for value in line.removeprefix("values:").split("|"))
        for line in lines
        if line.startswith("values:")
    )
    wordings = tuple(line for line in lines[1:] if not line.startswith("values:"))
    return Template(language, kind, groups, wordings, held_out)


def pairs_of(template: Template) -> Iterator[Pair]:
    """Minimal pairs within a wording and across wordings, and the twins of every value."""
    for group in template.groups:
        for one, other in combinations(group, 2):
            for first, second in product(template.wordings, repeat=2):
                yield Pair(template, first.replace("{}", one), second.replace("{}", other), same=False)
        for value in group:
            for first, second in combinations(template.wordings, 2):
                yield Pair(template, first.replace("{}", value), second.replace("{}", value), same=True)
