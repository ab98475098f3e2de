"""English questions about frequent relations: causes, needs, purposes, effects, parts, makers, manners of doing."""

import re

from hub.reuse.grammar.en_order import AUXILIARY as _AUXILIARY
from hub.reuse.grammar.en_order import BEING as _BEING
from hub.reuse.grammar.en_order import SUBJECT as _SUBJECT
from hub.reuse.grammar.grammar import Turn, turns

_ONE = "(?:i|you|we|one|people|someone|a person)"
_X = r"(?:an? |the )?(?!(?:it|this|that|there)\b)[\w']+(?: (?!(?:and|or|if|when|because|that|which|who)\b)[\w']+){0,4}?"
_MANNER = {
    "fastest": "fast", "quickest": "fast", "fast": "fast", "quick": "fast", "easiest": "easily", "simplest": "easily",
    "easy": "easily", "simple": "easily", "safest": "safely", "safe": "safely", "cheapest": "cheaply",
}  # fmt: skip
"""A way of this kind is how it is done in this manner."""
_MANNERS = "|".join(_MANNER)
_ADVERBS = "quickly|rapidly|easily|safely|cheaply|naturally|permanently|legally"
_DOING = (
    "run|walk|talk|speak|type|read|swim|drive|ride|fly|write|eat|drink|sing|think|breathe|move|play|work|live|travel|go"
)
"""To talk fast is not to find the fastest way of talking."""
_MADE = {
    "invented": "invent", "discovered": "discover", "founded": "found", "written": "write", "created": "create",
    "built": "build", "painted": "paint", "designed": "design", "composed": "compose",
}  # fmt: skip
_ORDINALS = {
    "4 th": "fourth", "5 th": "fifth", "6 th": "sixth", "7 th": "seventh", "8 th": "eighth", "9 th": "ninth",
    "10 th": "tenth",
}  # fmt: skip
_WH = "what|how|why|where|who|when|which"
_YES_OR_NO = "can|could|is|are|do|does|will|would|should"
_QUESTION = rf"(?P<asked>(?i:{_WH}|{_YES_OR_NO}) [^,.;:?!]{{3,80}})(?=\s*\??$)"
_RELATION = (
    "capital|population|president|prime minister|king|queen|economy|government|polic(?:y|ies)|views?|opinions?|stance"
    "|position|plans?|role|purpose|history|culture|flag|currency|gdp|GDP|size|age|height|weight|mass|diameter|temperature|density"
    "|net worth|salary|religion|language|strengths?|weakness(?:es)?|contributions?|achievements?|impact|effects?"
    "|influence|future|founder|owner|ceo|CEO|author|inventor|leader|mayor|governor|mother tongue|national anthem"
)
REORDERED: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            rf"^(?P<if>[Ii]f (?!.*\b(?:{_WH})\b.*\b(?:{_WH})\b)[^,.;:?!]{{3,80}}?)"
            rf"(?:, (?:then )?| (?=(?:{_WH})\b)){_QUESTION}"
        ),
        r"\g<asked> \g<if>",
    ),
    (
        re.compile(
            r"^(?P<at>(?:In|On|At|For|Among|During) (?!(?:general|fact|short|example|instance|once|what|which)\b)"
            rf"[^,.;:?!]{{2,40}}), {_QUESTION}"
        ),
        r"\g<asked> \g<at>",
    ),
    (
        re.compile(
            r"^(?P<w>(?i:what|who)) (?P<v>is|are|was|were) (?P<x>(?:the )?[A-Za-z]+(?: [A-Z][a-z]+){0,2})'s "
            rf"(?P<n>{_RELATION})(?=\s*\??$| (?:on|in|about|for|of|towards?)\b)"
        ),
        r"\g<w> \g<v> the \g<n> of \g<x>",
    ),
)
"""If it rains, what happens; in Java, what is a class; what is India's capital."""


def _by(match: re.Match[str]) -> str:
    return f"who did {_MADE[match['v']]} {match['x']}"


def _manner(match: re.Match[str]) -> str:
    return f"how to {match['x']} {_MANNER[match['m']]}"


ASKED: tuple[Turn, ...] = turns(
    ("|".join(_ORDINALS), lambda match: _ORDINALS[match[0]], "th"),
    (r"tell (?:the )?difference between", "distinguish between", "tell"),
    # In what manner something is done.
    (
        (
            rf"^(?:what|which) (?:is|are) (?:the |a |an |some )*(?P<m>{_MANNERS}) (?:ways?|methods?) (?:to|of|for) "
            rf"(?P<x>(?!(?:{_DOING})\b)(?!.*\b(?:and|or|but|if|when|without|fast|{_ADVERBS})\b)\w+ .+)$"
        ),
        _manner,
        _MANNERS.replace("|", " "),
    ),
    (
        (
            rf"^(?P<h>how (?:(?:can|do|could|should) {_ONE}|to)) (?P<a>{_ADVERBS}) "
            r"(?P<x>(?!.*\b(?:and|or|but|if|when|without|that|to)\b).+)$"
        ),
        r"\g<h> \g<x> \g<a>",
        _ADVERBS.replace("|", " "),
    ),
    (
        r"^(?P<h>how .+) (?:in (?:an? |the )(?:easy|simple) (?:way|manner)|in (?:an? |the )?easiest way)$",
        r"\g<h> easily",
        "easy simple easiest",
    ),
    (r"^(?P<h>how .+) as (?:fast|quickly) as (?:possible|you can|i can)$", r"\g<h> fast", "as"),
    # Causes, needs, purposes.
    (rf"^why (?:do|does) (?P<x>{_X}) (?:happen|occur)s?$", r"what is cause of \g<x>", "happen occur"),
    (rf"^how (?:is|are) (?P<x>{_X}) caused$", r"what is cause of \g<x>", "caused"),
    (
        rf"^why (?:is|are) (?P<x>{_X}) (?:needed|required|necessary)$",
        r"why do i need \g<x>",
        "needed required necessary",
    ),
    (rf"^is there (?:a|any) cure (?:for|of) (?P<x>{_X})$", r"can \g<x> be cured", "cure"),
    (rf"^(?:is|are) (?P<x>{_X}) curable$", r"can \g<x> be cured", "curable"),
    (
        (
            rf"^(?:is|are) (?P<x>{_X}) "
            r"(?:(?:necessary|needed) (?P<p>to|for) |(?:required|mandatory|compulsory) (?P<q>for|in) )"
        ),
        r"do i need \g<x> \g<p>\g<q> ",
        "necessary required needed mandatory compulsory",
    ),
    # What is true.
    (
        rf"^is it (?:true|a fact|correct) that (?P<s>{_SUBJECT}) (?P<v>{_BEING}) (?P<r>.+)$",
        r"\g<v> \g<s> \g<r>",
        "true fact correct",
    ),
    (
        rf"^is it (?:true|a fact|correct) that (?!.*\b(?:{_AUXILIARY})\b)(?=(?:\w+ )?\w+[^s\W]s \w)",
        "do ",
        "true fact correct",
    ),
    (
        rf"^how old (?:do|must|should) {_ONE} (?:have to |need to |got to )?be (?:in order )?to ",
        "at what age can i ",
        "old",
    ),
    (r"^what is (?:the )?(?:minimum|legal|required) age (?:required )?(?:to|for) ", "at what age can i ", "age"),
    (rf"^(?:at )?what age (?:can|may) {_ONE} (?:legally )?", "at what age can i ", "age"),
    # Effects and parts that are played.
    (
        rf"^what (?:kind of )?(?:effects?|impact|influence) (?P<v>do|does|will|would) (?P<x>{_X}) have (?:up)?on ",
        r"how \g<v> \g<x> affect ",
        "effect effects impact influence",
    ),
    (
        rf"^how (?P<v>do|does|will|would) (?P<x>{_X}) (?:impact|influence) ",
        r"how \g<v> \g<x> affect ",
        "impact influence",
    ),
    (rf"^what role (?:do|does) (?P<x>{_X}) play in ", r"what is role of \g<x> in ", "role"),
    (
        r"^how many (?P<n>\w+(?: \w+)?) (?:do|does) (?P<x>(?!(?:i|you|we|they|people|one)\b)[\w' ]+) have$",
        r"how many \g<n> in \g<x>",
        "have",
    ),
    (r"^how many (?P<n>\w+(?: \w+)?) (?:are|is) (?:there )?in (?P<x>[\w' ]+)$", r"how many \g<n> in \g<x>", "in"),
    # Who made it.
    (rf"^who (?:was|were|is|are) (?P<x>{_X}) (?P<v>{'|'.join(_MADE)}) by$", _by, "by"),
    (rf"^by whom (?:was|were|is|are) (?P<x>{_X}) (?P<v>{'|'.join(_MADE)})$", _by, "whom"),
    (
        r"^how (?P<x>hard|difficult|easy|tough|expensive|bad|painful|risky) is it (?=to |for )",
        r"is it \g<x> ",
        "hard difficult easy tough expensive bad painful risky",
    ),
    (r"^(?P<w>(?:what|which) (?:\w+ ){1,2})are you using$", r"\g<w>do you use", "using"),
    # What one should know is what there is to know.
    (
        (
            rf"(?P<x>(?:thing|question|place|skill|fact)s?) (?:that |which )?{_ONE} (?:should|must) "
            r"(?P<v>ask|know|learn|visit|see|do|remember|avoid)(?= |$)"
        ),
        r"\g<x> to \g<v>",
        "should must",
    ),
    (r"(?P<x>best (?:\w+ ){1,2}to )be (?P<v>follow|visit|ask|watch|read|learn)(?:ed)?(?= |$)", r"\g<x>\g<v>", "be"),
    (
        r"^what (?:is|are) (?:the |some )?(?:keys? to|secrets? (?:to|of)) (?=\w+ing )",
        "how to ",
        "key keys secret secrets",
    ),
    (r"disadvantages and advantages|cons and pros", "advantages and disadvantages", "disadvantages cons"),
)
"""Tried after the order of words."""
