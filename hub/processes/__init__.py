"""Several processes of the hub over one database: roles, heartbeats, and what they share beside the messages."""

from hub.processes.company import Alone, Company, Peers
from hub.processes.roster import Role, Roster

__all__ = ["Alone", "Company", "Peers", "Role", "Roster"]
