"""What must be true at the end of a run, held against the books of the platform and of the providers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from hub import phrases
from hub.agents.port import Kind
from tests.crash.simulated import disk
from tests.crash.simulated.people import ADMINS_CHAT
from tests.crash.simulated.provider import billed_nusd
from tests.wire.fakes.books import ANSWER, KEY
from tests.wire.fakes.model import Call

if TYPE_CHECKING:
    from tests.crash.simulated.play import World

PLACEHOLDER = "…"
APOLOGIES = frozenset({phrases.failed(kind) for kind in Kind} | {phrases.BUSY, phrases.NO_DEPLOYMENT})
SPENT = phrases.SPENT.partition("{")[0]
WORST_NUSD = 450_000
"""Of one call."""
MOST_SHOWN = 12


class Found(msgspec.Struct, frozen=True):
    violations: list[str]
    rows: dict[str, int]
    uncertain: int


class Asked(msgspec.Struct, frozen=True):
    """A message of the database with its reply."""

    id: str
    mark: str
    """Empty: a command."""
    chat: int
    position: int
    outcome: str
    text: str
    state: str
    parts: tuple[int, ...]


def judge(world: "World") -> Found:
    """Everything that is wrong."""
    asked = _asked(world)
    orphans, orphan_faults = _orphans(world, asked)
    posts, uncertain_posts = _posts(world)
    wrong = [
        *_lost(world, asked),
        *_wrongly_answered(world, asked),
        *_out_of_order(world, asked),
        *orphan_faults,
        *posts,
        *_ledger(world, asked),
        *_sums(world),
        *[f"overspent: {each}" for each in dict.fromkeys(world.overspent)],
        *world.defects.found,
    ]
    rows = Counter({each[0]: each[1] for each in _rows(world, "SELECT mark, COUNT(*) FROM ledger GROUP BY mark")})
    return Found(wrong[:MOST_SHOWN], dict(rows), orphans + uncertain_posts)


def _rows(world: "World", sql: str) -> Iterable[disk.sqlite3.Row]:
    return disk.rows(world.file, sql)


def _asked(world: "World") -> list[Asked]:
    found = _rows(
        world,
        "SELECT m.id, m.payload, m.conversation, m.position, m.state, m.outcome, r.text, r.state AS reply_state,"
        " r.parts FROM message m LEFT JOIN reply r ON r.message = m.id ORDER BY m.conversation, m.position",
    )
    return [
        Asked(
            id=row["id"],
            mark=(KEY.findall(msgspec.json.decode(row["payload"])["text"]) or [""])[0],
            chat=int(row["conversation"].rpartition("/")[2]),
            position=row["position"],
            outcome=row["outcome"] if row["state"] == "done" else row["state"],
            text=row["text"] or "",
            state=row["reply_state"] or "",
            parts=tuple(int(part) for part in msgspec.json.decode(row["parts"] or "[]")),
        )
        for row in found
    ]


def _lost(world: "World", asked: list[Asked]) -> Iterator[str]:
    """Each message is stored once, and finished; only what its author disturbed may have ended otherwise."""
    disturbed, edited = world.crowd.disturbed, world.crowd.edited
    said = Counter(mark for each in world.telegram.books.said for mark in KEY.findall(each.text)[:1])
    stored = Counter(each.mark for each in asked if each.mark)
    for mark in said | stored:
        if said[mark] != stored[mark] and not (mark in edited and stored[mark] == 1):
            yield f"{mark} was said {said[mark]} times and stored {stored[mark]} times"
    for each in asked:
        if each.mark in disturbed | edited or not each.mark:
            if each.outcome == "waiting":
                yield f"{each.mark or 'a command'} is not finished"
        elif (each.outcome, each.state) != ("answered", "delivered"):
            yield f"{each.mark} is {each.outcome or 'unfinished'}, its reply {each.state or 'missing'}"


def _wrongly_answered(world: "World", asked: list[Asked]) -> Iterator[str]:  # noqa: C901 - a list of what must hold
    """A chat shows the stored text, whole, in one message, and nothing else that is no placeholder."""
    books, crowd = world.telegram.books, world.crowd
    places = defaultdict(set)
    for shown in books.shown.values():
        for text in shown.texts:
            if mark := ANSWER.search(text):
                places[mark[1]].add((shown.chat, shown.message_id))
    for mark, where in places.items():
        standing = [place for place in where if books.shown[place].deleted_s is None]
        if len(where) > 1 and not (mark in crowd.disturbed | crowd.edited and len(standing) < 2):
            yield f"the answer to {mark} stood in {len(where)} messages"
    for each in asked:
        if each.state != "delivered":
            continue
        parts = [books.shown.get((each.chat, part)) for part in each.parts]
        if [message.texts[-1] for message in parts if message] != [each.text.strip()]:
            yield f"{each.mark} shows {[m and m.texts[-1] for m in parts]}, not {each.text!r}"
        elif each.mark and each.mark not in crowd.disturbed | crowd.edited:
            yield from _wrong_words(world, each)
    owned = {(each.chat, part) for each in asked for part in each.parts}
    for key, message in books.shown.items():
        stands = message.deleted_s is None and key[0] != ADMINS_CHAT
        if key not in owned and stands and message.texts != [PLACEHOLDER] and key[0] not in world.telegram.blocked:
            yield f"message {key} belongs to no reply and says {message.texts[-1]!r}"


def _wrong_words(world: "World", each: Asked) -> Iterator[str]:
    whole = each.text.startswith(f"echo {each.mark}:") and each.text.endswith(f" end {each.mark}")
    if whole:
        return
    if each.mark in world.crowd.must:
        yield f"{each.mark} had to be answered, not {each.text!r}"
    elif each.text.startswith(SPENT):
        if disk.gone(world.file) + WORST_NUSD <= world.least_limit_nusd:
            yield f"{each.mark} was refused for want of money that is there"
    elif each.text not in APOLOGIES or not world.models_fail:
        yield f"{each.mark} was answered with {each.text!r}"


def _out_of_order(world: "World", asked: list[Asked]) -> Iterator[str]:
    by_chat = defaultdict(list)
    for each in asked:
        if each.mark and each.mark not in world.crowd.disturbed | world.crowd.edited:
            by_chat[each.chat].append(each)
    for chat, of_chat in by_chat.items():
        ids = [part for each in of_chat for part in each.parts]
        marks = [int(each.mark.rpartition("-")[2]) for each in of_chat]
        if ids != sorted(ids):
            yield f"the answers in chat {chat} stand in another order than the questions were stored in"
        if marks != sorted(marks) and not world.plan.held_back:
            yield f"the questions in chat {chat} were stored in another order than they were asked in"


def _orphans(world: "World", asked: list[Asked]) -> tuple[int, list[str]]:
    """Placeholders that nobody will ever edit: each is listed, and a death leaves no more than may be under way."""
    owned = {(each.chat, part) for each in asked for part in each.parts}
    real = [
        each
        for key, each in world.telegram.books.shown.items()
        if key not in owned and each.deleted_s is None and key[0] != ADMINS_CHAT
    ]
    rows = list(_rows(world, "SELECT conversation, reason FROM orphan"))
    listed = Counter(int(row["conversation"].rpartition("/")[2]) for row in rows)
    unlisted = Counter(each.chat for each in real) - listed
    wrong = [f"{count} orphans in chat {chat} are not listed" for chat, count in unlisted.items()]
    by_death = sum(row["reason"].startswith("its process ended") for row in rows)
    if by_death > world.plan.unconfirmed * len(world.ended_at):
        wrong.append(f"{by_death} placeholders were orphaned by {len(world.ended_at)} deaths")
    return len(rows), wrong


def _posts(world: "World") -> tuple[list[str], int]:
    """What the hub said of its own accord stands there once; where nobody can know, at most once, and marked so."""
    shown = Counter(m.texts[-1] for m in world.telegram.books.shown.values() if m.chat == ADMINS_CHAT)
    wrong, uncertain = [], 0
    for row in _rows(world, "SELECT source, text, state, error FROM outgoing"):
        stands = shown.pop(row["text"], 0)
        uncertain += row["state"] == "uncertain"
        if stands > 1 or (row["state"] == "delivered" and not stands):
            wrong.append(f"{row['source']} is {row['state']} and stands {stands} times")
        elif row["state"] not in ("delivered", "uncertain") and not row["source"].startswith("alert/"):
            wrong.append(f"{row['source']} is {row['state']}: {row['error']}")
    wrong += [f"the admins were told {text!r}, which nobody stored" for text in shown]
    return wrong, uncertain


def _ledger(world: "World", asked: list[Asked]) -> Iterator[str]:  # noqa: C901 - a list of what must hold
    """Every call has its row; unmarked rows are the invoice's to the nano-dollar, marked ones never below it."""
    marks = {each.id: each.mark for each in asked}
    rows = defaultdict(list)
    for row in _rows(
        world, "SELECT id, hold, message, mark, outcome, input_tokens, output_tokens, cost_nusd FROM ledger"
    ):
        rows[marks.get(row["message"], "nobody's")].append(row)
    made: dict[str, list[Call]] = defaultdict(list)
    for provider in world.providers:
        for call in provider.calls:
            if call.prompt_tokens:  # others were refused before anything billable happened
                made[call.mark].append(call)
    for mark in made.keys() | rows.keys():
        calls, charged = made[mark], rows[mark]
        holds = [row for row in charged if not row["id"].endswith("/correction")]
        if len(calls) > len(holds):
            yield f"{mark}: {len(calls)} calls, {len(holds)} ledger rows"
        billed, cost = sum(map(billed_nusd, calls)), sum(row["cost_nusd"] for row in charged)
        if billed > cost:
            yield f"{mark}: the provider bills {billed} nano-dollars, the ledger has {cost}"
        told = Counter(
            (row["input_tokens"], row["output_tokens"], row["cost_nusd"]) for row in charged if row["mark"] == ""
        )
        if told - Counter((c.prompt_tokens, c.completion_tokens, billed_nusd(c)) for c in calls):
            yield f"{mark}: an unmarked row says what no call came to"
        if billed != cost and not any(row["mark"] for row in charged):
            yield f"{mark}: {cost} charged, {billed} billed, and nothing is marked"
        if world.plan.scenario not in _UNSURE and not any(each.kind == "a day later" for each in world.plan.troubles):
            yield from _guessed(world, mark, charged)


_UNSURE = (9, 11)
"""Where a store that is away, or a clock that jumps, leaves holds to be presumed that no death left open, and takes
turns from their living owners."""


def _guessed(world: "World", mark: str, charged: Iterable[disk.sqlite3.Row]) -> Iterator[str]:
    """A row is `presumed` where a process died, `estimated` where a call went wrong; nothing else is guessed."""
    if sum(row["mark"] == "" and row["outcome"] == "stop" for row in charged) > 1:
        yield f"{mark}: an answer that was bought and settled was bought again"
    for row in charged:
        if row["mark"] == "presumed" and row["hold"] not in world.open_at_death:
            yield f"{mark}: a call was presumed though no process died with it"
    calm = not world.plan.model.chances and not world.plan.troubles and "told" not in world.ended_at
    if calm and any(row["mark"] == "estimated" for row in charged):
        yield f"{mark}: a call was estimated though nothing went wrong with it"


def _sums(world: "World") -> Iterator[str]:
    """Each budget has spent what the calls come to that were held on it, and nothing is held any more."""
    (held,) = _rows(world, "SELECT COUNT(*) FROM hold WHERE state = 'held'")
    if held[0]:
        yield f"{held[0]} holds are still open"
    charged: dict[str, int] = Counter()
    for row in _rows(world, "SELECT hold, input_tokens + output_tokens AS tokens, cost_nusd FROM ledger"):
        for budget in world.held_on.get(row["hold"], ("nobody knows",)):
            charged[budget] += row["tokens"] if budget.endswith("/tokens") else row["cost_nusd"]
    for budget in _rows(world, "SELECT id, spent_amount, held_amount FROM budget"):
        spent, held_amount = budget["spent_amount"], budget["held_amount"]
        if held_amount or spent != charged[budget["id"]]:
            yield f"{budget['id']}: {spent} spent, {held_amount} held, the ledger has {charged[budget['id']]}"
    if charged["nobody knows"]:
        yield f"the ledger has {charged['nobody knows']} that was never held"
    (unended,) = _rows(world, "SELECT COUNT(*) FROM conversation WHERE holder IS NOT NULL OR waiting > 0")
    if unended[0]:
        yield f"{unended[0]} conversations are not at rest"
