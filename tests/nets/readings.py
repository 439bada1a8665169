"""What the reader says of every roster: its rows in order, its findings as a multiset, its verdict."""

from __future__ import annotations

import hashlib
import io
import random
import re
import zipfile
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from boards.model.errors import Refusal
from sync.county.gazetteer import villages_from_csv
from sync.county.intake.check import read_roster
from tests.nets.draws import drawn
from tests.roster import county_clerk, county_files, county_generator, mutations, test_roster_faults
from tests.roster.county_files import VILLAGES, as_csv, as_xls
from tests.roster.county_markup import as_html, as_spreadsheetml
from tests.roster.strategies import lists
from tests.roster.test_roster_any_county import MISTAKES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.place import Village

DEMO = Path(__file__).parents[2] / "deploy" / "demo"
TODAY = date(2026, 11, 29)
SUFFIXES = {".xlsx", ".xls", ".csv", ".et", ".txt", ".htm", ".html", ".xml"}
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "utf-16-be")
PRIVATE = ("identity", "beneficiary_identity")


class Roster(NamedTuple):
    """A file as the reader gets it."""

    file: str
    data: bytes
    villages: tuple[Village, ...]
    today: date | None = None


def line(name: str, roster: Roster) -> dict[str, Any]:
    """One reading as the net keeps it. Numbers of persons stand only as digests."""
    try:
        read = read_roster(roster.file, roster.data, roster.villages, today=roster.today)
    except Refusal as refusal:
        return {"name": name, "refused": refusal.code, "said": list(refusal.told())}
    except Exception as error:  # noqa: BLE001 - what a spoilt file brings about is kept as it is
        return {"name": name, "error": type(error).__name__}
    kept = msgspec.to_builtins(read)
    kept.pop("source_sha256")
    findings = sorted((shown(one) for one in kept.pop("findings")), key=repr)
    return {"name": name, **kept, "rows": [_row(row) for row in kept["rows"]], "findings": findings}


def shown(finding: dict[str, Any]) -> list:
    return [finding[part] for part in ("level", "code", "sheet", "row", "column", "message")]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """All facts of a row side by side, as the net has kept them from the beginning.

    The sheet's own number stands as `seq`, an amount where it could be read; what publishing says is left out.
    """
    payout = {"amount_fen": 0, **row.pop("payout")}
    unsaid = {"seq", "status"} | ({"amount_fen"} if row.pop("unread", False) else set())
    row |= {field: value for field, value in payout.items() if field not in unsaid}
    if "number" in row:
        row["seq"] = row.pop("number")
    hidden = {part: hashlib.sha256(row[part].encode()).hexdigest()[:16] for part in PRIVATE if row.get(part)}
    return row | hidden


# Rosters that lie in a folder.


def lying(folder: Path, villages: Path) -> Iterator[dict[str, Any]]:
    """Every roster of a folder."""
    known = villages_from_csv(villages.read_bytes())
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            yield line(path.name, Roster(path.name, path.read_bytes(), known, TODAY))


# Rosters that are made.


def timeless(book: bytes) -> bytes:
    """A workbook without the moment it was written, stored as it is: equal pages are equal bytes."""
    if not book.startswith(b"PK"):
        return book
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = re.sub(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2025-11-20T08:00:00Z", old.read(part))
            new.writestr(zipfile.ZipInfo(part), text)
    return out.getvalue()


def as_xlsx(pages) -> bytes:
    return timeless(county_files.by_openpyxl(pages))


FORMS = {"xlsx": as_xlsx, "xls": as_xls, "html": as_html, "spreadsheetml": as_spreadsheetml}


def _as_text(pages, seed: int) -> bytes:
    return as_csv(pages, ENCODINGS[seed % len(ENCODINGS)])


def _generated(layout: str, form: str, seed: int) -> Roster:
    """A layout of the generator in a format; a web page has one sheet."""
    file = county_generator.county_file(seed, layout)
    one_sheet = form == "html" and layout == "sheets"
    pages = file.pages[:1] if one_sheet else file.pages
    return Roster(file.name, _as_text(pages, seed) if form == "csv" else FORMS[form](pages), VILLAGES)


def _planted(fault: str, layout: str, seed: int) -> Roster:
    """A generated file with a fault in one cell, where its layout can carry it."""
    file = county_generator.county_file(seed, layout)
    county_generator.planted(file, fault)
    return Roster(file.name, as_xlsx(file.pages), VILLAGES, TODAY)


def _written(form: str, seed: int) -> Roster:
    """A table of a clerk without a mistake."""
    sheet = county_clerk.Clerk(seed).sheet()
    pages = [sheet.page]
    return Roster(sheet.file, _as_text(pages, seed) if form == "csv" else FORMS[form](pages), VILLAGES)


def _mistaken(mistake: str, seed: int) -> Roster:
    """A table of a clerk with one mistake, where it has the column for it."""
    sheet = county_clerk.Clerk(seed).sheet()
    payee = sheet.payees[seed % len(sheet.payees)]
    columns = {"a wrong check digit": "id", "a village nobody has": "village"}
    if columns.get(mistake, "name") in sheet.columns:
        what, value = MISTAKES[mistake][1](sheet, payee)
        if what in sheet.columns:
            payee.cells[sheet.at(what)] = value
    return Roster(sheet.file, as_xlsx([sheet.page]), VILLAGES, TODAY)


def _miscounted(seed: int) -> Roster:
    """A table of a clerk whose total is wrong, where it has one."""
    sheet = county_clerk.Clerk(seed).sheet()
    for cells in sheet.total_cells[:1]:
        cells[sheet.at("amount")] += 500
    return Roster(sheet.file, as_xlsx([sheet.page]), VILLAGES)


def _faulty(code: str, seed: int) -> Roster:
    """The plain table with IDs, with one fault in a row."""
    homes = drawn(lists(most=12), seed)
    page = test_roster_faults.sound(homes)
    at = test_roster_faults.FIRST + random.Random(seed).randint(1, len(homes) - 1)
    test_roster_faults.FAULTS[code][2](page.rows[at], page)
    return Roster("x", as_xlsx([page]), VILLAGES, TODAY)


def _crossed(seed: int) -> Roster:
    """The plain table with several faults at once: lines twice, merged names, a total that differs."""
    chance, homes = random.Random(seed), drawn(lists(most=25), seed)
    page = test_roster_faults.sound(homes, title=chance.choice(("苕安县2025年稻谷补贴公示表", "2025年清册")))
    codes = chance.sample(sorted(test_roster_faults.FAULTS), 3)
    for code, row in zip(codes, chance.sample(page.rows[2:-1], 3), strict=True):
        test_roster_faults.FAULTS[code][2](row, page)
    if chance.random() < 0.5:
        page.rows.insert(-1, list(chance.choice(page.rows[2:-1])))
    if chance.random() < 0.3:
        page.rows[-1][test_roster_faults.AMOUNT] += Decimal(chance.randint(-999, 999)) / 100
    if chance.random() < 0.3:
        page.merges.append((3, test_roster_faults.NAME, 4, test_roster_faults.NAME))
    return Roster("x", as_xlsx([page]), VILLAGES, TODAY)


def _laid(layout: str, form: str, seed: int) -> Roster:
    """A layout of the plain county."""
    return Roster("名册.xlsx", FORMS[form](county_files.LAYOUTS[layout](drawn(lists(), seed))), VILLAGES)


@cache
def _sound() -> list[bytes]:
    return [timeless(data) for data in mutations.sound_files()]


def _spoilt(seed: int) -> Roster:
    """A file from a broken disk."""
    return Roster("名册.xls", mutations.mutated(_sound(), seed), VILLAGES)


MAKERS = {make.__name__.strip("_"): make for make in (
    _generated, _planted, _written, _mistaken, _miscounted, _faulty, _crossed, _laid, _spoilt,
)}  # fmt: skip

FATAL = {6000, 6077, 6097, 6194, 6225}
"""Seeds of spoilt files that end the process: native code asks for more memory than there is."""

Planned = tuple[str, tuple[Any, ...]]


def planned() -> list[Planned]:
    """Every roster that is made: its maker and what the maker is given."""
    layouts, texts = sorted(county_generator.LAYOUTS), county_generator.TEXT_LAYOUTS
    faults, marked = sorted(county_generator.CELL_FAULTS), ("headings", "paged", "plots", "sheets", "table")
    every: dict[str, list[Iterable]] = {
        "generated": [layouts, sorted(FORMS), range(28)],
        "planted": [faults, marked, range(15)],
        "written": [[*sorted(FORMS), "csv"], range(1000, 1090)],
        "mistaken": [sorted(MISTAKES), range(2000, 2036)],
        "miscounted": [range(3000, 3040)],
        "faulty": [sorted(test_roster_faults.FAULTS), range(4000, 4014)],
        "crossed": [range(4500, 4600)],
        "laid": [sorted(county_files.LAYOUTS), sorted(FORMS), range(5000, 5008)],
        "spoilt": [sorted(set(range(6000, 6300)) - FATAL)],
    }
    found = [(maker, about) for maker, given in every.items() for about in product(*given)]
    return found + [("generated", about) for about in product(texts, ["csv"], range(500, 528))]


def made(some: list[Planned]) -> Iterator[dict[str, Any]]:
    """The readings of rosters that are made."""
    for maker, about in some:
        yield line(" ".join(map(str, (maker, *about))), MAKERS[maker](*about))
