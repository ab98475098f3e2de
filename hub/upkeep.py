"""What a process does by the clock, beside the messages. A failure of it is told in the log and stops no answer."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from hub.backups import Backups
from hub.clock import Clock, new_id
from hub.config.settings import Settings
from hub.erasing import finish_forgetting
from hub.money.margins import CountMargins
from hub.money.till import Till
from hub.processes import Alone, Peers
from hub.reports.alerts import Alerts
from hub.reports.desk import Desk
from hub.retention import Retention
from hub.steering import LOOK_EVERY_S
from hub.store import Database, StoreError
from hub.sweep import AT_ONCE, forgetting

log = logging.getLogger(__name__)

SWEEP_EVERY_S = 60.0
BETWEEN_SWEEPS_S = 0.5
"""While there is more to forget than one step takes: 2,000 calls a second."""
TELL_EVERY_S = 30.0
"""Between two looks at what reports and alerts have to say."""
BACK_UP_LOOK_S = 60.0
"""Between two looks at whether a backup is due."""


async def back_up(settings: Callable[[], Settings], backups: Backups, clock: Clock) -> None:
    """Backups when they are due."""
    while True:
        try:
            if made := await backups.look(settings().hub.backup):
                log.info("the database was backed up to %s", made)
        except (StoreError, OSError) as error:
            log.error("the database was not backed up: %s", error)
        await clock.sleep(BACK_UP_LOOK_S)


async def tell(
    settings: Callable[[], Settings], database: Database, clock: Clock, base: Path, backups: Backups
) -> None:
    """Reports when they are due, alerts when something begins or ends."""
    desk = Desk(settings=settings, database=database, clock=clock, process=new_id(), base=base)
    alerts = Alerts(settings, database, clock, lambda: backups.overdue(settings().hub.backup))
    while True:
        for look in (desk.look, alerts.look):
            try:
                await look()
            except (StoreError, OSError) as error:
                log.error("reports and alerts could not be looked after: %s", error)
            except Exception:
                log.exception("reports and alerts could not be looked after")
        await clock.sleep(TELL_EVERY_S)


async def retain(settings: Callable[[], Settings], database: Database, clock: Clock, base: Path) -> None:
    """What was said goes when it is older than the settings keep it."""
    retention = Retention(database, base, clock, process=new_id())
    while True:
        try:
            if removed := await retention.look(settings().hub.keep):
                log.info("%d old messages were removed", removed)
        except (StoreError, OSError) as error:
            log.error("old messages could not be removed: %s", error)
        await clock.sleep(SWEEP_EVERY_S)


async def follow(clock: Clock, *looks: Callable[[], Awaitable[object]]) -> None:
    """What admins changed is in force here too, and what the hub has to say of its own accord is sent."""
    while True:
        for look in looks:
            try:
                await look()
            except (StoreError, OSError) as error:
                log.error("what admins changed could not be followed: %s", error)
        await clock.sleep(LOOK_EVERY_S)


async def sweep(till: Till, margins: CountMargins, database: Database, company: Alone | Peers, clock: Clock) -> None:
    """Charge calls whose owner is gone and whose message nobody takes up again; forget what need not be kept."""
    while True:
        try:
            while await till.presume_expired():
                pass
            # Every call leaves a hold, so nothing that is forgotten grows faster: what a busy minute left goes as well.
            while len((await database.run(*forgetting(clock.now_ms())))[0]) == AT_ONCE:
                await clock.sleep(BETWEEN_SWEEPS_S)
            await finish_forgetting(database)
            if isinstance(company, Peers):
                await company.sweep()
                await margins.renew(database)
        except StoreError as error:
            log.error("what is over could not be swept: %s", error)
        await clock.sleep(SWEEP_EVERY_S)
