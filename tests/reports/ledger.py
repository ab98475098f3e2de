"""Ledger rows of a test's own making."""

import itertools
from typing import Any

from hub.store import Database, Sql, Statement

_COLUMNS = (
    "id, at_ms, hold, message, conversation, person, channel, agent, deployment, region, api, model, tier,"
    " tier_why, kind, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nusd,"
    " held_nusd, price, mark, outcome, took_ms"
)
_NAMES = [name.strip() for name in _COLUMNS.split(",")]
_INSERT = Sql("test insert", f"INSERT INTO ledger ({_COLUMNS}) VALUES ({', '.join(f':{name}' for name in _NAMES)})")
_ids = itertools.count(1)


def call(at_ms: int, **changes: Any) -> Statement:
    """One row: an answer of the support agent for a cent."""
    number = next(_ids)
    values: dict[str, Any] = {
        "id": f"l{number}",
        "at_ms": at_ms,
        "hold": f"l{number}",
        "message": f"m{number}",
        "conversation": "web/main/c1",
        "person": 7,
        "channel": "web",
        "agent": "support-faq",
        "deployment": "support-faq-eu-west",
        "region": "eu-west",
        "api": "openai",
        "model": "gpt-4o-mini",
        "tier": "simple",
        "tier_why": "",
        "kind": "answer",
        "input_tokens": 1_000,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
        "output_tokens": 200,
        "reasoning_tokens": 0,
        "cost_nusd": 10_000_000,
        "held_nusd": 20_000_000,
        "price": "{}",
        "mark": "",
        "outcome": "stop",
        "took_ms": 900,
    }
    return Statement(_INSERT, values | changes)


async def write(database: Database, *calls: Statement) -> None:
    """Into the ledger, five hundred at a time."""
    for start in range(0, len(calls), 500):
        await database.run(*calls[start : start + 500])


async def execute(database: Database, sql: str, **values: Any) -> None:
    """A statement of the test's own."""
    await database.run(Statement(Sql(f"test {sql}", sql), values))
