"""What in an agent's table must fit together: models and prices, residency, context."""

from collections.abc import Callable, Mapping

from hub.config.deployments import APIS_WITHOUT_WIRE, Deployments
from hub.config.model import AgentTable
from hub.config.problems import Findings, Key, quoted, suggestion
from hub.config.settings import ContextSettings, Price


def check_models(
    table: AgentTable,
    tiers: Mapping[str, str],
    key: Key,
    deployments: Deployments,
    prices: Mapping[str, Price],
    price_known: Callable[[str, str], bool],
    findings: Findings,
    *,
    budgeted: bool,
) -> None:
    """Every api that asks a model has its name, and every model a price where a budget depends on it."""
    paid = sorted(deployments.apis - APIS_WITHOUT_WIRE)
    if paid and not tiers and not table.broken("tiers"):
        text = f"api {quoted(paid[0])} needs the name of a model"
        findings.problem((*key, "tiers"), text, 'add tiers = { simple = "…" }')
    for tier, model in tiers.items():
        if model in prices or all(price_known(api, model) for api in paid):
            continue
        section = f"[models.{quoted(model)}]"
        if budgeted:
            text = f"the price of {quoted(model)} is not known, and a budget depends on it"
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


def check_summary(
    context: ContextSettings, tiers: Mapping[str, str], key: Key, deployments: Deployments, findings: Findings
) -> None:
    """Who makes summaries is a tier that there is, and a model can be asked."""
    if context.summary in ("", "extract"):
        return
    if deployments.apis and deployments.apis <= {"faq"}:
        text = f"no model of this agent can make summaries: its deployments have api {quoted('faq')}"
        findings.problem((*key, "summary"), text, 'set it to "extract", or add a deployment of another api')
    elif deployments.apis - APIS_WITHOUT_WIRE and tiers and context.summary not in tiers:
        text = f"there is no tier {quoted(context.summary)}"
        findings.problem((*key, "summary"), text, suggestion(context.summary, tiers, "add it to tiers"))


def check_context(context: ContextSettings, least: int, key: Key, findings: Findings) -> None:
    """An answer is shorter than the prompt may be, and the prompt file leaves room for a message."""
    if context.tokens < least:
        text = f"{context.tokens:,} tokens leave no room for a message beside the prompt file"
        findings.problem((*key, "tokens"), text, f"set it to {least:,} or more, or shorten the prompt file")
    if context.max_output >= context.tokens:
        text = f"answers of {context.max_output:,} tokens in a context of {context.tokens:,}"
        findings.problem(key, text, "set max_output well below tokens")
