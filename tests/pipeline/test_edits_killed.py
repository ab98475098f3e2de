"""A process dies at any of its transactions while an edit comes in: one answer to the newest revision stands."""

import asyncio
from typing import Any

import pytest

from hub.store import Database, Rows, Statement, StoreError, StoreUnavailable
from tests.pipeline.channel import ScriptedChannel, message
from tests.pipeline.hub import ScriptedHub
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

MORE_THAN_IT_TAKES = 40


class Dying:
    """A database whose process dies: after so many transactions nothing reaches it, or no answer comes back."""

    def __init__(self, database: Database, lives: int, *, last_happens: bool) -> None:
        self.engine, self.in_order = database.engine, database.in_order
        self.lives = lives
        self._database = database
        self._last_happens = last_happens

    async def run(self, *statements: Statement) -> list[Rows]:
        self.lives -= 1
        if self.lives < 0:
            if self.lives == -1 and self._last_happens:
                await self._database.run(*statements)
            raise StoreUnavailable("killed")
        return await self._database.run(*statements)

    async def read(self, statement: Statement) -> Rows:
        if self.lives < 0:
            raise StoreUnavailable("killed")
        return await self._database.read(statement)

    async def close(self) -> None:
        pass


async def tell(hub: ScriptedHub, *messages: Any) -> bool:
    """As a platform does: what could not be stored is not confirmed."""
    try:
        await hub.say(*messages)
    except StoreError:
        return False
    return True


async def live(hub: ScriptedHub, chat: str, *, answered_before: bool) -> None:
    """The question, and its edit: while it is answered, or afterwards."""
    if not await tell(hub, message("Wehn?", 1, chat=chat)):
        return
    if not answered_before:
        hub.near.will("It begins", asyncio.Event())
    work = asyncio.create_task(hub.work())
    if not answered_before:
        await until(lambda: hub.near.at_work or work.done())
        await asyncio.sleep(0.01)
    else:
        await asyncio.gather(work, return_exceptions=True)
    await tell(hub, message("When?", 1, chat=chat, revision=1))
    if hub.database.lives < 0:  # nothing goes on in a dead process
        work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    if hub.database.lives >= 0:
        await asyncio.gather(hub.work(), return_exceptions=True)
    for task in [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]:
        if "Turns._turn" in repr(task.get_coro()):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("last_happens", [False, True])
@pytest.mark.parametrize("answered_before", [False, True])
async def test_one_answer_to_the_newest_revision_stands(
    sqlite_database: Database, answered_before: bool, last_happens: bool
) -> None:
    for lives in range(MORE_THAN_IT_TAKES):
        chat, channel = f"c{lives}", ScriptedChannel()
        dying = Dying(sqlite_database, lives, last_happens=last_happens)
        killed = ScriptedHub(dying, channel=channel)
        await live(killed, chat, answered_before=answered_before)
        died = dying.lives < 0

        later = ScriptedHub(sqlite_database, channel=channel)
        await later.inbox.take_over()
        await later.rested()
        await tell(later, message("Wehn?", 1, chat=chat), message("When?", 1, chat=chat, revision=1))
        await later.work()

        shown = [text for text in channel.texts() if text != "…"]
        assert shown in (["You said: When?"], ["You said: Wehn?", "You said: When?"]), f"{lives} {shown}"
        assert answered_before or "You said: Wehn?" not in shown, f"{lives}"
        orphans = await later.rows(f"SELECT id FROM orphan WHERE conversation = 'chat/main/{chat}'")
        assert len(channel.texts()) - len(shown) <= min(1, len(orphans)), f"{lives}: {channel.texts()}"
        assert await later.open_holds() == 0
        rows = await later.rows(f"SELECT outcome FROM message WHERE conversation = 'chat/main/{chat}'")
        assert all(row[0] in ("answered", "replaced") for row in rows)
        if not died:
            assert lives > 5
            return
    pytest.fail("it never came to its end")
