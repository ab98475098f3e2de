"""Two machines that answer each other come to an end; people who repeat themselves are answered."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hub import phrases
from hub.admission.loops import BOTS_IN_A_ROW, ECHO_WITHIN_MS
from hub.agents.port import Done, Request
from hub.clock import Clock
from hub.config.settings import Access
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import NEAR, ScriptedHub, agent, only
from tests.pipeline.model import SHORT, ScriptedClient, Step, asked
from tests.pipeline.test_inbox import Still

pytestmark = pytest.mark.unit

OpenWithClock = Callable[[Clock], Awaitable[Database]]
BOTS = Access(every_bot=True)


@pytest.mark.parametrize("pause_ms", [0, 3 * 86_400_000])
async def test_bots_among_themselves_are_answered_a_few_times_however_slow(
    open_with_clock: OpenWithClock, pause_ms: int
) -> None:
    clock = Still()
    hub = ScriptedHub(await open_with_clock(clock), access=BOTS)

    for number in range(BOTS_IN_A_ROW + 4):
        await hub.answered(message(f"ping {number}", number, bot=True))
        clock.ms += pause_ms

    assert len(hub.near.calls) == BOTS_IN_A_ROW
    assert (await hub.outcomes())[BOTS_IN_A_ROW:] == ["refused"] * 4


async def test_a_word_of_a_person_closes_the_circuit(database: Database) -> None:
    hub = ScriptedHub(database, access=BOTS)
    for number in range(BOTS_IN_A_ROW + 1):
        await hub.answered(message(f"ping {number}", number, bot=True))

    await hub.answered(message("Go on, you two", 100))
    await hub.answered(message("ping", 101, bot=True))

    assert [asked(call) for call in hub.near.calls[-2:]] == ["Go on, you two", "ping"]


async def test_what_is_delivered_twice_counts_once(database: Database) -> None:
    hub = ScriptedHub(database, access=BOTS)

    for _ in range(BOTS_IN_A_ROW * 2):
        await asyncio.gather(hub.say(message("ping", 1, bot=True)), hub.say(message("ping", 1, bot=True)))
    await hub.work()

    assert len(hub.near.calls) == 1


def says(*steps: Step) -> Callable[[Request], tuple[Step, ...]]:
    return lambda _: (*steps, Done("stop", SHORT))


async def echoing(hub: ScriptedHub, times: int, pause_ms: int, clock: Still) -> None:
    """Somebody sends back each answer."""
    text = "Hello"
    for number in range(times):
        await hub.answered(message(text, number))
        text = f" {hub.channel.texts()[-1].upper()}\n"
        clock.ms += pause_ms


@pytest.mark.parametrize(
    ("pause_ms", "asks"),
    [pytest.param(100, 3, id="at once"), pytest.param(ECHO_WITHIN_MS + 1, 6, id="as slow as a person")],
)
async def test_an_echo_is_not_answered_for_ever(open_with_clock: OpenWithClock, pause_ms: int, asks: int) -> None:
    clock = Still()
    hub = ScriptedHub(await open_with_clock(clock))

    await echoing(hub, 6, pause_ms, clock)

    assert len(hub.near.calls) == asks


async def test_one_who_repeats_a_word_once_is_answered(database: Database) -> None:
    client = ScriptedClient(says("Yes"))
    hub = ScriptedHub(database, served=agent(deployments=only(NEAR)), clients={NEAR: client})

    await hub.answered(message("Yes", 1))
    await hub.answered(message("Yes", 2))
    await hub.answered(message("No", 3))

    assert len(client.calls) == 3


@pytest.mark.parametrize("words", sorted(phrases.OWN))
async def test_the_hubs_own_sentences_are_not_answered(sqlite_database: Database, words: str) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(serves=()))

    assert await hub.answered(message(words)) == []
    assert await hub.outcomes() == ["refused"]
