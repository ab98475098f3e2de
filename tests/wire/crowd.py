"""People who write to the bot, and a Telegram that sometimes delivers an update once more."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from tests.wire.fakes.telegram import FakeTelegram

FIRST_CHAT = 1000


class RepeatingTelegram(FakeTelegram):
    """Some updates come again within a second, under a new number: only the message in them is the same."""

    def __init__(self, *, repeats: float = 0.0, chance: random.Random | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._repeats = repeats
        self._chance = chance or random.Random(0)
        self.repeated = 0

    def update(self, update: Mapping[str, Any]) -> int:
        number = super().update(update)
        if self._chance.random() < self._repeats:
            self.repeated += 1
            asyncio.get_running_loop().call_later(self._chance.uniform(0, 1), super().update, update)
        return number


class Crowd:
    """`people` persons with `messages` messages each, every one with a mark of its own.

    The patient wait for an answer before they write on; the others write all within `hurry_s` seconds.
    """

    def __init__(
        self, telegram: FakeTelegram, *, people: int, messages: int, patient: bool, hurry_s: float = 2.0, seed: int = 0
    ) -> None:
        self._telegram = telegram
        self._patient = patient
        self._hurry_s = hurry_s
        self._chance = random.Random(seed)
        self.chats = range(FIRST_CHAT, FIRST_CHAT + people)
        self._left = dict.fromkeys(self.chats, messages)
        self._messages = messages
        self.total = people * messages

    def start(self) -> None:
        later = asyncio.get_running_loop().call_later
        for chat in self.chats:
            times = 1 if self._patient else self._messages
            moments = sorted(self._chance.uniform(0, self._hurry_s) for _ in range(times))
            for moment in moments:
                later(moment, self._say, chat)

    def answered(self, chat: int) -> None:
        """The person has read the answer, and writes on if patience was all that kept them."""
        if self._patient and self._left[chat]:
            self._say(chat)

    def _say(self, chat: int) -> None:
        number = self._messages - self._left[chat] + 1
        self._left[chat] -= 1
        self._telegram.say(chat, f"#p{chat}-{number}: how long does an order to my place take?")
