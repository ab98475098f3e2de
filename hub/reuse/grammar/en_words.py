"""English words: their stems, their spellings, what means the same, and what means nothing."""

from hub.reuse.grammar.grammar import groups, numbers, spellings
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


SPELLED = (
    spellings(
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
    | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"}
)

SAME = groups(
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
) | {"US": "usa"}

DROPPED = listed(
    """
        a an the of to do does is are am be been being it its i you we one your my our some any there very really
        exactly actually ever that and for as so also even basically simply such own become properly
        effectively efficiently successfully correctly available yourself myself thing things should shall well together
        their phrase actual about type types kind kinds sort level naturally more
        """
)
