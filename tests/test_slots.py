"""Places whose number changes while they are in use."""

import asyncio

import pytest

from hub.slots import Slots

pytestmark = pytest.mark.unit


class Callers:
    """Each holds a place until told."""

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self._slots = Slots(lambda: self.at_most)
        self.inside: list[int] = []
        self._leave = [asyncio.Event() for _ in range(10)]
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, count: int) -> None:
        self.tasks = [asyncio.create_task(self._call(number)) for number in range(count)]
        await self.settle()

    async def _call(self, number: int) -> None:
        async with self._slots:
            self.inside.append(number)
            try:
                await self._leave[number].wait()
            finally:
                self.inside.remove(number)

    async def leave(self, *numbers: int) -> None:
        for number in numbers:
            self._leave[number].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def end(self) -> None:
        await self.leave(*range(10))
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_first_come_first_served_up_to_the_number() -> None:
    callers = Callers(2)
    await callers.come(4)
    assert callers.inside == [0, 1]
    await callers.leave(1)
    assert callers.inside == [0, 2]
    await callers.end()
    assert callers.inside == []


async def test_a_smaller_number_lets_nobody_in_until_it_is_kept_and_a_larger_one_several() -> None:
    callers = Callers(3)
    await callers.come(6)
    callers.at_most = 1
    await callers.leave(0, 1)
    assert callers.inside == [2]
    callers.at_most = 3
    await callers.leave(2)
    assert callers.inside == [3, 4, 5]
    await callers.end()


async def test_who_gives_up_in_the_line_leaves_its_place_to_others() -> None:
    callers = Callers(1)
    await callers.come(3)
    callers.tasks[1].cancel()
    await callers.settle()
    await callers.leave(0)
    assert callers.inside == [2]
    await callers.end()


async def test_who_is_cancelled_when_it_was_just_let_in_gives_the_place_back() -> None:
    callers = Callers(1)
    await callers.come(3)
    callers._leave[0].set()
    await asyncio.sleep(0)
    callers.tasks[1].cancel()
    await callers.settle()
    assert callers.inside == [2]
    await callers.end()
