"""[channels]: which accounts on which platforms, with their secrets."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from hub.config.access import access_of
from hub.config.addresses import check_listen, check_url, check_webhook
from hub.config.environment import look_up
from hub.config.model import (
    ChannelsTable,
    ConsoleTable,
    DiscordTable,
    DocumentTable,
    PaceTable,
    SlackTable,
    Table,
    TelegramTable,
    WebhookTable,
    WebTable,
    named,
    read,
)
from hub.config.problems import Findings, Key, written
from hub.config.settings import ChannelSettings, PaceSettings, Secret

MAIN = "main"
"""The account where regions.toml names none."""
_LISTEN = "127.0.0.1:8080"
_OF_ONE_ACCOUNT = ("token", "bot_token", "app_token")
_WEB_SECRET_AT_LEAST = 16
"""Characters. It signs the cookies of everyone who writes on the page; 16 of hexadecimal are 64 bits."""
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""What Telegram takes as the secret token of a webhook."""


class Channels(msgspec.Struct, frozen=True):
    """What [channels] comes to."""

    on: tuple[ChannelSettings, ...]
    accounts: Mapping[str, frozenset[str]] | None
    """Every account that is set up, by channel, also those that are off; None where [channels] is itself a problem."""


def channels_of(document: DocumentTable, environment: Mapping[str, str], findings: Findings) -> Channels:
    """The accounts; without [channels], the web page on this machine."""
    if document.broken("channels"):
        return Channels((), None)
    if document.channels is None:
        web = ChannelSettings("web", MAIN, {}, listen=_LISTEN)
        return Channels((web,), {"web": frozenset({MAIN})})
    before = len(findings.problems)
    table = read(ChannelsTable, document.channels, ("channels",), findings)
    accounts = {name: frozenset({MAIN}) for name in ChannelsTable.model_fields if not table.lacks(name)}
    on: list[ChannelSettings | None] = []
    if table.web is not None:
        on.append(_web(table.web, environment, findings))
    for name, raw, model in (("telegram", table.telegram, TelegramTable), ("discord", table.discord, DiscordTable)):
        if raw is None:
            continue
        tables = dict(_accounts(name, raw, model, "token", findings))
        accounts[name] = frozenset(account for account, _ in tables.values())
        on += [
            _account(name, model, of, account, key, environment, findings, served=table.web)
            for key, (account, of) in tables.items()
        ]
    if table.slack is not None:
        tables = dict(_accounts("slack", table.slack, SlackTable, "bot_token", findings))
        accounts["slack"] = frozenset(account for account, _ in tables.values())
        on += [
            _slack(read(SlackTable, of, key, findings), account, key, environment, findings, served=table.web)
            for key, (account, of) in tables.items()
        ]
    if table.console is not None:
        read(ConsoleTable, table.console, ("channels", "console"), findings)
        on.append(ChannelSettings("console", MAIN, {}))
    live = tuple(channel for channel in on if channel is not None)
    if not live and len(findings.problems) == before:
        findings.problem(("channels",), "no channel is on", "set the secret of one, or add [channels.web]")
    _one_poller_a_token(live, findings)
    _one_discord(live, findings)
    return Channels(live, accounts)


def _web(raw: dict[str, Any], environment: Mapping[str, str], findings: Findings) -> ChannelSettings | None:
    key: Key = ("channels", "web")
    table = read(WebTable, raw, key, findings)
    listen = table.listen or _LISTEN
    local = check_listen(listen, (*key, "listen"), findings)
    watched = _metrics_token(table, (*key, "metrics_token"), environment, findings)
    if table.lacks("secret"):
        if not local:
            text = "others could reach this page, and it has no secret"
            findings.problem((*key, "listen"), text, 'add secret = "env:WEB_SECRET", or listen on 127.0.0.1')
        return ChannelSettings("web", MAIN, watched, listen=listen)
    secrets = _secrets({"secret": table.secret}, key, environment, findings)
    if secrets:
        _check_length(secrets["secret"], (*key, "secret"), findings)
    return None if secrets is None else ChannelSettings("web", MAIN, {**secrets, **watched}, listen=listen)


def _metrics_token(table: WebTable, key: Key, environment: Mapping[str, str], findings: Findings) -> dict[str, Secret]:
    """What Prometheus shows to read /metrics; where it is not set, only this machine may read them."""
    if table.metrics_token is None:
        return {}
    looked = look_up(table.metrics_token, key, environment, findings)
    if looked.unset:
        findings.notice(f"{written(key)}: {looked.unset} is not set; only this machine may read /metrics.")
    if looked.secret is None:
        return {}
    _check_length(looked.secret, key, findings)
    return {"metrics_token": looked.secret}


def _check_length(secret: Secret, key: Key, findings: Findings) -> None:
    if len(secret.reveal()) < _WEB_SECRET_AT_LEAST:
        text = f"{secret.source.removeprefix('env:')} is too short to be safe from guessing"
        findings.problem(key, text, f"use {_WEB_SECRET_AT_LEAST} random characters or more")


def _accounts(
    platform: str, raw: dict[str, Any], model: type[Table], token: str, findings: Findings
) -> Iterator[tuple[Key, tuple[str, object]]]:
    """Each account's key, name and table: [channels.PLATFORM] itself is `main`, its further tables have their names."""
    key: Key = ("channels", platform)
    others = {name: of for name, of in raw.items() if isinstance(of, dict) and name not in model.model_fields}
    own = {name: value for name, value in raw.items() if name not in others}
    if token in own or not others:
        yield key, (MAIN, own)
    else:
        remedy = f"move it into [channels.{platform}.{next(iter(others))}]"
        for name in own:
            findings.problem((*key, name), "belongs to no account", remedy)
    for name, table in others.items():
        named(name, (*key, name), findings)
        if name == MAIN and token in own:
            text = f'the {token.replace("_", " ")} in [channels.{platform}] is already the account "main"'
            findings.problem((*key, name), text, "rename this account")
        else:
            yield (*key, name), (name, table)


def _account(
    channel: str,
    model: type[TelegramTable] | type[DiscordTable],
    raw: object,
    account: str,
    key: Key,
    environment: Mapping[str, str],
    findings: Findings,
    *,
    served: object,
) -> ChannelSettings | None:
    table = read(model, raw, key, findings)
    gateway = table.gateway_url if isinstance(table, DiscordTable) else None
    webhook = table.webhook if isinstance(table, TelegramTable) else None
    if table.api_url:
        check_url(table.api_url, (*key, "api_url"), findings, secret=True, gains="the token")
    if gateway:
        _check_gateway(gateway, (*key, "gateway_url"), findings)
    access = access_of(channel, table, key, findings)
    if table.lacks("token"):
        findings.problem((*key, "token"), "is missing", f'add token = "env:{channel.upper()}_TOKEN"')
        return None
    secrets = _secrets({"token": table.token}, key, environment, findings)
    if webhook is not None:
        called = _webhook(webhook, (*key, "webhook"), environment, findings, served=served, own=bool(table.api_url))
        secrets = {**secrets, **called} if secrets is not None and called is not None else None
    if secrets is None:
        return None
    return ChannelSettings(
        channel,
        account,
        secrets,
        api_url=table.api_url or "",
        gateway_url=gateway or "",
        webhook_url=(webhook and webhook.url) or "",
        pace=_pace(table.pace),
        access=access,
    )


def _webhook(
    table: WebhookTable,
    key: Key,
    environment: Mapping[str, str],
    findings: Findings,
    *,
    served: object,
    own: bool,
) -> dict[str, Secret] | None:
    """The webhook's secret; None where something is missing, which switches the account off, or is a problem.

    `own`: the operator's own Bot API server calls it, which may stand on this machine.
    """
    before = len(findings.problems)
    if table.url:
        check_webhook(table.url, (*key, "url"), findings, own=own)
    elif table.lacks("url"):
        findings.problem((*key, "url"), "is missing", 'add url = "https://hub.example.com"')
    if served is None:
        findings.problem(key, "nobody listens for what Telegram brings", "add [channels.web]")
    if table.lacks("secret"):
        findings.problem((*key, "secret"), "is missing", 'add secret = "env:TELEGRAM_SECRET"')
    if table.secret is None:
        return None
    secrets = _secrets({"secret": table.secret}, key, environment, findings)
    if secrets is None or len(findings.problems) > before:
        return None
    if not _WEBHOOK_SECRET.fullmatch(secrets["secret"].reveal()):
        name = secrets["secret"].source.removeprefix("env:")
        text = f"{name} is none that Telegram takes: 1 to 256 letters, digits, _ and -"
        findings.problem((*key, "secret"), text, "make one with `openssl rand -hex 32`")
        return None
    return {"webhook_secret": secrets["secret"]}


def _check_gateway(url: str, key: Key, findings: Findings) -> None:
    """Like any URL, with ws and wss in the place of http and https."""
    scheme, _, rest = url.partition(":")
    if scheme in ("ws", "wss"):
        check_url(f"{scheme.replace('ws', 'http')}:{rest}", key, findings, secret=True, gains="the token")
    else:
        findings.problem(key, "is not the address of a gateway", 'write it like "wss://gateway.example.com"')


def _slack(
    table: SlackTable,
    account: str,
    key: Key,
    environment: Mapping[str, str],
    findings: Findings,
    *,
    served: object,
) -> ChannelSettings | None:
    """An account by Socket Mode or, where there is an HTTP server, by HTTP events."""
    if table.api_url:
        check_url(table.api_url, (*key, "api_url"), findings, secret=True, gains="the token")
    access = access_of("slack", table, key, findings)
    if table.lacks("bot_token"):
        findings.problem((*key, "bot_token"), "is missing", 'add bot_token = "env:SLACK_BOT_TOKEN"')
        return None
    ways = {"app_token": table.app_token, "signing_secret": table.signing_secret}
    chosen = {name: reference for name, reference in ways.items() if reference is not None}
    if not chosen and all(table.lacks(name) for name in ways):
        remedy = 'add app_token = "env:SLACK_APP_TOKEN" for Socket Mode, or signing_secret for HTTP events'
        findings.problem((*key, "app_token"), "is missing", remedy)
        return None
    if len(chosen) > 1:
        findings.problem((*key, "signing_secret"), "is of no use beside app_token", "keep the one that the app uses")
        return None
    if "signing_secret" in chosen and served is None:
        findings.problem((*key, "signing_secret"), "nobody listens for HTTP events", "add [channels.web]")
        return None
    secrets = _secrets({"bot_token": table.bot_token, **chosen}, key, environment, findings)
    if secrets is None:
        return None
    return ChannelSettings(
        "slack", account, secrets, api_url=table.api_url or "", pace=_pace(table.pace), access=access
    )


def _pace(table: PaceTable | None) -> PaceSettings:
    return PaceSettings(**table.model_dump()) if table else PaceSettings()


def _secrets(
    references: Mapping[str, str | None], key: Key, environment: Mapping[str, str], findings: Findings
) -> dict[str, Secret] | None:
    """The secrets by key; None where one is not set, which switches the channel off, or is a problem."""
    found: dict[str, Secret] = {}
    for name, reference in references.items():
        looked = look_up(reference, (*key, name), environment, findings) if reference is not None else None
        if looked and looked.secret:
            found[name] = looked.secret
        elif looked and looked.unset:
            findings.notice(f"{written(key)} is off: {looked.unset} is not set.")
    return found if len(found) == len(references) else None


def _one_poller_a_token(channels: tuple[ChannelSettings, ...], findings: Findings) -> None:
    """Two accounts on one token would take each other's messages away."""
    first: dict[str, str] = {}
    for channel in channels:
        for name, secret in channel.secrets.items():
            where = f"{channel.channel}/{channel.account}"
            if name in _OF_ONE_ACCOUNT and (other := first.setdefault(secret.reveal(), where)) != where:
                accounts = f"{channel.channel} accounts {other.split('/')[1]} and {channel.account}"
                text = f"{accounts} have the same {name.replace('_', ' ')}"
                findings.problem(("channels", channel.channel), text, "give each account its own bot, or remove one")


def _one_discord(channels: tuple[ChannelSettings, ...], findings: Findings) -> None:
    """Its SDK knows one address of the platform in a process."""
    for name in ("api_url", "gateway_url"):
        if len({getattr(each, name) for each in channels if each.channel == "discord"}) > 1:
            findings.problem(
                ("channels", "discord"),
                f"its accounts differ in {name}",
                "give each the same, or run a second hub for the other",
            )
