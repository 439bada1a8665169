"""Which migrations a database has seen and this program knows; nothing of Piccolo is loaded for it."""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from kiosk_server.archive.schema import migrations

if TYPE_CHECKING:
    from kiosk_server.archive.engines.connection import Connection

APP = "archive"


class ArchiveTooNew(Refusal):
    """The database was written by a newer version of this program."""

    code = "archive-too-new"
    fault = Fault.MACHINE
    sentence = "档案库是由更新版本的程序写成的（{migration}），本版本不能打开。"
    advice = "请安装新版本；档案库没有改动。"


def known_migrations() -> dict[str, str]:
    """Modules of the migrations this program has, by ID and in their order; none is imported.

    archive_2026_11_23t09_00_00_000000.py is 2026-11-23T09:00:00:000000.
    """
    known = {}
    for name in sorted(found.name for found in pkgutil.iter_modules(migrations.__path__)):
        day, _, clock = name.removeprefix(f"{APP}_").partition("t")
        known[f"{day.replace('_', '-')}T{clock.replace('_', ':')}"] = f"{migrations.__name__}.{name}"
    return known


def done_migrations(db: Connection) -> set[str]:
    """IDs of the migrations this database has seen."""
    if not db.has_table("migration"):
        return set()
    return {row[0] for row in db.execute("SELECT name FROM migration WHERE app_name = ?", (APP,))}
