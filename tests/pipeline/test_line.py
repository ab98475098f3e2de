"""The line: so many at once, first come first served, told their place as it moves."""

import asyncio

import pytest

from hub.line import MOST_OF_ONE, Line
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

QUICK = 0.002


class Person:
    """Stands in line, holds a place until told to leave, and remembers what was said."""

    def __init__(self, line: Line, name: str, served: list[str], number: int = 0) -> None:
        self.told: list[int] = []
        self.leave = asyncio.Event()
        self._served = served
        self._name = name
        self.task = asyncio.create_task(self._come(line, number))

    async def _come(self, line: Line, number: int) -> None:
        async with line.place(self._tell, number):
            self._served.append(self._name)
            await self.leave.wait()

    async def _tell(self, number: int) -> None:
        self.told.append(number)


async def test_who_finds_a_free_place_is_told_nothing() -> None:
    served: list[str] = []
    people = [Person(Line(2), name, served) for name in "ab"]

    await until(lambda: len(served) == 2)
    await _gone(*people)
    assert [person.told for person in people] == [[], []]


async def test_places_are_told_and_counted_down_and_kept_however_long_it_takes() -> None:
    served: list[str] = []
    line = Line(1, told_after_s=QUICK, told_again_after_s=QUICK)
    people = [Person(line, name, served) for name in "abcd"]

    await until(lambda: [person.told[-1:] for person in people] == [[], [1], [2], [3]])
    people[0].leave.set()
    await until(lambda: [person.told[-1:] for person in people[2:]] == [[1], [2]])
    people[1].leave.set()
    await until(lambda: people[3].told[-1:] == [1])
    await _gone(*people[:2])
    await _gone(people[2])
    await _gone(people[3])

    assert served == ["a", "b", "c", "d"]


async def test_who_comes_late_does_not_overtake_those_who_were_told() -> None:
    served: list[str] = []
    line = Line(1, told_after_s=QUICK, told_again_after_s=QUICK)
    people = [Person(line, "0", served)]
    for number in range(1, 8):
        people.append(Person(line, str(number), served))
        await asyncio.sleep(2 * QUICK)
    for person in people:
        await _gone(person)

    assert served == [str(number) for number in range(8)]


async def test_who_leaves_the_line_makes_room() -> None:
    served: list[str] = []
    line = Line(1, told_after_s=QUICK, told_again_after_s=QUICK)
    first, second, third = (Person(line, name, served) for name in "abc")
    await until(lambda: third.told[-1:] == [2])

    second.task.cancel()
    await until(lambda: third.told[-1:] == [1])
    await _gone(first)
    await until(lambda: served == ["a", "c"])
    await _gone(third)


async def test_a_place_given_to_one_who_leaves_at_that_moment_is_passed_on() -> None:
    served: list[str] = []
    line = Line(1)
    first, second, third = (Person(line, name, served) for name in "abc")
    await asyncio.sleep(0.01)

    first.leave.set()
    await first.task
    second.task.cancel()  # the place is its own already, and it has not woken yet
    await asyncio.gather(second.task, return_exceptions=True)

    await until(lambda: "c" in served)
    await _gone(third)
    async with asyncio.timeout(60), line.place(third._tell):
        pass


async def test_who_cannot_be_told_gives_the_place_up() -> None:
    line = Line(1, told_after_s=QUICK)
    served: list[str] = []
    first = Person(line, "a", served)
    await asyncio.sleep(0)

    async def broken(_: int) -> None:
        raise RuntimeError("scripted")

    with pytest.raises(RuntimeError):
        async with line.place(broken):
            pass
    await _gone(first)
    async with asyncio.timeout(60), line.place(broken):
        served.append("b")
    assert served == ["a", "b"]


async def _gone(*people: Person) -> None:
    for person in people:
        person.leave.set()
    await asyncio.gather(*(person.task for person in people))


async def test_a_flood_of_one_person_does_not_keep_others_waiting() -> None:
    served: list[str] = []
    line = Line(1)
    first = Person(line, "0", served)
    flood = [Person(line, "flood", served, 1) for _ in range(5)]
    others = [Person(line, name, served, number) for number, name in enumerate("abc", 2)]
    await asyncio.sleep(0.01)
    for person in (first, *flood, *others):
        person.leave.set()
    await asyncio.gather(*(person.task for person in (first, *flood, *others)))

    assert served == ["0", "flood", "a", "b", "c", "flood", "flood", "flood", "flood"]


async def test_the_place_told_is_the_one_in_the_order_of_people() -> None:
    served: list[str] = []
    line = Line(1, told_after_s=QUICK, told_again_after_s=QUICK)
    first = Person(line, "0", served)
    flood = [Person(line, "flood", served, 1) for _ in range(3)]
    other = Person(line, "a", served, 2)
    await until(lambda: [each.told[-1:] for each in (*flood, other)] == [[1], [3], [4], [2]])
    for person in (first, flood[0], other, flood[1], flood[2]):
        await _gone(person)


async def test_who_has_many_in_line_is_told_to_wait_elsewhere() -> None:
    served: list[str] = []
    line = Line(1)
    people = [Person(line, "flood", served, 1) for _ in range(MOST_OF_ONE + 1)]
    await asyncio.sleep(0.01)
    assert line.crowded(1)
    assert not line.crowded(2)
    await _gone(people[0])
    await asyncio.sleep(0.01)
    assert not line.crowded(1)
    await _gone(*people[1:])
