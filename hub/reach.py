"""What the platforms of a running hub answer, for /status."""

import asyncio
from collections.abc import Mapping

from hub.channel import Channel, ChannelError

PROBE_WITHIN_S = 3.0


async def reached(channels: Mapping[tuple[str, str], Channel]) -> dict[str, str]:
    """What each channel's platform answers, by `channel/account`; or why it does not."""

    async def one(channel: Channel) -> str:
        try:
            async with asyncio.timeout(PROBE_WITHIN_S):
                return await channel.probe()
        except TimeoutError:
            return "does not answer"
        except ChannelError as error:
            return f"is not reached: {error}"

    answers = await asyncio.gather(*map(one, channels.values()))
    return {"/".join(key): answer for key, answer in zip(channels, answers, strict=True)}
