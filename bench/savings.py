"""What a month costs where everything goes to the strong model, and what it costs Trunkline: `python -m bench.savings`.

The month is `bench.month`'s, the provider `bench.month_provider`'s, which bills every call. The naive hub sends the
system prompt, the whole history and the message to the strong model. Trunkline runs as it is, rooms, store and wire
client, first with none of its levers (a window of the last 40 to 79 messages), then with all as an operator sets them
who wants to save, and with --alone with each alone and with all by default. Older turns are found by their words, as
without the extra `embeddings`; --meaning goes by that, too, for 50 ms of a core a message. Each answer is judged by the
month's own truth, so that what is saved by answering worse can be seen. Each way is told when it ends; they run in
processes of their own.
"""

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import msgspec
from yarl import URL

from bench import machine
from bench.month import Message, month
from bench.month_provider import GUESS, OUT_OF_ORDER_S, PRICES, STRONG, WEAK, Books, Provider, Turn, now_s
from hub.agents.http import Wire
from hub.agents.openai import OpenAiClient
from hub.agents.port import Timeouts
from hub.clock import new_id
from hub.config.settings import Agent, ContextSettings, Price, ReuseSettings, TieringSettings
from hub.money.amounts import format_usd
from hub.remembering import Memory
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
    books: Books = msgspec.field(default_factory=Books)
    asked: Counter[str] = msgspec.field(default_factory=Counter)
    """Messages by kind."""
    wrong: Counter[str] = msgspec.field(default_factory=Counter)
    """Of these, answered wrong."""
    guessed: int = 0
    """Wrong answers that the weak model made so, out of its own chance."""
    reused: int = 0
    """Answers that were given again."""
    misused: int = 0
    """Of these, wrong ones that were right, or would have been, for who asked before."""
    reuse_saved_nusd: int = 0
    """What the answers that were given again had cost."""
    seconds: float = 0.0

    def judge(self, asked: Message, answer: str) -> None:
        self.asked[asked.kind] += 1
        if asked.truth not in answer:
            self.wrong[asked.kind] += 1
            self.guessed += GUESS in answer


def naive(written: Sequence[Message]) -> Outcome:
    """Everything to the strong model, with the whole history."""
    begun = time.perf_counter()
    provider = Provider(written)
    histories: dict[int, list[Turn]] = defaultdict(lambda: [Turn("system", SYSTEM)])
    outcome = Outcome(NAIVE, provider.books)
    for asked in written:
        now_s.set(asked.at_s)
        history = histories[asked.conversation]
        history.append(Turn("user", asked.text))
        answer = provider.answer(STRONG, history).text
        history.append(Turn("assistant", answer))
        outcome.judge(asked, answer)
    outcome.seconds = time.perf_counter() - begun
    return outcome


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


async def trunkline(
    name: str, written: Sequence[Message], levers: Mapping[str, Any], *, by_meaning: bool = False
) -> Outcome:
    """The month through the hub's rooms on a SQLite database, with these settings of the agent."""
    begun = time.perf_counter()
    provider = Provider(written)
    outcome = Outcome(name, provider.books)
    clock = MonthClock()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.exists() else None) as folder:
        database = await SqliteDatabase.open(Path(folder) / "hub.db", clock=clock)
        await migrate(database)
        hub = _hub(database, provider, clock, agent(**levers))
        hub.turns.memory = Memory(database, hub.ask.errand, new_id, by_meaning=by_meaning)
        done = 0
        for together in _side_by_side(written):
            clock.now_s = max(clock.now_s, BEGINNING_S + written[together[0]].at_s)
            shown = await _answers(hub, {number: written[number] for number in together})
            for number in together:
                outcome.judge(written[number], shown[str(written[number].conversation)])
            if (done + len(together)) * 20 // len(written) > done * 20 // len(written):
                took_s = time.perf_counter() - begun
                print(f"{name}: {done + len(together):,} messages after {took_s:.0f} s", file=sys.stderr, flush=True)
            done += len(together)
        await hub.turns.memory.summaries.idle()
        await _same_books(hub, provider)
        await _judge_reuse(hub, written, outcome)
        await database.close()
    outcome.seconds = time.perf_counter() - begun
    return outcome


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


def _side_by_side(written: Sequence[Message]) -> Iterator[list[int]]:
    """Numbers of messages that are answered together: of each conversation the next one, in its order.

    No message overtakes another by more than OUT_OF_ORDER_S; one by one, a month would take a night.
    """
    due: dict[int, deque[int]] = {}
    first = 0
    while due or first < len(written):
        heads = (numbers[0] for numbers in due.values())
        oldest_s = written[min(heads, default=first)].at_s
        while first < len(written) and written[first].at_s <= oldest_s + OUT_OF_ORDER_S:
            due.setdefault(written[first].conversation, deque()).append(first)
            first += 1
        together = sorted(numbers[0] for numbers in due.values())[:AT_ONCE]
        for number in together:
            numbers = due[written[number].conversation]
            numbers.popleft()
            if not numbers:
                del due[written[number].conversation]
        yield together


async def _answers(hub: ScriptedHub, together: Mapping[int, Message]) -> dict[str, str]:
    """By chat, what stands there when all is answered."""
    await hub.say(*(message(each.text, number, str(each.conversation)) for number, each in together.items()))
    asked_s = {str(each.conversation): each.at_s for each in together.values()}
    while claims := await hub.inbox.claim(AT_ONCE):
        turns = []
        for claim in claims:
            now_s.set(asked_s[claim.conversation.chat])
            turns.append(hub.turns.take(claim))
        await asyncio.gather(*turns)
        await hub.turns.memory.indexing.idle()
    shown = {act.chat: hub.channel.shown[act.part] for act in hub.channel.acts if act.what == "edit" and act.final}
    hub.channel.acts.clear()
    hub.channel.shown.clear()
    return shown


async def _same_books(hub: ScriptedHub, provider: Provider) -> None:
    """The ledger has what the provider asks for, to the nano-dollar."""
    (row,) = await hub.rows("SELECT COALESCE(SUM(cost_nusd), 0) AS nusd FROM ledger")
    if row["nusd"] != provider.books.nusd:
        raise AssertionError(f"the ledger says {row['nusd']}, the provider {provider.books.nusd} nano-dollars")


async def _judge_reuse(hub: ScriptedHub, written: Sequence[Message], outcome: Outcome) -> None:
    rows = await hub.rows("SELECT m.key, r.text FROM reply r JOIN message m ON m.id = r.message WHERE r.reused <> ''")
    for row in rows:
        asked = written[int(row["key"].split("/")[3])]
        outcome.reused += 1
        outcome.misused += asked.truth not in row["text"] and GUESS not in row["text"]
    (row,) = await hub.rows("SELECT COALESCE(SUM(saved_nusd), 0) AS nusd FROM ledger WHERE kind = 'reuse'")
    outcome.reuse_saved_nusd = row["nusd"]


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
NAIVE, NONE, ALL, DEFAULTS = "naive", "no lever", "all levers", "defaults"
"""The last is all levers as they are where nothing is set: 3,000 tokens, a week, a threshold of 0.5."""


def one_way(name: str, messages: int, seed: int, by_meaning: bool) -> Outcome:
    """One way to run the month, in a process of its own. A lever's name is that lever alone."""
    written = month(messages, seed)
    if name == NAIVE:
        return naive(written)
    settings = NO_LEVERS
    for lever, changes in LEVERS.items():
        if name in (lever, ALL, DEFAULTS):
            settings = settings | changes
    if name == DEFAULTS:
        context = ContextSettings(max_output=MAX_OUTPUT)
        settings = settings | {"context": context, "reuse": ReuseSettings(), "tiering": TieringSettings()}
    return asyncio.run(trunkline(name, written, settings, by_meaning=by_meaning))


def show(outcome: Outcome, base: Outcome) -> None:
    books, messages = outcome.books, outcome.asked.total()
    wrong = outcome.wrong.total()
    print(
        f"{outcome.name:10} {format_usd(books.nusd):>10}  saved {1 - books.nusd / base.books.nusd:6.1%}  "
        f"{books.calls:8,} calls, {books.strong / messages:6.1%} strong, {books.input / messages:6,.0f} in "
        f"({books.cached / max(1, books.input):5.1%} cached), {books.output / messages:4,.0f} out  "
        f"{outcome.seconds:.0f} s"
    )
    told = outcome.asked["recalls"]
    print(
        f"{'':10} wrong {wrong / messages:.2%} {dict(outcome.wrong)}, {outcome.guessed / max(1, wrong):.1%} of these "
        f"the weak model's guesses; told and asked back {told - outcome.wrong['recalls']:,} of {told:,} right; "
        f"given again {outcome.reused:,} ({outcome.reused / messages:.1%}), wrong by that {outcome.misused}",
        flush=True,
    )
    if outcome.name in (ALL, DEFAULTS):
        saved = base.books.nusd - books.nusd
        levers = {"reuse": outcome.reuse_saved_nusd, "tiering": books.weak_saved_nusd}
        levers["context"] = saved - sum(levers.values())
        parts = ", ".join(f"{name} {nusd / base.books.nusd:.2%}" for name, nusd in levers.items())
        print(f"{'':10} of the naive bill saved by {parts}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="each lever alone, too, and all as they are by default")
    parser.add_argument("--meaning", action="store_true", help="recall by meaning, too, as with the extra")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    given = parser.parse_args()
    print(machine.measure())
    print(f"seed {given.seed}, at least {given.messages:,} messages", flush=True)
    print("the levers: a context of 1,000 tokens, answers kept for 30 days, hard from 0.7 on")
    names = [NAIVE, NONE, ALL, *([*LEVERS, DEFAULTS] if given.alone else ())]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(given.processes, mp_context=spawn) as pool:
        ways = [pool.submit(one_way, name, given.messages, given.seed, given.meaning) for name in names]
        ended: list[Outcome] = []
        base: Outcome | None = None
        for way in as_completed(ways):
            ended.append(way.result())
            base = base or next((each for each in ended if each.name == NAIVE), None)
            while base and ended:
                show(ended.pop(0), base)


if __name__ == "__main__":
    main()
