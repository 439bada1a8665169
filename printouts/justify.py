"""Running text on lines of equal length: where it breaks and how it is stretched (GB/T 9704 §5.2, §7.3.3).

A full-width character advances by 1/28 of the line. A line may not begin with a closing mark nor end
with an opening one (避头尾); figures with their unit, document numbers and phone numbers stay whole. A date
does too, unless the line before it would gape: then it breaks behind 年 or 月. Where the lines of a paragraph
break is decided for all of them together, so that the space between characters is as even as it can be;
marks may give up part of their empty half (标点挤压).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from printouts.cells import NO_END, NO_START
from printouts.fonts import PT_PER_MM, FontPlan, Role
from printouts.paper import Row, Spaced

OPENING = frozenset("（〔【《〈「『“‘")
CLOSING = frozenset("，。、；：）〕】》〉」』”’")
GIVING = OPENING | CLOSING  # half of each is empty
EVEN_MM = 1e-6
GIVEN_UP = 0.4  # of a mark's width, at most
USUAL_GAP_MM = 0.34  # costs as much as one more line
WIDEST_GAP_MM = 1.13  # a line that would need more is left short, e.g. before a date that stays whole
LINE_COST, LONELY_COST, DATE_COST, OVERFULL_COST = 1.0, 3.0, 8.0, 1e6
LONELY = 2  # a last line of so few characters looks lost
_UNIT = "(?:个?工作日|平方米|公顷|万元|亿元|元|亩|米|号|日|年|月|人|户|%|％|㎡)?"
_WHOLE = re.compile(
    r"[0-9]{4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?"
    r"|[0-9]{1,2}月[0-9]{1,2}日"
    rf"|〔[0-9]{{4}}〕[0-9]+号"
    rf"|[!-~]+(?:(?<=[0-9]) [0-9][!-~]*)*{_UNIT}"
    r"|.",
    re.ASCII | re.DOTALL,
)
_DATE_JOINT = re.compile(r"(?<=[0-9]年)(?=[0-9]{1,2}月)|(?<=[0-9]月)(?=[0-9]{1,2}日)")


class Face(NamedTuple):
    """How a text is set: every full-width character advances by `advance_pt`."""

    size_pt: float
    advance_pt: float

    @property
    def track_pt(self) -> float:
        """What is added to a full-width character's own width."""
        return self.advance_pt - self.size_pt


class Atom(NamedTuple):
    """Characters without a gap between them: one full-width character, or a run of ASCII."""

    role: Role
    text: str
    width_mm: float
    spare_mm: float  # what it can give up
    wide: bool


class Piece(NamedTuple):
    """Atoms that stay on one line; `goes_on` where the next piece is of the same date."""

    atoms: tuple[Atom, ...]
    width_mm: float
    spare_mm: float
    goes_on: bool = False


class Line(NamedTuple):
    """One line: its atoms, the gap after each, and the part of their spare width they give up."""

    atoms: tuple[Atom, ...]
    gap_mm: float
    given_up: float


def pieces_of(plan: FontPlan, face: Face, role: Role, text: str, room_mm: float) -> list[Piece]:
    """What a text consists of for breaking; a stretch longer than a line is taken apart."""
    whole: list[str] = []
    for found in _WHOLE.finditer(text):
        word = found[0]
        if whole and (word[0] in NO_START or whole[-1][-1] in NO_END):
            whole[-1] += word
        else:
            whole.append(word)
    pieces = []
    for word in whole:
        piece = _piece(plan, face, role, word)
        if piece.width_mm > room_mm:
            pieces += [_piece(plan, face, role, char) for char in word]
        else:
            *parts, last = _DATE_JOINT.split(word)
            pieces += [_piece(plan, face, role, part)._replace(goes_on=True) for part in parts]
            pieces.append(_piece(plan, face, role, last))
    return pieces


def _piece(plan: FontPlan, face: Face, role: Role, word: str) -> Piece:
    atoms = []
    for text in re.findall("[ -~]+|[^ -~]", word):
        wide = not text.isascii()
        width = plan.width_mm(role, text, face.size_pt) + (face.track_pt / PT_PER_MM if wide else 0)
        atoms.append(Atom(role, text, width, width * GIVEN_UP if text in GIVING else 0.0, wide))
    return Piece(tuple(atoms), sum(one.width_mm for one in atoms), sum(one.spare_mm for one in atoms))


def lines_of(pieces: Sequence[Piece], room_mm: float, indent_mm: float = 0.0) -> list[Line]:
    """Break a paragraph so that its lines are as evenly set as possible; the last one is not stretched."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        best.append(min(_endings(pieces, end, best, room_mm, indent_mm)))
    ends = [len(pieces)]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    ends.reverse()
    return [
        _line(pieces[start:end], room_mm - (0 if start else indent_mm), last=end == len(pieces))
        for start, end in pairwise(ends)
    ]


def _endings(
    pieces: Sequence[Piece], end: int, best: Sequence[tuple[float, int]], room_mm: float, indent_mm: float
) -> Iterator[tuple[float, int]]:
    """Costs of every line that could end here, with where it begins."""
    width = spare = 0.0
    atoms = 0
    for start in range(end - 1, -1, -1):
        piece = pieces[start]
        width, spare, atoms = width + piece.width_mm, spare + piece.spare_mm, atoms + len(piece.atoms)
        room = room_mm - (0 if start else indent_mm)
        if width - spare > room + EVEN_MM and start < end - 1:
            return
        cost = _cost(room - width, spare, atoms, last=end == len(pieces))
        yield best[start][0] + cost + DATE_COST * pieces[end - 1].goes_on, start


def _cost(slack_mm: float, spare_mm: float, atoms: int, *, last: bool) -> float:
    """How badly a line is set; `slack_mm` is negative where its marks must give way."""
    if slack_mm < -EVEN_MM:
        return LINE_COST + ((-slack_mm / spare_mm) ** 2 if spare_mm >= -slack_mm else OVERFULL_COST)
    if last:
        return LINE_COST + (LONELY_COST if atoms <= LONELY else 0)
    return LINE_COST + (slack_mm / max(atoms - 1, 0.1) / USUAL_GAP_MM) ** 2


def _line(pieces: Sequence[Piece], room_mm: float, *, last: bool) -> Line:
    atoms = tuple(atom for piece in pieces for atom in piece.atoms)
    slack = room_mm - sum(atom.width_mm for atom in atoms)
    if slack < -EVEN_MM:
        spare = sum(atom.spare_mm for atom in atoms)
        return Line(atoms, 0.0, min(-slack / spare, 1.0) if spare else 0.0)
    gap = slack / max(len(atoms) - 1, 1)
    return Line(atoms, 0.0 if last or gap > WIDEST_GAP_MM else gap, 0.0)


def lonely(line: Line) -> bool:
    """Whether a last line has one or two characters, marks not counted."""
    return len("".join(atom.text for atom in line.atoms if atom.text not in GIVING)) <= LONELY


def row_of(line: Line, face: Face, x: float, y: float) -> Row:
    """A line as it is drawn from its left edge, in stretches of one role and spacing; `y`: the baseline."""
    spacing = face.track_pt + line.gap_mm * PT_PER_MM
    stretches: list[Spaced] = []
    goes_on = False  # whether the last stretch may take in more wide characters
    for atom in line.atoms:
        given = atom.spare_mm * line.given_up
        left = x - given if atom.text in OPENING else x
        if goes_on and atom.wide and left == x and stretches[-1].role is atom.role:
            stretches[-1] = stretches[-1]._replace(text=stretches[-1].text + atom.text)
        else:
            spacing_pt = spacing if atom.wide else 0.0
            stretches.append(Spaced(atom.role, face.size_pt, left, y, atom.text, spacing_pt))
        x += atom.width_mm - given + line.gap_mm
        goes_on = atom.wide and not given
    return Row(tuple(stretches))
