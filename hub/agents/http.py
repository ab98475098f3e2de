"""One streaming call over HTTP: opened, bounded in time and size, read to its end or its error, closed at once.

What is common to the wire APIs stands here; what a provider's events mean is the business of its own `Reader`.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Protocol

import aiohttp
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from hub.agents.failures import error_in_stream, read_error, refusal
from hub.agents.port import AgentError, Done, Kind, Text, Timeouts, Usage
from hub.agents.sse import Events, EventTooLong

log = logging.getLogger(__name__)

ERROR_BYTES = 64 * 1024
"""Of an error's body; real ones carry a few hundred bytes."""
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
    tool: bool
    """The model asked for a tool."""

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
        http: httpx.AsyncClient,
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
        self._extensions = {"timeout": {"connect": timeouts.connect, "pool": timeouts.connect}}

    async def stream(self, url: httpx.URL, body: bytes, reader: Reader, max_output: int) -> AsyncIterator[Text | Done]:
        """The answer as it comes: pieces of text, then one Done. Raises AgentError."""
        clock = asyncio.get_running_loop().time
        start = clock()
        whole = start + self._timeouts.whole
        deadline = min(start + self._timeouts.first_token, whole)
        response = await self._open(httpx.Request("POST", url, headers=self._headers, content=body), deadline)
        try:
            await self._accept(response, deadline)
            events = Events()
            progress = Progress()
            chunks = response.aiter_bytes()
            while chunk := await self._next(chunks, deadline, reader):
                if text := _take(chunk, events, reader, progress, max_output):
                    deadline = min(clock() + self._timeouts.between_tokens, whole)
                    yield Text(text)
                if progress.failure:
                    raise progress.failure
                if reader.finish:
                    deadline = min(clock() + (END_S if reader.ended else USAGE_S), whole)
            if text := _take_rest(events, reader, progress):
                yield Text(text)
            yield _end(reader, progress)
        finally:
            await response.aclose()

    async def probe(self, url: httpx.URL) -> str:
        """One GET; the status it got. Raises AgentError."""
        deadline = asyncio.get_running_loop().time() + self._timeouts.first_token
        response = await self._open(httpx.Request("GET", url, headers=self._headers), deadline)
        try:
            await self._refuse_errors(response, deadline)
            body = await self._body(response, deadline)
        finally:
            await response.aclose()
        if not body.lstrip().startswith((b"{", b"[")):
            raise AgentError(Kind.GARBLED, "the answer to the probe is no JSON", sent=True)
        return f"status {response.status_code} from {url.host}"

    async def _open(self, request: httpx.Request, deadline: float) -> httpx.Response:
        request.extensions = self._extensions
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._http.send(request, stream=True, auth=None, follow_redirects=False)
        except TimeoutError:
            raise AgentError(Kind.TIMED_OUT, "no answer began in time", sent=True) from None
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            raise _connection_failure(error) from error
        if self._heard:
            self._heard(response.status_code, response.headers)
        return response

    async def _accept(self, response: httpx.Response, deadline: float) -> None:
        """Go on only with a stream of events. Raises AgentError."""
        await self._refuse_errors(response, deadline)
        content = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content in ("text/event-stream", "", "text/plain", "application/octet-stream"):
            return
        error = read_error(await self._body(response, deadline)) if content == "application/json" else None
        if error:  # some gateways say 200 and put the refusal into the body
            raise error_in_stream(error, None)
        raise AgentError(Kind.GARBLED, "the answer is no stream of events", sent=True)

    async def _refuse_errors(self, response: httpx.Response, deadline: float) -> None:
        if response.status_code == 200:
            return
        if 200 < response.status_code < 300:
            raise AgentError(Kind.GARBLED, f"status {response.status_code} without an answer", sent=True)
        body = await self._body(response, deadline)
        raise refusal(response.status_code, response.headers, body, now_s=self._now_s())

    async def _body(self, response: httpx.Response, deadline: float) -> bytes:
        """Up to ERROR_BYTES, as far as they come in time: beyond its status, what a refusal says is only a help."""
        body = b""
        try:
            async with asyncio.timeout_at(deadline):
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > ERROR_BYTES:
                        break
        except (TimeoutError, httpx.HTTPError, aiohttp.ClientError, OSError):
            pass
        return body[:ERROR_BYTES]

    async def _next(self, chunks: AsyncIterator[bytes], deadline: float, reader: Reader) -> bytes:
        """The next bytes, or none at the end. Once the finish reason is there, no failure matters any more."""
        try:
            async with asyncio.timeout_at(deadline):
                return await anext(chunks, b"")
        except TimeoutError:
            if reader.finish:
                return b""
            raise AgentError(Kind.TIMED_OUT, "the answer stood still", sent=True, usage=reader.usage) from None
        except httpx.DecodingError as error:
            raise AgentError(Kind.GARBLED, "the body cannot be read", sent=True, usage=reader.usage) from error
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            if reader.finish:
                return b""
            raise AgentError(Kind.CUT, "the connection broke in mid-answer", sent=True, usage=reader.usage) from error


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
    usage = reader.usage
    if not reader.finish:
        if not progress.events:
            raise AgentError(Kind.GARBLED, "the stream was empty", sent=True)
        raise AgentError(Kind.CUT, "the answer ended without a finish reason", sent=True, usage=usage)
    if reader.tool:
        log.warning("A model asked for a tool; the hub offers none, so it was refused.")
    if not progress.characters:
        if reader.finish == "filter":
            raise AgentError(Kind.FILTERED, "the provider's filter took the answer", sent=True, usage=usage)
        if reader.tool:
            raise AgentError(Kind.GARBLED, "the model asked for a tool", sent=True, usage=usage)
        if reader.finish == "stop":
            raise AgentError(Kind.GARBLED, "the answer has no text", sent=True, usage=usage)
    elif usage and not usage.output:  # text without output tokens: the figure cannot be right
        usage = None
    return Done(reader.finish, usage)


def _connection_failure(error: Exception) -> AgentError:
    # The transport maps several failures to one class of httpx, so the cause below decides whether anything was sent.
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__
    if isinstance(cause, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return AgentError(Kind.UNREACHABLE, "its certificate or TLS was not accepted", sent=False)
    if isinstance(cause, aiohttp.ClientConnectorDNSError):
        return AgentError(Kind.UNREACHABLE, "its name is not known", sent=False)
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return AgentError(Kind.UNREACHABLE, "no connection in time", sent=False)
    if isinstance(cause, aiohttp.ClientConnectorError):
        return AgentError(Kind.UNREACHABLE, "no connection", sent=False)
    if isinstance(cause, aiohttp.ClientResponseError):
        return AgentError(Kind.GARBLED, "the answer is no HTTP", sent=True)
    return AgentError(Kind.CUT, "the connection broke before the answer", sent=True)


def http_client(max_connections: int) -> httpx.AsyncClient:
    """The one HTTP client of the process, for all deployments; close it with `aclose`.

    `max_connections`: at least the sum of the deployments' `max_concurrency`, or calls wait for each other.

    Proxies from the environment are not used: prompts and keys go where regions.toml says and nowhere else. Which
    certificates to trust is taken from SSL_CERT_FILE where it is set. Cookies are neither kept nor sent.
    """
    tls = httpx.create_ssl_context(trust_env=True)
    transport = AiohttpTransport(verify=tls, trust_env=False, client=lambda: _session(tls, max_connections))
    return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)


def _session(tls: ssl.SSLContext, max_connections: int) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=max_connections,
        ssl=tls,
        keepalive_timeout=IDLE_S,
        ttl_dns_cache=60,  # providers move their names between addresses within minutes
        enable_cleanup_closed=False,
    )
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
