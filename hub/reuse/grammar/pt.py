"""Portuguese."""

from hub.reuse.grammar.grammar import Grammar, frames, groups, numbers, phrases, spellings
from hub.reuse.lists import listed


def stem(word: str) -> str:
    """Without the plural's -s and -es; -o and -a stay, which tell names and things apart."""
    if len(word) > 4 and word.endswith(("ões", "ães")):
        return f"{word[:-3]}ão"
    if len(word) > 4 and word.endswith("es") and word[-3] in "lnrzs":
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us", "ês")) else word


_CAN = "(?:posso|podemos|se pode|pode se|podes|pode|poderia|é possível|consigo|é que posso)"
_ART = "(?:o |a |os |as |um |uma |uns |umas |do |da |dos |das |de )?"
_WAY = "(?:maneira|maneiras|forma|formas|modo|método|métodos|jeito)"

_PHRASES = phrases(
    (
        (
            r"(?:pode|podes|poderia)(?: me)? (?:dizer|explicar|dizer me|explicar me) (?=como|que|qual|onde|"
            r"quando|quem|quanto)"
        ),
        "",
    ),
    (
        (
            r"(?:gostaria de|queria|quero) saber (?=como|que|qual|onde|quando|quem|quanto)|(?:sabe|sabes|"
            r"alguém sabe) (?=como|qual|onde|quando|quem|quanto)"
        ),
        "",
    ),
    (r"de que (?:maneira|forma|modo)", "como"),
    (r"em que (?:lugar|sítio|local)|aonde", "onde"),
    (r"por que (?:razão|motivo)|por que|porquê|porque é que", "porque"),
    (r"pela internet|na internet|em linha", "online"),
    (r"gratuitamente|sem custos?|de graça|gratuito", "grátis"),
    (r"palavra passe|palavra-passe", "senha"),
)
_FRAMES = frames(
    (rf"como (?:é que )?{_CAN}|como (?:faço|fazer|se faz) para|como", "HOW"),
    (rf"(?:qual é|qual|quais são) {_ART}(?:melhor |melhores |correta )?{_WAY} (?:de|para)", "HOW"),
    (rf"(?:há|existe|tem) (?:alguma |algum |uma |um )?{_WAY} (?:de|para)", "HOW"),
    (r"(?:o )?que (?:devo|posso|tenho de|tenho que|é preciso|preciso de|preciso) fazer para", "HOW"),
    (rf"onde (?:é que )?{_CAN}", "WHERE"),
    (rf"quando (?:é que )?{_CAN}", "WHEN"),
    (r"(?:posso|podemos|pode se|se pode|é possível|consigo|dá para)", "CAN"),
    (r"é permitido", "ALLOWED"),
    (r"(?:tenho (?:de|que)|devo|é preciso|é necessário|é obrigatório|preciso(?: de)?|deve se)", "MUST"),
    (r"(?:deveria|devia)", "SHOULD"),
    (rf"(?:qual é |qual |quais são )?{_ART}diferenças? (?:há |existe )?entre", "DIFF"),
    (rf"(?:quanto (?:custa|custam|vale)|que preço (?:tem|têm)) ?{_ART}", "COST"),
    (rf"qual é o (?:preço|custo|valor) (?:de|do|da|dos|das) ?{_ART}", "COST"),
    (rf"(?:o )?(?:que significa|que quer dizer|qual é o significado (?:de|do|da)) ?{_ART}", "MEAN"),
    (rf"(?:qual é|quais são|qual) {_ART}(?:melhor|melhores)", "BEST"),
    (rf"(?:o )?(?:que (?:é|são)|qual é|quais são) {_ART}", "WHAT"),
    (rf"(?:quem é|quem são) {_ART}", "WHO"),
    (r"porque", "WHY"),
    (r"quanto tempo (?:demora|leva|dura|é preciso para)(?: para| a)?", "HOWLONG"),
)

PORTUGUESE_GRAMMAR = Grammar(
    spelled=spellings(
        """
        no: em
        na: em
        nos: em
        nas: em
        ao: à
        aos: à
        às: à
        euros: €
        euro: €
        """
    )
    | numbers("zero")
    | numbers("dois três quatro cinco seis sete oito nove dez onze doze", 2),
    phrases=_PHRASES,
    frames=_FRAMES,
    dropped=listed(
        """
        o a os as um uma uns umas de do da dos das se me te lhe é são ser está estão há que
        muito também você vocês seu sua seus suas teu tua meu minha exatamente realmente
        """
    ),
    same=groups(
        """
        comprar adquirir
        começar iniciar
        apagar eliminar excluir
        consertar reparar arranjar
        obter conseguir receber
        carro automóvel
        telemóvel celular
        mudar alterar
        loja comércio
        entrega envio
        devolver retornar
        bicicleta bike
        rápido veloz
        cancelar anular
        """,
        stem,
    ),
    stem=stem,
    pointing=listed("este esta estes estas isto esse essa esses essas isso aquele aquela aquilo aqui ali aí lá"),
    months=frozenset(
        map(stem, listed("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"))
    ),
    joint=" e ",
    thousands=".",
)
