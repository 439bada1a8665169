"""The tables of the archive: the one source of the schema and of every column name.

Keys are packed integers (`keys.py`), so that whatever is read together lies together and
rebuilding gives the same numbers.

Instants are RFC 3339 UTC text, civil days ISO text. `log`, `leaf` and `admission` are what came; those of
`keys.FOLDED` are projected from them and can be made again.
"""

from __future__ import annotations

from piccolo.columns import BigInt, Bytea, Integer, Text, Varchar
from piccolo.table import Table

from kiosk_server.archive.schema.engine import ENGINE


class State(Table, db=ENGINE):
    """One row: what the whole machine knows. `version` rises in every write transaction."""

    id = Integer(primary_key=True)
    version = BigInt(default=0)
    trusted_floor = Varchar(default="")  # newest instant believed in; a clock before it is suspect


class Log(Table, db=ENGINE):
    """One village's log: how far it is admitted, and the evidence when it forked."""

    id = Integer(primary_key=True)
    origin = Text(unique=True)
    village = Varchar(length=12)
    size = BigInt(default=0)
    frontier = Bytea()  # 32 bytes each, left to right
    note = Bytea()  # newest verified checkpoint, as received
    stopped_at = BigInt(default=-1)  # index of an unknown critical event: nothing after it is projected
    unknown = Integer(default=0)  # events of unknown kinds: 需要升级
    frozen_at = Varchar(default="")
    frozen_seen = Bytea(null=True, default=None)  # the two checkpoints of a fork
    frozen_other = Bytea(null=True, default=None)
    next_household = BigInt(default=0)  # key of the household that comes next; none is given twice


class Leaf(Table, db=ENGINE):
    """One event as it came; `body` is null when erased, or withheld because of `trouble`."""

    id = BigInt(primary_key=True)
    head = Bytea()
    body = Bytea(null=True, default=None)
    trouble = Varchar(default="")


class Admission(Table, db=ENGINE):
    """When a log reached a size on this machine; never projected again, the window opens by it."""

    id = BigInt(primary_key=True)  # log << 32 | size reached
    day = Varchar(default="")
    instant = Varchar(default="")


class Batch(Table, db=ENGINE):
    """One batch and whether it may be seen: open, shown, held, quarantined, withdrawn."""

    id = BigInt(primary_key=True)
    log = Integer()
    name = Text()
    state = Varchar(default="open")
    edition = Integer(default=0)  # newest edition shown
    last_line = Integer(default=0)
    in_order = Integer(default=1)  # 0 when the county's numbers are not 1, 2, 3 … and lines must be sorted
    first_household = BigInt(default=0)  # households from this key on came with this batch
    why = Text(default="")  # codes of what did not agree


class Change(Table, db=ENGINE):
    """An event of a batch that waits for the batch's next close."""

    id = BigInt(primary_key=True)  # the leaf
    batch = BigInt()


class Payout(Table, db=ENGINE):
    """One line of a batch: the events it rests on. What it says stands in its leaf, once."""

    id = BigInt(primary_key=True)
    leaf = BigInt()  # the event that gives the value
    was = BigInt(default=0)  # the leaf whose value this one corrected
    gone = BigInt(default=0)  # the leaf that withdrew or erased it
    standing = Integer(default=0)  # listed, withdrawn, erased: statements.LISTED …
    seq = BigInt(default=0)  # the county's number: sheets are sorted by it, an erased line too
    household = BigInt(default=0, index=True)


class Household(Table, db=ENGINE):
    """A household as this village's lists tell it apart (settled §5). `mark` never leaves the archive."""

    id = BigInt(primary_key=True)
    mark = BigInt(default=0)  # 63 bits of the county's keyed hash, 0 where a list had none
    surname = Text()
    name = Text()
    group_name = Text(default="")


class Reading(Table, db=ENGINE):
    """One way to type a household's name by first letters of its pinyin. Holds no name."""

    id = BigInt(primary_key=True)  # household << 6 | number of the way
    typed = BigInt(index=True)  # log and letters, in the order of the alphabet


class Sheet(Table, db=ENGINE):
    """One edition of a batch: its composed head, never computed again."""

    id = BigInt(primary_key=True)
    batch = BigInt()
    edition = Integer()
    leaf = BigInt()  # the batch.close
    rec = Text()
    code = Varchar(length=10, unique=True)
    digest = Varchar(length=64)
    phase = Varchar(length=16)
    year = Integer()
    head = Bytea()  # JSON of boards.sheets.sheet.SheetHead


class Incident(Table, db=ENGINE):
    """Something an official must look at: kind and position only, never what it said."""

    id = BigInt(primary_key=True)  # the leaf where it was seen
    batch = BigInt(default=0)
    kind = Varchar()


class Notice(Table, db=ENGINE):
    """One notice of a land case on a board; its words stay in its leaf."""

    id = BigInt(primary_key=True)  # the leaf
    land_case = Text()
    rec = Text()
    number = Integer(default=0)  # place in the case
    code = Varchar(length=10, unique=True)
    digest = Varchar(length=64)
    day = Varchar(length=10)  # civil day it came to this machine
    withdrawn = BigInt(default=0)  # the leaf that took it off the boards; 0 while it hangs


class Enclosure(Table, db=ENGINE):
    """A file that belongs to a notice; what it is stands in its leaf."""

    id = BigInt(primary_key=True)  # the leaf
    notice = Text()  # record of the notice


class Annual(Table, db=ENGINE):
    """One edition of a year that the county closed; its figures stay in its leaf."""

    id = BigInt(primary_key=True)  # the leaf
    year = Integer()
    edition = Integer()
    code = Varchar(length=10, unique=True)
    digest = Varchar(length=64)
    day = Varchar(length=10)  # civil day it came to this machine


class RegisterLine(Table, db=ENGINE):
    """One line of the register once more, as it stands in its file (kept/register.py)."""

    id = BigInt(primary_key=True)  # number of the line, from 1
    line = Bytea()


class TrustFile(Table, db=ENGINE):
    """One file of what this machine trusts, as it came (archive/trust_files.py)."""

    id = Integer(primary_key=True)  # in the order of their names, from 1
    name = Text(unique=True)
    content = Bytea()


TABLES = (
    State,
    Log,
    Leaf,
    Admission,
    Batch,
    Change,
    Payout,
    Household,
    Reading,
    Sheet,
    Incident,
    Notice,
    Enclosure,
    Annual,
    RegisterLine,
    TrustFile,
)
