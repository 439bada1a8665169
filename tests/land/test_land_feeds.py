"""Notices as an Atom feed, deadlines as a calendar, files by their digest: valid, and equal for equal boards."""

import re
from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from boards.model.calendar.workdays import Certainty, LastDay
from boards.model.land.kinds import Act
from boards.model.land.periods import posting_end
from boards.pages.feeds.entries import notices_feed
from boards.pages.feeds.written import atom
from boards.pages.land.calendar_file import deadlines
from boards.sheets.land.case import all_acts, case_view
from boards.sheets.land.views import ActView
from sync.county.land.case_folder import case_folder
from sync.county.land.notice_of_stage import notices_of
from tests.land.land_house import CALENDAR, L1, PACK, RULES, VILLAGE, hung_from, village_of

BASE = "https://gongkai.example"
HERE = village_of(VILLAGE)
ATOM = "{http://www.w3.org/2005/Atom}"
FOUND = case_folder(L1 / "case.json")
NOTICES = [notice for _, notice in notices_of(FOUND.read.case, PACK.villages, FOUND.texts)]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def hung(upto: int = 6):
    """The first notices of L1 as they hang; the log published each at nine in the morning of its day."""
    from msgspec.structs import replace  # noqa: PLC0415

    plain = hung_from(NOTICES[:upto])
    return tuple(
        replace(
            one, issued=f"{one.notice.posted_on}T01:00:00Z", rec=f"land-abcdefghij-{one.notice.kind.value}-1"
        )
        for one in plain
    )


def read(raw: bytes) -> ET.Element:
    return ET.fromstring(raw)  # noqa: S314 - our own bytes


def fed(views) -> bytes:
    return atom(notices_feed(views, HERE, BASE, lambda one: posting_end(one, CALENDAR, RULES)))


def feed_of(upto: int = 6) -> ET.Element:
    view = case_view(hung(upto), HERE, date(2026, 3, 1), CALENDAR, RULES)
    return read(fed((view,)))


def test_the_feed_has_what_rfc_4287_asks_for():
    """Feed and entries have one id, title and updated each, an author, and instants as RFC 3339 writes them."""
    feed = feed_of()
    for one in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
        assert one.find(f"{ATOM}id").text.startswith(f"{BASE}/")
        assert INSTANT.fullmatch(one.find(f"{ATOM}updated").text)
        assert one.find(f"{ATOM}author/{ATOM}name").text
        assert len([link for link in one.findall(f"{ATOM}link") if link.get("rel") == "alternate"]) == 1
    ids = [one.find(f"{ATOM}id").text for one in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids) == 6
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"/v/{VILLAGE}/land/feed.atom"


def test_the_feed_is_dated_by_the_log_and_newest_first():
    """`updated` is the county's own instant; a new notice comes on top and leaves the others as they were."""
    feed, older = feed_of(), feed_of(5)
    dates = [one.find(f"{ATOM}updated").text for one in feed.iter(f"{ATOM}entry")]
    assert dates == sorted(dates, reverse=True)
    assert feed.find(f"{ATOM}updated").text == "2026-02-27T01:00:00Z"
    told = [ET.tostring(one) for one in feed.iter(f"{ATOM}entry")]
    assert told[1:] == [ET.tostring(one) for one in older.iter(f"{ATOM}entry")]
    first = next(feed.iter(f"{ATOM}entry"))
    assert (
        first.find(f"{ATOM}summary").text
        == "苕征付公〔2026〕7号，2026-02-27张贴，公示期7日，至2026-03-06止。"
    )


def test_a_day_that_may_move_is_no_date_of_a_feed():
    """The last day of a period is told where the calendar knows it; a provisional one stands on the page alone."""
    view = case_view(hung(4), HERE, date(2026, 3, 1), CALENDAR, RULES)
    for certainty, told in ((Certainty.OFFICIAL, ["2026-05-06"] * 4), (Certainty.WEEKEND_RULE, [])):
        last = LastDay(day=date(2026, 5, 6), certainty=certainty)
        raw = atom(notices_feed((view,), HERE, BASE, lambda _, last=last: last))
        assert re.findall("<dcterms:valid>(.*)</dcterms:valid>", raw.decode()) == told


def test_an_empty_feed_is_a_feed():
    """A village without cases still has a valid feed."""
    feed = read(fed(()))
    assert feed.find(f"{ATOM}updated").text == "1970-01-01T00:00:00Z"


def unfolded(raw: bytes) -> list[tuple[str, dict[str, str], str]]:
    """RFC 5545 read by its own grammar: lines end with CRLF, fold at 75 octets, are name;params:value."""
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    lines = raw[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    text = raw.decode().replace("\r\n ", "")
    told = []
    for line in text.split("\r\n")[:-1]:
        parts = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:,\"]+)*):(.*)", line)
        assert parts, line
        params = dict(one.split("=") for one in parts[2].split(";") if one)
        told.append(
            (parts[1], params, re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], parts[3]))
        )
    return told


def components(told) -> list[dict[str, str]]:
    """The events of a calendar, their names once each; BEGIN and END nest."""
    events, stack = [], []
    for name, _, value in told:
        if name == "BEGIN":
            stack.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert stack.pop() == value
        elif stack == ["VCALENDAR", "VEVENT"]:
            assert name not in events[-1], name
            events[-1][name] = value
    assert stack == []
    return events


def calendar_of(upto: int) -> list[dict[str, str]]:
    shown = hung(upto)
    return components(unfolded(deadlines(shown, all_acts(shown, CALENDAR, RULES), HERE, BASE)))


def test_the_deadlines_of_a_plan():
    """While the plan hangs: objecting, hearing and registering, each on its last day, all of the day."""
    events = calendar_of(4)
    assert [(one["SUMMARY"], one["DTSTART"], one["DTEND"]) for one in events] == [
        ("最后一天：提意见（竹垓小学迁建工程）", "20251201", "20251202"),
        ("最后一天：申请听证（竹垓小学迁建工程）", "20251201", "20251202"),
        ("最后一天：办理补偿登记（竹垓小学迁建工程）", "20251210", "20251211"),
    ]
    assert events[2]["LOCATION"] == "竹垓乡人民政府101室"
    assert "0572-0123456" in events[2]["DESCRIPTION"]
    assert {one["STATUS"] for one in events} == {"CONFIRMED"}


def test_uids_stay_and_stamps_come_from_the_log():
    """The same thing to do has the same UID after another notice; DTSTAMP is the log's, SEQUENCE rises."""
    before, after = calendar_of(3), calendar_of(4)
    uids = {one["UID"] for one in before}
    assert uids == {one["UID"] for one in after}
    assert len(uids) == 3
    assert all(one.endswith("@gongkai.example") for one in uids)
    assert {one["DTSTAMP"] for one in after} == {"20251101T010000Z"}
    assert int(after[0]["SEQUENCE"]) > int(before[0]["SEQUENCE"])
    assert {one["UID"].split("-")[0] for one in calendar_of(6)} == {"object", "review", "court"}


@given(
    st.text(st.characters(blacklist_categories=("Cs",)), max_size=120),
    st.text(st.characters(blacklist_categories=("Cs",)), max_size=120),
    st.sampled_from(Certainty),
)
def test_any_words_survive_folding_and_escaping(office, phone, certainty):
    """Whatever an office is called, lines stay within 75 octets and the words come back."""
    act = ActView(
        act=Act.OBJECT,
        until=LastDay(day=date(2026, 5, 6), certainty=certainty),
        days_left=3,
        office=office,
        phone=phone,
    )
    (event,) = components(unfolded(deadlines(hung(3), (act,), HERE, BASE)))
    if office:
        lines = office.replace("\r\n", "\n")
        assert event["LOCATION"] == "".join(c for c in lines if c == "\n" or (c >= " " and c != "\x7f"))
    assert event["STATUS"] == ("CONFIRMED" if certainty is Certainty.OFFICIAL else "TENTATIVE")
    assert ("暂定" in event["SUMMARY"]) == (certainty is not Certainty.OFFICIAL)
