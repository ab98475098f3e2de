"""English words for telling what two wordings differ in; all as stems, as they stand in canonical forms."""

from hub.reuse.grammar.en_words import SAME, stem
from hub.reuse.grammar.grammar import groups
from hub.reuse.lists import listed


def _stem(word: str) -> str:
    return SAME.get(stem(word), stem(word))


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, listed(text)))


ASKING = {
    "what": "what",
    "which": "what",
    "how": "how",
    "who": "who",
    "whom": "whom",
    "whos": "whose",
    "wher": "where",
    "when": "when",
    "whi": "why",
}
"""What a question that no frame fits is asked with: by stem, the kind of the question."""
KIND_OF_FRAME = {
    "HOW": "how", "HOWIS": "how", "HOWDID": "how", "HOWWAS": "how", "HOWLONG": "how long", "COST": "cost",
    "COSTDO": "cost to do",
    "WHAT": "what", "WHATWAS": "what", "BEST": "best", "DIFF": "difference",
    "MEAN": "meaning", "GOOD": "good", "WHO": "who", "WHOWAS": "who",
    "WHYONE": "why", "WHYSHOULD": "why", "WHYDO": "why", "WHYIS": "why", "WHYDID": "why", "WHYWAS": "why",
    "WHENIS": "when",
    "WHENDO": "when", "WHENWILL": "when will", "WHEREIS": "where", "WHEREDO": "where", "WHERE": "where",
    "WHEREGET": "where",
    "WHEREBUY": "where to buy", "CAN": "whether", "ALLOWED": "whether", "SHOULD": "whether", "MUST": "whether",
    "DO": "whether", "DOONE": "whether", "ISTHERE": "whether", "IS": "whether",
}  # fmt: skip
PAST_FRAMES = listed("HOWDID HOWWAS WHATWAS WHOWAS WHYDID WHYWAS")
FRAMES_WITH_BE = listed("BEST HOWIS HOWWAS IS ISTHERE WHAT WHATWAS WHENIS WHEREIS WHO WHOWAS WHYIS WHYWAS")
MODAL_OF_FRAME = {
    "CAN": "can",
    "ALLOWED": "may",
    "SHOULD": "should",
    "WHYSHOULD": "should",
    "MUST": "must",
    "WHENWILL": "will",
}

MODALS = {
    "can": "can", "could": "can", "will": "will", "would": "will", "should": "should", "shall": "should",
    "may": "may", "might": "may", "must": "must",
}  # fmt: skip
PAST = listed("did was wer")
BE = listed("is be been being was wer")
PRESENT = listed("do is are am be been being hav")
HARMLESS = _stems(
    """
    very different various certain some any also too ever now currently exactly mostly usual usually way look
    """
)
"""Words that colour a question; its answer is the same without them."""
ENDINGS = frozenset({"", "e", "i", "ing", "ed", "ion", "ation", "ment", "li", "n", "ness"})
"""Of words with one beginning that mean the same in two places of a sentence: convert and conversion."""
CLOSE = groups(
    """
    enjoy like love
    end stop
    change switch swap
    choose decide
    live reside dwell
    help aid
    say tell mention
    useful helpful handy
    common widespread prevalent
    crazy weird bizarre peculiar
    recover retrieve regain
    find locate discover
    gather collect
    watch view
    display exhibit
    want wish desire
    explain describe clarify
    search seek
    fight combat battle
    fall drop decline
    predict forecast foresee
    clean wash
    attract appeal
    protect secure safeguard
    surprise shocking astonishing
    scary frightening terrifying creepy
    angry furious
    tired exhausted
    lonely alone
    rare uncommon unusual
    dumb stupid foolish silly
    brave courageous
    polite courteous
    shy timid
    guide tutorial manual
    job profession occupation career
    place location spot
    gender sex
    limit limitation restriction
    cause reason
    result outcome consequence
    issue problem trouble
    idea suggestion
    area region
    phrase expression
    gift present
    rule regulation
    ability skill
    hobby pastime
    spouse partner
    boss manager supervisor
    colleague coworker
    customer client
    seller vendor
    stomach belly tummy
    speed velocity
    amount quantity
    portion piece
    approach strategy
    software program
    flu influenza
    medicine medication
    injury wound
    pain ache
    fault bug glitch
    permanent lasting
    primary chief principal
    correct accurate
    necessary needed
    enough sufficient
    ordinary normal
    easily simply
    slowly gradually
    suddenly abruptly
    regarding concerning
    approximately roughly
    """,
    _stem,
)
"""Words that mean the same in many questions, though not in all: by stem, the first of their line. Whether they do in
this one is told by the meaning of the whole."""
