"""`trunkline reload` on a running hub: applied whole, or refused whole."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.wire.hub_process import ROOT, HubProcess
from tests.wire.memory_hub import until

pytestmark = pytest.mark.wire

SETTINGS = """
[hub]
name = "Reload"
[channels.web]
listen = "127.0.0.1:{port}"
[regions.home]
location = "Europe/Berlin"
[agents.desk]
prompt = "desk.md"
serves = ["web"]
[[agents.desk.deployments]]
region = "{region}"
api = "faq"
"""
FAQ = "## Where is the key?\n\n{place}\n"
CONVERSATION = "conversation-1"


class Page:
    """A browser at the chat page."""

    def __init__(self, port: int) -> None:
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)
        self._asked = 0

    async def open(self) -> None:
        async with asyncio.timeout(60):
            while True:
                try:
                    (await self._client.get("/")).raise_for_status()
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return

    async def ask(self, text: str) -> str:
        self._asked += 1
        posted = await self._client.post(
            f"/api/conversations/{CONVERSATION}/messages",
            json={"id": f"message-{self._asked}", "text": text},
            headers={"origin": str(self._client.base_url).rstrip("/")},
        )
        posted.raise_for_status()
        async with asyncio.timeout(60):
            while True:
                history = (await self._client.get(f"/api/conversations/{CONVERSATION}/history")).json()["exchanges"]
                if len(history) == self._asked and history[-1]["state"] == "delivered":
                    return str(history[-1]["answer"])
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        await self._client.aclose()


def write(folder: Path, port: int, *, place: str, region: str = "home") -> Path:
    prompts = folder / "prompts"
    prompts.mkdir(exist_ok=True)
    (prompts / "desk.md").write_text("You sit at the desk.\n", encoding="utf-8")
    (prompts / "desk.faq.md").write_text(FAQ.format(place=place), encoding="utf-8")
    settings = folder / "regions.toml"
    settings.write_text(SETTINGS.format(port=port, region=region), encoding="utf-8")
    return settings


async def trunkline(settings: Path, *words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", *words, "--config", str(settings), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    return process.returncode or 0, told.decode()


async def logged(hub: HubProcess, words: str) -> None:
    await until(lambda: words in hub.log.read_text(encoding="utf-8"))


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def page(port: int) -> AsyncIterator[Page]:
    page = Page(port)
    yield page
    await page.close()


async def test_what_changed_is_in_force_and_what_is_wrong_changes_nothing(
    tmp_path: Path, port: int, page: Page
) -> None:
    settings = write(tmp_path, port, place="Under the mat.")
    hub = HubProcess(settings)
    hub.start()
    try:
        await page.open()
        assert await page.ask("Where is the key?") == "Under the mat."

        write(tmp_path, port, place="In the drawer.")
        assert (await trunkline(settings, "reload"))[0] == 0
        await logged(hub, "are in force")
        assert await page.ask("Where is the key?") == "In the drawer."

        write(tmp_path, port, place="Nowhere.", region="elsewhere")
        code, told = await trunkline(settings, "reload")
        assert code == 2
        assert 'no region "elsewhere"' in told
        assert await page.ask("Where is the key?") == "In the drawer."

        write(tmp_path, port + 1, place="Nowhere.")
        assert (await trunkline(settings, "reload"))[0] == 0
        await logged(hub, "[channels] has changed; that needs a restart. Nothing was applied.")
        assert await page.ask("Where is the key?") == "In the drawer."
        hub.terminate()
        assert await hub.ended() == 0
        assert hub.defects() == []
    finally:
        hub.end()
    assert (await trunkline(settings, "reload"))[0] == 2  # nobody is there to be told
