"""What is kept for a time only, because it merely keeps an event that comes twice from counting twice."""

from hub.money.holds import forget_budgets_statement, forget_statement
from hub.store import Statement, statement

KEEP_ENDED_HOLDS_MS = 7 * 24 * 3600 * 1000
"""Long enough for any late bill to correct its hold."""
KEEP_ONCE_MS = 30 * 24 * 3600 * 1000
"""Far longer than any platform delivers an event again, and than any link or code is good for."""
KEEP_ENDED_BUDGETS_MS = 60 * 24 * 3600 * 1000
"""A person's daily budget is a row; what was spent stands in the ledger for ever."""
KEEP_SAID_MS = 400 * 24 * 3600 * 1000
"""Records of what the hub said of its own accord: a year of reports."""
KEEP_WINDOWS_MS = 2 * 24 * 3600 * 1000
"""The longest window is a day."""
KEPT_ANSWERS = 50_000
"""Answers that can be reused, over all agents: about 100 MB."""
KEEP_HEALTH_MS = 3600 * 1000
"""The longest pause of a deployment is five minutes."""
AT_ONCE = 1_000
"""Rows of each kind in one transaction, so that the sweep never holds up an answer."""


def forgetting(now_ms: int) -> list[Statement]:
    """One step of the sweep."""
    once = {"before_ms": now_ms - KEEP_ONCE_MS, "most": AT_ONCE}
    return [
        forget_statement(now_ms - KEEP_ENDED_HOLDS_MS, most=AT_ONCE),
        forget_budgets_statement(now_ms - KEEP_ENDED_BUDGETS_MS, most=AT_ONCE),
        statement("reuse.forget_expired", most=AT_ONCE),
        statement("reuse.forget_oldest", bound=KEPT_ANSWERS, most=10 * AT_ONCE),
        statement("outgoing.forget", before_ms=now_ms - KEEP_SAID_MS),
        statement("steering.forget_confirmations", before_ms=now_ms),
        statement("inbox.forget_presses", **once),
        statement("web.forget_used", **once),
        statement("admission.forget_invitations", **once),
        statement("admission.forget_strangers", **once),
        statement("fleet.forget", before_ms=now_ms - KEEP_HEALTH_MS),
        statement("fleet.forget_shown", before_ms=now_ms - KEEP_HEALTH_MS),
        statement("limits.forget_windows", before_ms=now_ms - KEEP_WINDOWS_MS, most=AT_ONCE),
        statement("limits.forget_keys", before_ms=now_ms - KEEP_WINDOWS_MS, most=AT_ONCE),
    ]
