"""The years a county has closed. Their bodies stay in `leaf`; this table says where each edition stands.

A kiosk that took such an event in with an older program only counted it: all logs are folded again.
"""

from piccolo.columns import BigInt, Integer, Varchar
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-30T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "years"
FOLDS = True


class Annual(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    year = Integer()
    edition = Integer()
    code = Varchar(length=10, unique=True)
    digest = Varchar(length=64)
    day = Varchar(length=10)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await Annual.create_table()

    manager.add_raw(run)
    return manager
