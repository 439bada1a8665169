"""A log keeps the number its next household will have, so that none is given twice.

Until now the next was one above the newest that was left: a household joined to another at the end of an
import left its number to a stranger. All logs are folded again, which numbers them as a new kiosk does.
"""

from piccolo.columns import BigInt
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-29T21:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "numbers of households"
FOLDS = True


class Log(Table, db=ENGINE):
    id = BigInt(primary_key=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await Log.alter().add_column("next_household", BigInt(default=0))

    manager.add_raw(run)
    return manager
