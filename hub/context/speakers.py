"""Who spoke, as a model reads it in a conversation of several people: `Name: what was said`.

A display name is whatever somebody typed. Only letters, digits and a few signs of it are kept, on one line, so that it
cannot end early, begin a line or carry a mark of the hub's; and nobody is shown as the assistant or the system.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

LONGEST_NAME = 40
"""Characters; `words.speaker_of` looks no further for the colon."""
FURTHER = "|"
"""Begins each further line of what somebody said. It can be seen: blanks are lost where sentences are chosen."""
_LOOKED_AT = 200
"""Characters of what the platform calls the person."""
_SIGNS = " '’.-"
_BLANK = "\u115f\u1160\u3164\uffa0"
"""Letters to Unicode that show nothing."""
_WORD = re.compile(r"[^\W_]+")

_SPEAKS_FOR_THE_HUB = re.compile(
    "assistan|assisten|asistent|asystent|ассистент|помощник|助手|助理|アシスタント|어시스턴트|system|sistema"
    "|систем|系统|系統|システム|시스템|chatbot|trunkline|chatgpt"
)
"""Wherever it stands in a name, in small letters without spaces."""
_ROLES = frozenset(
    re.findall(
        r"\w+",
        "user human person model developer tool function gpt admin administrator root moderator operator "
        "ai bot hub agent note",
    )
)
"""In full, beside no more than the next ones and a number."""
_BESIDE_A_ROLE = frozenset({"the", "a", "an", "by", "our", "official", "virtual", "ai", "bot", "hub"})
_DIGITS_AS_LETTERS = str.maketrans("013457", "oieast")
_LOOKALIKES = frozenset({"CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU"})


@lru_cache(maxsize=8_192)
def speaker_name(display: str, number: int, own: tuple[str, ...] = ()) -> str:
    """A display name fit to stand before a colon; `Person <number>` where nothing is left or it is not theirs to have.

    `own` are names of the hub and its agent.
    """
    kept = "".join(map(_kept, unicodedata.normalize("NFKC", display[:_LOOKED_AT])))
    name = " ".join(kept.split())
    first = next((at for at, letter in enumerate(name) if letter.isalpha()), len(name))
    name = name[first : first + LONGEST_NAME].rstrip(_SIGNS)
    return f"Person {number}" if _is_initial(name) or _is_taken(name, own) else name


def said_by(name: str, words: str) -> str:
    """What somebody said, below their name. Further lines carry a mark, so that none can pass for another speaker's."""
    first, *others = words.strip().splitlines() or [""]
    return "\n".join([f"{name}: {first}", *(f"{FURTHER} {line}".rstrip() for line in others)])


def names_anybody(text: str, speakers: Collection[str]) -> bool:
    """Whether a text has a word of one of the names, or one that begins with it."""
    said = {_folded(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text))}
    words = {_folded(word) for name in speakers for word in _WORD.findall(name)}
    return any(word in said or (len(word) > 2 and any(each.startswith(word) for each in said)) for word in words)


def _kept(letter: str) -> str:
    if letter in _BLANK:
        return " "
    return letter if letter in _SIGNS or unicodedata.category(letter)[0] in "LMN" else " "


def _is_initial(name: str) -> bool:
    """Whether it has no more than one letter, as the marks of questions and answers; a Chinese one is a whole name."""
    letters = [letter for letter in name if letter.isalpha()]
    return not letters or (len(letters) == 1 and letters[0] < "\u2e80")


def _is_taken(name: str, own: Collection[str]) -> bool:
    """Whether it could pass for the assistant, the system, the hub, or for somebody who is shown by number."""
    words = [_folded(word) for word in _WORD.findall(name)]
    if any(map(_is_disguised, words)):
        return True
    joined = "".join(words)
    if any(_SPEAKS_FOR_THE_HUB.search(each) for each in (joined, joined.translate(_DIGITS_AS_LETTERS))):
        return True
    rest = "".join(word for word in words if word not in _BESIDE_A_ROLE)
    if rest.rstrip("0123456789") in _ROLES or (not rest and not _ROLES.isdisjoint(words)):
        return True
    return any(_joined(each) in (joined, rest) for each in own if each)


def _joined(name: str) -> str:
    return "".join(map(_folded, _WORD.findall(unicodedata.normalize("NFKC", name))))


def _folded(word: str) -> str:
    """In small letters, without accents."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def _is_disguised(word: str) -> bool:
    """Whether a word has letters that only look Latin beside Latin ones."""
    if word.isascii():
        return False
    named = [unicodedata.name(letter, "") for letter in word]
    scripts = {name.partition(" ")[0] for name in named}
    return ("LATIN" in scripts and not scripts.isdisjoint(_LOOKALIKES)) or any("SMALL CAPITAL" in n for n in named)
