"""Fitting a text into a cell: a little smaller, then on more lines; never cut, never below a floor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from printouts.fonts import PT_PER_MM, FontPlan, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST_PT = 9.0  # nothing on a payout sheet is smaller
LEADING = 1.08  # line pitch in ems: names carry no descenders
TWO_LINES_PT = 11.0  # at most, so that two lines go into a row of 9.2 mm
MARKS = "·•・"
LEAST = 0.85  # a text without “·” that fits at this size stays on one line
NO_START = frozenset("·，。、；：？！）)〕】」』”’》〉…—%％")
NO_END = frozenset("（(〔【「『“‘《〈")
_BEHIND_MARK = re.compile(f"(?<=[{MARKS} \u3000])")
_BEHIND_GAP = re.compile(r"(?<=\u3000)")
_BEHIND_SIGN = re.compile(r"(?<=[,.])")


class Fitted(NamedTuple):
    """A text as it goes into its cell."""

    size_pt: float
    lines: tuple[str, ...]

    @property
    def height_mm(self) -> float:
        """How high its lines are together."""
        return len(self.lines) * self.size_pt * LEADING / PT_PER_MM


def on_one_line(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> Fitted:
    """Text at the largest size up to `size_pt` that fits, in steps of half a point down to half a point."""
    needed = plan.width_mm(role, text, size_pt)
    if needed <= width_mm:
        return Fitted(size_pt, (text,))
    return Fitted(max(int(size_pt * width_mm / needed * 2) / 2, 0.5), (text,))


def on_lines(  # noqa: PLR0913, PLR0917 - what a text is and where it goes
    plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float, least_pt: float = LEAST_PT
) -> Fitted:
    """One line, else two at 11 pt or a little less, else as many as it takes at the least size.

    A name of several parts is broken at “·”, never inside a part that fits.
    """
    whole = on_one_line(plan, role, text, size_pt, width_mm)
    marked = any(mark in text[:-1] for mark in MARKS)
    if whole.size_pt >= (size_pt if marked else max(size_pt * LEAST, least_pt)):
        return whole
    for size in (TWO_LINES_PT, 10.0, least_pt):
        lines = _evened(plan, role, _parts(plan, role, text, size, width_mm), size, width_mm)
        if least_pt <= size <= size_pt and len(lines) <= 2:
            return Fitted(size, lines)
    return Fitted(least_pt, lines)


def figure(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> Fitted:
    """A figure on one line, smaller if it must be; one too long for any size is broken behind a sign."""
    whole = on_one_line(plan, role, text, size_pt, width_mm)
    if whole.size_pt >= LEAST_PT:
        return whole
    pieces = _taken_apart(plan, role, _BEHIND_SIGN.split(text), LEAST_PT, width_mm)
    return Fitted(LEAST_PT, _filled(plan, role, pieces, LEAST_PT, width_mm))


def balanced(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> tuple[str, ...]:
    """Text on as few lines as fill the width, the lines about equally long."""
    return _evened(plan, role, _pieces(text), size_pt, width_mm)


def parted(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> tuple[str, ...]:
    """Balanced, or broken between its sentences where that needs no more lines."""
    lines = balanced(plan, role, text, size_pt, width_mm)
    parts = _filled(plan, role, _BEHIND_GAP.split(text), size_pt, width_mm)
    fits = all(plan.width_mm(role, line.rstrip(), size_pt) <= width_mm for line in parts)
    return tuple(line.rstrip() for line in parts) if fits and len(parts) <= len(lines) else lines


def wrapped(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> tuple[str, ...]:
    """Text filled line by line; words and figures stay whole, so a line may still be too wide."""
    return _filled(plan, role, _pieces(text), size_pt, width_mm)


def _evened(
    plan: FontPlan, role: Role, pieces: Sequence[str], size_pt: float, width_mm: float
) -> tuple[str, ...]:
    lines = _filled(plan, role, pieces, size_pt, width_mm)
    room = plan.width_mm(role, "".join(pieces), size_pt) / max(len(lines), 1)
    while room < width_mm:
        even = _filled(plan, role, pieces, size_pt, room)
        if len(even) == len(lines):
            return even
        room += size_pt / PT_PER_MM / 2
    return lines


def _filled(
    plan: FontPlan, role: Role, pieces: Iterable[str], size_pt: float, width_mm: float
) -> tuple[str, ...]:
    lines = [""]
    for piece in pieces:
        longer = lines[-1] + piece
        if lines[-1] and plan.width_mm(role, longer.rstrip(), size_pt) > width_mm:
            lines.append(piece.lstrip())
        else:
            lines[-1] = longer
    return tuple(line for line in lines if line)


def _parts(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> list[str]:
    """The parts of a name, each with its “·” or space; one wider than the line by characters."""
    return _taken_apart(plan, role, _BEHIND_MARK.split(text), size_pt, width_mm)


def _taken_apart(
    plan: FontPlan, role: Role, parts: Iterable[str], size_pt: float, width_mm: float
) -> list[str]:
    """These parts, one that is wider than the line in pieces, and a piece still wider in characters."""

    def fits(part: str) -> bool:
        return plan.width_mm(role, part.rstrip(), size_pt) <= width_mm

    pieces = [piece for part in parts for piece in ((part,) if fits(part) else _pieces(part))]
    return [one for piece in pieces for one in ((piece,) if fits(piece) else piece)]


def _pieces(text: str) -> list[str]:
    """Stretches that must stay on one line: runs of ASCII, and characters with their punctuation."""
    pieces: list[str] = []
    for char in text:
        piece = pieces[-1] if pieces else ""
        if piece.endswith(" "):
            joined = piece[-2:-1].isdigit() and char.isdigit()  # 0500-123 4567 is one number
        else:
            word = piece[-1:].isascii() and char.isascii()
            joined = piece != "" and (word or char in NO_START or piece[-1] in NO_END)
        if joined:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces
