"""Notices of land cases. Their bodies stay in `leaf`; this table says where each one hangs."""

from piccolo.columns import BigInt, Integer, Text, Varchar
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "notices"


class Notice(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    land_case = Text()
    rec = Text()
    number = Integer(default=0)
    code = Varchar(length=10, unique=True)
    digest = Varchar(length=64)
    day = Varchar(length=10)


class Enclosure(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    notice = Text()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        for table in (Notice, Enclosure):
            await table.create_table()

    manager.add_raw(run)
    return manager
