"""The hub's own words in the languages that it speaks; English stands in `hub.phrases` and in each command's spec."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from hub.languages.de import GERMAN
from hub.languages.es import SPANISH
from hub.languages.fr import FRENCH
from hub.languages.language import Language
from hub.languages.pt import PORTUGUESE
from hub.messages import Hints

ENGLISH = "en"
LANGUAGES: Mapping[str, Language] = MappingProxyType({each.tag: each for each in (GERMAN, SPANISH, FRENCH, PORTUGUESE)})
"""By tag; all but English."""


def language_of(hints: Hints, kept: Hints) -> str:
    """The tag of the language to speak: the message's own, else one of before, else the workspace's, else English."""
    for tag in (hints.locale, hints.language, kept.locale, kept.language, hints.workspace_locale):
        if tag:
            return _spoken(tag)
    return ENGLISH


def translated(text: str, language: str) -> str:
    """One of the hub's texts, before its braces are filled in, in this language; as it is where that has none."""
    spoken = LANGUAGES.get(language)
    return spoken.phrases.get(text, text) if spoken else text


def help_in_other_languages(command: str) -> Mapping[str, str]:
    """The line of a command by language tag."""
    return {tag: each.help[command] for tag, each in LANGUAGES.items() if command in each.help}


@lru_cache(maxsize=1_024)
def _spoken(tag: str) -> str:
    language = tag[:32].replace("_", "-").partition("-")[0].strip().lower()
    return language if language in LANGUAGES else ENGLISH
