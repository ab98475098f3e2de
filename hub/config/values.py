"""The kinds of values that regions.toml takes: each a check of its own, with its complaint and the remedy."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from hub.config.problems import quoted, suggestion

MOST_USD = 1_000_000_000
"""In nano-dollars it still fits the store's 64-bit integers, with room for sums."""
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""Agents, regions, zones and accounts: lower case with hyphens, so that no two look alike in a command or a metric."""
LONGEST_NAME = 40
_LONGEST_TEXT = 300


def _wrong(text: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("trunkline", "{text}", {"text": text, "remedy": remedy})


def kind(value: object) -> str:
    """What a TOML value is, in words; never the value, which may be a secret."""
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        (int, "a whole number"),
        (Decimal, "a number"),
        (str, "text"),
        (list, "a list"),
        (dict, "a table"),
        ((datetime.date, datetime.time), "a date or time"),
    )
    return next((words for of, words in kinds if isinstance(value, of)), "something else")


def _expected(what: str, value: object, remedy: str) -> PydanticCustomError:
    return _wrong(f"expected {what}, found {kind(value)}", remedy)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _expected("text", value, "put it in quotes")
    if not value.strip():
        raise _wrong("is blank", "write a value, or remove the key")
    if value != value.strip() or not value.isprintable():
        raise _wrong("has white space around it or control characters in it", "remove them")
    if len(value) > _LONGEST_TEXT:
        raise _wrong(f"has more than {_LONGEST_TEXT} characters", "shorten it")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _expected("true or false", value, "write true or false, without quotes")
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _expected("a number", value, "write it in digits, without quotes")
    if isinstance(value, Decimal) and not value.is_finite():
        raise _wrong("is not a finite number", "write it in digits")
    return Decimal(value)


def whole(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _expected("a whole number", value, "write it in digits, without quotes")
        if not least <= value <= most:
            raise _wrong(f"must be from {least:,} to {most:,}", "choose a number in between")
        return value

    return check


def between(least: str, most: int) -> Callable[[object], float]:
    def check(value: object) -> float:
        number = _number(value)
        if not Decimal(least) <= number <= most:
            raise _wrong(f"must be from {least} to {most:,}", "choose a number in between")
        return float(number)

    return check


def _nusd(value: object) -> int:
    """Dollars as exact nano-dollars."""
    number = _number(value)
    if number < 0:
        raise _wrong("is negative", "write an amount of USD from 0 on")
    if number > MOST_USD:
        raise _wrong(f"is more than {MOST_USD:,} USD", "write an amount that can be meant")
    _, digits, exponent = number.as_tuple()
    whole = "".join(map(str, digits)).lstrip("0")
    places = int(exponent)
    # Zeros at the end carry no value: 50.00 is as exact as 50.
    places += len(whole) - len(whole.rstrip("0"))
    if not whole:
        return 0
    if places < -9:
        raise _wrong("has more than 9 digits after the point", "round it")
    return int(f"{whole.rstrip('0')}{'0' * (places + 9)}")


def one_of(*known: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        word = _text(value)
        if word not in known:
            raise _wrong(f"no such choice: {quoted(word)}", suggestion(word, known))
        return word

    return check


def _reference(value: object) -> str:
    if not isinstance(value, str):
        raise _expected("the name of a secret", value, 'write "env:NAME" and set NAME in the environment or in .env')
    return value


def _section(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected("a table", value, "write it as [section] with keys below")
    return value


def tables(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _expected("a list of tables", value, "write each with double brackets, as [[agents.NAME.deployments]]")
    return value


def some_bots(value: object) -> bool | list[str]:
    if isinstance(value, bool):
        return value
    if not isinstance(value, list):
        raise _expected("true, false or a list of ids", value, 'write true, or ids like ["123456789"]')
    return [_text(each) for each in value]


Text = Annotated[str, PlainValidator(_text)]
Reference = Annotated[str, PlainValidator(_reference)]
"""`env:NAME`, read by `environment.look_up`."""
Flag = Annotated[bool, PlainValidator(_flag)]
Nusd = Annotated[int, PlainValidator(_nusd)]
Rate = Annotated[float, PlainValidator(between("0.001", 100_000))]
TokenLimit = Annotated[int, PlainValidator(whole(0, 1_000_000_000_000))]
Section = Annotated[dict[str, Any], PlainValidator(_section)]
