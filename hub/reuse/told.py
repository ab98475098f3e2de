"""Whether what a person wrote before bears on a question of theirs that is whole in itself.

What is known to have no bearing is listed, and all else has: questions that tell nothing of who asks, tasks, thanks,
and the property of a thing that the question does not name ("the colour of my kettle is red").
"""

import re
from functools import lru_cache

from hub.reuse.alone import ASKS
from hub.reuse.lists import listed
from hub.reuse.private import tells_of_asker
from hub.reuse.tongue import language_in, words_in

LONGEST = 1_000
"""Characters of an earlier message that is read; a longer one is taken to bear on everything."""

_ENDS = re.compile(r"(?<=[?!.…])\s+|\n+")
_THANKS = re.compile(
    r"(?:hi|hello|hey|hallo|hola|bonjour|olá|ok|okay|great|good|nice|cool|perfect|thanks|thank you|thx|many thanks"
    r"|danke|danke schön|vielen dank|super|prima|gracias|muchas gracias|genial|merci|merci beaucoup|parfait"
    r"|obrigad[oa]|muito obrigad[oa]|please|bitte|por favor|by the way|just so you know)?[\s,:!.…]*",
    re.I,
)
_TASKS = listed(
    """
    write suggest prove compare list name describe explain define translate convert calculate solve summarize derive
    compute sort count find show tell give recommend plan draft sketch
    schreib schreibe beweise vergleiche nenne beschreibe erkläre übersetze berechne löse erzähl erzähle zeige
    escribe sugiere demuestra compara enumera nombra describe explica traduce calcula resuelve cuenta dime
    écris propose prouve compare cite décris explique traduis calcule résous raconte dis
    escreve escreva sugere sugira prova prove compara compare cita cite descreve descreva explica explique traduz
    traduza calcula calcule resolve resolva conta conte
    """
)
_TONGUES = r"""
    english|german|spanish|french|portuguese|italian|englisch|deutsch|spanisch|französisch|portugiesisch|inglés|alemán
    |español|francés|portugués|anglais|allemand|espagnol|français|portugais|inglês|alemão|espanhol|francês|português
"""
_HOW_TO_ANSWER = re.compile(
    rf"""
    \b(?:from\s+now\s+on|from\s+here\s+on|ab\s+(?:jetzt|sofort)|von\s+nun\s+an|künftig|a\s+partir\s+de\s+(?:ahora
          |agora)|en\s+adelante
    |désormais|à\s+partir\s+de\s+maintenant|dorénavant|doravante|daqui\s+em\s+diante)\b
    |\b(?:answer|answers|reply|replies|respond|responses?|antworte\w*|antworten|responde\w*|respuestas?|réponds
          |répondez|répondre
    |réponses?|respond[ae]\w*|respostas?|be\s+(?:brief|short|concise|kind|polite)|keep\s+it|pretend|act\s+as
    |call\s+me)\b
    |\b(?:speak|talk|write|explain|sprich|schreib\w*|rede|habla\w*|escribe|parle\w*|écris|fala\w*
          |escrev\w*)\s+(?:\w+\s+){{0,3}}?
    (?:in\s+|auf\s+|en\s+|em\s+)?(?:{_TONGUES}|simpl\w+|plain|always|only|never|briefly|shortly|immer|nur|siempre
          |solo|sólo|toujours|seulement|sempre|só)\b
    |^\W*(?:\w+\s+)?(?:in|auf|en|em)\s+(?:{_TONGUES})\b
    """,
    re.I | re.X,
)
_MANNER = re.compile(
    r"""
    \b(?:everything|always|only|alles|immer|nur|todo|siempre|sólo|tout|toujours|seulement|tudo|sempre|só
    |(?:in|en|em)\s+(?:celsius|fahrenheit|euros?|dollars?|pounds|miles|metric|imperial|bullet\s+points?|rhymes?|verse|short
    |simple|one\s+(?:word|sentence|line)))\b
    """,
    re.I | re.X,
)
"""Of a task, what may be meant for all that follow."""
_AS_ONE = re.compile(
    r"\b(?:here|speaking|btw|hier|aquí|ici|aqui)\s*[,:;]"
    r"|(?:^|[.,;:!?]\s|\band\s)(?:as\s+an?|als|como|en\s+tant\s+que?|comme)\s+\w+\s*(?:[,?.!]|$)",
    re.I,
)
"""As a diabetic, …; vegan here, …"""
_PROPERTY = r"""
    colou?r|size|number|age|price|weight|length|width|height|brand|make|model|name|nickname|place|hint|material|year
    |farbe|größe|(?:serien)?nummer|alter|preis|gewicht|länge|breite|höhe|marke|modell|name|platz|tamaño|número|precio|peso
    |altura|nombre|lugar|modelo|marca|couleur|taille|numéro|prix|poids|hauteur|nom|place|modèle|marque|cor|tamanho|preço
    |nome
"""
_OF_A_THING = re.compile(
    rf"""
    \b(?:the|which|what|der|die|das|den|el|la|le|o|a|qual|cuál|quel(?:le)?)\s+(?:\w+\s+)?(?:{_PROPERTY})\s+
    (?:did\s+i\s+tell\s+you\s+)?(?:of|for|von|de|d[oa])\s+(?:my|meine[mr]|mi|mon|ma|meu|minha)\s+([^\W\d_]+)
    """,
    re.I | re.X,
)
_AS_SAID = re.compile(r"\b(?:i\s+looked\s+it\s+up|remind\s+me\s+of|tell\s+me|ich\s+habe\s+nachgesehen)\b", re.I)
_NO_THINGS = listed(
    """
    son daughter child children kid kids baby wife husband partner friend girlfriend boyfriend mother father mum
    mom dad parents brother sister family grandmother grandfather aunt uncle cousin dog cat pet boss doctor
    teacher landlord team class company employer school diet body skin hair heart blood stomach back knee leg foot
    hand head eye eyes ear teeth tooth health illness disease condition pain allergy medicine medication pills
    pressure pregnancy life job work salary income budget account visa passport country city town village home
    house flat street religion faith nationality language age weight height birth birthday childhood sohn sohnes
    tochter kind kindes kinder frau mann mannes mutter vater freund freundin hund katze ärztin arztes arzt haut
    gesundheit krankheit allergie land stadt wohnung haus arbeit gehalt chefin chef ernährung hijo hija niño niña
    esposa esposo mujer marido madre padre amigo amiga perro gato piel salud enfermedad alergia país ciudad casa
    trabajo sueldo dieta jefe médico fils fille enfant femme mari mère père ami amie chien chat peau santé maladie
    allergie pays ville maison travail salaire régime patron médecin filho filha criança esposa marido mãe pai
    amigo amiga cão cachorro gato pele saúde doença alergia país cidade casa trabalho salário dieta chefe
    """
)
"""What is one's own, but tells of oneself."""
_INDEFINITE = listed("a an two three ein eine zwei un una dos une deux um uma dois duas")
_ASKS_CLEARLY = frozenset[str]().union(*ASKS.values()) - listed(
    "a à de en con para por em com o dans must have has may"
)
_BEFORE_ASKS = listed("and but so or und aber y pero et mais e mas also")
_LEAST_STEM = 4
_FEW = 4
"""Words ("And in winter?") that need be in no language that is known here."""


def bears_on(told: str, asked: str) -> bool:
    """Whether the earlier message `told` can change the answer to the question `asked`."""
    things = _things_of(told)
    if things is None:
        return True
    words = words_in(asked) if things else []
    return any(word.startswith(_stem(thing)) for thing in things for word in words)


@lru_cache(maxsize=1_024)
def _things_of(told: str) -> frozenset[str] | None:
    """The things whose properties it tells; None where it tells of a person, of how to answer, or of nothing known."""
    text = told.replace("’", "'").strip()
    if len(text) > LONGEST or _HOW_TO_ANSWER.search(text) or _AS_ONE.search(text):
        return None
    language = language_in(text)
    if not language and len(words_in(text)) > _FEW:
        return None
    things: set[str] = set()
    asks = "?" in text
    for sentence in (" ".join(each.split()) for each in _ENDS.split(text)):
        of_things = {thing.lower() for thing in _OF_A_THING.findall(sentence)}
        if not _NO_THINGS.isdisjoint(of_things):
            return None
        bare = _OF_A_THING.sub(" ", _AS_SAID.sub(" ", sentence)) if of_things else sentence
        if tells_of_asker(bare, language):
            return None
        if not (of_things or _has_no_bearing(sentence, asks=asks)):
            return None
        things |= of_things
    return frozenset(things)


def _has_no_bearing(sentence: str, *, asks: bool) -> bool:
    """A question, a task or thanks; a statement on anything ("a train leaves") where a question follows."""
    if sentence.endswith("?") or _THANKS.fullmatch(sentence):
        return True
    words = [word for word in words_in(sentence) if word not in _GREETINGS]
    while words and words[0] in _BEFORE_ASKS:
        words.pop(0)
    first = words[0] if words else ""
    if first in _ASKS_CLEARLY:
        return words[1:2] != ["not"]
    return (first in _TASKS and not _MANNER.search(sentence)) or (asks and first in _INDEFINITE)


_GREETINGS = listed("hi hello hey hallo hola bonjour olá please bitte quick question")


def _stem(word: str) -> str:
    return word[: max(_LEAST_STEM, len(word) - 2)]
