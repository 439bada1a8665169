"""The yardstick of the import, frozen: the tables of the release of 2026-11-29, with every word of a payout in its row.

The bench inserts these rows with nothing but `executemany`. They stay as they were, whatever the archive
becomes, so that a figure of today can be held beside one of last year.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from sync.wire import Head, PublishBody

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = (
    'CREATE TABLE "log" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "origin" TEXT UNIQUE NOT NULL DEFAULT \'\', "village" VARCHAR(12) NOT NULL DEFAULT \'\', "size" INTEGER NOT NULL DEFAULT 0, "frontier" BLOB NOT NULL DEFAULT \'\', "note" BLOB NOT NULL DEFAULT \'\', "stopped_at" INTEGER NOT NULL DEFAULT -1, "unknown" INTEGER NOT NULL DEFAULT 0, "frozen_at" VARCHAR(255) NOT NULL DEFAULT \'\', "frozen_seen" BLOB DEFAULT null, "frozen_other" BLOB DEFAULT null)',
    'CREATE TABLE "leaf" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "head" BLOB NOT NULL DEFAULT \'\', "body" BLOB DEFAULT null, "trouble" VARCHAR(255) NOT NULL DEFAULT \'\')',
    'CREATE TABLE "admission" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "day" VARCHAR(255) NOT NULL DEFAULT \'\', "instant" VARCHAR(255) NOT NULL DEFAULT \'\')',
    'CREATE TABLE "batch" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "log" INTEGER NOT NULL DEFAULT 0, "name" TEXT NOT NULL DEFAULT \'\', "state" VARCHAR(255) NOT NULL DEFAULT \'open\', "edition" INTEGER NOT NULL DEFAULT 0, "last_line" INTEGER NOT NULL DEFAULT 0, "in_order" INTEGER NOT NULL DEFAULT 1, "first_household" INTEGER NOT NULL DEFAULT 0, "why" TEXT NOT NULL DEFAULT \'\')',
    'CREATE TABLE "payout" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "leaf" INTEGER NOT NULL DEFAULT 0, "was" INTEGER NOT NULL DEFAULT 0, "gone" INTEGER NOT NULL DEFAULT 0, "standing" VARCHAR(255) NOT NULL DEFAULT \'listed\', "rec" TEXT NOT NULL DEFAULT \'\', "rev" INTEGER NOT NULL DEFAULT 0, "seq" INTEGER NOT NULL DEFAULT 0, "household" INTEGER NOT NULL DEFAULT 0, "keyed" INTEGER NOT NULL DEFAULT 0, "holder" TEXT NOT NULL DEFAULT \'\', "payee" TEXT NOT NULL DEFAULT \'\', "beneficiary" TEXT NOT NULL DEFAULT \'\', "kind" VARCHAR(255) NOT NULL DEFAULT \'household\', "group_name" TEXT NOT NULL DEFAULT \'\', "quantity" VARCHAR(255) DEFAULT null, "unit" TEXT NOT NULL DEFAULT \'\', "rate" VARCHAR(255) DEFAULT null, "amount_fen" INTEGER NOT NULL DEFAULT 0, "in_kind" TEXT NOT NULL DEFAULT \'\', "item" TEXT NOT NULL DEFAULT \'\', "paid_on" VARCHAR(255) NOT NULL DEFAULT \'\', "status" VARCHAR(255) NOT NULL DEFAULT \'paid\', "remark" TEXT NOT NULL DEFAULT \'\')',
    'CREATE INDEX payout_household ON "payout" ("household")',
    'CREATE TABLE "household" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "mark" INTEGER NOT NULL DEFAULT 0, "surname" TEXT NOT NULL DEFAULT \'\', "name" TEXT NOT NULL DEFAULT \'\', "group_name" TEXT NOT NULL DEFAULT \'\')',
    'CREATE INDEX household_mark ON "household" ("mark")',
    'CREATE INDEX household_name ON "household" ("name")',
    'CREATE TABLE "sheet" ("id" INTEGER PRIMARY KEY NOT NULL DEFAULT 0, "batch" INTEGER NOT NULL DEFAULT 0, "edition" INTEGER NOT NULL DEFAULT 0, "leaf" INTEGER NOT NULL DEFAULT 0, "rec" TEXT NOT NULL DEFAULT \'\', "code" VARCHAR(10) UNIQUE NOT NULL DEFAULT \'\', "digest" VARCHAR(64) NOT NULL DEFAULT \'\', "phase" VARCHAR(16) NOT NULL DEFAULT \'\', "year" INTEGER NOT NULL DEFAULT 0, "head" BLOB NOT NULL DEFAULT \'\')',
)
PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cache_size=-8192",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
)
TABLES = ("log", "leaf", "admission", "batch", "payout", "household", "sheet")


def opened(path: Path) -> sqlite3.Connection:
    """An empty database of that release."""
    db = sqlite3.connect(path, isolation_level=None)
    for statement in (*PRAGMAS, *SCHEMA):
        db.execute(statement)
    return db


def finished(path: Path) -> dict[str, list[tuple]]:
    """The rows that release would have made of an archive's events, by table."""
    db = sqlite3.connect(path)
    ready = {table: db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in TABLES}  # noqa: S608
    events = {key: (head, body) for key, head, body, _ in ready["leaf"]}
    db.close()
    ready["log"] = [row[:11] for row in ready["log"]]  # what a log has learnt since stands behind
    ready["payout"] = [_wide(row, *events[row[1]]) for row in ready["payout"]]
    return ready


def _wide(row: tuple, head: bytes, body: bytes) -> tuple:
    key, leaf, was, gone, _, seq, household = row
    payout, rec = _BODY(body).payout, _HEAD(head).rec
    return (
        *(key, leaf, was, gone, "listed", rec, 1, seq, household, 1 if payout.household else 0),
        *(payout.holder, payout.payee, payout.beneficiary, payout.kind.value, payout.group),
        None if payout.quantity is None else str(payout.quantity),
        payout.unit,
        None if payout.rate is None else str(payout.rate),
        *(payout.amount_fen, payout.in_kind, payout.item),
        "" if payout.paid_on is None else payout.paid_on.isoformat(),
        *(payout.status.value, payout.remark),
    )


_BODY, _HEAD = msgspec.json.Decoder(PublishBody).decode, msgspec.json.Decoder(Head).decode
