"""English words: their stems, their spellings, what means the same, and what means nothing."""

from hub.reuse.grammar.grammar import groups
from hub.reuse.lists import listed

_VOWELS = frozenset("aeiouy")
_KEPT_WHOLE = {
    # Not the plural or the form that they look like.
    "news": "news", "this": "this", "gas": "gas", "bus": "bus", "yes": "yes", "thing": "thing", "during": "during",
    "morning": "morning", "evening": "evening", "spring": "spring", "string": "string", "king": "king", "ring": "ring",
    "wing": "wing", "sing": "sing", "bring": "bring", "ceiling": "ceiling", "wedding": "wedding", "bed": "bed",
    "red": "red", "need": "need", "speed": "speed", "feed": "feed", "seed": "seed", "weed": "weed", "series": "series",
    "species": "species", "physics": "physics", "always": "always", "less": "less", "boss": "boss", "class": "class",
    "glass": "glass", "bass": "bass", "was": "was", "has": "hav", "had": "hav", "having": "hav", "does": "do",
    "doing": "do", "done": "done", "did": "did", "went": "went", "gone": "gone", "made": "made", "men": "man",
    "women": "woman", "children": "child", "people": "people", "feet": "foot", "teeth": "tooth", "lives": "live",
    "lying": "lie", "dying": "die", "tying": "tie", "hundred": "hundred", "united": "united", "states": "states",
    "pos": "pos", "ios": "ios", "windows": "windows", "aws": "aws", "movies": "movi", "cookies": "cooki", "ties": "tie",
    "seen": "see", "bought": "buy", "got": "get", "gotten": "get",
    "taken": "tak", "said": "say", "known": "know", "written": "writ", "felt": "feel",
    "fixed": "fixed", "kept": "keep", "spent": "spend", "slept": "sleep", "taught": "teach", "thought": "think",
    "eaten": "eat", "given": "giv", "chosen": "choos",
    "begun": "begin", "using": "use", "used": "used", "pakistanis": "pakistani", "israelis": "israeli",
    "taxis": "taxi", "wolves": "wolf", "knives": "knife", "wives": "wife", "mice": "mouse", "learnt": "learn",
    "something": "something", "anything": "anything", "nothing": "nothing", "everything": "everything",
}  # fmt: skip

NOUNS = listed(
    """
    accounting banking marketing engineering training housing clothing farming fishing painting boxing building
    meeting setting parking saving savings hearing coating dressing filling heading holding landing lighting
    listing mining mapping opening packaging plumbing pricing printing programming rating roofing saying
    stuffing testing tracking trading warning wiring drawing crossing bearing beginning catering charging dating
    feeling finding gaming gardening hosting hunting living modeling networking nursing poisoning processing
    publishing reasoning sampling schooling seasoning staffing stocking timing tooling wording ironing coding
    budgeting counseling computing fencing funding heating imaging planning padding plating ruling tanning
    whaling shipping racing scheduling styling glasses customs means goods arms damages premises manners
    earnings pants
    """
)
"""Nouns that are something else than the word that they seem to be a form of: marketing is not a market."""


def stem(word: str) -> str:
    """Without -s, -es, -ing and -ed; the e and the y at the end as they become before those."""
    if word in _KEPT_WHOLE:
        return _KEPT_WHOLE[word]
    for noun in (word, word.removesuffix("s")):
        if noun in NOUNS:
            return noun
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


SAME = groups(
    """
        buy purchase
        start begin commence
        fast quick rapid speedy
        quickly rapidly fast
        film movie
        website site webpage portal
        app application
        big large huge
        biggest largest
        small little tiny
        smallest littlest
        repair mend
        pc computer
        photo picture photograph pic
        car automobile
        job employment
        earn make_money
        happen occur
        many numerous
        phone cellphone smartphone
        use utilize utilise
        help assist
        kid child
        reduce decrease lessen
        improve enhance
        weird strange
        choose select
        through via
        bike bicycle
        simple easy
        person people human someone somebody anyone anybody
        university college
        get obtain
        doctor physician
        lawyer attorney
        tv television
        ad advertisement advert
        exam examination
        info information
        government govt
        benefit advantage
        drawback disadvantage downside
        effect impact
        hard difficult
        sofa couch
        rich wealthy
        cheap inexpensive affordable
        expensive costly
        intelligent clever
        truck lorry
        shipping delivery
        opinion review
        voucher coupon
        trip journey
        infant baby
        way method technique
        funny humorous hilarious
        acne pimple
        student pupil
        scared afraid
        sad unhappy
        difference distinction
        feature characteristic
        income earnings
        employee worker
        salary wage
        aim objective
        tasty delicious
        boring dull
        crazy insane
        calm relaxed
        permanently forever
        buddy friend pal
        mom mother mum
        dad father
        wealth riches
        answer reply
        destroy ruin
        concentrate focus
        amazing awesome
        interesting fascinating
        perhaps maybe
        reliable trustworthy
        workout exercise
        important crucial
        convince persuade
        understand comprehend
        examine inspect
        annoying irritating
        teacher instructor
        garbage trash rubbish
        taxi cab
        petrol gasoline
        entrepreneur businessman
        dinner supper
        illness disease
        jail prison
        intelligence smartness
        frequently often
        fear phobia
        novice beginner newbie
        easiest simplest
        weirdest strangest
        quickest fastest
        richest wealthiest
        smartest cleverest
        usa american
        misleading deceiving deceptive
        addictive addicting
        hate dislike
        pee urinate piss
        legal lawful
        is are am
        yourself myself oneself
        illegal unlawful
                """,
    stem,
) | {"US": "usa"}

DROPPED = listed(
    """
        a an the of to do does it its i you we your my our some any there very really
        exactly actually ever that so basically such properly
        successfully correctly shall
        their
        """
)
