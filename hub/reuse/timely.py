"""Whether the answer to a question depends on the day on which it is asked."""

import re

from hub.reuse.lists import listed
from hub.reuse.present import NOW
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH

_WORDS = {
    ENGLISH: listed(
        """
        today today's tonight tonight's tomorrow tomorrow's yesterday yesterday's now currently current
        presently nowadays lately recently recent latest newest upcoming ago soon yet weather forecast deadline
        """
    ),
    GERMAN: listed(
        """
        heute heutige heutigen heutiger heutiges gestern gestrige gestrigen morgen übermorgen vorgestern jetzt
        derzeit momentan gerade aktuell aktuelle aktuellen aktueller aktuelles neueste neuesten neuester
        neuestes neulich kürzlich demnächst bald bisher wetter jüngste jüngsten
        """
    ),
    SPANISH: listed(
        """
        hoy ayer mañana ahora actualmente actual actuales último última últimos últimas reciente recientes
        recientemente pronto anoche anteayer todavía clima pronóstico
        """
    ),
    FRENCH: listed(
        """
        aujourd'hui hier demain maintenant actuellement actuel actuelle actuels actuelles dernier dernière
        derniers dernières récemment récent récente récents récentes bientôt encore météo
        """
    ),
    PORTUGUESE: listed(
        """
        hoje ontem amanhã agora atualmente actualmente atual atuais último última últimos últimas recente
        recentes recentemente logo ainda clima previsão
        """
    ),
}
_UNITS = (
    r"second|minute|hour|day|night|morning|afternoon|evening|week|weekend|month|quarter|year|season|summer|winter|spring"
    r"|autumn|fall|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|time"
)
_GERMAN_UNITS = (
    r"sekunden?|minuten?|stunden?|tage?n?|nacht|abend|woche(?:nende)?n?|monate?n?|quartal|jahre?[sn]?|mal|saison|sommer"
    r"|winter|frühling|herbst|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
)
_SPANISH_UNITS = (
    r"segundos?|minutos?|horas?|días?|noches?|tardes?|semanas?|mes(?:es)?|años?|lunes|martes|miércoles|jueves"
)
_SPANISH_UNITS += r"|viernes|sábado|domingo|fin de semana|vez|verano|invierno|primavera|otoño"
_FRENCH_UNITS = (
    r"secondes?|minutes?|heures?|jours?|nuits?|soirs?|matin|semaines?|mois|ans?|années?|lundi|mardi|mercredi"
)
_FRENCH_UNITS += r"|jeudi|vendredi|samedi|dimanche|week-end|fois|été|hiver|printemps|automne"
_PORTUGUESE_UNITS = r"segundos?|minutos?|horas?|dias?|noites?|tardes?|semanas?|m[êe]s(?:es)?|anos?|segunda|terça|quarta"
_PORTUGUESE_UNITS += r"|quinta|sexta|sábado|domingo|fim de semana|vez|verão|inverno|primavera|outono"

_RELATIVE = {
    ENGLISH: re.compile(
        rf"""
        \b(?:this|next|last|past|coming|previous|following|these|upcoming)\s+(?:\w+\s+){{0,2}}(?:{_UNITS})s?\b
        |\b(?:{_UNITS})s?\s+(?:from\s+now|ago|to\s+come)\b
        |\b(?:right\s+now|at\s+the\s+moment|so\s+far|as\s+of|these\s+days|up\s+to\s+date|still|open\s+now|by\s+now|at\s+present)\b
        |\bwhat(?:'s|\s+is)?\s+(?:the\s+)?(?:time|date|day)(?:\s+is)?(?:\s+it)?\s*(?:\?|$|\bin\b|\bis\b)
        |\bhow\s+(?:long|many\s+\w+)\s+(?:until|till|since|left(?=\s*(?:[?.!]|$)|\s+(?:in|for|on|of|at|to|until|till|before)))\b
        """,
        re.X,
    ),
    GERMAN: re.compile(
        rf"""
        \b(?:dies|nächst|letzt|kommend|vorig|vergangen|laufend)(?:e|er|es|en|em)\s+(?:\w+\s+)?(?:{_GERMAN_UNITS})\b
        |\bvor\s+\w+\s+(?:{_GERMAN_UNITS})\b|\bim\s+moment\b|\bzur\s+zeit\b|\bzurzeit\b|\bnoch\s+immer\b|\bimmer\s+noch\b
        |\bwie\s+(?:spät|viel\s+uhr)\b|\bwelche[rn]?\s+(?:tag|datum|wochentag)\b
        """,
        re.X,
    ),
    SPANISH: re.compile(
        rf"""
        \best[aeo]s?\s+(?:próxim[oa]\s+)?(?:{_SPANISH_UNITS})\b|\b(?:{_SPANISH_UNITS})\s+(?:que\s+viene|pasad[oa])\b
        |\bpróxim[oa]s?\b|\bhace\s+\w+\s+(?:{_SPANISH_UNITS})\b|\bqué\s+(?:hora|día|fecha)\b|\ben\s+este\s+momento\b
        """,
        re.X,
    ),
    FRENCH: re.compile(
        rf"""
        \b(?:ce|cet|cette|ces)\s+(?:{_FRENCH_UNITS})\b|\b(?:{_FRENCH_UNITS})\s+(?:proch|derni|pass)\w+\b|\bprochaine?s?\b
        |\bil\s+y\s+a\s+\w+\s+(?:{_FRENCH_UNITS})\b|\bquelle\s+(?:heure|date)\b|\bquel\s+jour\b|\ben\s+ce\s+moment\b
        """,
        re.X,
    ),
    PORTUGUESE: re.compile(
        rf"""
        \b(?:n?este|n?esta|n?estes|n?estas)\s+(?:{_PORTUGUESE_UNITS})\b|\b(?:{_PORTUGUESE_UNITS})\s+(?:que\s+vem|passad[oa])\b
        |\bpróxim[oa]s?\b|\bhá\s+\w+\s+(?:{_PORTUGUESE_UNITS})\b|\bque\s+(?:horas|dia|data)\b|\bno\s+momento\b
        """,
        re.X,
    ),
}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def is_timely(text: str, language: str) -> bool:
    """Whether a question is about how things stand now, or about a time told from now on: tomorrow, two days ago.

    Days and dates that are named as such (on Sundays, on 3 May 2026) are none.
    """
    text = " ".join(text.lower().replace("’", "'").split())
    if not _WORDS[language].isdisjoint(_WORD.findall(text)):
        return True
    return _RELATIVE[language].search(text) is not None or NOW[language].search(text) is not None
