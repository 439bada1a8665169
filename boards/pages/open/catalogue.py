"""The catalogue of a village's open data (DCAT, as DCAT-AP profiles it) as JSON-LD.

Names are built on the county's public address; what can be fetched is named relatively, so it leads back to
whoever served the catalogue. Its context is inside: nothing foreign has to be fetched to read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from boards.model.place import Village
from boards.pages.frame.wording import under
from boards.pages.open.package import MEDIA, PACKAGE, RULE, title_of
from boards.pages.open.tables import TABLES
from boards.sheets.open_year import OpenYear

_DAY: Final = "http://www.w3.org/2001/XMLSchema#date"
_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_ACCESS: Final = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
_CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue of datasets in the words of DCAT."""

    context: dict[str, str] = msgspec.field(name="@context")
    id: str = msgspec.field(name="@id")
    type: str = msgspec.field(name="@type")
    title: dict[str, str] = msgspec.field(name="dct:title")
    description: tuple[dict[str, str], ...] = msgspec.field(name="dct:description")
    publisher: dict[str, str] = msgspec.field(name="dct:publisher")
    dataset: tuple[dict[str, Any], ...] = msgspec.field(name="dcat:dataset")


def catalogue(years: Iterable[OpenYear], village: Village, base_url: str) -> bytes:
    """One dataset a year, with a distribution for each file."""
    base = base_url.rstrip("/")
    said = Catalogue(
        context=_CONTEXT,
        id=f"{base}{under(village.code, 'open', 'catalog.jsonld')}",
        type="dcat:Catalog",
        title=_chinese(f"{village.town}{village.name}村务公开数据目录"),
        description=_both(RULE),
        publisher=_publisher(village),
        dataset=tuple(_dataset(year, base) for year in years),
    )
    return msgspec.json.encode(said) + b"\n"


def _dataset(year: OpenYear, base: str) -> dict[str, Any]:
    here = under(year.village.code, "open", str(year.year))
    spoken = {"dct:modified": _day(year.moved_on)} if year.moved_on else {}
    return {
        "@id": f"{base}{here}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{year.village.code}-{year.year}",
        "dct:title": _chinese(title_of(year)),
        "dct:description": _both(RULE),
        "dct:publisher": _publisher(year.village),
        "dcat:landingPage": {"@id": under(year.village.code, "open")},
        "dct:accessRights": {"@id": _ACCESS},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(f"{year.year}-01-01"),
            "dcat:endDate": _day(f"{year.year}-12-31"),
        },
        **spoken,
        "dcat:distribution": [
            _distribution(here, PACKAGE, "数据包说明 / data package", MEDIA["json"]),
            *(
                _distribution(here, f"{table.name}.{ending}", table.title, media)
                for table in TABLES
                for ending, media in MEDIA.items()
            ),
        ],
    }


def _distribution(here: str, file: str, title: str, media: str) -> dict[str, Any]:
    at = {"@id": f"{here}/{file}"}
    return {
        "@type": "dcat:Distribution",
        "dct:title": _both(title),
        "dcat:accessURL": at,
        "dcat:downloadURL": at,
        "dcat:mediaType": {"@id": f"{_TYPES}{media}"},
    }


def _publisher(village: Village) -> dict[str, str]:
    return {"@type": "foaf:Agent", "foaf:name": f"{village.county}人民政府"}


def _chinese(text: str) -> dict[str, str]:
    return {"@language": "zh-Hans", "@value": text}


def _both(text: str) -> tuple[dict[str, str], ...]:
    """A text in two languages, as the tables have it: each under its own tag."""
    chinese, _, english = text.partition(" / ")
    return _chinese(chinese), {"@language": "en", "@value": english}


def _day(day: object) -> dict[str, str]:
    return {"@type": _DAY, "@value": str(day)}
