"""`trunkline check --live`: does every deployment and every platform answer, how is the fleet, and what has drifted?

The deployments are asked from here, for what costs nothing: their list of models. How they do under real calls, the
running processes know; what those show in the store is told beside it.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack

import msgspec

from hub.accounts import channels_of
from hub.agents.connect import http_client
from hub.agents.port import AgentClient, AgentError, Kind, Listing, Model
from hub.app import look_in
from hub.channel import Channel, Unreachable
from hub.clock import Clock, SystemClock
from hub.config.settings import Settings
from hub.current import Current
from hub.drift import drift, listed_otherwise
from hub.errors import TrunklineError
from hub.fleet_state import DAY_MS, State, Took, read_sights, read_took, span, states
from hub.listening import Endpoint
from hub.routing import Fleet
from hub.routing.sight import Sight, sight
from hub.store import Database

WITHIN_S = 10.0
"""Whoever takes longer to say which models it has does not answer."""


class Answered(msgspec.Struct, frozen=True):
    """What came of one probe."""

    said: str
    fine: bool
    models: tuple[Model, ...] = ()


class Known(msgspec.Struct, frozen=True):
    """What the running processes show, and what the ledger has of the last day."""

    sights: Sequence[Sight]
    took: Mapping[str, Took]


async def probe(settings: Settings, tell: Callable[[str], None]) -> bool:
    """Ask every deployment and every platform whether it answers; whether all did. Raises TrunklineError."""

    async def ask_all(database: Database) -> bool:
        clock = SystemClock()
        known = Known(await read_sights(database), await read_took(database, clock, DAY_MS))
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(http_client(max_connections=100))
            fleet = Fleet(now=time.monotonic, random=random.random)
            current = Current(settings, http, fleet)
            stack.push_async_callback(current.close)
            channels = channels_of(settings, database, clock)
            for channel in channels.values():
                stack.push_async_callback(channel.close)
            fine, lists = await probe_all(current.endpoints(), channels, known, tell, clock)
            for line in found_drift(settings, sight(fleet, settings), known, lists):
                tell(f"drift {line}")
            return fine

    return await look_in(settings, ask_all)


async def probe_all(
    endpoints: Mapping[str, Endpoint],
    channels: Mapping[tuple[str, str], Channel],
    known: Known,
    tell: Callable[[str], None],
    clock: Clock,
) -> tuple[bool, dict[str, tuple[Model, ...]]]:
    """Ask all at once and tell a line each, what answered and how it does; whether all did, and the models of each."""
    shown = {state.deployment: state for state in states(known.sights)}
    deployments = await asyncio.gather(*(_asked(each.client, clock) for each in endpoints.values()))
    for name, answered in zip(endpoints, deployments, strict=True):
        tell(f"{_mark(answered)} {name}: {answered.said}")
        for line in (_at_work(shown.get(name)), _last_day(known.took.get(name))):
            if line:
                tell(f"      {line}")
    if not known.sights:
        tell("      no process of the hub is running here, so nothing is known of calls under way and of breakers")
    platforms = await asyncio.gather(*(_reached(channel) for channel in channels.values()))
    for (platform, account), answered in zip(channels, platforms, strict=True):
        tell(f"{_mark(answered)} {platform}/{account}: {answered.said}")
    lists = {name: answered.models for name, answered in zip(endpoints, deployments, strict=True)}
    return all(each.fine for each in (*deployments, *platforms)), lists


def found_drift(settings: Settings, own: Sight, known: Known, lists: Mapping[str, Sequence[Model]]) -> list[str]:
    """What should be the same and is not; the settings as they now stand count as one more process."""
    return [*drift([*known.sights, own], settings), *listed_otherwise(settings, lists)]


def _mark(answered: Answered) -> str:
    return "ok   " if answered.fine else "FAIL "


async def _asked(client: AgentClient, clock: Clock) -> Answered:
    began = clock.monotonic()
    try:
        async with asyncio.timeout(WITHIN_S):
            said = await client.probe()
            took_s = clock.monotonic() - began
            models = await _listed(client)
    except TimeoutError:
        return Answered(str(AgentError(Kind.TIMED_OUT, f"no answer within {WITHIN_S:.0f} s", sent=False)), fine=False)
    except AgentError as error:
        return Answered(str(error), fine=False)
    return Answered(f"{said}, in {took_s:.2g} s", fine=True, models=models)


async def _listed(client: AgentClient) -> tuple[Model, ...]:
    """The models that it says it has; a list that cannot be read is no fault of a deployment that answers."""
    if not isinstance(client, Listing):
        return ()
    try:
        return await client.models()
    except AgentError:
        return ()


async def _reached(channel: Channel) -> Answered:
    try:
        async with asyncio.timeout(WITHIN_S):
            return Answered(await channel.probe(), fine=True)
    except TimeoutError:
        return Answered(str(Unreachable()), fine=False)
    except TrunklineError as error:
        return Answered(str(error), fine=False)


def _at_work(state: State | None) -> str:
    """How it does in the processes that run."""
    if state is None:
        return ""
    measured = span(state.p50_s, state.p95_s)
    words = f"first word p50/p95 {measured} of {state.calls} calls" if measured else "no calls yet"
    why = f" ({state.why})" if state.why else ""
    return f"{state.health}{why}; {words}; {state.under_way} of {state.places} under way"


def _last_day(took: Took | None) -> str:
    if took is None:
        return ""
    measured = span(took.p50_s, took.p95_s)
    words = f", whole answers p50/p95 {measured}" if measured else ""
    return f"last day: {took.calls:,} calls, {took.failed:,} failed{words}"
