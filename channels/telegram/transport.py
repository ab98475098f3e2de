"""HTTP for python-telegram-bot over aiohttp, which tells a request that never left from one whose fate is unknown.

The SDK's own httpx request cannot: over the aiohttp transport of httpx a connection that breaks after the request was
written looks like one that was never made. It also logs every URL, and a Bot API URL contains the token.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
import msgspec
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

CONNECTIONS = 256
"""Sends under way at once; more wait their turn. The platform allows about 30 a second."""
KEEPALIVE_S = 20.0
"""Shorter than any proxy on the way keeps an idle connection, so that a reused one is rarely found dead."""


DOWNLOAD_S = 60.0
"""A whole file, at the longest."""


class NotSent(NetworkError):
    """No connection: the request never left."""


class Unanswered(NetworkError):
    """The request left, and no answer came."""


class TooLarge(TelegramError):
    """A file has more bytes than were asked for."""

    def __init__(self) -> None:
        super().__init__("The file is too large")


class AskedToWait(TelegramError):
    """The platform answered 429. `seconds` is its own figure."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Too many requests")
        self.seconds = seconds


class _Ready(msgspec.Struct, frozen=True):
    """What `do_request` reads of the SDK's RequestData."""

    parameters: Mapping[str, object]
    contains_files: bool = False


class _Parameters(msgspec.Struct, frozen=True):
    retry_after: float = 1.0


class _Flood(msgspec.Struct, frozen=True):
    parameters: _Parameters = _Parameters()


class AiohttpRequest(BaseRequest):
    """One pool of connections to a Bot API server.

    `read_timeout` and `connect_timeout` are in seconds. A proxy is taken from the environment, once.
    """

    __slots__ = ("_connect_timeout", "_read_timeout", "_session", "_timeout", "_urls")

    _flood: ClassVar = msgspec.json.Decoder(_Flood)

    def __init__(self, read_timeout: float = 15.0, connect_timeout: float = 5.0) -> None:
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._timeout = self._timeout_for(read_timeout)
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        """Nothing to do: the first request opens the pool."""

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(self, url: str, parameters: Mapping[str, object]) -> Any:
        """The result of one method, by its address, with parameters that are JSON already. Raises TelegramError.

        The SDK's own methods make an object of each parameter and of all that the answer says, which is most of what
        a send costs; the hub needs one number of it. What a refusal means stays the SDK's to say.
        """
        return await self.post(url, cast(RequestData, _Ready(parameters)))

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer. Raises NotSent, Unanswered, AskedToWait."""
        session = self._session or self._open(url)
        body, headers = _content(request_data)
        timeout = self._timeout if read_timeout is BaseRequest.DEFAULT_NONE else self._timeout_for(read_timeout)
        failure: NetworkError
        try:
            async with session.request(
                method, self._url(url), data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                content = await answer.read()
                status = answer.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure = NotSent(type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = Unanswered(type(error).__name__)
        else:
            if status == 429:
                raise AskedToWait(self._wait_asked_for(content))
            return status, content
        raise failure

    async def download(self, url: str, at_most: int) -> tuple[int, bytes]:
        """Status and content of a file; what is behind a redirect is not asked for.

        Stops reading as soon as there are more than `at_most` bytes, also once they are unpacked.
        Raises TooLarge, NotSent, Unanswered.
        """
        session = self._session or self._open(url)
        failure: NetworkError
        try:
            timeout = aiohttp.ClientTimeout(
                DOWNLOAD_S, self._connect_timeout, self._read_timeout, self._connect_timeout
            )
            async with session.get(URL(url, encoded=True), timeout=timeout, allow_redirects=False) as answer:
                if answer.status != 200:
                    return answer.status, b""
                content = bytearray()
                async for piece in answer.content.iter_chunked(_PIECE):
                    content += piece
                    if len(content) > at_most:
                        raise TooLarge
                return answer.status, bytes(content)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure = NotSent(type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = Unanswered(type(error).__name__)
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The SDK's own hook, with a faster parser and without its habit of logging what cannot be parsed."""
        try:
            parsed: dict[str, Any] = msgspec.json.decode(payload, type=dict)
        except msgspec.DecodeError:
            raise TelegramError("Invalid server response") from None
        return parsed

    def _timeout_for(self, read: float | None) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(connect=self._connect_timeout, sock_connect=self._connect_timeout, sock_read=read)

    def _url(self, text: str) -> URL:
        # The few method addresses of a bot are parsed once; a long poll's changes with each offset and is not kept.
        known = self._urls.get(text)
        if known is None:
            known = URL(text)
            if not known.query_string:
                self._urls[text] = known
        return known

    def _open(self, url: str) -> aiohttp.ClientSession:
        secure = url.startswith("https:")
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS,
            keepalive_timeout=KEEPALIVE_S,
            ssl=httpx.create_ssl_context() if secure else True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector, proxy=_proxy(url), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True
        )
        return self._session

    def _wait_asked_for(self, content: bytes) -> float:
        try:
            return self._flood.decode(content).parameters.retry_after
        except msgspec.DecodeError:
            return 1.0


_JSON = {"Content-Type": "application/json"}
_PIECE = 64 * 1024
"""Bytes read at once."""


def _content(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """Body and headers: JSON, or a form where files go along."""
    if request_data is None:
        return None, _JSON
    if not request_data.contains_files:
        return msgspec.json.encode(request_data.parameters), _JSON
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, data, media_type) in request_data.multipart_data.items():
        form.add_field(name, data, filename=filename, content_type=media_type)
    return form, {}


def _proxy(url: str) -> str | None:
    parts = URL(url)
    if parts.host is None or proxy_bypass(parts.host):
        return None
    return getproxies().get(parts.scheme)
