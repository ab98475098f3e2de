"""English."""

from hub.reuse.grammar.grammar import Grammar, frames, groups, numbers, phrases, spellings
from hub.reuse.lists import listed

_VOWELS = frozenset("aeiouy")
_KEPT_WHOLE = {
    # Not the plural or the form that they look like.
    "news": "news", "this": "this", "gas": "gas", "bus": "bus", "yes": "yes", "thing": "thing", "during": "during",
    "morning": "morning", "evening": "evening", "spring": "spring", "string": "string", "king": "king", "ring": "ring",
    "wing": "wing", "sing": "sing", "bring": "bring", "ceiling": "ceiling", "wedding": "wedding", "bed": "bed",
    "red": "red", "need": "need", "speed": "speed", "feed": "feed", "seed": "seed", "weed": "weed", "series": "series",
    "species": "species", "physics": "physics", "always": "always", "less": "less", "boss": "boss", "class": "class",
    "glass": "glass", "bass": "bass", "was": "was", "has": "have", "had": "have", "having": "have", "does": "do",
    "doing": "do", "done": "done", "did": "did", "went": "went", "gone": "gone", "made": "made", "men": "man",
    "women": "woman", "children": "child", "people": "people", "feet": "foot", "teeth": "tooth", "lives": "live",
    "lying": "lie", "dying": "die", "tying": "tie", "hundred": "hundred", "united": "united", "states": "states",
    "pos": "pos", "ios": "ios", "windows": "windows", "aws": "aws", "movies": "movi", "cookies": "cooki", "ties": "tie",
    "something": "something", "anything": "anything", "nothing": "nothing", "everything": "everything",
}  # fmt: skip


def stem(word: str) -> str:
    """Without -s, -es, -ing and -ed; the e and the y at the end as they become before those."""
    if word in _KEPT_WHOLE:
        return _KEPT_WHOLE[word]
    if "'" in word:
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}i"
    base = _singular(word)
    base = _without_ending(base) if base == word else base
    if base.endswith("e") and len(base) > 3:
        return base[:-1]
    if base.endswith("y") and len(base) > 2 and base[-2] not in _VOWELS:
        return f"{base[:-1]}i"
    return base


def _singular(word: str) -> str:
    if word.endswith(("sses", "shes", "ches", "xes", "zes")) and len(word) > 4:
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")) else word


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and not _VOWELS.isdisjoint(rest):
            doubled = len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return word if ending == "ed" and rest.endswith("e") else rest[:-1] if doubled else rest
    return word


_ONE = "(?:i|you|we|one|u|someone|somebody|anyone|anybody|a person|people|a beginner)"
_CAN = "(?:do|does|can|could|should|would|will|shall|must|may|might|to|am|are)"
_KINDS = "(?:best|good|right|proper|correct|ideal|effective|most effective|possible|different|various|and|recommended)"
_WAYS = "(?:ways?|methods?|steps?|process|approach|approaches|procedures?|means|techniques?|tricks|tips)"
_SOME = "(?:the |a |an |some |any |few |of |one |your |all |list )*"

_FRAMES = frames(
    (rf"how (?:exactly )?{_CAN} {_ONE} (?:be able to |go about |get to |best )?", "HOW"),
    (rf"how {_ONE} {_CAN}", "HOW"),
    (
        rf"what does it take(?: for {_ONE})? to|what (?:do|does|should|must|has|have) {_ONE} (?:have|need) to do to",
        "HOW",
    ),
    (r"how to (?:be able to )?", "HOW"),
    (
        (
            rf"what (?:is|are|will be|would be|could be|can be) {_SOME}(?:{_KINDS} )*{_WAYS} "
            rf"(?:to|of|for|in which {_ONE} can|that {_ONE} can|{_ONE} can|by which {_ONE} can)"
        ),
        "HOW",
    ),
    (
        rf"what (?:should|can|could|must|do|would|shall) {_ONE} (?:do|need to do|have to do) (?:in order )?(?:to|for)",
        "HOW",
    ),
    (rf"(?:is|are) there {_SOME}(?:{_KINDS} |easy |other )*{_WAYS} (?:to|of|for|that {_ONE} can|{_ONE} can)", "HOW"),
    (rf"(?:does|do) {_ONE} know how to", "HOW"),
    (rf"(?:can|could|would|will) (?:{_ONE} )?(?:tell|explain|show|teach)(?: me)? how to", "HOW"),
    (rf"(?:tell|explain|show|teach)(?: me)? how (?:to|{_ONE} can)", "HOW"),
    (rf"(?:{_SOME})(?:best |good )?(?:ways?) to", "HOW"),
    (rf"is it (?:really |even |still )*possible (?:to|for {_ONE} to|that {_ONE} can)", "CAN"),
    (rf"(?:can|could|may|might) {_ONE}(?: be able to)?|(?:am|are) {_ONE} (?:able|allowed) to", "CAN"),
    (rf"is it (?:allowed|permitted|ok|okay) (?:to|for {_ONE} to|if {_ONE})", "CAN"),
    (rf"(?:should|shall|must|ought) {_ONE}(?: to)?", "SHOULD"),
    (rf"(?:do|does) {_ONE} (?:need|have) to", "MUST"),
    (rf"is it (?:necessary|required|mandatory|compulsory|obligatory) (?:to|for {_ONE} to)", "MUST"),
    (
        (
            rf"(?:what (?:is|are) )?{_SOME}(?:main |basic |major |key |actual |exact |real |biggest )*"
            r"(?:differences?|distinctions?) (?:between|among|in between|of)"
        ),
        "DIFF",
    ),
    (rf"what (?:is|are) {_SOME}(?:meaning|definition) (?:of|behind)", "WHAT"),
    (r"what is (?:meant|understood) by", "WHAT"),
    (
        (
            rf"(?:how long|how much time) (?:does|do|will|would|did|can) (?:it|{_ONE}) "
            r"(?:usually |typically |normally )*(?:take|need)(?: for \w+)?(?: to)?"
        ),
        "HOWLONG",
    ),
    (rf"what (?:is|are) {_SOME}(?:price|cost)s? (?:of|for)", "COST"),
    (r"how much (?:do|does|will|would) (?=.* (?:cost|costs)$)", "COST"),
    (r"how much (?:is|are)", "COST"),
    (rf"where (?:can|could|should|do|would|may) {_ONE} (?:find|get|buy|purchase|order|download)", "WHEREGET"),
    (rf"where (?:can|could|should|do|would|may) {_ONE}", "WHERE"),
    (r"where to (?:find|get|buy|purchase)", "WHEREGET"),
    (r"where to", "WHERE"),
    (rf"(?:what|who) (?:is|are) {_SOME}(?:best|top|greatest|number 1)", "BEST"),
    (rf"{_SOME}(?:best|top)(?= [\w ]+$)", "BEST"),
    (rf"what (?:is|are) {_SOME}(?:good|great|nice)", "BEST"),
    (rf"where (?:is|are) {_SOME}(?:best|good|top)(?= place)", "BEST"),
    (rf"(?:can|could|would) {_ONE} (?:suggest|recommend)(?: me)? {_SOME}(?:best|good|great|nice)?", "BEST"),
    (rf"(?:suggest|recommend)(?: me)? {_SOME}(?:best|good|great|nice)?", "BEST"),
    (rf"what (?:is|are) {_SOME}", "WHAT"),
    (rf"what (?:was|were) {_SOME}", "WHATWAS"),
    (rf"who (?:is|are) {_SOME}", "WHO"),
    (rf"who (?:was|were) {_SOME}", "WHOWAS"),
    (rf"why (?:do|does) (?:most |many |some )?{_ONE}", "WHYONE"),
    (r"(?:why|for what reason) (?:do|does)", "WHYDO"),
    (r"why (?:is|are)(?: it)?", "WHYIS"),
    (rf"what (?:is|are) {_SOME}reasons? (?:for|of|behind|why)", "WHYIS"),
    (r"why (?:did)", "WHYDID"),
    (r"why (?:was|were)", "WHYWAS"),
    (rf"(?:list|name) {_SOME}", "WHAT"),
    (r"how (?:do|does)", "HOW"),
    (r"how (?:is|are)", "HOWIS"),
    (r"how (?:did)", "HOWDID"),
    (r"how (?:was|were)", "HOWWAS"),
    (r"when (?:is|are)", "WHENIS"),
    (r"when (?:do|does)", "WHENDO"),
    (r"(?:when|at what time) (?:will)", "WHENWILL"),
    (rf"where (?:is|are)(?: {_SOME})?", "WHEREIS"),
    (r"where (?:do|does)", "WHEREDO"),
    (rf"(?:does|do) {_ONE}(?! (?:know|think|like|believe|have|want|agree|feel|see|mean))", "DOONE"),
    (r"(?:does|do)", "DO"),
    (r"(?:is|are) there", "ISTHERE"),
    (r"(?:is|are)", "IS"),
)
_ASKED = "what|how|why|when|where|who"
_PHRASES = phrases(
    (r"(?:hello|hi|hey|please|thanks|thank you|kindly)", ""),
    (rf"(?:can|could|would) (?:you|anyone|someone|anybody|somebody) (?:tell|explain to) (?:me|us) (?={_ASKED})", ""),
    (rf"(?:i want to know|i would like to know|tell me|does anyone know|do you know)(?= {_ASKED})", ""),
    (r"how come", "why do"),
    (r"which (?:one )?(?:is|are)", "what is"),
    (r"which (?:one )?(?:was|were)", "what was"),
    (r"which", "what"),
    (r"what (?:is|are) (?:it|that)(?! like)", "what is"),
    (r"(?<=\w )(?:and )?why(?: or why not| not| so)?$", ""),
    (r"as well as", "and"),
    (r"in order to|so as to", "to"),
    (r"(?:a lot of|lots of|plenty of)", "many"),
    (r"(?:get|getting) rid of", "remove"),
    (r"(?:get|getting) over|(?:deal|dealing|cope|coping) with", "overcome"),
    (r"(?:get|getting) (?:started|start)(?: with| in| on| using)?", "start"),
    (r"start(?: off)? (?:to )?(?:learn|learning)|(?:learn|learning) (?:how )?to(?: use)?|learn using", "learn"),
    (r"(?:make|making|earn|earning|earns) (?:some |extra )?(?:money|income|cash)", "earn money"),
    (r"(?:reduce|reducing|lower|shed|losing) (?:body |my |your )?weight", "lose weight"),
    (r"(?:know|tell|find out|figure out|check|determine|see) (?:if|whether)", "know if"),
    (r"united states(?: of america)?|u\.? ?s\.? ?a\.?|the states", "usa"),
    (r"united kingdom|great britain", "uk"),
    (r"by using|with the help of|by means of|with use of", "with"),
    (r"(?:by|through|via|over|on|from) the (?:internet|web)", "online"),
    (r"for free|free of (?:charge|cost)|at no cost|without paying", "free"),
    (r"(?:cell|mobile|smart) ?phones?", "phone"),
    (r"e[ -]mails?", "email"),
    (
        r"(?<=\w )(?:in the world|on earth|in history|of all times?|all time|in the universe|on the planet|world wide)",
        "",
    ),
    (r"(?<=\w )(?:out there|on the market|in the market|so far)", ""),
    (r"at home", "home"),
    (r"(?:opinions?|reviews?|views?|thoughts?) (?:on|about|of|regarding)", "opinion"),
    (r"what (?:do|does) (?:you|people|one|we) think (?:about|of)", "what is opinion"),
    (r"how (?:do|does) (?:you|people) (?:think|feel) (?:about|of)", "what is opinion"),
    (r"sign (?:in|into)|log (?:in|into|on)|login", "login"),
    (r"(?:sign|log) (?:out|off)", "logout"),
    (r"sign up|register", "register"),
    (r"(?:turn|switch|power) on|activate|enable", "enable"),
    (r"(?:turn|switch|power) off|shut down|deactivate|disable", "disable"),
    (r"send back|give back", "return"),
    (r"call off", "cancel"),
    (r"opening (?:hours|times)|business hours|hours of operation", "opening hours"),
    (r"what (?:is|does) it (?:feel )?like|how (?:does|do) it feel(?: like)?|how is it(?= to)", "what like"),
    (r"what does (?P<x>[\w' -]+) (?:mean|stand for)$", r"what is meaning of \g<x>"),
    (r"(?:what|which) (?P<x>\w+(?: \w+)?) (?:should|can|could|do|would|must) (?:i|we|you|one)(?= \w)", r"what \g<x>"),
)

ENGLISH_GRAMMAR = Grammar(
    spelled=spellings(
        """
        can't: can not
        cannot: can not
        won't: will not
        shan't: shall not
        don't: do not
        doesn't: does not
        didn't: did not
        isn't: is not
        aren't: are not
        wasn't: was not
        weren't: were not
        haven't: have not
        hasn't: has not
        hadn't: had not
        couldn't: could not
        shouldn't: should not
        wouldn't: would not
        mustn't: must not
        dont: do not
        doesnt: does not
        didnt: did not
        isnt: is not
        cant: can not
        wont: will not
        what's: what is
        whats: what is
        who's: who is
        where's: where is
        when's: when is
        how's: how is
        why's: why is
        there's: there is
        it's: it is
        that's: that is
        you're: you are
        they're: they are
        we're: we are
        you've: you have
        i'm: i am
        wanna: want to
        gonna: going to
        maths: math
        mathematics: math
        colour: color
        colours: color
        favourite: favorite
        behaviour: behavior
        neighbours: neighbor
        centre: center
        centres: center
        tyre: tire
        tyres: tire
        licence: license
        grey: gray
        organise: organize
        programme: program
        percent: %
        dollars: $
        dollar: $
        euros: €
        euro: €
        n't: not
        versus: vs
        v: vs
        u: you
        wat: what
        """
    )
    | numbers("zero")
    | numbers("two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen", 2)
    | numbers("seventeen eighteen nineteen twenty", 17)
    | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"},
    phrases=_PHRASES,
    frames=_FRAMES,
    dropped=listed(
        """
        a an the of to do does is are am be been being it its i you we one your my our some any there very really
        exactly actually ever that and for as so also even basically simply such own become properly
        effectively efficiently successfully correctly available yourself myself thing things should shall well together
        their phrase actual about type types kind kinds sort level naturally more
        """
    ),
    same=groups(
        """
        buy purchase
        start begin commence
        fast quick rapid
        quickly rapidly fast
        film movie
        website site webpage
        app application
        big large huge
        biggest largest
        small little tiny
        smallest littlest
        fix repair mend
        shop store
        pc computer
        photo picture photograph pic
        car automobile
        job employment
        learn study
        earn make_money
        remove delete erase
        happen occur
        many numerous
        phone mobile cellphone smartphone
        use utilize utilise
        help assist
        kid child
        error mistake
        cost price
        usa america
        reduce decrease lower
        increase raise boost
        improve enhance
        weird strange odd
        stop quit
        person people human someone somebody anyone anybody
        choose select pick
        through via
        bike bicycle
        simple easy
        university college
        get obtain acquire receive
        overcome cure
        doctor physician
        lawyer attorney
        tv television
        ad advertisement advert
        exam examination
        info information
        government govt
        benefit advantage perk
        drawback disadvantage downside
        effect impact
        hard difficult tough
        sofa couch
        ill sick
        rich wealthy
        cheap inexpensive affordable
        expensive costly
        smart intelligent clever
        famous popular
        opportunity chance
        company firm
        allow permit
        need require
        flat apartment
        lift elevator
        truck lorry
        shipping delivery
        opinion review
        parcel package
        voucher coupon
        bill invoice
        trip journey
        infant baby
        example instance
        way method
        tip advice
        funny humorous hilarious
        beautiful pretty
        """,
        stem,
    )
    | {"US": "usa"},
    stem=stem,
    pointing=listed("this these those here"),
    months=frozenset(
        map(stem, listed("january february march april may june july august september october november december"))
    ),
    joint=" and ",
)
