"""A month of people who ask: what they write, when, and what a right answer holds. `bench.savings` lets it happen.

The mix, in one place so that it can be judged: 10,000 people may write, each conversation belongs to one of them. A
conversation has 12 messages on average: seven of ten are short (4 on average), one of twenty is long (about 90), the
rest between (20). Of all messages

- 25 % repeat a question of a pool of 600 that many people ask, the popular ones far more often (Zipf), written each
  time in one of several ways;
- 8 % tell something of one's own, and about as many ask for it again, any time later in the conversation;
- 5 % only make sense after the question before them ("And in winter?");
- the others are asked by nobody else, though all look like others with another number, place or thing.

70 % are easy and 30 % hard, by what they ask for: a conversion, a word, a tip against a proof, a calculation in several
steps, a program, a comparison.
"""

import random
from collections.abc import Iterator, Sequence
from hashlib import blake2s

import msgspec

PEOPLE = 10_000
DAYS = 30
SHARED_QUESTIONS = 600
REPEATS = 0.25
TELLS = 0.08
RECALLS = 0.09
FOLLOWS = 0.05
_HARD_ALONE = 0.435
"""Of what stands alone, so that it comes to 30 % of all: what is told, recalled or follows is easy."""


def _words(listed: str) -> list[str]:
    return listed.split(", ")


_PLACES = _words(
    "Oslo, Bergen, Lisbon, Porto, Vienna, Graz, Lima, Cusco, Kyoto, Osaka, Cairo, Luxor, Dublin, Cork, "
    "Quito, Perth, Turin, Genoa, Ghent, Basel, Malmo, Tartu, Split, Sofia, Accra, Dakar, Hanoi, Busan, "
    "Delhi, Agra"
)
_THINGS = _words(
    "kettle, bicycle, jacket, carpet, mirror, ladder, drawer, candle, basket, blanket, bottle, curtain, "
    "engine, guitar, helmet, kayak, lantern, mattress, napkin, oven, pillow, radiator, saddle, tent, "
    "umbrella, violin, window, wallet, boiler, fence, gutter, hammock, printer, keyboard, router, sofa, "
    "bookshelf, chimney, faucet, doorbell"
)
_VERBS = _words(
    "clean, repair, store, paint, wash, fold, mend, polish, move, measure, oil, label, replace, insulate, tighten"
)
_WITH = _words(
    "vinegar, a brush, warm water, a cloth, sandpaper, a screwdriver, soap, little money, no tools, baking soda"
)
_FOODS = _words(
    "rice, lentils, beans, carrots, potatoes, salmon, spinach, barley, noodles, pumpkin, eggs, beetroot, "
    "peas, leeks, oats, turnips, mushrooms, cabbage, chickpeas, plums"
)
_LANGUAGES = _words("German, Spanish, French, Portuguese, Italian, Dutch, Polish, Swedish, Turkish, Finnish")
_PROGRAMMING = _words("Python, Rust, Go, Java, TypeScript, Haskell")
_ATTRIBUTES = _words("colour, size, serial number, age, price, weight, nickname, usual place, password hint")
_OWNED = [(thing, attribute) for thing in _THINGS for attribute in _ATTRIBUTES]
_AGAIN = (
    "And in winter?",
    "And for children?",
    "And without electricity?",
    "What about a bigger one?",
    "And if it rains?",
    "What about at night?",
    "And for two?",
    "And how much is that?",
)
_GREETINGS = ("", "", "", "Hi, ", "Hello! ", "please: ", "Quick question: ")
_ENDINGS = ("", "", "", " Thanks", " Thank you!", "  ")
_SAID = (
    "By the way, the {attribute} of my {thing} is {value}.",
    "Just so you know: the {attribute} of my {thing} is {value}.",
    "I looked it up, the {attribute} of my {thing} is {value}.",
)
_WANTED_BACK = (
    "What was the {attribute} of my {thing} again?",
    "Which {attribute} did I tell you for my {thing}?",
    "Remind me of the {attribute} of my {thing}.",
)


class Message(msgspec.Struct, frozen=True):
    """What a person writes."""

    conversation: int
    at_s: float
    """Since the month began."""
    text: str
    hard: bool
    kind: str
    """`repeat`, `tells`, `recalls`, `follows` or `alone`."""
    truth: str
    """What a right answer holds; anything else is wrong."""


class Question(msgspec.Struct, frozen=True):
    """What stands alone; the truth is the same however it is written."""

    text: str
    hard: bool
    truth: str


def month(messages: int, seed: int) -> list[Message]:
    """At least so many messages, in the order in which they are written."""
    chance = random.Random(seed)
    asked: set[str] = set()
    shared = [_new_question(chance, asked, hard=rank % 10 in (2, 5, 8)) for rank in range(SHARED_QUESTIONS)]
    popularity = [1 / rank for rank in range(1, SHARED_QUESTIONS + 1)]
    written: list[Message] = []
    conversation = 0
    while len(written) < messages:
        written += _conversation(chance, conversation, shared, popularity, asked)
        conversation += 1
    return sorted(written, key=lambda each: each.at_s)


def _conversation(
    chance: random.Random, number: int, shared: Sequence[Question], popularity: Sequence[float], known: set[str]
) -> Iterator[Message]:
    at_s = chance.uniform(0, DAYS * 86_400)
    told: dict[tuple[str, str], str] = {}
    before = ""
    for _ in range(_length(chance)):
        at_s += 5 + chance.expovariate(1 / 60)
        kind = _kind(chance, told, before)
        hard = False
        match kind:
            case "repeat":
                asked = chance.choices(shared, popularity)[0]
                text, hard, truth = _variant(chance, asked.text), asked.hard, asked.truth
            case "tells":
                thing, attribute = chance.choice([each for each in _OWNED if each not in told])
                value = told[thing, attribute] = f"{chance.choice(_FOODS)}-{chance.randrange(10_000):04}"
                text = chance.choice(_SAID).format(attribute=attribute, thing=thing, value=value)
                truth = "noted"
            case "recalls":
                (thing, attribute), truth = chance.choice(list(told.items()))
                text = chance.choice(_WANTED_BACK).format(attribute=attribute, thing=thing)
            case "follows":
                text = chance.choice(_AGAIN)
                truth = following(before, text)
            case _:
                asked = _new_question(chance, known, hard=chance.random() < _HARD_ALONE)
                text, hard, truth = asked.text, asked.hard, asked.truth
        before = truth if kind in ("repeat", "alone") else ""
        yield Message(number, at_s, text, hard, kind, truth)


def _length(chance: random.Random) -> int:
    drawn = chance.random()
    if drawn < 0.70:
        return min(12, 1 + int(chance.expovariate(1 / 3.5)))
    if drawn < 0.95:
        return chance.randint(10, 30)
    return chance.randint(40, 140)


def _kind(chance: random.Random, told: object, before: str) -> str:
    drawn = chance.random()
    for kind, share in (("repeat", REPEATS), ("tells", TELLS), ("recalls", RECALLS), ("follows", FOLLOWS)):
        if drawn < share:
            possible = (kind != "recalls" or told) and (kind != "follows" or before)
            return kind if possible else "tells" if kind == "recalls" else "alone"
        drawn -= share
    return "alone"


def following(before: str, text: str) -> str:
    """The truth of what only makes sense after a question with that truth."""
    return _mark(before, text)


def _mark(*parts: object) -> str:
    return "ref-" + blake2s("/".join(map(str, parts)).encode(), digest_size=4).hexdigest()


def _variant(chance: random.Random, text: str) -> str:
    start = chance.choice(_GREETINGS)
    body = text if not start or start[-2] in "!:" else text[0].lower() + text[1:]
    if chance.random() < 0.3:
        body = body.lower()
    if chance.random() < 0.3:
        body = body.rstrip("?.!")
    return f"{start}{body}{chance.choice(_ENDINGS)}"


def _new_question(chance: random.Random, known: set[str], *, hard: bool) -> Question:
    """One that nobody asks but through `known`."""
    while (asked := _question(chance, hard=hard)).text in known:
        pass
    known.add(asked.text)
    return asked


def _question(chance: random.Random, *, hard: bool) -> Question:
    build = chance.choice(_HARD_ONES if hard else _EASY_ONES)
    text = build(chance)
    return Question(text, hard, _mark(text))


def _easy_how(c: random.Random) -> str:
    return f"How do I {c.choice(_VERBS)} a {c.choice(_THINGS)} with {c.choice(_WITH)}?"


def _easy_miles(c: random.Random) -> str:
    return f"What is {c.randint(2, 9_999)} kilometres in miles?"


def _easy_word(c: random.Random) -> str:
    return f"What is the {c.choice(_LANGUAGES)} word for {c.choice(_THINGS)}?"


def _easy_food(c: random.Random) -> str:
    return f"How long do I cook {c.randint(50, 950)} grams of {c.choice(_FOODS)}?"


def _easy_pairing(c: random.Random) -> str:
    return f"What goes well with {c.choice(_FOODS)} and {c.choice(_FOODS)}?"


def _easy_way(c: random.Random) -> str:
    a, b = c.sample(_PLACES, 2)
    return f"How far is it from {a} to {b}?"


def _easy_where(c: random.Random) -> str:
    return f"Where should I keep a {c.choice(_THINGS)} in {c.choice(_PLACES)}?"


def _easy_name(c: random.Random) -> str:
    return f"Suggest a name for a shop in {c.choice(_PLACES)} that sells {c.choice(_THINGS)}s."


def _easy_not(c: random.Random) -> str:
    return f"Should I {c.choice(('', 'not '))}{c.choice(_VERBS)} the {c.choice(_THINGS)} before I sell it?"


def _hard_trains(c: random.Random) -> str:
    a, b = c.sample(_PLACES, 2)
    first, second, far = c.randint(60, 140), c.randint(60, 140), c.randint(200, 900)
    return (
        f"A train leaves {a} at {c.randint(6, 11)}:{c.randint(10, 59)} going {first} km/h, and {c.randint(20, 90)} "
        f"minutes later another one leaves {b}, {far} km away, towards it at {second} km/h. At what time do they meet, "
        f"how far has each gone by then, and how much later would it be if the second was {c.randint(5, 20)} % slower?"
    )


def _hard_proof(c: random.Random) -> str:
    return (
        f"Prove that for every integer n the number n^{c.choice((3, 5, 7, 11, 13))} - n + {c.randint(2, 400)}k is "
        f"divisible by {c.randint(3, 60)} for suitable k, or find the smallest counterexample and say why it is one."
    )


def _hard_program(c: random.Random) -> str:
    return (
        f"Write a function in {c.choice(_PROGRAMMING)} that takes a list of up to {c.randint(10, 999)} thousand "
        f"intervals and returns the {c.randint(2, 50)} moments at which most of them overlap, in O(n log n) time, "
        f"without any library, and explain why it is right for touching and for empty intervals."
    )


def _hard_shop(c: random.Random) -> str:
    price, cost, fixed = c.randint(20, 90), c.randint(5, 19), c.randint(2_000, 60_000)
    return (
        f"A shop in {c.choice(_PLACES)} sells a {c.choice(_THINGS)} for ${price} that costs it ${cost}, with fixed "
        f"costs of ${fixed} a month. How many must it sell to break even? With a discount of {c.randint(5, 30)} % "
        f"and sales that are {c.randint(10, 60)} % higher, how does its profit change at {c.randint(300, 4_000)} sold?"
    )


def _hard_compare(c: random.Random) -> str:
    a, b = c.sample(_THINGS, 2)
    return (
        f"Compare renting and buying a {a} and a {b} for a family of {c.randint(3, 9)} in {c.choice(_PLACES)} over "
        f"{c.randint(4, 25)} years: derive the total cost at {c.randint(2, 9)} % interest step by step, name the "
        f"assumptions that the result depends on most, and analyze how it changes if they are wrong by a third."
    )


_EASY_ONES = (
    _easy_how,
    _easy_miles,
    _easy_word,
    _easy_food,
    _easy_pairing,
    _easy_way,
    _easy_where,
    _easy_name,
    _easy_not,
)
_HARD_ONES = (_hard_trains, _hard_proof, _hard_program, _hard_shop, _hard_compare)
