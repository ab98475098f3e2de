"""What each provider is sent, and how its events are read."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from hub.agents.anthropic import AnthropicReader
from hub.agents.connect import AgentSettingsError, connect
from hub.agents.gemini import GeminiReader
from hub.agents.openai import OpenAiReader
from hub.agents.port import AgentClient, AgentError, Done, File, Kind, Request, Said, Text, Timeouts, Usage
from tests.agents.server import STREAM, Exchanges, event, sends, server

pytestmark = pytest.mark.unit

KEY = "test-key-7f3a9"
TURNS = (Said("user", "One?"), Said("assistant", "Two."), Said("user", "Three?"))
ASKED = Request("model-1", "You are brief.", TURNS, 77)


class Sent:
    """Keeps the request, and sends it to a server that answers with the given events instead."""

    def __init__(self, *events: object) -> None:
        self.url = URL()
        self.headers: Mapping[str, str] = {}
        self._answer = STREAM + b"".join(map(event, events))

    @asynccontextmanager
    async def client(self, api: str, url: str, key: str | None = KEY) -> AsyncIterator[tuple[AgentClient, Exchanges]]:
        async with server(sends(self._answer)) as seen:

            async def elsewhere(
                request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
            ) -> aiohttp.ClientResponse:
                self.url, self.headers = request.url, request.headers.copy()
                request.url = URL(seen.url)
                return await handler(request)

            async with aiohttp.ClientSession(middlewares=(elsewhere,)) as http:
                yield connect(api, url, key, http, timeouts=Timeouts()), seen

    async def asked(self, api: str, url: str, request: Request = ASKED) -> Any:
        """The body of the request."""
        async with self.client(api, url) as (agent, seen):
            pieces = [piece async for piece in agent.stream(request)]
        assert isinstance(pieces[-1], Done)
        assert all(isinstance(piece, Text) for piece in pieces[:-1])
        return msgspec.json.decode(seen.requests[0].partition(b"\r\n\r\n")[2])


OPENAI = ({"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]},)
ANTHROPIC = (
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
    {"type": "message_stop"},
)
GEMINI = ({"candidates": [{"content": {"parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]},)


@pytest.mark.parametrize(
    ("url", "cap"),
    [("", "max_completion_tokens"), ("https://models.example.com/v1/", "max_tokens")],
)
async def test_openai_is_sent_what_it_documents(url: str, cap: str) -> None:
    sent = Sent(*OPENAI)
    body = await sent.asked("openai", url)
    assert str(sent.url) == (url.rstrip("/") or "https://api.openai.com/v1") + "/chat/completions"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert body == {
        "model": "model-1",
        "messages": [
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "Three?"},
        ],
        cap: 77,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize("url", ["", "https://gate.example.com/claude", "https://gate.example.com/claude/v1"])
async def test_anthropic_is_sent_what_it_documents(url: str) -> None:
    sent = Sent(*ANTHROPIC)
    body = await sent.asked("anthropic", url)
    assert str(sent.url) == (url.removesuffix("/v1") or "https://api.anthropic.com") + "/v1/messages"
    assert sent.headers["x-api-key"] == KEY
    assert sent.headers["anthropic-version"] == "2023-06-01"
    assert body == {
        "model": "model-1",
        "max_tokens": 77,
        "system": "You are brief.",
        "messages": [
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "Three?"},
        ],
        "stream": True,
    }


@pytest.mark.parametrize("url", ["", "https://gate.example.com/g", "https://gate.example.com/g/v1beta"])
async def test_gemini_is_sent_what_it_documents(url: str) -> None:
    sent = Sent(*GEMINI)
    body = await sent.asked("gemini", url)
    root = url.removesuffix("/v1beta") or "https://generativelanguage.googleapis.com"
    assert str(sent.url) == f"{root}/v1beta/models/model-1:streamGenerateContent?alt=sse"
    assert sent.headers["x-goog-api-key"] == KEY  # never in the address, which ends up in logs
    assert body == {
        "systemInstruction": {"parts": [{"text": "You are brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "One?"}]},
            {"role": "model", "parts": [{"text": "Two."}]},
            {"role": "user", "parts": [{"text": "Three?"}]},
        ],
        "generationConfig": {"maxOutputTokens": 77},
    }


FILES = (File("image", "image/png", b"\x89PNG", "a.png"), File("document", "application/pdf", b"%PDF", "b.pdf"))
SHOWN = msgspec.structs.replace(ASKED, turns=(*TURNS[:2], Said("user", "Three?", FILES)))
WORDLESS = msgspec.structs.replace(ASKED, turns=(*TURNS[:2], Said("user", "", FILES[:1])))
IMAGE, PDF = "iVBORw==", "JVBERg=="


@pytest.mark.parametrize(("asked", "parts"), [(SHOWN, 3), (WORDLESS, 1)])
async def test_openai_is_sent_files_as_parts(asked: Request, parts: int) -> None:
    body = await Sent(*OPENAI).asked("openai", "", asked)
    assert [message["content"] for message in body["messages"][:3]] == ["You are brief.", "One?", "Two."]
    assert (
        body["messages"][3]["content"]
        == [
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{IMAGE}", "detail": "high"}},
            {"type": "file", "file": {"filename": "b.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}},
            {"type": "text", "text": "Three?"},
        ][:parts]
    )


@pytest.mark.parametrize(("asked", "parts"), [(SHOWN, 3), (WORDLESS, 1)])
async def test_anthropic_is_sent_files_as_blocks(asked: Request, parts: int) -> None:
    body = await Sent(*ANTHROPIC).asked("anthropic", "", asked)
    assert [message["content"] for message in body["messages"][:2]] == ["One?", "Two."]
    assert (
        body["messages"][2]["content"]
        == [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": IMAGE}},
            {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}},
            {"type": "text", "text": "Three?"},
        ][:parts]
    )


@pytest.mark.parametrize(("asked", "parts"), [(SHOWN, 3), (WORDLESS, 1)])
async def test_gemini_is_sent_files_as_inline_data(asked: Request, parts: int) -> None:
    body = await Sent(*GEMINI).asked("gemini", "", asked)
    assert [message["parts"] for message in body["contents"][:2]] == [[{"text": "One?"}], [{"text": "Two."}]]
    assert (
        body["contents"][2]["parts"]
        == [
            {"inlineData": {"mimeType": "image/png", "data": IMAGE}},
            {"inlineData": {"mimeType": "application/pdf", "data": PDF}},
            {"text": "Three?"},
        ][:parts]
    )


async def test_files_survive_the_joining_of_turns() -> None:
    turns = (Said("user", "", FILES[:1]), Said("user", "Two?", FILES[1:]), Said("user", "Three?"))
    body = await Sent(*ANTHROPIC).asked("anthropic", "", Request("m", "", turns, 5))
    (message,) = body["messages"]
    assert [block["type"] for block in message["content"]] == ["image", "document", "text"]
    assert message["content"][2]["text"] == "Two?\n\nThree?"


KEPT = (Said("user", "One?"), Said("assistant", "Two.", stays=True), Said("user", "Three?"))


async def test_anthropic_is_told_how_much_of_a_prompt_to_keep() -> None:
    body = await Sent(*ANTHROPIC).asked("anthropic", "", Request("m", "Be brief.", KEPT, 5, cache_key="c"))
    mark = {"type": "ephemeral"}
    assert body["system"] == [{"type": "text", "text": "Be brief.", "cache_control": mark}]
    assert body["messages"] == [
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": [{"type": "text", "text": "Two.", "cache_control": mark}]},
        {"role": "user", "content": "Three?"},
    ]
    plain = await Sent(*ANTHROPIC).asked("anthropic", "", Request("m", "Be brief.", KEPT, 5))
    assert "cache_control" not in msgspec.json.encode(plain).decode()


@pytest.mark.parametrize("stays", [0, 1])
async def test_a_turn_that_the_newest_one_joins_is_not_kept(stays: int) -> None:
    turns = (Said("user", "One?", stays=stays == 0), Said("user", "Two?", stays=stays == 1))
    body = await Sent(*ANTHROPIC).asked("anthropic", "", Request("m", "", turns, 5, cache_key="c"))
    assert ("cache_control" in msgspec.json.encode(body["messages"]).decode()) == bool(stays)


async def test_openai_alone_is_told_which_conversation_a_prompt_belongs_to() -> None:
    request = Request("m", "Be brief.", KEPT, 5, cache_key="c")
    assert (await Sent(*OPENAI).asked("openai", "", request))["prompt_cache_key"] == "c"
    assert "prompt_cache_key" not in await Sent(*OPENAI).asked("openai", "https://models.example.com/v1", request)
    assert "cache_key" not in msgspec.json.encode(await Sent(*GEMINI).asked("gemini", "", request)).decode()


async def test_a_models_name_cannot_leave_its_place_in_the_address() -> None:
    sent = Sent(*GEMINI)
    await sent.asked("gemini", "", msgspec.structs.replace(ASKED, model="../a b?key=1"))
    assert sent.url.raw_path_qs == "/v1beta/models/..%2Fa%20b%3Fkey%3D1:streamGenerateContent?alt=sse"


@pytest.mark.parametrize(("api", "events"), [("anthropic", ANTHROPIC), ("gemini", GEMINI)])
async def test_turns_alternate_where_the_wire_insists(api: str, events: tuple[object, ...]) -> None:
    turns = (Said("assistant", "Welcome."), Said("user", "One?"), Said("user", " "), Said("user", "Two?"))
    body = await Sent(*events).asked(api, "", Request("m", "", turns, 5))
    roles = [turn["role"] for turn in body.get("messages", body.get("contents"))]
    assert roles == ["user", "assistant" if api == "anthropic" else "model", "user"]
    assert "One?\\n\\nTwo?" in msgspec.json.encode(body).decode()
    assert "system" not in body
    assert "systemInstruction" not in body


async def test_nothing_is_sent_as_key_where_there_is_none() -> None:
    sent = Sent(*OPENAI)
    async with sent.client("openai", "http://127.0.0.1:1/v1", None) as (agent, _):
        assert [piece async for piece in agent.stream(ASKED)]
    assert sent.headers["content-type"] == "application/json"
    assert "authorization" not in sent.headers


@pytest.mark.parametrize(
    ("api", "url", "key"),
    [
        ("openai", "ftp://host/v1", KEY),
        ("openai", "no address", KEY),
        ("openai", "https://host/v1?key=1", KEY),
        ("openai", "https://name:word@host/v1", KEY),
        ("openai", "", "sécret-key"),
        ("openai", "", "secret key"),
        ("openai", "", "secret\nkey"),
        ("telepathy", "", KEY),
    ],
)
async def test_settings_that_cannot_work_are_refused_without_showing_the_key(api: str, url: str, key: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(AgentSettingsError) as refused:
            connect(api, url, key, http, timeouts=Timeouts())
    assert "cret" not in str(refused.value)
    assert KEY not in str(refused.value)


def read(reader: Any, *events: object) -> tuple[str, str, Usage | None, bool]:
    text = "".join(reader.take(event if isinstance(event, bytes) else msgspec.json.encode(event)) for event in events)
    return text, reader.finish, reader.usage, reader.tool


def openai_usage(**usage: object) -> Usage | None:
    return read(OpenAiReader(), {"choices": [], "usage": usage})[2]


def test_openai_usage_has_cached_and_reasoning_tokens() -> None:
    assert openai_usage(
        prompt_tokens=100,
        completion_tokens=40,
        total_tokens=140,
        prompt_tokens_details={"cached_tokens": 64, "audio_tokens": 0},
        completion_tokens_details={"reasoning_tokens": 30},
    ) == Usage(input=100, cached_input=64, output=40, reasoning=30)
    assert openai_usage(
        prompt_tokens=9, completion_tokens=3, prompt_tokens_details=None, completion_tokens_details=None
    ) == Usage(input=9, output=3)


def test_openai_usage_has_sound_and_pictures() -> None:
    assert openai_usage(
        prompt_tokens=100,
        completion_tokens=40,
        prompt_tokens_details={"cached_tokens": 10, "cache_write_tokens": 5, "audio_tokens": 50, "image_tokens": 20},
        completion_tokens_details={"audio_tokens": 30, "image_tokens": 2},
    ) == Usage(
        input=100,
        cached_input=10,
        cache_write=5,
        output=40,
        audio_input=50,
        audio_output=30,
        image_input=20,
        image_output=2,
    )


def test_of_cached_tokens_as_few_as_can_be_are_taken_to_be_sound() -> None:
    """Not told which: 60 are cached and 70 sound, of 100; so at least 30 are both, and no more are believed."""
    usage = openai_usage(
        prompt_tokens=100, completion_tokens=1, prompt_tokens_details={"cached_tokens": 60, "audio_tokens": 70}
    )
    assert usage == Usage(input=100, cached_input=60, audio_input=70, cached_audio=30, output=1)


def test_what_only_the_total_counts_is_output() -> None:
    assert openai_usage(prompt_tokens=10, completion_tokens=5, total_tokens=45) == Usage(10, output=35, reasoning=30)


@pytest.mark.parametrize(
    ("reader", "running", "last"),
    [
        (
            OpenAiReader,
            {"choices": [{"delta": {"content": "Hi"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}},
            {"choices": [{"delta": {}, "finish_reason": "stop"}]},
        ),
        (
            AnthropicReader,
            {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        ),
        (
            GeminiReader,
            {"usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1}},
            {"candidates": [{"finishReason": "STOP"}]},
        ),
    ],
)
def test_usage_from_before_the_finish_reason_is_not_the_last_word(
    reader: Any, running: dict[str, Any], last: dict[str, Any]
) -> None:
    one = reader()
    assert read(one, running, last)[1:3] == ("stop", Usage(input=9, output=1))
    assert not one.final


def test_reasoning_that_is_counted_beside_the_completion_is_added() -> None:
    assert openai_usage(
        prompt_tokens=10, completion_tokens=5, total_tokens=45, completion_tokens_details={"reasoning_tokens": 30}
    ) == Usage(input=10, output=35, reasoning=30)


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -1, "completion_tokens": 3},
        {"prompt_tokens": 9, "completion_tokens": -3},
        {"prompt_tokens": 0, "completion_tokens": 3},
        {"prompt_tokens": 10**12, "completion_tokens": 3},
        {"prompt_tokens": "many", "completion_tokens": 3},
        {"prompt_tokens": 9.5, "completion_tokens": 3},
        {"prompt_tokens": 9},
        {"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 10}},
        {"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": -1}},
        {"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"audio_tokens": 10}},
        {"prompt_tokens": 9, "completion_tokens": 3, "completion_tokens_details": {"audio_tokens": 4}},
        {"prompt_tokens": 9, "completion_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 4}},
        {},
    ],
)
def test_nonsensical_usage_is_none(usage: dict[str, object]) -> None:
    assert openai_usage(**usage) is None


@pytest.mark.parametrize(
    "choice",
    [
        {"delta": {"content": "Yes."}, "index": None},
        {"delta": {"content": [{"type": "text", "text": "Ye"}, {"type": "text", "text": "s."}]}},
    ],
)
def test_openai_as_other_servers_speak_it(choice: dict[str, object]) -> None:
    thought = {"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}}
    last = {"delta": None, "finish_reason": "stop"}
    events = [{"choices": [each]} for each in (thought, choice, last)]
    assert read(OpenAiReader(), *events)[:2] == ("Yes.", "stop")


def test_anthropics_cached_tokens_are_part_of_the_input() -> None:
    start = {
        "type": "message_start",
        "message": {
            "usage": {
                "input_tokens": 10,
                "cache_read_input_tokens": 200,
                "cache_creation_input_tokens": 30,
                "output_tokens": 1,
            }
        },
    }
    end = {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 50}}
    reader = AnthropicReader()
    assert read(reader, start)[2] == Usage(input=240, cached_input=200, cache_write=30, output=1)
    text, finish, usage, _ = read(reader, end, {"type": "message_stop"})
    assert (text, finish, reader.ended) == ("", "length", True)
    assert usage == Usage(input=240, cached_input=200, cache_write=30, output=50)


def test_anthropic_usage_tells_how_long_what_is_written_is_kept() -> None:
    kept = {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10}
    start = {"input_tokens": 5, "cache_creation_input_tokens": 30, "cache_creation": kept, "output_tokens": 1}
    reader = AnthropicReader()
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}
    usage = read(reader, {"type": "message_start", "message": {"usage": start}}, end)[2]
    assert usage == Usage(input=35, cache_write=30, cache_write_1h=10, output=7)
    assert reader.final


def test_gemini_usage_by_modality() -> None:
    usage = {
        "promptTokenCount": 100,
        "toolUsePromptTokenCount": 5,
        "cachedContentTokenCount": 30,
        "candidatesTokenCount": 50,
        "thoughtsTokenCount": 20,
        "totalTokenCount": 178,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 30},
            {"modality": "AUDIO", "tokenCount": 40},
            {"modality": "IMAGE", "tokenCount": 30},
        ],
        "toolUsePromptTokensDetails": [{"modality": "IMAGE", "tokenCount": 5}],
        "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 10}, {"modality": "IMAGE", "tokenCount": 4}],
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 25}, {"modality": "AUDIO", "tokenCount": 7}],
    }
    assert read(GeminiReader(), {"usageMetadata": usage})[2] == Usage(
        input=105,
        cached_input=30,
        output=73,  # three more in the total than anywhere else
        reasoning=20,
        audio_input=40,
        cached_audio=10,
        audio_output=7,
        image_input=35,
        cached_image=4,
        image_output=25,
    )


@pytest.mark.parametrize(
    "usage", [{"output_tokens": -5}, {"input_tokens": -9, "cache_read_input_tokens": 100}, {"output_tokens": "x"}, 7]
)
def test_anthropic_usage_that_turns_nonsensical_is_none(usage: object) -> None:
    start = {"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}}
    assert read(AnthropicReader(), start, {"type": "message_delta", "delta": {}, "usage": usage})[2] is None


def test_anthropics_thinking_pings_and_unknown_events_are_no_text() -> None:
    events = [
        {"type": "ping"},
        {"type": "content_block_start", "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_delta", "delta": {"type": "signature_delta", "signature": "s"}},
        {"type": "something_new", "delta": {"x": 1}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Yes."}},
    ]
    assert read(AnthropicReader(), *events)[:2] == ("Yes.", "")


def test_geminis_thoughts_are_output_and_no_text() -> None:
    first = {
        "candidates": [{"content": {"parts": [{"text": "hm", "thought": True}, {"text": "Yes"}]}}],
        "usageMetadata": {"promptTokenCount": 20, "totalTokenCount": 20},
    }
    last = {
        "candidates": [{"content": {"parts": [{"text": "."}]}, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": 20,
            "cachedContentTokenCount": 5,
            "candidatesTokenCount": 2,
            "thoughtsTokenCount": 11,
            "totalTokenCount": 33,
        },
    }
    text, finish, usage, tool = read(GeminiReader(), first, last)
    assert (text, finish, tool) == ("Yes.", "stop", False)
    assert usage == Usage(input=20, cached_input=5, output=13, reasoning=11)


@pytest.mark.parametrize("counts", [{"promptTokenCount": 9, "thoughtsTokenCount": -1}, {"promptTokenCount": -9}, []])
def test_nonsensical_gemini_usage_is_none(counts: object) -> None:
    assert read(GeminiReader(), {"usageMetadata": counts})[2] is None


def test_a_prompt_that_gemini_blocks_is_filtered() -> None:
    with pytest.raises(AgentError) as refused:
        GeminiReader().take(b'{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9}}')
    assert refused.value.kind is Kind.FILTERED
    assert refused.value.usage == Usage(input=9)


def openai_end(reason: str) -> object:
    return {"choices": [{"delta": {}, "finish_reason": reason}]}


@pytest.mark.parametrize(
    ("reader", "event", "finish"),
    [
        (OpenAiReader, openai_end("stop"), "stop"),
        (OpenAiReader, openai_end("length"), "length"),
        (OpenAiReader, openai_end("model_length"), "length"),
        (OpenAiReader, openai_end("error"), ""),
        (OpenAiReader, openai_end("abort"), ""),
        (OpenAiReader, openai_end("content_filter"), "filter"),
        (OpenAiReader, openai_end("tool_calls"), "stop"),
        (AnthropicReader, {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, "stop"),
        (AnthropicReader, {"type": "message_delta", "delta": {"stop_reason": "refusal"}}, "filter"),
        (GeminiReader, {"candidates": [{"finishReason": "MAX_TOKENS"}]}, "length"),
        (GeminiReader, {"candidates": [{"finishReason": "SAFETY"}]}, "filter"),
        (GeminiReader, {"candidates": [{"finishReason": "OTHER"}]}, "stop"),
    ],
)
def test_finish_reasons(reader: Callable[[], Any], event: object, finish: str) -> None:
    assert read(reader(), event)[1] == finish


@pytest.mark.parametrize(
    ("reader", "event"),
    [
        (OpenAiReader, {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": "rm"}}]}}]}),
        (AnthropicReader, {"type": "content_block_start", "content_block": {"type": "tool_use", "name": "rm"}}),
        (GeminiReader, {"candidates": [{"content": {"parts": [{"functionCall": {"name": "rm", "args": {}}}]}}]}),
    ],
)
def test_a_tool_call_is_noticed_and_is_no_text(reader: Callable[[], Any], event: object) -> None:
    text, _, _, tool = read(reader(), event)
    assert (text, tool) == ("", True)
