"""How much of what was read came from the providers' caches, and what that saved, from the ledger's own prices."""

from collections.abc import Iterable

import msgspec

from hub.money.amounts import format_usd
from hub.money.prices import PricedModel
from hub.store import Database, statement

MILLION = 1_000_000
_decode = msgspec.json.Decoder(PricedModel).decode


class Cached(msgspec.Struct, frozen=True):
    """Over some calls."""

    input_tokens: int
    cached_tokens: int
    saved_nusd: int
    """Against the price of fresh input, less what writing to the caches cost more; below 0 where that was more.

    Of text alone, at the rates of a short prompt, so it is never too much where longer ones are dearer.
    """

    @property
    def share(self) -> float:
        return self.cached_tokens / self.input_tokens if self.input_tokens else 0.0

    @property
    def values(self) -> dict[str, str]:
        """For `phrases.CACHED`."""
        cost = format_usd(self.saved_nusd) if self.saved_nusd >= 0 else f"-{format_usd(-self.saved_nusd)}"
        return {"tokens": f"{self.input_tokens:,}", "share": f"{100 * self.share:.0f} %", "cost": cost}


def together(parts: Iterable[Cached]) -> Cached:
    """The sum of several."""
    rows = [msgspec.structs.astuple(part) for part in parts]
    return Cached(*map(sum, zip(*rows, strict=True))) if rows else Cached(0, 0, 0)


async def cached(database: Database, since_ms: int, *, person: int | None = None, agent: str = "") -> Cached:
    """Of the calls since then; of one person's (by the opaque number) or of one agent's alone. Raises StoreError."""
    those = {"since_ms": since_ms, "agent": agent}
    rows = await database.read(
        statement("money.cached", **those)
        if person is None
        else statement("money.cached_of_person", **those, person=person)
    )
    saved = 0
    for row in rows:
        rates = _decode(row["price"]).rates[0]
        saved += int(row["cached_text"]) * (rates.input - rates.cached_input)
        saved -= int(row["written"]) * (rates.cache_write - rates.input)
        saved -= int(row["written_1h"]) * ((rates.cache_write_1h or rates.cache_write) - rates.input)
    return Cached(sum(int(row["input"]) for row in rows), sum(int(row["cached"]) for row in rows), saved // MILLION)
