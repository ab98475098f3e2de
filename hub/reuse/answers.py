"""Whether an answer is one to give again."""

import re

LONGEST = 20_000
"""Characters."""
_LOOKED_AT = 240
"""Characters at the beginning: an apology comes first."""

_APOLOGY = re.compile(
    r"""
    \b(?:i['’]?m|i\s+am|we['’]?re|we\s+are)\s+(?:\w+\s+)?(?:sorry|afraid|unable|not\s+able)\b|\bapologi[sz]e
    |^(?:unfortunately|sorry|my\s+apologies)\b
    |\bi\s+(?:can(?:no|['’])t|could\s?n['’]t|am\s+not\s+able|do\s?n['’]t|do\s+not)\s+(?:know|help|assist|answer|provide|have
      \s+(?:access|enough|any\s+information|information)|find|say)\b
    |\bas\s+an?\s+(?:ai|language\s+model|large\s+language)\b
    |\b(?:es\s+tut\s+mir\s+leid|tut\s+mir\s+leid|leider|entschuldigung|ich\s+wei(?:ß|ss)\s+(?:es\s+)?nicht|ich\s+kann\s+(?:\w+\s+){0,3}nicht)\b
    |\b(?:lo\s+siento|lamentablemente|desafortunadamente|no\s+(?:puedo|sé|tengo\s+(?:acceso|información)))\b
    |\b(?:je\s+suis\s+désolée?|désolée?|malheureusement|je\s+ne\s+(?:peux|sais|dispose)|je\s+n['’]ai\s+pas)\b
    |\b(?:desculpe|sinto\s+muito|infelizmente|lamento|não\s+(?:posso|sei|consigo|tenho\s+(?:acesso|informa)))
    """,
    re.I | re.X,
)


def may_be_kept(text: str) -> bool:
    """Not an empty answer, one without end, or one that begins with an apology: the next try may be better."""
    return 0 < len(text.strip()) <= LONGEST and not _APOLOGY.search(text.strip()[:_LOOKED_AT])
