"""Spam: repeated text, floods from new accounts, prompts built to run up the output. Pure: the claim has it all."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from hub.admission.loops import Said
from hub.messages import Message

REPEATED = 4
"""The fourth time that one text is sent in ten minutes it is not answered; short ones may come as they like."""
REPEATED_WITHIN_MS = 600_000
LEAST_REPEATED = 20
"""Characters: "yes", "go on" and "thank you" are said again and again."""

NEW_FOR_MS = 24 * 3600 * 1000
"""How long after their first message somebody counts as new."""
FLOOD = 12
FLOOD_WITHIN_MS = 30_000
"""More than anybody types: so many from one new person wait in one conversation, accepted within half a minute."""

MANY_TIMES = 500
MANY_WORDS = 5_000
"""Three times what the longest answers have."""


LOOKED_AT = 1_000
"""Characters at the beginning and at the end of a long text: what it asks for stands there, and the cost is bounded."""


class Spam(StrEnum):
    """Why a message is turned away."""

    REPEATED = "repeated text"
    FLOOD = "flood from a new account"
    OUTPUT = "built to run up the output"


class Queued(Protocol):
    """A message that waits."""

    @property
    def message(self) -> Message: ...
    @property
    def accepted_ms(self) -> int: ...
    @property
    def person(self) -> int: ...
    @property
    def known_ms(self) -> int: ...


def spam_in(waiting: Sequence[Queued], past: Sequence[Said]) -> Spam | None:
    """What is wrong with the first of the messages that wait; the others and the turns before it tell."""
    first = waiting[0]
    if runs_up_output(first.message.text):
        return Spam.OUTPUT
    if _floods(waiting):
        return Spam.FLOOD
    return Spam.REPEATED if _repeats(first, past) else None


def _repeats(first: Queued, past: Sequence[Said]) -> bool:
    text = _plain(first.message.text)
    if len(text) < LEAST_REPEATED:
        return False
    since = first.accepted_ms - REPEATED_WITHIN_MS
    before = sum(each.role == "user" and each.at_ms > since and _plain(each.text) == text for each in past)
    return before >= REPEATED - 1


def _floods(waiting: Sequence[Queued]) -> bool:
    first = waiting[0]
    if len(waiting) < FLOOD or first.accepted_ms - first.known_ms > NEW_FOR_MS or first.message.caught_up:
        return False
    until = first.accepted_ms + FLOOD_WITHIN_MS
    return sum(each.person == first.person and each.accepted_ms <= until for each in waiting) >= FLOOD


def runs_up_output(text: str) -> bool:
    """Whether a text asks for output without end: so often repeated, so many words, for ever.

    Only commands to write count, in the languages that the hub speaks; a number that a question is about does not.
    """
    if len(text) > 2 * LOOKED_AT:
        text = f"{text[:LOOKED_AT]}\n{text[-LOOKED_AT:]}"
    if not _ANY_COMMAND.search(text):
        return False
    return bool(
        _ENDLESS.search(text)
        or any(_number(found["times"]) >= MANY_TIMES for found in _TIMES.finditer(text))
        or any(_number(found["words"]) >= MANY_WORDS for found in _WORDS.finditer(text))
        or any(_number(found["to"]) >= MANY_WORDS for found in _COUNT.finditer(text))
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _number(text: str) -> int:
    digits = re.sub(r"\D", "", text)
    return int(digits) if len(digits) < 12 else 10**12


_WRITE = (
    r"(?:^|[.!?:;,\n]\s*|\b(?:please|bitte|por favor|s'il (?:te|vous) pla[iî]t|and|then|now|und|y|et|e)\s+)"
    r"(?:repeat|write|print|say|output|generate|type|list"
    r"|wiederhol\w*|schreib\w*|sag|gib|liste"
    r"|repite|escribe|imprime|di|genera|repita|escreva|imprima|diga|gere"
    r"|r[ée]p[èe]te\w*|[ée]cri[st]\w*|dis|affiche)\b"
)
_ANY_COMMAND = re.compile(r"[0-9][.,_ ]?[0-9]{2}|ever|endless|stopping|infinit|endlos|aufzuh|parar|arr[êe]t", re.I)
"""Without any of these in it, none of those below matches: most texts end here."""
_N = r"\d[\d.,_ ]{0,14}"
_TIMES = re.compile(rf"{_WRITE}[^.!?\n]{{0,200}}?(?P<times>{_N})\s*(?:times\b|mal\b|veces\b|vezes\b|fois\b|x\b)", re.I)
_WORDS = re.compile(
    rf"{_WRITE}[^.!?\n]{{0,200}}?(?P<words>{_N})[ -]*(?:words?|lines?|w[öo]rter|worte|zeilen|palabras|l[íi]neas|"
    r"palavras|linhas|mots|lignes|sentences|paragraphs|digits)\b",
    re.I,
)
_COUNT = re.compile(
    rf"(?:^|[.!?:;,\n]\s*|\bplease\s+|\bbitte\s+)(?:count|z[äa]hle?|cuenta|conte|compte)\b[^.!?\n]{{0,60}}?"
    rf"(?:to|bis|hasta|at[ée]|[àa]|jusqu'[àa])\s+(?P<to>{_N})",
    re.I,
)
_ENDLESS = re.compile(
    rf"{_WRITE}[^.!?\n]{{0,200}}?(?:forever|endlessly|without (?:ever )?stopping|and never stop|infinitely|endlos"
    r"|ohne aufzuh[öo]ren|sin parar|sem parar|sans (?:jamais )?(?:t')?arr[êe]t\w*|[àa] l'infini)\b",
    re.I,
)
