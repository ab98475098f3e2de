"""Hand-computed invoices. Prices in the comments are US dollars for a million tokens, from the providers' pages."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from genai_prices.data import providers
from genai_prices.types import ConditionalPrice, TimeOfDateConstraint
from hypothesis import given
from hypothesis import strategies as st

from hub.config.settings import Price
from hub.money.prices import (
    PricedModel,
    Rates,
    Tokens,
    cost_nusd,
    fitting_output,
    known,
    pinned,
    price_of,
    unpriced,
    upper_bound_nusd,
)

pytestmark = pytest.mark.unit

DOLLAR = 1_000_000_000
NOW_MS = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp() * 1000)


def listed(api: str, model: str, at_ms: int = NOW_MS) -> PricedModel:
    price = price_of(api, model, {}, at_ms)
    assert price is not None
    return price


@pytest.mark.parametrize(
    ("api", "model", "tokens", "cost"),
    [
        # 0.15 in, 0.60 out: a million of each
        ("openai", "gpt-4o-mini", Tokens(input=1_000_000, output=1_000_000), 750_000_000),
        # 1,000 x 0.15 + 200 x 0.60 = 270 millionths of a dollar; a slip of a million would be $270
        ("openai", "gpt-4o-mini", Tokens(input=1_000, output=200), 270_000),
        # 600 x 0.15 + 400 cached x 0.075 + 200 x 0.60 = 90 + 30 + 120
        ("openai", "gpt-4o-mini", Tokens(input=1_000, cached_input=400, output=200), 240_000),
        # reasoning is in the output: 100 x 1.10 + 2,000 x 4.40 = 110 + 8,800
        ("openai", "o3-mini", Tokens(input=100, output=2_000, reasoning=1_900), 8_910_000),
        # 500 x 3 + 1,000 written x 3.75 + 8,500 read x 0.30 + 300 x 15 = 1,500 + 3,750 + 2,550 + 4,500
        (
            "anthropic",
            "claude-sonnet-4-5-20250929",
            Tokens(input=10_000, cached_input=8_500, cache_write=1_000, output=300),
            12_300_000,
        ),
        # exactly at the threshold: 200,000 x 3 + 1,000 x 15
        ("anthropic", "claude-sonnet-4-5", Tokens(input=200_000, output=1_000), 615_000_000),
        # one token beyond: every token at 6 and 22.50
        ("anthropic", "claude-sonnet-4-5", Tokens(input=200_001, output=1_000), 1_222_506_000),
        # cached tokens count toward the threshold: 50,001 x 6 + 150,000 x 0.60
        ("anthropic", "claude-sonnet-4-5", Tokens(input=200_001, cached_input=150_000), 390_006_000),
        # 300,000 x 2.50 + 100 x 15
        ("gemini", "gemini-2.5-pro", Tokens(input=300_000, output=100), 751_500_000),
        # embeddings have no output: 12,345 x 0.02
        ("openai", "text-embedding-3-small", Tokens(input=12_345), 246_900),
        # one cached token of 0.075: 75 nano-dollars, exact
        ("openai", "gpt-4o-mini", Tokens(input=1, cached_input=1), 75),
        ("openai", "gpt-4o-mini", Tokens(), 0),
    ],
)
def test_invoice(api: str, model: str, tokens: Tokens, cost: int) -> None:
    assert cost_nusd(listed(api, model), tokens) == cost


def test_a_part_of_a_nano_dollar_is_rounded_up() -> None:
    price = PricedModel("m", "regions.toml", (Rates(0, 1_500_001, 0, 0, 0),))
    assert cost_nusd(price, Tokens(input=1)) == 2
    assert upper_bound_nusd(price, 1, 0) == 2


def test_the_price_of_the_day() -> None:
    def price_on(day: datetime) -> int:
        return listed("openai", "o3", int(day.timestamp() * 1000)).rates[0].output

    assert price_on(datetime(2025, 6, 9, 23, 59, 59, tzinfo=UTC)) == 40 * DOLLAR
    assert price_on(datetime(2025, 6, 10, tzinfo=UTC)) == 8 * DOLLAR


def test_the_table_has_no_prices_by_the_hour() -> None:
    """Prices are looked up once a day; that holds while none of our providers bills by the time of day."""
    for provider in providers:
        if provider.id in {"openai", "anthropic", "google"}:
            for model in provider.models:
                for price in model.prices if isinstance(model.prices, list) else ():
                    assert isinstance(price, ConditionalPrice)
                    assert not isinstance(price.constraint, TimeOfDateConstraint), model.id


@pytest.mark.parametrize(
    ("api", "model"),
    [
        ("openai", "acme-13b"),
        ("openai", "claude-sonnet-4-5"),  # another provider's
        ("anthropic", "gpt-4o"),
        ("openai", "gpt-4o-acme"),
        ("openai", "gpt-5-nano-acme-tuned"),  # the table takes anything that begins so
        ("anthropic", "claude-sonnet-4-5-turbo"),
        ("gemini", "acme-gemini-1.5-pro"),  # … or contains it
        ("gemini", "gemini-3.6-flash-lite"),
        ("gemini", "gemma-3"),  # listed without a price
        ("openai", "gpt-4o-mini-search-preview"),  # bills searches too
        ("openai", "whisper-1"),
        ("openai", "gpt-realtime"),
        ("openai", ""),
        ("unheard-of", "gpt-4o"),
    ],
)
def test_an_unknown_model_has_no_price(api: str, model: str) -> None:
    assert price_of(api, model, {}, NOW_MS) is None
    assert not known(api, model, {}, NOW_MS)


@pytest.mark.parametrize(
    ("api", "model", "found"),
    [
        ("openai", "gpt-4o-2024-11-20", "gpt-4o"),
        ("openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),  # the first release has its own, dearer price
        ("openai", "GPT-4o-mini", "gpt-4o-mini"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc123", "ft:gpt-4o-mini"),
        ("anthropic", "claude-opus-4-1-20250805", "claude-opus-4-1"),
        ("gemini", "gemini-2.5-pro-preview-05-06", "gemini-2.5-pro"),
    ],
)
def test_a_release_of_a_known_model(api: str, model: str, found: str) -> None:
    assert listed(api, model).model == found


def test_an_override_goes_first() -> None:
    overrides = {"gpt-4o": Price(input=150_000_000, output=600_000_000, cached_input=75_000_000)}
    price = price_of("openai", "gpt-4o", overrides, NOW_MS)
    assert price is not None
    assert price.source == "regions.toml"
    assert cost_nusd(price, Tokens(input=1_000, cached_input=400, cache_write=100, output=200)) == 240_000


def test_without_a_cached_price_cached_input_costs_as_input() -> None:
    price = price_of("openai", "acme-13b", {"acme-13b": Price(input=1_000_000, output=0)}, NOW_MS)
    assert price is not None
    assert cost_nusd(price, Tokens(input=10, cached_input=5, cache_write=5)) == 10


@pytest.mark.parametrize("api", ["local", "faq"])
def test_what_runs_here_is_free_and_known(api: str) -> None:
    price = price_of(api, "anything", {}, NOW_MS)
    assert price is not None
    assert price.source == "free"
    assert upper_bound_nusd(price, 10**9, 10**9) == 0
    assert fitting_output(price, 10, 0) is None


def test_an_unpriced_model_is_told_from_a_free_one() -> None:
    assert unpriced("acme-13b").source == "unknown"


def test_cache_writes_can_be_the_dearest_input() -> None:
    """1,000 x 3.75 + 100 x 15: the bound covers a prompt that is written whole into the cache."""
    assert upper_bound_nusd(listed("anthropic", "claude-sonnet-4-5"), 1_000, 100) == 5_250_000


def test_the_pinned_price_says_where_it_is_from() -> None:
    text = pinned(listed("openai", "gpt-4o-mini"))
    assert '"source":"genai-prices ' in text
    assert '"output":600000000' in text


rates = st.builds(
    Rates,
    above_input=st.just(0),
    input=st.integers(0, 10**12),
    cached_input=st.integers(0, 10**12),
    cache_write=st.integers(0, 10**12),
    output=st.integers(0, 10**12),
)


@st.composite
def prices(draw: st.DrawFn) -> PricedModel:
    tiers = [draw(rates)]
    for above in sorted(draw(st.sets(st.integers(1, 3_000), max_size=3))):
        tier = draw(rates)
        tiers.append(Rates(above, tier.input, tier.cached_input, tier.cache_write, tier.output))
    return PricedModel("m", "regions.toml", tuple(tiers))


@pytest.mark.property
@given(prices(), st.integers(0, 4_000), st.integers(0, 4_000), st.data())
def test_no_bill_within_the_bounds_is_above_the_upper_bound(
    price: PricedModel, most_input: int, cap: int, data: st.DataObject
) -> None:
    billed = data.draw(st.integers(0, most_input))
    cached = data.draw(st.integers(0, billed))
    written = data.draw(st.integers(0, billed - cached))
    tokens = Tokens(input=billed, cached_input=cached, cache_write=written, output=data.draw(st.integers(0, cap)))
    assert cost_nusd(price, tokens) <= upper_bound_nusd(price, most_input, cap)


@pytest.mark.property
@given(prices(), st.integers(0, 4_000), st.integers(0, 10**13))
def test_the_fitting_output_is_the_longest_that_fits(price: PricedModel, input_tokens: int, left: int) -> None:
    output = fitting_output(price, input_tokens, left)
    if output is None:
        assert upper_bound_nusd(price, input_tokens, 10**9) <= left
    elif output > 0:
        assert upper_bound_nusd(price, input_tokens, output) <= left < upper_bound_nusd(price, input_tokens, output + 1)
    else:
        assert upper_bound_nusd(price, input_tokens, 1) > left


@pytest.mark.property
@given(prices(), st.integers(0, 4_000), st.integers(0, 4_000))
def test_against_exact_fractions(price: PricedModel, input_tokens: int, output: int) -> None:
    tier = max(
        (t for t in price.rates if t.above_input == 0 or input_tokens > t.above_input), key=lambda t: t.above_input
    )
    exact = Fraction(input_tokens * tier.input + output * tier.output, 1_000_000)
    assert 0 <= cost_nusd(price, Tokens(input=input_tokens, output=output)) - exact < 1
