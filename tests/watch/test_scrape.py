"""/metrics: who may read them, and what only the store knows."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from hub.clock import SystemClock, new_id
from hub.config.settings import Secret
from hub.inbox import Inbox
from hub.messages import Conversation, Message, Sender
from hub.store import Database, Rows, Statement, StoreUnavailable, statement
from hub.watch import scrape as scrape_module
from hub.watch.meters import Meters
from hub.watch.scrape import Scrape, metrics_route
from hub.web import health
from hub.web.health import Readiness
from tests.money.calls import allowance, held, open_till, request

pytestmark = pytest.mark.unit

TOKEN = Secret("a-token-that-is-long", "env:METRICS_TOKEN")


def scrape_of(database: Database, folder: Path) -> Scrape:
    meters = Meters()

    async def store() -> None:
        await database.read(statement("web.ready"))

    return Scrape(
        meters,
        database,
        now_ms=SystemClock().now_ms,
        newest_backup_ms=lambda: 1_700_000_000_000,
        folder=folder,
        look=Readiness({"database": store}, told=lambda part, ready: meters.ready.labels(part).set(ready)).look,
    )


def client(scrape: Scrape, token: Secret | None, caller: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=[metrics_route(scrape, token)]), client=(caller, 5))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


async def test_open_holds_budgets_and_the_queue_come_from_the_store(database: Database, tmp_path: Path) -> None:
    till = open_till(database)
    await held(till, request(2_000_000_000, allowance(5_000_000_000)))
    await held(till, request(1, allowance(9, name="guild-1", scope="workspace")))
    text = (await scrape_of(database, tmp_path).text()).decode()
    for line in (
        "trunkline_open_holds 2.0",
        "trunkline_open_holds_usd 2.000000001",
        "trunkline_queue_messages 0.0",
        'trunkline_budget_limit_usd{name="support-faq",period="month",scope="agent"} 5.0',
        'trunkline_budget_held_usd{name="support-faq",period="month",scope="agent"} 2.0',
        "trunkline_last_backup_timestamp_seconds 1.7e+09",
    ):
        assert f"{line}\n" in text
    assert "guild-1" not in text
    assert "trunkline_disk_free_bytes 0.0" not in text


async def test_each_region_has_its_queue_and_none_where_nobody_waits_any_more(
    database: Database, tmp_path: Path
) -> None:
    inbox = Inbox(
        database,
        process="one",
        new_id=new_id,
        home_region=lambda message: "eu-west" if message.sender.id == "1" else "us-west",
        lease_ms=15_000,
        accounts=lambda: [("telegram", "main")],
    )
    scrape = scrape_of(database, tmp_path)
    for chat, person in (("1", "1"), ("2", "1"), ("3", "3")):
        where = Conversation("telegram", "main", chat)
        message = Message(conversation=where, platform_id=chat, sender=Sender(person), text="Hello", sent_ms=0)
        await inbox.accept([message], stops=lambda _: False)
    text = (await scrape.text()).decode()
    assert "trunkline_queue_messages 3.0\n" in text
    assert 'trunkline_region_queue_messages{region="eu-west"} 2.0\n' in text
    assert 'trunkline_region_queue_messages{region="us-west"} 1.0\n' in text
    for claim in await inbox.claim(9):
        if claim.waiting[0].message.sender.id == "3":
            await inbox.finish(claim, {claim.waiting[0].id: "answered"})
    text = (await scrape.text()).decode()
    assert "trunkline_queue_messages 2.0\n" in text
    assert 'trunkline_region_queue_messages{region="us-west"} 0.0\n' in text


async def test_a_store_that_is_away_leaves_the_rest(sqlite_database: Database, tmp_path: Path) -> None:
    scrape = scrape_of(sqlite_database, tmp_path)
    assert 'trunkline_ready{part="database"} 1.0' in (await scrape.text()).decode(), "nobody has asked for /readyz"
    await sqlite_database.close()
    assert 'trunkline_ready{part="database"} 0.0' in (await scrape.text()).decode()


async def test_a_store_that_hangs_leaves_the_rest(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrape_module, "READ_WITHIN_S", 0.05)
    scrape, hangs = scrape_of(sqlite_database, tmp_path), asyncio.Event()

    async def read(_: Statement) -> Rows:
        await hangs.wait()
        raise StoreUnavailable("gone")

    monkeypatch.setattr(sqlite_database, "read", read)
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    async with asyncio.timeout(60):
        assert 'trunkline_ready{part="database"} 0.0' in (await scrape.text()).decode()
    hangs.set()


async def test_a_folder_that_is_gone_leaves_the_rest(sqlite_database: Database, tmp_path: Path) -> None:
    text = (await scrape_of(sqlite_database, tmp_path / "gone").text()).decode()
    assert "trunkline_queue_messages 0.0" in text


@pytest.mark.parametrize(
    ("caller", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {"host": "localhost"}, 200),
        ("192.0.2.7", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 404),
        ("127.0.0.1", {"forwarded": "for=192.0.2.7"}, 404),
        ("127.0.0.1", {"host": "rebound.example.com"}, 404),
        ("127.0.0.1", {"host": "["}, 404),
        ("192.0.2.7", {"authorization": f"Bearer {TOKEN.reveal()}"}, 404),
    ],
)
async def test_without_a_token_only_this_machine_reads_them(
    caller: str, headers: dict[str, str], status: int, sqlite_database: Database, tmp_path: Path
) -> None:
    async with client(scrape_of(sqlite_database, tmp_path), None, caller) as asking:
        assert (await asking.get("/metrics", headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("caller", "said", "status"),
    [
        ("192.0.2.7", f"Bearer {TOKEN.reveal()}", 200),
        ("192.0.2.7", "Bearer another", 404),
        ("192.0.2.7", "Bearer ä", 404),
        ("127.0.0.1", "", 404),
    ],
)
async def test_with_a_token_whoever_shows_it(
    caller: str, said: str, status: int, sqlite_database: Database, tmp_path: Path
) -> None:
    async with client(scrape_of(sqlite_database, tmp_path), TOKEN, caller) as asking:
        answer = await asking.get("/metrics", headers={b"authorization": said.encode()})
    assert answer.status_code == status
    assert ("trunkline_queue_messages" in answer.text) == (status == 200)
