"""What a provider's refusal means: status, headers and body become one kind of error, without a word of the body."""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import isfinite

import msgspec

from hub.agents.port import AgentError, Kind, Usage

LONGEST_WAIT_S = 86_400.0
"""A provider that asks for more means its daily quota; asking again tomorrow is soon enough."""


class ProviderError(msgspec.Struct, frozen=True):
    """What all wires call `error`: OpenAI has code and type, Anthropic type, Gemini status, a number and details."""

    code: str | int | float | None = None
    type: str | None = None
    status: str | int | None = None
    message: str | None = None
    details: msgspec.Raw = msgspec.Raw(b"null")


class _Envelope(msgspec.Struct, frozen=True):
    error: ProviderError | str | None = None
    # Mistral and plain servers put the same words at the top.
    code: str | int | float | None = None
    type: str | None = None
    message: str | None = None


class _Detail(msgspec.Struct, frozen=True):
    reason: str | None = None
    retry_delay: str | None = msgspec.field(default=None, name="retryDelay")


_envelope = msgspec.json.Decoder(_Envelope | list[_Envelope])
_details = msgspec.json.Decoder(list[_Detail])

TIMEOUTS = frozenset({408, 504, 524})
"""Somebody in between (524: Cloudflare) stopped waiting; the model behind works on, and what it does is billed. 408 is
Azure's word for it; elsewhere it is rare, and says that the request did not arrive whole."""

_BY_STATUS = {
    400: Kind.REJECTED,
    401: Kind.UNAUTHORIZED,
    402: Kind.UNAUTHORIZED,  # nothing left on the account: an operator must act, as with a wrong key
    403: Kind.UNAUTHORIZED,
    404: Kind.MISSING,
    405: Kind.MISSING,
    408: Kind.OVERLOADED,  # 408, 409 and 425 ask for the same request once more
    409: Kind.OVERLOADED,
    410: Kind.MISSING,
    413: Kind.TOO_LONG,
    422: Kind.REJECTED,
    425: Kind.OVERLOADED,
    429: Kind.THROTTLED,
}

_BY_WORD = {
    "rate_limit_error": Kind.THROTTLED,
    "rate_limit_exceeded": Kind.THROTTLED,
    "resource_exhausted": Kind.THROTTLED,
    "overloaded_error": Kind.OVERLOADED,
    "api_error": Kind.OVERLOADED,
    "server_error": Kind.OVERLOADED,
    "internal_server_error": Kind.OVERLOADED,
    "service_unavailable": Kind.OVERLOADED,
    "internal": Kind.OVERLOADED,
    "unavailable": Kind.OVERLOADED,
    "timeout_error": Kind.OVERLOADED,
    "deadline_exceeded": Kind.OVERLOADED,
    "authentication_error": Kind.UNAUTHORIZED,
    "permission_error": Kind.UNAUTHORIZED,
    "permission_denied": Kind.UNAUTHORIZED,
    "unauthenticated": Kind.UNAUTHORIZED,
    "billing_error": Kind.UNAUTHORIZED,
    "insufficient_quota": Kind.UNAUTHORIZED,
    "billing_not_active": Kind.UNAUTHORIZED,
    "invalid_api_key": Kind.UNAUTHORIZED,
    "api_key_invalid": Kind.UNAUTHORIZED,
    "context_length_exceeded": Kind.TOO_LONG,
    "string_above_max_length": Kind.TOO_LONG,
    "exceed_context_size_error": Kind.TOO_LONG,
    "request_too_large": Kind.TOO_LONG,
    "content_filter": Kind.FILTERED,
    "content_policy_violation": Kind.FILTERED,
    "invalid_request_error": Kind.REJECTED,
    "invalid_argument": Kind.REJECTED,
    "not_found_error": Kind.MISSING,
    "not_found": Kind.MISSING,
    "model_not_found": Kind.MISSING,
    "deploymentnotfound": Kind.MISSING,
}
"""Error codes, types and states of the three providers and of common compatible servers, in lower case."""

# Words that decide although the status says something more general.
_STRONGER = (Kind.TOO_LONG, Kind.FILTERED, Kind.UNAUTHORIZED, Kind.MISSING)

_TOO_LONG = re.compile(
    r"maximum context length|context[ _]length|context window|context limit|available context size"
    r"|prompt is too long|input is too long|input token count|reduce the length of",
    re.I,
)
_FILTERED = re.compile(r"content filter(?:ing)? policy|content management policy|blocked by .{0,40}filter", re.I)
_BROKE = re.compile(r"credit balance is too low|exceeded your current quota, please check your plan", re.I)

_PUBLIC_WORD = re.compile(r"[A-Za-z][A-Za-z_]{1,47}")


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, now_s: float) -> AgentError:
    """The error for a status that is not 2xx. `now_s`: seconds since 1970 UTC, to read a date in Retry-After.

    Who refuses with a status bills nothing, with two exceptions: TIMEOUTS, and a prompt that the filter took, which
    Azure bills with what was answered meanwhile.
    """
    error = read_error(body)
    kind = _BY_STATUS.get(status) or (Kind.OVERLOADED if status >= 500 else Kind.REJECTED)
    if status < 400:
        return AgentError(
            Kind.MISSING, f"status {status}: redirects are not followed, give the final address", sent=False
        )
    said = kind_of(error) if error else None
    if said is not None and said in _STRONGER and status < 500:
        kind = said
    wait = retry_after_s(headers, now_s=now_s)
    if wait is None and error:
        wait = _asked_in_body(error)
    sent = status in TIMEOUTS or kind is Kind.FILTERED
    return AgentError(kind, phrase(f"status {status}", error), sent=sent, retry_after_s=wait)


def error_in_stream(error: ProviderError | str, usage: Usage | None) -> AgentError:
    """The error for one that came as an event, after the provider had begun."""
    error = ProviderError(message=error) if isinstance(error, str) else error
    kind = kind_of(error)
    if kind is None and isinstance(error.code, int | float):
        kind = _BY_STATUS.get(int(error.code))
    return AgentError(
        kind or Kind.OVERLOADED,
        phrase("error in the stream", error),
        sent=True,
        usage=usage,
        retry_after_s=_asked_in_body(error),
    )


def read_error(body: bytes) -> ProviderError | None:
    """The error that a body carries, if it is one."""
    try:
        found = _envelope.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if isinstance(found, list):  # Gemini wraps it in a list where the request did not ask for events
        if not found:
            return None
        found = found[0]
    if isinstance(found.error, ProviderError):
        return found.error
    message = found.error or found.message
    return ProviderError(code=found.code, type=found.type, message=message) if message or found.code else None


def kind_of(error: ProviderError) -> Kind | None:
    """What the provider's own words say, or None where they say nothing that is known."""
    message = error.message or ""
    if _TOO_LONG.search(message):
        return Kind.TOO_LONG
    if _FILTERED.search(message):
        return Kind.FILTERED
    if _BROKE.search(message):
        return Kind.UNAUTHORIZED
    for detail in _read_details(error):
        if detail.reason and (kind := _BY_WORD.get(detail.reason.lower())):
            return kind
    for word in (error.code, error.status, error.type):
        if isinstance(word, str) and (kind := _BY_WORD.get(word.lower())):
            return kind
    return None


def phrase(start: str, error: ProviderError | None) -> str:
    """For operators: the provider's code, if it is a plain word; never its message, which can quote key or prompt."""
    for word in (error.code, error.status, error.type) if error else ():
        if isinstance(word, str) and _PUBLIC_WORD.fullmatch(word):
            return f"{start}, {word}"
    return start


def retry_after_s(headers: Mapping[str, str], *, now_s: float) -> float | None:
    """Seconds to wait, from the providers' millisecond headers or Retry-After (seconds or an HTTP date)."""
    for name, unit in (("retry-after-ms", 1000.0), ("x-ms-retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        if value and (seconds := _number(value)) is not None:
            return _within(seconds / unit)
    date = headers.get("retry-after")
    if not date:
        return None
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _within(moment.timestamp() - now_s)


def _asked_in_body(error: ProviderError) -> float | None:
    for detail in _read_details(error):
        if detail.retry_delay and (seconds := _number(detail.retry_delay.removesuffix("s"))) is not None:
            return _within(seconds)
    return None


def _read_details(error: ProviderError) -> list[_Detail]:
    try:
        return _details.decode(error.details)
    except msgspec.DecodeError:
        return []


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _within(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WAIT_S)
