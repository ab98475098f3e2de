"""How few messages must go to the strong model: the hub's difficulty against prompt length.

    python -m bench.tiering FILE [--seeds 3]

FILE has one JSON object a line: `prompt`, `task`, and whether a `weak` and a `strong` model answered it rightly. The
figure is the least share of prompts that, sent to the strong model from the hardest down, keep 95 % of its right
answers. Cross-validated: each prompt is judged by weights that `bench.train_tiering` made without it (five folds, drawn
anew for each seed). Intervals are the middle 95 % of 1,000 draws of the prompts with replacement, the same for both
scores.
"""

import argparse
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.given import one_sentence
from bench.train_tiering import Prompt, folds, read_prompts, train
from hub.tiering import difficulty, shipped
from hub.tiering.difficulty import WEIGHTS, trained_by

KEEP = 0.95
FOLDS = 5
DRAWS = 1_000

Array = np.ndarray[Any, Any]


def strong_share(scores: Array, weak: Array, strong: Array) -> float:
    """The least share of prompts sent to the strong model, highest score first, that keeps KEEP of its right answers.

    1.0 where no share does.
    """
    order = np.argsort(-scores, kind="stable")
    right = weak.sum() + np.concatenate([[0.0], np.cumsum(strong[order] - weak[order])])
    enough = np.flatnonzero(right >= KEEP * strong.sum() - 1e-9)
    return float(enough[0]) / len(scores) if len(enough) else 1.0


def held_out(prompts: Sequence[Prompt], seed: int) -> Array:
    """The difficulty of each prompt by weights that have not seen it."""
    scores = np.empty(len(prompts))
    for fold, (_, rest) in enumerate(folds(len(prompts), FOLDS, seed)):
        scores[rest] = _scores(prompts, seed, fold)
    return scores


def held_out_all(prompts: Sequence[Prompt], seeds: int) -> list[Array]:
    """`held_out` for each seed from 0, in a process for each core.

    Sums of several threads come out differently from run to run and from machine to machine, and so would the trees; so
    each process has one.
    """
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    found = [np.empty(len(prompts)) for _ in range(seeds)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        parts = {
            (seed, fold): processes.submit(_scores, prompts, seed, fold)
            for seed in range(seeds)
            for fold in range(FOLDS)
        }
        for seed, scores in enumerate(found):
            for fold, (_, rest) in enumerate(folds(len(prompts), FOLDS, seed)):
                scores[rest] = parts[seed, fold].result()
    return found


def _scores(prompts: Sequence[Prompt], seed: int, fold: int) -> list[float]:
    """Of the prompts of one fold, by weights from the others."""
    train_on, rest = folds(len(prompts), FOLDS, seed)[fold]
    weights = train([prompts[place] for place in train_on])
    return [weights.difficulty(prompts[place].prompt) for place in rest]


def kinds(prompts: Sequence[Prompt]) -> dict[str, Array]:
    """Places of the prompts by the beginning of their task's name."""
    names = np.array([each.task.partition("/")[0] or "all" for each in prompts])
    return {str(name): np.flatnonzero(names == name) for name in np.unique(names)}


class Judged:
    """The prompts of one kind, and what they come to."""

    def __init__(self, prompts: Sequence[Prompt], places: Array) -> None:
        self.places = places
        self.weak = np.array([prompts[place].weak for place in places], dtype=float)
        self.strong = np.array([prompts[place].strong for place in places], dtype=float)
        self.length = np.array([len(prompts[place].prompt) for place in places], dtype=float)
        self._draws = np.random.default_rng(0).integers(0, len(places), (DRAWS, len(places)))

    def share(self, scores: Array) -> float:
        return strong_share(scores, self.weak, self.strong)

    def interval(self, figure: Callable[[Array], float]) -> str:
        low, high = np.percentile([figure(draw) for draw in self._draws], [2.5, 97.5])
        return f"{100 * low:.1f} to {100 * high:.1f}"

    def drawn(self, scores: Array, draw: Array) -> float:
        return strong_share(scores[draw], self.weak[draw], self.strong[draw])

    def line(self, table: Table, name: str, scores: Array) -> None:
        mine = 100 * self.share(scores)
        fewer = 100 * self.share(self.length) - mine
        table.add_row(
            name,
            f"{mine:.1f}",
            self.interval(lambda draw: self.drawn(scores, draw)),
            f"{fewer:.1f}",
            self.interval(lambda draw: self.drawn(self.length, draw) - self.drawn(scores, draw)),
        )


def decision_us(prompts: Sequence[Prompt]) -> Array:
    """Microseconds of CPU of each decision."""
    took = []
    for each in prompts:
        began = time.thread_time_ns()
        difficulty(each.prompt)
        took.append((time.thread_time_ns() - began) / 1000)
    return np.array(took)


def report(prompts: Sequence[Prompt], digest: str, seeds: int) -> None:
    known = trained_by((files("hub.tiering") / WEIGHTS).read_bytes())
    seen = "these very prompts" if known.get("sha256") == digest else "another file, which may share prompts with it"
    began = time.perf_counter()
    held = held_out_all(prompts, seeds)
    trained_s = time.perf_counter() - began
    weights = shipped()
    own = np.array([weights.difficulty(each.prompt) for each in prompts])
    console = Console(width=120)
    for kind, places in kinds(prompts).items():
        judged = Judged(prompts, places)
        title = (
            f"{kind}: {len(places):,} prompts, weak {100 * judged.weak.mean():.1f} % right, "
            f"strong {100 * judged.strong.mean():.1f} %"
        )
        table = Table("decided by", "strong calls, %", "interval", "below length, points", "interval", title=title)
        judged.line(table, "prompt length", judged.length)
        for seed, scores in enumerate(held):
            judged.line(table, f"cross-validated, folds {seed}", scores[places])
        judged.line(table, f"shipped weights (trained on {seen})", own[places])
        console.print(table)
        shares = [100 * judged.share(scores[places]) for scores in held]
        console.print(f"{kind}: mean of the folds' draws {np.mean(shares):.1f} %\n")
    took = decision_us(prompts)
    middle, late = np.percentile(took, [50, 99])
    console.print(f"one decision: CPU median {middle:.0f} µs, p99 {late:.0f} µs, longest {took.max():.0f} µs")
    console.print(f"training {seeds * FOLDS} times and judging: {trained_s:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description="How few messages must go to the strong model.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seeds", type=int, default=3, help="how often the folds are drawn")
    given = parser.parse_args()
    with one_sentence():
        prompts = read_prompts(given.file)
    report(prompts, hashlib.sha256(given.file.read_bytes()).hexdigest(), given.seeds)


if __name__ == "__main__":
    main()
