"""Nobody answers for a while: how often the deployments are asked meanwhile, and what people are told."""

import asyncio
from pathlib import Path

import pytest

from hub.agents.port import AgentError, Kind
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent

pytestmark = pytest.mark.unit

RATE, SECONDS = 20, 10
ONE_MODEL = {"simple": "coin"}
TWO_MODELS = {"simple": "coin", "complex": "dear"}
LONGEST_S = 140
"""Nothing rests for longer than two minutes."""


class Still:
    """Time that only the test moves; pauses take none, so that nothing is forgiven meanwhile."""

    def __init__(self) -> None:
        self.s = 1_790_000_000.0

    def now_ms(self) -> int:
        return int(self.s * 1000)

    def monotonic(self) -> float:
        return self.s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("kind", "tiers"),
    [*((kind, ONE_MODEL) for kind in Kind), (Kind.MISSING, TWO_MODELS), (Kind.OVERLOADED, TWO_MODELS)],
)
async def test_calls_are_at_most_a_fifth_more_than_messages(tmp_path: Path, kind: Kind, tiers: dict[str, str]) -> None:
    clock = Still()
    database = await SqliteDatabase.open(tmp_path / "hub.db", clock=clock)
    await migrate(database)
    hub = ScriptedHub(database, served=agent(tiers=tiers), clock=clock)
    for client in (hub.near, hub.far):
        client.usual = lambda _: (AgentError(kind, "scripted", sent=True),)

    for second in range(SECONDS):
        numbers = range(second * RATE, second * RATE + RATE)
        await hub.say(*(message("Hello", number, str(number)) for number in numbers))
        await hub.work()
        clock.s += 1.0
    for _ in range(LONGEST_S // 2):
        clock.s += 2.0
        await hub.work()

    assert len(hub.near.calls) + len(hub.far.calls) <= 1.2 * RATE * SECONDS
    assert await hub.outcomes() == ["answered"] * RATE * SECONDS
    assert await hub.open_holds() == 0
    await database.close()
