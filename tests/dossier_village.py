"""A village's year as an archive hands it out, with everything that is awkward in one: rare, long, replaced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow
from boards.model.kept.register import Act, Entry
from boards.model.kept.retention import USUAL, ArchiveKind
from boards.model.place import Village
from boards.sheets.dossier import Dossier, DossierFile, DossierItem
from boards.sheets.sheet import Sheet
from tests.paper.paper_village import DIGEST, sheet_of

VILLAGE = Village(code="330590102201", name="岭东村", town="梅坞镇", county="苕安县")
AS_OF = datetime(2026, 1, 12, 8, 30, tzinfo=UTC)
LONG = "岭东村2025年农业生产社会化服务（小麦统防统治、机收机种、秸秆还田离田等环节）补助资金（第二批、含上年结转）发放公示表"
TITLES = (
    "岭东村2025年耕地地力保护补贴发放公示表",
    LONG,
    "关于朱𬭎、扎西多吉·才让旺姆·洛桑丹增等户的更正公示",
)
MAKERS = ("苕安县农业农村局、财政局", "苕安县人民政府", "岭东村村民委员会")
STATES = ("", "", "superseded", "withdrawn", "erased", "")
KINDS = (ArchiveKind.LIST, ArchiveKind.NOTICE, ArchiveKind.LIST, ArchiveKind.APPLICATION)


def item_of(number: int) -> DossierItem:
    """One item; which kind and state follows from its number."""
    kind, title = KINDS[number % len(KINDS)], TITLES[number % len(TITLES)]
    folder = "notices" if kind is ArchiveKind.NOTICE else "sheets"
    name = f"data/{folder}/{number:02d}_{title}"
    return DossierItem(
        number=number,
        title=title,
        made_by=MAKERS[number % len(MAKERS)],
        day=date(2025, 1, 5) + timedelta(days=number * 2),
        kept=USUAL[kind],
        pages=number % 9,
        kind=kind,
        record=f"grain-2025-{number:02d}",
        edition=1 + number % 3,
        code=f"{number:010d}",
        digest=DIGEST,
        count=24,
        households=24,
        sum_fen=123456 * number if kind is ArchiveKind.LIST else None,
        printed=number % 2 == 0,
        backfilled=number % 7 == 0,
        state=STATES[number % len(STATES)],
        files=tuple(
            DossierFile(path=name + ending, sha256=DIGEST, size_bytes=4096) for ending in (".pdf", ".json")
        ),
    )


def entry_of(number: int) -> Entry:
    """One line of the register."""
    return Entry(
        at=(datetime(2025, 1, 5, 1, 7, tzinfo=UTC) + timedelta(hours=31 * number)).isoformat(),
        suspect=number % 11 == 3,
        act=list(Act)[number % len(Act)],
        village=VILLAGE.code,
        year=2025,
        record=f"grain-2025-{number:02d}",
        edition=1,
        code=f"{number:010d}",
        title=TITLES[number % len(TITLES)],
        sha256=DIGEST,
        pages=3,
        by="村务专员",
        reason="村民查阅本户补贴" if number % 8 == 2 else "",
        outcome={2: "rows", 7: "齐全"}.get(number % 8, ""),
    )


def year_item(number: int) -> DossierItem:
    """The year's figures while they run."""
    plain = {
        "edition": 0,
        "code": "",
        "digest": "",
        "count": 0,
        "households": 0,
        "backfilled": False,
        "state": "",
    }
    title = "岭东村2025年惠民惠农财政补贴资金年度汇总表"
    told = {"kind": ArchiveKind.ANNUAL, "kept": USUAL[ArchiveKind.ANNUAL], "title": title, "files": ()}
    return msgspec.structs.replace(item_of(number), **plain, **told)


def sheet_in(item: DossierItem, **terms: object) -> Sheet:
    """The list of an item."""
    sheet = sheet_of(24, title=item.title, fiscal_year=2025, **terms)
    head = msgspec.structs.replace(sheet.head, batch=item.record, edition=item.edition, village=VILLAGE)
    return Sheet(head=head, lines=sheet.lines)


ANNUAL = Annual(
    village=VILLAGE.code,
    year=2025,
    edition=1,
    rows=(
        AnnualRow(
            programme="farmland_fertility",
            programme_name="耕地地力保护补贴",
            department="苕安县农业农村局",
            rate_text="120元/亩",
            households=186,
            people=412,
            quantity=Decimal("1243.60"),
            unit="亩",
            sum_fen=14923200,
            carried_fen=3200,
            batches=(AnnualBatch(batch="grain-2025-01", edition=2, period_no="01", sum_fen=14923200),),
        ),
    ),
    sum_fen=14923200,
    decided_on=date(2025, 12, 20),
)


def dossier_of(items: int | tuple[DossierItem, ...], **fields: object) -> Dossier:
    """A year of so many items, or of these; as many lines in its register; its lists in force with their lines."""
    found = items if isinstance(items, tuple) else tuple(map(item_of, range(1, items + 1)))
    found += (year_item(len(found) + 1),) if fields.get("annual") else ()
    lists = [item for item in found if item.kind is ArchiveKind.LIST and not item.state]
    return Dossier(
        **{
            "village": VILLAGE,
            "year": 2025,
            "as_of": AS_OF,
            "items": found,
            "register": tuple(entry_of(number) for number in range(1, len(found) + 1)),
            "sheets": tuple(map(sheet_in, lists)),
            "origin": "gongkai.example.cn/v/330590102201",
            "size": 48210,
            "root": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
            "keys": ("publisher+1a2b3c4d+AQ", "reviewer+5e6f7a8b+AQ"),
            "pack_version": "2026-01-04",
        }
        | fields
    )
