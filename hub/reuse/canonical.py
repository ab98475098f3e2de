"""One form for all wordings of a question that surely ask the same; everything that can tell two questions apart stays.

Of the words, those go that carry nothing (articles, fillers, politeness), and those of which the language's table says
that they mean the same become one. What stays, stays in its order: who does what to whom, from where to where. Numbers,
names, units, negations and every word that no table knows are never dropped, so two questions that differ in one of
them have different forms. Where a sign or a word is beyond these rules, there is no form, and so nothing is alike.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from hub.reuse.courtesy import without_courtesy
from hub.reuse.grammar.de import GERMAN_GRAMMAR
from hub.reuse.grammar.en import ENGLISH_GRAMMAR
from hub.reuse.grammar.es import SPANISH_GRAMMAR
from hub.reuse.grammar.fr import FRENCH_GRAMMAR
from hub.reuse.grammar.grammar import Grammar
from hub.reuse.grammar.pt import PORTUGUESE_GRAMMAR
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH

MOST_WORDS = 40
MOST_SENTENCES = 3

GRAMMARS: Mapping[str, Grammar] = MappingProxyType(
    {
        ENGLISH: ENGLISH_GRAMMAR,
        GERMAN: GERMAN_GRAMMAR,
        SPANISH: SPANISH_GRAMMAR,
        FRENCH: FRENCH_GRAMMAR,
        PORTUGUESE: PORTUGUESE_GRAMMAR,
    }
)
_STRANGE = re.compile(r"[^\w\s?!¿¡.,;:'\"“”„«»()\[\]/%$€£₹&+#°…–—-]")
_SENTENCE = re.compile(
    r"(?<![?!])[?!]+(?:\s+|$)|\.(?:\s+|$)|[;…]|,\s{1,3}and\s(?=(?:what|how|why|where|when|who|which)\b)"
)
_WORD = re.compile(
    r"""
    (?P<code>[A-Za-z](?:\+\+|\#)(?!\w))             # C++, C#
    |(?P<number>(?:(?<![\w-])[+-](?=\d))?\d+(?:[.,:]\d+)*)
    |(?P<sign>[%$€£₹°]|(?<=\d)['"”](?!s\b))          # 5' and 5" are two lengths
    |(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    |(?P<rest>[+\#&])
    """,
    re.X,
)
_BARE = re.compile(
    r"why|why not|why or why not|and why|why so|how|how so|warum|wieso|por qué|pourquoi|por quê|thanks|thank you|danke"
    r"|gracias|merci|obrigado|obrigada",
    re.I,
)
"""Sentences that ask no more than the one before them."""
_ELIDED = re.compile(r"^([ldjnmstc]|qu|jusqu|lorsqu)'(?=\w)")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?")
_SHORTENED = re.compile(r"\b(Mr|Mrs|Ms|Dr|Rs|St|Jr|vs|No)\.(?=\s*\w)", re.I)
"""Words whose dot ends no sentence."""
_DEGREE = re.compile(r"\b([BM])\.\s?(Com|Tech|Sc|Ed|Arch|Pharm)\b\.?", re.I)
"""B.Sc. and B. Sc are one word."""
_IN_BRACKETS = re.compile(r"\s*\((?P<short>[A-Z]{2,6})\)")
_AND = re.compile(r"(?<=\w) & (?=\w)")
_EITHER_NUMBER = re.compile(r"(?<=\w)\(s\)")
_GROUPED = {
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}(?:\.\d+)?"),
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"),
}
_BETWEEN = re.compile(r"[-–—/()\[\]]")
"""Signs that make another number of one beside them."""
_LONGEST_NAME = 100
"""Characters before brackets that are looked at."""
_BESIDE_WORD = 3
"""Letters of a word that a hyphen only ties to a number: "10-inch"; "10-x" is a difference."""


@lru_cache(maxsize=1_024)
def canonical(text: str, language: str) -> str:
    """The form, or an empty text where there is none. The same for the same words whatever their case at the start."""
    text = unicodedata.normalize("NFC", text).strip().replace("’", "'").replace("‘", "'").replace("`", "'")
    if _STRANGE.search(text):
        return ""
    text = _SHORTENED.sub(r"\1", _DOTTED.sub(lambda letters: letters[0].replace(".", ""), _EITHER_NUMBER.sub("", text)))
    text = _IN_BRACKETS.sub(_unless_explained, _DEGREE.sub(r"\1\2", text))
    grammar = GRAMMARS[language]
    text = _AND.sub(grammar.joint, without_courtesy(text))
    for pattern, instead in grammar.reordered:
        text = pattern.sub(instead, text)
    first, *others = [each.strip() for each in _SENTENCE.split(text) if each.strip()] or [""]
    sentences = [first, *(each for each in others if not _BARE.fullmatch(each))]
    if not 0 < len(sentences) <= MOST_SENTENCES:
        return ""
    forms = [_form(each, grammar) for each in sentences]
    return " ; ".join(forms) if all(forms) else ""


def _unless_explained(brackets: re.Match[str]) -> str:
    """Nothing where the words before the brackets begin with the letters within: World Health Organization (WHO)."""
    before = re.findall(r"[^\W\d_]+", brackets.string[max(0, brackets.start() - _LONGEST_NAME) : brackets.start()])
    initials = "".join(word[0] for word in before if word[0].isupper())
    return "" if initials.endswith(brackets["short"]) else brackets[0]


def _form(sentence: str, grammar: Grammar) -> str:
    words = _words(sentence, grammar)
    if not 0 < len(words) <= MOST_WORDS:
        return ""
    line = _turned(" ".join(words), grammar)
    frame, line = _framed(line, grammar)
    parts = line.split(grammar.joint) if frame == "DIFF" else [line]
    contents = [_content(part.split(), grammar) for part in parts]
    if any(each is None for each in contents):
        return ""
    kept = [word for each in sorted(each for each in contents if each is not None) for word in each]
    if not kept:
        return ""  # "how do I do it" names nothing
    return " ".join([frame or "-", *_with_dates(kept, grammar)])


def _turned(line: str, grammar: Grammar) -> str:
    there = set(line.split())
    for turn in grammar.phrases:
        if turn.needs and turn.needs.isdisjoint(there):
            continue
        turned = turn.pattern.sub(turn.instead, line)
        if turned != line:
            line = " ".join(turned.split())
            there = set(line.split())
    return line


def _words(sentence: str, grammar: Grammar) -> list[str]:
    """In lower case; abbreviations in capitals keep them, so that IT is not "it"."""
    shouting = sentence.isupper()
    found: list[str] = []
    end = 0
    for token in _WORD.finditer(sentence):
        word, between = token[0], sentence[end : token.start()]
        end = token.end()
        if token["rest"]:
            return []
        if found:
            following = grammar.spelled.get(word.lower(), word)
            found += _signs(found[-1], between, following)
        if token["number"]:
            found.append(_with_plain_thousands(word, grammar))
        elif word.isupper() and len(word) > 1 and not shouting and word not in ("OK",):
            found.append(word)
        else:
            word = word.lower()
            if word not in grammar.spelled:
                word = _ELIDED.sub(r"\1' ", word.removesuffix("'s").removesuffix("'"))
            found += grammar.spelled.get(word, word).split()
    return found


def _signs(before: str, between: str, after: str) -> list[str]:
    """What must not be lost between two words where one is a number: 10/2 is not 10-2, and "3, 4" is not 3 4."""
    numbers = (before[-1].isdigit(), after[0].isdigit())
    if not any(numbers) or not between.strip():
        return []
    if all(numbers):
        return between.split()
    word = after if numbers[0] else before
    if between == "-" and len(word) >= _BESIDE_WORD and word.isalpha():
        return []
    return _BETWEEN.findall(between)


def _with_plain_thousands(number: str, grammar: Grammar) -> str:
    """Without the signs between thousands, where no decimals can be meant by them."""
    return (
        number.replace(grammar.thousands, "")
        if grammar.thousands and _GROUPED[grammar.thousands].fullmatch(number)
        else number
    )


def _framed(line: str, grammar: Grammar) -> tuple[str, str]:
    for pattern, name in grammar.frames:
        if match := pattern.match(line):
            return name, line[match.end() :]
    return "", line


def _content(words: list[str], grammar: Grammar) -> list[str] | None:
    """What is asked about, stem by stem; None where it points to something else."""
    kept: list[str] = []
    after_number = False
    for word in words:
        if word in grammar.pointing:
            return None
        if not word[-1].isalpha() or word[0].isdigit():
            kept.append(word)
        elif word.isupper():
            kept.append(grammar.same.get(word) or grammar.same.get(word.lower(), word.lower()))
        elif after_number or word not in grammar.dropped:
            stem = grammar.stem(word)
            kept.append(grammar.same.get(stem, stem))
        after_number = word[-1].isdigit()
    return kept


def _with_dates(kept: list[str], grammar: Grammar) -> list[str]:
    """Days come after their month."""
    turned = list(kept)
    for at in range(len(turned) - 1):
        if turned[at + 1] in grammar.months and turned[at].isdigit() and int(turned[at]) <= 31:
            turned[at], turned[at + 1] = turned[at + 1], turned[at]
    return turned
