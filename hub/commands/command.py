"""What a command is to the hub: its spec, and the function that carries it out."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from hub.admission import Admission
from hub.channel import CommandSpec
from hub.commands.caller import WHOLE_HUB, Caller
from hub.config.settings import Agent, Settings
from hub.inbox import Claim, Waiting
from hub.languages import help_in_other_languages, language_of, translated
from hub.routing import Whereabouts, agent_for, whereabouts
from hub.steering import Steering
from hub.store import Database, Statement


class Told(msgspec.Struct, frozen=True):
    """What a command answers, and what it changes: both happen in the turn's own transaction."""

    text: str
    changes: tuple[Statement, ...] = ()
    audited: str | None = None
    """What the trail keeps of the arguments where they name somebody; None: the arguments themselves."""


class Call(msgspec.Struct, frozen=True):
    """One call of a command, with all that it may look at."""

    arguments: str
    caller: Caller
    claim: Claim
    waiting: Waiting
    settings: Settings
    database: Database
    now_ms: int
    admission: Admission
    commands: Sequence[CommandSpec]
    """Those that the caller may use."""
    steering: Steering

    @property
    def given(self) -> list[str]:
        """The arguments, word by word."""
        return self.arguments.split()

    @property
    def language(self) -> str:
        """The tag of the caller's language."""
        return language_of(self.waiting.message.hints, self.waiting.hints)

    @property
    def agent(self) -> Agent | None:
        """Who answers in this conversation."""
        return agent_for(self.claim.conversation, self.settings.agents, self.claim.agent)

    def words(self, text: str, /, **values: object) -> str:
        """One of `hub.phrases` in the caller's language, its braces filled in."""
        return translated(text, self.language).format(**values)


Run = Callable[[Call], Awaitable[Told]]
Values = Callable[[Caller, Settings], Sequence[str]]


class Needed(msgspec.Struct, frozen=True):
    """What a call asks of its caller: the role, for any one of these agents ("" is the whole hub)."""

    role: str
    agents: tuple[str, ...]


Needs = Callable[[Call, str], Needed]


class Command(msgspec.Struct, frozen=True):
    """An entry of the registry."""

    spec: CommandSpec
    run: Run
    values: Values | None = None
    """What the argument can be in a conversation; None: anything."""
    needs: Needs | None = None
    """What this very call needs; None: the command's role, for the agent that answers here."""

    def needed(self, call: Call) -> Needed:
        """The role for this call, and for which agents."""
        return self.needs(call, self.spec.role) if self.needs else Needed(self.spec.role, (call.caller.agent,))


def for_the_hub(_: Call, role: str) -> Needed:
    """The role has to be for the whole hub."""
    return Needed(role, (WHOLE_HUB,))


def for_any_agent(call: Call, role: str) -> Needed:
    """The role for one agent is enough; the command then shows that one alone."""
    return Needed(role, (WHOLE_HUB, *call.settings.agents))


def for_the_named(call: Call, role: str) -> Needed:
    """The role has to be for what the first word names: an agent, or the hub; without a word, for who answers here."""
    return Needed(role, (subject_of(call),))


HUB = "hub"


def subject_of(call: Call) -> str:
    """The agent that the first word names; WHOLE_HUB for `hub` and where nobody answers."""
    word = call.given[0].casefold() if call.given else call.caller.agent
    return WHOLE_HUB if word == HUB else word


def agents_and_hub(role: str) -> Values:
    """What such an argument can be, for whoever has the role."""

    def values(caller: Caller, settings: Settings) -> list[str]:
        return [*caller.those(role, settings.agents), *([HUB] if caller.may(role, WHOLE_HUB) else [])]

    return values


def command(
    name: str,
    line: str,
    run: Run,
    *,
    arguments: str = "",
    role: str = "everyone",
    values: Values | None = None,
    needs: Needs | None = None,
) -> Command:
    """An entry; `line` is its help, which stands beside it in every language that has one."""
    spec = CommandSpec(
        name, line, arguments, role, translations=help_in_other_languages(name), suggests=values is not None
    )
    return Command(spec, run, values, needs)


def place_of_sender(waiting: Waiting, settings: Settings, choice: str | None = None) -> Whereabouts:
    """Where the hub takes the sender to be; with `choice`, where that region were the remembered one."""
    chosen = waiting.region if choice is None else choice
    hints = waiting.message.hints
    return whereabouts(hints, chosen, settings.regions, settings.hub.default_region, waiting.hints)
