"""The foot of a payout sheet: signatures, whom to ask, the seal's free place, the code (paper §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from printouts import qr
from printouts.cells import on_lines, on_one_line, parted
from printouts.fonts import PT_PER_MM, FontPlan, Role
from printouts.paper import CENTRE_EM, MARGIN_MM, WIDTH_MM, Mark, Rule, Stamp, Text, outline
from printouts.wording import SEAL, SIGNATURES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BOTTOM, LEAST_MM = 203.8, 40.0
RIGHT = WIDTH_MM - MARGIN_MM
THIN, HAIR = 0.6, 0.35
SIGN_MM, SIGN_WIDTHS, SIGN_PT, SIGN_PAD = 11.4, (38.0, 49.0, 49.0), 9.5, 1.9
NOTES_MM, ABOVE_NOTES, BELOW_NOTES = 136.0, 1.0, 4.4
NOTES = (Role.HEI, Role.DATA, Role.DATA)
NOTE_SIZES = (
    (10.5, 9.5, 9.0),
    (10.5, 9.0, 9.0),
    (9.5, 9.0, 9.0),
    (9.0, 9.0, 9.0),
)  # the largest that need no more room
NOTE_LEADING, NOTE_WIDEST = 1.15, 1.4
SEAL_X, SEAL_MM, LABEL_X, LABEL_PITCH = 156.5, 40.0, 153.7, 4.4  # a village's seal is about 40 across
CAPTION = ((Role.HEI, 11.5), (Role.HEI, 11.5), (Role.DATA, 11.0), (Role.DATA, 10.0), *[(Role.DATA, 9.0)] * 3)
CAPTION_GAP, CAPTION_MM, CAPTION_LEADING = 1.0, 46.0, 1.3


class Said(NamedTuple):
    """One line of small print."""

    role: Role
    size_pt: float
    text: str


class Foot(NamedTuple):
    """A foot measured: where it begins, its small print line by line."""

    y: float
    notes: tuple[Said, ...]
    caption: tuple[Said, ...]


def foot_of(plan: FontPlan, words: Words) -> Foot:
    """As high as a seal, or as its small print needs."""
    caption = tuple(
        Said(role, fitted.size_pt, line)
        for (role, size), text in zip(CAPTION, words.caption, strict=True)
        for fitted in (on_lines(plan, role, text, size, CAPTION_MM),)
        for line in fitted.lines
    )
    around = SIGN_MM + ABOVE_NOTES + BELOW_NOTES
    for sizes in NOTE_SIZES:
        notes = _notes(plan, words, sizes)
        if around + _height(notes, NOTE_LEADING) <= LEAST_MM:
            break
    height = max(LEAST_MM, around + _height(notes, NOTE_LEADING), _height(caption, CAPTION_LEADING))
    return Foot(BOTTOM - height, notes, caption)


def _notes(plan: FontPlan, words: Words, sizes: Sequence[float]) -> tuple[Said, ...]:
    """Whom to ask until when; both figures against the county's; who issued it, when it comes down."""
    texts = (words.objection, words.reconciled, words.source)
    return tuple(
        Said(role, size, line)
        for role, size, text in zip(NOTES, sizes, texts, strict=True)
        for line in parted(plan, role, text, size, NOTES_MM)
    )


def _height(lines: Sequence[Said], leading: float) -> float:
    return sum(one.size_pt * leading / PT_PER_MM for one in lines)


def drawn(plan: FontPlan, foot: Foot, code: qr.Code) -> Iterator[Mark]:
    """Draw what is the same on every page."""
    yield from _sign_boxes(plan, foot.y)
    y = foot.y + SIGN_MM + ABOVE_NOTES
    leading = min((BOTTOM - BELOW_NOTES - y) / _height(foot.notes, 1.0), NOTE_WIDEST)
    yield from _below(foot.notes, MARGIN_MM, y, "l", leading)
    yield from _seal()
    yield from _code(foot, code)


def _sign_boxes(plan: FontPlan, y: float) -> Iterator[Mark]:
    yield from outline(THIN, MARGIN_MM, y, sum(SIGN_WIDTHS), SIGN_MM)
    x = MARGIN_MM
    for label, width in zip(SIGNATURES, SIGN_WIDTHS, strict=True):
        size = on_one_line(plan, Role.DATA, label, SIGN_PT, width - 2 * SIGN_PAD).size_pt
        yield Text(Role.DATA, size, x + SIGN_PAD, y + 4.4, label)
        x += width
        if x < MARGIN_MM + sum(SIGN_WIDTHS):
            yield Rule(THIN, x, y, x, y + SIGN_MM)


def _seal() -> Iterator[Mark]:
    """A free place for the village's seal, its name beside it from top to bottom: a seal covers no text."""
    y = BOTTOM - SEAL_MM
    yield from outline(HAIR, SEAL_X, y, SEAL_MM, SEAL_MM)
    first = y + (SEAL_MM - (len(SEAL) - 1) * LABEL_PITCH) / 2 + CENTRE_EM * SIGN_PT / PT_PER_MM
    for at, char in enumerate(SEAL):
        yield Text(Role.DATA, SIGN_PT, LABEL_X, first + at * LABEL_PITCH, char, "c")


def _code(foot: Foot, code: qr.Code) -> Iterator[Mark]:
    """Put the code's dark edge on the margin, its quiet zone kept free, what it says beside it."""
    module, quiet = code.module_mm, qr.QUIET_MODULES * code.module_mm
    x = RIGHT - code.modules * module
    yield Stamp(code, x, BOTTOM - qr.SPACE_MM + quiet, module)
    right, height = x - quiet - CAPTION_GAP, _height(foot.caption, CAPTION_LEADING)
    y = min(BOTTOM - qr.SPACE_MM + quiet, BOTTOM - height)
    yield from _below(foot.caption, right, y, "r", CAPTION_LEADING)


def _below(lines: Sequence[Said], x: float, y: float, align: str, leading: float) -> Iterator[Text]:
    """Lines below each other from a height on."""
    for role, size, text in lines:
        pitch = size * leading / PT_PER_MM
        yield Text(role, size, x, y + pitch / 2 + CENTRE_EM * size / PT_PER_MM, text, align)
        y += pitch
