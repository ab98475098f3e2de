"""The body of a call whose caller nobody knows yet: read up to a size and for a time, and then no further."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from hub.errors import TrunklineError

WITHIN_S = 30.0
"""Platforms give up on a call after a few seconds."""


class Unread(TrunklineError):
    """The body was not read to its end: `status` for the caller."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The body was not read to its end ({status}).")
        self.status = status


async def body_of(request: Request, at_most: int) -> bytes:
    """All of it, of at most so many bytes, whatever was announced.

    Raises Unread: too large, too slow, or broken off.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN_S):
            async for piece in request.stream():
                body += piece
                if len(body) > at_most:
                    raise Unread(413)
    except TimeoutError:
        raise Unread(408) from None
    except ClientDisconnect:
        raise Unread(400) from None
    return bytes(body)
