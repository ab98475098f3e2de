"""Whether a question is about how things stand: the weather, what is open or in stock, prices, scores, what comes next.

Each rule stands for the same in five languages; none looks further than a few words on from where it begins.
"""

import re

from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH

_START = r"(?:^|[,;:.!?])\W{0,2}"
_END = r"\s*(?:[?.!]|$)"

NOW = {
    ENGLISH: re.compile(
        rf"""
        \b(?:what|which)\s+(?:year|month|week|day|weekday|season|date|time)\b(?:\s+of\s+the\s+\w+)?(?:\s+is|\s+are
          |'s)\s+(?:it|we|this|today)\b
        |\bis\s+it\s+(?:an?\s+)?(?:day|night|morning|evening|noon|midnight|weekend|summer|winter|spring|autumn
          |monday|tuesday|wednesday|thursday|friday|saturday|sunday|(?:public\s+|bank\s+)?holiday)\b
        # the weather
        |(?<!often\s)\b(?:is|was|will)\s+(?:it|be)\s+(?:be\s+|going\s+to\s+|still\s+)?
          (?:rain|snow|hail|storm|pour|freez|drizzl|thunder|sunny|cloudy|windy|foggy|hot\b|cold\b|warm\b|humid
          |dark\b)\w*
        |\bhow\s+(?:hot|cold|warm|humid|windy|sunny|rainy)\s+(?:is|was|will)\s+it\b
        |\bwhat(?:'s|\s+is)\s+the\s+temperature{_END}|\bhow\s+far\s+along\b|\bis\s+the\s+sun\s+(?:out|shining|up)\b
        |(?<!highest\s)(?<!lowest\s)(?<!average\s)\btemperature\s+(?:outside|(?:in|at)\s+(?!an?\b|the\b|space\b
          |kelvin\b|celsius\b|fahrenheit\b|which\b|degrees\b))
        # what comes, and how long it is until then
        |\b(?:when|who|which|what\s+time|how\s+(?:soon|long))\b(?:\s+[\w']+){{0,5}}?\s+next\b(?!-|\s+to\b)\s*\w
        |\bnext\s+(?:train|bus|tram|flight|plane|ferry|boat|meeting|match|game|election|episode|release|concert
          |delivery|sale)s?\b
        |\bhow\s+(?:many|much)(?:\s+[\w']+){{1,5}}?\s+(?:left{_END}|left\s+(?:in|for|on|of|at|to|until|till
          |before)\b|remain(?:s|ing)?\b|until\b|till\b)
        |\bhow\s+(?:many\s+(?:\w+\s+)?(?:days|weeks|months|sleeps|hours|nights)|long|much\s+time)\s+(?:is\s+it\s+
          |are\s+(?:there\s+|it\s+)?)?
          (?:to|before|until|till)\s+(?:the\s+|an?\s+)?
          (?:christmas|xmas|easter|halloween|thanksgiving|ramadan|new\s+year|summer|winter|spring|autumn|weekend
          |holidays?|end|start|election|\w+day)\b
        |\bhow\s+long\s+(?:is|are)\s+(?:it|there|we)\s+(?:\w+\s+)?(?:until|till|to|before)\b
        |\b(?:is|was|are)\s+(?:it|[\w:]+)\s+too\s+(?:late|early|soon)\b(?!\s+to\s+(?:learn|become|study
          |start\s+learning)\b)
        |\bhow\s+(?:late|early)\s+is\s+it\b
        |\bwhen\s+(?:is|'s)\s+(?:easter|ramadan|eid|diwali|thanksgiving|black\s+friday|hanukkah|pentecost
          |carnival){_END}
        |\bwhen\s+(?:is|does|will|do)\s+the\s+(?:\w+\s+){{0,2}}?(?:deadline|offer|sale|meeting|match|game|show
          |course|class|event|strike|election)\b
        # what is on
        |{_START}(?:why\s+|since\s+when\s+)?(?:is|are|was)\s+(?:[\w'-]+\s+){{1,5}}?(?:open|closed|shut|down|on|off
          |home|on\s+time|online
          |offline|available|busy
          |full|broken|working|running|over|ready|back|live|delayed|late|cancelled|canceled|on\s+sale
          |out\s+of\s+order){_END}
        |{_START}is\s+(?:the\s+)?[\w-]+\s+up{_END}
        |\b(?:who|how\s+many\s+\w+)\s+(?:is|are)\s+(?:online|available){_END}
        |\b(?:in\s+stock(?!\s+(?:market|exchange|trad))|out\s+of\s+stock|sold\s+out|on\s+call|on\s+duty|on\s+strike
          |on\s+air)\b
        |^\W*(?:has|have)\s+the\s+(?:\w+\s+){{1,3}}?(?:started|begun|ended|finished|arrived|left|opened|closed
          |changed|gone|come|landed)\b
        |\b(?:is|are)\s+there\s+(?:an?\s+|any\s+|some\s+)?(?:\w+\s+)?
          (?:delays?|news|seats?|tickets?|tables?|rooms?|traffic|jams?|outages?|bus(?:es)?|trains?|strikes?)\b
        |\bwhat(?:'s|\s+is|\s+are)\s+(?:for\s+(?:lunch|dinner|breakfast|supper)|on\s+(?:tv|tonight)|on{_END}
          |new{_END}|happening|going\s+on|trending)
        |\bwhen\s+(?:does|is|will|do|are)\s+the\s+(?:[\w-]+\s+){{0,4}}?(?:train|bus|tram|flight|plane|ferry|boat)s?\b
        |\b(?:rain|snow|storms?)\s+(?:expected|coming)\b|\bhow\s+(?:is|'s)\s+(?:the\s+)?traffic\b
        |\bhow\s+long\s+is\s+the\s+(?:queue|wait|line)\b
        |\b(?:lunch|dinner|daily|of\s+the\s+day)\s+(?:menu|specials?)\b
        |\b(?:menu|special|soup|dish|word|joke)\s+of\s+the\s+day\b
        |\b(?:any|the|what's|what\s+is)\s+news\b|\bnews\s+(?:about|from|of)\b
        # how it stands
        |\bwhat(?:'s|\s+is|\s+are|\s+was)\s+the\s+(?:\w+\s+){{0,2}}?(?:status\s+of|prices?\s+(?:of|for)\s+(?!an?\b)
          |interest\s+rates?\b)
        |\bprice\s+of\s+an?\s+(?:barrel|bitcoin|share|euro|dollar|ounce|gallon|lit(?:re|er))\b|\bexchange\s+rates?\b
        |\bwhat(?:'s|\s+is|\s+was)\s+the\s+score\b
        |\b(?:stock|share|oil|gold|silver|gas|petrol|fuel|diesel|bitcoin|crypto|house|housing|electricity)\s+prices?\b
        |\bhow\s+much\s+(?:is|are|does|do|costs?)\s+(?:an?\s+|one\s+|the\s+)?(?:bitcoin|ethereum|euro|dollar|pound
          |yen|rupee|ounce|gold|silver|barrel)s?\b
        |\bwho(?:'s|\s+is|\s+are)\s+(?:playing|speaking){_END}
        |\b(?:is|are)\s+(?:[\w'-]+\s+){{0,4}}?(?:winning|leading|losing){_END}
        |\bwho(?:'s|\s+is)\s+(?:winning|ahead|in\s+the\s+lead|in\s+charge|there|here)\b
        |\bwho\s+won\s+(?:the\s+)?(?:\w+\s+)?(?:match|game|election|race|final|cup|league|vote){_END}
        """,
        re.X,
    ),
    GERMAN: re.compile(
        rf"""
        \bwelche[nrsm]?\s+\w*(?:jahr|monat|woche|tag|datum|jahreszeit|uhrzeit)\s+(?:haben|ist|schreiben)\b
        |\b(?:regnet|schneit|stürmt|hagelt|gewittert|donnert|friert|nieselt)\s+(?:es|\w+)\b
        |\bscheint\s+die\s+sonne\b|\bgrad\s+(?:hat|ist|sind)\b
        |\b(?:ist|wird|war|bleibt)\s+es\s+(?:\w+\s+)?(?:warm|kalt|heiß|heiss|dunkel|hell|glatt|windig|sonnig|neblig
          |schwül|bewölkt|nass)\b
        |\bwie\s+(?:warm|kalt|heiß|heiss|windig)\s+(?:ist|wird|war)\s+es\b
        |\bist\s+es\s+(?:\w+\s+)?(?:tag|nacht|abend|morgen|sommer|winter)\b
        |\btemperatur\s+(?:draußen|in\s+(?!der\b|einem\b|einer\b|kelvin\b|celsius\b))
        |\b(?:wann|wer|welche[rs]?)\b(?:\s+\w+){{0,5}}?\s+nächste[nrsm]?\b
        |\bnächste[nrsm]?\s+(?:zug|bus|bahn|u-bahn|s-bahn|tram|flug|fähre|spiel|wahl|folge|termin|treffen
          |besprechung|lieferung)\b
        |\bwie\s+(?:lange|viele?\s+\w+)\s+(?:\w+\s+){{0,3}}?(?:bis|übrig|noch|verbleiben|bleiben)\b
        |\bist\s+(?:es|\w+)\s+(?:\w+\s+)?(?:zu\s+(?:spät|früh))\b
        |\bwann\s+ist\s+(?:ostern|pfingsten|ramadan|karneval|fasching){_END}
        |\b(?:ist|sind|hat|haben|war)\s+(?:[\w-]+\s+){{1,5}}?(?:offen|geöffnet|geschlossen|zu|auf|verfügbar|vorrätig
          |lieferbar|erreichbar
          |online|offline|ausverkauft|kaputt|down|besetzt|voll|verspätet|ausgefallen|vorbei|fertig|frei){_END}
        |\b(?:auf\s+lager|bereitschaft|notdienst|im\s+fernsehen|im\s+angebot|tageskarte|tagesgericht|mittagsmenü
          |speiseplan)\b
        |\bwann\s+(?:kommt|fährt|geht|fliegt|landet)\s+(?:der|die|das)\s+(?:[\w-]+\s+)?(?:zug|bus|bahn|u-bahn|s-bahn
          |tram|straßenbahn|flug|flieger|fähre|schiff)\b
        |\bwie\s+steht\s+(?:es|der|die|das)\b
        |\bwer\s+(?:hat\s+(?:das\s+\w+\s+|die\s+\w+\s+)?(?:dienst|gewonnen|schicht)|führt|gewinnt|spielt)\b
        |\bwas\s+gibt(?:'s|\s+es)\s+(?:zum?\s+\w*(?:essen|mittag|frühstück|abend)|neues)
        |\bwas\s+(?:läuft|kommt)\s+(?:im|gerade)\b
        |\b(?:wechselkurs|aktienkurs|spielstand|zinssatz|(?:benzin|gold|öl|strom|gas)preise?)\w*\b
        |\b(?:preis|kurs|stand|status)\s+(?:von|der|des|vom|für)\s+(?!ein)
        |\bwie\s+viel\s+(?:ist|kostet)\s+(?:ein\s+)?(?:bitcoin|euro|dollar|gold)\b
        |\b(?:was|wie\s*viel)\s+kostet\s+(?:ein\s+)?(?:bitcoin|dollar|gold|benzin|diesel)\b
        |\bgibt\s+es\s+(?:\w+\s+)?(?:verspätung|stau|störung|streik|neuigkeit|nachricht)\w*
        """,
        re.X,
    ),
    SPANISH: re.compile(
        rf"""
        \b(?:en\s+)?qué\s+(?:año|mes|semana|día|estación)\s+(?:es\b|estamos|vivimos)
        |\bqué\s+(?:tiempo|temperatura|calor|frío)\s+(?:hace|hará|hizo|va)\b
        |\bestán?\s+(?:\w+\s+)?(?:llov|nev|graniz|torment)\w+
        |\b(?:llueve|nieva|graniza|lloverá|nevará)\b
        |\bhace\s+(?:mucho\s+)?(?:frío|calor|sol|viento|fresco|buen\s+tiempo|mal\s+tiempo)\b
        |\btemperatura\s+(?:hay|hace|en\s+(?!un\b|una\b|el\b|la\b))
        |\bcuánt[oa]s?\s+(?:\w+\s+){{0,3}}?(?:faltan?|quedan?|restan?)\b
        |\b(?:demasiado|muy)\s+(?:tarde|temprano|pronto)\b
        |\bcuánt[oa]s?\s+\w+\s+(?:hay\s+)?(?:hasta|para\s+(?:la\s+)?(?:navidad|pascua|verano))\b
        |\bcuándo\s+es\s+(?:la\s+)?(?:pascua|semana\s+santa|ramadán){_END}
        |\b(?:está|están)\s+(?:[\w-]+\s+){{0,5}}?(?:abiert[oa]s?|cerrad[oa]s?|disponibles?|agotad[oa]s?|caíd[oa]s?
          |llen[oa]s?|ocupad[oa]s?|list[oa]s?|lejos)\b
        |\b(?:en\s+stock|de\s+guardia|en\s+línea|en\s+huelga|en\s+la\s+tele|menú\s+del\s+día|plato\s+del\s+día
          |fuera\s+de\s+servicio)\b
        |\bquién\s+(?:va\s+ganando|gana|ganó|está)\b
        |\bqué\s+hay\s+(?:de|para)\s+(?:comer|almorzar|cenar|nuevo|desayunar)\b|\bqué\s+(?:pasa|ponen)\s+en\b
        |\b(?:tipo\s+de\s+cambio|cotización|tasa\s+de\s+interés|marcador)\b|\bprecios?\s+(?:del\b|de\s+(?!una?\b))
        |\ba\s+(?:cuánto|cómo)\s+está\b
        |\bcuánto\s+(?:cuesta|vale)\s+(?:la\s+gasolina|el\s+(?:dólar|euro|oro|diésel|gasóleo))\b
        |\bcuánto\s+vale\s+un\s+(?:bitcoin|euro|dólar)\b
        |\bes\s+(?:ya\s+)?(?:tarde|temprano|pronto)\s+para\b|\bestado\s+del?\s+(?!la\s+materia)
        |\bcuándo\s+(?:sale|llega|pasa|parte)\s+el\b
        |\bhay\s+(?:\w+\s+)?(?:retrasos?|noticias|huelga|atascos?|entradas|mesas?|plazas)\b
        """,
        re.X,
    ),
    FRENCH: re.compile(
        r"""
        \bquel(?:le)?s?\s+(?:année|mois|semaine|saison|jour)\s+(?:sommes|est-on|est-ce|on\s+est|c'est)
        |\bcombien\s+(?:coûte|vaut)\s+(?:l'essence|l'or|l'euro|le\s+(?:gazole|diesel|dollar|bitcoin)|un\s+bitcoin)\b
        |\bil\s+(?:pleut|neige|vente|gèle|grêle|pleuvra|neigera)\b|\b(?:pleut|neige|pleuvra|gèle)-t?-?il\b
        |\bpleut-il\b
        |\b(?:il\s+fait|fait-il)\s+(?:\w+\s+)?(?:beau|froid|chaud|frais|nuit|jour|mauvais|soleil|doux|combien)\b
        |\bcombien\s+fait-il\b
        |\bquel\s+temps\s+(?:fait|fera|il\s+fait)\b|\btempérature\s+(?:fait|dehors|il\s+fait|à\s+(?!laquelle))
        |\bcombien\s+(?:de\s+|d')?(?:\w+\s+){0,4}?(?:avant|jusqu|reste|restent|d'ici)\w*|\breste-t-il\b
        |\btrop\s+(?:tard|tôt)\b
        |\bquand\s+est\s+(?:pâques|le\s+ramadan|la\s+pentecôte)\b
        |\b(?:est|sont)(?:-(?:il|elle|ils|elles|ce))?\s+(?:[\w'-]+\s+){0,5}?(?:ouverte?s?|fermée?s?|disponibles?
          |pleine?s?|prête?s?|complets?)\b
        |\b(?:en\s+stock|en\s+panne|en\s+ligne|en\s+grève|de\s+garde|d'astreinte|de\s+service|en\s+rupture
          |menu\s+du\s+jour|plat\s+du\s+jour|à\s+la\s+télé)\b
        |\bqui\s+(?:gagne|a\s+gagné|mène|est\s+là)\b|\bqu'est-ce\s+qu'(?:on\s+mange|il\s+y\s+a\s+(?:à|au|pour))
        |\bau\s+menu\b
        |\b(?:taux\s+de\s+change|taux\s+d'intérêt|cours\s+d[ue']|score)\b
        |\bprix\s+(?:du\b|de\s+(?!référence)|d'(?!une?\b))|\b(?:statut|état)\s+(?:du|de\s+la|de\s+l')
        |\by\s+a-t-il\s+(?:des|un|une|du)\s+(?:retards?|grèves?|nouvelles|places|bouchons?|trains?|bus)\b
        |\bquand\s+(?:part|arrive|passe)\s+le\b
        """,
        re.X,
    ),
    PORTUGUESE: re.compile(
        rf"""
        \b(?:em\s+)?que\s+(?:ano|mês|semana|dia|estação)\s+(?:é|estamos|vivemos)\b
        |\bque\s+(?:tempo|temperatura|calor|frio)\s+(?:faz|fará|está|vai)\b
        |\bestá\s+(?:a\s+)?(?:\w+\s+)?(?:chov|nev|troveja)\w+
        |\b(?:chove|neva|choverá)\b|\b(?:está|faz|fará)\s+(?:muito\s+)?(?:frio|calor|sol|quente|vento)\b
        |\btemperatura\s+(?:está|faz|em\s+(?!um))
        |\bquant[oa]s?\s+(?:\w+\s+){{0,3}}?(?:faltam?|restam?|sobram?|até)\b|\b(?:tarde|cedo)\s+demais\b
        |\b(?:muito|demasiado)\s+(?:tarde|cedo)\b
        |\bquando\s+é\s+(?:a\s+páscoa|o\s+carnaval|o\s+ramadão){_END}
        |\b(?:está|estão)\s+(?:[\w-]+\s+){{0,5}}?(?:abert[oa]s?|fechad[oa]s?|disponíve(?:l|is)|esgotad[oa]s?
          |chei[oa]s?|pront[oa]s?|ocupad[oa]s?)\b
        |\b(?:em\s+baixo|em\s+stock|em\s+estoque|fora\s+do\s+ar|de\s+plantão|de\s+serviço|online|em\s+greve|na\s+tv
          |prato\s+do\s+dia|menu\s+do\s+dia)\b
        |\bquem\s+(?:está\s+(?:a\s+)?ganha\w+|ganhou|vai\s+ganhando)\b
        |\bo\s+que\s+(?:há|tem)\s+(?:para|pro|de)\s+(?:o\s+)?(?:almoço|jantar|comer|novo)\b
        |\b(?:taxa\s+de\s+(?:câmbio|juros)|câmbio|cotação|quanto\s+(?:custa|vale|está)\s+(?:a\s+gasolina
          |o\s+(?:dólar|euro|ouro|gasóleo))|quanto\s+(?:custa|vale)\s+um\s+(?:bitcoin|euro|dólar)
          |placar)\b
        |\bpreços?\s+d[oae]\s+(?!uma?\b)|\b(?:estado|status)\s+d[oa]\s+(?!matéria)
        |\bquando\s+(?:sai|chega|passa|parte)\s+o\b
        |\bhá\s+(?:\w+\s+)?(?:atrasos?|notícias|greves?|bilhetes|vagas|mesas?)\b
        """,
        re.X,
    ),
}
