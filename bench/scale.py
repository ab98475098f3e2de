"""CPU a message in a store that is full, against an empty one: `python -m bench.scale`.

The full one has 10,000,000 ledger rows, 1,000,000 conversations with a message, its answer and its turns each, and one
conversation of 100,000 turns, whose person is among those who write. Both are SQLite with full synchronous, without
embeddings, and take turns, so that a noisy machine disturbs both alike.
"""

import argparse
import asyncio
import contextlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import machine
from bench.hub_under_test import SECRETS, command, write_settings
from bench.throughput import Addresses, measure
from bench.world import FIRST_CHAT
from hub.clock import SystemClock
from hub.recall import Recall
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase

BEGAN_MS = 1_700_000_000_000
LONG = f"telegram/main/{FIRST_CHAT}"
"""The conversation with the many turns."""
_SHORT_IDS, _LONG_IDS = f"{BEGAN_MS:012x}a", f"{BEGAN_MS:012x}b"
"""What ids of messages begin with, in short conversations and in the long one: a time, as in all ids of the hub."""

# Each counts to `:most`; text that varies, so that rows are no smaller than real ones.
_COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "
_LEDGER = """INSERT INTO ledger (id, at_ms, hold, message, conversation, person, channel, agent, deployment, region,
  api, model, tier, kind, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nusd,
  held_nusd, price, mark, outcome, took_ms)
SELECT printf('%026d', i), :began + i * 200, printf('%026d', i), :mark || printf('%013d', i % :conversations),
  'telegram/main/' || (2000000 + i % :conversations), i % :conversations, 'telegram', 'bench', 'bench-here', 'here',
  'openai', 'gpt-4o-mini', 'simple', 'answer', 100 + i % 2900, i % 100, 0, 20 + i % 500, 0, 1000 + i % 900000, 2000000,
  '{"input":150000000,"cached_input":75000000,"output":600000000}', '', 'stop', 400 + i % 3000 FROM n"""
_CONVERSATIONS = """INSERT INTO conversation (id, channel, account, place, home_region, created_ms, last_position)
SELECT 'telegram/main/' || (2000000 + i), 'telegram', 'main',
  '{"channel":"telegram","account":"main","chat":"' || (2000000 + i) || '"}', 'here', :began + i, 1 FROM n"""
_PEOPLE = """INSERT INTO person (id, number, name, created_ms)
SELECT 'telegram/' || (2000000 + i), 1000000000 + i, 'Somebody ' || i, :began + i FROM n"""
_MESSAGES = """INSERT INTO message (id, key, conversation, position, person, payload, accepted_ms, state, outcome,
  finished_ms)
SELECT :mark || printf('%013d', i), :chat || CASE WHEN :long THEN '/x' || i ELSE (2000000 + i) || '/1' END || '/0',
  CASE WHEN :long THEN :chat ELSE :chat || (2000000 + i) END, CASE WHEN :long THEN i ELSE 1 END, 1000000000 + i,
  '{"conversation":{"channel":"telegram","account":"main","chat":"' || i || '"},"platform_id":"1","sender":{"id":"1",'
  || '"name":"Somebody"},"text":"How do I repair the chain of bicycle number ' || i || '?","sent_ms":1700000000000}',
  :began + i, 'done', 'answered', :began + i + 3000 FROM n"""
_REPLIES = """INSERT INTO reply (id, message, conversation, position, agent, route, state, parts, text, created_ms,
  settled_ms, delivered_ms)
SELECT 'r' || m.id, m.id, m.conversation, m.position, 'bench', '{"region":"here","deployments":["bench-here"]}',
  'delivered', '["2"]', 'Clean it, then oil it, link by link, and look at each as it passes: ' || m.id,
  m.accepted_ms, m.accepted_ms + 2000, m.accepted_ms + 3000
FROM message m WHERE m.id >= :mark AND m.id < :mark || 'z'"""
_TURNS = """INSERT INTO turn (message, role, conversation, position, agent, text, tokens, at_ms)
SELECT m.id, :role, m.conversation, m.position, 'bench', 'How does part' || m.position % 9973 || ' of model'
  || m.position % 991 || ' go with part' || m.position * 7919 % 49999 || ' when year' || m.position % 61 || ' was wet?',
  24, m.accepted_ms FROM message m WHERE m.id >= :mark AND m.id < :mark || 'z'"""
_LONG = """INSERT INTO conversation (id, channel, account, place, home_region, created_ms, last_position)
VALUES (:chat, 'telegram', 'main', '{"channel":"telegram","account":"main","chat":"' || substr(:chat, 15) || '"}',
  'here', :began, :most)"""


async def _make_schema(file: Path) -> None:
    file.parent.mkdir()
    database = await SqliteDatabase.open(file, clock=SystemClock())
    await migrate(database)
    await database.close()


def fill(file: Path, *, ledger: int, conversations: int, turns: int) -> None:
    """Add so many rows to a SQLite database with the hub's schema. Nobody else may have it open."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY", "journal_mode = OFF"):
            connection.execute(f"PRAGMA {pragma}")

        def add(sql: str, most: int, **values: Any) -> None:
            given = {"most": most, "began": BEGAN_MS, "conversations": conversations} | values
            connection.execute("BEGIN")
            connection.execute((_COUNTING if "FROM n" in sql else "") + sql, given)
            connection.execute("COMMIT")

        add(_LEDGER, ledger, mark=_SHORT_IDS)
        add(_CONVERSATIONS, conversations)
        add(_PEOPLE, conversations)
        add(_LONG, turns // 2, chat=LONG)
        for mark, most, chat, long in (
            (_SHORT_IDS, conversations, "telegram/main/", 0),
            (_LONG_IDS, turns // 2, LONG, 1),
        ):
            add(_MESSAGES, most, mark=mark, chat=chat, long=long)
            add(_REPLIES, most, mark=mark)
            for role in ("user", "assistant"):
                add(_TURNS, most, mark=mark, role=role)
        connection.execute("PRAGMA journal_mode = WAL")


async def index(file: Path, turns: int) -> None:
    """The index of the long conversation, as it would have grown."""
    database = await SqliteDatabase.open(file, clock=SystemClock())
    recall = Recall(database)
    for last in range(1_000, turns // 2 + 1, 1_000):
        await recall.keep_up(LONG, "bench", last)
    await database.close()


def forget_the_run(file: Path, turns: int) -> None:
    """Take away what the people of the bench wrote, since the next world counts its messages from one again."""
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        own = "conversation IN (SELECT id FROM conversation WHERE id < 'telegram/main/2' AND id <> :long)"
        later = "conversation = :long AND position > :last"
        for table in ("message", "reply", "turn"):
            connection.execute(f"DELETE FROM {table} WHERE ({own}) OR ({later})", {"long": LONG, "last": turns // 2})
        connection.execute("DELETE FROM conversation WHERE id < 'telegram/main/2' AND id <> :long", {"long": LONG})
        connection.execute(
            "UPDATE conversation SET last_position = :last WHERE id = :long", {"long": LONG, "last": turns // 2}
        )


def hub_on(folder: Path) -> Callable[[Addresses], Sequence[str]]:
    """The command of a hub whose database is in the folder."""

    def started(world: Addresses) -> Sequence[str]:
        return command(sys.executable, write_settings(folder, channel="telegram", **world), embeddings=False)

    return started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", type=int, default=10_000_000)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--messages", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    options = {"people": given.people, "messages": given.messages}
    print(machine.measure())
    with tempfile.TemporaryDirectory() as full, contextlib.ExitStack() as stack:
        file = Path(full) / "var" / "hub.db"
        asyncio.run(_make_schema(file))
        begun = time.perf_counter()
        fill(file, ledger=given.ledger, conversations=given.conversations, turns=given.turns)
        asyncio.run(index(file, given.turns))
        print(f"filled in {time.perf_counter() - begun:.0f} s: {file.stat().st_size / 1e9:.2f} GB", flush=True)
        costs: dict[str, list[float]] = {"empty": [], "full": []}
        for _ in range(given.runs):
            empty = stack.enter_context(tempfile.TemporaryDirectory())
            for name, folder in (("empty", empty), ("full", full)):
                figures = measure(hub_on(Path(folder)), env=SECRETS, **options)
                costs[name].append(figures["cpu_ms_a_message"])
                print(
                    f"{name:6} {figures['cpu_ms_a_message']:6.3f} ms CPU a message  "
                    f"{figures['messages_a_second']:6.1f}/s  unanswered {figures['unanswered']}",
                    flush=True,
                )
            forget_the_run(file, given.turns)
    ratio = median(full / empty for full, empty in zip(costs["full"], costs["empty"], strict=True))
    print(f"medians: empty {median(costs['empty']):.3f}, full {median(costs['full']):.3f} ms; full / empty {ratio:.3f}")


if __name__ == "__main__":
    main()
