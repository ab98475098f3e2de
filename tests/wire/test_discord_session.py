"""How the gateway's session is kept: every way in which Discord ends it, through the real SDK."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from hub.messages import Target
from tests.wire.discord_listener import SOMEBODY, channel_on, listening
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT, CHANNEL, GUILD, TOKEN, a_guild
from tests.wire.fakes.process import serving
from tests.wire.memory_hub import MemoryHub, Naps, until

pytestmark = pytest.mark.wire


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with serving(FakeDiscord()) as fake:
        yield fake
        assert fake.complaints == []


@pytest.fixture
def hub() -> MemoryHub:
    return MemoryHub()


@pytest.mark.parametrize(
    ("code", "resumed", "identified"),
    [(1000, 1, 1), (1001, 1, 1), (4000, 1, 1), (4008, 1, 1), (4007, 0, 2), (4009, 0, 2)],
)
async def test_a_session_that_discord_ends_goes_on(
    fake: FakeDiscord, hub: MemoryHub, code: int, resumed: int, identified: int
) -> None:
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        fake.say(SOMEBODY, "one")
        await until(lambda: hub.texts)
        await fake.gateway.close_lines(code)
        await until(lambda: (fake.gateway.resumed, fake.gateway.identified) == (resumed, identified))
        fake.say(SOMEBODY, "two")
        await until(lambda: len(hub.texts) == 2)
    assert hub.texts == ["one", "two"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4004, "does not know the token"),
        (4011, "more servers than one connection"),
        (4013, "does not know an intent"),
        (4014, "Message Content Intent is off"),
    ],
)
async def test_what_only_a_person_can_change_is_said_once_and_tried_ever_more_slowly(
    fake: FakeDiscord, hub: MemoryHub, caplog: pytest.LogCaptureFixture, code: int, words: str
) -> None:
    naps = Naps()
    fake.gateway.refuses_with = [code] * 3
    async with channel_on(fake, naps) as channel, listening(channel, hub, fake):
        fake.say(SOMEBODY, "at last")
        await until(lambda: hub.texts)
    assert [nap for nap in naps.taken if nap >= 60] == [60, 120, 240]
    assert len([each for each in caplog.records if words in each.getMessage()]) == 1


async def test_a_token_that_discord_does_not_know_is_tried_slowly(
    fake: FakeDiscord, hub: MemoryHub, caplog: pytest.LogCaptureFixture
) -> None:
    naps, fake.token = Naps(), "another"
    async with channel_on(fake, naps) as channel:
        task = asyncio.create_task(channel.listen(hub))
        await until(lambda: len([nap for nap in naps.taken if nap >= 60]) >= 2)
        fake.token = TOKEN
        await until(lambda: fake.gateway.identified)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert len([each for each in caplog.records if "does not know the token" in each.getMessage()]) == 1


async def test_sessions_are_not_begun_beyond_what_discord_allows(
    fake: FakeDiscord, hub: MemoryHub, caplog: pytest.LogCaptureFixture
) -> None:
    naps = Naps()
    fake.sessions_left = 0
    async with channel_on(fake, naps) as channel, listening(channel, hub, fake):
        pass
    assert 3600 in naps.taken
    assert "may begin the next in 60 minutes" in caplog.text


async def test_a_gateway_that_is_away_is_tried_with_growing_waits(fake: FakeDiscord, hub: MemoryHub) -> None:
    naps = Naps()
    fake.gateway.accepting = False
    async with channel_on(fake, naps) as channel:
        task = asyncio.create_task(channel.listen(hub))
        await until(lambda: len(naps.taken) >= 5)
        fake.gateway.accepting = True
        await until(lambda: fake.gateway.identified)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    waits = [nap for nap in naps.taken if nap < 1]
    assert waits[0] < 0.3
    assert max(naps.taken) > 1.5


async def test_a_session_that_ends_as_soon_as_it_goes_on_is_tried_with_growing_waits(
    fake: FakeDiscord, hub: MemoryHub
) -> None:
    naps = Naps()
    fake.gateway.ends_at_once = 6
    async with channel_on(fake, naps) as channel, listening(channel, hub, fake):
        channel._listener._session._now = lambda: 0.0  # however slow the machine, none lives for long
        fake.say(SOMEBODY, "one")
        await until(lambda: hub.texts)
        fake.gateway.drop()
        await until(lambda: fake.gateway.resumed == 7)
        fake.say(SOMEBODY, "two")
        await until(lambda: len(hub.texts) == 2)
    assert max(naps.taken) >= 3.2
    assert fake.gateway.identified == 1


async def test_a_frame_that_cannot_be_read_is_passed_over_and_the_session_kept(
    fake: FakeDiscord, hub: MemoryHub, caplog: pytest.LogCaptureFixture
) -> None:
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        fake.gateway.dispatch("MESSAGE_CREATE", {"id": 7, "channel_id": [], "content": "my secret words"})
        fake.gateway.dispatch("GUILD_CREATE", {"id": None})
        fake.gateway.dispatch("READY", {})
        fake.gateway.garble("{")
        fake.say(SOMEBODY, "after it")
        await until(lambda: hub.texts)
        fake.gateway.drop()
        fake.say(SOMEBODY, "and later")
        await until(lambda: len(hub.texts) == 2)
    assert (fake.gateway.identified, fake.gateway.resumed) == (1, 1)
    assert "passed over" in caplog.text
    assert "my secret words" not in caplog.text


async def test_a_stream_that_breaks_is_begun_anew_and_the_session_resumed(fake: FakeDiscord, hub: MemoryHub) -> None:
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        fake.say(SOMEBODY, "one")
        await until(lambda: hub.texts)
        await fake.gateway.break_streams()
        await until(lambda: fake.gateway.resumed)
        fake.say(SOMEBODY, "two")
        await until(lambda: len(hub.texts) == 2)
    assert (hub.texts, fake.gateway.identified) == (["one", "two"], 1)


async def test_the_bot_comes_and_goes(fake: FakeDiscord, hub: MemoryHub) -> None:
    joined = {**a_guild(), "id": "800000000000000077", "joined_at": "2026-01-02T03:04:05+00:00", "threads": []}
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        fake.gateway.dispatch("GUILD_DELETE", {"id": GUILD, "unavailable": True})
        fake.gateway.dispatch("GUILD_CREATE", fake.gateway.guilds[0])
        for _ in range(2):
            fake.gateway.dispatch("GUILD_CREATE", joined)
            fake.gateway.dispatch("GUILD_DELETE", {"id": joined["id"]})
        await until(lambda: len(hub.memberships) == 4)
    assert [each.joined for each in hub.memberships] == [True, False, True, False]
    assert {each.conversation.workspace for each in hub.memberships} == {joined["id"]}
    assert hub.memberships[0].event_id == hub.memberships[2].event_id
    assert hub.memberships[1].event_id != hub.memberships[3].event_id


async def test_two_bots_side_by_side_share_nothing_but_the_address(fake: FakeDiscord, hub: MemoryHub) -> None:
    other, sales = {**BOT, "id": "900000000000000002", "username": "second"}, MemoryHub()
    fake.bots["OTAy.another.token"] = other
    hers = "700000000000000002"
    fake.private |= {SOMEBODY: BOT["id"], hers: other["id"]}
    async with (
        channel_on(fake) as one,
        channel_on(fake, token="OTAy.another.token", account="sales") as two,
        listening(one, hub, fake),
        listening(two, sales, fake),
    ):
        await until(lambda: fake.gateway.identified == 2)
        fake.say(SOMEBODY, "to the first")
        fake.say(hers, "to the second")
        fake.say(CHANNEL, f"<@{other['id']}> and here", guild=GUILD, mentions=[other])
        await until(lambda: len(hub.texts) == len(sales.texts) == 2)
        for channel, heard in ((one, hub), (two, sales)):
            (message, _) = heard.messages.values()
            target = Target(message.conversation, message.platform_id)
            await channel.edit(target, await channel.placeholder(target), f"from {channel.account}", final=True)
        assert [await each.probe() for each in (one, two)] == [
            "@fake answers, in 1 server",
            "@second answers, in 1 server",
        ]
    assert [(m.text, m.addressed) for m in hub.messages.values()] == [
        ("to the first", True),
        ("@second and here", False),
    ]
    assert [(m.text, m.addressed) for m in sales.messages.values()] == [("to the second", True), ("and here", True)]
    assert {each.conversation.account for each in sales.messages.values()} == {"sales"}
    assert [fake.books.answers(int(chat)) for chat in (SOMEBODY, hers)] == [["from main"], ["from sales"]]
