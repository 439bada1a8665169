"""What this machine trusts: the county's root, statement, pack and register, with their signatures."""

from piccolo.columns import Bytea, Integer, Text
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-30T18:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "trust files"


class TrustFile(Table, db=ENGINE):
    id = Integer(primary_key=True)
    name = Text(unique=True)
    content = Bytea()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await TrustFile.create_table()

    manager.add_raw(run)
    return manager
