"""Buttons below an answer, through the whole hub."""

from pathlib import Path

import pytest

from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.memory_hub import until
from tests.wire.test_hub_telegram import hub_between

pytestmark = pytest.mark.wire

GROUP, SOMEBODY = -100123, 77


async def test_ask_again_asks_once_and_a_group_is_answered_where_it_is_addressed(tmp_path: Path) -> None:
    telegram = FakeTelegram()

    def whole(chat: int) -> list[int]:
        return [number for (of, number), data in telegram.buttons.items() if of == chat and "again" in data]

    async with hub_between(telegram, FakeModel(), tmp_path, own_pace=False):
        telegram.say(SOMEBODY, "#a-1: hello")
        await until(lambda: whole(SOMEBODY))
        telegram.press(SOMEBODY, whole(SOMEBODY)[0], "again", again=2)
        await until(lambda: len(whole(SOMEBODY)) == 2)
        telegram.say_in_group(GROUP, SOMEBODY, "#g-1: among us")
        command = [{"type": "bot_command", "offset": 0, "length": 14}]
        telegram.say_in_group(GROUP, SOMEBODY, "/help@fake_bot", entities=command)
        await until(lambda: whole(GROUP))

    assert len(telegram.books.answers(GROUP)) == 1
    assert not telegram.unanswered_presses
