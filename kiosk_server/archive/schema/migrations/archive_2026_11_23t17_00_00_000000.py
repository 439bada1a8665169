"""A withdrawn notice is kept: the same record never hangs twice."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T17:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "withdrawn notices"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await ENGINE.run_ddl("""ALTER TABLE "notice" ADD COLUMN "withdrawn" INTEGER NOT NULL DEFAULT 0""")

    manager.add_raw(run)
    return manager
