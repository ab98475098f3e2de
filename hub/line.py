"""A bounded number of turns at once; above it people stand in line and are told their place."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

TOLD_AFTER_S = 2.0
TOLD_AGAIN_AFTER_S = 5.0


class Line:
    """First come, first served."""

    def __init__(
        self, at_once: int, *, told_after_s: float = TOLD_AFTER_S, told_again_after_s: float = TOLD_AGAIN_AFTER_S
    ) -> None:
        self._free = at_once
        self._told_after_s = told_after_s
        self._told_again_after_s = told_again_after_s
        self._waiting: dict[asyncio.Future[None], None] = {}
        """Those in line, in the order they came; a result is the place they were given."""

    @asynccontextmanager
    async def place(self, tell: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
        """Hold a place; whoever waits for one longer than two seconds is told, and told again as the line moves."""
        if self._free:
            self._free -= 1
        else:
            await self._stand_in_line(tell)
        try:
            yield
        finally:
            self._give_up_place()

    async def _stand_in_line(self, tell: Callable[[int], Awaitable[None]]) -> None:
        mine = asyncio.get_running_loop().create_future()
        self._waiting[mine] = None
        patience = self._told_after_s
        try:
            while not await _done_within(mine, patience):
                await tell(list(self._waiting).index(mine) + 1)
                patience = self._told_again_after_s
        except BaseException:
            if mine.done():  # it was given a place that it will not use
                self._give_up_place()
            else:
                del self._waiting[mine]
            raise

    def _give_up_place(self) -> None:
        """To the first in line, if there is one."""
        first = next(iter(self._waiting), None)
        if first is None:
            self._free += 1
        else:
            del self._waiting[first]
            first.set_result(None)


async def _done_within(future: asyncio.Future[None], seconds: float) -> bool:
    # Waiting again must not lose the place in line, so the future outlives each wait.
    done, _ = await asyncio.wait((future,), timeout=seconds)
    return bool(done)
