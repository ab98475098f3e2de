"""One bot's gateway session: signed in, kept, resumed, begun anew; discord.py speaks the protocol."""

import asyncio
import logging
import math
import time
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import msgspec
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from channels.discord.rest import Rest
from hub.channel import ChannelError

_log = logging.getLogger(__name__)

LONGEST_WAIT_S = 60.0
"""Between two tries where nothing says more."""
HOPELESS_WAIT_S = 60.0
"""The first wait where only a person can help; it doubles up to ten times as much."""
IDENTIFY_EVERY_S = 5.0
"""Discord's own figure for one bot; a thousand a day are allowed, then it takes the token away."""
_FORGIVEN_A_SECOND = 4
"""Failures that a session makes good while it lives: one that ends as soon as it began is not begun at once again."""
_CONNECT_S = 60.0
_DEAD_SESSION = frozenset({4003, 4007, 4009})
"""Close codes after which a session cannot be resumed: not authenticated, wrong sequence, timed out."""
NO_CONTENT = (
    "the Message Content Intent is off; switch it on in the Discord developer portal under Bot, Privileged Gateway "
    "Intents"
)
UNKNOWN_BOT = "Discord does not know the token; take a fresh one from the developer portal"
_HOPELESS = {
    4004: UNKNOWN_BOT,
    4010: "Discord refuses the shard; this hub asks for none, so another program meddles with its connection",
    4011: "the bot is in more servers than one connection may serve; make a second bot for some of them",
    4012: "Discord no longer speaks this version of its gateway; update discord.py",
    4013: "Discord does not know an intent that was asked for; update the hub",
    4014: NO_CONTENT,
}


class Trouble(msgspec.Struct, frozen=True):
    """Why there is no session now."""

    words: str
    hopeless: bool = False
    """Only a person can change it."""


def intents() -> discord.Intents:
    """What the hub asks the gateway for, and nothing more. Message content is the only privileged one."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        guild_reactions=True,
        dm_messages=True,
        dm_reactions=True,
        message_content=True,
    )


class _Client(discord.Client):
    """discord.py's client without a memory of its own; how often it signs in is decided by the Session."""

    def __init__(self) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the hub never speaks
        super().__init__(
            intents=intents(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return None


class _Held(msgspec.Struct):
    """What is needed to resume."""

    session: str | None = None
    sequence: int | None = None
    gateway: Any = None


class Session:
    """Keeps listening until cancelled. `heard` is given every frame, in order."""

    def __init__(
        self,
        token: str,
        account: str,
        rest: Rest,
        heard: Callable[[str], None],
        *,
        sleep: Callable[[float], Awaitable[None]],
        chance: Callable[[], float],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token = token
        self._account = account
        self._rest = rest
        self._heard = heard
        self._sleep = sleep
        self._chance = chance
        self._now = now
        self._held = _Held()
        self._open: DiscordWebSocket | None = None
        self._identified_at = -math.inf
        self._ready_at: float | None = None
        """When the session that is over now began or went on; None: it did not come to that."""
        self._failures = 0
        self._hopeless = 0
        self._trouble = ""
        self._line = _line(self._frame, account)

    async def keep(self) -> None:
        """Every failure is told once, then tried again with growing waits."""
        client = _Client()
        try:
            while True:
                try:
                    trouble = await self._connected(client)
                except Exception:  # noqa: BLE001 - a defect of the client must not end listening
                    _log.exception("Discord %s: the gateway's client failed.", self._account)
                    trouble = Trouble("the gateway's client failed")
                    await _closed(client)
                    client = _Client()
                if client.http.token is None:  # it was not let in, and would open a second line beside the first
                    await _closed(client)
                    client = _Client()
                await self._back_off(trouble)
        finally:
            await _closed(client)

    async def _connected(self, client: _Client) -> Trouble | None:
        """Stay on one connection until it ends; why it did, or None where it is an everyday reason."""
        self._open = None
        try:
            await self._stay(client)
        except ReconnectWebSocket as ended:
            if ended.resume:
                self._keep_for_resuming()
            else:
                self._held = _Held()
                await self._sleep(1 + 4 * self._chance())  # as Discord asks for after an invalid session
        except discord.LoginFailure:
            return Trouble(UNKNOWN_BOT, hopeless=True)
        except discord.ConnectionClosed as error:
            self._held = _Held()
            if error.code in _HOPELESS:
                return Trouble(_HOPELESS[error.code], hopeless=True)
            return Trouble(f"the gateway closed the session ({error.code})")
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            self._keep_for_resuming()
            return Trouble(f"Discord cannot be reached ({type(error).__name__})")
        return None

    async def _stay(self, client: _Client) -> None:
        """Sign in, connect, resume or begin, and hear until something is raised."""
        if client.http.token is None:
            await client.login(self._token)
        if self._held.session is None:
            await self._may_identify()
        line = self._open = client.ws = await asyncio.wait_for(self._opened(client), _CONNECT_S)
        while True:
            await line.poll_event()

    async def _opened(self, client: _Client) -> DiscordWebSocket:
        held = self._held
        line = await self._line.from_client(
            client,
            session=held.session,
            sequence=held.sequence,
            resume=held.session is not None,
            gateway=held.gateway,
        )
        line._discord_parsers = {}  # the hub reads the frames itself: no model of every server is built beside it
        return line

    def _keep_for_resuming(self) -> None:
        line = self._open
        if line is None or line.session_id is None:
            return
        if line.socket.close_code in _DEAD_SESSION:
            self._held = _Held()
        else:
            self._held = _Held(line.session_id, line.sequence, line.gateway)

    async def _may_identify(self) -> None:
        """Wait until Discord allows a new session: five seconds after the last, and none beyond the day's number."""
        too_early_s = self._identified_at + IDENTIFY_EVERY_S - self._now()
        if too_early_s > 0:
            await self._sleep(too_early_s)
        try:
            answer = await self._rest.request("GET", "/gateway/bot")
            limit = msgspec.convert(answer, _Gateway).session_start_limit
        except (ChannelError, msgspec.ValidationError) as error:
            _log.debug("Discord %s: how many sessions are left is not known: %s", self._account, error)
        else:
            if limit.remaining <= 0:
                wait_s = limit.reset_after / 1000
                _log.warning(
                    "Discord %s: this bot has begun %d sessions today and may begin the next in %.0f minutes.",
                    self._account,
                    limit.total,
                    wait_s / 60,
                )
                await self._sleep(wait_s)
        self._identified_at = self._now()

    def _frame(self, frame: str) -> None:
        self._heard(frame)
        if '"READY"' in frame[:200] or '"RESUMED"' in frame[:200]:
            self._hopeless, self._ready_at = 0, self._now()
            if self._trouble:
                self._trouble = ""
                _log.info("Discord %s: listening again.", self._account)

    async def _back_off(self, trouble: Trouble | None) -> None:
        words = trouble.words if trouble else ""
        if words and words != self._trouble:
            _log.warning("Discord %s: %s. Trying on.", self._account, words)
            self._trouble = words
        least_s = 0.0
        if trouble is not None and trouble.hopeless:
            least_s = min(10 * HOPELESS_WAIT_S, HOPELESS_WAIT_S * 2.0 ** min(self._hopeless, 10))
            self._hopeless += 1
        if self._ready_at is not None:
            lived_s, self._ready_at = self._now() - self._ready_at, None
            self._failures = max(0, self._failures - int(lived_s * _FORGIVEN_A_SECOND))
        growing_s = min(LONGEST_WAIT_S, 0.1 * 2.0 ** min(self._failures, 10)) * (1 + self._chance())
        self._failures += 1
        await self._sleep(max(least_s, growing_s))


class _Limit(msgspec.Struct, frozen=True):
    total: int
    remaining: int
    reset_after: int
    """Milliseconds."""


class _Gateway(msgspec.Struct, frozen=True):
    session_start_limit: _Limit


def _line(heard: Callable[[str], None], account: str) -> type[DiscordWebSocket]:
    """discord.py's connection: each frame is heard before it is looked at, and one that it chokes on is passed over."""

    class Line(DiscordWebSocket):
        def log_receive(self, frame: Any, /) -> None:
            heard(frame)

        async def received_message(self, message: Any, /) -> None:
            try:
                await super().received_message(message)
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                # Its number was taken note of before, so the session can still be resumed.
                _log.warning(
                    "Discord %s: a frame cannot be read and is passed over (%s).", account, type(error).__name__
                )
            except zlib.error:
                await self.close()
                raise ReconnectWebSocket(self.shard_id) from None  # nothing after it in this stream can be read

    return Line


async def _closed(client: _Client) -> None:
    try:
        await client.close()
    except (aiohttp.ClientError, OSError) as error:
        _log.debug("The gateway's client was not closed cleanly: %s", type(error).__name__)
