"""The lists that hang as an Atom feed, and one list's deadline for a calendar: sums and terms, never a name.

The deadline is in words (settled §36). While nobody has told of a posting its day is not known: the calendar
has the last day of the mark 正在公示, and says that it is not certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import quote
from xml.etree import ElementTree as ET

from boards.model.money import yuan
from boards.model.place import Village
from boards.pages.frame.tongue import MANDARIN
from boards.pages.land.atom import NEVER, begun, finished, told
from boards.pages.land.calendar_file import calendar, escaped
from boards.pages.payouts.lists import counted
from boards.sheets.views import Posted


def lists_feed(hanging: Iterable[Posted], village: Village, base_url: str) -> bytes:
    """The lists of a village whose names may be read today, the newest first."""
    shown = [one for one in hanging if one.open]
    base, above = base_url.rstrip("/"), f"/v/{village.code}"
    updated = max(map(_came, shown), default=NEVER)
    feed = begun(village, "补贴名单", base, f"{above}/payouts/feed.atom", f"{above}/programmes", updated)
    for one in shown:
        _entry(feed, one, base, above)
    return finished(feed)


def _entry(feed: ET.Element, one: Posted, base: str, above: str) -> None:
    head, entry = one.head, ET.SubElement(feed, "entry")
    told(entry, "id", f"{base}/N/{head.code}")
    told(entry, "title", head.title)
    told(entry, "updated", _came(one))
    page = f"{above}/payouts/{quote(head.batch, safe='')}"
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    money = f"，共{yuan(head.sum_fen)}元" if head.in_money else ""
    told(entry, "summary", f"{counted(one, MANDARIN)}{money}。{_deadline(one)}。")


def list_calendar(one: Posted, village: Village, base_url: str) -> bytes:
    """One list's deadline; its UID stays when its day becomes known."""
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
    head, day = one.head, one.deadline.until.day
    terms = head.terms
    where = "，".join(filter(None, (_deadline(one), terms.phone, terms.address or "村委会")))
    event = [
        "BEGIN:VEVENT",
        f"UID:list-{village.code}-{head.batch}@{host}",
        f"DTSTAMP:{_came(one).translate(str.maketrans('', '', '-:'))}",
        f"SEQUENCE:{head.edition}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(f'提意见（以张贴之日为准）：{head.title}')}",
        f"DESCRIPTION:{escaped(where)}",
        "STATUS:TENTATIVE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
    return calendar(head.title, [event])


def _deadline(one: Posted) -> str:
    return f"自张贴之日起{one.deadline.term}内可以提"


def _came(one: Posted) -> str:
    """The day it came here, never the clock: equal boards, equal bytes."""
    return f"{one.head.imported_on}T00:00:00Z" if one.head.imported_on else NEVER
