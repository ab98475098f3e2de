"""Money is an integer of nano-dollars (`…_nusd`), a thousand-millionth of a US dollar; never a float.

A signed 64-bit column holds 9.2 thousand million dollars of them.
"""

import re

from hub.errors import TrunklineError

NUSD_PER_USD = 1_000_000_000

_AMOUNT = re.compile(r"\$?(?P<whole>\d{1,3}(?:[,_]\d{3})+|\d+)?(?:\.(?P<part>\d+))?", re.ASCII)


class AmountError(TrunklineError):
    """That is no amount of US dollars; write it like 12.50."""


def parse_usd(text: str) -> int:
    """Nano-dollars of `12.50`, `$12.50` or `1,200`. Raises AmountError, also below a nano-dollar and below zero."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or (found["whole"] is None and found["part"] is None):
        raise AmountError(f"{text!r} is no amount of US dollars; write it like 12.50.")
    part = (found["part"] or "").rstrip("0")
    if len(part) > 9:
        raise AmountError(f"{text!r} is finer than a nano-dollar; nine decimals at the most.")
    whole = re.sub(r"[,_]", "", found["whole"] or "0")
    return int(whole) * NUSD_PER_USD + int(part.ljust(9, "0"))


def format_usd(nusd: int) -> str:
    """For people: cents from a dollar up (`$1,234.50`), below that two significant digits (`$0.50`, `$0.0012`)."""
    sign, size = ("-" if nusd < 0 else ""), abs(nusd)
    decimals = 2 if size >= NUSD_PER_USD or size == 0 else max(2, 11 - len(str(size)))
    unit = 10 ** max(0, 9 - decimals)
    rounded = (size + unit // 2) // unit
    whole, part = divmod(rounded * unit, NUSD_PER_USD)
    return f"{sign}${whole:,}.{f'{part:09}'.rstrip('0').ljust(2, '0')}"


def format_tokens(tokens: int) -> str:
    """For people: `12,000 tokens`."""
    return f"{tokens:,} tokens"


def decimal_usd(nusd: int) -> str:
    """For machines: exact, without a currency sign, like `0.0012` or `12.5`."""
    whole, part = divmod(abs(nusd), NUSD_PER_USD)
    digits = f"{part:09}".rstrip("0")
    return f"{'-' if nusd < 0 else ''}{whole}{'.' if digits else ''}{digits}"
