"""Spanish."""

from hub.reuse.grammar.grammar import Grammar, frames, groups, numbers, phrases, spellings
from hub.reuse.lists import listed


def stem(word: str) -> str:
    """Without the plural's -s and -es; -o and -a stay, which tell names and things apart."""
    if len(word) > 4 and word.endswith("es") and word[-3] in "lnrdjzs":
        return word[:-2]
    if len(word) > 4 and word.endswith("ces"):
        return f"{word[:-3]}z"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


_CAN = "(?:puedo|podemos|puede uno|se puede|se pueden|puedes|puede|podría)"
_ART = "(?:el |la |los |las |un |una |unos |unas |lo )?"
_WAY = "(?:manera|maneras|forma|formas|modo|método|métodos|vía)"

_PHRASES = phrases(
    (
        (
            r"(?:me )?(?:puede|puedes|podría|podrías)(?: usted)? (?:decirme|explicarme|decir|explicar) "
            r"(?=cómo|qué|dónde|cuándo|quién|cuánto)"
        ),
        "",
    ),
    (
        (
            r"(?:quisiera|me gustaría|quiero) saber (?=cómo|qué|dónde|cuándo|quién|cuánto)|(?:sabe|sabes|"
            r"alguien sabe) (?=cómo|qué|dónde|cuándo|quién|cuánto)"
        ),
        "",
    ),
    (r"de qué (?:manera|forma|modo)", "cómo"),
    (r"en qué (?:lugar|sitio)|adónde", "dónde"),
    (r"por qué (?:razón|motivo)", "por qué"),
    (r"por internet|en internet|en línea", "online"),
    (r"sin coste|sin costo|gratuitamente", "gratis"),
)
_FRAMES = frames(
    (rf"cómo {_CAN}|cómo (?:hago|hacer|se hace|hacemos) para|cómo", "HOW"),
    (rf"(?:cuál es|cuáles son|qué) {_ART}(?:mejor |mejores )?{_WAY}(?: (?:hay|existe))? (?:de|para)", "HOW"),
    (rf"(?:hay|existe) (?:alguna |algún |una )?{_WAY} (?:de|para)", "HOW"),
    (r"qué (?:debo|puedo|tengo que|hay que|debería|se debe) hacer para", "HOW"),
    (rf"dónde {_CAN}", "WHERE"),
    (rf"cuándo {_CAN}", "WHEN"),
    (r"(?:puedo|podemos|se puede|se pueden|es posible|puede uno|cabe la posibilidad de)", "CAN"),
    (r"(?:está|es) permitido", "ALLOWED"),
    (r"(?:tengo que|debo|hay que|es necesario|es obligatorio|se debe|hace falta)", "MUST"),
    (r"(?:debería|se debería)", "SHOULD"),
    (rf"(?:cuál es |qué )?{_ART}diferencia (?:hay |existe )?entre", "DIFF"),
    (rf"(?:cuánto (?:cuesta|cuestan|vale|valen)|qué precio (?:tiene|tienen)|a cuánto está) ?{_ART}", "COST"),
    (rf"cuál es el (?:precio|coste|costo) (?:de|del) ?{_ART}", "COST"),
    (rf"(?:qué significa|qué quiere decir|cuál es el significado de) ?{_ART}", "MEAN"),
    (rf"(?:cuál es|cuáles son|qué es) {_ART}(?:mejor|mejores)", "BEST"),
    (rf"(?:qué (?:es|son)|cuál es|cuáles son) {_ART}", "WHAT"),
    (rf"(?:quién es|quiénes son) {_ART}", "WHO"),
    (r"por qué", "WHY"),
    (r"cuánto (?:tiempo )?(?:tarda|se tarda|demora|lleva)(?: en)?|cuánto tiempo (?:toma|dura)", "HOWLONG"),
)

SPANISH_GRAMMAR = Grammar(
    spelled=spellings(
        """
        euros: €
        euro: €
        dólares: $
        dólar: $
        """
    )
    | numbers("cero")
    | numbers("dos tres cuatro cinco seis siete ocho nueve diez once doce", 2),
    phrases=_PHRASES,
    frames=_FRAMES,
    dropped=listed(
        """
        el la los las lo un una unos unas de del al se me te le es son ser está están hay que muy también usted
        ustedes su sus tu tus mi mis exactamente realmente para
        """
    ),
    same=groups(
        """
        comprar adquirir
        empezar comenzar iniciar
        borrar eliminar
        arreglar reparar
        obtener conseguir
        coche auto carro automóvil
        ordenador computadora computador
        móvil celular
        envío entrega
        devolver retornar
        bicicleta bici
        rápido veloz
        cancelar anular
        """,
        stem,
    ),
    stem=stem,
    pointing=listed("este esta estos estas esto ese esa esos esas eso aquel aquella aquí ahí allí"),
    months=frozenset(
        map(stem, listed("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"))
    ),
    joint=" y ",
)
