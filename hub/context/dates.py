"""Months that a text names, in the languages that most people write, so that what was said then can be looked for."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType

import msgspec

_NAMES = """
january february march april may june july august september october november december
januar februar märz april mai juni juli august september oktober november dezember
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
januari februari maart april mei juni juli augustus september oktober november december
styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
styczniu lutym marcu kwietniu maju czerwcu lipcu sierpniu wrześniu październiku listopadzie grudniu
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре
січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
січні лютому березні квітні травні червні липні серпні вересні жовтні листопаді грудні
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
januari februari mars april maj juni juli augusti september oktober november december
januari februari maret april mei juni juli agustus september oktober november desember
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
"""
_ALSO_A_WORD = frozenset({"may", "march", "mars", "mart"})
"""What means something else, too, counts with a capital letter within a sentence, or beside a number, alone."""
_WORDS = re.compile(r"[\w\u0300-\u036f\u0900-\u0963]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(r"(?:((?:19|20)\d\d)\s*[年년]\s*)?(?<!\d)(1[0-2]|0?[1-9])\s*[月월]")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(1[0-2]|0[1-9])(?!\d)")
_DOTTED = re.compile(r"(?<!\d)(?:3[01]|[12]\d|0?[1-9])\.\s?(1[0-2]|0?[1-9])\.\s?((?:19|20)\d\d)")
_LONGEST = 4_000
"""Characters of a text that are looked at."""


class Month(msgspec.Struct, frozen=True):
    """A month of a year, or of any year: 0."""

    month: int
    year: int = 0

    def holds(self, since_1970: int) -> bool:
        """Whether this is the month with that number, of those since January 1970."""
        return since_1970 % 12 + 1 == self.month and self.year in (0, 1970 + since_1970 // 12)


def month_of(at_ms: int) -> int:
    """Months since January 1970, in UTC."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return (at.year - 1970) * 12 + at.month - 1


def months_in(text: str) -> frozenset[Month]:
    """The months that the text names."""
    text = unicodedata.normalize("NFC", text[:_LONGEST])
    found = {Month(int(month), int(year or 0)) for year, month in _NUMBERED.findall(text)}
    found |= {Month(int(month), int(year)) for year, month in _ISO.findall(text)}
    found |= {Month(int(month), int(year)) for month, year in _DOTTED.findall(text)}
    words = _WORDS.findall(text)
    for at, word in enumerate(words):
        if month := _months().get(word.casefold()):
            near = [words[other] for other in (at - 1, at + 1, at + 2) if 0 <= other < len(words)]
            if word.casefold() not in _ALSO_A_WORD or (word[0].isupper() and at) or any(map(str.isdigit, near)):
                years = [int(other) for other in near if _YEAR.fullmatch(other)]
                found.add(Month(month, years[0] if years else 0))
    return frozenset(found)


@cache
def _months() -> Mapping[str, int]:
    lines = [line.split() for line in _NAMES.strip().splitlines()]
    names = {name.casefold(): month for line in lines for month, name in enumerate(line, 1)}
    return MappingProxyType({unicodedata.normalize("NFC", name): month for name, month in names.items()})
