"""Long conversations in a store, as the hub would have left them: what `bench.recall` asks about."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import msgspec

from bench.given import FileUnusable, read_whole
from hub.clock import new_id
from hub.config.settings import Agent, Budget, ContextSettings
from hub.context import meaning
from hub.context.dates import month_of
from hub.context.postings import key_of
from hub.context.tokens import count
from hub.inbox import Claim, Inbox
from hub.messages import Conversation as Place
from hub.messages import Message, Sender
from hub.recall import Recall
from hub.store import Database, Sql, Statement, statement
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase

AGENT = "bench"
_ASKER = Sender("1", "Asker")
_PLACE = Place("bench", "main", "1")
_FINISHED = (
    Statement(Sql("bench.done", "UPDATE message SET state = 'done', outcome = 'answered'"), {}),
    Statement(Sql("bench.idle", "UPDATE conversation SET waiting = 0, due_ms = NULL"), {}),
)


class Turn(msgspec.Struct, frozen=True):
    """As in the file; `id` is unique within a conversation."""

    id: str
    text: str
    at: str = ""
    """Like `1:56 pm on 8 May, 2023`, or as ISO 8601 has it; of one without, when the one before was said."""
    speaker: str = ""

    @property
    def said(self) -> str:
        """As it is stored: the name tells the two people of a conversation apart."""
        return f"{self.speaker}: {self.text}" if self.speaker else self.text


class Question(msgspec.Struct, frozen=True):
    """As in the file."""

    question: str
    evidence: list[str]
    category: int = 0


class Conversation(msgspec.Struct, frozen=True):
    """As in the file."""

    turns: list[Turn]
    questions: list[Question]
    name: str = ""


class Moving:
    """A clock that stands where the conversation is."""

    def __init__(self) -> None:
        self.at_ms = 0

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic(self) -> float:
        return self.at_ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.at_ms += int(seconds * 1000)


class Meant(msgspec.Struct, frozen=True):
    """The meaning of turns, worked out once for many: of those after the last again as from `again` on."""

    vectors: "meaning.Vectors"
    again: int

    @staticmethod
    def of(turns: Sequence[Turn], again: int) -> "Meant":
        """Each with the turns before and after it, as the hub does. Takes about 7 ms a turn."""
        said = [turn.said for turn in turns]
        return Meant(meaning.vectors_of(["\n".join(said[max(0, at - 1) : at + 2]) for at in range(len(said))]), again)

    def packed(self, first: int, end: int) -> dict[int, str]:
        """What the store has of the turns at these places."""
        known, again = len(self.vectors), self.again
        places = [at if at < known else again + (at - again) % (known - again) for at in range(first, end)]
        return meaning.packed(range(first + 2, end + 2), self.vectors[places])


class Chat:
    """One stored conversation, claimed for its next message."""

    def __init__(self, recall: Recall, claim: Claim, texts: dict[str, str]) -> None:
        self.recall = recall
        self.texts = texts
        """What was said, by the turn's id."""
        self._claim = claim

    def with_recall(self, recall: Recall) -> "Chat":
        """The same by another way of finding."""
        return Chat(recall, self._claim, self.texts)

    def asking(self, text: str) -> Claim:
        """The claim, with this as its message."""
        waiting = self._claim.waiting[0]
        message = msgspec.structs.replace(waiting.message, text=text)
        return msgspec.structs.replace(self._claim, waiting=(msgspec.structs.replace(waiting, message=message),))

    @staticmethod
    def agent(tokens: int, share: float) -> Agent:
        """One with such a context."""
        return Agent(
            name=AGENT,
            purpose="",
            prompt="",
            faq="",
            faq_first=False,
            serves=(),
            offers=(),
            busy="queue",
            budget=Budget(),
            context=ContextSettings(tokens=tokens, recall=share),
            tiers={},
            residency="",
            default_zone="",
            deployments=(),
        )


def load(file: Path) -> list[Conversation]:
    """The conversations of a file; questions whose evidence is no turn of theirs are left out. Raises FileUnusable."""
    conversations = list(map(_with_answers, read_whole(file, list[Conversation])))
    if not any(each.questions for each in conversations):
        raise FileUnusable(
            f"{file} has no question whose evidence names turns of its conversation: nothing to look for."
        )
    for turn in (turn for each in conversations for turn in each.turns if turn.at):
        try:
            when(turn.at)
        except ValueError:
            raise FileUnusable(
                f"{file}, turn {turn.id}: {turn.at!r} is no time like '1:56 pm on 8 May, 2023' or '2023-05-08T13:56', "
                "of the years 1 to 9999 in UTC."
            ) from None
    return [each for each in conversations if each.questions]


def _with_answers(conversation: Conversation) -> Conversation:
    known = {turn.id for turn in conversation.turns}
    asked = [each for each in conversation.questions if not known.isdisjoint(each.evidence)]
    return msgspec.structs.replace(conversation, questions=asked)


def filler(like: Sequence[Turn], turns: int, chance: random.Random) -> list[Turn]:
    """Other talk: the same turns over and over, each time about other things.

    Words that stand in more than one turn of two hundred stay; every second one of the others is another each time.
    """
    words = Counter(word for turn in like for word in set(turn.text.split()))
    rare = {word for word in words if words[word] * 200 <= len(like)}
    made: list[Turn] = []
    for time in range(-(-turns // len(like))):
        other = {word: f"{word}{time:x}" for word in sorted(rare) if time and chance.random() < 0.5}
        for turn in like:
            said = " ".join(other.get(word, word) for word in turn.text.split())
            made.append(msgspec.structs.replace(turn, id=f"filler{len(made)}", text=said))
    return made[:turns]


async def store(folder: Path, turns: Sequence[Turn], *, by_meaning: bool = False) -> tuple[Database, Chat]:
    """A fresh store that holds the turns as one chat with one agent, every second one an answer; indexed."""
    clock = Moving()
    database = await SqliteDatabase.open(folder / f"{new_id()}.db", clock=clock)
    await migrate(database)
    place = _PLACE
    for at, exchanges in groupby(range(0, len(turns), 2), key=lambda first: turns[first].at):
        clock.at_ms = when(at) if at else clock.at_ms
        said = (_exchange(place, first // 2 + 1, turns[first : first + 2]) for first in exchanges)
        await asyncio.gather(*(database.run(*exchange) for exchange in said))
    await database.run(*_FINISHED)
    recall = Recall(database, by_meaning=by_meaning)
    last = (len(turns) + 1) // 2
    await index(recall, place.key, last, step=40 if by_meaning else 500)
    inbox = Inbox(
        database,
        process="bench",
        new_id=new_id,
        home_region=lambda _: "here",
        lease_ms=10**9,
        accounts=lambda: [("chat", "main")],
    )
    question = Message(conversation=place, platform_id="question", sender=_ASKER, text="?", sent_ms=clock.at_ms)
    await inbox.accept([question], stops=lambda _: False)
    (claim,) = await inbox.claim(1)
    return database, Chat(recall, claim, {turn.id: turn.said for turn in turns})


async def add_meaning(database: Database, turns: int, meant: Meant) -> None:
    """Store the meaning of so many turns, which are indexed by words alone."""
    scope = key_of(_PLACE.key, AGENT)
    await database.run(statement("recall.advance_meaning", scope=scope, before=0, upto=(turns + 1) // 2))
    for first in range(0, turns, 2_000):
        blocks = meant.packed(first, min(first + 2_000, turns))
        await database.run(
            *(statement("recall.add_vectors", scope=scope, block=block, data=data) for block, data in blocks.items())
        )


async def index(recall: Recall, key: str, last: int, step: int) -> None:
    """Bring the index up to this position, as answers would have, little by little."""
    for upto in range(0, last, step):
        await recall.keep_up(key, AGENT, min(upto + step, last))


def _exchange(place: Place, number: int, turns: Sequence[Turn]) -> list[Statement]:
    """A message and its answer, as they are once the answer is settled."""
    message = new_id()
    answered = turns[1].said if len(turns) > 1 else ""
    payload = msgspec.json.encode(
        Message(conversation=place, platform_id=str(number), sender=_ASKER, text=turns[0].said, sent_ms=0)
    ).decode()
    return [
        statement(
            "inbox.open_conversation",
            conversation=place.key,
            channel=place.channel,
            account=place.account,
            place=msgspec.json.encode(place).decode(),
            home_region="here",
            bot=0,
        ),
        statement("inbox.know_person", person="bench/1", number=1, name=""),
        statement(
            "inbox.store_message",
            id=message,
            key=f"{place.key}/{number}/0",
            conversation=place.key,
            person="bench/1",
            payload=payload,
        ),
        statement(
            "reply.remember_turn",
            message=message,
            conversation=place.key,
            position=number,
            agent=AGENT,
            asked=turns[0].said,
            asked_tokens=count(turns[0].said),
            answered=answered,
            answered_tokens=count(answered),
        ),
    ]


def when(at: str) -> int:
    """Milliseconds since 1970, in UTC unless it says otherwise. Raises ValueError for what is no time.

    A time of the last day of 9999 can be one of the year 10000 in UTC, which no calendar here knows.
    """
    try:
        said = datetime.strptime(at, "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
    except ValueError:
        said = datetime.fromisoformat(at)
    at_ms = int((said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp() * 1000)
    try:
        month_of(at_ms)
    except OverflowError as error:
        raise ValueError("beyond the calendar") from error
    return at_ms
