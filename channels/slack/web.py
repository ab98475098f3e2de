"""Requests to Slack's Web API: the SDK's client over one pool of connections, each request sent once."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from channels.slack.refusals import FAILURES, translated
from hub.channel import Ambiguous, Gone, Refused, RetryAfter

API_URL = "https://slack.com/api/"
CONNECT_S = 5.0
READ_S = 15.0
CONNECTIONS = 256


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Said(msgspec.Struct, frozen=True):
    """A response, with what the SDK's own has of it."""

    status_code: int
    headers: Mapping[str, str]
    data: Mapping[str, Any]


class Answer(Protocol):
    """What the SDK gives back."""

    headers: Any

    def get(self, key: str, default: Any = None) -> Any: ...


class Web:
    """A bot's access to the Web API; `api_url` as `https://slack.com/api/`. The pool opens with the first request."""

    def __init__(self, token: str, api_url: str, logger: logging.Logger) -> None:
        self.url = (api_url or API_URL).rstrip("/") + "/"
        self._logger = logger
        self._token = token
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._as_bot = {"Authorization": f"Bearer {token}", "Content-Type": "application/json;charset=utf-8"}
        self._pools_proxy: str | None = None

    def client(self, token: str | None = None) -> AsyncWebClient:
        """A client of the SDK on the one pool. The SDK's retries stay off: a repeated post is a second message."""
        client = AsyncWebClient(
            token=token, base_url=self.url, session=self._pool(), logger=self._logger, retry_handlers=[]
        )
        client.proxy = self.proxy
        return client

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(connect=CONNECT_S, sock_connect=CONNECT_S, sock_read=READ_S),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
            self._pools_proxy = self.proxy
        return self._session

    def is_slacks(self, url: str, host: str) -> bool:
        """Whether the address lies on this host of Slack's, or where another Web API was asked for, beside that one."""
        try:
            asked, api = URL(url), URL(self.url)
            if asked.user or asked.password:
                return False
            own = asked.origin() == URL.build(scheme="https", host=host)
            return own or (self.url != API_URL and asked.origin() == api.origin())
        except ValueError:
            return False

    async def post(self, url: str, body: Mapping[str, Any]) -> None:
        """One request with JSON to an address that `is_slacks`; the bot's token does not go with it.

        Raises ChannelError; Gone where the address takes nothing any more.
        """
        try:
            async with self._pool().post(url, json=body, allow_redirects=False, proxy=self.proxy) as answer:
                status, retry_after = answer.status, answer.headers.get("Retry-After", "1")
        except FAILURES as error:
            raise translated(error) from None
        if status == 429:
            raise RetryAfter(float(retry_after) if retry_after.isdigit() else 1.0)
        if status >= 500:
            raise Ambiguous(f"Slack gave no clear answer (HTTP {status}).")
        if status != 200:
            raise Gone(f"Slack does not take this response any more (HTTP {status}).")

    async def upload(self, url: str, host: str, data: bytes) -> None:
        """Bytes to an address that Slack gave out for them; the bot's token does not go with them.

        Raises ChannelError; Refused where the address is not on that host of Slack's.
        """
        if not self.is_slacks(url, host):
            raise Refused("Slack asks for the file at an address that is not its own.")
        try:
            async with self._pool().post(url, data=data, allow_redirects=False, proxy=self.proxy) as answer:
                status = answer.status
        except FAILURES as error:
            raise translated(error) from None
        if status == 429:
            raise RetryAfter(1.0)
        if status >= 500:
            raise Ambiguous(f"Slack gave no clear answer (HTTP {status}).")
        if status != 200:
            raise Refused(f"Slack does not take the file (HTTP {status}).")

    async def download(self, url: str, at_most: int) -> tuple[str, bytes]:
        """Media type and content of an address that `is_slacks`; the bot's token goes there and nowhere else.

        Raises ChannelError; Refused where there are more than `at_most` bytes, or the address leads elsewhere.
        """
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with self._pool().get(url, headers=headers, allow_redirects=False, proxy=self.proxy) as answer:
                if answer.status == 429:
                    raise RetryAfter(1.0)
                if answer.status != 200:
                    raise Refused(f"Slack does not give this file (HTTP {answer.status}).")
                content = bytearray()
                async for piece in answer.content.iter_chunked(64 * 1024):
                    content += piece
                    if len(content) > at_most:
                        raise Refused(f"The file has more than {at_most} bytes.")
                return answer.content_type, bytes(content)
        except FAILURES as error:
            raise translated(error) from None

    @property
    def proxy(self) -> str | None:
        """The proxy that the environment asks for on the way to the API, if any."""
        parts = URL(self.url)
        if parts.host is None or proxy_bypass(parts.host):
            return None
        return getproxies().get(parts.scheme)

    async def call(self, send: Callable[[AsyncWebClient], Awaitable[Any]]) -> Any:
        """One request, at most once. Raises ChannelError."""
        if self._client is None:
            self._client = self.client(self._token)
        try:
            return await send(self._client)
        except FAILURES as error:
            failure = translated(error)
        raise failure  # outside the handler: the SDK's own error holds the whole request

    async def write(self, method: str, **fields: Any) -> Mapping[str, Any]:
        """One request with JSON, at most once; fields of None are left out. Raises ChannelError.

        As `call`, for what is sent with every answer: the SDK's client looks at each request for longer than the
        request itself takes.
        """
        body = _encode({name: value for name, value in fields.items() if value is not None})
        try:
            async with self._pool().post(
                self.url + method, data=body, headers=self._as_bot, proxy=self._pools_proxy
            ) as answer:
                said = Said(answer.status, answer.headers, _read(await answer.read()))
        except FAILURES as error:
            failure = translated(error)
        else:
            if said.status_code == 200 and said.data.get("ok"):
                return said.data
            # The SDK has no types there.
            failure = translated(SlackApiError(method, said))  # type: ignore[no-untyped-call]
        raise failure

    async def close(self) -> None:
        session, self._session, self._client = self._session, None, None
        if session is not None:
            await session.close()


def _read(body: bytes) -> Mapping[str, Any]:
    """Nothing where it is not of the Web API: its status then says what there is to say."""
    try:
        return _decode(body)
    except msgspec.DecodeError:
        return {}
