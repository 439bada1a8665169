"""The bytes of a file written by hand as text: UTF-8, as the pack is pinned and every program writes it."""

from __future__ import annotations

from boards.model.line_faults import LineFault

AS_CSV = "请在 Excel 中“另存为”，类型选“CSV UTF-8（逗号分隔）”"
AS_TEXT = "请在记事本中“另存为”，编码选“UTF-8”"


def plain_text(raw: bytes, save: str) -> str | LineFault:
    """The text without byte-order mark and CR, or the fault with how to `save` it."""
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        return LineFault(raw.count(b"\n", 0, e.start) + 1, "", f"不是 UTF-8 文字。{save}")
