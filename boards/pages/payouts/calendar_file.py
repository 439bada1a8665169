"""One list's deadline for a calendar.

The deadline is in words (settled §36). While nobody has told of a posting its day is not known: the calendar
has the last day of the mark 正在公示, and says that it is not certain.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from boards.model.calendar.civil_day import CIVIL
from boards.model.place import Village
from boards.pages.land.calendar_file import calendar, escaped
from boards.sheets.views import Posted

NEVER = "1970-01-01T00:00:00Z"


def list_calendar(one: Posted, village: Village, base_url: str) -> bytes:
    """One list's deadline; its UID stays when its day becomes known."""
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
    head, day = one.head, one.deadline.until.day
    terms = head.terms
    where = "，".join(filter(None, (term_told(one), terms.phone, terms.address or "村委会")))
    event = [
        "BEGIN:VEVENT",
        f"UID:list-{village.code}-{head.batch}@{host}",
        f"DTSTAMP:{came(one).translate(str.maketrans('', '', '-:'))}",
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


def term_told(one: Posted) -> str:
    """The one deadline to object, in words."""
    return f"自张贴之日起{one.deadline.term}内可以提"


def came(one: Posted) -> str:
    """The beginning of the day it came here, never the clock: equal boards, equal bytes."""
    day = one.head.imported_on
    return f"{datetime.combine(day, time(), CIVIL).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if day else NEVER
