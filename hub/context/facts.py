"""What a shortened text must not lose: names, numbers and dates; and shortening without a model, by choosing."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from heapq import nlargest
from types import MappingProxyType

import msgspec

from hub.context.cut import cut_middle
from hub.context.speakers import FURTHER
from hub.context.words import ENGLISH, language_of, speaker_of, terms

_NUMBER = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_WORD = re.compile(r"[^\W\d_][\w'’\-]*", re.UNICODE)
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_SENTENCE = re.compile(r"(?<=[.!?…؟।])[\s\"')\]]+|\n+|(?<=[。！？])")
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*•][ \t]+)?\d{1,3}[.)](?=\s|$)", re.M)
_PARTS = re.compile(r"[.,:/\-]")
_NUMBER_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve
_ first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce
zéro un deux trois quatre cinq six sept huit neuf dix onze douze
zero um dois três quatro cinco seis sete oito nove dez onze doze
_ _ duas
"""
"""Each line counts up from zero. No articles: "a boat" says no number."""
_HAN = {sign: str(number) for number, sign in enumerate("零一二三四五六七八九十")} | {"两": "2", "兩": "2"}
_OPENING = re.compile(r"(?:[QA]: )?[\s\"'(\[*#>|\-–—•«“„¿¡]*")
_PER_TOKEN = 16
"""Characters. Four are usual; a sentence with more is not worth measuring."""
_MOST_SENTENCES = 200
_LARGEST = 3
"""A sentence that is larger than the room is cut to a third of it."""
_LEFT_OUT = " … "
_OF_NUMBERS = "0123456789.,:/-"
_SHORTEST = 12
"""Tokens. What is shorter is counted as so long, and not preferred for it."""
_LENGTH_POWER = 0.7
_LEAST_NEW = 3
"""Words, where a sentence has nothing else to say. A greeting has fewer."""
_ASKED = "?？؟"
_WEIGHTS = {"user": 1.0, "assistant": 0.6}
"""What a person says of themselves is not said again; an answer can be given again."""
_QUESTION = 0.4
_EARLIER = 0.8
"""What was kept before has had its turn."""


class Spoken(msgspec.Struct, frozen=True):
    """Something said. `role` is `user` or `assistant`; empty: a line of the summary before."""

    role: str
    text: str


class _Sentence(msgspec.Struct, frozen=True):
    order: int
    line: str
    facts: frozenset[str]
    words: frozenset[str]
    size: int
    weight: float


def facts_of(text: str, within: Collection[str] = frozenset()) -> frozenset[str]:
    """Names, numbers and dates in a text: words with a capital where none has to be, and whatever has a digit.

    In German nouns are among the names; in scripts without capitals numbers alone are found. `within` are those that
    count wherever they stand, so that a name that begins a sentence is one.
    """
    found = set(_numbers(text))
    for sentence in _SENTENCE.split(text):
        begins = _OPENING.match(sentence or "").end()  # type: ignore[union-attr]  # it matches nothing, too
        for match in _WORD.finditer(sentence or ""):
            word = _stem_of(match[0])
            if _is_name(word) and (match.start() > begins or _inner_capital(word) or word.casefold() in within):
                found.add(word.casefold())
    return frozenset(found)


def _stem_of(word: str) -> str:
    """Without what follows an apostrophe, where that is no part of the name."""
    head, _, _ = word.replace("’", "'").partition("'")
    return head if len(head) > 1 or head == "I" else word


def _is_name(word: str) -> bool:
    return len(word) > 1 and (word[0].isupper() or _inner_capital(word))


def _inner_capital(word: str) -> bool:
    return word[1:] != word[1:].lower()


def facts_said(spoken: Iterable[Spoken]) -> frozenset[str]:
    """Those of everything that was said."""
    texts = [each.text for each in spoken]
    certain = frozenset[str]().union(*map(facts_of, texts)) if texts else frozenset()
    return frozenset[str]().union(*(facts_of(text, certain) for text in texts)) if texts else certain


def kept_of(text: str, facts: Collection[str]) -> frozenset[str]:
    """Which of the facts a text has."""
    return facts_of(text, facts).intersection(facts)


def invented_numbers(summary: str, said: str) -> frozenset[str]:
    """The numbers of a summary that stand nowhere in what it stands for, neither in digits nor as a word.

    Marks of list items are no numbers. Dates, times and ranges are also compared part by part, without leading zeros.
    """
    known = {part for number in _numbers(said) for part in (number, *_parts(number))} | _in_words(said)
    return frozenset(
        number
        for number in _numbers(_LIST_MARK.sub("", summary))
        if number not in known and not known.issuperset(_parts(number))
    )


def _numbers(text: str) -> Iterable[str]:
    return (_THOUSANDS.sub("", number) for number in _NUMBER.findall(text))


def _parts(number: str) -> list[str]:
    """Of what is more than one number with its fraction."""
    parts = _PARTS.split(number)
    several = len(parts) > 2 or not (number.isdigit() or {".", ","}.intersection(number))
    return [part.lstrip("0") or "0" for part in parts] if several or len(parts) == 1 else [number]


def _in_words(text: str) -> set[str]:
    words = _numbers_by_word()
    small = {each for word in _WORD.findall(text.casefold()) for each in words.get(word, ())}
    return small | {_HAN[sign] for sign in _HAN.keys() & set(text)}


@cache
def _numbers_by_word() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _NUMBER_WORDS.strip().splitlines():
        for number, word in enumerate(line.split()):
            found[word] = found.get(word, frozenset()) | {str(number)}
    return MappingProxyType(found)


def extract(
    spoken: Sequence[Spoken],
    room: int,
    count: Callable[[str], int],
    covered: Collection[str] = frozenset(),
    whole: bool = False,
) -> str:
    """Sentences of what was said, a line each, in their order, in `room` tokens; empty where none says anything.

    Those are chosen that add the most facts, and the most new words, for their length, one after the other: the greedy
    way to cover as much as a budget allows (Lin and Bilmes, "A Class of Submodular Functions for Document
    Summarization", 2011). `covered` are facts that are kept elsewhere already. A sentence that is larger
    than the room is cut in its middle, or left out where they are wanted `whole`.
    """
    remaining = _sentences(spoken, room, count, 0 if whole else room // _LARGEST)
    chosen: list[_Sentence] = []
    facts, words, left = frozenset(covered), frozenset[str](), room
    while remaining:
        best = max(remaining, key=partial(_worth, facts=facts, words=words))
        if _worth(best, facts, words) <= 0:
            break
        chosen.append(best)
        facts, words, left = facts | best.facts, words | best.words, left - best.size - 1
        remaining = [each for each in remaining if each is not best and each.size < left]
    text = _written(chosen)
    while chosen and count(text) > room:
        chosen.pop()
        text = _written(chosen)
    return text


def _worth(sentence: _Sentence, facts: frozenset[str], words: frozenset[str]) -> float:
    """What a sentence adds to these, for its length."""
    new_facts, new_words = len(sentence.facts - facts), len(sentence.words - words)
    if not new_facts and new_words < _LEAST_NEW:
        return 0.0
    new = 3 * new_facts + 0.5 * new_words
    return sentence.weight * new / float(max(sentence.size, _SHORTEST) ** _LENGTH_POWER)


def _written(chosen: Iterable[_Sentence]) -> str:
    return "\n".join(sentence.line for sentence in sorted(chosen, key=lambda sentence: sentence.order))


def _sentences(spoken: Sequence[Spoken], room: int, count: Callable[[str], int], cut_to: int) -> list[_Sentence]:
    facts = facts_said(spoken)
    language = language_of((each.text for each in spoken), ENGLISH)
    found: list[_Sentence] = []
    seen: set[str] = set()
    for each in spoken:
        for said in _split(each):
            line = said if not each.role else f"{'A' if each.role == 'assistant' else 'Q'}: {said}"
            plain = said.casefold()
            if plain in seen:
                continue
            seen.add(plain)
            if len(line) > room * _PER_TOKEN or (size := count(line)) > room:
                line = _cut(line, cut_to, count)
                if not line:
                    continue
                said, size = line, count(line)
            weight = _WEIGHTS.get(each.role, _EARLIER) * (_QUESTION if said[-1] in _ASKED else 1.0)
            found.append(
                _Sentence(len(found), line, kept_of(said, facts), frozenset(terms(said, language)), size, weight)
            )
    if len(found) > _MOST_SENTENCES:
        found = nlargest(_MOST_SENTENCES, found, key=lambda sentence: (len(sentence.facts), sentence.order))
    return found


def _cut(line: str, most: int, count: Callable[[str], int]) -> str:
    """Without its middle, and without half words and numbers there; empty where next to nothing is left."""
    if most < _SHORTEST:
        return ""
    kept = cut_middle(line, most, count, longest=most * _PER_TOKEN, note=lambda _: "\n")  # a line has none itself
    head, _, tail = kept.partition("\n")
    head, tail = head.rpartition(" ")[0] or head.rstrip(_OF_NUMBERS), tail.partition(" ")[2] or tail.lstrip(_OF_NUMBERS)
    kept = f"{head}{_LEFT_OUT}{tail}"
    return kept if len(kept) > most and count(kept) <= most else ""


def _split(spoken: Spoken) -> list[str]:
    """Its sentences; the lines of an earlier summary stay whole, and lose their mark.

    Where somebody's name begins it, no later sentence can pass for another speaker's.
    """
    if not spoken.role:
        return [line for raw in spoken.text.splitlines() if (line := raw.strip())]
    lines = [line for part in _SENTENCE.split(spoken.text) if (line := " ".join(part.split()))]
    if not lines or not speaker_of(lines[0]):
        return lines
    return [lines[0], *(f"{FURTHER} {line}" if speaker_of(line) else line for line in lines[1:])]
