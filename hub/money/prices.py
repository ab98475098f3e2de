"""What a call costs: prices as exact integers, from the offline table of genai-prices or from regions.toml."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import msgspec

from hub.config.settings import Price
from hub.money.amounts import NUSD_PER_USD

MILLION = 1_000_000

_PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}
"""Whose price list a wire API is billed by, in the words of genai-prices."""

_FREE = frozenset({"local", "faq"})
"""These run on the hub's own machine."""

_BILLED_BESIDES_TOKENS = ("-search-", "deep-research", "-realtime", "-transcribe", "-tts", "-live")
"""Such models bill searches or seconds as well, which no count of tokens can bound, or speak another wire."""

_NOT_TOLD = re.compile(r"output_video_mtok|.*hours|.*mchars")
"""Of the table's columns: what no usage that is read here tells, so that a model billed by it has no price."""

_RELEASE = re.compile(
    r"(?:[-@](?:latest|preview|exp|\d{3}|\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}|\d{2}-\d{4}))*",
)
"""What may follow a known name without making it another model: a date, a release number, `latest`, `preview`."""


class Tokens(msgspec.Struct, frozen=True):
    """Tokens of one call as they are billed.

    `input` includes every other kind of input, `output` every other kind of output; what is no sound and no picture is
    text.
    """

    input: int = 0
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    cache_write_1h: int = 0
    """Of `cache_write`: what is kept for an hour."""
    audio_input: int = 0
    cached_audio: int = 0
    """Of `audio_input` and of `cached_input`."""
    audio_output: int = 0
    image_input: int = 0
    cached_image: int = 0
    """Of `image_input` and of `cached_input`."""
    image_output: int = 0

    @property
    def total(self) -> int:
        """What a budget in tokens counts."""
        return self.input + self.output


class Rates(msgspec.Struct, frozen=True, omit_defaults=True):
    """Nano-dollars for a million tokens, for calls whose whole input is longer than `above_input` tokens.

    Every token of such a call is billed at these rates, not only those above the threshold. What is None is billed as
    the text beside it: sound and pictures as input or output, cached ones as fresh ones, an hour as five minutes.
    """

    above_input: int
    input: int
    cached_input: int
    cache_write: int
    """Written for the providers' default time of life (five minutes at Anthropic)."""
    output: int
    cache_write_1h: int | None = None
    audio_input: int | None = None
    cached_audio: int | None = None
    audio_output: int | None = None
    image_input: int | None = None
    cached_image: int | None = None
    image_output: int | None = None


class PricedModel(msgspec.Struct, frozen=True):
    """The price of one model at one time. `rates` rise by `above_input`; the first starts at 0 and always applies."""

    model: str
    """The name it was found under."""
    source: str
    """`genai-prices …`, `regions.toml`, `free` or `unknown`."""
    rates: tuple[Rates, ...]


def price_of(api: str, model: str, overrides: Mapping[str, Price], at_ms: int) -> PricedModel | None:
    """The price at a moment, or None where nobody knows it.

    An override from regions.toml goes before the table; `local` and `faq` are free without one.
    """
    if (override := overrides.get(model)) is not None:
        return _overridden(model, override)
    if api in _FREE:
        return _flat(model, "free")
    provider = _PROVIDERS.get(api)
    return _listed(provider, model, at_ms // 86_400_000) if provider else None


def known(api: str, model: str, overrides: Mapping[str, Price], at_ms: int) -> bool:
    """Whether a call of the model can be priced at that moment."""
    return price_of(api, model, overrides, at_ms) is not None


@lru_cache(maxsize=1024)
def context_window(api: str, model: str) -> int | None:
    """The longest input that the model takes, in tokens, where the table knows it."""
    provider = _PROVIDERS.get(api)
    listed = _found(provider, model) if provider else None
    return listed.context_window if listed is not None else None


def unpriced(model: str) -> PricedModel:
    """Stands in where an agent without a budget calls a model whose price nobody knows; its rows are marked so."""
    return _flat(model, "unknown")


def cost_nusd(price: PricedModel, tokens: Tokens) -> int:
    """What the call costs, rounded up to a whole nano-dollar."""
    rates = _tier(price, tokens)
    return -(-(_input_millionths(rates, tokens) + _output_millionths(rates, tokens)) // MILLION)


def _tier(price: PricedModel, tokens: Tokens) -> Rates:
    rates = price.rates[0]
    for longer in price.rates[1:]:
        if tokens.input > longer.above_input:
            rates = longer
    return rates


def _input_millionths(rates: Rates, tokens: Tokens) -> int:
    sound, pictures = tokens.audio_input - tokens.cached_audio, tokens.image_input - tokens.cached_image
    plain = tokens.input - tokens.cached_input - tokens.cache_write - sound - pictures
    audio, image = _or(rates.audio_input, rates.input), _or(rates.image_input, rates.input)
    return (
        max(0, plain) * rates.input
        + (tokens.cached_input - tokens.cached_audio - tokens.cached_image) * rates.cached_input
        + (tokens.cache_write - tokens.cache_write_1h) * rates.cache_write
        + tokens.cache_write_1h * _or(rates.cache_write_1h, rates.cache_write)
        + sound * audio
        + tokens.cached_audio * _or(rates.cached_audio, audio)
        + pictures * image
        + tokens.cached_image * _or(rates.cached_image, image)
    )


def _output_millionths(rates: Rates, tokens: Tokens) -> int:
    return (
        (tokens.output - tokens.audio_output - tokens.image_output) * rates.output
        + tokens.audio_output * _or(rates.audio_output, rates.output)
        + tokens.image_output * _or(rates.image_output, rates.output)
    )


def _or(rate: int | None, otherwise: int) -> int:
    return otherwise if rate is None else rate


def upper_bound_nusd(price: PricedModel, input_tokens: int, output_cap: int) -> int:
    """The most that a call can cost: all input at the dearest way to bill it, output up to its cap.

    Tiers that a shorter input would meet count too, so a bill for fewer tokens is never above the bound. Left out are
    input of sound and hours in a cache, several times as dear: no `Request` can ask for either.
    """
    return worst_nusd(price, Tokens(input=input_tokens, output=output_cap))


def worst_nusd(price: PricedModel, tokens: Tokens) -> int:
    """The most that a call can cost of which so much is known: the rest of its tokens may be billed the dearest way."""
    input_rate, output_rate = _dearest(price, tokens.input)
    known = max(
        _input_millionths(msgspec.structs.replace(rates, input=input_rate), tokens)
        for rates in _possible(price, tokens.input)
    )
    return -(-(max(known, tokens.input * input_rate) + tokens.output * output_rate) // MILLION)


def fitting_output(price: PricedModel, input_tokens: int, left_nusd: int) -> int | None:
    """The longest output whose upper bound fits into `left_nusd`; 0 or less: not even the input; None: no limit."""
    input_rate, output_rate = _dearest(price, input_tokens)
    if output_rate == 0:
        return None if upper_bound_nusd(price, input_tokens, 0) <= left_nusd else 0
    return max(0, (left_nusd * MILLION - input_tokens * input_rate) // output_rate)


@lru_cache(maxsize=1024)
def pinned(price: PricedModel) -> str:
    """The price as JSON, as it goes into a ledger row."""
    return msgspec.json.encode(price).decode()


def _dearest(price: PricedModel, input_tokens: int) -> tuple[int, int]:
    possible = _possible(price, input_tokens)
    return max(map(_dearest_input, possible)), max(map(_dearest_output, possible))


def _possible(price: PricedModel, input_tokens: int) -> list[Rates]:
    """Those of the whole input, and those that a shorter one would meet."""
    return [rates for rates in price.rates if rates.above_input == 0 or input_tokens > rates.above_input]


def _dearest_input(rates: Rates) -> int:
    image = _or(rates.image_input, rates.input)
    return max(rates.input, rates.cached_input, rates.cache_write, image, _or(rates.cached_image, image))


def _dearest_output(rates: Rates) -> int:
    return max(rates.output, _or(rates.audio_output, 0), _or(rates.image_output, 0))


@lru_cache(maxsize=1024)
def _overridden(model: str, price: Price) -> PricedModel:
    rates = Rates(
        above_input=0,
        input=price.input,
        cached_input=_or(price.cached_input, price.input),
        cache_write=_or(price.cache_write, price.input),
        output=price.output,
        cache_write_1h=price.cache_write_1h,
        audio_input=price.audio_input,
        cached_audio=price.cached_audio,
        audio_output=price.audio_output,
        image_input=price.image_input,
        cached_image=price.cached_image,
        image_output=price.image_output,
    )
    return PricedModel(model, "regions.toml", (rates,))


def _flat(model: str, source: str) -> PricedModel:
    """Of no cost."""
    return PricedModel(model, source, (Rates(0, 0, 0, 0, 0),))


@lru_cache(maxsize=1024)
def _listed(provider_id: str, model: str, day: int) -> PricedModel | None:
    """From the table that genai-prices carries: prices change from one UTC day to another, never within one."""
    listed = _found(provider_id, model)
    if listed is None or any(word in model for word in _BILLED_BESIDES_TOKENS):
        return None
    prices = listed.get_prices(datetime.fromtimestamp(day * 86_400, tz=UTC))
    columns = {name for name, value in vars(prices).items() if value is not None}
    if "input_mtok" not in columns or any(map(_NOT_TOLD.fullmatch, columns)):
        return None
    return PricedModel(listed.id, f"genai-prices {version('genai-prices')}", tuple(_rates(prices)))


def _found(provider_id: str, model: str) -> Any:
    """The table's entry for a model, None where it has none."""
    from genai_prices.data import providers  # 1.6 MB of Python: read only where a price is asked for

    provider = next(provider for provider in providers if provider.id == provider_id)
    listed = provider.find_model(model)
    return listed if listed is not None and _is_named(model.lower(), listed) else None


def _is_named(model: str, listed: Any) -> bool:
    """Whether the name is one the table lists, give or take a release; a mere common beginning can be another model."""
    for name in {listed.id, *_names(listed.match)}:
        if model.startswith(name) and (name.startswith("ft:") or _RELEASE.fullmatch(model.removeprefix(name))):
            return True
    return False


def _names(clause: Any) -> Iterator[str]:
    for inner in getattr(clause, "or_", None) or getattr(clause, "and_", None) or ():
        yield from _names(inner)
    for form in ("equals", "starts_with", "ends_with", "contains"):
        if name := getattr(clause, form, None):
            yield name


_COLUMNS = {
    "cache_write_1h": "cache_write_1h_mtok",
    "audio_input": "input_audio_mtok",
    "cached_audio": "cache_audio_read_mtok",
    "audio_output": "output_audio_mtok",
    "image_input": "input_image_mtok",
    "cached_image": "cache_image_read_mtok",
    "image_output": "output_image_mtok",
}
"""Of the table, by the rates that most models do not have."""


def _rates(prices: Any) -> Iterator[Rates]:
    """One set of rates for each threshold that any of the prices has."""
    thresholds = {tier.start for column in vars(prices).values() for tier in getattr(column, "tiers", ())}
    for above in sorted({0, *thresholds}):
        plain = _at(prices.input_mtok, above) or 0
        yield Rates(
            above_input=above,
            input=plain,
            cached_input=_or(_at(prices.cache_read_mtok, above), plain),
            cache_write=_or(_at(prices.cache_write_mtok, above), plain),
            output=_at(prices.output_mtok, above) or 0,
            **{rate: _at(getattr(prices, column), above) for rate, column in _COLUMNS.items()},
        )


def _at(column: Any, above: int) -> int | None:
    """A column of the table, in nano-dollars, for input longer than `above`; None where it lists nothing."""
    if column is None or isinstance(column, Decimal):
        return _nusd(column)
    price = column.base
    for tier in column.tiers:
        if tier.start <= above and above > 0:
            price = tier.price
    return _nusd(price)


def _nusd(usd: Decimal | None) -> int | None:
    return None if usd is None else int((usd * NUSD_PER_USD).to_integral_value(rounding=ROUND_CEILING))
