"""What providers say of their limits in headers: understood where it is, harmless where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config.settings import KeyRates, Rate
from hub.limits.headers import Heard, heard

pytestmark = pytest.mark.unit

NOW_S = 1_700_000_000.0  # 2023-11-14T22:13:20Z


def openai(what: str, limit: int, remaining: int, reset: str) -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{what}": str(limit),
        f"x-ratelimit-remaining-{what}": str(remaining),
        f"x-ratelimit-reset-{what}": reset,
    }


CASES = [
    ({}, Heard()),
    (openai("requests", 500, 499, "120ms"), Heard(KeyRates(requests=Rate(500, 60)))),
    (openai("tokens", 30_000, 0, "1m0s"), Heard(KeyRates(tokens=Rate(30_000, 60)), wait_s=60 / 30_000)),
    (openai("requests", 200, 199, "7m12s"), Heard()),  # so many a day
    (openai("requests", 200, 0, "23h59m0.5s"), Heard(wait_s=86_340.5)),
    (
        {
            "anthropic-ratelimit-requests-limit": "50",
            "anthropic-ratelimit-requests-remaining": "49",
            "anthropic-ratelimit-requests-reset": "2023-11-14T22:13:21Z",
        },
        Heard(KeyRates(requests=Rate(50, 60))),
    ),
    ({"x-ratelimit-limit-requests": "60"}, Heard(KeyRates(requests=Rate(60, 60)))),
    ({"x-ratelimit-limit-requests": "-3", "x-ratelimit-reset-requests": "nan"}, Heard()),
    (openai("requests", 10, 0, "nan"), Heard(KeyRates(requests=Rate(10, 60)))),
]


@pytest.mark.parametrize(("headers", "said"), CASES)
def test_headers_say(headers: dict[str, str], said: Heard) -> None:
    assert heard(200, headers, now_s=NOW_S) == said


def test_retry_after_counts_on_429_alone() -> None:
    assert heard(429, {"retry-after": "7"}, now_s=NOW_S).wait_s == 7
    assert heard(503, {"retry-after": "7"}, now_s=NOW_S).wait_s == 0


@given(st.integers(100, 599), st.lists(st.text(max_size=30), min_size=7, max_size=7))
def test_nothing_that_is_sent_breaks_it(status: int, values: list[str]) -> None:
    names = [
        f"x-ratelimit-{part}-{what}" for part in ("limit", "remaining", "reset") for what in ("requests", "tokens")
    ]
    said = heard(status, dict(zip([*names, "retry-after"], values, strict=True)), now_s=NOW_S)
    assert 0 <= said.wait_s <= 86_400
