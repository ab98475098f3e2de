"""Every language has every phrase, with the same braces, and is spoken to whoever reads it."""

import re
from string import Formatter

import pytest

from hub import phrases
from hub.agents.port import Kind
from hub.attachments import Unread
from hub.commands import COMMANDS
from hub.languages import ENGLISH, LANGUAGES, language_of, translated
from hub.languages.language import Language
from hub.messages import Hints
from hub.routing import SOURCES

pytestmark = pytest.mark.unit

TEXTS = {
    **{name: text for name, text in vars(phrases).items() if name.isupper() and isinstance(text, str)},
    **{f"failed {kind}": phrases.failed(kind) for kind in Kind},
    **{f"unread {reason}": phrases.unread(reason) for reason in Unread},
    **{f"source {name}": text for name, text in SOURCES.items()},
}
EACH = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


def braces(text: str) -> list[str]:
    return sorted(name for _, name, *_ in Formatter().parse(text) if name is not None)


def commands_named(text: str) -> list[str]:
    return sorted(re.findall(r"/[a-z]+", text))


def test_there_is_much_to_say_in_several_languages() -> None:
    assert len(TEXTS) > 50
    assert len(LANGUAGES) >= 4


@EACH
def test_a_language_has_every_phrase_and_no_other(language: Language) -> None:
    assert {name for name, text in TEXTS.items() if text not in language.phrases} == set()
    assert set(language.phrases) <= set(TEXTS.values())


@EACH
def test_what_stands_in_braces_is_the_same(language: Language) -> None:
    differing = {text for text, said in language.phrases.items() if braces(text) != braces(said)}
    assert differing == set()


@EACH
def test_the_commands_that_help_are_named_alike(language: Language) -> None:
    differing = {text for text, said in language.phrases.items() if commands_named(text) != commands_named(said)}
    assert differing == set()


@EACH
def test_white_space_at_the_ends_is_the_same(language: Language) -> None:
    for text, said in language.phrases.items():
        assert (text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]) == (
            said[: len(said) - len(said.lstrip())],
            said[len(said.rstrip()) :],
        )


@EACH
def test_a_language_says_something_else_than_english(language: Language) -> None:
    same = {text for text, said in language.phrases.items() if text == said}
    assert same <= {phrases.USAGE_TOKENS, phrases.USAGE_MESSAGES}


@EACH
def test_a_language_has_help_for_every_command_within_discords_hundred_characters(language: Language) -> None:
    assert set(language.help) == {spec.name for spec in COMMANDS}
    assert all(0 < len(line) <= 100 for line in (*language.help.values(), *(spec.help for spec in COMMANDS)))
    assert all(spec.translations[language.tag] == language.help[spec.name] for spec in COMMANDS)


@pytest.mark.parametrize(
    ("hints", "kept", "spoken"),
    [
        (Hints(locale="pt-BR"), Hints(), "pt"),
        (Hints(language="de"), Hints(), "de"),
        (Hints(language="zh-Hans"), Hints(language="de"), ENGLISH),  # what is read now, not what was read before
        (Hints(), Hints(locale="es_MX"), "es"),
        (Hints(workspace_locale="fr"), Hints(), "fr"),
        (Hints(workspace_locale="fr"), Hints(language="de"), "de"),
        (Hints(time_zone="Europe/Berlin"), Hints(), ENGLISH),
        (Hints(language="DE-" + "x" * 10_000), Hints(), "de"),
        (Hints(language="\x00"), Hints(), ENGLISH),
    ],
)
def test_a_person_is_spoken_to_in_their_language(hints: Hints, kept: Hints, spoken: str) -> None:
    assert language_of(hints, kept) == spoken


def test_what_no_language_has_stays_as_it_is() -> None:
    assert translated("an answer of a model", "de") == "an answer of a model"
    assert translated(phrases.STOPPED, "tlh") == phrases.STOPPED
