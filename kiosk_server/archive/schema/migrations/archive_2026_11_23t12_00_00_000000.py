"""Readings: names found by the first letters of their pinyin. `kiosk sync` fills the table."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "readings"

STATEMENTS = (
    """CREATE TABLE "reading" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "typed" INTEGER NOT NULL DEFAULT 0)""",
    """CREATE INDEX reading_typed ON "reading" ("typed")""",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await ENGINE.run_ddl(statement)

    manager.add_raw(run)
    return manager
