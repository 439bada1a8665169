"""Fitting a text into a cell: smaller or on more lines, never cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from printouts.fonts import PT_PER_MM, FontPlan, Role

LEADING = 1.08  # line pitch in ems: names carry no descenders
STEPS = ((11.0, 2), (9.5, 2), (7.8, 3), (6.0, 4))  # size and most lines in a row of 9.2 mm
SPACES = frozenset(" \u3000")
MARKS = frozenset("·•・") | SPACES
LEAST = 0.85  # a text without “·” that fits at this size stays on one line
NO_START = frozenset("·，。、；：？！）)〕】」』”’》〉…—%％")
NO_END = frozenset("（(〔【「『“‘《〈")
SMALLEST_PT = 0.5


class Fitted(NamedTuple):
    """A text as it goes into its cell."""

    size_pt: float
    lines: tuple[str, ...]


def on_one_line(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> Fitted:
    """Text at the largest size up to `size_pt` that fits, in steps of half a point."""
    needed = plan.width_mm(role, text, size_pt)
    if needed <= width_mm:
        return Fitted(size_pt, (text,))
    return Fitted(max(int(size_pt * width_mm / needed * 2) / 2, SMALLEST_PT), (text,))


def on_lines(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> Fitted:
    """One line at full size, else two at 11 pt, broken at “·” or a space, else more and smaller."""
    if plan.width_mm(role, text, size_pt) <= width_mm:
        return Fitted(size_pt, (text,))
    marked = any(mark in text[:-1] for mark in MARKS - SPACES)
    if not marked and plan.width_mm(role, text, size_pt * LEAST) <= width_mm:
        return on_one_line(plan, role, text, size_pt, width_mm)
    for size, most in _ladder(size_pt):
        for lines in (_at_mark(text), balanced(plan, role, text, size, width_mm)):
            fits = all(plan.width_mm(role, line, size) <= width_mm for line in lines)
            if lines and len(lines) <= most and fits:
                return Fitted(size, lines)
    return on_one_line(plan, role, text, size_pt, width_mm)


def _ladder(size_pt: float) -> Iterator[tuple[float, int]]:
    yield from ((min(size, size_pt), most) for size, most in STEPS)
    size, height_pt = STEPS[-1][0], 9.2 * PT_PER_MM
    while size > SMALLEST_PT * 2:
        size *= 0.9
        yield size, int(height_pt / (size * LEADING))


def _at_mark(text: str) -> tuple[str, ...]:
    """阿不都热依木·买买提 in two, at the dot or space nearest to the middle; () without one inside."""
    marks = [at + 1 for at, char in enumerate(text[:-1]) if char in MARKS]
    if not marks:
        return ()
    at = min(marks, key=lambda place: abs(2 * place - len(text)))
    return (text[:at].rstrip(), text[at:])


def balanced(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> tuple[str, ...]:
    """Text on as few lines as fill the width, the lines about equally long."""
    lines = wrapped(plan, role, text, size_pt, width_mm)
    room = plan.width_mm(role, text, size_pt) / max(len(lines), 1)
    while room < width_mm:
        even = wrapped(plan, role, text, size_pt, room)
        if len(even) == len(lines):
            return even
        room += size_pt / PT_PER_MM / 2
    return lines


def wrapped(plan: FontPlan, role: Role, text: str, size_pt: float, width_mm: float) -> tuple[str, ...]:
    """Text filled line by line; words and figures stay whole, so a line may still be too wide."""
    lines = [""]
    for piece in _pieces(text):
        longer = lines[-1] + piece
        if lines[-1] and plan.width_mm(role, longer.rstrip(), size_pt) > width_mm:
            lines.append(piece.lstrip())
        else:
            lines[-1] = longer
    return tuple(line for line in lines if line)


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
