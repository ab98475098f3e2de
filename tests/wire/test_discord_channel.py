"""The Discord channel, with the real SDK, against an HTTP API and a gateway of our own."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from channels.discord.channel import DiscordChannel
from hub import channel as port
from hub.channel import CommandSpec
from hub.errors import TrunklineError
from hub.messages import Attachment, Conversation, Exchange, Message, Press, Target
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT, CHANNEL, GUILD, OTHER_THREAD, THREAD, TOKEN
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.process import serving

pytestmark = pytest.mark.wire

ADA = "700000000000000001"
"""Ada's private chat with the bot."""
COMMANDS = (CommandSpec("help", "What I can do"), CommandSpec("stop", "End the answer", "which one", "everyone"))
ME = f"<@{BOT['id']}>"


class MemoryHub:
    """Keeps what it is given, each message once; refuses as often as it is told."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.presses: dict[str, Press] = {}
        self.deletions: list[tuple[str, str]] = []
        self.failures: list[Exception] = []

    async def accept(self, messages: Sequence[Message]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        for message in messages:
            self.messages.setdefault(message.key, message)

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        return []

    async def stop(self, conversation: Conversation) -> None:
        return None

    async def pressed(self, press: Press) -> None:
        self.presses.setdefault(press.event_id, press)

    async def deleted(self, conversation: Conversation, platform_id: str) -> None:
        self.deletions.append((conversation.chat, platform_id))

    @property
    def texts(self) -> list[str]:
        return [m.text for m in self.messages.values()]

    @property
    def pressed_actions(self) -> list[str]:
        return [press.action for press in self.presses.values()]


class Naps:
    """Sleeps a hundredth of what it is asked, and remembers it."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(min(seconds / 100, 0.1))


@contextlib.asynccontextmanager
async def channel_on(
    fake: FakeDiscord, naps: Naps | None = None, commands: Sequence[CommandSpec] = ()
) -> AsyncIterator[DiscordChannel]:
    channel = DiscordChannel(
        TOKEN, api_url=fake.api_url, gateway_url=fake.gateway_url, sleep=naps or Naps(), commands=commands
    )
    try:
        yield channel
    finally:
        await channel.close()


@contextlib.asynccontextmanager
async def listening(channel: DiscordChannel, hub: MemoryHub, fake: FakeDiscord) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.listen(hub))
    try:
        await until(lambda: fake.gateway.identified)
        yield
    finally:
        assert not task.done(), "listen ended by itself"
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with serving(FakeDiscord()) as fake:
        yield fake
        assert fake.complaints == []


@pytest.fixture
async def channel(fake: FakeDiscord) -> AsyncIterator[DiscordChannel]:
    async with channel_on(fake) as channel:
        yield channel


@pytest.fixture
def hub() -> MemoryHub:
    return MemoryHub()


@pytest.fixture
def target(fake: FakeDiscord) -> Target:
    return Target(Conversation("discord", "main", ADA), fake.say(ADA, "Hello"))


class TestListening:
    async def test_a_private_message(self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub) -> None:
        async with listening(channel, hub, fake):
            fake.say(ADA, "Hello")
            await until(lambda: hub.texts)
        (message,) = hub.messages.values()
        assert (message.text, message.addressed, message.conversation.private) == ("Hello", True, True)
        assert message.sender.name == "Ada"

    async def test_who_is_meant_in_a_server(self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub) -> None:
        own = {"content": "my answer", "author": BOT}
        async with listening(channel, hub, fake):
            fake.say(CHANNEL, "among us", guild=GUILD)
            fake.say(CHANNEL, f"{ME} are you there?", guild=GUILD, mentions=[BOT])
            fake.say(CHANNEL, "and this?", guild=GUILD, type=19, referenced_message=own)
            fake.say(THREAD, "in your thread", guild=GUILD)
            fake.say(OTHER_THREAD, "in another", guild=GUILD)
            await until(lambda: len(hub.texts) == 5)
        found = [(m.text, m.addressed, m.conversation.thread, m.quoted) for m in hub.messages.values()]
        assert found == [
            ("among us", False, "", ""),
            ("are you there?", True, "", ""),
            ("and this?", True, "", "my answer"),
            ("in your thread", True, THREAD, ""),
            ("in another", False, OTHER_THREAD, ""),
        ]
        assert {m.conversation.chat for m in hub.messages.values()} == {CHANNEL}
        assert {m.conversation.workspace for m in hub.messages.values()} == {GUILD}
        assert {m.hints.workspace_locale for m in hub.messages.values()} == {"pt-BR"}

    async def test_an_edit_a_deletion_an_attachment(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        file = {
            "id": "5",
            "filename": "a.png",
            "content_type": "image/png",
            "size": 9,
            "url": "http://x",
            "proxy_url": "",
        }
        async with listening(channel, hub, fake):
            number = fake.say(ADA, "see", attachments=[file])
            fake.rewrite(number, "look")
            fake.erase(number)
            await until(lambda: hub.deletions)
        first, second = hub.messages.values()
        assert (first.text, first.revision) == ("see", 0)
        assert second.text == "look"
        assert second.revision > 1_700_000_000_000
        assert second.attachments == (Attachment("image", "a.png", "image/png", 9, f"{ADA}/{number}/5"),)
        assert hub.deletions == [(ADA, number)]

    async def test_reactions_to_own_answers_only(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub, target: Target
    ) -> None:
        part = await channel.placeholder(target)
        async with listening(channel, hub, fake):
            fake.react(target.reply_to, "👍")
            fake.react(part, "👍🏽")
            fake.react(part, "🎉")
            fake.react(part, "👎")
            fake.react(part, "👎", taken_back=True)
            await until(lambda: len(hub.presses) == 3)
        assert hub.pressed_actions == ["good", "bad", "none"]
        assert {press.part_id for press in hub.presses.values()} == {part}

    async def test_a_button(self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub, target: Target) -> None:
        part = await channel.placeholder(target)
        async with listening(channel, hub, fake):
            for action in ("hub:stop", "other:thing", "hub:again"):
                fake.press(part, action)
            await until(lambda: sum(each["acked"] for each in fake.interactions.values()) == 3)
        assert hub.pressed_actions == ["stop", "again"]
        assert {each["type"] for each in fake.interactions.values()} == {6}

    async def test_the_answers_own_events_are_no_messages(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub, target: Target
    ) -> None:
        async with listening(channel, hub, fake):
            await channel.placeholder(target)
            fake.say(ADA, "next")
            await until(lambda: hub.texts)
        assert hub.texts == ["next"]

    async def test_a_broken_gateway_is_resumed_and_nothing_is_lost_or_doubled(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            for number in range(60):
                fake.say(ADA, f"#{number}")
                if number % 20 == 5:
                    fake.gateway.drop()
                if number == 30:
                    await until(lambda: fake.gateway.resumed)
                    fake.gateway.ask_to_reconnect()
                await asyncio.sleep(0.005)
            await until(lambda: len(hub.texts) == 60)
        assert hub.texts == [f"#{number}" for number in range(60)]
        assert (fake.gateway.identified, fake.gateway.resumed >= 3) == (1, True)

    async def test_a_session_that_cannot_be_resumed_begins_anew(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            fake.gateway.forget_sessions()
            await until(lambda: fake.gateway.identified == 2)
            fake.say(ADA, "still there?")
            await until(lambda: hub.texts)
        assert hub.texts == ["still there?"]

    async def test_what_the_hub_did_not_take_is_given_again_in_order(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        hub.failures = [TrunklineError("The disk is full."), RuntimeError("a bug")]
        async with listening(channel, hub, fake):
            for number in range(5):
                fake.say(ADA, f"#{number}")
            await until(lambda: len(hub.texts) == 5)
        assert hub.texts == [f"#{number}" for number in range(5)]

    async def test_a_press_that_the_hub_fails_at_does_not_hold_the_messages_up(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        class Defective(MemoryHub):
            async def pressed(self, press: Press) -> None:
                raise RuntimeError("a bug")

        hub = Defective()
        part = await channel.placeholder(target)
        async with listening(channel, hub, fake):
            fake.react(part, "👍")
            fake.say(ADA, "and now?")
            await until(lambda: hub.texts)
        assert hub.texts == ["and now?"]

    async def test_what_was_heard_is_stored_before_listening_ends(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        hub.failures = [TrunklineError("The disk is full.")]
        async with listening(channel, hub, fake):
            fake.say(ADA, "just before the end")
            await until(lambda: not hub.failures)
        assert hub.texts == ["just before the end"]

    async def test_a_missing_intent_is_named_and_tried_slowly(
        self, fake: FakeDiscord, hub: MemoryHub, caplog: pytest.LogCaptureFixture
    ) -> None:
        fake.gateway.content_allowed, naps = False, Naps()
        async with channel_on(fake, naps) as channel:
            task = asyncio.create_task(channel.listen(hub))
            await until(lambda: len(naps.taken) >= 2)
            fake.gateway.content_allowed = True
            await until(lambda: fake.gateway.identified)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        (warning,) = [r.getMessage() for r in caplog.records if "Message Content Intent" in r.getMessage()]
        assert "developer portal" in warning
        assert min(naps.taken) >= 60

    @pytest.mark.parametrize("garbage", [{"content": 7}, {"id": "1"}, {"author": "nobody"}])
    async def test_garbage_is_passed_over(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub, garbage: dict[str, object]
    ) -> None:
        async with listening(channel, hub, fake):
            fake.gateway.dispatch("SOMETHING_NEW", {"a": garbage})
            fake.gateway.dispatch("INTERACTION_METADATA", garbage)
            fake.say(ADA, "after")
            await until(lambda: hub.texts)
        assert hub.texts == ["after"]


class TestCommands:
    async def test_a_command_is_acknowledged_and_answered_in_its_place(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(ADA, "help")
            await until(lambda: hub.texts)
            (message,) = hub.messages.values()
            target = Target(message.conversation, message.platform_id)
            part = await channel.placeholder(target)
            await channel.typing(target)
            await channel.edit(target, part, "Ask me anything", final=True)
        assert (message.text, message.platform_id, message.hints.locale) == ("/help", number, "pt-BR")
        assert fake.books.answers(int(ADA)) == ["Ask me anything"]
        assert fake.messages[part].data["flags"] == 64
        assert fake.books.calls["create"] == 0

    async def test_further_parts_of_its_answer_are_for_the_same_eyes(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(ADA, "help")
            await until(lambda: hub.texts)
            target = Target(Conversation("discord", "main", ADA), number)
            parts = [await channel.placeholder(target) for _ in range(3)]
            for part in parts:
                await channel.edit(target, part, f"part {parts.index(part)}", final=True)
            await channel.remove(target, parts[2])
            await channel.remove(target, parts[2])
        assert fake.books.answers(int(ADA)) == ["part 0", "part 1"]
        assert {fake.messages[part].data["flags"] for part in parts} == {64}
        assert fake.books.calls["create"] == 0

    async def test_a_token_that_discord_no_longer_takes(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(ADA, "help")
            await until(lambda: hub.texts)
            await until(lambda: all(each["acked"] for each in fake.interactions.values()))
            fake.expire(number)
            target = Target(Conversation("discord", "main", ADA), number)
            await channel.edit(target, await channel.placeholder(target), "late", final=True)
        assert fake.books.answers(int(ADA)) == ["late"]
        assert fake.books.calls["create"] == 1

    async def test_after_its_token_a_command_is_answered_in_the_channel(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(ADA, "help")
            await until(lambda: hub.texts)
            await until(lambda: all(each["acked"] for each in fake.interactions.values()))
            fake.interactions.clear()
            target = Target(Conversation("discord", "main", ADA), number)
            await channel.edit(target, await channel.placeholder(target), "late", final=True)
        assert fake.books.answers(int(ADA)) == ["late"]
        assert fake.books.calls["create"] == 1

    async def test_the_menu_is_overwritten_only_where_it_differs(self, fake: FakeDiscord, hub: MemoryHub) -> None:
        for _ in range(2):
            async with channel_on(fake, commands=COMMANDS) as channel, listening(channel, hub, fake):
                asked = fake.books.calls["commands"]
                await until(lambda asked=asked: fake.commands and fake.books.calls["commands"] >= max(asked, 1))
                await asyncio.sleep(0.05)
        assert [each["name"] for each in fake.commands] == ["help", "stop"]
        assert fake.books.calls["overwrite"] == 1
        assert fake.books.calls["commands"] == 2


class TestSending:
    async def test_a_placeholder_becomes_the_answer(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        part = await channel.placeholder(target)
        await channel.typing(target)
        await channel.edit(target, part, "The answer", final=False)
        await channel.edit(target, part, "The answer is 42 \ud83d\0", final=True)
        await channel.edit(target, part, "The answer is 42 \ud83d\0", final=True)
        (shown,) = fake.books.shown.values()
        assert shown.texts == ["…", "The answer", *["The answer is 42 \ufffd\ufffd\ufffd\ufffd"] * 2]
        assert fake.books.typing == {int(ADA): 1}
        kinds = dict(fake.requests)
        assert kinds["create"]["message_reference"] == {"message_id": target.reply_to, "fail_if_not_exists": False}
        assert kinds["create"]["allowed_mentions"] == kinds["edit"]["allowed_mentions"] == {"parse": []}
        assert [each["custom_id"] for each in kinds["edit"]["components"][0]["components"]] == [
            "hub:again",
            "hub:good",
            "hub:bad",
        ]

    async def test_a_lost_answer_to_a_send_is_not_sent_twice(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        fake.faults.script("create", "drop_after", "drop_before")
        for _ in range(2):
            with pytest.raises(port.Ambiguous):
                await channel.placeholder(target)
        first = await channel.placeholder(target)
        assert len(fake.books.shown) == 1
        second = await channel.placeholder(target)
        assert second != first
        assert len(fake.books.shown) == 2

    async def test_a_split_answer_is_taken_whole(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        text = "😀 many words, line after line\n" * 400
        for part_text in channel.split(text):
            await channel.edit(target, await channel.placeholder(target), part_text, final=True)
        assert "".join("".join(fake.books.answers(int(ADA))).split()) == "".join(text.split())

    async def test_a_message_is_removed_once(self, fake: FakeDiscord, channel: DiscordChannel, target: Target) -> None:
        part = await channel.placeholder(target)
        await channel.remove(target, part)
        await channel.remove(target, part)
        assert fake.books.answers(int(ADA)) == []

    async def test_a_thread_is_answered_in_the_thread(self, fake: FakeDiscord, channel: DiscordChannel) -> None:
        target = Target(Conversation("discord", "main", CHANNEL, THREAD, GUILD, private=False), "1")
        await channel.edit(target, await channel.placeholder(target), "here", final=True)
        assert fake.books.answers(int(THREAD)) == ["here"]

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ("429", port.RetryAfter),
            ("drop_before", port.Ambiguous),
            ("drop_after", port.Ambiguous),
            ("500", port.Ambiguous),
            ("403 50007 Cannot send messages to this user", port.Forbidden),
            ("401 0 401: Unauthorized", port.Forbidden),
            ("404 10003 Unknown Channel", port.Gone),
            ("400 50035 Invalid Form Body", port.Refused),
        ],
    )
    async def test_each_failure_has_its_word(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target, fault: str, kind: type[port.ChannelError]
    ) -> None:
        part = await channel.placeholder(target)
        for name, send in {
            "create": lambda: channel.placeholder(target),
            "edit": lambda: channel.edit(target, part, "x", final=True),
            "typing": lambda: channel.typing(target),
        }.items():
            fake.faults.script(name, fault)
            with pytest.raises(port.ChannelError) as raised:
                await send()
            assert type(raised.value) is kind, name

    async def test_the_platforms_own_wait_is_told(self, target: Target, fake: FakeDiscord) -> None:
        fake.faults.set(Plan(retry_after_s=1.75))
        fake.faults.script("create", "429")
        async with channel_on(fake) as channel:
            with pytest.raises(port.RetryAfter) as raised:
                await channel.placeholder(target)
        assert raised.value.seconds == 1.75

    async def test_a_buckets_headers_are_kept_without_a_refusal(self) -> None:
        async with serving(FakeDiscord(bucket=(3, 0.3))) as fake, channel_on(fake) as channel:
            target = Target(Conversation("discord", "main", ADA), fake.say(ADA, "Hello"))
            for _ in range(8):
                await channel.placeholder(target)
            assert (fake.refused, len(fake.books.shown)) == (0, 8)

    async def test_a_server_that_is_away_is_unreachable(self, fake: FakeDiscord, target: Target) -> None:
        async with channel_on(fake) as channel:
            await fake.server.close()
            with pytest.raises(port.Unreachable):
                await channel.placeholder(target)
            await fake.server.start()


class TestProbe:
    async def test_it_says_who_answers(self, channel: DiscordChannel) -> None:
        assert await channel.probe() == "@fake answers"

    async def test_it_names_the_missing_intent(self, fake: FakeDiscord, channel: DiscordChannel) -> None:
        fake.content_allowed = False
        with pytest.raises(port.Forbidden, match="Message Content Intent is off"):
            await channel.probe()

    async def test_it_names_a_wrong_token(self, fake: FakeDiscord, channel: DiscordChannel) -> None:
        fake.token = "another"
        with pytest.raises(port.Forbidden, match="does not know the bot's token"):
            await channel.probe()


async def test_no_token_is_ever_logged(fake: FakeDiscord, hub: MemoryHub, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with channel_on(fake) as channel, listening(channel, hub, fake):
            number = fake.command(ADA, "help")
            await until(lambda: hub.texts)
            target = Target(Conversation("discord", "main", ADA), number)
            for fault in ("drop_after", "429", "401 0 no", "400 50035 no"):
                fake.faults.script("original", fault)
                with contextlib.suppress(port.ChannelError):
                    await channel.placeholder(target)
            fake.gateway.drop()
            await until(lambda: fake.gateway.resumed)
    told = "\n".join(caplog.handler.format(each) for each in caplog.records if each.name != "aiohttp.access")
    assert "discord" in told
    assert TOKEN not in told
    assert [line for line in told.splitlines() if "secret-interaction-token" in line] == []
