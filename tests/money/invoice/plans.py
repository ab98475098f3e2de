"""What becomes of each call: drawn from the seed, the message and the number of the attempt, whoever runs when."""

import random
from functools import lru_cache

import msgspec

from tests.money.invoice.books import USD, Items

MOST_OUTPUT = 600
MOST_ATTEMPTS = 12
LONGEST = 400_000


class Model(msgspec.Struct, frozen=True):
    """A model as its provider serves it."""

    name: str
    api: str
    permille: int = 1_080
    """So many of its tokens for a thousand of the hub's."""
    tells_early: bool = True
    """Its input, sound and cache writes included, with the first piece: what is cut later is known of so far."""


MODELS = (
    Model("gpt-4o-mini", "openai", tells_early=False),
    Model("o3-mini", "openai", tells_early=False),
    Model("gpt-audio", "openai", tells_early=False),
    Model("acme-omni", "openai", 1_000),
    Model("mystery-1", "openai", 1_000, tells_early=False),
    Model("claude-haiku-4-5", "anthropic", 1_090),
    Model("claude-sonnet-4-5", "anthropic", 1_300),
    Model("gemini-2.5-pro", "gemini"),
    Model("gemini-2.5-flash", "gemini"),
    Model("gemini-2.5-flash-image", "gemini"),
)
BY_NAME = {model.name: model for model in MODELS}
LONG = {"claude-sonnet-4-5", "gemini-2.5-pro"}
"""These are asked beyond 200,000 tokens, too."""
PICTURE = {"openai": 8_500, "anthropic": 361, "gemini": 1_032}
"""One of 512 x 512 pixels as each counts it: 2,833 and a tile of 5,667; 19 x 19 patches; four tiles of 258."""
SEES = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"}

WHOLE = {
    "plain": 560,
    "length": 40,
    "in one piece": 20,
    "filtered": 20,
    "filtered midway": 10,
    "a tool": 10,
    "too long an answer": 10,
    "presumed meanwhile": 20,
}
"""The caller hears it to the end, with the provider's last word on its tokens."""
PART = {
    "cut early": 20,
    "cut late": 20,
    "cut before its usage": 20,
    "an error midway": 10,
    "silent midway": 2,
    "stopped midway": 30,
    "cancelled midway": 10,
    "no usage": 15,
    "no last usage": 15,
    "mad usage": 10,
    "presumed, then cut": 10,
}
"""The caller hears some of it."""
BLIND = {
    "dropped": 15,
    "silent": 2,
    "stopped at once": 15,
    "a gateway's 504": 10,
    "no stream": 5,
    "an empty stream": 5,
    "killed before sending": 15,
    "killed midway": 15,
}
"""The caller hears nothing of what it costs."""
REFUSED = {"429": 15, "500": 8, "503": 8, "400": 5, "401": 5, "too long a prompt": 5, "presumed, then refused": 10}
"""Before any work; with `no way` the request does not even arrive."""
FATES = WHOLE | PART | BLIND | REFUSED | {"no way": 15}
# A hedge, once there are any, is a fate of its own here: two calls at once for one message, each with its row.


class Plan(msgspec.Struct, frozen=True):
    """One call's fate and its lines on the invoice."""

    fate: str
    items: Items
    told: Items
    """What is said of it before its end: never more than that."""


@lru_cache(maxsize=1 << 16)
def fates(seed: int, mark: str) -> list[str]:
    """Of the attempts at one message, the first ones; whatever comes after them goes well."""
    return random.Random(f"{seed}{mark}").choices(*_WEIGHTED, k=MOST_ATTEMPTS)


def plan(seed: int, mark: str, attempt: int, fate: str, model: Model, tokens: int, pictures: int, cap: int) -> Plan:
    """`tokens`: of input, by the provider's count, without the pictures."""
    chance = random.Random(f"{seed}{mark}/{attempt}/items")
    if fate in REFUSED or fate == "no way":
        return Plan(fate, Items(), Items())
    # The hub sends no sound and asks for no cache: a bill for either comes as a surprise, but never unannounced.
    untold = fate in ("no usage", "mad usage")
    announced = fate in WHOLE or (fate in PART and not untold and model.tells_early)
    asked = _input(chance, model, tokens, pictures, announced=announced)
    most = cap * 2 if fate == "too long an answer" else cap
    output = most if fate in ("length", "too long an answer") else chance.randrange(1, most + 1)
    unworked = fate in ("no stream", "an empty stream", "killed before sending")
    if unworked or (fate in BLIND and chance.random() < 0.3):
        return Plan(fate, Items(), Items())  # it broke before any work was done
    answered = _output(chance, model, output)
    told = _output(chance, model, 0) | {"answer": chance.randrange(0, answered["answer"] + 1)}
    if chance.random() < 0.2:  # a part of the prompt is counted later
        told["text"] = chance.randrange(0, asked["text"] + 1)
    return Plan(fate, Items(**asked, **answered), Items(**(asked | told)))


def size(chance: random.Random, model: Model) -> int:
    """Tokens of a prompt, by the provider's count."""
    if model.name in LONG and chance.random() < 0.2:
        return chance.choice([199_999, 200_000, 200_001, chance.randrange(190_000, LONGEST)])
    return chance.choice([chance.randrange(40, 400), chance.randrange(400, 4_000), chance.randrange(4_000, 30_000)])


def _input(chance: random.Random, model: Model, tokens: int, pictures: int, *, announced: bool) -> dict[str, int]:
    priced = USD[model.name][0][1]
    found = {"image": pictures * PICTURE[model.api]} if pictures else {}
    kinds = [name for name in ("cached", "written", "written_1h", "audio", "cached_audio") if name in priced]
    kinds = [name for name in kinds if announced or name in ("cached", "written")]
    if model.api == "openai":
        # Its wire does not say which of the cached ones are sound.
        kinds = kinds and [chance.choice(kinds)]
    left = tokens
    for name in kinds:
        if chance.random() < 0.4:
            found[name] = chance.randrange(0, left)
            left -= found[name]
    return found | {"text": left}


def _output(chance: random.Random, model: Model, output: int) -> dict[str, int]:
    priced = USD[model.name][0][1]
    found = {}
    for name in ("reasoning", "audio_answer", "image_answer"):
        if name in priced and output > 1 and chance.random() < 0.7:
            found[name] = chance.randrange(0, output)
            output -= found[name]
    return found | {"answer": output}


_WEIGHTED = (list(FATES), list(FATES.values()))
