"""A feed as bytes: Atom (RFC 4287) for readers, JSON-LD with the words of schema.org, of the same entries.

Names are built on the county's public address and the short code, which stays with an entry for ever;
links are relative, so they lead back to whoever served the feed. All in Chinese, as the sheets are.
"""

from __future__ import annotations

import re
from datetime import date
from html import escape

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
    here = f"{feed.here}.atom"
    root = f'feed xmlns="{ATOM}" xmlns:dcterms="{TERMS}" xml:lang="{LANGUAGE}"'
    told = [
        _told("id", f"{feed.base}{here}"),
        _told("title", feed.title),
        _told("updated", feed.updated),
        _bare("link", rel="self", type="application/atom+xml", href=here),
        _bare("link", rel="alternate", type="text/html", href=feed.page),
        *_around("author", [_told("name", feed.author)]),
    ]
    for one in feed.entries:
        told += _around("entry", _entry(one, feed.base))
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', *_around(root, told), ""]).encode()


def _entry(one: Entry, base: str) -> list[str]:
    days = (("issued", one.published), ("valid", one.until), ("temporal", one.paid_on))
    return [
        _told("id", f"{base}/N/{one.code}"),
        _told("title", one.title),
        *([_told("published", one.updated)] if one.published else []),
        _told("updated", one.updated),
        *(_around("author", [_told("name", one.issuer)]) if one.issuer else []),
        _bare("link", rel="alternate", type="text/html", href=one.page),
        *([_bare("category", term=one.kind[0], label=_fit(one.kind[1]))] if all(one.kind) else []),
        _told("summary", one.summary),
        _told("dcterms:identifier", one.digest),
        *[_told(f"dcterms:{name}", str(day)) for name, day in days if day],
    ]


def _told(name: str, text: str) -> str:
    """One element with a text."""
    fit = escape(_fit(text), quote=False)
    return f"<{name}>{fit}</{name}>" if fit else f"<{name} />"


def _bare(name: str, **said: str) -> str:
    """One element with attributes alone."""
    attributes = [f'{key}="{escape(value)}"' for key, value in said.items()]
    return f"<{name} {' '.join(attributes)} />"


def _around(name: str, inner: list[str]) -> list[str]:
    """Elements within another, each on a line of its own; `name` may bring attributes."""
    return [f"<{name}>", *(f" {one}" for one in inner), f"</{name.partition(' ')[0]}>"]


def _fit(text: str) -> str:
    """A text without the signs no XML may hold, which would make the whole feed unreadable."""
    return _NEVER_IN_XML.sub("", text)
