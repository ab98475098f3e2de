"""What /readyz looks at: each raises TrunklineError where its part cannot work."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from hub.channel import Channel
from hub.clock import Clock
from hub.errors import TrunklineError
from hub.listening import Endpoint

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""The log of the database may grow to so much (sqlite.LOG_SIZE_LIMIT_BYTES) before it is folded back."""
MEMORY_AT_MOST = 0.95
"""Of what the control group allows: above that the kernel ends the process soon."""
ASK_AGAIN_AFTER_S = 60.0
"""Platforms and providers are asked so often at the most, however often somebody looks."""
Check = Callable[[], Awaitable[None]]


class NotReady(TrunklineError):
    """A part cannot do its work."""


def disk(folder: Path) -> Check:
    """Room for the database's next writes."""

    async def check() -> None:
        try:
            free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
        except OSError as error:
            raise NotReady(f"{folder} cannot be looked at: {error.strerror}.") from error
        if free < LEAST_FREE_BYTES:
            raise NotReady(f"Only {free:,} bytes are free where {folder} stands.")

    return check


def own_group(groups: Path = Path("/sys/fs/cgroup"), listed: Path = Path("/proc/self/cgroup")) -> Path:
    """The folder of this process's control group (version 2). In a container that is the top of what it sees, under
    systemd one below it.
    """
    try:
        lines = listed.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return groups
    below = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    return groups / below if (groups / below / "memory.max").is_file() else groups


def memory(group: Path | None = None) -> Check:
    """Room in the control group (this process's own); without one, nobody but the machine sets a limit."""
    group = group or own_group()

    async def check() -> None:
        used, most = await asyncio.to_thread(_used, group)
        if used > most * MEMORY_AT_MOST:
            raise NotReady(f"{used:,} bytes of memory are used, of {most:,} allowed.")

    return check


def _used(group: Path) -> tuple[int, float]:
    """Bytes in use that the kernel cannot take back, and the limit."""
    try:
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        if limit == "max":
            return 0, float("inf")
        counts = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        used = int((group / "memory.current").read_text(encoding="ascii"))
        return used - int(counts.get("inactive_file", 0)), float(limit)
    except (OSError, ValueError):
        return 0, float("inf")


class Asked:
    """What others answered lately: asked again after a minute, once for all who look at the same time."""

    def __init__(self, ask: Check, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._asking: asyncio.Task[None] | None = None
        self._asked_s = float("-inf")

    async def __call__(self) -> None:
        """Raises what the last asking raised."""
        now = self._clock.monotonic()
        if self._asking is None or (self._asking.done() and now - self._asked_s >= ASK_AGAIN_AFTER_S):
            self._asked_s = now
            self._asking = asyncio.create_task(_run(self._ask))
            self._asking.add_done_callback(_looked_at)
        await asyncio.shield(self._asking)  # who looks may give up earlier; the answer is for the next one too


async def _run(ask: Check) -> None:
    await ask()


def _looked_at(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()


def models(endpoints: Callable[[], Mapping[str, Endpoint]]) -> Check:
    """Of each agent, some deployment answers."""

    async def check() -> None:
        now = list(endpoints().values())
        answered = await asyncio.gather(*(_answers(each.client.probe) for each in now))
        agents = {each.deployment.agent for each in now}
        served = {each.deployment.agent for each, fine in zip(now, answered, strict=True) if fine}
        if agents - served:
            raise NotReady(f"No deployment answers for {', '.join(sorted(agents - served))}.")

    return check


def channels(of: Iterable[Channel]) -> Check:
    """Every platform answers."""
    known = list(of)

    async def check() -> None:
        answered = await asyncio.gather(*(_answers(each.probe) for each in known))
        silent = [f"{each.name}/{each.account}" for each, fine in zip(known, answered, strict=True) if not fine]
        if silent:
            raise NotReady(f"No answer from {', '.join(silent)}.")

    return check


async def _answers(probe: Callable[[], Awaitable[str]]) -> bool:
    try:
        await probe()
    except TrunklineError:
        return False
    return True
