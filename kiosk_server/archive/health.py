"""How the archive is, for the office and `/healthz`: counts and instants, nothing about anyone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from boards.model.place import VillageCode
from kiosk_server.archive.statements import HELD_BATCHES, INCIDENTS, LOGS, NEWEST_ADMISSION

if TYPE_CHECKING:
    from kiosk_server.archive.engines.connection import Connection


class LogHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One village's log."""

    village: VillageCode
    size: int
    frozen: bool  # forked: takes nothing more
    unknown: int  # events this version does not understand: 需要升级
    stopped: bool  # a critical one among them: nothing after it is shown


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """All logs together."""

    state_version: int
    last_admitted_at: datetime | None
    logs: tuple[LogHealth, ...]
    held: tuple[str, ...]  # batches whose sums do not agree: 核对不符
    incidents: int  # quarantined for a reason, privacy among them
    frozen: int  # logs that forked and take nothing more
    upgrade_needed: bool  # something came that this version cannot show


def health_of(db: Connection, state_version: int) -> Health:
    """Read it all; inside the caller's snapshot."""
    (newest,) = db.execute(NEWEST_ADMISSION).fetchone()
    logs = tuple(
        LogHealth(village=village, size=size, frozen=bool(frozen), unknown=unknown, stopped=bool(stopped))
        for village, size, frozen, unknown, stopped in db.execute(LOGS)
    )
    (incidents,) = db.execute(INCIDENTS).fetchone()
    return Health(
        state_version=state_version,
        last_admitted_at=datetime.fromisoformat(newest) if newest else None,
        logs=logs,
        held=tuple(row[0] for row in db.execute(HELD_BATCHES)),
        incidents=incidents,
        frozen=sum(log.frozen for log in logs),
        upgrade_needed=any(log.unknown for log in logs),
    )
