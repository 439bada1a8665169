"""Notices of land cases. Their bodies stay in `leaf`; this table says where each one hangs."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "notices"

STATEMENTS = (
    """CREATE TABLE "notice" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "land_case" TEXT NOT NULL DEFAULT '', """
    """"rec" TEXT NOT NULL DEFAULT '', "number" INTEGER NOT NULL DEFAULT 0, "code" VARCHAR(10) UNIQUE """
    """NOT NULL DEFAULT '', "digest" VARCHAR(64) NOT NULL DEFAULT '', "day" VARCHAR(10) NOT NULL DEFAULT '')""",
    """CREATE TABLE "enclosure" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "notice" TEXT NOT NULL DEFAULT '')""",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await ENGINE.run_ddl(statement)

    manager.add_raw(run)
    return manager
