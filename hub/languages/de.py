"""German."""

from hub import phrases
from hub.agents.port import Kind
from hub.attachments import Unread
from hub.languages.language import Language
from hub.routing import SOURCES

GERMAN = Language(
    tag="de",
    help={
        "help": "Was ich kann",
        "new": "Neu beginnen: Was bisher gesagt wurde, zählt nicht mehr",
        "fresh": "Neu fragen: Keine frühere Antwort wird wiederverwendet",
        "stop": "Die Antwort beenden, die gerade entsteht",
        "agent": "Wer in diesem Chat antwortet und wer es noch kann",
        "region": "Wo ich dich vermute und welche Region antwortet",
        "pin": "Eine Tatsache, die hier im Sinn bleibt, auch nach /new",
        "pins": "Die Tatsachen, die hier im Sinn bleiben",
        "unpin": "Eine angeheftete Tatsache loslassen, mit ihrer Nummer, oder alle: all",
        "usage": "Was deine eigenen Nachrichten gekostet haben: heute, diese Woche, diesen Monat",
        "why": "Welcher Agent in welcher Region zuletzt geantwortet hat und warum",
        "invite": "Einen Code machen, mit dem andere dazukommen",
        "join": "Mit einem Code dazukommen, den du bekommen hast",
        "audit": "Was Admins geändert haben und wann; /audit bills: Rechnungen, die anders ausfielen",
        "pause": "Einen Agenten oder den ganzen Hub eine Weile niemandem antworten lassen",
        "resume": "Einen Agenten oder den ganzen Hub wieder antworten lassen",
        "model": "Welches Modell eine Stufe eines Agenten fragt",
        "tier": "Wie viel jemand fragen darf: free, paid oder enterprise",
        "reload": "Die Einstellungen neu lesen, in jedem Prozess",
        "feedback": "Sagen, was du von der letzten Antwort hältst",
        "human": "Einen Menschen antworten lassen; /human done holt mich zurück",
        "export": "Deine Gespräche in eine Datei schreiben",
        "forget": "Für immer löschen, was ich von dir habe: /forget me",
        "status": "Wie es dem Hub geht: Kanäle, Warteschlange, Fehler, Alarme, knappe Budgets",
        "fleet": "Jeder Agent mit Modellen, Orten und Budget",
        "costs": "Was ausgegeben wurde, nach Agent, Modell, Mensch, Region, Art, Kanal oder Tag",
        "report": "Was ein Tag, eine Woche oder ein Monat gekostet hat",
        "alerts": "Was gerade nicht stimmt",
        "budget": "Wie Budgets stehen, und sie setzen: support-faq monthly 60",
    },
    phrases={
        phrases.PIN_HOW: "Schreib /pin und die Tatsache, die ich im Sinn behalten soll, oder sende /pin als "
        "Antwort auf die Nachricht, in der sie steht.",
        phrases.PIN_TOO_LONG: "Das ist zum Anheften zu lang: höchstens {most} Zeichen.",
        phrases.PINNED: "Angeheftet: {fact}",
        phrases.PINS_FULL: "Für weitere Tatsachen ist kein Platz: /pins zeigt sie, /unpin lässt eine los.",
        phrases.PINS_NONE: "Hier ist nichts angeheftet. /pin und eine Tatsache behält sie im Sinn.",
        phrases.PINS_HOW: "/unpin und eine Nummer lässt eine los, /unpin all alle.",
        phrases.PINS_STAY: "Was angeheftet ist, bleibt; /pins zeigt es.",
        phrases.UNPIN_HOW: "Schreib /unpin und eine Nummer von 1 bis {most}, wie /pins sie zeigt, oder /unpin all.",
        phrases.UNPINNED: "Nicht mehr angeheftet: {fact}",
        phrases.UNPINNED_ALL: "Hier ist nichts mehr angeheftet.",
        phrases.FEEDBACK_HOW: "Schreib /feedback und was du von der letzten Antwort hältst.",
        phrases.FEEDBACK_KEPT: "Danke. Wer diesen Hub betreibt, liest es.",
        phrases.HUMAN_ASKED: "Ein Mensch wird dir hier antworten. Bis dahin schweige ich; /human done holt "
        "mich zurück.",
        phrases.HUMAN_OVER: "Von hier an antworte wieder ich.",
        phrases.HUMAN_NOBODY: "Hier kann kein Mensch antworten: Wer diesen Hub betreibt, hat keinen Chat dafür "
        "genannt.",
        phrases.EXPORTED: "{count} Nachrichten von dir stehen mit ihren Antworten in {file}. Wer diesen Hub"
        " betreibt, hat diese Datei für dich.",
        phrases.FORGET_HOW: "/forget me löscht, was ich von dir habe. Vorher frage ich noch einmal.",
        phrases.FORGET_ASKED: "Das löscht für immer, was du geschrieben hast, die Antworten, deinen Namen und "
        "deinen Ort. Was es gekostet hat, bleibt unter einer Nummer, die zu niemandem "
        "führt. Wenn du es so meinst, schick binnen fünf Minuten /forget me {word}.",
        phrases.FORGOTTEN: "Du bist vergessen. Wenn du wieder schreibst, fangen wir neu an.",
        phrases.PAUSED: "Hier sind die Antworten gerade angehalten. Bitte frag später noch einmal.",
        phrases.NOT_SERVED: "In diesem Chat antwortet noch niemand. Wer diesen Hub betreibt, kann ihn bei einem "
        "Agenten unter `serves` eintragen.",
        phrases.CHOOSE_FIRST: "Hier antwortet niemand, bis jemand wählt: /agent zeigt, wer es kann.",
        phrases.NO_TEXT: "In dieser Nachricht ist nichts, was ich lesen kann. Bitte schreib, was du wissen möchtest.",
        phrases.unread(Unread.VOICE): "Aufnahmen kann ich nicht anhören. Bitte schreib, was du wissen möchtest.",
        phrases.unread(
            Unread.VIDEO
        ): "Videos kann ich nicht ansehen. Bitte beschreib in Worten, was du wissen möchtest.",
        phrases.unread(Unread.KIND): "Diese Art von Datei kann ich nicht lesen. Bitte schick sie als reinen Text, oder "
        "beschreib in Worten, was darin steht.",
        phrases.unread(Unread.IMAGE): "Bilder kann ich hier nicht ansehen. Bitte beschreib in Worten, was du wissen "
        "möchtest.",
        phrases.unread(
            Unread.DOCUMENT
        ): "Hier kann ich nur Textdokumente lesen. Bitte füge den Teil ein, um den es dir geht.",
        phrases.unread(
            Unread.OFFICE
        ): "Office-Dateien kann ich nicht lesen. Bitte speichere sie als PDF oder als reinen Text und schick das.",
        phrases.unread(
            Unread.LARGE_IMAGE
        ): "Dieses Bild ist zu groß für mich: höchstens 3,7 MB und 8.000 Pixel je Seite.",
        phrases.unread(
            Unread.LARGE
        ): "Diese Datei ist zu groß für mich: höchstens 1 MB Text oder, wo ich PDF lese, 10 MB und 100 Seiten.",
        phrases.unread(
            Unread.MANY
        ): "Das sind mehr Dateien, als ich auf einmal lesen kann. Bitte schick höchstens fünf.",
        phrases.unread(Unread.FETCH): "Diese Datei konnte ich nicht holen. Bitte schick sie noch einmal.",
        phrases.WENT_WRONG: "Bei mir ist etwas schiefgegangen und ich konnte nicht antworten. Bitte frag noch einmal.",
        phrases.STOPPED: "Angehalten.",
        phrases.STOPPED_HERE: "\n\n(Hier angehalten.)",
        phrases.BEGINNING_AGAIN: "(Die Verbindung ist abgebrochen; die Antwort beginnt noch einmal.)\n\n",
        phrases.CUT_AT_LENGTH: "\n\n(Die Antwort hat ihre Höchstlänge erreicht. Bitte mich, fortzufahren.)",
        phrases.CUT_BY_FILTER: "\n\n(Der Anbieter des Modells hat die Antwort hier abgeschnitten.)",
        phrases.BUSY: "Gerade entstehen so viele Antworten zugleich, dass das Budget keinen Platz hat. Bitte frag in "
        "einer Minute noch einmal.",
        phrases.OVER_LIMIT: "Du hast für jetzt so viel gefragt, wie du darfst. In {wait} kannst du wieder fragen.",
        phrases.AGENT_FULL: "Gerade fragen so viele Leute, dass kein Platz mehr ist. Bitte frag in {wait} noch einmal.",
        phrases.REPEATED: "Das hast du schon mehrmals geschickt. Meine Antwort steht oben; bitte stell die "
        "Frage anders.",
        phrases.FLOOD: "So viele Nachrichten auf einmal kann ich nicht beantworten. Bitte warte eine Antwort "
        "ab, bevor du weiterschreibst.",
        phrases.TOO_MUCH_ASKED: "Das würde eine sehr lange Antwort, und ich fasse mich kurz. Bitte frag nach "
        "einem Teil davon.",
        phrases.NO_DEPLOYMENT: "Kein Modell, das hier antworten darf, ist gerade erreichbar. Bitte frag in ein paar "
        "Minuten noch einmal.",
        phrases.IN_LINE: "Gerade schreiben viele zugleich: Du bist Nummer {number} in der Reihe.",
        phrases.SPENT: "Das Budget für Antworten ist hier aufgebraucht. Es öffnet wieder am {day} um {time} ({zone}).",
        phrases.GREETING: "Das ist {hub}. Schreib einfach, und ich antworte.",
        phrases.FRESH_START: "Ein neuer Anfang: Was bisher gesagt wurde, berücksichtige ich nicht mehr.",
        phrases.NOTHING_ANSWERED: "Hier wurde noch nichts beantwortet.",
        phrases.UNKNOWN_COMMAND: "Einen Befehl /{name} gibt es nicht; /help nennt alle, die es gibt.",
        phrases.PERHAPS_COMMAND: "Einen Befehl /{name} gibt es nicht. Meintest du /{near}? /help nennt alle.",
        phrases.ROLE_MISSING: "/{name} ist hier nur für Menschen mit der Rolle {role}.",
        phrases.ANSWERED_FROM: "Dir wird aus {region} geantwortet.",
        phrases.ANSWERED_FROM_NOWHERE: "Gerade darf oder kann dir keine Region antworten.",
        phrases.KNOWN_FROM_BEFORE: "Das weiß ich aus einer früheren Nachricht.",
        phrases.REGION_CHOICES: "/region NAME wählt eine von {names}; /region clear vergisst, was ich von deinem Ort "
        "weiß.",
        phrases.REGION_CHOSEN: "Notiert: Dir wird aus {region} geantwortet, oder aus der nächsten Region, die es kann.",
        phrases.REGION_BEHIND_PAGE: "Notiert, aber hier zählt die Region, die auf dieser Seite eingestellt ist: "
        "{region}.",
        phrases.REGION_FORGOTTEN: "Ich habe vergessen, was ich von deinem Ort wusste.",
        phrases.REGION_UNKNOWN: "Eine solche Region gibt es nicht. Wähle eine von {names}, oder clear.",
        phrases.LOCATION_KEPT: "Ich merke mir ungefähr, wo du bist, damit eine Region in deiner Nähe antwortet; "
        "/region clear vergisst es.",
        phrases.LOCATION_BEHIND_CHOICE: "Ich merke mir ungefähr, wo du bist, aber deine Wahl von {region} zählt; "
        "/region clear vergisst beides.",
        phrases.AGENT_HERE: "Hier antwortet {agent}.",
        phrases.AGENT_NONE: "Hier antwortet niemand, bis jemand wählt.",
        phrases.AGENT_CHOICES: "/agent NAME wählt einen für diesen Chat; /agent default nimmt die Wahl zurück.",
        phrases.AGENT_CHOSEN: "Von nun an antwortet hier {agent}. Was anderen gesagt wurde, bleibt bei ihnen.",
        phrases.AGENT_UNKNOWN: "Ein solcher Agent steht hier nicht zur Wahl. Wähle einen von {names}, oder default.",
        phrases.USAGE_DAY: "heute",
        phrases.USAGE_WEEK: "diese Woche",
        phrases.USAGE_MONTH: "dieser Monat",
        phrases.USAGE_MESSAGES: "Nachrichten",
        phrases.USAGE_TOKENS: "Tokens",
        phrases.USAGE_COST: "Kosten",
        phrases.USAGE_ZONE: "Was deine eigenen Nachrichten gekostet haben; Tage beginnen um Mitternacht in {zone}.",
        phrases.USAGE_UNCERTAIN: "{cost} der Kosten dieses Monats sind geschätzt.",
        phrases.CACHED: "Von {tokens} Eingabetoken kamen {share} aus den Zwischenspeichern der Anbieter; das "
        "hat {cost} gespart.",
        phrases.USAGE_REUSED: "{answers} Antworten dieses Monats gab es schon und kosteten nichts; "
        "das hat {saved} gespart.",
        phrases.USAGE_UNPRICED: "{calls} Aufrufe dieses Monats haben keinen bekannten Preis und zählen nicht mit.",
        phrases.NOT_ON_THE_LIST: "Ich antworte nur Menschen, die mir genannt wurden. Wer diesen Hub betreibt, "
        "kann dich mit deiner Id eintragen.",
        phrases.BY_INVITATION: "Ich antworte nur Eingeladenen. Frag, wer diesen Hub betreibt, nach einem "
        "Code, und schick mir /join CODE.",
        phrases.WELCOME: "Willkommen. Du kannst mir hier schreiben.",
        phrases.NO_SUCH_CODE: "Dieser Code lässt niemanden ein: Er ist vertippt, verbraucht oder älter als "
        "eine Woche. Bitte um einen neuen.",
        phrases.TOO_MANY_CODES: "Hier wurden zu viele Codes probiert. Bitte versuch es in einer Stunde noch einmal.",
        phrases.WITHDRAWN: "(Zurückgezogen: Die Frage hat sich geändert.)",
        phrases.NO_INVITATIONS: "Hier braucht niemand eine Einladung. Soll sich das ändern, setze `invitations "
        "= true` für dieses Konto.",
        phrases.IN_PRIVATE: "Bitte frag mich das in einem privaten Chat, damit niemand sonst den Code sieht.",
        phrases.failed(Kind.THROTTLED): "Das Modell hat mehr zu tun, als es schafft. Bitte frag in einer Minute noch "
        "einmal.",
        phrases.failed(Kind.OVERLOADED): "Das Modell ist überlastet. Bitte frag in ein paar Minuten noch einmal.",
        phrases.failed(Kind.TIMED_OUT): "Das Modell hat zu lange für die Antwort gebraucht. Bitte frag noch einmal, "
        "vielleicht mit weniger Worten.",
        phrases.failed(Kind.CUT): "Die Verbindung zum Modell ist abgebrochen, bevor die Antwort vollständig war. Bitte "
        "frag noch einmal.",
        phrases.failed(Kind.GARBLED): "Die Antwort des Modells war nicht lesbar. Bitte frag in ein paar Minuten noch "
        "einmal.",
        phrases.failed(Kind.UNAUTHORIZED): "Das Modell weist den Schlüssel dieses Hubs ab. Wer den Hub betreibt, muss "
        "ihn erneuern.",
        phrases.failed(
            Kind.MISSING
        ): "Das Modell, das antworten soll, ist nicht da. Wer den Hub betreibt, findet seinen Namen im Protokoll.",
        phrases.failed(Kind.REJECTED): "Das Modell hat diese Frage nicht angenommen. Wer den Hub betreibt, findet den "
        "Grund im Protokoll.",
        phrases.failed(
            Kind.TOO_LONG
        ): "Dieses Gespräch ist zu lang für das Modell. Schick /new für einen neuen Anfang, "
        "oder frag mit weniger Worten.",
        phrases.failed(Kind.FILTERED): "Der Anbieter des Modells lehnt es ab, darauf zu antworten. Bitte formuliere es "
        "anders.",
        SOURCES["choice"]: "Du hast die Region {} gewählt.",
        SOURCES["location"]: "Du hast einen Standort geteilt.",
        SOURCES["time zone"]: "Deine Zeitzone ist {}.",
        SOURCES["locale"]: "Deine Spracheinstellungen nennen {}.",
        SOURCES["workspace"]: "Die Einstellungen deines Workspace nennen {}.",
        SOURCES["language"]: "Deine Sprache wird am ehesten in {} gelesen.",
        SOURCES["default"]: "Nichts sagt mir, wo du bist; darum zählt die voreingestellte Region {}.",
    },
)
