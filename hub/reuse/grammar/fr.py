"""French."""

from hub.reuse.grammar.grammar import Grammar, frames, groups, numbers, phrases, spellings
from hub.reuse.lists import listed


def stem(word: str) -> str:
    """Without the plural's -s and -x."""
    return (
        word[:-1]
        if len(word) > 3 and word.endswith(("s", "x")) and not word.endswith(("ss", "ix", "is", "us"))
        else word
    )


_CAN = (
    "(?:puis je|peut on|pouvons nous|est ce que je peux|est ce qu' on peut|est ce que l' on peut|je peux|on peut"
    "|pourrais je|pourrait on)"
)
_ART = "(?:le |la |les |l' |un |une |des |du |de la |de l' |d' |de )?"
_WAY = "(?:façon|façons|manière|manières|moyen|moyens|méthode|méthodes)"

_PHRASES = phrases(
    (
        (
            r"(?:pouvez vous|pourriez vous|peux tu) me (?:dire|expliquer) (?=comment|que|quel|où|quand|qui|"
            r"pourquoi|combien)"
        ),
        "",
    ),
    (
        (
            r"(?:je voudrais|j' aimerais|je veux) savoir (?=comment|que|quel|où|quand|qui|pourquoi|combien)|"
            r"(?:savez vous|sais tu) (?=comment|quel|où|quand|qui|pourquoi|combien)"
        ),
        "",
    ),
    (r"de quelle (?:façon|manière)", "comment"),
    (r"à quel endroit|dans quel endroit", "où"),
    (r"pour quelle raison", "pourquoi"),
    (r"sur internet|par internet|en ligne", "online"),
    (r"gratuitement|sans frais|gratuite?s?", "gratuit"),
    (r"mot de passe", "motdepasse"),
)
_FRAMES = frames(
    (rf"comment {_CAN}|comment (?:faire|est ce qu' on fait|fait on) pour|comment", "HOW"),
    (rf"quell?e?s? (?:est|sont) {_ART}(?:meilleure? |bonne )?{_WAY} (?:de|d'|pour)", "HOW"),
    (rf"(?:y a t il|existe t il|est ce qu' il y a|il y a) (?:une? |des )?{_WAY} (?:de|d'|pour)", "HOW"),
    (r"que (?:dois je|faut il|puis je|doit on|peut on) faire pour|qu' est ce que je dois faire pour", "HOW"),
    (rf"où {_CAN}", "WHERE"),
    (rf"quand {_CAN}", "WHEN"),
    (r"(?:puis je|peut on|pouvons nous|est ce que je peux|est ce qu' on peut|je peux|on peut)", "CAN"),
    (r"(?:est il possible|est ce possible) (?:de|d')", "CAN"),
    (r"(?:a t on le droit|ai je le droit|est il (?:permis|autorisé)|est ce (?:permis|autorisé)) (?:de|d')", "ALLOWED"),
    (r"(?:dois je|doit on|faut il|est ce que je dois|est ce qu' il faut)", "MUST"),
    (r"est il (?:nécessaire|obligatoire) (?:de|d')", "MUST"),
    (r"(?:devrais je|devrait on)", "SHOULD"),
    (rf"(?:quelle est |quelles sont )?{_ART}différences? (?:y a t il )?entre", "DIFF"),
    (rf"(?:combien (?:coûte|coûtent|coûte t il|vaut)|à combien est) ?{_ART}", "COST"),
    (rf"quel est le (?:prix|coût|tarif) (?:de|du|des|d') ?{_ART}", "COST"),
    (rf"(?:que (?:signifie|veut dire)|qu' est ce que (?:signifie|veut dire)) ?{_ART}", "MEAN"),
    (rf"quelle est la signification (?:de|du|d') ?{_ART}", "MEAN"),
    (rf"quell?e?s? (?:est|sont) {_ART}meilleure?s?", "BEST"),
    (rf"(?:qu' est ce que(?: c' est que)?|quell?e?s? (?:est|sont)|c' est quoi) {_ART}", "WHAT"),
    (rf"qui (?:est|sont) {_ART}", "WHO"),
    (r"pourquoi", "WHY"),
    (r"combien de temps (?:faut il pour|prend|dure|met)|en combien de temps", "HOWLONG"),
)

FRENCH_GRAMMAR = Grammar(
    spelled=spellings(
        """
        au: à
        aux: à
        euros: €
        euro: €
        """
    )
    | numbers("zéro")
    | numbers("deux trois quatre cinq six sept huit neuf dix onze douze", 2),
    phrases=_PHRASES,
    frames=_FRAMES,
    dropped=listed(
        """
        le la les l' un une des du de d' je j' on nous vous il elle est sont être se s' me m' te t' c' ce
        que qu' très aussi vraiment exactement votre vos notre nos mon ma mes son sa ses ne n' t
        """
    ),
    same=groups(
        """
        acheter acquérir
        commencer débuter
        supprimer effacer
        réparer dépanner
        obtenir recevoir
        voiture auto automobile
        ordinateur pc
        portable mobile
        magasin boutique
        livraison expédition
        vélo bicyclette
        rapide vite
        annuler résilier
        """,
        stem,
    ),
    stem=stem,
    pointing=listed("cet cette ces celui celle ceux celles cela ça ici là ceci"),
    months=frozenset(
        map(stem, listed("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"))
    ),
    joint=" et ",
)
