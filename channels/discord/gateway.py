"""Listening: what the gateway says, and what was written before it spoke, is given to the hub in order."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from channels.discord.catching_up import CatchUp
from channels.discord.events import Choosing, Deleted, Event, Reader, Ticket
from channels.discord.rest import Rest
from channels.discord.session import Session
from hub.channel import Hub
from hub.errors import TrunklineError
from hub.messages import Membership, Message, Press

_log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 60.0
_DEFECTS = 5
"""After so many tries of a hub that is up, a press or a deletion is passed over: messages wait behind it."""
_LAST_WORDS_S = 3.0
"""How long what was heard may still take to be stored when listening ends."""


class Listener:
    """One bot's gateway. `acknowledge` answers an interaction once the hub has what it says, `expect` has it before.

    `suggest` answers one who is choosing a command's argument. `reads_a_second`: requests for what was missed.
    """

    def __init__(
        self,
        token: str,
        account: str,
        rest: Rest,
        *,
        expect: Callable[[Ticket], Awaitable[None]],
        acknowledge: Callable[[Ticket], None],
        suggest: Callable[[Hub, Choosing, Ticket], None],
        reads_a_second: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._account = account
        self._expect = expect
        self._acknowledge = acknowledge
        self._suggest = suggest
        self._sleep = sleep
        self._chance = chance
        self._reader = Reader(account)
        self._session = Session(token, account, rest, self._hear, sleep=sleep, chance=chance)
        self._heard: asyncio.Queue[Event] = asyncio.Queue()
        self._catch_up = CatchUp(
            account, rest, self._reader, self._heard.put_nowait, a_second=reads_a_second, sleep=sleep
        )
        self._in_hand: list[Event] = []
        self._hub: Hub | None = None

    async def run(self, hub: Hub) -> None:
        """Listen until cancelled."""
        self._hub = hub
        others = [asyncio.create_task(self._hand_over(hub)), asyncio.create_task(self._catch_up.run(hub))]
        try:
            await self._session.keep()
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._last_words(hub)

    def _hear(self, frame: str) -> None:
        for event in self._reader.read(frame):
            if isinstance(event.what, Choosing):
                if self._hub is not None and event.ticket is not None:
                    self._suggest(self._hub, event.what, event.ticket)
            else:
                self._catch_up.hear(event)

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
            for event in batch:
                if event.ticket is not None:
                    await self._expect(event.ticket)
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
        self._in_hand += self._catch_up.leftover()
        try:
            async with asyncio.timeout(_LAST_WORDS_S):
                await self._give(hub)
        except (TrunklineError, TimeoutError) as error:
            _log.error("Discord %s: %d events were not stored: %s", self._account, len(self._in_hand), error)
        except Exception:  # noqa: BLE001 - the end of listening must not hide behind it
            _log.exception("Discord %s: %d events were not stored.", self._account, len(self._in_hand))

    def _growing(self, failures: int) -> float:
        return min(_LONGEST_WAIT_S, 0.25 * 2.0 ** min(failures, 10)) * (1 + self._chance() / 2)


async def _tell(hub: Hub, event: Event) -> None:
    match event.what:
        case Press() as press:
            await hub.pressed(press)
        case Deleted() as deleted:
            await hub.deleted(deleted.conversation, deleted.platform_id)
        case Membership() as membership:
            await hub.membership(membership)
        case _:
            return
