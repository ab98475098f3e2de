"""A model's provider that bills what it worked, whoever listens: usage comes late or not at all, work goes on."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.money.invoice.books import Items, invoice_nusd
from tests.wire.fakes.books import KEY
from tests.wire.fakes.http import Exchange
from tests.wire.fakes.model import CHUNK_TOKENS, Call, FakeModel, Stream

MODEL = "gpt-4o-mini"


class Provider(FakeModel):
    """`goes_on`: an answer whose asker went away is worked to its end, and billed. `watch` is told of each request."""

    def __init__(
        self, watch: Callable[[str], object], *, goes_on: bool = False, late_s: float = 2.0, **options: Any
    ) -> None:
        super().__init__(**options)
        self._watch = watch
        self.goes_on = goes_on
        self.late_s = late_s
        self.stream_of = _BilledStream
        self.mark_of = _newest

    def handle(self, exchange: Exchange) -> None:
        self._watch("asked model")
        super().handle(exchange)
        self._watch("done model")


class _BilledStream(Stream):
    __slots__ = ()
    _fake: Provider

    def _end(self, data: bytes) -> None:
        if self._call.fault != "late_usage":
            super()._end(data)
            return
        stop = data.index(b"\n\n\r\n", data.rindex(b'"finish_reason":"')) + 4
        self._exchange.write(data[:stop])
        self._timer = asyncio.get_running_loop().call_later(self._fake.late_s, super()._end, data[stop:])

    def _gone(self) -> None:
        super()._gone()
        if self._fake.goes_on:
            self._call.completion_tokens = len(self._frames) * CHUNK_TOKENS


def _newest(text: str) -> str:
    """Of a turn in which words that were never answered stand before the question."""
    return KEY.findall(text)[-1]


def billed_nusd(call: Call) -> int:
    """What it comes to on the provider's invoice, in nano-dollars."""
    return invoice_nusd(MODEL, Items(text=call.prompt_tokens, answer=call.completion_tokens))
