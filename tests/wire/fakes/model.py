"""A model provider of our own: OpenAI's chat completions over real sockets, with books of what it would bill.

The answer is a function of the last user message: `echo #mark: … end #mark`, where the mark is the message's own
(`#anything` in its text) or a hash of it. As a process: `python -m tests.wire.fakes.model --port 8082`; steered over
HTTP: POST /_fake/faults, /_fake/script, GET /_fake/books.
"""

import asyncio
import time
import zlib
from collections.abc import Callable
from typing import Any

import msgspec

from tests.wire.fakes.books import KEY
from tests.wire.fakes.faults import Faults, Plan
from tests.wire.fakes.http import Exchange, Server

CHUNK_TOKENS = 5
"""Billed for each piece of an answer."""
WORDS = (" the quick", " brown fox", " jumps over", " a lazy dog", " once more,", " and again")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_END = b"0\r\n\r\n"


class Turn(msgspec.Struct):
    role: str = ""
    content: Any = ""


class StreamOptions(msgspec.Struct):
    include_usage: bool = False


class Asked(msgspec.Struct):
    """The body of a request; what else it holds is not looked at."""

    messages: list[Turn]
    model: str = ""
    stream: bool = False
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stream_options: StreamOptions | None = None


class Call(msgspec.Struct):
    """A call that reached the provider, and what it would bill."""

    id: int
    model: str
    mark: str
    at_s: float
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Produced until it ended, whoever ended it."""
    finish: str = ""
    """`stop` or `length` where it ended as it should."""
    gone: bool = False
    """The client went away midway."""
    fault: str = ""
    ended_s: float = 0.0
    """When the last byte was written."""


def mark_of(text: str) -> str:
    own = "\n".join(line for line in text.splitlines() if not line.startswith(">"))  # without what is recalled
    found = KEY.search(own) or KEY.search(text)
    return found[0] if found else f"#{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def pieces(mark: str, count: int) -> list[str]:
    """The answer to a message with this mark, as it is streamed; at least two pieces."""
    return [f"echo {mark}:", *(WORDS[i % len(WORDS)] for i in range(count - 2)), f" end {mark}"]


class FakeModel:
    """One provider. Times in seconds. `key`: the API key that it wants; empty: any."""

    def __init__(
        self,
        *,
        chunks: int = 20,
        first_s: float = 0.0,
        between_s: float = 0.0,
        key: str = "",
        faults: Plan | None = None,
    ) -> None:
        self.chunks = chunks
        self.first_s = first_s
        self.between_s = between_s
        self.key = key
        self.faults = Faults(faults)
        self.calls: list[Call] = []
        self.on_last_byte: Callable[[Call], None] | None = None
        self._filler: dict[str, list[bytes]] = {}
        self._decoder = msgspec.json.Decoder(Asked)
        self.server = Server(self.handle)

    def answer(self, text: str) -> str:
        """What a person's message is answered with."""
        return "".join(pieces(mark_of(text), self.chunks))

    def billed(self) -> tuple[int, int]:
        """Prompt and completion tokens over all calls."""
        return sum(c.prompt_tokens for c in self.calls), sum(c.completion_tokens for c in self.calls)

    def handle(self, exchange: Exchange) -> None:
        if exchange.path.startswith("/_fake/"):
            _control(self, exchange)
        elif self.key and exchange.headers.get(b"authorization") != b"Bearer " + self.key.encode():
            _refuse(exchange, 401, "invalid_api_key", "Incorrect API key provided.")
        elif exchange.path.endswith("/models"):
            exchange.json(200, {"object": "list", "data": [{"id": "fake", "object": "model", "owned_by": "fake"}]})
        elif exchange.path.endswith("/chat/completions"):
            self._complete(exchange)
        else:
            _refuse(exchange, 404, "unknown_url", "Unknown request URL.")

    def _complete(self, exchange: Exchange) -> None:
        try:
            asked = self._decoder.decode(exchange.body)
        except msgspec.DecodeError as error:
            _refuse(exchange, 400, "invalid_request_error", str(error))
            return
        users = [_text(turn.content) for turn in asked.messages if turn.role == "user"]
        call = Call(len(self.calls) + 1, asked.model, mark_of(users[-1] if users else ""), time.time())
        self.calls.append(call)
        call.fault = self.faults.draw("completion")
        if call.fault == "429":
            retry = b"Retry-After: %d\r\n" % max(1, round(self.faults.plan.retry_after_s))
            _refuse(exchange, 429, "rate_limit_exceeded", "Rate limit reached.", retry)
        elif call.fault == "500":
            _refuse(exchange, 500, "server_error", "The server had an error.")
        elif call.fault == "drop":
            exchange.drop()
        else:
            call.prompt_tokens = sum(3 + len(_text(turn.content)) // 4 for turn in asked.messages)
            self._answer(exchange, asked, call)

    def _answer(self, exchange: Exchange, asked: Asked, call: Call) -> None:
        most = asked.max_completion_tokens or asked.max_tokens or 1_000_000
        parts = pieces(call.mark, self.chunks)
        kept = parts[: max(1, most // CHUNK_TOKENS)]
        finish = "stop" if len(kept) == len(parts) else "length"
        if asked.stream:
            frames = self._frames(asked.model, kept)
            tail = self._tail(asked, call, len(kept) * CHUNK_TOKENS, finish)
            Stream(self, exchange, call, frames, tail, finish).begin()
            return
        call.completion_tokens, call.finish, call.ended_s = len(kept) * CHUNK_TOKENS, finish, time.time()
        message = {"role": "assistant", "content": "".join(kept)}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        whole = {"id": f"chatcmpl-{call.id}", "object": "chat.completion", "model": asked.model, "choices": [choice]}
        exchange.json(200, whole if call.fault == "no_usage" else {**whole, "usage": _usage(call)})

    def _frames(self, model: str, kept: list[str]) -> list[bytes]:
        """The pieces as they go onto the wire; what stands between first and last is always the same."""
        filler = self._filler.get(model)
        if filler is None:
            filler = self._filler[model] = [_event(model, word) for word in WORDS]
        frames = [filler[(i - 1) % len(WORDS)] for i in range(len(kept))]
        frames[0] = _event(model, kept[0])
        if len(kept) == self.chunks:
            frames[-1] = _event(model, kept[-1])
        return frames

    def _tail(self, asked: Asked, call: Call, tokens: int, finish: str) -> bytes:
        stop = {"index": 0, "delta": {}, "finish_reason": finish}
        tail = _frame(b"data: %b\n\n" % msgspec.json.encode(_chunk(asked.model, [stop])))
        if asked.stream_options and asked.stream_options.include_usage and call.fault != "no_usage":
            billed = Call(call.id, "", "", 0, call.prompt_tokens, tokens)
            last = {**_chunk(asked.model, []), "usage": _usage(billed)}
            tail += _frame(b"data: %b\n\n" % msgspec.json.encode(last))
        return tail + _frame(b"data: [DONE]\n\n") + _END


class Stream:
    """One answer on its way, piece by piece."""

    __slots__ = ("_call", "_exchange", "_fake", "_finish", "_frames", "_sent", "_stops_at", "_tail", "_timer")

    def __init__(
        self, fake: FakeModel, exchange: Exchange, call: Call, frames: list[bytes], tail: bytes, finish: str
    ) -> None:
        self._fake = fake
        self._exchange = exchange
        self._call = call
        self._frames = frames
        self._tail = tail
        self._finish = finish
        self._sent = 0
        self._stops_at = len(frames) // 2 if call.fault in ("cut", "hang") else -1
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        self._exchange.on_gone = self._gone
        if self._fake.first_s > 0:
            self._timer = asyncio.get_running_loop().call_later(self._fake.first_s, self._first)
        else:
            self._first()

    def _first(self) -> None:
        if self._fake.between_s > 0:
            self._exchange.write(_HEAD)
            self._next()
        elif self._stops_at >= 0:
            self._exchange.write(_HEAD + b"".join(self._frames[: self._stops_at]))
            self._produced(self._stops_at)
            self._stop()
        else:
            self._produced(len(self._frames))
            self._end(b"%b%b%b" % (_HEAD, b"".join(self._frames), self._tail))

    def _next(self) -> None:
        if self._sent == self._stops_at:
            self._stop()
        elif self._sent == len(self._frames):
            self._end(self._tail)
        else:
            self._exchange.write(self._frames[self._sent])
            self._produced(self._sent + 1)
            self._timer = asyncio.get_running_loop().call_later(self._fake.between_s, self._next)

    def _produced(self, count: int) -> None:
        self._sent = count
        self._call.completion_tokens = count * CHUNK_TOKENS

    def _stop(self) -> None:
        """A cut ends the line; a hang leaves it open and silent."""
        if self._call.fault == "cut":
            self._exchange.drop()

    def _end(self, data: bytes) -> None:
        self._call.finish = self._finish
        self._call.ended_s = time.time()
        self._exchange.write(data, last=True)
        if self._fake.on_last_byte is not None:
            self._fake.on_last_byte(self._call)

    def _gone(self) -> None:
        self._call.gone = True
        if self._timer is not None:
            self._timer.cancel()


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or () if isinstance(part, dict))


def _chunk(model: str, choices: list[Any]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices
    }  # fmt: skip


def _event(model: str, word: str) -> bytes:
    choice = {"index": 0, "delta": {"content": word}, "finish_reason": None}
    return _frame(b"data: %b\n\n" % msgspec.json.encode(_chunk(model, [choice])))


def _frame(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _usage(call: Call) -> dict[str, int]:
    return {
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "total_tokens": call.prompt_tokens + call.completion_tokens,
    }


def _refuse(exchange: Exchange, status: int, code: str, message: str, extra: bytes = b"") -> None:
    body = msgspec.json.encode({"error": {"message": message, "type": code, "code": code}})
    exchange.answer(status, body, extra=extra)


def _control(fake: FakeModel, exchange: Exchange) -> None:
    asked = msgspec.json.decode(exchange.body) if exchange.body else {}
    match exchange.path:
        case "/_fake/faults":
            fake.faults.set(msgspec.convert(asked, Plan))
            exchange.json(200, {})
        case "/_fake/script":
            fake.faults.script("completion", *asked["kinds"])
            exchange.json(200, {})
        case "/_fake/books":
            exchange.json(200, {"calls": fake.calls, "faults": fake.faults.struck})
        case _:
            exchange.json(404, {})


if __name__ == "__main__":
    from tests.wire.fakes.process import main

    main(FakeModel, "An OpenAI-compatible model server of our own, for tests.")
