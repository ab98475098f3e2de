"""How much of what a question needs is in the prompt, and what finding it costs: `python -m bench.recall FILE`.

FILE has long conversations with questions and the turns that hold their answers, as `bench.history` reads them. Each
goes into a store as a chat with one agent, and every question through the hub's own `Recall.find` and `compose`. Four
characters count as one token here, so that figures compare with those of other ways; what it costs is measured with the
hub's own count of tokens. No model is asked.
"""

import argparse
import asyncio
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import mean

import msgspec

from bench import machine
from bench.given import one_sentence
from bench.history import Chat, Conversation, Meant, Question, Turn, add_meaning, filler, load, store
from hub.config.settings import ContextSettings
from hub.context.background import CONTINUED
from hub.context.compose import Count, compose, minimum_tokens
from hub.context.meaning import installed
from hub.context.tokens import count
from hub.recall import Recall, past_turns
from hub.standing import share_the_interpreter, spare_the_collector

BUDGETS = (1_000, 2_000, 4_000, 8_000)
_SHORT = 1_000
"""Turns of the short history."""


def quarter(text: str) -> int:
    """Tokens, where four characters are one."""
    return -(-len(text) // 4)


class Found(msgspec.Struct, frozen=True):
    """What one question came to."""

    share: float
    """Of its evidence that was in the prompt."""
    kind: int
    milliseconds: float
    cpu_milliseconds: float
    """Of the whole process: the event loop, the store's readers, and the embedding of the question."""
    loop_milliseconds: float
    """Of that, in the event loop's thread, where nothing else goes on meanwhile."""


_COSTS: dict[str, Callable[[Found], float]] = {
    "wall": lambda each: each.milliseconds,
    "CPU": lambda each: each.cpu_milliseconds,
    "CPU of the event loop": lambda each: each.loop_milliseconds,
}


async def ask(chat: Chat, question: Question, tokens: int, share: float, count: Count = quarter) -> Found:
    """Recall for one question, and compose; `tokens` are for all that comes before the question."""
    budget = minimum_tokens("", count) - 256 + tokens + count(question.question) + 8
    agent = chat.agent(budget, share)
    claim = chat.asking(question.question)
    begun, cpu, loop = time.perf_counter(), time.process_time(), time.thread_time()
    recalled = await chat.recall.find(claim, agent, agent.name, question.question)
    prompt = compose(
        agent.prompt,
        past_turns(claim, agent.name),
        question.question,
        "",
        budget_tokens=budget,
        max_output=agent.context.max_output,
        count=count,
        recalled=recalled.turns if recalled else None,
        recall_share=share,
    )
    took, cpu, loop = time.perf_counter() - begun, time.process_time() - cpu, time.thread_time() - loop
    shown = "\n".join(text for _, text in prompt.turns)
    evidence = [chat.texts[each] for each in question.evidence if each in chat.texts]
    return Found(
        mean(in_prompt(text, shown) for text in evidence), question.category, took * 1000, cpu * 1000, loop * 1000
    )


def in_prompt(text: str, shown: str) -> bool:
    """Whether the whole turn is there, with or without the marks of data."""
    return text in shown or f"\n{CONTINUED}".join(text.splitlines()) in shown


class Row(msgspec.Struct, frozen=True):
    """One way of using a context."""

    name: str
    share: float


WAYS = (
    Row("all of it for recall", 1.0),
    Row("as shipped: recall and recent turns", ContextSettings().recall),
    Row("recent turns alone", 0.0),
)


async def accuracy(folder: Path, conversations: Sequence[Conversation], *, by_meaning: bool) -> None:
    """Print evidence recall by way and budget, and by kind of question at 2,000 tokens."""
    found: dict[tuple[str, int], list[Found]] = {}
    for conversation in conversations:
        async with stored(folder, conversation.turns, by_meaning=by_meaning) as chat:
            for way in WAYS:
                for tokens in BUDGETS:
                    answers = [await ask(chat, each, tokens, way.share) for each in conversation.questions]
                    found.setdefault((way.name, tokens), []).extend(answers)
    questions = sum(len(each.questions) for each in conversations)
    print("by words and meaning (the extra `embeddings`):" if by_meaning else "by words:")
    print(f"evidence in the prompt, % of a question's turns (of questions: all of them), {questions} questions")
    print(f"{'context in tokens':<38}" + "".join(f"{tokens:>16,}" for tokens in BUDGETS))
    for way in WAYS:
        print(f"{way.name:<38}" + "".join(f"{_percent(found[way.name, tokens]):>16}" for tokens in BUDGETS))
    kinds = sorted({each.kind for each in found[WAYS[0].name, 2_000]})
    by_kind = {kind: [each for each in found[WAYS[0].name, 2_000] if each.kind == kind] for kind in kinds}
    print("recall at 2,000 by kind of question: " + ", ".join(f"{k}: {_percent(f)}" for k, f in by_kind.items()))


async def scale(folder: Path, conversations: Sequence[Conversation], turns: int) -> None:
    """Print what recall costs and finds in a short history and in a long one, about the same oldest turns."""
    oldest, others, questions = _most_asked_about(conversations, _SHORT // 10)
    if not questions:
        print(
            f"\nNo question is about the first {_SHORT // 10} turns of a conversation: a long history is not measured."
        )
        return
    print(f"\n{len(questions)} questions about the {len(oldest)} oldest turns, context of 3,000 tokens as shipped")
    # Embedding 100,000 turns takes half an hour; what is other talk each time means the same to the store.
    meant = await asyncio.to_thread(Meant.of, [*oldest, *others], len(oldest)) if installed() else None
    for size in (_SHORT, turns):
        begun = time.perf_counter()
        later = filler(others, size - len(oldest), random.Random(1))
        database, chat = await store(folder, [*oldest, *later])
        if meant:
            await add_meaning(database, size, meant)
        print(f"{size:>9,} turns, stored and indexed in {time.perf_counter() - begun:.0f} s")
        for by_meaning in (False, True) if meant else (False,):
            name = "with meaning" if by_meaning else "by words"
            await _costs(chat.with_recall(Recall(database, by_meaning=by_meaning)), questions, name)
        await database.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"process at most {memory:,.0f} MB")


async def _costs(chat: Chat, questions: Sequence[Question], name: str) -> None:
    """Print what finding and composing takes, by all samples and by the quietest of each question."""
    share = ContextSettings().recall
    spare_the_collector()  # as the hub does
    for question in questions:  # in a chat that goes on, the store's cache is warm
        await ask(chat, question, 3_000, share, count)
    rounds = range(1 + -(-500 // len(questions)))
    asked = [[await ask(chat, question, 3_000, share, count) for question in questions] for _ in rounds]
    found = [each for answers in asked for each in answers]
    quietest = list(zip(*asked, strict=True))
    print(
        f"{name:>12}: evidence {_percent(found)} %; p50 and p99 of {len(found)}, and of each question's quietest, ms:"
    )
    for what, cost in _COSTS.items():
        lowest = [min(map(cost, each)) for each in quietest]
        print(f"{what:>36} {_middle_and_late(map(cost, found))}, {_middle_and_late(lowest)}")


def _middle_and_late(took: Iterable[float]) -> str:
    ordered = sorted(took)
    return f"{ordered[len(ordered) // 2]:5.1f} {ordered[-1 - len(ordered) // 100]:5.1f}"


def _most_asked_about(
    conversations: Sequence[Conversation], turns: int
) -> tuple[list[Turn], list[Turn], list[Question]]:
    """The beginning of a conversation that answers the most questions, the turns of the others, and these questions."""
    choices = []
    for each in conversations:
        beginning = each.turns[:turns]
        known = {turn.id for turn in beginning}
        others = [turn for other in conversations if other is not each for turn in other.turns]
        others = others or each.turns[turns:] or each.turns
        asked = [question for question in each.questions if known.issuperset(question.evidence)]
        choices.append((beginning, others, asked))
    return max(choices, key=lambda choice: len(choice[2]))


@asynccontextmanager
async def stored(folder: Path, turns: Sequence[Turn], *, by_meaning: bool = False) -> AsyncIterator[Chat]:
    """The turns as a chat."""
    database, chat = await store(folder, turns, by_meaning=by_meaning)
    try:
        yield chat
    finally:
        await database.close()


def _percent(found: Sequence[Found]) -> str:
    return f"{100 * mean(each.share for each in found):.1f} ({100 * mean(each.share == 1 for each in found):.1f})"


async def run(file: Path, turns: int) -> None:
    """Print both tables."""
    with one_sentence():
        conversations = load(file)
    with tempfile.TemporaryDirectory() as name:
        for by_meaning in (False, True) if installed() else (False,):
            begun = time.perf_counter()
            await accuracy(Path(name), conversations, by_meaning=by_meaning)
            print(f"took {time.perf_counter() - begun:.1f} s\n")
        if turns:
            await scale(Path(name), conversations, turns)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.recall", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--turns", type=int, default=100_000, help="of the long history (default 100,000; 0: skip it)")
    options = parser.parse_args()
    print(machine.measure())
    share_the_interpreter()
    asyncio.run(run(options.file, options.turns))


if __name__ == "__main__":
    main()
