"""What the press process does. Only that process imports this, and with it reportlab and fontTools."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from boards.model.errors import Refusal
from boards.sheets.land.notice_sheet import NoticeSheet
from kiosk_server.press.errors import PressShelfFull
from kiosk_server.press.fonts_cache import DiskShelf, write_whole
from printouts import notice_sheet, table_sheet
from printouts.errors import GlyphMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from boards.model.pack import Windows
    from boards.sheets.sheet import Sheet
    from printouts.fonts import Wanted

Refused = tuple[type[Refusal], dict[str, object]]

_shelves: dict[tuple[str, str], DiskShelf] = {}


def shelf_of(cache_dir: str, fonts_dir: str) -> DiskShelf:
    """Find the fonts once for the life of the process."""
    key = (cache_dir, fonts_dir)
    if key not in _shelves:
        _shelves[key] = DiskShelf(Path(cache_dir) / "fonts", Path(fonts_dir) if fonts_dir else None)
    return _shelves[key]


def draw(  # noqa: PLR0913, PLR0917 - everything arrives as an argument
    folders: tuple[str, str],
    sheet: Sheet | NoticeSheet,
    printed_at: datetime,
    base_url: str,
    windows: Windows,
    kept: str,
) -> Refused | None:
    """Draw a sheet into the file `kept`; a refusal travels as data (with its facts it does not pickle)."""
    try:
        _keep(Path(kept), _typeset(sheet, shelf_of(*folders), printed_at, base_url, windows))
    except GlyphMissing as missing:
        return type(missing), {**missing.facts, "text": missing.text}
    except Refusal as refusal:
        return type(refusal), refusal.facts
    return None


def warm(folders: tuple[str, str], sheets: Sequence[Sheet | NoticeSheet]) -> Refused | None:
    """Cut and keep the fonts that these sheets will need."""
    try:
        shelf_of(*folders).warm(map(_texts, sheets))
    except Refusal as refusal:
        return type(refusal), refusal.facts
    return None


def _typeset(
    sheet: Sheet | NoticeSheet, shelf: DiskShelf, printed_at: datetime, base_url: str, windows: Windows
) -> bytes:
    if isinstance(sheet, NoticeSheet):
        return notice_sheet.notice_pdf(sheet, shelf, printed_at=printed_at, base_url=base_url)
    return table_sheet.payout_sheet(sheet, shelf, printed_at=printed_at, base_url=base_url, windows=windows)


def _texts(sheet: Sheet | NoticeSheet) -> Iterable[Wanted]:
    return notice_sheet.texts_of(sheet) if isinstance(sheet, NoticeSheet) else table_sheet.texts_of(sheet)


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise PressShelfFull(reason=os.strerror(error.errno or 0)) from None
