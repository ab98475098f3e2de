"""What people wrote in Slack while nobody listened: found, handed over in order, and once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from channels.slack.backlog import AGE_S, MARGIN_S
from hub import channel as port
from hub.errors import TrunklineError
from hub.messages import Conversation, Exchange, Seen, Target
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import BOT_USER, TEAM, FakeSlack, ts_of
from tests.wire.memory_hub import MemoryHub, Naps, until
from tests.wire.slack_listener import ROOM, SOMEBODY, channel_on, listening

pytestmark = pytest.mark.wire

PRIVATE = Conversation("slack", "main", "D00000077", workspace=TEAM)


class HubWithPast(MemoryHub):
    """Knows one conversation since some time."""

    def __init__(self, where: Conversation, since_ms: int) -> None:
        super().__init__()
        self._where = where
        self.past = [Exchange("1", "hello", since_ms)]

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        return self.past[:limit] if conversation == self._where else []


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with serving(FakeSlack()) as fake:
        fake.deaf = True
        yield fake
        assert fake.complaints == []


def known(fake: FakeSlack, conversation: Conversation = PRIVATE, *, age_s: float = 0) -> list[Seen]:
    """The hub has this message, of the time before all that people write in a test."""
    return [Seen(conversation, f"{fake._base_s - 5}.000001", int((fake._base_s - 5 - age_s) * 1000))]


async def test_what_came_meanwhile_is_found_in_order_before_what_comes_now(fake: FakeSlack) -> None:
    fake.history.page = 3  # several pages
    for number in range(10):
        fake.say(SOMEBODY, f"#{number}")
    fake.say(78, "for the first time")
    hub = MemoryHub()
    hub.seen = known(fake)
    async with channel_on(fake) as channel, listening(channel, hub, fake, caught_up=False):
        fake.deaf = False
        for number in range(10, 13):
            fake.say(SOMEBODY, f"#{number}")
        await until(lambda: len(hub.messages) == 14)
    texts = [message.text for message in hub.messages.values() if message.conversation == PRIVATE]
    assert texts == [f"#{number}" for number in range(13)]
    assert fake.given_up == []


async def test_in_channels_only_what_is_meant_for_the_bot_is_addressed(fake: FakeSlack) -> None:
    root = f"{fake._base_s - 7200}.000001"  # a thread that began before, and that the hub knows
    fake.say(ROOM, f"<@{BOT_USER}> long ago", kind="channel", ts=root)
    fake.say(ROOM, "and so on", kind="channel", thread_ts=root)
    fake.say(ROOM, "to nobody", kind="channel")
    new = ts_of(fake.say(ROOM, f"<@{BOT_USER}> a question", kind="channel"))
    fake.say(ROOM, "and more", kind="channel", thread_ts=new)
    other = ts_of(fake.say(ROOM, "a thread of others", kind="channel"))
    fake.say(ROOM, "among themselves", kind="channel", thread_ts=other)
    fake.say(ROOM, f"what does <@{BOT_USER}> say?", kind="channel", thread_ts=other)
    thread = Conversation("slack", "main", "C00000900", root, TEAM, private=False)
    hub = HubWithPast(thread, since_ms=0)
    hub.seen = known(fake, thread)
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        await until(lambda: len(hub.messages) == 7)
    assert [(m.text, m.addressed) for m in hub.messages.values()] == [
        ("and so on", True),
        ("to nobody", False),
        ("a question", True),
        ("and more", True),
        ("a thread of others", False),
        ("among themselves", False),
        (f"what does @{BOT_USER} say?", True),
    ]


async def test_what_was_said_before_the_bot_came_into_a_thread_stays_unaddressed(fake: FakeSlack) -> None:
    root = ts_of(fake.say(ROOM, "a thread of others", kind="channel"))
    fake.say(ROOM, "among themselves", kind="channel", thread_ts=root)
    came = ts_of(fake.say(ROOM, f"<@{BOT_USER}> and you?", kind="channel", thread_ts=root))
    fake.say(ROOM, "go on", kind="channel", thread_ts=root)
    thread = Conversation("slack", "main", "C00000900", root, TEAM, private=False)
    hub = HubWithPast(thread, since_ms=int(float(came) * 1000))  # what came until then it had read before it ended
    hub.seen = known(fake, thread)
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        await until(lambda: len(hub.messages) == 4)
    assert [message.addressed for message in hub.messages.values()] == [False, False, True, True]


async def test_age_bounds_what_is_looked_for(fake: FakeSlack) -> None:
    now = fake._base_s
    fake.say(SOMEBODY, "too old", ts=f"{now - AGE_S - 60:.0f}.000001")
    fake.say(SOMEBODY, "yesterday", ts=f"{now - AGE_S + 600:.0f}.000001")
    hub = MemoryHub()
    hub.seen = known(fake)
    hub.seen[0] = Seen(PRIVATE, "1.000001", int((now - AGE_S + 60) * 1000))
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        await until(lambda: hub.texts)
    assert hub.texts == ["yesterday"]
    assert all(message.caught_up for message in hub.messages.values())


async def test_a_hub_that_knows_nobody_looks_back_minutes(fake: FakeSlack) -> None:
    fake.say(SOMEBODY, "before it was there", ts=f"{fake._base_s - MARGIN_S - 60:.0f}.000001")
    fake.say(SOMEBODY, "just now")
    hub = MemoryHub()
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        await until(lambda: hub.texts)
    assert hub.texts == ["just now"]


async def test_refusals_and_breaks_on_the_way_lose_nothing() -> None:
    plan = Plan(seed=3, chances={"429": 0.2, "drop_after": 0.2, "500": 0.1}, at_most=30, retry_after_s=0.05)
    async with serving(FakeSlack(faults=plan)) as fake:
        fake.deaf = True
        fake.history.page = 2
        for number in range(9):
            fake.say(SOMEBODY, f"#{number}")
        fake.faults.script("users.conversations", "refuse missing_scope")
        hub = MemoryHub()
        hub.seen = known(fake)
        hub.failures = [TrunklineError("The disk is full.")]
        async with channel_on(fake, sleep=Naps()) as channel, listening(channel, hub, fake):
            await until(lambda: len(hub.texts) == 9)
        assert fake.faults.struck
    assert hub.texts == [f"#{number}" for number in range(9)]


async def test_after_a_long_break_of_the_connection_history_is_looked_at_again(
    fake: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.slack.receiving.AWAY_S", 0.2)
    monkeypatch.setattr("channels.slack.receiving._LOOK_EVERY_S", 0.02)
    hub = MemoryHub()
    hub.seen = known(fake)
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        await asyncio.sleep(0.1)
        fake.faults.script("apps.connections.open", "500", "500", "500")
        fake.cut()
        fake.say(SOMEBODY, "while it was away")
        await until(lambda: hub.texts)
        assert fake.connections >= 2


async def test_the_tier_is_kept() -> None:
    # 50 a minute at 60 times the speed: 150 chats at once would be three times what is taken, and lateness allows two.
    async with serving(FakeSlack(tiers=60)) as fake:
        fake.deaf = True
        for person in range(150):
            fake.say(1000 + person, "hello")
        hub = MemoryHub()
        pace = port.Pace(overall=300, chat=1000, group=1000)
        async with channel_on(fake, pace=pace) as channel, listening(channel, hub, fake):
            await until(lambda: len(hub.texts) == 150)
        assert fake.complaints == []


async def test_a_reaction_below_an_answer_of_an_earlier_process_finds_its_thread(fake: FakeSlack) -> None:
    root = ts_of(fake.say(ROOM, "a question", kind="channel"))
    thread = Conversation("slack", "main", "C00000900", root, TEAM, private=False)
    async with channel_on(fake) as earlier:
        part = await earlier.placeholder(Target(thread, root))
    hub = MemoryHub()
    async with channel_on(fake) as channel, listening(channel, hub, fake):
        item = {"type": "message", "channel": "C00000900", "ts": part}
        reaction = {"type": "reaction_added", "user": "U1", "reaction": "+1", "item_user": BOT_USER, "item": item}
        sent = fake.event(reaction)
        await until(lambda: sent.acked)
    assert [(press.action, press.conversation) for press in hub.presses] == [("good", thread)]
