"""A conversation of hundreds of turns with the practice model, as it is shipped: `python -m bench.long_talk`.

It goes through the hub's own pipeline: composing, recall, summaries, pinned facts, holds and ledger. Facts are told
early and asked for late; the figures say whether each was in the prompt then, by which way, and in the answer.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import msgspec

from hub.agents.local import LocalClient, local_available
from hub.agents.port import Done, Request, Text, Timeouts
from hub.clock import SystemClock
from hub.config.settings import PRACTICE, ContextSettings, Deployment
from hub.context.background import PINNED, SHORTENED
from hub.context.recalled import INTRODUCTION
from hub.context.tokens import PER_MESSAGE, PER_PROMPT, count
from hub.store.open import open_database
from tests.pipeline.channel import ScriptedChannel, message
from tests.pipeline.hub import NEAR, ScriptedHub, agent

SYSTEM = "You are a friendly assistant. Answer in one short sentence."
PATIENT = Timeouts(first_token=900.0, between_tokens=900.0, whole=1_800.0)
"""A machine that others use too must not end the conversation."""
ASKED_FROM = 0.7
"""Of the conversation: facts are asked for after this share of it."""


class Fact(msgspec.Struct, frozen=True):
    """Something told once."""

    told: str
    asked: str
    answer: str
    """What an answer that knows it has in it, in lower case."""


FACTS = (
    Fact("By the way, my boat is called Heron Volta.", "What is my boat called?", "heron"),
    Fact("I paid 850 euros for the new sail.", "How much did I pay for the new sail?", "850"),
    Fact("My train to Lisbon leaves on 14 March.", "On which day does my train to Lisbon leave?", "14"),
    Fact("The code of the garden gate is 4471.", "What is the code of the garden gate?", "4471"),
    Fact("I am allergic to walnuts, so never suggest them.", "What am I allergic to?", "walnut"),
    Fact("My workshop is in the Harbour Street.", "In which street is my workshop?", "harbour"),
    Fact("The meeting about the roof is at 16:30 on Friday.", "When is the meeting about the roof?", "16:30"),
    Fact("I keep seven hens, all of them brown.", "How many hens do I keep?", "seven"),
    Fact("My favourite tea is rooibos with honey.", "Which tea is my favourite?", "rooibos"),
    Fact("The blue paint in the cellar is from Tromso.", "Where is the blue paint in the cellar from?", "tromso"),
    Fact("The spare key hangs behind the barometer.", "Where does the spare key hang?", "barometer"),
    Fact("My bicycle has the frame number KX-9027.", "What is the frame number of my bicycle?", "9027"),
)
PINS = (
    Fact("I live in Valparaiso", "In which city do I live?", "valparaiso"),
    Fact("I speak Welsh at home", "Which language do I speak at home?", "welsh"),
)
_THINGS = (
    *("soup", "bread", "clouds", "bridges", "violins", "tomatoes", "lighthouses", "maps", "winter coats", "kites"),
    *("mushrooms", "old clocks", "rivers", "candles", "chess", "pancakes", "gardens", "trains", "whales", "paper"),
)
_SMALL_TALK = (
    "What do you think about {}?",
    "Tell me one thing about {}, please.",
    "Yesterday I talked about {} with a neighbour, and we could not agree on anything.",
    "Why do so many people like {}?",
    "I read a long article on {} this morning, and most of it was rather dull.",
    "Is there anything that {} and the sea have in common?",
    "How would you explain {} to a child?",
    "I wonder whether {} will be the same in a hundred years.",
)


class Turn(msgspec.Struct, frozen=True):
    """What is said, and the fact that it tells or asks for."""

    text: str
    fact: Fact | None = None
    asks: bool = False


def script(turns: int) -> Iterator[Turn]:
    """Facts in the first quarter, questions about them from ASKED_FROM on, and small talk all the time."""
    told = {2 + at * max(1, turns // 4 // len(FACTS)): fact for at, fact in enumerate(FACTS)}
    asked_from = int(turns * ASKED_FROM)
    every = max(1, (turns - asked_from) // (len(FACTS) + len(PINS)))
    asked = {asked_from + at * every: fact for at, fact in enumerate((*FACTS, *PINS))}
    for number in range(turns):
        if fact := told.get(number):
            yield Turn(fact.told, fact)
        elif fact := asked.get(number):
            yield Turn(fact.asked, fact, asks=True)
        else:
            kind = _SMALL_TALK[number % len(_SMALL_TALK)]
            yield Turn(kind.format(_THINGS[number // len(_SMALL_TALK) * 3 % len(_THINGS) - number % 3]))


class Exchange(msgspec.Struct, frozen=True):
    """One turn of the conversation, as it went."""

    turn: Turn
    answer: str
    took_s: float
    prompt_tokens: int
    """By the hub's own count, which the budget is in."""
    places: tuple[str, ...]
    """Where in the prompt the fact stood that is asked for: pinned, summary, recalled, window."""
    recalled: int
    """Lines of older turns beside the message."""
    continues: bool
    """It began with all of the prompt before, its newest message aside."""


class Listening:
    """The practice model, and what it is sent."""

    def __init__(self, client: LocalClient) -> None:
        self._client = client
        self.requests: list[Request] = []
        self.input = self.cached = 0

    async def stream(self, request: Request) -> AsyncIterator[Text | Done]:
        self.requests.append(request)
        async for piece in self._client.stream(request):
            if isinstance(piece, Done) and piece.usage:
                self.input += piece.usage.input
                self.cached += piece.usage.cached_input
            yield piece

    async def probe(self) -> str:
        return await self._client.probe()

    async def close(self) -> None:
        await self._client.close()


def prompt_tokens(request: Request) -> int:
    texts = [request.system, *(turn.text for turn in request.turns)]
    return PER_PROMPT + sum(PER_MESSAGE + count(text) for text in texts)


def places(request: Request, fact: Fact) -> tuple[str, ...]:
    """Where the answer to the question stands in the prompt."""
    first, newest = request.turns[0].text, request.turns[-1].text
    parts = {
        "pinned": _block(first, PINNED),
        "summary": _block(first, SHORTENED),
        "recalled": _block(newest, INTRODUCTION),
        "window": "\n".join(_without_blocks(turn.text) for turn in request.turns[:-1]),
    }
    return tuple(name for name, text in parts.items() if fact.answer in text.casefold())


def _block(text: str, head: str) -> str:
    """The marked lines after a heading."""
    lines = text.partition(head)[2].split("\n")[1:] if head in text else []
    end = next((at for at, line in enumerate(lines) if not line.startswith("> ")), len(lines))
    return "\n".join(lines[:end])


def _without_blocks(text: str) -> str:
    for head in (PINNED, SHORTENED):
        if head in text:
            text = text.replace(f"{head}\n{_block(text, head)}", "")
    return text


def continued(before: Request, now: Request) -> bool:
    said = [turn.text for turn in before.turns[:-1]]
    return [turn.text for turn in now.turns][: len(said)] == said


async def talk(folder: Path, given: argparse.Namespace) -> tuple[list[Exchange], Listening, list[dict[str, object]]]:
    """The conversation, the model as it was asked, and the ledger's sums by kind."""
    client = Listening(LocalClient(PATIENT))
    served = agent(
        prompt=SYSTEM,
        context=ContextSettings(
            tokens=given.tokens,
            max_output=given.answer,
            exchanges=given.exchanges,
            recall=given.recall,
            recall_turns=given.recall_turns,
            recall_what=given.recall_what,
            summary=given.summary,
        ),
        tiers={},
        deployments=(Deployment(NEAR, "support", "west", "local", max_concurrency=2),),
    )
    database = await open_database("sqlite:hub.db", clock=SystemClock(), base=folder, serve=True, wait_s=0)
    hub = ScriptedHub(
        database,
        served=served,
        channel=ScriptedChannel(edit_every_s=0.2),
        clients={NEAR: client},  # type: ignore[dict-item]  # a real client, not a scripted one
        clock=SystemClock(),
    )
    exchanges: list[Exchange] = []
    before: Request | None = None
    try:
        for number, fact in enumerate(PINS):
            await hub.answered(message(f"/pin {fact.told}", -2 + number))
        for number, turn in enumerate(script(given.turns)):
            began, calls = time.perf_counter(), len(client.requests)
            answer = (await hub.answered(message(turn.text, number)))[-1]
            took_s = time.perf_counter() - began
            request = client.requests[calls]
            exchanges.append(_exchange(turn, answer, took_s, request, before))
            before = request
            if number % 25 == 24:
                print(f"{number + 1} turns after {sum(each.took_s for each in exchanges):.0f} s", file=sys.stderr)
            await hub.turns.memory.summaries.idle()
        rows = await hub.rows(
            "SELECT kind, outcome, COUNT(*) AS calls, SUM(input_tokens) AS input, SUM(output_tokens) AS output "
            "FROM ledger GROUP BY kind, outcome ORDER BY kind, outcome"
        )
        made = await hub.rows("SELECT text, made_by, upto_position FROM summary")
        return exchanges, client, [dict(row) for row in (*rows, *made)]
    finally:
        await hub.turns.memory.close()
        await hub.till.close()
        await database.close()


def _exchange(turn: Turn, answer: str, took_s: float, request: Request, before: Request | None) -> Exchange:
    return Exchange(
        turn=turn,
        answer=answer,
        took_s=took_s,
        prompt_tokens=prompt_tokens(request),
        places=places(request, turn.fact) if turn.fact and turn.asks else (),
        recalled=sum(
            line.startswith(("> Q: ", "> A: ")) for line in _block(request.turns[-1].text, INTRODUCTION).split("\n")
        ),
        continues=before is not None and continued(before, request),
    )


def show(
    exchanges: list[Exchange], client: Listening, rows: list[dict[str, object]], given: argparse.Namespace
) -> None:
    """The figures."""
    sizes = sorted(each.prompt_tokens for each in exchanges)
    times = sorted(each.took_s for each in exchanges)
    steps = sum(not each.continues for each in exchanges[1:])
    asked = [each for each in exchanges if each.turn.asks]
    print(f"{len(exchanges)} turns, {given.tokens:,} tokens of context, answers of {given.answer} at the most")
    print(f"prompt tokens    p50 {sizes[len(sizes) // 2]:,}  p99 {sizes[len(sizes) * 99 // 100]:,}  max {sizes[-1]:,}")
    print(f"seconds a turn   p50 {median(times):.2f}  max {times[-1]:.2f}  together {sum(times):.0f}")
    print(f"beginnings       {steps} of {len(exchanges) - 1} prompts did not begin with the one before")
    print(f"model's cache    {100 * client.cached / max(1, client.input):.0f} % of {client.input:,} tokens read")
    print(f"answers          {len({each.answer for each in exchanges})} different ones")
    print(
        f"recalled lines   {median(each.recalled for each in exchanges[len(exchanges) // 2 :]):.0f} in the later half"
    )
    for row in rows:
        print("  ", ", ".join(f"{name} {value}" for name, value in row.items() if name != "text"))
    in_prompt = [each for each in asked if each.places]
    in_answer = [each for each in asked if each.turn.fact and each.turn.fact.answer in each.answer.casefold()]
    print(f"facts asked late {len(asked)}: {len(in_prompt)} in the prompt, {len(in_answer)} in the answer")
    for each in asked:
        print(f"   {each.turn.text} [{', '.join(each.places) or 'nowhere'}] {each.answer!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--tokens", type=int, default=PRACTICE.tokens, help="of the context")
    parser.add_argument("--answer", type=int, default=PRACTICE.max_output, help="tokens of an answer at the most")
    parser.add_argument("--exchanges", type=int, default=PRACTICE.exchanges, help="recent ones at the most")
    parser.add_argument("--recall", type=float, default=PRACTICE.recall, help="share of the room for older turns")
    parser.add_argument("--recall-turns", type=int, default=PRACTICE.recall_turns, help="older turns at the most")
    parser.add_argument("--recall-what", default=PRACTICE.recall_what, choices=["all", "told"], help="of older turns")
    parser.add_argument("--summary", default=PRACTICE.summary, choices=["simple", "extract", ""], help="who shortens")
    parser.add_argument("--transcript", type=Path, help="a file for all that was said")
    given = parser.parse_args()
    if reason := local_available():
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory() as folder:
        exchanges, client, rows = asyncio.run(talk(Path(folder), given))
    show(exchanges, client, rows, given)
    if given.transcript:
        lines = [f"{at}. {each.turn.text}\n   {each.answer}" for at, each in enumerate(exchanges, 1)]
        notes = [str(row["text"]) for row in rows if "text" in row]
        given.transcript.write_text("\n".join([*lines, "", "Notes at the end:", *notes, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
