"""The bench's metric by hand and against the published figures of prompt length; training finds what there is."""

from pathlib import Path

import numpy as np
import pytest

from bench.tiering import Judged, held_out, kinds, strong_share
from bench.train_tiering import Prompt, folds, read_prompts, train
from hub.tiering.difficulty import decoded, encoded, trained_by

pytestmark = pytest.mark.unit

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "tiering-dev.jsonl"


def share(scores: list[float], weak: list[int], strong: list[int]) -> float:
    return strong_share(*(np.array(each, dtype=float) for each in (scores, weak, strong)))


def test_the_least_share_that_keeps_the_strong_models_accuracy() -> None:
    assert share([4, 3, 2, 1], [0, 1, 1, 1], [1, 1, 1, 1]) == 0.25
    assert share([1, 2, 3, 4], [0, 1, 1, 1], [1, 1, 1, 1]) == 1.0
    assert share([1, 2, 3, 4], [1, 1, 1, 1], [1, 1, 0, 0]) == 0.0
    assert share([20 - place for place in range(20)], [0] * 20, [1] * 20) == 0.95


def test_folds_hold_each_prompt_out_once() -> None:
    found = folds(103, 5, seed=1)

    assert sorted(place for _, rest in found for place in rest) == list(range(103))
    assert all(not set(rest) & set(train_on) for train_on, rest in found)


def prompts(many: int = 240) -> list[Prompt]:
    """The weak model fails where an integral is asked for, whatever the length."""
    return [
        Prompt(
            prompt=f"{'Please. ' * (place % 7)}What is the {'colour' if place % 3 else 'integral'} of number {place}?",
            weak=place % 3 != 0,
            strong=True,
            task="made/up",
        )
        for place in range(many)
    ]


def test_training_finds_what_decides_and_repeats_itself() -> None:
    made = prompts()
    judged = Judged(made, kinds(made)["made"])

    weights = train(made)

    assert judged.share(held_out(made, seed=0)) < 0.35 < judged.share(judged.length)
    data = encoded(weights, {"prompts": len(made)})
    assert encoded(train(made), {"prompts": len(made)}) == data
    assert trained_by(data) == {"prompts": 240}
    again = decoded(data)
    assert again.gain("What is the integral of x?") > again.gain("What is the colour of x?") + 0.3
    for word in (b"integral", b"colour"):
        assert word not in data


@pytest.mark.skipif(not FILE.exists(), reason="the records are not there")
def test_prompt_length_comes_to_its_published_figures() -> None:
    found = read_prompts(FILE)

    shares = {kind: Judged(found, places) for kind, places in kinds(found).items()}

    assert {kind: round(100 * each.share(each.length), 1) for kind, each in shares.items()} == {
        "gsm8k": 74.8,
        "mmlu": 44.8,
    }
