"""One script of conversations on every platform: the same normalized messages, the same ledger, the same answers."""

import asyncio
import contextlib
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.commands import recognize
from hub.messages import Message
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.hub_process import HubProcess
from tests.wire.memory_hub import until
from tests.wire.platforms import PLATFORMS, Platform

pytestmark = [pytest.mark.wire, pytest.mark.long]

ADA, BO = 1, 2
UNICODE = "#a-3: Zażółć 🚲 👩‍👩‍👧 <b> & &amp; שלום e\u0301 日本 *a* _b_ `c`"


class Step(msgspec.Struct, frozen=True):
    """What somebody does, and what must come of it."""

    person: int
    does: str
    """`says`, `calls` a command, `edits` what they said last, or `mentions` the bot in a group."""
    what: str
    answer: str
    """Stands in the answer."""
    ledger: tuple[tuple[str, str, str], ...] = (("answer", "", "stop"),)
    """Kind, mark and outcome of each call that it cost."""
    faults: tuple[str, ...] = ()
    """Of the model's next calls."""
    until: str = "answered"
    """When the script goes on: `answered`, `growing`, or `at once`."""


_CUT = (("answer", "estimated", "cut"), ("retry", "", "stop"))
SCRIPT = (
    Step(ADA, "says", "#a-1: how long does an order to Porto take?", "end #a-1", until="at once"),
    Step(BO, "says", "#b-1: good evening", "end #b-1"),
    Step(ADA, "says", "#a-2: and from there by ship?", "end #a-2"),
    Step(ADA, "calls", "why", "desk-here", ()),
    Step(ADA, "says", "Do you repair e-bikes?", "Yes, of every make."),
    Step(ADA, "says", UNICODE, "end #a-3"),
    Step(ADA, "says", "#a-4: one thing", "end #a-4", until="at once"),
    Step(ADA, "says", "#a-5: and another", "end #a-5"),
    Step(
        ADA,
        "says",
        "#a-6: tell me everything",
        "(Stopped here.)",
        (("answer", "estimated", "stopped"),),
        faults=("hang",),
        until="growing",
    ),
    Step(ADA, "calls", "stop", "Stopped.", ()),
    Step(ADA, "calls", "new", "fresh start", ()),
    Step(ADA, "says", "#a-7: what did I say?", "end #a-7"),
    Step(BO, "says", "Will it fail?", "The model is overloaded.", (), faults=("500",) * 4),
    Step(BO, "says", "#b-3: and halfway?", "end #b-3", _CUT, faults=("cut",)),
    Step(ADA, "edits", "#a-8: what did I mean?", "end #a-8"),
    Step(BO, "mentions", "#g-1: are you there?", "end #g-1"),
)
GROUPS_ONLY = ("edits", "mentions")


class Row(msgspec.Struct, frozen=True):
    """A message, what became of it, and what it cost; nothing that belongs to one platform."""

    message: dict[str, Any]
    outcome: str
    answer: str
    agent: str
    state: str
    ledger: list[dict[str, Any]]


Records = dict[str, list[Row]]
"""The rows of each conversation, in order; a conversation is named by what was first said in it."""


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Records]:
    """The script's records on each platform, all at the same time."""
    folder = tmp_path_factory.mktemp("script")

    async def all_of_them() -> list[Records]:
        return await asyncio.gather(*(_play(name, folder / name) for name in PLATFORMS))

    return dict(zip(PLATFORMS, asyncio.run(all_of_them()), strict=True))


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_step_comes_to_what_the_script_says(name: str, everywhere: dict[str, Records]) -> None:
    steps = {spoken(step): step for step in SCRIPT if PLATFORMS[name].groups or step.does not in GROUPS_ONLY}
    rows = {row.message["text"]: row for rows in everywhere[name].values() for row in rows}
    assert rows.keys() == steps.keys()
    for text, step in steps.items():
        row = rows[text]
        assert step.answer in row.answer
        assert (row.outcome, row.state) == ("answered", "delivered"), text
        assert [(each["kind"], each["mark"], each["outcome"]) for each in row.ledger] == [*step.ledger], text


@pytest.mark.parametrize("name", PLATFORMS)
def test_messages_answers_and_ledger_are_the_same_as_elsewhere(name: str, everywhere: dict[str, Records]) -> None:
    expected = {
        first: [row for row in rows if PLATFORMS[name].groups or not row.message["edited"]]
        for first, rows in everywhere["telegram"].items()
        if PLATFORMS[name].groups or rows[0].message["private"]
    }
    assert _without_names(everywhere[name]) == _without_names(expected)


NAMED = ("input_tokens", "cost_nusd", "held_nusd")
"""In groups each message begins with a name, which every platform has another of."""


def _without_names(records: Records) -> Records:
    return {first: [_without_name(row) for row in rows] for first, rows in records.items()}


def _without_name(row: Row) -> Row:
    if row.message["private"]:
        return row
    bills = [{key: value for key, value in bill.items() if key not in NAMED} for bill in row.ledger]
    return msgspec.structs.replace(row, ledger=bills)


def spoken(step: Step) -> str:
    return f"/{step.what}" if step.does == "calls" else step.what


# -- playing it ------------------------------------------------------------------------------------------------------


async def _play(name: str, folder: Path) -> Records:
    model = FakeModel()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(model))
        place = await stack.enter_async_context(PLATFORMS[name].open(folder, model))
        player = _Player(name, place, model)
        for step in SCRIPT:
            if place.groups or step.does not in GROUPS_ONLY:
                await player.take(step)
        for hub in place.hubs():
            hub.terminate()
        for hub in place.hubs():
            assert await hub.ended() == 0
            assert hub.defects() == []
        records = _records(place.hubs())
        await _everyone_has_read(place, records)
        return records


async def _everyone_has_read(place: Platform, records: Records) -> None:
    """What the hub has written down as a private answer stands before the person."""
    for person, first in ((ADA, "#a"), (BO, "#b")):
        rows = [row for said, of_one in records.items() if said.startswith(first) for row in of_one]
        assert rows
        for row in rows:
            await _has_read(place, person, row.answer.partition("\n")[0])


async def _has_read(place: Platform, person: int, line: str) -> None:
    with contextlib.suppress(TimeoutError):  # the last words may still be on their way
        await until(lambda: line in place.shown(person))
    assert line in place.shown(person)


class _Player:
    def __init__(self, name: str, place: Platform, model: FakeModel) -> None:
        self._name = name
        self._place = place
        self._model = model
        self._last: dict[int, str] = {}
        self._taken = 0

    async def take(self, step: Step) -> None:
        self._model.faults.script("completion", *step.faults)
        person, text = step.person, step.what
        match step.does:
            case "says":
                self._last[person] = await self._place.say(person, text)
            case "calls":
                await self._place.command(person, text)
            case "edits":
                self._place.rewrite(person, self._last[person], text)
            case "mentions":
                self._place.mention(person, text)
        self._taken += 1
        try:
            async with asyncio.timeout(60):
                while not self._may_go_on(step):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            logs = [hub.log.read_text(encoding="utf-8")[-2000:] for hub in self._place.hubs()]
            raise AssertionError(f"{self._name}: nothing came of {step}\n{logs}") from None

    def _may_go_on(self, step: Step) -> bool:
        match step.until:
            case "growing":
                return f"echo {step.what.partition(':')[0]}:" in self._place.shown(step.person)
            case "answered":
                return sum(map(_finished, self._place.hubs())) == self._taken
        return True


# -- what the hubs wrote down ----------------------------------------------------------------------------------------


def _select(hub: HubProcess, query: str) -> list[dict[str, Any]]:
    path = hub.log.parent / "var" / "hub.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]


def _finished(hub: HubProcess) -> int:
    try:
        return int(_select(hub, "SELECT COUNT(*) AS n FROM message WHERE state = 'done'")[0]["n"])
    except (IndexError, sqlite3.OperationalError):  # it is still being made
        return 0


def _records(hubs: list[HubProcess]) -> Records:
    records: Records = {}
    for hub in hubs:
        ledger = _select(hub, "SELECT * FROM ledger ORDER BY at_ms, id")
        rows: dict[str, list[Row]] = {}
        for found in _select(
            hub,
            "SELECT m.conversation, m.id, m.payload, m.outcome, r.text, r.agent, r.state FROM message m "
            "LEFT JOIN reply r ON r.message = m.id ORDER BY m.position",
        ):
            calls = [_call(call) for call in ledger if call["message"] == found["id"]]
            row = Row(
                _message(found["payload"]), found["outcome"], found["text"], found["agent"], found["state"], calls
            )
            rows.setdefault(found["conversation"], []).append(row)
        records |= {of_one[0].message["text"]: of_one for of_one in rows.values()}
    return records


def _message(payload: str) -> dict[str, Any]:
    message = msgspec.json.decode(payload, type=Message)
    called = recognize(message.text)
    return {
        "text": f"/{called.name}" if called else message.text,
        "arguments": called.arguments if called else "",
        "edited": message.revision > 0,
        "quoted": message.quoted,
        "attachments": message.attachments,
        "addressed": message.addressed,
        "private": message.conversation.private,
        "bot": message.sender.bot,
    }


def _call(row: dict[str, Any]) -> dict[str, Any]:
    """Without ids, times and the channel's name."""
    return {
        key: row[key]
        for key in (
            "agent", "deployment", "region", "api", "model", "tier", "kind", "input_tokens", "cached_tokens",
            "cache_write_tokens", "output_tokens", "reasoning_tokens", "cost_nusd", "held_nusd", "price", "mark",
            "outcome",
        )
    }  # fmt: skip
