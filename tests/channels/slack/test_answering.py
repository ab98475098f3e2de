"""Windows of a tier, sections and buttons, and what streams."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.slack.buttons import SECTION_AT_MOST, WHEN_DONE, row_of, text_with
from channels.slack.streaming import HELD_BACK, markdown
from channels.slack.tiers import Window
from hub.messages import storable

pytestmark = pytest.mark.unit


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_a_window_gives_a_whole_tier_and_no_more_in_any_minute() -> None:
    time = Time()
    window = Window(20, now_s=time, sleep=time.sleep)
    for _ in range(45):
        await window.take()
    assert time.now == pytest.approx(220.0)
    assert window.room() == 15


@given(st.lists(st.sampled_from(["word ", "\n", "```", "x" * 700, "`", "&lt;"]), max_size=60).map("".join))
def test_a_section_takes_what_stands_in_it(text: str) -> None:
    blocks = json.loads(text_with(text, WHEN_DONE))
    sections = [block["text"]["text"] for block in blocks[:-1]]
    assert all(0 < len(section) <= SECTION_AT_MOST for section in sections)
    joined = "".join(sections)
    assert "".join(joined.replace("`", "").split()) == "".join(text.replace("`", "").split())
    assert [button["action_id"] for button in blocks[-1]["elements"]] == ["hub_again", "hub_good", "hub_bad"]


def test_a_fence_that_is_cut_is_closed_and_opened_again() -> None:
    code = "```\n" + "a line of code\n" * 300 + "```"
    sections = [block["text"]["text"] for block in json.loads(text_with(code, WHEN_DONE))[:-1]]
    assert len(sections) == 2
    assert all(section.startswith("```\n") and section.endswith("\n```") for section in sections)


def test_no_buttons_take_away_those_that_were_there() -> None:
    assert (text_with("text", ()), row_of(())) == ("[]", "")


@given(
    st.lists(st.sampled_from(["<", "@", "!", "channel", "here", "HERE", "every", "one", " ", "U1", "\ud800"])),
    st.data(),
)
def test_text_in_a_stream_only_grows_and_calls_nobody(pieces: list[str], data: st.DataObject) -> None:
    whole = "".join(pieces)
    shown = markdown(whole)
    begun = data.draw(st.integers(0, len(whole)))
    assert shown.startswith(markdown(whole[:begun])[:-HELD_BACK])
    assert not any(call in shown.lower() for call in ("<@", "<!", "@here ", "@channel ", "@everyone "))
    assert shown.replace("\N{WORD JOINER}", "") == storable(whole)
