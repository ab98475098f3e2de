"""What the hub asks of a deployment, and what a deployment can answer: one streaming call, typed errors, usage."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from hub.errors import TrunklineError


class File(msgspec.Struct, frozen=True):
    """An image or a document beside the words of a turn."""

    kind: str
    """`image` or `document`."""
    media_type: str
    """Of an image png, jpeg, gif or webp; of a document application/pdf."""
    data: bytes
    name: str


TAKE_FILES = frozenset({"openai", "anthropic", "gemini"})
"""The wire APIs that can carry files; whether a model behind one reads them, the operator says."""


class Said(msgspec.Struct, frozen=True):
    """One turn of the prompt. `role` is `user` or `assistant`."""

    role: str
    text: str
    files: tuple[File, ...] = ()
    """Only in a person's turn, and only for an API of TAKE_FILES."""
    stays: bool = False
    """The next request of the conversation begins with all that stands up to here."""


class Request(msgspec.Struct, frozen=True):
    """One call of a model."""

    model: str
    system: str
    turns: tuple[Said, ...]
    max_output: int
    """Output tokens at the most, reasoning included."""
    cache_key: str = ""
    """The same for every request of a conversation, and says nothing of it; empty: nothing is to be kept for another.

    Where the API asks for it, the provider is told to keep the system prompt and what `stays`, for some minutes.
    """


class Usage(msgspec.Struct, frozen=True):
    """Tokens as the provider bills them, as `hub.money.prices.Tokens` has them.

    `input` includes every other kind of input, `output` every other kind of output.
    """

    input: int = 0
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    cache_write_1h: int = 0
    audio_input: int = 0
    cached_audio: int = 0
    audio_output: int = 0
    image_input: int = 0
    cached_image: int = 0
    image_output: int = 0


class Text(msgspec.Struct, frozen=True):
    """A piece of the answer."""

    text: str


class Done(msgspec.Struct, frozen=True):
    """The stream ended as it should. `usage` is None where the provider did not say (then the caller estimates)."""

    finish: str
    """`stop`, `length` or `filter`."""
    usage: Usage | None
    model: str = ""
    """What the provider says answered: often a dated form of the name that was asked. Its word, so untrusted."""


class Kind(StrEnum):
    """What to do next is decided by these."""

    THROTTLED = "throttled"
    """Asked to wait (429): here after `retry_after_s`, or another deployment."""
    OVERLOADED = "overloaded"
    """500, 502, 503, 504, 529: retry with backoff, or another deployment."""
    UNREACHABLE = "unreachable"
    """No connection: nothing was sent; another deployment."""
    TIMED_OUT = "timed_out"
    """First token, next token or the whole took too long."""
    CUT = "cut"
    """The stream ended before its end: disconnect, or no finish reason."""
    GARBLED = "garbled"
    """HTML, invalid JSON, an empty stream, nonsensical usage."""
    UNAUTHORIZED = "unauthorized"
    """The key is wrong or lacks a right (401, 403): an operator must act."""
    MISSING = "missing"
    """There is no such model here, or nothing of the kind at this address (404): another deployment may have it."""
    REJECTED = "rejected"
    """The request itself is wrong (400, 422): repeating it changes nothing."""
    TOO_LONG = "too_long"
    """The prompt is longer than the model takes."""
    FILTERED = "filtered"
    """The provider's content filter refused."""


class AgentError(TrunklineError):
    """A deployment did not answer as it should."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        sent: bool,
        usage: Usage | None = None,
        whole: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        """For operators; never holds a key, a prompt or a person's words."""
        self.sent = sent
        """False only where the provider certainly did no billable work (no connection, or its own refusal)."""
        self.usage = usage
        """What the provider had reported before the error, if anything; a lower bound unless `whole`."""
        self.whole = whole
        """The call had ended as it should, and `usage` is the provider's last word on it."""
        self.retry_after_s = retry_after_s


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds."""

    connect: float = 5.0
    first_token: float = 30.0
    between_tokens: float = 20.0
    whole: float = 180.0
    """From the request on, whatever the others are."""


class AgentClient(Protocol):
    """One deployment's wire."""

    def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        """Pieces of text, and the usage so far where the provider tells it early; then exactly one Done.

        Raises AgentError; closing the iterator early ends the call.
        """
        ...

    async def probe(self) -> str:
        """One cheap request that proves address and key; a word on what answered. Raises AgentError."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Model(msgspec.Struct, frozen=True):
    """One that a deployment says it has."""

    name: str
    context: int | None = None
    """Tokens that it takes at the most, where that is said."""


@runtime_checkable
class Listing(Protocol):
    """A client that can tell which models stand behind it."""

    async def models(self) -> tuple[Model, ...]:
        """Those that its list names, which need not be all. Raises AgentError."""
        ...


@runtime_checkable
class Warmable(Protocol):
    """A client that has something to load before its first question."""

    async def warm(self) -> None:
        """Load it now. Raises AgentError."""
        ...
