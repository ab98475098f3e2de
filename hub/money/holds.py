"""Holds: the worst case is reserved before a call and ends settled, released, or presumed.

Every function here gives statements for the caller's own transaction, so a settlement stands or falls with the answer
it pays for. One hold makes at most one ledger row, under the hold's own id, and a `correction` beside it at the most.
"""

from collections.abc import Sequence

import msgspec

from hub.money.budgets import Allowance
from hub.money.margins import CountMargins
from hub.money.prices import PricedModel, Tokens, cost_nusd, pinned, upper_bound_nusd, worst_nusd
from hub.store import Row, Statement, statement

RESERVE = "money.reserve"
"""Undone under this name: the budget has no room."""
END_HOLD = "money.end_hold"
"""Undone under this name: the hold has ended already; where another process presumed it, `correction` is next."""

CORRECT = "money.correct"
"""Undone under this name: nothing presumed is there to be corrected."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A billable call, as its ledger row names it."""

    message: str
    conversation: str
    person: int
    """The opaque number."""
    channel: str
    agent: str
    deployment: str
    region: str
    api: str
    model: str
    tier: str
    kind: str
    """answer, retry, hedge, escalation, summary, embedding or classification."""
    tier_why: str = ""
    """Why this tier: difficulty, asked, again, disliked, escalated, spent, failing; empty where there is no choice."""


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A call that wants money reserved. Tokens are those of the worst case."""

    id: str
    call: Call
    fence: int
    """Of the claim whose turn this is."""
    price: PricedModel
    counted_input: int
    """By our own count, without any margin and without files."""
    file_tokens: int = 0
    """Of images and documents, by `money.files`: a bound already, so no margin widens it or learns from it."""
    input_tokens: int
    """The provider will not bill more."""
    output_cap: int
    allowances: tuple[Allowance, ...]
    lives_ms: int
    """After so long an open hold counts as lost: longer than any call may take."""

    @property
    def cost_nusd(self) -> int:
        """The worst case."""
        return upper_bound_nusd(self.price, self.input_tokens, self.output_cap)

    @property
    def tokens(self) -> int:
        """The worst case."""
        return self.input_tokens + self.output_cap


class Held(msgspec.Struct, frozen=True):
    """Money that is reserved."""

    request: HoldRequest
    cost_nusd: int
    budgets: tuple[str, ...]
    """Ids of the budgets it is held on, in order."""

    @property
    def id(self) -> str:
        return self.request.id


class Bill(msgspec.Struct, frozen=True):
    """What a call came to."""

    tokens: Tokens
    outcome: str
    """stop, length, filter, or the kind of error."""
    took_ms: int
    estimated: bool = False
    """The provider did not say, or not to the end: `tokens` is never below what it can have billed. They cost
    the most they can: nobody knows which of them were cached, or how they were kept."""


class Settlement(msgspec.Struct, frozen=True):
    """How a hold ends with a bill: statements for the caller's transaction, and what they will say.

    The last of them, one for each budget in order, return the row that `budgets.crossed` looks at; none where the
    budget's period ended so long ago that its row is forgotten.
    """

    statements: tuple[Statement, ...]
    cost_nusd: int
    tokens: int
    mark: str
    """`` or estimated, overrun, unpriced; correction where the hold had been presumed."""


class LostHold(msgspec.Struct, frozen=True):
    """An open hold whose owner is gone."""

    id: str
    message: str
    budgets: tuple[str, ...]
    cost_nusd: int
    tokens: int


def hold_request(
    call: Call,
    price: PricedModel,
    margins: CountMargins,
    *,
    hold_id: str,
    fence: int,
    counted_input: int,
    output_cap: int,
    allowances: tuple[Allowance, ...],
    lives_ms: int,
    file_tokens: int = 0,
) -> HoldRequest:
    """A request sized from our own token count, widened by what is known of the model, and the agent's output cap."""
    return HoldRequest(
        id=hold_id,
        call=call,
        fence=fence,
        price=price,
        counted_input=counted_input,
        file_tokens=file_tokens,
        input_tokens=margins.bound(call.model, counted_input) + file_tokens,
        output_cap=output_cap,
        allowances=allowances,
        lives_ms=lives_ms,
    )


def hold_statements(request: HoldRequest, budgets: Sequence[str]) -> list[Statement]:
    """Reserve on every budget (ids, in order), all or nothing; without a budget the hold is only written down.

    Undone with RESERVE: a budget has no room; ask `why_refused`.
    """
    call = request.call
    cost = request.cost_nusd
    opened = statement(
        "money.open_hold",
        id=request.id,
        fence=request.fence,
        budgets=_encoded(budgets),
        lives_ms=request.lives_ms,
        message=call.message,
        conversation=call.conversation,
        person=call.person,
        channel=call.channel,
        agent=call.agent,
        deployment=call.deployment,
        region=call.region,
        api=call.api,
        model=call.model,
        tier=call.tier,
        tier_why=call.tier_why,
        kind=call.kind,
        input_tokens=request.input_tokens,
        output_tokens=request.output_cap,
        cost_nusd=cost,
        price=pinned(request.price),
    )
    return [opened, *(statement(RESERVE, id=budget, cost_nusd=cost, tokens=request.tokens) for budget in budgets)]


def settlement(held: Held, bill: Bill, margins: CountMargins | None = None) -> Settlement:
    """End a hold with its bill: the ledger row, the budgets, and the model's count margin until that is stored.

    A bill above the hold is recorded whole, as `overrun`. Undone with END_HOLD where the hold has ended already.
    """
    price, model = held.request.price, held.request.call.model
    cost = billed_nusd(price, bill)
    mark = _mark(held, bill, cost)
    recorded = statement("money.record", id=held.id, mark=mark, cost_nusd=cost, **_told(bill), took_ms=bill.took_ms)
    learned = None
    if margins is not None and not bill.estimated and not held.request.file_tokens:
        learned = margins.learn(model, counted=held.request.counted_input, billed=bill.tokens.input)
    return Settlement(
        (
            _ended(held.id, "settled"),
            recorded,
            *([learned] if learned else ()),
            *_charges(held, cost, bill.tokens.total),
        ),
        cost,
        bill.tokens.total,
        mark,
    )


def billed_nusd(price: PricedModel, bill: Bill) -> int:
    """What a bill is charged as."""
    return worst_nusd(price, bill.tokens) if bill.estimated else cost_nusd(price, bill.tokens)


def release_statements(held: Held, outcome: str = "") -> list[Statement]:
    """End a hold without a charge: only where certainly nothing billable was sent.

    `outcome` is the kind of error by which its call came to nothing; empty where none was made.
    """
    return [statement("money.release", id=held.id, outcome=outcome), *_charges(held, 0, 0)]


def correction(held: Held, bill: Bill) -> list[Statement]:
    """For a late owner whose hold was presumed meanwhile, and who knows the bill after all.

    The presumed row stays as it is; a second row of mark `correction` carries the difference, which may be negative,
    in cost and in tokens, so that every sum is right. However late: neither the hold's row nor those of its budgets
    need to be there any more. Undone with CORRECT where it was corrected before, or was never presumed.
    """
    cost = billed_nusd(held.request.price, bill)
    return [
        statement("money.mark_corrected", id=held.id),
        statement(CORRECT, id=held.id, cost_nusd=cost, **_told(bill)),
        *(
            statement(
                "money.charge",
                id=budget,
                held_nusd=0,
                held_tokens=0,
                cost_nusd=cost - held.cost_nusd,
                tokens=bill.tokens.total - held.request.tokens,
            )
            for budget in held.budgets
        ),
    ]


def presume_statements(lost: LostHold) -> list[Statement]:
    """Charge a lost hold whole: nobody knows what the provider billed, and it is not more than that.

    Undone with END_HOLD where its owner, or another process, came first: exactly one of them charges it.
    """
    return [
        _ended(lost.id, "presumed"),
        statement("money.presume", id=lost.id),
        *(
            statement(
                "money.charge",
                id=budget,
                held_nusd=lost.cost_nusd,
                held_tokens=lost.tokens,
                cost_nusd=lost.cost_nusd,
                tokens=lost.tokens,
            )
            for budget in lost.budgets
        ),
    ]


def orphaned_holds(message: str, fence: int) -> Statement:
    """Reads the open holds that earlier owners of a message left behind."""
    return statement("money.orphaned_holds", message=message, fence=fence)


def expired_holds(most: int) -> Statement:
    """Reads open holds that are past their time, of any message and process, oldest first."""
    return statement("money.expired_holds", most=most)


def lost_hold(row: Row) -> LostHold:
    """A row of `orphaned_holds` or `expired_holds`."""
    budgets = msgspec.json.decode(row["budgets"], type=tuple[str, ...])
    return LostHold(row["id"], row["message"], budgets, row["cost_nusd"], row["tokens"])


def forget_statement(before_ms: int, most: int) -> Statement:
    """Removes up to `most` ended holds made before a moment (ids begin with it); the ledger keeps what they came to."""
    return statement("money.forget_ended_holds", before=f"{before_ms:012x}", most=most)


def forget_budgets_statement(before_ms: int, most: int) -> Statement:
    """Removes up to `most` budgets of periods that ended before a moment and hold nothing any more."""
    return statement("money.forget_ended_budgets", before_ms=before_ms, most=most)


def _ended(hold: str, state: str) -> Statement:
    return statement(END_HOLD, id=hold, state=state)


def _charges(held: Held, cost: int, tokens: int) -> list[Statement]:
    had = {"held_nusd": held.cost_nusd, "held_tokens": held.request.tokens}
    return [statement("money.charge", id=budget, cost_nusd=cost, tokens=tokens, **had) for budget in held.budgets]


def _told(bill: Bill) -> dict[str, int | str]:
    tokens = bill.tokens
    return {
        "input_tokens": tokens.input,
        "cached_tokens": tokens.cached_input,
        "cache_write_tokens": tokens.cache_write,
        "output_tokens": tokens.output,
        "reasoning_tokens": tokens.reasoning,
        "cache_write_1h_tokens": tokens.cache_write_1h,
        "audio_input_tokens": tokens.audio_input,
        "cached_audio_tokens": tokens.cached_audio,
        "audio_output_tokens": tokens.audio_output,
        "image_input_tokens": tokens.image_input,
        "cached_image_tokens": tokens.cached_image,
        "image_output_tokens": tokens.image_output,
        "outcome": bill.outcome,
    }


def _mark(held: Held, bill: Bill, cost: int) -> str:
    if held.request.price.source == "unknown":
        return "unpriced"
    if cost > held.cost_nusd:
        return "overrun"
    return "estimated" if bill.estimated else ""


def _encoded(budgets: Sequence[str]) -> str:
    return msgspec.json.encode(list(budgets)).decode()
