"""The world around a bot, in one process: a platform, a model provider, and people who wait for their answers.

Each person sends a message, waits until its whole answer is shown, and sends the next. The first line on standard
output gives the addresses, `{"event": "measuring"}` follows when everyone's warm-up is answered, the last line has the
figures. Nothing is validated and no limit is kept, so that the world costs far less than any bot.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import time
from typing import Any

import msgspec

from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.model import Call, FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import FakeSlack
from tests.wire.fakes.telegram import FakeTelegram

FIRST_CHAT = 1000
PAUSE_S = 0.2
LISTENS_WITHIN_S = 30.0

Platform = FakeTelegram | FakeDiscord | FakeSlack


class Waiting(msgspec.Struct):
    """A message on its way to its answer; times in seconds on the monotonic clock, 0 while unknown."""

    person: int
    mark: str
    said: float
    handed_out: float = 0.0
    placeholder: float = 0.0
    last_byte: float = 0.0


class Timings(msgspec.Struct):
    """Milliseconds, one for each answered message."""

    placeholder: list[float] = []
    """From the update handed out to the first send in the chat."""
    final: list[float] = []
    """From the model's last byte to the whole answer shown."""
    whole: list[float] = []
    """From the person's message to the whole answer shown."""


class World:
    """`people` persons, each with `warmup` and then `messages` messages; they begin within `spread_s` seconds."""

    def __init__(
        self, platform: Platform, model: FakeModel, *, people: int, messages: int, warmup: int, spread_s: float = 0.0
    ) -> None:
        self._platform = platform
        self._spread_s = spread_s
        self._chance = random.Random(0)
        self._people = people
        self._left = [warmup] * people
        self._messages = messages
        self._count = 0
        self._busy = people
        self._measuring = False
        self._waiting: dict[int, Waiting] = {}
        self._by_mark: dict[str, Waiting] = {}
        self._by_update: dict[int, Waiting] = {}
        self._timings = Timings()
        self._began = time.monotonic()
        self._cpu = time.process_time()
        self._finals: dict[str, int] = {}
        """By mark: the message that shows the whole answer."""
        self.twice = 0
        self.done = asyncio.Event()
        self._shows = 0
        if isinstance(platform, FakeTelegram):
            platform.on_handed_out = self._handed_out
        platform.on_shown = self._shown
        model.on_last_byte = self._last_byte

    def start(self) -> None:
        if sum(self._left) == 0:
            self._measure()
        else:
            self._everyone_begins()

    def _everyone_begins(self) -> None:
        later = asyncio.get_running_loop().call_later
        for person in range(self._people):
            later(self._chance.uniform(0, self._spread_s), self._next, person)

    def figures(self) -> dict[str, Any]:
        seconds = (self._ended if self.done.is_set() else time.monotonic()) - self._began
        answered = len(self._timings.whole)
        return {
            "event": "done",
            "people": self._people,
            "messages": answered,
            "unanswered": self._people * self._messages - answered,
            "answered_twice": self.twice,
            "shows_a_message": round(self._shows / max(1, answered), 2),
            "seconds": round(seconds, 3),
            "messages_a_second": round(answered / seconds, 1),
            "world_cpu_ms_a_message": round((time.process_time() - self._cpu) * 1000 / max(1, answered), 3),
            "placeholder_ms": _spread(self._timings.placeholder),
            "final_ms": _spread(self._timings.final),
            "whole_ms": _spread(self._timings.whole),
        }

    def _measure(self) -> None:
        print('{"event": "measuring"}', flush=True)
        # Who measures the bot takes its first reading now, while nothing happens.
        asyncio.get_running_loop().call_later(PAUSE_S, self._begin)

    def _begin(self) -> None:
        self._measuring = True
        self._left = [self._messages] * self._people
        self._busy = self._people
        self._began = time.monotonic()
        self._cpu = time.process_time()
        self._everyone_begins()

    def _next(self, person: int) -> None:
        if self._left[person] == 0:
            self._busy -= 1
            if self._busy == 0:
                self._everyone_answered()
            return
        self._left[person] -= 1
        self._count += 1
        waiting = Waiting(person, f"#p{person}-{self._count}", time.monotonic())
        chat = FIRST_CHAT + person
        self._waiting[chat] = self._by_mark[waiting.mark] = waiting
        self._platform.say(chat, f"{waiting.mark}: how long does an order to my place take?")
        if isinstance(self._platform, FakeTelegram):
            self._by_update[self._platform.last_update] = waiting
        else:
            waiting.handed_out = waiting.said

    def _everyone_answered(self) -> None:
        if self._measuring:
            self._ended = time.monotonic()
            self.done.set()
        else:
            self._measure()

    def _handed_out(self, messages: list[int]) -> None:
        now = time.monotonic()
        for number in messages:
            if waiting := self._by_update.pop(number, None):
                waiting.handed_out = now

    def _last_byte(self, call: Call) -> None:
        if waiting := self._by_mark.get(call.mark):
            waiting.last_byte = time.monotonic()

    def _shown(self, chat: int, message: int, text: str) -> None:
        self._shows += self._measuring
        waiting = self._waiting.get(chat)
        if waiting is None:
            return
        if not waiting.placeholder:
            waiting.placeholder = time.monotonic()
        if text.endswith(f" end {waiting.mark}"):
            self._answered(chat, message, waiting)
        elif self._finals.get(text.rpartition(" end ")[2], message) != message:
            self.twice += 1

    def _answered(self, chat: int, message: int, waiting: Waiting) -> None:
        now = time.monotonic()
        del self._waiting[chat], self._by_mark[waiting.mark]
        self._finals[waiting.mark] = message
        if self._measuring:
            self._timings.placeholder.append((waiting.placeholder - waiting.handed_out) * 1000)
            self._timings.final.append((now - waiting.last_byte) * 1000)
            self._timings.whole.append((now - waiting.said) * 1000)
        # Not from within the request that shows the answer: the person reads first.
        asyncio.get_running_loop().call_soon(self._next, waiting.person)


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)

    return {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": round(ordered[-1], 2)}


def platform_of(name: str) -> Platform:
    match name:
        case "discord":
            platform = FakeDiscord()
            platform.strict = False
            return platform
        case "slack":
            return FakeSlack(strict=False)
    return FakeTelegram(strict=False)


def addresses(platform: Platform) -> dict[str, str]:
    """Where its API is, and its gateway where it has one."""
    match platform:
        case FakeDiscord():
            return {"platform": platform.api_url, "gateway": platform.gateway_url}
        case FakeSlack():
            return {"platform": platform.api_url}
    return {"platform": platform.server.url}


async def somebody_listens(platform: Platform) -> None:
    """What is said before is lost on Discord and late on Slack. Raises TimeoutError."""
    async with asyncio.timeout(LISTENS_WITHIN_S):
        while (isinstance(platform, FakeDiscord) and not platform.gateway.identified) or (
            isinstance(platform, FakeSlack) and not platform.connections
        ):
            await asyncio.sleep(0.05)


async def run(given: argparse.Namespace) -> None:
    platform = platform_of(given.platform)
    model = FakeModel(chunks=given.chunks, first_s=given.first_s, between_s=given.between_s)
    async with serving(platform, given.platform_port), serving(model, given.model_port):
        where = {**addresses(platform), "model": model.server.url}
        print(msgspec.json.encode(where).decode(), flush=True)
        who = {"people": given.people, "messages": given.messages, "warmup": given.warmup}
        world = World(platform, model, **who, spread_s=given.spread_s)
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        await somebody_listens(platform)
        world.start()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(world.done.wait(), given.timeout)
        print(msgspec.json.encode(world.figures()).decode(), flush=True)
        if given.stay:
            await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A platform, a model provider and people, for a bench.")
    parser.add_argument("--platform", choices=["telegram", "discord", "slack"], default="telegram")
    parser.add_argument("--platform-port", type=int, default=0)
    parser.add_argument("--model-port", type=int, default=0)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--messages", type=int, default=20, help="for each person, after the warm-up")
    parser.add_argument("--warmup", type=int, default=2, help="messages of each person before the measurement")
    parser.add_argument("--spread-s", type=float, default=0.0, help="seconds within which everyone begins")
    parser.add_argument("--chunks", type=int, default=20, help="pieces of an answer")
    parser.add_argument("--first-s", type=float, default=0.0, help="seconds until the first piece")
    parser.add_argument("--between-s", type=float, default=0.0, help="seconds between pieces; 0: all in one write")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds")
    parser.add_argument("--stay", action="store_true", help="serve on after the figures, until SIGTERM")
    parser.add_argument("--cpu", type=int, help="the core to stay on")
    given = parser.parse_args()
    if given.cpu is not None:
        os.sched_setaffinity(0, {given.cpu})
    try:
        import uvloop
    except ImportError:
        asyncio.run(run(given))
    else:
        uvloop.run(run(given))


if __name__ == "__main__":
    main()
