"""/healthz: the process answers. /readyz: it can do its work, a line for each part."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import TrunklineError

log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[None]]
"""Raises TrunklineError where the part cannot work."""
CHECK_SECONDS = 2.0
"""Below the usual probe timeouts of orchestrators, so that the answer names the part."""


def health_routes(
    own: Mapping[str, Check],
    others: Mapping[str, Check] | None = None,
    told: Callable[[str, bool], None] = lambda _name, _ready: None,
) -> list[BaseRoute]:
    """Both routes. Checks by the name that /readyz shows; what went wrong stays in the logs.

    `own`: parts without which this process can take no message: one that fails makes the status 503. `others`: what
    others run (models, platforms). They count until each has been ready once, so that a rollout with a wrong key stops;
    after that their outage is shown and changes no status, since taking the hub away as well would mend nothing.
    `told` hears how each part was found.
    """
    others = others or {}
    proven: set[str] = set()
    unwell: set[str] = set()

    async def alive(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_: Request) -> Response:
        checks = {**own, **others}
        fine = dict(zip(checks, await asyncio.gather(*map(_failure, checks.values())), strict=True))
        for name, failure in fine.items():
            told(name, failure is None)
            if failure and name not in unwell:
                log.warning("%s is not ready: %s", name, failure)
        unwell.clear()
        unwell.update(name for name, failure in fine.items() if failure)
        proven.update(name for name in others if fine[name] is None)
        parts = {name: "not ready" if failure else "ready" for name, failure in fine.items()}
        wanting = any(fine[name] for name in own) or bool(others.keys() - proven)
        return Response(
            json.dumps(parts, indent=1) + "\n",
            503 if wanting else 200,
            headers={"cache-control": "no-store"},
            media_type="application/json",
        )

    return [Route("/healthz", alive), Route("/readyz", ready)]


async def _failure(check: Check) -> str | None:
    """Why the part cannot work; None where it can."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except TrunklineError as error:
        return str(error)
    except TimeoutError:
        return f"it did not answer within {CHECK_SECONDS:g} s."
    return None
