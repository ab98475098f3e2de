"""What speaks of a person or of "us" by its words alone: people of the history books, our planet, "his or her"."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from hub.reuse.lists import listed
from hub.reuse.papers import names_papers
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SMALL, SPANISH

_KNOWN = (
    "albert einstein|charles darwin|charles dickens|charles babbage|stephen hawking|stephen king|thomas edison"
    "|thomas jefferson|thomas aquinas|alexander graham bell|alexander hamilton|alexander fleming|alexander pushkin"
    "|george washington|george w bush|george bush|george orwell|george lucas|george harrison|george clooney"
    "|benjamin franklin|benjamin netanyahu|john adams|john f kennedy|john kennedy|john lennon|john locke|john milton"
    "|john keats|john wayne|john cena|john stuart mill|john maynard keynes|andrew jackson|andrew carnegie|james madison"
    "|james watt|james cook|james joyce|james cameron|james bond|james clerk maxwell|robert kennedy|robert frost"
    "|robert oppenheimer|robert de niro|robert downey|richard nixon|richard wagner|richard feynman|richard dawkins"
    "|richard branson|ronald reagan|donald trump|edward snowden|michael jackson|michael jordan|michael phelps"
    "|michael faraday|david bowie|david beckham|david hume|david cameron|david copperfield|paul mccartney|paul gauguin"
    "|jennifer lawrence|jennifer aniston|jennifer lopez|angela merkel|emma watson|emma stone|peter pan|adam smith"
    "|martin luther king|henry ford|henry kissinger|william shakespeare|william wordsworth|william blake|larry page"
    "|jack ma|jack nicholson|jack sparrow|jack the ripper|steven spielberg|mary shelley|marie curie|marie antoinette"
    "|pierre curie|pablo picasso|pablo escobar|pablo neruda|diego maradona|diego rivera|christopher columbus"
    "|christopher nolan|nicolas cage|nicolas sarkozy|michel foucault|sophie scholl|wolfgang amadeus mozart"
    "|johann wolfgang von goethe|hans zimmer|hans christian andersen|stefan zweig|carl sagan|carl jung"
    "|carl friedrich gauss|sean connery|daniel craig|daniel radcliffe|daniel defoe|kevin spacey|ryan reynolds"
    "|ryan gosling|justin bieber|justin trudeau|muhammad ali|anna karenina|anna freud|frank sinatra"
    "|frank lloyd wright|arthur conan doyle|arthur schopenhauer|helen keller|elizabeth taylor|julia roberts"
    "|sandra bullock|sarah palin|felix mendelssohn|juan perón|jean paul sartre|jean jacques rousseau"
    "|ruth bader ginsburg"
    "|amy winehouse|whitney houston|margaret thatcher|virginia woolf|joan of arc"
)
_PUBLIC = re.compile(rf"\b(?:{_KNOWN})(?=\W|$)(?!\s+(?-i:[A-ZÀ-Þ]))", re.I)
"""Not before a further name, which makes somebody else of them."""
_REIGNS = re.compile(
    r"\b(?P<title>King|Queen|Prince|Princess|Pope|Saint|Emperor|Empress|Tsar)\s+[A-ZÀ-Þ][a-zà-ÿ]+(?:\s[IVX]+\b)?"
)
_TITLES = listed("king queen prince princess pope saint emperor empress tsar")
_FIRST_NAMES = frozenset(name.split()[0] for name in _KNOWN.split("|")) | _TITLES
_OUR = listed(
    """
    our unser unsere unseren unserem unserer unseres nuestro nuestra nuestros nuestras notre nos nosso nossa nossos
    nossas
    """
)
_EITHER = re.compile(
    r"\b(?:(?:he|she)(?:\s?/\s?|\sor\s)(?:she|he)|s/he)\b"
    r"|\b(?P<whose>(?:his|her)(?:\s?/\s?|\sor\s)(?:hers?|his))\b|\b(?P<whom>(?:him|her)(?:\s?/\s?|\sor\s)(?:her|him))\b",
    re.I,
)
_OURS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        ENGLISH: re.compile(
            r"\bour\s(?:own\s)?(?P<what>planet(?:\searth)?|earth|solar\ssystem|milky\sway(?:\sgalaxy)?|galaxy|universe|world"
            r"|sun|moon|species|ancestors|atmosphere|(?:every\s?day|daily)\sli(?:fe|ves)|lives)\b\s*(?P<next>[^\W\d_]*)",
            re.I,
        ),
        GERMAN: re.compile(
            r"\bunser(?:e[nmrs]?)?\s(?P<what>planet(?:en)?|erde|sonnensystems?|galaxie|milchstraße|universums?|welt|sonne|mond"
            r"|atmosphäre|vorfahren)\b\s*(?P<next>[^\W\d_]*)",
            re.I,
        ),
        SPANISH: re.compile(
            r"\bnuestr[oa]s?\s(?P<what>planeta|tierra|sistema\ssolar|galaxia|vía\sláctea|universo|mundo|sol|luna|atmósfera"
            r"|antepasados|especie)\b\s*(?P<next>[^\W\d_]*)",
            re.I,
        ),
        FRENCH: re.compile(
            r"\b(?:notre|nos)\s(?P<what>planète|terre|système\ssolaire|galaxie|voie\slactée|univers|monde|soleil|lune"
            r"|atmosphère|ancêtres|espèce)\b\s*(?P<next>[^\W\d_]*)",
            re.I,
        ),
        PORTUGUESE: re.compile(
            r"\bnoss[oa]s?\s(?P<what>planeta|terra|sistema\ssolar|galáxia|via\sláctea|universo|mundo|sol|lua|atmosfera"
            r"|antepassados|espécie)\b\s*(?P<next>[^\W\d_]*)",
            re.I,
        ),
    }
)
"""What all people have together."""
_WHAT_THEY_DO = listed(
    """
    form formed rotate rotates orbit orbits revolve revolves spin spins move moves look looks begin began end ends
    die expand expanding expands evolve evolved come came affect affects make made live lived eat ate warm warming
    rotating survive survived spread hunt hunted use used
    """
)


def without_everybodys(text: str, language: str) -> str:
    """The text without the given names of people whom everybody knows, and with "the planet" for "our planet".

    Where an order, an office or the like is spoken of, all stays: a customer may have a poet's name.
    """
    words = text.lower().split()
    if not _OUR.isdisjoint(words):
        text = _OURS[language].sub(lambda found: _shared(found, language), text)
    if language == ENGLISH and ("/" in text or "or" in words):
        text = _EITHER.sub(lambda found: "their" if found["whose"] else "them" if found["whom"] else "they", text)
    if _FIRST_NAMES.isdisjoint(words) or names_papers(text.lower()):
        return text
    return _REIGNS.sub(r"\g<title>", _PUBLIC.sub(lambda name: name[0].split()[-1], text))


def _shared(found: re.Match[str], language: str) -> str:
    follows = found["next"].lower()
    if follows and follows not in SMALL[language] and follows not in _WHAT_THEY_DO:
        return found[0]  # our world team
    start = found.start("what") - found.start()
    return f"the {found[0][start:]}" if language == ENGLISH else found[0][start:]
