"""The generic cell rate algorithm: calls on a provider's key are spread out, so that no minute has more than it takes.

A key is one row with two times, for requests and for tokens: when its bucket would be full again. A call moves them on
by what it costs, in one statement, if they do not lie further ahead than the burst; else it waits until they do not.
"""

import msgspec

from hub.config.settings import KeyRates, Rate
from hub.store import Statement, statement

SPEND = "limits.spend"
"""Undone under this name: the key has no room now."""
BURST = 0.03
"""Of a minute's amount may come at once. The rest is spread so that burst and flow together never exceed the amount;
what is left unused in the worst case is this share."""
SHARES = {"enterprise": 1.0, "paid": 0.9, "free": 0.8}
"""Of the burst, by tier: at a full key, ordinary traffic is slowed first."""
NO_LIMIT_US = 10**18


class Bucket(msgspec.Struct, frozen=True):
    """A limit as the statement takes it, in microseconds."""

    unit_us: float
    """What one request or token moves the time on by."""
    burst_us: int
    """How far ahead it may lie."""

    def cost_us(self, amount: int) -> int:
        return -int(-amount * self.unit_us // 1)


NO_LIMIT = Bucket(0, NO_LIMIT_US)


def request_bucket(rate: Rate | None, share: float = 1.0) -> Bucket:
    """Of whole requests: a burst, and then one every `unit_us`, come to the amount at most in any half-open window."""
    if rate is None:
        return NO_LIMIT
    burst = max(1, int(rate.amount * BURST))
    unit = -(-rate.per_s * 1_000_000 // (rate.amount - burst + 1))
    return Bucket(unit, unit * max(1, int(burst * share)))


def token_bucket(rate: Rate | None, largest: int, share: float = 1.0) -> Bucket:
    """Of tokens. A call of up to `largest` fits at once, and the flow leaves room for it, up to half of the amount."""
    if rate is None:
        return NO_LIMIT
    burst = max(1, int(rate.amount * BURST), min(largest, rate.amount // 2))
    unit = rate.per_s * 1_000_000 / max(1, rate.amount - burst)
    return Bucket(unit, int(unit * burst * share))


def spend(key: str, rates: KeyRates, tokens: int, *, largest: int, tier: str) -> Statement:
    """Takes one request and its tokens in the worst case, or is undone as SPEND. `key`: its digest."""
    share = SHARES.get(tier, SHARES["free"])
    requests, flow = request_bucket(rates.requests, share), token_bucket(rates.tokens, largest, share)
    return statement(
        SPEND,
        id=key,
        request_us=requests.cost_us(1),
        request_burst_us=requests.burst_us,
        tokens_us=flow.cost_us(tokens),
        tokens_burst_us=flow.burst_us,
    )


def wait_for(spending: Statement) -> Statement:
    """Reads `wait_us`, how long the row of a refused spending has no room for it."""
    return statement("limits.spend_wait", **spending.values)


def give_back(key: str, rates: KeyRates, tokens: int, *, largest: int) -> Statement:
    """Gives back tokens that were taken for a call and not used."""
    return statement("limits.give_back", id=key, tokens_us=token_bucket(rates.tokens, largest).cost_us(tokens))


def block(key: str, for_ms: int) -> Statement:
    """The provider takes nothing on this key for so long, whoever asks."""
    return statement("limits.block", id=key, for_us=for_ms * 1000)
