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
from boards.sheets.land.views import CaseView, HungNotice

ATOM = "http://www.w3.org/2005/Atom"
LONGEST = 50  # entries
_NEVER = "1970-01-01T00:00:00Z"


def atom_feed(cases: Iterable[CaseView], village: Village, base_url: str) -> bytes:
    """The feed of one village; `base_url` is the county's public address."""
    hung = [one for case in cases for one in case.hung]
    hung.sort(key=lambda one: (one.notice.posted_on, one.notice.case_id, one.notice.number), reverse=True)
    hung = hung[:LONGEST]
    base, above = base_url.rstrip("/"), f"/v/{village.code}/land"
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-Hans-CN"})
    _text(feed, "id", f"{base}{above}/feed.atom")
    _text(feed, "title", f"{village.town}{village.name}征地公告")
    _text(feed, "updated", max((stamp_of(one) for one in hung), default=_NEVER))
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{above}/feed.atom"})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": above})
    _text(ET.SubElement(feed, "author"), "name", f"{village.county}人民政府")
    for one in hung:
        _entry(feed, one, base, above)
    ET.indent(feed, space=" ")
    body: bytes = ET.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _entry(feed: ET.Element, one: HungNotice, base: str, above: str) -> None:
    notice, entry = one.notice, ET.SubElement(feed, "entry")
    page = f"{above}/{quote(notice.case_id, safe='')}/{notice.number}"
    _text(entry, "id", f"{base}/N/{one.code}")
    _text(entry, "title", f"{notice.project}：{notice.title}")
    _text(entry, "published", stamp_of(one))
    _text(entry, "updated", stamp_of(one))
    _text(ET.SubElement(entry, "author"), "name", notice.issuer)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    ET.SubElement(entry, "category", {"term": notice.kind.value, "label": notice.title})
    summary = f"{notice.doc_no}，{notice.posted_on}张贴"
    if notice.term:
        summary += f"，公告期{notice.term}"
    if notice.stated_until:
        summary += f"，至{notice.stated_until}止"
    _text(entry, "summary", f"{summary}。")


def _text(above: ET.Element, name: str, text: str) -> None:
    ET.SubElement(above, name).text = text
