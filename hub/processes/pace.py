"""The rate gate's state as rows, where several processes deliver for one account."""

import asyncio
import logging
from collections.abc import Iterable

from hub.gate import Waits
from hub.store import Database, Rows, Statement, StoreError, statement

log = logging.getLogger(__name__)
WHOLE_ACCOUNT = ""


class SharedPace:
    """Implements hub.gate.Beside for one account."""

    def __init__(self, database: Database, account: str) -> None:
        self._database = database
        self._account = account
        self._telling: set[asyncio.Task[None]] = set()

    async def take(self, chat: str, chat_interval_s: float, burst: int, account_interval_s: float, most: int) -> Waits:
        """Count a send of the chat and of the account, or nothing; how long each must wait. Raises StoreError."""
        chat_us, account_us = _us(chat_interval_s), _us(account_interval_s)
        slacks = {chat: chat_us * (burst - 1), WHOLE_ACCOUNT: account_us * (most - 1)}
        where = {"account": self._account, "chat": chat}
        (taken,) = await self._database.run(
            statement(
                "gate.take",
                **where,
                chat_interval_us=chat_us,
                account_interval_us=account_us,
                chat_slack_us=slacks[chat],
                account_slack_us=slacks[WHOLE_ACCOUNT],
            )
        )
        if len(taken) == len(slacks):
            return Waits()
        rows = await self._database.read(statement("gate.waits", **where))
        waits = {row["chat"]: max(row["due_us"] - slacks[row["chat"]], row["closed_us"], 0) / 1e6 for row in rows}
        # What has passed meanwhile is asked for once more, in a moment.
        return Waits(max(waits.get(chat, 0.0), 0.001), waits.get(WHOLE_ACCOUNT, 0.0))

    def refused(self, chat: str, seconds: float) -> None:
        """The others learn of it soon."""
        where = {"account": self._account, "chat": chat, "for_us": _us(seconds)}
        task = asyncio.create_task(
            self._close(statement("gate.close", **where), statement("gate.close_account", **where))
        )
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _close(self, *statements: Statement) -> None:
        try:
            await self._database.run(*statements)
        except StoreError as error:
            log.warning("that %s asks to wait is known here alone: %s", self._account, error)

    async def close(self) -> None:
        await asyncio.gather(*self._telling, return_exceptions=True)


def closures(rows: Rows) -> Iterable[tuple[str, str, float]]:
    """Account, chat and seconds of what is closed."""
    return ((row["account"], row["chat"], row["for_us"] / 1e6) for row in rows)


def _us(seconds: float) -> int:
    return max(1, int(seconds * 1e6))
