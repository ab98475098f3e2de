"""How a Discord of our own speaks HTTP: its server, its refusals, its answers."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import BodyPartReader, web


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


FILES, FILE_AT_MOST = 10, 10_000_000


class Upload(msgspec.Struct, frozen=True):
    """A file beside a message."""

    media_type: str
    data: bytes


async def read_body(request: web.Request) -> tuple[Any, dict[str, Upload]]:
    """The JSON of a request, and the files beside it where it is a form."""
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else None), {}
    body: Any = None
    files = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        data = bytes(await part.read())
        if part.name == "payload_json":
            body = json.loads(data)
        else:
            files[str(part.name)] = Upload(part.headers.get("Content-Type", ""), data)
    return body, files


def uploaded(body: Any, files: Mapping[str, Upload]) -> list[dict[str, Any]]:
    """What stands below the message, as Discord describes it; each file must be named in the body."""
    named = body.get("attachments", []) if isinstance(body, dict) else []
    if len(files) > FILES or {f"files[{each['id']}]" for each in named} != set(files):
        raise Refusal(400, 50035, "Invalid Form Body: attachments and files differ")
    found = []
    for each in named:
        file = files[f"files[{each['id']}]"]
        if len(file.data) > FILE_AT_MOST:
            raise Refusal(413, 40005, "Request entity too large")
        about = {"content_type": file.media_type, "size": len(file.data), "data": file.data}
        found.append({"id": each["id"], "filename": each["filename"], **about})
    return found


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
