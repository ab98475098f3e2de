"""People as admins name them: by channel and platform id, never by name; and /tier, which says what they may."""

import msgspec

from hub.commands.command import Call, Told, command, for_the_hub
from hub.store import statement

TIERS = ("free", "paid", "enterprise")
_HOW = f"Write /tier, who, and one of {', '.join(TIERS)}."
HOW_TO_NAME = "Name a person like telegram:123456789, or by the number that /costs by person shows."


class Known(msgspec.Struct, frozen=True):
    """Somebody who has written to the hub."""

    id: str
    """channel/platform id"""
    number: int
    tier: str

    @property
    def shown(self) -> str:
        """`channel:platform id`"""
        return self.id.replace("/", ":", 1)


async def person_named(call: Call, word: str) -> Known | None:
    """Whom `channel:platform id` or the opaque number means. Raises StoreError."""
    channel, colon, platform_id = word.partition(":")
    person = f"{channel.casefold()}/{platform_id}" if colon else ""
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 19 else -1
    rows = await call.database.read(statement("people.find", person=person, number=number))
    return Known(rows[0]["id"], rows[0]["number"], rows[0]["tier"]) if rows else None


async def _tier(call: Call) -> Told:
    if not call.given:
        return Told(f"{_HOW} {HOW_TO_NAME}", audited="")
    person = await person_named(call, call.given[0])
    if person is None:
        return Told(f"Nobody with this id has written to the hub. {HOW_TO_NAME}", audited="")
    if len(call.given) == 1:
        return Told(f"{person.shown} has the tier {person.tier}.", audited=str(person.number))
    tier = call.given[1].casefold()
    if tier not in TIERS or len(call.given) > 2:
        return Told(_HOW, audited=str(person.number))
    change = statement("people.set_tier", person=person.number, tier=tier)
    return Told(f"{person.shown} has the tier {tier} from now on.", (change,), audited=f"{person.number} {tier}")


TIER = command(
    "tier",
    "How much a person may ask: free, paid or enterprise",
    _tier,
    arguments="channel:id and tier",
    role="operator",
    needs=for_the_hub,
)
