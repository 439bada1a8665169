"""What an archive's catalogue asks of each item (件号, 题名, 责任者 …), beside the items (domain §3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import grouped
from boards.sheets.spreadsheet import Column, Table

if TYPE_CHECKING:
    from boards.sheets.dossier import Dossier, DossierItem

FORMAT = "village-metadata/1"


def as_json(dossier: Dossier) -> bytes:
    """All items, canonical: sorted keys, integers, one newline at the end."""
    whole = {
        "format": FORMAT,
        "village": dossier.village.code,
        "year": dossier.year,
        "as_of": dossier.as_of,
        "案卷题名": dossier.title,
        "立档单位": f"{dossier.village.county}{dossier.village.town}{dossier.village.name}",
        "保管期限": dossier.kept.words,
        "items": [{**_said(dossier, item), "文件": item.files} for item in dossier.items],
    }
    return msgspec.json.encode(whole, order="sorted") + b"\n"


def table(dossier: Dossier) -> Table:
    """The same, one row an item; the files of an item stand in one cell."""
    rows = [{**_said(dossier, item), "文件": _files(item)} for item in dossier.items]
    labels = tuple(rows[0]) if rows else ("件号",)
    cells = tuple(tuple(str(cell) for cell in row.values()) for row in rows)
    return Table((), tuple(map(Column, labels)), cells)


def _said(dossier: Dossier, item: DossierItem) -> dict[str, str | int]:
    return {
        "件号": item.number,
        "题名": item.title,
        "责任者": item.made_by,
        "日期": item.day.isoformat(),
        "保管期限": item.kept.words,
        "页数": item.pages,
        "档号": dossier.reference(item),
        "类别": item.kind.value,
        "校验码": item.digest,
        "短码": grouped(item.code) if item.code else "",
        "版次": item.edition,
        "状态": item.standing,
        "补录": "是" if item.backfilled else "否",
    }


def _files(item: DossierItem) -> str:
    return "；".join(f"{file.path} {file.sha256} {file.size_bytes}字节" for file in item.files)
