"""The whole hub: a file from the page reaches the model in its wire form, and the bill settles what was held."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.agents.server import DONE, STOP, STREAM, USAGE, sends, server, words
from tests.files import png
from tests.ports import free_port
from tests.wire.hub_process import HubProcess

pytestmark = pytest.mark.wire

SETTINGS = """
[hub]
name = "Files"
[channels.web]
listen = "127.0.0.1:{port}"
[regions.home]
location = "Europe/Berlin"
[agents.desk]
prompt = "desk.md"
serves = ["web"]
tiers = {{ simple = "gpt-4o" }}
takes = ["image"]
budget = {{ monthly = 1 }}
[[agents.desk.deployments]]
region = "home"
api = "openai"
url = "{url}/v1"
"""
MESSAGES = "/api/conversations/conversation-1/messages"


@asynccontextmanager
async def page(folder: Path, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the page of a hub whose model answers at this address."""
    (folder / "prompts").mkdir()
    (folder / "prompts" / "desk.md").write_text("You answer.", encoding="utf-8")
    settings = folder / "regions.toml"
    port = free_port()
    settings.write_text(SETTINGS.format(port=port, url=url), encoding="utf-8")
    hub, base = HubProcess(settings), f"http://127.0.0.1:{port}"
    hub.start()
    try:
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=60, headers={"origin": base}) as client:
            await _until_served(client)
            yield client
        hub.terminate()
        assert await hub.ended() == 0
        assert hub.defects() == []
    finally:
        hub.end()


async def _until_served(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                (await client.get("/")).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


async def upload(client: httpx.AsyncClient, name: str, media_type: str, data: bytes) -> str:
    answer = await client.post("/api/files", content=data, headers={"x-file-name": name, "content-type": media_type})
    answer.raise_for_status()
    return str(answer.json()["id"])


async def answered(client: httpx.AsyncClient, message: dict[str, Any]) -> dict[str, Any]:
    (await client.post(MESSAGES, json=message)).raise_for_status()
    async with asyncio.timeout(60):
        while True:
            exchanges = (await client.get(MESSAGES.replace("messages", "history"))).json()["exchanges"]
            if exchanges and exchanges[-1]["state"] == "delivered":
                found: dict[str, Any] = exchanges[-1]
                return found
            await asyncio.sleep(0.05)


async def test_a_picture_and_a_text_reach_the_model(tmp_path: Path) -> None:
    model = sends(STREAM + words(["A red ", "door."]) + STOP + USAGE + DONE)
    async with server(model) as provider, page(tmp_path, provider.url) as client:
        files = [
            await upload(client, "door.png", "image/png", png(1_024, 1_024)),
            await upload(client, "notes.txt", "text/plain", b"Painted in May."),
        ]
        exchange = await answered(client, {"id": "message-1", "text": "What is it?", "files": files})

        assert exchange["text"] == "[image door.png] [document notes.txt]\nWhat is it?"
        assert exchange["answer"] == "A red door."
        body = msgspec.json.decode(provider.requests[-1].partition(b"\r\n\r\n")[2])
        image, text = body["messages"][-1]["content"]
        assert image["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo")
        assert "\n> Painted in May.\n" in text["text"]
    with sqlite3.connect(tmp_path / "var" / "hub.db") as stored:
        # USAGE bills nine tokens; 765 for the picture were held beside the words.
        assert stored.execute("SELECT input_tokens, mark FROM ledger").fetchall() == [(9, "")]
        ((held,),) = stored.execute("SELECT input_tokens FROM hold").fetchall()
        assert 765 + 32 < held < 765 + 200
        assert stored.execute("SELECT held_amount FROM budget").fetchall() == [(0,)]
        assert b"Painted" not in b"".join(file.read_bytes() for file in (tmp_path / "var").iterdir() if file.is_file())
