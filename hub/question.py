"""What is asked, of whom, for whom: made of the messages that one answer is for, and of what came beside them."""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from hub.agents.port import TAKE_FILES, Said
from hub.attachments import Material, Sized
from hub.commands.recognition import recognize
from hub.commands.strong import NAME as STRONG
from hub.config.settings import Agent, Deployment
from hub.context.background import NO_BACKGROUND, Background
from hub.context.beside import Beside, with_mentions
from hub.context.compose import Prompt, compose, with_quotation
from hub.context.speakers import said_by, speaker_name
from hub.context.tokens import count
from hub.inbox import Claim, Waiting
from hub.languages import ENGLISH
from hub.messages import Message, was_asked_again
from hub.money.files import document_tokens, image_tokens
from hub.recall import Recalled, past_turns
from hub.routing import Route
from hub.store import Statement, statement
from hub.tiering.choice import Choice

NOTHING = Material()

_UNSEEN = "\n\n(Note by the hub: the attached files could not be handed to you; say so.)"
"""For a deployment that takes no files, after another that does has failed."""
_NO_WORDS = "[no words]"
"""Of somebody in a group who only forwards."""
_UNSEEN_TOKENS = 32
"""At the most, in any vocabulary; kept free for it."""


class Remembered(msgspec.Struct, frozen=True):
    """What is known of the conversation beside its recent turns."""

    background: Background = NO_BACKGROUND
    recalled: Recalled | None = None
    """None: the window shows the whole conversation."""


NOTHING_REMEMBERED = Remembered()


class Question(msgspec.Struct, frozen=True):
    """What is asked, of whom, for whom."""

    claim: Claim
    message: str
    position: int
    person: int
    joined: tuple[str, ...]
    agent: Agent
    route: Route
    text: str
    """What the person wrote, and nothing else; what they forwarded where they wrote nothing."""
    said: str
    """The same as a model is sent it, without a quotation above: in a conversation of several people, below the name of
    who wrote it."""
    judged: str
    """What is asked as `Prompt.asked` has it, without names: what its difficulty is judged by."""
    prompt: Prompt
    files: tuple[Sized, ...] = ()
    """Images and documents, for deployments that take them."""
    language: str = ENGLISH
    """Of the hub's own words in the answer."""
    anew: bool = False
    """The person wants a new answer, not one that was given before."""
    quotes: bool = False
    """Somebody sent a quotation without words of their own."""
    speakers: frozenset[str] = frozenset()
    """The names that the model reads in what was said; none in a private chat."""
    choice: Choice | None = None
    """Of the agent's two models; None: there is nothing to choose."""


def tier_of(agent: Agent) -> str:
    """The tier that is asked first."""
    return "complex" if "complex" in agent.tiers else "simple"


def model_of(agent: Agent) -> str:
    """The model of that tier; empty where the agent needs none."""
    return agent.tiers.get(tier_of(agent), "")


def words_of(message: Message) -> str:
    """What the person wrote, what they asked with /strong; what they forwarded where they wrote nothing."""
    return _own_words(message) if message.text.strip() else message.quoted.strip()


def _own_words(message: Message) -> str:
    called = recognize(message.text)
    if called and called.name == STRONG:
        return called.arguments
    return message.text if message.text.strip() else ""


def text_of(asked: Sequence[Waiting]) -> str:
    """What the person wrote in all of them."""
    return "\n\n".join(words for each in asked if (words := words_of(each.message)))


def sent_of(asked: Sequence[Waiting], names: Sequence[str] = (), above: Message | None = None) -> str:
    """The same as a model is sent it, each below the name of who wrote it: one of `names` for each.

    What others wrote is data: a quotation without words beside it is marked. That of the message `above` stands above
    all of this.
    """
    said: list[str] = []
    for at, each in enumerate(asked):
        words = _own_words(each.message)
        if not words and each.message is not above:
            words = with_quotation("", each.message.quoted.strip())
        elif not words and names and each.message.quoted.strip() and not each.message.attachments:
            words = _NO_WORDS
        if words:
            said.append(said_by(names[at], words) if names else words)
    return "\n\n".join(said)


def question_of(
    claim: Claim,
    together: Sequence[Waiting],
    valid: Sequence[Waiting],
    agent: Agent,
    route: Route,
    material: Material = NOTHING,
    language: str = ENGLISH,
    remembered: Remembered = NOTHING_REMEMBERED,
    hub: str = "",
) -> Question:
    """The question that `together` put; `valid` are those of them that still stand. Raises ContextTooSmall.

    `hub` is its name, which no speaker is shown by.
    """
    names = () if claim.conversation.private else _names(valid, (hub, agent.name))
    newest = together[-1].message
    said = sent_of(valid, names, newest)
    recalled = remembered.recalled
    prompt = compose(
        agent.prompt,
        past_turns(claim, route.memory),
        said,
        newest.quoted,
        budget_tokens=agent.context.tokens,
        max_output=agent.context.max_output,
        count=count,
        beside=_beside(material, names),
        recalled=recalled.turns if recalled else None,
        recall_share=agent.context.recall,
        background=remembered.background,
        summarized=bool(agent.context.summary),
        exchanges=agent.context.exchanges,
        reserved=_UNSEEN_TOKENS if material.files and any(map(_misses_files, agent.deployments)) else 0,
    )
    return Question(
        claim=claim,
        message=together[0].id,
        position=together[0].position,
        person=together[0].person,
        joined=tuple(each.id for each in together[1:]),
        agent=agent,
        route=route,
        text=text_of(valid),
        said=said,
        judged=_without_names(valid, newest, material) if names else prompt.asked,
        prompt=prompt,
        files=material.files,
        language=language,
        anew=any(each.anew or was_asked_again(each.message) for each in together),
        quotes=any(each.message.quoted.strip() and not _own_words(each.message) for each in valid),
        speakers=frozenset(names),
    )


def _without_names(asked: Sequence[Waiting], newest: Message, material: Material) -> str:
    return with_quotation(with_mentions(sent_of(asked, above=newest), _beside(material)), newest.quoted)


def _names(asked: Sequence[Waiting], own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_name(each, own) for each in asked)


def _name(asked: Waiting, own: tuple[str, ...]) -> str:
    if asked.message.author:  # nobody has the number 0
        return speaker_name(asked.message.author, 0, own)
    return speaker_name(asked.message.sender.name, asked.person, own)


def _beside(material: Material, names: Sequence[str] = ()) -> Beside:
    unread = tuple(f"the attachment {name} could not be read, because {why}; say so." for name, why in material.unread)
    mentions = material.mentions
    if names and mentions:  # all that is answered together is one person's
        mentions = (f"{names[0]}: {mentions[0]}", *mentions[1:])
    return Beside(mentions, material.texts, unread)


def said(question: Question, deployment: Deployment) -> tuple[Said, ...]:
    """The turns as a deployment is sent them."""
    # A FAQ looks up what is asked now; what was said before, or is quoted, would only lead it astray.
    if deployment.api == "faq":
        return (Said("user", question.text),)
    newest_stable = question.prompt.stable - 1 if question.agent.context.cache else -1
    turns = [Said(role, text, stays=at == newest_stable) for at, (role, text) in enumerate(question.prompt.turns)]
    if question.files:
        newest = turns[-1]
        misses = _misses_files(deployment)
        files = () if misses else tuple(sized.file for sized in question.files)
        turns[-1] = Said(newest.role, newest.text + _UNSEEN if misses else newest.text, files)
    return tuple(turns)


def _misses_files(deployment: Deployment) -> bool:
    """Whether it has to be told that there were files; a FAQ is told nothing."""
    return deployment.api not in TAKE_FILES and deployment.api != "faq"


def cache_key(question: Question) -> str:
    """Stands for the conversation with the agent at a provider; empty where nothing is to be kept."""
    if not question.agent.context.cache:
        return ""
    name = f"{question.claim.key}\n{question.agent.name}"
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16, person=b"trunkline-talk").hexdigest()


def counted_input(question: Question, deployment: Deployment) -> int:
    """Tokens of the words, by our own count."""
    unseen = bool(question.files) and _misses_files(deployment)
    return question.prompt.input_tokens + (_UNSEEN_TOKENS if unseen else 0)


def file_tokens(question: Question, api: str, model: str) -> int:
    """The most that the provider bills for the files as input."""
    if api not in TAKE_FILES:
        return 0
    return sum(
        image_tokens(api, model, each.size) if each.file.kind == "image" else document_tokens(api, model, each.pages)
        for each in question.files
    )


def remembering(question: Question, answered: str) -> Statement:
    """What was asked becomes context, and what the model answered; empty: nothing that is remembered."""
    return statement(
        "reply.remember_turn",
        message=question.message,
        conversation=question.claim.key,
        position=question.position,
        agent=question.route.memory,
        asked=question.prompt.asked,
        asked_tokens=question.prompt.asked_tokens,
        answered=answered,
        answered_tokens=count(answered),
    )
