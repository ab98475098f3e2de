"""Hedging: where one call is slow to its first word, a second one races it, and the first to begin is the answer.

The technique is Dean and Barroso's ("The Tail at Scale"): waiting for the p95 before the second call keeps the extra
work at a twentieth. Both calls are held and billed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from io import StringIO
from typing import Any, Generic, TypeVar

from hub.listening import Draft

T = TypeVar("T")


class Leg(Generic[T]):
    """One of the calls. What it says is kept back until it has won."""

    def __init__(self, fine: Callable[[T], bool]) -> None:
        self.decided: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """True with its first word or a fine end, False where it failed before."""
        self._fine = fine
        self._task: asyncio.Task[T] | None = None
        self._kept = StringIO()
        self._draft: Draft | None = None

    def write(self, text: str, /) -> object:
        """As a Draft."""
        return (self._draft or self._kept).write(text)

    def start(self, call: Coroutine[Any, Any, T]) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(call))

    def first_word(self) -> None:
        """The answer begins."""
        self._decide(fine=True)

    def win(self, draft: Draft) -> None:
        """What was kept back is shown, and what follows."""
        self._draft = draft
        draft.write(self._kept.getvalue())

    async def heard(self) -> T:
        """What came of it. Raises what the call raised."""
        assert self._task
        return await self._task

    async def end(self) -> T | None:
        """Stop it; what came of it where it had ended by itself."""
        assert self._task
        self._task.cancel()
        (heard,) = await asyncio.gather(self._task, return_exceptions=True)
        return None if isinstance(heard, BaseException) else heard

    async def _run(self, call: Coroutine[Any, Any, T]) -> T:
        try:
            heard = await call
        except BaseException:
            self._decide(fine=False)
            raise
        self._decide(fine=self._fine(heard))
        return heard

    def _decide(self, *, fine: bool) -> None:
        if not self.decided.done():
            self.decided.set_result(fine)


async def race(
    one: Leg[T],
    second: Callable[[], Awaitable[Leg[T] | None]],
    patience: Coroutine[Any, Any, None],
    draft: Draft,
    abandon: Callable[[Leg[T]], Awaitable[None]],
) -> tuple[Leg[T], Leg[T] | None]:
    """The leg that answers, and the other one if there was one; both failed: the first of them.

    `second` begins another call, or has none to begin; it is asked when the `patience` is over before the first word.
    Where the race itself is broken off, each leg is given to `abandon`.
    """
    timer = asyncio.create_task(patience)
    other: Leg[T] | None = None
    try:
        await asyncio.wait((one.decided, timer), return_when=asyncio.FIRST_COMPLETED)
        if not one.decided.done():
            other = await second()
        winner = one
        if other:
            winner = await _first_fine(one, other)
        winner.win(draft)
        return winner, other if winner is one else one
    except BaseException:
        for leg in (one, other):
            if leg:
                await abandon(leg)
        raise
    finally:
        timer.cancel()


async def _first_fine(one: Leg[T], other: Leg[T]) -> Leg[T]:
    """The one that begins first; where both fail, the first."""
    waiting = {one.decided: one, other.decided: other}
    while waiting:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for decided in done:
            leg = waiting.pop(decided)
            if decided.result():
                return leg
    return one
