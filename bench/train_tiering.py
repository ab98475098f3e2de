"""Trains the weights of hub.tiering from prompts that a weak and a strong model have answered.

    python -m bench.train_tiering FILE        writes hub/tiering/weights.json

FILE has one JSON object a line: `prompt`, and `weak` and `strong` (whether each answered rightly). The same file makes
the same weights. No text enters them: words stand in them as checksums, prompts not at all.
"""

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

import hub.tiering
from bench.given import FileUnusable, one_sentence, read_lines
from hub.tiering.difficulty import WEIGHTS, Tree, Weights, encoded
from hub.tiering.features import Topics, lists_options, shape, word_counts

TREES = 100
LEAF = 20
"""Prompts in the smallest leaf."""
TRIED = 0.4
"""Of the features, at each node."""
PROSE_TREES, PROSE_LEAF, PROSE_TRIED = 60, 10, 0.3
"""Of the trees for prompts that list no options."""
PROSE_LEAST = 100
"""Such prompts, below which they get no trees of their own."""
DIRECTIONS = 20
WORDS = 3_000
"""The most frequent; each in three prompts or more."""
LEAST_PROMPTS = 3
LEAST = 30
"""Prompts of a file."""
PARTS = 3
"""For the scale: each is judged by a forest of the others."""
SEED = 20_261_121

Array = np.ndarray[Any, Any]

# One prompt is looked at for many forests.
_counts, _shape = cache(word_counts), cache(shape)


class Prompt(msgspec.Struct, frozen=True):
    """One line of the file."""

    prompt: str
    weak: bool
    strong: bool
    task: str = ""


def read_prompts(file: Path) -> list[Prompt]:
    """Raises FileUnusable."""
    prompts = read_lines(file, Prompt)
    if len(prompts) < LEAST:
        raise FileUnusable(f"{file} has {len(prompts)} prompts; to learn from some and judge others takes {LEAST}.")
    return prompts


def train(prompts: Sequence[Prompt], seed: int = SEED) -> Weights:
    """The weights from these prompts; their scale from parts of them that were held out in turn."""
    gains = np.empty(len(prompts))
    for train_on, held_out in folds(len(prompts), PARTS, seed):
        part = _forest([prompts[place] for place in train_on], seed)
        gains[held_out] = [part.gain(prompts[place].prompt) for place in held_out]
    whole = _forest(prompts, seed)
    return msgspec.structs.replace(whole, mean=float(gains.mean()), spread=float(gains.std()) or 1.0)


def folds(count: int, many: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Places to train on and places to hold out, each held out once."""
    lot = np.random.default_rng(seed).permutation(count) % many
    return [(np.flatnonzero(lot != each).tolist(), np.flatnonzero(lot == each).tolist()) for each in range(many)]


def _forest(prompts: Sequence[Prompt], seed: int) -> Weights:
    random = np.random.default_rng(seed)
    topics = _topics(prompts, random)
    rows = np.array(
        [[*_shape(each.prompt), *topics.of(_counts(each.prompt))] for each in prompts]
    )  # as `features` does
    right = np.array([[each.weak, each.strong] for each in prompts], dtype=float)
    trees = tuple(_tree(rows, right, random, LEAF, TRIED) for _ in range(TREES))
    free = [at for at, each in enumerate(prompts) if not lists_options(each.prompt)]
    shapes = rows[free, : rows.shape[1] - topics.directions]
    many = PROSE_TREES if len(free) >= PROSE_LEAST else 0
    prose = tuple(_tree(shapes, right[free], random, PROSE_LEAF, PROSE_TRIED) for _ in range(many))
    return Weights(topics, trees, prose, mean=0.0, spread=1.0)


# -- words -------------------------------------------------------------------------------------------------------------


def _topics(prompts: Sequence[Prompt], random: np.random.Generator) -> Topics:
    """Latent semantic directions: the randomized singular value decomposition of tf-idf (Halko et al. 2011)."""
    counted = [_counts(each.prompt) for each in prompts]
    found = Counter(key for counts in counted for key in counts)
    kept = sorted(key for key, count in found.most_common(WORDS) if count >= LEAST_PROMPTS)
    place = {key: at for at, key in enumerate(kept)}
    idf = np.array([1 + np.log((1 + len(prompts)) / (1 + found[key])) for key in kept])
    table = np.zeros((len(prompts), len(kept)))
    for row, counts in zip(table, counted, strict=True):
        for key, count in counts.items():
            if key in place:
                row[place[key]] = (1 + np.log(count)) * idf[place[key]]
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    directions = min(DIRECTIONS, *table.shape)
    basis = table @ random.standard_normal((len(kept), directions + 10))
    for _ in range(4):
        basis = table @ (table.T @ np.linalg.qr(basis)[0])
    right = np.linalg.svd(np.linalg.qr(basis)[0].T @ table, full_matrices=False)[2][:directions]
    weights = right.T * idf[:, None]
    return Topics({key: tuple(map(float, weights[at])) for at, key in enumerate(kept)}, directions)


# -- trees -------------------------------------------------------------------------------------------------------------


def _tree(rows: Array, right: Array, random: np.random.Generator, leaf: int, tried: float) -> Tree:
    """One tree: at each node the best of random thresholds of a few random features."""
    nodes: list[tuple[int, float, int]] = []

    def grow(members: Array) -> None:
        at = len(nodes)
        split = _split(rows[members], right[members], random, leaf, tried)
        if split is None:
            weak, strong = right[members].mean(axis=0)
            nodes.append((255, float(strong - weak), 0))
            return
        feature, threshold = split
        nodes.append((feature, threshold, 0))
        above = rows[members, feature] > threshold
        grow(members[~above])
        nodes[at] = (feature, threshold, len(nodes))
        grow(members[above])

    grow(np.arange(len(rows)))
    return tuple(nodes)


def _split(rows: Array, right: Array, random: np.random.Generator, leaf: int, share: float) -> tuple[int, float] | None:
    if len(rows) < 2 * leaf or not right.std(axis=0).any():
        return None
    low, high = rows.min(axis=0), rows.max(axis=0)
    able = np.flatnonzero(high > low)
    tried = random.permutation(able)[: max(1, int(share * rows.shape[1]))]
    # As the file keeps them, so that training sees what the hub will.
    thresholds = random.uniform(low[tried], high[tried]).astype(np.float16).astype(float)
    above = rows[:, tried] > thresholds
    many = above.sum(axis=0)
    sums = above.T.astype(float) @ right
    rest = right.sum(axis=0) - sums
    fits = (many >= leaf) & (len(rows) - many >= leaf)
    if not fits.any():
        return None
    # The most of the variance explained: the sum of squares between the two sides.
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = (sums**2).sum(axis=1) / many + (rest**2).sum(axis=1) / (len(rows) - many)
    best = int(np.argmax(np.where(fits, worth, -np.inf)))
    return int(tried[best]), float(thresholds[best])


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the weights of hub.tiering.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, default=Path(hub.tiering.__path__[0]) / WEIGHTS)
    given = parser.parse_args()
    with one_sentence():
        prompts = read_prompts(given.file)
    digest = hashlib.sha256(given.file.read_bytes()).hexdigest()
    how: dict[str, str | int | float] = {"prompts": len(prompts), "sha256": digest, "seed": SEED, "trees": TREES}
    given.out.write_bytes(encoded(train(prompts), how))
    print(f"{given.out}: {given.out.stat().st_size:,} bytes from {len(prompts):,} prompts")


if __name__ == "__main__":
    main()
