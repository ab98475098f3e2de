"""Faults put into the hub by hand, each of a kind that must not pass: they prove that the runs can fail."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import msgspec

import hub.inbox
from channels.telegram.intake import Intake
from hub.ask import Ask
from hub.bills import Bills
from hub.delivery import Delivery
from hub.inbox import Claim, Inbox, Waiting
from hub.money.till import Till
from hub.store import Statement, named, statement
from hub.store.named import all_named
from hub.turn import Turns

Fault = contextlib.AbstractContextManager[Any]


def _confirmed_before_the_commit() -> Fault:
    really = Intake.hand_over

    async def hand_over(self: Intake, *given: Any) -> None:
        self.later = asyncio.create_task(really(self, *given))  # type: ignore[attr-defined]

    return patch.object(Intake, "hand_over", hand_over)


def _stored_twice() -> Fault:
    really, numbers = Inbox.accept_one, itertools.count(10**6)

    async def accept_one(self: Inbox, message: Any, **options: Any) -> Any:
        return await really(self, msgspec.structs.replace(message, platform_id=str(next(numbers))), **options)

    return patch.object(Inbox, "accept_one", accept_one)


def _not_settled() -> Fault:
    async def settle(self: Bills, _held: Any, _bill: Any, *statements: Statement) -> None:
        if statements:
            await self._till._database.run(*statements)

    return patch.object(Bills, "settle", settle)


def _settled_apart_from_the_answer() -> Fault:
    """The bill first, the answer in a transaction after it."""
    really = Bills.settle

    async def settle(self: Ask, answer: Any, *statements: Statement) -> None:
        if answer.held:
            await really(self._bills, answer.held, answer.bill)
        await self._database.run(*statements)

    return patch.object(Ask, "settle", settle)


def _lost_calls_are_not_charged() -> Fault:
    async def presume_orphaned(self: Till, message: str, fence: int) -> list[Any]:
        for row in await self._database.read(statement("money.orphaned_holds", message=message, fence=fence)):
            budgets = msgspec.json.decode(row["budgets"])
            freed = {"held_nusd": row["cost_nusd"], "held_tokens": row["tokens"], "cost_nusd": 0, "tokens": 0}
            await self._database.run(
                statement("money.end_hold", id=row["id"], state="released"),
                *(statement("money.charge", id=budget, **freed) for budget in budgets),
            )
        return []

    return patch.object(Till, "presume_orphaned", presume_orphaned)


def _marked_before_it_is_sent() -> Fault:
    async def deliver(
        self: Turns, claim: Claim, waiting: Waiting, delivery: Delivery, text: str, joined: tuple[str, ...]
    ) -> None:
        ended = statement("reply.ended", id=delivery.reply_id, state="delivered", error="")
        await self._inbox.finish(claim, dict.fromkeys(joined, "joined") | {waiting.id: "answered"}, ended)
        await delivery.finish(text)

    return patch.object(Turns, "_deliver", deliver)


def _sent_anew_after_a_death() -> Fault:
    """The placeholder that stands already is not gone on with."""
    really = hub.inbox._unfinished
    return patch.object(hub.inbox, "_unfinished", lambda row: msgspec.structs.replace(really(row), parts=()))


def _orphans_are_not_listed() -> Fault:
    return patch.object(Delivery, "orphan", lambda self, *_: statement("reply.not_sending", id=self.reply_id))


def _uncertain_posts_are_repeated() -> Fault:
    return _other_sql("outgoing.left", lambda text: text.replace("'uncertain'", "'pending'"))


def _budgets_are_not_asked() -> Fault:
    return _other_sql("money.reserve", lambda text: text[: text.index("AND spent_amount")])


def _other_sql(name: str, change: Callable[[str], str]) -> Fault:
    really = all_named()[name]
    changed = msgspec.structs.replace(really, text=change(really.text))
    return patch.dict(named._named(), {name: changed})


FAULTS: dict[str, tuple[tuple[int, ...], Callable[[], Fault]]] = {
    "confirmed before the commit": ((1,), _confirmed_before_the_commit),
    "stored twice": ((8,), _stored_twice),
    "not settled": ((5,), _not_settled),
    "settled apart from the answer": ((5,), _settled_apart_from_the_answer),
    "lost calls are not charged": ((3, 4), _lost_calls_are_not_charged),
    "marked before it is sent": ((7,), _marked_before_it_is_sent),
    "sent anew after a death": ((4, 6), _sent_anew_after_a_death),
    "orphans are not listed": ((7,), _orphans_are_not_listed),
    "uncertain posts are repeated": ((7,), _uncertain_posts_are_repeated),
    "budgets are not asked": ((3,), _budgets_are_not_asked),
}
"""By name: in which scenarios it must show, and how it is made."""


@contextlib.contextmanager
def fault(name: str) -> Iterator[None]:
    """The hub has it in here; without a name it has none."""
    with FAULTS[name][1]() if name else contextlib.nullcontext():
        yield
