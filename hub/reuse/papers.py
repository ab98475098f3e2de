"""Whether a question is about one thing of somebody's: an order, an account, a parcel, a meeting, or a number."""

import re

from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH

_CODE = re.compile(
    r"""
    (?<![\w.+-])[\w.+-]+@[\w-]+\.\w+                           # an address
    |(?<!\w)@\w{2,}                                            # a handle
    |(?:nr|no|nº|n°|num|number|nummer|número|numéro|id|code|\#)[.:\s]*\#?\s?[a-z]{0,4}-?\d{3,}
    |(?<![a-z\d-])(?=[a-z\d-]*[a-z])(?=(?:[a-z-]*\d){3})[a-z\d-]{7,}\b      # letters and digits in one, as of an order
    |\+\d[\d\s().-]{6,}\d                                       # a telephone
    |\b\d{3,5}[\s.-]\d{3,4}[\s.-]\d{3,}\b
    """,
    re.X,
)
_LONG_NUMBER = re.compile(r"\d[\d\s./-]{3,}\d")
_ROUND = re.compile(r"0{3,}$")
_NUMBERED = re.compile(
    r"""
    \b(?:order|account|invoice|bill|parcel|package|shipment|ticket|booking|reservation|case|claim|contract|customer
    |client|room|flight|patient|policy|member|employee|delivery|payment|refund|appointment|request|tracking|seat
    |table
    |bestellung|auftrag|konto|rechnung|paket|sendung|buchung|reservierung|fall|vertrag|kunde|kundin|zimmer|flug
    |lieferung
    |vorgang|anfrage|zahlung|police|mitglied|patientin?
    |pedido|cuenta|factura|paquete|envío|reserva|caso|contrato|cliente|habitación|vuelo|entrega|pago|socio|paciente
    |recibo
    |commande|compte|facture|colis|envoi|billet|réservation|dossier|contrat|chambre|vol|livraison|paiement|adhérent
    |encomenda|conta|fatura|pacote|envio|bilhete|processo|quarto|voo|pagamento|remessa|sócio)s?
    (?:\s+(?:no|nr|num|number|nummer|número|numéro|id|code|with|mit|con|avec|com|the|der|die|n[º°]))*
    [\s.:]*\#?\s?[a-z]{0,4}[-/]?\d
    """,
    re.X,
)
"""Any number after it makes it somebody's."""
_THING = {
    ENGLISH: (
        r"parcel|package|order|invoice|bill|payment|refund|delivery|shipment|ticket|booking|reservation|appointment"
        r"|contract|email|e-mail|mail|letter|meeting|repair|claim|application|salary|deposit|money|transfer|report|call"
    ),
    GERMAN: (
        r"paket|päckchen|bestellung|rechnung|zahlung|überweisung|rückerstattung|erstattung|lieferung|sendung|ticket"
        r"|buchung|reservierung|termin|vertrag|e-?mail|brief|meeting|besprechung|reparatur|antrag|gehalt|lohn"
        r"|kaution|geld"
    ),
    SPANISH: (
        r"paquete|pedido|factura|pago|reembolso|entrega|envío|billete|reserva|cita|contrato|correo|carta|reunión"
        r"|reparación|solicitud|sueldo|fianza|dinero|transferencia"
    ),
    FRENCH: (
        r"colis|paquet|commande|facture|paiement|remboursement|livraison|envoi|billet|réservation|rendez-vous|contrat"
        r"|mail|e-mail|courriel|lettre|réunion|réparation|demande|salaire|caution|argent|virement"
    ),
    PORTUGUESE: (
        r"pacote|encomenda|pedido|fatura|conta|pagamento|reembolso|entrega|envio|bilhete|reserva|consulta|contrato"
        r"|e-?mail|carta|reunião|reparação|salário|caução|dinheiro|transferência"
    ),
}
_OF_ONE = re.compile(
    rf"\b(?:{'|'.join(_THING.values())}|account|address|number|phone|room|office|password|konto|adresse|zimmer|büro"
    r"|cuenta|dirección|oficina|compte|bureau|conta|escritório)(?:s|es|en|e)?\b"
)
_ENDED = r"(?!\s+(?:of|manager|system|format|button|de|du|des|do|da)\b|[-.]\w)"
_STATE = {
    ENGLISH: re.compile(
        rf"""
        ^\W*(?:(?:where|when|why|what\s+time|who|how\s+long)(?:'s|\s+|\b))?\s*
        (?:is|are|was|were|has|have|had|did|does|will|must)?\s*(?:(?:you|we|somebody|anybody|anyone|in)\s+)?
        (?:\w+\s+)?the\s+(?:\w+\s+)?(?:{_THING[ENGLISH]})s?\b{_ENDED}
        |\bthe\s+(?:\w+\s+)?(?:password|passcode|pin|door\s+code)\s*(?:[?.!]|$|(?:for|of|to)\b)
        |^\W*(?:did|have)\s+you\s+(?!ever\b|know\b)|^\W*who\s+are\s+you\s+\w+ing\s+(?:to|with)\b
        |\bpick\s+(?:it|them)\s+up\b
        """,
        re.X,
    ),
    GERMAN: re.compile(
        rf"""
        ^\W*(?:(?:wo|wann|warum|wie\s+lange)\s+)?(?:ist|sind|war|hat|hast|habt|haben|kommt|kam|wird|wurde|bleibt
          |geht|beginnt)\s+
        (?:(?:du|ihr|sie|jemand|wir)\s+)?(?:schon\s+|bereits\s+)?(?:der|die|das
          |den)\s+(?:\w+\s+)?(?:{_THING[GERMAN]})\b
        |\bdas\s+(?:\w+\s+)?(?:wlan-?)?passwort\s*(?:[?.!]|$|für\b)
        """,
        re.X,
    ),
    SPANISH: re.compile(
        rf"""
        ^\W*(?:(?:dónde|cuándo|por\s+qué|se)\s+)?(?:está|llega|llegó|llegará|ha|has|han|fue|es|se\s+\w+|\w+ste)\s+
        (?:\w+d[oa]\s+)?(?:el|la|los|las)\s+(?:{_THING[SPANISH]})\b{_ENDED}|\bla\s+contraseña\s*(?:[?.!]|$|del?\b)
        """,
        re.X,
    ),
    FRENCH: re.compile(
        rf"""
        ^\W*(?:(?:où|quand|pourquoi)\s+)?(?:est-ce\s+que\s+)?(?:(?:est|sont|arrive|as-tu|avez-vous|a-t-on
          |sera)\s+)?(?:\w+é\s+)?
        (?:le\s+|la\s+|les\s+|l')(?:{_THING[FRENCH]})\b{_ENDED}|\ble\s+mot\s+de\s+passe\s*(?:[?.!]|$|(?:du|de)\b)
        """,
        re.X,
    ),
    PORTUGUESE: re.compile(
        rf"""
        ^\W*(?:(?:onde|quando|por\s+que)\s+)?(?:está|fica|chega|chegou|chegará|foi|é|já\s+\w+|\w+ste)?\s*
        (?:\w+u\s+)?(?:o|a|os|as)\s+(?:{_THING[PORTUGUESE]})\b{_ENDED}|\ba\s+(?:senha|palavra-passe)\s*(?:[?.!]|$
          |d[oae]\b)
        """,
        re.X,
    ),
}
"""Where, when, or whether it came: the one that both know of."""


def is_about_papers(lower: str, language: str) -> bool:
    """Whether a text in lower case is about an order, an account and the like of somebody, or has somebody's number."""
    if _CODE.search(lower) or _NUMBERED.search(lower) or _STATE[language].search(lower):
        return True
    return any(map(_is_account, _LONG_NUMBER.findall(lower)))


def names_papers(lower: str) -> bool:
    """Whether a text in lower case names a thing of this kind, in any language and whosever it is."""
    return _OF_ONE.search(lower) is not None


def _is_account(number: str) -> bool:
    """Five digits or more that are no round amount, no date and no span of years."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 5 or _ROUND.search(digits):
        return False
    return not re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{4}\s?[-/]\s?\d{2,4}", number.strip())
