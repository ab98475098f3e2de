"""The bench of the channels: its bare bots answer, on the same fakes that the hub is tested with."""

import pytest

from bench.channels import BARE
from bench.throughput import measure

pytestmark = pytest.mark.wire


@pytest.mark.parametrize("channel", ["discord", "slack"])
def test_a_bare_bot_answers_everyone_once(channel: str) -> None:
    *_, words = BARE[channel].values()
    figures = measure(words, platform=channel, people=3, messages=10, warmup=1, bot_cpu=None, world_cpu=None)
    assert (figures["messages"], figures["unanswered"], figures["answered_twice"]) == (30, 0, 0)
    assert figures["shows_a_message"] == 2
