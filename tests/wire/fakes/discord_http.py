"""How a Discord of our own speaks HTTP: its server, its refusals, its answers."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web


class Refusal(Exception):
    """The API says no."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


class Said:
    """A message in a channel, the bot's or a person's."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.deleted = False


class HttpServer:
    """An aiohttp application on a port of this machine."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self.port = 0

    async def start(self, port: int = 0) -> int:
        self._runner = web.AppRunner(self._app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self.port

    async def close(self) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def cut(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()
    raise asyncio.CancelledError


class Broken(web.HTTPException):
    status_code = 503

    def __init__(self) -> None:
        super().__init__(text="<html>oops</html>", content_type="text/html")


def limited(wait_s: float) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": round(wait_s, 3), "global": False}
    return as_json(429, body, {"Via": "1.1 google", "X-RateLimit-Scope": "user"})


def as_json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    # discord.py reads a body only where the type is this word for word.
    found = web.Response(status=status, body=json.dumps(value).encode(), headers=headers)
    found.headers["Content-Type"] = "application/json"
    return found
