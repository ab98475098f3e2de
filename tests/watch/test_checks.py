"""What /readyz looks at."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from hub.agents.port import AgentError, Kind
from hub.channel import Unreachable
from hub.listening import Endpoint
from hub.watch import checks
from hub.web.health import Check, Readiness, health_routes
from tests.pipeline.channel import ScriptedChannel
from tests.pipeline.hub import agent
from tests.pipeline.model import ScriptedClient
from tests.pipeline.virtual import VirtualClock

pytestmark = pytest.mark.unit


class Silent(ScriptedClient):
    async def probe(self) -> str:
        raise AgentError(Kind.UNREACHABLE, "gone", sent=False)


async def test_an_agent_is_served_by_any_of_its_deployments() -> None:
    deployment = agent().deployments[0]
    silent = Endpoint(deployment, Silent(), asyncio.Semaphore(1))
    fine = Endpoint(deployment, ScriptedClient(), asyncio.Semaphore(1))
    await checks.models(lambda: {"a": silent, "b": fine})()
    with pytest.raises(checks.NotReady, match=deployment.agent):
        await checks.models(lambda: {"a": silent})()


async def test_every_platform_must_answer() -> None:
    silent = ScriptedChannel()
    silent.will("probe", Unreachable())
    with pytest.raises(checks.NotReady, match="chat/main"):
        await checks.channels([ScriptedChannel(), silent])()
    await checks.channels([ScriptedChannel()])()


async def test_others_are_asked_once_a_minute_however_many_look() -> None:
    clock, asked = VirtualClock(), 0

    async def ask() -> None:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        if asked == 2:
            raise checks.NotReady

    check = checks.Asked(ask, clock)
    await asyncio.gather(check(), check(), check())
    assert asked == 1
    clock.now += checks.ASK_AGAIN_AFTER_S
    for _ in range(2):
        with pytest.raises(checks.NotReady):
            await check()
    clock.now += checks.ASK_AGAIN_AFTER_S
    await check()
    assert asked == 3


async def test_a_disk_without_room_is_not_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    await checks.disk(tmp_path)()
    with pytest.raises(checks.NotReady, match="cannot be looked at"):
        await checks.disk(tmp_path / "gone")()
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 2**62)
    with pytest.raises(checks.NotReady):
        await checks.disk(tmp_path)()


def group(folder: Path, used: int, most: str, cached: int) -> Path:
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {cached}\n")
    return folder


async def test_memory_near_the_limit_of_the_control_group_is_not_ready(tmp_path: Path) -> None:
    await checks.memory(tmp_path / "none")()
    await checks.memory(group(tmp_path, 99, "max", 0))()
    await checks.memory(group(tmp_path, 99, "100", 10))()
    with pytest.raises(checks.NotReady):
        await checks.memory(group(tmp_path, 99, "100", 1))()


def test_the_limit_is_that_of_the_process_s_own_group(tmp_path: Path) -> None:
    """systemd sets it on the service; the top of the tree has none."""
    own = tmp_path / "system.slice" / "trunkline.service"
    own.mkdir(parents=True)
    listed = tmp_path / "cgroup"
    listed.write_text("4:memory:/elsewhere\n0::/system.slice/trunkline.service\n")
    assert checks.own_group(tmp_path, listed) == tmp_path, "what has no limit of its own"
    group(own, 99, "100", 1)
    assert checks.own_group(tmp_path, listed) == own
    listed.write_text("0::/\n")
    assert checks.own_group(tmp_path, listed) == tmp_path, "in a container"
    assert checks.own_group(tmp_path, tmp_path / "none") == tmp_path


class Part:
    def __init__(self) -> None:
        self.fine = True

    async def __call__(self) -> None:
        if not self.fine:
            raise checks.NotReady


async def test_others_count_until_they_were_ready_once() -> None:
    own, model = Part(), Part()
    model.fine = False
    told: dict[str, bool] = {}
    parts: dict[str, Check] = {"model": model}
    routes = health_routes(Readiness({"database": own}, parts, told.__setitem__))
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as hub:
        assert (await hub.get("/readyz")).status_code == 503
        model.fine = True
        assert (await hub.get("/readyz")).status_code == 200
        model.fine = False
        answer = await hub.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"database": "ready", "model": "not ready"})
        assert len(answer.text.splitlines()) == 4, "a line for each part"
        assert told == {"database": True, "model": False}
        own.fine = False
        assert (await hub.get("/readyz")).status_code == 503
