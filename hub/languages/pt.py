"""Portuguese, as Brazil writes it."""

from hub import phrases
from hub.agents.port import Kind
from hub.attachments import Unread
from hub.languages.language import Language
from hub.routing import SOURCES

PORTUGUESE = Language(
    tag="pt",
    help={
        "help": "O que eu sei fazer",
        "new": "Começar de novo: o que foi dito deixa de contar",
        "fresh": "Perguntar de novo: nenhuma resposta anterior é reutilizada",
        "stop": "Encerrar a resposta em andamento",
        "agent": "Quem responde neste chat e quem mais pode responder",
        "region": "Onde acho que você está e qual região responde",
        "pin": "Um fato que fica em mente aqui, também depois de /new",
        "pins": "Os fatos que ficam em mente aqui",
        "unpin": "Soltar um fato fixado, pelo número, ou todos: all",
        "usage": "Quanto custaram suas próprias mensagens: hoje, esta semana, este mês",
        "why": "Qual agente de qual região respondeu por último, e por quê",
        "invite": "Criar um código que deixa outros entrar",
        "join": "Entrar com um código que recebeu",
        "audit": "O que os admins mudaram e quando; /audit bills: chamadas que custaram outro valor",
        "pause": "Um agente, ou todo o hub, não responde a ninguém por um tempo",
        "resume": "Um agente, ou todo o hub, volta a responder",
        "model": "Qual modelo um nível de um agente consulta",
        "tier": "Quanto uma pessoa pode perguntar: free, paid ou enterprise",
        "reload": "Ler de novo as configurações, em todos os processos",
        "feedback": "Dizer o que você acha da última resposta",
        "human": "Deixar uma pessoa responder; /human done me traz de volta",
        "export": "Escrever suas conversas em um arquivo",
        "forget": "Apagar para sempre o que tenho de você: /forget me",
        "status": "Como está o hub: canais, fila, erros, alertas, orçamentos perto do fim",
        "fleet": "Cada agente com seus modelos, lugares e orçamento",
        "costs": "O que foi gasto, por agente, modelo, pessoa, região, tipo, canal ou dia",
        "report": "Quanto custou um dia, uma semana ou um mês",
        "alerts": "O que está errado agora",
        "budget": "Como estão os orçamentos, e defini-los: support-faq monthly 60",
    },
    phrases={
        phrases.PIN_HOW: "Escreva /pin e o fato que devo ter em mente, ou envie /pin como resposta à mensagem "
        "que o contém.",
        phrases.PIN_TOO_LONG: "É longo demais para fixar: no máximo {most} caracteres.",
        phrases.PINNED: "Fixado: {fact}",
        phrases.PINS_FULL: "Não há lugar para mais fatos: /pins os mostra, /unpin solta um.",
        phrases.PINS_NONE: "Nada está fixado aqui. /pin e um fato o mantém em mente.",
        phrases.PINS_HOW: "/unpin e um número solta um, /unpin all todos.",
        phrases.PINS_STAY: "O que está fixado fica; /pins o mostra.",
        phrases.UNPIN_HOW: "Escreva /unpin e um número de 1 a {most}, como /pins os mostra, ou /unpin all.",
        phrases.UNPINNED: "Não está mais fixado: {fact}",
        phrases.UNPINNED_ALL: "Nada mais está fixado aqui.",
        phrases.FEEDBACK_HOW: "Escreva /feedback e o que você acha da última resposta.",
        phrases.FEEDBACK_KEPT: "Obrigado. Quem opera este hub lê isso.",
        phrases.HUMAN_ASKED: "Uma pessoa vai responder a você aqui. Até lá fico em silêncio; /human done me "
        "traz de volta.",
        phrases.HUMAN_OVER: "Daqui em diante respondo eu de novo.",
        phrases.HUMAN_NOBODY: "Nenhuma pessoa pode responder aqui: quem opera este hub não indicou um chat para isso.",
        phrases.EXPORTED: "{count} mensagens suas, com as respostas, estão em {file}. Quem opera este hub "
        "tem esse arquivo para você.",
        phrases.FORGET_HOW: "/forget me apaga o que tenho de você. Pergunto mais uma vez antes de fazê-lo.",
        phrases.FORGET_ASKED: "Isto apaga para sempre o que você escreveu, as respostas, seu nome e seu lugar. "
        "O que custou permanece sob um número que não leva a ninguém. Se é isso mesmo, "
        "envie /forget me {word} em cinco minutos.",
        phrases.FORGOTTEN: "Você foi esquecido. Se escrever de novo, começamos do zero.",
        phrases.PAUSED: "As respostas estão em pausa aqui por enquanto. Pergunte de novo mais tarde.",
        phrases.NOT_SERVED: "Ninguém responde neste chat ainda. Quem administra este hub pode incluí-lo em `serves` de "
        "um agente.",
        phrases.CHOOSE_FIRST: "Ninguém responde aqui até que alguém escolha: /agent mostra quem pode.",
        phrases.NO_TEXT: "Não há nada nesta mensagem que eu consiga ler. Escreva, por favor, o que quer saber.",
        phrases.unread(Unread.VOICE): "Não consigo ouvir gravações. Escreva, por favor, o que quer saber.",
        phrases.unread(Unread.VIDEO): "Não consigo ver vídeos. Descreva com palavras, por favor, o que quer saber.",
        phrases.unread(Unread.KIND): "Não consigo ler este tipo de ficheiro. Envie-o, por favor, como texto simples ou "
        "descreva com palavras o que contém.",
        phrases.unread(
            Unread.IMAGE
        ): "Aqui não consigo ver imagens. Descreva com palavras, por favor, o que quer saber.",
        phrases.unread(
            Unread.DOCUMENT
        ): "Aqui só consigo ler documentos de texto. Cole, por favor, a parte sobre a qual pergunta.",
        phrases.unread(Unread.OFFICE): "Não consigo ler ficheiros de escritório. Guarde-o, por favor, como PDF ou como "
        "texto simples e envie isso.",
        phrases.unread(
            Unread.LARGE_IMAGE
        ): "Esta imagem é grande demais para mim: no máximo 3,7 MB e 8.000 píxeis por lado.",
        phrases.unread(
            Unread.LARGE
        ): "Este ficheiro é grande demais para mim: no máximo 1 MB de texto ou, onde leio PDF, 10 MB e 100 páginas.",
        phrases.unread(Unread.MANY): "São mais ficheiros do que consigo ler de uma vez. Envie, por favor, cinco no "
        "máximo.",
        phrases.unread(Unread.FETCH): "Não consegui obter este ficheiro. Envie-o, por favor, outra vez.",
        phrases.WENT_WRONG: "Algo deu errado do meu lado e não consegui responder. Pergunte de novo, por favor.",
        phrases.STOPPED: "Interrompido.",
        phrases.STOPPED_HERE: "\n\n(Interrompido aqui.)",
        phrases.BEGINNING_AGAIN: "(A conexão caiu; a resposta começa de novo.)\n\n",
        phrases.CUT_AT_LENGTH: "\n\n(A resposta chegou ao tamanho máximo. Peça que eu continue.)",
        phrases.CUT_BY_FILTER: "\n\n(O provedor do modelo cortou a resposta aqui.)",
        phrases.BUSY: "Há tantas respostas em andamento que o orçamento não tem espaço agora. Pergunte de novo em um "
        "minuto, por favor.",
        phrases.OVER_LIMIT: "Por agora, você já perguntou tudo o que pode. Pergunte de novo em {wait}.",
        phrases.AGENT_FULL: "Há tanta gente perguntando agora que não há lugar. Pergunte de novo em {wait}, por favor.",
        phrases.REPEATED: "Você já enviou isto várias vezes. Minha resposta está acima; pergunte de outra "
        "maneira, por favor.",
        phrases.FLOOD: "Não consigo responder a tantas mensagens de uma vez. Espere uma resposta antes de "
        "enviar a próxima, por favor.",
        phrases.TOO_MUCH_ASKED: "Seria uma resposta muito longa, e as minhas são curtas. Peça só uma parte, por favor.",
        phrases.NO_DEPLOYMENT: "Nenhum modelo que pode responder aqui está acessível agora. Pergunte de novo em alguns "
        "minutos, por favor.",
        phrases.IN_LINE: "Muita gente está escrevendo ao mesmo tempo: você é o número {number} da fila.",
        phrases.SPENT: "O orçamento para respostas acabou aqui. Ele reabre em {day} às {time} ({zone}).",
        phrases.GREETING: "Aqui é {hub}. É só escrever, que eu respondo.",
        phrases.FRESH_START: "Um novo começo: não levo mais em conta o que foi dito.",
        phrases.NOTHING_ANSWERED: "Nada foi respondido aqui ainda.",
        phrases.UNKNOWN_COMMAND: "Não existe o comando /{name}; /help mostra os que existem.",
        phrases.PERHAPS_COMMAND: "Não existe o comando /{name}. Você quis dizer /{near}? /help mostra todos.",
        phrases.ROLE_MISSING: "/{name} é aqui só para quem tem o papel {role}.",
        phrases.ANSWERED_FROM: "Você é atendido a partir de {region}.",
        phrases.ANSWERED_FROM_NOWHERE: "Nenhuma região pode ou deve responder a você agora.",
        phrases.KNOWN_FROM_BEFORE: "Sei disso por uma mensagem anterior.",
        phrases.REGION_CHOICES: "/region NOME escolhe uma de {names}; /region clear esquece o que sei do seu lugar.",
        phrases.REGION_CHOSEN: "Anotado: você é atendido a partir de {region}, ou da região mais próxima que puder.",
        phrases.REGION_BEHIND_PAGE: "Anotado, mas aqui vale a região definida nesta página: {region}.",
        phrases.REGION_FORGOTTEN: "Esqueci o que sabia do seu lugar.",
        phrases.REGION_UNKNOWN: "Essa região não existe. Escolha uma de {names}, ou clear.",
        phrases.LOCATION_KEPT: "Guardo mais ou menos onde você está, para que uma região próxima responda; /region "
        "clear esquece isso.",
        phrases.LOCATION_BEHIND_CHOICE: "Guardo mais ou menos onde você está, mas vale sua escolha de {region}; "
        "/region clear esquece os dois.",
        phrases.AGENT_HERE: "Aqui quem responde é {agent}.",
        phrases.AGENT_NONE: "Ninguém responde aqui até que alguém escolha.",
        phrases.AGENT_CHOICES: "/agent NOME escolhe um para este chat; /agent default desfaz a escolha.",
        phrases.AGENT_CHOSEN: "De agora em diante quem responde aqui é {agent}. O que foi dito a outros fica com eles.",
        phrases.AGENT_UNKNOWN: "Esse agente não é oferecido aqui. Escolha um de {names}, ou default.",
        phrases.USAGE_DAY: "hoje",
        phrases.USAGE_WEEK: "esta semana",
        phrases.USAGE_MONTH: "este mês",
        phrases.USAGE_MESSAGES: "mensagens",
        phrases.USAGE_TOKENS: "tokens",
        phrases.USAGE_COST: "custo",
        phrases.USAGE_ZONE: "Quanto custaram suas próprias mensagens; os dias começam à meia-noite em {zone}.",
        phrases.USAGE_UNCERTAIN: "{cost} do custo deste mês é uma estimativa.",
        phrases.CACHED: "De {tokens} tokens de entrada, {share} vieram dos caches dos provedores; isso "
        "economizou {cost}.",
        phrases.USAGE_REUSED: "{answers} respostas deste mês já tinham sido dadas e não custaram nada; "
        "isso poupou {saved}.",
        phrases.USAGE_UNPRICED: "{calls} chamadas deste mês não têm preço conhecido e não entram no custo.",
        phrases.NOT_ON_THE_LIST: "Só respondo às pessoas que me foram indicadas. Quem gere este hub pode "
        "acrescentá-lo pelo seu id.",
        phrases.BY_INVITATION: "Só respondo a pessoas convidadas. Peça um código a quem gere este hub e "
        "envie-me /join CODE.",
        phrases.WELCOME: "Boas-vindas. Pode escrever-me aqui.",
        phrases.NO_SUCH_CODE: "Este código não deixa entrar ninguém: está mal escrito, gasto ou tem mais de "
        "uma semana. Peça outro.",
        phrases.TOO_MANY_CODES: "Foram tentados demasiados códigos aqui. Tente outra vez daqui a uma hora, por favor.",
        phrases.WITHDRAWN: "(Retirada: a pergunta mudou.)",
        phrases.NO_INVITATIONS: "Aqui ninguém precisa de convite. Para mudar isso, ponha `invitations = true` "
        "nesta conta.",
        phrases.IN_PRIVATE: "Peça-me isso num chat privado, por favor, para que mais ninguém veja o código.",
        phrases.failed(Kind.THROTTLED): "O modelo tem mais trabalho do que consegue fazer. Pergunte de novo em um "
        "minuto, por favor.",
        phrases.failed(Kind.OVERLOADED): "O modelo está sobrecarregado. Pergunte de novo em alguns minutos, por favor.",
        phrases.failed(Kind.TIMED_OUT): "O modelo demorou demais para responder. Pergunte de novo, por favor, talvez "
        "com menos palavras.",
        phrases.failed(Kind.CUT): "A conexão com o modelo caiu antes do fim da resposta. Pergunte de novo, por favor.",
        phrases.failed(Kind.GARBLED): "Não foi possível ler a resposta do modelo. Pergunte de novo em alguns minutos, "
        "por favor.",
        phrases.failed(Kind.UNAUTHORIZED): "O modelo recusa a chave deste hub. Quem administra o hub precisa "
        "renová-la.",
        phrases.failed(
            Kind.MISSING
        ): "O modelo que deveria responder não está lá. Quem administra o hub encontra o nome no registro.",
        phrases.failed(Kind.REJECTED): "O modelo não aceitou esta pergunta. Quem administra o hub encontra o motivo no "
        "registro.",
        phrases.failed(
            Kind.TOO_LONG
        ): "Esta conversa é longa demais para o modelo. Envie /new para começar de novo, ou "
        "pergunte com menos palavras.",
        phrases.failed(Kind.FILTERED): "O provedor do modelo se recusa a responder a isto. Diga de outra forma, por "
        "favor.",
        SOURCES["choice"]: "Você escolheu a região {}.",
        SOURCES["location"]: "Você compartilhou uma localização.",
        SOURCES["time zone"]: "Seu fuso horário é {}.",
        SOURCES["locale"]: "Suas configurações de idioma indicam {}.",
        SOURCES["workspace"]: "As configurações do seu espaço de trabalho indicam {}.",
        SOURCES["language"]: "O lugar onde seu idioma é mais lido é provavelmente {}.",
        SOURCES["default"]: "Nada me diz onde você está, então vale a região padrão {}.",
    },
)
