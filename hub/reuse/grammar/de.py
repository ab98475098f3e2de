"""German."""

import re

from hub.reuse.grammar.grammar import Grammar, frames, groups, numbers, phrases, spellings
from hub.reuse.lists import listed

_PREFIXES = "zurück|aus|ein|an|ab|auf|um|mit|vor|nach|her|hin|weg|frei|zusammen|los|nieder|wieder"
_WITH_ZU = re.compile(rf"^({_PREFIXES})zu(\w{{4,}})$")


def stem(word: str) -> str:
    """Without -e, -en, -n, -es and -s; verbs with "zu" inside are put together."""
    if match := _WITH_ZU.match(word):
        word = match[1] + match[2]
    for ending in ("en", "es", "e", "n", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    return f"{word[:-2]}el" if word.endswith(("sl", "tl")) else word


_ONE = "(?:ich|man|wir|jemand|einer|du|sie)"
_MODAL = "(?:kann|können|könnte|könnten|soll|sollte|sollen|muss|müssen|darf|dürfen|kannst)"
_CAN = "(?:kann|können|könnte|könnten|kannst)"
_ART = "(?:der |die |das |den |dem |des |ein |eine |einen |eines |einer )?"
_WAY = "(?:weg|wege|möglichkeit|möglichkeiten|art|methode|weise|schritte|vorgehensweise)"
_VERB = rf"(?!(?:{_MODAL[3:-1]}|ist|sind|hat|haben|wird|werden|viel|viele|lange|oft|teuer|hoch|weit|groß|schnell)\b)\w+"

_PHRASES = phrases(
    (
        r"(?:können sie|kannst du|könnten sie|könntest du) mir (?:sagen|erklären|zeigen) (?=wie|was|wo|wann|warum|wer)",
        "",
    ),
    (
        (r"(?:ich möchte wissen|ich würde gerne wissen|weiß jemand|wissen sie|weißt du) (?=wie|was|wo|wann|warum|wer)"),
        "",
    ),
    (r"wie viele", "wieviele"),
    (r"wie viel", "wieviel"),
    # "Wie ändere ich das Passwort" has its verb where "wie kann ich das Passwort ändern" has the other.
    (rf"^(?P<q>wie|wo|wann) (?P<v>{_VERB}) {_ONE} (?P<x>.+) (?P<p>{_PREFIXES})$", r"\g<q> kann ich \g<x> \g<p>\g<v>"),
    (rf"^(?P<q>wie|wo|wann) (?P<v>{_VERB}) {_ONE} (?P<x>.+)$", r"\g<q> kann ich \g<x> \g<v>"),
    (rf"^(?P<q>wie|wo|wann) {_ONE} (?P<x>.+) (?P<m>kann|soll|muss|darf|könnte|sollte)$", r"\g<q> \g<m> ich \g<x>"),
    (r"auf welche (?:weise|art)|in welcher weise", "wie"),
    (r"wieso|weshalb|aus welchem grund", "warum"),
    (r"an welchem ort", "wo"),
    (r"kostenlos|gratis|umsonst|kostenfrei", "kostenlos"),
    (r"im internet|im netz|übers internet", "online"),
)
_FRAMES = frames(
    (rf"wie {_CAN} {_ONE}(?: am besten)?", "HOW"),
    (rf"(?:was|welches|welche) (?:ist|sind|wäre) {_ART}(?:beste |besten |richtige )?{_WAY}(?: um)?", "HOW"),
    (rf"(?:gibt es|gibts) {_ART}{_WAY}(?: um)?", "HOW"),
    (rf"was (?:muss|soll|sollte|kann) {_ONE} (?:tun|machen)(?: um)?", "HOW"),
    (rf"wo {_CAN} {_ONE}", "WHERE"),
    (rf"wann {_CAN} {_ONE}", "WHEN"),
    (rf"(?:kann|können|könnte|kannst) {_ONE}|ist es möglich|geht es", "CAN"),
    (rf"(?:darf|dürfen) {_ONE}|ist es (?:erlaubt|gestattet)", "ALLOWED"),
    (rf"(?:muss|müssen) {_ONE}|ist es (?:nötig|notwendig|erforderlich)", "MUST"),
    (rf"(?:soll|sollte|sollen) {_ONE}", "SHOULD"),
    (rf"(?:was ist |worin besteht )?{_ART}unterschied zwischen", "DIFF"),
    (rf"(?:was kostet|was kosten|wieviel kostet|wieviel kosten|wie teuer (?:ist|sind)) ?{_ART}", "COST"),
    (rf"(?:was ist der preis|wie hoch (?:ist der preis|sind die kosten)) (?:für|von) ?{_ART}", "COST"),
    (rf"(?:was bedeutet|was heißt|was ist die bedeutung von|was versteht man unter) ?{_ART}", "MEAN"),
    (rf"(?:was|welche|welcher|welches) (?:ist|sind) {_ART}(?:beste|besten|bestes)", "BEST"),
    (rf"was (?:ist|sind) {_ART}", "WHAT"),
    (rf"wer (?:ist|sind) {_ART}", "WHO"),
    (r"warum", "WHY"),
    (r"(?:wie lange dauert|wieviel zeit braucht|wie lange braucht)(?: es| man)?", "HOWLONG"),
)

GERMAN_GRAMMAR = Grammar(
    spelled=spellings(
        """
        keine: kein
        keinen: kein
        keinem: kein
        keiner: kein
        keines: kein
        niemals: nie
        im: in
        ins: in
        am: an
        ans: an
        prozent: %
        euro: €
        e-bike: ebike
        gibts: gibt es
        """
    )
    | numbers("null")
    | numbers("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf", 2),
    phrases=_PHRASES,
    frames=_FRAMES,
    dropped=listed(
        """
        der die das den dem des ein eine einen einem einer eines ich man wir du sie es ist sind sein zu um denn
        eigentlich genau wirklich mal ihr euch sich für so auch da dann gibt einfach dazu
        """
    ),
    same=groups(
        """
        kaufen erwerben
        fahrrad rad
        ändern wechseln
        beginnen anfangen starten
        bekommen erhalten kriegen
        auto wagen
        geschäft laden
        handy smartphone mobiltelefon
        schnell rasch
        rechnung faktura
        lieferung versand
        öffnen aufmachen
        schließen zumachen
        passwort kennwort
        """,
        stem,
    ),
    stem=stem,
    pointing=listed("dies diese dieser dieses diesen diesem hier dort jene jener"),
    months=frozenset(
        map(stem, listed("januar februar märz april mai juni juli august september oktober november dezember"))
    ),
    joint=" und ",
    thousands=".",
)
