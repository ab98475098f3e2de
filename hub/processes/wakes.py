"""Words from process to process, so that nobody has to look again before there is something to see.

They hurry things along and nothing depends on them: whoever misses one finds the same in the store at the next look.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from hub.clock import Clock
from hub.store import StoreError

log = logging.getLogger(__name__)

TOGETHER_S = 0.02
"""Between two tellings: each is a transaction, and PostgreSQL lets one of those that notify commit at a time."""
AGAIN_AFTER_S = 2.0
DUE, STOP = "due", "stop"


@runtime_checkable
class Tells(Protocol):
    """A database that passes words on."""

    hears: bool
    """Whether words can be heard: not through a pooler of transactions."""

    async def tell(self, words: list[str]) -> None:
        """To everyone who hears. Raises StoreError."""
        ...

    async def hear(self, heard: Callable[[str], None]) -> None:
        """Until cancelled. Raises StoreError where the connection is lost."""
        ...


class Wakes:
    """`due REGION PROCESS`: there is something for it to claim, for anyone where none is named.

    `stop KEY`: an answer in that conversation is to end.
    """

    def __init__(self, database: Tells, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._words: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    @property
    def hears(self) -> bool:
        return self._database.hears

    def tell(self, word: str, about: str) -> None:
        """Soon, together with whatever else there is to tell."""
        self._words.add(f"{word} {about}")
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self._words:
            words, self._words = sorted(self._words), set()
            try:
                await self._database.tell(words)
            except StoreError as error:
                log.debug("others were not told: %s", error)  # they look by themselves
            await self._clock.sleep(TOGETHER_S)

    async def hear(self, heard: Callable[[str, str], None]) -> None:
        """Until cancelled."""
        if not self._database.hears:
            return

        def split(said: str) -> None:
            word, _, about = said.partition(" ")
            heard(word, about)

        while True:
            try:
                await self._database.hear(split)
            except StoreError as error:
                log.debug("words of others are not heard now: %s", error)
            await self._clock.sleep(AGAIN_AFTER_S)

    async def close(self) -> None:
        if self._telling:
            await asyncio.gather(self._telling, return_exceptions=True)
