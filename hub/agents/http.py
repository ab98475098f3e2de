"""One streaming call over HTTP: opened, bounded in time and size, read to its end or its error, closed at once.

What is common to the wire APIs stands here; what a provider's events mean is the business of its own `Reader`.
"""

import asyncio
import contextlib
import logging
import math
import os
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Protocol

import aiohttp
import certifi
import msgspec
from yarl import URL

from hub.agents.failures import error_in_stream, read_error, refusal
from hub.agents.port import AgentError, Done, Kind, Text, Timeouts, Usage
from hub.agents.sse import Events, EventTooLong

log = logging.getLogger(__name__)

ERROR_BYTES = 64 * 1024
"""Of an error's body; real ones carry a few hundred bytes."""
LIST_BYTES = 4 * 1024 * 1024
"""Of a list of models; a broker of hundreds of models sends half a megabyte."""
ANSWER_CHARACTERS = 32
"""For each output token asked for: eight times what a token of English has, since a run of spaces is one token too."""
ANSWER_BYTES = 4096
"""On the wire for each output token: an event with its JSON has 200 to 700."""
ROOM = 256 * 1024
"""Bytes and characters beyond that, for keep-alives and for small caps."""
USAGE_S = 5.0
"""After the finish reason, so long is its usage waited for; the answer is whole already."""
END_S = 0.25
"""After the provider's end mark, so long is the end of the body waited for, to keep the connection."""
NO_STREAM = "the answer is no stream of events"
IDLE_S = 30.0
"""An unused connection is kept so long: well below the minutes after which providers close it, since a request that
meets the closing cannot be told from one that was lost."""


class Reader(Protocol):
    """Understands one provider's events; one for each call."""

    finish: str
    """`stop`, `length` or `filter` once the provider said why it stopped, before that empty."""
    ended: bool
    """The provider's own end mark came: nothing follows."""
    usage: Usage | None
    """What was reported so far."""
    final: bool
    """The usage is the provider's last word: it came with the finish reason, or after it."""
    tool: bool
    """The model asked for a tool."""
    thoughts: int
    """So many pieces of its thinking came, which is no text, and shows that it is at work."""
    model: str
    """What answered, as the provider names it; empty where it does not."""

    def take(self, data: bytes) -> str:
        """The text of one event. Raises AgentError for an event that is an error, msgspec.DecodeError for no event."""
        ...


class Progress(msgspec.Struct):
    """What has been read of one answer."""

    characters: int = 0
    bytes: int = 0
    events: int = 0
    failure: AgentError | None = None


class Wire:
    """One deployment's address and key, over the HTTP client that the process shares."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        headers: Mapping[str, str],
        timeouts: Timeouts,
        *,
        now_s: Callable[[], float] = time.time,
        heard: Callable[[int, Mapping[str, str]], None] | None = None,
    ) -> None:
        """`heard` is given the status and the headers of every response."""
        self._http = http
        self._heard = heard
        self._timeouts = timeouts
        self._now_s = now_s
        # Uncompressed: events are small, and a body that inflates without end is one danger less.
        self._headers = {"accept-encoding": "identity", "user-agent": "trunkline", **headers}
        # Only connecting is timed below; what follows has the deadlines of the call.
        self._connecting = aiohttp.ClientTimeout(connect=timeouts.connect, sock_connect=timeouts.connect)

    async def stream(
        self, url: URL, body: bytes, reader: Reader, max_output: int
    ) -> AsyncIterator[Text | Usage | Done]:
        """The answer as it comes: pieces of text, the usage when its input is told or changes, then one Done.

        Raises AgentError.
        """
        clock = asyncio.get_running_loop().time
        start = clock()
        whole = start + self._timeouts.whole
        deadline = min(start + self._timeouts.first_token, whole)
        response = await self._open("POST", url, body, deadline)
        patience = Patience(response.close)
        try:
            progress = Progress()
            if not await self._accept(response, deadline):
                if text := await _whole_answer(response, deadline, reader, progress, max_output):
                    yield Text(text)
                yield _end(reader, progress)
                return
            events = Events()
            told = thoughts = 0
            while chunk := await _next(response.content, patience, deadline, reader):
                if text := _take(chunk, events, reader, progress, max_output):
                    yield Text(text)
                if text or reader.thoughts > thoughts:
                    thoughts = reader.thoughts
                    deadline = min(clock() + self._timeouts.between_tokens, whole)
                if progress.failure:
                    raise progress.failure
                if reader.usage and reader.usage.input != told:
                    told = reader.usage.input
                    yield reader.usage
                if reader.finish:
                    deadline = min(clock() + (END_S if reader.ended else USAGE_S), whole)
            if text := _take_rest(events, reader, progress):
                yield Text(text)
            yield _end(reader, progress)
        finally:
            patience.end()
            response.close()  # a connection whose answer was read to its end has gone back to the others by now

    async def probe(self, url: URL) -> str:
        """One GET; the status it got. Raises AgentError."""
        deadline = asyncio.get_running_loop().time() + self._timeouts.first_token
        async with await self._open("GET", url, None, deadline) as response:
            await self._refuse_errors(response, deadline)
            body = await _start_of_body(response, deadline)
        if not body.lstrip().startswith((b"{", b"[")):
            raise AgentError(Kind.GARBLED, "the answer to the probe is no JSON", sent=True)
        return f"status {response.status} from {url.host}"

    async def get(self, url: URL) -> bytes:
        """What stands there, the first LIST_BYTES of it. Raises AgentError."""
        deadline = asyncio.get_running_loop().time() + self._timeouts.first_token
        async with await self._open("GET", url, None, deadline) as response:
            await self._refuse_errors(response, deadline)
            return await _start_of_body(response, deadline, LIST_BYTES)

    async def _open(self, method: str, url: URL, body: bytes | None, deadline: float) -> aiohttp.ClientResponse:
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._http.request(
                    method, url, data=body, headers=self._headers, timeout=self._connecting, allow_redirects=False
                )
        except (aiohttp.ClientError, OSError) as error:  # a timeout is an OSError
            raise _connection_failure(error) from error
        if self._heard:
            self._heard(response.status, response.headers)
        return response

    async def _accept(self, response: aiohttp.ClientResponse, deadline: float) -> bool:
        """Whether events follow; else one JSON document. Raises AgentError for everything else."""
        await self._refuse_errors(response, deadline)
        content = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content in ("text/event-stream", "", "text/plain", "application/octet-stream"):
            return True
        if content == "application/json":
            return False
        raise AgentError(Kind.GARBLED, NO_STREAM, sent=True)

    async def _refuse_errors(self, response: aiohttp.ClientResponse, deadline: float) -> None:
        if response.status == 200:
            return
        if 200 < response.status < 300:
            raise AgentError(Kind.GARBLED, f"status {response.status} without an answer", sent=True)
        body = await _start_of_body(response, deadline)
        raise refusal(response.status, response.headers, body, now_s=self._now_s())


class Patience:
    """Gives up on who keeps one waiting too long.

    One timer for many waits: each wait only notes until when it lasts, and the timer, when it rings too early, is set
    to that. A stream of a thousand pieces so costs a few timers, not a thousand.
    """

    def __init__(self, give_up: Callable[[], None]) -> None:
        self.over = False
        """It was given up."""
        self._give_up = give_up
        self._loop = asyncio.get_running_loop()
        self._until = math.inf
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = math.inf

    def begin(self, until: float) -> None:
        """From now on somebody is waited for, until this time of the event loop at the most."""
        self._until = until
        if until < self._rings_at:
            self._set(until)

    def rest(self) -> None:
        """Nobody is waited for."""
        self._until = math.inf

    def end(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _set(self, at: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._rings_at = at
        self._timer = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer, self._rings_at = None, math.inf
        if self._until <= self._loop.time():
            self.over = True
            self._give_up()
        elif self._until < math.inf:
            self._set(self._until)


async def _next(content: aiohttp.StreamReader, patience: Patience, deadline: float, reader: Reader) -> bytes:
    """All bytes that have come, or none at the end. Once the finish reason is there, no failure matters any more."""
    try:
        patience.begin(deadline)
        return await content.readany()
    except (aiohttp.ClientError, OSError) as error:
        if reader.finish:
            return b""
        usage = reader.usage
        if patience.over:
            raise AgentError(Kind.TIMED_OUT, "the answer stood still", sent=True, usage=usage) from None
        raise AgentError(Kind.CUT, "the connection broke in mid-answer", sent=True, usage=usage) from error
    finally:
        patience.rest()


async def _whole_answer(
    response: aiohttp.ClientResponse, deadline: float, reader: Reader, progress: Progress, max_output: int
) -> str:
    """The text of an answer that came in one piece from a server that does not stream. Raises AgentError."""
    body = await _start_of_body(response, deadline, max_output * ANSWER_CHARACTERS + ROOM)
    if error := read_error(body):  # some gateways say 200 and put the refusal into the body
        raise error_in_stream(error, None)
    try:
        pieces = msgspec.json.decode(body, type=list[msgspec.Raw]) if body.lstrip().startswith(b"[") else [body]
        text = "".join([reader.take(bytes(piece)) for piece in pieces])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AgentError(Kind.GARBLED, NO_STREAM, sent=True) from None
    if not reader.finish:  # nothing follows, so what is said of its tokens is the last word all the same
        said = reader.usage
        raise AgentError(Kind.GARBLED, NO_STREAM, sent=True, usage=said, whole=said is not None)
    progress.characters = len(text)
    return text


async def _start_of_body(response: aiohttp.ClientResponse, deadline: float, most: int = ERROR_BYTES) -> bytes:
    """So many bytes, as far as they come in time: beyond its status, what a refusal says is only a help."""
    body = b""
    with contextlib.suppress(aiohttp.ClientError, OSError):  # a timeout is an OSError
        async with asyncio.timeout_at(deadline):
            while len(body) <= most and (chunk := await response.content.readany()):
                body += chunk
    return body[:most]


def _take(chunk: bytes, events: Events, reader: Reader, progress: Progress, max_output: int) -> str:
    """The text in a chunk; what was wrong with it is noted as `failure`, to be raised after its text."""
    pieces: list[str] = []
    try:
        for data in events.feed(chunk):
            progress.events += 1
            pieces.append(reader.take(data))
            if reader.ended:
                break
    except AgentError as error:
        progress.failure = error
    except EventTooLong:
        progress.failure = AgentError(Kind.GARBLED, "an event is too long", sent=True, usage=reader.usage)
    except (msgspec.DecodeError, UnicodeDecodeError):
        progress.failure = AgentError(Kind.GARBLED, "an event cannot be read", sent=True, usage=reader.usage)
    if reader.finish:
        progress.failure = None
    text = "".join(pieces)
    progress.characters += len(text)
    progress.bytes += len(chunk)
    if progress.characters > max_output * ANSWER_CHARACTERS + ROOM or progress.bytes > max_output * ANSWER_BYTES + ROOM:
        progress.failure = AgentError(Kind.GARBLED, "the answer does not end", sent=True, usage=reader.usage)
    return text


def _take_rest(events: Events, reader: Reader, progress: Progress) -> str:
    """The text of a last event without its blank line, if it is whole."""
    try:
        text = "".join([reader.take(data) for data in events.rest() if not reader.ended])
    except (AgentError, msgspec.DecodeError, UnicodeDecodeError):
        return ""
    progress.characters += len(text)
    return text


def _end(reader: Reader, progress: Progress) -> Done:
    """Whether what ended was an answer. Raises AgentError."""
    usage, final = reader.usage, reader.final
    if not reader.finish:
        if not progress.events:
            raise AgentError(Kind.GARBLED, "the stream was empty", sent=True)
        raise AgentError(Kind.CUT, "the answer ended without a finish reason", sent=True, usage=usage)
    if reader.tool:
        log.warning("A model asked for a tool; the hub offers none, so it was refused.")
    if not progress.characters:
        if reader.finish == "filter":
            raise AgentError(
                Kind.FILTERED, "the provider's filter took the answer", sent=True, usage=usage, whole=final
            )
        if reader.tool:
            raise AgentError(Kind.GARBLED, "the model asked for a tool", sent=True, usage=usage, whole=final)
        if reader.finish == "stop":
            raise AgentError(Kind.GARBLED, "the answer has no text", sent=True, usage=usage, whole=final)
    elif usage and not usage.output:  # text without output tokens: the figure cannot be right
        final = False
    return Done(reader.finish, usage if final else None, reader.model)


def _connection_failure(error: Exception) -> AgentError:
    """Whether anything can have been sent is decided by where it broke."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return AgentError(Kind.UNREACHABLE, "its certificate or TLS was not accepted", sent=False)
        case aiohttp.ClientConnectorDNSError():
            return AgentError(Kind.UNREACHABLE, "its name is not known", sent=False)
        case aiohttp.ConnectionTimeoutError():
            return AgentError(Kind.UNREACHABLE, "no connection in time", sent=False)
        case aiohttp.ClientConnectorError():
            return AgentError(Kind.UNREACHABLE, "no connection", sent=False)
        case aiohttp.ClientResponseError():
            return AgentError(Kind.GARBLED, "the answer is no HTTP", sent=True)
        case TimeoutError():
            return AgentError(Kind.TIMED_OUT, "no answer began in time", sent=True)
    return AgentError(Kind.CUT, "the connection broke before the answer", sent=True)


def http_client(max_connections: int) -> aiohttp.ClientSession:
    """The one HTTP client of the process, for all deployments; close it with `close`.

    `max_connections`: at least the sum of the deployments' `max_concurrency`, or calls wait for each other.

    Proxies from the environment are not used: prompts and keys go where regions.toml says and nowhere else. Which
    certificates to trust is taken from SSL_CERT_FILE where it is set. Cookies are neither kept nor sent.
    """
    connector = aiohttp.TCPConnector(
        limit=max_connections,
        ssl=ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where()),
        keepalive_timeout=IDLE_S,
        ttl_dns_cache=60,  # providers move their names between addresses within minutes
        enable_cleanup_closed=False,
    )
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
