"""What the press process does. Of a kiosk only it imports this, and with it reportlab and fontTools."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from boards.sheets.land.notice_sheet import NoticeSheet
from boards.sheets.year import YearSheet
from kiosk_server.press.errors import PressShelfFull
from kiosk_server.press.fonts_cache import DiskShelf, write_whole
from printouts import annual_sheet, notice_sheet, table_sheet
from printouts.dossier import contents, cover, five_steps, ledger, register
from printouts.errors import GlyphMissing
from printouts.fonts import Role, undrawn
from printouts.size import Paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from boards.model.pack import Windows
    from boards.sheets.dossier import Dossier
    from boards.sheets.sheet import Sheet
    from printouts.fonts import Wanted

Made = TypeVar("Made")


@cache
def shelf_of(cache_dir: str, fonts_dir: str) -> DiskShelf:
    """Find the fonts once for the life of the process."""
    return DiskShelf(Path(cache_dir) / "fonts", Path(fonts_dir) if fonts_dir else None)


def drawn(  # noqa: PLR0913, PLR0917 - everything arrives as an argument
    folders: tuple[str, str],
    sheet: Sheet | NoticeSheet | YearSheet,
    printed_at: datetime | None,
    base_url: str,
    windows: Windows,
    paper: Paper = Paper.A4,
    pack: str = "",
) -> bytes:
    """A sheet as PDF; without a moment of print it is a sample. Raises GlyphMissing, FontMissing."""
    shelf = shelf_of(*folders)
    if isinstance(sheet, NoticeSheet):
        return notice_sheet.notice_pdf(
            sheet, shelf, printed_at=printed_at, base_url=base_url, pack=pack, paper=paper
        )
    if isinstance(sheet, YearSheet):
        return annual_sheet.annual_sheet(
            sheet, shelf, printed_at=printed_at, base_url=base_url, pack=pack, paper=paper
        )
    return table_sheet.payout_sheet(
        sheet, shelf, printed_at=printed_at, base_url=base_url, windows=windows, pack=pack, paper=paper
    )


def draw(  # noqa: PLR0913, PLR0917 - everything arrives as an argument
    folders: tuple[str, str],
    sheet: Sheet | NoticeSheet | YearSheet,
    printed_at: datetime,
    base_url: str,
    windows: Windows,
    kept: str,
    paper: str,
    pack: str,
) -> None:
    """Draw a sheet into the file `kept`."""
    pdf = drawn(folders, sheet, printed_at, base_url, windows, Paper(paper), pack)
    try:
        Path(kept).parent.mkdir(parents=True, exist_ok=True)
        write_whole(Path(kept), pdf)
    except OSError as error:
        raise PressShelfFull(reason=os.strerror(error.errno or 0)) from None


def warm(folders: tuple[str, str], sheets: Sequence[Sheet | NoticeSheet | YearSheet]) -> None:
    """Cut and keep the fonts that these sheets will need."""
    shelf_of(*folders).warm(map(_texts_of, sheets))


def _texts_of(sheet: Sheet | NoticeSheet | YearSheet) -> Iterator[Wanted]:
    if isinstance(sheet, NoticeSheet):
        return notice_sheet.texts_of(sheet)
    return annual_sheet.texts_of(sheet) if isinstance(sheet, YearSheet) else table_sheet.texts_of(sheet)


def dossier(folders: tuple[str, str], whole: Dossier) -> dict[str, bytes]:
    """What lies beside a village's year as PDF, by its path below data/. Raises FontMissing."""
    shelf = shelf_of(*folders)
    return _anyhow(whole, shelf, lambda named: _ledgers(named, shelf))


def _ledgers(whole: Dossier, shelf: DiskShelf) -> dict[str, bytes]:
    ledgers = (ledger.spelt(one, shelf) for one in (contents.contents(whole), register.register(whole)))
    shelf.warm([[wanted for one in ledgers for wanted in ledger.texts_of(one)]])  # one cut serves both
    return {
        "目录.pdf": contents.contents_pdf(whole, shelf),
        "登记簿.pdf": register.register_pdf(whole, shelf),
    }


def dossier_cover(folders: tuple[str, str], whole: Dossier, files: int, octets: int) -> bytes:
    """Its cover, with the count of the files beside it and of their bytes."""
    shelf = shelf_of(*folders)
    return _anyhow(whole, shelf, lambda named: cover.cover_pdf(named, shelf, files=files, octets=octets))


def dossier_steps(
    folders: tuple[str, str], whole: Dossier, files: int, octets: int, tools: dict[str, str]
) -> bytes:
    """The five steps to check it, with the digests of the tools beside it."""
    shelf, counted = shelf_of(*folders), {"files": files, "octets": octets}
    return _anyhow(
        whole, shelf, lambda named: five_steps.five_steps_pdf(named, shelf, tools=tools, **counted)
    )


def _anyhow(whole: Dossier, shelf: DiskShelf, draw: Callable[[Dossier], Made]) -> Made:
    """Also where no font has a character of the village's own name: its number stands in its place."""
    try:
        return draw(whole)
    except GlyphMissing:
        return draw(_spelt(whole, shelf))


def _spelt(whole: Dossier, shelf: DiskShelf) -> Dossier:
    village = whole.village
    names = {"county": village.county, "town": village.town, "name": village.name}
    lost = frozenset[str]().union(*(undrawn(shelf, role, names.values()) for role in Role))
    numbers = {ord(char): f"〔U+{ord(char):04X}〕" for char in lost}
    named = {field: name.translate(numbers) for field, name in names.items()}
    return msgspec.structs.replace(whole, village=msgspec.structs.replace(village, **named))
