"""What the commands do and say."""

from collections.abc import Callable

from hub.admission import Admission
from hub.commands.inviting import answer_inviting
from hub.commands.registry import COMMANDS, Invocation
from hub.inbox import Claim, Waiting
from hub.store import Database, Statement, statement


async def answer_command(
    called: Invocation,
    claim: Claim,
    waiting: Waiting,
    *,
    database: Database,
    hub_name: str,
    explain: Callable[[str], list[str]],
    admission: Admission,
) -> tuple[str, list[Statement]]:
    """The answer's text, and what the command changes (to be part of the turn's own transaction).

    `explain` makes sentences of a stored route decision.
    """
    if called.name == "help":
        return help_text(hub_name), []
    if called.name == "new":
        begin = statement(
            "inbox.begin_context", conversation=claim.key, fence=claim.fence, position=waiting.position + 1
        )
        return "A fresh start: I no longer take into account what was said before.", [begin]
    if called.name == "stop":
        return "Stopped.", []
    if called.name in ("invite", "join"):
        return answer_inviting(called.name, called.arguments, claim, waiting, admission)
    return await _why(claim, waiting, database, explain), []


def help_text(hub_name: str) -> str:
    """Every command with its help, one a line."""
    lines = [f"/{command.name} – {command.help}" for command in COMMANDS]
    return "\n".join([f"This is {hub_name}. Just write, and I answer.", "", *lines])


async def _why(claim: Claim, waiting: Waiting, database: Database, explain: Callable[[str], list[str]]) -> str:
    rows = await database.read(statement("reply.last_route", conversation=claim.key, before=waiting.position))
    if not rows:
        return "Nothing was answered here yet."
    return "\n".join(explain(rows[0]["route"]))
