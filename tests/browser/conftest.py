"""A real Chromium, found on this machine. Where there is none the tests are skipped, but never where CI is set.

It is started once for all tests, so they and these fixtures share the session's event loop.
"""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.channels.web.fake_hub import FakeHub, listening, make_channel, served

PATIENCE_MS = 60_000
"""For what a person would see at once, on a machine that has nothing else to do."""
expect.set_options(timeout=PATIENCE_MS)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing = f"no Chromium on this machine ({', '.join(NAMES)})"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}, and CI must run these tests")
        pytest.skip(missing)
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    # Chromium refuses its sandbox to root, and only then is it left out.
    sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=list(QUIET), chromium_sandbox=sandbox
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def hub() -> AsyncIterator[FakeHub]:
    """A hub in memory, whose answers a test scripts."""
    hub = FakeHub(make_channel())
    async with listening(hub):
        yield hub


@pytest_asyncio.fixture(loop_scope="session")
async def base_url(hub: FakeHub) -> AsyncIterator[str]:
    """Where the page is served."""
    async with served(hub.channel.routes()) as url:
        yield url
