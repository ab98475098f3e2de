"""The accounts that are switched on, as channels: each platform's SDK is imported only where its channel is on."""

import sys
from typing import TYPE_CHECKING, Protocol

from hub.agents.local import local_available
from hub.channel import Channel, Notes, Pace, Ration
from hub.clock import Clock, SystemClock, new_id
from hub.commands import COMMANDS
from hub.config.settings import ChannelSettings, PaceSettings, Serves, Settings
from hub.errors import TrunklineError
from hub.store import Database, statement

if TYPE_CHECKING:
    from channels.web.page import Look

PRACTICE = (
    "Answers from the FAQ are in the FAQ's own words. All others come from a practice model: very small, running on "
    "this machine, and quick to invent facts."
)


class Beside(Protocol):
    """What there is of other processes that use the same accounts, each named as `channel/account`; None: nothing."""

    def notes(self, account: str) -> Notes | None:
        """What they leave each other."""
        ...

    def ration(self, account: str) -> Ration | None:
        """What they may do together."""
        ...


class NobodyBeside:
    """For a process that is alone with its accounts."""

    def notes(self, account: str) -> Notes | None:
        return None

    def ration(self, account: str) -> Ration | None:
        return None


NOBODY = NobodyBeside()


def channels_of(
    settings: Settings, database: Database, clock: Clock, beside: Beside = NOBODY
) -> dict[tuple[str, str], Channel]:
    """The channels that are on, by name and account. Raises TrunklineError."""
    return {
        (each.channel, each.account): _channel(each, settings, database, clock, beside) for each in settings.channels
    }


def read_by_one(settings: Settings) -> list[str]:
    """The accounts (`channel/account`) whose messages come through a connection that one process at a time may have."""
    return [
        f"{each.channel}/{each.account}"
        for each in settings.channels
        if (each.channel == "telegram" and not each.webhook_url)
        or each.channel == "discord"
        or (each.channel == "slack" and "app_token" in each.secrets)
    ]


def _channel(each: ChannelSettings, settings: Settings, database: Database, clock: Clock, beside: Beside) -> Channel:
    account = f"{each.channel}/{each.account}"
    notes = beside.notes(account)
    match each.channel:
        case "web":
            return _web(each, settings, database, clock, notes)
        case "telegram":
            from channels.telegram.channel import PACE, TelegramChannel
            from channels.telegram.rights import Served

            secret = each.secrets.get("webhook_secret")
            return TelegramChannel(
                each.secrets["token"].reveal(),
                account=each.account,
                api_url=each.api_url,
                webhook_url=each.webhook_url,
                webhook_secret=secret.reveal() if secret else "",
                commands=COMMANDS,
                notes=notes,
                admins=_admins(each.channel, settings),
                served=[Served(place.chat, place.always) for place in _served(each, settings)],
                pace=_paced(PACE, each.pace),
            )
        case "discord":
            from channels.discord import channel as discord

            token, pace = each.secrets["token"].reveal(), _paced(discord.PACE, each.pace)
            api, gateway = each.api_url, each.gateway_url
            return discord.DiscordChannel(
                token,
                account=each.account,
                api_url=api,
                gateway_url=gateway,
                pace=pace,
                commands=COMMANDS,
                notes=notes,
            )
        case "slack":
            from channels.slack import channel as slack

            secrets = {name: secret.reveal() for name, secret in each.secrets.items()}
            return slack.SlackChannel(
                secrets["bot_token"],
                app_token=secrets.get("app_token", ""),
                signing_secret=secrets.get("signing_secret", ""),
                account=each.account,
                api_url=each.api_url,
                pace=_paced(slack.PACE, each.pace),
                commands=COMMANDS,
                notes=notes,
                ration=beside.ration(account),
            )
        case "console":
            from channels.console.channel import ConsoleChannel

            return ConsoleChannel(
                each.account, lines_from=sys.stdin.fileno(), out=sys.stdout, now_ms=clock.now_ms, new_id=new_id
            )
        case other:
            raise TrunklineError(f"There is no channel {other}.")


def _admins(channel: str, settings: Settings) -> list[str]:
    """The platform's ids of the hub's owners there."""
    owners = (admin.partition(":") for admin in settings.hub.admins)
    return [id_ for of, _, id_ in owners if of == channel]


def _served(each: ChannelSettings, settings: Settings) -> list[Serves]:
    """What agents serve of an account."""
    places = (place for agent in settings.agents.values() for place in agent.serves)
    return [place for place in places if place.channel == each.channel and place.account in ("", each.account)]


def _web(each: ChannelSettings, settings: Settings, database: Database, clock: Clock, notes: Notes | None) -> Channel:
    from channels.web.channel import WebChannel
    from channels.web.guard import LOOPBACK_HOSTS

    async def use_once(link: str) -> bool:
        (fresh,) = await database.run(statement("web.use_once", id=link))
        return bool(fresh)

    host = each.listen.rpartition(":")[0]
    return WebChannel(
        each.account,
        secret=web_secret(each, settings),
        look=_look(settings),
        now_ms=clock.now_ms,
        new_id=new_id,
        use_once=use_once,
        hosts=LOOPBACK_HOSTS if host in LOOPBACK_HOSTS else (),
        notes=notes,
    )


def web_secret(each: ChannelSettings, settings: Settings) -> bytes:
    """What signs the page's cookies and sign-in links. Raises TrunklineError."""
    from channels.web.session import load_or_make_secret

    secret = each.secrets.get("secret")
    return secret.reveal().encode() if secret else load_or_make_secret(settings.path.parent / "var" / "web.secret")


def _look(settings: Settings) -> "Look":
    from channels.web.page import Look

    deployments = [each for agent in settings.agents.values() for each in agent.deployments]
    practice = ""
    if any(each.api == "local" for each in deployments):
        missing = local_available()
        practice = (
            f"The practice model cannot be had here ({missing}), so answers come from the FAQ alone."
            if missing
            else PRACTICE
        )
    return Look(
        hub_name=settings.hub.name,
        regions=tuple((name, f"{name} ({region.location})") for name, region in settings.regions.items()),
        practice=practice,
    )


def _paced(default: Pace, wished: PaceSettings) -> Pace:
    return Pace(
        overall=wished.overall or default.overall,
        chat=wished.chat or default.chat,
        group=wished.group or default.group,
        unconfirmed=wished.unconfirmed or default.unconfirmed,
    )


def make_link(settings: Settings) -> str:
    """A one-time link that signs a browser in as admin of the page. Raises TrunklineError."""
    web = next((each for each in settings.channels if each.channel == "web"), None)
    if web is None:
        raise TrunklineError("The web channel is off. Switch it on with [channels.web] in regions.toml.")
    from channels.web.session import make_admin_link

    secret = web_secret(web, settings)
    return make_admin_link(secret, f"http://{web.listen}", now_ms=SystemClock().now_ms(), link_id=new_id())
