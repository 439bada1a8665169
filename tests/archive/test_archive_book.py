"""The arrival book: what no log yields, in a second place, over power cuts and whoever edits it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.archive.arrival_book import ArrivalBook, Believed, BookTorn, Came, Forked, Said

ORIGIN = "notices.example/330590100201"


def came(size, *, before=0, first=None, day="2026-11-01", withheld=None):
    first = before if first is None else first
    return Came(1, ORIGIN, "330590100201", first, before, size, day, f"{day}T00:00:00+00:00", withheld or {})


@pytest.fixture
def book(tmp_path):
    return ArrivalBook(tmp_path / "archive.arrivals")


def days(said: Said) -> dict[int, str]:
    return {size: day for size, (day, _) in said.logs[ORIGIN].admitted.items()}


def test_what_was_written_is_said(book):
    """Days by size, what was withheld, the newest floor, the first fork."""
    fork, other = Forked(ORIGIN, "2026-11-03", b"\xff", b"2"), Forked(ORIGIN, "2026-11-04", b"3", b"4")
    book.write(came(3, withheld={1: "privacy"}), Believed("2026-11-02"))
    book.write(Believed("2026-11-01"), came(7, before=3, day="2026-11-05"), fork, other)
    said = book.said()
    assert days(said) == {3: "2026-11-01", 7: "2026-11-05"}
    assert (said.floor, said.logs[ORIGIN].withheld, said.logs[ORIGIN].forked) == (
        "2026-11-02",
        {1: "privacy"},
        fork,
    )


def test_a_book_is_begun_where_there_is_no_folder_yet(tmp_path):
    """Beside a database on another machine nobody else makes one: the first pull does."""
    book = ArrivalBook(tmp_path / "kiosk" / "data" / "archive.arrivals")
    book.write(came(3))
    assert days(book.said()) == {3: "2026-11-01"}


def test_an_arrival_that_never_reached_the_database_is_crossed_out(book):
    """The power failed between book and database: the next arrival goes on from where the database stood."""
    book.write(came(3), came(9, before=3, day="2026-11-02", withheld={5: "privacy"}))
    book.write(came(12, before=3, day="2026-11-03"))
    said = book.said()
    assert (days(said), said.logs[ORIGIN].withheld) == ({3: "2026-11-01", 12: "2026-11-03"}, {})


def test_a_log_fetched_anew_keeps_its_days(book):
    """Its leaves are judged again, its lists came when they came."""
    book.write(came(3, withheld={2: "privacy"}), came(9, before=3, day="2026-11-02"))
    book.write(came(9, before=9, first=0, day="2026-11-20", withheld={4: "privacy"}))
    said = book.said()
    assert (days(said), said.logs[ORIGIN].withheld) == ({3: "2026-11-01", 9: "2026-11-02"}, {4: "privacy"})


@given(cut=st.integers(1, 60))
def test_a_torn_line_is_none(tmp_path_factory, cut):
    """Whatever a power cut left of the last line is gone with the next."""
    book = ArrivalBook(tmp_path_factory.mktemp("book") / "archive.arrivals")
    book.write(came(3), came(9, before=3))
    book.path.write_bytes(book.path.read_bytes()[:-cut])
    assert days(book.said()) == {3: "2026-11-01"}
    book.write(came(10, before=3))
    assert days(book.said()) == {3: "2026-11-01", 10: "2026-11-01"}


@given(st.data())
def test_a_line_changed_or_taken_out_is_seen(tmp_path_factory, data):
    """Any byte of any line but the last, any line but the last."""
    book = ArrivalBook(tmp_path_factory.mktemp("book") / "archive.arrivals")
    book.write(came(3), came(9, before=3), Believed("2026-11-02"))
    raw = bytearray(book.path.read_bytes())
    lines = bytes(raw).splitlines(keepends=True)
    if data.draw(st.booleans()):
        del lines[data.draw(st.integers(0, 1))]
        book.path.write_bytes(b"".join(lines))
    else:
        at = data.draw(st.integers(0, len(lines[0]) + len(lines[1]) - 2))
        raw[at] ^= data.draw(st.integers(1, 255))
        book.path.write_bytes(raw)
    with pytest.raises(BookTorn):
        book.said()


def test_no_book_is_not_an_empty_one(book):
    """Somebody took it away."""
    with pytest.raises(BookTorn):
        book.said()


@pytest.mark.parametrize("first", [3, 0])
def test_a_book_that_begins_in_the_middle_is_none(book, first):
    """Somebody took it away, and the next pull, or the next night, began another: nothing is put back from that."""
    book.write(came(9, before=3 if first else 9, first=first))
    with pytest.raises(BookTorn):
        book.said()
