"""English: turns of speech."""

import re

from hub.reuse.grammar.en_asked import ASKED, REORDERED
from hub.reuse.grammar.en_frames import CAN, FRAMES, KINDS, ONE, SOME, WAYS
from hub.reuse.grammar.en_order import ORDER
from hub.reuse.grammar.en_spellings import SPELLED
from hub.reuse.grammar.en_turns import EARLY, LATE
from hub.reuse.grammar.en_words import DROPPED, SAME, stem
from hub.reuse.grammar.grammar import Grammar, phrases
from hub.reuse.lists import listed

_EVER = "(?:that )?(?:(?:have |has )?ever|(?:i|you|we|people)(?: have)?(?: ever)?)(?: been)?"
_NOBODY = "(?:a |any |some |most )?(?:person|people|someone|somebody|anyone|anybody)"
_LEARNT = (
    "writing|speaking|communication|listening|reading|programming|coding|social|cooking|english|language|vocabulary"
    "|grammar|drawing|leadership|thinking|memory|learning"
)
_LEVELS = (
    "blood (?:pressure|sugar)|cholesterol|sex drive|libido|heart rate|fever|body fat|costs?|prices?|expenses?|taxes"
    "|risks?|anxiety|expectations?|stress|uric acid|(?:electricity|energy|power) (?:bills?|consumption)"
)
"""What is lowered by being reduced."""
_POWERS = (
    "concentration|memory|focus|vocabulary|stamina|(?:self )?confidence|self esteem|metabolism|immunity|immune system"
    "|productivity|motivation|endurance|intelligence|attention span|knowledge|english|creativity"
)
"""What is improved by being increased."""
_CHOSEN = "read|watch|buy|visit|listen|play|try|see|learn|use|study"
"""What should be read is the best; what should be paid is not."""
_OF_HISTORY = (
    "(?:person|people|man|men|woman|women|leader|king|queen|battle|war|coincidence|invention|disaster|event)s?"
)
"""What there is in all history and not in its study: "the best degrees in history" are something else."""
_PARTICIPLES = (
    "been|seen|had|done|made|met|read|heard|found|learnt|bought|got|gotten|gone|given|taken|said|told|known"
    "|written|felt"
    "|eaten|thought|kept|spent|come|become|won|lost|broken|chosen|begun|taught|left|built|sent"
)
_PLATFORMS = (
    "quora|facebook|instagram|youtube|twitter|whatsapp|linkedin|snapchat|tinder|reddit|gmail|google|android|iphone|ipad"
    "|windows|mac|amazon|flipkart|netflix|spotify|ebay|pinterest|skype|tumblr"
)
_MOST = (
    "(?:most|least|favorite|top|best|worst|(?:great|bigg|larg|small|tall|short|long|high|low|fast|quick|slow"
    "|strong|weak|rich|poor"
    "|old|young|hott|cold|deep|hard|easi|tough|smart|clever|weird|strange|odd|funni|happi|sadd|safe|ugli"
    "|pretti|cut|cool"
    "|heavi|light|cheap|rar|deadli|busi|wid|scari|loud|bright|dark|simpl|healthi|clean|dirti|crazi|dumb|kind|wis|brav"
    "|sexi|dens|fat|thinn|hairi|lazi|lucki)e?st)"
)
"""Superlatives: with one of them, "in the world" says no more."""
_ANYWHERE = (
    "in the world|on earth|of all times?|all time|in the universe|on the planet|world wide"
    "|(?:available )?(?:on|in) (?:the )?market"
)
_ASKED = "what|how|why|when|where|who"


def _sorted_between(match: re.Match[str]) -> str:
    """Red wine and white wine: red and white wine."""
    first, second = sorted((match["a"], match["b"]))
    return f"between {first} and {second} {match['w']}"


_PHRASES = phrases(
    (rf"(?:can|could|would) (?:you|anyone|someone|anybody|somebody) (?:tell|explain to) (?:me|us) (?={_ASKED})", ""),
    (rf"(?<!how )(?:i want to know|i would like to know|tell me|does anyone know|do you know)(?= {_ASKED})", ""),
    (r"do (?:you|we|people) (?:think|feel|believe) (?=(?:is|are|was|were|will|would|should|has|have)\b)", ""),
    (
        rf"(?:what|which) (?P<x>\w+(?: \w+)?) should (?:i|we|you|one|people|someone|a person)(?= (?:{_CHOSEN})\b)",
        r"what is best \g<x> to",
    ),
    (
        (
            r"what (?:is|are) (?:the |some )?(?P<x>\w+(?: \w+)?) (?:that |which )?(?:i|we|you|one) should"
            rf"(?= (?:{_CHOSEN})\b)"
        ),
        r"what is best \g<x> to",
    ),
    (r"(?P<x>movies?|films?|series|shows?|anime) (?:to watch|worth watching|to see)", r"\g<x>"),
    (r"(?P<x>books?|novels?) (?:to read|worth reading)", r"\g<x>"),
    (r"(?P<x>songs?|music|podcasts?) to listen(?: to)?", r"\g<x>"),
    (r"(?P<x>games?) to play", r"\g<x>"),
    (
        (
            r"(?P<x>(?:smart|cell|mobile )?phones?|mobiles?|laptops?|tablets?|cameras?|headphones|cars?|bikes?"
            r"|tvs?|pcs?) to (?:buy|get|purchase)"
        ),
        r"\g<x>",
    ),
    (rf"(?P<x>movies?|films?|series|shows?|anime|memes?) {_EVER} (?:seen|watched|made|produced|released)$", r"\g<x>"),
    (rf"(?P<x>books?|novels?|poems?) {_EVER} (?:read|written)$", r"\g<x>"),
    (rf"(?P<x>songs?|albums?|music|jokes?) {_EVER} (?:heard|written|made|released|told)$", r"\g<x>"),
    (rf"(?P<x>games?) {_EVER} (?:played|made|released)$", r"\g<x>"),
    (r"why (?:is|are) (?P<x>[\w ]+) (?:so |very )?important", r"what is importance of \g<x>"),
    (r"what (?:is|are) (?P<x>[\w ]+) used for$", r"what is use of \g<x>"),
    (r"where (?:is|are) (?P<x>[\w ]+) (?:located|situated)", r"where is \g<x>"),
    (r"(?<=always )(?:have|has) to", ""),
    (r"(?<![\d.,])(?P<n>\d[\d.,]*) (?:rs|inr|INR|rupees)", r"₹ \g<n>"),
    (r"most (?:difficult|hard)", "hardest"),
    (r"most easy", "easiest"),
    (r"(?:what|how) (?:it is|is it) like", "what is it like"),
    (r"(?P<v>do|happens?|happen|say) when(?= \w)", r"\g<v> if"),
    (r"(?:so|very) much$", ""),
    (
        (
            rf"^(?P<x>how (?:{CAN} {ONE}|to)) learn (?:how )?to "
            r"(?=(?:speak|become|be|play|write|draw|cook|dance|sing|cope)\b)"
        ),
        r"\g<x> ",
    ),
    (r"(?:in|at) (?=(?:a |the |my |our |your |one |own )*(?:college|school|university|work|life)\b)", "at "),
    (r"start(?:ing)? (?:up )?(?:a |an |my |your |our |own |new )*(?=(?:business|company|startup|blog)\b)", "start "),
    (rf"for {_NOBODY}(?= to )", ""),
    (r"(?:ensure|make sure|making sure|ensuring) that", "ensure"),
    (r"(?:gas|petrol|fuel|filling) stations?", "gas station"),
    (r"(?:and )?why is (?:that|it)(?: so)?$", ""),
    (r"(?P<m>my|your|our|their|his|her|its|one) own", r"\g<m>"),
    # "Whom do you love" is not "who loves you".
    (rf"^who(?:m)? (?:do|does|did|can|could|should|would|will) (?={ONE}\b)", "whom "),
    (r"how come", "why do"),
    (r"in (?:what|which) ways?|by what means|how is it possible (?=to )", "how "),
    (r"e[ -]?books?", "ebook"),
    (r"wi[ -]fi", "wifi"),
    (r"web (?=sites?|pages?)", "web"),
    (r"every (?P<x>one|body)(?! of)", r"every\g<x>"),
    # "That you have ever met" and "that you ever met": what has happened has happened.
    (rf"(?P<who>{ONE}) (?:have|has) (?=(?:ever |recently )?(?:\w\w+ed|{_PARTICIPLES})\b)", r"\g<who> "),
    (r"(?:that|which|who) (?:have|has) (?=(?:ever )?(?:\w\w+ed|been|become|happened|made|won)\b)", "that "),
    (r"why (?P<v>do|are) (?:so )?many (?=(?:people|men|women|humans|girls|guys|boys)\b)", r"why \g<v> "),
    (r"(?:put|putting) on weight", "gain weight"),
    (r"(?:know|tell|find out|figure out) that(?= (?:i|you|we|one) )", "know if"),
    (r"(?:will|would) (?=happen|win|be the)", "will "),
    (r"^what happens (?=if )", "what will happen "),
    (r"(?<=\w )or not$", ""),
    (r"whether or not", "whether"),
    (r"mean when(?= \w)", "mean if"),
    (r"what will happen if|what if (?!i |we |you )", "what will happen if "),
    (r"(?:in )?(?:a )?fight between (?P<a>[\w ]+) and (?P<b>[\w ]+)$", r"\g<a> vs \g<b>"),
    (r"what causes (?P<x>[\w' ]+)$", r"what is cause of \g<x>"),
    (r"what (?:is|are) (?:the )?effects? of (?P<x>[\w' ]+) on (?P<y>[\w' ]+)$", r"how does \g<x> affect \g<y>"),
    (r"what is it like (?=to |being )|what (?:was|does) it (?:feel )?like (?=to |being )", "what like "),
    (r"(?:reasons?|reason) (?:why|that|for which) (?=people |you |i )", "why do "),
    (
        (
            r"(?:in|on|at|via|through) (?:the |my |your |a |an )?"
            rf"(?=(?:{_PLATFORMS})\b)"
        ),
        "on ",
    ),
    (r"(?:under|below)(?: (?:rs|inr|INR))?(?: \.)? (?=\d+(?: k| 000)?)", "under "),
    (r"(?:rs|inr|INR|rupees) (?=\d)", "₹ "),
    (r"(?<![\d.,])(?P<n>[1-9]\d{0,2}) k", r"\g<n>000"),
    (r"(?:through|via|by) online", "online"),
    (
        rf"(?P<x>{_LEARNT}) (?:skills?|abilit(?:y|ies)|power)",
        r"\g<x>",
    ),
    (r"(?:home ?made|natural|home) (?:remed(?:y|ies)|cures?|treatments?)", "home remedy"),
    (r"which (?:one )?(?:is|are)", "what is"),
    (r"which (?:one )?(?:was|were)", "what was"),
    (r"which", "what"),
    (r"what (?:is|are) (?:it|that)(?! like)", "what is"),
    (r"(?<=\w )(?:and )?why(?: or why not| not| so)?$", ""),
    (r"as well as", "and"),
    (r"in order to|so as to", "to"),
    (r"(?:a lot of|lots of|plenty of)", "many"),
    (r"(?:get|getting) rid of", "remove"),
    (r"(?:get|getting) over", "overcome"),
    (rf"world(?:s|wide)? (?={_MOST}\b)", ""),
    # Which country is the safest: what is the safest country.
    (
        (
            r"^what (?P<x>(?!(?:i|you|we|they|is|are|do|does) )\w+(?: \w+)?) (?:is|are) (?:the )?"
            rf"(?P<m>(?:most|least) \w+|{_MOST})(?P<y>(?: (?:for|to|in|on|at|under|among) .+)?)$"
        ),
        r"what is \g<m> \g<x>\g<y>",
    ),
    (
        rf"^what (?:is|are) (?:the )?(?P<x>\w+) (?:with|that has|that have) (?:the )?(?P<m>{_MOST}) ",
        r"what \g<x> has \g<m> ",
    ),
    (rf"(?P<x>{_MOST} )(?:kinds?|types?|sorts?) of (?!\d)", r"\g<x>"),
    (r"^what (?:kinds?|types?|sorts?) of", "what"),
    (r"^how true (?:is|are) (?P<x>.+)$", r"is \g<x> true"),
    (r"a (?P<x>good|bad) thing$", r"\g<x>"),
    (rf"lower(?:ing)? (?=(?:my |your |the )?(?:{_LEVELS})\b)", "reduce "),
    (rf"(?:increase|boost|enhance|raise) (?=(?:my |your |our )?(?:{_POWERS})\b)", "improve "),
    (r"(?:quit|quitting|give up|giving up) (?=\w+ing\b)", "stop "),
    (rf"(?:become|be|get|getting) (?:famous|popular) (?=on (?:{_PLATFORMS})\b)", "become famous "),
    (r"(?:make|making|earn|earning|earns) (?:some |extra )?(?:money|income|cash)", "earn money"),
    (rf"earn money (?:from|through|via|with|by|using|by using) (?=(?:{_PLATFORMS})\b)", "earn money on "),
    (r"learn everything (?:about )?", "learn "),
    (r"^(?P<x>how (?:do|does) [\w ]+) (?:operates?|functions?|works)$", r"\g<x> work"),
    (
        rf"^how (?P<x>(?!(?:{CAN}|many|much|well|did|is) )[\w ]+) (?:works?|operates?|functions?)$",
        r"how does \g<x> work",
    ),
    (
        (
            rf"^(?P<x>how (?:{CAN} {ONE}|to)|what (?:is|are) {SOME}(?:{KINDS} )*{WAYS} to) (?:be|become)"
            r"(?: more(?! than))? (?!able |sure )"
        ),
        r"\g<x> become ",
    ),
    (r"what (?:will|would|could|can|might) be (?=(?:the |a |some |your )*(?:best|good|right|ideal)\b)", "what is "),
    (r"(?:in your opinion|according to you)", ""),
    (rf"^where in (?P<p>\w+) (?P<m>can|could|do) (?P<o>{ONE}) (?P<x>.+)$", r"where \g<m> \g<o> \g<x> in \g<p>"),
    (rf"^what (?!is |are )(?P<x>\w+(?: \w+)?) (?P<o>{ONE}) (?P<m>should|can|could|must) ", r"what \g<x> \g<m> \g<o> "),
    (r"^why (?P<o>i|we|you|people) (?P<m>should|can|must) ", r"why \g<m> \g<o> "),
    (r"^(?P<x>what|how|why|who|where|when) (?:exactly|actually|really|basically) ", r"\g<x> "),
    (r"^(?:approximately|about) (?=how )", ""),
    (
        r"^how (?:is|are|does|do) (?P<a>[\w ]+?) (?:different|differ) from (?P<b>[\w ]+)$",
        r"difference between \g<a> and \g<b>",
    ),
    (
        r"^how (?:are|do) (?P<a>[\w ]+?) and (?P<b>[\w ]+) (?:different|differ)(?: from each other)?$",
        r"difference between \g<a> and \g<b>",
    ),
    (
        (
            rf"^how (?:{CAN} {ONE}|to) (?:differentiate|distinguish) (?:between )?(?P<a>[\w ]+) (?:and|from) "
            rf"(?P<b>[\w ]+)$"
        ),
        r"difference between \g<a> and \g<b>",
    ),
    (r"between (?P<a>\w+) (?P<w>\w+) and (?P<b>\w+) (?P=w)$", _sorted_between),
    (r"between (?P<w>\w+) (?P<a>(?!\d)[\w ]+) and (?P=w) (?P<b>[\w ]+)$", r"between \g<a> and \g<w> \g<b>"),
    (r"improve (?:in|on|upon) ", "improve "),
    # Who owned it is not who owns it.
    (r"^(?P<x>who|what(?: \w+)?) (?P<v>\w\w+ed)\b", r"\g<x> did \g<v>"),
    (r"go for (?=\w+ing\b)", "go "),
    (r"for learning ", "to learn "),
    (r"(?P<x>convert(?:ing)? .+) into ", r"\g<x> to "),
    (
        r"^how (?P<x>safe|common|important|dangerous|healthy|legal|normal|necessary|useful|effective) is it (?=to )",
        r"is it \g<x> ",
    ),
    (r"^(?P<x>what (?:do|does|did) [\w ]+ think) of ", r"\g<x> about "),
    (r"for (?:preparing|the preparation of)(?: for)? ", "to prepare for "),
    (r"(?P<x>\w\w+ed) by (?:someone|somebody|people|a person)$", r"\g<x>"),
    (r"^(?P<x>how (?:many|much) [\w ]+?) (?:is|are) there\b", r"\g<x>"),
    (r"(?P<x>formula|symbol|cure|reason)(?P<s>s?) for", r"\g<x>\g<s> of"),
    (
        (
            r"^why (?P<x>(?!(?:is|are|do|does|did|was|were|can|not) )\w+(?: \w+)?) (?P<v>is|are) "
            r"(?P<y>(?:so |very |too )?\w+)$"
        ),
        r"why \g<v> \g<x> \g<y>",
    ),
    (r"questions? (?:asked|posted) (?=on |in |at )", "questions "),
    (r"^(?P<x>what (?:does|is (?:the )?meaning of)) (?:the )?(?:phrase|word|term|saying|idiom|expression) ", r"\g<x> "),
    (
        (
            r"^what (?P<x>(?!(?:i|you|we|they) )\w+(?: \w+)?) (?:is|are) (?:the )?best"
            r"(?P<y>(?: (?:for|to|in|at|under) .+)?)$"
        ),
        r"what is best \g<x>\g<y>",
    ),
    (rf"(?P<x>{_MOST} (?:{_OF_HISTORY}) )(?:in|of)(?: human| world)? history", r"\g<x>"),
    (r"ph levels?", "ph"),
    (r"(?:avoid|overcome|beat|stop|conquer) (?:my |your )?procrastinati(?:on|ng)", "stop procrastinating"),
    (r"(?:publicly )?available$", ""),
    (r"(?:cope|coping) with", "deal with"),
    (r"(?:get|getting) (?:started|start)(?: with| in| on| using)?|(?:start|starting) using", "start"),
    (r"start(?: off)? (?:to )?(?:learn|learning)|(?:learn|learning) (?:how )?to(?: use)?|learn using", "learn"),
    (r"(?:reduce|reducing|lower|shed|losing) (?:body |my |your )?weight", "lose weight"),
    (r"(?:know|tell|find out|figure out|check|determine|see) (?:if|whether)", "know if"),
    (r"united states(?: of america)?|u\.? ?s\.? ?a\.?|the states", "usa"),
    (r"united kingdom", "uk"),
    (r"by using|with the help of|by means of|with use of", "with"),
    (r"(?:by|through|via|over|on|from) the (?:internet|web)", "online"),
    (r"for free|free of (?:charge|cost)|at no cost|without paying", "free"),
    (r"(?:cell|mobile|smart) ?phones?", "phone"),
    (r"e[ -]mails?", "email"),
    (rf"(?P<x>{_MOST} (?:[\w']+ ){{0,4}}?)(?:{_ANYWHERE})", r"\g<x>"),
    (
        rf"(?P<x>^who (?:is|are|was|were) (?:\w+ )?{_MOST} (?:[\w']+ ){{0,3}}?)(?:in|of)(?: human| world)? history",
        r"\g<x>",
    ),
    (r"(?<=\w )(?:out there|so far)", ""),
    (rf"all time (?={_MOST}\b)", ""),
    (r"at home", "home"),
    (r"(?:opinions?|reviews?|views?|thoughts?) (?:on|about|of|regarding)", "opinion"),
    (r"what (?:do|does) (?:you|people|one|we) think (?:about|of)", "what is opinion"),
    (r"how (?:do|does) (?:you|people) (?:think|feel) (?:about|of)", "what is opinion"),
    (r"sign (?:in|into)|log (?:in|into|on)|login", "login"),
    (r"(?:(?:sign|log) (?:out|off)|logout)(?: of| from| in| on)?", "logout"),
    (r"sign up|register", "register"),
    (r"(?:turn|switch|power) on", "turn on"),
    (r"activate|enable", "enable"),
    (r"(?:turn|switch|power) off", "turn off"),
    (r"deactivate|disable", "disable"),
    (r"send back|give back", "return"),
    (r"call off", "cancel"),
    (r"opening (?:hours|times)|business hours|hours of operation", "opening hours"),
    (r"what (?:is|does) it (?:feel )?like|how (?:does|do) it feel(?: like)?|how is it(?= to)", "what like"),
    (r"what does (?P<x>[\w' -]+) (?:mean|stand for)$", r"what is meaning of \g<x>"),
    (r"what (?P<x>\w+(?: \w+)?) do (?:i|we|you|one)(?= \w)", r"what \g<x>"),
)

ENGLISH_GRAMMAR = Grammar(
    spelled=SPELLED,
    phrases=(*EARLY, *ASKED, *ORDER, *_PHRASES, *LATE),
    frames=FRAMES,
    dropped=DROPPED,
    same=SAME,
    stem=stem,
    pointing=listed("this these those here"),
    months=frozenset(
        map(stem, listed("january february march april may june july august september october november december"))
    ),
    joint=" and ",
    thousands=",",
    reordered=REORDERED,
)
