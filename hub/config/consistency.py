"""What in an agent's table must fit together: models and prices, budget and its steps, residency, context."""

from collections.abc import Callable, Mapping

from hub.config.deployments import APIS_WITHOUT_WIRE, Deployments
from hub.config.files import PromptFiles
from hub.config.model import AgentTable
from hub.config.problems import Findings, Key, quoted, suggestion
from hub.config.settings import Budget, ContextSettings, Price


def budget_of(
    table: AgentTable, tiers: Mapping[str, str], key: Key, files: PromptFiles | None, findings: Findings
) -> Budget:
    """The budget. Where `when_spent` is not written, it is every step that the agent can take."""
    budget = table.budget
    if budget is None or budget.monthly is None:
        if budget is not None and budget.when_spent is not None:
            findings.problem((*key, "budget", "when_spent"), "there is no limit to reach", "add monthly, or remove it")
        elif len(tiers) == 2 and not table.broken("budget"):
            text = "it is asked only when a budget is spent, and there is none"
            findings.problem((*key, "tiers", "simple"), text, "add budget = { monthly = … }, or remove this tier")
        return Budget()
    possible = ["shorter"]
    if len(tiers) == 2:
        possible.append("cheaper")
    if files and files.faq:
        possible.append("faq")
    steps = possible if budget.when_spent is None else budget.when_spent
    _check_steps(steps, table, tiers, key, files, findings)
    return Budget(monthly_nusd=budget.monthly, when_spent=tuple(steps))


def _check_steps(
    steps: list[str],
    table: AgentTable,
    tiers: Mapping[str, str],
    key: Key,
    files: PromptFiles | None,
    findings: Findings,
) -> None:
    at = (*key, "budget", "when_spent")
    if len(set(steps)) < len(steps):
        findings.problem(at, "a step stands twice", "remove one")
    if "faq" in steps[:-1]:
        findings.problem(at, 'nothing comes after "faq"', "put it last")
    if "cheaper" in steps and len(tiers) < 2 and not table.broken("tiers"):
        text = '"cheaper" needs a second tier to turn to'
        findings.problem(at, text, 'add tiers = { simple = "…", complex = "…" }, or remove "cheaper"')
    if "cheaper" not in steps and len(tiers) == 2:
        text = 'it is asked only for the step "cheaper", which budget.when_spent does not have'
        findings.problem((*key, "tiers", "simple"), text, 'add "cheaper" there, or remove this tier')
    if "faq" in steps and files and not files.faq:
        findings.problem(at, f'"faq" needs prompts/{files.faq_name}', 'write it, or remove "faq"')


def check_models(
    table: AgentTable,
    tiers: Mapping[str, str],
    key: Key,
    deployments: Deployments,
    prices: Mapping[str, Price],
    price_known: Callable[[str, str], bool],
    findings: Findings,
) -> None:
    """Every api that asks a model has its name, and every model a price where a budget depends on it."""
    paid = sorted(deployments.apis - APIS_WITHOUT_WIRE)
    if paid and not tiers and not table.broken("tiers"):
        text = f"api {quoted(paid[0])} needs the name of a model"
        findings.problem((*key, "tiers"), text, 'add tiers = { simple = "…" }')
    budgeted = table.budget is not None and table.budget.monthly is not None
    for tier, model in tiers.items():
        if model in prices or all(price_known(api, model) for api in paid):
            continue
        section = f"[models.{quoted(model)}]"
        if budgeted:
            text = f"the price of {quoted(model)} is not known, and this agent has a budget"
            remedy = f"add {section} with price = {{ input = …, output = … }}, in USD per million tokens"
            findings.problem((*key, "tiers", tier), text, remedy)
        else:
            findings.notice(
                f"agents.{key[-1]}: the price of {quoted(model)} is not known, so its costs are not either; "
                f"{section} can say it."
            )


def check_takes(table: AgentTable, key: Key, deployments: Deployments, findings: Findings) -> None:
    """Files need an api that can carry them."""
    takes = table.takes or []
    if len(set(takes)) < len(takes):
        findings.problem((*key, "takes"), "an entry stands twice", "remove one")
    if takes and deployments.apis and not deployments.apis - APIS_WITHOUT_WIRE:
        text = f"api {quoted(min(deployments.apis))} takes text alone"
        findings.problem((*key, "takes"), text, "remove it, or add a deployment of another api")


def check_residency(
    table: AgentTable, key: Key, deployments: Deployments, zones: Mapping[str, str] | None, findings: Findings
) -> None:
    """`strict` and `default_zone` come together, and the agent can answer in that zone."""
    zone = table.default_zone
    if table.residency and table.lacks("default_zone"):
        remedy = 'add default_zone = "eu" or another, for people of whom no zone is known'
        findings.problem((*key, "default_zone"), 'residency = "strict" needs it', remedy)
    if zone and table.lacks("residency"):
        findings.problem((*key, "default_zone"), "nothing reads it", 'add residency = "strict", or remove it')
    elif zone and zones is not None:
        _check_zone(zone, key, deployments, zones, findings)
    if not table.residency or zones is None:
        return
    for region in sorted(deployments.regions):
        if zones.get(region) == "":
            text = f"region {quoted(region)} is in no residency zone, so this agent could never answer there"
            remedy = f"add residency to [regions.{region}], or move the deployment"
            findings.problem((*key, "deployments"), text, remedy)


def _check_zone(zone: str, key: Key, deployments: Deployments, zones: Mapping[str, str], findings: Findings) -> None:
    known = {name for name in zones.values() if name}
    if zone not in known:
        remedy = suggestion(zone, known, "add residency to a region")
        findings.problem((*key, "default_zone"), f"no region is in zone {quoted(zone)}", remedy)
    elif deployments.regions and zone not in {zones.get(region) for region in deployments.regions}:
        text = f"no deployment of this agent stands in zone {quoted(zone)}"
        findings.problem((*key, "default_zone"), text, "add one there, or choose another zone")


def check_context(context: ContextSettings, least: int, key: Key, findings: Findings) -> None:
    """An answer is shorter than the prompt may be, and the prompt file leaves room for a message."""
    if context.tokens < least:
        text = f"{context.tokens:,} tokens leave no room for a message beside the prompt file"
        findings.problem((*key, "tokens"), text, f"set it to {least:,} or more, or shorten the prompt file")
    if context.max_output >= context.tokens:
        text = f"answers of {context.max_output:,} tokens in a context of {context.tokens:,}"
        findings.problem(key, text, "set max_output well below tokens")
