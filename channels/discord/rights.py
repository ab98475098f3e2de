"""What a bot may do in its servers and their channels, in the words that Discord's settings use."""

from collections.abc import Iterable

import msgspec

from channels.discord.rest import Rest

_ADMINISTRATOR = 1 << 3
_VIEW = 1 << 10
NEEDED = {
    _VIEW: "View Channels",
    1 << 11: "Send Messages",
    1 << 16: "Read Message History",
    1 << 38: "Send Messages in Threads",
}
_TEXT, _NEWS, _FORUM = 0, 5, 15
SERVERS_LOOKED_INTO = 10
_NAMED = 5
_NAME = 40


class _Server(msgspec.Struct, frozen=True):
    id: str
    name: str = ""
    permissions: str = "0"
    """Of the bot in the server as a whole: of everyone and of its roles."""


class _Overwrite(msgspec.Struct, frozen=True):
    id: str
    allow: str = "0"
    deny: str = "0"


class _Channel(msgspec.Struct, frozen=True):
    id: str
    type: int = 0
    name: str = ""
    permission_overwrites: list[_Overwrite] = []


class _Member(msgspec.Struct, frozen=True):
    roles: list[str] = []


class Rights(msgspec.Struct, frozen=True):
    """What was found."""

    servers: int
    shut: tuple[str, ...] = ()
    """A sentence for each server where the bot can answer nowhere."""
    partly: tuple[str, ...] = ()
    """A clause for each server where some channels lack something."""


async def rights_of(rest: Rest, me: str) -> Rights:
    """Look into the first servers of the bot. Raises ChannelError, and ValidationError of msgspec."""
    servers = msgspec.convert(await rest.request("GET", "/users/@me/guilds", query={"limit": "200"}), list[_Server])
    shut: list[str] = []
    partly: list[str] = []
    for server in servers[:SERVERS_LOOKED_INTO]:
        lacking = await _lacking(rest, server, me)
        general = missing(int(server.permissions))
        if all(words for _, words in lacking) and (lacking or general):
            words = general or sorted({each for _, some in lacking for each in some})
            shut.append(f"In the server {_short(server.name)} the bot lacks: {', '.join(words)}.")
        elif some := [f"#{_short(name)} ({', '.join(words)})" for name, words in lacking if words]:
            more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
            partly.append(f"in {_short(server.name)} it lacks rights in {', '.join(some[:_NAMED])}{more}")
    return Rights(len(servers), tuple(shut), tuple(partly))


async def _lacking(rest: Rest, server: _Server, me: str) -> list[tuple[str, list[str]]]:
    """Each channel where people write, by its name, with what is missing there."""
    channels = msgspec.convert(
        await rest.request("GET", "/guilds/{guild_id}/channels", guild_id=server.id), list[_Channel]
    )
    member = msgspec.convert(
        await rest.request("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=server.id, user_id=me), _Member
    )
    return [
        (channel.name, missing(_in_channel(int(server.permissions), channel, server.id, member.roles, me)))
        for channel in channels
        if channel.type in (_TEXT, _NEWS, _FORUM)
    ]


def missing(permissions: int) -> list[str]:
    """The names of what is needed and not there; an administrator lacks nothing."""
    return [] if permissions & _ADMINISTRATOR else [name for bit, name in NEEDED.items() if not permissions & bit]


def _in_channel(base: int, channel: _Channel, everyone: str, roles: list[str], me: str) -> int:
    """A channel's overwrites in Discord's order: everyone's, then all roles' together, then the member's own."""
    if base & _ADMINISTRATOR:
        return base
    by_id = {each.id: each for each in channel.permission_overwrites}
    for who in ([everyone], roles, [me]):
        found = [by_id[each] for each in who if each in by_id]
        base = base & ~_together(each.deny for each in found) | _together(each.allow for each in found)
    return base


def _together(bits: Iterable[str]) -> int:
    whole = 0
    for each in bits:
        whole |= int(each)
    return whole


def _short(name: str) -> str:
    return " ".join(name.split())[:_NAME]
