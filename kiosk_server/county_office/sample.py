"""A sheet before it is signed: drawn by the code of the kiosks, marked as a sample, kept nowhere."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from tempfile import TemporaryDirectory

from boards.model.pack import Pack, Windows
from boards.sheets.land.notice_sheet import NoticeSheet
from boards.sheets.sheet import Sheet
from boards.sheets.year import YearSheet

NOWHERE = "https://county.invalid"
"""Stands for the address that each kiosk prints of its own; the QR code of a sample leads nowhere."""
_DRAWING = threading.Lock()  # reportlab knows one document at a time


def sample_pdf(pack: Pack, sheet: Sheet | NoticeSheet | YearSheet) -> bytes:
    """The PDF of a sheet that waits for review; raises GlyphMissing, FontMissing."""
    from kiosk_server.press.drawing import drawn  # noqa: PLC0415 - reportlab, only where somebody looks

    windows = {one.code: one.windows for one in pack.programmes}
    programme = sheet.head.terms.programme if isinstance(sheet, Sheet) else ""
    own = windows.get(programme, Windows())
    with _DRAWING:
        return drawn((_cuts().name, ""), sheet, None, NOWHERE, own)


def fonts_cut(sheets: Sequence[Sheet | NoticeSheet | YearSheet]) -> None:
    """Cut the fonts for many sheets at once: a cut for each takes several times as long."""
    from kiosk_server.press.drawing import warm  # noqa: PLC0415

    with _DRAWING:
        warm((_cuts().name, ""), sheets)


@cache
def _cuts() -> TemporaryDirectory[str]:
    """Where fonts are cut for the life of the process: cuts hold the characters of names."""
    return TemporaryDirectory(prefix="county-sample-")
