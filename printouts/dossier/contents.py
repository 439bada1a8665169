"""The list of contents of a village's year (目录): what there is, by whom, of which day, kept how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import CIVIL, day_told
from printouts.dossier.ledger import Column, Ledger, composed
from printouts.fonts import Role
from printouts.paper import Imprint, typeset

if TYPE_CHECKING:
    from boards.sheets.dossier import Dossier, DossierItem
    from printouts.fonts import FontShelf

COLUMNS = (
    Column("件号", 12, "c"),
    Column("题名", 62, role=Role.HEI),
    Column("责任者", 27),
    Column("日期", 23, "c"),
    Column("保管期限", 19, "c"),
    Column("页数", 11, "r"),
    Column("备注", 19),
)
FOOT = "各栏按归档文件目录的写法；每一件的文件、校验码和短码见 metadata.csv。"


def contents_pdf(dossier: Dossier, fonts: FontShelf) -> bytes:
    """The contents as PDF; equal input gives equal bytes. Raises GlyphMissing."""
    drawing, plan = composed(contents(dossier), fonts)
    return typeset(drawing, plan, imprint(dossier, "目录"))


def contents(dossier: Dossier) -> Ledger:
    """One row an item, in their order."""
    pages = sum(item.pages for item in dossier.items)
    return Ledger(
        title=f"{dossier.title}目录",
        subject=place(dossier),
        beside=as_of(dossier),
        columns=COLUMNS,
        rows=tuple(_row(item) for item in dossier.items),
        total=f"合计{len(dossier.items)}件，{pages}页",
        foot=FOOT,
    )


def _row(item: DossierItem) -> tuple[str, ...]:
    pages = str(item.pages) if item.pages else "—"
    day = item.day.isoformat()
    return str(item.number), item.title, item.made_by, day, item.kept.words, pages, item.standing


def place(dossier: Dossier) -> str:
    """Whose it is: county, town, village, and its code."""
    village = dossier.village
    return f"{village.county}{village.town}{village.name}　{village.code}"


def as_of(dossier: Dossier) -> str:
    """The civil day up to which it holds everything."""
    return f"截至{day_told(dossier.as_of.astimezone(CIVIL).date())}"


def imprint(dossier: Dossier, what: str) -> Imprint:
    """What each of these PDFs says about itself, dated as of."""
    village = dossier.village
    return Imprint(
        title=f"{dossier.title}{what}",
        author=f"{village.county}{village.town}{village.name}",
        subject=f"{village.code} {dossier.year}",
        keywords=f"{dossier.size} {dossier.root} {what}",
        dated=dossier.as_of.astimezone(CIVIL).date(),
    )
