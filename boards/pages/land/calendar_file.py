"""The deadlines of a land case for a phone's own calendar (iCalendar, RFC 5545), in Chinese like the sheets.

One event a thing to do, on its last day. Its UID stays when the day moves (a holiday notice, a plan
published again), and DTSTAMP is when the county published, never the clock: equal boards, equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from boards.model.land.kinds import Act
from boards.model.place import Village
from boards.sheets.land.views import ActView, HungNotice

LINE_BYTES = 75  # RFC 5545 §3.1, without the line break
NAMES = {
    Act.OBJECT: "提意见",
    Act.HEARING: "申请听证",
    Act.REGISTER: "办理补偿登记",
    Act.REVIEW: "申请行政复议",
    Act.COURT: "提起行政诉讼",
}


def deadlines(
    hung: tuple[HungNotice, ...], acts: tuple[ActView, ...], village: Village, base_url: str
) -> bytes:
    """A calendar with the last day of each act; `hung` are the notices of one case, not empty."""
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
    case = hung[0].rec.rsplit("-", 2)[0]  # land-abcdefghij-plan-1 → land-abcdefghij
    events = (_event(hung, act, f"{act.act.value}-{village.code}-{case}@{host}") for act in acts)
    return calendar(hung[-1].notice.project, events)


def calendar(name: str, events: Iterable[list[str]]) -> bytes:
    """A calendar of these events."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//village-kiosk//land deadlines//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        *(line for event in events for line in event),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def stamp_of(one: HungNotice) -> str:
    """When the county published a notice, RFC 3339; its day of posting where the log does not say."""
    return one.issued or f"{one.notice.posted_on}T00:00:00Z"


def _event(hung: tuple[HungNotice, ...], act: ActView, uid: str) -> list[str]:
    day, project = act.until.day, hung[-1].notice.project
    at = datetime.fromisoformat(max(map(stamp_of, hung))).astimezone(UTC)
    unsure = "（暂定）" if act.until.provisional else ""
    where = "，".join(filter(None, (act.office, act.phone)))
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{len(hung)}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(f'最后一天{unsure}：{NAMES[act.act]}（{project}）')}",
        *([f"DESCRIPTION:{escaped(where)}"] if where else ()),
        *([f"LOCATION:{escaped(act.office)}"] if act.office else ()),
        f"STATUS:{'TENTATIVE' if act.until.provisional else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-P3D",
        f"DESCRIPTION:{escaped(NAMES[act.act])}",
        "END:VALARM",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """TEXT of RFC 5545 §3.3.11."""
    for found, put in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(found, put)
    return "".join(char for char in text if char >= " " and char != "\x7f")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, no character cut; the following ones begin with a space (RFC 5545 §3.1)."""
    part, room = "", LINE_BYTES
    for char in line:
        width = len(char.encode())
        if width > room:
            yield part
            part, room = " ", LINE_BYTES - 1
        part, room = part + char, room - width
    yield part
