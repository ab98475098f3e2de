"""Whether an answer is weak, by rules: none, a refusal, a confession not to know, or one that breaks off.

An answer that ended at its length limit is none of these: the other model has the same limit.
"""

import re

_SHORT = 400
"""Characters above which an answer has said more than that it does not know."""
_OPENING = 160
"""Characters within which it is said."""

_UNKNOWING = re.compile(
    r"\bI(?: do not|'m not|’m not| am not| don't| don’t| cannot| can't| can’t| could not| couldn't)"
    r"(?: really| currently| actually)? (?:know|sure|certain|have (?:enough |any |that |this |the )?information|"
    r"have (?:access|data|details)|answer|find|say|tell|determine)"
    r"|\b(?:no idea|beyond my knowledge|not (?:enough|sufficient) information)\b"
    r"|\bich (?:weiß (?:es |das )?(?:leider )?nicht|bin (?:mir )?nicht sicher"
    r"|habe (?:dazu |darüber )?keine informationen"
    r"|kann (?:das|dazu|diese frage|darauf)\b.{0,40}\bnicht)"
    r"|\bno (?:lo )?sé\b|\bno (?:estoy segur|tengo (?:información|datos)|puedo responder)"
    r"|\bje ne (?:sais pas|suis pas sûre?|peux pas répondre|dispose pas)|\bje n['’]ai pas (?:d['’]information|accès)"
    r"|\bnão sei\b|\bnão (?:tenho (?:certeza|informaç)|posso responder)"
    r"|\bя не (?:знаю|уверен)|我不(?:知道|确定|清楚)|わかりません|分かりません",
    re.I,
)
_REFUSING = re.compile(
    r"\bI(?:'m| am|’m) (?:sorry|afraid|unable)\b.{0,40}\b(?:can(?:no|')t|can’t|unable|not able|won't)"
    r"|\bI (?:can(?:no|')t|can’t|am unable to|am not able to|won't) (?:help(?! but)|assist|do|provide|comply|fulfil)"
    r"|\bas an? (?:AI|language model)\b"
    r"|\bich kann (?:dir|ihnen) (?:dabei|damit|hier)\b.{0,20}\bnicht|\bals (?:KI|sprachmodell)\b"
    r"|\bno puedo (?:ayudar|asistir)|\bje ne peux pas (?:vous |t['’])?aider|\bnão posso (?:ajudar|te ajudar)",
    re.I,
)


def weakness(text: str, finish: str) -> str:
    """What is weak about an answer, as the end of a sentence that begins with it; empty: nothing.

    `finish` is how the model ended: stop, length, filter.
    """
    said = text.strip()
    if finish == "filter":
        return "was cut by the model's provider"
    if not said:
        return "was empty"
    if finish != "stop":
        return ""
    opening = said[:_OPENING]
    if len(said) <= _SHORT and _REFUSING.search(opening):
        return "declined"
    if len(said) <= _SHORT and _UNKNOWING.search(opening):
        return "said that it does not know"
    if said.count("```") % 2:
        return "broke off"
    last = said[-1]
    broken = len(said) > _OPENING and last.isalpha() and last.isascii() and said.rsplit(None, 1)[-1].casefold() in _OPEN
    return "broke off" if broken or last in ",(" else ""


_OPEN = frozenset(
    ("the", "and", "or", "of", "with", "for", "are", "der", "die", "das", "und", "oder", "mit", "que", "de", "et")
)
"""No sentence ends with these."""
