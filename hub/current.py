"""What is in force now: the settings and all that is made from them, exchanged whole at a reload."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

import aiohttp
import msgspec

from hub.agents.connect import connect
from hub.agents.faq import Faq
from hub.agents.port import AgentClient, Timeouts
from hub.config.settings import Access, Agent, ChannelSettings, Deployment, Secret, Settings
from hub.errors import TrunklineError
from hub.listening import Endpoint
from hub.messages import Message
from hub.people import NOBODY, Remembered
from hub.routing import Fleet, agent_for, home_region, whereabouts
from hub.slots import Slots

Heard = Callable[[Secret, int, Mapping[str, str]], None]

Watch = Callable[[Deployment, AgentClient], AgentClient]
"""Puts somebody between a deployment's client and those who ask it."""


class NeedsRestart(TrunklineError):
    """The change cannot be applied to a running hub."""


class Snapshot(msgspec.Struct, frozen=True):
    """One state of the settings."""

    settings: Settings
    endpoints: Mapping[str, Endpoint]
    """By name of the deployment."""
    faqs: Mapping[str, Faq]
    """By name of the agent."""


class Current:
    """The snapshot in force. Turns under way keep what they were given."""

    def __init__(
        self,
        settings: Settings,
        http: aiohttp.ClientSession,
        fleet: Fleet,
        watch: Watch = lambda _, client: client,
    ) -> None:
        self._http = http
        self._fleet = fleet
        self.heard: Heard = lambda *_: None
        """Given a key, and the status and headers of every response that it got."""
        self._connect = _Connect(http, fleet, self._hear, watch)
        self._snapshot = _snapshot(settings, {}, self._connect)
        fleet.renew(settings.agents.values())

    def settings(self) -> Settings:
        return self._snapshot.settings

    def endpoints(self) -> Mapping[str, Endpoint]:
        return self._snapshot.endpoints

    def faqs(self) -> Mapping[str, Faq]:
        return self._snapshot.faqs

    def home_region(self, message: Message, known: Remembered = NOBODY) -> str:
        """Where the workers stand that take this message, by all that is known of its sender."""
        return home_of(message, self.settings(), known)

    def replace(self, settings: Settings) -> None:
        """Put other settings in force, whole. Raises NeedsRestart; then nothing has changed."""
        before = self.settings()
        for what, old, new in (
            ("[channels]", _connected(before), _connected(settings)),
            ("hub.database", before.hub.database, settings.hub.database),
            ("hub.timezone", before.hub.timezone, settings.hub.timezone),
            ("hub.max_turns", before.hub.max_turns, settings.hub.max_turns),
            ("hub.lease_s", before.hub.lease_s, settings.hub.lease_s),
        ):
            if old != new:
                raise NeedsRestart(f"{what} has changed; that needs a restart. Nothing was applied.")
        self._snapshot = _snapshot(settings, self._snapshot.endpoints, self._connect)
        self._fleet.renew(settings.agents.values())

    def _hear(self, key: Secret, status: int, headers: Mapping[str, str]) -> None:
        self.heard(key, status, headers)

    async def close(self) -> None:
        """Let go of the deployments."""
        await asyncio.gather(*(endpoint.client.close() for endpoint in self._snapshot.endpoints.values()))


def home_of(message: Message, settings: Settings, known: Remembered) -> str:
    """The home region of the message's conversation, if it is a new one."""
    default = settings.hub.default_region
    where = whereabouts(message.hints, known.region, settings.regions, default, known.hints)
    return home_region(where, settings.regions, agent_for(message.conversation, settings.agents))


def _connected(settings: Settings) -> list[ChannelSettings]:
    """What a channel is made from; who may speak to it is read for every message."""
    return [msgspec.structs.replace(each, access=Access()) for each in settings.channels]


class _Connect(msgspec.Struct, frozen=True):
    """What every endpoint is made with."""

    http: aiohttp.ClientSession
    fleet: Fleet
    heard: Heard
    watch: Watch

    def endpoint(self, deployment: Deployment, agent: Agent, known: Endpoint | None) -> Endpoint:
        # An endpoint that has not changed is kept, with the calls that are under way through it.
        if known and known.deployment == deployment and deployment.api != "faq":
            return known
        key = deployment.key.reveal() if deployment.key else None
        hear = partial(self.heard, deployment.key) if deployment.key else None
        client = connect(
            deployment.api,
            deployment.url,
            key,
            self.http,
            timeouts=Timeouts(first_token=deployment.first_token_s),
            faq_text=agent.faq,
            heard=hear,
        )
        places = Slots(lambda: self.fleet.places(deployment.name))
        return Endpoint(deployment, self.watch(deployment, client), places)


def _snapshot(settings: Settings, known: Mapping[str, Endpoint], making: _Connect) -> Snapshot:
    return Snapshot(
        settings,
        {
            deployment.name: making.endpoint(deployment, agent, known.get(deployment.name))
            for agent in settings.agents.values()
            for deployment in agent.deployments
        },
        {agent.name: Faq.parse(agent.faq) for agent in settings.agents.values() if agent.faq},
    )
