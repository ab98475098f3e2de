"""One process listens, another answers: what each channel needs of what only the first was told."""

import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from channels.discord.channel import DiscordChannel
from channels.slack.channel import SlackChannel
from channels.telegram.topics import Topics
from channels.web.channel import WebChannel
from channels.web.guard import LOOPBACK_HOSTS
from channels.web.stream import Pulse
from hub.channel import Gone, Pace
from hub.clock import SystemClock, new_id
from hub.messages import Attachment, Conversation, Press, Sender, Target, storable
from tests.channels.notes import MemoryNotes, MemoryRation
from tests.channels.web.fake_hub import LOOK, SECRET, FakeHub, listening, served
from tests.channels.web.test_stream import PATH, Event, events, new_browser, say, until
from tests.wire import discord_listener, slack_listener
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import TOKEN
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import APP_TOKEN, BOT_TOKEN, BOT_USER, TEAM, FakeSlack
from tests.wire.memory_hub import MemoryHub, Naps
from tests.wire.memory_hub import until as holds

pytestmark = pytest.mark.wire

SOMEBODY = discord_listener.SOMEBODY


@pytest.fixture
def notes() -> MemoryNotes:
    return MemoryNotes()


# -- Discord: a command is answered in its own place -----------------------------------------------------------------


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with serving(FakeDiscord()) as fake:
        yield fake
        assert fake.complaints == []


@contextlib.asynccontextmanager
async def bot(fake: FakeDiscord, notes: MemoryNotes) -> AsyncIterator[DiscordChannel]:
    channel = DiscordChannel(TOKEN, api_url=fake.api_url, gateway_url=fake.gateway_url, sleep=Naps(), notes=notes)
    try:
        yield channel
    finally:
        await channel.close()


async def test_a_command_is_answered_in_its_place_by_another_process(discord: FakeDiscord, notes: MemoryNotes) -> None:
    hub = MemoryHub()
    async with bot(discord, notes) as listener, bot(discord, notes) as one, bot(discord, notes) as next_one:
        async with discord_listener.listening(listener, hub, discord):
            number = discord.command(SOMEBODY, "help")
            await holds(lambda: hub.texts)
            target = Target(Conversation("discord", "main", SOMEBODY), number)
            part = await one.placeholder(target)
            await one.edit(target, part, "growing", final=False)
        # The one that answered dies: whoever goes on knows the place as well, and what stands in it.
        await next_one.edit(target, part, "whole", final=True)
        further = await next_one.placeholder(target)
        await one.edit(target, further, "more", final=True)
    assert "create" not in {kind for kind, _ in discord.requests}
    shown = {said.data["content"] for said in discord.messages.values() if said.data["flags"] & 64}
    assert shown == {"whole", "more"}


async def test_whoever_is_quicker_than_the_acknowledgement_waits_for_it(
    discord: FakeDiscord, notes: MemoryNotes
) -> None:
    hub = MemoryHub()
    async with bot(discord, notes) as listener, bot(discord, notes) as answerer:
        discord.faults.script("callback", "500", "")
        async with discord_listener.listening(listener, hub, discord):
            number = discord.command(SOMEBODY, "help")
            await holds(lambda: hub.texts)
            target = Target(Conversation("discord", "main", SOMEBODY), number)
            # Discord is never told: three seconds later the answer stands in the channel, for good.
            part = await answerer.placeholder(target)
            await answerer.edit(target, part, "here", final=True)
    assert [kind for kind, _ in discord.requests].count("create") == 1
    assert notes.left == {}


async def test_an_ordinary_message_is_looked_for_once(discord: FakeDiscord, notes: MemoryNotes) -> None:
    target = Target(Conversation("discord", "main", SOMEBODY), discord.say(SOMEBODY, "Hello"))
    async with bot(discord, notes) as channel:
        part = await channel.placeholder(target)
        notes.away = True
        await channel.edit(target, part, "answer", final=False)
        await channel.typing(target)
        await channel.edit(target, part, "answer", final=True)
    assert discord.books.answers(int(SOMEBODY)) == ["answer"]


# -- Slack: the way back, who asked, and the tiers -------------------------------------------------------------------


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with serving(FakeSlack()) as fake:
        yield fake
        assert fake.complaints == []


@contextlib.asynccontextmanager
async def app(fake: FakeSlack, notes: MemoryNotes, ration: MemoryRation | None = None) -> AsyncIterator[SlackChannel]:
    pace = Pace(overall=5.0, chat=1.0, group=1.0)
    channel = SlackChannel(
        BOT_TOKEN, app_token=APP_TOKEN, api_url=fake.api_url, sleep=Naps(), notes=notes, ration=ration, pace=pace
    )
    try:
        yield channel
    finally:
        await channel.close()


async def test_an_answer_in_a_channel_streams_for_who_asked(slack: FakeSlack, notes: MemoryNotes) -> None:
    hub = MemoryHub()
    async with app(slack, notes) as listener, app(slack, notes) as answerer:
        async with slack_listener.listening(listener, hub, slack):
            slack.say(77, f"<@{BOT_USER}> #a: hello", kind="channel")
            await holds(lambda: hub.texts)
        (message,) = hub.messages.values()
        part = await answerer.placeholder(Target(message.conversation, message.platform_id))
        assert slack.books.calls["chat.startStream"] == 1
        await answerer.edit(Target(message.conversation, message.platform_id), part, "answer", final=True)
    assert slack.books.answers(77) == ["answer"]


async def test_the_way_back_to_who_used_a_command_is_found(slack: FakeSlack, notes: MemoryNotes) -> None:
    hub = MemoryHub()
    async with app(slack, notes) as listener, app(slack, notes) as answerer:
        async with slack_listener.listening(listener, hub, slack):
            asked = {"command": "/hub", "text": "why", "team_id": TEAM, "user_id": "U1", "channel_id": "C00000077"}
            slack.command(asked | {"trigger_id": "1.2.abc", "response_url": f"{slack.server.url}/commands/w1"})
            await holds(lambda: hub.texts)
        (message,) = hub.messages.values()
        target = Target(message.conversation, message.platform_id)
        await answerer.edit(target, await answerer.placeholder(target), "Because.", final=True)
    assert slack.responses.shown == [("w1", "Because.")]


async def test_two_processes_stream_no_more_than_slack_allows_one_app(slack: FakeSlack, notes: MemoryNotes) -> None:
    ration = MemoryRation()
    hub = MemoryHub()
    async with app(slack, notes, ration) as one, app(slack, notes, ration) as other:
        async with slack_listener.listening(one, hub, slack):
            for number in range(24):
                slack.say(1000 + number, f"<@{BOT_USER}> #a{number}: hello", kind="channel")
            await holds(lambda: len(hub.texts) == 24)
        for number, message in enumerate(hub.messages.values()):
            await (one, other)[number % 2].placeholder(Target(message.conversation, message.platform_id))
    assert slack.books.calls["chat.startStream"] == 20
    assert slack.books.calls["chat.postMessage"] == 4
    assert ration.used["chat.startStream"] == ration.used["chat.stopStream"] == 20


# -- a connection that was given back is taken again -----------------------------------------------------------------


async def test_discord_is_listened_to_again(discord: FakeDiscord, notes: MemoryNotes) -> None:
    hub = MemoryHub()
    async with bot(discord, notes) as one, bot(discord, notes) as other:
        for number, listener in enumerate((one, other, one, other), 1):
            seen = discord.gateway.identified + discord.gateway.resumed
            async with discord_listener.listening(listener, hub, discord):
                await holds(lambda seen=seen: discord.gateway.identified + discord.gateway.resumed > seen)
                discord.say(SOMEBODY, f"hello {number}")
                await holds(lambda number=number: f"hello {number}" in hub.texts)
    assert sorted(hub.texts) == [f"hello {number}" for number in range(1, 5)]


async def test_slack_is_listened_to_again(slack: FakeSlack, notes: MemoryNotes) -> None:
    hub = MemoryHub()
    async with app(slack, notes) as one, app(slack, notes) as other:
        for number, listener in enumerate((one, other, one, other), 1):
            async with slack_listener.listening(listener, hub, slack):
                slack.say(77, f"hello {number}")
                await holds(lambda number=number: f"hello {number}" in hub.texts)
    assert sorted(hub.texts) == [f"hello {number}" for number in range(1, 5)]


# -- Telegram: the topic of an answer --------------------------------------------------------------------------------


async def test_a_reaction_finds_the_topic_of_an_answer_of_another_process(notes: MemoryNotes) -> None:
    chat = Conversation("telegram", "main", "-5", private=False)
    topic = Conversation("telegram", "main", "-5", "9", private=False)
    await Topics(notes=notes).note(topic, "3")
    press = Press(conversation=chat, part_id="3", sender=Sender("7"), action="good", event_id="1")
    assert (await Topics(notes=notes).placed(press)).conversation == topic
    notes.away = True
    await Topics(notes=notes).note(topic, "4")  # an answer is not held up by it


# -- the web page: growth and files ----------------------------------------------------------------------------------


def page(notes: MemoryNotes) -> WebChannel:
    async def use_once(_: str) -> bool:
        return True

    return WebChannel(
        "main",
        secret=SECRET,
        look=LOOK,
        now_ms=SystemClock().now_ms,
        new_id=new_id,
        use_once=use_once,
        hosts=LOOPBACK_HOSTS,
        pulse=Pulse(ping=5.0, look=1.0),
        notes=notes,
    )


@contextlib.asynccontextmanager
async def opened(notes: MemoryNotes) -> AsyncIterator[tuple[FakeHub, httpx.AsyncClient]]:
    hub = FakeHub(page(notes))
    hub.silent = True
    async with listening(hub), served(hub.channel.routes()) as url, new_browser(url) as browser:
        yield hub, browser
        await hub.channel.close()


def grown(heard: list[Event]) -> list[str]:
    shown, steps = "", []
    for name, data in heard:
        if name == "growth":
            shown = data["text"] if "text" in data else shown + data["append"]
            steps.append(shown)
    return steps


async def test_a_page_shows_how_an_answer_grows_that_another_process_makes(notes: MemoryNotes) -> None:
    worker = page(notes)
    async with opened(notes) as (hub, browser), events(browser) as stream:
        await until(stream, "state")
        await say(browser, "hello")
        (message,) = hub.messages
        target = Target(message.conversation, message.platform_id)
        part = await worker.placeholder(target)
        heard = await until(stream, "placeholder")
        for text in ("One", "One two \ud800"):
            await worker.edit(target, part, text, final=False)
            heard += await until(stream, "growth")
        hub.remember(message, "One two three", "delivered", "us-west")
        await worker.edit(target, part, "One two three", final=True)
        heard += await until(stream, "final")
    assert grown(heard) == ["One", storable("One two \ud800")]
    assert heard[-1][1]["text"] == "One two three"
    assert worker.capabilities.edit_every_s >= 0.4  # each form is a write to the store


async def test_a_file_of_a_page_is_there_for_who_answers(notes: MemoryNotes) -> None:
    async with opened(notes) as (hub, browser):
        headers = {"x-file-name": "a.txt", "content-type": "text/plain"}
        file = (await browser.post("/api/files", content=b"soup \x00\xff", headers=headers)).json()
        answer = await browser.post(f"{PATH}/messages", json={"id": "message-0001", "text": "", "files": [file["id"]]})
        assert answer.status_code == 202
        (message,) = hub.messages
    (attachment,) = message.attachments
    assert await page(notes).fetch(attachment, 100) == b"soup \x00\xff"
    with pytest.raises(Gone):
        await page(notes).fetch(Attachment("document", fetch="another"), 100)


async def test_a_message_waits_while_its_file_cannot_be_left_for_others(notes: MemoryNotes) -> None:
    async with opened(notes) as (hub, browser):
        notes.away = True
        headers = {"x-file-name": "a.txt", "content-type": "text/plain"}
        assert (await browser.post("/api/files", content=b"soup", headers=headers)).status_code == 503
        assert hub.messages == []
