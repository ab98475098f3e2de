"""The gate, in virtual time: paces kept in every window, first come first served, closed where the platform says so."""

import asyncio
from collections import defaultdict

import pytest

from hub.channel import Pace
from hub.gate import CHAT_BURST, CHATS_REMEMBERED, SLOT_AT_MOST_S, Gate
from tests.pipeline.virtual import VirtualClock

pytestmark = pytest.mark.unit

TELEGRAM = Pace(overall=30, chat=1, group=1 / 3)


def most_within(times: list[float], seconds: float) -> int:
    """Sends in the fullest window of that length."""
    return max(sum(start <= time < start + seconds - 1e-6 for time in times) for start in times)


async def send(gate: Gate, clock: VirtualClock, chat: str, times: list[float], *, private: bool = True) -> None:
    await gate.enter(chat, private=private)
    times.append(clock.now)


@pytest.mark.parametrize(("private", "a_second"), [(True, 1.0), (False, 1 / 3)])
async def test_one_chat_has_a_burst_and_then_its_pace(private: bool, a_second: float) -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    times: list[float] = []

    async def story() -> None:
        await asyncio.gather(*(send(gate, clock, "a", times, private=private) for _ in range(20)))

    await clock.play(story())

    assert times[CHAT_BURST - 1] - times[0] < 0.1
    for seconds in (1, 3, 9, 12):
        assert most_within(times, seconds) <= CHAT_BURST + seconds * a_second
    assert times[-1] - times[0] == pytest.approx((20 - CHAT_BURST) / a_second, abs=0.1)


async def test_the_account_keeps_its_pace_over_many_chats() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    times: list[float] = []

    async def story() -> None:
        await asyncio.gather(*(send(gate, clock, str(chat), times) for chat in range(200) for _ in range(2)))

    await clock.play(story())

    for seconds in (1, 2, 5):
        assert most_within(times, seconds) <= 1 + seconds * 30
    assert times[-1] - times[0] == pytest.approx(399 / 30, abs=0.1)


async def test_first_come_first_served() -> None:
    clock = VirtualClock()
    gate = Gate(Pace(overall=5, chat=1, group=1), clock)
    order: list[int] = []

    async def one(number: int) -> None:
        await gate.enter(str(number), private=True)
        order.append(number)

    async def story() -> None:
        await asyncio.gather(*(one(number) for number in range(50)))

    await clock.play(story())
    assert order == list(range(50))


async def test_growth_takes_only_what_nobody_waits_for() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    times: list[float] = []

    async def story() -> None:
        finals = [asyncio.create_task(send(gate, clock, "a", times)) for _ in range(6)]
        await asyncio.sleep(0)
        assert not gate.try_enter("a", private=True)
        while len(times) < 6:
            assert not gate.try_enter("a", private=True)
            await clock.sleep(0.5)
        await asyncio.gather(*finals)
        before = clock.now
        await clock.sleep(1.1)
        assert gate.try_enter("a", private=True)
        assert clock.now > before

    await clock.play(story())
    assert times[-1] - times[0] == pytest.approx(3, abs=0.1)  # growth has taken nothing


async def test_a_chat_that_was_told_to_wait_is_closed_and_others_are_not() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    began, closed, other = clock.now, list[float](), list[float]()
    gate.refused("a", 40, private=True)

    async def story() -> None:
        assert not gate.try_enter("a", private=True)
        await asyncio.gather(*(send(gate, clock, "a", closed) for _ in range(5)), send(gate, clock, "b", other))

    await clock.play(story())
    assert min(closed) >= began + 40
    assert other == [began]
    assert most_within(closed, 1) <= CHAT_BURST + 1


async def test_those_who_waited_already_when_it_was_closed_wait_on() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    began, times = clock.now, list[float]()

    async def story() -> None:
        waiting = [asyncio.create_task(send(gate, clock, "a", times)) for _ in range(8)]
        await clock.sleep(1.5)
        gate.refused("a", 60, private=True)
        await asyncio.gather(*waiting)

    await clock.play(story())
    late = [time for time in times if time > began + 1.5]
    assert late
    assert min(late) >= began + 61.5
    assert most_within(late, 5) <= CHAT_BURST + 5


async def test_a_second_refused_chat_closes_the_account() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    began, times = clock.now, list[float]()
    gate.refused("a", 10, private=True)
    gate.refused("b", 20, private=True)

    await clock.play(send(gate, clock, "c", times))
    assert times[0] >= began + 20


async def test_memory_is_bounded_by_what_is_going_on() -> None:
    clock = VirtualClock()
    gate = Gate(Pace(overall=1e6, chat=1, group=1), clock)

    for chat in range(5 * CHATS_REMEMBERED):
        clock.now += 0.01
        assert gate.try_enter(str(chat), private=True)

    assert len(gate._chats) <= CHATS_REMEMBERED + 200


async def test_a_forgotten_chat_had_its_whole_burst_anyway() -> None:
    clock = VirtualClock()
    gate = Gate(Pace(overall=1e6, chat=1, group=1), clock)
    gate.refused("closed", 1e6, private=True)
    for chat in range(2 * CHATS_REMEMBERED):
        clock.now += 2
        gate.try_enter(str(chat), private=True)

    assert not gate.try_enter("closed", private=True)


async def test_placeholders_under_way_are_bounded() -> None:
    gate = Gate(Pace(overall=1e6, chat=1e6, group=1e6, unconfirmed=2), VirtualClock())
    under_way, most = 0, 0

    async def one() -> None:
        nonlocal under_way, most
        place = await gate.place()
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        place.give_back()

    await asyncio.gather(*(one() for _ in range(12)))
    assert most == 2


async def test_a_hung_placeholder_does_not_keep_the_others_waiting() -> None:
    loop = asyncio.get_running_loop()
    gate = Gate(Pace(overall=1e6, chat=1e6, group=1e6), VirtualClock())
    began = loop.time()
    hung = await gate.place()
    async with asyncio.timeout(60):
        second = await gate.place()
    assert loop.time() >= began + SLOT_AT_MOST_S - 0.01, "at once"
    second.give_back()
    hung.give_back()

    await gate.place()
    assert await gate.place_at_once("a", private=True) is None, "given back once, not twice"


async def test_a_place_is_had_at_once_only_where_the_placeholder_would_not_wait() -> None:
    gate = Gate(Pace(overall=1e6, chat=1, group=1, unconfirmed=2), VirtualClock())
    place = await gate.place_at_once("quiet", private=True)
    assert place
    place.give_back()
    gate.refused("closed", 5, private=True)
    assert await gate.place_at_once("closed", private=True) is None
    for _ in range(CHAT_BURST):
        await gate.enter("busy", private=True)
    assert await gate.place_at_once("busy", private=True) is None
    assert await gate.place_at_once("quiet", private=True)


async def test_a_chats_pace_holds_when_the_account_was_crowded() -> None:
    clock = VirtualClock()
    gate = Gate(Pace(overall=10, chat=1, group=1), clock)
    times: dict[str, list[float]] = defaultdict(list)

    async def person(chat: str) -> None:
        for _ in range(6):
            await send(gate, clock, chat, times[chat])

    async def story() -> None:
        await asyncio.gather(*(person(str(chat)) for chat in range(30)))

    await clock.play(story())
    for chat in times.values():
        assert most_within(chat, 3) <= CHAT_BURST + 3


async def test_a_chats_pace_holds_after_the_account_was_closed() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    times: list[float] = []
    gate.refused("x", 20, private=True)
    gate.refused("y", 20, private=True)

    async def story() -> None:  # several threads of one chat
        await asyncio.gather(*(send(gate, clock, "a", times) for _ in range(15)))

    await clock.play(story())
    assert min(times) >= 1_020
    for seconds in (1, 3, 9):
        assert most_within(times, seconds) <= CHAT_BURST + seconds


async def test_nobody_overtakes_those_who_waited_when_it_was_closed() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    order: list[int] = []

    async def one(number: int) -> None:
        await gate.enter("a", private=True)
        order.append(number)

    async def story() -> None:
        early = [asyncio.create_task(one(number)) for number in range(8)]
        await clock.sleep(0.5)
        gate.refused("a", 10, private=True)
        await asyncio.gather(*early, *(one(number) for number in range(8, 12)))

    await clock.play(story())
    assert order == list(range(12))


async def test_one_who_stops_waiting_does_not_keep_the_others_back() -> None:
    clock = VirtualClock()
    gate = Gate(TELEGRAM, clock)
    times: list[float] = []

    async def story() -> None:
        waiting = [asyncio.create_task(send(gate, clock, "a", times)) for _ in range(6)]
        await clock.sleep(0.5)
        waiting[3].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    await clock.play(story())
    assert len(times) == 5
    assert times[-1] - times[0] == pytest.approx(2, abs=0.1)
