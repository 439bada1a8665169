"""A kiosk and the heartbeat: the newest note is kept, the board says how new it is, and the clock rises so far."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from boards.model.calendar.civil_day import AHEAD, silent
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.kept.events import KeptEvents
from kiosk_server.county_office.feed import feed_app
from kiosk_server.desk.after_pull import move_clock_on, vouched_for
from kiosk_server.desk.catch_up import Arrival, Pairing, Road, catch_up
from kiosk_server.desk.keeping import keep_source
from kiosk_server.desk.night_check import looked_after
from kiosk_server.desk.trusting import Nobody, learned
from kiosk_server.release import BUILT
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from sync.carriers.folder import FolderSource
from sync.carriers.http import HttpSource
from sync.carriers.road import SourceUnreachable
from sync.carriers.spool import Spool
from sync.county.heartbeat import beat
from sync.importer import Caught, fetch_anew
from sync.log.keys import new_key
from sync.log.note import Note, parse
from sync.trust.repository import Repository
from sync.trust.statement import Seat
from tests.line.beating import beating, stated
from tests.line.county_sim import NOW, OTHER, VILLAGE, copied, county, published, row
from tests.village import MASK, dump

pytestmark = [pytest.mark.thorough, pytest.mark.anyio, pytest.mark.sqlite]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    where = beating(county(tmp_path_factory.mktemp("grown") / "county"))
    published(where, [row(n) for n in range(3)])
    return where


class Kiosk:
    """A kiosk of the village, on a disk of its own."""

    def __init__(self, where, folder):
        self.county, self.folder, self.database = where, folder, folder / "archive.sqlite3"
        self.events = KeptEvents(folder / "events")

    async def with_road(self, act):
        async with Archive(self.database, self.county.pack, minimum_free_mb=0) as archive:
            source, trust = FolderSource(self.county.feed), self.county.trust()
            spool = Spool(self.folder / "spool")
            return await act(
                Road(villages=(VILLAGE,), source=source, shelf=archive, trust=trust, spool=spool), archive
            )

    async def pulled(self, now):
        """A pull and what it leaves to do; until when the county vouches, and the trusted floor."""

        async def pull(road, archive):
            arrivals = await catch_up(road, now)
            await archive.write_readings()
            with closing(Board(self.database, MASK)) as board:
                await move_clock_on(archive, board, arrivals, now, now)
                assert await keep_source(self.events, archive) is None
                return vouched_for(arrivals, road.trust, now), board.trusted_floor()

        return await self.with_road(pull)

    async def outcomes(self, now):
        """What the night says of the log and of the machine."""
        looked = await self.with_road(lambda road, archive: looked_after(road, archive, self.database, now))
        return [one.outcome for one in looked]


@pytest.fixture
def kiosk(grown, tmp_path):
    return Kiosk(copied(grown, tmp_path / "county"), tmp_path)


async def test_the_newest_note_is_kept_and_all_is_well_at_night(kiosk):
    """Database, kept events and the county have the same note; neither the night nor inspection calls it changed."""
    await kiosk.pulled(NOW)
    before = dump(kiosk.database)
    for days in (1, 2):
        beat(kiosk.county, NOW + days * DAY)
        as_of, _ = await kiosk.pulled(NOW + days * DAY + DAY / 2)
        assert as_of == NOW + days * DAY
    note = kiosk.county.log(VILLAGE).note()
    assert (kiosk.folder / "events" / "v" / VILLAGE / "checkpoint").read_bytes() == note
    with closing(reader(kiosk.database)) as db:
        assert [bytes(one) for (one,) in db.execute("SELECT note FROM log")] == [note]
    assert await kiosk.outcomes(NOW + 3 * DAY) == ["well", "well"]
    assert [name for name in before if before[name] != dump(kiosk.database)[name]] in (
        ["log"],
        ["log", "state"],
    )


async def test_a_mirror_that_replays_is_told_on_the_fourth_day(kiosk):
    """Pulls go well day after day, and the board says what is true: nobody vouches for it since the last heartbeat."""
    beat(kiosk.county, NOW)
    for days in range(6):
        as_of, _ = await kiosk.pulled(NOW + days * DAY)
        assert as_of == NOW
        assert silent(as_of, (NOW + days * DAY).date()) is (days > 3)


async def test_signed_by_others_the_same_log_is_well(kiosk):
    """After a rotation a kiosk takes the new signatures, also for a log that has to be fetched anew (settled 54)."""
    beat(kiosk.county, NOW)
    await kiosk.pulled(NOW)
    note, zhao = (
        parse(kiosk.county.log(VILLAGE).note()),
        new_key(f"{kiosk.county.settings.origin_prefix}/zhao"),
    )
    seats = tuple(
        Seat(person="zhao", office="publisher", key=str(zhao.verifier)) if one.office == "publisher" else one
        for one in Repository(kiosk.county.feed).said.seats
    )
    kiosk.county = stated(kiosk.county, seats=seats)
    again = Note(note.text, (zhao.signature(note.text), *note.signatures[1:])).render()
    kiosk.county.log(VILLAGE).signed_again(again)

    async def anew(road, archive):
        return await fetch_anew(road.source, archive, road.trust, road.spool, VILLAGE, NOW)

    assert await kiosk.with_road(anew) == 4
    await kiosk.pulled(NOW + DAY)
    assert await kiosk.outcomes(NOW + DAY) == ["well", "well"]


async def test_the_heartbeat_lifts_the_clock_so_far_and_no_further(kiosk):
    """One key alone, stolen or mistaken, moves the trusted clock 400 days past what both seats issued last (settled 55)."""
    issued = BUILT + 10 * DAY
    await kiosk.pulled(NOW)

    async def moved(heard, now):
        async def move(_, archive):
            archive.newest_issued = newest
            with closing(Board(kiosk.database, MASK)) as board:
                await move_clock_on(archive, board, [arrival(heard)], now)
                return board.trusted_floor()

        return await kiosk.with_road(move)

    async def newest():
        return issued

    unset = datetime(1970, 1, 1, tzinfo=UTC)  # a clock that lost its battery
    assert await moved(issued + 100 * DAY, unset) == issued + 100 * DAY
    for _ in range(3):
        await moved(issued + 5000 * DAY, unset)
    assert await moved(issued + 5000 * DAY, unset) == issued + AHEAD
    assert await moved(issued + 5000 * DAY, issued + 450 * DAY) == issued + AHEAD


async def test_what_both_seats_issued_last_is_read_from_the_log(kiosk):
    """The newest event's own instant, whatever the heartbeat says."""
    await kiosk.pulled(NOW)
    assert await kiosk.with_road(lambda _, archive: archive.newest_issued()) == NOW.replace(microsecond=0)


@pytest.fixture
def address(kiosk):
    """The county's own feed server, on a free port."""
    door = listening("127.0.0.1", 0)
    serving = server(feed_app(kiosk.county.feed))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [door]})
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    serving.should_exit = True
    thread.join(5)
    door.close()


async def test_a_quiet_pull_is_three_small_requests(kiosk, address, tmp_path):
    """Keys, pack and heartbeat included: the next root that is not there, the timestamp, the checkpoint."""
    beat(kiosk.county, NOW)
    pairing = Pairing(
        root=kiosk.county.feed / "trust" / "metadata" / "1.root.json", villages=(VILLAGE,), data=tmp_path
    )

    async def pulled(now):
        asked, source = [], HttpSource(address, memory=tmp_path / "memory")
        request = source.pool.request

        def told(method, url, **more):
            answer = request(method, url, **more)
            asked.append(
                (url.removeprefix(address), answer.status, int(answer.headers.get("Content-Length", 0)))
            )
            return answer

        source.pool.request = told
        async with Archive(kiosk.database, kiosk.county.pack, minimum_free_mb=0) as archive:
            road = Road(
                villages=(VILLAGE,),
                source=source,
                shelf=archive,
                trust=Nobody(),
                spool=Spool(tmp_path / "spool"),
                pairing=pairing,
            )
            assert await learned(road, archive, now) == ()
            (arrival,) = await catch_up(road, now)
        source.close()
        assert (arrival.refusal, arrival.as_of) == (None, max(now.replace(microsecond=0), NOW))
        return asked

    await pulled(NOW)
    for days, checkpoint in ((0, 304), (1, 200)):
        beat(kiosk.county, NOW + days * DAY)
        asked = await pulled(NOW + days * DAY)
        assert [(name.rpartition("/")[2], status) for name, status, _ in asked] == [
            ("2.root.json", 404),
            ("timestamp.json", 200),
            ("checkpoint", checkpoint),
        ]
        assert sum(size for _, _, size in asked) < 1000, asked


def arrival(heard=None, issued=None, village=VILLAGE, **more):
    return Arrival(
        village=village,
        caught=Caught(village=village, before=1, size=1, heard=heard),
        issued_at=issued,
        **more,
    )


class Beats:
    beats = True


@pytest.mark.parametrize(
    ("arrivals", "as_of"),
    [
        ((arrival(NOW - 2 * DAY), arrival(NOW - DAY, village=OTHER)), NOW - 2 * DAY),
        ((arrival(NOW - 2 * DAY, NOW - DAY),), NOW - DAY),
        ((arrival(NOW + 700 * DAY),), NOW),
        ((arrival(NOW), arrival(village=OTHER)), None),
        ((arrival(NOW), arrival(NOW, refusal=SourceUnreachable(why="x"))), None),
        ((), None),
    ],
)
def test_the_board_is_as_new_as_its_oldest_village(arrivals, as_of):
    """The oldest of what is vouched for, never ahead of the clock; nothing where a village has no word yet."""
    assert vouched_for(arrivals, Beats, NOW) == as_of


def test_without_heartbeats_a_pull_is_word_enough():
    """A county that signs none: as it was before."""

    class Silent:
        beats = False

    assert vouched_for((arrival(),), Silent, NOW) == NOW
