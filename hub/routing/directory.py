"""Which agent answers in a conversation: the one that people chose there, else the most specific entry of `serves`."""

from collections.abc import Iterator, Mapping
from itertools import product

from hub.config.settings import Agent, Serves
from hub.messages import Conversation

# A chat is more specific than a workspace, a workspace than an account: from (1, 1, 1) down to (0, 0, 0).
_BY_SPECIFICITY = tuple(product((True, False), repeat=3))


class Directory:
    """Made once from the settings; asked for every message, at the same small cost whatever their number."""

    def __init__(self, agents: Mapping[str, Agent]) -> None:
        self._serving: dict[Serves, Agent] = {}
        self._agents = agents
        self._some_answer_all = any(each.always for a in agents.values() for each in (*a.serves, *a.offers))
        self._offered: dict[Serves, tuple[Agent, ...]] = {}
        for agent in sorted(agents.values(), key=lambda agent: agent.name):
            for entry in agent.serves:
                self._serving.setdefault(entry.place, agent)  # settings refuse two equal entries
            for entry in dict.fromkeys(each.place for each in (*agent.serves, *agent.offers)):
                self._offered[entry] = (*self._offered.get(entry, ()), agent)

    def agent_for(self, conversation: Conversation, chosen: str = "") -> Agent | None:
        """The agent that people chose here, as long as it may be chosen; else the one that serves, None without one."""
        if chosen and (wished := self._agents.get(chosen)) and _most_specific(wished, conversation):
            return wished
        return next((self._serving[entry] for entry in _entries(conversation) if entry in self._serving), None)

    def answers_all(self, conversation: Conversation, chosen: str = "") -> bool:
        """Whether what is not addressed to the bot is answered too.

        The entry that serves the conversation says it for whoever is chosen there; the chosen agent's own entry can
        say it as well.
        """
        if not self._some_answer_all:
            return False
        by_settings, answering = self.agent_for(conversation), self.agent_for(conversation, chosen)
        return any(
            (entry := _most_specific(agent, conversation)) is not None and entry.always
            for agent in (by_settings, answering)
            if agent
        )

    def choice_matters(self, conversation: Conversation) -> bool:
        """Whether some agent that may be chosen here would answer all, so that the choice has to be looked up."""
        return self._some_answer_all and any(
            self.answers_all(conversation, agent.name) for agent in self.offered(conversation)
        )

    def offered(self, conversation: Conversation) -> tuple[Agent, ...]:
        """The agents that a person may choose in a conversation, by name: those that serve it or offer themselves."""
        found = {agent.name: agent for entry in _entries(conversation) for agent in self._offered.get(entry, ())}
        return tuple(found[name] for name in sorted(found))


_newest: tuple[Mapping[str, Agent], Directory] | None = None


def agent_for(conversation: Conversation, agents: Mapping[str, Agent], chosen: str = "") -> Agent | None:
    """The agent that answers in a conversation; None where none does. Settings are values: each is indexed once."""
    return directory_of(agents).agent_for(conversation, chosen)


def directory_of(agents: Mapping[str, Agent]) -> Directory:
    """The directory of these agents, remembered for as long as the same settings are in use."""
    global _newest
    if _newest is None or _newest[0] is not agents:
        _newest = (agents, Directory(agents))
    return _newest[1]


def _most_specific(agent: Agent, conversation: Conversation) -> Serves | None:
    """The entry by which an agent serves a conversation or offers itself there; `serves` before `offers`."""
    own = {entry.place: entry for entry in (*reversed(agent.offers), *reversed(agent.serves))}
    return next((own[entry] for entry in _entries(conversation) if entry in own), None)


def _entries(conversation: Conversation) -> Iterator[Serves]:
    """Every entry that matches a conversation, the most specific first."""
    for with_chat, with_workspace, with_account in _BY_SPECIFICITY:
        yield Serves(
            conversation.channel,
            conversation.account if with_account else "",
            conversation.workspace if with_workspace else "",
            conversation.chat if with_chat else "",
        )
