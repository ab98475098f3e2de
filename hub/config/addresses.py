"""Addresses that an operator writes: where to listen, where to call, and which chats are meant."""

import ipaddress
import re
from collections.abc import Collection, Mapping
from urllib.parse import SplitResult, urlsplit

import msgspec

from hub.config.problems import Findings, Key, quoted, suggestion, written
from hub.config.settings import Serves
from hub.config.values import NAME

PLATFORMS = ("telegram", "discord", "slack", "web", "console")
_ALWAYS = " always"
_WITH_WORKSPACES = ("discord", "slack")
_PERSON = {
    "telegram": (
        re.compile(r"[1-9][0-9]{0,19}"),
        "name people by id, never by name: the number in the address of Saved Messages on web.telegram.org",
    ),
    "discord": (
        re.compile(r"[1-9][0-9]{14,19}"),
        "name people by id, never by name: the number that Copy User ID gives, in Discord's developer mode",
    ),
    "slack": (
        re.compile(r"[UW][A-Z0-9]{2,20}"),
        "name people by id, never by name: Copy member ID in the menu of their profile",
    ),
    "web": (
        re.compile(r"[0-9a-f]{26}"),
        "name a browser by its id, which the page shows to who opened a link of `trunkline admin-link` in it",
    ),
    "console": (re.compile("terminal"), 'whoever sits there is "console:terminal"'),
}
_TELEGRAM_CHAT = re.compile(r"-?[1-9][0-9]{0,19}")
_SNOWFLAKE = re.compile(r"[1-9][0-9]{14,19}")
_SLACK_CHAT = re.compile(r"[CDG][A-Z0-9]{2,20}")
_SLACK_WORKSPACE = re.compile(r"[TE][A-Z0-9]{2,20}")
_SLACK_BOT = re.compile(r"B[A-Z0-9]{2,20}")
_CHAT = {"telegram": _TELEGRAM_CHAT, "discord": _SNOWFLAKE, "slack": _SLACK_CHAT}
_WORKSPACE = {"discord": _SNOWFLAKE, "slack": _SLACK_WORKSPACE}
_LISTEN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\s/\[\]]+)):(?P<port>[0-9]{1,5})")


def is_loopback(host: str) -> bool:
    """Does the host name mean this machine alone?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_listen(listen: str, key: Key, findings: Findings) -> bool:
    """Is `host:port` one that only this machine reaches? A malformed one is a problem and counts as such."""
    match = _LISTEN.fullmatch(listen)
    if match is None or int(match["port"]) > 65535:
        findings.problem(key, f"{quoted(listen)} is not host:port", 'write it like "127.0.0.1:8080" or "[::1]:8080"')
        return True
    return is_loopback(match["six"] or match["host"])


def check_url(url: str, key: Key, findings: Findings, *, secret: bool, gains: str = "a key") -> None:
    """Complain about a URL that no client can use or that would show a secret; never repeat it, as it may hold one."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in url):
        findings.problem(key, "is not a URL", 'write it like "https://host.example.com/v1"')
    elif parts.username is not None or parts.password is not None:
        findings.problem(key, "a URL holds no user name or password", 'take them out, and write key = "env:NAME"')
    elif parts.query or parts.fragment or url.endswith(("?", "#")):
        findings.problem(key, "a base URL has nothing after ? or #", "take it out; the client adds what it needs")
    elif parts.scheme == "http" and not is_loopback(parts.hostname):
        host = quoted(parts.hostname)
        if secret:
            findings.problem(key, f"plain http to {host} would send {gains} in the clear", "use https")
        else:
            findings.notice(
                f"{written(key[:-1])} calls {host} by plain http: what people write can be read on the way."
            )


_WEBHOOK_PORTS = (443, 80, 88, 8443)
"""Where Telegram's own servers call."""


def check_webhook(url: str, key: Key, findings: Findings, *, own: bool) -> None:
    """Complain about a URL that Telegram will not call. `own`: a Bot API server beside the hub calls it."""
    before = len(findings.problems)
    check_url(url, key, findings, secret=True, gains="what people write")
    parts = _split(url)
    if len(findings.problems) > before or parts is None or own:
        return
    if parts.scheme != "https":
        findings.problem(key, "Telegram calls no plain http", "use https")
    elif (parts.port or 443) not in _WEBHOOK_PORTS:
        ports = "443, 80, 88 or 8443"
        findings.problem(key, f"Telegram does not call port {parts.port}", f"use {ports}")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return None
    return parts


def check_database(database: str, key: Key, findings: Findings) -> None:
    """Complain about anything but `sqlite:PATH` and `postgresql://…` without a password."""
    scheme, _, rest = database.partition(":")
    if scheme == "sqlite" and rest and not rest.startswith("//"):
        return
    parts = urlsplit(database) if scheme == "postgresql" and _names_hosts(database) else None
    if parts is None:
        remedy = 'write "sqlite:var/hub.db" or "postgresql://user@host/database"'
        findings.problem(key, "is not the address of a database", remedy)
    elif parts.password is not None or "password=" in parts.query.lower():
        findings.problem(key, "a password does not belong in this file", "take it out and set PGPASSWORD")


def _names_hosts(database: str) -> bool:
    """Whether a URL of PostgreSQL says where it is: `host`, or `host:port,host:port` where another may take over.

    A server on this machine is named by the folder of its socket: postgresql://user@/database?host=/run/postgresql
    """
    try:
        parts = urlsplit(database)
    except ValueError:
        return False
    hosts = parts.netloc.rpartition("@")[2]
    each = [_split(f"//{host}") for host in hosts.split(",")]
    return all(one and one.hostname for one in each) if hosts else parts.query.startswith("host=/")


def check_person(person: str, key: Key, findings: Findings) -> None:
    """Complain about an admin who is not `channel:platform id`."""
    channel, colon, id_ = person.partition(":")
    if not colon or channel not in PLATFORMS:
        remedy = suggestion(channel, PLATFORMS) if colon else 'write it like "telegram:123456789"'
        findings.problem(key, f"{quoted(person)} is not channel:id", remedy)
    else:
        pattern, remedy = _PERSON[channel]
        if not pattern.fullmatch(id_):
            findings.problem(key, f"{quoted(person)} is no platform id", remedy)


def parse_allowed(entry: str, channel: str) -> tuple[str, str] | None:
    """`person`, `chat` or `workspace`, and its id; None where the platform has no such id."""
    kind, colon, id_ = entry.partition(":")
    if not colon:
        kind, id_ = "person", entry
    pattern = {"person": _PERSON[channel][0], "chat": _CHAT[channel]}.get(kind) or (
        _WORKSPACE.get(channel) if kind == "workspace" else None
    )
    return (kind, id_) if pattern and pattern.fullmatch(id_) else None


def is_bot(id_: str, channel: str) -> bool:
    """Whether it can be the id of a bot."""
    return bool(_PERSON[channel][0].fullmatch(id_) or (channel == "slack" and _SLACK_BOT.fullmatch(id_)))


def where_ids_stand(channel: str) -> str:
    """How to find the id of a person."""
    return _PERSON[channel][1]


def parse_serves(entry: str) -> Serves | None:
    """`channel[/account][:workspace][/chat][ always]` as parts, or None where it is not of that form.

    On a platform without workspaces, what follows the colon is the chat. After a lone slash, what has the form of a
    name is an account, all else a chat. The most specific entry wins: one with a chat before one with a workspace
    before one with an account before the channel alone.
    """
    place = entry.removesuffix(_ALWAYS)
    if place != entry:
        serves = parse_serves(place) if not place.endswith(_ALWAYS) else None
        return msgspec.structs.replace(serves, always=True) if serves else None
    head, colon, tail = entry.partition(":")
    channel, *parts = head.split("/")
    after = tail.split("/") if colon else []
    if any(not part or part != part.strip() for part in (channel, *parts, *after)) or len(parts) > 2:
        return None
    if colon:
        return _with_colon(channel, parts, after)
    if len(parts) == 1 and not NAME.fullmatch(parts[0]):
        return Serves(channel, chat=parts[0])
    account, chat = (*parts, "", "")[:2]
    return Serves(channel, account=account, chat=chat)


def _with_colon(channel: str, parts: list[str], after: list[str]) -> Serves | None:
    if len(parts) > 1 or len(after) > (2 if channel in _WITH_WORKSPACES else 1):
        return None
    account = parts[0] if parts else ""
    if channel not in _WITH_WORKSPACES:
        return Serves(channel, account=account, chat=after[0])
    return Serves(channel, account=account, workspace=after[0], chat=after[1] if len(after) > 1 else "")


def check_serves(
    entry: str, accounts: Mapping[str, Collection[str]] | None, key: Key, findings: Findings
) -> Serves | None:
    """The entry as parts, or None after a problem. `accounts`: the configured ones by channel; None: not known."""
    serves = parse_serves(entry)
    if serves is None:
        remedy = 'write channel[/account][:workspace][/chat], like "telegram/support" or "telegram:-1001234"'
        findings.problem(key, f"{quoted(entry)} names no chats", remedy)
        return None
    if serves.channel not in PLATFORMS:
        findings.problem(key, f"no channel {quoted(serves.channel)}", suggestion(serves.channel, accounts or PLATFORMS))
    elif serves.channel == "telegram" and serves.chat and not _TELEGRAM_CHAT.fullmatch(serves.chat):
        findings.problem(key, f"{quoted(serves.chat)} is no chat id", "name chats by id, never by name")
    elif serves.channel == "discord" and (wrong := _not_of_discord(serves)):
        findings.problem(key, f"{quoted(wrong)} is no id of Discord", "name servers and channels by id, never by name")
    elif serves.channel == "slack" and not _are_slack_ids(serves):
        remedy = 'name workspace and channel by id, like "slack:T0123/C0456"; both stand in the channel\'s web address'
        findings.problem(key, f"{quoted(entry)} names no chats", remedy)
    elif accounts is None:
        return serves
    elif serves.channel not in accounts:
        remedy = f"add [channels.{serves.channel}], or remove the entry"
        findings.problem(key, f"channel {quoted(serves.channel)} is not set up", remedy)
    elif serves.account and serves.account not in accounts[serves.channel]:
        text = f"{serves.channel} has no account {quoted(serves.account)}"
        findings.problem(key, text, suggestion(serves.account, accounts[serves.channel]))
    else:
        return serves
    return None


def _not_of_discord(serves: Serves) -> str:
    """What should be the id of a server or a channel and is none."""
    return next((part for part in (serves.workspace, serves.chat) if part and not _SNOWFLAKE.fullmatch(part)), "")


def _are_slack_ids(serves: Serves) -> bool:
    return not (
        (serves.workspace and not _SLACK_WORKSPACE.fullmatch(serves.workspace))
        or (serves.chat and not _SLACK_CHAT.fullmatch(serves.chat))
    )
