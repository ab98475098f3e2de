"""Words by which an instruction is known that is the same for whoever asks: how it is asked for, and for what.

What is one's own is listed, since a list of what tells of a person is never whole: skills, things that nearly everybody
has, and, with verbs of care alone, one's looks. No person, paper, money or illness is among them.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from hub.reuse.lists import listed
from hub.reuse.tongue import ENGLISH, FRENCH, GERMAN, PORTUGUESE, SPANISH


class Instruction(msgspec.Struct, frozen=True):
    """What one language has; all in lower case."""

    own: frozenset[str]
    """My."""
    asks: re.Pattern[str]
    """How a question begins that asks for an instruction; a verb comes next."""
    things: frozenset[str]
    """What of one's own tells nothing of oneself."""
    kinds: frozenset[str]
    """What may stand before or behind such a thing, and is none itself."""
    reached: frozenset[str]
    """Verbs with which it matters whose the thing is: to find my phone is not to find a phone."""
    looks: frozenset[str] = frozenset()
    """What of one's own counts with verbs of care alone."""
    care: frozenset[str] = frozenset()
    telling: frozenset[str] = frozenset()
    """Words that make it somebody's case: illness, death, quarrels. Also who speaks, outside of how it begins."""
    nouns_are_capitals: bool = False


_TONGUES_EN = (
    "english german spanish french portuguese italian hindi chinese japanese korean arabic russian turkish dutch"
)

INSTRUCTIONS: Mapping[str, Instruction] = MappingProxyType(
    {
        ENGLISH: Instruction(
            own=listed("my our"),
            asks=re.compile(
                r"""
                (?:how\s(?:can|do|could|should|would|must|shall)\s(?:i|we|one|someone)
                |how\sto
                |how\s(?:often|long)\s(?:(?:should|must)\s(?:i|we|one)|do\s(?:i|we)\s(?:need|have)\sto)
                |(?:what|which)\s(?:apps?|software|tools?|programs?|(?:web)?sites?|products?)\s(?:can|could|should)\s
                  (?:i|we|one)\suse\s(?:to|for)
                |what\s(?:can|should|could|must|do|shall)\s(?:i|we|one)\s(?:(?:need|have)\sto\s)?do\s(?:in\sorder\s)?to
                |(?:what|which)(?:\sis|\sare|'s)\s(?:(?:the|a|an|some|any|one|of|and|most|best|good|great|right|proper|correct|ideal
                  |easy|easiest|fast|fastest|quick|quickest|simple|simplest|safe|safest|cheap|cheapest|effective|efficient
                  |natural|different|various|possible)\s)*(?:ways?|methods?|steps|tips|tricks|techniques?)\s(?:to|of|for
                  |(?:(?:by|in)\swhich\s|that\s)?(?:i|we|one)\scan)
                |(?:is|are)\sthere\s(?:an?\s|any\s|some\s)?(?:(?:good|easy|quick|safe|better|natural)\s)?ways?\s(?:to|of|for)
                )\s
                (?:(?:see|know|check|tell|find\sout)\s(?:who|if\s(?:some|any)(?:one|body))\s
                  (?=(?:is\susing|uses|viewed|views|visits|visited|follows|unfollowed|blocked|reads)\s))?
                """,
                re.X,
            ),
            things=listed(
                f"""
                {_TONGUES_EN} skill skills ability abilities writing speaking reading listening communication
                vocabulary grammar pronunciation accent handwriting spelling typing memory concentration focus
                attention confidence self-confidence esteem self-esteem knowledge creativity productivity motivation
                singing drawing cooking coding programming math maths chess running stamina endurance flexibility
                presence iq intelligence study studies studying learning revision homework essay thesis resume cv
                presentation portfolio goal goals dream dreams passion purpose potential habits time routine
                schedule career fluency speech imagination thinking reasoning sd sim phone mobile smartphone
                cellphone iphone android ipad ipod tablet laptop computer pc mac macbook notebook tv television
                camera printer router wifi wi-fi internet network modem headphones earphones battery charger screen
                keyboard mouse monitor drive disk usb browser chrome firefox cache cookies desktop photos pictures
                videos password username profile history contacts messages files data notes ringtone wallpaper
                signature feed followers subscribers views post posts question questions answer answers app website
                site blog channel page server domain database code game video gmail email facebook instagram twitter
                snapchat whatsapp youtube linkedin quora skype google windows bluetooth room bedroom kitchen
                bathroom garden lawn garage oven fridge dishwasher carpet sofa mattress car bike bicycle motorcycle
                sink toilet walls floor roof clothes shoes sneakers jeans shirt jacket guitar piano business startup
                book novel song music art idea ideas invention
                """
            ),
            kinds=listed(
                """
                own new old first spoken written public communication social interpersonal technical creative
                academic daily presentation problem-solving problem solving conversation note power level speed life
                leather white black home work smart cell usb hard window windows card graphics browsing search chat
                profile picture language leadership critical logical analytical soft personal college school account
                accounts
                """
            ),
            reached=listed(
                """
                find locate track trace know see check view read get access hack spy open unlock crack steal break
                enter log login sign look watch monitor recognize recognise tell show identify detect hear
                """
            ),
            looks=listed(
                """
                life mind brain body hair skin face eyes eyebrows eyelashes teeth nails lips beard voice belly
                stomach tummy fat weight height muscles arms legs thighs butt waist posture metabolism hands feet
                sleep immunity personality anger temper emotions thoughts mood energy willpower discipline
                self-control charisma attitude mindset
                """
            ),
            care=listed(
                """
                improve increase change boost strengthen build train tone clean wash brush whiten straighten curl
                dye color colour grow shave lose slim shape style protect moisturize lighten brighten thicken relax
                calm clear control manage handle enjoy live organize organise simplify balance sharpen maintain keep
                make
                """
            ),
            telling=listed(
                """
                i we me us they them their wait waiting i'm i've i'd i'll we're we've mine ours you your who whose
                whom that pain ache aches hurt hurts sick ill illness disease disorder syndrome infection infected
                injury injured injuries accident surgery operation stroke cancer chemo chemotherapy pregnant
                pregnancy birth depression depressed anxiety adhd autism dyslexia stutter stammer addiction addicted
                drunk drugs diabetes dementia alzheimer's concussion coma trauma ptsd medication medicine divorce
                divorced breakup ex affair death died dead suicide funeral fired arrested jail prison court police
                lawsuit debt bankruptcy visa asylum stolen landlord boss manager teacher therapist drinking smoking
                alcohol gambling porn doctor kill end die hide pay paying paid return returning exchange refund pick
                collect claim cancel cancelling order ordered contact buyer seller insure insurance warranty deliver
                delivery give lend leave quit
                """
            ),
        ),
        GERMAN: Instruction(
            own=listed("mein meine meinen meinem meiner meines"),
            asks=re.compile(
                r"""
                (?:wie\s(?:kann|könnte|soll|sollte|muss)\s(?:ich|man|wir)
                |was\s(?:kann|soll|sollte|muss)\s(?:ich|man)\s(?:tun|machen),?\sum
                |wie\s(?:verbessere|erweitere|reinige|putze|lösche|ändere|setze|verbinde|repariere|beschleunige|lerne|trainiere
                  |pflege|lade|öffne|installiere|aktualisiere|sichere|schütze|steigere|übe)\sich
                )\s
                """,
                re.X,
            ),
            things=listed(
                """
                englisch deutsch spanisch französisch italienisch portugiesisch wortschatz aussprache grammatik
                handschrift schreibstil konzentration gedächtnis ausdauer kondition lesen schreiben kreativität
                selbstvertrauen zeit ziele passwort kennwort handy smartphone iphone tablet laptop computer rechner
                pc fernseher drucker router wlan internet kamera kopfhörer bildschirm tastatur browser akku website
                webseite blog app facebook instagram whatsapp fahrrad auto backofen ofen kühlschrank garten rasen
                teppich sofa matratze kleidung schuhe zimmer küche
                """
            ),
            kinds=listed("wlan neues neuen altes alten eigenes eigenen wifi"),
            reached=listed("finden sehen orten erkennen wiederfinden herausfinden anzeigen auslesen hacken knacken"),
            telling=listed(
                """
                mir mich uns unser du dein ihr krank krankheit unfall operation schlaganfall krebs schmerzen
                schwanger schwangerschaft depression angst scheidung tod gestorben polizei gericht anwalt schulden
                chef chefin lehrer arzt bezahlen zahlen kündigen kündige zurückgeben umtauschen abholen stornieren
                bestellen bestellt geben leihen
                """
            ),
            nouns_are_capitals=True,
        ),
        SPANISH: Instruction(
            own=listed("mi mis"),
            asks=re.compile(
                r"""
                (?:cómo\s(?:puedo|podría|debo|debería|podemos|se\spuede)\s(?=\w+[aeií]r\b)
                |cómo\s(?=\w+[aei]r\b)
                |qué\s(?:puedo|debo|debería|podría)\shacer\spara\s(?=\w+[aei]r\b)
                |cuál\ses\sla\smejor\s(?:manera|forma)\sde\s(?=\w+[aei]r\b))
                """,
                re.X,
            ),
            things=listed(
                """
                inglés español francés alemán portugués italiano vocabulario pronunciación gramática caligrafía
                concentración memoria resistencia escritura ortografía creatividad autoestima contraseña móvil
                celular teléfono tableta portátil ordenador computadora pc televisor televisión impresora router
                wifi cámara pantalla teclado navegador batería web blog facebook instagram whatsapp gmail bicicleta
                coche carro horno nevera jardín alfombra sofá ropa zapatos habitación cocina tiempo
                """
            ),
            kinds=listed("nuevo nueva viejo vieja propio propia nivel página"),
            reached=listed(
                "encontrar localizar rastrear ver saber consultar leer hackear abrir desbloquear recordar acceder"
            ),
            telling=listed(
                """
                me nos yo tú tu tus usted enfermo enferma enfermedad accidente operación cirugía ictus cáncer dolor
                embarazo depresión ansiedad divorcio muerte policía juicio abogado deudas jefe jefa profesor
                profesora médico pagar devolver cancelar recoger reclamar pedir dar prestar
                """
            ),
        ),
        FRENCH: Instruction(
            own=listed("mon ma mes"),
            asks=re.compile(
                r"""
                (?:comment\s(?:puis-je|pourrais-je|dois-je|peut-on|je\speux|on\speut|est-ce\sque\sje\speux)\s(?=\w+(?:er|ir|re)\b)
                |comment\s(?:faire\spour\s)?(?=\w+(?:er|ir|re)\b)
                |que\s(?:puis-je|dois-je|devrais-je)\sfaire\spour\s(?=\w+(?:er|ir|re)\b)
                |quelle\sest\sla\smeilleure\s(?:façon|manière)\sde\s(?=\w+(?:er|ir|re)\b))
                """,
                re.X,
            ),
            things=listed(
                """
                anglais français espagnol allemand portugais italien vocabulaire prononciation grammaire écriture
                orthographe concentration mémoire endurance créativité mot-de-passe téléphone portable smartphone
                tablette ordinateur pc télévision imprimante routeur wifi caméra écran clavier navigateur batterie
                site blog facebook instagram whatsapp gmail vélo voiture four réfrigérateur jardin tapis canapé
                vêtements chaussures chambre cuisine temps
                """
            ),
            kinds=listed("nouveau nouvelle vieux vieille propre niveau"),
            reached=listed(
                """
                trouver retrouver localiser voir savoir connaître consulter lire récupérer pirater ouvrir
                déverrouiller accéder
                """
            ),
            telling=listed(
                """
                me moi nous tu ton ta tes vous votre malade maladie accident opération chirurgie avc cancer douleur
                grossesse enceinte dépression anxiété divorce mort police procès avocat dettes patron patronne
                professeur médecin payer rendre retourner annuler résilier réclamer commander donner prêter
                """
            ),
        ),
        PORTUGUESE: Instruction(
            own=listed("meu minha meus minhas"),
            asks=re.compile(
                r"""
                (?:como\s(?:posso|poderia|devo|deveria|podemos|se\spode)\s(?=\w+[aei]r\b)
                |como\s(?=\w+[aei]r\b)
                |o\sque\s(?:posso|devo|deveria|poderia)\sfazer\spara\s(?=\w+[aei]r\b)
                |qual\sé\sa\smelhor\s(?:maneira|forma)\sde\s(?=\w+[aei]r\b))
                """,
                re.X,
            ),
            things=listed(
                """
                inglês português espanhol francês alemão italiano vocabulário pronúncia gramática caligrafia
                concentração memória resistência escrita ortografia criatividade autoestima senha telemóvel celular
                telefone tablet portátil computador pc televisão impressora roteador router wifi câmara tela teclado
                navegador bateria site blog facebook instagram whatsapp gmail bicicleta carro forno geladeira
                frigorífico jardim tapete sofá roupa sapatos quarto cozinha tempo
                """
            ),
            kinds=listed("novo nova velho velha próprio própria nível palavra-passe"),
            reached=listed(
                "encontrar localizar rastrear ver saber consultar ler hackear abrir desbloquear lembrar acessar"
            ),
            telling=listed(
                """
                me nos eu tu teu tua você doente doença acidente operação cirurgia avc câncer dor gravidez grávida
                depressão ansiedade divórcio morte polícia processo advogado dívidas chefe professor professora
                médico pagar devolver cancelar levantar reclamar pedir dar emprestar
                """
            ),
        ),
    }
)
