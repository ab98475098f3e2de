"""What a call came to, as the provider said or the worst that it can have billed; and how that is charged."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

from hub.agents.port import Usage
from hub.context.tokens import count
from hub.limits.keys import Keys
from hub.listening import Heard
from hub.money.holds import Bill, Held
from hub.money.prices import Tokens
from hub.money.till import Till
from hub.store import Statement, StoreError, StoreUnavailable, Undone

log = logging.getLogger(__name__)

CAP_IGNORED = 1.5
"""Times the output cap, by our own count: no vocabulary is so far off, so the provider went on beyond it."""


class Bills:
    """Charges the calls of this process. A bill that no store takes is kept until one does."""

    def __init__(self, till: Till, keys: Keys) -> None:
        self._till = till
        self._keys = keys
        self._unstored: list[tuple[Held, Bill]] = []
        """What these cost is known."""

    async def settle(self, held: Held, bill: Bill, *statements: Statement) -> None:
        """End a call's hold after the statements; its key gets back what the call took and did not use.

        Raises Undone, StoreError. It goes on where the caller is cancelled, and whether it succeeds is not known then:
        the bill is kept, and charged once only.
        """
        unused = held.request.tokens - bill.tokens.total
        given_back = self._keys.unused(held.request.call.deployment, unused)
        try:
            await self._till.settle(held, bill, *statements, *given_back)
        except asyncio.CancelledError:
            self.keep(held, bill)
            raise

    async def charge(self, held: Held, bill: Bill) -> None:
        """Settle a call by itself; a bill that no store takes is kept. Raises Undone, StoreError."""
        try:
            await self.settle(held, bill)
        except Undone:
            raise
        except StoreError:
            self.keep(held, bill)
            raise

    @asynccontextmanager
    async def known(self, held: Held | None, bill: Bill | None) -> AsyncIterator[None]:
        """What breaks off in here leaves a call unsettled whose bill is known: it is charged then, or kept."""
        try:
            yield
        except BaseException:
            if held and bill:
                try:
                    with suppress(Undone):  # settled already
                        await self.charge(held, bill)
                except StoreError as unsettled:
                    log.warning("a bill will be charged later: %s", unsettled)
            raise

    def keep(self, held: Held, bill: Bill) -> None:
        """Charge it later."""
        self._unstored.append((held, bill))

    async def charge_kept(self) -> None:
        """Charge what no store would take before; what it refuses is tried again the next time.

        Raises StoreUnavailable; then, and when cancelled, what is not known to be charged is kept.
        """
        kept, self._unstored = self._unstored, []
        refused = []
        try:
            while kept:
                held, bill = kept.pop()
                try:
                    await self.settle(held, bill)  # which keeps it where it is cancelled
                except Undone:
                    pass  # settled already
                except StoreUnavailable:
                    kept.append((held, bill))
                    raise
                except StoreError as error:
                    log.error("what a call came to could not be charged, and is kept: %s", error)
                    refused.append((held, bill))
        finally:
            self._unstored += [*kept, *refused]


def billed(held: Held, heard: Heard) -> Bill:
    """The bill of a call that ended or failed; its worst where the provider's last word was not heard."""
    if heard.usage and heard.whole:
        return Bill(_tokens(heard.usage), heard.finish, heard.took_ms)
    return worst(held, heard.usage, heard.finish, heard.took_ms, heard.text)


def worst(held: Held, least: Usage | None, outcome: str, took_ms: int, text: str = "") -> Bill:
    """What the provider can have billed at the most: all that was held, or what it has said, where that is more.

    Or what the `text` that came of it has, where the provider does not keep to the cap.
    """
    seen = _tokens(least) if least else Tokens()
    tokens = msgspec.structs.replace(
        seen,
        input=max(seen.input, held.request.input_tokens),
        output=max(seen.output, held.request.output_cap, _beyond_cap(text, held)),
    )
    return Bill(tokens, outcome, took_ms, estimated=True)


def _beyond_cap(text: str, held: Held) -> int:
    """Tokens of a text that is clearly longer than was asked for; else 0, since another vocabulary counts otherwise."""
    counted = count(text, held.request.call.model)
    return counted if counted > CAP_IGNORED * held.request.output_cap else 0


def _tokens(usage: Usage) -> Tokens:
    return Tokens(**msgspec.structs.asdict(usage))
