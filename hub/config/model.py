"""The shape of regions.toml: which tables there are, which keys they take, and of what kind each value is.

Every key is optional here; `load` and its parts say what must be there. So one wrong value hides no other problem.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, PlainValidator, PrivateAttr, ValidationError
from pydantic_core import PydanticCustomError

from hub.config.problems import Findings, Key, quoted, suggestion

MOST_USD = 1_000_000_000
"""In nano-dollars it still fits the store's 64-bit integers, with room for sums."""
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""Agents, regions, zones and accounts: lower case with hyphens, so that no two look alike in a command or a metric."""
_LONGEST_NAME = 40
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


def _whole(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _expected("a whole number", value, "write it in digits, without quotes")
        if not least <= value <= most:
            raise _wrong(f"must be from {least:,} to {most:,}", "choose a number in between")
        return value

    return check


def _between(least: str, most: int) -> Callable[[object], float]:
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


def _one_of(*known: str) -> Callable[[object], str]:
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


def _tables(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _expected("a list of tables", value, "write each with double brackets, as [[agents.NAME.deployments]]")
    return value


Text = Annotated[str, PlainValidator(_text)]
Reference = Annotated[str, PlainValidator(_reference)]
"""`env:NAME`, read by `environment.look_up`."""
Flag = Annotated[bool, PlainValidator(_flag)]
Nusd = Annotated[int, PlainValidator(_nusd)]
Rate = Annotated[float, PlainValidator(_between("0.001", 100_000))]
TokenLimit = Annotated[int, PlainValidator(_whole(0, 1_000_000_000_000))]
Section = Annotated[dict[str, Any], PlainValidator(_section)]


class Table(BaseModel):
    """A table of regions.toml. None: the key is not there, or `broken` says that its value was a problem."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())
    _broken: frozenset[str] = PrivateAttr(frozenset())

    def lacks(self, name: str) -> bool:
        """Is the key missing, rather than already complained about?"""
        return getattr(self, name) is None and name not in self._broken

    def broken(self, name: str) -> bool:
        """Was there a problem with this key?"""
        return name in self._broken


class DocumentTable(Table):
    hub: Section | None = None
    channels: Section | None = None
    regions: Section | None = None
    models: Section | None = None
    agents: Section | None = None
    budgets: Section | None = None
    roles: Section | None = None
    alerts: Section | None = None
    reports: Section | None = None


class HubTable(Table):
    name: Text | None = None
    timezone: Text | None = None
    database: Text | None = None
    admins: list[Text] | None = None
    default_region: Text | None = None
    max_turns: Annotated[int, PlainValidator(_whole(1, 10_000))] | None = None
    lease_s: Annotated[float, PlainValidator(_between("1", 3600))] | None = None


class ChannelsTable(Table):
    web: Section | None = None
    telegram: Section | None = None
    discord: Section | None = None
    slack: Section | None = None
    console: Section | None = None


class PaceTable(Table):
    overall: Rate | None = None
    chat: Rate | None = None
    group: Rate | None = None
    unconfirmed: Annotated[int, PlainValidator(_whole(1, 1_000))] | None = None


class WebTable(Table):
    listen: Text | None = None
    secret: Reference | None = None


class TelegramTable(Table):
    token: Reference | None = None
    api_url: Text | None = None
    pace: PaceTable | None = None


class DiscordTable(Table):
    token: Reference | None = None
    api_url: Text | None = None
    gateway_url: Text | None = None
    pace: PaceTable | None = None


class SlackTable(Table):
    bot_token: Reference | None = None
    app_token: Reference | None = None
    signing_secret: Reference | None = None
    api_url: Text | None = None
    pace: PaceTable | None = None


class ConsoleTable(Table):
    """The console takes no keys."""


class RegionTable(Table):
    location: Text | None = None
    residency: Text | None = None


class PriceTable(Table):
    input: Nusd | None = None
    cached_input: Nusd | None = None
    cache_write: Nusd | None = None
    output: Nusd | None = None


class ModelTable(Table):
    price: PriceTable | None = None


class LimitsTable(Table):
    daily: Nusd | None = None
    weekly: Nusd | None = None
    monthly: Nusd | None = None
    daily_tokens: TokenLimit | None = None
    weekly_tokens: TokenLimit | None = None
    monthly_tokens: TokenLimit | None = None
    alert_at: list[Annotated[float, PlainValidator(_between("0.01", 1))]] | None = None


class BudgetsTable(Table):
    hub: LimitsTable | None = None
    person: LimitsTable | None = None
    chat: LimitsTable | None = None
    workspace: LimitsTable | None = None


class BudgetTable(LimitsTable):
    when_spent: list[Annotated[str, PlainValidator(_one_of("shorter", "cheaper", "faq"))]] | None = None


class RolesTable(Table):
    """Each a list of people, or a table of such lists by agent: told apart in `steering`."""

    viewer: Any = None
    operator: Any = None
    owner: Any = None


class AlertsTable(Table):
    to: list[Text] | None = None
    error_rate: Annotated[float, PlainValidator(_between("0.001", 1))] | None = None
    p95_s: Annotated[float, PlainValidator(_between("0.1", 3600))] | None = None
    queue: Annotated[int, PlainValidator(_whole(1, 10_000_000))] | None = None
    spend_factor: Annotated[float, PlainValidator(_between("1", 1000))] | None = None


class ReportTable(Table):
    at: Text | None = None
    to: list[Text] | None = None
    folder: Text | None = None


class ReportsTable(Table):
    daily: ReportTable | None = None
    weekly: ReportTable | None = None
    monthly: ReportTable | None = None


class ContextTable(Table):
    tokens: Annotated[int, PlainValidator(_whole(200, 2_000_000))] | None = None
    max_output: Annotated[int, PlainValidator(_whole(16, 200_000))] | None = None
    recall: Annotated[float, PlainValidator(_between("0", 1))] | None = None


class TiersTable(Table):
    simple: Text | None = None
    complex: Text | None = None


class AgentTable(Table):
    purpose: Text | None = None
    prompt: Text | None = None
    faq_first: Flag | None = None
    serves: list[Text] | None = None
    offers: list[Text] | None = None
    busy: Annotated[str, PlainValidator(_one_of("queue", "collect"))] | None = None
    budget: BudgetTable | None = None
    context: ContextTable | None = None
    tiers: TiersTable | None = None
    takes: list[Annotated[str, PlainValidator(_one_of("image", "document"))]] | None = None
    residency: Annotated[str, PlainValidator(_one_of("strict"))] | None = None
    default_zone: Text | None = None
    deployments: Annotated[list[Any], PlainValidator(_tables)] | None = None


class DeploymentTable(Table):
    region: Text | None = None
    api: Annotated[str, PlainValidator(_one_of("openai", "anthropic", "gemini", "local", "faq"))] | None = None
    url: Text | None = None
    key: Reference | None = None
    max_concurrency: Annotated[int, PlainValidator(_whole(1, 10_000))] | None = None


T = TypeVar("T", bound=Table)


def read(model: type[T], raw: object, key: Key, findings: Findings) -> T:
    """The table at `key`, without the values that were problems."""
    if not isinstance(raw, dict):
        findings.problem(key, f"expected a table, found {kind(raw)}", "write it as [section] with keys below")
        return _marked(model.model_construct(), model.model_fields)
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
    for one in wrong:
        text, remedy = _sentence(model, one["type"], one["loc"], one.get("ctx", {}))
        findings.problem((*key, *one["loc"]), text, remedy)
    broken = {str(one["loc"][0]) for one in wrong}
    sound = {name: value for name, value in raw.items() if name not in broken}
    return _marked(model.model_validate(sound), broken)


def _marked(table: T, broken: Iterable[str]) -> T:
    table._broken = frozenset(broken)
    return table


def _sentence(model: type[Table], type_: str, loc: Key, context: dict[str, Any]) -> tuple[str, str]:
    """What pydantic found, in our words. It can find only these four; all values have validators of their own."""
    if type_ == "trunkline":
        return context["text"], context["remedy"]
    if type_ == "extra_forbidden":
        return "there is no such key", suggestion(str(loc[-1]), _keys_at(model, loc[:-1]))
    if type_ == "list_type":
        return "expected a list", "put it in [ ]"
    return "expected a table", "write it as { key = value }"


def _keys_at(model: type[Table], loc: Key) -> list[str]:
    for part in loc:
        annotation = model.model_fields[str(part)].annotation
        model = next(a for a in get_args(annotation) if isinstance(a, type) and issubclass(a, Table))
    return list(model.model_fields)


def named(name: str, key: Key, findings: Findings) -> None:
    """Complain where a name is not lower case with hyphens."""
    if not NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_NAME].strip("-")
        text = f"is not a name: use lower-case letters, digits and hyphens, {_LONGEST_NAME} at the most"
        remedy = f"did you mean {quoted(plain)}?" if NAME.fullmatch(plain) else "rename it"
        findings.problem(key, text, remedy)
