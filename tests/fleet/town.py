"""Three platforms, a second bot with little money, one provider, and the people who write to them."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from tests.wire.crowd import RepeatingTelegram
from tests.wire.fakes.books import Books
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import GUILD
from tests.wire.fakes.discord_shapes import TOKEN as DISCORD_TOKEN
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import APP_TOKEN, BOT_TOKEN, FakeSlack

SECRETS = {
    "TELEGRAM_TOKEN": "1:rich",
    "POOR_TOKEN": "2:poor",
    "DISCORD_TOKEN": DISCORD_TOKEN,
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_APP_TOKEN": APP_TOKEN,
    "MODEL_KEY": "model",
    "WEB_SECRET": "of-the-web-page-in-every-process",
}
SETTINGS = """
[hub]
name = "Fleet"
timezone = "UTC"
database = "{database}"
default_region = "us-west"
max_turns = 64
admins = ["telegram:1000"]

[channels.web]
listen = "127.0.0.1:1"
secret = "env:WEB_SECRET"

[channels.telegram.rich]
token = "env:TELEGRAM_TOKEN"
api_url = "{rich}"
pace = {pace}
[channels.telegram.poor]
token = "env:POOR_TOKEN"
api_url = "{poor}"
pace = {pace}
[channels.discord]
token = "env:DISCORD_TOKEN"
api_url = "{discord}"
gateway_url = "{gateway}"
pace = {pace}
[channels.slack]
bot_token = "env:SLACK_BOT_TOKEN"
app_token = "env:SLACK_APP_TOKEN"
api_url = "{slack}"
pace = {pace}

[regions.us-west]
location = "America/Los_Angeles"
residency = "us"
[regions.us-east]
location = "America/New_York"
residency = "us"
[regions.eu-west]
location = "Europe/Dublin"
residency = "eu"

[models."gpt-4o-mini"]
price = {{ input = 0.15, cached_input = 0.075, output = 0.60 }}

[agents.rich]
prompt = "prompt.md"
serves = ["telegram/rich", "discord", "slack", "web"]
budget = {{ monthly = {monthly} }}
context = {{ tokens = 2000, max_output = 300 }}
tiers = {{ simple = "gpt-4o-mini" }}
[[agents.rich.deployments]]
region = "us-east"
api = "openai"
url = "{model}/v1"
key = "env:MODEL_KEY"
max_concurrency = 500
[[agents.rich.deployments]]
region = "eu-west"
api = "openai"
url = "{model}/v1"
key = "env:MODEL_KEY"
max_concurrency = 500

[agents.poor]
prompt = "prompt.md"
serves = ["telegram/poor"]
budget = {{ monthly = {little}, when_spent = [] }}
context = {{ tokens = 2000, max_output = 300 }}
tiers = {{ simple = "gpt-4o-mini" }}
[[agents.poor.deployments]]
region = "us-east"
api = "openai"
url = "{model}/v1"
key = "env:MODEL_KEY"
max_concurrency = 500
"""
PACE = "{ overall = 1500, chat = 50, group = 50, unconfirmed = 8 }"
AN_ANSWER_NUSD = 70_000
"""What an answer of the fake costs, about."""
FIRST = {"telegram": 1000, "poor": 500_000, "discord": 700_000_000_000_000_000, "slack": 2000}
LANGUAGES = ("en", "de", "fr", "es")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "America/Chicago")


class Crowd(msgspec.Struct, frozen=True):
    """How many people write to each platform, and how often each does."""

    telegram: int
    discord: int
    slack: int
    poor: int
    messages: int

    @property
    def people(self) -> int:
        return self.telegram + self.discord + self.slack + self.poor

    @property
    def total(self) -> int:
        return self.people * self.messages


def crowd(people: int, messages: int) -> Crowd:
    """So many people, a third on each platform, a few of them with the bot that has little money."""
    poor = max(2, people // 40)
    third = (people - poor) // 3
    return Crowd(people - poor - 2 * third, third, third, poor, messages)


class Town:
    """Everyone writes for the first time within `spread_s` seconds; the patient half waits for each answer."""

    def __init__(
        self, crowd: Crowd, *, seed: int, spread_s: float, between_s: float = 0.01, repeats: float = 0.1
    ) -> None:
        self.crowd = crowd
        self._chance = random.Random(seed)
        self._spread_s = spread_s
        self.rich = RepeatingTelegram(token=SECRETS["TELEGRAM_TOKEN"], repeats=repeats, chance=random.Random(seed))
        self.poor = RepeatingTelegram(token=SECRETS["POOR_TOKEN"], repeats=repeats, chance=random.Random(seed + 1))
        self.discord = FakeDiscord()
        self.discord.strict = False
        self.slack = FakeSlack(retries_s=(0.5, 2.0, 5.0))
        self.model = FakeModel(between_s=between_s, first_s=0.02)
        self.said = 0
        self._open: dict[str, tuple[str, int]] = {}
        """Marks that are not answered yet, with platform and chat."""
        self._left: dict[tuple[str, int], int] = {}
        self._patient: set[tuple[str, int]] = set()
        self.all_answered = asyncio.Event()
        for name, platform in (
            ("telegram", self.rich),
            ("poor", self.poor),
            ("discord", self.discord),
            ("slack", self.slack),
        ):
            platform.on_shown = lambda chat, message, text, name=name: self._shown(name, chat, message, text)
        self.refusals: list[str] = []
        """What people with the poor bot were told in place of an answer."""
        self._before: dict[tuple[str, int, int], str] = {}

    @property
    def books(self) -> dict[str, Books]:
        return {
            "telegram": self.rich.books,
            "poor": self.poor.books,
            "discord": self.discord.books,
            "slack": self.slack.books,
        }

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Town"]:
        async with AsyncExitStack() as stack:
            for each in (self.rich, self.poor, self.discord, self.slack, self.model):
                await stack.enter_async_context(serving(each))
            for name, count in self._counts().items():
                for number in range(count):
                    self._settle(name, FIRST[name] + number)
            yield self
            await asyncio.sleep(0.1)  # those who were killed are seen to have gone
        await asyncio.sleep(0.1)

    def _counts(self) -> dict[str, int]:
        return {name: getattr(self.crowd, name) for name in FIRST}

    def _settle(self, name: str, chat: int) -> None:
        self._left[name, chat] = self.crowd.messages
        if self._chance.random() < 0.5:
            self._patient.add((name, chat))
        if name == "discord":
            self.discord.open_thread(str(chat))
        elif name == "slack":
            zone = ZONES[chat % len(ZONES)]
            self.slack.profiles[f"U{chat:08d}"] = {"tz": zone, "name": f"person{chat}", "profile": {}}

    def settings(self, folder: Path, database: str, *, pace: str = PACE) -> Path:
        """regions.toml in the folder."""
        poor_messages = self.crowd.poor * self.crowd.messages
        (folder / "prompts").mkdir(parents=True, exist_ok=True)
        (folder / "prompts" / "prompt.md").write_text(
            "You are a helpful assistant. Answer briefly.\n", encoding="utf-8"
        )
        path = folder / "regions.toml"
        path.write_text(
            SETTINGS.format(
                database=database,
                rich=self.rich.server.url,
                poor=self.poor.server.url,
                discord=self.discord.api_url,
                gateway=self.discord.gateway_url,
                slack=self.slack.api_url,
                model=self.model.server.url,
                pace=pace,
                monthly=1000,
                little=max(0.0004, poor_messages * AN_ANSWER_NUSD * 0.6 / 1e9),
            ),
            encoding="utf-8",
        )
        return path

    async def somebody_listens(self, within_s: float) -> None:
        """What is said on Discord before anybody ever listened is no message to the bot. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not (self.discord.gateway.identified and self.slack.connections):
                await asyncio.sleep(0.05)

    def start(self) -> None:
        """Everyone begins."""
        later = asyncio.get_running_loop().call_later
        for key, left in self._left.items():
            times = 1 if key in self._patient else left
            share = self._spread_s / (left if key in self._patient else 1)
            for moment in sorted(self._chance.uniform(0, share) for _ in range(times)):
                later(moment, self._say, key)

    def _say(self, key: tuple[str, int]) -> None:
        name, chat = key
        number = self.crowd.messages - self._left[key] + 1
        self._left[key] -= 1
        mark = f"#{name}{chat}-{number}"
        self._open[mark] = key
        self.said += 1
        text = f"{mark}: how long does an order to my place take?"
        if name == "discord":
            self.discord.say(chat, text, guild=GUILD, person=str(chat - FIRST["discord"] + 1))
        elif name == "slack":
            self.slack.say(chat, text)
        else:
            bot = self.rich if name == "telegram" else self.poor
            language = LANGUAGES[chat % len(LANGUAGES)] if name == "telegram" else "en"
            person = {"id": chat, "is_bot": False, "first_name": "P", "language_code": language}
            bot.say(chat, text, **{"from": person})

    def _shown(self, name: str, chat: int, message: int, text: str) -> None:
        mark = text.rpartition(" end ")[2] if " end #" in text else ""
        if not mark and name == "poor" and "budget" in text and self._before.get((name, chat, message)) != text:
            self._before[name, chat, message] = text
            self.refusals.append(text)
            # A refusal names no question: the oldest open one of this chat is the one that it answers.
            mark = next((each for each, where in self._open.items() if where == (name, chat)), "")
        key = self._open.pop(mark, None)
        if key is None:
            return
        if key in self._patient and self._left[key]:
            pause = self._chance.uniform(0, 2 * self._spread_s / self.crowd.messages)
            asyncio.get_running_loop().call_later(pause, self._say, key)
        if not self._open and not any(self._left.values()):
            self.all_answered.set()

    @property
    def open_marks(self) -> list[str]:
        return sorted(self._open)


Progress = Callable[[str], None]
