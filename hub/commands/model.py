"""/model: which model a tier of an agent asks. Only one whose price is known, so that budgets stay true."""

from hub.commands.caller import Caller
from hub.commands.command import Call, Told, command, for_the_named, subject_of
from hub.commands.tables import fenced
from hub.config.settings import Agent, Settings
from hub.money.prices import price_of
from hub.steering import MODEL

DEFAULT = "default"
_WITHOUT_MODELS = frozenset({"faq", "local"})


async def _model(call: Call) -> Told:
    agent = call.settings.agents.get(subject_of(call))
    if agent is None:
        return Told(f"There is no such agent. Name one of {', '.join(sorted(call.settings.agents))}.")
    if len(call.given) < 3:
        return Told(_shown(call, agent))
    tier, model = call.given[1].casefold(), call.given[2]
    if tier not in agent.tiers or len(call.given) > 3:
        return Told(
            f"Write /model {agent.name}, a tier ({', '.join(agent.tiers) or 'it has none'}) and a model's name."
        )
    key = f"{MODEL}/{agent.name}/{tier}"
    if model.casefold() == DEFAULT:
        written = call.steering.written().agents[agent.name].tiers[tier]
        return Told(f"{agent.name}: {tier} asks {written} again.", tuple(call.steering.clear(key)))
    if unpriced := unpriced_at(call, agent, model):
        return Told(
            f"The price of {model} at {unpriced} is not known, so its calls could not be held to a budget. "
            "Name a model with a known price, or give it one under [models] in regions.toml and /reload."
        )
    changes = call.steering.set(key, model, call.caller.id)
    return Told(f"{agent.name}: {tier} asks {model} from the next message on.", tuple(changes))


def _shown(call: Call, agent: Agent) -> str:
    written = call.steering.written().agents[agent.name].tiers
    rows = [
        [tier, model, "" if written.get(tier) == model else f"regions.toml: {written.get(tier, '')}"]
        for tier, model in agent.tiers.items()
    ]
    if not rows:
        return f"{agent.name} asks no model by name."
    hint = f"/model {agent.name} TIER NAME changes one; {DEFAULT} goes back."
    return "\n".join([agent.name, *fenced(rows), hint])


def unpriced_at(call: Call, agent: Agent, model: str) -> str:
    """The first wire API of the agent at which nobody knows the model's price; empty: there is none."""
    apis = sorted({each.api for each in agent.deployments} - _WITHOUT_MODELS)
    return next((api for api in apis if price_of(api, model, call.settings.prices, call.now_ms) is None), "")


def _values(caller: Caller, settings: Settings) -> list[str]:
    mine = caller.those("operator", settings.agents)
    return [f"{agent} {tier}" for agent in mine for tier in settings.agents[agent].tiers]


MODEL_COMMAND = command(
    "model",
    "Which model a tier of an agent asks",
    _model,
    arguments="agent, tier and model",
    role="operator",
    values=_values,
    needs=for_the_named,
)
