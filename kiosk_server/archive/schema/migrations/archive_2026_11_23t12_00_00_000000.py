"""Readings: names found by the first letters of their pinyin. `kiosk sync` fills the table."""

from piccolo.columns import BigInt
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "readings"


class Reading(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    typed = BigInt(index=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await Reading.create_table()

    manager.add_raw(run)
    return manager
