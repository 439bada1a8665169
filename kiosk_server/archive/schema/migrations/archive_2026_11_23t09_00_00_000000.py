"""The first schema: logs, leaves, and what is projected from them.

The classes are frozen (a test holds what they make to a database of that release), because a migration
that reads today's classes would change with them.
"""

from piccolo.columns import BigInt, Bytea, Integer, Text, Varchar
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE

ID = "2026-11-23T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "logs, leaves, batches, payouts, households, sheets, incidents"


class State(Table, db=ENGINE):
    id = Integer(primary_key=True)
    version = BigInt(default=0)
    trusted_floor = Varchar(default="")


class Log(Table, db=ENGINE):
    id = Integer(primary_key=True)
    origin = Text(unique=True)
    village = Varchar(length=12)
    size = BigInt(default=0)
    frontier = Bytea()
    note = Bytea()
    stopped_at = BigInt(default=-1)
    unknown = Integer(default=0)
    frozen_at = Varchar(default="")
    frozen_seen = Bytea(null=True, default=None)
    frozen_other = Bytea(null=True, default=None)


class Leaf(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    head = Bytea()
    body = Bytea(null=True, default=None)
    trouble = Varchar(default="")


class Admission(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    day = Varchar(default="")
    instant = Varchar(default="")


class Batch(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    log = Integer()
    name = Text()
    state = Varchar(default="open")
    edition = Integer(default=0)
    last_line = Integer(default=0)
    in_order = Integer(default=1)
    first_household = BigInt(default=0)
    why = Text(default="")


class Change(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    batch = BigInt()


class Payout(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    leaf = BigInt()
    was = BigInt(default=0)
    gone = BigInt(default=0)
    standing = Varchar(default="listed")
    rec = Text()
    rev = Integer()
    seq = Integer(default=0)
    household = BigInt(default=0, index=True)
    keyed = Integer(default=0)
    holder = Text()
    payee = Text(default="")
    beneficiary = Text(default="")
    kind = Varchar(default="household")
    group_name = Text(default="")
    quantity = Varchar(null=True, default=None)
    unit = Text(default="")
    rate = Varchar(null=True, default=None)
    amount_fen = BigInt(default=0)
    in_kind = Text(default="")
    item = Text(default="")
    paid_on = Varchar(default="")
    status = Varchar(default="paid")
    remark = Text(default="")


class Household(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    mark = BigInt(default=0, index=True)
    surname = Text()
    name = Text(index=True)
    group_name = Text(default="")


class Sheet(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    batch = BigInt()
    edition = Integer()
    leaf = BigInt()
    rec = Text()
    code = Varchar(length=10, unique=True)
    digest = Varchar(length=64)
    phase = Varchar(length=16)
    year = Integer()
    head = Bytea()


class Incident(Table, db=ENGINE):
    id = BigInt(primary_key=True)
    batch = BigInt(default=0)
    kind = Varchar()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        for table in (State, Log, Leaf, Admission, Batch, Change, Payout, Household, Sheet, Incident):
            await table.create_table()
        await State.insert(State(id=1))

    manager.add_raw(run)
    return manager
