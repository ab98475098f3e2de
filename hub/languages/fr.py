"""French."""

from hub import phrases
from hub.agents.port import Kind
from hub.attachments import Unread
from hub.languages.language import Language
from hub.routing import SOURCES

FRENCH = Language(
    tag="fr",
    help={
        "help": "Ce que je sais faire",
        "new": "Recommencer : ce qui a été dit ne compte plus",
        "fresh": "Demander à nouveau : aucune réponse antérieure n'est réutilisée",
        "stop": "Arrêter la réponse en cours",
        "agent": "Qui répond dans ce chat, et qui d'autre le peut",
        "region": "Où je pense que tu es, et quelle région répond",
        "pin": "Un fait gardé à l'esprit ici, même après /new",
        "pins": "Les faits gardés à l'esprit ici",
        "unpin": "Lâcher un fait épinglé, par son numéro, ou tous : all",
        "usage": "Ce qu'ont coûté tes propres messages : aujourd'hui, cette semaine, ce mois-ci",
        "why": "Quel agent de quelle région a répondu en dernier, et pourquoi",
        "invite": "Créer un code qui laisse entrer d'autres personnes",
        "join": "Entrer avec un code que tu as reçu",
        "audit": "Ce que les admins ont changé et quand ; /audit bills : factures différentes du prévu",
        "pause": "Un agent, ou tout le hub, ne répond plus à personne pour un temps",
        "resume": "Un agent, ou tout le hub, répond de nouveau",
        "model": "Quel modèle un niveau d'un agent interroge",
        "tier": "Combien une personne peut demander : free, paid ou enterprise",
        "reload": "Relire la configuration, dans tous les processus",
        "feedback": "Dire ce que tu penses de la dernière réponse",
        "human": "Faire répondre une personne ; /human done me fait revenir",
        "export": "Écrire tes conversations dans un fichier",
        "forget": "Effacer pour toujours ce que j'ai de toi : /forget me",
        "status": "Comment va le hub : canaux, file, erreurs, alertes, budgets presque épuisés",
        "fleet": "Chaque agent avec ses modèles, ses lieux et son budget",
        "costs": "Ce qui a été dépensé, par agent, modèle, personne, région, genre, canal ou jour",
        "report": "Ce qu'un jour, une semaine ou un mois a coûté",
        "alerts": "Ce qui ne va pas en ce moment",
        "budget": "Où en sont les budgets, et les fixer : support-faq monthly 60",
    },
    phrases={
        phrases.PIN_HOW: "Écris /pin et le fait à garder à l'esprit, ou envoie /pin en réponse au message qui "
        "le contient.",
        phrases.PIN_TOO_LONG: "C'est trop long pour être épinglé : {most} caractères au plus.",
        phrases.PINNED: "Épinglé : {fact}",
        phrases.PINS_FULL: "Il n'y a plus de place pour d'autres faits : /pins les montre, /unpin en lâche un.",
        phrases.PINS_NONE: "Rien n'est épinglé ici. /pin et un fait le garde à l'esprit.",
        phrases.PINS_HOW: "/unpin et un numéro en lâche un, /unpin all les lâche tous.",
        phrases.PINS_STAY: "Ce qui est épinglé reste ; /pins le montre.",
        phrases.UNPIN_HOW: "Écris /unpin et un numéro de 1 à {most}, comme /pins les montre, ou /unpin all.",
        phrases.UNPINNED: "N'est plus épinglé : {fact}",
        phrases.UNPINNED_ALL: "Plus rien n'est épinglé ici.",
        phrases.FEEDBACK_HOW: "Écris /feedback et ce que tu penses de la dernière réponse.",
        phrases.FEEDBACK_KEPT: "Merci. Qui gère ce hub le lit.",
        phrases.HUMAN_ASKED: "Une personne te répondra ici. D'ici là je me tais ; /human done me fait revenir.",
        phrases.HUMAN_OVER: "À partir d'ici, c'est de nouveau moi qui réponds.",
        phrases.HUMAN_NOBODY: "Aucune personne ne peut répondre ici : qui gère ce hub n'a indiqué aucun chat "
        "pour cela.",
        phrases.EXPORTED: "{count} de tes messages, avec leurs réponses, sont dans {file}. Qui gère ce hub "
        "a ce fichier pour toi.",
        phrases.FORGET_HOW: "/forget me efface ce que j'ai de toi. Je demande encore une fois avant de le faire.",
        phrases.FORGET_ASKED: "Cela efface pour toujours ce que tu as écrit, les réponses, ton nom et ton lieu."
        " Ce que cela a coûté reste sous un numéro qui ne mène à personne. Si c'est bien "
        "ce que tu veux, envoie /forget me {word} d'ici cinq minutes.",
        phrases.FORGOTTEN: "Tu es oublié. Si tu écris de nouveau, nous repartons de zéro.",
        phrases.PAUSED: "Les réponses sont suspendues ici pour le moment. Redemande plus tard.",
        phrases.NOT_SERVED: "Personne ne répond encore dans ce chat. Qui gère ce hub peut l'inscrire sous `serves` "
        "d'un agent.",
        phrases.CHOOSE_FIRST: "Personne ne répond ici tant que personne n'a choisi : /agent montre qui le peut.",
        phrases.NO_TEXT: "Il n'y a rien dans ce message que je puisse lire. Écris, s'il te plaît, ce que tu "
        "veux savoir.",
        phrases.unread(Unread.VOICE): "Je ne peux pas écouter d'enregistrements. Écris, s'il te plaît, ce que tu veux "
        "savoir.",
        phrases.unread(
            Unread.VIDEO
        ): "Je ne peux pas regarder de vidéos. Décris avec des mots, s'il te plaît, ce que tu veux savoir.",
        phrases.unread(
            Unread.KIND
        ): "Je ne peux pas lire ce type de fichier. Envoie-le, s'il te plaît, en texte brut ou "
        "décris avec des mots ce qu'il contient.",
        phrases.unread(
            Unread.IMAGE
        ): "Je ne peux pas regarder d'images ici. Décris avec des mots, s'il te plaît, ce que tu veux savoir.",
        phrases.unread(
            Unread.DOCUMENT
        ): "Je ne peux lire ici que des documents texte. Colle, s'il te plaît, la partie dont tu parles.",
        phrases.unread(
            Unread.OFFICE
        ): "Je ne peux pas lire les fichiers bureautiques. Enregistre-le, s'il te plaît, en PDF "
        "ou en texte brut et envoie cela.",
        phrases.unread(
            Unread.LARGE_IMAGE
        ): "Cette image est trop grande pour moi : 3,7 Mo et 8 000 pixels de côté au maximum.",
        phrases.unread(
            Unread.LARGE
        ): "Ce fichier est trop grand pour moi : 1 Mo de texte ou, là où je lis le PDF, 10 Mo et 100 pages au maximum.",
        phrases.unread(Unread.MANY): "Ce sont plus de fichiers que je ne peux en lire à la fois. Envoies-en cinq au "
        "maximum, s'il te plaît.",
        phrases.unread(Unread.FETCH): "Je n'ai pas pu récupérer ce fichier. Envoie-le encore une fois, s'il te plaît.",
        phrases.WENT_WRONG: "Quelque chose a échoué de mon côté et je n'ai pas pu répondre. Pose ta question de "
        "nouveau.",
        phrases.STOPPED: "Arrêté.",
        phrases.STOPPED_HERE: "\n\n(Arrêté ici.)",
        phrases.BEGINNING_AGAIN: "(La connexion s'est rompue ; la réponse recommence.)\n\n",
        phrases.CUT_AT_LENGTH: "\n\n(La réponse a atteint sa longueur maximale. Demande-moi de continuer.)",
        phrases.CUT_BY_FILTER: "\n\n(Le fournisseur du modèle a coupé la réponse ici.)",
        phrases.BUSY: "Tant de réponses sont en cours que le budget n'a plus de place pour l'instant. Redemande dans "
        "une minute.",
        phrases.OVER_LIMIT: "Tu as posé autant de questions que possible pour le moment. Tu pourras en poser "
        "d'autres dans {wait}.",
        phrases.AGENT_FULL: "Tant de personnes posent des questions en ce moment qu'il n'y a plus de place. "
        "Réessaie dans {wait}, s'il te plaît.",
        phrases.REPEATED: "Tu as déjà envoyé cela plusieurs fois. Ma réponse se trouve plus haut ; pose la "
        "question autrement, s'il te plaît.",
        phrases.FLOOD: "Je ne peux pas répondre à autant de messages à la fois. Attends une réponse avant "
        "d'envoyer le suivant, s'il te plaît.",
        phrases.TOO_MUCH_ASKED: "Ce serait une réponse très longue, et les miennes sont courtes. Demandes-en "
        "une partie, s'il te plaît.",
        phrases.NO_DEPLOYMENT: "Aucun modèle autorisé à répondre ici n'est joignable pour l'instant. Redemande dans "
        "quelques minutes.",
        phrases.IN_LINE: "Beaucoup de gens écrivent en même temps : tu as le numéro {number} dans la file.",
        phrases.SPENT: "Le budget des réponses est épuisé ici. Il rouvre le {day} à {time} ({zone}).",
        phrases.GREETING: "Ici {hub}. Écris, et je réponds.",
        phrases.FRESH_START: "Nouveau départ : je ne tiens plus compte de ce qui a été dit.",
        phrases.NOTHING_ANSWERED: "Rien n'a encore été répondu ici.",
        phrases.UNKNOWN_COMMAND: "Il n'y a pas de commande /{name} ; /help montre celles qui existent.",
        phrases.PERHAPS_COMMAND: "Il n'y a pas de commande /{name}. Voulais-tu dire /{near} ? /help les montre toutes.",
        phrases.ROLE_MISSING: "/{name} est réservé ici aux personnes qui ont le rôle {role}.",
        phrases.ANSWERED_FROM: "On te répond depuis {region}.",
        phrases.ANSWERED_FROM_NOWHERE: "Aucune région ne peut ou ne doit te répondre pour l'instant.",
        phrases.KNOWN_FROM_BEFORE: "Je le sais d'un message précédent.",
        phrases.REGION_CHOICES: "/region NOM choisit parmi {names} ; /region clear oublie ce que je sais de ton lieu.",
        phrases.REGION_CHOSEN: "C'est noté : on te répond depuis {region}, ou depuis la région la plus proche qui le "
        "peut.",
        phrases.REGION_BEHIND_PAGE: "C'est noté, mais ici compte la région réglée sur cette page : {region}.",
        phrases.REGION_FORGOTTEN: "J'ai oublié ce que je savais de ton lieu.",
        phrases.REGION_UNKNOWN: "Cette région n'existe pas. Choisis parmi {names}, ou clear.",
        phrases.LOCATION_KEPT: "Je retiens à peu près où tu es, pour qu'une région proche réponde ; /region clear "
        "l'oublie.",
        phrases.LOCATION_BEHIND_CHOICE: "Je retiens à peu près où tu es, mais ton choix de {region} l'emporte ; "
        "/region clear oublie les deux.",
        phrases.AGENT_HERE: "Ici, c'est {agent} qui répond.",
        phrases.AGENT_NONE: "Personne ne répond ici tant que personne n'a choisi.",
        phrases.AGENT_CHOICES: "/agent NOM en choisit un pour ce chat ; /agent default annule ce choix.",
        phrases.AGENT_CHOSEN: "Désormais, c'est {agent} qui répond ici. Ce qui a été dit à d'autres reste avec eux.",
        phrases.AGENT_UNKNOWN: "Cet agent n'est pas proposé ici. Choisis parmi {names}, ou default.",
        phrases.USAGE_DAY: "aujourd'hui",
        phrases.USAGE_WEEK: "cette semaine",
        phrases.USAGE_MONTH: "ce mois-ci",
        phrases.USAGE_MESSAGES: "messages",
        phrases.USAGE_TOKENS: "tokens",
        phrases.USAGE_COST: "coût",
        phrases.USAGE_ZONE: "Ce qu'ont coûté tes propres messages ; les jours commencent à minuit à {zone}.",
        phrases.USAGE_UNCERTAIN: "{cost} du coût de ce mois est une estimation.",
        phrases.CACHED: "Sur {tokens} tokens d'entrée, {share} sont venus des caches des fournisseurs ; "
        "cela a économisé {cost}.",
        phrases.USAGE_REUSED: "{answers} réponses de ce mois avaient déjà été données et n'ont rien coûté ; "
        "cela a économisé {saved}.",
        phrases.USAGE_UNPRICED: "{calls} appels de ce mois n'ont pas de prix connu et ne comptent pas dans le coût.",
        phrases.NOT_ON_THE_LIST: "Je ne réponds qu'aux personnes qu'on m'a indiquées. Qui gère ce hub peut "
        "t'ajouter par ton id.",
        phrases.BY_INVITATION: "Je ne réponds qu'aux personnes invitées. Demande un code à qui gère ce hub et "
        "envoie-moi /join CODE.",
        phrases.WELCOME: "Bienvenue. Tu peux m'écrire ici.",
        phrases.NO_SUCH_CODE: "Ce code ne laisse entrer personne : il est mal écrit, épuisé ou vieux de plus "
        "d'une semaine. Demandes-en un autre.",
        phrases.TOO_MANY_CODES: "Trop de codes ont été essayés ici. Réessaie dans une heure, s'il te plaît.",
        phrases.WITHDRAWN: "(Retirée : la question a changé.)",
        phrases.NO_INVITATIONS: "Ici, personne n'a besoin d'invitation. Pour changer cela, mets `invitations = "
        "true` sur ce compte.",
        phrases.IN_PRIVATE: "Demande-le-moi dans un chat privé, s'il te plaît, pour que personne d'autre "
        "ne voie le code.",
        phrases.failed(Kind.THROTTLED): "Le modèle a plus à faire qu'il ne peut. Redemande dans une minute.",
        phrases.failed(Kind.OVERLOADED): "Le modèle est surchargé. Redemande dans quelques minutes.",
        phrases.failed(Kind.TIMED_OUT): "Le modèle a mis trop de temps à répondre. Redemande, peut-être en moins de "
        "mots.",
        phrases.failed(Kind.CUT): "La connexion avec le modèle s'est rompue avant la fin de la réponse. Redemande.",
        phrases.failed(Kind.GARBLED): "La réponse du modèle était illisible. Redemande dans quelques minutes.",
        phrases.failed(Kind.UNAUTHORIZED): "Le modèle refuse la clé de ce hub. Qui gère le hub doit la renouveler.",
        phrases.failed(
            Kind.MISSING
        ): "Le modèle qui devrait répondre n'est pas là. Qui gère le hub en trouve le nom dans son journal.",
        phrases.failed(Kind.REJECTED): "Le modèle n'a pas accepté cette question. Qui gère le hub en trouve la raison "
        "dans son journal.",
        phrases.failed(Kind.TOO_LONG): "Cette conversation est trop longue pour le modèle. Envoie /new pour "
        "recommencer, ou demande en moins de mots.",
        phrases.failed(Kind.FILTERED): "Le fournisseur du modèle refuse d'y répondre. Formule-le autrement.",
        SOURCES["choice"]: "Tu as choisi la région {}.",
        SOURCES["location"]: "Tu as partagé une position.",
        SOURCES["time zone"]: "Ton fuseau horaire est {}.",
        SOURCES["locale"]: "Tes réglages de langue indiquent : {}.",
        SOURCES["workspace"]: "Les réglages de ton espace de travail indiquent : {}.",
        SOURCES["language"]: "Ta langue est lue le plus probablement ici : {}.",
        SOURCES["default"]: "Rien ne me dit où tu es ; c'est donc la région par défaut {} qui compte.",
    },
)
