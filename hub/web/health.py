"""/healthz: the process answers. /readyz: it can do its work, each part checked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import TrunklineError

Check = Callable[[], Awaitable[None]]
"""Raises TrunklineError where the part cannot work."""
CHECK_SECONDS = 2.0
"""Below the usual probe timeouts of orchestrators, so that the answer names the part."""


def health_routes(checks: Mapping[str, Check]) -> list[BaseRoute]:
    """Both routes. `checks` by the name that /readyz shows; what went wrong stays in the logs."""

    async def alive(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_: Request) -> Response:
        fine = await asyncio.gather(*map(_passes, checks.values()))
        parts = {name: "ready" if passed else "not ready" for name, passed in zip(checks, fine, strict=True)}
        return JSONResponse(parts, 200 if all(fine) else 503, headers={"cache-control": "no-store"})

    return [Route("/healthz", alive), Route("/readyz", ready)]


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except (TrunklineError, TimeoutError):
        return False
    return True
