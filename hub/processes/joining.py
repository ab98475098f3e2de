"""How a process joins the others, or finds that it is alone."""

import os
import socket
from collections.abc import Callable, Collection
from importlib.metadata import version

import msgspec

from hub.clock import Clock
from hub.config.addresses import check_listen
from hub.config.problems import Findings
from hub.config.settings import Settings
from hub.errors import TrunklineError
from hub.processes.company import Alone, Peers
from hub.processes.roster import Role, Roster
from hub.processes.wakes import Tells, Wakes
from hub.store import Database
from hub.store.migrate import migrations


class Part(msgspec.Struct, frozen=True):
    """What an operator starts a process as."""

    role: Role = Role.ALL
    region: str = ""
    """Where it stands: its workers claim that region's conversations; empty: those of all."""
    listen: str | None = None
    """Address of its HTTP server in place of the one in regions.toml; empty: it has none."""


class CannotJoin(TrunklineError):
    """The process cannot be what it was started as."""


def check_address(part: Part, settings: Settings) -> None:
    """What regions.toml may not say of `listen`, the command line may not either. Raises ConfigError."""
    if not part.listen:
        return
    findings = Findings("--listen")
    local = check_listen(part.listen, (), findings)
    pages = [each for each in settings.channels if each.listen and "secret" not in each.secrets]
    if not local and pages and part.role != Role.WORKER:  # a worker has no page
        text = "others could reach the page, and it has no secret"
        findings.problem((), text, 'add secret = "env:WEB_SECRET" to [channels.web], or listen on 127.0.0.1')
    findings.settle()


def joining(
    database: Database,
    settings: Callable[[], Settings],
    clock: Clock,
    part: Part,
    *,
    process: str,
    shared_by_one: Collection[str],
) -> Alone | Peers:
    """This process among those that use the database. `shared_by_one`: accounts that one at a time reads.

    Raises CannotJoin.
    """
    regions = settings().regions
    if part.region and part.region not in regions:
        known = ", ".join(regions)
        raise CannotJoin(f"There is no region {part.region!r} in regions.toml. Name one of: {known}.")
    if not isinstance(database, Tells):
        if part.role != Role.ALL:
            raise CannotJoin(
                f"A process that is only a {part.role} needs others beside it, and a SQLite file serves one process: "
                'set database = "postgresql://…" under [hub], or leave out --role.'
            )
        return Alone()
    roster = Roster(
        database,
        clock,
        id=process,
        role=part.role,
        region=part.region,
        version=version("trunkline"),
        schema_number=len(migrations()),
        host=f"{socket.gethostname()}:{os.getpid()}",
    )
    return Peers(
        roster,
        Wakes(database, clock),
        database,
        clock,
        regions=lambda: settings().regions,
        default_region=lambda: settings().hub.default_region,
        shared_by_one=shared_by_one,
    )
