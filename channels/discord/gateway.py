"""Listening: discord.py keeps the gateway's session, resumes it and says what came; the hub is given it in order."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from channels.discord.events import Deleted, Event, Reader, Ticket
from hub.channel import Hub
from hub.errors import TrunklineError
from hub.messages import Message, Press

_log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 60.0
_DEFECTS = 5
"""After so many tries of a hub that is up, a press or a deletion is passed over: messages wait behind it."""
_LAST_WORDS_S = 3.0
"""How long what was heard may still take to be stored when listening ends."""
NO_CONTENT = (
    "the Message Content Intent is off; switch it on in the Discord developer portal under Bot, Privileged Gateway "
    "Intents"
)


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
    """discord.py's client as a keeper of the session: it passes frames on and remembers as little as it can."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        super().__init__(
            intents=intents(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            enable_debug_events=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self._heard = heard

    async def on_socket_raw_receive(self, frame: str) -> None:
        self._heard(frame)


class Listener:
    """One bot's gateway. `acknowledge` answers an interaction, once the hub has what it says."""

    def __init__(
        self,
        token: str,
        account: str,
        *,
        acknowledge: Callable[[Ticket], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._token = token
        self._account = account
        self._acknowledge = acknowledge
        self._sleep = sleep
        self._chance = chance
        self._reader = Reader(account)
        self._heard: asyncio.Queue[Event] = asyncio.Queue()
        self._in_hand: list[Event] = []
        self._failures = 0
        self._trouble = ""

    async def run(self, hub: Hub) -> None:
        """Listen until cancelled. Every failure is told once, then tried again."""
        handing_over = asyncio.create_task(self._hand_over(hub))
        try:
            while True:
                await self._hold_session()
        finally:
            handing_over.cancel()
            await asyncio.gather(handing_over, return_exceptions=True)
            await self._last_words(hub)

    async def _hold_session(self) -> None:
        client = _Client(self._hear)
        try:
            await client.start(self._token)
        except discord.LoginFailure:
            trouble, least_s = "Discord does not know the token; take a fresh one from the developer portal.", 60.0
        except discord.PrivilegedIntentsRequired:
            trouble, least_s = f"{NO_CONTENT}.", 60.0
        except discord.ConnectionClosed as error:
            trouble, least_s = f"the gateway closed the session ({error.code}).", 5.0
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            trouble, least_s = f"Discord cannot be reached ({type(error).__name__}).", 0.0
        except Exception:  # noqa: BLE001 - a payload that discord.py cannot read must not end listening
            _log.exception("Discord %s: the gateway's client failed.", self._account)
            trouble, least_s = "the gateway's client failed.", 5.0
        else:
            trouble, least_s = "the gateway's client ended.", 0.0
        finally:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await client.close()
        await self._back_off(f"{trouble} Trying on.", least_s)

    def _hear(self, frame: str) -> None:
        for event in self._reader.read(frame):
            self._heard.put_nowait(event)
        if self._trouble and '"READY"' in frame[:200]:
            self._failures, self._trouble = 0, ""
            _log.info("Discord %s: listening again.", self._account)

    # -- into the hub ------------------------------------------------------------------------------------------------

    async def _hand_over(self, hub: Hub) -> None:
        """Everything heard, in order; what comes together is stored together."""
        failures = defects = 0
        while True:
            if not self._in_hand:
                self._in_hand.append(await self._heard.get())
            while not self._heard.empty():
                self._in_hand.append(self._heard.get_nowait())
            try:
                await self._give(hub)
                failures = defects = 0
            except TrunklineError as error:
                if not failures:
                    _log.warning("Discord %s: the hub cannot take messages now: %s Trying on.", self._account, error)
                failures += 1
            except Exception:  # noqa: BLE001 - nothing may be lost by a defect in the hub
                _log.exception("Discord %s: the hub failed to take messages; trying on.", self._account)
                failures, defects = failures + 1, defects + 1
                if defects >= _DEFECTS and not isinstance(self._in_hand[0].what, Message):
                    del self._in_hand[0]
                    defects = 0
            if failures:
                await self._sleep(self._growing(failures))

    async def _give(self, hub: Hub) -> None:
        """Hand over what is in hand; what the hub has taken leaves the hand, whatever happens to the rest."""
        while self._in_hand:
            batch = self._messages_first()
            if batch:
                await hub.accept([event.what for event in batch if isinstance(event.what, Message)])
            else:
                batch = self._in_hand[:1]
                await _tell(hub, batch[0])
            del self._in_hand[: len(batch)]
            for event in batch:
                if event.ticket is not None:
                    self._acknowledge(event.ticket)

    def _messages_first(self) -> list[Event]:
        """The messages before the first event of another kind."""
        count = 0
        for event in self._in_hand:
            if not isinstance(event.what, Message):
                break
            count += 1
        return self._in_hand[:count]

    async def _last_words(self, hub: Hub) -> None:
        """Discord believes that what was heard is known: so it is stored, if the store takes it now."""
        while not self._heard.empty():
            self._in_hand.append(self._heard.get_nowait())
        try:
            async with asyncio.timeout(_LAST_WORDS_S):
                await self._give(hub)
        except (TrunklineError, TimeoutError) as error:
            _log.error("Discord %s: %d events were not stored: %s", self._account, len(self._in_hand), error)
        except Exception:  # noqa: BLE001 - the end of listening must not hide behind it
            _log.exception("Discord %s: %d events were not stored.", self._account, len(self._in_hand))

    async def _back_off(self, trouble: str, least_s: float) -> None:
        if trouble != self._trouble:
            _log.warning("Discord %s: %s", self._account, trouble)
            self._trouble = trouble
        self._failures += 1
        await self._sleep(max(least_s, self._growing(self._failures)))

    def _growing(self, failures: int) -> float:
        return min(_LONGEST_WAIT_S, 0.25 * 2.0 ** min(failures, 10)) * (1 + self._chance() / 2)


async def _tell(hub: Hub, event: Event) -> None:
    match event.what:
        case Press() as press:
            await hub.pressed(press)
        case Deleted() as deleted:
            await hub.deleted(deleted.conversation, deleted.platform_id)
        case _:
            return
