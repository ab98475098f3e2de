"""What a refusal means, and that nothing private is in what is said of it."""

import msgspec
import pytest

from hub.agents.failures import LONGEST_WAIT_S, error_in_stream, read_error, refusal, retry_after_s
from hub.agents.port import Kind

pytestmark = pytest.mark.unit

NOW_S = 1_795_000_000.0  # Wed, 18 Nov 2026 11:06:40 GMT


def body(**error: object) -> bytes:
    return msgspec.json.encode({"error": error})


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (429, b"", Kind.THROTTLED),
        (429, body(type="insufficient_quota", code="insufficient_quota"), Kind.UNAUTHORIZED),
        (429, body(message="Request too large; reduce the length of the messages."), Kind.TOO_LONG),
        (500, b"", Kind.OVERLOADED),
        (502, b"<html>bad gateway</html>", Kind.OVERLOADED),
        (503, body(status="UNAVAILABLE", code=503), Kind.OVERLOADED),
        (529, body(type="overloaded_error"), Kind.OVERLOADED),
        (500, body(message="maximum context length"), Kind.OVERLOADED),  # a server that failed is asked again
        (401, body(type="authentication_error"), Kind.UNAUTHORIZED),
        (402, b"", Kind.UNAUTHORIZED),
        (403, b"", Kind.UNAUTHORIZED),
        (400, b"", Kind.REJECTED),
        (404, body(type="not_found_error"), Kind.MISSING),
        (404, b"<html>nothing here</html>", Kind.MISSING),
        (404, body(code=404, status="NOT_FOUND"), Kind.MISSING),
        (403, body(code="model_not_found", type="invalid_request_error"), Kind.MISSING),  # of no use to this project
        (404, body(code="DeploymentNotFound"), Kind.MISSING),
        (410, b"", Kind.MISSING),
        (500, body(code="model_not_found"), Kind.OVERLOADED),
        (422, b"{not json", Kind.REJECTED),
        (418, b"", Kind.REJECTED),
        (301, b"", Kind.MISSING),
        (408, b"", Kind.OVERLOADED),
        (413, b"", Kind.TOO_LONG),
        (413, body(type="request_too_large"), Kind.TOO_LONG),
        # OpenAI; then Azure's filter, Anthropic, Gemini, llama.cpp, vLLM, Mistral
        (400, body(code="context_length_exceeded", type="invalid_request_error"), Kind.TOO_LONG),
        (400, body(code="content_filter"), Kind.FILTERED),
        (400, body(type="invalid_request_error", message="prompt is too long: 210000 tokens > 200000"), Kind.TOO_LONG),
        (
            400,
            body(type="invalid_request_error", message="input length and `max_tokens` exceed context limit"),
            Kind.TOO_LONG,
        ),
        (400, body(type="invalid_request_error", message="Your credit balance is too low"), Kind.UNAUTHORIZED),
        (400, body(message="Output blocked by content filtering policy"), Kind.FILTERED),
        (
            400,
            body(code=400, status="INVALID_ARGUMENT", message="The input token count (9) exceeds the maximum"),
            Kind.TOO_LONG,
        ),
        (400, body(code=400, status="INVALID_ARGUMENT", details=[{"reason": "API_KEY_INVALID"}]), Kind.UNAUTHORIZED),
        (400, body(code=400, type="exceed_context_size_error"), Kind.TOO_LONG),
        (400, msgspec.json.encode({"object": "error", "message": "maximum context length is 4096"}), Kind.TOO_LONG),
        (400, body(message=["not", "text"]), Kind.REJECTED),
        (400, b"[]", Kind.REJECTED),
        (400, b"[" + body(status="INVALID_ARGUMENT") + b"]", Kind.REJECTED),
        (400, b"\xff\xfe", Kind.REJECTED),
    ],
)
def test_a_status_and_its_body_have_a_kind(status: int, said: bytes, kind: Kind) -> None:
    error = refusal(status, {}, said, now_s=NOW_S)
    assert error.kind is kind
    assert error.sent is (kind is Kind.FILTERED or status == 408)  # both of which Azure bills


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1e12"}, LONGEST_WAIT_S),
        ({"retry-after": "Wed, 18 Nov 2026 11:07:00 GMT"}, 20.0),
        ({"retry-after": "Wed, 18 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"x-ms-retry-after-ms": "250"}, 0.25),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, now_s=NOW_S) == seconds


def test_geminis_retry_delay_stands_in_the_body() -> None:
    said = body(code=429, status="RESOURCE_EXHAUSTED", details=[{"@type": "x"}, {"@type": "y", "retryDelay": "34.5s"}])
    assert refusal(429, {}, said, now_s=NOW_S).retry_after_s == 34.5


def test_the_detail_has_a_code_and_no_word_of_the_body() -> None:
    said = body(code="invalid_api_key", message="Incorrect API key provided: sk-very-secret-1. Prompt: I am ill")
    error = refusal(401, {}, said, now_s=NOW_S)
    assert error.detail == "status 401, invalid_api_key"
    assert "secret" not in str(error)


@pytest.mark.parametrize("code", ["sk-proj-12345", "my prompt was this", "x" * 60, "ключ", "a\nb", ""])
def test_what_is_no_plain_code_is_not_repeated(code: str) -> None:
    assert refusal(400, {}, body(code=code), now_s=NOW_S).detail == "status 400"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "overloaded_error", "message": "Overloaded"}, Kind.OVERLOADED),
        ({"type": "rate_limit_error"}, Kind.THROTTLED),
        ({"code": 429}, Kind.THROTTLED),
        ({"code": "content_filter"}, Kind.FILTERED),
        ({"type": "authentication_error"}, Kind.UNAUTHORIZED),
        ({"type": "something_new"}, Kind.OVERLOADED),
    ],
)
def test_an_error_inside_a_stream_was_sent(error: dict[str, object], kind: Kind) -> None:
    found = read_error(msgspec.json.encode({"error": error}))
    assert found
    raised = error_in_stream(found, None)
    assert (raised.kind, raised.sent) == (kind, True)


@pytest.mark.parametrize("status", [500, 502, 503, 520, 529])
def test_a_server_that_fails_before_it_began_bills_nothing(status: int) -> None:
    error = refusal(status, {}, b"<html>", now_s=0.0)
    assert (error.kind, error.sent) == (Kind.OVERLOADED, False)


@pytest.mark.parametrize("status", [408, 504, 524])
def test_a_gateway_that_stopped_waiting_may_have_been_billed(status: int) -> None:
    error = refusal(status, {}, b"<html>", now_s=0.0)
    assert (error.kind, error.sent) == (Kind.OVERLOADED, True)
