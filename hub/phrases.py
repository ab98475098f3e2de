"""What the hub itself says to people: one clear sentence, with the remedy."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.agents.port import Kind

NOT_SERVED = "Nobody answers in this chat yet. Whoever runs this hub can name it under `serves` of an agent."
NO_TEXT = "I can read text only for now. Please write what you would like to know."
WENT_WRONG = "Something went wrong on my side and I could not answer. Please ask again."
STOPPED = "Stopped."
WITHDRAWN = "(Withdrawn: the question has changed.)"
STOPPED_HERE = "\n\n(Stopped here.)"
BEGINNING_AGAIN = "(The connection broke; beginning the answer again.)\n\n"
CUT_AT_LENGTH = "\n\n(The answer ended at its length limit. Ask me to go on.)"
CUT_BY_FILTER = "\n\n(The model's provider cut the answer here.)"
BUSY = "So many answers are being made at once that the budget has no room right now. Please ask again in a minute."
NO_DEPLOYMENT = "No model that may answer here can be reached now. Please ask again in a few minutes."

NOT_ON_THE_LIST = "I answer only the people that I was told to. Whoever runs this hub can add you, by your id."
BY_INVITATION = "I answer only people who were invited. Ask whoever runs this hub for a code, and send me /join CODE."
WELCOME = "Welcome. You can write to me here."
NO_SUCH_CODE = "This code lets nobody in: it is misspelled, used up or older than a week. Ask for another one."
TOO_MANY_CODES = "Too many codes were tried here. Please try again in an hour."
OWNERS_ONLY = "Only an owner of this hub can do that."
NO_INVITATIONS = "Nobody needs an invitation here. To change that, set `invitations = true` for this account."
IN_PRIVATE = "Please ask me in a private chat, so that nobody else sees the code."

_FAILED = {
    Kind.THROTTLED: "The model has more to do than it can take. Please ask again in a minute.",
    Kind.OVERLOADED: "The model is overloaded. Please ask again in a few minutes.",
    Kind.UNREACHABLE: NO_DEPLOYMENT,
    Kind.TIMED_OUT: "The model took too long to answer. Please ask again, perhaps in fewer words.",
    Kind.CUT: "The connection to the model broke before the answer was complete. Please ask again.",
    Kind.GARBLED: "The model's answer could not be read. Please ask again in a few minutes.",
    Kind.UNAUTHORIZED: "The model refuses this hub's key. Whoever runs the hub has to renew it.",
    Kind.REJECTED: "The model did not accept this question. Whoever runs the hub finds the reason in its log.",
    Kind.TOO_LONG: "This conversation is too long for the model. Send /new to begin afresh, or ask in fewer words.",
    Kind.FILTERED: "The model's provider declines to answer this. Please put it in another way.",
}


OWN = frozenset(
    {NOT_SERVED, NO_TEXT, WENT_WRONG, BUSY, NO_DEPLOYMENT, NOT_ON_THE_LIST, BY_INVITATION, NO_SUCH_CODE}
    | set(_FAILED.values())
)
"""Sentences of the hub's own that no person sends it: what comes back is an echo."""


def failed(kind: Kind) -> str:
    """The apology for an answer that no deployment could give."""
    return _FAILED[kind]


def spent(opens_ms: int, zone: ZoneInfo) -> str:
    """The budget's money is gone until then."""
    opens = datetime.fromtimestamp(opens_ms / 1000, UTC).astimezone(zone)
    return f"The budget for answers here is spent. It opens again on {opens:%Y-%m-%d} at {opens:%H:%M} ({zone.key})."
