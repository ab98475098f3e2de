"""Notes of a channel in the store: what one process of an account leaves for the others."""

from hub.store import Database, statement


class StoredNotes:
    """Implements hub.channel.Notes for one account."""

    def __init__(self, database: Database, account: str) -> None:
        self._database = database
        self._account = account

    async def leave(self, key: str, value: str, lives_s: float) -> None:
        """Raises StoreError."""
        await self._database.run(
            statement("processes.note", id=f"{self._account}/{key}", value=value, lives_ms=int(lives_s * 1000))
        )

    async def find(self, key: str) -> str:
        """Raises StoreError."""
        rows = await self._database.read(statement("processes.noted", id=f"{self._account}/{key}"))
        return str(rows[0]["value"]) if rows else ""

    async def drop(self, key: str) -> None:
        """Raises StoreError."""
        await self._database.run(statement("processes.drop_note", id=f"{self._account}/{key}"))
