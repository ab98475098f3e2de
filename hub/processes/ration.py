"""What a platform allows all processes of an account together: a window in the store for each thing it counts."""

from hub.limits.window import Window, admit, until_room
from hub.store import Database, Undone


class StoredRation:
    """Implements hub.channel.Ration for one account."""

    def __init__(self, database: Database, account: str) -> None:
        self._database = database
        self._account = account

    async def take(self, what: str, most: int, within_s: float, share: float = 1.0) -> float:
        """0.0 where one more is counted; else the seconds to wait. Raises StoreError."""
        subject = f"ration/{self._account}/{what}"
        window = Window(int(within_s * 1000), group=1, kept=most, most=max(1, int(most * share)))
        try:
            await self._database.run(admit(subject, window))
        except Undone:
            wait_ms, _ = await until_room(self._database, subject, window)
            return max(wait_ms, 1) / 1000
        return 0.0
