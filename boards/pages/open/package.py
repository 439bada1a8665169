"""The files of one village's year as open data, and the package that describes them (Frictionless).

Whose data may be used how the county decides: while it has not said, the package names no licence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from boards.pages.frame.wording import under
from boards.pages.open.tables import TABLES, Table, csv
from boards.sheets.open_year import OpenYear

PACKAGE: Final = "datapackage.json"
MEDIA: Final = {"csv": "text/csv", "json": "application/json"}
RULE: Final = (
    "只有合计，没有任何人的信息。不足3户的名单不计入任何数字；更正只涉及1、2户的，仍用更正前的数字；"
    "敏感项目过了当年才有，只有户数和金额。 / Totals only, nobody's data. A list of fewer than three "
    "households is in no figure; a correction of one or two households is not followed; of a sensitive "
    "programme only households and sum, once the year is over."
)
_EMPTY: Final = b"[]\n"
_FORMATS: Final = {"date": "date", "decimal": "number"}


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a year's package."""

    profile: str
    name: str
    id: str
    title: str
    description: str
    contributors: tuple[dict[str, str], ...]
    resources: tuple[dict[str, Any], ...]


def files(year: OpenYear, base_url: str) -> dict[str, bytes]:
    """Every file by its name; `base_url` is the county's public address."""
    made: dict[str, bytes] = {}
    for table in TABLES:
        rows = [*table.rows(year)]
        made[f"{table.name}.csv"] = csv(rows, table.row)
        made[f"{table.name}.json"] = msgspec.json.encode(rows) + b"\n"
    return {PACKAGE: msgspec.json.encode(_package(year, base_url, made)) + b"\n", **made}


def title_of(year: OpenYear) -> str:
    """Whose year it is."""
    return f"{year.village.town}{year.village.name}{year.year}年惠农补贴和征地公开数据"


def _package(year: OpenYear, base_url: str, made: Mapping[str, bytes]) -> Package:
    village = year.village
    return Package(
        profile="data-package",
        name=f"village-{village.code}-{year.year}",
        id=f"{base_url.rstrip('/')}{under(village.code, 'open', str(year.year), PACKAGE)}",
        title=title_of(year),
        description=RULE,
        contributors=({"title": f"{village.county}人民政府", "role": "publisher"},),
        resources=tuple(
            _resource(table, ending, made[f"{table.name}.{ending}"])
            for table in TABLES
            for ending in MEDIA
            if made[f"{table.name}.{ending}"] != _EMPTY  # frictionless takes an empty list for no table
        ),
    )


def _resource(table: Table, ending: str, body: bytes) -> dict[str, Any]:
    return {
        "name": table.name if ending == "csv" else f"{table.name}-{ending}",
        "path": f"{table.name}.{ending}",
        "title": table.title,
        "profile": "tabular-data-resource",
        "format": ending,
        "mediatype": MEDIA[ending],
        "encoding": "utf-8",
        "bytes": len(body),
        "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    """The Table Schema of a table, from the types of its columns."""
    (columns,), parts = msgspec.json.schema_components([table.row])
    told = parts[columns["$ref"].rpartition("/")[2]]["properties"]
    return {
        "fields": [_field(name, told[name], name in table.key) for name in table.row.__struct_fields__],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }


def _field(name: str, column: dict[str, Any], required: bool) -> dict[str, Any]:
    one = next((part for part in column.get("anyOf", ()) if part["type"] != "null"), column)
    limits = {key: one[key] for key in ("minimum", "pattern") if key in one}
    told = {"name": name, "type": _FORMATS.get(one.get("format", ""), one["type"]), "title": column["title"]}
    if unit := column.get("unit"):
        told["unit"] = unit
    if limits or required:
        told["constraints"] = limits | ({"required": True} if required else {})
    return told
