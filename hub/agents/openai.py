"""OpenAI's chat completions, which many servers speak: one client for all of them."""

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from yarl import URL

from hub.agents.failures import ProviderError, error_in_stream
from hub.agents.http import Wire
from hub.agents.listing import models_in, name_in
from hub.agents.port import Done, File, Model, Request, Said, Text, Usage
from hub.agents.usage import believable

OFFICIAL_HOST = "api.openai.com"


class _ToolCall(msgspec.Struct, frozen=True):
    index: int | None = None


class _Piece(msgspec.Struct, frozen=True):
    text: str | None = None


class _Delta(msgspec.Struct, frozen=True):
    content: str | list[_Piece] | None = None
    """Mistral's reasoning models send pieces, of thoughts (without a text of their own) and of the answer."""
    refusal: str | None = None
    reasoning_content: str | None = None
    """Of DeepSeek, xAI and vLLM; OpenRouter and Ollama say `reasoning`."""
    reasoning: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct, frozen=True):
    index: int | None = 0
    delta: _Delta | None = None
    message: _Delta | None = None
    """In the place of `delta` where a server does not stream."""
    finish_reason: str | None = None


class _InputDetails(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    audio_tokens: int | None = None
    image_tokens: int | None = None


class _OutputDetails(msgspec.Struct, frozen=True):
    reasoning_tokens: int | None = None
    audio_tokens: int | None = None
    image_tokens: int | None = None


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None


class _Chunk(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: msgspec.Raw = msgspec.Raw(b"null")
    error: ProviderError | str | None = None


class _Named(msgspec.Struct, frozen=True):
    model: Any = None


_named = msgspec.json.Decoder(_Named)
_chunk = msgspec.json.Decoder(_Chunk)
_usage = msgspec.json.Decoder(_Usage | None)
_encode = msgspec.json.Encoder().encode

_FINISH = {"length": "length", "model_length": "length", "content_filter": "filter"}
_BROKEN = frozenset({"error", "abort"})
"""Of Mistral and OpenRouter, and of vLLM: no end of an answer, so that what came of it counts as cut."""


class OpenAiReader:
    """Reads chat.completion.chunk events, or one chat.completion."""

    __slots__ = ("ended", "final", "finish", "model", "thoughts", "tool", "usage")

    def __init__(self) -> None:
        self.finish = ""
        self.ended = False
        self.usage: Usage | None = None
        self.final = False
        self.tool = False
        self.thoughts = 0
        self.model = ""

    def take(self, data: bytes) -> str:
        if data == b"[DONE]":
            self.ended = True
            return ""
        chunk = _chunk.decode(data)
        if chunk.error is not None:
            raise error_in_stream(chunk.error, self.usage)
        if len(chunk.usage) > len(b"null"):
            self.usage = _read_usage(chunk.usage)
        text = ""
        for choice in chunk.choices or ():
            if not choice.index:  # one answer was asked for
                said = choice.delta or choice.message
                text += self._read(said) if said else ""
                if choice.finish_reason:
                    self._end(choice.finish_reason, data)
        # Some servers send a running total with each piece; before the finish reason it is not the last one.
        if len(chunk.usage) > len(b"null") and self.finish:
            self.final = self.usage is not None
        return text

    def _read(self, delta: _Delta) -> str:
        if delta.tool_calls:
            self.tool = True
        if delta.reasoning_content or delta.reasoning:
            self.thoughts += 1
        content = delta.content
        return (self._pieces(content) if isinstance(content, list) else content) or delta.refusal or ""

    def _end(self, reason: str, data: bytes) -> None:
        if reason not in _BROKEN:
            self.finish = _FINISH.get(reason, "stop")
            self.model = name_in(_named.decode(data).model)  # every event names it; once is enough

    def _pieces(self, content: list[_Piece]) -> str:
        self.thoughts += sum(piece.text is None for piece in content)
        return "".join([piece.text or "" for piece in content])


def _read_usage(raw: msgspec.Raw) -> Usage | None:
    try:
        said = _usage.decode(raw)
    except msgspec.DecodeError:
        return None
    if said is None:
        return None
    before = said.prompt_tokens_details or _InputDetails()
    after = said.completion_tokens_details or _OutputDetails()
    # xAI and Gemini's compatible endpoint count the reasoning beside the completion; only the total tells.
    beside = max(0, (said.total_tokens or 0) - said.prompt_tokens - said.completion_tokens)
    cached, audio, image = before.cached_tokens or 0, before.audio_tokens or 0, before.image_tokens or 0
    # How many of the cached ones are sound or pictures is not said: as few as can be, since fresh ones are dearer.
    mixed = max(0, cached + audio + image - said.prompt_tokens)
    return believable(
        Usage(
            input=said.prompt_tokens,
            cached_input=cached,
            cache_write=before.cache_write_tokens or 0,
            output=said.completion_tokens + beside,
            reasoning=max(after.reasoning_tokens or 0, beside),
            audio_input=audio,
            cached_audio=min(mixed, audio),
            audio_output=after.audio_tokens or 0,
            image_input=image,
            cached_image=max(0, mixed - audio),
            image_output=after.image_tokens or 0,
        )
    )


def _content(turn: Said) -> object:
    if not turn.files:
        return turn.text
    return [*map(_part, turn.files), *([{"type": "text", "text": turn.text}] if turn.text else ())]


def _part(file: File) -> dict[str, object]:
    """A file as a data URI. The detail is said, since what `auto` means, and costs, differs between models."""
    uri = f"data:{file.media_type};base64,{b64encode(file.data).decode('ascii')}"
    if file.kind == "image":
        return {"type": "image_url", "image_url": {"url": uri, "detail": "high"}}
    return {"type": "file", "file": {"filename": file.name, "file_data": uri}}


class OpenAiClient:
    """One deployment that speaks chat completions. `base` ends before `/chat/completions`."""

    def __init__(self, wire: Wire, base: URL) -> None:
        self._wire = wire
        self._answers = base / "chat/completions"
        self._models = base / "models"
        # OpenAI calls max_tokens deprecated and its reasoning models refuse it; most compatible servers know only that.
        self._official = base.host == OFFICIAL_HOST
        self._cap = "max_completion_tokens" if self._official else "max_tokens"

    def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        """See AgentClient."""
        messages = [{"role": turn.role, "content": _content(turn)} for turn in request.turns]
        if request.system:
            messages.insert(0, {"role": "system", "content": request.system})
        body: dict[str, object] = {
            "model": request.model,
            "messages": messages,
            self._cap: request.max_output,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        # OpenAI keeps beginnings by itself; the key leads a conversation's requests to where they are kept.
        if self._official and request.cache_key:
            body["prompt_cache_key"] = request.cache_key
        return self._wire.stream(self._answers, _encode(body), OpenAiReader(), request.max_output)

    async def probe(self) -> str:
        """See AgentClient."""
        return await self._wire.probe(self._models)

    async def models(self) -> tuple[Model, ...]:
        """See Listing."""
        return models_in(await self._wire.get(self._models))

    async def close(self) -> None:
        """The HTTP client belongs to the process."""
