"""The notices of a village's land cases as an Atom feed (RFC 4287), the newest first, in Chinese.

Dates are those of the signed log, never of the clock, so equal boards give equal bytes. Ids are built
on the county's public address and the notice's short code, which stays with it for ever; links are
relative, so they lead back to whoever served the feed.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from xml.etree import ElementTree as ET

from boards.model.place import Village
from boards.pages.land.calendar_file import stamp_of
from boards.sheets.land.notice_text import period_name
from boards.sheets.land.views import CaseView, HungNotice

ATOM = "http://www.w3.org/2005/Atom"
LONGEST = 50  # entries
NEVER = "1970-01-01T00:00:00Z"


def atom_feed(cases: Iterable[CaseView], village: Village, base_url: str) -> bytes:
    """The feed of one village; `base_url` is the county's public address."""
    hung = [one for case in cases for one in case.hung]
    hung.sort(key=lambda one: (one.notice.posted_on, one.notice.case_id, one.notice.number), reverse=True)
    hung = hung[:LONGEST]
    base, above = base_url.rstrip("/"), f"/v/{village.code}/land"
    updated = max((stamp_of(one) for one in hung), default=NEVER)
    feed = begun(village, "征地公告", base, f"{above}/feed.atom", above, updated)
    for one in hung:
        _entry(feed, one, base, above)
    return finished(feed)


def begun(  # noqa: PLR0913, PLR0917 - what a feed says of itself
    village: Village, about: str, base: str, here: str, page: str, updated: str
) -> ET.Element:
    """A feed of a village without entries; `here` is its own path, `page` the one it belongs to."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-Hans-CN"})
    told(feed, "id", f"{base}{here}")
    told(feed, "title", f"{village.town}{village.name}{about}")
    told(feed, "updated", updated)
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    told(ET.SubElement(feed, "author"), "name", f"{village.county}人民政府")
    return feed


def finished(feed: ET.Element) -> bytes:
    """The bytes of a feed."""
    ET.indent(feed, space=" ")
    body: bytes = ET.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _entry(feed: ET.Element, one: HungNotice, base: str, above: str) -> None:
    notice, entry = one.notice, ET.SubElement(feed, "entry")
    page = f"{above}/{quote(notice.case_id, safe='')}/{notice.number}"
    told(entry, "id", f"{base}/N/{one.code}")
    told(entry, "title", f"{notice.project}：{notice.title}")
    told(entry, "published", stamp_of(one))
    told(entry, "updated", stamp_of(one))
    told(ET.SubElement(entry, "author"), "name", notice.issuer)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    ET.SubElement(entry, "category", {"term": notice.kind.value, "label": notice.title})
    summary = f"{notice.doc_no}，{notice.posted_on}张贴"
    if notice.term:
        summary += f"，{period_name(notice.title)}{notice.term}"
    if notice.stated_until:
        summary += f"，至{notice.stated_until}止"
    told(entry, "summary", f"{summary}。")


def told(above: ET.Element, name: str, text: str) -> None:
    """One element with a text."""
    ET.SubElement(above, name).text = text
