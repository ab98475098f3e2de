"""Spanish."""

from hub import phrases
from hub.agents.port import Kind
from hub.attachments import Unread
from hub.languages.language import Language
from hub.routing import SOURCES

SPANISH = Language(
    tag="es",
    help={
        "help": "Lo que sé hacer",
        "new": "Empezar de nuevo: lo dicho hasta ahora deja de contar",
        "fresh": "Preguntar de nuevo: no se repite ninguna respuesta anterior",
        "stop": "Terminar la respuesta que se está escribiendo",
        "agent": "Quién responde en este chat y quién más puede hacerlo",
        "region": "Dónde creo que estás y qué región responde",
        "pin": "Un dato que aquí se tiene presente, también después de /new",
        "pins": "Los datos que aquí se tienen presentes",
        "unpin": "Soltar un dato fijado, por su número, o todos: all",
        "usage": "Lo que han costado tus propios mensajes: hoy, esta semana, este mes",
        "why": "Qué agente de qué región respondió por última vez, y por qué",
        "invite": "Crear un código que deja entrar a otros",
        "join": "Entrar con un código que te dieron",
        "audit": "Qué cambiaron los admins y cuándo; /audit bills: llamadas que costaron otra cosa",
        "pause": "Que un agente, o todo el hub, no responda a nadie por un tiempo",
        "resume": "Que un agente, o todo el hub, vuelva a responder",
        "model": "Qué modelo consulta un nivel de un agente",
        "tier": "Cuánto puede preguntar una persona: free, paid o enterprise",
        "reload": "Leer de nuevo la configuración, en todos los procesos",
        "feedback": "Decir qué te parece la última respuesta",
        "human": "Que responda una persona; /human done me trae de vuelta",
        "export": "Escribir tus conversaciones en un archivo",
        "forget": "Borrar para siempre lo que tengo de ti: /forget me",
        "status": "Cómo está el hub: canales, cola, errores, alertas, presupuestos por agotarse",
        "fleet": "Cada agente con sus modelos, lugares y presupuesto",
        "costs": "Qué se gastó, por agente, modelo, persona, región, tipo, canal o día",
        "report": "A cuánto ascendió un día, una semana o un mes",
        "alerts": "Qué va mal ahora mismo",
        "budget": "Cómo están los presupuestos, y fijarlos: support-faq monthly 60",
    },
    phrases={
        phrases.PIN_HOW: "Escribe /pin y el dato que debo tener presente, o envía /pin como respuesta al "
        "mensaje que lo tiene.",
        phrases.PIN_TOO_LONG: "Es demasiado largo para fijarlo: {most} caracteres como máximo.",
        phrases.PINNED: "Fijado: {fact}",
        phrases.PINS_FULL: "No queda sitio para más datos: /pins los muestra, /unpin suelta uno.",
        phrases.PINS_NONE: "Aquí no hay nada fijado. /pin y un dato hace que lo tenga presente.",
        phrases.PINS_HOW: "/unpin y un número suelta uno, /unpin all todos.",
        phrases.PINS_STAY: "Lo fijado se queda; /pins lo muestra.",
        phrases.UNPIN_HOW: "Escribe /unpin y un número del 1 al {most}, como los muestra /pins, o /unpin all.",
        phrases.UNPINNED: "Ya no está fijado: {fact}",
        phrases.UNPINNED_ALL: "Aquí ya no hay nada fijado.",
        phrases.FEEDBACK_HOW: "Escribe /feedback y qué te parece la última respuesta.",
        phrases.FEEDBACK_KEPT: "Gracias. Quien lleva este hub lo lee.",
        phrases.HUMAN_ASKED: "Una persona te responderá aquí. Hasta entonces callo; /human done me trae de vuelta.",
        phrases.HUMAN_OVER: "A partir de aquí respondo yo de nuevo.",
        phrases.HUMAN_NOBODY: "Aquí no puede responder ninguna persona: quien lleva este hub no ha indicado un "
        "chat para ello.",
        phrases.EXPORTED: "{count} mensajes tuyos, con sus respuestas, están en {file}. Quien lleva este "
        "hub tiene ese archivo para ti.",
        phrases.FORGET_HOW: "/forget me borra lo que tengo de ti. Antes pregunto una vez más.",
        phrases.FORGET_ASKED: "Esto borra para siempre lo que escribiste, las respuestas, tu nombre y tu lugar."
        " Lo que costó queda bajo un número que no lleva a nadie. Si de verdad lo "
        "quieres, envía /forget me {word} en cinco minutos.",
        phrases.FORGOTTEN: "Te he olvidado. Si vuelves a escribir, empezamos de nuevo.",
        phrases.PAUSED: "Las respuestas están en pausa aquí por el momento. Pregunta de nuevo más tarde.",
        phrases.NOT_SERVED: "En este chat todavía no responde nadie. Quien gestiona este hub puede añadirlo en "
        "`serves` de un agente.",
        phrases.CHOOSE_FIRST: "Aquí no responde nadie hasta que alguien elija: /agent muestra quién puede.",
        phrases.NO_TEXT: "En este mensaje no hay nada que yo pueda leer. Escribe, por favor, qué quieres saber.",
        phrases.unread(Unread.VOICE): "No puedo escuchar grabaciones. Escribe, por favor, qué quieres saber.",
        phrases.unread(Unread.VIDEO): "No puedo ver vídeos. Describe con palabras, por favor, qué quieres saber.",
        phrases.unread(Unread.KIND): "No puedo leer este tipo de archivo. Envíalo, por favor, como texto sin formato o "
        "describe con palabras su contenido.",
        phrases.unread(
            Unread.IMAGE
        ): "Aquí no puedo ver imágenes. Describe con palabras, por favor, qué quieres saber.",
        phrases.unread(
            Unread.DOCUMENT
        ): "Aquí solo puedo leer documentos de texto. Pega, por favor, la parte sobre la que preguntas.",
        phrases.unread(
            Unread.OFFICE
        ): "No puedo leer archivos de ofimática. Guárdalo, por favor, como PDF o como texto sin formato y envíalo así.",
        phrases.unread(
            Unread.LARGE_IMAGE
        ): "Esta imagen es demasiado grande para mí: como máximo 3,7 MB y 8.000 píxeles por lado.",
        phrases.unread(
            Unread.LARGE
        ): "Este archivo es demasiado grande para mí: como máximo 1 MB de texto o, donde leo PDF, 10 MB y 100 páginas.",
        phrases.unread(Unread.MANY): "Son más archivos de los que puedo leer a la vez. Envía, por favor, cinco como "
        "máximo.",
        phrases.unread(Unread.FETCH): "No he podido obtener este archivo. Envíalo, por favor, otra vez.",
        phrases.WENT_WRONG: "Algo ha fallado por mi parte y no he podido responder. Pregunta de nuevo, por favor.",
        phrases.STOPPED: "Detenido.",
        phrases.STOPPED_HERE: "\n\n(Detenido aquí.)",
        phrases.BEGINNING_AGAIN: "(La conexión se ha cortado; la respuesta empieza de nuevo.)\n\n",
        phrases.CUT_AT_LENGTH: "\n\n(La respuesta ha llegado a su longitud máxima. Pídeme que siga.)",
        phrases.CUT_BY_FILTER: "\n\n(El proveedor del modelo ha cortado aquí la respuesta.)",
        phrases.BUSY: "Se están escribiendo tantas respuestas a la vez que el presupuesto no tiene sitio ahora. "
        "Pregunta de nuevo en un minuto, por favor.",
        phrases.OVER_LIMIT: "Por ahora has preguntado todo lo que puedes. Podrás volver a preguntar en {wait}.",
        phrases.AGENT_FULL: "Ahora preguntan tantas personas que no queda sitio. Vuelve a preguntar en {wait}, "
        "por favor.",
        phrases.REPEATED: "Ya has enviado esto varias veces. Mi respuesta está arriba; por favor, haz la "
        "pregunta de otra manera.",
        phrases.FLOOD: "No puedo responder a tantos mensajes a la vez. Por favor, espera una respuesta antes de "
        "enviar el siguiente.",
        phrases.TOO_MUCH_ASKED: "Sería una respuesta muy larga, y las mías son breves. Por favor, pide solo una parte.",
        phrases.NO_DEPLOYMENT: "Ningún modelo que pueda responder aquí está accesible ahora. Pregunta de nuevo en unos "
        "minutos, por favor.",
        phrases.IN_LINE: "Hay mucha gente escribiendo a la vez: tienes el número {number} en la cola.",
        phrases.SPENT: "El presupuesto para respuestas se ha agotado aquí. Se abre de nuevo el {day} a las {time} "
        "({zone}).",
        phrases.GREETING: "Esto es {hub}. Solo tienes que escribir y te respondo.",
        phrases.FRESH_START: "Empezamos de nuevo: ya no tengo en cuenta lo dicho hasta ahora.",
        phrases.NOTHING_ANSWERED: "Aquí todavía no se ha respondido nada.",
        phrases.UNKNOWN_COMMAND: "No existe la orden /{name}; /help muestra las que hay.",
        phrases.PERHAPS_COMMAND: "No existe la orden /{name}. ¿Querías decir /{near}? /help las muestra todas.",
        phrases.ROLE_MISSING: "/{name} es aquí solo para quien tiene el rol {role}.",
        phrases.ANSWERED_FROM: "Se te responde desde {region}.",
        phrases.ANSWERED_FROM_NOWHERE: "Ahora ninguna región puede o debe responderte.",
        phrases.KNOWN_FROM_BEFORE: "Lo sé por un mensaje anterior.",
        phrases.REGION_CHOICES: "/region NOMBRE elige una de {names}; /region clear olvida lo que sé de tu lugar.",
        phrases.REGION_CHOSEN: "Anotado: se te responde desde {region}, o desde la región más cercana que pueda.",
        phrases.REGION_BEHIND_PAGE: "Anotado, pero aquí cuenta la región elegida en esta página: {region}.",
        phrases.REGION_FORGOTTEN: "He olvidado lo que sabía de tu lugar.",
        phrases.REGION_UNKNOWN: "No existe esa región. Elige una de {names}, o clear.",
        phrases.LOCATION_KEPT: "Recuerdo más o menos dónde estás, para que responda una región cercana; /region clear "
        "lo olvida.",
        phrases.LOCATION_BEHIND_CHOICE: "Recuerdo más o menos dónde estás, pero cuenta tu elección de {region}; "
        "/region clear olvida ambas cosas.",
        phrases.AGENT_HERE: "Aquí responde {agent}.",
        phrases.AGENT_NONE: "Aquí no responde nadie hasta que alguien elija.",
        phrases.AGENT_CHOICES: "/agent NOMBRE elige uno para este chat; /agent default deshace la elección.",
        phrases.AGENT_CHOSEN: "Desde ahora aquí responde {agent}. Lo que se dijo a otros se queda con ellos.",
        phrases.AGENT_UNKNOWN: "Ese agente no se ofrece aquí. Elige uno de {names}, o default.",
        phrases.USAGE_DAY: "hoy",
        phrases.USAGE_WEEK: "esta semana",
        phrases.USAGE_MONTH: "este mes",
        phrases.USAGE_MESSAGES: "mensajes",
        phrases.USAGE_TOKENS: "tokens",
        phrases.USAGE_COST: "coste",
        phrases.USAGE_ZONE: "Lo que han costado tus propios mensajes; los días empiezan a medianoche en {zone}.",
        phrases.USAGE_UNCERTAIN: "{cost} del coste de este mes es una estimación.",
        phrases.CACHED: "De {tokens} tokens de entrada, el {share} vino de las cachés de los proveedores; eso "
        "ahorró {cost}.",
        phrases.USAGE_REUSED: "{answers} respuestas de este mes ya se habían dado antes y no costaron nada; "
        "eso ahorró {saved}.",
        phrases.USAGE_UNPRICED: "{calls} llamadas de este mes no tienen precio conocido y no cuentan en el coste.",
        phrases.NOT_ON_THE_LIST: "Solo respondo a las personas que me indicaron. Quien lleva este hub puede "
        "añadirte con tu id.",
        phrases.BY_INVITATION: "Solo respondo a personas invitadas. Pide un código a quien lleva este hub y "
        "envíame /join CODE.",
        phrases.WELCOME: "Te doy la bienvenida. Aquí puedes escribirme.",
        phrases.NO_SUCH_CODE: "Este código no deja entrar a nadie: está mal escrito, gastado o tiene más de "
        "una semana. Pide otro.",
        phrases.TOO_MANY_CODES: "Aquí se han probado demasiados códigos. Inténtalo, por favor, dentro de una hora.",
        phrases.WITHDRAWN: "(Retirada: la pregunta ha cambiado.)",
        phrases.NO_INVITATIONS: "Aquí nadie necesita invitación. Para cambiarlo, pon `invitations = true` en "
        "esta cuenta.",
        phrases.IN_PRIVATE: "Pídemelo, por favor, en un chat privado, para que nadie más vea el código.",
        phrases.failed(Kind.THROTTLED): "El modelo tiene más trabajo del que puede hacer. Pregunta de nuevo en un "
        "minuto, por favor.",
        phrases.failed(Kind.OVERLOADED): "El modelo está sobrecargado. Pregunta de nuevo en unos minutos, por favor.",
        phrases.failed(Kind.TIMED_OUT): "El modelo ha tardado demasiado en responder. Pregunta de nuevo, por favor, "
        "quizá con menos palabras.",
        phrases.failed(Kind.CUT): "La conexión con el modelo se cortó antes de terminar la respuesta. Pregunta de "
        "nuevo, por favor.",
        phrases.failed(Kind.GARBLED): "No se pudo leer la respuesta del modelo. Pregunta de nuevo en unos minutos, por "
        "favor.",
        phrases.failed(Kind.UNAUTHORIZED): "El modelo rechaza la clave de este hub. Quien lo gestiona tiene que "
        "renovarla.",
        phrases.failed(
            Kind.MISSING
        ): "El modelo que debería responder no está. Quien gestiona el hub encuentra su nombre en el registro.",
        phrases.failed(
            Kind.REJECTED
        ): "El modelo no aceptó esta pregunta. Quien gestiona el hub encuentra el motivo en su registro.",
        phrases.failed(
            Kind.TOO_LONG
        ): "Esta conversación es demasiado larga para el modelo. Envía /new para empezar de "
        "nuevo, o pregunta con menos palabras.",
        phrases.failed(Kind.FILTERED): "El proveedor del modelo se niega a responder a esto. Dilo de otra manera, por "
        "favor.",
        SOURCES["choice"]: "Has elegido la región {}.",
        SOURCES["location"]: "Has compartido una ubicación.",
        SOURCES["time zone"]: "Tu zona horaria es {}.",
        SOURCES["locale"]: "Tus ajustes de idioma indican {}.",
        SOURCES["workspace"]: "Los ajustes de tu espacio de trabajo indican {}.",
        SOURCES["language"]: "Donde más se lee tu idioma es probablemente en {}.",
        SOURCES["default"]: "Nada me dice dónde estás, así que cuenta la región predeterminada {}.",
    },
)
