"""One seed: the hub between a platform and a model that fail, killed again and again until everything is answered."""

import asyncio
import contextlib
import random
import sqlite3
import time
from pathlib import Path

import msgspec

from bench.hub_under_test import write_settings
from tests.crash.scenario import Moment, Scenario
from tests.crash.verdict import Figures, judge
from tests.crash.watched import BudgetWatch, WatchedModel, WatchedTelegram, open_read_only
from tests.wire.crowd import Crowd
from tests.wire.fakes.process import serving
from tests.wire.hub_process import HubProcess

AN_ANSWER_NUSD = 160_000
"""More than an answer of the fake model costs, with its share of calls that break."""
A_HOLD_NUSD = 450_000
"""More than the worst case of one call."""
ROOM = 8
"""Holds that the budget has room for beside what will be spent: fewer than there are people, so they must wait."""
KILLED_AT_LATEST_S = 4.0
"""After its start, should the moment not come."""
ANSWERED_WITHIN_S = 240.0
LOOK_EVERY_S = 0.05


class Outcome(msgspec.Struct, frozen=True):
    """How a seed ended."""

    seed: int
    seconds: float
    kills: int
    restart_s: tuple[float, ...]
    """From each start of a process to its first word with the platform."""
    samples: int
    most_permille: int
    faults: int
    """That struck the platform and the model."""
    figures: Figures

    @property
    def good(self) -> bool:
        return not self.figures.violations


async def run(scenario: Scenario, folder: Path) -> Outcome:
    """Play the scenario; the folder keeps database, settings and log."""
    return await _Run(scenario, folder).play()


class _Run:
    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self._scenario = scenario
        self._folder = folder
        self._database = folder / "var" / "hub.db"
        self._telegram = WatchedTelegram(
            self._happens,
            repeats=scenario.repeats,
            chance=random.Random(scenario.seed),
            faults=scenario.telegram_faults,
        )
        self._model = WatchedModel(
            self._happens, between_s=scenario.between_s, first_s=0.01, faults=scenario.model_faults
        )
        self._crowd = Crowd(
            self._telegram,
            people=scenario.people,
            messages=scenario.messages,
            patient=scenario.patient,
            seed=scenario.seed,
        )
        self._hub = HubProcess(folder / "regions.toml")
        self._moment: Moment | None = None
        self._events_left = 0
        self._done: dict[int, int] = {}
        self._restart_s: list[float] = []
        self._heard = True

    async def play(self) -> Outcome:
        began = time.monotonic()
        try:
            async with serving(self._telegram), serving(self._model):
                with BudgetWatch(self._database) as watch:
                    await self._until_answered()
                    code = await self._told_to_end()
        finally:
            self._hub.end()
        figures = judge(self._scenario, self._database, self._telegram.books, self._model.calls)
        figures.violations.extend(watch.overruns[:3])
        figures.violations.extend(self._hub.defects())
        if code:
            figures.violations.append(f"the drained hub ended with {code}")
        if watch.samples == 0:
            figures.violations.append("the budgets were never seen")
        return Outcome(
            seed=self._scenario.seed,
            seconds=round(time.monotonic() - began, 1),
            kills=len(self._scenario.kills),
            restart_s=tuple(self._restart_s),
            samples=watch.samples,
            most_permille=watch.most_permille,
            faults=len(self._telegram.faults.struck) + len(self._model.faults.struck) + self._telegram.repeated,
            figures=figures,
        )

    async def _until_answered(self) -> None:
        self._crowd.start()
        reading = asyncio.create_task(self._people_read())
        try:
            for moment in self._scenario.kills:
                await self._start(moment)
                await self._gone()
            await self._start(None)
            with contextlib.suppress(TimeoutError):  # the verdict tells what is missing
                await asyncio.wait_for(self._all_done(), ANSWERED_WITHIN_S)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _start(self, moment: Moment | None) -> None:
        write_settings(
            self._folder,
            telegram=self._telegram.server.url,
            model=f"{self._model.server.url}/v1",
            monthly=self._limit_nusd() / 1e9,
            unconfirmed=self._scenario.unconfirmed,
        )
        self._moment = moment
        self._events_left = moment.count if moment else 0
        self._heard = False
        self._hub.start()
        self._happens("start", moment.handled if moment else True)

    async def _gone(self) -> None:
        """The moment has come, or is forced; the process has ended."""
        until = self._hub.started_s + KILLED_AT_LATEST_S
        while self._moment and time.monotonic() < until and self._hub.running:
            await asyncio.sleep(0.01)
        if self._moment:
            self._strike()
        await self._hub.ended()

    def _happens(self, event: str, handled: bool) -> None:
        if not self._heard and event == "getMe":
            self._heard = True
            self._restart_s.append(round(time.monotonic() - self._hub.started_s, 2))
        moment = self._moment
        if moment is None or (event, handled) != (moment.event, moment.handled):
            return
        self._events_left -= 1
        if self._events_left == 0:
            if moment.delay_s:
                asyncio.get_running_loop().call_later(moment.delay_s, self._strike)
            else:
                self._strike()

    def _strike(self) -> None:
        if self._moment:
            self._moment = None
            if self._scenario.graceful:
                self._hub.terminate()
            else:
                self._hub.kill()

    def _limit_nusd(self) -> int:
        """Enough for what is still to be answered, and too little for everyone at once."""
        left = self._crowd.total - sum(self._done_now().values())
        gone = 0
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(open_read_only(self._database)) as reader,
        ):
            (gone,) = reader.execute("SELECT COALESCE(SUM(spent_amount + held_amount), 0) FROM budget").fetchone()
        return int(gone) + left * AN_ANSWER_NUSD + ROOM * A_HOLD_NUSD

    async def _people_read(self) -> None:
        """People see that they were answered, and write on."""
        while True:
            for chat, count in self._done_now().items():
                for _ in range(count - self._done.get(chat, 0)):
                    self._crowd.answered(chat)
                self._done[chat] = count
            await asyncio.sleep(LOOK_EVERY_S)

    async def _all_done(self) -> None:
        # It is told to end once it works: before that it has nothing to drain, and SIGTERM simply ends it.
        while (sum(self._done.values()) < self._crowd.total or not self._heard) and self._hub.running:
            await asyncio.sleep(LOOK_EVERY_S)

    def _done_now(self) -> dict[int, int]:
        """Messages answered so far, by chat."""
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(open_read_only(self._database)) as reader,
        ):
            rows = reader.execute(
                "SELECT conversation, COUNT(*) FROM message WHERE state = 'done' GROUP BY conversation"
            )
            return {int(conversation.rpartition("/")[2]): count for conversation, count in rows}
        return {}

    async def _told_to_end(self) -> int:
        self._hub.terminate()
        return await self._hub.ended()
