"""Tokens without a flag day: who has none yet is let in for a while and named in the report; the lost are shut out."""

from __future__ import annotations

import fcntl
import os
import threading
from datetime import date, timedelta

import pytest

from sync.county.kiosks.door import Door
from sync.county.kiosks.passes import confirmed, drawn, given, issued, passes, revoked
from sync.county.kiosks.visits import VisitBook, visits
from tests.kiosks.kiosk_feed import asked, served
from tests.line.county_sim import NOW, OTHER, VILLAGE, county, published, row

pytestmark = pytest.mark.thorough

CHECKPOINT = f"/v/{VILLAGE}/checkpoint"
TRUST = "/trust/metadata/timestamp.json"
DAY = date(2025, 11, 23)


@pytest.fixture
def where(tmp_path):
    found = county(tmp_path / "county")
    published(found, [row(1)])
    return found


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


def test_up_to_the_last_day_of_grace_the_old_kiosks_still_pull(where):
    """Without a token: let in, village by village written down. On the day after: shut out."""
    clock = Clock()
    token = issued(where.folder, "lingdong", (VILLAGE,))
    with served(where, clock, grace=DAY + timedelta(days=1)) as address:
        assert asked(address + CHECKPOINT).status == 200
        clock.now += timedelta(days=1)
        assert [asked(address + CHECKPOINT, one).status for one in ("", token)] == [200, 200]
        assert asked(address + TRUST).status == 200
        clock.now += timedelta(days=1)
        assert [asked(address + CHECKPOINT, one).status for one in ("", token)] == [401, 200]
        assert asked(address + TRUST).status == 401
    seen = visits(where.folder)
    assert {name: (one.last, one.times) for name, one in seen.without.items()} == {
        VILLAGE: (DAY + timedelta(days=1), 2)
    }
    assert {name: (one.last, one.times) for name, one in seen.tokens.items()} == {
        "lingdong": (DAY + timedelta(days=2), 2)
    }


def test_a_day_of_grace_and_of_a_visit_ends_at_midnight_in_the_villages(where):
    """Eight hours before it does in Greenwich; a first visit of a day is on disk at once."""
    clock, token = Clock(), issued(where.folder, "lingdong", (VILLAGE,))
    door = Door(where.folder, clock, lambda: 0.0, DAY)
    for hour, may, day in ((15, "welcome", DAY), (16, "unknown", DAY + timedelta(days=1))):
        clock.now = NOW.replace(hour=hour)
        assert door.verdict("", VILLAGE) == may
        door.pulled(f"Bearer {token}", VILLAGE)
        assert visits(where.folder).tokens["lingdong"].last == day


def test_grace_is_for_those_without_a_token_only(where):
    """A token that was taken back opens nothing, from the next request on; nor does anybody's word."""
    token = issued(where.folder, "lost", (VILLAGE,))
    with served(where, Clock(), grace=DAY) as address:
        assert asked(address + CHECKPOINT, token).status == 200
        revoked(where.folder, "lost")
        assert [asked(address + CHECKPOINT, one).status for one in (token, "x")] == [401, 401]


def test_any_token_opens_the_trust_plane_and_no_other_village(where):
    """A kiosk needs the keys and the pack of its county, whichever villages are its own."""
    token = issued(where.folder, "other", (OTHER,))
    with served(where, Clock()) as address:
        assert [asked(address + one, token).status for one in (TRUST, CHECKPOINT)] == [200, 403]
        assert [asked(address + one).status for one in (TRUST, CHECKPOINT)] == [401, 401]
        root = asked(f"{address}/trust/metadata/1.root.json", token)
        assert "immutable" in root.headers["Cache-Control"]
        assert "no-cache" in asked(address + TRUST, token).headers["Cache-Control"]
        for name in ("metadata/2.root.json", "metadata/..%2f..%2fkeys%2fonline.pem", "metadata/x.json", ""):
            assert asked(f"{address}/trust/{name}", token).status == 404


def test_two_desks_that_give_and_take_tokens_at_once_lose_none(tmp_path):
    """Whoever comes second waits: a token written over would be a kiosk that is shut out, or a lost one that is not."""
    issued(tmp_path, "lost", (VILLAGE,))
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    desks = [
        threading.Thread(target=issued, args=(tmp_path, "new", (VILLAGE,))),
        threading.Thread(target=revoked, args=(tmp_path, "lost")),
    ]
    for desk in desks:
        desk.start()
        desk.join(0.02)
    meanwhile = [one.name for one in passes(tmp_path)]
    os.close(handle)
    for desk in desks:
        desk.join(10)
    assert (meanwhile, [one.name for one in passes(tmp_path)]) == (["lost"], ["new"])


def test_the_token_of_a_pairing_file_dies_with_it(where):
    """Found on a stick a month later it opens nothing; that of a kiosk that answered lasts."""
    clock = Clock()
    tokens = {"a": drawn(), "b": drawn()}
    for name, token in tokens.items():
        given(where.folder, name, (VILLAGE,), token, NOW + timedelta(days=14))
    confirmed(where.folder, "b", (VILLAGE,))
    with served(where, clock) as address:
        assert [asked(address + CHECKPOINT, one).status for one in tokens.values()] == [200, 200]
        clock.now += timedelta(days=14, seconds=1)
        assert [asked(address + CHECKPOINT, one).status for one in tokens.values()] == [401, 200]


def test_what_is_written_down_names_no_address_and_no_hour(where):
    """Names, villages, days, counts; and only its owner reads it."""
    issued(where.folder, "a", (VILLAGE,))
    with served(where, Clock(), grace=DAY) as address:
        asked(address + CHECKPOINT)
        for name in ("", "/checkpoint", "/tile/rows/000"):  # no pull, or no village of the county
            asked(f"{address}/v/330590999999{name}")
    path = where.folder / "visits.json"
    told = path.read_text()
    assert (
        told
        == f'{{"format":"county-visits/1","tokens":{{}},"without":{{"{VILLAGE}":{{"last":"2025-11-23","times":1}}}}}}'
    )
    assert path.stat().st_mode & 0o077 == 0


def test_a_book_that_cannot_be_read_or_written_keeps_nobody_out(where):
    """It decides nothing; it begins anew."""
    (where.folder / "visits.json").mkdir()
    issued(where.folder, "a", (VILLAGE,))
    with served(where, Clock(), grace=DAY) as address:
        assert asked(address + CHECKPOINT).status == 200


def test_a_book_is_written_once_a_minute_and_forgets_after_a_season(tmp_path):
    """A thousand kiosks do not wear out a disk; a village that changed over long ago is not named for ever."""
    seconds = [0.0]
    book = VisitBook(tmp_path, lambda: seconds[0])
    for at in (0, 1, 59):
        seconds[0] = at
        book.came("", VILLAGE, DAY)
    assert visits(tmp_path).without[VILLAGE].times == 1
    seconds[0] = 60
    book.came("", VILLAGE, DAY)
    assert visits(tmp_path).without[VILLAGE].times == 4
    book.came("", OTHER, DAY + timedelta(days=89))
    assert {*visits(tmp_path).without} == {VILLAGE, OTHER}
    book.came("a", OTHER, DAY + timedelta(days=90))
    assert {*visits(tmp_path).without} == {OTHER}
