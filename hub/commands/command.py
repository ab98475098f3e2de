"""What a command is to the hub: its spec, and the function that carries it out."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from hub.admission import Admission
from hub.channel import CommandSpec
from hub.commands.caller import Caller
from hub.config.settings import Agent, Settings
from hub.inbox import Claim, Waiting
from hub.languages import help_in_other_languages, language_of, translated
from hub.messages import Conversation
from hub.routing import Whereabouts, agent_for, whereabouts
from hub.store import Database, Statement


class Told(msgspec.Struct, frozen=True):
    """What a command answers, and what it changes: both happen in the turn's own transaction."""

    text: str
    changes: tuple[Statement, ...] = ()


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
Values = Callable[[Conversation, Settings], Sequence[str]]


class Command(msgspec.Struct, frozen=True):
    """An entry of the registry."""

    spec: CommandSpec
    run: Run
    values: Values | None = None
    """What the argument can be in a conversation; None: anything."""


def command(
    name: str, line: str, run: Run, *, arguments: str = "", role: str = "everyone", values: Values | None = None
) -> Command:
    """An entry; `line` is its help, which stands beside it in every language that has one."""
    spec = CommandSpec(
        name, line, arguments, role, translations=help_in_other_languages(name), suggests=values is not None
    )
    return Command(spec, run, values)


def place_of_sender(waiting: Waiting, settings: Settings, choice: str | None = None) -> Whereabouts:
    """Where the hub takes the sender to be; with `choice`, where that region were the remembered one."""
    chosen = waiting.region if choice is None else choice
    hints = waiting.message.hints
    return whereabouts(hints, chosen, settings.regions, settings.hub.default_region, waiting.hints)
