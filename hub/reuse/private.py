"""Whether a question is about whoever asks it, or about somebody whom only they know."""

import re

from hub.reuse.everybodys import without_everybodys
from hub.reuse.instructions import without_own
from hub.reuse.lists import listed
from hub.reuse.papers import is_about_papers
from hub.reuse.persons import names_person
from hub.reuse.teller import tells_of_self
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SMALL, SPANISH

_OWN = {
    ENGLISH: listed(
        """
        my mine myself our ours ourselves i'm i've i'd i'll im ive he she him his her hers himself herself
        he's he'd he'll she's she'd she'll we're we've we'd we'll
        """
    ),
    GERMAN: listed(
        """
        mein meine meinen meinem meiner meines meins mir mich uns unser unsere unseren unserem unserer unseres
        ihm ihn
        """
    ),
    SPANISH: listed(
        """
        mi mis mí mío mía míos mías nuestro nuestra nuestros nuestras conmigo soy estoy tengo tenemos somos
        estamos pedí compré pagué perdí recibí olvidé hice yo él ella
        """
    ),
    FRENCH: listed(
        """
        mon ma mes moi mien mienne miens miennes notre nos j'ai j'avais j'étais j'habite j'utilise m'a m'ont
        m'appelle
        """
    ),
    PORTUGUESE: listed(
        """
        meu minha meus minhas mim comigo nosso nossa nossos nossas estou tenho sou temos estamos comprei paguei
        perdi recebi esqueci fiz ele ela
        """
    ),
}
_TELLING = listed(
    """
    tell show give help teach let recommend suggest explain send remind ask direct point dime dígame diga dis dites
    """
)
_THEY = listed("they they're them their theirs")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def is_private(text: str, language: str) -> bool:
    """Whether a question is about somebody in particular: whoever asks, a person named, an account, an order.

    It errs on the side of yes: a question too many is asked anew.
    """
    text = " ".join(without_own(without_everybodys(text, language), language).split())
    lower = text.replace("’", "'").lower()
    words = _WORD.findall(lower)
    if not _OWN[language].isdisjoint(words) or _us(text) or _about_me(words):
        return True
    if language == ENGLISH and _about_them(words):
        return True
    if is_about_papers(lower, language) or names_person(text, lower, language):
        return True
    return tells_of_self(lower, language)


def tells_of_asker(text: str, language: str) -> bool:
    """Whether a text tells something of who wrote it, in this language; where it is empty, in any."""
    lower = text.replace("’", "'").lower()
    words = _WORD.findall(lower)
    own = [_OWN[language]] if language else _OWN.values()
    if _us(text) or _about_me(words) or not all(each.isdisjoint(words) for each in own):
        return True
    return tells_of_self(lower, language or ENGLISH)


def _about_me(words: list[str]) -> bool:
    """In "tell me" nobody is meant."""
    return any(word == "me" and before not in _TELLING for before, word in zip(["", *words], words, strict=False))


def _about_them(words: list[str]) -> bool:
    """Whether "they" are people talked of before: nothing that is named in the question comes first."""
    at = next((at for at, word in enumerate(words) if word in _THEY), None)
    return at is not None and words[0] != "why" and SMALL[ENGLISH].issuperset(words[:at])


def _us(text: str) -> bool:
    """Ourselves, not the United States."""
    return re.search(r"\b(?:us|uns)\b", text) is not None
