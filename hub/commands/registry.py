"""Every command, once, for every channel. A further one is a further entry: its spec and its function."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.commands.agent import AGENT
from hub.commands.budget import BUDGET
from hub.commands.command import Command
from hub.commands.conversation import FRESH_COMMAND, HELP, NEW, STOP, WHY
from hub.commands.feedback import FEEDBACK
from hub.commands.human import HUMAN
from hub.commands.inviting import INVITE, JOIN
from hub.commands.model import MODEL_COMMAND
from hub.commands.own_data import EXPORT, FORGET
from hub.commands.pausing import PAUSE_COMMAND, RESUME
from hub.commands.people import TIER
from hub.commands.pins import PIN, PINS, UNPIN
from hub.commands.region import REGION
from hub.commands.reloading import RELOAD
from hub.commands.spending import COSTS, FLEET
from hub.commands.trail import AUDIT
from hub.commands.usage import USAGE
from hub.commands.watching import ALERTS, REPORT, STATUS

REGISTRY: Mapping[str, Command] = MappingProxyType(
    {
        each.spec.name: each
        for each in (
            *(HELP, NEW, FRESH_COMMAND, STOP, AGENT, REGION, PIN, PINS, UNPIN),
            *(USAGE, WHY, FEEDBACK, HUMAN, EXPORT, FORGET, JOIN),
            *(STATUS, FLEET, COSTS, REPORT, ALERTS, AUDIT),
            *(PAUSE_COMMAND, RESUME, MODEL_COMMAND, TIER, RELOAD),
            *(BUDGET, INVITE),
        )
    }
)
"""By name, in the order in which menus show them."""

COMMANDS = tuple(each.spec for each in REGISTRY.values())
