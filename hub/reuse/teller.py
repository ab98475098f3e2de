"""Whether "I" and "we" in a question are whoever asks it. In "how can I clean a wheel" they are anybody."""

import re

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
    can could should shall must may might
    kann könnte sollte soll muss darf könnten können sollten sollen müssen dürfen
    puis peux dois devrais pourrais pouvons devons pourrions puisse
    puedo podría debo debería podemos debemos posso poderia devo deveria podemos devemos
    """
)
_PLAIN = listed("how why wie warum wieso comment pourquoi cómo como")
"""Before "do I" they ask for a way, or for a cause, whatever the verb."""
_AMOUNTS = listed("much many often long old far tall viel viele oft lange alt")
_STATIVE = listed(
    """
    owe have live like own weigh pay spend earn get need use want look feel belong work sit stand know
    become charge receive win
    """
)
"""With "do I" they ask what only one's own papers tell, unless it is asked how."""
_DUES = listed("owe owed pay paid attend belong schulden zahlen bezahlen abholen payer deber pagar dever rembourser")
"""And these with "can I" or "should I", and "have to", where an amount or a day is asked for."""
_ASKS_OF_PAPERS = listed("much many when what wann viel combien quand cuánto cuándo quanto quando")
_TO = listed("to really actually still even also need have get want ever")
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
        \b(?:debo|debemos)\s*(?:[?.!,]|$|\w+\s*[?.!]?$(?<![aei]r)(?<![aei]r\?))
        |\bcuánt[oa]s?\s+(?:\w+\s+){0,2}(?:debo|gano|pago|cobro|ahorro|gasto|peso|mido|necesito|debemos|pagamos|ganamos)\b
        |\bcuándo\s+(?:cobro|cobramos|pago|pagamos|vuelvo|salgo)\b|\bd?[óo]nde\s+(?:vivo|trabajo|nací|vivimos|aparqué|dejé)\b
        |\bme\s+(?:llamo|quedan?|tocan?|deben?|faltan?|corresponden?|pagan|llega|llegó|cobran|cobraron|han|ha|dieron)\b
        |\bnos\s+(?:quedan?|tocan?|deben?|pagan|vemos|corresponden?)\b
        |\b(?:quién|cómo|dónde)\s+(?:soy|estoy)\b|\b(?:vivo|nací|quedé|pedimos|compramos|pagamos|dije|decidimos)\b
        """,
        re.X,
    ),
    PORTUGUESE: re.compile(
        r"""
        \b(?:devo|devemos)\s*(?:[?.!,]|$)
        |\bquant[oa]s?\s+(?:\w+\s+){0,2}(?:devo|ganho|pago|recebo|gasto|peso|preciso|devemos|pagamos|ganhamos)\b
        |\bquando\s+(?:recebo|recebemos|pago|pagamos|saio|volto)\b|\bonde\s+(?:moro|vivo|trabalho|nasci|moramos|vivemos)\b
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
    for at, word in enumerate(words):
        if word in _TELLERS and _is_somebody(words, at, language, stative=stative):
            return True
        if word == "us" and words[at - 1 : at] == ["let"]:
            return True
    return False


def _is_somebody(words: list[str], at: int, language: str, *, stative: bool) -> bool:
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if not before or before in _OPENERS or not after:
        return not (language == ENGLISH and before == "so" and at == 1)
    if before in _WHENS and not (language == FRENCH and before == "que"):
        return after in _STATES if language == ENGLISH else stative
    rest = words[at + 1 : at + 5]
    return _OF_LANGUAGE[language](words[:at], before, after, rest)


def _english(ahead: list[str], before: str, after: str, rest: list[str]) -> bool:
    if before in _MODALS:
        return after in _DUES and not _ASKS_OF_PAPERS.isdisjoint(ahead) or rest[:3] == ["have", "the", "same"]
    if before in ("do", "does"):
        return _with_do(ahead[:-1], rest)
    if before in ("would", "will"):
        return not (ahead[-2:-1] and ahead[-2] in _PLAIN)
    if before in _STATES or before in ("did", "has", "will"):
        return True
    return after in _STATES or after not in _MODALS and before not in _PLAIN and before != "what"


def _with_do(ahead: list[str], rest: list[str]) -> bool:
    """Of "how much do I owe", what stands before and after "do I"."""
    verb = next((word for word in rest if word not in _TO), "")
    if not ahead:
        obliged = rest[0] in ("need", "have") and len(rest) > 1
        return not obliged or rest[0] == "have" and rest[1] != "to" or verb in _DUES | _STATIVE
    if ahead[-1] in _PLAIN:
        return rest[0] in ("owe", "look") or rest[:2] == ["get", "paid"] and ahead[-1] != "how"
    if not _AMOUNTS.isdisjoint(ahead) or ahead[-1] in ("when", "where", "who", "which"):
        return rest[0] in _STATIVE and (verb in _STATIVE | _DUES or not verb or rest[1:2] != ["to"]) or verb in _DUES
    return rest[0] in ("owe", "have", "like", "own", "earn") and rest[1:2] != ["to"] or verb in _DUES or len(rest) < 2


def _german(ahead: list[str], before: str, after: str, rest: list[str]) -> bool:
    if before in _MODALS:
        return not _ASKS_OF_PAPERS.isdisjoint(ahead) and not _DUES.isdisjoint(rest) or rest[:2] == ["zum", "arzt"]
    if before in _GERMAN_STATIVE or before in _STATES or after in _STATES:
        return True
    return len(ahead) < 2  # bekomme ich …?


def _french(ahead: list[str], before: str, after: str, rest: list[str]) -> bool:
    if before in _MODALS:  # dois-je
        return not any(word.endswith(("er", "ir", "re", "oir")) for word in rest) or (
            not _ASKS_OF_PAPERS.isdisjoint(ahead) and not _DUES.isdisjoint(rest)
        )
    if after in _MODALS:
        return _english_like_modal(ahead, rest)
    if before in _FRENCH_STATIVE or after in _FRENCH_STATIVE or after in _STATES or before in _STATES:
        return True
    return _PLAIN.isdisjoint(ahead) and not {"où", "que", "quel", "quelle"} & set(ahead) or "combien" in ahead


def _english_like_modal(ahead: list[str], rest: list[str]) -> bool:
    """Of "combien je dois payer"."""
    infinitive = any(word.endswith(("er", "ir", "re", "oir")) for word in rest[1:])
    return not infinitive or (not _ASKS_OF_PAPERS.isdisjoint(ahead) and not _DUES.isdisjoint(rest))


def _iberian(ahead: list[str], before: str, after: str, rest: list[str]) -> bool:
    if before in _MODALS or after in _MODALS:
        return not _ASKS_OF_PAPERS.isdisjoint(ahead) and not _DUES.isdisjoint(rest)
    return before in _STATES or after in _STATES or _PLAIN.isdisjoint(ahead)


_OF_LANGUAGE = {
    ENGLISH: _english,
    GERMAN: _german,
    FRENCH: _french,
    SPANISH: _iberian,
    PORTUGUESE: _iberian,
}
