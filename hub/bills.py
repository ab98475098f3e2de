"""What a call came to: as the provider said, or the worst that it can have billed."""

import msgspec

from hub.agents.port import Usage
from hub.money.holds import Bill, Held
from hub.money.prices import Tokens


def billed(held: Held, usage: Usage | None, outcome: str, took_ms: int) -> Bill:
    """The bill of a call that ended; where the provider did not say, its worst."""
    return Bill(_tokens(usage), outcome, took_ms) if usage else worst(held, None, outcome, took_ms)


def _tokens(usage: Usage) -> Tokens:
    return Tokens(usage.input, usage.cached_input, usage.cache_write, usage.output, usage.reasoning)


def worst(held: Held, known: Usage | None, outcome: str, took_ms: int) -> Bill:
    """What the provider can have billed at the most: what it said of the input, and everything that was held."""
    seen = _tokens(known) if known else Tokens()
    tokens = msgspec.structs.replace(
        seen,
        input=seen.input or held.request.input_tokens,
        output=max(seen.output, held.request.output_cap),
    )
    return Bill(tokens, outcome, took_ms, estimated=True)
