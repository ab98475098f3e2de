"""Whether "I" and "we" in a question are whoever asks it. In "how can I clean a wheel" they are anybody."""

import re
from typing import NamedTuple

from hub.reuse.lists import listed
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH

_TELLERS = listed("i we ich wir je nous eu nós yo nosotros nosotras")
_STATES = listed(
    """
    am was have had are were got get's lost bought ordered paid live lived work worked forgot received feel need's
    told said sent asked gave made left booked hired earn earned owe owed own owned weigh weighed suffer
    bin war habe hatte wurde wohne heiße haben hatten sind waren wurden arbeite verdiene schulde lebe leide bekam
    suis ai n'ai vis travaille possède avons sommes étions habite gagne souffre
    ne tenho sou estou fiz comprei paguei perdi recebi esqueci temos somos estamos moro ganho devo trabalho vivo
    tengo soy pedí compré pagué perdí recibí olvidé hice gano debo
    """
)
"""After "I" they tell of somebody; also before it, where a question is turned round: am I, habe ich."""
_OPENERS = listed(
    """
    , ; . : and but because as since so while although weil da und aber parce car mais et mas e y pero
    """
)
_WHENS = listed("if when before after until unless till whether wenn falls bevor nachdem ob dass si se quand que")
_MODALS = listed(
    """
    can could should shall must may might can't couldn't shouldn't
    kann könnte sollte soll muss darf könnten können sollten sollen müssen dürfen
    puis peux dois devrais pourrais pouvons devons pourrions puisse
    puedo podría debo debería podemos debemos posso poderia devo deveria podemos devemos
    """
)
_WAYS = listed("how why")
_PLACED = listed("live work sit stay belong stand park")
_PLAIN = listed("how come why wie warum wieso comment pourquoi cómo como")
"""Before "do I" they ask for a way, or for a cause, whatever the verb."""
_AMOUNTS = listed("much many often long old far tall viel viele oft lange alt")
_STATIVE = listed(
    """
    owe have live like own weigh pay spend earn get need use want look feel belong work sit stand know
    become charge receive win
    """
)
"""With "do I" they ask what only one's own papers tell, unless it is asked how."""
_DUES = listed(
    """
    owe owed pay paid attend belong come schulden zahlen bezahlen abholen kommen payer rembourser venir deber pagar
    dever vir
    """
)
"""And these with "can I" or "should I", and "have to", where an amount or a day is asked for."""
_ASKS_OF_PAPERS = listed("much many when what was qué que wann viel combien quand cuánto cuándo quanto quando")
_OWNING = listed("owe have like own earn")
_TOGETHER = listed("open close meet start begin leave finish eat")
_FRENCH_ASKING = listed("comment pourquoi où quel quelle quels quelles")
_INFINITIVES = ("er", "ir", "re", "oir")
_MARKS = listed(", ; . :")
_NEAR = 6
"""Words that are looked at on either side."""
_LEAST_REST = 2
_TO = listed("to really actually still even also need have get want ever")
_GERMAN_GETTING = listed("bekomme kriege erhalte bekommen kriegen erhalten")
_GERMAN_STATIVE = listed(
    "schulde wohne heiße heisse habe bin war besitze lebe arbeite verdiene wiege zahle bezahle schulden haben zahlen"
)
_FRENCH_STATIVE = listed(
    """
    habite habité vis suis ai travaille gagne paie paye dépense possède reçois touche m'appelle pèse attends attend
    avons sommes payons gagnons habitons
    """
)
_DROPPED = {
    SPANISH: re.compile(
        r"""
        \b(?:debo|debemos)\s*(?:[?.!,]|$)
        |\bcuánt[oa]s?\s+(?:\w+\s+){0,2}(?:debo|gano|pago|cobro|ahorro|gasto|peso|mido|necesito|debemos|pagamos
          |ganamos)\b
        |\bcuándo\s+(?:puedo|debo|podemos)\s+(?:recoger|venir|pagar|ir|pasar)\b|\b(?:tengo|tenemos)\b
        |\bcuándo\s+(?:cobro|cobramos|pago|pagamos|vuelvo|salgo)\b
        |\bd?[óo]nde\s+(?:vivo|trabajo|nací|vivimos|aparqué|dejé)\b
        |\bme\s+(?:llamo|quedan?|tocan?|deben?|faltan?|corresponden?|pagan|llega|llegó|cobran|cobraron|han|ha
          |dieron)\b
        |\bnos\s+(?:quedan?|tocan?|deben?|pagan|vemos|corresponden?)\b
        |\b(?:quién|cómo|dónde)\s+(?:soy|estoy)\b|\b(?:vivo|nací|quedé|pedimos|compramos|pagamos|dije|decidimos)\b
        """,
        re.X,
    ),
    PORTUGUESE: re.compile(
        r"""
        \b(?:devo|devemos)\s*(?:[?.!,]|$)
        |\bquant[oa]s?\s+(?:\w+\s+){0,2}(?:devo|ganho|pago|recebo|gasto|peso|preciso|devemos|pagamos|ganhamos)\b
        |\bquando\s+(?:posso|devo|podemos)\s+(?:levantar|buscar|vir|pagar|ir|passar)\b
        |\bquando\s+(?:recebo|recebemos|pago|pagamos|saio|volto)\b
        |\bonde\s+(?:moro|vivo|trabalho|nasci|moramos|vivemos)\b
        |\bme\s+(?:chamo|restam?|devem?|faltam?|pagam|sobram?)\b|\b(?:chamo-me|resta-me|devem-me|falta-me)\b
        |\b(?:moro|nasci|pedimos|decidimos|disse)\b
        """,
        re.X,
    ),
}
"""Where the pronoun is left out, the verb tells."""
_ELIDED = re.compile(r"\bj'")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[,;.:]")


def tells_of_self(lower: str, language: str) -> bool:
    """Whether somebody tells of themselves in a text in lower case, with straight apostrophes."""
    dropped = _DROPPED.get(language)
    if dropped is not None and dropped.search(lower):
        return True
    if language == FRENCH:
        lower = _ELIDED.sub("je ", lower)
    words = _WORD.findall(lower)
    stative = not _STATES.isdisjoint(words)
    return any(word in _TELLERS and _is_somebody(words, at, language, stative=stative) for at, word in enumerate(words))


def _is_somebody(words: list[str], at: int, language: str, *, stative: bool) -> bool:
    before = words[at - 1] if at else ","
    after = words[at + 1] if at + 1 < len(words) else ","
    if before in _OPENERS or after in _MARKS:
        return True
    if before in _WHENS and not (language == FRENCH and before == "que"):
        return after in _STATES if language == ENGLISH else stative
    ahead, rest = words[max(0, at - _NEAR) : at - 1], words[at + 1 : at + _NEAR]
    return _OF_LANGUAGE[language](_Place(words[at], ahead, before, rest))


class _Place(NamedTuple):
    """Where a pronoun stands."""

    teller: str
    ahead: list[str]
    """What stands before the word before it."""
    before: str
    rest: list[str]
    """What follows, at least one word."""

    @property
    def after(self) -> str:
        return self.rest[0]

    @property
    def begins(self) -> bool:
        """Whether the word before it begins the sentence."""
        return not self.ahead or self.ahead[-1] in _OPENERS

    @property
    def of_dues(self) -> bool:
        """Must I pay? How much, and when?"""
        if self.begins and self.after in _DUES:
            return len(self.rest) < _LEAST_REST or self.rest[1:] == ["in"]
        return not _ASKS_OF_PAPERS.isdisjoint(self.ahead) and not _DUES.isdisjoint(self.rest)

    @property
    def by_state(self) -> bool:
        return self.before in _STATES or self.after in _STATES


def _english(place: _Place) -> bool:
    if place.before in _MODALS:
        return place.of_dues or place.rest[:3] == ["have", "the", "same"]
    if place.before in ("do", "does"):
        return _with_do(place)
    if place.before in ("would", "will"):
        return place.begins or place.ahead[-1] not in _WAYS
    if place.before == "am" and place.after == "supposed":
        return place.ahead[-1:] != ["how"]
    if place.before in _STATES or place.before in ("did", "has"):
        return place.teller == "i" or _PLAIN.isdisjoint(place.ahead)  # why are we
    return place.after in _STATES or (place.after.endswith("ed") and place.after not in ("need", "feed", "succeed"))


def _with_do(place: _Place) -> bool:
    """Of "how much do I owe"."""
    ahead, after = place.ahead, place.after
    verb = next((word for word in place.rest if word not in _TO), "")
    obliged = place.rest[1:2] == ["to"]
    if place.begins:
        return after not in ("need", "have") or (after == "have" and not obliged) or verb in _DUES | _STATIVE
    if ahead[-1] in _PLAIN:
        return after in ("owe", "look") or (ahead[-1] != "how" and place.rest[:2] == ["get", "paid"])
    if place.teller == "we" and ahead[-1] == "when" and after in _TOGETHER:
        return True
    if ahead[-1] == "where":
        return after in _PLACED
    if not _AMOUNTS.isdisjoint(ahead) or ahead[-1] in ("when", "who", "which"):
        return verb in _DUES or (after in _STATIVE and (verb in _STATIVE or not verb or not obliged))
    return verb in _DUES or len(place.rest) < _LEAST_REST or (after in _OWNING and not obliged)


def _german(place: _Place) -> bool:
    if place.before in _MODALS:
        return place.of_dues or place.rest[:2] == ["zum", "arzt"]
    if place.before in _GERMAN_GETTING and not _ASKS_OF_PAPERS.isdisjoint(place.ahead):
        return True
    return place.begins or place.before in _GERMAN_STATIVE or place.by_state


def _french(place: _Place) -> bool:
    if place.before in _MODALS or place.after in _MODALS:
        verbs = place.rest[1:] if place.after in _MODALS else place.rest
        return place.of_dues or not any(word.endswith(_INFINITIVES) for word in verbs)
    if place.by_state or place.before in _FRENCH_STATIVE or place.after in _FRENCH_STATIVE:
        return True
    return _FRENCH_ASKING.isdisjoint(place.ahead) and place.before not in _FRENCH_ASKING


def _iberian(place: _Place) -> bool:
    if place.before in _MODALS or place.after in _MODALS:
        return place.of_dues
    return place.by_state or (_PLAIN.isdisjoint(place.ahead) and place.before not in _PLAIN)


_OF_LANGUAGE = {ENGLISH: _english, GERMAN: _german, FRENCH: _french, SPANISH: _iberian, PORTUGUESE: _iberian}
