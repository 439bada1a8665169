"""A withdrawn notice is kept: the same record never hangs twice."""

from piccolo.columns import BigInt
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T17:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "withdrawn notices"


class Notice(Table, db=ENGINE):
    id = BigInt(primary_key=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await Notice.alter().add_column("withdrawn", BigInt(default=0))

    manager.add_raw(run)
    return manager
