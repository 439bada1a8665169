"""A feed as bytes: Atom (RFC 4287) for readers, JSON-LD with the words of schema.org, of the same entries.

Names are built on the county's public address and the short code, which stays with an entry for ever;
links are relative, so they lead back to whoever served the feed. All in Chinese, as the sheets are.
"""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import msgspec

from boards.pages.feeds.entries import Entry, Feed

ATOM = "http://www.w3.org/2005/Atom"
TERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
LANGUAGE = "zh-Hans-CN"
_NEVER_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes."""

    type: str = msgspec.field(name="@type", default="GovernmentOrganization")
    name: str


class Work(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One list or notice: `identifier` is the digest (校验码) that stands on its page and paper."""

    type: str = msgspec.field(name="@type")
    id: str = msgspec.field(name="@id")
    identifier: str
    name: str
    url: str
    datePublished: str = ""  # noqa: N815 - words of schema.org
    dateModified: str  # noqa: N815
    expires: date | None = None
    temporalCoverage: date | None = None  # noqa: N815 - the day of payment
    publisher: Agency
    description: str


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as schema.org describes one."""

    context: dict[str, str | dict[str, str]] = msgspec.field(name="@context")
    type: str = msgspec.field(name="@type")
    id: str = msgspec.field(name="@id")
    name: str
    url: str
    inLanguage: str  # noqa: N815
    dateModified: str  # noqa: N815
    publisher: Agency
    dataFeedElement: tuple[Work, ...]  # noqa: N815


def linked(feed: Feed) -> bytes:
    """The feed as JSON-LD; its context is inside, nothing has to be fetched to read it."""
    said = Linked(
        context={"@vocab": SCHEMA, "url": {"@type": "@id"}},
        type="DataFeed",
        id=f"{feed.base}{feed.here}.jsonld",
        name=feed.title,
        url=feed.page,
        inLanguage=LANGUAGE,
        dateModified=feed.updated,
        publisher=Agency(name=feed.author),
        dataFeedElement=tuple(_work(one, feed) for one in feed.entries),
    )
    return msgspec.json.encode(said) + b"\n"


def _work(one: Entry, feed: Feed) -> Work:
    return Work(
        type="CreativeWork",
        id=f"{feed.base}/N/{one.code}",
        identifier=one.digest,
        name=one.title,
        url=one.page,
        datePublished=one.published,
        dateModified=one.updated,
        expires=one.until,
        temporalCoverage=one.paid_on,
        publisher=Agency(name=one.issuer or feed.author),
        description=one.summary,
    )


def atom(feed: Feed) -> bytes:
    """The feed as Atom; digest, last day and day of payment in the words of Dublin Core."""
    root = ET.Element("feed", {"xmlns": ATOM, "xmlns:dcterms": TERMS, "xml:lang": LANGUAGE})
    here = f"{feed.here}.atom"
    _told(root, "id", f"{feed.base}{here}")
    _told(root, "title", feed.title)
    _told(root, "updated", feed.updated)
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    _told(ET.SubElement(root, "author"), "name", feed.author)
    for one in feed.entries:
        _entry(ET.SubElement(root, "entry"), one, feed.base)
    ET.indent(root, space=" ")
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _entry(entry: ET.Element, one: Entry, base: str) -> None:
    _told(entry, "id", f"{base}/N/{one.code}")
    _told(entry, "title", one.title)
    if one.published:
        _told(entry, "published", one.updated)
    _told(entry, "updated", one.updated)
    if one.issuer:
        _told(ET.SubElement(entry, "author"), "name", one.issuer)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": one.page})
    if all(one.kind):
        ET.SubElement(entry, "category", {"term": one.kind[0], "label": _fit(one.kind[1])})
    _told(entry, "summary", one.summary)
    _told(entry, "dcterms:identifier", one.digest)
    for name, day in (("issued", one.published), ("valid", one.until), ("temporal", one.paid_on)):
        if day:
            _told(entry, f"dcterms:{name}", str(day))


def _told(above: ET.Element, name: str, text: str) -> None:
    """One element with a text."""
    ET.SubElement(above, name).text = _fit(text)


def _fit(text: str) -> str:
    """A text without the signs no XML may hold, which would make the whole feed unreadable."""
    return _NEVER_IN_XML.sub("", text)
