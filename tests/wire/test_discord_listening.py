"""What the Discord channel hears, with the real SDK, from a gateway of our own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from channels.discord.channel import DiscordChannel
from hub.errors import TrunklineError
from hub.messages import Attachment, Conversation, Press, Target
from tests.wire.discord_listener import ME, SOMEBODY, channel_on, listening
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT, CHANNEL, FORUM, GUILD, MY_ROLE, OTHER_THREAD, THREAD, a_thread
from tests.wire.fakes.process import serving
from tests.wire.memory_hub import MemoryHub, Naps, until

pytestmark = pytest.mark.wire


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
    return Target(Conversation("discord", "main", SOMEBODY), fake.say(SOMEBODY, "Hello"))


class TestListening:
    async def test_a_private_message(self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub) -> None:
        async with listening(channel, hub, fake):
            fake.say(SOMEBODY, "Hello")
            await until(lambda: hub.texts)
        (message,) = hub.messages.values()
        assert (message.text, message.addressed, message.conversation.private) == ("Hello", True, True)
        assert message.sender.name == "First"

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

    async def test_a_forums_post_is_a_conversation_with_its_title(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            thread = fake.post("Where is my order?", f"{ME} it is late", mentions=[BOT])
            await until(lambda: hub.texts)
            (first,) = hub.messages.values()
            await channel.placeholder(Target(first.conversation, first.platform_id))
            fake.say(thread, "and now?", guild=GUILD)
            await until(lambda: len(hub.texts) == 2)
        found = [(m.text, m.addressed, m.conversation.chat, m.conversation.thread) for m in hub.messages.values()]
        assert found == [
            ("Where is my order?\n\nit is late", True, FORUM, thread),
            ("and now?", True, FORUM, thread),
        ]

    async def test_the_bots_own_role_means_the_bot(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            fake.say(CHANNEL, f"<@&{MY_ROLE}> hello", guild=GUILD, mention_roles=[MY_ROLE])
            await until(lambda: hub.texts)
        (message,) = hub.messages.values()
        assert (message.text, message.addressed) == ("hello", True)

    @pytest.mark.parametrize("inside", [True, False])
    async def test_a_thread_that_is_opened_again_is_asked_whether_the_bot_is_in_it(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub, inside: bool
    ) -> None:
        old = "800000000000000044"
        if inside:
            fake.in_threads.add(old)
        async with listening(channel, hub, fake):
            fake.gateway.dispatch("THREAD_UPDATE", a_thread(old, "long ago"))
            fake.say(old, "are you still there?", guild=GUILD)
            await until(lambda: hub.texts)
        (message,) = hub.messages.values()
        assert (message.addressed, message.conversation.thread) == (inside, old)

    async def test_a_thread_below_an_answer_is_one_that_the_bot_is_in(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        answer = {"content": "my answer", "author": BOT}
        async with listening(channel, hub, fake):
            fake.gateway.dispatch("THREAD_CREATE", a_thread("800000000000000045", "more"))
            fake.say("800000000000000045", "", guild=GUILD, type=21, referenced_message=answer)
            fake.say("800000000000000045", "go on", guild=GUILD)
            await until(lambda: hub.texts)
        assert [(m.text, m.addressed) for m in hub.messages.values()] == [("go on", True)]

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
            number = fake.say(SOMEBODY, "see", attachments=[file])
            fake.rewrite(number, "look")
            fake.erase(number)
            await until(lambda: hub.deletions)
        first, second = hub.messages.values()
        assert (first.text, first.revision) == ("see", 0)
        assert second.text == "look"
        assert second.revision > 1_700_000_000_000
        assert second.attachments == (Attachment("image", "a.png", "image/png", 9, f"{SOMEBODY}/{number}/5"),)
        assert hub.deletions == [(SOMEBODY, number)]

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
            await until(lambda: len(hub.pressed_once) == 3)
        assert hub.pressed_actions == ["good", "bad", "none"]
        assert {press.part_id for press in hub.pressed_once.values()} == {part}

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
            fake.say(SOMEBODY, "next")
            await until(lambda: hub.texts)
        assert hub.texts == ["next"]

    async def test_a_broken_gateway_is_resumed_and_nothing_is_lost_or_doubled(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            for number in range(60):
                fake.say(SOMEBODY, f"#{number}")
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
            fake.say(SOMEBODY, "still there?")
            await until(lambda: hub.texts)
        assert hub.texts == ["still there?"]

    async def test_what_the_hub_did_not_take_is_given_again_in_order(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        hub.failures = [TrunklineError("The disk is full."), RuntimeError("a bug")]
        async with listening(channel, hub, fake):
            for number in range(5):
                fake.say(SOMEBODY, f"#{number}")
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
            fake.say(SOMEBODY, "and now?")
            await until(lambda: hub.texts)
        assert hub.texts == ["and now?"]

    async def test_what_was_heard_is_stored_before_listening_ends(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        hub.failures = [TrunklineError("The disk is full.")]
        async with listening(channel, hub, fake):
            fake.say(SOMEBODY, "just before the end")
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
        assert naps.taken[0] >= 60

    @pytest.mark.parametrize("garbage", [{"content": 7}, {"id": "1"}, {"author": "nobody"}])
    async def test_garbage_is_passed_over(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub, garbage: dict[str, object]
    ) -> None:
        async with listening(channel, hub, fake):
            fake.gateway.dispatch("SOMETHING_NEW", {"a": garbage})
            fake.gateway.dispatch("INTERACTION_METADATA", garbage)
            fake.say(SOMEBODY, "after")
            await until(lambda: hub.texts)
        assert hub.texts == ["after"]
