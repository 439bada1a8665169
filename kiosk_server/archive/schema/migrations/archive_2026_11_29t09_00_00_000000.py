"""The leaf is the row: a line says on which events it rests, and its words stand once, in its leaf.

What the lines were is not converted: all logs are folded again, in the same transaction. Households are
looked up by mark and name in memory, a village's at a time: their two indexes go.
"""

from piccolo.columns import BigInt, Integer, Text
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-29T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "payouts that rest on their leaves"
FOLDS = True


class Household(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    mark = BigInt(default=0, index=True)
    name = Text(index=True)


class Payout(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    leaf = BigInt()
    was = BigInt(default=0)
    gone = BigInt(default=0)
    standing = Integer(default=0)
    seq = BigInt(default=0)
    household = BigInt(default=0, index=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await Payout.alter().drop_table()
        await Payout.create_table()
        await Household.drop_index(["mark"])
        await Household.drop_index(["name"])

    manager.add_raw(run)
    return manager
