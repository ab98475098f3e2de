"""What a language tag says of a territory: the one it names, or the one where its language is most likely read."""

import re
from functools import lru_cache

_SPLIT = re.compile(r"[-_]")
_TAG_AT_MOST = 64
"""Characters. Longer than any tag in use; what is longer is not looked at."""

# Not in ISO 3166, yet in use: Discord's locale for Latin American Spanish names a whole continent (its largest
# Spanish-speaking country stands for it), and UK is reserved for GB.
_TERRITORY_ALIASES = {"419": "MX", "UK": "GB"}

# Facts from the Unicode CLDR (likelySubtags), one territory a language.
_LIKELY: dict[str, str] = dict(
    re.findall(
        r"(\w+)=(\w+)",
        """
    af=ZA am=ET ar=EG as=IN az=AZ be=BY bg=BG bn=BD bs=BA ca=ES ceb=PH cs=CZ cy=GB da=DK de=DE el=GR en=US es=ES
    et=EE eu=ES fa=IR fi=FI fil=PH fo=FO fr=FR ga=IE gl=ES gu=IN ha=NG he=IL hi=IN hr=HR ht=HT hu=HU hy=AM id=ID
    ig=NG is=IS it=IT ja=JP jv=ID ka=GE kk=KZ kl=GL km=KH kn=IN ko=KR ky=KG lb=LU lo=LA lt=LT lv=LV mg=MG mi=NZ
    mk=MK ml=IN mn=MN mr=IN ms=MY mt=MT my=MM nb=NO ne=NP nl=NL nn=NO no=NO or=IN pa=IN pl=PL ps=AF pt=BR ro=RO
    ru=RU rw=RW sd=PK si=LK sk=SK sl=SI so=SO sq=AL sr=RS sv=SE sw=TZ ta=IN te=IN tg=TJ th=TH tk=TM tl=PH tr=TR
    tt=RU ug=CN uk=UA ur=PK uz=UZ vi=VN xh=ZA yo=NG yue=HK zh=CN zu=ZA
    in=ID iw=IL
    """,
    )
)
_LIKELY_BY_SCRIPT = {"zh-hant": "TW", "yue-hans": "CN", "pa-arab": "PK", "az-arab": "IR", "uz-arab": "AF"}


@lru_cache(maxsize=4_096)
def named_territory(tag: str) -> str:
    """The ISO 3166 code that a tag like `pt-BR`, `pt_BR.UTF-8` or `zh-Hant-TW` names; empty where it names none."""
    for subtag in _subtags(tag)[1:]:
        if len(subtag) == 1:  # what follows is an extension or private
            return ""
        if (len(subtag) == 2 and subtag.isalpha()) or (len(subtag) == 3 and subtag.isdigit()):
            return _TERRITORY_ALIASES.get(subtag.upper(), subtag.upper())
    return ""


@lru_cache(maxsize=4_096)
def likely_territory(tag: str) -> str:
    """The ISO 3166 code of the territory where the tag's language is most likely read; empty for unknown languages."""
    language, script, *_ = (*_subtags(tag), "", "")
    return _LIKELY_BY_SCRIPT.get(f"{language}-{script}") or _LIKELY.get(language, "")


def _subtags(tag: str) -> list[str]:
    if len(tag) > _TAG_AT_MOST or not tag.isascii():
        return []
    plain = tag.strip().lower().partition(".")[0].partition("@")[0]  # a POSIX locale may go on with a charset
    return _SPLIT.split(plain)
