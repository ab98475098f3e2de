"""A bounded number of turns at once; above it people stand in line and are told their place."""

import asyncio
import itertools
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

TOLD_AFTER_S = 2.0
TOLD_AGAIN_AFTER_S = 5.0
MOST_OF_ONE = 16
"""Questions of one person in line; a flood of theirs rests in the store, so that others can be claimed before it."""
REMEMBERED = 10_000
"""People whose last turn is remembered: who is not among them comes as if for the first time."""


class Line:
    """Round robin over people: a free place goes to who was given one longest ago, then to who came first."""

    def __init__(
        self, at_once: int, *, told_after_s: float = TOLD_AFTER_S, told_again_after_s: float = TOLD_AGAIN_AFTER_S
    ) -> None:
        self._free = at_once
        self._told_after_s = told_after_s
        self._told_again_after_s = told_again_after_s
        self._waiting: dict[asyncio.Future[None], int] = {}
        """Those in line, by person, in the order they came; a result is the place they were given."""
        self._turns = itertools.count(1)
        self._served: OrderedDict[int, int] = OrderedDict()
        """When people were given their last place, counted in places."""
        self._of: Counter[int] = Counter()
        """How many of each person stand in line."""

    def crowded(self, person: int) -> bool:
        """Whether so many of one person's questions stand in line that another one must wait elsewhere."""
        return self._of[person] >= MOST_OF_ONE

    @asynccontextmanager
    async def place(self, tell: Callable[[int], Awaitable[None]], person: int = 0) -> AsyncIterator[None]:
        """Hold a place; whoever waits for one longer than two seconds is told, and told again as the line moves."""
        if self._free:
            self._free -= 1
            self._serve(person)
        else:
            await self._stand_in_line(tell, person)
        try:
            yield
        finally:
            self._give_up_place()

    async def _stand_in_line(self, tell: Callable[[int], Awaitable[None]], person: int) -> None:
        mine = asyncio.get_running_loop().create_future()
        self._waiting[mine] = person
        self._of[person] += 1
        patience = self._told_after_s
        try:
            while not await _done_within(mine, patience):
                await tell(self._order().index(mine) + 1)
                patience = self._told_again_after_s
        except BaseException:
            if mine.done():  # it was given a place that it will not use
                self._give_up_place()
            else:
                self._leave(mine)
            raise

    def _give_up_place(self) -> None:
        """To the next in line, if there is one."""
        if not self._waiting:
            self._free += 1
            return
        # The first of those whose person was served longest ago; there are a few hundred in line at the most.
        following = min(self._waiting, key=lambda each: self._served.get(self._waiting[each], 0))
        self._serve(self._leave(following))
        following.set_result(None)

    def _leave(self, standing: asyncio.Future[None]) -> int:
        person = self._waiting.pop(standing)
        self._of[person] -= 1
        if not self._of[person]:
            del self._of[person]
        return person

    def _serve(self, person: int) -> None:
        self._served[person] = next(self._turns)
        self._served.move_to_end(person)
        if len(self._served) > REMEMBERED:
            self._served.popitem(last=False)

    def _order(self) -> list[asyncio.Future[None]]:
        """Those in line, in the order in which they will be served if nobody else comes."""
        rounds: Counter[int] = Counter()
        places = []
        for number, (standing, person) in enumerate(self._waiting.items()):
            places.append((rounds[person], self._served.get(person, 0), number, standing))
            rounds[person] += 1
        return [standing for *_, standing in sorted(places, key=lambda each: each[:3])]


async def _done_within(future: asyncio.Future[None], seconds: float) -> bool:
    # Waiting again must not lose the place in line, so the future outlives each wait.
    done, _ = await asyncio.wait((future,), timeout=seconds)
    return bool(done)
