"""The first page of a village's year: opens from the stick in any browser, without a server or script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from minijinja import Environment

from boards.model.calendar.civil_day import CIVIL
from boards.model.codes import grouped
from boards.model.kept.retention import ArchiveKind
from boards.model.money import yuan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.sheets.dossier import Dossier, DossierItem
    from boards.sheets.sheet import Sheet

YEAR = "年度汇总"
CHECKER = quote("../../核对工具/verify.html")
BESIDE = (
    ("目录", "Contents", "目录.pdf"),
    ("案卷封面", "Cover", "案卷封面.pdf"),
    ("登记簿", "Register", "登记簿.pdf"),
    ("元数据", "Metadata", "metadata.csv"),
)
KINDS = (
    ((ArchiveKind.ANNUAL,), "年度汇总", "The year in figures"),
    ((ArchiveKind.LIST,), "发放公示表", "Payments"),
    ((ArchiveKind.APPLICATION,), "申报公示表", "Applications"),
    ((ArchiveKind.NOTICE, ArchiveKind.ATTACHMENT), "征地公告", "Land notices"),
    ((ArchiveKind.BACKFILL, ArchiveKind.REGISTER), "补录和登记", "Taken in later, register"),
)


class Link(msgspec.Struct, frozen=True):
    """A file of an item: what it is called here, and where it lies."""

    label: str
    href: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One item on the page."""

    number: int
    title: str
    facts: tuple[str, ...]
    standing: str
    links: tuple[Link, ...]


class Section(msgspec.Struct, frozen=True):
    """Items of one kind under their heading, Chinese and English."""

    heading: str
    english: str
    items: tuple[Shown, ...]


def pages(dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    """The page and its stylesheet, by path below data/."""
    yield "index.html", _page(dossier).encode()
    yield "index.css", files("kiosk_server.dossier").joinpath("index.css").read_bytes()


def stem(dossier: Dossier, sheet: Sheet) -> str:
    """What the files of a list are called, without their ending: as its PDF, which the bag named."""
    named = (sheet.head.batch, sheet.head.edition)
    item = next(item for item in dossier.items if (item.record, item.edition) == named)
    return next((PurePosixPath(file.path).stem for file in item.files), f"{item.number:02d}")


@cache
def _template() -> Environment:
    text = files("kiosk_server.dossier").joinpath("index.html").read_text("utf-8")
    return Environment(templates={"index.html": text}, trim_blocks=True, lstrip_blocks=True)


def _page(dossier: Dossier) -> str:
    shown = {item.number: _shown(item, table) for item, table in _with_tables(dossier)}
    sections = (
        Section(heading, english, tuple(shown[item.number] for item in dossier.items if item.kind in kinds))
        for kinds, heading, english in KINDS
    )
    return _template().render_template(
        "index.html",
        village=msgspec.to_builtins(dossier.village),
        title=dossier.title,
        year=dossier.year,
        as_of=f"{dossier.as_of.astimezone(CIVIL):%Y-%m-%d %H:%M}",
        note=dossier.note,
        kept=dossier.kept.words,
        checker=CHECKER,
        totals=_totals(dossier),
        beside=[(label, english, quote(path)) for label, english, path in BESIDE],
        sections=[section for section in sections if section.items],
        checkpoint=f"{dossier.size:,} · {dossier.root}",
        origin=dossier.origin,
    )


def _with_tables(dossier: Dossier) -> Iterator[tuple[DossierItem, str]]:
    """Each item with the name of its tables, "" where it has none."""
    lists = {(sheet.head.batch, sheet.head.edition): stem(dossier, sheet) for sheet in dossier.sheets}
    for item in dossier.items:
        yearly = item.kind is ArchiveKind.ANNUAL and dossier.annual
        yield item, YEAR if yearly else lists.get((item.record, item.edition), "")


def _shown(item: DossierItem, table: str) -> Shown:
    paper_first = sorted(item.files, key=lambda file: file.path.endswith(".json"))
    links = [Link(PurePosixPath(file.path).suffix[1:].upper(), _below(file.path)) for file in paper_first]
    links += [Link(kind, quote(f"human/{table}.{kind.lower()}")) for kind in ("CSV", "XLSX") if table]
    return Shown(
        number=item.number,
        title=item.title,
        facts=tuple(filter(None, _facts(item))),
        standing=item.standing,
        links=tuple(links),
    )


def _facts(item: DossierItem) -> Iterator[str]:
    yield item.day.isoformat()
    yield item.made_by
    yield f"{item.households:,}户" if item.households else ""
    yield "" if item.sum_fen is None else f"{yuan(item.sum_fen)}元"
    yield f"{item.pages}页" if item.pages else ""
    yield f"短码 {grouped(item.code)}" if item.code else ""


def _below(path: str) -> str:
    """Where a file of the bag lies as seen from data/."""
    return quote(path.removeprefix("data/"))


def _totals(dossier: Dossier) -> list[tuple[str, str, str]]:
    """What the year comes to: by the county's figures, else by the lists in force."""
    fen = dossier.annual.sum_fen if dossier.annual else dossier.paid_fen
    notices = sum(item.kind is ArchiveKind.NOTICE for item in dossier.items)
    return [
        ("发放合计（县里核定）" if dossier.decided else "发放合计", "Paid out", f"{yuan(fen)}元"),
        ("发放名单", "Lists", f"{len(dossier.paid)}份"),
        ("征地公告", "Land notices", f"{notices}件"),
        ("全部", "Items", f"{len(dossier.items)}件{sum(item.pages for item in dossier.items)}页"),
    ]
