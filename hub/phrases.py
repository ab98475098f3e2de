"""What the hub itself says to people, in English: one clear sentence, with the remedy.

Other languages stand in `hub/languages`, by these texts.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.agents.port import Kind
from hub.attachments import Unread

NOT_SERVED = "Nobody answers in this chat yet. Whoever runs this hub can name it under `serves` of an agent."
CHOOSE_FIRST = "Nobody answers here until somebody chooses: /agent shows who can."
NO_TEXT = "There is nothing in this message that I can read. Please write what you would like to know."
WENT_WRONG = "Something went wrong on my side and I could not answer. Please ask again."
STOPPED = "Stopped."
WITHDRAWN = "(Withdrawn: the question has changed.)"
STOPPED_HERE = "\n\n(Stopped here.)"
BEGINNING_AGAIN = "(The connection broke; beginning the answer again.)\n\n"
CUT_AT_LENGTH = "\n\n(The answer ended at its length limit. Ask me to go on.)"
CUT_BY_FILTER = "\n\n(The model's provider cut the answer here.)"
BUSY = "So many answers are being made at once that the budget has no room right now. Please ask again in a minute."
NO_DEPLOYMENT = "No model that may answer here can be reached now. Please ask again in a few minutes."
IN_LINE = "Many people are writing at once: you are number {number} in line."
SPENT = "The budget for answers here is spent. It opens again on {day} at {time} ({zone})."

OVER_LIMIT = "You have asked as much as you may for now. You can ask again in {wait}."
AGENT_FULL = "So many people are asking now that there is no room for more. Please ask again in {wait}."
REPEATED = "You have sent this several times. My answer stands above; please put the question in another way."
FLOOD = "So many messages at once are more than I can answer. Please wait for an answer before you send the next."
TOO_MUCH_ASKED = "That would be a very long answer, and I keep mine short. Please ask for a part of it."
PAUSED = "Answers are paused here for the moment. Please ask again later."

# -- commands ---------------------------------------------------------------------------------------------------------
GREETING = "This is {hub}. Just write, and I answer."
FRESH_START = "A fresh start: I no longer take into account what was said before."
NOTHING_ANSWERED = "Nothing was answered here yet."
UNKNOWN_COMMAND = "There is no command /{name}; /help lists those that there are."
PERHAPS_COMMAND = "There is no command /{name}. Did you mean /{near}? /help lists all."
ROLE_MISSING = "/{name} is only for people with the role {role} here."

ANSWERED_FROM = "You are answered from {region}."
ANSWERED_FROM_NOWHERE = "No region may or can answer you now."
KNOWN_FROM_BEFORE = "I know it from an earlier message."
REGION_CHOICES = "/region NAME chooses one of {names}; /region clear forgets what I know of your place."
REGION_CHOSEN = "Noted: you are answered from {region}, or from the nearest region to it that can."
REGION_BEHIND_PAGE = "Noted, but the region set on this page counts here: {region}."
REGION_FORGOTTEN = "I have forgotten what I knew of your place."
REGION_UNKNOWN = "There is no such region. Choose one of {names}, or clear."
LOCATION_KEPT = "I keep roughly where you are, so that a region near you answers; /region clear forgets it."
LOCATION_BEHIND_CHOICE = "I keep roughly where you are, but your choice of {region} counts; /region clear forgets both."

AGENT_HERE = "{agent} answers here."
AGENT_NONE = "Nobody answers here until somebody chooses."
AGENT_CHOICES = "/agent NAME chooses one for this chat; /agent default goes back."
AGENT_CHOSEN = "From now on {agent} answers here. What was said to others stays with them."
AGENT_UNKNOWN = "No such agent is offered here. Choose one of {names}, or default."

USAGE_DAY = "today"
USAGE_WEEK = "this week"
USAGE_MONTH = "this month"
USAGE_MESSAGES = "messages"
USAGE_TOKENS = "tokens"
USAGE_COST = "cost"
USAGE_ZONE = "What your own messages came to; days begin at midnight in {zone}."
USAGE_UNCERTAIN = "{cost} of this month's cost is an estimate."
CACHED = "Of {tokens} input tokens, {share} came from the providers' caches; that saved {cost}."
USAGE_REUSED = "{answers} answers of this month had been given before and cost nothing; that saved {saved}."
USAGE_UNPRICED = "{calls} calls of this month have no known price and count nothing in the cost."

PIN_HOW = "Write /pin and the fact to keep in mind, or send /pin as a reply to the message that has it."
PIN_TOO_LONG = "That is too long to pin: {most} characters at the most."
PINNED = "Pinned: {fact}"
PINS_FULL = "There is no room for more pinned facts: /pins shows them, /unpin lets go of one."
PINS_NONE = "Nothing is pinned here. /pin and a fact keeps it in mind."
PINS_HOW = "/unpin and a number lets go of one, /unpin all of all."
PINS_STAY = "What is pinned stays; /pins shows it."
UNPIN_HOW = "Write /unpin and a number from 1 to {most}, as /pins shows them, or /unpin all."
UNPINNED = "No longer pinned: {fact}"
UNPINNED_ALL = "Nothing is pinned here any more."

FEEDBACK_HOW = "Write /feedback and what you think of the last answer."
FEEDBACK_KEPT = "Thank you. Whoever runs this hub reads it."
HUMAN_ASKED = "A person will answer you here. Until then I keep silent; /human done brings me back."
HUMAN_OVER = "From here on I answer again."
HUMAN_NOBODY = "No person can answer here: whoever runs this hub has named no chat for that."
EXPORTED = "{count} messages of yours, with their answers, are in {file}. Whoever runs this hub has that file for you."
FORGET_HOW = "/forget me erases what I have of you. I ask once more before I do it."
FORGET_ASKED = (
    "This erases what you wrote, the answers, your name and your place, for good. What it cost remains, under a number "
    "that leads to nobody. If you mean it, send /forget me {word} within five minutes."
)
FORGOTTEN = "You are forgotten. If you write again, we begin anew."

NOT_ON_THE_LIST = "I answer only the people that I was told to. Whoever runs this hub can add you, by your id."
BY_INVITATION = "I answer only people who were invited. Ask whoever runs this hub for a code, and send me /join CODE."
WELCOME = "Welcome. You can write to me here."
NO_SUCH_CODE = "This code lets nobody in: it is misspelled, used up or older than a week. Ask for another one."
TOO_MANY_CODES = "Too many codes were tried here. Please try again in an hour."
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
    Kind.MISSING: "The model that should answer is not there. Whoever runs the hub finds its name in the log.",
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


_UNREAD = {
    Unread.VOICE: "I cannot listen to recordings. Please write what you would like to know.",
    Unread.VIDEO: "I cannot watch videos. Please describe in words what you would like to know.",
    Unread.KIND: "I cannot read this kind of file. Please send it as plain text, or describe in words what is in it.",
    Unread.IMAGE: "I cannot look at pictures here. Please describe in words what you would like to know.",
    Unread.DOCUMENT: "I can read text documents only here. Please paste the part that your question is about.",
    Unread.OFFICE: "I cannot read office files. Please save it as PDF or as plain text and send that.",
    Unread.LARGE_IMAGE: "This picture is too large for me: 3.7 MB and 8,000 pixels a side at the most.",
    Unread.LARGE: "This file is too large for me: 1 MB of text or, where I read PDF, 10 MB and 100 pages at most.",
    Unread.MANY: "These are more files than I can read at once. Please send five at the most.",
    Unread.FETCH: "I could not fetch this file. Please send it again.",
}


def unread(reason: Unread) -> str:
    """What a person is told who sent nothing but a file that cannot be read."""
    return _UNREAD[reason]


def spent(opens_ms: int, zone: ZoneInfo, words: str = SPENT) -> str:
    """The budget's money is gone until then; `words` is SPENT in some language."""
    opens = datetime.fromtimestamp(opens_ms / 1000, UTC).astimezone(zone)
    return words.format(day=f"{opens:%Y-%m-%d}", time=f"{opens:%H:%M}", zone=zone.key)
