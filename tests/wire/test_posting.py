"""The hub speaks first: texts and files on three platforms of our own, and what each failure means."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from channels.telegram.channel import TelegramChannel
from hub import channel as port
from hub.messages import Conversation, File
from tests.wire import discord_listener, slack_listener
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import CHANNEL, GUILD
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import TEAM, FakeSlack
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.memory_hub import Naps

pytestmark = pytest.mark.wire

TOKEN = "4242:AAE-do-not-show-this-token"
GROUP = -100_900
CHARTS = (File("days.png", "image/png", b"\x89PNG one"), File("agents.png", "image/png", b"\x89PNG two"))
TABLE = (File("week.csv", "text/csv", b"a,b\n1,2\n"),)
REPORT = "# Costs\n\n| agent | cost |\n| --- | ---: |\n| desk | $3 |\n\n@everyone <!channel>"


@contextlib.asynccontextmanager
async def telegram() -> AsyncIterator[tuple[FakeTelegram, TelegramChannel]]:
    async with serving(FakeTelegram(token=TOKEN)) as fake:
        fake.say_in_group(GROUP, 1, "hello")
        channel = TelegramChannel(TOKEN, api_url=fake.server.url, poll_s=1, sleep=Naps())
        try:
            yield fake, channel
        finally:
            await channel.close()
        assert fake.outside_the_spec == []


IN_TELEGRAM = Conversation("telegram", "main", str(GROUP), private=False)
IN_DISCORD = Conversation("discord", "main", CHANNEL, workspace=GUILD, private=False)
IN_SLACK = Conversation("slack", "main", "C00000900", workspace=TEAM, private=False)


class TestTelegram:
    async def test_a_text_an_album_and_a_document(self) -> None:
        async with telegram() as (fake, channel):
            (piece,) = channel.split(REPORT)
            texts = await channel.post(IN_TELEGRAM, piece)
            album = await channel.post(IN_TELEGRAM, "", CHARTS)
            table = await channel.post(IN_TELEGRAM, "", TABLE)
            picture = await channel.post(IN_TELEGRAM, "", CHARTS[:1])
        text, *files = fake.books.answers(GROUP)
        assert "desk" in text
        assert "---" not in text
        assert files == ["[photo days.png]", "[photo agents.png]", "[document week.csv]", "[photo days.png]"]
        assert fake.sent_files[GROUP, int(album)][1].data == CHARTS[0].data
        assert fake.sent_files[GROUP, int(table)][1].data == TABLE[0].data
        assert fake.sent_files[GROUP, int(table)][1].media_type == "text/csv"
        assert len({texts, album, table, picture}) == 4
        assert (fake.books.calls["sendMediaGroup"], fake.books.calls["sendPhoto"]) == (1, 1)

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ("drop_after", port.Ambiguous),
            ("429", port.RetryAfter),
            ("403 Forbidden: bot was kicked from the supergroup chat", port.Forbidden),
            ("400 Bad Request: not enough rights to send photos to the chat", port.Refused),
            ("400 Bad Request: chat not found", port.Gone),
        ],
    )
    async def test_failures(self, fault: str, kind: type[port.ChannelError]) -> None:
        async with telegram() as (fake, channel):
            fake.faults.script("sendMediaGroup", fault)
            with pytest.raises(kind) as raised:
                await channel.post(IN_TELEGRAM, "", CHARTS)
            assert "do-not-show" not in str(raised.value)
            assert fake.books.calls["sendMediaGroup"] == 1

    async def test_a_group_that_moved_is_posted_to_where_it_is(self) -> None:
        async with telegram() as (fake, channel):
            fake.move(GROUP, GROUP - 1)
            await channel.post(IN_TELEGRAM, "first")
            await channel.post(IN_TELEGRAM, "", TABLE)
        assert fake.books.answers(GROUP - 1) == ["first", "[document week.csv]"]

    async def test_markup_that_is_refused_is_sent_as_it_was_written(self) -> None:
        async with telegram() as (fake, channel):
            fake.faults.script("sendMessage", "400 Bad Request: can't parse entities: no")
            await channel.post(IN_TELEGRAM, "**bold**")
        assert fake.books.answers(GROUP) == ["**bold**"]


@contextlib.asynccontextmanager
async def discord() -> AsyncIterator[tuple[FakeDiscord, port.Posts]]:
    async with serving(FakeDiscord()) as fake:
        async with discord_listener.channel_on(fake) as channel:
            yield fake, channel
        assert fake.complaints == []


class TestDiscord:
    async def test_a_text_and_files_each_once_and_nobody_is_called(self) -> None:
        async with discord() as (fake, channel):
            ids = [await channel.post(IN_DISCORD, text, files) for text, files in ((REPORT, ()), ("", CHARTS))]
        sent = [fake.messages[each].data for each in ids]
        assert "desk" in sent[0]["content"]
        assert [(each["filename"], each["size"]) for each in sent[1]["attachments"]] == [
            (chart.name, len(chart.data)) for chart in CHARTS
        ]
        bodies = [body for kind, body in fake.requests if kind == "create"]
        assert [body["allowed_mentions"] for body in bodies] == [{"parse": []}] * 2
        assert all(body["enforce_nonce"] for body in bodies)
        assert len({body["nonce"] for body in bodies}) == 2

    @pytest.mark.parametrize("files", [(), CHARTS])
    async def test_a_lost_answer_is_asked_for_again_and_nothing_is_doubled(self, files: tuple[File, ...]) -> None:
        async with discord() as (fake, channel):
            fake.faults.script("create", "drop_after")
            sent = await channel.post(IN_DISCORD, "" if files else "once", files)
            assert fake.books.calls["create"] == 2
            assert [each.data["id"] for each in fake.messages.values()] == [sent]

    @pytest.mark.parametrize(
        ("faults", "kind"),
        [
            (["drop_after"] * 3, port.Ambiguous),
            (["429"], port.RetryAfter),
            (["403 50013 Missing Permissions"], port.Forbidden),
            (["404 10003 Unknown Channel"], port.Gone),
            (["400 50035 Invalid Form Body"], port.Refused),
            (["413 40005 Request entity too large"], port.Refused),
        ],
    )
    async def test_failures(self, faults: list[str], kind: type[port.ChannelError]) -> None:
        async with discord() as (fake, channel):
            fake.faults.script("create", *faults)
            with pytest.raises(kind):
                await channel.post(IN_DISCORD, "", CHARTS)
            assert fake.books.calls["create"] == len(faults)
            assert len(fake.messages) <= 1


@contextlib.asynccontextmanager
async def slack() -> AsyncIterator[tuple[FakeSlack, port.Posts]]:
    async with serving(FakeSlack()) as fake:
        fake.say(900, "hello", kind="channel")
        async with slack_listener.channel_on(fake) as channel:
            yield fake, channel
        assert fake.complaints == []


class TestSlack:
    async def test_a_text_and_files_in_one_message(self) -> None:
        async with slack() as (fake, channel):
            await channel.post(IN_SLACK, REPORT)
            file = await channel.post(IN_SLACK, "", CHARTS)
        (text,) = fake.books.answers(900)
        assert "desk" in text
        assert "<!channel>" not in text
        assert fake.files.shared == [("C00000900", "", [(chart.name, chart.data) for chart in CHARTS])]
        assert file == "F00000001"

    @pytest.mark.parametrize(
        ("method", "fault", "kind"),
        [
            ("files.getUploadURLExternal", "drop_after", port.Unreachable),
            ("files.completeUploadExternal", "drop_after", port.Ambiguous),
            ("files.completeUploadExternal", "429", port.RetryAfter),
            ("files.getUploadURLExternal", "refuse missing_scope", port.Forbidden),
            ("files.completeUploadExternal", "refuse not_in_channel", port.Forbidden),
            ("files.completeUploadExternal", "refuse channel_not_found", port.Gone),
            ("files.getUploadURLExternal", "refuse file_uploads_disabled", port.Refused),
        ],
    )
    async def test_failures(self, method: str, fault: str, kind: type[port.ChannelError]) -> None:
        async with slack() as (fake, channel):
            fake.faults.script(method, fault)
            with pytest.raises(kind):
                await channel.post(IN_SLACK, "", CHARTS)
            assert fake.books.calls[method] == 1
            assert len(fake.files.shared) == (1 if kind is port.Ambiguous else 0)

    async def test_a_file_goes_to_slacks_own_host_and_nowhere_else(self) -> None:
        async with slack() as (fake, channel):
            fake.files.elsewhere = "https://files.example.com"
            with pytest.raises(port.Refused, match="not its own"):
                await channel.post(IN_SLACK, "", TABLE)
        assert fake.files.shared == []
