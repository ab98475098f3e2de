"""How English questions begin."""

from hub.reuse.grammar.grammar import frames

ONE = "(?:i|you|we|one|u|someone|somebody|anyone|anybody|a person|people|a beginner)"
_ANYBODY = "(?:one|me|us|you|someone|somebody|anyone|anybody|a person|people)"
CAN = "(?:do|does|can|could|should|would|will|shall|must|may|might|to|am|are)"
KINDS = (
    "(?:best|good|right|proper|correct|ideal|(?:most )?(?:effective|efficient)|possible|different|various|and"
    "|recommended)"
)
WAYS = "(?:ways?|methods?|steps?|process|approach|approaches|procedures?|means|techniques?|tricks|tips)"
SOME = "(?:the |a |an |some |any |few |of |one |your |all |list )*"

_UNIT = (
    "(?:(?:gallon|pint|quart|cup|(?:table|tea)spoon|ounce|oz|pound|lb|stone|gram|kilogram|kg|mg|ml|(?:milli"
    "|centi)?liter"
    "|(?:kilo|centi|milli)?meter|km|cm|mm|inch|foot|feet|yard|mile|acre|hectare|barrel|ton|tonne|byte|kb|mb"
    "|gb|tb|watt|volt"
    "|degree|dozen|lakh|crore|million|billion|trillion|thousand|hundred|half|quarter|third|percent)(?:s|es)?|%|°)"
)
"""How much such a thing is may ask for its size."""

FRAMES = frames(
    (rf"how (?:exactly )?{CAN} {ONE} (?:be able to |go about |get to |best )?", "HOW"),
    (rf"how {ONE} {CAN}", "HOW"),
    (
        (
            rf"what does it take(?: for {ONE})? to"
            rf"|what (?:things )?(?:do|does|should|must|has|have) {ONE} (?:have|need) to do to"
        ),
        "HOW",
    ),
    (r"how to (?:be able to |best )?", "HOW"),
    (
        (
            rf"what (?:is|are|will be|would be|could be|can be) {SOME}(?:{KINDS} )*{WAYS} "
            rf"(?:to|of|for|on|in which {ONE} can|that {ONE} can|{ONE} can|by which {ONE} can)"
        ),
        "HOW",
    ),
    (
        rf"what (?:should|can|could|must|do|would|shall) {ONE} (?:do|need to do|have to do) (?:in order )?(?:to|for)",
        "HOW",
    ),
    (rf"(?:is|are) there {SOME}(?:{KINDS} |easy |other )*{WAYS} (?:to|of|for|(?:that )?{ONE} (?:can|could))", "HOW"),
    (rf"(?:does|do) {ONE} know how to", "HOW"),
    (rf"(?:can|could|would|will) (?:{ONE} )?(?:tell|explain|show|teach)(?: me)? how to", "HOW"),
    (rf"(?:tell|explain|show|teach)(?: me)? how (?:to|{ONE} can)", "HOW"),
    (rf"{SOME}(?:best |good )?(?:ways?|tips|tricks|methods) (?:to|on|for)", "HOW"),
    (
        (
            r"(?:can|could|would) (?:you|someone|somebody|anyone|anybody) (?:please )?(?:suggest|recommend)(?: me)? "
            rf"{SOME}(?:best|good|great|nice)?"
        ),
        "BEST",
    ),
    (rf"is it (?:really |even |still )*possible (?:to|for {ONE} to|that {ONE} can)", "CAN"),
    (rf"(?:can|could) {ONE}(?: be able to)?|(?:am|are) {ONE} able to", "CAN"),
    (rf"may {ONE}|(?:am|are) {ONE} (?:allowed|permitted) to", "ALLOWED"),
    (rf"is it (?:allowed|permitted|ok|okay) (?:to|for {ONE} to|if {ONE})", "ALLOWED"),
    (rf"(?:should|shall|ought) {ONE}(?: to)?", "SHOULD"),
    (rf"(?:do|does) {ONE} (?:need|have) to|must {ONE}", "MUST"),
    (rf"is it (?:necessary|required|mandatory|compulsory|obligatory) (?:to|for {ONE} to)", "MUST"),
    (
        (
            rf"(?:what (?:is|are) )?{SOME}(?:main |basic |major |key |actual |exact |real |biggest )*"
            r"(?:differences?|distinctions?) (?:between|among|in between|of)"
        ),
        "DIFF",
    ),
    (rf"what (?:is|are) {SOME}meanings? (?:of|behind)", "MEAN"),
    (rf"what (?:is|are) {SOME}definition of", "WHAT"),
    (rf"what is (?:meant|understood) by|what do {ONE} (?:mean|understand) by", "MEAN"),
    (r"define", "WHAT"),
    (
        (
            rf"(?:how long|how much time) (?:does|do|will|would|did|can) (?:it|{ONE}) "
            rf"(?:usually |typically |normally )*(?:take|need)(?: for {_ANYBODY}(?= to ))?(?: to)?"
        ),
        "HOWLONG",
    ),
    (r"how much (?:does|do|will|would) it costs? (?:for (?:me|us|you|one) )?to", "COSTDO"),
    (rf"what (?:is|are) {SOME}(?:price|cost)s? (?:of|for) (?=\w+ing (?:an?|the|my|your)\b)", "COSTDO"),
    (rf"what (?:is|are) {SOME}(?:price|cost)s? (?:of|for)", "COST"),
    (r"how much (?:do|does|will|would) (?=.* (?:cost|costs)$)", "COST"),
    (rf"how much (?:is|are)(?! (?:a |an |one |the |\d[\d.,]* )*{_UNIT}(?!\w))", "COST"),
    (rf"where (?:can|could|do|would|may) {ONE} (?:find|get)", "WHEREGET"),
    (rf"where (?:can|could|do|would|may) {ONE} (?:buy|purchase|order)", "WHEREBUY"),
    (rf"where (?:can|could|do|would|may) {ONE}", "WHERE"),
    (r"where to (?:find|get)", "WHEREGET"),
    (r"where to (?:buy|purchase|order)", "WHEREBUY"),
    (r"where to", "WHERE"),
    (rf"(?:what|who) (?:is|are) {SOME}(?:best|greatest|number 1)|(?:what|who) are {SOME}top", "BEST"),
    (rf"what is {SOME}top(?= (?:(?!of|in|for)\w+ )?(?:\w+[^s\W]s\b|\d))", "BEST"),
    (rf"{SOME}(?:best|top)(?= [\w ]+$)", "BEST"),
    (rf"what are {SOME}good|what are some (?:of the )?great", "BEST"),
    (rf"what is {SOME}good", "GOOD"),
    (rf"(?:where|when) (?:is|are) {SOME}best", "BEST"),
    (
        (
            r"how (?:is it )?(?=(?:safe|true|effective|accurate|reliable|legal|dangerous|useful|helpful|common"
            r"|important|popular|necessary|normal|likely|healthy|harmful)\b)(?: is| are)?"
        ),
        "IS",
    ),
    (rf"(?:suggest|recommend)(?: me)? {SOME}(?:best|good|great|nice)?", "BEST"),
    (rf"what (?:is|are) {SOME}", "WHAT"),
    (r"(?=(?:causes?|symptoms?|benefits?|advantages|disadvantages|examples?|effects?|meaning|definition) of )", "WHAT"),
    (rf"what (?:was|were) {SOME}", "WHATWAS"),
    (rf"who (?:is|are) {SOME}", "WHO"),
    (rf"who (?:was|were) {SOME}", "WHOWAS"),
    (rf"why (?:do|does) (?:most |many |some )?{ONE}", "WHYONE"),
    (rf"why should {ONE}", "WHYSHOULD"),
    (r"(?:why|for what reason) (?:do|does)", "WHYDO"),
    (r"why (?:is|are)(?: it)?", "WHYIS"),
    (rf"what (?:is|are) {SOME}reasons? (?:for|of|behind|why)", "WHYIS"),
    (r"why (?:did)", "WHYDID"),
    (r"why (?:was|were)", "WHYWAS"),
    (rf"(?:list|name) {SOME}", "WHAT"),
    (r"how (?:do|does)", "HOW"),
    (r"how (?:is|are)", "HOWIS"),
    (r"how (?:did)", "HOWDID"),
    (r"how (?:was|were)", "HOWWAS"),
    (r"when (?:is|are)", "WHENIS"),
    (r"when (?:do|does)", "WHENDO"),
    (r"(?:when|at what time) (?:will)", "WHENWILL"),
    (rf"where (?:is|are)(?: {SOME})?", "WHEREIS"),
    (r"where (?:do|does)", "WHEREDO"),
    (rf"(?:does|do) {ONE}(?! (?:know|think|like|believe|have|want|agree|feel|see|mean))", "DOONE"),
    (r"(?:does|do)", "DO"),
    (r"(?:is|are) there", "ISTHERE"),
    (r"(?:is|are)", "IS"),
)
