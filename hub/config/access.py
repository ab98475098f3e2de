"""Who may speak to an account: `allow`, `invitations` and `bots`, by platform ids and never by name."""

from collections.abc import Collection, Iterable

from hub.config.addresses import is_bot, parse_allowed, where_ids_stand
from hub.config.model import AccountTable
from hub.config.problems import Findings, Key, quoted
from hub.config.settings import Access, ChannelSettings

_CHATS = {
    "telegram": 'write a person as "123456789", a group as "chat:-1001234567"',
    "discord": 'write "chat:" with a channel\'s id, "workspace:" with a server\'s',
    "slack": 'write "chat:C0456" or "workspace:T0123"',
}


def access_of(channel: str, table: AccountTable, key: Key, findings: Findings) -> Access:
    """What the account's table says; everyone may speak where it says nothing, and no bot."""
    ids: dict[str, set[str]] = {"person": set(), "chat": set(), "workspace": set()}
    for place, entry in enumerate(table.allow or ()):
        parsed = parse_allowed(entry, channel)
        if parsed:
            ids[parsed[0]].add(parsed[1])
        else:
            remedy = _CHATS[channel] if entry.startswith(("chat:", "workspace:")) else _never_by_name(channel)
            findings.problem((*key, "allow", place), f"{quoted(entry)} is no platform id", remedy)
    return Access(
        open=table.allow is None and not table.invitations,
        people=frozenset(ids["person"]),
        chats=frozenset(ids["chat"]),
        workspaces=frozenset(ids["workspace"]),
        invitations=table.invitations or False,
        every_bot=table.bots is True,
        bots=_bots(channel, table.bots, key, findings),
    )


def _bots(channel: str, bots: bool | list[str] | None, key: Key, findings: Findings) -> frozenset[str]:
    named = bots if isinstance(bots, list) else []
    for place, id_ in enumerate(named):
        if not is_bot(id_, channel):
            findings.problem((*key, "bots", place), f"{quoted(id_)} is no platform id", _never_by_name(channel))
    return frozenset(named)


def _never_by_name(channel: str) -> str:
    return f"a name can pass to somebody else, so {where_ids_stand(channel)}"


def check_somebody(channels: Iterable[ChannelSettings], admins: Collection[str], findings: Findings) -> None:
    """Complain about an account that lets nobody in, and about invitations that nobody could make."""
    for each in channels:
        access = each.access
        key: Key = ("channels", each.channel) if each.account == "main" else ("channels", each.channel, each.account)
        owned = any(admin.startswith(f"{each.channel}:") for admin in admins)
        if access.invitations and not owned:
            text = f"only owners invite, and hub.admins names none on {each.channel}"
            findings.problem((*key, "invitations"), text, "add yourself to hub.admins")
        elif not (access.open or owned or access.people or access.chats or access.workspaces):
            findings.problem((*key, "allow"), "lets nobody in", "name somebody, or remove it")
