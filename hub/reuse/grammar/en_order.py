"""English questions in one order of words: asked with the verb after its subject, turned about, or of two things."""

import re

from hub.reuse.grammar.grammar import Turn, turns

AUXILIARY = "is|are|am|was|were|do|does|did|can|could|will|would|shall|should|may|might|must|has|have|had|be|not|to"
_NO_SUBJECT = (
    f"{AUXILIARY}|who|whom|that|which|what|when|where|why|how|if|because|of|in|on|at|for|and|or|than|it"
    f"|think|thinks|say"
    "|says|believe|know|feel|claim|want|like|love|hate|call"
)
SUBJECT = rf"(?!(?:{_NO_SUBJECT})\b)\w+(?: (?!(?:{_NO_SUBJECT})\b)\w+){{0,2}}"
"""One to three words that can be the subject of what follows."""
_MODAL = "can|could|should|will|would"
BEING = f"is|are|was|were|{_MODAL}"
_NO_MANNER = (
    "many|much|long|often|far|fast|quickly|soon|late|early|old|young|big|large|small|tall|high|low|deep|wide"
    "|strong|hard|easy"
    "|easily|well|good|bad|likely|close|near|rich|smart|cold|hot|heavy|loud|safe|accurate|come|about|best"
)
"""After "how" they ask for a degree: how fast cars can go is not how fast cars can be had."""
_NO_THING = "or|and|vs|what|who|is|are|if|for|in|to|at|between|than|from|different"
_THING = rf"(?!(?:{_NO_THING})\b)[\w+#]+(?: (?!(?:{_NO_THING})\b)[\w+#]+){{0,2}}"
_A_THING = rf"(?:an? |the )?{_THING}"
_BARE = r"(?:an? |the )?"
_WHAT = "(?:what|who|which)(?: one)? is"
_BETTER = r"(?:better|best|faster|bigger|stronger|worse|cheaper|safer|healthier|smarter|easier|harder|richer|more \w+)"
_FOR = r"(?: (?:for|in|at|to)(?: \w+){1,4})?"
_SUPERLATIVE = (
    "(?:most|least|worst|best|(?:great|bigg|crazi|weird|strang|funni|happi|sadd|scari|hard|stupid|dumb|cool"
    "|cut|tough|smart"
    "|nic|kind|proud|luck|luckies|wild|creepi|old|strong|pretti|ugli|lazi|long|dirti|rich)i?est)"
)
_YOU_EVER = "(?:i|you|we|people|one|anyone|someone)(?: have| has)?(?: ever)?"
_PARTICIPLE = {
    "came": "come", "saw": "seen", "did": "done", "wrote": "written", "ate": "eaten", "knew": "known", "took": "taken",
    "gave": "given", "went": "gone", "spoke": "spoken", "drove": "driven", "broke": "broken", "chose": "chosen",
}  # fmt: skip
_MEASURE = {
    "tall": "height", "old": "age", "big": "size", "large": "size", "heavy": "weight", "deep": "depth", "wide": "width",
}  # fmt: skip
_MADE_BY = {
    "founder": "did found", "inventor": "did invent", "discoverer": "did discover", "creator": "did create",
    "author": "did write",
}  # fmt: skip
_HARM = "good|bad|safe|healthy|unhealthy|dangerous|harmful|legal|illegal|wrong|normal|necessary|ok|allowed|haram"
_DEGREE = "safe|true|effective|accurate|reliable|legal|dangerous|useful|helpful|important|necessary|healthy|harmful"
_DONE = (
    "(?:eating|smoking|having|using|taking|getting|watching|owning|keeping|doing|wearing|dating|playing"
    "|reading|studying"
    "|buying|selling|vaping|learning|masturbating|drinking(?! water))"
)
"""What is done to what follows: cooking oil is oil, eating oil is eating."""
_FACTOR = "(?:factors?|variables?)"
_ONE = "(?:i|you|we|one)"


def _sorted_pair(form: str, match: re.Match[str]) -> str:
    first, second = sorted((match["a"], match["b"]))
    return " ".join(form.format(**match.groupdict() | {"a": first, "b": second}).split())


def _better(match: re.Match[str]) -> str:
    found = match.groupdict()
    asked = "better" if found["w"] == "best" else found["w"]
    first, second = sorted((found["a"], found["b"]))
    return f"what is {asked} {first} or {second}{found.get('f') or ''}"


def _distance(match: re.Match[str]) -> str:
    return _sorted_pair("what is distance between {a} and {b}", match)


def _winner(match: re.Match[str]) -> str:
    return _sorted_pair("who will win {a} vs {b}", match)


_WHY: tuple[Turn, ...] = turns(
    (r"^for what reasons? ", "why ", "reason reasons"),
    (
        rf"^what (?:is|are) (?:the |some |main )*reasons? (?:why |that )?(?P<s>{SUBJECT}) (?P<v>{BEING}) (?P<r>.+)$",
        r"why \g<v> \g<s> \g<r>",
        "reason reasons",
    ),
    (r"^what (?:is|are) (?:the |some |main )*reasons? why ", "why ", "reason reasons"),
    (
        rf"^what (?:is|are) (?:the |some |main )*reasons? (?:behind|for) (?P<s>{SUBJECT}) being ",
        r"why is \g<s> ",
        "reason reasons",
    ),
    (
        rf"^what (?:is|are) (?:the |some |main )*reasons? (?:behind|for) (?P<s>{SUBJECT}) (?P<v>\w\w+ing)\b",
        r"why do \g<s> \g<v>",
        "reason reasons",
    ),
    (rf"^(?:how come|why is it that) (?={SUBJECT} )", "why ", "come that"),
    (rf"^what causes (?P<s>{SUBJECT}) to (?=\w)", r"why do \g<s> ", "causes"),
    (
        (
            rf"^why (?!.*\b(?:{AUXILIARY}|if|when)\b)"
            r"(?=(?:\w+ )?(?:\w+[^s\W]s|people|men|women|children) \w+(?<!ed)\b)"
        ),
        "why do ",
        "why",
    ),
    (rf"^why (?P<s>{SUBJECT}) (?P<v>{BEING}) (?P<r>.+)$", r"why \g<v> \g<s> \g<r>", "why"),
    (r"^why (?=(?:study|learn|use|buy|choose|invest|write|travel|join|eat) )", "why should i ", "why"),
)

_ASKED: tuple[Turn, ...] = turns(
    (
        rf"^how (?!(?:{_NO_MANNER})\b)(?P<s>{SUBJECT}) (?P<v>{_MODAL}) (?P<r>.+)$",
        r"how \g<v> \g<s> \g<r>",
        "how",
    ),
    (
        (
            rf"^do you (?:really |honestly )?(?:think|believe|feel)(?: that)? (?P<s>{SUBJECT}|it) "
            rf"(?P<v>{BEING}) (?P<r>.+)$"
        ),
        r"\g<v> \g<s> \g<r>",
        "think believe feel",
    ),
    (
        (
            r"^do you (?:really |honestly )?(?:think|believe) (?:that )?(?!(?:about|of|in|so|like|too|more)\b)"
            rf"(?!.*\b(?:{AUXILIARY})\b)(?=\w+ \w)"
        ),
        "do ",
        "think believe",
    ),
    (rf"^(?:is|are) (?P<s>{SUBJECT}) able to ", r"can \g<s> ", "able"),
    (rf"^is it possible that (?P<s>{SUBJECT}) (?:can |could )?(?=\w)", r"can \g<s> ", "possible"),
    (rf"^is it possible for (?P<s>{SUBJECT}) to ", r"can \g<s> ", "possible"),
    (
        rf"^is there (?:any |a |some )?possibilit(?:y|ies) (?:to|that {_ONE} can|of(?= \w+ing\b))|^is that possible to",
        "is it possible to",
        "possibility possibilities possible",
    ),
    (r"^(?:is|are) there (?:any |a |some )?(?=differences? )", "what is ", "difference differences"),
    (rf"^how (?:am|are|is) {_ONE} supposed to", "how should i", "supposed"),
    (
        rf"^what (?:should|can|must) (?:someone|{_ONE}) do if (?:they|{_ONE}) want to ",
        "how to ",
        "want",
    ),
    # Which book do I start with: which should I.
    (
        r"^(?:what|which) (?P<x>\w+(?: \w+)?) do i (?=(?:buy|choose|pick|start|read|learn|use|wear|study)\b)",
        r"what \g<x> should i ",
        "do",
    ),
    (
        r"^how (?:can|do) (?=(?:earn|make|become|learn|improve|lose|gain|create|prepare|buy|get|find|increase)\b)",
        "how to ",
        "how",
    ),
    (
        r"^(?:what|which) (?P<x>\w+(?: \w+)?) (?:do|would) (?:you|people|everyone) (?:recommend|suggest)",
        r"what is best \g<x>",
        "recommend suggest",
    ),
    (
        r"^(?:what|which) (?P<x>\w+(?: \w+)?) do you like (?:the )?(?:most|best)$",
        r"what is favorite \g<x>",
        "like",
    ),
    (
        (
            r"^what (?:is|are) (?:the )?(?P<x>(?:\w+ )?(?:life|weather|climate|food|nightlife"
            r"|culture)) like(?P<r> (?:in|at) .+)?$"
        ),
        r"how is \g<x>\g<r>",
        "like",
    ),
    (
        rf"^is (?P<g>{_DONE}(?: [\w']+){{0,4}}?) (?:an? )?(?P<q>{_HARM})(?P<f> for [\w ]+)?$",
        r"is it \g<q> to \g<g>\g<f>",
        "is",
    ),
    (rf"^is it (?P<q>{_HARM}) (?P<f>for [\w ]+?) to (?P<g>.+)$", r"is it \g<q> to \g<g> \g<f>", "for"),
    (
        rf"^how (?P<q>{_DEGREE}) (?P<v>is|are) (?P<x>{_A_THING})(?P<r> (?:for|in|to|at|on|against) .+)?$",
        r"\g<v> \g<x> \g<q>\g<r>",
        "how",
    ),
    (r"^is (?P<g>\w+ing(?: [\w']+){0,4}?) worth(?: it)?$", r"is it worth \g<g>", "worth"),
    (rf"^is (?P<x>{_THING}) worth (?P<g>\w+ing)$", r"is it worth \g<g> \g<x>", "worth"),
    (r"^(?:what|how) does (?P<g>\w+ing(?: \w+){0,2}) feel(?: like)?$", r"what is it like to \g<g>", "feel"),
    (r"^what is (?P<g>\w+ing(?: \w+){0,2}) like$", r"what is it like to \g<g>", "like"),
    (
        (
            r"^how much time is (?:needed|required) to |^how long should it take to "
            r"|^what is (?:the )?time (?:needed|required) to "
        ),
        "how long does it take to ",
        "time long",
    ),
    # "What is the city that never sleeps": which city never sleeps.
    (
        (
            rf"^what (?:is|was) (?:the |a |an )?(?P<x>(?!{_SUPERLATIVE}\b|it\b|thing\b)\w+) (?:that|which) "
            rf"(?!(?:{AUXILIARY})\b)(?P<r>\w+ .+)$"
        ),
        r"what \g<x> \g<r>",
        "that which",
    ),
    (
        (
            rf"^(?:what|which)(?: are| is)?(?: the| some)* {_FACTOR} (?:that |which )?(?=(?:affect|influence"
            rf"|determine)s?\b)"
        ),
        "what ",
        "factor factors variable variables",
    ),
    (rf"^what is (?P<x>{_A_THING}) mean(?= to\b|$)", r"what does \g<x> mean", "mean"),
    (
        r"^what (?:will|would) be (?=(?:your|the) (?:[\w']+ ){0,2}(?:plans?|resolutions?|goals?)\b)",
        "what is ",
        "plan plans resolution resolutions goal goals",
    ),
    (r"because (?:i|you|we) (?:am|are|was|were) (?P<x>\w+)$", r"for being \g<x>", "because"),
    (r"would you say (?=(?:is|are|was|were)\b)", "", "say"),
    (r"single (?=most|best|worst|biggest|greatest)", "", "single"),
    (r"(?P<x>that|which|who) is (?=ever (?:\w\w+ed|been)\b)", r"\g<x> has ", "ever"),
)

_COMPARED: tuple[Turn, ...] = turns(
    (
        rf"^(?P<a>{_A_THING}) vs (?P<b>{_A_THING}) what is (?:the )?(?:main )?differences?$",
        r"difference between \g<a> and \g<b>",
        "vs",
    ),
    (
        (
            rf"^what (?:differentiates?|distinguish(?:es)?|makes?(?=.* different from )) (?P<a>{_A_THING}) "
            rf"(?:different )?"
            rf"from (?P<b>{_A_THING})$"
        ),
        r"difference between \g<a> and \g<b>",
        "from",
    ),
    (
        rf"^(?P<a>{_THING}) (?:or|vs) (?P<b>{_THING}) {_WHAT} (?P<w>{_BETTER})(?P<f>{_FOR})$",
        _better,
        "or vs",
    ),
    (
        rf"^{_WHAT} (?P<w>{_BETTER})(?: between)? (?P<a>{_THING}) (?:or|vs) (?P<b>{_THING})(?P<f>{_FOR})$",
        _better,
        "or vs",
    ),
    (
        (
            rf"^{_WHAT} (?P<w>{_BETTER})(?P<f> (?:for|in|at|to)(?: \w+){{1,3}}?) (?P<a>{_THING}) (?:or|vs) "
            rf"(?P<b>{_THING})$"
        ),
        _better,
        "or vs",
    ),
    (rf"^{_WHAT} (?P<w>{_BETTER}) (?:between|among) (?P<a>{_THING}) and (?P<b>{_THING})(?P<f>{_FOR})$", _better, "and"),
    (rf"^is (?P<a>{_THING}) or (?P<b>{_THING}) (?P<w>{_BETTER})(?P<f>{_FOR})$", _better, "or"),
    (
        (
            rf"^(?:(?:what|which)(?: one)? )?should (?P<o>{_ONE}) (?P<v>\w+) (?P<a>(?:my )?{_A_THING}) or "
            rf"(?P<b>(?:my )?{_A_THING})$"
        ),
        lambda match: _sorted_pair("should {o} {v} {a} or {b}", match),
        "or",
    ),
    (
        (
            rf"^who (?:will|would) win(?: in)?(?: a| the)?(?: fight)?(?: between)? {_BARE}(?P<a>{_THING}) "
            rf"(?:or|vs|and|against) {_BARE}(?P<b>{_THING})$"
        ),
        _winner,
        "win",
    ),
    (
        (
            rf"^(?:in )?(?:a )?(?:fight between )?{_BARE}(?P<a>{_THING}) (?:vs|and) {_BARE}(?P<b>{_THING}) "
            r"who (?:will|would) win$"
        ),
        _winner,
        "win",
    ),
    (
        (
            r"^(?P<x>.*(?:similarit(?:y|ies)|relation(?:ship)?s?|connections?|links?|correlation|distance"
            r"|comparison)) between "
            rf"(?P<a>{_THING}) and (?P<b>{_THING})$"
        ),
        lambda match: _sorted_pair("{x} between {a} and {b}", match),
        "between",
    ),
    (rf"^how far is (?P<a>{_THING}) (?:away )?from (?P<b>{_THING})$", _distance, "far"),
    (rf"^what is (?:the )?distance (?:from|of) (?P<a>{_THING}) (?:to|from) (?P<b>{_THING})$", _distance, "distance"),
)

_OF_THINGS: tuple[Turn, ...] = turns(
    (r"between (?P<x>[a-z]+) (?P<a>\d[\w ]*) and (?P<b>\d[\w ]*)$", r"between \g<x> \g<a> and \g<x> \g<b>", "between"),
    (
        rf"^how (?P<m>{'|'.join(_MEASURE)}) (?:is|are) (?P<x>{_A_THING})$",
        lambda match: f"what is {_MEASURE[match['m']]} of {match['x']}",
        " ".join(_MEASURE),
    ),
    (rf"^how much (?:do|does) (?P<x>{_A_THING}) weigh$", r"what is weight of \g<x>", "weigh"),
    (r"^how many people (?:live|are living|are there) in ", "what is population of ", "people"),
    (
        r"^what is (?:the )?(?:total )?number of (?!(?:the|an?|my|your|one) )(?P<x>.+? (?:in|on|at) )",
        r"how many \g<x>",
        "number",
    ),
    (r"^what is (?:the )?location of ", "where is ", "location"),
    (
        rf"^who (?:is|was|are|were) (?:the )?(?P<m>{'|'.join(_MADE_BY)})s? of ",
        lambda match: f"who {_MADE_BY[match['m']]} ",
        "who",
    ),
    (r"^who (?:is|are) (?:the )?owners? of ", "who own ", "owner owners"),
    (r"^who wrote ", "who did write ", "wrote"),
    (r"^what is (?:the )?full form of (?P<x>[A-Z]{2,})$", r"what does \g<x> stand for", "full"),
    (
        rf"^how much (?:does|do|will|would) (?P<x>{_A_THING}) costs?(?P<r> in [\w ]+)?$",
        r"what is price of \g<x>\g<r>",
        "cost costs",
    ),
    # What was the worst that one has met still is.
    (
        (
            rf"^what (?:was|were) (?=.*{_SUPERLATIVE} .*\b"
            r"(?:you(?: have)? ever|of your (?:life|childhood)|in your life|happened to you)\b)"
        ),
        "what is ",
        "was were",
    ),
    (
        rf"(?P<x>{_SUPERLATIVE} .*{_YOU_EVER}) (?P<v>{'|'.join(_PARTICIPLE)})",
        lambda match: f"{match['x']} {_PARTICIPLE[match['v']]}",
        " ".join(_PARTICIPLE),
    ),
    (
        (
            rf"(?P<x>best (?:(?!way|time|place|reason)[\w']+ ){{1,4}}?)(?:that |which )?{_ONE} can "
            r"(?:buy|get|find|have|take|use|do|eat|read|watch)(?= (?:in|on|at|for|under|with)\b|$)"
        ),
        r"\g<x>",
        "can",
    ),
    (
        rf"(?P<x>{_SUPERLATIVE} (?:[\w']+ ){{1,4}}?)(?:of|from|for|in|during) (?:the )?(?:year )?(?P<y>(?:19|20)\d\d)$",
        r"\g<x>in \g<y>",
        "",
    ),
    (r"^what are some of the great (?P<x>\w+) (?=(?:of|in) )", r"what are the greatest \g<x> ", "great"),
)

ORDER: tuple[Turn, ...] = (*_WHY, *_ASKED, *_COMPARED, *_OF_THINGS)
