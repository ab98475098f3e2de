"""The walk over a tree that all platforms share; a platform says how each kind of block is written."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from channels.rendering import tables
from channels.rendering.tree import Block, Code, Heading, Item, Items, Paragraph, Quote, Rule, Run, Runs, Table

RULE = "———"
_BULLETS = "•◦▪"


class Page(ABC):
    """A message while it is written. `indent`: what each line begins with that is not the first of its block."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.in_quote = False

    def blocks(self, blocks: Sequence[Block], indent: str = "", depth: int = 0, *, tight: bool = False) -> None:
        """Write the blocks one below the other; `tight`: without empty lines between."""
        for number, block in enumerate(blocks):
            if number:
                nested = depth > 0 and isinstance(block, Items) and block.tight
                self.gap(indent, tight=tight or nested or self.joins(blocks[number - 1]))
            self._block(block, indent, depth)

    def joins(self, above: Block) -> bool:
        """Whether what follows this block stands directly below it."""
        return False

    def _block(self, block: Block, indent: str, depth: int) -> None:
        match block:
            case Paragraph(runs):
                self.runs(runs, indent)
            case Heading(level, runs):
                self.heading(level, runs, indent)
            case Code():
                self.code(block, indent)
            case Rule():
                self.write(RULE)
            case Table():
                shown = tables.shown(block)
                if isinstance(shown, Code):
                    self.code(shown, indent)
                else:
                    self.blocks(shown, indent, depth)
            case Quote(blocks):
                self.quote(blocks, indent, depth)
            case Items():
                self._items(block, indent, depth)

    def _items(self, block: Items, indent: str, depth: int) -> None:
        for number, item in enumerate(block.items):
            if number:
                self.gap(indent, tight=block.tight)
            self._item(item, indent, depth, tight=block.tight)

    def _item(self, item: Item, indent: str, depth: int, *, tight: bool) -> None:
        sign = self.bullet(depth) if item.number is None else f"{item.number}."
        if item.done is not None:
            box = "☑" if item.done else "☐"
            sign = self.box(box) if item.number is None else f"{sign} {box}"
        self.write(sign + " ")
        self.blocks(item.blocks, indent + self.under(sign), depth + 1, tight=tight)

    def bullet(self, depth: int) -> str:
        """The sign of an item of a list in so many others."""
        return _BULLETS[min(depth, len(_BULLETS) - 1)]

    def box(self, box: str) -> str:
        """The sign of a task."""
        return box

    def under(self, sign: str) -> str:
        """What stands below an item's sign on its further lines."""
        return "   "

    def gap(self, indent: str, *, tight: bool) -> None:
        self.write(("\n" if tight else f"\n{indent.rstrip()}\n") + indent)

    def write(self, text: str) -> None:
        self.parts.append(text)

    @abstractmethod
    def runs(self, runs: Sequence[Run], indent: str) -> None: ...

    @abstractmethod
    def heading(self, level: int, runs: Runs, indent: str) -> None: ...

    @abstractmethod
    def code(self, code: Code, indent: str) -> None: ...

    @abstractmethod
    def quote(self, blocks: Sequence[Block], indent: str, depth: int) -> None: ...
