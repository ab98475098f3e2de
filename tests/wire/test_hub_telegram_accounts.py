"""Two bots in one hub, each with its agent, one by polls and one by webhook; and what people do to answers."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.hub_process import HubProcess
from tests.wire.memory_hub import until
from tests.wire.test_telegram_groups import entity

pytestmark = pytest.mark.wire

SETTINGS = """
[hub]
name = "Two"
timezone = "UTC"
default_region = "here"
admins = ["telegram:77"]

[channels.web]
listen = "127.0.0.1:{port}"

[channels.telegram.support]
token = "env:SUPPORT_TOKEN"
api_url = "{support}"
pace = {{ overall = 3000, chat = 1000, group = 1000 }}

[channels.telegram.sales]
token = "env:SALES_TOKEN"
api_url = "{sales}"
webhook = {{ url = "http://127.0.0.1:{port}", secret = "env:SALES_SECRET" }}
pace = {{ overall = 3000, chat = 1000, group = 1000 }}

[regions.here]
location = "Europe/London"

[models.fake]
price = {{ input = 1, output = 1 }}

[agents.support]
prompt = "prompt.md"
serves = ["telegram/support", "web"]
tiers = {{ complex = "fake" }}
[[agents.support.deployments]]
region = "here"
api = "openai"
url = "{support_model}/v1"

[agents.sales]
prompt = "prompt.md"
serves = ["telegram/sales"]
tiers = {{ complex = "fake" }}
[[agents.sales.deployments]]
region = "here"
api = "openai"
url = "{sales_model}/v1"
"""
SECRETS = {"SUPPORT_TOKEN": "1:support", "SALES_TOKEN": "2:sales", "SALES_SECRET": "of-the-webhook"}
SOMEBODY, GROUP = 77, -100_500


class Bot:
    """One bot's platform and its agent's model."""

    def __init__(self, token: str) -> None:
        self.telegram = FakeTelegram(token=token)
        self.model = FakeModel()

    def whole(self, chat: int) -> list[str]:
        """The answers that stand in a chat with the buttons of one that is whole."""
        return [
            shown.texts[-1]
            for (of, number), shown in self.telegram.books.shown.items()
            if of == chat and "again" in self.telegram.buttons[of, number] and shown.deleted_s is None
        ]


@contextlib.asynccontextmanager
async def two_bots(folder: Path) -> AsyncIterator[tuple[Bot, Bot]]:
    support, sales = Bot("1:support"), Bot("2:sales")
    async with contextlib.AsyncExitStack() as stack:
        for fake in (support.telegram, support.model, sales.telegram, sales.model):
            await stack.enter_async_context(serving(fake))
        (folder / "prompts").mkdir()
        (folder / "prompts" / "prompt.md").write_text("Answer.\n", encoding="utf-8")
        settings = folder / "regions.toml"
        text = SETTINGS.format(
            port=free_port(),
            support=support.telegram.server.url,
            sales=sales.telegram.server.url,
            support_model=support.model.server.url,
            sales_model=sales.model.server.url,
        )
        settings.write_text(text, encoding="utf-8")
        hub = HubProcess(settings, SECRETS)
        hub.start()
        try:
            yield support, sales
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
            log = hub.log.read_text(encoding="utf-8")
            assert not [secret for secret in SECRETS.values() if secret in log]
        finally:
            hub.end()


async def test_two_bots_side_by_side_each_with_its_agent(tmp_path: Path) -> None:
    async with two_bots(tmp_path) as (support, sales):
        for bot, name in ((support, "support"), (sales, "sales")):
            bot.telegram.say(SOMEBODY, f"#{name}-1: the same person writes to both")
        await until(lambda: support.whole(SOMEBODY) and sales.whole(SOMEBODY))
        assert [call.mark for call in support.model.calls] == ["#support-1"]
        assert [call.mark for call in sales.model.calls] == ["#sales-1"]
        assert sales.telegram.books.calls["getUpdates"] == 0
        assert support.telegram.books.calls["setWebhook"] == 0
        admins = '{"chat_id":77,"type":"chat"}', ""
        await until(lambda: admins in support.telegram.commands and admins in sales.telegram.commands)

        await _a_stopped_answer(sales)
        await _an_answer_that_somebody_deletes(support)
        await _groups_topics_and_files(sales)
    for bot in (support, sales):
        assert bot.telegram.outside_the_spec == []
        assert not bot.telegram.unanswered_presses


async def _a_stopped_answer(bot: Bot) -> None:
    bot.model.between_s = 1.0
    bot.telegram.say(SOMEBODY, "#stop-1: a long story")
    await until(lambda: any(shown.texts[-1].startswith("echo #stop-1") for shown in bot.telegram.books.shown.values()))
    (_, number) = list(bot.telegram.books.shown)[-1]
    bot.telegram.press(SOMEBODY, number, "stop", again=1)
    await until(lambda: len(bot.whole(SOMEBODY)) == 2)
    assert bot.model.calls[-1].gone
    assert "end #stop-1" not in bot.whole(SOMEBODY)[-1]
    bot.model.between_s = 0
    bot.telegram.react(SOMEBODY, number, "👍")


async def _an_answer_that_somebody_deletes(bot: Bot) -> None:
    """The bot is told when it edits what is gone: the answer comes in a new message."""
    bot.model.first_s = 0.3
    bot.telegram.say(SOMEBODY, "#gone-1: hello")
    await until(lambda: len(bot.telegram.books.shown) == 2)
    (_, number) = list(bot.telegram.books.shown)[-1]
    bot.telegram.delete(SOMEBODY, number)
    await until(lambda: any("end #gone-1" in text for text in bot.whole(SOMEBODY)))
    bot.model.first_s = 0
    assert bot.telegram.books.verdict().answered_twice == []


async def _groups_topics_and_files(bot: Bot) -> None:
    threads: list[object] = []
    bot.telegram.on_call = lambda method, given: (
        threads.append(given.get("message_thread_id")) if method == "sendMessage" else None
    )
    mention = {"entities": entity("mention", 0, 9)}
    bot.telegram.say_in_group(GROUP, SOMEBODY, "#among-us: not for the bot")
    bot.telegram.say_in_group(GROUP, SOMEBODY, "@fake_bot #group-1: hello", **mention)
    bot.telegram.say_in_group(
        GROUP, SOMEBODY, "@fake_bot #topic-1: hello", **mention, message_thread_id=9, is_topic_message=True
    )
    photo = [{"file_id": "p", "file_unique_id": "u", "width": 1, "height": 1}]
    caption = {"caption": "@fake_bot #photo-1: see", "caption_entities": entity("mention", 0, 9)}
    bot.telegram.say_in_group(GROUP, SOMEBODY, "", photo=photo, **caption)
    await until(lambda: len(bot.whole(GROUP)) == 3)
    assert {call.mark for call in bot.model.calls[-3:]} >= {"#group-1", "#topic-1"}
    assert sorted(threads, key=str) == [9, None, None]
