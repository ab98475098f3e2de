"""Notes and a ration in memory, for several channels of one account in a test."""

import asyncio

from hub.errors import TrunklineError


class MemoryNotes:
    """Implements hub.channel.Notes. `away`: the store cannot be reached."""

    def __init__(self) -> None:
        self.left: dict[str, str] = {}
        self.away = False

    async def leave(self, key: str, value: str, lives_s: float) -> None:
        assert lives_s >= 0
        await self._reach()
        self.left[key] = value

    async def find(self, key: str) -> str:
        await self._reach()
        return self.left.get(key, "")

    async def drop(self, key: str) -> None:
        await self._reach()
        self.left.pop(key, None)

    async def _reach(self) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise TrunklineError("The store is away.")


class MemoryRation:
    """Implements hub.channel.Ration; nothing leaves its window while a test lasts."""

    def __init__(self) -> None:
        self.used: dict[str, int] = {}

    async def take(self, what: str, most: int, within_s: float, share: float = 1.0) -> float:
        await asyncio.sleep(0)
        if self.used.get(what, 0) >= most * share:
            return within_s
        self.used[what] = self.used.get(what, 0) + 1
        return 0.0
