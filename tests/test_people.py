"""People are looked up once a conversation, not once a message."""

from typing import Any

import pytest

from hub import people
from hub.inbox import Waiting
from hub.messages import Hints
from hub.people import NOBODY, People, Remembered, remember, shares_location
from hub.store import Rows, Statement
from tests.pipeline.channel import message
from tests.pipeline.hub import changed

pytestmark = pytest.mark.unit


class Counted:
    """A database of people that counts its reads."""

    engine = "sqlite"

    def __init__(self, **rows: dict[str, Any]) -> None:
        self.rows = rows
        self.read_for: list[str] = []

    async def read(self, statement: Statement) -> Rows:
        person = statement.values["person"]
        self.read_for.append(person)
        found = self.rows.get(person.partition("/")[2])
        return [found] if found else []  # type: ignore[list-item]

    async def run(self, *statements: Statement) -> list[Rows]:
        raise NotImplementedError

    async def close(self) -> None:
        pass


async def test_whoever_opens_a_conversation_is_looked_up_once() -> None:
    database = Counted(u1={"region": "east", "hints": '{"language":"de"}'})
    known = People(database)
    first, second, other = message("a", 1), message("b", 2), message("c", 1, chat="2")

    await known.recall([first, second])
    await known.recall([second, other])

    assert database.read_for == ["chat/u1", "chat/u2"]
    assert known.known(second) == Remembered("east", Hints(language="de"))
    assert known.known(other) == NOBODY
    assert known.known(message("d", 1, chat="3")) == NOBODY


async def test_only_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "CONVERSATIONS_AT_MOST", 2)
    database = Counted()
    known = People(database)

    for chat in ("1", "2", "3", "3", "1"):
        await known.recall([message("a", 1, chat=chat)])

    assert database.read_for == ["chat/u1", "chat/u2", "chat/u3", "chat/u1"]


@pytest.mark.parametrize(
    ("kept", "heard", "written"),
    [
        (Hints(), Hints(), None),
        (Hints(language="de"), Hints(), None),
        (Hints(language="de"), Hints(language="de"), None),
        (Hints(language="de"), Hints(language="de", region="east", workspace_locale="fr-FR"), None),
        (Hints(location=(1.2, 3.4)), Hints(location=(1.2345, 3.4321)), None),  # a few steps further
        (Hints(language="de"), Hints(language="es"), '{"language":"es"}'),
        (Hints(language="de"), Hints(location=(1.25, 3.4)), '{"location":[1.2,3.4],"language":"de"}'),
        (Hints(), Hints(location=(91.0, 0.0)), None),
    ],
)
def test_only_what_is_new_is_written(kept: Hints, heard: Hints, written: str | None) -> None:
    waiting = Waiting("m1", 1, 7, changed(message(""), hints=heard), 0, "", hints=kept)
    assert [each.values.get("hints") for each in remember(waiting)] == ([written] if written else [])


@pytest.mark.parametrize(
    ("text", "place", "shared"),
    [
        ("", (1.0, 2.0), True),
        (" \n", (1.0, 2.0), True),
        ("here", (1.0, 2.0), False),
        ("", None, False),
        ("", (float("nan"), 0.0), False),
    ],
)
def test_a_shared_location_is_a_place_and_nothing_else(
    text: str, place: tuple[float, float] | None, shared: bool
) -> None:
    assert shares_location(changed(message(text), hints=Hints(location=place))) is shared
