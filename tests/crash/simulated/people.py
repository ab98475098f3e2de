"""A Telegram whose updates come twice, late or in another order, and the people who write there."""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.crash.simulated.plan import Plan
from tests.wire.fakes.books import KEY
from tests.wire.fakes.http import Exchange
from tests.wire.fakes.telegram import FakeTelegram

FIRST_CHAT = 1_000
ADMINS_CHAT = 999
DAY_S = 86_400


class Telegram(FakeTelegram):
    """`watch` is told of each request, before and after it is handled."""

    def __init__(self, plan: Plan, watch: Callable[[str], object]) -> None:
        super().__init__(strict=False, faults=plan.telegram)
        self._plan = plan
        self._watch = watch
        self._chance = random.Random(f"{plan.seed}/updates")
        self._said: list[Mapping[str, Any]] = []

    def handle(self, exchange: Exchange) -> None:
        method = exchange.path.rpartition("/")[2]
        what = "final" if method == "editMessageText" and b'"again"' in exchange.body else method
        self._watch(f"asked {what}")
        super().handle(exchange)
        self._watch(f"done {what}")

    def update(self, update: Mapping[str, Any]) -> int:
        self._said.append(update)
        if self._chance.random() < self._plan.repeats:
            self._later(update)
        if self._chance.random() < self._plan.held_back:
            self._later(update)
            return 0
        return super().update(update)

    def come_again(self) -> None:
        """Everything that was ever said is delivered once more."""
        for update in self._said:
            super().update(update)

    def _later(self, update: Mapping[str, Any]) -> None:
        asyncio.get_running_loop().call_later(self._chance.uniform(0.0, 3.0), super().update, update)


class Crowd:
    """Everybody who writes; each message has a mark of its own."""

    def __init__(self, plan: Plan, telegram: Telegram, now_s: Callable[[], int]) -> None:
        self._plan = plan
        self._telegram = telegram
        self._now_s = now_s
        self._chance = random.Random(f"{plan.seed}/people")
        self._left = {FIRST_CHAT + number: plan.messages for number in range(plan.people)}
        self._answered: dict[int, int] = {}
        self._newest: dict[int, tuple[int, str]] = {}
        self._count = 0
        self.disturbed: set[str] = set()
        """Marks of what was stopped, changed or cannot be read: nobody can say whether it is still answered."""
        self.edited: set[str] = set()
        """Marks of what was written in the place of something else."""
        self.must: set[str] = set()
        """Marks that must be answered by a model, not by an apology."""

    @property
    def silent(self) -> bool:
        """Nobody has anything left to say."""
        return not any(self._left.values())

    def start(self) -> None:
        for chat, messages in self._left.items():
            times = 1 if self._plan.patient else messages
            for moment in sorted(self._chance.uniform(0, self._plan.hurry_s) for _ in range(times)):
                asyncio.get_running_loop().call_later(moment, self._next, chat)

    def done(self, counts: Mapping[int, int]) -> None:
        """So many messages of each chat are finished: the patient write on."""
        for chat, count in counts.items():
            fresh = count - self._answered.get(chat, 0)
            self._answered[chat] = count
            if self._plan.patient and chat in self._left:
                for _ in range(fresh):
                    self._next(chat)

    def _next(self, chat: int) -> None:
        if self._left[chat]:
            self._left[chat] -= 1
            self.say(chat)

    def say(self, chat: int, *, must: bool = False, **more: Any) -> None:
        self._count += 1
        text = f"#p{chat}-{self._count}: how long does an order to my place take, number {self._count}?"
        mark = KEY.findall(text)[0]
        if must:
            self.must.add(mark)
        self._newest[chat] = self._telegram.say(chat, text, **{"date": self._now_s(), **more}), mark

    # -- what else people do -----------------------------------------------------------------------------------------

    def flood(self, messages: int, *, must: bool = False) -> None:
        for _ in range(messages):
            self.say(2_000 + self._chance.randrange(messages), must=must)

    def old(self, messages: int) -> None:
        """What was written almost a day ago: the platform keeps updates for so long."""
        for number in range(messages):
            self.say(3_000 + number, date=self._now_s() - DAY_S + 60)

    def stop(self, which: float) -> None:
        chat = self._somebody(which)
        self._disturb(chat)
        self._telegram.say(chat, "/stop", date=self._now_s())

    def press(self, which: float) -> None:
        """On a button below an answer that grows."""
        growing = [key for key, data in self._telegram.buttons.items() if data == ["stop"] and key[0] != ADMINS_CHAT]
        if growing:
            chat, message = growing[int(which * len(growing))]
            self._disturb(chat)
            self._telegram.press(chat, message, "stop", again=self._chance.choice((0, 0, 1)))

    def edit(self, which: float) -> None:
        chat = self._somebody(which)
        if chat in self._newest:
            self._disturb(chat)
            message, mark = self._newest[chat]
            self.edited.add(f"{mark}-anew")
            self._telegram.edit(chat, message, f"{mark}-anew: and how long is it to the place of my neighbour?")

    def block(self, which: float) -> None:
        chat = self._somebody(which)
        self._disturb(chat, from_now_on=True)
        self._telegram.blocked.add(chat)

    def _somebody(self, which: float) -> int:
        return FIRST_CHAT + int(which * self._plan.people)

    def _disturb(self, chat: int, *, from_now_on: bool = False) -> None:
        said = [each.text for each in self._telegram.books.said if each.chat == chat]
        self.disturbed |= {mark for text in said for mark in KEY.findall(text)}
        if from_now_on:
            self._left[chat] = 0
