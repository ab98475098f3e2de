"""What every bare bot does with a model: asks it, and shows the answer while it grows, at most once in a while."""

import argparse
import json
import os
import time
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any

import aiohttp

CONNECTIONS = 256


def question(text: str) -> dict[str, Any]:
    """The body of the request."""
    return {
        "model": "fake-model",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": text},
        ],
    }


async def read(lines: AsyncIterable[str], show: Callable[[str], Awaitable[object]], every_s: float) -> str:
    """The whole answer; what there is of it is shown every `every_s` seconds while more comes."""
    text, shown_s = "", time.monotonic()
    async for line in lines:
        if not line.startswith("data: ") or line.startswith("data: [DONE]"):
            continue
        for choice in json.loads(line[6:])["choices"]:
            text += choice["delta"].get("content") or ""
        if text and time.monotonic() - shown_s >= every_s:
            shown_s = time.monotonic()
            await show(text)
    return text


class Model:
    """The provider, through aiohttp; opened in the loop that uses it."""

    def __init__(self, url: str, every_s: float) -> None:
        self._url = f"{url}/v1/chat/completions"
        self._every_s = every_s
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))

    async def ask(self, text: str, show: Callable[[str], Awaitable[object]]) -> str:
        async with self._http.post(self._url, json=question(text), raise_for_status=True) as answer:
            return await read(_decoded(answer.content), show, self._every_s)


async def _decoded(content: AsyncIterable[bytes]) -> AsyncIterable[str]:
    async for line in content:
        yield line.decode()


def options(description: str, *, every_s: float) -> argparse.ArgumentParser:
    """What the command line of each bare bot takes; `every_s` by default between two growing edits."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--platform", required=True, help="address of the platform's API")
    parser.add_argument("--model", required=True, help="address of the model provider, without /v1")
    parser.add_argument("--edit-every", type=float, default=every_s, help="seconds between two growing edits")
    parser.add_argument("--cpu", type=int, help="the core to stay on")
    return parser


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The options, with the process on its core."""
    given = parser.parse_args()
    if given.cpu is not None:
        os.sched_setaffinity(0, {given.cpu})
    return given
