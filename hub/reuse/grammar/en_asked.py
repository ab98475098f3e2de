"""English questions about frequent relations: causes, needs, purposes, effects, parts, makers, manners of doing."""

import re

from hub.reuse.grammar.grammar import Turn, turns

_ONE = "(?:i|you|we|one|people|someone|a person)"
_X = r"(?:an? |the )?(?!(?:it|this|that|there)\b)[\w']+(?: (?!(?:and|or|if|when|because|that|which|who)\b)[\w']+){0,4}?"
_MANNER = {
    "fastest": "fast", "quickest": "fast", "fast": "fast", "quick": "fast", "easiest": "easily", "simplest": "easily",
    "easy": "easily", "simple": "easily", "safest": "safely", "safe": "safely", "cheapest": "cheaply",
}  # fmt: skip
"""A way of this kind is how it is done in this manner."""
_MANNERS = "|".join(_MANNER)
_ADVERBS = "quickly|rapidly|easily|safely|cheaply|naturally|permanently|legally|fast"
_MADE = {
    "invented": "invent", "discovered": "discover", "founded": "found", "written": "write", "created": "create",
    "built": "build", "painted": "paint", "designed": "design", "composed": "compose",
}  # fmt: skip
_ORDINALS = {
    "4 th": "fourth", "5 th": "fifth", "6 th": "sixth", "7 th": "seventh", "8 th": "eighth", "9 th": "ninth",
    "10 th": "tenth",
}  # fmt: skip
_TONGUE = (
    "german|spanish|french|portuguese|italian|hindi|chinese|mandarin|japanese|korean|arabic|russian|turkish|dutch|greek"
    "|latin|swedish|polish|english"
)


def _by(match: re.Match[str]) -> str:
    return f"who did {_MADE[match['v']]} {match['x']}"


def _manner(match: re.Match[str]) -> str:
    adverb = _MANNER[match["m"]]
    return f"how to {match['x']} {adverb}"


ASKED: tuple[Turn, ...] = turns(
    ("|".join(_ORDINALS), lambda match: _ORDINALS[match[0]], "th"),
    (r"tell (?:the )?difference between", "distinguish between", "tell"),
    # In what manner something is done.
    (
        rf"^(?:what|which) (?:is|are|would be) (?:the |a |an |some )*(?P<m>{_MANNERS}) (?:ways?|methods?) (?:to|of|for) "
        rf"(?P<x>(?!.*\b(?:and|or|but|if|when|without|{_ADVERBS})\b).+)$",
        _manner,
        _MANNERS.replace("|", " "),
    ),
    (
        rf"^(?P<h>how (?:(?:can|do|could|should) {_ONE}|to)) (?P<a>{_ADVERBS}) "
        r"(?P<x>(?!.*\b(?:and|or|but|if|when|without|that|to)\b).+)$",
        r"\g<h> \g<x> \g<a>",
        _ADVERBS.replace("|", " "),
    ),
    (
        r"^(?P<h>how .+) (?:in (?:an? |the )(?:easy|simple) (?:way|manner)|in (?:an? |the )?easiest way)$",
        r"\g<h> easily",
        "easy simple easiest",
    ),
    (r"^(?P<h>how .+) as (?:fast|quickly|soon) as (?:possible|you can|i can)$", r"\g<h> fast", "as"),
    # Causes, needs, purposes.
    (rf"^why (?:do|does) (?P<x>{_X}) (?:happen|occur)s?$", r"what is cause of \g<x>", "happen occur"),
    (rf"^how (?:is|are) (?P<x>{_X}) caused$", r"what is cause of \g<x>", "caused"),
    (
        rf"^why (?:is|are) (?P<x>{_X}) (?:needed|required|necessary)$",
        r"why do i need \g<x>",
        "needed required necessary",
    ),
    (r"^why is it important to (?P<x>\w+ ?.*)$", r"what is importance of \g<x>", "important"),
    (r"^what is (?:the )?point (?:of|in) (?=\w+ing\b)", "what is purpose of ", "point"),
    (rf"^is there (?:a|any) cure (?:for|of) (?P<x>{_X})$", r"can \g<x> be cured", "cure"),
    (rf"^(?:is|are) (?P<x>{_X}) curable$", r"can \g<x> be cured", "curable"),
    (rf"^(?:is|are) (?P<x>{_X}) treatable$", r"can \g<x> be treated", "treatable"),
    (rf"^is there (?:a|any) treatment for (?P<x>{_X})$", r"can \g<x> be treated", "treatment"),
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
    # What there is of, and what it is called.
    (
        r"^how many (?P<n>\w+(?: \w+)?) (?:do|does) (?P<x>(?!(?:i|you|we|they|people|one)\b)(?:an? |the )?[\w' ]+) have$",
        r"how many \g<n> in \g<x>",
        "have",
    ),
    (r"^how many (?P<n>\w+(?: \w+)?) (?:are|is) (?:there )?in (?P<x>[\w' ]+)$", r"how many \g<n> in \g<x>", "in"),
    (rf"^what do {_ONE} call (?P<x>.+)$", r"what is \g<x> called", "call"),
    (
        r"^what (?:is|are) (?:the )?(?:name|word|term)s? for (?P<x>(?:an? |someone |people ).+)$",
        r"what is \g<x> called",
        "name word term",
    ),
    (
        r"^what (?:is|are) (?:another|other|an? alternative|an? different) (?:words?|terms?) for ",
        "what is synonym of ",
        "word words term terms",
    ),
    (r"^what (?:is|are) (?:an?|some|any|the)? ?synonyms? (?:of|for) ", "what is synonym of ", "synonym synonyms"),
    (
        rf"^what is (?:the )?(?P<t>{_TONGUE}) (?:word|translation) (?:for|of) (?P<x>\w+(?: \w+)?)$",
        r"how to say \g<x> in \g<t>",
        "word translation",
    ),
    (
        rf"^how (?:can|do|would) {_ONE} translate (?P<x>\w+(?: \w+)?) (?:in|to|into) (?P<t>{_TONGUE})$",
        r"how to say \g<x> in \g<t>",
        "translate",
    ),
    # Who made it.
    (rf"^who (?:was|were|is|are) (?P<x>{_X}) (?P<v>{'|'.join(_MADE)}) by$", _by, "by"),
    (rf"^by whom (?:was|were|is|are) (?P<x>{_X}) (?P<v>{'|'.join(_MADE)})$", _by, "whom"),
    (rf"^who (?:is it that|was it that|was the one who) ", "who ", "it one"),
    # What is earned, what lasts, how hard it is.
    (
        r"^how much (?:money )?(?:do|does) (?P<a>an? |the average )(?P<x>\w+(?: \w+)?) (?:earn|make)(?P<r> in [\w ]+)?$",
        lambda match: (
            f"what is {'average ' if 'average' in match['a'] else ''}salary of {match['x']}{match['r'] or ''}"
        ),
        "earn make",
    ),
    (rf"^what is (?:the )?duration of (?P<x>{_X})$", r"how long do \g<x> last", "duration"),
    (
        r"^how (?P<x>hard|difficult|easy|tough|expensive|bad|painful|risky) is it (?=to |for )",
        r"is it \g<x> ",
        "hard difficult easy tough expensive bad painful risky",
    ),
    (rf"^have (?P<o>{_ONE}|anyone|anybody) ever ", r"did \g<o> ever ", "ever"),
    (r"^has (?P<o>anyone|anybody|someone) ever ", r"did \g<o> ever ", "ever"),
    (r"^(?:is|are) (?P<x>[\w' ]+) any good$", r"is \g<x> good", "any"),
    (r"^(?P<w>(?:what|which) (?:\w+ ){1,2})are you using$", r"\g<w>do you use", "using"),
    # What one should know is what there is to know.
    (
        rf"(?P<x>thing|things|question|questions|place|places|skill|skills|fact|facts) (?:that |which )?{_ONE} (?:should|must) "
        r"(?P<v>ask|know|learn|visit|see|do|remember|avoid)(?= |$)",
        r"\g<x> to \g<v>",
        "should must",
    ),
    (r"(?P<x>best (?:\w+ ){1,2}to )be (?P<v>follow|visit|ask|watch|read|learn)(?:ed)?(?= |$)", r"\g<x>\g<v>", "be"),
    (
        r"^what (?:is|are) (?:the |some )?(?:keys?|secrets?) (?:to|of|for) (?=\w+ing )",
        "how to ",
        "key keys secret secrets",
    ),
    # The best app for editing videos: the best video editing app stays another.
    (
        r"best (?P<n>apps?|softwares?|sites?|websites?|tools?) for (?P<x>\w+ (?:editing|recording|sharing|making|streaming|chatting"
        r"|learning|tracking|downloading|calling))$",
        r"best \g<x> \g<n>",
        "for",
    ),
    (r"disadvantages and advantages|cons and pros", "advantages and disadvantages", "disadvantages cons"),
)
"""Tried after the order of words."""
