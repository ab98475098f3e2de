"""Requests to Slack's Web API: the SDK's client over one pool of connections, each request sent once."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.request import getproxies, proxy_bypass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from channels.slack.refusals import FAILURES, translated

API_URL = "https://slack.com/api/"
CONNECT_S = 5.0
READ_S = 15.0
CONNECTIONS = 256


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

    def client(self, token: str | None = None) -> AsyncWebClient:
        """A client of the SDK on the one pool. The SDK's retries stay off: a repeated post is a second message."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(connect=CONNECT_S, sock_connect=CONNECT_S, sock_read=READ_S),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        client = AsyncWebClient(
            token=token, base_url=self.url, session=self._session, logger=self._logger, retry_handlers=[]
        )
        client.proxy = self.proxy
        return client

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

    async def close(self) -> None:
        session, self._session, self._client = self._session, None, None
        if session is not None:
            await session.close()
