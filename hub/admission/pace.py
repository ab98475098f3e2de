"""How fast people may ask: what counts a question, and what becomes of one for which there is no room."""

from collections.abc import Callable
from typing import Protocol

from hub import phrases
from hub.admission.access import is_owner
from hub.admission.spam import Queued
from hub.admission.verdict import Verdict, because, told_once
from hub.config.settings import Rate, Settings
from hub.languages import language_of, translated
from hub.limits.window import ADMIT, Window, admit, until_room, window
from hub.messages import Hints
from hub.store import Database, Statement, Undone

SHARES = {"enterprise": 1.0, "paid": 0.9, "free": 0.8}
"""Of an agent's limit, by tier: ordinary traffic waits while the rest is kept for others."""
PATIENCE_MS = 90_000
"""Who would wait longer for an agent, or has waited so long already, is told so instead of being left in the queue.

More than a minute, so that limits by the minute are always waited for.
"""
LOOK_AGAIN_MS = 250
"""At the least, between two tries of one question: many may wait for the same room."""


class Asked(Queued, Protocol):
    """A message whose turn it is, with what is known of its sender."""

    @property
    def id(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def hints(self) -> Hints: ...


class Pace:
    """The limits of people and of agents."""

    def __init__(self, database: Database, settings: Callable[[], Settings]) -> None:
        self._database = database
        self._settings = settings

    def taking(self, asked: Asked, agent: str) -> list[Statement]:
        """What counts a question to an agent; nothing where nothing limits it. Undone as ADMIT where there is no room.

        `agent` is empty where none is asked.
        """
        return [admit(subject, limit) for subject, limit, _ in self._over(asked, agent)]

    async def refused(self, undone: Undone, asked: Asked, agent: str) -> Verdict:
        """What becomes of a question that `taking` undid: it waits, or its sender is told how long to wait, once.

        Raises `undone` where it was undone for another reason; StoreError.
        """
        if undone.name != ADMIT:
            raise undone
        for subject, limit, rate in self._over(asked, agent):
            wait_ms, now_ms = await until_room(self._database, subject, limit)
            if not wait_ms:
                continue
            own = subject.startswith("person/")
            if not own and max(wait_ms, now_ms - asked.accepted_ms) <= PATIENCE_MS:
                return Verdict(False, pause_ms=max(wait_ms, LOOK_AGAIN_MS))
            return await self._told(asked, agent, rate, wait_ms, own=own)
        return Verdict(False, pause_ms=LOOK_AGAIN_MS)  # there is room by now

    async def _told(self, asked: Asked, agent: str, rate: Rate, wait_ms: int, *, own: bool) -> Verdict:
        language = language_of(asked.message.hints, asked.hints)
        words = translated(phrases.OVER_LIMIT if own else phrases.AGENT_FULL, language)
        limited = f"{asked.tier} people" if own else f"agent {agent}"
        reason = f"over the limit of {limited}: {rate.amount} in {in_words(rate.per_s * 1000)}"
        about = "person" if own else f"agent/{agent}"
        text = words.format(wait=in_words(wait_ms))
        return await told_once(self._database, asked, about, text, rate.per_s * 1000, because(asked.id, reason))

    def _over(self, asked: Asked, agent: str) -> list[tuple[str, Window, Rate]]:
        """Each limit over a question: whose it is, the window, the rate."""
        settings, message = self._settings(), asked.message
        limits = settings.limits
        if not agent or not (limits.person or limits.agents):
            return []
        if is_owner(message.conversation, message.sender, settings):
            return []
        found = []
        if rate := limits.person.get(asked.tier):
            found.append((f"person/{asked.person}", window(rate), rate))
        if rate := limits.agents.get(agent):
            found.append((f"agent/{agent}", window(rate, SHARES.get(asked.tier, SHARES["free"])), rate))
        return found


def in_words(ms: int) -> str:
    """A time to wait, rounded up, in units that need no translation: `40 s`, `12 min`, `2 h 5 min`."""
    seconds = -(-ms // 1000)
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(-(-seconds // 60), 60)
    return f"{hours} h {minutes} min" if hours and minutes else f"{hours} h" if hours else f"{minutes} min"
