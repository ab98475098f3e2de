"""Active health: deployments are warmed before the first question, and probed while no question tells of them.

A probe is one cheap request without a model's work. It also keeps a connection open, so that the next question finds
one; and it finds what is down before a person does.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

import msgspec

from hub.agents.next_step import RULES
from hub.agents.port import AgentError, Kind, Warmable
from hub.clock import Clock
from hub.listening import Endpoint
from hub.routing import Fleet, Verdict

log = logging.getLogger(__name__)

LOOK_S = 1.0
PROBE_EVERY_S = 20.0
"""A quarter more or less by chance: below the time for which an unused connection is kept, and never all at once."""
AGAIN_S = 2.0
"""After a probe that failed, and while a breaker is open."""
PROBE_WITHIN_S = 5.0
_TELLING = frozenset({Kind.UNREACHABLE, Kind.TIMED_OUT, Kind.OVERLOADED, Kind.CUT, Kind.UNAUTHORIZED})
"""Other failures say nothing of the deployment: it may have no list of models, or count probes against a limit."""


class _Probed(msgspec.Struct, frozen=True):
    """The last probe of a deployment."""

    endpoint: Endpoint
    at_s: float
    failed: bool
    chance: float
    """The times to the next one count so many times."""


class Watch:
    """Looks after all deployments of this process."""

    def __init__(
        self,
        endpoints: Callable[[], Mapping[str, Endpoint]],
        fleet: Fleet,
        clock: Clock,
        random: Callable[[], float],
    ) -> None:
        self._endpoints = endpoints
        self._fleet = fleet
        self._clock = clock
        self._random = random
        self._probed: dict[str, _Probed] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("the deployments could not be probed")
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        """Probe what is due: all at first, then whatever nobody has asked for a while or is about to be tried again."""
        now = self._clock.monotonic()
        endpoints = self._endpoints()
        self._probed = {name: last for name, last in self._probed.items() if endpoints.get(name) is last.endpoint}
        due = [endpoint for name, endpoint in endpoints.items() if self._is_due(name, now)]
        if due:
            await asyncio.gather(*(self._probe(endpoint) for endpoint in due))

    def _is_due(self, name: str, now: float) -> bool:
        probed = self._probed.get(name)
        if probed is None:
            return True
        member = self._fleet.members.get(name)
        if probed.failed or (member and member.breaker.open):
            return now - probed.at_s >= AGAIN_S * probed.chance
        idle_s = now - max(probed.at_s, member.heard_at if member else 0.0)
        return idle_s >= PROBE_EVERY_S * probed.chance

    async def _probe(self, endpoint: Endpoint) -> None:
        name = endpoint.deployment.name
        error = await _asked(endpoint, warm=name not in self._probed)
        failed = error is not None and error.kind in _TELLING
        last = self._probed.get(name)
        if failed and not (last and last.failed):
            log.info("%s did not answer its probe: %s", name, error)
        if last and last.failed and not failed:
            log.info("%s answers its probe again", name)
        if error and failed:
            self._fleet.probed(name, Verdict(RULES[error.kind].health), str(error.kind))
        elif not error:
            self._fleet.probed(name, Verdict.FINE)
        self._probed[name] = _Probed(endpoint, self._clock.monotonic(), failed, 0.75 + 0.5 * self._random())


async def _asked(endpoint: Endpoint, *, warm: bool) -> AgentError | None:
    try:
        async with asyncio.timeout(PROBE_WITHIN_S):
            await endpoint.client.probe()
        if warm and isinstance(endpoint.client, Warmable):
            await endpoint.client.warm()
    except AgentError as error:
        return error
    except TimeoutError:
        return AgentError(Kind.TIMED_OUT, "no answer to the probe in time", sent=False)
    return None
