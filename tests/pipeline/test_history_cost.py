"""What the database does for one message: as much in a store that is full, or a conversation, as in a new one."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.clock import SystemClock
from hub.config.settings import ContextSettings
from hub.store import Sql, Statement
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent

pytestmark = pytest.mark.unit

STEPS = 10
"""Of SQLite's machine, between two counts."""

_LONG = """
INSERT INTO message (id, key, conversation, position, person, payload, accepted_ms, state, outcome)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)
SELECT '0' || i, 'k' || i, c.id, c.last_position + i, 7, '{}', i, 'done', 'answered' FROM n, conversation c;

INSERT INTO reply (id, message, conversation, position, agent, route, state, text, created_ms)
SELECT 'r' || id, id, conversation, position, 'support', '{}', 'delivered', 'Fine.', 0
FROM message WHERE payload = '{}';

INSERT INTO turn (message, role, conversation, position, agent, text, tokens, at_ms)
SELECT id, role, conversation, position, 'support', 'How are you?', 4, 0
FROM message, (SELECT 'user' AS role UNION SELECT 'assistant') WHERE payload = '{}';

UPDATE conversation SET last_position = last_position + :most
"""
"""Turns of the one conversation that there is."""
_OTHERS = """
INSERT INTO conversation (id, channel, account, place, home_region, created_ms, last_position)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)
SELECT 'chat/other/' || i, 'chat', 'other', '{}', 'west', i, 1 FROM n;

INSERT INTO person (id, number, name, created_ms)
SELECT id, created_ms, 'Somebody', 0 FROM conversation WHERE account = 'other';

INSERT INTO message (id, key, conversation, position, person, payload, accepted_ms, state, outcome)
SELECT '0' || created_ms, id, id, 1, created_ms, '{}', 0, 'done', 'answered' FROM conversation WHERE account = 'other';

INSERT INTO ledger (id, at_ms, hold, message, conversation, person, channel, agent, deployment, region, api, model,
  tier, kind, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nusd, held_nusd,
  price, mark, outcome, took_ms)
SELECT 'l' || m.id, l.at_ms, 'l' || m.id, m.id, m.conversation, m.person, l.channel, l.agent, l.deployment, l.region,
  l.api, l.model, l.tier, l.kind, 9, 0, 0, 9, 0, 18, 20, l.price, '', 'stop', 5
FROM message m, ledger l WHERE m.payload = '{}'
"""
"""Conversations of other people, with what their answers cost."""


class Steps:
    """Of SQLite's machine, in every connection."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken = 0
        really: Callable[..., sqlite3.Connection] = sqlite3.connect

        def connect(*parts: Any, **options: Any) -> sqlite3.Connection:
            connection = really(*parts, **options)
            connection.set_progress_handler(self._count, STEPS)
            return connection

        monkeypatch.setattr(sqlite3, "connect", connect)

    def _count(self) -> None:
        self.taken += STEPS


async def steps_of_a_message(folder: Path, steps: Steps, *, before: str, most: int) -> int:
    """In a store whose one conversation was begun before it was filled."""
    folder.mkdir()
    database = await SqliteDatabase.open(folder / "hub.db", clock=SystemClock())
    await migrate(database)
    # Without recall, which would first catch up on turns that were not stored by a hub.
    hub = ScriptedHub(database, served=agent(context=ContextSettings(tokens=3000, max_output=600, recall=0)))
    await hub.answered(message("Hello"))
    for sql in before.split(";"):
        await database.run(Statement(Sql("test.fill", sql), {"most": most}))
    steps.taken = 0
    shown = await hub.answered(message("And now?", 2))
    taken = steps.taken
    assert shown[-1] == "You said: And now?"
    await database.close()
    return taken


@pytest.mark.parametrize("before", [_LONG, _OTHERS], ids=["of its conversation", "of others"])
async def test_a_message_costs_the_same_whatever_was_said_before(
    before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Steps(monkeypatch)
    few = await steps_of_a_message(tmp_path / "few", steps, before=before, most=200)
    many = await steps_of_a_message(tmp_path / "many", steps, before=before, most=20_000)
    assert 0 < many <= few * 1.1
