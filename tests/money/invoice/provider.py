"""The provider: a session in the place of the network that answers, breaks, goes on billing, and writes it down."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import aiohttp
import msgspec
from multidict import CIMultiDict
from yarl import URL

from tests.money.invoice.books import Books, Entry
from tests.money.invoice.plans import BY_NAME, MOST_ATTEMPTS, WHOLE, Model, Plan, fates, plan
from tests.money.invoice.wires import RUNNING, WIRES, Anthropic, Gemini, OpenAi, read

_REFUSALS = {
    "429": (429, "rate_limit_exceeded"),
    "500": (500, "server_error"),
    "503": (503, "overloaded_error"),
    "400": (400, "invalid_request_error"),
    "401": (401, "invalid_api_key"),
    "too long a prompt": (400, "context_length_exceeded"),
    "presumed, then refused": (429, "rate_limit_exceeded"),
    "a gateway's 504": (504, "timeout"),
}
_STREAM = "text/event-stream"


class People(Protocol):
    """What happens on the hub's side in the middle of a call; none of these returns where the call cannot go on."""

    def stop(self, mark: str) -> None: ...

    def cancel(self, mark: str) -> None: ...

    def kill(self, mark: str) -> None: ...

    async def take_over(self, mark: str) -> None: ...


class Provider:
    """All providers at once, one for each model. Does what the hub asks of an aiohttp.ClientSession."""

    def __init__(self, seed: int, books: Books, people: People, calm: Callable[[str], bool]) -> None:
        self._seed = seed
        self._books = books
        self._people = people
        self._calm = calm
        self._attempts: dict[str, int] = defaultdict(int)

    def next_fate(self, mark: str) -> str:
        """Of the next call for the message."""
        attempts = self._attempts[mark]
        return "plain" if attempts >= MOST_ATTEMPTS or self._calm(mark) else fates(self._seed, mark)[attempts]

    async def request(self, _method: str, url: URL, *, data: bytes, **_: object) -> "_Response":
        asked = read(url, data)
        fate = self.next_fate(asked.mark)
        attempt = self._attempts[asked.mark] = self._attempts[asked.mark] + 1
        model = BY_NAME[asked.model]
        if fate == "no way":
            raise aiohttp.ConnectionTimeoutError("no way there")
        drawn = plan(self._seed, asked.mark, attempt, fate, model, asked.tokens, asked.pictures, asked.cap)
        entry = self._books.write(Entry(asked.mark, model.name, fate, fate in _REFUSALS, drawn.items))
        if fate == "a gateway's 504":
            entry.refused = False
        if fate.startswith("presumed"):
            await self._people.take_over(asked.mark)
        if fate in _REFUSALS:
            status, word = _REFUSALS[fate]
            error = msgspec.json.encode({"error": {"message": "no", "type": word, "code": word}})
            return _Response("application/json", _one(error), status)
        return await self._begin(entry, model, drawn)

    async def _begin(self, entry: Entry, model: Model, drawn: Plan) -> "_Response":
        match entry.fate:
            case "dropped":
                raise aiohttp.ServerDisconnectedError("gone")
            case "stopped at once":
                self._people.stop(entry.mark)
                await _for_ever()
            case "killed before sending" | "killed midway":
                self._people.kill(entry.mark)
                await _for_ever()
            case "silent":
                await _for_ever()
            case "no stream":
                return _Response("text/html", _one(b"<p>Maintenance</p>"))
            case "an empty stream":
                return _Response(_STREAM, _one(b": nothing\n\n"))
        wire = RUNNING if model.name == "acme-omni" else WIRES[model.api]
        if entry.fate == "in one piece":
            return _Response("application/json", _gathered(entry, wire.whole("One two ", wire.usage(drawn.items))))
        closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        return _Response(_STREAM, self._pieces(entry, drawn, wire, closed), closed=closed)

    async def _pieces(
        self, entry: Entry, drawn: Plan, wire: OpenAi | Anthropic | Gemini, closed: asyncio.Future[None]
    ) -> AsyncIterator[bytes]:
        fate = entry.fate
        told = None if fate in ("no usage", "mad usage") else wire.usage(drawn.told)
        last = {"no usage": None, "no last usage": None, "mad usage": wire.mad}.get(fate, wire.usage(drawn.items))
        silent = fate in ("filtered", "a tool")
        yield wire.begin(told) + (wire.tool() if fate == "a tool" else b"" if silent else wire.piece("One ", told))
        if fate != "cut early" and not silent:
            yield wire.piece("two ", told)
        await self._midway(entry, closed)
        before, end = wire.last(fate, last)
        if fate == "an error midway":
            yield b'data: {"type": "error", "error": {"type": "server_error", "message": "no"}}\n\n'
        elif fate == "cut before its usage":
            yield before
            raise aiohttp.ClientPayloadError("gone")
        yield before + end
        entry.delivered = fate in WHOLE

    async def _midway(self, entry: Entry, closed: asyncio.Future[None]) -> None:
        match entry.fate:
            case "cut early" | "cut late" | "presumed, then cut":
                raise aiohttp.ClientPayloadError("gone")
            case "stopped midway":
                self._people.stop(entry.mark)
                await _until(closed)
            case "cancelled midway":
                self._people.cancel(entry.mark)
                await _until(closed)
            case "silent midway":
                await _until(closed)


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _until(closed: asyncio.Future[None]) -> None:
    """Nothing comes any more until the hub closes the response."""
    await closed
    raise aiohttp.ClientConnectionError("closed")


async def _gathered(entry: Entry, body: bytes) -> AsyncIterator[bytes]:
    yield body
    entry.delivered = True


async def _one(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


class _Response:
    """What the hub uses of an aiohttp.ClientResponse and its content."""

    def __init__(
        self,
        content_type: str,
        pieces: AsyncIterator[bytes],
        status: int = 200,
        *,
        closed: asyncio.Future[None] | None = None,
    ) -> None:
        self.status = status
        self.headers = CIMultiDict({"content-type": content_type})
        self.content = self
        self._pieces = pieces
        self._closed = closed

    async def readany(self) -> bytes:
        async for piece in self._pieces:
            if piece:  # nothing would mean the end
                return piece
        return b""

    def close(self) -> None:
        if self._closed and not self._closed.done():
            self._closed.set_result(None)
