"""The Telegram of our own as it calls a webhook: one chat's updates one after the other, again until they are taken."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp
import msgspec

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class WebhookCaller:
    """Calls one address. `again`: whether an update that was taken comes once more all the same."""

    def __init__(self, parameters: dict[str, Any], *, again: Callable[[], bool], retry_s: float = 0.1) -> None:
        self.url = str(parameters["url"])
        self.secret = str(parameters.get("secret_token", ""))
        self.statuses: list[int] = []
        """What each call was answered with; 0 where no answer came."""
        self.last_error = ""
        self._again = again
        self._retry_s = retry_s
        self._at_once = asyncio.Semaphore(int(parameters.get("max_connections", 40)))
        self._lines: dict[int, deque[tuple[int, bytes]]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def push(self, number: int, body: bytes) -> None:
        """An update for whoever listens there."""
        chat = _chat_of(body)
        self._lines.setdefault(chat, deque()).append((number, body))
        if chat not in self._tasks:
            self._tasks[chat] = asyncio.get_running_loop().create_task(self._work(chat))

    @property
    def waiting(self) -> list[tuple[int, bytes]]:
        """What was not taken yet, by number."""
        return sorted(each for line in self._lines.values() for each in line)

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _work(self, chat: int) -> None:
        line = self._lines[chat]
        while line:
            status = await self._call(line[0][1])
            if status != 200:
                self.last_error = f"Wrong response from the webhook: {status}" if status else "Connection refused"
                await asyncio.sleep(self._retry_s)
            elif not self._again():
                line.popleft()
        del self._lines[chat], self._tasks[chat]

    async def _call(self, body: bytes) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {"Content-Type": "application/json", SECRET_HEADER: self.secret}
        status = 0
        async with self._at_once:
            with contextlib.suppress(aiohttp.ClientError):
                async with self._session.post(self.url, data=body, headers=headers) as answer:
                    await answer.read()
                    status = answer.status
        self.statuses.append(status)
        return status


def _chat_of(body: bytes) -> int:
    update = msgspec.json.decode(body)
    (event,) = [value for name, value in update.items() if name != "update_id"]
    place = event.get("chat") or event.get("message", {}).get("chat") or event.get("from")
    return int(place["id"])
