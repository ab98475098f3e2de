"""Which language a question is in, of those whose small words are known here."""

import re
from collections.abc import Sequence
from functools import lru_cache

from hub.reuse.lists import listed

ENGLISH, GERMAN, SPANISH, FRENCH, PORTUGUESE = "en", "de", "es", "fr", "pt"

SMALL = {
    ENGLISH: listed(
        """
        a an the this that these those is are was were be been being am do does did doing done have has had
        having can could will would shall should may might must of to in on at by for from with about as into
        and or so if then than what which who whom whose when where why how it its there here i you we they he
        she me my your our their him her them us not no any some all more most much many very too also just only
        between during before after without there's what's how's who's where's it's don't doesn't didn't can't
        isn't aren't won't i'm get
        """
    ),
    GERMAN: listed(
        """
        der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren sein wird
        werden wurde hat haben hatte kann können könnte muss müssen soll sollte darf dürfen will wollen ich du
        er sie es wir ihr man mich mir dich dir sich uns euch mein meine dein deine seine ihre nicht kein keine
        keinen auf aus bei bis durch für gegen in im ins mit nach ohne über um unter vom von vor zu zum zur
        zwischen wie was wer wen wem wo wann warum wieso weshalb welche welcher welches welchen wohin woher
        wieviel viel viele als auch noch nur sehr dass wenn ob gibt am an beim dieser diese dieses hier dort
        lange oft
        """
    ),
    SPANISH: listed(
        """
        el la los las un una unos unas lo al del de en a con por para sin sobre entre hasta desde y e o u pero
        que qué quién quiénes cuál cuáles cómo cuándo dónde cuánto cuánta cuántos cuántas es son era fue ser
        está están estar hay ha han he haber puede puedo pueden podría debe debo deben tiene tengo tienen se me
        te le les nos mi mis tu tus su sus este esta estos estas ese esa esto eso no ni muy más menos también si
        sí yo usted ustedes como porque
        """
    ),
    FRENCH: listed(
        """
        le la les un une des du de d au aux en dans sur sous par pour avec sans entre vers chez et ou mais que
        qu qui quoi quel quelle quels quelles comment quand où pourquoi combien est sont était être a ont avoir
        avez peut peux puis peuvent dois doit faut il elle on ils elles je j tu nous vous se s me m te ce c cet
        cette ces mon ma mes ton ta tes son sa ses notre votre leur ne n pas plus très aussi si y l est-ce
        """
    ),
    PORTUGUESE: listed(
        """
        o a os as um uma uns umas de do da dos das em no na nos nas ao à aos às com por para pelo pela sem sobre
        entre até desde e ou mas que quê quem qual quais como quando onde quanto quanta quantos quantas é são
        era foi ser está estão estar há tem têm tenho ter pode posso podem devo deve devem se me te lhe meu
        minha seu sua este esta estes estas esse essa isto isso não nem muito mais menos também eu você vocês
        porque
        """
    ),
}
"""By language: words that nearly every question in it has some of."""
LEAST_LEAD = 1
"""A language must have so many more of its small words than the next one."""

_OPENS_ENGLISH = listed(
    """
    do does did is are will can has have should would could
    """
)
"""At the beginning of a question they count twice: other languages have some of these words, but not there."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?:'[^\W\d_]+)?")
_ELIDED = re.compile(r"\b([ldjnmstcq]|qu)'(?=\w)", re.I)


def words_in(text: str) -> list[str]:
    """The words of a text in lower case; what French elides is a word of its own."""
    return _WORD.findall(text.replace("’", "'").lower())


def language_in(text: str) -> str:
    """The language of a question; empty where it is none of those here, or not sure."""
    return _language(tuple(words_in(text)))


@lru_cache(maxsize=4_096)
def _language(words: Sequence[str]) -> str:
    parts = [part for word in words for part in _parts(word)]
    opens = {ENGLISH: bool(words) and words[0] in _OPENS_ENGLISH}
    counts = sorted(
        (
            (sum(part in small for part in parts) + opens.get(language, False), language)
            for language, small in SMALL.items()
        ),
        reverse=True,
    )
    (most, language), (next_most, _) = counts[0], counts[1]
    return language if most >= next_most + LEAST_LEAD else ""


def _parts(word: str) -> tuple[str, ...]:
    if word in SMALL[ENGLISH] or not _ELIDED.match(word):
        return (word,)
    head, _, tail = word.partition("'")
    return (head, tail)
