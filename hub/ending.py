"""How tasks are brought to their end."""

import asyncio
from collections.abc import Collection
from typing import Any

CANCEL_AGAIN_S = 6.0
"""Longer than what is under way may take to end in good order: a page's server, a report that is being sent."""


async def end(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel them until all are done: a library may answer a cancellation with an error, which a loop outlives.

    What they raise is left to the caller.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_S)
        for task in ended:
            task.cancelled() or task.exception()  # it counts as seen
