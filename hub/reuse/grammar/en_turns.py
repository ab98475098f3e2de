"""English turns of speech that ask the same in any question; each is tried only where one of its words is there."""

import re

from hub.reuse.grammar.grammar import Turn, turns

_OWN = "(?:my |your |our |the |an? |own |one )*"
_AFTER_STATE = (
    "(?= (?:in|of|from|at|on|about|after|before|without|with|when|while|and|due|to|for|naturally|completely|quickly"
    "|forever|permanently)\\b|$)"
)
_STATES = (
    "(?:fears?|phobias?|anxiety|depression|loneliness|laziness|shyness|addiction|insomnia|nervousness|jealousy"
    "|stage fright|inferiority complex|low self esteem|overthinking|negative thoughts)"
)
_EXAMS = (
    "(?:GATE|CAT|SAT|MAT|(?i:gre|gmat|upsc|iit jee|jee|neet|ssc|clat|toefl|ielts|ibps|aipmt|nda|cds|xat"
    "|bitsat|lsat|mcat"
    "|usmle|cfa))"
)
_GETS_READY = "(?:books?|coaching|institutes?|materials?|classes|notes)"
_DEGREES = "(?i:mba|ms|mtech|btech|phd|masters?|bba|mca|bca|llb|mbbs|engineering)"
_FOLLOWERS = "followers|subscribers|likes|views"
_PLATFORMS = "instagram|twitter|youtube|facebook|snapchat|quora|linkedin|tumblr|pinterest"
_TONGUES = (
    "english|german|spanish|french|portuguese|italian|hindi|chinese|mandarin|japanese|korean|arabic|russian"
    "|turkish|dutch"
    "|tamil|telugu|kannada|urdu|swedish|polish|greek|latin|sanskrit"
)
_CODES = r"java|python|javascript|c\+\+|c#|php|ruby|perl|sql|html|scala|matlab|fortran|cobol|kotlin"
_PEOPLE_OF = {
    "indian": "india", "american": "usa", "chinese": "china", "japanese": "japan", "russian": "russia",
    "german": "germany", "french": "france", "italian": "italy", "spanish": "spain", "canadian": "canada",
    "australian": "australia", "pakistani": "pakistan", "israeli": "israel", "brazilian": "brazil",
    "mexican": "mexico", "turkish": "turkey", "iranian": "iran", "european": "europe",
}  # fmt: skip
_LANDS = "|".join([*_PEOPLE_OF.values(), "US", "USA"])
_LAND_WORDS = f"{' '.join(_PEOPLE_OF)} {_LANDS.replace('|', ' ')}"
_NOT_BEFORE_LAND = "".join(
    rf"(?<!\b{part} )"
    for part in ("and", "or", "west", "east", "south", "north", "latin", "native", "african", "central")
)
_OF_A_LAND = (
    "economy|government|army|military|navy|president|prime minister|constitution|culture|flag|population"
    "|currency|capital"
    "|parliament|history|politics|(?:education|political|legal) system|stock market|national anthem|society"
)
"""What a country has: its economy is of it, and the adjective says no more."""
_WITHIN_A_LAND = (
    "person|people|man|men|woman|women|politicians?|part(?:y|ies)|universit(?:y|ies)|colleges?|schools?|cit(?:y|ies)"
    "|states?|compan(?:y|ies)|hotels?|restaurants?|beach(?:es)?|mountains?|rivers?|lakes?|buildings?"
    "|airports?|hospitals?"
    "|newspapers?|places?|villages?|institutes?"
)
_WRITTEN_ON = "essays?|speech|thesis|poem|articles?|paragraph|books?|documentar(?:y|ies)|facts?|information"
_NO_TOPICS = (
    f"(?:{_PLATFORMS}|the|an?|my|your|amazon|google|kindle|wikipedia|internet|web|medium|scribd|wattpad|github|reddit"
    "|audible|netflix|flipkart|ipad|iphone|android|phone|mobile|pc|tv|radio|online|paper|sale|tape|cd|dvd"
    "|loan|offer|hold"
    "|demand|display|shelves|disk|tablet|steam|blogger|wordpress|ebay|apple|itunes|microsoft|behalf|time|order|top)"
)
"""Where a book is, not what it is about."""
_JOINED = (
    "salt water|cut off|hair fall|note book|key board|time table|data base|back pack|head phones?"
    "|ear phones?|tooth brush"
    "|tooth paste|eye brows?|wall paper|hand writing|life style|life span|web cam|paint ball|foot ball"
    "|basket ball|face book"
    "|you tube|snap chat|linked in|java script|word press|health care|motor (?:cycle|bike)s?|grand (?:mother"
    "|father|child)"
    "|day dream(?:ing)?|over (?:think|thinking|weight)|finger print|moon light|sun light"
)
"""Nouns of two words that are written in one, too."""
_JOINED_BEGIN = " ".join(noun.split()[0] for noun in _JOINED.split("|"))
_LEARNT = "communication|writing|speaking|social|english"
_PRACTISED = f"(?:\\w+ )?\\w+ing|chess|math|guitar|piano|tennis|basketball|football|soccer|cricket|{_TONGUES}"


_SHORT = {
    "search engine optimization": "seo", "search engine optimisation": "seo", "artificial intelligence": "ai",
    "virtual reality": "vr", "augmented reality": "ar", "new york city": "nyc", "goods and services tax": "gst",
    "gross domestic product": "gdp", "european union": "eu", "internet of things": "iot",
    "natural language processing": "nlp", "do it yourself": "diy", "user experience": "ux",
}  # fmt: skip
"""Names that are shortened in one way, and what nothing else is shortened to."""
_SEPARABLE = (
    "(?P<v>(?:turn|switch|put|throw|cut|fill|pull|win|give|take|bring|send|pay)(?:ing)?|get(?=.* back)) "
    "(?P<x>(?:an? |the |my |your |our )[a-z]+(?: [a-z]+)?) (?P<p>on|off|up|back|away|down|out)(?= from\\b|$)"
)
"""To turn the light off is to turn off the light."""


def _notes(match: re.Match[str]) -> str:
    first, second = sorted((int(match["a"]), int(match["b"])))
    return f"₹ {first} and ₹ {second} notes" if "₹" in match[0] else match[0]


def _of_land(match: re.Match[str]) -> str:
    return f"{_PEOPLE_OF.get(match['p'], match['p'])} {match['h']}"


EARLY: tuple[Turn, ...] = turns(
    # Our galaxy is one of many.
    (r"our (?=(?:own )?(?:galaxy|solar system|universe|planet|sun|moon|star|world)\b)", "ours ", "our"),
    (r"(?i:ww|world war) ?(?:(?i:iii)|3)|(?:third|3 rd) world war|(?i:wwiii)", "world war 3", "war WW ww WWIII wwiii"),
    (r"(?i:ww|world war) ?(?:(?i:ii)|2)|(?:second|2 nd) world war|(?i:wwii)", "world war 2", "war WW ww WWII wwii"),
    (r"1 st", "first", "st"),
    (r"2 nd", "second", "nd"),
    (r"3 rd", "third", "rd"),
    (_JOINED, lambda match: match[0].replace(" ", ""), _JOINED_BEGIN),
    (r"(?P<x>non|anti|multi|semi|inter|co|e) (?P<y>\w{4,})", r"\g<x>\g<y>", "non anti multi semi inter co e"),
    (r"out from(?! (?:under|behind)\b)", "out of", "from"),
    (rf"(?:get|become|be|getting|becoming) better (?:at|in) (?=(?:{_PRACTISED})\b)", "improve ", "better"),
    (rf"improve at (?=(?:{_PRACTISED})\b)", "improve ", "improve"),
    (rf"(?:increase|develop|enhance) (?={_OWN}(?:\w+ )?(?:{_LEARNT}) skills?\b)", "improve ", "skill skills"),
    (
        rf"(?P<s>writing|speaking|communication|reading|listening) (?:skills? )?in (?P<t>{_TONGUES})$",
        r"\g<t> \g<s>",
        "in",
    ),
    (
        rf"(?:concentrate|focus) (?:on|in|while|during) {_OWN}(?:studies|study|studying)",
        "concentrate on study",
        "concentrate focus",
    ),
    (
        r"get (?P<x>(?:an? |the |my |your )\w+ (?:pulled|removed|fixed|repaired|cut|pierced|cleaned|done|replaced))",
        r"have \g<x>",
        "get",
    ),
    (
        r"(?:stop|quit|break|get rid of|overcome|give up) (?:the |my |your |a )?(?:bad )?habit of (?=\w+ing\b)",
        "stop ",
        "habit",
    ),
    (r"not (?:to )?have any ", "have no ", "any"),
    (r"modern day", "modern", "modern"),
    (r"even (?=(?:exists?|worth|possible|legal|real|works?|matters?)\b)", "", "even"),
    (r"new year (?P<y>20\d\d) resolutions?", r"new year resolution for \g<y>", "resolution resolutions"),
    (r"(?P<y>20\d\d) new years? resolutions?", r"new year resolution for \g<y>", "resolution resolutions"),
    (r"(?P<x>courses?|jobs?|options?) available (?=after |in |for |to |at )", r"\g<x> ", "available"),
    (r"(?P<x>best .+) within (?=(?:₹ |rs |inr )?\d{4,})", r"\g<x> under ", "within"),
    (_SEPARABLE, r"\g<v> \g<p> \g<x>", "on off up back away down out"),
    (
        "|".join(_SHORT),
        lambda match: _SHORT[match[0]],
        " ".join(letter for name in _SHORT for letter in name.split()[:1]),
    ),
    (
        rf"{_NOT_BEFORE_LAND}(?P<p>{'|'.join(_PEOPLE_OF)}|{_LANDS}) (?P<h>{_OF_A_LAND})(?! (?:and|or))",
        _of_land,
        _LAND_WORDS,
    ),
    (rf"(?P<h>{_OF_A_LAND}) of (?:the )?(?P<p>{_LANDS})", _of_land, "of"),
    (
        rf"(?P<x>(?:most|best|worst|\w+est) (?:[\w']+ ){{0,2}}?(?:{_WITHIN_A_LAND})) of (?=(?:the )?(?:{_LANDS})$)",
        r"\g<x> in ",
        "of",
    ),
)
"""Tried before the phrases of `en`."""

LATE: tuple[Turn, ...] = turns(
    (
        (
            "(?:get over|overcome|beat|conquer|come out of|get out of|remove|stop|end|defeat|fight) "
            rf"(?={_OWN}(?:social |porn |drug |alcohol )?{_STATES}{_AFTER_STATE})"
        ),
        "overcome ",
        (
            "fear fears phobia phobias anxiety depression loneliness laziness shyness addiction insomnia nervousness"
            " jealousy fright complex esteem overthinking thoughts"
        ),
    ),
    (
        rf"(?:control|manage|handle) (?={_OWN}(?:anger|stress|anxiety|temper){_AFTER_STATE})",
        "deal with ",
        "control manage handle",
    ),
    (
        r"(?:overcome|move on from|move on after|recover from) (?=(?:a |my |the )?(?:bad )?(?:break ?up|heartbreak)\b)",
        "overcome ",
        "breakup break heartbreak",
    ),
    (
        (
            rf"(?:crack|clear|qualify(?! for)) (?=(?:the |an? |my )?(?:\w+ )?(?:{_EXAMS}|cat|gate|exams?"
            rf"|examinations?|interviews?)(?: (?:in|on|at|for|with|without|by|from|and|easily|quickly)\b|$))"
        ),
        "pass ",
        "crack clear qualify",
    ),
    (rf"(?P<x>{_EXAMS}) (?:entrance )?(?:exams?|examinations?)", r"\g<x>", "exam exams examination"),
    (
        (
            rf"(?P<x>best (?:\w+ )?{_GETS_READY} )(?:for preparing for|for preparing|to prepare for"
            rf"|for preparation (?:of|for))"
        ),
        r"\g<x>for ",
        "preparing prepare preparation",
    ),
    (rf"(?P<x>best (?:\w+ )?{_GETS_READY} for (?:the )?{_EXAMS}) preparation", r"\g<x>", "preparation"),
    (
        (
            r"(?P<x>best (?:[\w']+ ){1,3}?)for (?P<v>\w+ing )(?!(?:in|on|at|for|to|with|and|or|of|from|by|under|below"
            r"|within|without|while|when|before|after|during|over|as|than|online)\b)(?=\w)"
        ),
        r"\g<x>to \g<v>",
        "for",
    ),
    (
        rf"(?P<x>best (?:[\w']+ ){{1,3}}?)to (?:do|pursue|study) (?:an? )?(?={_DEGREES}\b)",
        r"\g<x>for ",
        "do pursue study",
    ),
    (r"(?P<x>ideas|tips) for (?P<v>\w+ing )(?=\w)", r"\g<x> to \g<v>", "ideas tips"),
    (
        "jobs? (?:to (?:do|work) )?(?:from|at) home|work(?:ing)? (?:from|at) home jobs?|home based jobs?",
        "job from home",
        "home",
    ),
    (
        r"learn(?:ing)? (?:a |any |some )?(?:new |another |foreign |second |new foreign )?languages?(?! of)",
        "learn language",
        "language languages",
    ),
    (
        r"(?P<x>learn(?:ing)?) (?:(?:how )?to (?:program|code)|coding|code|program|programming)$",
        r"\g<x> programming",
        "learn learning",
    ),
    (
        (
            rf"(?P<x>{_TONGUES}) language(?= (?:in|on|at|for|from|by|with|without|online|fast|quickly|fluently"
            rf"|easily|skills?)\b|$)"
        ),
        r"\g<x>",
        "language",
    ),
    (
        (
            rf"(?P<x>(?:learn|learning|master|study|studying|practice|start|know|teach) (?:the )?(?:{_CODES})) "
            r"(?:programming(?: language)?|coding|language)"
        ),
        r"\g<x>",
        "programming coding language",
    ),
    ("c (?:language|programming language|coding)", "c programming", "c"),
    (rf"(?P<a>{_TONGUES}) speaking$", r"spoken \g<a>", "speaking"),
    (rf"speaking (?P<a>{_TONGUES})$", r"spoken \g<a>", "speaking"),
    (rf"(?:speak fluent|become fluent in) (?P<x>{_TONGUES})", r"speak \g<x> fluently", "fluent"),
    (rf"(?P<p>{_PLATFORMS}) (?P<f>{_FOLLOWERS})", r"\g<f> on \g<p>", "followers subscribers likes views"),
    (
        rf"(?:get|gain|increase|drive|build) (?:more |many |number of |{_OWN})*(?=(?:{_FOLLOWERS}|traffic)\b)",
        "get more ",
        "followers subscribers likes views traffic",
    ),
    (r"(?P<a>website|blog|site) traffic", r"traffic \g<a>", "traffic"),
    (rf"traffic (?:to|on|for|of|in) {_OWN}(?P<b>website|blog|site)", r"traffic \g<b>", "traffic"),
    (
        r"(?:restore|retrieve|get back|undelete) (?=(?:my |the |your |old |permanently )*(?:deleted|lost|hacked)\b)",
        "recover ",
        "deleted lost hacked",
    ),
    (
        (
            "(?P<x>messages?|photos?|files?|videos?|contacts?|emails?|chats?|pictures?) (?:that |which )?"
            "(?:have been |were |was |are |i |i have )deleted"
        ),
        r"deleted \g<x>",
        "deleted",
    ),
    (rf"(?:increase|gain|improve) {_OWN}height(?! of)|(?:grow|become|get|be) taller", "grow taller", "height taller"),
    (r"reduce (?=\d+ (?:kgs?|kilos|pounds|lbs)\b)", "lose ", "reduce"),
    (
        r"(?:reduce|burn|remove|shed|cut) (?=(?:my |your |the |excess )*(?:belly|stomach|tummy|abdominal) fat)",
        "lose ",
        "fat",
    ),
    ("(?:stomach|tummy|abdominal) fat", "belly fat", "fat"),
    (
        (
            r"(?:get|getting) (?=(?:very |really |more )*(?:rich|famous|popular|fit|thin|fat|healthy|successful|wealthy"
            r"|confident|pregnant|smarter|stronger|richer)"
            r"(?: (?:in|on|at|by|for|with|without|from|and|or|fast|quickly|soon|after|before|while|as|than)\b|$))"
        ),
        "become ",
        "get getting",
    ),
    (
        r"^(?P<x>how .*\bbecome (?:\w+ly )?)(?P<y>strong|smart|rich|brav|calm|nic|kind|cool|tough)e?r$",
        r"\g<x>\g<y>",
        "become",
    ),
    ("(?:wake|waking|get|getting) up early(?: in (?:the )?morning)?", "wake up early", "early"),
    ("get to sleep", "fall asleep", "sleep"),
    (
        (
            "(?:(?:get|take|secure|gain|getting) (?:an |the )?admission (?:in|into|to|at)"
            r"|(?:get|be|getting) (?:admitted|accepted) (?:in|into|to|at))(?! (?:an? |the )?hospital)"
        ),
        "get into",
        "admission admitted accepted",
    ),
    ("(?P<x>jobs?|internships?|placement) in ", r"\g<x> at ", "job jobs internship internships placement"),
    (
        rf"(?P<x>{_WRITTEN_ON}) (?:on|regarding|concerning) (?!{_NO_TOPICS}\b)",
        r"\g<x> about ",
        "on regarding concerning",
    ),
    (
        "(?P<x>movies?|films?|books?|games?|apps?|sites?|websites?|shows?|series|anime|songs?) similar to",
        r"\g<x> like",
        "similar",
    ),
    ("(?:all )?by (?:myself|yourself|oneself)|on (?:my|your|one|our) own", "on own", "by own"),
    ("free online", "online free", "free"),
    ("in (?:an? )?(?:proper|correct) (?:way|manner)", "", "proper correct"),
    (
        "in (?:an? )?(?:more )?(?:effective|efficient) (?:way|manner)|(?:more )?(?:effectively|efficiently)",
        "effectively",
        "effective efficient effectively efficiently",
    ),
    ("future scope", "scope", "scope"),
    (r"best (?P<h>fields?|branch(?:es)?|projects?|topics?) in (?P<m>(?!the )\w+(?: \w+)?)$", r"best \g<m> \g<h>", "in"),
    ("scope in ", "scope of ", "scope"),
    ("(?P<x>scope|remedy|eligibility|criteria|syllabus|cutoff|salary|evidence|procedure) for ", r"\g<x> of ", "for"),
    (
        r"(?:₹ )?(?P<a>\d{1,6}) and (?:₹ )?(?P<b>\d{1,6})(?: currency| bank| ₹| rupee| rupees)* notes?",
        _notes,
        "notes note",
    ),
    (
        r"(?P<x>best (?:\w+ ){0,2})mobiles?(?= (?:under|below|for|within|between|with|in)\b|$)",
        r"\g<x>phone",
        "mobile mobiles",
    ),
    (r"good for (?:your |my |our |the )*health$", "healthy", "health"),
    (r"bad for (?:your |my |our |the )*health$", "unhealthy", "health"),
    ("pros and cons|benefits and (?:drawbacks|disadvantages)", "advantages and disadvantages", "pros benefits"),
    (r"(?:president |pm |PM |prime minister )?(?:donald )?trump(?! (?:jr|junior)\b)", "trump", "trump"),
    ("(?:pm |PM |prime minister )?(?:narendra )?modi", "modi", "modi"),
    ("(?:president )?(?:barack )?obama", "obama", "obama"),
    ("hairfall", "hair loss", "hairfall"),
)
"""Tried after them."""
