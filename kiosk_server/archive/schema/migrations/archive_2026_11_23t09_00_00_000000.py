"""The first schema: logs, leaves, and what is projected from them.

Statements are frozen text (a test holds them to the table classes), because a migration that
reads today's classes would change with them.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "logs, leaves, batches, payouts, households, sheets, incidents"

STATEMENTS = (
    """CREATE TABLE "state" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "version" INTEGER NOT NULL DEFAULT 0, "trusted_floor" VARCHAR(255) NOT NULL DEFAULT '')""",
    """CREATE TABLE "log" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "origin" TEXT UNIQUE NOT NULL DEFAULT '', "village" VARCHAR(12) NOT NULL DEFAULT '', "size" INTEGER NOT NULL DEFAULT 0, "frontier" BLOB NOT NULL DEFAULT '', "note" BLOB NOT NULL DEFAULT '', "stopped_at" INTEGER NOT NULL DEFAULT -1, "unknown" INTEGER NOT NULL DEFAULT 0, "frozen_at" VARCHAR(255) NOT NULL DEFAULT '', "frozen_seen" BLOB DEFAULT null, "frozen_other" BLOB DEFAULT null)""",
    """CREATE TABLE "leaf" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "head" BLOB NOT NULL DEFAULT '', "body" BLOB DEFAULT null, "trouble" VARCHAR(255) NOT NULL DEFAULT '')""",
    """CREATE TABLE "admission" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "day" VARCHAR(255) NOT NULL DEFAULT '', "instant" VARCHAR(255) NOT NULL DEFAULT '')""",
    """CREATE TABLE "batch" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "log" INTEGER NOT NULL DEFAULT 0, "name" TEXT NOT NULL DEFAULT '', "state" VARCHAR(255) NOT NULL DEFAULT 'open', "edition" INTEGER NOT NULL DEFAULT 0, "last_line" INTEGER NOT NULL DEFAULT 0, "in_order" INTEGER NOT NULL DEFAULT 1, "first_household" INTEGER NOT NULL DEFAULT 0, "why" TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE "change" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "batch" INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE "payout" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "leaf" INTEGER NOT NULL DEFAULT 0, "was" INTEGER NOT NULL DEFAULT 0, "gone" INTEGER NOT NULL DEFAULT 0, "standing" VARCHAR(255) NOT NULL DEFAULT 'listed', "rec" TEXT NOT NULL DEFAULT '', "rev" INTEGER NOT NULL DEFAULT 0, "seq" INTEGER NOT NULL DEFAULT 0, "household" INTEGER NOT NULL DEFAULT 0, "keyed" INTEGER NOT NULL DEFAULT 0, "holder" TEXT NOT NULL DEFAULT '', "payee" TEXT NOT NULL DEFAULT '', "beneficiary" TEXT NOT NULL DEFAULT '', "kind" VARCHAR(255) NOT NULL DEFAULT 'household', "group_name" TEXT NOT NULL DEFAULT '', "quantity" VARCHAR(255) DEFAULT null, "unit" TEXT NOT NULL DEFAULT '', "rate" VARCHAR(255) DEFAULT null, "amount_fen" INTEGER NOT NULL DEFAULT 0, "in_kind" TEXT NOT NULL DEFAULT '', "item" TEXT NOT NULL DEFAULT '', "paid_on" VARCHAR(255) NOT NULL DEFAULT '', "status" VARCHAR(255) NOT NULL DEFAULT 'paid', "remark" TEXT NOT NULL DEFAULT '')""",
    """CREATE INDEX payout_household ON "payout" ("household")""",
    """CREATE TABLE "household" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "mark" INTEGER NOT NULL DEFAULT 0, "surname" TEXT NOT NULL DEFAULT '', "name" TEXT NOT NULL DEFAULT '', "group_name" TEXT NOT NULL DEFAULT '')""",
    """CREATE INDEX household_mark ON "household" ("mark")""",
    """CREATE INDEX household_name ON "household" ("name")""",
    """CREATE TABLE "sheet" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "batch" INTEGER NOT NULL DEFAULT 0, "edition" INTEGER NOT NULL DEFAULT 0, "leaf" INTEGER NOT NULL DEFAULT 0, "rec" TEXT NOT NULL DEFAULT '', "code" VARCHAR(10) UNIQUE NOT NULL DEFAULT '', "digest" VARCHAR(64) NOT NULL DEFAULT '', "phase" VARCHAR(16) NOT NULL DEFAULT '', "year" INTEGER NOT NULL DEFAULT 0, "head" BLOB NOT NULL DEFAULT '')""",
    """CREATE TABLE "incident" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "batch" INTEGER NOT NULL DEFAULT 0, "kind" VARCHAR(255) NOT NULL DEFAULT '')""",
    """INSERT INTO "state" ("id", "version", "trusted_floor") VALUES (1, 0, '')""",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await ENGINE.run_ddl(statement)

    manager.add_raw(run)
    return manager
