"""Gemini's streamGenerateContent, as server-sent events."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import msgspec
from yarl import URL

from hub.agents.failures import ProviderError, error_in_stream
from hub.agents.http import Wire
from hub.agents.listing import models_in, name_in
from hub.agents.port import AgentError, Done, Kind, Model, Request, Said, Text, Usage
from hub.agents.turns import alternating
from hub.agents.usage import believable

DEFAULT_VERSION = "v1beta"
"""The version that has system instructions for every model."""


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    text: str | None = None
    thought: bool | None = None
    function_call: msgspec.Raw = msgspec.Raw(b"null")


class _Content(msgspec.Struct, frozen=True):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, frozen=True, rename="camel"):
    content: _Content | None = None
    finish_reason: str | None = None
    index: int | None = None


class _Feedback(msgspec.Struct, frozen=True, rename="camel"):
    block_reason: str | None = None


class _OfModality(msgspec.Struct, frozen=True, rename="camel"):
    modality: str = ""
    token_count: int | None = None


class _Usage(msgspec.Struct, frozen=True, rename="camel"):
    prompt_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    cached_content_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    total_token_count: int | None = None
    prompt_tokens_details: list[_OfModality] | None = None
    tool_use_prompt_tokens_details: list[_OfModality] | None = None
    cache_tokens_details: list[_OfModality] | None = None
    candidates_tokens_details: list[_OfModality] | None = None


class _Chunk(msgspec.Struct, frozen=True, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    usage_metadata: msgspec.Raw = msgspec.Raw(b"null")
    error: ProviderError | str | None = None


class _Named(msgspec.Struct, frozen=True, rename="camel"):
    model_version: Any = None


_named = msgspec.json.Decoder(_Named)
_chunk = msgspec.json.Decoder(_Chunk)
_usage = msgspec.json.Decoder(_Usage | None)
_encode = msgspec.json.Encoder().encode

_FILTERS = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY"}
_TOOLS = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"}


class GeminiReader:
    """Reads GenerateContentResponse events. Usage is a running total in each; the body's end is the only end mark."""

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
        chunk = _chunk.decode(data)
        if chunk.error is not None:
            raise error_in_stream(chunk.error, self.usage)
        if len(chunk.usage_metadata) > len(b"null"):
            self.usage = _read_usage(chunk.usage_metadata)
        if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
            raise AgentError(Kind.FILTERED, "the provider's filter took the prompt", sent=True, usage=self.usage)
        before = self.finish
        text = "".join([self._candidate(one) for one in chunk.candidates or () if not one.index])
        if self.finish and not before:
            self.model = name_in(_named.decode(data).model_version)  # every event names it; once is enough
        # A running total before the finish reason is not the last.
        if len(chunk.usage_metadata) > len(b"null") and self.finish:
            self.final = self.usage is not None
        return text

    def _candidate(self, candidate: _Candidate) -> str:
        text = ""
        for part in (candidate.content.parts if candidate.content else None) or ():
            if len(part.function_call) > len(b"null"):
                self.tool = True
            elif part.text and part.thought:
                self.thoughts += 1
            elif part.text:
                text += part.text
        if reason := candidate.finish_reason:
            self.finish = "length" if reason == "MAX_TOKENS" else "filter" if reason in _FILTERS else "stop"
            self.tool = self.tool or reason in _TOOLS
        return text


def _read_usage(raw: msgspec.Raw) -> Usage | None:
    try:
        said = _usage.decode(raw)
    except msgspec.DecodeError:
        return None
    if said is None:
        return None
    thoughts = said.thoughts_token_count or 0
    answer = said.candidates_token_count or 0
    if min(thoughts, answer) < 0:
        return None
    prompt = (said.prompt_token_count or 0) + (said.tool_use_prompt_token_count or 0)
    prompt_details = [*(said.prompt_tokens_details or ()), *(said.tool_use_prompt_tokens_details or ())]
    # What only the total has is billed too; nothing says as what, so it counts as the dearest.
    beside = max(0, (said.total_token_count or 0) - prompt - answer - thoughts)
    return believable(
        Usage(
            input=prompt,
            cached_input=said.cached_content_token_count or 0,
            output=answer + thoughts + beside,
            reasoning=thoughts,
            audio_input=_of("AUDIO", prompt_details),
            cached_audio=_of("AUDIO", said.cache_tokens_details),
            audio_output=_of("AUDIO", said.candidates_tokens_details),
            image_input=_of("IMAGE", prompt_details),
            cached_image=_of("IMAGE", said.cache_tokens_details),
            image_output=_of("IMAGE", said.candidates_tokens_details),
        )
    )


def _of(modality: str, details: list[_OfModality] | None) -> int:
    return sum(part.token_count or 0 for part in details or () if part.modality == modality)


def _parts(turn: Said) -> list[dict[str, object]]:
    # msgspec encodes bytes as base64.
    files: list[dict[str, object]] = [
        {"inlineData": {"mimeType": file.media_type, "data": file.data}} for file in turn.files
    ]
    return [*files, {"text": turn.text}] if turn.text.strip() or not files else files


class GeminiClient:
    """One deployment that speaks generateContent. `base` ends before its version, or with it."""

    def __init__(self, wire: Wire, base: URL) -> None:
        self._wire = wire
        versioned = base.path.rstrip("/").endswith(("/v1", "/v1beta", "/v1alpha"))
        self._models = (base if versioned else base / DEFAULT_VERSION) / "models"
        self._by_model: dict[str, URL] = {}

    def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        """See AgentClient."""
        body: dict[str, object] = {
            "contents": [
                {"role": "model" if turn.role == "assistant" else "user", "parts": _parts(turn)}
                for turn in alternating(request.turns)
            ],
            "generationConfig": {"maxOutputTokens": request.max_output},
        }
        if request.system:
            body["systemInstruction"] = {"parts": [{"text": request.system}]}
        return self._wire.stream(self._answers(request.model), _encode(body), GeminiReader(), request.max_output)

    def _answers(self, model: str) -> URL:
        """Built once for each model: parsing a URL costs as much as reading an answer."""
        if model not in self._by_model:
            name = quote(model.removeprefix("models/"), safe="")
            self._by_model[model] = URL(f"{self._models}/{name}:streamGenerateContent?alt=sse", encoded=True)
        return self._by_model[model]

    async def probe(self) -> str:
        """See AgentClient."""
        return await self._wire.probe(self._models)

    async def models(self) -> tuple[Model, ...]:
        """See Listing."""
        return models_in(await self._wire.get(self._models.with_query(pageSize=1000)))

    async def close(self) -> None:
        """The HTTP client belongs to the process."""
