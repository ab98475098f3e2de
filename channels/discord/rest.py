"""Requests to Discord's HTTP API through discord.py's own client, with each failure in the hub's words."""

import asyncio
import math
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

import aiohttp
import msgspec
from discord import errors
from discord.http import HTTPClient, Ratelimit, Route

from hub import channel as port

ANSWER_S = 20.0
"""How long a request may take, waits for its rate bucket included."""
_NEVER_SLEEP_S = 1e-6
_BUCKETS_KEPT = 256
_TIMED_HERE = aiohttp.ClientTimeout(total=None)
"""ANSWER_S holds for all of a request; a second clock would only cost."""
_encode = msgspec.json.Encoder().encode
_GONE = frozenset({10003, 10008, 10015, 10062, 50027})
"""Discord's codes: unknown channel, message, webhook, interaction; a webhook token that is no longer good."""


class Paced(HTTPClient):
    """discord.py's client, which keeps to each bucket's headers by itself; a 429 is told instead of slept through.

    So the hub's gate learns of it and closes the chat, rather than that requests pile up asleep in here.
    """

    _look_at = _BUCKETS_KEPT

    def request(self, route: Route, **given: Any) -> Coroutine[Any, Any, Any]:
        """As discord.py's own, but that msgspec writes the JSON."""
        if "json" in given:
            given["data"] = aiohttp.BytesPayload(_encode(given.pop("json")), content_type="application/json")
        return super().request(route, timeout=_TIMED_HERE, **given)

    def get_ratelimit(self, key: str) -> Ratelimit:
        """A bucket that waits until it is full again, however long."""
        self.max_ratelimit_timeout = None
        bucket = super().get_ratelimit(key)
        self.max_ratelimit_timeout = _NEVER_SLEEP_S
        return bucket

    def _try_clear_expired_ratelimits(self) -> None:
        """Looks through all buckets for those long unused once they are twice as many, not with each new one."""
        if len(self._buckets) >= self._look_at:
            super()._try_clear_expired_ratelimits()
            self._look_at = max(_BUCKETS_KEPT, 2 * len(self._buckets))


class Rest:
    """One bot's requests; it signs in with the first one."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._http: Paced | None = None
        self._signing_in = asyncio.Lock()
        self.user: dict[str, Any] = {}
        """The bot itself, once signed in."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Sequence[Mapping[str, Any]] = (),
        query: Mapping[str, str] | None = None,
        **parameters: str,
    ) -> Any:
        """The answer's body. `parameters` fill the path; `form` are parts in multipart. Raises ChannelError."""
        body: dict[str, Any] = {} if json is None else {"json": json}
        if form:
            body["form"] = form
        if query:
            body["params"] = query
        try:
            async with asyncio.timeout(ANSWER_S):
                http = self._http or await self._signed_in()
                return await http.request(Route(method, path, **parameters), **body)
        except (errors.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = translated(error)
        raise failure

    async def _signed_in(self) -> Paced:
        async with self._signing_in:
            if self._http is None:
                http = Paced(asyncio.get_running_loop())
                try:
                    self.user = dict(await http.static_login(self._token))
                except BaseException:
                    await http.close()
                    raise
                self._http = http
        return self._http

    async def close(self) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.close()


def translated(error: Exception) -> port.ChannelError:
    """The hub's word for a failed request. What is not known to be a refusal is ambiguous."""
    match error:
        case errors.RateLimited():
            return port.RetryAfter(error.retry_after)
        case errors.LoginFailure():
            return port.Forbidden("Discord does not know the bot's token; take a fresh one from the developer portal.")
        case errors.HTTPException() if error.status == 429:
            return port.RetryAfter(_header_wait(error))
        case errors.HTTPException() if error.code in _GONE or error.status == 404:
            return port.Gone(f"Discord: {brief(error)}.")
        case errors.HTTPException() if error.status == 401:
            return port.Forbidden("Discord does not know the bot's token; take a fresh one from the developer portal.")
        case errors.Forbidden():
            return port.Forbidden(f"Discord: {brief(error)}.")
        case errors.HTTPException() if 400 <= error.status < 500:
            return port.Refused(f"Discord refuses this request: {brief(error)}.")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return port.Unreachable(f"Discord cannot be reached ({type(error).__name__}).")
    return port.Ambiguous(f"Discord gave no clear answer ({type(error).__name__}).")


def brief(error: errors.HTTPException) -> str:
    """The platform's reason, cut short: an answer of some proxy may be a whole page."""
    return " ".join(f"{error.status} {error.text}".split())[:200].rstrip(".")


def _header_wait(error: errors.HTTPException) -> float:
    """What a 429 of the network in front of Discord asks for; a minute where it does not say."""
    try:
        seconds = float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return 60.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 60.0
