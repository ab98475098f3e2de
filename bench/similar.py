"""How well similar questions are told from others: on labelled pairs in a file, and on minimal pairs of templates.

    python -m bench.similar FILE [--held-out]

FILE has one JSON object a line: `a`, `b` (questions) and `same` (a label). What is measured is what a hub does with
`reuse = { similar = true }`; where the extra `embeddings` is not installed, by canonical forms alone. Without
--held-out, the templates that no rule was made with are left out.
"""

import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from bench.given import FileUnusable, one_sentence, read_lines
from bench.minimal_pairs import Pair, pairs_of, templates
from hub.context import meaning
from hub.reuse import Likeness, ask_the_same, one_answer_serves

FOLDS = 5
Decide = Callable[[str, str], bool]


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), both ends as shares."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, z * z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    spread = z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - spread), min(1.0, middle + spread)


class Labelled(msgspec.Struct, frozen=True):
    """One line of the file."""

    a: str
    b: str
    same: bool | int


def labelled(file: Path) -> list[tuple[str, str, bool]]:
    """The pairs of a file. Raises FileUnusable."""
    pairs = [(each.a, each.b, bool(each.same)) for each in read_lines(file, Labelled)]
    if not pairs:
        raise FileUnusable(f"{file} has no pairs: one JSON object a line is wanted, with a, b and same.")
    return pairs


def _share(part: int, whole: int) -> str:
    low, high = wilson(part, whole)
    return f"{100 * part / whole if whole else 0:5.2f} % ({100 * low:.1f} to {100 * high:.1f})"


def on_labels(name: str, pairs: Sequence[tuple[str, str, bool]], decide: Decide) -> None:
    """A line of the table: hits among all pairs, and those of them that are labelled as different."""
    began = time.perf_counter()
    said = [(decide(a, b), same) for a, b, same in pairs]
    took_us = (time.perf_counter() - began) / max(1, len(pairs)) * 1e6
    hits = [same for hit, same in said if hit]
    order = list(range(len(said)))
    random.Random(1).shuffle(order)
    folds = [[said[at] for at in order[fold::FOLDS]] for fold in range(FOLDS)]
    by_fold = ", ".join(f"{100 * sum(hit for hit, _ in fold) / max(1, len(fold)):.1f}" for fold in folds)
    wrong = ", ".join(str(sum(hit and not same for hit, same in fold)) for fold in folds)
    print(f"{name:<34} hits {_share(len(hits), len(pairs))}, wrong {_share(hits.count(False), len(hits))}")
    print(
        f"{'':<34} {len(hits)} of {len(pairs)}; in {FOLDS} parts: {by_fold} %, wrong: {wrong}; {took_us:.0f} µs a pair"
    )


def on_templates(pairs: Sequence[Pair], likeness: Likeness | None) -> int:
    """The table of kinds; how many minimal pairs were taken for the same question."""
    same, serves = partial(ask_the_same, likeness=likeness), partial(one_answer_serves, likeness=likeness)
    kinds = sorted({pair.template.kind for pair in pairs})
    print(f"{'kind':<12}{'minimal pairs':>14}{'wrong hits':>12}{'twins':>8}{'hit':>8}{'given again':>13}")
    totals = [0] * 5
    for kind in kinds:
        of_kind = [pair for pair in pairs if pair.template.kind == kind]
        apart = [pair for pair in of_kind if not pair.same]
        twins = [pair for pair in of_kind if pair.same]
        row = [
            len(apart),
            sum(same(pair.one, pair.other) or serves(pair.one, pair.other) for pair in apart),
            len(twins),
            sum(same(pair.one, pair.other) for pair in twins),
            sum(serves(pair.one, pair.other) for pair in twins),
        ]
        totals = [a + b for a, b in zip(totals, row, strict=True)]
        _row(kind, row)
    _row("together", totals)
    return totals[1]


def _row(kind: str, row: Sequence[int]) -> None:
    apart, wrong, twins, hit, served = row
    hit_percent, served_percent = (100 * each / max(1, twins) for each in (hit, served))
    print(f"{kind:<12}{apart:>14}{wrong:>12}{twins:>8}{hit_percent:>7.0f}%{served_percent:>12.0f}%")


def main(arguments: Sequence[str]) -> None:
    files = [each for each in arguments if not each.startswith("--")]
    if len(files) != 1:
        sys.exit("Say which file: python -m bench.similar FILE [--held-out]")
    began = time.perf_counter()
    with one_sentence():
        pairs = labelled(Path(files[0]))
    ask_the_same("What is this?", "What is that?")  # tables are made on first use
    likeness = meaning.alike if meaning.installed() else None
    if likeness:
        likeness("What is this?", "What is that?")
        on_labels("by canonical forms alone", pairs, ask_the_same)
    else:
        print("The extra `embeddings` is not installed: by canonical forms alone.")
    on_labels("the verification alone", pairs, partial(ask_the_same, likeness=likeness))
    on_labels("given again, by all rules", pairs, partial(one_answer_serves, likeness=likeness))
    for held_out in (False, True) if "--held-out" in arguments else (False,):
        chosen = [each for each in templates() if each.held_out is held_out]
        made = [pair for each in chosen for pair in pairs_of(each)]
        print(f"\n{'Held-out' if held_out else 'Open'} templates: {len(chosen)}")
        on_templates(made, likeness)
    print(f"\n{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
