"""Questions that say "my" and are anybody's all the same: they ask for an instruction, and name nothing private.

"How do I improve my English?" has one answer for whoever asks, where a model is sent nothing but the question. "How
good is my English?" has not. So the frame is narrow: it asks how something is done, in one sentence, without numbers
and names; each "my" has a thing behind it that a list knows, and nothing else speaks of a person. When in doubt, it is
private.
"""

import re

from hub.reuse.courtesy import without_courtesy
from hub.reuse.instruction_words import INSTRUCTIONS, Instruction
from hub.reuse.lists import listed
from hub.reuse.tongue import ENGLISH, FRENCH, SMALL

_END = re.compile(r"[\s?!.…]+$")
_BEGIN = re.compile(r"^[\s¿¡\"]+")
_STOPS = re.compile(r"[^\w\s'’-]|\d")
"""Within the sentence: numbers, and signs that begin another thought."""
_COMMA_BEFORE_TO = re.compile(r",(?=\s+um\s)")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PASSWORD = re.compile(r"\bmots? de passe\b")
_ALONE = re.compile(r"\s(?:by\smyself|on\smy\sown)(?=\s(?:at|in|with|for)\s|$)")
_MYSELF = re.compile(
    r"\b(?P<verb>(?:improv|express|introduc|motivat|teach|train|disciplin|educat|challeng|push|present|organi[sz])"
    r"(?:e|ing)?)\smyself\b"
)
"""What everybody may do with themselves."""
_MOST_KINDS = 3
_ACCOUNTS = listed("account accounts")
_PLATFORMS = listed("facebook instagram twitter snapchat whatsapp youtube linkedin quora skype google gmail email")
"""Whose accounts are opened and closed in one way for all."""
_TROUBLES = listed("problem")
_OF_ALL = listed("of all todas todos tous toutes de")
_AWAY = listed("from of at")
_ARTICLES = listed("o a os as")
_KNOWN_CAPITALS = listed(
    """
    I English German Spanish French Portuguese Italian Hindi Chinese Japanese Korean Arabic Russian Turkish Dutch
    Facebook Instagram Twitter Snapchat WhatsApp Whatsapp YouTube Youtube LinkedIn Quora Skype Google Gmail Windows
    Android iPhone Mac MacBook Macbook Wi-Fi WiFi Wifi WIFI PC TV USB Chrome Firefox Bluetooth Internet Linux Excel
    Word PowerPoint CV IQ SEO PDF SD SIM Java Python
    """
)
_BETWEEN_CARE_AND_LOOKS = listed(
    """
    the a of on in under from around and dark circles bags lines wrinkles blackheads dandruff fat hair tan get rid
    remove facial naturally excess some more
    """
)
"""With these alone before it, one's looks are nobody's illness."""


def without_own(text: str, language: str) -> str:
    """An instruction without "my"; any other text as it is."""
    found = INSTRUCTIONS[language]
    if found.own.isdisjoint(text.lower().split()) and not _mentions_myself(text, language):
        return text
    bare = _BEGIN.sub("", _END.sub("", without_courtesy(text).replace("’", "'")))
    lower = bare.lower()
    asked = found.asks.match(" ".join(lower.split()))
    if asked is None or _STOPS.search(_COMMA_BEFORE_TO.sub("", bare)):
        return text
    if not found.nouns_are_capitals and _has_names(bare):
        return text
    line = " ".join(bare.split())[asked.end() :]
    if language == ENGLISH:
        line = _MYSELF.sub(r"\g<verb>", _ALONE.sub("", line))
    if language == FRENCH:
        line = _PASSWORD.sub("mot-de-passe", line)
    words = _WORD.findall(line)
    return " ".join([asked[0].strip(), *_bare(words, found)]) if _is_anybodys(words, found, language) else text


def _mentions_myself(text: str, language: str) -> bool:
    return language == ENGLISH and "myself" in text


def _has_names(text: str) -> bool:
    return any(word != word.lower() and word not in _KNOWN_CAPITALS for word in _WORD.findall(text)[1:])


def _bare(words: list[str], found: Instruction) -> list[str]:
    """Without "my", and without the article that Portuguese has before it."""
    after = [*words[1:], ""]
    return [
        word
        for word, follows in zip(words, after, strict=True)
        if word.lower() not in found.own and not (word in _ARTICLES and follows.lower() in found.own)
    ]


def _is_anybodys(words: list[str], found: Instruction, language: str) -> bool:
    lower = [word.lower() for word in words]
    if not lower or not found.telling.isdisjoint(lower):
        return False
    if found.nouns_are_capitals and not found.reached.isdisjoint(lower):
        return False  # the verb stands at the end
    if found.nouns_are_capitals and any(word[0].isupper() and not _is_thing(word, found) for word in words):
        return False  # a noun, or a name: nobody can tell
    if lower[0] in found.own and not found.nouns_are_capitals:
        return False  # the best way to my house
    return all(_is_shared(words, lower, at, found, language) for at, word in enumerate(lower) if word in found.own)


def _is_thing(word: str, found: Instruction) -> bool:
    return word.lower() in found.things or word.lower() in found.kinds


def _is_shared(words: list[str], lower: list[str], at: int, found: Instruction, language: str) -> bool:
    """Whether what is one's own, from the place `at` on, is a thing that tells nothing of oneself."""
    end = at + 1
    while end < len(lower) and (lower[end] in found.things or lower[end] in found.kinds or lower[end] in found.looks):
        end += 1
    if not 0 < end - at - 1 <= _MOST_KINDS + 1 or not _ends_there(words, lower, end, found, language):
        return False
    own = lower[at + 1 : end]
    if found.nouns_are_capitals and not any(word[0].isupper() for word in words[at + 1 : end]):
        return False
    if not _ACCOUNTS.isdisjoint(own) and _PLATFORMS.isdisjoint(own):
        return False
    if found.things.isdisjoint(own) and found.looks.isdisjoint(own):
        return False
    if own[-1] in _TROUBLES:
        return False
    reach = 0 if at and lower[at - 1] in _OF_ALL else max(0, at - 2)  # a list of all my accounts
    if not found.reached.isdisjoint(lower[reach:at]):
        return False
    if not found.looks.isdisjoint(own):
        if not _AWAY.isdisjoint(lower[end : end + 1]):
            return False  # my hands from shaking
        before = [word for word in lower[:at] if word not in _BETWEEN_CARE_AND_LOOKS]
        cosmetic = not before and not {"circles", "bags", "lines", "wrinkles", "hair", "fat"}.isdisjoint(lower[:at])
        return cosmetic or (len(before) == 1 and before[0] in found.care)
    return True


def _ends_there(words: list[str], lower: list[str], end: int, found: Instruction, language: str) -> bool:
    """Whether no further noun follows: my English, but not my English teacher."""
    if end == len(lower):
        return True
    if found.nouns_are_capitals:
        return words[end][0].islower()
    follows = lower[end]
    return follows in SMALL[language] or follows in _FOLLOWING or follows.endswith(("ly", "mente", "ment"))


_FOLLOWING = listed(
    """
    please better faster fast quicker stronger easier easily using via like while through online again grow positive
    healthy interesting popular more strong clean sharp calm look work last rápido mejor melhor vite mieux plus
    """
)
