"""Groups, topics, buttons and reactions on Telegram, with the real SDK; and through the whole hub."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from channels.telegram.channel import TelegramChannel
from hub.messages import Conversation, Message, Press, Target
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import BOT, FakeTelegram
from tests.wire.memory_hub import MemoryHub, Naps, until
from tests.wire.test_telegram_channel import SOMEBODY, TOKEN

pytestmark = pytest.mark.wire

GROUP = -1001234


@contextlib.asynccontextmanager
async def at_work() -> AsyncIterator[tuple[FakeTelegram, TelegramChannel, MemoryHub]]:
    async with serving(FakeTelegram(token=TOKEN)) as fake:
        channel, desk = TelegramChannel(TOKEN, api_url=fake.server.url, poll_s=1, sleep=Naps()), MemoryHub()
        task = asyncio.create_task(channel.listen(desk))
        try:
            yield fake, channel, desk
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await channel.close()


def entity(kind: str, offset: int, length: int) -> list[dict[str, object]]:
    return [{"type": kind, "offset": offset, "length": length}]


async def test_in_a_group_only_what_is_meant_for_the_bot_is_addressed() -> None:
    of_bot = {"message_id": 1, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "from": BOT, "text": "x"}
    async with at_work() as (fake, _, desk):
        for text, more in (
            ("among us", {}),
            ("😀 @Fake_Bot hello", {"entities": entity("mention", 3, 9)}),
            ("@other_bot hello", {"entities": entity("mention", 0, 10)}),
            ("/help@fake_bot", {"entities": entity("bot_command", 0, 14)}),
            ("/help@other_bot", {"entities": entity("bot_command", 0, 15)}),
            ("and you?", {"reply_to_message": of_bot}),
            ("in a topic", {"reply_to_message": {**of_bot, "forum_topic_created": {"name": "T", "icon_color": 1}}}),
        ):
            fake.say_in_group(GROUP, SOMEBODY, text, **more)
        await until(lambda: len(desk.messages) == 7)
    addressed = {message.text for message in desk.messages.values() if message.addressed}
    assert addressed == {"😀 @Fake_Bot hello", "/help@fake_bot", "and you?"}
    assert not any(message.conversation.private for message in desk.messages.values())


async def test_a_post_in_a_channel_is_for_the_bot_where_it_mentions_it() -> None:
    async with at_work() as (fake, _, desk):
        channel = {"id": GROUP, "type": "channel", "title": "C"}
        for number, text in enumerate(("news", "@fake_bot what is new?"), 1):
            post = {"message_id": number, "date": 1, "chat": channel, "sender_chat": channel, "text": text}
            fake.update({"channel_post": {**post, "entities": entity("mention", 0, 9)}})
        await until(lambda: len(desk.texts) == 2)
    assert [(each.text, each.addressed) for each in messages_of(desk)] == [
        ("news", False),
        ("what is new?", True),
    ]


async def test_an_answer_in_a_group_replies_to_its_question_and_one_in_private_does_not() -> None:
    async with at_work() as (fake, channel, _):
        asked = fake.say_in_group(GROUP, SOMEBODY, "Hello")
        fake.say(SOMEBODY, "Hello")
        group = Target(Conversation("telegram", "main", str(GROUP), private=False), str(asked))
        inside = await channel.placeholder(group)
        alone = await channel.placeholder(Target(Conversation("telegram", "main", str(SOMEBODY)), "2"))
    assert fake.replies == {int(inside): asked}
    assert int(alone) not in fake.replies


async def test_buttons_change_when_the_answer_is_whole() -> None:
    async with at_work() as (fake, channel, _):
        fake.say(SOMEBODY, "Hello")
        target = Target(Conversation("telegram", "main", str(SOMEBODY)), "1")
        part = await channel.placeholder(target)
        growing = fake.buttons[SOMEBODY, int(part)]
        await channel.edit(target, part, "Hi", final=False)
        still = fake.buttons[SOMEBODY, int(part)]
        await channel.edit(target, part, "Hi", final=True)
    assert growing == still == ["stop"]
    assert fake.buttons[SOMEBODY, int(part)] == ["again", "good", "bad"]


async def test_a_press_is_handed_over_with_one_id_and_confirmed_to_the_platform() -> None:
    async with at_work() as (fake, channel, desk):
        fake.say(SOMEBODY, "Hello")
        target = Target(Conversation("telegram", "main", str(SOMEBODY)), "1")
        part = await channel.placeholder(target)
        query = fake.press(SOMEBODY, int(part), "stop", again=1)
        await until(lambda: len(desk.presses) == 2 and not fake.unanswered_presses)
    assert {press.event_id for press in desk.presses} == {f"callback-{query}"}
    assert (desk.presses[0].action, desk.presses[0].part_id) == ("stop", part)
    assert desk.presses[0].conversation == target.conversation


@pytest.mark.parametrize(("emojis", "action"), [(["👍"], "good"), (["👎"], "bad"), ([], "none")])
async def test_a_reaction_is_a_judgement(emojis: Sequence[str], action: str) -> None:
    async with at_work() as (fake, _, desk):
        fake.react(SOMEBODY, 5, *emojis)
        await until(lambda: desk.presses)
    assert (desk.presses[0].action, desk.presses[0].part_id) == (action, "5")


async def test_a_reaction_that_says_nothing_is_no_judgement() -> None:
    async with at_work() as (fake, _, desk):
        fake.react(SOMEBODY, 5, "🤔")
        fake.say(SOMEBODY, "Hello")
        await until(lambda: desk.texts)
    assert desk.presses == []


async def test_a_press_that_the_hub_did_not_take_comes_again() -> None:
    class Refusing(MemoryHub):
        async def pressed(self, press: Press) -> None:
            await super().pressed(press)
            if len(self.presses) == 1:
                raise RuntimeError("scripted")

    async with serving(FakeTelegram(token=TOKEN)) as fake:
        channel, desk = TelegramChannel(TOKEN, api_url=fake.server.url, poll_s=1, sleep=Naps()), Refusing()
        task = asyncio.create_task(channel.listen(desk))
        fake.react(SOMEBODY, 5, "👍")
        await until(lambda: len(desk.presses) == 2)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await channel.close()
    assert desk.presses[0] == desk.presses[1]


def messages_of(desk: MemoryHub) -> list[Message]:
    return list(desk.messages.values())


async def test_a_topic_is_a_conversation_and_is_kept_in_the_answer() -> None:
    async with at_work() as (fake, channel, desk):
        sent: list[object] = []
        fake.on_call = lambda method, given: sent.append(given.get("message_thread_id")) if "send" in method else None
        asked = fake.say_in_group(GROUP, SOMEBODY, "Hello", message_thread_id=9, is_topic_message=True)
        await until(lambda: desk.texts)
        await channel.placeholder(Target(messages_of(desk)[0].conversation, str(asked)))
    assert messages_of(desk)[0].conversation.thread == "9"
    assert sent == [9]


async def test_a_reaction_in_a_topic_is_a_judgement_of_the_answer_there() -> None:
    async with at_work() as (fake, channel, desk):
        asked = fake.say_in_group(GROUP, SOMEBODY, "Hello", message_thread_id=9, is_topic_message=True)
        await until(lambda: desk.texts)
        where = messages_of(desk)[0].conversation
        part = await channel.placeholder(Target(where, str(asked)))
        reacted = {"chat": {"id": GROUP, "type": "supergroup", "title": "A group"}, "message_id": int(part), "date": 1}
        person = {"id": SOMEBODY, "is_bot": False, "first_name": "Person"}
        good = {"old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]}
        fake.update({"message_reaction": {**reacted, "user": person, **good}})
        await until(lambda: desk.presses)
    assert desk.presses[0].conversation == where
    assert where.thread == "9"
