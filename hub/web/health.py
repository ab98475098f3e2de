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


class Readiness:
    """How the parts of this process are, looked at when somebody asks."""

    def __init__(
        self,
        own: Mapping[str, Check],
        others: Mapping[str, Check] | None = None,
        told: Callable[[str, bool], None] = lambda _name, _ready: None,
    ) -> None:
        """Checks by the name that /readyz shows; what went wrong stays in the logs.

        `own`: parts without which this process can take no message: one that fails makes the status 503. `others`: what
        others run (models, platforms). They count until each has been ready once, so that a rollout with a wrong key
        stops; after that their outage is shown and changes no status, since taking the hub away as well would mend
        nothing. `told` hears how each part was found.
        """
        self._own = own
        self._others = others or {}
        self._told = told
        self._proven: set[str] = set()
        self._unwell: set[str] = set()
        self._looking: dict[str, asyncio.Task[str | None]] = {}

    async def look(self) -> tuple[dict[str, bool], bool]:
        """Whether each part is ready, and whether the process is."""
        checks = {**self._own, **self._others}
        found = dict(zip(checks, await asyncio.gather(*map(self._failure, checks, checks.values())), strict=True))
        for name, failure in found.items():
            self._told(name, failure is None)
            if failure and name not in self._unwell:
                log.warning("%s is not ready: %s", name, failure)
        self._unwell = {name for name, failure in found.items() if failure}
        self._proven.update(self._others.keys() - self._unwell)
        wanting = self._unwell & self._own.keys() or self._others.keys() - self._proven
        return {name: failure is None for name, failure in found.items()}, not wanting

    async def _failure(self, name: str, check: Check) -> str | None:
        """Why the part cannot work; None where it can. What takes too long is not begun again before it has ended.

        It is not cancelled either: a database that hangs would have that awaited for as long as the question itself.
        """
        looking = self._looking.get(name)
        if looking is None or looking.done():
            looking = self._looking[name] = asyncio.create_task(_found(check))
        done, _ = await asyncio.wait({looking}, timeout=CHECK_SECONDS)
        return looking.result() if done else f"it did not answer within {CHECK_SECONDS:g} s."


def health_routes(readiness: Readiness) -> list[BaseRoute]:
    """Both routes."""

    async def alive(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_: Request) -> Response:
        parts, whole = await readiness.look()
        return Response(
            json.dumps({name: "ready" if fine else "not ready" for name, fine in parts.items()}, indent=1) + "\n",
            200 if whole else 503,
            headers={"cache-control": "no-store"},
            media_type="application/json",
        )

    return [Route("/healthz", alive), Route("/readyz", ready)]


async def _found(check: Check) -> str | None:
    """Why the part cannot work; None where it can."""
    try:
        await check()
    except TrunklineError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever it was: the other parts are to be told as well
        return f"it cannot be looked at ({type(error).__name__})."
    return None
