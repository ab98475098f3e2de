"""Budgets as regions.toml writes them: of an agent, and in [budgets] those beside the agents'."""

from collections.abc import Mapping

from hub.config.files import PromptFiles
from hub.config.model import AgentTable, BudgetsTable, DocumentTable, LimitsTable, read
from hub.config.problems import Findings, Key
from hub.config.settings import Budget, Budgets, Limit

_LIMITS = (
    ("daily", "day", "nusd"),
    ("weekly", "week", "nusd"),
    ("monthly", "month", "nusd"),
    ("daily_tokens", "day", "tokens"),
    ("weekly_tokens", "week", "tokens"),
    ("monthly_tokens", "month", "tokens"),
)
"""Key, period, unit."""


def budgets_of(document: DocumentTable, findings: Findings) -> Budgets:
    """[budgets]: hub, person, chat and workspace."""
    table = read(BudgetsTable, document.budgets or {}, ("budgets",), findings)
    found = {name: _beside(getattr(table, name), ("budgets", name), findings) for name in BudgetsTable.model_fields}
    return Budgets(**found)


def _beside(table: LimitsTable | None, key: Key, findings: Findings) -> Budget:
    if table is None:
        return Budget()
    limits = limits_of(table)
    if not limits and not any(table.broken(name) for name, _, _ in _LIMITS):
        findings.problem(key, "there is no limit in it", "add daily, weekly or monthly, in USD or as …_tokens")
    return _alerting(Budget(limits), table)


def limits_of(table: LimitsTable) -> tuple[Limit, ...]:
    """Every limit that is written."""
    written = ((getattr(table, name), period, unit) for name, period, unit in _LIMITS)
    return tuple(Limit(period, unit, amount) for amount, period, unit in written if amount is not None)


def _alerting(budget: Budget, table: LimitsTable) -> Budget:
    if table.alert_at is None:
        return budget
    return Budget(budget.limits, tuple(sorted(set(table.alert_at))), budget.when_spent)


def budget_of(
    table: AgentTable,
    tiers: Mapping[str, str],
    key: Key,
    files: PromptFiles | None,
    around: Budgets,
    findings: Findings,
) -> Budget:
    """An agent's budget. Where `when_spent` is not written, it is every step that the agent can take."""
    budget = table.budget
    limits = limits_of(budget) if budget else ()
    if not limits and not limited(around):
        broken = table.broken("budget") or (budget is not None and any(budget.broken(name) for name, _, _ in _LIMITS))
        if budget is not None and budget.when_spent is not None and not broken:
            findings.problem((*key, "budget", "when_spent"), "there is no limit to reach", "add monthly, or remove it")
        elif len(tiers) == 2 and not broken and not _chosen_by_difficulty(table):
            text = "it is asked only when a budget is spent, and there is none"
            findings.problem((*key, "tiers", "simple"), text, "add budget = { monthly = … }, or remove this tier")
        return Budget()
    possible = ["shorter"]
    if len(tiers) == 2:
        possible.append("cheaper")
    if files and files.faq:
        possible.append("faq")
    steps = possible if budget is None or budget.when_spent is None else budget.when_spent
    _check_steps(steps, table, tiers, key, files, findings)
    own = Budget(limits, when_spent=tuple(steps))
    return own if budget is None else _alerting(own, budget)


def _chosen_by_difficulty(table: AgentTable) -> bool:
    """Whether both tiers are asked without any budget."""
    return table.tiering is not None or table.broken("tiering")


def limited(budgets: Budgets) -> bool:
    """Whether [budgets] limits anything."""
    return any(each.limits for each in (budgets.hub, budgets.person, budgets.chat, budgets.workspace))


def limits_money(table: AgentTable, around: Budgets) -> bool:
    """Whether a limit in money stands over an agent: then the price of each of its models must be known."""
    limits = [
        *(limits_of(table.budget) if table.budget else ()),
        *(limit for each in (around.hub, around.person, around.chat, around.workspace) for limit in each.limits),
    ]
    return any(limit.unit == "nusd" for limit in limits)


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
    if "cheaper" not in steps and len(tiers) == 2 and not _chosen_by_difficulty(table):
        text = 'it is asked only for the step "cheaper", which budget.when_spent does not have'
        findings.problem((*key, "tiers", "simple"), text, 'add "cheaper" there, or remove this tier')
    if "faq" in steps and files and not files.faq:
        findings.problem(at, f'"faq" needs prompts/{files.faq_name}', 'write it, or remove "faq"')
