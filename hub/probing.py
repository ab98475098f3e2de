"""`trunkline check --live`: does every deployment and every platform answer?"""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack

from hub.accounts import channels_of
from hub.agents.connect import http_client
from hub.agents.port import AgentError
from hub.app import look_in
from hub.channel import Channel
from hub.clock import SystemClock
from hub.config.settings import Settings
from hub.current import Current
from hub.errors import TrunklineError
from hub.listening import Endpoint
from hub.routing import Fleet
from hub.store import Database


async def probe(settings: Settings, tell: Callable[[str], None]) -> bool:
    """Ask every deployment and every platform whether it answers; whether all did. Raises TrunklineError."""

    async def ask_all(database: Database) -> bool:
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(http_client(max_connections=10))
            current = Current(settings, http, Fleet(now=time.monotonic, random=random.random))
            stack.push_async_callback(current.close)
            channels = channels_of(settings, database, SystemClock())
            for channel in channels.values():
                stack.push_async_callback(channel.close)
            return await probe_all(current.endpoints(), channels, tell)

    return await look_in(settings, ask_all)


async def probe_all(
    endpoints: Mapping[str, Endpoint],
    channels: Mapping[tuple[str, str], Channel],
    tell: Callable[[str], None],
) -> bool:
    """Ask each once and tell, a line each, what answered; whether all did."""
    fine = True
    for name, endpoint in endpoints.items():
        try:
            tell(f"ok    {name}: {await endpoint.client.probe()}")
        except AgentError as error:
            fine = False
            tell(f"FAIL  {name}: {error}")
    for (platform, account), channel in channels.items():
        try:
            tell(f"ok    {platform}/{account}: {await channel.probe()}")
        except TrunklineError as error:
            fine = False
            tell(f"FAIL  {platform}/{account}: {error}")
    return fine
