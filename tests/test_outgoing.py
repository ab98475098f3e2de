"""What the hub says of its own accord: no chat waits for another, and each has its lines in order, once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hub import outgoing as module
from hub.channel import Pace, RetryAfter, Unreachable
from hub.clock import SystemClock
from hub.config.settings import Serves
from hub.delivery import Outlet
from hub.gate import Gate
from hub.messages import Conversation, File
from hub.outgoing import Outgoing, queued
from hub.store import Database, statement
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

SLOW, OTHER = Serves("chat", "main", chat="-100"), Serves("chat", "main", chat="c1")


class Slow:
    """A channel on which one chat takes a line only when told."""

    def __init__(self) -> None:
        self.posts: list[str] = []
        self.waiting = 0
        self.goes_on = asyncio.Event()
        self.script: list[Exception] = []

    def split(self, text: str) -> list[str]:
        return [text]

    async def post(self, where: Conversation, text: str, files: Sequence[File] = ()) -> str:
        if where.chat == SLOW.chat:
            self.waiting += 1
            await self.goes_on.wait()
            self.waiting -= 1
        if self.script:
            raise self.script.pop(0)
        self.posts.append(text)
        return text


def outgoing_of(database: Database, channel: Slow) -> Outgoing:
    outlet: Any = Outlet(channel, Gate(Pace(1000, 1000, 1000), SystemClock()))  # type: ignore[arg-type]
    return Outgoing(database, lambda _channel, _account: outlet)


async def test_a_slow_chat_holds_back_no_other(database: Database) -> None:
    channel = Slow()
    outgoing = outgoing_of(database, channel)
    for number in range(30):
        await database.run(*queued(f"human/1/a/{number:02}", [SLOW], f"line {number}"))
    async with asyncio.timeout(60):
        await outgoing.begin_due()
    await until(lambda: channel.waiting)
    for number in range(3):
        await database.run(*queued(f"human/2/b/{number}", [OTHER], f"answer {number}"))

    (sending,) = await outgoing.begin_due()
    await sending
    assert channel.posts == ["answer 0", "answer 1", "answer 2"]
    assert channel.waiting == 1
    assert await outgoing.begin_due() == []

    channel.goes_on.set()
    async with asyncio.timeout(60):
        while len(channel.posts) < 33:
            await asyncio.gather(*await outgoing.begin_due())
            await asyncio.sleep(0.001)
    assert channel.posts[3:] == [f"line {number}" for number in range(30)]
    await outgoing.close()


@pytest.mark.parametrize("trouble", [Unreachable(), RetryAfter(0.2)], ids=["unreachable", "asked to wait"])
async def test_what_is_put_off_is_overtaken_by_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    monkeypatch.setattr(module, "TRY_AGAIN_MS", 200)
    channel = Slow()
    channel.script = [trouble]
    outgoing, beside = outgoing_of(database, channel), outgoing_of(database, channel)
    for number in range(5):
        await database.run(*queued(f"human/1/a/{number}", [OTHER], f"line {number}"))
    async with asyncio.timeout(60):
        while len(channel.posts) < 5:
            await asyncio.gather(*await outgoing.begin_due(), *await beside.begin_due())
            await asyncio.sleep(0.01)
    assert channel.posts == [f"line {number}" for number in range(5)]


async def test_what_is_being_sent_elsewhere_holds_back_what_comes_after_it(database: Database) -> None:
    for number in range(2):
        await database.run(*queued(f"human/1/a/{number}", [OTHER], f"line {number}"))
    (first, _) = await database.read(statement("outgoing.due"))
    await database.run(
        statement("outgoing.sending", source=first["source"], place=first["place"], sent=0, lives_ms=60_000)
    )
    assert await database.read(statement("outgoing.due")) == []


async def test_files_that_cannot_be_read_keep_back_nothing(
    sqlite_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "week.png").mkdir()  # reading it fails, as without the right to
    channel = Slow()
    outgoing = outgoing_of(sqlite_database, channel)
    await sqlite_database.run(*queued("report", [OTHER], "the week", str(tmp_path / "week")))
    await sqlite_database.run(*queued("zeal", [OTHER], "an alert"))
    await asyncio.gather(*await outgoing.begin_due())
    assert channel.posts == ["the week", "an alert"]
    assert "cannot be read" in caplog.text


async def test_a_place_with_many_lines_does_not_take_the_whole_list(database: Database) -> None:
    for number in range(300):
        await database.run(*queued(f"alert/{number:03}", [SLOW], str(number)))
    await database.run(*queued("report", [OTHER], "newest"))

    due = await database.read(statement("outgoing.due"))

    assert "newest" in [row["text"] for row in due]
    assert [row["text"] for row in due if row["text"] != "newest"] == [str(number) for number in range(10)]


async def test_what_fails_in_one_place_ends_neither_the_others_nor_the_hub(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Slow()
    outgoing = outgoing_of(sqlite_database, channel)
    channel.split = lambda text: [text] if text != "broken" else [][0]  # type: ignore[method-assign]
    await sqlite_database.run(*queued("one", [SLOW], "broken"), *queued("two", [OTHER], "whole"))
    await asyncio.gather(*await outgoing.begin_due(), return_exceptions=True)
    assert channel.posts == ["whole"]
    assert "the work for" in caplog.text
