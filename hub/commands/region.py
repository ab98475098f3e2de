"""/region: where the hub takes a person to be, and what they choose instead; also a location that they share."""

from hub import phrases
from hub.commands.caller import Caller
from hub.commands.command import Call, Told, command, place_of_sender
from hub.config.settings import Agent, Settings
from hub.inbox import Claim, Waiting
from hub.languages import language_of, translated
from hub.routing import SOURCES, Whereabouts, choose, home_region, whereabouts
from hub.store import Statement, statement

CLEAR = "clear"


async def _region(call: Call) -> Told:
    wish = call.arguments.casefold()
    if not wish:
        return Told(_shown(call))
    if wish == CLEAR:
        return _forgotten(call)
    if wish not in call.settings.regions:
        return Told(call.words(phrases.REGION_UNKNOWN, names=_names(call.settings)))
    chosen = statement("people.choose_region", person=call.caller.person, region=wish)
    where = place_of_sender(call.waiting, call.settings, wish)
    home = move_home(call.claim, where, call.settings, call.agent)
    text = phrases.REGION_CHOSEN if where.region == wish else phrases.REGION_BEHIND_PAGE
    return Told(call.words(text, region=where.region), (chosen, home))


def _shown(call: Call) -> str:
    where = place_of_sender(call.waiting, call.settings)
    whence = translated(SOURCES[where.source], call.language).format(where.detail)
    if where.earlier:
        whence = f"{whence} {call.words(phrases.KNOWN_FROM_BEFORE)}"
    return "\n".join([whence, _answering(call, where), call.words(phrases.REGION_CHOICES, names=_names(call.settings))])


def _answering(call: Call, where: Whereabouts) -> str:
    if call.agent is None:
        return call.words(phrases.NOT_SERVED)
    route = choose(call.agent, where, call.settings.regions, healthy=lambda _: True)
    if not route.region:
        return call.words(phrases.ANSWERED_FROM_NOWHERE)
    return call.words(phrases.ANSWERED_FROM, region=route.region)


def _forgotten(call: Call) -> Told:
    settings = call.settings
    forget = statement("people.forget_place", person=call.caller.person)
    where = whereabouts(call.waiting.message.hints, "", settings.regions, settings.hub.default_region)
    return Told(call.words(phrases.REGION_FORGOTTEN), (forget, move_home(call.claim, where, settings, call.agent)))


def move_home(claim: Claim, where: Whereabouts, settings: Settings, agent: Agent | None) -> Statement:
    """The conversation's home follows what became known after it was opened."""
    home = home_region(where, settings.regions, agent)
    return statement("people.move_home", conversation=claim.key, home_region=home)


def place_noted(claim: Claim, waiting: Waiting, settings: Settings, agent: Agent | None) -> Told:
    """The answer to a shared location, which the turn keeps as it keeps every hint."""
    where = place_of_sender(waiting, settings)
    text = phrases.LOCATION_BEHIND_CHOICE if where.source == "choice" else phrases.LOCATION_KEPT
    words = translated(text, language_of(waiting.message.hints, waiting.hints))
    return Told(words.format(region=where.region), (move_home(claim, where, settings, agent),))


def _names(settings: Settings) -> str:
    return ", ".join(sorted(settings.regions))


def _values(_: Caller, settings: Settings) -> list[str]:
    return [*sorted(settings.regions), CLEAR]


REGION = command(
    "region", "Where I take you to be, and which region answers", _region, arguments="region", values=_values
)
