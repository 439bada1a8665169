"""A county's database in which somebody did something: what acts behind its tables, what was put into them."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest

from kiosk_server.archive.schema.tables import TABLES
from kiosk_server.kiosk import database
from tests.line.county_sim import county, published, row
from tests.stories.test_story_erased import Kiosk
from tests.stories.test_story_kept import PUT_IN, inspected

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # on PostgreSQL always: not once more


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list."""
    where = county(tmp_path_factory.mktemp("behind") / "county")
    published(where, [row(n, holder=f"户{n:03d}") for n in range(3)])
    return where


def at_the_database(kiosk):
    """Somebody who may do anything in its PostgreSQL database."""
    return closing(psycopg.connect(database(kiosk.settings), autocommit=True))


@pytest.fixture
def behind(founded, tmp_path, postgres, kept_fonts):
    """A kiosk on PostgreSQL that was inspected, and somebody at its database."""
    kiosk = Kiosk(founded, tmp_path, postgres.database, kept_fonts)
    kiosk.run("sync")
    kiosk.run("inspect")
    with at_the_database(kiosk) as db:
        yield kiosk, db.execute


@pytest.fixture(scope="module")
def countys(founded, tmp_path_factory, postgres, kept_fonts):
    """A kiosk on PostgreSQL that was inspected; whoever does something to it undoes it."""
    kiosk = Kiosk(founded, tmp_path_factory.mktemp("county"), postgres.database, kept_fonts)
    kiosk.run("sync")
    assert inspected(kiosk)[1] == "well"
    return kiosk


EVERY_TABLE = [*(table._meta.tablename for table in TABLES), "migration"]
BEHIND = {
    **{
        f"rule of {table}": (
            f"CREATE RULE r AS ON DELETE TO {table} DO ALSO NOTHING",
            f"DROP RULE r ON {table}",
        )
        for table in EVERY_TABLE
    },
    "view": (
        "ALTER TABLE annual RENAME TO theirs; CREATE VIEW annual AS SELECT * FROM theirs",
        "DROP VIEW annual; ALTER TABLE theirs RENAME TO annual",
    ),
    "trigger": (
        "CREATE TRIGGER t BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER t ON log",
    ),
    "constraint": (
        "ALTER TABLE payout ADD CONSTRAINT few CHECK (seq < 9999)",
        "ALTER TABLE payout DROP CONSTRAINT few",
    ),
    "reference": ("CREATE TABLE theirs (about bigint REFERENCES leaf)", "DROP TABLE theirs"),
    "heir": ("CREATE TABLE theirs () INHERITS (incident)", "DROP TABLE theirs"),
    "policy": ("ALTER TABLE leaf ENABLE ROW LEVEL SECURITY", "ALTER TABLE leaf DISABLE ROW LEVEL SECURITY"),
}


@pytest.mark.parametrize(("statement", "undone"), BEHIND.values(), ids=BEHIND)
def test_what_acts_behind_a_countys_tables_is_told(countys, statement, undone):
    """A rule of any table, a view in its place, a trigger and the like: nothing differs yet, and a person must look."""
    with at_the_database(countys) as db:
        db.execute(statement)
        assert inspected(countys)[:2] == (2, "damaged")
        db.execute(undone)


def test_what_acts_behind_a_countys_tables_is_told_in_words(behind):
    """And once it is gone all is well."""
    kiosk, act = behind
    act("CREATE RULE swallowed AS ON INSERT TO payout DO INSTEAD NOTHING")
    assert "数据库结构" in kiosk.run("inspect")
    act("DROP RULE swallowed ON payout")
    assert inspected(kiosk) == (0, "well", [])


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM state", "UPDATE log SET village = ''", PUT_IN["register row 0"].replace("x'41'", "'A'")],
)
def test_what_is_put_into_a_countys_database_is_told_once(behind, statement):
    """The row of the machine gone, a log of no village, a row too many: told, set right, and well the next night."""
    kiosk, act = behind
    act(statement)
    assert inspected(kiosk)[:2] == (1, "healed")
    assert inspected(kiosk) == (0, "well", [])


def test_the_doctor_finds_a_countys_archive_well(countys):
    """All that `kiosk doctor` looks at is ✓ with PostgreSQL; no reserve is asked of another machine's disk."""
    assert inspected(countys)[1] == "well"
    said = countys.run("doctor").splitlines()
    assert "征地信息" in next(line for line in said if not line.startswith("✓ ")), (
        "hangs nowhere in this county"
    )
    assert sum(line.startswith("✓ ") for line in said) == len(said) - 1
    assert not [line for line in said if "储备" in line]
