"""What must be true after any number of kills, held against the platforms' books and the provider's."""

from collections import Counter, defaultdict
from typing import Any

import asyncpg
import msgspec

from tests.fleet.town import Town
from tests.wire.fakes.books import KEY, Books
from tests.wire.fakes.model import Call

PLACEHOLDERS = {"…"}


class Figures(msgspec.Struct, frozen=True):
    """What a run came to."""

    violations: list[str]
    said: int
    answered: int
    refused: int
    """By the budget of the bot that has little."""
    calls: int
    rows: dict[str, int]
    """Of the ledger, by mark."""
    billed_tokens: int
    charged_tokens: int
    """In the ledger, of rows that the provider told of and of others."""
    presumed_tokens: int
    """Of them, in rows of calls whose process died."""
    orphans: int
    poor_permille: int
    """Of the little budget that was spent."""


async def judge(town: Town, url: str, overruns: list[str]) -> Figures:
    """Everything that is wrong, and the figures."""
    connection = await asyncpg.connect(url)
    try:
        messages = await connection.fetch(
            "SELECT m.id, m.payload, m.conversation, m.state, m.outcome, r.text, r.state AS reply_state, r.parts,"
            " r.agent FROM message m LEFT JOIN reply r ON r.message = m.id ORDER BY m.conversation, m.position"
        )
        ledger = await connection.fetch(
            "SELECT message, mark, outcome, input_tokens, output_tokens, cost_nusd FROM ledger"
        )
        budgets = await connection.fetch("SELECT id, spent_amount, held_amount, limit_amount, name FROM budget")
        spent = dict(await connection.fetch("SELECT agent, SUM(cost_nusd) FROM ledger GROUP BY agent"))
        holds = await connection.fetchval("SELECT COUNT(*) FROM hold WHERE state = 'held'")
        unended = await connection.fetchval("SELECT COUNT(*) FROM conversation WHERE waiting > 0 OR holder IS NOT NULL")
        listed = Counter(row[0] for row in await connection.fetch("SELECT conversation FROM orphan"))
    finally:
        await connection.close()
    marks = {row["id"]: KEY.findall(msgspec.json.decode(row["payload"])["text"])[0] for row in messages}
    faults = [
        *overruns[:3],
        *_lost(town, messages, marks),
        *_doubled(town),
        *_shown(town, messages, marks),
        *_books_of_the_provider(town.model.calls, ledger, marks),
    ]
    if holds or unended:
        faults.append(f"{holds} holds are open, {unended} conversations are not at rest")
    poor = 0
    for row in budgets:
        if (
            row["held_amount"]
            or row["spent_amount"] != spent.get(row["name"], 0)
            or row["spent_amount"] > row["limit_amount"]
        ):
            faults.append(f"budget {row['id']}: {dict(row)}, the ledger says {spent.get(row['name'])}")
        if row["name"] == "poor":
            poor = row["spent_amount"] * 1000 // row["limit_amount"]
    billed = [call for call in town.model.calls if call.prompt_tokens]
    orphans = _orphans(town, messages, listed, faults)
    return Figures(
        violations=faults,
        said=town.said,
        answered=sum(" end #" in (row["text"] or "") for row in messages),
        refused=sum(row["outcome"] == "answered" and " end #" not in (row["text"] or "") for row in messages),
        calls=len(billed),
        rows=dict(Counter(row["mark"] or "told" for row in ledger)),
        billed_tokens=sum(call.prompt_tokens + call.completion_tokens for call in billed),
        charged_tokens=sum(row["input_tokens"] + row["output_tokens"] for row in ledger),
        presumed_tokens=sum(row["input_tokens"] + row["output_tokens"] for row in ledger if row["mark"] == "presumed"),
        orphans=orphans,
        poor_permille=poor,
    )


def _lost(town: Town, messages: list[Any], marks: dict[str, str]) -> list[str]:
    stored = Counter(marks.values())
    said = Counter(KEY.findall(each.text)[0] for books in town.books.values() for each in books.said)
    wrong = [f"{mark} was said {said[mark]} times and stored {stored[mark]} times" for mark in sorted(said | stored)
             if said[mark] != stored[mark]]  # fmt: skip
    wrong += [
        f"{marks[row['id']]} is {row['outcome'] or row['state']}, its reply {row['reply_state'] or 'missing'}"
        for row in messages
        if (row["outcome"], row["reply_state"]) != ("answered", "delivered")
    ]
    if town.said != town.crowd.total:
        wrong.append(f"{town.crowd.total - town.said} messages were never said: people still wait for an answer")
    return wrong


def _doubled(town: Town) -> list[str]:
    wrong = []
    for name, books in town.books.items():
        verdict = books.verdict()
        wrong += [f"the answer to {mark} stood in two messages on {name}" for mark in verdict.answered_twice]
        wrong += [f"the answers in chat {chat} stand in another order on {name}" for chat in verdict.out_of_order]
    return wrong


def books_of(town: Town, conversation: str) -> tuple[Books, int]:
    """The books of its platform, and its chat's number there."""
    channel, account, *rest = conversation.split("/")
    name = "poor" if (channel, account) == ("telegram", "poor") else channel
    chat = rest[-1]
    return town.books[name], int(chat.lstrip("DC")) if name == "slack" else int(chat)


def _part(town: Town, conversation: str, part: str) -> int:
    return int(part.replace(".", ""))


def _shown(town: Town, messages: list[Any], marks: dict[str, str]) -> list[str]:
    """The chat must show the stored text, whole, in one message."""
    wrong = []
    for row in messages:
        books, chat = books_of(town, row["conversation"])
        parts = [_part(town, row["conversation"], part) for part in msgspec.json.decode(row["parts"] or "[]")]
        shown = [books.shown.get((chat, part)) for part in parts]
        texts = [each.texts[-1] for each in shown if each and each.deleted_s is None]
        text = row["text"] or ""
        if len(texts) != 1 or _plain(texts[0]) != _plain(text):
            wrong.append(f"{marks[row['id']]} shows {texts}, not {text!r}")
        elif not text.endswith(f" end {marks[row['id']]}") and not (row["agent"] == "poor" and "budget" in text):
            wrong.append(f"{marks[row['id']]} was answered with {text!r}")
    return wrong


def _plain(text: str) -> str:
    return text.replace("\\", "").replace("&amp;", "&").strip()


def _books_of_the_provider(calls: list[Call], ledger: list[Any], marks: dict[str, str]) -> list[str]:
    """Every call has its row; what was told is there to the token, what was not is never too little."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in ledger:
        rows[marks[row["message"]]].append(row)
    made: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.prompt_tokens:
            made[call.mark].append(call)
    wrong = []
    for mark in made.keys() | rows.keys():
        if len(made[mark]) > len(rows[mark]):
            wrong.append(f"{mark}: {len(made[mark])} calls, {len(rows[mark])} ledger rows")
        billed = sum(each.prompt_tokens + each.completion_tokens for each in made[mark])
        if billed > sum(row["input_tokens"] + row["output_tokens"] for row in rows[mark]):
            wrong.append(f"{mark}: the provider bills more tokens than the ledger has")
        told = Counter((row["input_tokens"], row["output_tokens"]) for row in rows[mark] if not row["mark"])
        if told - Counter((each.prompt_tokens, each.completion_tokens) for each in made[mark]):
            wrong.append(f"{mark}: a ledger row says what no call came to")
    return wrong


def _orphans(town: Town, messages: list[Any], listed: Counter[str], faults: list[str]) -> int:
    owned: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for row in messages:
        books, chat = books_of(town, row["conversation"])
        for part in msgspec.json.decode(row["parts"] or "[]"):
            owned[str(id(books))].add((chat, _part(town, row["conversation"], part)))
    by_chat: Counter[tuple[str, int]] = Counter()
    for conversation, count in listed.items():
        books, chat = books_of(town, conversation)
        by_chat[str(id(books)), chat] += count
    found = 0
    for name, books in town.books.items():
        for key, shown in books.shown.items():
            if key in owned[str(id(books))] or shown.deleted_s is not None:
                continue
            found += 1
            if not set(shown.texts) <= PLACEHOLDERS | {""}:
                faults.append(f"a message in chat {key[0]} on {name} belongs to no reply and says {shown.texts[-1]!r}")
            by_chat[str(id(books)), key[0]] -= 1
    faults += [f"{-count} orphans in chat {chat} are not listed" for (_, chat), count in by_chat.items() if count < 0]
    return found
