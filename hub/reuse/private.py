"""Whether a question is about whoever asks it, or about somebody whom only they know."""

import re

from hub.reuse.lists import listed
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH

_OWN = {
    ENGLISH: listed(
        """
        my mine myself our ours ourselves i'm i've i'd i'll im ive he she him his her hers himself herself
        """
    ),
    GERMAN: listed(
        """
        mein meine meinen meinem meiner meines meins mir mich uns unser unsere unseren unserem unserer unseres
        ihm ihn
        """
    ),
    SPANISH: listed(
        """
        mi mis mí mío mía míos mías nuestro nuestra nuestros nuestras conmigo soy estoy tengo tenemos somos
        estamos pedí compré pagué perdí recibí olvidé hice yo él ella
        """
    ),
    FRENCH: listed(
        """
        mon ma mes moi mien mienne miens miennes notre nos j'ai j'avais j'étais j'habite j'utilise m'a m'ont
        m'appelle
        """
    ),
    PORTUGUESE: listed(
        """
        meu minha meus minhas mim comigo nosso nossa nossos nossas estou tenho sou temos estamos comprei paguei
        perdi recebi esqueci fiz ele ela
        """
    ),
}
_TELLERS = listed(
    """
    i we ich wir je nous eu nós yo nosotros
    """
)
_STATES = listed(
    """
    am was have had are were got get's lost bought ordered paid live lived work worked forgot received feel need's
    bin war habe hatte wurde wohne heiße haben hatten sind waren wurden arbeite suis ai n'ai vis travaille possède
    avons sommes étions ne tenho sou estou fiz comprei paguei perdi recebi esqueci temos somos estamos
    """
)
"""After "I" they tell of somebody; also before it, where a question is turned round: am I, habe ich."""
_OPENERS = listed(
    """
    , ; . : and but because as since so while although weil da und aber parce car mais et mas e y pero
    """
)
_ASKING = listed(
    """
    do does should must shall would could can will may might
    """
)
_TELLING = listed(
    """
    tell show give help teach let recommend suggest explain send remind ask direct point dime dígame diga dis dites
    """
)
_CODE = re.compile(
    r"""
    (?<![\w.+-])[\w.+-]+@[\w-]+\.\w+                           # an address
    |(?<!\w)@\w{2,}                                            # a handle
    |(?:nr|no|nº|n°|num|number|nummer|número|numéro|id|code|\#)[.:\s]*\#?\s?[a-z]{0,4}-?\d{3,}
    |(?<![a-z\d-])(?=[\d-]*[a-z])(?=(?:[a-z-]*\d){3})[a-z\d-]{7,}  # letters and digits in one, as of an order
    |\+\d[\d\s().-]{6,}\d                                       # a telephone
    |\b\d{3,5}[\s.-]\d{3,4}[\s.-]\d{3,}\b
    """,
    re.X,
)
_LONG_NUMBER = re.compile(r"\d[\d\s./-]{3,}\d")
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Herrn?|Frau|Señora?|Sr|Sra|Monsieur|Madame|Mme|Senhora?)\b\.?\s+[^\W\d_a-z]|"
    r"^(?:Hi|Hello|Dear|Hallo|Liebe[rs]?|Hola|Bonjour|Olá|Cher|Chère|Querid[oa])\s+[A-ZÀ-Þ][a-zà-ÿ]+\s*[,!]"
)
_GIVEN = listed(
    """
    james john robert michael david william richard joseph thomas charles christopher daniel matthew anthony donald
    steven andrew joshua kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric
    jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis
    jerry tyler aaron jose henry adam douglas nathan peter zachary kyle walter harold jeremy ethan carl keith roger
    gerald lawrence sean albert arthur mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa
    nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca
    laura sharon cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine
    christine rachel carolyn janet maria olivia heather diane julie joyce ruth virginia lauren kelly christina joan
    evelyn judith megan andrea hannah jacqueline martha gloria teresa ann sara madison jean kathryn alice julia
    sophie charlotte marie hans wolfgang klaus jürgen stefan andreas uwe markus matthias jan lukas felix jonas leon
    finn sabine petra monika ursula renate helga karin ingrid heike susanne claudia birgit katharina lena leonie mia
    juan carlos luis miguel pedro pablo jorge javier sergio fernando diego carmen lucía isabel pilar dolores josefa
    paula pierre michel philippe alain nicolas françois christophe nathalie isabelle sylvie catherine martine
    camille joão antónio paulo ana mariana beatriz inês sofia manuel rui tiago ahmed mohammed fatima ali priya raj
    amit
    """
)
_NAMED = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]+")
_ROUND = re.compile(r"0{3,}$")


def is_private(text: str, language: str) -> bool:
    """Whether a question is about somebody in particular: whoever asks, a person named, an account, an order.

    It errs on the side of yes: a question too many is asked anew.
    """
    lower = text.replace("’", "'").lower()
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", lower)
    if not _OWN[language].isdisjoint(words) or _us(text):
        return True
    if _CODE.search(lower) or _TITLE.search(text) or any(map(_is_account, _LONG_NUMBER.findall(text))):
        return True
    if any(name.lower() in _GIVEN for name in _NAMED.findall(text)):
        return True
    return _tells(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*|[,;.:]", lower))


def _tells(words: list[str]) -> bool:
    """Whether "I" and "me" are somebody. In "how can I" and "tell me" they are anybody."""
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if word in _TELLERS:
            if not before or before in _OPENERS or (before in _STATES and word in ("i", "ich", "je")):
                return True
            if after in _STATES and before not in _ASKING:
                return True
        elif word == "me" and before not in _TELLING:
            return True
    return False


def _us(text: str) -> bool:
    """Ourselves, not the United States."""
    return re.search(r"\b(?:us|uns)\b", text) is not None


def _is_account(number: str) -> bool:
    """Five digits or more that are no round amount, no date and no span of years."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 5 or _ROUND.search(digits):
        return False
    return not re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{4}\s?[-/]\s?\d{2,4}", number.strip())
