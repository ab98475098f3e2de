"""The page over the whole hub, as `make run` serves it: the sample settings, the FAQ and the real practice model."""

import asyncio
import json
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from hub.agents.local import local_available
from tests.browser.conftest import PATIENCE_MS
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ROOT = Path(__file__).resolve().parents[2]


async def trunkline(settings: Path, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", *words, "--config", str(settings), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


@pytest_asyncio.fixture(loop_scope="session")
async def settings(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    sample = (ROOT / "regions.toml").read_text(encoding="utf-8")
    path = tmp_path / "regions.toml"
    path.write_text(sample.replace("127.0.0.1:8080", f"127.0.0.1:{free_port()}"), encoding="utf-8")
    return path


@pytest_asyncio.fixture(loop_scope="session")
async def address(settings: Path) -> AsyncIterator[str]:
    found = re.search(r"127\.0\.0\.1:\d+", settings.read_text(encoding="utf-8"))
    assert found
    hub = await trunkline(settings, "run")
    try:
        await _until_open(*found[0].split(":"))
        yield f"http://{found[0]}/"
    finally:
        hub.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(hub.wait(), 60) == 0


async def _until_open(host: str, port: str) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return await writer.wait_closed()


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")


async def test_type_stream_reload_and_costs(chromium: Browser, address: str, settings: Path) -> None:
    page = await chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(address)
    await say(page, "What are your opening hours?")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Monday to Friday")
    if local_available() is None:
        await say(page, "Tell me something about horses.")
        await expect(page.get_by_text("support-faq")).to_have_count(2, timeout=300_000)
    shown = await log.inner_text()
    await page.reload()
    await expect(log).to_contain_text("Monday to Friday")
    assert (await log.inner_text()).split() == shown.split()
    costs = await trunkline(settings, "costs", "--by", "model", "--format", "json")
    by_model = {row["model"]: row for row in json.loads((await costs.communicate())[0])}
    assert by_model["faq"]["calls"] == 1
    if local_available() is None:
        (model,) = (row for name, row in by_model.items() if name != "faq")
        assert model["input_tokens"] > 0
        assert model["output_tokens"] > 0
    await page.close()


@pytest.mark.skipif(local_available() is not None, reason=f"no practice model: {local_available()}")
async def test_stop_keeps_what_was_said(chromium: Browser, address: str) -> None:
    page = await chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(address)
    await say(page, "Write a very long story about a dragon and a horse.")
    await page.get_by_role("button", name=re.compile("stop", re.I)).click()
    await expect(page.get_by_role("log")).to_contain_text("topped")
    await say(page, "What are your opening hours?")
    await expect(page.get_by_role("log")).to_contain_text("Monday to Friday")
    await page.close()
