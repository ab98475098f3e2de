"""The ledger beside the provider's books, by call and in sums: what disagrees is a problem, the rest is listed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import StringIO

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hub.money.amounts import decimal_usd
from hub.money.costs import CostsBy, costs
from hub.money.prices import PricedModel, Tokens, cost_nusd, worst_nusd
from hub.store import Database, Row
from tests.money.calls import ZONE, audited, rows
from tests.money.invoice.books import Books, Entry, invoice_nusd
from tests.money.invoice.run import Run

_COLUMNS = {
    "input": "input",
    "cached_input": "cached",
    "cache_write": "cache_write",
    "output": "output",
    "reasoning": "reasoning",
    "cache_write_1h": "cache_write_1h",
    "audio_input": "audio_input",
    "cached_audio": "cached_audio",
    "audio_output": "audio_output",
    "image_input": "image_input",
    "cached_image": "cached_image",
    "image_output": "image_output",
}
MOST_SHOWN = 40


class Line(msgspec.Struct, frozen=True):
    """One call: what the ledger charges for it, corrections included, and what the provider bills."""

    mark: str
    model: str
    fate: str
    marked: str
    """As its row is; `presumed, corrected` where there are two."""
    charged: int
    billed: int

    @property
    def difference(self) -> int:
        return self.charged - self.billed


class Verdict(msgspec.Struct, frozen=True):
    """All that was compared."""

    lines: list[Line]
    problems: list[str]

    @property
    def listed(self) -> list[Line]:
        """The rows that are marked."""
        return [line for line in self.lines if line.marked]


async def compared(run: Run, database: Database) -> Verdict:
    """Every row of the ledger beside the provider's books."""
    found: dict[str, list[list[Row]]] = defaultdict(list)
    for row in await rows(database, "SELECT * FROM ledger ORDER BY hold, id"):
        calls = found[row["message"]]
        if calls and calls[-1][0]["hold"] == row["hold"]:
            calls[-1].append(row)
        else:
            calls.append([row])
    lines, problems = _by_call(run.books, found)
    problems += [each for each in map(_judged, lines) if each]
    for calls in found.values():
        problems += [each for call in calls for each in _from_itself(call)]
    problems += await _sums(database, lines)
    await audited(database)
    return Verdict([line for line, _ in lines], problems)


Compared = tuple[Line, Entry]


def _by_call(books: Books, found: dict[str, list[list[Row]]]) -> tuple[list[Compared], list[str]]:
    lines: list[Compared] = []
    problems = []
    for mark in {**books.entries, **found}:
        answered = [entry for entry in books.entries[mark] if _leaves_a_row(entry)]
        calls = found[mark]
        if len(answered) != len(calls):
            fates = [entry.fate for entry in books.entries[mark]]
            problems.append(f"{mark}: {len(answered)} calls at the provider, {len(calls)} in the ledger: {fates}")
            continue
        lines += [(_line(entry, call), entry) for entry, call in zip(answered, calls, strict=True)]
    return lines, problems


def _leaves_a_row(entry: Entry) -> bool:
    """What was refused costs nothing and leaves none; one that was presumed meanwhile has one, and its correction."""
    return not entry.refused or entry.fate.startswith("presumed")


def _line(entry: Entry, call: Sequence[Row]) -> Line:
    marked = "presumed, corrected" if len(call) > 1 else call[0]["mark"]
    if call[0]["mark"] == "unpriced":
        marked = "unpriced"
    charged = sum(row["cost_nusd"] for row in call)
    return Line(entry.mark, call[0]["model"], entry.fate, marked, charged, entry.nusd)


def _judged(compared: Compared) -> str:
    """What is wrong with a line; empty: nothing."""
    line, entry = compared
    words = f"{line.mark} {line.model} ({line.fate}) {line.marked or 'unmarked'}: {line.difference:+,} nano-dollars"
    if line.model != entry.model:
        return f"{words}, and it was {entry.model}"
    if line.marked == "unpriced":
        return "" if line.charged == 0 else words
    if entry.delivered or entry.refused or not line.marked:
        if line.difference:
            return f"{words}, where nothing was unknown"
        if line.marked in ("estimated", "presumed"):
            return f"{words}, though the provider had told all"
    return f"{words}, below the provider's" if line.difference < 0 else ""


def _from_itself(call: Sequence[Row]) -> Iterator[str]:
    """Each row's cost follows from its own tokens and its own price; a correction's from both rows' together."""
    price = _price(call[0]["price"])
    summed = {name: sum(row[f"{column}_tokens"] for row in call) for name, column in _COLUMNS.items()}
    tokens, charged = Tokens(**summed), sum(row["cost_nusd"] for row in call)
    least, most = cost_nusd(price, tokens), worst_nusd(price, tokens)
    certain = call[-1]["mark"] == ""
    if charged != least and (certain or charged != most):
        yield f"{call[0]['hold']} ({call[-1]['mark']}): {charged} is not what its tokens cost: {least} or {most}"


@lru_cache
def _price(pinned: str) -> PricedModel:
    return msgspec.json.decode(pinned, type=PricedModel)


async def _sums(database: Database, lines: Iterable[Compared]) -> Iterable[str]:
    """What the hub says of each model is what the provider bills for it, and the listed differences."""
    billed: dict[str, int] = defaultdict(int)
    differences: dict[str, int] = defaultdict(int)
    for line, entry in lines:
        billed[entry.model] += invoice_nusd(entry.model, entry.items)
        differences[entry.model] += line.difference if line.marked else 0
    said = {each.label: each.cost_nusd for each in await costs(database, CostsBy.MODEL, 0, 2**62, ZONE)}
    return [
        f"{model}: the hub says {decimal_usd(said.get(model, 0))}, the provider {decimal_usd(billed[model])},"
        f" and {decimal_usd(differences[model])} of that is listed"
        for model in sorted({*said, *billed})
        if said.get(model, 0) != billed[model] + differences[model]
    ]


def by_mark(verdict: Verdict) -> str:
    """A table by mark: how many, what they charge, what the provider bills, the least and the greatest difference."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in verdict.lines:
        groups[line.marked or "unmarked"].append(line)
    body = [
        (
            name,
            f"{len(group):,}",
            *(
                decimal_usd(sum(getattr(line, field) for line in group))
                for field in ("charged", "billed", "difference")
            ),
            f"{min(line.difference for line in group):+,}",
            f"{max(line.difference for line in group):+,}",
        )
        for name, group in sorted(groups.items())
    ]
    return _table(("mark", "calls", "ledger $", "provider $", "difference $", "least nusd", "most nusd"), body)


def by_call(lines: Iterable[Line], most: int | None = None) -> str:
    """A table of lines, the greatest difference first."""
    ordered = sorted(lines, key=lambda line: (-abs(line.difference), line.mark))
    body = [
        (
            line.mark,
            line.model,
            line.fate,
            line.marked or "unmarked",
            decimal_usd(line.charged),
            decimal_usd(line.billed),
            f"{line.difference:+,}",
        )
        for line in ordered[:most]
    ]
    return _table(("call", "model", "what became of it", "mark", "ledger $", "provider $", "nusd"), body)


def report(verdict: Verdict) -> str:
    """What a failing test shows: every problem, the sums, and the largest differences."""
    shown = "\n".join(verdict.problems[:MOST_SHOWN])
    more = len(verdict.problems) - MOST_SHOWN
    rest = f"\n… and {more} more" if more > 0 else ""
    listed = by_call(verdict.listed, MOST_SHOWN)
    return f"{len(verdict.problems)} problems\n{shown}{rest}\n\n{by_mark(verdict)}\n{listed}"


def _table(heads: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    table = Table(box=SIMPLE_HEAD)
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 or head in ("model", "mark") else "right", no_wrap=True)
    for cells in body:
        table.add_row(*cells)
    text = StringIO()
    Console(file=text, width=160).print(table)
    return text.getvalue()
