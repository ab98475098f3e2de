"""Hand-computed invoices. Prices in the comments are US dollars for a million tokens, from the providers' pages."""

from datetime import UTC, datetime
from fractions import Fraction

import msgspec
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
    worst_nusd,
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
        # Anthropic, "Prompt caching", pricing: written for five minutes 1.25 times the input, for an hour twice, read a
        # tenth. 200 x 1 + 300 x 1.25 + 500 x 2 + 4,000 x 0.10 + 10 x 5 = 200 + 375 + 1,000 + 400 + 50
        (
            "anthropic",
            "claude-haiku-4-5",
            Tokens(input=5_000, cached_input=4_000, cache_write=800, cache_write_1h=500, output=10),
            2_025_000,
        ),
        # Anthropic, "Pricing", long context: writes double too: 1 x 6 + 100,000 x 7.50 + 100,000 x 12
        (
            "anthropic",
            "claude-sonnet-4-5",
            Tokens(input=200_001, cache_write=200_000, cache_write_1h=100_000),
            1_950_006_000,
        ),
        # Gemini, "Pricing": 200,000 x 1.25 + 2,000 x 10, thoughts being output
        ("gemini", "gemini-2.5-pro", Tokens(input=200_000, output=2_000, reasoning=1_500), 270_000_000),
        # one beyond, 100,000 of them cached: 100,001 x 2.50 + 100,000 x 0.25 + 2,000 x 15
        ("gemini", "gemini-2.5-pro", Tokens(input=200_001, cached_input=100_000, output=2_000), 305_002_500),
        # sound has a price of its own, cached too: 100 x 0.30 + 50 x 0.03 + 600 x 1.00 + 400 x 0.10 + 10 x 2.50
        (
            "gemini",
            "gemini-2.5-flash",
            Tokens(input=1_150, cached_input=450, audio_input=1_000, cached_audio=400, output=10),
            696_500,
        ),
        # pictures that it makes: 100 x 0.30 + 20 x 2.50 + 1,290 x 30
        ("gemini", "gemini-2.5-flash-image", Tokens(input=100, output=1_310, image_output=1_290), 38_780_000),
        # pictures that it sees are text here: 1,000 x 0.15
        ("openai", "gpt-4o-mini", Tokens(input=1_000, image_input=850), 150_000),
        # OpenAI, "Pricing", audio tokens: 100 x 2.50 + 900 x 32 + 40 x 10 + 160 x 64 = 250 + 28,800 + 400 + 10,240
        (
            "openai",
            "gpt-audio",
            Tokens(input=1_000, audio_input=900, output=200, audio_output=160),
            39_690_000,
        ),
        # pictures in, some of them cached: 100 x 5 + 300 x 10 + 200 x 2.50 + 1,000 x 40
        (
            "openai",
            "gpt-image-1",
            Tokens(input=600, cached_input=200, image_input=500, cached_image=200, output=1_000),
            44_000_000,
        ),
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
        ("openai", "gpt-4o-transcribe"),
        ("gemini", "veo-3.0-generate"),
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


def test_an_override_of_everything() -> None:
    """Ten tokens of each kind, each kind at a price of its own, in nano-dollars a token."""
    names = ("input", "output", "cached_input", "cache_write", "cache_write_1h")
    names += ("audio_input", "cached_audio", "audio_output", "image_input", "cached_image", "image_output")
    price = price_of("openai", "m", {"m": Price(**{name: 10**i * 1_000_000 for i, name in enumerate(names)})}, NOW_MS)
    assert price is not None
    tokens = Tokens(
        input=80,
        cached_input=30,
        cache_write=20,
        output=30,
        cache_write_1h=10,
        audio_input=20,
        cached_audio=10,
        audio_output=10,
        image_input=20,
        cached_image=10,
        image_output=10,
    )
    assert cost_nusd(price, tokens) == 10 * 11_111_111_111


def test_an_override_without_more_bills_everything_as_text() -> None:
    price = price_of("openai", "m", {"m": Price(input=1_000_000, output=7_000_000, cache_write=2_000_000)}, NOW_MS)
    assert price is not None
    tokens = Tokens(input=9, audio_input=3, image_input=3, cache_write=2, cache_write_1h=1, output=3, audio_output=2)
    assert cost_nusd(price, tokens) == 7 + 2 * 2 + 3 * 7


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


_rate = st.integers(0, 10**12)
_perhaps = st.none() | _rate
rates = st.builds(
    Rates,
    above_input=st.just(0),
    input=_rate,
    cached_input=_rate,
    cache_write=_rate,
    output=_rate,
    cache_write_1h=_perhaps,
    audio_input=_perhaps,
    cached_audio=_perhaps,
    audio_output=_perhaps,
    image_input=_perhaps,
    cached_image=_perhaps,
    image_output=_perhaps,
)


@st.composite
def prices(draw: st.DrawFn) -> PricedModel:
    above = sorted({0, *draw(st.sets(st.integers(1, 3_000), max_size=3))})
    return PricedModel(
        "m", "regions.toml", tuple(msgspec.structs.replace(draw(rates), above_input=each) for each in above)
    )


@st.composite
def tokens(draw: st.DrawFn, most_input: int, most_output: int, *, surprises: bool) -> Tokens:
    """Of one call; `surprises`: sound and hours in a cache, which no request of the hub's can ask for."""

    def part(whole: int) -> int:
        return draw(st.integers(0, whole))

    billed, output = part(most_input), part(most_output)
    image = part(billed)
    audio = part(billed - image) if surprises else 0
    cached_image, cached_audio = part(image), part(audio)
    text = billed - image - audio
    cached_text = part(text)
    written = part(text - cached_text)
    image_output = part(output)
    return Tokens(
        input=billed,
        cached_input=cached_text + cached_image + cached_audio,
        cache_write=written,
        output=output,
        cache_write_1h=part(written) if surprises else 0,
        audio_input=audio,
        cached_audio=cached_audio,
        audio_output=part(output - image_output),
        image_input=image,
        cached_image=cached_image,
        image_output=image_output,
    )


@pytest.mark.property
@given(prices(), st.integers(0, 4_000), st.integers(0, 4_000), st.data())
def test_no_bill_within_the_bounds_is_above_the_upper_bound(
    price: PricedModel, most_input: int, cap: int, data: st.DataObject
) -> None:
    billed = data.draw(tokens(most_input, cap, surprises=False))
    assert cost_nusd(price, billed) <= upper_bound_nusd(price, most_input, cap)


@pytest.mark.property
@given(prices(), st.integers(0, 4_000), st.integers(0, 4_000), st.integers(0, 500), st.data())
def test_no_bill_is_above_the_worst_of_what_was_told_before_its_end(
    price: PricedModel, most_input: int, cap: int, margin: int, data: st.DataObject
) -> None:
    """The input was told, surprises and all, and of the output as much as there was; the bound may be longer."""
    billed = data.draw(tokens(most_input, cap, surprises=True))
    told = msgspec.structs.replace(
        billed, input=billed.input + margin, output=cap, audio_output=0, image_output=0, reasoning=0
    )
    assert cost_nusd(price, billed) <= worst_nusd(price, told)


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
