"""What goes wrong between the hub and a provider, over real sockets: each ends as its kind, and in time."""

import asyncio
import json
import socket

import pytest

from hub.agents.connect import connect, http_client
from hub.agents.http import ERROR_BYTES
from hub.agents.port import AgentClient, AgentError, Done, Kind, Request, Said, Text, Timeouts, Usage
from tests.agents.server import (
    DONE,
    KEY,
    PATIENT,
    PROMPT,
    QUICK,
    REQUEST,
    STOP,
    STREAM,
    USAGE,
    Writer,
    ask,
    client,
    event,
    sends,
    server,
    words,
)

pytestmark = pytest.mark.wire

HELLO = words(["Hel", "lo"])


async def fails(*parts: bytes, pause_s: float = 0.0, api: str = "openai", timeouts: Timeouts = PATIENT) -> AgentError:
    """The error that comes of an answer of these bytes."""
    async with server(sends(*parts, pause_s=pause_s)) as seen, client(api, seen.url, timeouts) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
    assert KEY not in str(raised.value)
    assert PROMPT not in str(raised.value)
    return raised.value


async def answers(*parts: bytes, pause_s: float = 0.0, api: str = "openai") -> tuple[str, Done]:
    async with server(sends(*parts, pause_s=pause_s)) as seen, client(api, seen.url) as agent:
        return await ask(agent)


def plain(status: str, content_type: str, body: bytes, *headers: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-length: %d\r\n" % (
        status.encode(),
        content_type.encode(),
        len(body),
    )
    return head + b"".join(header + b"\r\n" for header in headers) + b"connection: close\r\n\r\n" + body


async def test_a_plain_answer() -> None:
    text, done = await answers(STREAM + HELLO + STOP + USAGE + DONE)
    assert (text, done) == ("Hello", Done("stop", Usage(input=9, output=3)))


async def test_letters_split_over_chunks_stay_whole() -> None:
    answer = "".join(chr(0x1F600 + i) + "é" for i in range(10))
    stream = words(list(answer)) + STOP + DONE
    text, _ = await answers(STREAM, *(stream[i : i + 7] for i in range(0, len(stream), 7)))
    assert text == answer


WHOLE = {
    "openai": {
        "object": "chat.completion",
        "model": "model-1-dated",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    },
    "anthropic": {
        "type": "message",
        "model": "model-1-dated",
        "content": [{"type": "thinking", "thinking": "Well."}, {"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 9, "output_tokens": 3},
    },
    "gemini": {
        "candidates": [{"content": {"parts": [{"text": "Hello"}], "role": "model"}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12},
        "modelVersion": "model-1-dated",
    },
}
"""What a server says that does not stream, or a gateway before it that gathers what is streamed."""


def in_one(body: object) -> bytes:
    return plain("200 OK", "application/json; charset=utf-8", json.dumps(body).encode())


@pytest.mark.parametrize("api", WHOLE)
async def test_an_answer_in_one_piece_is_an_answer(api: str) -> None:
    """And costs what its usage says, as a stream would."""
    assert await answers(in_one(WHOLE[api]), api=api) == ("Hello", Done("stop", Usage(9, output=3), "model-1-dated"))


async def test_geminis_list_in_one_piece_is_an_answer() -> None:
    first = {"candidates": [{"content": {"parts": [{"text": "Oh. "}]}}]}
    text, done = await answers(in_one([first, WHOLE["gemini"]]), api="gemini")
    assert (text, done.usage) == ("Oh. Hello", Usage(9, output=3))


@pytest.mark.parametrize("api", WHOLE)
async def test_what_is_no_answer_but_says_its_usage_costs_that(api: str) -> None:
    """An answer without text, and one that nobody can read: nothing follows, so that is the last word."""
    silent = {name: value for name, value in WHOLE[api].items() if "usage" in name or name == "type"}
    error = await fails(in_one(silent), api=api)
    assert (error.kind, error.sent, error.usage, error.whole) == (Kind.GARBLED, True, Usage(9, output=3), True)


async def test_a_tool_call_in_one_piece_costs_what_its_usage_says() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]}
    error = await fails(in_one(WHOLE["openai"] | {"choices": [{"message": message, "finish_reason": "tool_calls"}]}))
    assert (error.kind, error.usage, error.whole) == (Kind.GARBLED, Usage(9, output=3), True)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[1]", b'"yes"', b"null", b'{"choices": 1}', b"\xff"])
async def test_json_that_is_no_answer_is_garbled(body: bytes) -> None:
    error = await fails(plain("200 OK", "application/json", body))
    assert (error.kind, error.sent, error.usage) == (Kind.GARBLED, True, None)


@pytest.mark.parametrize("end", [STOP, STOP + DONE, STOP[:-2]], ids=["no end mark", "no usage", "no last blank line"])
async def test_a_whole_answer_without_its_trimmings_is_an_answer(end: bytes) -> None:
    assert await answers(STREAM + HELLO + end) == ("Hello", Done("stop", None))


async def test_a_connection_that_breaks_after_the_finish_reason_broke_nothing() -> None:
    chunked = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    stream = HELLO + STOP
    assert await answers(chunked + b"%x\r\n%b\r\n" % (len(stream), stream)) == ("Hello", Done("stop", None))


@pytest.mark.parametrize(
    "usage", [{"prompt_tokens": -9, "completion_tokens": 3}, {"prompt_tokens": 9, "completion_tokens": 0}, "lots"]
)
async def test_nonsensical_usage_is_left_to_the_callers_estimate(usage: object) -> None:
    assert (await answers(STREAM + HELLO + STOP + event({"choices": [], "usage": usage}) + DONE))[1].usage is None


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ((plain("200 OK", "text/html", b"<html>Sign in to the Wi-Fi</html>"),), Kind.GARBLED),
        ((plain("200 OK", "application/json", b'{"choices": []}'),), Kind.GARBLED),
        ((plain("200 OK", "application/json", b'{"error": {"type": "overloaded_error"}}'),), Kind.OVERLOADED),
        ((plain("204 No Content", "text/event-stream", b""),), Kind.GARBLED),
        ((STREAM,), Kind.GARBLED),
        ((STREAM + b": keep-alive\n\n",), Kind.GARBLED),
        ((STREAM + STOP + DONE,), Kind.GARBLED),  # no text at all
        ((STREAM + HELLO + event(b'{"choices": [{"del') + STOP,), Kind.GARBLED),
        ((STREAM + event(b"<html>"),), Kind.GARBLED),
        ((STREAM + event(b'{"choices": [{"delta": {"content": "\xff\xfe"}}]}'),), Kind.GARBLED),
        ((STREAM + event([1, 2]),), Kind.GARBLED),
        ((STREAM + b"data: " + b"x" * (1 << 20) + b"x" * 10,), Kind.GARBLED),  # a line without end
        ((b"SSH-2.0-OpenSSH_9.6\r\n\r\n",), Kind.GARBLED),
        ((STREAM + HELLO,), Kind.CUT),
        ((STREAM + HELLO + DONE,), Kind.CUT),
        ((b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n" + HELLO,), Kind.CUT),
        ((b"",), Kind.CUT),
        ((STREAM + HELLO + event({"error": {"type": "overloaded_error"}}),), Kind.OVERLOADED),
        ((STREAM + event({"error": {"code": "rate_limit_exceeded", "message": "slow down"}}),), Kind.THROTTLED),
        ((STREAM + event({"error": "it broke"}),), Kind.OVERLOADED),
        ((STREAM + event({"choices": [{"delta": {}, "finish_reason": "content_filter"}]}),), Kind.FILTERED),
        (
            (STREAM + event({"choices": [{"delta": {"tool_calls": [{"index": 0}]}, "finish_reason": "tool_calls"}]}),),
            Kind.GARBLED,
        ),
    ],
)
async def test_what_is_no_answer_has_a_kind(parts: tuple[bytes, ...], kind: Kind) -> None:
    error = await fails(*parts)
    assert error.kind is kind
    assert error.sent


async def test_text_before_a_fault_is_shown_before_the_error() -> None:
    shown = ""

    async def show(agent: AgentClient) -> None:
        nonlocal shown
        async for piece in agent.stream(REQUEST):
            shown += piece.text if isinstance(piece, Text) else ""

    bad = STREAM + HELLO + event({"error": {"type": "api_error"}})
    async with server(sends(bad)) as seen, client("openai", seen.url) as agent:
        with pytest.raises(AgentError):
            await show(agent)
    assert shown == "Hello"


async def test_text_that_a_filter_stopped_is_an_answer_that_says_so() -> None:
    stopped = event({"choices": [{"delta": {}, "finish_reason": "content_filter"}]})
    assert await answers(STREAM + HELLO + stopped + DONE) == ("Hello", Done("filter", None))


async def test_a_tool_call_beside_text_is_refused_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    tool = event({"choices": [{"delta": {"tool_calls": [{"index": 0}]}, "finish_reason": "tool_calls"}]})
    assert await answers(STREAM + HELLO + tool + DONE) == ("Hello", Done("stop", None))
    assert "asked for a tool" in caplog.text


async def test_what_anthropic_had_reported_before_a_cut_is_kept() -> None:
    start = event({"type": "message_start", "message": {"usage": {"input_tokens": 40, "output_tokens": 1}}})
    error = await fails(STREAM + start + event({"type": "ping"}), api="anthropic")
    assert (error.kind, error.usage) == (Kind.CUT, Usage(input=40, output=1))


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect"])
async def test_redirects_are_not_followed(status: str) -> None:
    async with server(sends(STREAM + HELLO + STOP)) as other:
        error = await fails(plain(status, "text/html", b"", b"location: " + other.url.encode()))
        assert other.requests == []
    assert (error.kind, error.sent) == (Kind.MISSING, False)


async def test_a_status_with_retry_after_was_not_billable() -> None:
    body = json.dumps({"error": {"code": "rate_limit_exceeded", "message": f"{KEY} said {PROMPT}"}}).encode()
    error = await fails(plain("429 Too Many Requests", "application/json", body, b"retry-after: 3"))
    assert (error.kind, error.sent, error.retry_after_s) == (Kind.THROTTLED, False, 3.0)


async def test_of_a_huge_error_page_only_the_start_is_read() -> None:
    sent = 0

    async def answer(writer: Writer) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 503 Down\r\ncontent-type: text/html\r\n\r\n")
        while True:
            writer.write(b"x" * 16_384)
            sent += 16_384
            await writer.drain()

    async with server(answer) as seen, client("openai", seen.url) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
        await asyncio.wait_for(seen.closed.wait(), 60)
    assert raised.value.kind is Kind.OVERLOADED
    assert sent < 400 * ERROR_BYTES


async def test_an_error_page_that_never_ends_does_not_hold_the_status_back() -> None:
    async def answer(writer: Writer) -> None:
        writer.write(b"HTTP/1.1 503 Down\r\ncontent-length: 500\r\n\r\nhalf")
        await asyncio.sleep(3600)

    async with server(answer) as seen, client("openai", seen.url, QUICK) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
    assert raised.value.kind is Kind.OVERLOADED


async def test_an_answer_that_does_not_end_is_ended() -> None:
    async def answer(writer: Writer) -> None:
        writer.write(STREAM)
        while True:
            writer.write(words(["and so on "] * 200))
            await writer.drain()
            await asyncio.sleep(0)

    async with server(answer) as seen, client("openai", seen.url, PATIENT) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
        await asyncio.wait_for(seen.closed.wait(), 60)
    assert (raised.value.kind, raised.value.sent) == (Kind.GARBLED, True)


STALLS = {
    "before the headers": b"",
    "before the first token": STREAM,
    "between tokens": STREAM + HELLO,
    "behind keep-alives": STREAM + b": keep-alive\n\n",
}


@pytest.mark.parametrize("before", STALLS.values(), ids=STALLS)
async def test_a_stall_times_out(before: bytes) -> None:
    async def answer(writer: Writer) -> None:
        writer.write(before)
        while True:
            await asyncio.sleep(0.05)
            if before.endswith(b"keep-alive\n\n"):
                writer.write(b": keep-alive\n\n")

    async with server(answer) as seen, client("openai", seen.url, QUICK) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
        await asyncio.wait_for(seen.closed.wait(), 60)
    assert (raised.value.kind, raised.value.sent) == (Kind.TIMED_OUT, True)


THOUGHTS = {
    "openai": {"choices": [{"delta": {"content": None, "reasoning_content": "Hm"}}]},
    "openrouter": {"choices": [{"delta": {"content": "", "reasoning": "Hm"}}]},
    "mistral": {"choices": [{"delta": {"content": [{"type": "thinking", "thinking": []}]}}]},
    "anthropic": {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "Hm"}},
    "gemini": {"candidates": [{"content": {"parts": [{"text": "Hm", "thought": True}]}}]},
}


@pytest.mark.parametrize("who", THOUGHTS)
async def test_who_thinks_does_not_stand_still(who: str) -> None:
    thought = event(THOUGHTS[who])
    said = {
        "anthropic": event({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Yes"}})
        + event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        "gemini": event({"candidates": [{"content": {"parts": [{"text": "Yes"}]}, "finishReason": "STOP"}]}),
    }.get(who, words(["Yes"]) + STOP)
    api = who if who in ("anthropic", "gemini") else "openai"

    text, _ = await answers(STREAM, *[thought] * 4, said, pause_s=0.15, api=api)

    assert text == "Yes"


async def test_the_whole_has_a_limit_of_its_own() -> None:
    async def answer(writer: Writer) -> None:
        writer.write(STREAM)
        while True:
            writer.write(words(["drip "]))
            await asyncio.sleep(0.05)

    limits = Timeouts(connect=60.0, first_token=60.0, between_tokens=60.0, whole=0.7)
    async with server(answer) as seen, client("openai", seen.url, limits) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
    assert raised.value.kind is Kind.TIMED_OUT


async def test_a_slow_reader_is_no_slow_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadlines run only while the hub waits for the provider, not while its own consumer is busy."""
    answer = sends(STREAM + words(["a"]), words(["b"]), STOP + DONE, pause_s=0.02)
    limits = Timeouts(first_token=60.0, between_tokens=60.0, whole=3600.0)
    text, slept_s = "", 0.0
    loop = asyncio.get_running_loop()
    now_s = loop.time
    monkeypatch.setattr(loop, "time", lambda: now_s() + slept_s)
    async with server(answer) as seen, client("openai", seen.url, limits) as agent:
        async for piece in agent.stream(REQUEST):
            text += piece.text if isinstance(piece, Text) else ""
            slept_s += 100.0
            await asyncio.sleep(0)  # whoever has waited too long hears of it
    assert text == "ab"


async def test_no_listener_means_nothing_was_sent() -> None:
    async with server(sends()) as seen:
        pass
    async with client("openai", seen.url) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
    assert (raised.value.kind, raised.value.sent) == (Kind.UNREACHABLE, False)


async def test_a_name_nobody_knows_means_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with client("openai", "http://no-such-host.invalid/v1", PATIENT) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
    assert (raised.value.kind, raised.value.sent) == (Kind.UNREACHABLE, False)


async def test_plain_text_where_tls_was_expected_means_nothing_was_sent() -> None:
    limits = Timeouts(connect=1.0, first_token=60.0)
    async with server(sends(STREAM)) as seen, client("openai", seen.url.replace("http:", "https:"), limits) as agent:
        with pytest.raises(AgentError) as raised:
            await ask(agent)
    assert (raised.value.kind, raised.value.sent) == (Kind.UNREACHABLE, False)


async def test_closing_the_stream_closes_the_connection_at_once() -> None:
    async def answer(writer: Writer) -> None:
        writer.write(STREAM + HELLO)
        await asyncio.sleep(30)

    async with server(answer) as seen, client("openai", seen.url) as agent:
        stream = agent.stream(REQUEST)
        assert await anext(stream) == Text("Hello")
        await stream.aclose()  # type: ignore[attr-defined]
        await asyncio.wait_for(seen.closed.wait(), 60)


async def test_cancelling_the_caller_closes_the_connection_at_once() -> None:
    async def answer(writer: Writer) -> None:
        writer.write(STREAM + HELLO)
        await asyncio.sleep(30)

    async with server(answer) as seen, client("openai", seen.url) as agent:
        task = asyncio.create_task(ask(agent))
        await asyncio.wait_for(seen.asked.wait(), 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(seen.closed.wait(), 60)


async def test_one_connection_serves_many_answers_and_carries_no_cookie() -> None:
    stream = HELLO + STOP + DONE
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nset-cookie: who=me\r\n"
    answer = head + b"transfer-encoding: chunked\r\n\r\n"
    connections = 0
    heads: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: Writer) -> None:
        nonlocal connections
        connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                heads.append(head)
                length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.split(b":")[1]))
                writer.write(answer + b"%x\r\n%b\r\n" % (len(stream), stream))
                await asyncio.sleep(0.02)
                writer.write(b"0\r\n\r\n")  # after the provider's own end mark, as real ones do
        except asyncio.IncompleteReadError:
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listening, client("openai", f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}") as agent:
        for _ in range(3):
            assert (await ask(agent))[0] == "Hello"
    assert (connections, len(heads)) == (1, 3)
    assert not any(b"cookie" in head.lower() for head in heads)


@pytest.mark.parametrize(
    ("api", "path"), [("openai", b"/models"), ("anthropic", b"/v1/models"), ("gemini", b"/v1beta/models")]
)
async def test_a_probe_is_one_cheap_get_with_the_key(api: str, path: bytes) -> None:
    async with (
        server(sends(plain("200 OK", "application/json", b'{"data": []}'))) as seen,
        client(api, seen.url) as agent,
    ):
        assert "200" in await agent.probe()
    (request,) = seen.requests
    assert request.startswith(b"GET " + path + b" ")
    assert KEY.encode() in request


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (plain("401 Unauthorized", "application/json", b"{}"), Kind.UNAUTHORIZED),
        (plain("200 OK", "text/html", b"<html>Sign in</html>"), Kind.GARBLED),
        (plain("503 Down", "text/html", b""), Kind.OVERLOADED),
    ],
)
async def test_a_probe_that_fails_has_a_kind(answer: bytes, kind: Kind) -> None:
    async with server(sends(answer)) as seen, client("openai", seen.url) as agent:
        with pytest.raises(AgentError) as raised:
            await agent.probe()
    assert raised.value.kind is kind


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(sends(STREAM + HELLO + STOP)) as proxy, server(sends(STREAM + HELLO + STOP)) as seen:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        http = http_client(2)
        agent = connect("openai", seen.url, KEY, http, timeouts=PATIENT)
        assert (await ask(agent, Request("m", "", (Said("user", "Hi"),), 5)))[0] == "Hello"
        await http.close()
    assert (len(proxy.requests), len(seen.requests)) == (0, 1)
