"""What a month costs where everything goes to the strong model, and what it costs Trunkline: `python -m bench.savings`.

The month is `bench.month`'s, the provider `bench.month_provider`'s, which bills every call. The naive hub sends the
system prompt, the whole history and the message to the strong model. Trunkline runs as it is, rooms, store and wire
client, first with none of its levers (a window of the last 40 to 79 messages), then with each alone, then with all.
Each answer is judged by the month's own truth, so that what is saved by answering worse can be seen.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from yarl import URL

from bench import machine
from bench.month import Message, month
from bench.month_provider import PRICES, STRONG, WEAK, Books, Provider, Turn
from hub.agents.http import Wire
from hub.agents.openai import OpenAiClient
from hub.agents.port import Timeouts
from hub.config.settings import Agent, ContextSettings, Price, ReuseSettings, TieringSettings
from hub.money.amounts import format_usd
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase
from tests.pipeline.channel import ScriptedChannel, message
from tests.pipeline.hub import ScriptedHub, agent, only

SYSTEM = (
    "You help the customers and the staff of a shop for household goods, tools and outdoor equipment. Answer in the "
    "language of the question, briefly and to the point. Say what to do first, then why. Give numbers with units. "
    "Where a question can be understood in two ways, answer the likelier one and name the other in a sentence. Do not "
    "promise prices, dates of delivery or repairs free of charge. If you do not know something, say so."
)
BEGINNING_S = 1_790_000_000
AT_ONCE = 200
"""Conversations that are answered side by side."""
MAX_OUTPUT = 600
IN_MEMORY = Path("/dev/shm")
"""What the disk costs is measured elsewhere."""

WHOLE = ContextSettings(tokens=100_000, max_output=MAX_OUTPUT, recall=0.0)
COMPOSED = ContextSettings(tokens=1_000, max_output=MAX_OUTPUT)


class Outcome(msgspec.Struct):
    """What one way of running the month came to."""

    name: str
    books: Books
    wrong: Counter[str]
    """Wrong answers by kind of message."""
    seconds: float


def _right(asked: Message, answer: str) -> bool:
    return asked.truth in answer


def naive(written: Sequence[Message]) -> Outcome:
    """Everything to the strong model, with the whole history."""
    begun = time.perf_counter()
    provider = Provider(written)
    histories: dict[int, list[Turn]] = defaultdict(lambda: [Turn("system", SYSTEM)])
    wrong: Counter[str] = Counter()
    for asked in written:
        provider.now_s = asked.at_s
        history = histories[asked.conversation]
        history.append(Turn("user", asked.text))
        answer = provider.answer(STRONG, history).text
        history.append(Turn("assistant", answer))
        wrong[asked.kind] += not _right(asked, answer)
    return Outcome("naive", provider.books, wrong, time.perf_counter() - begun)


class MonthClock:
    """Implements hub.clock.Clock: the time of the month; what would be slept is skipped."""

    def __init__(self) -> None:
        self.now_s = float(BEGINNING_S)

    def now_ms(self) -> int:
        return int(self.now_s * 1000)

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0)


async def trunkline(name: str, written: Sequence[Message], levers: Mapping[str, Any]) -> Outcome:
    """The month through the hub's rooms on a SQLite database, with these settings of the agent."""
    begun = time.perf_counter()
    provider = Provider(written)
    clock = MonthClock()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.exists() else None) as folder:
        database = await SqliteDatabase.open(Path(folder) / "hub.db", clock=clock)
        await migrate(database)
        hub = _hub(database, provider, clock, agent(**levers))
        wrong: Counter[str] = Counter()
        for together in _side_by_side(written):
            clock.now_s = max(clock.now_s, BEGINNING_S + together[0].at_s)
            provider.now_s = clock.now_s - BEGINNING_S
            shown = await _answers(hub, together)
            for asked in together:
                wrong[asked.kind] += not _right(asked, shown[str(asked.conversation)])
        await _same_books(hub, provider)
        await database.close()
    return Outcome(name, provider.books, wrong, time.perf_counter() - begun)


def _hub(database: SqliteDatabase, provider: Provider, clock: MonthClock, served: Agent) -> ScriptedHub:
    session: Any = provider  # in the place of an aiohttp.ClientSession
    wire = Wire(session, {}, Timeouts(), now_s=lambda: clock.now_s)
    client: Any = OpenAiClient(wire, URL("http://provider/v1"))
    hub = ScriptedHub(
        database,
        served=served,
        channel=ScriptedChannel(),
        clients={each.name: client for each in served.deployments},
        clock=clock,
        at_once=AT_ONCE,
    )
    hub.settings = msgspec.structs.replace(hub.settings, prices={name: _price(name) for name in PRICES})
    return hub


def _price(model: str) -> Price:
    fresh, cached, output = (1_000_000 * each for each in PRICES[model])
    return Price(input=fresh, cached_input=cached, output=output)


def _side_by_side(written: Iterable[Message]) -> Iterator[list[Message]]:
    """Runs of messages in their order, at most one of each conversation."""
    together: list[Message] = []
    busy: set[int] = set()
    for each in written:
        if each.conversation in busy or len(together) == AT_ONCE:
            yield together
            together, busy = [], set()
        together.append(each)
        busy.add(each.conversation)
    if together:
        yield together


async def _answers(hub: ScriptedHub, together: Sequence[Message]) -> dict[str, str]:
    """By chat, what stands there when all is answered."""
    await hub.say(*(message(each.text, next(_NUMBERS), str(each.conversation)) for each in together))
    await hub.work(AT_ONCE)
    shown = {act.chat: hub.channel.shown[act.part] for act in hub.channel.acts if act.what == "edit" and act.final}
    hub.channel.acts.clear()
    hub.channel.shown.clear()
    return shown


_NUMBERS = itertools.count(1)


async def _same_books(hub: ScriptedHub, provider: Provider) -> None:
    """The ledger has what the provider asks for, to the nano-dollar."""
    (row,) = await hub.rows("SELECT COALESCE(SUM(cost_nusd), 0) AS nusd FROM ledger")
    if row["nusd"] != provider.books.nusd:
        raise AssertionError(f"the ledger says {row['nusd']}, the provider {provider.books.nusd} nano-dollars")


# The levers' settings; what a lever's absence is comes first.
NO_LEVERS: dict[str, Any] = {
    "prompt": SYSTEM,
    "context": WHOLE,
    "tiers": {"simple": STRONG},
    "deployments": only("support-west"),
}
LEVERS: dict[str, dict[str, Any]] = {
    "context": {"context": COMPOSED},
    "reuse": {"reuse": ReuseSettings(hours=24 * 30)},
    "tiering": {"tiers": {"simple": WEAK, "complex": STRONG}, "tiering": TieringSettings(threshold=0.7)},
}


async def ways(written: Sequence[Message], alone: bool) -> list[Outcome]:
    """Each way to run the month."""
    found = [naive(written), await trunkline("no lever", written, NO_LEVERS)]
    if alone:
        found += [await trunkline(f"{name} alone", written, NO_LEVERS | lever) for name, lever in LEVERS.items()]
    everything = NO_LEVERS
    for lever in LEVERS.values():
        everything = everything | lever
    return [*found, await trunkline("all levers", written, everything)]


def _line(outcome: Outcome, base: Outcome, messages: int) -> str:
    books = outcome.books
    return (
        f"{outcome.name:16} {format_usd(books.nusd):>10} {1 - books.nusd / base.books.nusd:7.1%} "
        f"{books.calls:8,} calls {books.strong / messages:6.1%} strong  {books.input / messages:6,.0f} in "
        f"({books.cached / max(1, books.input):5.1%} cached) {books.output / messages:4,.0f} out  "
        f"wrong {outcome.wrong.total() / messages:6.2%} {dict(outcome.wrong)}  {outcome.seconds:.0f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="each lever alone, too")
    given = parser.parse_args()
    written = month(given.messages, given.seed)
    conversations = len({each.conversation for each in written})
    print(machine.measure())
    print(f"seed {given.seed}: {len(written):,} messages, {conversations:,} conversations")
    outcomes = asyncio.run(ways(written, given.alone))
    for outcome in outcomes:
        print(_line(outcome, outcomes[0], len(written)))


if __name__ == "__main__":
    main()
