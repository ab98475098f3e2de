"""/invite and /join: how people come in where an account is not for everyone."""

from hub.admission import Admission
from hub.channel import CommandSpec
from hub.inbox import Claim, Waiting
from hub.phrases import WELCOME
from hub.store import Statement

SPECS = (
    CommandSpec("invite", "Make a code that lets people in", "how many people", role="owner"),
    CommandSpec("join", "Come in with a code that you were given", "the code"),
)


def answer_inviting(
    name: str, arguments: str, claim: Claim, waiting: Waiting, admission: Admission
) -> tuple[str, list[Statement]]:
    """The answer's text and what it changes. Whoever may write here and joins is in already."""
    if name == "invite":
        return admission.invite(claim.conversation, waiting.message.sender, arguments)
    return WELCOME, []
