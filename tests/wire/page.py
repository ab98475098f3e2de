"""The hub's web page as a browser uses it: the cookie, posts, and the stream of events."""

import asyncio
import itertools
import json
from typing import Any

import aiohttp


class Page:
    """One browser with the page open on one conversation."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._conversation = f"{base}/api/conversations/conversation-one"
        self._ids = itertools.count(1)
        self._told: dict[str, str] = {}
        """Answers of the history, by the message: what was said before the stream was open comes only there."""
        self._parts: dict[str, str] = {}
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), raise_for_status=True)
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        async with self._http.get(f"{self._base}/"):
            self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async with self._http.get(f"{self._conversation}/stream") as stream:
            kind = ""
            async for line in stream.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    self._heard(kind, json.loads(value))

    def _heard(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "state":
            self._told = {told["message_id"]: told["answer"] for told in data["exchanges"]}
        elif kind == "growth":
            part = data["part"]
            self._parts[part] = data.get("text", self._parts.get(part, "") + data.get("append", ""))
        elif kind == "final":
            self._parts[data["part"]] = data["text"]

    async def post(self, text: str) -> str:
        number = f"message-{next(self._ids)}"
        posted = {"id": number, "text": text}
        async with self._http.post(f"{self._conversation}/messages", json=posted, headers={"Origin": self._base}):
            return number

    def shown(self) -> str:
        return "\n".join([*self._told.values(), *self._parts.values()])

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._http.close()
