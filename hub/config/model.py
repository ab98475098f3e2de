"""The shape of regions.toml: which tables there are, which keys they take, and of what kind each value is.

Every key is optional here; `load` and its parts say what must be there. So one wrong value hides no other problem.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, PlainValidator, PrivateAttr, ValidationError

from hub.config.problems import Findings, Key, quoted, suggestion
from hub.config.values import (
    LONGEST_NAME,
    NAME,
    Flag,
    Nusd,
    Rate,
    Reference,
    Section,
    Text,
    TokenLimit,
    between,
    kind,
    one_of,
    some_bots,
    tables,
    whole,
)


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
    limits: Section | None = None
    roles: Section | None = None
    alerts: Section | None = None
    reports: Section | None = None


class HubTable(Table):
    name: Text | None = None
    timezone: Text | None = None
    database: Text | None = None
    admins: list[Text] | None = None
    default_region: Text | None = None
    max_turns: Annotated[int, PlainValidator(whole(1, 10_000))] | None = None
    lease_s: Annotated[float, PlainValidator(between("1", 3600))] | None = None
    backup: Section | None = None
    keep: Section | None = None


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
    unconfirmed: Annotated[int, PlainValidator(whole(1, 1_000))] | None = None


class WebTable(Table):
    listen: Text | None = None
    secret: Reference | None = None
    metrics_token: Reference | None = None


class AccountTable(Table):
    """What every platform's account takes."""

    api_url: Text | None = None
    pace: PaceTable | None = None
    allow: list[Text] | None = None
    invitations: Flag | None = None
    bots: Annotated[bool | list[str], PlainValidator(some_bots)] | None = None


class WebhookTable(Table):
    url: Text | None = None
    secret: Reference | None = None


class TelegramTable(AccountTable):
    token: Reference | None = None
    webhook: WebhookTable | None = None


class DiscordTable(AccountTable):
    token: Reference | None = None
    gateway_url: Text | None = None


class SlackTable(AccountTable):
    bot_token: Reference | None = None
    app_token: Reference | None = None
    signing_secret: Reference | None = None


class ConsoleTable(Table):
    """The console takes no keys."""


class RegionTable(Table):
    location: Text | None = None
    residency: Text | None = None


class PriceTable(Table):
    input: Nusd | None = None
    cached_input: Nusd | None = None
    cache_write: Nusd | None = None
    cache_write_1h: Nusd | None = None
    output: Nusd | None = None
    audio_input: Nusd | None = None
    cached_audio: Nusd | None = None
    audio_output: Nusd | None = None
    image_input: Nusd | None = None
    cached_image: Nusd | None = None
    image_output: Nusd | None = None


class ModelTable(Table):
    price: PriceTable | None = None


class LimitsTable(Table):
    daily: Nusd | None = None
    weekly: Nusd | None = None
    monthly: Nusd | None = None
    daily_tokens: TokenLimit | None = None
    weekly_tokens: TokenLimit | None = None
    monthly_tokens: TokenLimit | None = None
    alert_at: list[Annotated[float, PlainValidator(between("0.01", 1))]] | None = None


class BudgetsTable(Table):
    hub: LimitsTable | None = None
    person: LimitsTable | None = None
    chat: LimitsTable | None = None
    workspace: LimitsTable | None = None


class BudgetTable(LimitsTable):
    when_spent: list[Annotated[str, PlainValidator(one_of("shorter", "cheaper", "faq"))]] | None = None


class RolesTable(Table):
    """Each a list of people, or a table of such lists by agent: told apart in `steering`."""

    viewer: Any = None
    operator: Any = None
    owner: Any = None


class AlertsTable(Table):
    to: list[Text] | None = None
    humans: list[Text] | None = None
    error_rate: Annotated[float, PlainValidator(between("0.001", 1))] | None = None
    p95_s: Annotated[float, PlainValidator(between("0.1", 3600))] | None = None
    queue: Annotated[int, PlainValidator(whole(1, 10_000_000))] | None = None
    spend_factor: Annotated[float, PlainValidator(between("1", 1000))] | None = None


class ReportTable(Table):
    at: Text | None = None
    to: list[Text] | None = None
    folder: Text | None = None


class ReportsTable(Table):
    daily: ReportTable | None = None
    weekly: ReportTable | None = None
    monthly: ReportTable | None = None


class ContextTable(Table):
    tokens: Annotated[int, PlainValidator(whole(200, 2_000_000))] | None = None
    max_output: Annotated[int, PlainValidator(whole(16, 200_000))] | None = None
    exchanges: Annotated[int, PlainValidator(whole(0, 80))] | None = None
    recall: Annotated[float, PlainValidator(between("0", 1))] | None = None
    recall_turns: Annotated[int, PlainValidator(whole(1, 500))] | None = None
    recall_what: Annotated[str, PlainValidator(one_of("all", "told"))] | None = None
    summary: Annotated[str, PlainValidator(one_of("extract", "simple", "complex"))] | None = None
    cache: Flag | None = None


class ReuseTable(Table):
    hours: Annotated[int, PlainValidator(whole(1, 8_760))] | None = None
    similar: Flag | None = None


class TiersTable(Table):
    simple: Text | None = None
    complex: Text | None = None


class TieringTable(Table):
    threshold: Annotated[float, PlainValidator(between("0", 1))] | None = None
    escalate: Flag | None = None
    disliked: Flag | None = None
    strong: Annotated[str, PlainValidator(one_of("everyone", "viewer", "operator", "owner", "nobody"))] | None = None


class AgentTable(Table):
    purpose: Text | None = None
    prompt: Text | None = None
    faq_first: Flag | None = None
    hedge: Flag | None = None
    reuse: ReuseTable | None = None
    serves: list[Text] | None = None
    offers: list[Text] | None = None
    busy: Annotated[str, PlainValidator(one_of("queue", "collect"))] | None = None
    budget: BudgetTable | None = None
    context: ContextTable | None = None
    tiers: TiersTable | None = None
    tiering: TieringTable | None = None
    takes: list[Annotated[str, PlainValidator(one_of("image", "document"))]] | None = None
    residency: Annotated[str, PlainValidator(one_of("strict"))] | None = None
    default_zone: Text | None = None
    deployments: Annotated[list[Any], PlainValidator(tables)] | None = None


class DeploymentTable(Table):
    region: Text | None = None
    api: Annotated[str, PlainValidator(one_of("openai", "anthropic", "gemini", "local", "faq"))] | None = None
    url: Text | None = None
    key: Reference | None = None
    max_concurrency: Annotated[int, PlainValidator(whole(1, 10_000))] | None = None
    weight: Annotated[float, PlainValidator(between("0.05", 100))] | None = None
    first_token_s: Annotated[float, PlainValidator(between("1", 150))] | None = None


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
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_NAME].strip("-")
        text = f"is not a name: use lower-case letters, digits and hyphens, {LONGEST_NAME} at the most"
        remedy = f"did you mean {quoted(plain)}?" if NAME.fullmatch(plain) else "rename it"
        findings.problem(key, text, remedy)
