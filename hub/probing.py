"""`trunkline check --live`: does every deployment and every platform answer?"""

from collections.abc import Callable, Mapping

from hub.agents.port import AgentError
from hub.channel import Channel
from hub.errors import TrunklineError
from hub.listening import Endpoint


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
