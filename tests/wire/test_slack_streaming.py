"""Answers of the Slack channel that grow in a stream, and where they cannot."""

import time
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise

import pytest

from channels.slack.channel import SlackChannel
from channels.slack.memory import Asker
from hub import channel as port
from hub.messages import Conversation, Target
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import FakeSlack, number_of, ts_of
from tests.wire.slack_listener import FAST, ROOM, channel_on

pytestmark = pytest.mark.wire

ROOT = "5.000001"
CHANNEL = Target(Conversation("slack", "main", "C00000900", ROOT, private=False), ROOT)
ANSWER = "It takes two days, or `one` where the depot is near; <!channel> and @here are not called. Ask again!"
SHOWN = ANSWER.replace("<!", "<\N{WORD JOINER}!").replace("@here", "@\N{WORD JOINER}here")
"""As markdown_text."""
UPDATED = ANSWER.replace("@here", "@\N{WORD JOINER}here").replace("<", "&lt;").replace(">", "&gt;")
"""As mrkdwn."""


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with serving(FakeSlack()) as fake:
        fake.say(ROOM, "a question", kind="channel", ts=ROOT)
        yield fake
        assert fake.complaints == []
        assert fake.streaming == set()


@pytest.fixture
async def channel(fake: FakeSlack) -> AsyncIterator[SlackChannel]:
    async with channel_on(fake) as channel:
        channel._memory.asked("C00000900", ROOT, Asker("U1", "T2"))
        yield channel


async def answer(channel: SlackChannel, text: str = ANSWER, *, steps: int = 4) -> str:
    """As delivery does it, without repeating what was refused."""
    part = await channel.placeholder(CHANNEL)
    for step in range(1, steps + 1):
        with suppress(port.ChannelError):
            await channel.edit(CHANNEL, part, text[: len(text) * step // steps], final=False)
    return part


def shown(fake: FakeSlack, part: str) -> list[str]:
    return fake.books.shown[ROOM, number_of(part)].texts


async def test_growth_is_appended_and_the_end_has_buttons(fake: FakeSlack, channel: SlackChannel) -> None:
    asked: list[tuple[object, object]] = []
    fake.on_call = lambda method, given: asked.append((given.get("recipient_user_id"), given.get("recipient_team_id")))
    part = await answer(channel)
    await channel.edit(CHANNEL, part, ANSWER, final=True)
    assert asked[0] == ("U1", "T2")
    texts = shown(fake, part)
    assert texts[-1] == SHOWN
    assert len(texts) == 6
    assert all(after.startswith(before) for before, after in pairwise(texts[1:]))
    assert fake.buttons[ROOM, number_of(part)] == ["hub_again", "hub_good", "hub_bad"]
    assert fake.books.calls["chat.update"] == fake.books.calls["chat.postMessage"] == 0
    await channel.edit(CHANNEL, part, ANSWER, final=True)  # delivered anew, as after a restart: no error
    assert shown(fake, part)[-1] == UPDATED


async def test_a_part_that_is_not_the_last_has_no_buttons(fake: FakeSlack, channel: SlackChannel) -> None:
    part = await answer(channel)
    await channel.edit(CHANNEL, part, ANSWER, final=True, last=False)
    assert fake.buttons[ROOM, number_of(part)] == []


async def test_where_every_append_is_refused_the_text_arrives_whole(fake: FakeSlack, channel: SlackChannel) -> None:
    fake.faults.script("chat.appendStream", "429", "refuse internal_error", "refuse invalid_blocks", "500")
    part = await answer(channel)
    await channel.edit(CHANNEL, part, ANSWER, final=True)
    assert shown(fake, part)[-1] in (SHOWN, UPDATED)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500"])
async def test_an_append_whose_fate_is_unknown_is_never_repeated(
    fake: FakeSlack, channel: SlackChannel, fault: str
) -> None:
    fake.faults.script("chat.appendStream", "", fault)
    part = await answer(channel)
    await channel.edit(CHANNEL, part, ANSWER, final=True)
    assert shown(fake, part)[-1] == UPDATED
    assert fake.books.calls["chat.appendStream"] == 2


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "429", "refuse invalid_blocks"])
async def test_an_end_that_fails_is_made_up_for(fake: FakeSlack, channel: SlackChannel, fault: str) -> None:
    fake.faults.script("chat.stopStream", fault)
    part = await answer(channel)
    for _ in range(2):
        with suppress(port.RetryAfter, port.Ambiguous):
            await channel.edit(CHANNEL, part, ANSWER, final=True)
            break
    assert shown(fake, part)[-1] in (SHOWN, UPDATED)
    assert "hub_again" in fake.buttons[ROOM, number_of(part)]


async def test_an_answer_that_begins_anew_goes_on_by_updates(fake: FakeSlack, channel: SlackChannel) -> None:
    part = await answer(channel)
    await channel.edit(CHANNEL, part, "(Beginning again.) It takes three days", final=False)
    assert fake.buttons[ROOM, number_of(part)] == ["hub_stop"]
    await channel.edit(CHANNEL, part, "(Beginning again.) It takes three days.", final=True)
    assert shown(fake, part)[-1] == "(Beginning again.) It takes three days."
    assert fake.books.calls["chat.stopStream"] == 1


async def test_a_stream_of_an_earlier_process_is_ended_first(fake: FakeSlack, channel: SlackChannel) -> None:
    part = await answer(channel)
    async with channel_on(fake) as later:
        await later.edit(CHANNEL, part, ANSWER, final=True)
    assert shown(fake, part)[-1] == UPDATED


async def test_a_message_deleted_by_hand_while_it_streams_is_gone(fake: FakeSlack, channel: SlackChannel) -> None:
    part = await answer(channel)
    fake.books.shown[ROOM, number_of(part)].deleted_s = 1.0
    fake.streaming.clear()
    with pytest.raises(port.Gone):
        await channel.edit(CHANNEL, part, ANSWER, final=True)
    assert not channel._streams.is_open(part)


async def test_rich_text_that_cannot_become_blocks_becomes_markdown(fake: FakeSlack, channel: SlackChannel) -> None:
    part = await answer(channel)
    await channel.edit(CHANNEL, part, "Anew, and quite different", final=False)
    fake.faults.script("chat.update", "refuse block_mismatch")
    await channel.edit(CHANNEL, part, "Anew, and at its end", final=True)
    assert shown(fake, part)[-1] == "Anew, and at its end"


async def test_whom_nobody_remembers_is_answered_by_updates(fake: FakeSlack) -> None:
    async with channel_on(fake) as channel:
        part = await answer(channel)
        await channel.edit(CHANNEL, part, ANSWER, final=True)
    assert fake.books.calls["chat.startStream"] == 0
    assert shown(fake, part)[-1] == UPDATED


async def test_a_thread_in_a_private_chat_streams_to_whoever_is_there(fake: FakeSlack, channel: SlackChannel) -> None:
    number = fake.say(77, "Hello")  # as every message is where the app is an assistant
    thread = Target(Conversation("slack", "main", "D00000077", ts_of(number)), ts_of(number))
    part = await channel.placeholder(thread)
    await channel.edit(thread, part, ANSWER, final=True)
    assert fake.books.answers(77) == [SHOWN]
    assert fake.streamed == {(77, number_of(part))}


async def test_a_message_withdrawn_while_it_streams_is_gone(fake: FakeSlack, channel: SlackChannel) -> None:
    part = await answer(channel)
    await channel.remove(CHANNEL, part)
    assert fake.books.answers(ROOM) == []


async def test_streams_begin_only_where_they_can_be_ended_within_their_tier() -> None:
    # Tiers at 60 times Slack's speed on both sides: 20 starts and 20 stops a second.
    async with serving(FakeSlack(tiers=60)) as fake:
        fake.say(ROOM, "a question", kind="channel", ts=ROOT)
        async with channel_on(fake, pace=port.Pace(overall=300, chat=1000, group=1000)) as channel:
            channel._memory.asked("C00000900", ROOT, Asker("U1", "T2"))
            began_s = time.monotonic()
            parts = [await channel.placeholder(CHANNEL) for _ in range(30)]
            seconds = int(time.monotonic() - began_s)
            for part in parts:
                await channel.edit(CHANNEL, part, ANSWER, final=True)
        assert fake.complaints == []
        assert 20 <= len(fake.streamed) <= 20 * (1 + seconds)
        assert fake.books.calls["chat.postMessage"] == 30 - len(fake.streamed)
        assert {shown(fake, part)[-1] for part in parts} <= {SHOWN, UPDATED}
    assert FAST.overall > 300  # the other tests are not held up by any tier
