"""Anthropic's messages."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from yarl import URL

from hub.agents.failures import ProviderError, error_in_stream
from hub.agents.http import Wire
from hub.agents.listing import models_in, name_in
from hub.agents.port import Done, File, Model, Request, Said, Text, Usage
from hub.agents.turns import alternating
from hub.agents.usage import believable

VERSION = "2023-06-01"
"""Of the API, sent as `anthropic-version`; later features are switched on by headers of their own."""


class _Kept(msgspec.Struct, frozen=True):
    """`cache_creation_input_tokens`, by how long they are kept."""

    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class _Usage(msgspec.Struct, frozen=True):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_creation: _Kept | None = None


class _Message(msgspec.Struct, frozen=True):
    model: Any = None
    usage: msgspec.Raw = msgspec.Raw(b"null")


class _Delta(msgspec.Struct, frozen=True):
    type: str | None = None
    text: str | None = None
    stop_reason: str | None = None


class _Block(msgspec.Struct, frozen=True):
    type: str = ""
    text: str | None = None


class _Event(msgspec.Struct, frozen=True):
    type: str
    message: _Message | None = None
    content_block: _Block | None = None
    content: list[_Block] | None = None
    """Of a whole message, as are the next two; so is `usage`."""
    stop_reason: str | None = None
    model: Any = None
    delta: _Delta | None = None
    usage: msgspec.Raw = msgspec.Raw(b"null")
    error: ProviderError | str | None = None


_event = msgspec.json.Decoder(_Event)
_usage = msgspec.json.Decoder(_Usage | None)
_encode = msgspec.json.Encoder().encode

_FINISH = {"max_tokens": "length", "model_context_window_exceeded": "length", "refusal": "filter"}
_UNREADABLE = _Usage(input_tokens=-1)


class AnthropicReader:
    """Reads message_start … message_stop, or one message. Of a stream, usage comes in two parts: input at the start,
    output near the end.
    """

    __slots__ = ("_output_told", "_said", "ended", "final", "finish", "model", "thoughts", "tool", "usage")

    def __init__(self) -> None:
        self.finish = ""
        self.ended = False
        self.usage: Usage | None = None
        self.final = False
        self.tool = False
        self.thoughts = 0
        self.model = ""
        self._said = _Usage()
        self._output_told = False

    def take(self, data: bytes) -> str:
        event = _event.decode(data)
        delta = event.delta
        if event.type == "content_block_delta":
            self.thoughts += delta is not None and delta.type == "thinking_delta"
            return (delta.text if delta else None) or ""
        if event.type == "content_block_start" and event.content_block:
            self.tool = self.tool or event.content_block.type.endswith("tool_use")
            return event.content_block.text or ""
        if event.type == "message_start" and event.message:
            self.model = name_in(event.message.model)
            self._count(event.message.usage)
        elif event.type == "message_delta":
            self._count(event.usage)
            if delta and delta.stop_reason:
                self._end(delta.stop_reason)
        elif event.type == "message":
            return self._whole(event)
        elif event.type == "message_stop":
            self.ended = True
        elif event.type == "error":
            raise error_in_stream(event.error or "", self.usage)
        return ""

    def _whole(self, message: _Event) -> str:
        """Of a server that does not stream."""
        self.model = name_in(message.model)
        self._count(message.usage)
        blocks = message.content or ()
        self.tool = any(block.type.endswith("tool_use") for block in blocks)
        if message.stop_reason:
            self._end(message.stop_reason)
        return "".join([block.text or "" for block in blocks])

    def _end(self, reason: str) -> None:
        self.finish = _FINISH.get(reason, "stop")
        # What the start says of the output is a beginning: without a later word nobody knows how much it was.
        self.final = self.usage is not None and self._output_told

    def _count(self, raw: msgspec.Raw) -> None:
        """Figures are totals: a later one replaces an earlier one, a missing one leaves it."""
        try:
            new = _usage.decode(raw) or _Usage()
        except msgspec.DecodeError:
            new = _UNREADABLE
        self._output_told = new.output_tokens is not None
        self._said = said = _Usage(
            *(
                was if now is None else now
                for was, now in zip(msgspec.structs.astuple(self._said), msgspec.structs.astuple(new), strict=True)
            )
        )
        fresh, read = said.input_tokens or 0, said.cache_read_input_tokens or 0
        kept = said.cache_creation or _Kept()
        hour = kept.ephemeral_1h_input_tokens or 0
        written = max(said.cache_creation_input_tokens or 0, (kept.ephemeral_5m_input_tokens or 0) + hour)
        if fresh < 0:
            self.usage = None
            return
        # input_tokens leaves out what was read from the cache or written to it.
        self.usage = believable(
            Usage(
                input=fresh + read + written,
                cached_input=read,
                cache_write=written,
                output=said.output_tokens or 0,
                cache_write_1h=hour,
            )
        )


_KEPT = {"type": "ephemeral"}
"""For five minutes from its last use. A request may have four such marks; a beginning shorter than the model's least
(1,024 tokens or more) is not kept and costs nothing more (docs.anthropic.com, "Prompt caching")."""


def _content(turn: Said, *, kept: bool) -> object:
    if not (turn.files or kept):
        return turn.text
    text: dict[str, object] = {"type": "text", "text": turn.text}
    if kept:
        text["cache_control"] = _KEPT
    return [*map(_block, turn.files), *([text] if turn.text.strip() else ())]


def _system(request: Request) -> object:
    if not request.cache_key:
        return request.system
    return [{"type": "text", "text": request.system, "cache_control": _KEPT}]


def _block(file: File) -> dict[str, object]:
    source = {"type": "base64", "media_type": file.media_type, "data": file.data}  # bytes are encoded as base64
    return {"type": "image", "source": source} if file.kind == "image" else {"type": "document", "source": source}


class AnthropicClient:
    """One deployment that speaks messages. `base` ends before `/v1`, or with it."""

    def __init__(self, wire: Wire, base: URL) -> None:
        self._wire = wire
        root = base if base.path.rstrip("/").endswith("/v1") else base / "v1"
        self._answers = root / "messages"
        self._models = root / "models"

    def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        """See AgentClient."""
        keeps = bool(request.cache_key)
        messages = [
            {"role": turn.role, "content": _content(turn, kept=keeps and turn.stays)}
            for turn in alternating(request.turns)
        ]
        body = {"model": request.model, "max_tokens": request.max_output, "messages": messages, "stream": True}
        if request.system.strip():
            body["system"] = _system(request)
        return self._wire.stream(self._answers, _encode(body), AnthropicReader(), request.max_output)

    async def probe(self) -> str:
        """See AgentClient."""
        return await self._wire.probe(self._models)

    async def models(self) -> tuple[Model, ...]:
        """See Listing."""
        return models_in(await self._wire.get(self._models.with_query(limit=1000)))

    async def close(self) -> None:
        """The HTTP client belongs to the process."""
