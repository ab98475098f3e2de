"""Whether a question in the middle of a conversation can be understood without what was said before it.

The rules are clear rather than clever: a whole question that names what it is about, at least three words of content,
and none that points elsewhere: no pronoun, no definite article, no "more", "other" or "also".
"""

from hub.reuse.lists import listed
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SMALL, SPANISH, words_in

LEAST_CONTENT = 3
"""Words that are not small."""

ASKS = {
    ENGLISH: listed(
        """
        what what's which who who's whose where where's when why how how's is are was were do does did can could
        should would will shall must may has have
        """
    ),
    GERMAN: listed(
        """
        wie was wer wen wem wo wann warum wieso weshalb welche welcher welches welchen wohin woher kann können
        könnte muss müssen soll sollte darf dürfen ist sind gibt hat haben
        """
    ),
    SPANISH: listed(
        """
        qué quién quiénes cuál cuáles cómo cuándo dónde cuánto cuánta cuántos cuántas puede puedo pueden es son
        hay debo por a de en con para
        """
    ),
    FRENCH: listed(
        """
        que qui quoi quel quelle quels quelles comment quand où pourquoi combien est-ce est sont peut peux puis
        peuvent faut dois qu à de en dans
        """
    ),
    PORTUGUESE: listed(
        """
        que quê quem qual quais como quando onde quanto quanta quantos quantas pode posso podem é são há tem
        devo por a de em com para o
        """
    ),
}
"""What a whole question begins with."""
_POINTS = {
    ENGLISH: listed(
        """
        the this that these those it its it's they them their there here then he she him her his so such same
        other others another else instead again also too more less above below previous next former latter first
        second one ones both either neither each all that's there's still yet even rather otherwise thing things
        you we my our
        """
    ),
    GERMAN: listed(
        """
        der die das den dem des es sie er ihm ihn ihnen ihr dies diese dieser dieses diesen diesem jene da dort
        hier dann damit davon dazu dafür dabei daran darauf darin darum dadurch auch noch sonst stattdessen
        wieder andere anderen anderer anderes gleiche mehr weniger beide so solche solcher nächste vorige zuerst
        eins ding dinge du wir mein meine meinen meinem meiner meines unser unsere unseren unserem unserer
        """
    ),
    SPANISH: listed(
        """
        el la los las lo le les esto eso ese esa esos esas este esta estos estas aquello ello él ella ellos
        ellas ahí allí aquí entonces también otro otra otros otras mismo misma más menos así ambos anterior
        siguiente además tú del al mi mis nuestro nuestra nuestros nuestras
        """
    ),
    FRENCH: listed(
        """
        le la les l ce cet cette ces cela ça celui celle ceux celles il elle ils elles lui leur y en là ici
        alors aussi autre autres même plus moins encore ainsi précédent suivant tu nous du des au aux mon ma mes
        notre nos
        """
    ),
    PORTUGUESE: listed(
        """
        o a os as isto isso aquilo este esta estes estas esse essa esses essas ele ela eles elas lhe aí ali lá
        aqui então também outro outra outros outras mesmo mesma mais menos assim ambos anterior seguinte tu do
        da dos das no na nos nas ao à meu minha meus minhas nosso nossa nossos nossas
        """
    ),
}
"""What points to something that was said, or may."""


def stands_alone(text: str, language: str) -> bool:
    """Whether the question needs nothing that was said before it."""
    words = words_in(text)
    if not words or words[0] not in ASKS[language]:
        return False
    points, small = _POINTS[language], SMALL[language]
    if any(word in points for word in words[1:]):
        return False
    return sum(word not in small for word in words) >= LEAST_CONTENT
