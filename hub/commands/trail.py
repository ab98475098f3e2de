"""The audit trail: every command of an admin, with what it changes in one transaction; and /audit, which shows it."""

import re

import msgspec

from hub.commands.command import Call, Told, command, for_the_hub
from hub.commands.tables import fenced, moment
from hub.money.amounts import format_usd
from hub.store import statement

SHOWN = 15
LONGEST = 300
"""Characters of arguments that are kept."""
LOOKED_AT = 1_000
BILLS_SINCE_MS = 30 * 24 * 3_600_000
BILLS = "bills"
# What has the look of a key: a known beginning, or many characters with letters and digits mixed.
_SECRET = re.compile(
    r"\b(?:sk|pk|rk|xox[a-z]|xapp|ghp|AIza)[-_]?[\w-]{8,}|\b\d{6,}:[\w-]{20,}|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{25,}"
)


def audited(told: Told, name: str, call: Call) -> Told:
    """The answer of an admin's command, with its line in the trail. Nothing that looks like a secret is kept."""
    kept = call.arguments if told.audited is None else told.audited
    line = statement(
        "steering.audit",
        id=call.steering.new_id(),
        by=call.caller.id,
        command=name,
        arguments=without_secrets(kept[:LOOKED_AT])[:LONGEST],
        conversation=call.claim.key,
    )
    return msgspec.structs.replace(told, changes=(*told.changes, line))


def without_secrets(text: str) -> str:
    """The text with dots in place of what has the look of a key."""
    return _SECRET.sub("…", text)


async def _audit(call: Call) -> Told:
    if call.arguments.casefold() == BILLS:
        return await _bills(call)
    rows = await call.database.read(statement("steering.trail", most=SHOWN))
    if not rows:
        return Told("No admin has called a command yet.")
    zone = call.settings.hub.timezone
    table = [
        [moment(row["at_ms"], zone), row["by_person"], f"/{row['command']} {row['arguments']}".strip()] for row in rows
    ]
    return Told("\n".join([f"The last {len(rows)}, newest first; times in {zone.key}.", *fenced(table)]))


async def _bills(call: Call) -> Told:
    """Calls whose bill was not what was held, or is not sure."""
    since_ms = call.now_ms - BILLS_SINCE_MS
    rows = await call.database.read(statement("steering.marked_bills", since_ms=since_ms, most=SHOWN))
    if not rows:
        return Told("Every bill of the last 30 days is as it was held and said.")
    zone = call.settings.hub.timezone
    table = [["when", "agent", "model", "mark", "held", "billed"]]
    for row in rows:
        sums = [format_usd(row["held_nusd"]), format_usd(row["cost_nusd"])]
        table.append([moment(row["at_ms"], zone), row["agent"], row["model"], row["mark"], *sums])
    return Told("\n".join([f"The last {len(rows)}, newest first; times in {zone.key}.", *fenced(table, figures=2)]))


AUDIT = command(
    "audit",
    "What admins changed, and when; /audit bills: calls that cost other than held",
    _audit,
    arguments="bills",
    role="viewer",
    needs=for_the_hub,
    values=lambda _caller, _settings: [BILLS],
)
