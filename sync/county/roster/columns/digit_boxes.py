"""Amounts written one figure a cell, under 万 千 百 十 元 角 分: the run of columns is one amount.

As on a cheque: boxes before the first figure are empty, those behind the point may be empty or a dash. A box
with anything else makes the whole amount unreadable; it is never the sum of its figures.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from sync.county.formats.cells import squeezed, text_of
from sync.county.roster.columns.thresholds import LEAST_BOXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.formats.grid import Value

_BEHIND = ("角", "分")
_BEFORE = ("元", "十", "百", "千", "万", "十万", "百万", "千万", "亿")
_SPELT = str.maketrans("仟佰拾圆", "千百十元")
_BOX = re.compile(r"[¥￥]?(\d*)|[-－—–零]")
UNREADABLE = "数位不全"


def run_of_boxes(words: Sequence[str]) -> int:
    """How many of these header words, from the first on, are the boxes of one amount; 0 for none."""
    told = [word.translate(_SPELT).strip() for word in words]
    run = list(takewhile(lambda word: word in {*_BEHIND, *_BEFORE}, told))
    if "元" not in run:
        return 0
    point = run.index("元")
    before = zip(reversed(run[: point + 1]), _BEFORE, strict=False)
    in_place = all(word in {box, box[0]} for word, box in before) and point < len(_BEFORE)
    behind = sum(word == box for word, box in zip(run[point + 1 :], _BEHIND, strict=False))
    boxes = point + 1 + behind
    return boxes if in_place and boxes >= LEAST_BOXES else 0


def amount_in(cells: Sequence[Value], behind: int) -> str:
    """The figures of one line as an amount, the last `behind` of them jiao and fen; "" where all are empty.

    The first box takes what is too long for its place: 488 | 7 | 2 under 元 角 分.
    """
    read = [_BOX.fullmatch(squeezed(text_of(cell))) for cell in cells]
    figures = [(found and found[1]) or "" for found in read]
    if not all(read) or any(len(one) > 1 for one in figures[1:]):
        return UNREADABLE
    if not any(figures):
        return ""
    point = len(figures) - behind
    first = next((at for at, one in enumerate(figures[:point]) if one), point - 1)
    whole = figures[first:point]
    if not all(whole) and any(figures[:point]):
        return UNREADABLE
    return f"{''.join(whole) or 0}.{''.join(one or '0' for one in figures[point:])}".rstrip(".")
