"""Which models stand behind a deployment: by its list, and by what it says answered."""

import json
from typing import Any

import pytest

from hub.agents.anthropic import AnthropicReader
from hub.agents.gemini import GeminiReader
from hub.agents.listing import NAME_LENGTH, models_in
from hub.agents.openai import OpenAiReader
from hub.agents.port import AgentError, Kind, Listing, Model
from tests.agents.server import client, sends, server

pytestmark = pytest.mark.unit


def http(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize(
    ("api", "said", "models"),
    [
        ("openai", {"object": "list", "data": [{"id": "a"}, {"id": "b"}]}, (Model("a"), Model("b"))),
        ("openai", {"data": [{"id": "a", "max_model_len": 8192}]}, (Model("a", 8192),)),
        (
            "openai",
            {"data": [{"id": "a", "meta": {"n_ctx_train": 4096}}], "models": [{"name": "a"}]},
            (Model("a", 4096),),
        ),
        ("openai", [{"id": "a", "context_length": 32768}], (Model("a", 32768),)),
        ("anthropic", {"data": [{"type": "model", "id": "a", "display_name": "A"}], "has_more": False}, (Model("a"),)),
        ("gemini", {"models": [{"name": "models/a", "inputTokenLimit": 1000}]}, (Model("a", 1000),)),
        ("openai", {}, ()),
    ],
)
async def test_each_wires_list_is_read(api: str, said: object, models: tuple[Model, ...]) -> None:
    async with server(sends(http(json.dumps(said).encode()))) as seen, client(api, seen.url) as agent:
        assert isinstance(agent, Listing)
        assert await agent.models() == models
    assert seen.requests[0].startswith(b"GET ")
    assert b"/models" in seen.requests[0].splitlines()[0]


@pytest.mark.parametrize("body", [b"<html>", b"7", b'{"data": "none"}', b"\xff"])
def test_what_is_no_list_says_so(body: bytes) -> None:
    with pytest.raises(AgentError) as raised:
        models_in(body)
    assert raised.value.kind is Kind.GARBLED


def openai(name: Any) -> Any:
    return {"model": name, "choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}


def anthropic(name: Any) -> Any:
    return {"type": "message_start", "message": {"model": name, "usage": {"input_tokens": 1}}}


def gemini(name: Any) -> Any:
    return {"modelVersion": name, "candidates": [{"content": {"parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]}


@pytest.mark.parametrize(
    ("reader", "event"), [(OpenAiReader, openai), (AnthropicReader, anthropic), (GeminiReader, gemini)]
)
@pytest.mark.parametrize(
    ("said", "model"),
    [("m-2026-01-01", "m-2026-01-01"), (None, ""), (7, ""), ({"a": 1}, ""), ("x" * 500, "x" * NAME_LENGTH)],
)
def test_what_answered_is_the_providers_word(reader: Any, event: Any, said: object, model: str) -> None:
    one = reader()
    one.take(json.dumps(event(said)).encode())
    assert one.model == model
