"""Whatever ends and begins while people write: everything reaches the hub, and in each place in its order."""

import asyncio
import json
from collections import defaultdict
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from channels.discord.catching_up import CatchUp
from channels.discord.events import DISCORD_EPOCH_MS, Event, Reader
from hub.channel import Ambiguous, RetryAfter
from hub.messages import Conversation, Message, Seen

pytestmark = pytest.mark.property

ME, GUILD = "900", "9"
PRIVATE, IN_SERVER = ("11", "12"), ("21", "22")
NOW_MS = 1_800_000_000_000
FIRST = (NOW_MS - DISCORD_EPOCH_MS - 60_000) << 22


class World:
    """People, the platform's memory of what they wrote, and a hub that stores what it is given."""

    def __init__(self, failures: list[int]) -> None:
        self.said: dict[str, list[int]] = defaultdict(list)
        self.given: list[Event] = []
        self.listening = False
        self._failures = failures
        self._reader = Reader("main")
        self._last = FIRST
        self.catch_up = CatchUp(
            "main",
            self,
            self._reader,
            self.given.append,
            a_second=1e9,
            sleep=self._sleep,
            now_ms=lambda: NOW_MS,  # type: ignore
        )
        for place in PRIVATE:  # a private chat that nobody has heard of cannot be found
            self.say(place)
            self.given += self._reader.read_past(self._message(place, self._last), "")

    async def _sleep(self, _: float) -> None:
        await asyncio.sleep(0)

    def _message(self, place: str, number: int) -> dict[str, Any]:
        author, when = {"id": "77", "username": "somebody"}, "2026-01-01T00:00:00+00:00"
        return {"id": str(number), "channel_id": place, "author": author, "content": "x", "timestamp": when}

    def _hear(self, kind: str, data: dict[str, Any]) -> None:
        for event in self._reader.read(json.dumps({"op": 0, "t": kind, "s": 1, "d": data})):
            self.catch_up.hear(event)

    def say(self, place: str) -> None:
        self._last += 1
        self.said[place].append(self._last)
        if self.listening:
            where = {"guild_id": GUILD} if place in IN_SERVER else {}
            self._hear("MESSAGE_CREATE", {**self._message(place, self._last), **where})

    async def begin(self, late: int) -> None:
        """A new session; people write between its first word and the server's, which may come late."""
        self.listening = True
        self._hear("READY", {"session_id": "s", "user": {"id": ME}, "guilds": [{"id": GUILD}]})
        for _ in range(late):
            self.say(PRIVATE[0])
            await asyncio.sleep(0)
        channels = [{"id": place, "last_message_id": str((self.said[place] or [0])[-1])} for place in IN_SERVER]
        self._hear("GUILD_CREATE", {"id": GUILD, "channels": channels})

    async def request(self, method: str, path: str, *, query: dict[str, str], channel_id: str) -> Any:
        """The platform's history, three messages a page, newest first; now and then it fails."""
        await asyncio.sleep(0)
        match self._failures.pop() if self._failures else 0:
            case 1:
                raise RetryAfter(1)
            case 2:
                raise Ambiguous
        newer = [number for number in self.said[channel_id] if number > int(query["after"])]
        return [self._message(channel_id, number) for number in newer[:100]][::-1]

    async def last_seen(self, channel: str, account: str, since_ms: int) -> list[Seen]:
        await asyncio.sleep(0)
        newest = {event.place: event.what for event in self.given if isinstance(event.what, Message)}
        return [Seen(each.conversation, each.platform_id, each.sent_ms) for each in newest.values()]

    def heard(self, place: str) -> list[int]:
        """In the order in which each came first."""
        ids = [int(e.what.platform_id) for e in self.given if isinstance(e.what, Message) and e.place == place]
        return list(dict.fromkeys(ids))


PLACE = st.sampled_from([*PRIVATE, *IN_SERVER])
ACTION = st.one_of(
    st.tuples(st.just("say"), PLACE, st.just(1)),
    st.tuples(st.just("say"), PLACE, st.just(130)),
    st.tuples(st.sampled_from(["end", "wait"]), st.just(""), st.just(0)),
    st.tuples(st.just("begin"), st.just(""), st.integers(0, 6)),
)


_OLD_AND_NEW = [("end", "", 0), ("say", "21", 1), ("begin", "", 0), *[("wait", "", 0)] * 4, ("say", "21", 1)]


@example(actions=[*_OLD_AND_NEW, ("begin", "", 6)], failures=[2] * 6)
@settings(max_examples=150, deadline=None)
@given(actions=st.lists(ACTION, max_size=30), failures=st.lists(st.integers(0, 2), max_size=6))
def test_nothing_is_lost_and_order_is_kept(actions: list[tuple[str, str, int]], failures: list[int]) -> None:
    asyncio.run(_live(actions, failures))


async def _live(actions: list[tuple[str, str, int]], failures: list[int]) -> None:
    world = World(failures)
    running = asyncio.create_task(world.catch_up.run(world))  # type: ignore[arg-type]
    for kind, place, number in actions:
        match kind:
            case "say":
                for _ in range(number):
                    world.say(place)
            case "end":
                world.listening = False
            case "begin":
                await world.begin(number)
        await asyncio.sleep(0)
    await world.begin(0)
    for _ in range(400):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for place in (*PRIVATE, *IN_SERVER):
        assert world.heard(place) == world.said[place]
    assert world.catch_up.leftover() == []


def test_a_conversation_knows_its_place() -> None:
    thread = Conversation("discord", "main", "21", "22", GUILD, private=False)
    reader = Reader("main")
    reader.places.know_seen(thread)
    assert reader.places.conversation("22", GUILD) == thread
    assert reader.places.in_thread("22")
