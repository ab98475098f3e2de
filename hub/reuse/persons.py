"""Whether a question is about a person who is named, or is one of the family."""

import re

from hub.reuse.lists import listed
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH

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
_ALSO_WORDS = listed(
    """
    jack frank jean virginia julia andrea diego jose carol donna camille pilar lena mia ali ana ann gloria jan raj rui
    joan dolores sofia charlotte felix petra leon scott carmen adam kelly tyler heather joyce ruth dennis gary harold
    keith marie alice madison austin henry
    """
)
"""Given names that are words or places, too: in small letters they are no person."""
_ONLY_NAMES = _GIVEN - _ALSO_WORDS
_NAMED = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]+")
_WORD = re.compile(r"[^\W\d_]+")
_NAME = r"[^\W\d_][\w'-]+(?:\s+[^\W\d_][\w'-]+)?"
_NO_ARTICLE = (
    r"(?!(?:the|an?|one|it|this|that|these|those|most|all|people|you|there|der|die|das|ein|eine|man|es|el|la|los|las"
    r"|un|una|le|les|une|on|des|o|os|as|um|uma|se|is|does|do)\b|l')"
)
_WHERE = {
    ENGLISH: re.compile(
        rf"""
        \bwhere\s+(?:does|did)\s+{_NO_ARTICLE}{_NAME}\s+(?:live|work|stay|sit|park|reside)\b
        |(?:^|[,;:.!?]|\bwhen|\bwhy)\W{{0,2}}(?:is|was)\s+{_NO_ARTICLE}{_NAME}\s+(?:
            (?:at|in)\s+(?:the\s+|a\s+)?(?:office|home|work|house|hospital|town|school|meeting|building|lab)
            |on\s+(?:holiday|vacation|leave|duty|call)|there|here|back|sick|ill|away|out|in|around|available|married
            |pregnant)
            \s*(?:[?.!]|$)
        |\b(?:has|did)\s+{_NO_ARTICLE}{_NAME}\s+(?:paid|called|replied|answered|arrived|signed|sent|said|call|pay
          |reply
          |answer|sign|send|say|ask|agree|confirm|confirmed|booked|ordered)\b
        |\b(?:does|will)\s+{_NO_ARTICLE}{_NAME}\s+(?:arrive|earn|call|reply|sign|return)\b
        |\bdoes\s+{_NO_ARTICLE}{_NAME}\s+(?:live|work)\s+(?:here|there|with|for|at)\b
        """,
        re.X,
    ),
    GERMAN: re.compile(
        rf"""
        \bwo\s+(?:wohnt|wohnte|lebt|arbeitet|sitzt|parkt)\s+{_NO_ARTICLE}{_NAME}\s*(?:[?.!]|$)
        |^\W*(?:hat|ist)\s+{_NO_ARTICLE}{_NAME}\s+(?:schon\s+)?(?:angerufen|bezahlt|geantwortet|unterschrieben
          |angekommen)\b
        |\bwann\s+kommt\s+{_NO_ARTICLE}{_NAME}\s*(?:[?.!]|$)
        |^\W*ist\s+{_NO_ARTICLE}{_NAME}\s+(?:im\s+(?:büro|haus|urlaub|meeting|homeoffice)|zu\s+hause|daheim|da|krank
          |hier)\b
        """,
        re.X,
    ),
    SPANISH: re.compile(
        rf"""
        \bdónde\s+(?:vive|vivía|trabaja|está)\s+{_NO_ARTICLE}{_NAME}\s*(?:[?.!]|$)
        |^\W*está\s+{_NO_ARTICLE}{_NAME}\s+(?:en\s+(?:la\s+oficina|casa|el\s+trabajo|una\s+reunión)|aquí
          |de\s+vacaciones)\b
        """,
        re.X,
    ),
    FRENCH: re.compile(
        rf"""
        \boù\s+(?:habite|habitait|vit|travaille|est)\s+{_NO_ARTICLE}{_NAME}\s*(?:[?.!]|$)
        |\b{_NO_ARTICLE}{_NAME}\s+est(?:-(?:il|elle))?\s+(?:au\s+(?:bureau|travail)|à\s+la\s+maison|en\s+(?:congé
          |vacances|réunion))\b
        """,
        re.X,
    ),
    PORTUGUESE: re.compile(
        rf"""
        \bonde\s+(?:mora|vive|morava|trabalha|está)\s+(?:[oa]\s+)?{_NO_ARTICLE}{_NAME}\s*(?:[?.!]|$)
        |\b{_NO_ARTICLE}{_NAME}\s+está\s+(?:no\s+(?:escritório|trabalho)|em\s+casa|na\s+reunião|de\s+férias)\b
        """,
        re.X,
    ),
}
"""What is asked of people whose name no list has. A place or a product neither lives nor sits in the office."""
_HIS = re.compile(
    r"[A-ZÀ-ÞĀ-Ž][\w-]+['’]s\s+(?:(?:phone|mobile|telephone|home|e-?mail|work|bank)\s+)?"
    r"(?:number|address|birthday|salary|e-?mail|mobile|account|appointment|contract|husband|wife|diagnosis)\b"
    r"|\b(?:[Aa]ddress|[Bb]irthday|[Ss]alary|(?:[Pp]hone\s+)?[Nn]umber|[Aa]dresse|(?:Telefon)?[Nn]ummer|Gehalt"
    r"|Geburtstag|[Dd]irección|[Tt]eléfono|[Cc]umpleaños|[Ss]ueldo|[Aa]nniversaire|[Ss]alaire"
    r"|[Ee]ndereço|[Tt]elefone|[Aa]niversário)"
    r"\s+(?:of|von|del?|d[oa])\s+[A-ZÀ-ÞĀ-Ž][\w-]+\s+[A-ZÀ-ÞĀ-Ž]"
)
_KIN = {
    ENGLISH: re.compile(
        r"(?<!a )(?<!an )(?<!the )(?<!every )(?<!single )(?<!of )(?<!good )(?<!home )(?<!new )"
        r"\b(?:mum|mom|mommy|mummy|dad|daddy|grandma|grandpa|granny)(?:'s)?\b(?!\s+(?:and|or)\b)"
        r"|\bthe\s+(?:wife|missus|husband|girlfriend|boyfriend|in-laws|babysitter|nanny)\b"
    ),
    GERMAN: re.compile(r"\b(?:mama|mami|mutti|papa|papi|vati|oma|opa)s?\b"),
    SPANISH: re.compile(r"\b(?:mamá|papá|abuelita|abuelito)\b"),
    FRENCH: re.compile(r"\b(?:maman|papa|mamie|papy|tonton)\b"),
    PORTUGUESE: re.compile(r"\b(?:mamãe|mamã|papai|papá|vovó|vovô)\b"),
}


def names_person(text: str, lower: str, language: str) -> bool:
    """Whether a person is named: by title, by a common given name, by what is asked, or as one of the family.

    `lower` is the text in lower case, with straight apostrophes.
    """
    if _TITLE.search(text) or _HIS.search(text):
        return True
    if any(name.lower() in _GIVEN for name in _NAMED.findall(text)):
        return True
    if not _ONLY_NAMES.isdisjoint(_WORD.findall(lower)):
        return True
    return _WHERE[language].search(lower) is not None or _KIN[language].search(lower) is not None
