"""The keys of providers, as this process knows them: what each takes, what was heard of it, and who waits for it."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping

import msgspec

from hub.clock import Clock
from hub.config.settings import Deployment, KeyRates, Secret, Settings
from hub.limits.bucket import block, give_back, spend, wait_for
from hub.limits.headers import heard
from hub.store import Database, Statement, StoreError

log = logging.getLogger(__name__)

WORTH_TELLING_S = 0.2
"""A shorter rest than this is over before another process hears of it."""


class _Key(msgspec.Struct, frozen=True):
    """The key of a deployment."""

    id: str
    """Its digest."""
    variable: str
    largest: int
    """Tokens that one call can take at the most, as far as the settings say."""


class Keys:
    """Shared by all deployments that use the same key, through the store by all processes."""

    def __init__(self, settings: Callable[[], Settings], database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._of: Settings | None = None
        self._known: dict[str, _Key] = {}
        """By deployment, of the settings in `_of`."""
        self._heard: dict[str, KeyRates] = {}
        self._blocked: dict[str, float] = {}
        """Until when, on the monotonic clock, where this process was told so itself."""
        self._lines: dict[tuple[str, str], asyncio.Lock] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def spending(self, deployment: Deployment, tokens: int, tier: str) -> list[Statement]:
        """Takes one call of so many tokens at the most from the deployment's key; nothing where nothing limits it."""
        key = self._key(deployment.name)
        if key is None:
            return []
        rates = self._rates(key)
        blocked = self._blocked.get(key.id, 0.0) > self._clock.monotonic()
        if not (rates.requests or rates.tokens or blocked):
            return []
        return [spend(key.id, rates, tokens, largest=key.largest, tier=tier)]

    def unused(self, deployment: str, tokens: int) -> list[Statement]:
        """Gives back tokens that a call on a deployment (by name) took and did not use."""
        key = self._key(deployment)
        if key is None or tokens <= 0 or not (rates := self._rates(key)).tokens:
            return []
        return [give_back(key.id, rates, tokens, largest=key.largest)]

    async def wait_s(self, spending: Statement) -> float:
        """Seconds until the key has room for what was refused. Raises StoreError."""
        rows = await self._database.read(wait_for(spending))
        waits = (rows[0]["wait_us"] or 0) / 1e6 if rows else 0.0
        return max(0.001, waits)

    def line(self, deployment: Deployment, tier: str) -> asyncio.Lock:
        """Where those of one tier stand who wait for a deployment's key: first come, first served."""
        key = self._key(deployment.name)
        return self._lines.setdefault((key.id if key else "", tier), asyncio.Lock())

    def hear(self, secret: Secret, status: int, headers: Mapping[str, str]) -> None:
        """Heed a response's headers: its limits go before those of the settings, and its waits are everybody's."""
        said = heard(status, headers, now_s=self._clock.now_ms() / 1000)
        key = digest(secret)
        if said.rates != KeyRates():
            before = self._heard.get(key, KeyRates())
            self._heard[key] = KeyRates(said.rates.requests or before.requests, said.rates.tokens or before.tokens)
        if said.wait_s:
            self._blocked[key] = self._clock.monotonic() + said.wait_s
            if said.wait_s >= WORTH_TELLING_S:
                telling = asyncio.get_running_loop().create_task(self._tell(block(key, int(said.wait_s * 1000))))
                self._telling.add(telling)
                telling.add_done_callback(self._telling.discard)

    async def close(self) -> None:
        """Wait until what was heard is told."""
        await asyncio.gather(*self._telling, return_exceptions=True)

    async def _tell(self, said: Statement) -> None:
        try:
            await self._database.run(said)
        except StoreError as error:
            log.warning("other processes were not told that a key must rest: %s", error)

    def _rates(self, key: _Key) -> KeyRates:
        written = self._settings().limits.keys.get(key.variable, KeyRates())
        said = self._heard.get(key.id)
        if said is None:
            return written
        return KeyRates(said.requests or written.requests, said.tokens or written.tokens)

    def _key(self, deployment: str) -> _Key | None:
        settings = self._settings()
        if settings is not self._of:
            self._of, self._known = settings, _keys(settings)
        return self._known.get(deployment)


def _keys(settings: Settings) -> dict[str, _Key]:
    """The key of each deployment that has one."""
    largest: dict[str, int] = {}
    found: dict[str, tuple[str, Secret]] = {}
    for agent in settings.agents.values():
        for each in agent.deployments:
            if each.key:
                id_ = digest(each.key)
                largest[id_] = max(largest.get(id_, 0), agent.context.tokens + agent.context.max_output)
                found[each.name] = (id_, each.key)
    return {name: _Key(id_, key.source.removeprefix("env:"), largest[id_]) for name, (id_, key) in found.items()}


def digest(secret: Secret) -> str:
    """What stands for a key in the store: nothing leads back from it to the key."""
    return hashlib.blake2b(secret.reveal().encode(), digest_size=16, person=b"trunkline-key").hexdigest()
