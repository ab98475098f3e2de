"""[agents]: each agent with its prompt, the chats it serves and its deployments."""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import msgspec

from hub.config import consistency
from hub.config.addresses import check_serves
from hub.config.budgets import budget_of, limits_money
from hub.config.deployments import Deployments, deployments_of
from hub.config.files import CheckFaq, PromptFiles, read_prompt
from hub.config.model import AgentTable, DocumentTable, TiersTable, named, read
from hub.config.problems import Findings, Key, quoted
from hub.config.settings import PRACTICE, Agent, Budgets, ContextSettings, Price, ReuseSettings, Serves, TieringSettings


class Around(msgspec.Struct, frozen=True):
    """What an agent may refer to."""

    folder: Path
    """Where prompts/ is."""
    environment: Mapping[str, str]
    zones: Mapping[str, str] | None
    """The residency zone of each region, empty where it has none; None where [regions] itself is a problem."""
    accounts: Mapping[str, Collection[str]] | None
    """Every account that is set up, by channel; None where [channels] is itself a problem."""
    prices: Mapping[str, Price]
    budgets: Budgets
    """Those beside the agents'."""
    price_known: Callable[[str, str], bool]
    check_faq: CheckFaq
    least_context: Callable[[str], int]
    """Tokens of the smallest context for a prompt."""


def agents_of(document: DocumentTable, around: Around, findings: Findings) -> dict[str, Agent]:
    """Every agent; what is a problem in one hides nothing in another."""
    if not document.agents and not document.broken("agents"):
        findings.problem(("agents",), "there is no agent", "add [agents.support-faq], as docs/configuration.md shows")
    before = len(findings.problems)
    agents: dict[str, Agent] = {}
    names: dict[str, str] = {}
    served: dict[Serves, str] = {}
    for name, raw in (document.agents or {}).items():
        named(name, ("agents", name), findings)
        table = read(AgentTable, raw, ("agents", name), findings)
        files = _files(table, name, around, findings)
        serves = _serves(table, name, served, around, findings)
        deployments = _deployments(table, name, files, around, names, findings)
        agents[name] = _agent(table, name, files, serves, deployments, around, findings)
    if agents and len(findings.problems) == before:
        _no_lonely_channel(agents.values(), around.accounts or {}, findings)
    return agents


def _agent(
    table: AgentTable,
    name: str,
    files: PromptFiles | None,
    serves: tuple[Serves, ...],
    deployments: Deployments,
    around: Around,
    findings: Findings,
) -> Agent:
    key: Key = ("agents", name)
    tiers = _tiers(table.tiers)
    budgeted = limits_money(table, around.budgets)
    consistency.check_models(
        table, tiers, key, deployments, around.prices, around.price_known, findings, budgeted=budgeted
    )
    consistency.check_tiering(table, tiers, key, findings)
    consistency.check_takes(table, key, deployments, findings)
    consistency.check_residency(table, key, deployments, around.zones, findings)
    least = around.least_context(files.prompt) if files else 0
    consistency.check_context(context := _context(table, deployments), least, (*key, "context"), findings)
    consistency.check_summary(context, tiers, (*key, "context"), deployments, findings)
    return Agent(
        name=name,
        purpose=table.purpose or "",
        prompt=files.prompt if files else "",
        faq=files.faq if files else "",
        faq_first=table.faq_first or False,
        serves=serves,
        offers=_offers(table, (*key, "offers"), around, findings),
        busy=table.busy or "queue",
        budget=budget_of(table, tiers, key, files, around.budgets, findings),
        context=context,
        tiers=tiers,
        residency=table.residency or "",
        default_zone=table.default_zone or "",
        deployments=deployments.on,
        takes=tuple(table.takes or ()),
        hedge=table.hedge or False,
        reuse=_reuse(table),
        tiering=_tiering(table),
    )


def _context(table: AgentTable, deployments: Deployments) -> ContextSettings:
    usual = PRACTICE if "local" in deployments.apis and deployments.apis <= {"local", "faq"} else ContextSettings()
    return msgspec.structs.replace(usual, **table.context.model_dump(exclude_none=True)) if table.context else usual


def _reuse(table: AgentTable) -> ReuseSettings | None:
    return ReuseSettings(**table.reuse.model_dump(exclude_none=True)) if table.reuse else None


def _tiers(table: TiersTable | None) -> dict[str, str]:
    return table.model_dump(exclude_none=True) if table else {}


def _tiering(table: AgentTable) -> TieringSettings | None:
    return TieringSettings(**table.tiering.model_dump(exclude_none=True)) if table.tiering else None


def _files(table: AgentTable, name: str, around: Around, findings: Findings) -> PromptFiles | None:
    """The prompt and the FAQ; None after a problem."""
    key: Key = ("agents", name)
    if table.prompt is None:
        if table.lacks("prompt"):
            findings.problem((*key, "prompt"), "is missing", f'add prompt = "{name}.md" and write prompts/{name}.md')
        return None
    files = read_prompt(around.folder / "prompts", table.prompt, around.check_faq, (*key, "prompt"), findings)
    if files and table.faq_first and not files.faq:
        text = f"there is no prompts/{files.faq_name} to answer from"
        findings.problem((*key, "faq_first"), text, "write it, or remove faq_first")
    return files


def _serves(
    table: AgentTable, name: str, served: dict[Serves, str], around: Around, findings: Findings
) -> tuple[Serves, ...]:
    """The chats of an agent. `served` remembers who has which, over all agents."""
    key: Key = ("agents", name, "serves")
    if not (table.serves or table.offers or table.broken("serves") or table.broken("offers")):
        findings.problem(key, "this agent serves no chats", 'add serves = ["web"], or remove the agent')
    found: list[Serves] = []
    for place, entry in enumerate(table.serves or ()):
        serves = check_serves(entry, around.accounts, (*key, place), findings)
        if serves is None:
            continue
        other = served.setdefault(serves.place, name)
        if serves.place in [each.place for each in found]:
            findings.problem((*key, place), f"{quoted(entry)} stands twice", "remove one")
        elif other != name:
            text = f"agent {quoted(other)} serves {quoted(entry)} too, and neither is more specific"
            findings.problem((*key, place), text, "remove one, or name an account or a chat in one of them")
        else:
            found.append(serves)
    return tuple(found)


def _offers(table: AgentTable, key: Key, around: Around, findings: Findings) -> tuple[Serves, ...]:
    """Where the agent may be chosen beside those where it serves; several agents may offer themselves in one place."""
    found: list[Serves] = []
    for place, entry in enumerate(table.offers or ()):
        offered = check_serves(entry, around.accounts, (*key, place), findings)
        if offered and offered.place in [each.place for each in found]:
            findings.problem((*key, place), f"{quoted(entry)} stands twice", "remove one")
        elif offered:
            found.append(offered)
    return tuple(found)


def _deployments(
    table: AgentTable,
    name: str,
    files: PromptFiles | None,
    around: Around,
    names: dict[str, str],
    findings: Findings,
) -> Deployments:
    key: Key = ("agents", name, "deployments")
    found = deployments_of(table.deployments, name, around.zones, around.environment, names, findings)
    if not table.deployments and not table.broken("deployments"):
        findings.problem(key, "there is none", f"add [[agents.{name}.deployments]] with a region and an api")
    elif found.unset and not found.on:
        unset = " or ".join(dict.fromkeys(found.unset))
        findings.problem(key, "none is on", f"set {unset}, or add a deployment that needs no key")
    if table.hedge and 0 < len(table.deployments or ()) < 2:
        text = "there is only one deployment, and none beside it to ask"
        findings.problem(("agents", name, "hedge"), text, "add another, or remove hedge")
    if "faq" in found.apis and files and not files.faq:
        text = f'api "faq" answers from prompts/{files.faq_name}, which does not exist'
        findings.problem(key, text, "write it, or choose another api")
    return found


def _no_lonely_channel(agents: Collection[Agent], accounts: Mapping[str, Collection[str]], findings: Findings) -> None:
    """Every account has an agent, or people would write to nobody."""
    served = [entry for agent in agents for entry in agent.serves]
    for channel, account in _accounts(accounts):
        if not any(entry.channel == channel and entry.account in ("", account) for entry in served):
            own = len(accounts[channel]) == 1
            findings.problem(
                ("channels", channel) if own else ("channels", channel, account),
                "no agent serves it",
                f'add "{channel if own else f"{channel}/{account}"}" to the serves of one, or remove the section',
            )


def _accounts(accounts: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    return ((channel, account) for channel in accounts for account in sorted(accounts[channel]))
