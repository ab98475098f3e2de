"""What the provider writes down: the tokens of each call, by what they are billed as, and the invoice of them."""

from collections import defaultdict
from fractions import Fraction
from functools import lru_cache
from math import ceil

import msgspec


class Items(msgspec.Struct, frozen=True):
    """Tokens of one call, each under exactly one name: the lines of an invoice."""

    text: int = 0
    cached: int = 0
    written: int = 0
    """Into the cache, for five minutes."""
    written_1h: int = 0
    audio: int = 0
    cached_audio: int = 0
    image: int = 0
    answer: int = 0
    reasoning: int = 0
    audio_answer: int = 0
    image_answer: int = 0

    @property
    def input(self) -> int:
        return self.text + self.cached + self.written + self.written_1h + self.audio + self.cached_audio + self.image

    @property
    def output(self) -> int:
        return self.answer + self.reasoning + self.audio_answer + self.image_answer


USD = {
    "gpt-4o-mini": [(0, {"text": "0.15", "cached": "0.075", "image": "0.15", "answer": "0.60"})],
    "o3-mini": [(0, {"text": "1.10", "cached": "0.55", "answer": "4.40", "reasoning": "4.40"})],
    "gpt-audio": [(0, {"text": "2.50", "audio": "32", "answer": "10", "audio_answer": "64"})],
    "claude-haiku-4-5": [
        (0, {"text": "1", "cached": "0.10", "written": "1.25", "written_1h": "2", "image": "1", "answer": "5"})
    ],
    "claude-sonnet-4-5": [
        (0, {"text": "3", "cached": "0.30", "written": "3.75", "written_1h": "6", "image": "3", "answer": "15"}),
        (200_000, {"text": "6", "cached": "0.6", "written": "7.5", "written_1h": "12", "image": "6", "answer": "22.5"}),
    ],
    "gemini-2.5-pro": [
        (0, {"text": "1.25", "cached": "0.125", "image": "1.25", "answer": "10", "reasoning": "10"}),
        (200_000, {"text": "2.50", "cached": "0.25", "image": "2.50", "answer": "15", "reasoning": "15"}),
    ],
    "gemini-2.5-flash": [
        (
            0,
            {"text": "0.30", "cached": "0.03", "audio": "1.00", "cached_audio": "0.10", "image": "0.30"}
            | {"answer": "2.50", "reasoning": "2.50"},
        )
    ],
    "gemini-2.5-flash-image": [(0, {"text": "0.30", "image": "0.30", "answer": "2.50", "image_answer": "30"})],
    "acme-omni": [
        (
            0,
            {"text": "0.123456789", "cached": "0.0125", "audio": "1.70", "image": "0.25", "answer": "0.987654321"}
            | {"reasoning": "0.987654321", "audio_answer": "3.40"},
        )
    ],
    "mystery-1": [(0, {"text": "1", "answer": "2"})],
}
"""For a million tokens, by the length of input beyond which they hold: copied by hand from the providers' price pages;
the last two are made up, one of them known to the hub by its settings, the other not at all."""


@lru_cache(maxsize=1 << 16)
def invoice_nusd(model: str, items: Items) -> int:
    """What the provider bills for one call, in nano-dollars, a part of one rounded up."""
    prices = [prices for above, prices in USD[model] if items.input > above or not above][-1]
    counted = msgspec.structs.asdict(items)
    dollars = sum(Fraction(prices[name]) * tokens / 1_000_000 for name, tokens in counted.items() if tokens)
    return ceil(dollars * 1_000_000_000)


class Entry(msgspec.Struct):
    """One request as the provider saw it."""

    mark: str
    model: str
    fate: str
    refused: bool = False
    """With a status, before any work: it costs nothing, and the caller knows that."""
    items: Items = Items()
    delivered: bool = False
    """The caller was handed everything, with a usage that is the whole truth."""

    @property
    def nusd(self) -> int:
        return invoice_nusd(self.model, self.items)


class Books:
    """All of them, by the message that they were for, in order."""

    def __init__(self) -> None:
        self.entries: dict[str, list[Entry]] = defaultdict(list)

    def write(self, entry: Entry) -> Entry:
        self.entries[entry.mark].append(entry)
        return entry

    @property
    def calls(self) -> int:
        return sum(map(len, self.entries.values()))
