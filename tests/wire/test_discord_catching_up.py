"""What people wrote while nobody listened: found, once, in order, through the real SDK and a gateway of our own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from channels.discord.catching_up import PAGE, PAGES_OF_ONE
from hub.messages import Conversation, Seen
from tests.wire.discord_listener import ME, SOMEBODY, channel_on, listening
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT, CHANNEL, GUILD, OTHER_THREAD, THREAD
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.process import serving
from tests.wire.memory_hub import MemoryHub, until

pytestmark = pytest.mark.wire


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with serving(FakeDiscord()) as fake:
        yield fake
        assert fake.complaints == []


def seen(fake: FakeDiscord, message: str, thread: str = "", guild: str = "") -> Seen:
    """The hub has stored this message."""
    chat = CHANNEL if thread else fake.messages[message].data["channel_id"]
    where = Conversation("discord", "main", chat, thread, guild, private=not guild)
    return Seen(where, message, (int(message) >> 22) + 1_420_070_400_000)


async def test_what_was_written_before_comes_before_what_is_written_now(fake: FakeDiscord) -> None:
    hub = MemoryHub()
    hub.seen = [seen(fake, fake.say(SOMEBODY, "stored"))]
    for number in range(250):
        fake.say(SOMEBODY, f"#{number}")
    fake.faults.script("history", "", "500", "429")
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        for number in range(250, 260):
            fake.say(SOMEBODY, f"#{number}")
            await asyncio.sleep(0.002)
        await until(lambda: len(hub.texts) == 260)
    assert hub.texts == [f"#{number}" for number in range(260)]
    assert fake.books.calls["history"] >= 5


async def test_in_a_server_it_is_what_was_meant_for_the_bot(fake: FakeDiscord) -> None:
    own = {"content": "my answer", "author": BOT}
    fake.say(CHANNEL, "among us", guild=GUILD)
    fake.say(CHANNEL, f"{ME} are you there?", guild=GUILD, mentions=[BOT])
    fake.say(CHANNEL, "and this?", guild=GUILD, type=19, referenced_message=own)
    fake.say(THREAD, "in your thread", guild=GUILD)
    hub = MemoryHub()
    hub.seen = [seen(fake, fake.say(OTHER_THREAD, "stored", guild=GUILD), OTHER_THREAD, GUILD)]
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        await until(lambda: len(hub.texts) == 4)
        await until(lambda: fake.books.calls["history"] == 2)
    found = [(m.text, m.addressed, m.conversation.chat, m.conversation.thread) for m in hub.messages.values()]
    assert found == [
        ("among us", False, CHANNEL, ""),
        ("are you there?", True, CHANNEL, ""),
        ("and this?", True, CHANNEL, ""),
        ("in your thread", True, CHANNEL, THREAD),
    ]
    assert {m.conversation.workspace for m in hub.messages.values()} == {GUILD}
    assert {m.hints.workspace_locale for m in hub.messages.values()} == {"pt-BR"}


async def test_others_need_not_wait_and_what_may_not_be_read_holds_nobody_up(fake: FakeDiscord) -> None:
    hub = MemoryHub()
    hub.seen = [seen(fake, fake.say(SOMEBODY, "stored"))]
    fake.say(CHANNEL, "old", guild=GUILD)
    fake.unreadable.add(CHANNEL)
    fake.faults.set(Plan(chances={"500": 1.0}, only=("history",)))
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        fake.say("700000000000000009", "another's")
        await until(lambda: "another's" in hub.texts)
        fake.say(SOMEBODY, "live")
        fake.say(CHANNEL, "there too", guild=GUILD)
        await asyncio.sleep(0.05)
        assert hub.texts == ["another's"]
        fake.faults.set(Plan())
        await until(lambda: len(hub.texts) == 3)
    assert set(hub.texts) == {"another's", "live", "there too"}


async def test_a_session_that_begins_anew_misses_nothing(fake: FakeDiscord) -> None:
    hub = MemoryHub()
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        hub.seen = [seen(fake, fake.say(SOMEBODY, "before"))]
        await until(lambda: hub.texts)
        fake.gateway.forget_sessions()
        fake.say(SOMEBODY, "in between")
        await until(lambda: fake.gateway.identified == 2)
        fake.say(SOMEBODY, "after")
        await until(lambda: len(hub.texts) == 3)
    assert hub.texts == ["before", "in between", "after"]


async def test_a_session_that_is_resumed_needs_no_looking(fake: FakeDiscord) -> None:
    hub = MemoryHub()
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        before = fake.say(SOMEBODY, "before")
        await until(lambda: hub.texts)  # so what was seen has been asked for
        hub.seen = [seen(fake, before)]
        fake.gateway.drop()
        await until(lambda: fake.gateway.resumed)
        fake.say(SOMEBODY, "after")
        await until(lambda: len(hub.texts) == 2)
    assert fake.books.calls["history"] == 0


async def test_what_is_older_than_a_day_is_left(fake: FakeDiscord) -> None:
    hub = MemoryHub()
    old = str(int(fake.new_id()) - (25 * 3_600_000 << 22))
    fake.say(CHANNEL, f"{ME} too late", guild=GUILD, mentions=[BOT], id=old)
    fake.say(CHANNEL, f"{ME} in time", guild=GUILD, mentions=[BOT])
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        await until(lambda: hub.texts)
    assert hub.texts == ["in time"]


async def test_what_was_rewritten_meanwhile_is_read_as_it_stands_now(fake: FakeDiscord) -> None:
    hub = MemoryHub()
    hub.seen = [seen(fake, fake.say(SOMEBODY, "stored"))]
    fake.rewrite(fake.say(SOMEBODY, "frist"), "first")
    fake.erase(fake.say(SOMEBODY, "taken back"))
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        fake.say(SOMEBODY, "second")
        await until(lambda: len(hub.texts) == 2)
    assert hub.texts == ["first", "second"]


async def test_no_more_of_one_channel_is_read_than_its_bound(
    fake: FakeDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    hub = MemoryHub()
    hub.seen = [seen(fake, fake.say(SOMEBODY, "stored"))]
    for number in range(PAGE * PAGES_OF_ONE + 50):
        fake.say(SOMEBODY, f"#{number}")
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        fake.say(SOMEBODY, "live")
        await until(lambda: "live" in hub.texts)
    assert hub.texts == [*(f"#{number}" for number in range(PAGE * PAGES_OF_ONE)), "live"]
    assert "the rest is left" in caplog.text
