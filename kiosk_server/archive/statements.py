# ruff: noqa: S608 - statements are made of our own names and integers
"""All hot SQL of the archive, in the dialect that SQLite and PostgreSQL share.

No INSERT OR …, no scalar max, no JSON, no text that sorts by a locale; lists of keys are written out as
integers. A test prepares every statement on PostgreSQL and plans it on SQLite. The writer's small
statements are made by Piccolo's builder (`schema/ledger.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

LISTED, WITHDRAWN, ERASED = 0, 1, 2
"""How a line stands. Erased with `gone = 0`: the body is missing and not yet explained."""

PAYOUT = ("id", "leaf", "was", "gone", "standing", "seq", "household")
"""The columns of a line, in the order of the table; a test holds these to it."""


def listed(keys: Iterable[int]) -> str:
    """Keys of our own as the inside of an IN; none match for none."""
    return ", ".join(map(str, keys)) or "NULL"


# Lines, and the events behind them.
_LINES = (
    "SELECT payout.id, payout.leaf, payout.was, payout.gone, payout.standing, payout.seq, payout.household, "
    "leaf.head, leaf.body FROM payout LEFT JOIN leaf ON leaf.id = payout.leaf WHERE "
)
LINES_IN_SPAN = f"{_LINES} payout.id BETWEEN ? AND ? ORDER BY payout.id"
LINES_PLAIN = (
    "SELECT payout.id, payout.seq, payout.household, leaf.head, leaf.body "
    "FROM payout JOIN leaf ON leaf.id = payout.leaf WHERE payout.id BETWEEN ? AND ? "
    "AND payout.was = 0 AND payout.gone = 0 AND payout.standing = 0 "
    "AND payout.leaf >> 32 = payout.id >> 40 ORDER BY payout.id"  # of one log
)
"""Lines that stand as they were published: to read a cell takes a twentieth of the time to read a line."""

LINES_AT = f"{_LINES} payout.id IN ({{keys}}) ORDER BY payout.id"
LINES_OF_HOUSEHOLD = f"{_LINES} payout.household = ? ORDER BY payout.id DESC"
EVENT = "SELECT head, body FROM leaf WHERE id = ?"
HOUSEHOLD = "SELECT mark, name, group_name FROM household WHERE id = ?"
NAMESAKES = (
    "SELECT id FROM household WHERE surname = ? AND name = ? AND group_name = ? AND id BETWEEN ? AND ? "
    "AND id <> ? AND (mark = 0 OR ? = 0) ORDER BY id"
)
HOUSEHOLDS = "SELECT id, mark, name, group_name FROM household WHERE id IN ({keys})"
HOUSEHOLDS_PAID = "SELECT DISTINCT household FROM payout WHERE household <> 0 AND id BETWEEN ? AND ?"
FAMILIES = (
    "SELECT DISTINCT household.mark, household.name, household.group_name FROM payout "
    "JOIN household ON household.id = payout.household "
    "WHERE household.surname <> '' AND payout.id BETWEEN ? AND ?"
)

# What hangs in a village.
STATE = "SELECT version, trusted_floor FROM state WHERE id = 1"
MACHINES = "SELECT count(*), min(id) FROM state"
TRUST_FILES = "SELECT id, name, content FROM trust_file ORDER BY id"
VILLAGES = "SELECT DISTINCT village FROM log ORDER BY village"
LOG_OF_VILLAGE = "SELECT max(id) FROM log WHERE village = ?"
ORIGIN = "SELECT origin FROM log WHERE id = ?"
HEADS_SHOWN = (
    "SELECT sheet.batch, sheet.head FROM batch JOIN sheet "
    "ON sheet.batch = batch.id AND sheet.edition = batch.edition "
    "WHERE batch.id BETWEEN ? AND ? AND batch.state = 'shown' AND sheet.id BETWEEN ? AND ? "
    "ORDER BY batch.id DESC"
)
SHEETS_OF_LOG = "SELECT leaf, head FROM sheet WHERE id BETWEEN ? AND ?"
CLOSE_OF_SHEET = (
    "SELECT leaf.head, leaf.body FROM sheet JOIN leaf ON leaf.id = sheet.leaf "
    "WHERE sheet.batch = ? AND sheet.edition = ?"
)
HEAD_BY_CODE = "SELECT head FROM sheet WHERE code = ?"

# Old sheets: an edition as it was, and what was taken down.
EVENTS_TO = (
    "SELECT id, head, body FROM leaf WHERE id BETWEEN ? AND "
    "(SELECT leaf FROM sheet WHERE batch = ? AND edition = ?) ORDER BY id"
)
LEAVES_NAMED = "SELECT id, head, body FROM leaf WHERE id IN ({keys})"
GONE_IN_SPAN = "SELECT count(*) FROM payout WHERE standing <> 0 AND id BETWEEN ? AND ?"
CLOSES_OF_BATCH = "SELECT rec FROM sheet WHERE batch = ?"
_EVER_SHOWN = (
    "SELECT sheet.head, batch.id, batch.state FROM sheet JOIN batch ON batch.id = sheet.batch "
    "WHERE batch.state <> 'shown' AND "
)
SHEET_BY_CODE = f"{_EVER_SHOWN} sheet.code = ?"
NEWEST_OF_LIST = (
    f"{_EVER_SHOWN} batch.id BETWEEN ? AND ? AND batch.name = ? ORDER BY sheet.edition DESC LIMIT 1"
)
NOTICE_TAKEN_DOWN = (
    "SELECT log.village, notice.id, notice.withdrawn FROM notice "
    "JOIN log ON log.id = notice.id >> 32 WHERE notice.withdrawn <> 0 AND notice.code = ?"
)

NOTICE_WITH_CODE = "SELECT 1 FROM notice WHERE code = ?"
BODILESS = (
    "SELECT leaf.id, leaf.head, log.origin, log.village FROM leaf JOIN log ON log.id = leaf.id >> 32 "
    "WHERE leaf.body IS NULL ORDER BY leaf.id"
)

# People: letters, surnames, groups. `{on}`: the lists whose names may be shown.
ON_LISTS = "payout.id >> 24 IN ({keys})"
_ON = "EXISTS (SELECT 1 FROM payout WHERE payout.household = {whose} AND {{on}})"
TYPED = (
    "SELECT reading.id >> 6, reading.typed FROM reading WHERE reading.typed BETWEEN ? AND ? "
    f"AND {_ON.format(whose='reading.id >> 6')} ORDER BY reading.typed, reading.id LIMIT {{most}}"
)
TILES = (
    "SELECT {column}, count(*) FROM household WHERE {column} <> '' AND id BETWEEN ? AND ? "
    f"AND {_ON.format(whose='household.id')} GROUP BY {{column}} ORDER BY {{order}}"
)
HOUSEHOLDS_WITH = "SELECT id FROM household WHERE {column} = ? AND id BETWEEN ? AND ?"
NAMES_OF_LOG = "SELECT DISTINCT name FROM household WHERE surname <> '' AND id BETWEEN ? AND ?"
PEOPLE = (
    "SELECT household.id, household.name, household.group_name, household.surname, count(*) "
    "FROM household JOIN payout ON payout.household = household.id "
    "WHERE household.id IN ({keys}) AND {on} GROUP BY household.id"
)

# Notices of land cases.
NOTICES = (
    'SELECT notice.id, notice.rec, notice.code, notice.digest, notice."day", leaf.head, leaf.body '
    "FROM notice JOIN leaf ON leaf.id = notice.id WHERE notice.withdrawn = 0 AND "
)
NOTICES_OF_LOG = f"{NOTICES} notice.id BETWEEN ? AND ? ORDER BY notice.id"
NOTICES_OF_CASE = f"{NOTICES} notice.land_case = ? AND notice.id BETWEEN ? AND ? ORDER BY notice.id"
NOTICE = f"{NOTICES} notice.id = ?"
CASE_IDS = "SELECT DISTINCT land_case FROM notice WHERE withdrawn = 0 AND id BETWEEN ? AND ?"
NOTICE_BY_CODE = (
    "SELECT log.village, notice.id FROM notice JOIN log ON log.id = notice.id >> 32 WHERE notice.code = ?"
)
ENCLOSURES = (
    "SELECT leaf.head, leaf.body FROM enclosure JOIN leaf ON leaf.id = enclosure.id "
    "JOIN notice ON notice.rec = enclosure.notice AND notice.id >> 32 = enclosure.id >> 32 "
    "WHERE notice.withdrawn = 0 AND enclosure.id BETWEEN ? AND ? {of_notice} ORDER BY enclosure.id"
)
ENCLOSURES_EVER = (
    "SELECT leaf.head, leaf.body FROM enclosure JOIN leaf ON leaf.id = enclosure.id "
    "WHERE enclosure.id BETWEEN ? AND ? ORDER BY enclosure.id"
)
OF_NOTICE = "AND enclosure.notice = ?"

# Years that the county closed, and the lists they sum.
YEAR_CLOSED = (
    'SELECT annual.id, annual.code, annual.digest, annual."day", leaf.head, leaf.body '
    "FROM annual JOIN leaf ON leaf.id = annual.id "
    'WHERE annual."year" = ? AND annual.id BETWEEN ? AND ? ORDER BY annual.id DESC'
)
YEAR_EDITIONS = (
    'SELECT annual."year", annual.edition, annual.code, annual."day", annual.id '
    "FROM annual WHERE annual.id BETWEEN ? AND ? ORDER BY annual.id"
)
YEARS_CLOSED = 'SELECT DISTINCT annual."year" FROM annual WHERE annual.id BETWEEN ? AND ?'
YEAR_BY_CODE = (
    'SELECT log.village, annual."year" FROM annual JOIN log ON log.id = annual.id >> 32 WHERE annual.code = ?'
)
YEAR_LISTS = (
    "SELECT sheet.batch, sheet.rec, sheet.head, batch.state FROM sheet JOIN batch ON batch.id = sheet.batch "
    "WHERE sheet.phase = 'payment' AND sheet.\"year\" = ? AND sheet.id BETWEEN ? AND ? AND sheet.leaf < ? "
    "AND batch.state IN ('shown', 'waiting', 'withdrawn') ORDER BY sheet.id"
)

# What changed of late.
ADMITTED_BEFORE = 'SELECT max(id) FROM admission WHERE id BETWEEN ? AND ? AND "day" < ?'
EDITIONS = (
    "SELECT sheet.batch, sheet.leaf, sheet.rec, sheet.head, batch.state, sheet.edition = batch.edition "
    "FROM sheet JOIN batch ON batch.id = sheet.batch WHERE sheet.id BETWEEN ? AND ? ORDER BY sheet.id"
)
HEADS = "SELECT id, head FROM leaf WHERE id BETWEEN ? AND ? ORDER BY id"
NOTICES_EVER = "SELECT id, land_case, withdrawn FROM notice WHERE id BETWEEN ? AND ? ORDER BY id"
EVERY_NOTICE = (
    "SELECT notice.id, notice.code, notice.land_case, notice.withdrawn, leaf.head, leaf.body "
    "FROM notice JOIN leaf ON leaf.id = notice.id WHERE notice.id BETWEEN ? AND ? ORDER BY notice.id"
)

# How the archive is.
NEWEST_ADMISSION = "SELECT max(instant) FROM admission"
LOGS = "SELECT village, size, frozen_at <> '', unknown, stopped_at >= 0 FROM log ORDER BY id"
INCIDENTS = "SELECT count(*) FROM incident"
HELD_BATCHES = "SELECT name FROM batch WHERE why <> '' ORDER BY id"

# The nightly check.
LOGS_TO_VERIFY = "SELECT id, village, origin, size, frozen_at FROM log ORDER BY id"
LOGS_FOLDED = "SELECT id, next_household, stopped_at, unknown FROM log ORDER BY id"
WHOLE_TABLE = "SELECT * FROM {table} ORDER BY id"
FORKS = "SELECT id, origin, village, frozen_at, frozen_seen, frozen_other, note FROM log ORDER BY id"
LOG_KEPT = (
    "SELECT origin, size, note, frozen_at <> '', "
    "(SELECT max(instant) FROM admission WHERE id BETWEEN ? AND ?) FROM log WHERE id = ?"
)
LEAVES_OF_LINES = "SELECT leaf FROM payout WHERE id BETWEEN ? AND ? ORDER BY id"
ADMISSIONS = 'SELECT id, "day", instant FROM admission WHERE id BETWEEN ? AND ? ORDER BY id'
WITHHELD = "SELECT id, trouble FROM leaf WHERE trouble <> '' AND id BETWEEN ? AND ? ORDER BY id"
LOG_REACHED = "SELECT size, frontier FROM log WHERE id = ?"
NOT_HERE = (
    "SELECT village FROM log WHERE size = 0 AND frozen_at = '' "
    "AND EXISTS (SELECT 1 FROM admission WHERE admission.id >> 32 = log.id) ORDER BY id"
)
LEAVES = "SELECT id, head, body, trouble FROM leaf WHERE id BETWEEN ? AND ? ORDER BY id"
LOGS_KEPT = "SELECT id, village, size, note FROM log ORDER BY id"
REGISTER_LINES = "SELECT id, line FROM register_line ORDER BY id"
BATCHES_SHOWN = "SELECT count(*) FROM batch WHERE id BETWEEN ? AND ? AND state = 'shown'"
STRAY = "DELETE FROM {table} WHERE id >> {bits} NOT IN ({logs})"

# The fold: lines.
HEADS_OF_LINES = (
    "SELECT payout.id, payout.standing, leaf.head FROM payout JOIN leaf ON leaf.id = payout.leaf "
    "WHERE payout.id BETWEEN ? AND ? ORDER BY payout.id"
)
LINES_BY_SEQ = f"SELECT {', '.join(PAYOUT)} FROM payout WHERE id BETWEEN ? AND ? ORDER BY seq, id"
LEAF_AND_SEQ = "SELECT leaf, seq FROM payout WHERE id = ?"
UNEXPLAINED = "SELECT 1 FROM payout WHERE standing = 2 AND gone = 0 AND id BETWEEN ? AND ? LIMIT 1"
WITHDRAW_LINE = "UPDATE payout SET standing = 1, gone = ?, household = 0 WHERE id = ?"
ERASE_LINE = (
    "UPDATE payout SET standing = 2, gone = ?, household = 0 "
    "WHERE leaf = ? AND standing <> 1 AND id BETWEEN ? AND ?"
)
CORRECT = "UPDATE payout SET leaf = ?, was = ?, standing = ?, seq = ?, household = ? WHERE id = ?"
DROP_GONE = "DELETE FROM payout WHERE gone > 0 AND id BETWEEN ? AND ?"
PLACE = "UPDATE payout SET household = ? WHERE id = ?"
WIPE = "UPDATE leaf SET body = NULL WHERE id = ? AND body IS NOT NULL"
DAY_OF = "SELECT day FROM admission WHERE id > ? AND id <= ? ORDER BY id LIMIT 1"
LEAVES_FROM = "SELECT id, head, body, trouble FROM leaf WHERE id BETWEEN ? AND ? ORDER BY id LIMIT {at_once}"
BATCHES = (
    "SELECT id, name, state, edition, last_line, in_order, first_household, why FROM batch "
    "WHERE id BETWEEN ? AND ? ORDER BY id"
)
CODE_TAKEN = (
    "SELECT 1 FROM sheet WHERE code = ? UNION ALL SELECT 1 FROM notice WHERE code = ? "
    "UNION ALL SELECT 1 FROM annual WHERE code = ?"
)
STOPPED = "SELECT stopped_at >= 0 FROM log WHERE id = ?"
EMPTY = "DELETE FROM {table} WHERE id BETWEEN ? AND ?"
WAITING = (
    "SELECT leaf.id, leaf.head, leaf.body FROM change JOIN leaf ON leaf.id = change.id "
    "WHERE change.batch = ? ORDER BY change.id"
)

# The fold: households and readings.
NEXT_HOUSEHOLD = "SELECT next_household FROM log WHERE id = ?"
MARKS = "SELECT mark, id FROM household WHERE mark <> 0 AND id BETWEEN ? AND ?"
NAMES = "SELECT name, group_name, id FROM household WHERE id BETWEEN ? AND ? ORDER BY id"
KEYLESS_BEFORE = "SELECT 1 FROM household WHERE mark = 0 AND id BETWEEN ? AND ? LIMIT 1"
TO_JOIN = (
    "SELECT max(old.id), max(new.id), max(new.mark) FROM household AS new "
    "JOIN household AS old ON old.name = new.name AND old.group_name = new.group_name "
    "AND old.id BETWEEN ? AND ? WHERE new.id BETWEEN ? AND ? AND new.mark <> 0 "
    "AND old.id <> new.id GROUP BY new.group_name, new.name "
    "HAVING count(*) = 1 AND max(old.mark) = 0 AND max(old.id) < ? ORDER BY 1"
)
MOVE_LINES = "UPDATE payout SET household = ? WHERE household = ?"
DROP_HOUSEHOLD = "DELETE FROM household WHERE id = ?"
MARK_HOUSEHOLD = "UPDATE household SET mark = ? WHERE id = ?"
DROP_UNUSED = (
    "DELETE FROM household WHERE id BETWEEN ? AND ? "
    "AND NOT EXISTS (SELECT 1 FROM payout WHERE payout.household = household.id)"
)
NAMES_AFTER = "SELECT id, name FROM household WHERE id > ? AND id <= ? ORDER BY id LIMIT {at_once}"
NEWEST_READ = "SELECT max(id) >> 6 FROM reading WHERE id BETWEEN ? AND ?"
DROP_STALE_READINGS = (
    "DELETE FROM reading WHERE id BETWEEN ? AND ? "
    "AND NOT EXISTS (SELECT 1 FROM household WHERE household.id = reading.id >> 6)"
)
