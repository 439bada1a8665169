"""The register's lines stand a second time in the database: a file that was cut short is put right from it."""

from piccolo.columns import BigInt, Bytea
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-30T14:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "lines of the register"


class RegisterLine(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    line = Bytea()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await RegisterLine.create_table()

    manager.add_raw(run)
    return manager
