"""The three wire APIs as a provider writes them, and what of a request a provider looks at."""

import re
from typing import Any, ClassVar

import msgspec
from yarl import URL

from tests.money.invoice.books import Items

_TEXT = re.compile(rb"(#\d+) of (\d+) tokens and (\d+) pictures")
_MODEL = re.compile(rb'"model":"([^"]+)"')
_MODEL_IN_PATH = re.compile(r"/models/([^:]+):")
_CAP = re.compile(rb'"(?:max_tokens|max_completion_tokens|maxOutputTokens)":(\d+)')


class Asked(msgspec.Struct, frozen=True):
    mark: str
    model: str
    tokens: int
    pictures: int
    cap: int


def text(mark: str, tokens: int, pictures: int) -> str:
    """A prompt, in the words that tell a provider how long it is to be taken for."""
    return f"{mark} of {tokens} tokens and {pictures} pictures"


def mark_of(said: str) -> str:
    """Of a prompt that `text` made."""
    return said.partition(" of ")[0]


def read(url: URL, body: bytes) -> Asked:
    found, cap = _TEXT.search(body), _CAP.search(body)
    assert found, body
    assert cap, body
    model = _MODEL.search(body)
    name = model[1].decode() if model else _MODEL_IN_PATH.findall(url.path)[0]
    return Asked(found[1].decode(), name, int(found[2]), int(found[3]), int(cap[1]))


def _event(value: Any) -> bytes:
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


Usage = dict[str, Any]


class OpenAi:
    """Usage comes in a chunk of its own, after the finish reason."""

    mad: ClassVar[Usage] = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 11}}

    def usage(self, items: Items) -> Usage:
        return {
            "prompt_tokens": items.input,
            "completion_tokens": items.output,
            "total_tokens": items.input + items.output,
            "prompt_tokens_details": {"cached_tokens": items.cached, "audio_tokens": items.audio},
            "completion_tokens_details": {"reasoning_tokens": items.reasoning, "audio_tokens": items.audio_answer},
        }

    def begin(self, _told: Usage | None) -> bytes:
        return _event({"choices": [{"index": 0, "delta": {"role": "assistant"}}]})

    def piece(self, words: str, _told: Usage | None) -> bytes:
        return _event({"choices": [{"index": 0, "delta": {"content": words}}]})

    def tool(self) -> bytes:
        return _event({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "x"}]}}]})

    def whole(self, words: str, usage: Usage) -> bytes:
        """An answer that is not streamed."""
        choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": "stop"}
        return msgspec.json.encode({"object": "chat.completion", "choices": [choice], "usage": usage})

    def last(self, fate: str, usage: Usage | None) -> tuple[bytes, bytes]:
        """What comes before the last usage, and from it on."""
        filtered = fate in ("filtered", "filtered midway")
        reason = "content_filter" if filtered else "length" if fate == "length" else "stop"
        ended = _event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        return ended, (_event({"choices": [], "usage": usage}) if usage else b"") + b"data: [DONE]\n\n"


class Running(OpenAi):
    """A compatible server: a running total with each piece, the reasoning in `total_tokens` alone."""

    def usage(self, items: Items) -> Usage:
        usage = super().usage(items)
        usage["completion_tokens"] = items.output - items.reasoning
        del usage["completion_tokens_details"]["reasoning_tokens"]
        usage["prompt_tokens_details"]["image_tokens"] = items.image
        return usage

    def piece(self, words: str, told: Usage | None) -> bytes:
        return _event({"choices": [{"index": 0, "delta": {"content": words}}], "usage": told})


class Anthropic:
    """The input at the start, the output at the end; what is cached counts beside `input_tokens`."""

    mad: ClassVar[Usage] = {"input_tokens": -5, "output_tokens": 5}

    def usage(self, items: Items) -> Usage:
        return {
            "input_tokens": items.text + items.image,
            "cache_read_input_tokens": items.cached,
            "cache_creation_input_tokens": items.written + items.written_1h,
            "cache_creation": {
                "ephemeral_5m_input_tokens": items.written,
                "ephemeral_1h_input_tokens": items.written_1h,
            },
            "output_tokens": items.output,
        }

    def begin(self, told: Usage | None) -> bytes:
        usage = {"usage": told | {"output_tokens": 1}} if told else {}
        return _event({"type": "message_start", "message": {"id": "msg", **usage}})

    def piece(self, words: str, _told: Usage | None) -> bytes:
        return _event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": words}})

    def tool(self) -> bytes:
        return _event({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "x"}})

    def whole(self, words: str, usage: Usage) -> bytes:
        said = {"content": [{"type": "text", "text": words}], "stop_reason": "end_turn", "usage": usage}
        return msgspec.json.encode({"type": "message", **said})

    def last(self, fate: str, usage: Usage | None) -> tuple[bytes, bytes]:
        reason = {"filtered": "refusal", "filtered midway": "refusal", "length": "max_tokens"}.get(fate, "end_turn")
        # Totals, as at the start, but not how long what was written is kept.
        told = {"usage": {name: count for name, count in usage.items() if name != "cache_creation"}} if usage else {}
        ended = _event({"type": "message_delta", "delta": {"stop_reason": reason}, **told})
        return _event({"type": "content_block_stop", "index": 0}), ended + _event({"type": "message_stop"})


class Gemini:
    """A running total with each piece; thoughts beside the answer; sound and pictures by modality."""

    mad: ClassVar[Usage] = {"promptTokenCount": 10, "cachedContentTokenCount": 11, "candidatesTokenCount": 5}

    def usage(self, items: Items) -> Usage:
        def by(**tokens: int) -> list[Usage]:
            return [{"modality": name.upper(), "tokenCount": count} for name, count in tokens.items() if count]

        sound = items.audio + items.cached_audio
        text = items.input - sound - items.image
        return {
            "promptTokenCount": items.input,
            "promptTokensDetails": by(text=text, audio=sound, image=items.image),
            "cachedContentTokenCount": items.cached + items.cached_audio,
            "cacheTokensDetails": by(text=items.cached, audio=items.cached_audio),
            "candidatesTokenCount": items.answer + items.image_answer,
            "candidatesTokensDetails": by(text=items.answer, image=items.image_answer),
            "thoughtsTokenCount": items.reasoning,
            "totalTokenCount": items.input + items.output,
        }

    def begin(self, _told: Usage | None) -> bytes:
        return b""

    def piece(self, words: str, told: Usage | None) -> bytes:
        candidate = {"content": {"role": "model", "parts": [{"text": words}]}}
        return _event({"candidates": [candidate], "usageMetadata": told})

    def tool(self) -> bytes:
        return _event({"candidates": [{"content": {"parts": [{"functionCall": {"name": "x"}}]}}]})

    def whole(self, words: str, usage: Usage) -> bytes:
        candidate = {"content": {"role": "model", "parts": [{"text": words}]}, "finishReason": "STOP"}
        return msgspec.json.encode({"candidates": [candidate], "usageMetadata": usage})

    def last(self, fate: str, usage: Usage | None) -> tuple[bytes, bytes]:
        reason = {"filtered": "SAFETY", "filtered midway": "SAFETY", "length": "MAX_TOKENS"}.get(fate, "STOP")
        return b"", _event({"candidates": [{"finishReason": reason}], "usageMetadata": usage})


WIRES: dict[str, OpenAi | Anthropic | Gemini] = {"openai": OpenAi(), "anthropic": Anthropic(), "gemini": Gemini()}
RUNNING = Running()
