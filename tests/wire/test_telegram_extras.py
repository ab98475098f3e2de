"""Telegram beside the messages: files, command menus, groups that move, comings and goings, what the bot lacks."""

import logging

import pytest

from channels.telegram.channel import TelegramChannel
from channels.telegram.rights import Served
from hub import channel as port
from hub.channel import CommandSpec, Fetches
from hub.messages import Attachment, Conversation, Target
from hub.web.server import Reachable
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.memory_hub import MemoryHub, Naps, until
from tests.wire.test_telegram_channel import SOMEBODY, TOKEN, channel, channel_on, fake, listening
from tests.wire.test_telegram_groups import GROUP, at_work, entity

__all__ = ["channel", "fake"]

pytestmark = pytest.mark.wire

SUPERGROUP = -1009999
PRIVATE = Target(Conversation("telegram", "main", str(SOMEBODY)), "1")
IN_GROUP = Target(Conversation("telegram", "main", str(GROUP), private=False), "1")


def handle(path: str, size: int = 0) -> Attachment:
    return Attachment("document", "a.pdf", "application/pdf", size, path)


class TestFiles:
    async def test_a_file_is_fetched_from_the_file_host(self, fake: FakeTelegram, channel: TelegramChannel) -> None:
        assert isinstance(channel, Fetches)
        assert isinstance(channel, Reachable)
        fake.files["documents/a file #1.pdf"] = b"%PDF" * 50_000
        got = await channel.fetch(handle("documents/a file #1.pdf"), 1_000_000)
        assert got == b"%PDF" * 50_000

    async def test_a_file_that_came_with_a_message_can_be_fetched(self) -> None:
        async with at_work() as (fake, channel, desk):
            fake.files["photos/1.jpg"] = b"JPEG"
            sizes = [{"file_id": "small", "file_size": 1}, {"file_id": "photos/1.jpg", "file_size": 4}]
            fake.say(SOMEBODY, "", photo=sizes, caption="what is this?")
            await until(lambda: desk.messages)
            (message,) = desk.messages.values()
            (attachment,) = message.attachments
            assert message.text == "what is this?"
            assert (attachment.kind, attachment.media_type, attachment.size_bytes) == ("image", "image/jpeg", 4)
            assert await channel.fetch(attachment, 100) == b"JPEG"

    @pytest.mark.parametrize("said", [0, 11, 5])
    async def test_a_file_that_is_too_large_is_refused_whatever_size_it_said(
        self, fake: FakeTelegram, channel: TelegramChannel, said: int
    ) -> None:
        fake.files["a"] = b"x" * 11
        fake.size_said = 3
        with pytest.raises(port.Refused, match="larger"):
            await channel.fetch(handle("a", said), 10)
        assert fake.books.calls["file"] == (0 if said == 11 else 1)

    async def test_a_redirect_is_not_followed(self, fake: FakeTelegram, channel: TelegramChannel) -> None:
        fake.files |= {"a": b"x", "elsewhere": b"y"}
        fake.faults.script("file", "redirect")
        with pytest.raises(port.Gone):
            await channel.fetch(handle("a"), 10)
        assert fake.books.calls["file"] == 1

    @pytest.mark.parametrize("path", ["/var/lib/secret", "../../admin", "a/../../b", "a//b", ""])
    async def test_a_path_elsewhere_is_not_asked_for(
        self, fake: FakeTelegram, channel: TelegramChannel, path: str
    ) -> None:
        fake.files["id"] = b"x"
        fake.path_said = path
        with pytest.raises(port.Refused):
            await channel.fetch(handle("id"), 10)
        assert fake.books.calls["file"] == 0

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ("400 Bad Request: file is too big", port.Refused),
            ("400 Bad Request: wrong file_id or the file is temporarily unavailable", port.Refused),
            ("429", port.RetryAfter),
            ("500", port.Ambiguous),
            ("401 Unauthorized", port.Forbidden),
        ],
    )
    async def test_each_refusal_has_its_word(
        self, fake: FakeTelegram, channel: TelegramChannel, fault: str, kind: type[port.ChannelError]
    ) -> None:
        fake.faults.script("getFile", fault)
        with pytest.raises(port.ChannelError) as raised:
            await channel.fetch(handle("a"), 10)
        assert type(raised.value) is kind
        assert TOKEN not in str(raised.value)

    async def test_what_has_no_handle_is_no_file(self, channel: TelegramChannel) -> None:
        with pytest.raises(port.Refused):
            await channel.fetch(Attachment("other", "Somebody", "text/vcard"), 10)


COMMANDS = (
    CommandSpec("help", "What I can do", translations={"de": "Was ich kann", "pt-BR": "O que eu faço"}),
    CommandSpec("region", "Where you are", arguments="[name]"),
    CommandSpec("pause", "Stop an agent", role="operator"),
    CommandSpec("not-for-telegram", "A name that it does not take"),
)


def menus(fake: FakeTelegram) -> dict[tuple[str, str], list[str]]:
    return {
        where: [f"{each['command']}: {each['description']}" for each in commands]
        for where, commands in fake.commands.items()
    }


class TestMenu:
    async def publish(self, fake: FakeTelegram, commands: tuple[CommandSpec, ...] = COMMANDS) -> int:
        """Have a channel bring its menus up to date; how many were set."""
        before = fake.books.calls["setMyCommands"], fake.books.calls["getMyCommands"]
        channel = TelegramChannel(
            TOKEN, api_url=fake.server.url, poll_s=1, commands=commands, admins=["77", "78"], sleep=Naps()
        )
        async with listening(channel, MemoryHub()):
            languages = {tag for each in commands for tag in each.translations}
            await until(lambda: fake.books.calls["getMyCommands"] - before[1] >= 4 * (1 + len(languages)))
            await until(lambda: channel._menu.published)
        await channel.close()
        return fake.books.calls["setMyCommands"] - before[0]

    async def test_everyone_sees_their_commands_and_admins_all(self, fake: FakeTelegram) -> None:
        fake.say(77, "hello")  # the other admin never wrote
        await self.publish(fake)
        everyone = ["help: What I can do", "region: [name] – Where you are"]
        private, groups, admin = (
            '{"type":"all_private_chats"}',
            '{"type":"all_group_chats"}',
            '{"chat_id":77,"type":"chat"}',
        )
        found = menus(fake)
        assert found[private, ""] == found[groups, ""] == everyone
        assert found[admin, ""] == [*everyone, "pause: Stop an agent"]
        assert found[private, "de"] == ["help: Was ich kann", everyone[1]]
        assert found[admin, "pt"] == ["help: O que eu faço", everyone[1], "pause: Stop an agent"]
        assert len(found) == 9

    async def test_only_what_differs_is_set(self, fake: FakeTelegram) -> None:
        fake.say(77, "hello")
        fake.say(78, "hello")
        assert await self.publish(fake) == 12
        assert await self.publish(fake) == 0
        assert await self.publish(fake, (*COMMANDS[:2], CommandSpec("pause", "Halt one", role="operator"))) == 6

    async def test_a_wrong_token_is_told_once(self, fake: FakeTelegram, caplog: pytest.LogCaptureFixture) -> None:
        fake.token = "1:another"
        naps = Naps()
        channel = TelegramChannel(TOKEN, api_url=fake.server.url, commands=COMMANDS, sleep=naps)
        async with listening(channel, MemoryHub()):
            await until(lambda: len(naps.taken) >= 3)
        await channel.close()
        assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1

    async def test_a_platform_that_refuses_for_a_while_gets_its_menus(self, fake: FakeTelegram) -> None:
        fake.say(77, "hello")
        fake.faults.script("getMyCommands", "429", "500", "drop_before")
        fake.faults.script("setMyCommands", "500", "", "429")
        await self.publish(fake)
        assert len(menus(fake)) == 9


class TestMoves:
    async def test_an_answer_goes_on_where_the_group_moved_to(
        self, fake: FakeTelegram, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
    ) -> None:
        fake.say_in_group(GROUP, SOMEBODY, "hello")
        part = await channel.placeholder(IN_GROUP)
        fake.move(GROUP, SUPERGROUP)
        with pytest.raises(port.Gone):  # so that the hub sends a new one
            await channel.edit(IN_GROUP, part, "The answer", final=True)
        await channel.typing(IN_GROUP)
        moved = await channel.placeholder(IN_GROUP)
        await channel.edit(IN_GROUP, moved, "The answer", final=True)
        assert fake.books.answers(SUPERGROUP) == ["The answer"]
        assert fake.books.typing == {SUPERGROUP: 1}
        await channel.remove(IN_GROUP, moved)
        assert fake.books.answers(SUPERGROUP) == []
        told = [r.getMessage() for r in caplog.records if "became the supergroup" in r.getMessage()]
        assert len(told) == 1
        assert str(SUPERGROUP) in told[0]

    async def test_a_process_that_knows_of_no_move_learns_it_by_sending(self, fake: FakeTelegram) -> None:
        fake.say_in_group(GROUP, SOMEBODY, "hello")
        fake.move(GROUP, SUPERGROUP)
        async with channel_on(fake) as first:
            part = await first.placeholder(IN_GROUP)
        async with channel_on(fake) as second:  # the part says by itself where it stands
            await second.edit(IN_GROUP, part, "The answer", final=True)
        assert fake.books.answers(SUPERGROUP) == ["The answer"]

    async def test_a_move_that_is_told_is_known_before_anything_is_sent(self) -> None:
        async with at_work() as (fake, channel, desk):
            fake.say_in_group(GROUP, SOMEBODY, "hello")
            fake.move(GROUP, SUPERGROUP)
            fake.say(SOMEBODY, "after it")
            await until(lambda: len(desk.texts) == 2)
            await channel.placeholder(IN_GROUP)
            assert fake.books.calls["sendMessage"] == 1
            fake.say_in_group(SUPERGROUP, SOMEBODY, "we moved")
            await until(lambda: "we moved" in desk.texts)
        assert [each.conversation.chat for each in desk.messages.values()][-1] == str(SUPERGROUP)


class TestMembership:
    async def test_comings_goings_and_blocks(self) -> None:
        async with at_work() as (fake, _, desk):
            fake.standing(GROUP, SOMEBODY, "left", "member")
            fake.standing(GROUP, SOMEBODY, "member", "administrator")
            fake.standing(GROUP, SOMEBODY, "administrator", "kicked")
            fake.standing(SOMEBODY, SOMEBODY, "member", "kicked")
            await until(lambda: len(desk.memberships) == 3)
        added, removed, blocked = desk.memberships
        assert (added.joined, removed.joined, blocked.joined) == (True, False, False)
        assert (added.conversation.private, blocked.conversation.private) == (False, True)
        assert added.by.id == str(SOMEBODY)
        assert len({each.event_id for each in desk.memberships}) == 3


class TestParts:
    async def test_only_the_last_part_has_buttons_when_the_answer_is_whole(
        self, fake: FakeTelegram, channel: TelegramChannel
    ) -> None:
        fake.say(SOMEBODY, "hello")
        first, second = await channel.placeholder(PRIVATE), await channel.placeholder(PRIVATE)
        await channel.edit(PRIVATE, first, "growing", final=False)
        assert fake.buttons[SOMEBODY, int(first)] == ["stop"]
        await channel.edit(PRIVATE, first, "One", final=True, last=False)
        await channel.edit(PRIVATE, second, "Two", final=True, last=True)
        assert fake.buttons[SOMEBODY, int(first)] == []
        assert fake.buttons[SOMEBODY, int(second)] == ["again", "good", "bad"]

    async def test_an_edit_is_a_revision_of_its_message(self) -> None:
        async with at_work() as (fake, _, desk):
            number = fake.say(SOMEBODY, "hello")
            fake.edit(SOMEBODY, number, "hello, world")
            await until(lambda: len(desk.messages) == 2)
        first, second = desk.messages.values()
        assert (first.platform_id, second.platform_id) == (str(number), str(number))
        assert (first.revision, second.text) == (0, "hello, world")
        assert second.revision > 0

    async def test_a_question_that_was_deleted_is_answered_all_the_same(self) -> None:
        """Telegram tells bots of no deletion: what must not happen is that the answer is refused."""
        async with at_work() as (fake, channel, desk):
            asked = fake.say_in_group(GROUP, SOMEBODY, "@fake_bot hello", entities=entity("mention", 0, 9))
            await until(lambda: desk.texts)
            fake.delete(GROUP, asked)
            part = await channel.placeholder(Target(IN_GROUP.conversation, str(asked)))
            await channel.edit(IN_GROUP, part, "Hello", final=True)
        assert fake.books.answers(GROUP) == ["Hello"]
        assert int(part) not in fake.replies

    async def test_a_thread_of_replies_belongs_to_its_chat_and_a_reply_to_the_bot_addresses_it(self) -> None:
        async with at_work() as (fake, channel, desk):
            asked = fake.say_in_group(GROUP, SOMEBODY, "@fake_bot hello", entities=entity("mention", 0, 9))
            await until(lambda: desk.texts)
            part = await channel.placeholder(Target(IN_GROUP.conversation, str(asked)))
            await channel.edit(IN_GROUP, part, "Hello", final=True)
            ours = {"message_id": int(part), "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "text": "Hello"}
            fake.say_in_group(
                GROUP, SOMEBODY, "and you?", message_thread_id=asked, reply_to_message={**ours, "from": fake.me}
            )
            await until(lambda: len(desk.texts) == 2)
        (_, reply) = desk.messages.values()
        assert reply.addressed
        assert (reply.conversation.thread, reply.quoted) == ("", "Hello")


EVERYWHERE, IN_ONE = Served(always=True), Served(str(GROUP), always=True)


class TestProbe:
    async def probe(self, fake: FakeTelegram, *served: Served, webhook: str = "") -> str:
        channel = TelegramChannel(
            TOKEN, api_url=fake.server.url, served=served, webhook_url=webhook, webhook_secret=webhook and "secret"
        )
        try:
            return await channel.probe()
        except port.ChannelError as error:
            return f"FAIL {error}"
        finally:
            await channel.close()

    async def test_a_bot_that_may_all_that_is_asked(self, fake: FakeTelegram) -> None:
        fake.me |= {"can_read_all_group_messages": True, "can_join_groups": True}
        fake.standings[GROUP] = "member"
        assert await self.probe(fake, Served(), EVERYWHERE, IN_ONE, Served(str(SOMEBODY))) == "@fake_bot answers"

    async def test_privacy_mode_is_no_matter_where_only_what_is_addressed_is_answered(self, fake: FakeTelegram) -> None:
        fake.standings[GROUP] = "member"
        assert await self.probe(fake, Served(), Served(str(GROUP))) == "@fake_bot answers"

    @pytest.mark.parametrize(
        ("served", "standing", "may_join", "said"),
        [
            (EVERYWHERE, None, True, "Privacy mode hides most messages in groups"),
            (IN_ONE, "member", True, f"Privacy mode hides most messages of {GROUP}"),
            (Served(str(GROUP)), "left", True, f"The bot is not in {GROUP}: add it"),
            (Served(str(GROUP)), None, False, "/setjoingroups"),
        ],
    )
    async def test_what_is_missing_is_named_with_its_remedy(
        self, fake: FakeTelegram, served: Served, standing: str | None, may_join: bool, said: str
    ) -> None:
        fake.me |= {"can_read_all_group_messages": False, "can_join_groups": may_join}
        if standing:
            fake.standings[GROUP] = standing
        answer = await self.probe(fake, served)
        assert answer.startswith("FAIL")
        assert said in answer

    async def test_all_that_is_missing_is_named_at_once(self, fake: FakeTelegram) -> None:
        answer = await self.probe(fake, EVERYWHERE, IN_ONE)
        assert answer.count("Privacy mode") == 2
        assert f"The bot is not in {GROUP}" in answer

    async def test_an_administrator_sees_everything(self, fake: FakeTelegram) -> None:
        fake.standings[GROUP] = "administrator"
        assert await self.probe(fake, IN_ONE) == "@fake_bot answers"

    async def test_a_group_that_moved_is_named_with_its_new_id(self, fake: FakeTelegram) -> None:
        fake.moved[GROUP] = SUPERGROUP
        assert f"{GROUP} became the supergroup {SUPERGROUP}" in await self.probe(fake, IN_ONE)

    async def test_what_stands_in_the_way_in_is_named(self, fake: FakeTelegram) -> None:
        fake.webhook_settings = {"url": "https://old.example.com/secret-path"}
        assert await self.probe(fake) == (
            "@fake_bot answers; a webhook to old.example.com is set, which the hub removes when it starts"
        )
        assert "set when the hub starts" in await self.probe(fake, webhook="https://hub.example.com")

    async def test_a_webhook_that_telegram_cannot_call_is_named(
        self, fake: FakeTelegram, caplog: pytest.LogCaptureFixture
    ) -> None:
        address = "http://127.0.0.1:1"
        channel = TelegramChannel(
            TOKEN, api_url=fake.server.url, webhook_url=address, webhook_secret="secret", sleep=Naps()
        )
        with caplog.at_level(logging.INFO):
            async with listening(channel, MemoryHub()):
                await until(lambda: fake.webhook)
                assert "; the webhook is set" in await self.probe(fake, webhook=address)
                fake.say(SOMEBODY, "hello")
                await until(lambda: fake.caller and fake.caller.last_error)
                assert "last call failed: Connection refused" in await self.probe(fake, webhook=address)
        await channel.close()

    @pytest.mark.parametrize("fault", ["401 Unauthorized", "404 Not Found"])
    async def test_a_token_that_telegram_does_not_know_is_named(self, fake: FakeTelegram, fault: str) -> None:
        fake.faults.script("getMe", fault)
        assert "does not know the bot's token" in await self.probe(fake)
