"""The five platforms as people use them: one way to write, edit, call a command, and to read what stands there.

Each is a place with a real hub process behind it, between a platform of our own and a model of our own. A person is a
small number; the terminal has one person only, so each gets a hub.
"""

import contextlib
import html
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

from tests.ports import free_port
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT as DISCORD_BOT
from tests.wire.fakes.discord_shapes import CHANNEL, GUILD
from tests.wire.fakes.discord_shapes import TOKEN as DISCORD_TOKEN
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import APP_TOKEN, BOT_TOKEN, BOT_USER, TEAM, FakeSlack, chat_id, ts_of
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.hub_process import HubProcess
from tests.wire.memory_hub import until
from tests.wire.page import Page

FAQ = """# FAQ

## Do you repair e-bikes?
- also: Can I bring my electric bike?

Yes, of every make.
"""
SETTINGS = """
[hub]
name = "House"
timezone = "UTC"
database = "sqlite:var/hub.db"
default_region = "here"

[channels.{channel}]
{account}

[regions.here]
location = "Europe/London"
residency = "none"

[models."gpt-4o-mini"]
price = {{ input = 0.15, cached_input = 0.075, output = 0.60 }}

[agents.desk]
purpose = "Answers everyone"
prompt = "desk.md"
faq_first = true
serves = ["{channel}"]
budget = {{ monthly = 1000 }}
context = {{ tokens = 3000, max_output = 600 }}
tiers = {{ simple = "gpt-4o-mini" }}

[[agents.desk.deployments]]
region = "here"
api = "openai"
url = "{model}/v1"
key = "env:MODEL_KEY"
"""
SECRETS = {
    "MODEL_KEY": "key",
    "TELEGRAM_TOKEN": "123456:do-not-show-this-token-at-all-anywhere",
    "DISCORD_TOKEN": DISCORD_TOKEN,
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_APP_TOKEN": APP_TOKEN,
}
PACE = "pace = { overall = 30000, chat = 1000, group = 1000, unconfirmed = 500 }"


class Platform(Protocol):
    """Where people write."""

    groups: bool
    """It has groups, and messages there can be edited."""

    @classmethod
    def open(cls, folder: Path, model: FakeModel) -> contextlib.AbstractAsyncContextManager["Platform"]:
        """It, with a hub that listens; what the hub keeps is in the folder."""
        ...

    def hubs(self) -> list[HubProcess]: ...

    async def say(self, person: int, text: str) -> str:
        """A private message; its id."""
        ...

    async def command(self, person: int, name: str) -> None:
        """Call a command in the way that the platform offers."""
        ...

    def rewrite(self, person: int, message: str, text: str) -> None: ...

    def mention(self, person: int, text: str) -> None:
        """Address the bot in a group."""
        ...

    def shown(self, person: int) -> str:
        """All that the bot shows the person in private."""
        ...


def hub_in(folder: Path, channel: str, account: str, model: FakeModel) -> HubProcess:
    prompts = folder / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "desk.md").write_text("You answer in a few sentences.\n", encoding="utf-8")
    (prompts / "desk.faq.md").write_text(FAQ, encoding="utf-8")
    path = folder / "regions.toml"
    text = SETTINGS.format(channel=channel, account=account, model=model.server.url)
    path.write_text(text, encoding="utf-8")
    return HubProcess(path, SECRETS)


@contextlib.contextmanager
def running(*hubs: HubProcess) -> Iterator[None]:
    try:
        yield
    finally:
        for hub in hubs:
            hub.end()


class Telegram:
    groups = True
    _group = -100123

    def __init__(self, fake: FakeTelegram, hub: HubProcess) -> None:
        self._fake = fake
        self._hub = hub

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, folder: Path, model: FakeModel) -> AsyncIterator["Telegram"]:
        async with serving(FakeTelegram(token=SECRETS["TELEGRAM_TOKEN"])) as fake:
            account = f'token = "env:TELEGRAM_TOKEN"\napi_url = "{fake.server.url}"\n{PACE}'
            hub = hub_in(folder, "telegram", account, model)
            with running(hub):
                hub.start()
                yield cls(fake, hub)

    def hubs(self) -> list[HubProcess]:
        return [self._hub]

    def _sender(self, person: int) -> dict[str, Any]:
        """Without a language: the others do not tell one either."""
        return {"id": person, "is_bot": False, "first_name": "First"}

    async def say(self, person: int, text: str) -> str:
        return str(self._fake.say(person, text, **{"from": self._sender(person)}))

    async def command(self, person: int, name: str) -> None:
        entities = [{"type": "bot_command", "offset": 0, "length": len(name) + 1}]
        self._fake.say(person, f"/{name}", entities=entities, **{"from": self._sender(person)})

    def rewrite(self, person: int, message: str, text: str) -> None:
        chat, sender = {"id": person, "type": "private", "first_name": "First"}, self._sender(person)
        times = {"date": 1_700_000_000, "edit_date": 1_700_000_060}
        edited = {"message_id": int(message), "chat": chat, "from": sender, "text": text, **times}
        self._fake.update({"edited_message": edited})

    def mention(self, person: int, text: str) -> None:
        entities = [{"type": "mention", "offset": 0, "length": len("@fake_bot")}]
        more = {"entities": entities, "from": self._sender(person)}
        self._fake.say_in_group(self._group, person, f"@fake_bot {text}", **more)

    def shown(self, person: int) -> str:
        return "\n".join(self._fake.books.answers(person))


class Discord:
    groups = True

    def __init__(self, fake: FakeDiscord, hub: HubProcess) -> None:
        self._fake = fake
        self._hub = hub

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, folder: Path, model: FakeModel) -> AsyncIterator["Discord"]:
        async with serving(FakeDiscord()) as fake:
            urls = f'api_url = "{fake.api_url}"\ngateway_url = "{fake.gateway_url}"'
            hub = hub_in(folder, "discord", f'token = "env:DISCORD_TOKEN"\n{urls}\n{PACE}', model)
            with running(hub):
                hub.start()
                await until(lambda: fake.gateway.identified)
                yield cls(fake, hub)
                assert fake.complaints == []

    def hubs(self) -> list[HubProcess]:
        return [self._hub]

    def _chat(self, person: int) -> int:
        return 700_000_000_000_000_000 + person

    async def say(self, person: int, text: str) -> str:
        return self._fake.say(self._chat(person), text, person=str(person))

    async def command(self, person: int, name: str) -> None:
        self._fake.command(self._chat(person), name, person=str(person), locale="en-GB")

    def rewrite(self, person: int, message: str, text: str) -> None:
        self._fake.rewrite(message, text)

    def mention(self, person: int, text: str) -> None:
        words = f"<@{DISCORD_BOT['id']}> {text}"
        self._fake.say(CHANNEL, words, guild=GUILD, person=str(person), mentions=[DISCORD_BOT])

    def shown(self, person: int) -> str:
        return "\n".join(self._fake.books.answers(self._chat(person)))


class Slack:
    groups = True
    _room = 900

    def __init__(self, fake: FakeSlack, hub: HubProcess) -> None:
        self._fake = fake
        self._hub = hub
        self._triggers = itertools.count(1)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, folder: Path, model: FakeModel) -> AsyncIterator["Slack"]:
        async with serving(FakeSlack()) as fake:
            tokens = 'bot_token = "env:SLACK_BOT_TOKEN"\napp_token = "env:SLACK_APP_TOKEN"'
            hub = hub_in(folder, "slack", f'{tokens}\napi_url = "{fake.api_url}"\n{PACE}', model)
            with running(hub):
                hub.start()
                await until(lambda: fake.connections)
                yield cls(fake, hub)
                assert fake.complaints == []

    def hubs(self) -> list[HubProcess]:
        return [self._hub]

    async def say(self, person: int, text: str) -> str:
        # Slack escapes these three in all that people write.
        return ts_of(self._fake.say(person, html.escape(text, quote=False)))

    async def command(self, person: int, name: str) -> None:
        where = {"team_id": TEAM, "user_id": f"U{person:08d}", "channel_id": chat_id(person)}
        called = {"command": "/hub", "text": name, "trigger_id": f"1.2.{next(self._triggers)}"}
        self._fake.command({**called, **where})

    def rewrite(self, person: int, message: str, text: str) -> None:
        user = f"U{person:08d}"
        now = {"type": "message", "user": user, "text": text, "ts": message}
        edited = {**now, "edited": {"user": user, "ts": self._fake.next_ts()}}
        before = {**now, "text": "before"}
        self._fake.event(
            {
                "type": "message",
                "subtype": "message_changed",
                "channel": chat_id(person),
                "channel_type": "im",
                "ts": self._fake.next_ts(),
                "message": edited,
                "previous_message": before,
            }
        )

    def mention(self, person: int, text: str) -> None:
        self._fake.say(self._room, f"<@{BOT_USER}> {text}", kind="channel")

    def shown(self, person: int) -> str:
        alone = [text for whom, text in self._fake.responses.shown if whom == f"U{person:08d}"]
        return html.unescape("\n".join([*self._fake.books.answers(person), *alone]))


class Web:
    groups = False

    def __init__(self, base: str, hub: HubProcess) -> None:
        self._base = base
        self._hub = hub
        self._pages: dict[int, Page] = {}

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, folder: Path, model: FakeModel) -> AsyncIterator["Web"]:
        port = free_port()
        hub = hub_in(folder, "web", f'listen = "127.0.0.1:{port}"', model)
        web = cls(f"http://127.0.0.1:{port}", hub)
        with running(hub):
            hub.start()
            await until(lambda: "the chat page is at" in hub.log.read_text(encoding="utf-8"))
            try:
                yield web
            finally:
                for page in web._pages.values():
                    await page.close()

    def hubs(self) -> list[HubProcess]:
        return [self._hub]

    async def say(self, person: int, text: str) -> str:
        if person not in self._pages:
            page = self._pages[person] = Page(self._base)
            await page.open()
        return await self._pages[person].post(text)

    async def command(self, person: int, name: str) -> None:
        await self.say(person, f"/{name}")

    def rewrite(self, person: int, message: str, text: str) -> None:
        raise NotImplementedError

    def mention(self, person: int, text: str) -> None:
        raise NotImplementedError

    def shown(self, person: int) -> str:
        return self._pages[person].shown()


class Console:
    groups = False

    def __init__(self, hubs: dict[int, tuple[HubProcess, int]]) -> None:
        self._hubs = hubs

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, folder: Path, model: FakeModel) -> AsyncIterator["Console"]:
        people: dict[int, tuple[HubProcess, int]] = {}
        with contextlib.ExitStack() as stack:
            for person in (1, 2):
                hub = hub_in(folder / str(person), "console", "", model)
                keyboard, keys = os.pipe()
                stack.callback(os.close, keys)
                stack.enter_context(running(hub))
                hub.start(stdin=keyboard)
                os.close(keyboard)
                people[person] = hub, keys
            yield cls(people)

    def hubs(self) -> list[HubProcess]:
        return [hub for hub, _ in self._hubs.values()]

    async def say(self, person: int, text: str) -> str:
        os.write(self._hubs[person][1], f"{text}\n".encode())
        return ""

    async def command(self, person: int, name: str) -> None:
        await self.say(person, f"/{name}")

    def rewrite(self, person: int, message: str, text: str) -> None:
        raise NotImplementedError

    def mention(self, person: int, text: str) -> None:
        raise NotImplementedError

    def shown(self, person: int) -> str:
        return self._hubs[person][0].log.read_text(encoding="utf-8")


PLATFORMS: dict[str, type[Platform]] = {
    "telegram": Telegram,
    "discord": Discord,
    "slack": Slack,
    "web": Web,
    "console": Console,
}
