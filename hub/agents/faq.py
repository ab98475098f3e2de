"""An agent's FAQ: questions with their answers in one Markdown file, and the best match for what somebody asks.

## Do you repair e-bikes?
- also: Can I bring my electric bike?

Yes, of every make. …
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from math import log, sqrt

import msgspec

from hub.agents.port import Done, Request, Text, Usage
from hub.agents.words import NEGATIONS, Word, Words, is_content, words
from hub.errors import TrunklineError

ALSO = re.compile(r"[-*]\s+also:(.*)", re.I)
FENCE = re.compile(r"\s{0,3}(```+|~~~+)")

PLAUSIBLE = 0.45
"""Of the question's weight, so much must be known to an entry for it to be an answer at all."""
SURE_KNOWN = 0.95
"""For a sure match every content word must be known to the entry; the rest leaves room for rounding."""
SURE_ASKED = 0.6
"""For a sure match so much of one phrasing's weight must be asked for: a word in passing is no question."""
SURE_ONE = 0.7
"""For a sure match one phrasing alone must know so much of the question: words from several can mean the reverse."""
SURE_LEAD = 1.15
"""A sure match is better than the next entry by this factor."""
ANSWER_WEIGHT = 0.5
"""Of a word that stands in the answer only."""
MOST_WORDS = 60
"""Content words of a question; what has more is a story, and needs somebody who reads it."""
DO_NOT_KNOW = "I do not know that, and it is not in our frequently asked questions."


class FaqError(TrunklineError):
    """The FAQ is malformed."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"Line {line} of the FAQ: {problem}")
        self.line = line
        """Counted from 1."""


class Entry(msgspec.Struct, frozen=True):
    """One question, its other phrasings and its answer (Markdown)."""

    question: str
    also: tuple[str, ...]
    answer: str


class Match(msgspec.Struct, frozen=True):
    """What fits best. `score` is 0 to 1; `sure`: it may be given as the answer without a model's opinion."""

    answer: str
    score: float
    sure: bool
    question: str


class _Phrasing(msgspec.Struct, frozen=True):
    terms: frozenset[str]
    weights: Mapping[str, float]
    weight: float
    negated: bool


class _Known(msgspec.Struct, frozen=True):
    """What the words of one entry are."""

    phrasings: tuple[_Phrasing, ...]
    asked: frozenset[str]
    told: frozenset[str]


class _Asked(msgspec.Struct, frozen=True):
    """A question as the FAQ's vocabulary sees it: each word with its weight."""

    words: tuple[tuple[Word, float], ...]
    terms: frozenset[str]
    weight: float
    negated: bool


class Faq:
    """The entries and the weights of their words."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        bags = [[words(phrasing) for phrasing in (entry.question, *entry.also)] for entry in entries]
        asked = [_union(_terms(bag) for bag in of_entry) for of_entry in bags]
        told = [_terms(words(entry.answer)) for entry in entries]
        weights = _weigh([a | t for a, t in zip(asked, told, strict=True)])
        self._words = Words(frozenset(weights))
        # The most common form tells how common a word is.
        self._weights = {term: min(weights[form] for form in self._words.near(term)) for term in weights}
        # What no entry knows weighs as much as what one entry knows.
        self._unknown = log(1 + len(entries))
        self._known = [
            _Known(tuple(map(self._phrasing, of_entry)), a, t) for of_entry, a, t in zip(bags, asked, told, strict=True)
        ]

    @staticmethod
    def parse(text: str) -> "Faq":
        """The FAQ in `text`; an empty text has no entries and matches nothing. Raises FaqError."""
        return Faq(tuple(_entries(text)))

    def best(self, question: str) -> Match | None:
        """The entry that fits `question` best, or None where nothing does."""
        asked = self._read(question)
        if not asked.terms:
            return None
        scores = [_score(known, asked) for known in self._known]
        score = max(scores)
        place = scores.index(score)
        known = self._known[place]
        if not score or _covered(asked, known.asked, known.told) < PLAUSIBLE:
            return None
        others = max(scores[:place] + scores[place + 1 :], default=0.0)
        sure = score >= SURE_LEAD * others and _sure(known, asked)
        entry = self.entries[place]
        return Match(entry.answer, round(score, 4), sure, entry.question)

    def _read(self, question: str) -> _Asked:
        bag = words(question)
        content = list(filter(is_content, bag))
        if len(content) > MOST_WORDS:
            return _Asked((), frozenset(), 0.0, negated=False)
        near = [self._words.near(word) for word in content]
        weighed = tuple((word, min((self._weights[term] for term in word), default=self._unknown)) for word in near)
        return _Asked(weighed, _union(near), sum(weight for _, weight in weighed), _negated(bag))

    def _phrasing(self, bag: list[str]) -> _Phrasing:
        terms = _terms(bag)
        return _Phrasing(terms, self._weights, sum(self._weights[term] for term in terms), _negated(bag))


def _sure(known: _Known, asked: _Asked) -> bool:
    """Every word is known, and one phrasing by itself asks for nearly the same, without turning it round."""
    return _covered(asked, known.asked) >= SURE_KNOWN and any(
        phrasing.negated is asked.negated
        and _share(phrasing, asked) >= SURE_ASKED
        and _covered(asked, phrasing.terms) >= SURE_ONE
        for phrasing in known.phrasings
    )


def _score(known: _Known, asked: _Asked) -> float:
    """How much of the question the entry knows, times how much of its best phrasing is asked for."""
    if asked.terms.isdisjoint(known.asked):
        return 0.0
    share = max(_share(phrasing, asked) for phrasing in known.phrasings)
    return _covered(asked, known.asked, known.told) * sqrt(share)


def _covered(asked: _Asked, terms: frozenset[str], told: frozenset[str] = frozenset()) -> float:
    """The share of the question's weight that `terms` cover; words of the answer alone, `told`, count less."""
    found = 0.0
    for word, weight in asked.words:
        if not terms.isdisjoint(word):
            found += weight
        elif not told.isdisjoint(word):
            found += ANSWER_WEIGHT * weight
    return found / asked.weight


def _share(phrasing: _Phrasing, asked: _Asked) -> float:
    """The share of the phrasing's weight that was asked for."""
    if not phrasing.weight:
        return 0.0
    return 1.0 - sum(phrasing.weights[term] for term in phrasing.terms - asked.terms) / phrasing.weight


def _weigh(entries: list[frozenset[str]]) -> dict[str, float]:
    """A word that few entries have says more than one that many have."""
    counts: dict[str, int] = {}
    for terms in entries:
        for term in terms:
            counts[term] = counts.get(term, 0) + 1
    return {term: log(1 + len(entries) / count) for term, count in counts.items()}


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _terms(bag: list[str]) -> frozenset[str]:
    return frozenset(word for word in bag if is_content(word))


def _negated(bag: list[str]) -> bool:
    return not NEGATIONS.isdisjoint(bag)


def _entries(text: str) -> list[Entry]:
    found: list[Entry] = []
    seen: dict[str, int] = {}
    for line, block in _blocks(text):
        entry = _entry(line, block)
        for phrasing in (entry.question, *entry.also):
            first = seen.setdefault(" ".join(words(phrasing)), line)
            if first != line:
                raise FaqError(
                    line, f"“{phrasing}” stands under the question in line {first} already; keep one of the two."
                )
        found.append(entry)
    return found


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Each question's line number and lines, its heading first; a heading inside a code fence is none."""
    blocks: list[tuple[int, list[str]]] = []
    fence = ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if mark := FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        if not fence and (line.startswith("## ") or line.rstrip() == "##"):
            blocks.append((number, [line]))
        elif blocks:
            blocks[-1][1].append(line)
        elif line.strip() and not line.startswith("# "):
            raise FaqError(number, "text before the first question; begin each question with “## ”.")
    return blocks


def _entry(number: int, block: list[str]) -> Entry:
    question = block[0].removeprefix("##").strip()
    if not any(map(is_content, words(question))):
        raise FaqError(number, "this question has no words to know it by.")
    also: list[str] = []
    answer: list[str] = []
    for offset, line in enumerate(block[1:], 1):
        phrasing = ALSO.match(line)
        if not phrasing:
            answer += [line] if answer or line.strip() else []
            continue
        if answer:
            raise FaqError(number + offset, "“- also:” belongs directly under its question, before the answer.")
        if not words(phrasing[1]):
            raise FaqError(number + offset, "“- also:” has no question after it.")
        also.append(phrasing[1].strip())
    if not "".join(answer).strip():
        raise FaqError(number, f"“{question}” has no answer; write it below.")
    return Entry(question, tuple(also), unwrapped(answer).strip())


_KEEPS_ITS_LINE = re.compile(r"\s*([-*+>|#]|\d{1,9}[.)])|\s{4}|\t")


def unwrapped(lines: Iterable[str]) -> str:
    """Paragraphs as one line each: where the file breaks them is for its author's eyes, not for a chat's.

    Lists, quotes, tables, headings, code and hard breaks keep their lines.
    """
    joined: list[str] = []
    fenced = open_paragraph = False
    for line in lines:
        fence = FENCE.match(line) is not None
        fenced = fenced != fence
        plain = bool(line.strip()) and not (fence or fenced or _KEEPS_ITS_LINE.match(line))
        if plain and open_paragraph:
            joined[-1] = f"{joined[-1]} {line.strip()}"
        else:
            joined.append(line)
        open_paragraph = (plain or bool(_LIST_ITEM.match(line))) and not line.endswith(("  ", "\\"))
    return "\n".join(joined)


_LIST_ITEM = re.compile(r"\s*([-*+]|\d{1,9}[.)])\s")


class FaqClient:
    """The FAQ as a deployment: the answer in its own words, at no cost."""

    def __init__(self, faq: Faq, *, unknown: str = DO_NOT_KNOW) -> None:
        self._faq = faq
        self._unknown = unknown

    async def stream(self, request: Request) -> AsyncIterator[Text | Done]:
        """See AgentClient. Answers what a person said last; an unsure answer begins with the question it is for."""
        asked = next((turn.text for turn in reversed(request.turns) if turn.role == "user"), "")
        match = self._faq.best(asked)
        if match is None:
            yield Text(self._unknown)
        elif match.sure:
            yield Text(match.answer)
        else:
            yield Text(f"**{match.question}**\n\n{match.answer}")
        yield Done("stop", Usage())

    async def probe(self) -> str:
        """See AgentClient."""
        return f"{len(self._faq.entries)} questions"

    async def close(self) -> None:
        """Nothing is held."""
