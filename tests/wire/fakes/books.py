"""What stands in every chat, with its history, and what must be true of it."""

import re
import time
from collections import defaultdict
from typing import Any

import msgspec

KEY = re.compile(r"#[\w-]+")
"""A person's message carries such a mark; the answer of the fake model begins with `echo #mark:`."""
ANSWER = re.compile(r"echo (#[\w-]+):")


class Said(msgspec.Struct):
    """A person's message."""

    chat: int
    message_id: int
    text: str
    at_s: float


class Shown(msgspec.Struct):
    """A message of the bot."""

    chat: int
    message_id: int
    texts: list[str]
    """The first text and every edit."""
    times_s: list[float]
    deleted_s: float | None = None
    told: bool = True
    """False where the answer to the send was lost: the bot cannot know this message."""


class Verdict(msgspec.Struct, frozen=True):
    """What is wrong in the chats; all empty: every message was answered exactly once and in order."""

    unanswered: list[str]
    """Marks."""
    answered_twice: list[str]
    """Marks whose answer ever stood in more than one message."""
    out_of_order: list[int]
    """Chats whose answers stand in another order than the questions."""
    orphans: list[tuple[int, int]]
    """Placeholders (chat, message id) that were neither edited nor removed."""
    other: list[str]
    """Last texts that are neither a placeholder nor an answer: notices, apologies."""

    @property
    def good(self) -> bool:
        return not (self.unanswered or self.answered_twice or self.out_of_order)


class Books:
    """Everything that exists in every chat."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.shown: dict[tuple[int, int], Shown] = {}
        self.calls: dict[str, int] = defaultdict(int)
        self.typing: dict[int, int] = defaultdict(int)
        """Times that "typing" was shown, by chat."""

    def says(self, chat: int, message_id: int, text: str) -> None:
        self.said.append(Said(chat, message_id, text, time.time()))

    def shows(self, chat: int, message_id: int, text: str) -> Shown:
        shown = self.shown[chat, message_id] = Shown(chat, message_id, [text], [time.time()])
        return shown

    def answers(self, chat: int) -> list[str]:
        """The last texts of the bot's messages in a chat, oldest message first."""
        return [m.texts[-1] for m in self.shown.values() if m.chat == chat and m.deleted_s is None]

    def verdict(self, placeholder: str = "…") -> Verdict:
        asked = defaultdict(list)
        for said in self.said:
            if mark := KEY.search(said.text):
                asked[said.chat].append(mark[0])
        where = self._where_answers_stand()
        marks = [mark for of_chat in asked.values() for mark in of_chat]
        return Verdict(
            unanswered=[mark for mark in marks if mark not in where],
            answered_twice=[mark for mark, places in where.items() if len(places) > 1],
            out_of_order=[chat for chat, of_chat in asked.items() if not _in_order(of_chat, where)],
            orphans=[
                (m.chat, m.message_id)
                for m in self.shown.values()
                if m.deleted_s is None and m.texts[-1] == placeholder
            ],
            other=[
                m.texts[-1]
                for m in self.shown.values()
                if m.deleted_s is None and m.texts[-1] != placeholder and not ANSWER.search(m.texts[-1])
            ],
        )

    def _where_answers_stand(self) -> dict[str, set[int]]:
        where = defaultdict(set)
        for message in self.shown.values():
            for text in message.texts:
                if mark := ANSWER.search(text):
                    where[mark[1]].add(message.message_id)
        return where

    def as_json(self) -> dict[str, Any]:
        return {
            "said": self.said,
            "shown": list(self.shown.values()),
            "calls": self.calls,
            "verdict": self.verdict(),
        }


def _in_order(marks: list[str], where: dict[str, set[int]]) -> bool:
    places = [min(where[mark]) for mark in marks if mark in where]
    return places == sorted(places)
