"""What a provider's response headers say of its limits: `x-ratelimit-*`, `anthropic-ratelimit-*`, Retry-After.

OpenAI and who speaks like it: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, resets like `6m0s` or `120ms`.
Anthropic: `anthropic-ratelimit-{requests,tokens}-{limit,remaining,reset}`, resets as RFC 3339 times.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from hub.agents.failures import LONGEST_WAIT_S, retry_after_s
from hub.config.limits import MOST
from hub.config.settings import KeyRates, Rate

MINUTE_S = 60
LONGEST_MINUTE_S = 90.0
"""A bucket that takes longer than this to fill from empty is not one of a minute; only its emptiness is heeded."""
_SPAN = re.compile(r"(?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9]+(?:\.[0-9]+)?)s)?(?:([0-9]+(?:\.[0-9]+)?)ms)?")

_PLAIN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


class Heard(msgspec.Struct, frozen=True):
    """What one response says."""

    rates: KeyRates = KeyRates()
    """By the minute."""
    wait_s: float = 0.0
    """Until the key takes anything again."""


def heard(status: int, headers: Mapping[str, str], *, now_s: float) -> Heard:
    """Never raises: what cannot be read is not there. `now_s`: seconds since 1970 UTC."""
    requests, empty = _one(headers, "requests", now_s)
    tokens, dry = _one(headers, "tokens", now_s)
    asked = retry_after_s(headers, now_s=now_s) if status == 429 else None
    return Heard(KeyRates(requests, tokens), asked if asked is not None else max(empty, dry))


def _one(headers: Mapping[str, str], what: str, now_s: float) -> tuple[Rate | None, float]:
    """The rate of requests or of tokens, and how long there is none left."""
    limit = _whole(_either(headers, "limit", what))
    remaining = _whole(_either(headers, "remaining", what))
    reset_s = _seconds(_either(headers, "reset", what), now_s)
    if limit is None or not 1 <= limit <= MOST:
        return None, 0.0
    if remaining is None or reset_s is None or remaining >= limit:
        return Rate(limit, MINUTE_S), 0.0
    # A reset is when the bucket is full; what is gone of it says how long a whole one takes.
    fills_s = reset_s * limit / (limit - remaining)
    rate = Rate(limit, MINUTE_S) if fills_s <= LONGEST_MINUTE_S else None
    return rate, (reset_s / limit if rate else reset_s) if remaining == 0 else 0.0


def _either(headers: Mapping[str, str], part: str, what: str) -> str:
    return headers.get(f"x-ratelimit-{part}-{what}") or headers.get(f"anthropic-ratelimit-{what}-{part}") or ""


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _seconds(text: str, now_s: float) -> float | None:
    """A span like `1m30.5s`, a plain number of seconds, or a time in RFC 3339."""
    if not text or len(text) > 40:
        return None
    span = _SPAN.fullmatch(text)
    if span:
        hours, minutes, seconds, milliseconds = (float(part or 0) for part in span.groups())
        return min(hours * 3600 + minutes * 60 + seconds + milliseconds / 1000, LONGEST_WAIT_S)
    if _PLAIN.fullmatch(text):
        return min(float(text), LONGEST_WAIT_S)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at.timestamp() - now_s, 0.0), LONGEST_WAIT_S)
