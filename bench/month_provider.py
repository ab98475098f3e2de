"""The provider of `bench.savings`: two models that answer what a month's people ask, and a bill for every call.

It reads the prompt as a model would: what was told is looked for in what it was sent, and what is not there it does not
know. A few easy questions and most of the hard ones are too much for the weak model; half of its wrong answers say that
it is not sure. Prompts of 1,024 tokens and more are cached for ten minutes in steps of 128, as OpenAI does by
itself, for whoever asks: the naive hub gets that discount, too.
"""

import random
import re
from collections.abc import Sequence
from contextvars import ContextVar
from functools import lru_cache
from hashlib import blake2s

import msgspec
from multidict import CIMultiDict
from yarl import URL

from bench.month import Message, following
from hub.context.tokens import PER_MESSAGE, PER_PROMPT, count

STRONG, WEAK = "gpt-4o", "gpt-4o-mini"
PRICES = {STRONG: (2_500, 1_250, 10_000), WEAK: (150, 75, 600)}
"""Nano-dollars for a token of input, cached input and output: OpenAI's list of 2026-11."""
WEAK_IS_RIGHT = {False: 0.98, True: 0.35}
"""By whether the question is hard."""
NOT_SURE = "I'm not sure about this one."
CACHED_FROM, CACHE_STEP, CACHED_FOR_S = 1_024, 128, 600
OUT_OF_ORDER_S = 86_400
"""The calls of one conversation come in order; those of others may be so much later or earlier. No two conversations
have beginnings in common that are long enough to be cached, so that makes no difference."""
GUESS = "ref-00000000"
"""What the weak model says where it is wrong."""
_LENGTHS = {"tells": (8, 20), "recalls": (8, 25), "easy": (30, 110), "hard": (120, 380)}
"""Words of an answer."""
_TOLD = re.compile(r"the ([a-z ]+) of my ([a-z]+) is ([a-z]+-\d{4})")
_WANTED = re.compile(r"(?:was|me of) the ([a-z ]+) of my ([a-z]+)|Which ([a-z ]+) did I tell you for my ([a-z]+)")
_FILLER = (
    "then look the part over and go on with care since most of it depends on how long one waits while the rest can be "
    "done in any order that suits as long as nothing is left out and every step is checked before another begins"
)


now_s: ContextVar[float] = ContextVar("now_s", default=0.0)
"""When the provider is asked, since the month began; each turn of the hub has its own."""


class Turn(msgspec.Struct, frozen=True):
    role: str
    content: str


class Asked(msgspec.Struct, frozen=True):
    """What the provider reads of a request."""

    model: str
    messages: list[Turn]


class Books(msgspec.Struct):
    """What the provider will ask for."""

    nusd: int = 0
    calls: int = 0
    strong: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    weak_saved_nusd: int = 0
    """What the weak model's calls would have cost more from the strong one."""


class Answer(msgspec.Struct, frozen=True):
    text: str
    input: int
    cached: int
    output: int


class Provider:
    """Answers by what stands in the prompt; stands in the place of the network, as an aiohttp.ClientSession does."""

    def __init__(self, written: Sequence[Message]) -> None:
        self.books = Books()
        self._known = {each.text.strip(): each for each in written if each.kind in ("repeat", "alone", "tells")}
        self._cache: dict[tuple[str, bytes], float] = {}

    async def request(self, _method: str, _url: URL, *, data: bytes, **_: object) -> "_Response":
        asked = msgspec.json.decode(data, type=Asked)
        answer = self.answer(asked.model, asked.messages)
        usage = {
            "prompt_tokens": answer.input,
            "completion_tokens": answer.output,
            "total_tokens": answer.input + answer.output,
            "prompt_tokens_details": {"cached_tokens": answer.cached},
        }
        choice = {"index": 0, "delta": {"content": answer.text}, "finish_reason": "stop"}
        return _Response(_event({"choices": [choice]}) + _event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n")

    def answer(self, model: str, prompt: Sequence[Turn]) -> Answer:
        """The answer of the model, and its bill."""
        size = PER_PROMPT + sum(PER_MESSAGE + _tokens(each.content) for each in prompt)
        cached = self._cached(model, prompt)
        text = self._say(model, prompt)
        output = _tokens(text)
        used = size - cached, cached, output
        cost = _cost(model, used)
        self.books.nusd += cost
        self.books.weak_saved_nusd += _cost(STRONG, used) - cost
        self.books.calls += 1
        self.books.strong += model == STRONG
        self.books.input += size
        self.books.cached += cached
        self.books.output += output
        return Answer(text, size, cached, output)

    def _cached(self, model: str, prompt: Sequence[Turn]) -> int:
        """Tokens of the longest beginning that somebody sent in the last ten minutes."""
        seen, size, longest, now = blake2s(), PER_PROMPT, 0, now_s.get()
        for turn in prompt:
            seen.update(f"{turn.role}\0{turn.content}\0".encode())
            size += PER_MESSAGE + _tokens(turn.content)
            beginning = model, seen.digest()
            if now - CACHED_FOR_S <= self._cache.get(beginning, -CACHED_FOR_S - 1) <= now:
                longest = size
            self._cache[beginning] = now
        if len(self._cache) > 500_000:
            kept_from = max(self._cache.values()) - CACHED_FOR_S - OUT_OF_ORDER_S
            self._cache = {key: at for key, at in self._cache.items() if at >= kept_from}
        return longest // CACHE_STEP * CACHE_STEP if longest >= CACHED_FROM else 0

    def _say(self, model: str, prompt: Sequence[Turn]) -> str:
        asked = prompt[-1].content
        question = self._question(asked)
        chance = random.Random(f"{model}/{question.text if question else asked}")
        if question:
            if question.kind == "tells":
                return f"It is noted. {_filler(chance, 'tells')}"
            if model == WEAK and chance.random() > WEAK_IS_RIGHT[question.hard]:
                doubt = f"{NOT_SURE} " if chance.random() < 0.5 else ""
                return f"{doubt}Perhaps {GUESS}. {_filler(chance, 'easy')}"
            return f"It is {question.truth}. {_filler(chance, 'hard' if question.hard else 'easy')}"
        newest = asked.strip().splitlines()[-1]
        wanted = _WANTED.search(newest)
        if wanted:
            attribute, thing = wanted[1] or wanted[3], wanted[2] or wanted[4]
            before = "\n".join(turn.content for turn in prompt[:-1]) + asked
            values = [value for a, t, value in _TOLD.findall(before) if (a, t) == (attribute, thing)]
            told = f"It is {values[-1]}." if values else "You have not told me that."
            return f"{told} {_filler(chance, 'recalls')}"
        earlier = next(
            (q for turn in reversed(prompt[:-1]) if turn.role == "user" and (q := self._question(turn.content))), None
        )
        return f"It is {following(earlier.truth, newest) if earlier else 'unclear'}. {_filler(chance, 'easy')}"

    def _question(self, text: str) -> Message | None:
        """What is known by its words, with or without what stands before it."""
        return self._known.get(text.strip()) or self._known.get(text.strip().splitlines()[-1].strip())


def _cost(model: str, used: tuple[int, int, int]) -> int:
    return sum(price * tokens for price, tokens in zip(PRICES[model], used, strict=True))


def _filler(chance: random.Random, kind: str) -> str:
    least, most = _LENGTHS[kind]
    known = _FILLER.split()
    at = chance.randrange(len(known))
    words = [known[(at + 7 * n) % len(known)] for n in range(chance.randint(least, most))]
    return " ".join(words).capitalize() + "."


@lru_cache(maxsize=400_000)
def _tokens(text: str) -> int:
    return count(text)


def _event(value: object) -> bytes:
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


class _Response:
    """What the hub uses of an aiohttp.ClientResponse and its content."""

    status = 200

    def __init__(self, body: bytes) -> None:
        self.headers = CIMultiDict({"content-type": "text/event-stream"})
        self.content = self
        self._body = body

    async def readany(self) -> bytes:
        body, self._body = self._body, b""
        return body

    def close(self) -> None:
        pass
