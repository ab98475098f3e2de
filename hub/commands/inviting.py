"""/invite and /join: how people come in where an account is not for everyone."""

from hub.commands.command import Call, Told, command, for_the_hub
from hub.phrases import WELCOME


async def _invite(call: Call) -> Told:
    text, changes = call.admission.invite(call.claim.conversation, call.arguments)
    return Told(text, tuple(changes))


async def _join(call: Call) -> Told:
    # Whoever may write here and joins is in already; a stranger's code is looked at before any command.
    return Told(call.words(WELCOME))


INVITE = command(
    "invite",
    "Make a code that lets people in",
    _invite,
    arguments="how many people",
    role="owner",
    needs=for_the_hub,  # a code is good for an account, whichever agents answer there
)
JOIN = command("join", "Come in with a code that you were given", _join, arguments="the code")
