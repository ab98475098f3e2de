"""Forgetting a person: what they wrote, what was answered, who they are. The ledger's sums remain, of an opaque number.

What is finished goes at once; what is under way follows when it is done.
"""

from collections.abc import Iterable

import msgspec

from hub.messages import Conversation
from hub.money.budgets import chat_name
from hub.store import Database, Statement, statement

_decode_place = msgspec.json.Decoder(Conversation).decode


async def forgetting_person(
    database: Database, number: int, person: str, accounts: Iterable[str], message: str
) -> list[Statement]:
    """Part of the command's transaction. `person`: channel/platform id; `message`: the command's own.

    Raises StoreError.
    """
    channel, _, platform_id = person.partition("/")
    chats = [f"{channel}/{account}/{platform_id}" for account in accounts]
    return [
        statement("forget.begin", person=number),
        statement("forget.take_back", person=number, message=message),
        statement("forget.who", person=number),
        statement("forget.membership", by=person),
        *(statement(f"forget.{what}", id=chat) for chat in chats for what in ("guest", "stranger", "left_chat")),
        *await _erasing(database, number),
    ]


async def finish_forgetting(database: Database) -> None:
    """Whatever of it was still under way. Raises StoreError."""
    for row in await database.read(statement("forget.begun")):
        await database.run(*await _erasing(database, row["person"]))


async def _erasing(database: Database, number: int) -> list[Statement]:
    said = f"human/{number}/"
    places = await database.read(statement("forget.chats", person=number))
    private = (each for row in places if (each := _decode_place(row["place"])).private)
    names = sorted({chat_name(each) for each in private})
    # Sums by conversation go on counting one conversation, which leads nowhere any more.
    nowhere = f"forgotten/{number}"
    return [
        statement("forget.asked_again", person=number),
        statement("forget.ledger", person=number, nowhere=nowhere),
        statement("forget.holds", person=number, nowhere=nowhere),
        statement("forget.released_holds", person=number, nowhere=nowhere),
        *(statement("forget.chat_in_holds", person=number, name=name) for name in names),
        *(statement("forget.chat_budgets", name=name) for name in names),
        statement("forget.sayings", begins=said),
        *(
            statement(f"forget.{what}", person=number)
            for what in (
                "turns",
                "recall_postings",
                "recall_vectors",
                "recall",
                "pins",
                "summaries",
                "feedback",
                "orphans",
                "taken_back",
                "handovers",
                "kept_answers",
                "replies",
                "conversations",
                "messages",
                "places",
            )
        ),
        statement("forget.person", person=number),
        statement("forget.end", person=number, begins=said),
    ]
