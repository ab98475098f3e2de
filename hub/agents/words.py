"""The words of a short question, in any language: folded, without the small words, compared by their stems."""

import re
import unicodedata

Word = frozenset[str]
"""The terms of a vocabulary that one word of a question may mean; empty where it means none of them."""

# Letters with their marks, digits; Chinese and Japanese script apart, since it has no spaces to go by.
_DENSE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+")
_DENSE_RUN = re.compile(rf"[{_DENSE}]+")
# An apostrophe inside a word, and the hyphen after a single letter (e-bike), bind; other hyphens separate.
_BINDING = re.compile(r"(?<=\w)['’ʼ](?=\w)|(?<=\b\w)[-‐‑](?=\w)")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL = _listed(
    # The closed classes of the languages most chats are held in: articles, pronouns, auxiliaries, prepositions,
    # politeness. Words that change what is asked (when, where, not, without, before, after, numbers) are not here.
    """
    a an the this that these those there here it its i im ive id me my mine we us our you your yours he him his she her
    they them their is are am was were be been being do does did done have has had can could may might will would shall
    should must of to in on at by for from with as about into and or so if then than what which who how please thanks
    thank hello hi hey dear ok okay just also any some such get got want like know tell say need let whats id ill youre
    der die das den dem des ein eine einen einem einer eines ich mich mir mein meine meinen meinem wir uns unser unsere
    du dich dir dein deine sie ihr ihre ihnen er es ist sind bin war waren sein habe hat haben hatte kann können konnte
    darf muss müssen soll will wird werden wurde von zu zum zur im in am an auf bei für mit aus und oder so wenn dann
    als was welche welcher welches wer wie bitte danke hallo auch man gibt
    le la les un une des du de je me mon ma mes nous notre nos vous votre vos tu te ton ta il elle on ils elles ce cet
    cette ces est sont suis être avoir ai as a avons avez ont peux peut pouvez puis dois doit à au aux en dans sur pour
    par avec et ou si que qui quoi quel quelle quels quelles comment bonjour merci est-ce
    el los las una unos unas yo mi mis nosotros nuestro usted ustedes su sus tú tu es son soy ser estar está he ha han
    hay puedo puede pueden debo al del con por para y o que qué cuál cuáles cómo hola gracias favor
    il lo gli uno io mio mia noi vostro voi lei è sono essere avere ho hanno posso può potete devo di da nel con su per
    e che cosa quale quali come ciao grazie
    o os um uma meu minha seu sua vocês você eu é são ser ter tem posso pode podem em no na nos nas com por para e que
    qual quais como olá obrigado
    de het een ik mijn wij ons onze jij je jouw u uw zijn is ben was hebben heeft heb kan kunnen mag moet van naar op
    bij voor met uit en of als wat welke wie hoe graag dank hallo
    """
)
NEGATIONS = _listed(
    """
    not no never none without dont doesnt didnt cant cannot couldnt wont wouldnt isnt arent wasnt werent hasnt havent
    shouldnt mustnt nicht kein keine keinen keinem keiner nie niemals ohne pas jamais sans aucun aucune ne non nunca sin
    ningún ninguna mai senza nessun não sem nenhum nenhuma niet geen nooit zonder
    """
)
"""Words that turn a question round."""

_STEM = 4
"""Two words with fewer letters in common at their start are not taken for one."""
_ENDING = 3
"""Letters after the common start, at the most, on either side: -s, -ed, -ing, -ung, -es."""


def words(text: str) -> list[str]:
    """The words in order: NFKC, casefolded, binding apostrophes and hyphens removed; dense script as pairs."""
    folded = _BINDING.sub("", unicodedata.normalize("NFKC", text).casefold())
    found: list[str] = []
    for word in _WORD.findall(folded):
        if len(word) > 2 and _DENSE_RUN.fullmatch(word):
            found += [word[i : i + 2] for i in range(len(word) - 1)]
        else:
            found.append(word)
    return found


def is_content(word: str) -> bool:
    """Whether the word says what a question is about. Negations are judged apart."""
    return word not in _SMALL and word not in NEGATIONS


class Words:
    """A vocabulary that finds a word's forms: `repaired` among `repair`, `repairs`."""

    def __init__(self, terms: frozenset[str]) -> None:
        self._terms = terms
        self._by_start: dict[str, list[str]] = {}
        for term in sorted(terms):
            self._by_start.setdefault(term[:_STEM], []).append(term)

    def near(self, word: str) -> Word:
        """The terms that are this word or another form of it; a number is only itself."""
        forms = {term for term in self._by_start.get(word[:_STEM], ()) if same_stem(word, term)}
        for variant in _plural_variants(word):
            if variant in self._terms:
                forms.add(variant)
        return frozenset(forms)


def same_stem(one: str, other: str) -> bool:
    """Whether two words differ only in their endings, as far as letters tell."""
    if one == other:
        return True
    if any(letter.isdigit() for letter in one + other):
        return False
    common = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        common += 1
    if common < _STEM:
        return False
    return max(_ending(one, common), _ending(other, common)) <= _ENDING


def _ending(word: str, common: int) -> int:
    """Letters after the stem; a doubled letter (shop, shopping) belongs to the stem."""
    doubled = len(word) > common and word[common] == word[common - 1]
    return len(word) - common - doubled


def _plural_variants(word: str) -> tuple[str, ...]:
    """Short words have no stem of four letters, but their plain plural."""
    if len(word) > _STEM or word.isdigit():
        return (word,)
    return (word, word.removesuffix("s"), word + "s") if len(word) > 2 else (word,)
