"""What must be true after any number of kills, held against the books of the platform and of the model's provider."""

import sqlite3
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from hub import phrases
from hub.agents.port import Kind
from tests.crash.scenario import Scenario
from tests.crash.watched import open_read_only
from tests.wire.fakes.books import KEY, Books
from tests.wire.fakes.model import Call

PLACEHOLDER = "…"
APOLOGIES = {phrases.failed(kind) for kind in Kind}
"""What a person may be told instead of an answer, where the model failed again and again."""


class Answered(msgspec.Struct, frozen=True):
    """A message of the database with its reply."""

    id: str
    mark: str
    chat: int
    position: int
    outcome: str
    text: str
    state: str
    parts: tuple[int, ...]


class Figures(msgspec.Struct, frozen=True):
    """What a run came to."""

    violations: list[str]
    apologies: int
    orphans: int
    """Placeholders that nobody will ever edit."""
    orphans_of_kills: int
    """Those of them whose sending was answered: no lost connection, but a kill has orphaned them."""
    listed: int
    """Rows of table orphan."""
    calls: int
    """That reached the model."""
    rows: dict[str, int]
    """Of the ledger, by mark."""


def judge(run: Scenario, database: Path, books: Books, calls: list[Call]) -> Figures:
    """Everything that is wrong, and the figures."""
    connection = open_read_only(database)
    try:
        answered = _answered(connection)
        real, of_kills, listed, orphan_faults = _orphans(connection, answered, books)
        faults = [
            *_lost(run, answered, books),
            *_wrongly_answered(run, answered, books),
            *_out_of_order(answered),
            *orphan_faults,
            *_calls_without_rows(connection, answered, calls),
            *_sums(connection),
        ]
        rows = dict(connection.execute("SELECT mark, COUNT(*) FROM ledger GROUP BY mark").fetchall())
    finally:
        connection.close()
    if of_kills > run.unconfirmed * len(run.kills):
        faults.append(f"{of_kills} placeholders were orphaned by {len(run.kills)} kills")
    by_kills = _listed_after_a_death(database)
    if by_kills > run.unconfirmed * len(run.kills):
        faults.append(f"{by_kills} placeholders are listed for {len(run.kills)} kills")
    if run.graceful and (real or listed or rows.get("presumed")):
        faults.append(f"a drained hub left {real} orphans, {listed} listed, {rows.get('presumed', 0)} presumed rows")
    apologies = sum(each.text in APOLOGIES for each in answered)
    return Figures(faults, apologies, real, of_kills, listed, sum(c.prompt_tokens > 0 for c in calls), rows)


def _answered(connection: sqlite3.Connection) -> list[Answered]:
    rows = connection.execute(
        "SELECT m.id, m.payload, m.conversation, m.position, m.state, m.outcome, r.text, r.state AS reply_state,"
        " r.parts FROM message m LEFT JOIN reply r ON r.message = m.id ORDER BY m.conversation, m.position"
    )
    return [
        Answered(
            id=row["id"],
            mark=KEY.findall(msgspec.json.decode(row["payload"])["text"])[0],
            chat=int(row["conversation"].rpartition("/")[2]),
            position=row["position"],
            outcome=row["outcome"] if row["state"] == "done" else row["state"],
            text=row["text"] or "",
            state=row["reply_state"] or "",
            parts=tuple(int(part) for part in msgspec.json.decode(row["parts"] or "[]")),
        )
        for row in rows
    ]


def _lost(run: Scenario, answered: list[Answered], books: Books) -> list[str]:
    said = Counter(KEY.findall(each.text)[0] for each in books.said)
    stored = Counter(each.mark for each in answered)
    wrong = [f"{mark} was said {said[mark]} times and stored {stored[mark]} times" for mark in said | stored
             if said[mark] != stored[mark]]  # fmt: skip
    if len(books.said) != run.people * run.messages:
        wrong.append(f"only {len(books.said)} messages were said: people still wait for an answer")
    return wrong + [
        f"{each.mark} is {each.outcome or 'unfinished'}, its reply {each.state or 'missing'}"
        for each in answered
        if (each.outcome, each.state) != ("answered", "delivered")
    ]


def _wrongly_answered(run: Scenario, answered: list[Answered], books: Books) -> list[str]:
    """The chat must show the stored text, whole, in one message, and nothing else that is no placeholder."""
    wrong = [f"the answer to {mark} stood in two messages" for mark in books.verdict().answered_twice]
    model_fails = bool(run.model_faults.chances)
    for each in answered:
        shown = [books.shown.get((each.chat, part)) for part in each.parts]
        if [message.texts[-1] for message in shown if message] != [each.text]:
            wrong.append(f"{each.mark} shows {[m and m.texts[-1] for m in shown]}, not {each.text!r}")
        elif not each.text.endswith(f" end {each.mark}") and not (model_fails and each.text in APOLOGIES):
            wrong.append(f"{each.mark} was answered with {each.text!r}")
        elif each.text in APOLOGIES and each.mark in books.verdict().answered_twice:
            wrong.append(f"{each.mark} was answered and apologized for")
    owned = {(each.chat, part) for each in answered for part in each.parts}
    return wrong + [
        f"message {key} belongs to no reply and says {message.texts[-1]!r}"
        for key, message in books.shown.items()
        if key not in owned and message.texts != [PLACEHOLDER]
    ]


def _out_of_order(answered: list[Answered]) -> list[str]:
    by_chat = defaultdict(list)
    for each in answered:
        by_chat[each.chat].extend(each.parts)
    return [f"the answers in chat {chat} stand in another order" for chat, ids in by_chat.items() if ids != sorted(ids)]


def _orphans(connection: sqlite3.Connection, answered: list[Answered], books: Books) -> tuple[int, int, int, list[str]]:
    owned = {(each.chat, part) for each in answered for part in each.parts}
    real = [each for key, each in books.shown.items() if key not in owned and each.deleted_s is None]
    listed = Counter(
        int(row["conversation"].rpartition("/")[2]) for row in connection.execute("SELECT conversation FROM orphan")
    )
    unlisted = Counter(each.chat for each in real) - listed
    wrong = [f"{count} orphans in chat {chat} are not listed" for chat, count in unlisted.items()]
    return len(real), sum(each.told for each in real), listed.total(), wrong


def _listed_after_a_death(database: Path) -> int:
    connection = open_read_only(database)
    try:
        (count,) = connection.execute("SELECT COUNT(*) FROM orphan WHERE reason LIKE 'its process ended%'").fetchone()
    finally:
        connection.close()
    return int(count)


def _calls_without_rows(connection: sqlite3.Connection, answered: list[Answered], calls: list[Call]) -> list[str]:
    """Calls and ledger rows are matched by their message: by number, and by tokens, which may not be too few."""
    marks = {each.id: each.mark for each in answered}
    rows: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute("SELECT message, mark, input_tokens, output_tokens FROM ledger"):
        rows[marks[row["message"]]].append(row)
    made: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.prompt_tokens:  # others were refused before anything billable happened
            made[call.mark].append(call)
    wrong = []
    for mark in made.keys() | rows.keys():
        if len(made[mark]) > len(rows[mark]):
            wrong.append(f"{mark}: {len(made[mark])} calls, {len(rows[mark])} ledger rows")
        if sum(c.prompt_tokens + c.completion_tokens for c in made[mark]) > _tokens(rows[mark]):
            wrong.append(f"{mark}: the provider bills more tokens than the ledger has")
        told = Counter((r["input_tokens"], r["output_tokens"]) for r in rows[mark] if r["mark"] == "")
        if told - Counter((c.prompt_tokens, c.completion_tokens) for c in made[mark]):
            wrong.append(f"{mark}: a ledger row says what no call came to")
    return wrong


def _tokens(rows: list[sqlite3.Row]) -> int:
    return sum(row["input_tokens"] + row["output_tokens"] for row in rows)


def _sums(connection: sqlite3.Connection) -> list[str]:
    wrong = []
    (open_holds,) = connection.execute("SELECT COUNT(*) FROM hold WHERE state = 'held'").fetchone()
    if open_holds:
        wrong.append(f"{open_holds} holds are still open")
    ((spent, held, limit),) = connection.execute(
        "SELECT spent_amount, held_amount, limit_amount FROM budget"
    ).fetchall()
    (charged,) = connection.execute("SELECT COALESCE(SUM(cost_nusd), 0) FROM ledger").fetchone()
    if held or spent != charged or spent > limit:
        wrong.append(f"budget: {spent} spent, {held} held, of {limit}; the ledger says {charged}")
    (unended,) = connection.execute(
        "SELECT COUNT(*) FROM conversation WHERE holder IS NOT NULL OR waiting > 0"
    ).fetchone()
    if unended:
        wrong.append(f"{unended} conversations are not at rest")
    return wrong
