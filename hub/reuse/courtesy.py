"""A question without a greeting before it and thanks after it: they do not change what is asked."""

import re
from functools import lru_cache

from hub.reuse.alone import ASKS
from hub.reuse.tongue import words_in

_GREETINGS = r"""
    hi(?:\s+(?:there|all|everyone))? | hello(?:\s+there)? | hey(?:\s+there)? | good\s+(?:morning|afternoon|evening|day)
    | (?:just\s+)?a?\s?quick\s+question | please | excuse\s+me
    | hallo | guten\s+(?:tag|morgen|abend) | moin | servus | grüezi | (?:eine\s+)?kurze\s+frage | bitte
    | hola | buen[oa]s\s+(?:días|tardes|noches) | una\s+pregunta(?:\s+rápida)? | por\s+favor
    | bonjour | bonsoir | salut | (?:une\s+)?petite\s+question | s['’]il\s+(?:vous|te)\s+pla[iî]t
    | olá | oi | bom\s+dia | boa\s+(?:tarde|noite) | uma\s+pergunta(?:\s+rápida)?
"""
_THANKS = r"""
    (?:many\s+)?thanks(?:\s+(?:a\s+lot|so\s+much|in\s+advance))?
    | thank\s+you(?:\s+(?:very\s+much|so\s+much|in\s+advance))?
    | please | thx | cheers
    | danke(?:\s+(?:schön|sehr|im\s+voraus))? | vielen\s+dank(?:\s+im\s+voraus)? | bitte
    | (?:muchas\s+)?gracias(?:\s+de\s+antemano)? | por\s+favor
    | merci(?:\s+(?:beaucoup|d['’]avance))? | s['’]il\s+(?:vous|te)\s+pla[iî]t
    | (?:muito\s+)?obrigad[oa]
"""
_BEFORE = re.compile(rf"^(?:(?:{_GREETINGS})(?:\s*[,!.:;–—]+\s*|\s*\n\s*|\s+-+\s+))+(?=\S)", re.I | re.X)
"""What marks off a greeting must be there: "Hello world in Go" begins with none. Nor does "Good morning, Vietnam": what
comes then is a question."""
_ASKS = frozenset[str]().union(*ASKS.values())
_AFTER = re.compile(rf"(?<=[?!.…\n])[^\S\n]*(?:{_THANKS})$", re.I | re.X)
"""After a whole sentence only: "the Spanish word for thanks" ends with no thanks."""
_BEGINS = re.compile(r"^[\s¿¡\"'“”„«»‘’]+")
_ENDS = re.compile(r"(?<![\s?!.…。？！\"'“”„«»‘’])[\s?!.…。？！\"'“”„«»‘’]+$")
_OF_WORDS = re.compile(
    r"""
    \b(?:say|says|said|saying|words?|mean(?:s|ing|ings)?|meant|translat\w*|spell\w*|pronounc\w*|phrases?|languages?
    |greet\w*|polite\w*|synonyms?|rhymes?|letters?|sentences?|text|write|written|sing|song|line|lyrics|reply|answer
    |wort|wörter|worte|sagt|sagen|sage|heißt|heisst|bedeut\w*|übersetz\w*|schreib\w*|sprach\w*|spricht|satz|antwort\w*
    |palabras?|dice|dicen|decir|digo|signific\w*|traduc\w*|escrib\w*|idiomas?|frases?|pronunci\w*|respond\w*
    |mots?|dit|dire|dis|veut|tradui\w*|écri\w*|langues?|phrases?|répond\w*
    |palavras?|diz|dizer|digo|traduz\w*|escrev\w*|línguas?|quer)\b
    """,
    re.I | re.X,
)
"""Where a question is about words, the greeting may be what it is about."""
_LEAST_WORDS = 3


@lru_cache(maxsize=1_024)
def without_courtesy(text: str) -> str:
    """The question alone; the text as it is where nothing can surely go. The same again when it is done twice."""
    if _OF_WORDS.search(text):
        return text
    while (shorter := _shorter(text)) != text:
        text = shorter
    return text


def _shorter(text: str) -> str:
    opened = _ENDS.sub("", _BEGINS.sub("", text))
    asked = _BEFORE.sub("", opened)
    asked = asked if _ASKS.intersection(words_in(asked)[:1]) else opened
    for rest in (_AFTER.sub("", asked), asked):
        if rest != opened and len(rest.split()) >= _LEAST_WORDS:
            return rest.rstrip()
    return text
