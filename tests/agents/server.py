"""A provider made by hand: answers each connection with exact bytes, at exact moments."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from hub.agents.connect import connect, http_client
from hub.agents.port import AgentClient, Done, Request, Said, Text, Timeouts

KEY = "test-key-7f3a9"
PROMPT = "What does the moon weigh, and who told you?"
REQUEST = Request("model-1", "You are brief.", (Said("user", PROMPT),), 50)
QUICK = Timeouts(connect=60.0, first_token=0.4, between_tokens=0.4, whole=2.0)
"""For who waits for their end."""
PATIENT = Timeouts(connect=60.0, first_token=60.0, between_tokens=60.0, whole=60.0)
"""For who does not: a busy machine may hold anybody up for longer than the quick ones."""

STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"

Writer = asyncio.StreamWriter


class Exchanges(msgspec.Struct):
    """What the server saw."""

    url: str
    requests: list[bytes] = []
    asked: asyncio.Event = msgspec.field(default_factory=asyncio.Event)
    """A request has come, whole."""
    closed: asyncio.Event = msgspec.field(default_factory=asyncio.Event)
    """A client went away while it was being answered, or after."""


@asynccontextmanager
async def server(answer: Callable[[Writer], Awaitable[None]]) -> AsyncIterator[Exchanges]:
    """Reads one request a connection, lets `answer` write, then closes."""
    seen = Exchanges("")
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task
        running.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.lower().splitlines() if line.startswith(b"content-length:")]
            seen.requests.append(head + await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0))
            seen.asked.set()
            gone = asyncio.ensure_future(reader.read())
            work = asyncio.ensure_future(answer(writer))
            await asyncio.wait((gone, work), return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                seen.closed.set()
            for part in (gone, work):
                part.cancel()
            await asyncio.gather(gone, work, return_exceptions=True)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            seen.closed.set()
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            writer.close()
            running.discard(task)

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    seen.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield seen
    finally:
        listening.close()
        await listening.wait_closed()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def client(api: str, url: str, timeouts: Timeouts = PATIENT) -> AsyncIterator[AgentClient]:
    http = http_client(10)
    try:
        yield connect(api, url, KEY, http, timeouts=timeouts)
    finally:
        await http.close()


async def ask(agent: AgentClient, request: Request = REQUEST) -> tuple[str, Done]:
    """The whole text and how it ended."""
    text = ""
    async for piece in agent.stream(request):
        if isinstance(piece, Done):
            return text, piece
        if isinstance(piece, Text):
            text += piece.text
    raise AssertionError("the stream ended without Done")


def sends(*parts: bytes, pause_s: float = 0.0) -> Callable[[Writer], Awaitable[None]]:
    """An answer of these bytes, each part on its own."""

    async def answer(writer: Writer) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return answer


def event(data: object) -> bytes:
    return b"data: " + (data if isinstance(data, bytes) else msgspec.json.encode(data)) + b"\n\n"


def words(texts: Sequence[str]) -> bytes:
    """OpenAI's events for pieces of text."""
    return b"".join(event({"choices": [{"index": 0, "delta": {"content": text}}]}) for text in texts)


STOP = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
USAGE = event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}})
DONE = event(b"[DONE]")
