"""What an operator decided, validated whole: immutable values that the rooms are given."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec


class Secret:
    """A secret from the environment. It never shows itself; `reveal` is called only where it goes onto a wire."""

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str) -> None:
        self._value = value
        self.source = source
        """Where it came from, like `env:TELEGRAM_TOKEN`."""

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.source})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value and other.source == self.source

    def __hash__(self) -> int:
        return hash((self._value, self.source))


class PaceSettings(msgspec.Struct, frozen=True):
    """Sends a second; None: the platform's own limit."""

    overall: float | None = None
    chat: float | None = None
    group: float | None = None
    unconfirmed: int | None = None


class Access(msgspec.Struct, frozen=True):
    """Who may speak to an account, by platform ids. Owners always may."""

    open: bool = True
    """Everyone; otherwise those below."""
    people: frozenset[str] = frozenset()
    chats: frozenset[str] = frozenset()
    """Everybody in them."""
    workspaces: frozenset[str] = frozenset()
    """Everybody in them: servers on Discord."""
    invitations: bool = False
    """And those who took one up."""
    every_bot: bool = False
    bots: frozenset[str] = frozenset()


class ChannelSettings(msgspec.Struct, frozen=True):
    """One account on one platform."""

    channel: str
    account: str
    """`main` where regions.toml names none."""
    secrets: Mapping[str, Secret]
    """By key in regions.toml: token, secret, bot_token, app_token, signing_secret, metrics_token; webhook_secret."""
    listen: str = ""
    api_url: str = ""
    gateway_url: str = ""
    webhook_url: str = ""
    """Where Telegram reaches the hub's HTTP server from outside; empty: messages are polled."""
    pace: PaceSettings = PaceSettings()
    access: Access = Access()


class Region(msgspec.Struct, frozen=True):
    """A place with coordinates and a residency zone."""

    name: str
    location: str
    """As written: a time zone, a country code, or `lat,lon`."""
    latitude: float
    longitude: float
    residency: str


class Price(msgspec.Struct, frozen=True):
    """Nano-dollars for a million tokens, from [models] in regions.toml."""

    input: int
    output: int
    cached_input: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    audio_input: int | None = None
    cached_audio: int | None = None
    audio_output: int | None = None
    image_input: int | None = None
    cached_image: int | None = None
    image_output: int | None = None


class Deployment(msgspec.Struct, frozen=True):
    """One reachable instance of an agent."""

    name: str
    """agent-region, with -2, -3 … where several share a region."""
    agent: str
    region: str
    api: str
    """openai, anthropic, gemini, local, faq"""
    url: str = ""
    key: Secret | None = None
    max_concurrency: int = 20
    """Calls at once, of each process."""
    weight: float = 1.0
    """Its share of calls beside others in its region."""
    first_token_s: float = 30.0
    """How long its first word, or first thought, is waited for."""


class Serves(msgspec.Struct, frozen=True):
    """One entry of `serves` or `offers`: channel[/account][:workspace][/chat]; empty parts match anything."""

    channel: str
    account: str = ""
    workspace: str = ""
    chat: str = ""
    always: bool = False
    """Answer what is not addressed to the bot, too."""
    thread: str = ""
    """Of a chat in which the hub speaks first; no entry of regions.toml names one."""

    @property
    def place(self) -> "Serves":
        """Which chats are meant, whatever is answered there."""
        return msgspec.structs.replace(self, always=False) if self.always else self


class Limit(msgspec.Struct, frozen=True):
    """The most in each calendar period of a kind, in the hub's time zone."""

    period: str
    """`day`, `week` (from Monday) or `month`."""
    unit: str
    """`nusd` (nano-dollars) or `tokens`."""
    amount: int


class Budget(msgspec.Struct, frozen=True):
    """Hard limits, any number at once; none: no limit."""

    limits: tuple[Limit, ...] = ()
    alert_at: tuple[float, ...] = (0.8, 1.0)
    """Shares of a limit at which admins are told."""
    when_spent: tuple[str, ...] = ("shorter", "faq")
    """Of an agent, in this order: shorter, cheaper, faq; then a clear refusal."""


class Budgets(msgspec.Struct, frozen=True):
    """[budgets]: limits beside those of the agents."""

    hub: Budget = Budget()
    """Over everything."""
    person: Budget = Budget()
    """Of each person."""
    chat: Budget = Budget()
    """Of each chat, with all its threads."""
    workspace: Budget = Budget()
    """Of each workspace or guild."""


class Rate(msgspec.Struct, frozen=True):
    """So many in any window of a length."""

    amount: int
    per_s: int


class KeyRates(msgspec.Struct, frozen=True):
    """What a provider takes of one key; None: not known, so its own headers alone say it."""

    requests: Rate | None = None
    tokens: Rate | None = None


class Limits(msgspec.Struct, frozen=True):
    """[limits]: how much of everything, in any window. What is not named is not limited."""

    person: Mapping[str, Rate] = {}
    """Questions of one person, by tier."""
    tokens: Mapping[str, int] = {}
    """Tokens of one person in a day of the hub's zone, by tier."""
    agents: Mapping[str, Rate] = {}
    """Questions to one agent, by its name."""
    keys: Mapping[str, KeyRates] = {}
    """By the variable that the key stands in."""


class ContextSettings(msgspec.Struct, frozen=True):
    """Tokens."""

    tokens: int = 3000
    """Of the whole prompt: system, turns and message."""
    max_output: int = 600
    exchanges: int = 80
    """Recent questions with their answers at the most; a prompt is made of the last 40 to 79 messages."""
    recall: float = 0.8
    """Share of what the system prompt leaves that is kept for older turns; 0: none are recalled."""
    recall_turns: int = 500
    """Older turns beside one message at the most, those that matter most to it."""
    recall_what: str = "all"
    """`all`, or `told`: only what people said and did not ask."""
    summary: str = ""
    """Who shortens the turns that the window lets go: a tier, by its model; `extract`, without one; empty: nobody."""
    cache: bool = True
    """Say to a provider, where its API asks for it, how much of the prompt it should keep for the next one."""


PRACTICE = ContextSettings(tokens=2000, max_output=120, exchanges=1, recall_turns=1, recall_what="told")
"""What an agent has that only the practice model answers for, where its settings say nothing else."""


class ReuseSettings(msgspec.Struct, frozen=True):
    """Answers given again to whoever asks the same."""

    hours: int = 168
    """How long an answer is good for."""
    similar: bool = False
    """Also where the same is asked in other words."""


class TieringSettings(msgspec.Struct, frozen=True):
    """Which of an agent's two models is asked."""

    threshold: float = 0.5
    """Of a message's difficulty: from here on `complex` is asked."""
    escalate: bool = True
    """A weak answer of `simple` is asked of `complex` at once."""
    disliked: bool = True
    """What is asked again, and what follows a disliked answer of `simple`, is asked of `complex`."""
    strong: str = "everyone"
    """The role from which on a person may wish for `complex`, or `nobody`."""


class Agent(msgspec.Struct, frozen=True):
    """A named purpose."""

    name: str
    purpose: str
    prompt: str
    """The text of its prompt file."""
    faq: str
    """The text of its FAQ file, empty where it has none."""
    faq_first: bool
    """Answer from the FAQ, before any model, where the match is sure."""
    serves: tuple[Serves, ...]
    offers: tuple[Serves, ...]
    busy: str
    """`queue` or `collect`."""
    budget: Budget
    context: ContextSettings
    tiers: Mapping[str, str]
    """Model name by tier; `simple` and `complex`, or one of them."""
    residency: str
    """`` or `strict`."""
    default_zone: str
    deployments: tuple[Deployment, ...]
    takes: tuple[str, ...] = ()
    """What its models read besides text: `image`, `document` (PDF)."""
    hedge: bool = False
    """Ask a second deployment where the first is slower to its first word than 95 of 100 answers."""
    reuse: ReuseSettings | None = None
    """None: every question is asked anew."""
    tiering: TieringSettings | None = None
    """None: `complex` is asked, where there is one."""
    paused: str = ""
    """Put there by /pause, never by regions.toml: `` or `tell` or `queue`."""


class BackupSettings(msgspec.Struct, frozen=True):
    """[hub] backup: copies of a SQLite database by the clock."""

    every: str = "daily"
    """`hourly`, `daily` or `weekly`: after so long since the last one."""
    keep: int = 7
    """The newest so many; older ones are removed."""
    folder: str = "var/backups"
    """Beside regions.toml."""


class KeepSettings(msgspec.Struct, frozen=True):
    """[hub] keep: messages and answers that are older are removed; the ledger stays."""

    days: int
    archive: str = ""
    """The folder beside regions.toml into which they are written before; empty: they are just removed."""


class HubSettings(msgspec.Struct, frozen=True):
    """[hub]"""

    name: str
    timezone: ZoneInfo
    database: str
    admins: tuple[str, ...]
    default_region: str
    max_turns: int = 64
    """Turns under way at once in this process; more wait their turn and are told their place."""
    lease_s: float = 15.0
    """How long a conversation stays held by a process that no longer renews it (on PostgreSQL)."""
    backup: BackupSettings | None = None
    """None: nobody makes backups by the clock."""
    keep: KeepSettings | None = None
    """None: everything is kept."""


class Grant(msgspec.Struct, frozen=True):
    """A role that somebody has."""

    person: str
    """channel:platform id"""
    role: str
    """`viewer`, `operator` or `owner`; each may do what those before it may."""
    agent: str = ""
    """For this agent alone; empty: for the hub."""


class AlertSettings(msgspec.Struct, frozen=True):
    """[alerts]"""

    to: tuple[Serves, ...] = ()
    """Chats, each with its account."""
    humans: tuple[Serves, ...] = ()
    """Chats whose people answer after /human; none: those of `to`."""
    error_rate: float = 0.05
    """Of the calls of the last quarter of an hour."""
    p95_s: float = 30.0
    """Of the time an answer takes."""
    queue: int = 100
    """Messages that wait."""
    spend_factor: float = 2.0
    """Today's spend over the daily average of the week before."""


class ReportSettings(msgspec.Struct, frozen=True):
    """One of [reports]: which period, and when in the hub's time zone it is sent after its end."""

    period: str
    """`day`, `week` or `month`"""
    hour: int
    minute: int
    to: tuple[Serves, ...]
    """Chats, each with its account."""
    folder: str
    """Where its files go, beside regions.toml."""
    weekday: int = 0
    """Of a weekly one, from Monday."""
    day: int = 1
    """Of a monthly one."""


class Settings(msgspec.Struct, frozen=True):
    """The whole of regions.toml, its prompts and its secrets."""

    path: Path
    hub: HubSettings
    channels: tuple[ChannelSettings, ...]
    regions: Mapping[str, Region]
    prices: Mapping[str, Price]
    """Overrides by model name."""
    agents: Mapping[str, Agent]
    notices: tuple[str, ...]
    """What is off and why, one line each; to be shown at start."""
    budgets: Budgets = Budgets()
    roles: tuple[Grant, ...] = ()
    alerts: AlertSettings = AlertSettings()
    reports: tuple[ReportSettings, ...] = ()
    limits: Limits = Limits()
