"""The nightly look: whatever somebody changed in the database is found, and set right from the log or the county."""

import shutil
from contextlib import closing

import pytest

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.arrival_book import book_of
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import writer
from kiosk_server.cli.kiosk.verify import told
from kiosk_server.desk.catch_up import Road, catch_up
from kiosk_server.desk.night_check import looked_after
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.county.publish import changes, publisher
from sync.log.tree import extended, leaf_hash
from tests.line.county_sim import NOW, VILLAGE, copied, county, published, row
from tests.village import REASON, dump

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
BATCH = "330590-farmland_fertility-2025-01"


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A county with two lists in the village, one of them with an erased line."""
    where = county(tmp_path_factory.mktemp("grown") / "county")
    published(where, [row(n) for n in range(5)])
    published(where, [row(n) for n in range(3)], "2025-02")
    made = changes.erase(where, VILLAGE, f"{BATCH}-0002", REASON, NOW)
    publisher.review(where, made.id, NOW)
    publisher.publish(where, made.id, NOW)
    return where


class Kiosk:
    """A kiosk that has everything, and somebody at its database."""

    def __init__(self, where, folder):
        self.county, self.database = where, folder / "archive.sqlite3"
        self.spool = Spool(folder / "spool")

    async def _with(self, act):
        async with Archive(self.database, self.county.pack, minimum_free_mb=0) as archive:
            source, trust = FolderSource(self.county.feed), self.county.trust()
            return await act(
                Road(villages=(VILLAGE,), source=source, shelf=archive, trust=trust, spool=self.spool),
                archive,
            )

    async def synced(self):
        """Pull."""
        await self._with(lambda road, _: catch_up(road, NOW))
        await self._with(lambda _, archive: archive.write_readings())
        self.before = dump(self.database)

    async def looked(self):
        """The nightly look; what became of the village."""
        one, self.machine = await self._with(
            lambda road, archive: looked_after(road, archive, self.database, NOW)
        )
        return one

    def origins(self):
        with closing(writer(self.database)) as db:
            return [origin for (origin,) in db.execute("SELECT origin FROM log")]

    def touched(self, *statements):
        """Somebody edits the database."""
        with closing(writer(self.database)) as db:
            for statement in statements:
                assert db.execute(statement).rowcount != 0


@pytest.fixture
async def kiosk(grown, tmp_path, anyio_backend):
    found = Kiosk(copied(grown, tmp_path / "county"), tmp_path)
    await found.synced()
    return found


async def test_what_is_as_it_came_is_left_alone(kiosk):
    """Nothing is written, and one line says what was checked."""
    one = await kiosk.looked()
    assert (one.outcome, dump(kiosk.database)) == ("well", kiosk.before)
    assert told(one) == f"✓ {VILLAGE}：13 条记录与县里的签名一致，公开的 2 批逐行相符"


async def test_a_pull_that_was_stopped_is_no_change(kiosk):
    """The power went after the lists were here and before their letters: nobody is told of an edit."""
    published(kiosk.county, [row(7)], "2025-03")
    await kiosk._with(lambda road, _: catch_up(road, NOW))
    assert ((await kiosk.looked()).outcome, kiosk.machine.outcome) == ("well", "well")


async def test_what_nobody_foresaw_in_one_log_ends_no_look(kiosk, monkeypatch):
    """A log that cannot be fetched, for whatever reason, is told; the others' turn comes, and the next look heals it."""
    kiosk.touched("DELETE FROM leaf WHERE id % 65536 = 3")
    with monkeypatch.context() as odd:
        odd.setattr(FolderSource, "checkpoint", lambda *_: {}["甲"])
        one = await kiosk.looked()
    assert (one.outcome, one.refusal.code) == ("damaged", "pull-broke")
    assert "甲" not in told(one)
    assert (await kiosk.looked()).outcome == "fetched"


def every(*statements, outcome):
    """One at a time, each found and set right in this way."""
    return [([one] if isinstance(one, str) else one, outcome) for one in statements]


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        *every(
            "UPDATE payout SET leaf = leaf - 1 WHERE id % 16777216 = 4",
            "UPDATE payout SET seq = seq + 40 WHERE id % 16777216 = 4",
            "DELETE FROM payout WHERE id % 16777216 = 2",
            "UPDATE household SET mark = mark + 1 WHERE id % 65536 = 3",
            "UPDATE household SET name = '甲甲' WHERE id % 65536 = 3",
            "UPDATE household SET surname = '' WHERE id % 65536 = 3",
            "UPDATE payout SET household = household + 1 WHERE id % 16777216 = 2",
            "DELETE FROM sheet",
            outcome="rebuilt",
        ),
        *every(
            "DELETE FROM leaf WHERE id % 65536 = 3",
            "UPDATE leaf SET body = NULL WHERE id % 65536 = 3",
            "UPDATE leaf SET head = body WHERE id % 65536 = 3",
            outcome="fetched",
        ),
    ],
)
async def test_whatever_was_touched_is_set_right(kiosk, statements, outcome):
    """Tables are made again from the log, a log is fetched again from the county: byte-equal afterwards."""
    await set_right(kiosk, statements, outcome)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        (["UPDATE sheet SET head = '{}'"], "rebuilt"),
        *every(
            "UPDATE leaf SET body = CAST(replace(body, '甲', '乙') AS BLOB) WHERE id % 65536 = 0",
            "UPDATE leaf SET head = CAST(head || ' ' AS BLOB) WHERE id % 65536 = 0",
            "UPDATE leaf SET head = 5 WHERE id % 65536 = 0",
            "UPDATE leaf SET body = '甲' WHERE id % 65536 = 0",
            "UPDATE leaf SET body = CAST(x'e69eff' AS TEXT) WHERE id % 65536 = 0",
            "UPDATE log SET frontier = x''",
            "UPDATE log SET note = x'00'",
            "UPDATE log SET note = CAST(replace(note, char(10), '') AS BLOB)",
            ["DELETE FROM leaf", "DELETE FROM payout", "UPDATE log SET size = 0, frontier = x''"],
            outcome="fetched",
        ),
    ],
)
async def test_whatever_sqlite_lets_in_is_set_right(kiosk, statements, outcome):
    """Any value in any column."""
    await set_right(kiosk, statements, outcome)


async def set_right(kiosk, statements, outcome):
    kiosk.touched(*statements)
    one = await kiosk.looked()
    assert (one.outcome, one.refusal) == (outcome, None)
    assert dump(kiosk.database) == kiosk.before
    assert (await kiosk.looked()).outcome == "well"
    assert told(one).startswith("! ")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM state"],
        ["UPDATE state SET id = 7, trusted_floor = '2020-01-01T00:00:00+00:00'"],
        ["UPDATE admission SET day = '2020-01-01'"],
        ["DELETE FROM admission"],
        ["DELETE FROM log"],
        ["UPDATE log SET id = 9"],
        ["UPDATE log SET village = '330590100202'"],
        ["UPDATE log SET frozen_at = '2026-01-01', frozen_seen = x'00', frozen_other = x'01'"],
        ["UPDATE leaf SET body = NULL, trouble = 'privacy' WHERE id % 65536 = 3"],
        [
            "INSERT INTO payout SELECT id + 4503599627370496, leaf, was, gone, standing, seq, household FROM payout"
        ],
        ["INSERT INTO reading SELECT id + 1, typed FROM reading WHERE id = (SELECT max(id) FROM reading)"],
    ],
)
async def test_what_no_log_yields_is_put_back_from_the_book(kiosk, statements):
    """The day a list came, what was withheld, a fork nobody saw, the log itself: byte-equal afterwards."""
    kiosk.touched(*statements)
    assert (await kiosk.looked()).outcome in {"rebuilt", "fetched", "well"}
    assert kiosk.machine.outcome in {"rebuilt", "well"}
    assert dump(kiosk.database) == kiosk.before
    assert ((await kiosk.looked()).outcome, kiosk.machine.outcome) == ("well", "well")


@pytest.mark.sqlite
async def test_a_damaged_log_is_not_made_into_tables(kiosk):
    """Offline, with a log bent by hand: neither the night nor `rebuild` brings what he wrote onto the board."""
    kiosk.touched("UPDATE leaf SET body = replace(body, '429', '999') WHERE id % 65536 = 0")
    shutil.rmtree(kiosk.county.feed)
    before = dump(kiosk.database)
    assert (await kiosk.looked()).outcome == "damaged"
    assert await kiosk._with(lambda _, archive: archive.rebuild()) == (0, (VILLAGE,))
    assert dump(kiosk.database) == before


BENT = {
    "gone": lambda book: book.unlink(),
    "begun later": lambda book: book.write_bytes(book.read_bytes().split(b"\n", 1)[1]),
    "ended before": lambda book: book.write_bytes(b"".join(book.read_bytes().splitlines(keepends=True)[:-1])),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("bent", BENT.values(), ids=BENT)
async def test_a_book_that_is_gone_or_bent_needs_a_person(kiosk, bent):
    """Nothing is healed from it; it is told every night until somebody runs `kiosk rebuild`."""
    bent(book_of(kiosk.database))
    assert ((await kiosk.looked()).outcome, kiosk.machine.outcome) == ("well", "damaged")
    assert "kiosk rebuild" in told(kiosk.machine)
    assert dump(kiosk.database) == kiosk.before
    await kiosk._with(lambda _, archive: archive.rebuild())
    assert ((await kiosk.looked()).outcome, kiosk.machine.outcome) == ("well", "well")


@pytest.mark.sqlite
async def test_a_pull_does_not_hide_that_the_book_is_gone(kiosk):
    """The days of what came before stay as they are; it is told until somebody has looked."""
    book_of(kiosk.database).unlink()
    published(kiosk.county, [row(7)], "2025-04")
    await kiosk.synced()
    assert ((await kiosk.looked()).outcome, kiosk.machine.outcome) == ("well", "damaged")
    assert dump(kiosk.database) == kiosk.before


async def test_a_fork_is_told_as_a_fork(kiosk):
    """Frozen with its evidence: not damage, and not well either; the evidence stands in the book too."""
    (origin,) = kiosk.origins()
    await kiosk._with(lambda _, archive: archive.freeze(origin, (b"one", b"other"), NOW))
    one = await kiosk.looked()
    assert one.outcome == "forked"
    assert "互相矛盾" in told(one)
    kiosk.touched("UPDATE log SET frozen_at = ''")
    assert (await kiosk.looked()).outcome == "forked"


def swapped(kiosk):
    """Heads and frontier changed to fit each other make a tree, but not the one both keys signed."""
    with closing(writer(kiosk.database)) as db:
        heads = [head for (head,) in db.execute("SELECT head FROM leaf ORDER BY id")]
        heads[-1] += b" "
        frontier = b"".join(extended(0, (), map(leaf_hash, heads)))
        db.execute("UPDATE leaf SET head = ? WHERE id = (SELECT max(id) FROM leaf)", (heads[-1],))
        db.execute("UPDATE log SET frontier = ?", (frontier,))


async def test_another_log_of_equal_length_is_not_the_signed_one(kiosk):
    """It is fetched again."""
    swapped(kiosk)
    assert (await kiosk.looked()).outcome == "fetched"
    assert dump(kiosk.database) == kiosk.before


async def test_another_log_is_not_made_into_tables(kiosk):
    """Nobody signed it: offline, the boards keep what was made of the county's."""
    swapped(kiosk)
    kiosk.touched("UPDATE household SET name = '甲甲' WHERE id % 65536 = 3")
    shutil.rmtree(kiosk.county.feed)
    before = dump(kiosk.database)
    assert (await kiosk.looked()).outcome == "damaged"
    assert dump(kiosk.database) == before


async def test_without_the_county_the_damaged_log_stays_as_it_is(kiosk):
    """Not healed, told with the reason, and the undamaged list is still read."""
    kiosk.touched("UPDATE leaf SET body = head WHERE id % 65536 = 0")
    shutil.rmtree(kiosk.county.feed)
    damaged = dump(kiosk.database)
    one = await kiosk.looked()
    assert (one.outcome, one.refusal.code) == ("damaged", "file-not-there")
    assert told(one).startswith("✗ ")
    assert dump(kiosk.database) == damaged
    board = Board(kiosk.database, kiosk.county.pack.mask)
    assert len(board.whole(VILLAGE, "330590-farmland_fertility-2025-02").lines) == 3
    board.close()


async def test_an_older_county_does_not_take_a_newer_logs_place(kiosk, tmp_path):
    """The newest checkpoint seen before holds for healing too: an old copy of the feed is refused."""
    now = kiosk.county
    kiosk.county = copied(now, tmp_path / "old")
    published(now, [row(1)], "2025-03")
    kiosk.county, old = now, kiosk.county
    await kiosk.synced()
    kiosk.county = old
    kiosk.touched("DELETE FROM leaf WHERE id % 65536 = 3")
    one = await kiosk.looked()
    assert (one.outcome, one.refusal.code) == ("damaged", "log-shorter")
