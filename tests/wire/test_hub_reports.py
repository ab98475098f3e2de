"""A weekly report and alerts through the real hub: to three platforms, once, also where it is killed in the midst."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.clock import SystemClock
from hub.money.periods import PeriodKind, period
from hub.reports.schedule import newest_ended
from hub.store import Database
from hub.store.open import open_database
from tests.money.calls import rows
from tests.reports.ledger import call, execute, write
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import CHANNEL, GUILD
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import TEAM, FakeSlack
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.hub_process import HubProcess
from tests.wire.memory_hub import until
from tests.wire.platforms import PACE, SECRETS, hub_in, running

pytestmark = pytest.mark.wire

GROUP, ROOM = -100_900, 900
PLACES = f'["telegram:{GROUP}", "discord:{GUILD}/{CHANNEL}", "slack:{TEAM}/C00000900"]'
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
UTC = ZoneInfo("UTC")


class World:
    """Three platforms with a chat of the admins each, and a hub that owes them last week's report."""

    def __init__(self, telegram: FakeTelegram, discord: FakeDiscord, slack: FakeSlack, hub: HubProcess) -> None:
        self.telegram = telegram
        self.discord = discord
        self.slack = slack
        self.hub = hub
        self.folder = hub.log.parent

    @contextlib.asynccontextmanager
    async def books(self) -> AsyncIterator[Database]:
        """While no hub runs."""
        database = await open_database(
            "sqlite:var/hub.db", clock=SystemClock(), base=self.folder, serve=True, wait_s=20
        )
        try:
            yield database
        finally:
            await database.close()

    def set_hub(self, line: str) -> None:
        """One more line of [hub] in regions.toml."""
        settings = self.folder / "regions.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("[hub]\n", f"[hub]\n{line}\n"), encoding="utf-8")

    def texts(self) -> dict[str, list[str]]:
        """Without the notes of files."""
        shown = {
            "telegram": self.telegram.books.answers(GROUP),
            "discord": self.discord.books.answers(int(CHANNEL)),
            "slack": self.slack.books.answers(ROOM),
        }
        return {name: [text for text in texts if text and not text.startswith("[")] for name, texts in shown.items()}

    def files(self) -> dict[str, list[str]]:
        """Names of the files that stand there, in order."""
        return {
            "telegram": [file.name for _, file in self.telegram.sent_files.values()],
            "discord": [
                each["filename"] for said in self.discord.messages.values() for each in said.data["attachments"]
            ],
            "slack": [name for *_, files in self.slack.files.shared for name, _ in files],
        }

    async def outgoing(self) -> Counter[str]:
        async with self.books() as database:
            found = await rows(database, "SELECT state FROM outgoing WHERE source LIKE 'report/%'")
        return Counter(row["state"] for row in found)


@contextlib.asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    async with (
        serving(FakeModel()) as model,
        serving(FakeTelegram(token=SECRETS["TELEGRAM_TOKEN"])) as telegram,
        serving(FakeDiscord()) as discord,
        serving(FakeSlack()) as slack,
    ):
        telegram.say_in_group(GROUP, 1, "between people")
        slack.say(ROOM, "between people", kind="channel")
        accounts = f"""token = "env:TELEGRAM_TOKEN"
api_url = "{telegram.server.url}"
{PACE}
[channels.discord]
token = "env:DISCORD_TOKEN"
api_url = "{discord.api_url}"
gateway_url = "{discord.gateway_url}"
{PACE}
[channels.slack]
bot_token = "env:SLACK_BOT_TOKEN"
app_token = "env:SLACK_APP_TOKEN"
api_url = "{slack.api_url}"
{PACE}
[reports.weekly]
at = "mon 00:00"
to = {PLACES}
[alerts]
to = {PLACES}
"""
        hub = hub_in(folder, "telegram", accounts, model)
        settings = folder / "regions.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(
            text.replace('serves = ["telegram"]', 'serves = ["telegram", "discord", "slack"]'), encoding="utf-8"
        )
        here = World(telegram, discord, slack, hub)
        async with here.books() as database:
            await owed(database)
        with running(hub):
            yield here
        assert telegram.outside_the_spec == []
        assert discord.complaints == []
        assert slack.complaints == []
        assert hub.defects() == []


async def owed(database: Database) -> None:
    """Last week's calls; the week before it is reported on."""
    now_ms = SystemClock().now_ms()
    week = newest_ended(PeriodKind.WEEK, now_ms, UTC)
    before = period(PeriodKind.WEEK, week.start_ms - 1, UTC)
    made = "INSERT INTO report (id, kind, label, state, holder, lease_ms) VALUES (:id, 'week', :label, 'made', '', 0)"
    await execute(database, made, id=f"week/{before.label}", label=before.label)
    hours = range(week.start_ms, week.end_ms, HOUR_MS)
    agents = ("support-faq", "sales-leads")
    calls = [call(at, agent=agents[at // HOUR_MS % 2], person=1 + at // HOUR_MS % 5) for at in hours]
    await write(database, *calls)


def once(texts: list[str]) -> bool:
    """The report, whole, beside whatever alerts."""
    heads = sum("House: week" in text for text in texts)
    return heads == 1 and len(texts) == len(set(texts))


async def test_a_report_and_an_alert_arrive_once_in_each_admin_chat(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        async with here.books() as database:
            now_ms = SystemClock().now_ms()
            await write(database, call(now_ms - 60_000, model="new-model", mark="unpriced", cost_nusd=0))
            alert = "INSERT INTO alert (key, text, since_ms, seen_ms) VALUES ('queue', 'Many wait.', :since, :seen)"
            await execute(database, alert, since=now_ms - 30 * 60_000, seen=now_ms - 10 * 60_000)
        (here.folder / "no-folder").write_text("where backups are to go")
        here.set_hub('backup = { every = "daily", keep = 2, folder = "no-folder" }')
        here.hub.start()
        await until(lambda: all(len(names) == 3 for names in here.files().values()))
        alerts = ("new-model", "Backups of the database fail")
        await until(lambda: all(all(each in "".join(said) for each in alerts) for said in here.texts().values()))
        here.hub.terminate()
        await here.hub.ended()
        polls = here.telegram.books.calls["getUpdates"]
        here.hub.start()
        await until(lambda: here.telegram.books.calls["getUpdates"] > polls)
        await asyncio.sleep(1.0)  # the first look happens at the start
        here.hub.terminate()
        await here.hub.ended()
        for name, texts in here.texts().items():
            report = [text for text in texts if not any(each in text for each in (*alerts, "Many wait"))]
            assert once(report), name
            assert sum("Backups of the database fail" in text for text in texts) == 1, name
            assert sum("new-model" in text and "/reload" in text for text in texts) == 1, name
            assert sum("Over after" in text and "Many wait" in text for text in texts) == 1, name
        for names in here.files().values():
            assert [name.rpartition("-")[2] for name in names[:2]] == ["agents.png", "days.png"]
            assert names[2].endswith(".csv")
        assert await here.outgoing() == {"delivered": 3}


@pytest.mark.parametrize("moment", ["sendMessage", "sendMediaGroup"])
async def test_a_hub_killed_around_a_send_doubles_nothing(moment: str, tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.slack.faults.script("files.getUploadURLExternal", *["refuse file_uploads_disabled"] * 4)

        def kill(method: str, _: object) -> None:
            if method == moment:
                here.telegram.on_call = None
                here.hub.kill()

        here.telegram.on_call = kill
        here.hub.start()
        await here.hub.ended(40)
        first = here.hub.log.read_text(encoding="utf-8")
        here.hub.start()
        told = "stands in"
        await until(lambda: here.hub.log.read_text(encoding="utf-8")[len(first) :].count(told))
        polls = here.telegram.books.calls["getUpdates"]
        await until(lambda: here.telegram.books.calls["getUpdates"] > polls)
        await asyncio.sleep(1.5)
        here.hub.terminate()
        await here.hub.ended()
        assert once(here.texts()["telegram"])
        assert all(len(texts) == len(set(texts)) for texts in here.texts().values())
        assert all(len(names) == len(set(names)) for names in here.files().values())
        assert here.files()["slack"] == []
        states = await here.outgoing()
        assert states["uncertain"] >= 1
        assert set(states) <= {"uncertain", "delivered", "pending"}


async def test_a_platform_that_takes_no_files_gets_the_text(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.slack.faults.script("files.getUploadURLExternal", *["refuse file_uploads_disabled"] * 4)
        here.hub.start()
        await until(lambda: here.hub.log.read_text(encoding="utf-8").count("file_uploads_disabled") == 2)
        await until(lambda: len(here.files()["telegram"]) == len(here.files()["discord"]) == 3)
        here.hub.terminate()
        await here.hub.ended()
        assert once(here.texts()["slack"])
        assert here.files()["slack"] == []
        assert await here.outgoing() == {"delivered": 3}
