"""Which font draws which character: roles, chains of candidates, one plan a document.

Pure: fonts arrive as a `FontShelf`. The plan takes every text that will be drawn, walks
each role's chain by coverage, asks each font for a TrueType subset of just its share and
refuses the document when nothing covers a character. Nothing outside the plan can be
measured or drawn, so a box in a name's place (tofu) cannot come out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from io import BytesIO
from itertools import groupby
from typing import Any, NamedTuple, Protocol, TypeAlias

from reportlab.pdfbase import pdfmetrics, ttfonts

from printouts.errors import CharacterRefused, GlyphMissing

Loaded: TypeAlias = Any  # reportlab's font and its face: the library has no types
reportlab_fonts: Any = ttfonts

PT_PER_MM = 72 / 25.4
BFCHAR_LIMIT = 100  # entries in one block of a ToUnicode map (Adobe technical note 5411)
ALWAYS = frozenset(map(chr, range(32, 127)))  # every subset carries ASCII


class Role(StrEnum):
    """What a text is on the sheet; each role has its chain of fonts (paper §3)."""

    TITLE = "title"  # 小标宋
    BODY = "body"  # 仿宋
    KAI = "kai"  # 楷体
    HEI = "hei"  # 黑体: names, amounts, headings
    DATA = "data"  # figures and small print


class FontFile(Protocol):
    """One font on the shelf."""

    name: str

    def covered(self, chars: frozenset[str]) -> frozenset[str]:
        """Which of these characters it can draw."""

    def subset(self, chars: frozenset[str]) -> bytes:
        """Give a TrueType file that draws at least these characters and ASCII."""


class FontShelf(Protocol):
    """The fonts of this machine, by role."""

    def chain(self, role: Role) -> Sequence[FontFile]:
        """Candidates in the order they are asked."""


class Wanted(NamedTuple):
    """A text that will be drawn, and where it stands, for the sentence of a refusal."""

    role: Role
    text: str
    where: tuple[object, ...] = ()


class MendedFont(reportlab_fonts.TTFont):  # type: ignore[misc]
    """reportlab's TrueType font with a ToUnicode map that is right above U+FFFF.

    reportlab 5.1 writes such a character as five hex digits where UTF-16BE is due, so 朱𬭎
    prints right but is copied, searched and read aloud as another name.
    """

    def addObjects(self, doc: object) -> None:  # noqa: N802 - reportlab's name
        """Add the font's objects, then mend the maps among them."""
        subsets = list(self.state[doc].subsets)
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            base = (reportlab_fonts.SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX).decode(
                "latin-1"
            )
            doc.idToObject["toUnicodeCMap:" + base].content = to_unicode(base, subset)  # type: ignore[attr-defined]


def to_unicode(font_name: str, subset: Sequence[int]) -> str:
    """ToUnicode map of one subset: code → UTF-16BE, at most 100 a block, code 0 left out."""
    pairs = [
        f"<{code:02X}> <{chr(char).encode('utf-16-be').hex().upper()}>"
        for code, char in enumerate(subset)
        if char
    ]
    blocks = [pairs[at : at + BFCHAR_LIMIT] for at in range(0, len(pairs), BFCHAR_LIMIT)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({font_name}) /Ordering ({font_name}) /Supplement 0 >> def",
        f"/CMapName /{font_name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
        *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
        "endcmap",
        "CMapName currentdict /CMap defineresource pop",
        "end",
        "end",
    ]
    return "\n".join(lines)


class Assignment(NamedTuple):
    """Who draws what: font names by role and character, characters and files by font name."""

    drawn_by: dict[Role, dict[str, str]]
    shares: dict[str, set[str]]
    files: dict[str, FontFile]


def assignment(shelf: FontShelf, wanted: Iterable[Wanted]) -> Assignment:
    """Walk each role's chain for the characters of these texts; raises `GlyphMissing`."""
    wanted = list(wanted)
    drawn: dict[Role, set[str]] = {}
    for role, text, _ in wanted:
        drawn.setdefault(role, set(ALWAYS)).update(text)
    found = Assignment({}, {}, {})
    for role, chars in drawn.items():
        found.drawn_by[role] = _assigned(shelf.chain(role), chars, found.files, wanted)
        for char, name in found.drawn_by[role].items():
            found.shares.setdefault(name, set()).add(char)
    return found


class FontPlan:
    """The fonts of one document: who draws each character of each role, and how wide it is.

    reportlab keeps fonts by name for the whole process: one document is drawn at a time
    (the press has one worker process).
    """

    def __init__(self, shelf: FontShelf, wanted: Iterable[Wanted]) -> None:
        """Assign, subset and load; raises `GlyphMissing` before anything is drawn."""
        self._drawn_by, shares, files = assignment(shelf, wanted)
        self._advance: dict[Role, dict[str, float]] = {}
        self._single: dict[Role, str] = {}  # the only font of a role, "" where a fallback takes part
        faces: dict[str, Loaded] = {}
        for name, share in shares.items():
            font: Loaded = MendedFont(name, BytesIO(files[name].subset(frozenset(share))))
            # Straight into the registry: registerFont would hand back an older subset of the same face.
            pdfmetrics._fonts[name] = font  # noqa: SLF001
            faces[name] = font.face
        for role, chars in self._drawn_by.items():
            self._advance[role] = {
                char: faces[name].charWidths.get(ord(char), faces[name].defaultWidth or 0.0)
                for char, name in chars.items()
            }
            names = set(chars.values())
            self._single[role] = names.pop() if len(names) == 1 else ""

    def width_mm(self, role: Role, text: str, size_pt: float) -> float:
        """How wide a text is; a character outside the plan is refused."""
        try:
            thousandths = sum(map(self._advance[role].__getitem__, text))
        except KeyError as missing:
            raise _missing(text, str(missing.args[0]), ()) from None
        return thousandths * size_pt / 1000 / PT_PER_MM

    def runs(self, role: Role, text: str) -> list[tuple[str, str]]:
        """Text as stretches of one font each: (font name, stretch)."""
        single = self._single[role]
        if single:
            return [(single, text)]
        return [(name, "".join(chars)) for name, chars in groupby(text, self._drawn_by[role].__getitem__)]

    def first_font(self, role: Role) -> str:
        """Name of the font that leads a role (a canvas must start with an embedded one)."""
        return self._drawn_by[role][" "]


def _assigned(
    chain: Sequence[FontFile], chars: set[str], files: dict[str, FontFile], wanted: list[Wanted]
) -> dict[str, str]:
    """Each character with the first font of the chain that covers it."""
    unfit = {char for char in chars if _unfit(char)}
    if unfit:
        raise _missing_in(wanted, unfit)
    left = frozenset(chars)
    assigned: dict[str, str] = {}
    for file in chain:
        files.setdefault(file.name, file)
        covered = file.covered(left)
        assigned.update(dict.fromkeys(covered, file.name))
        left -= covered
        if not left:
            return assigned
    raise _missing_in(wanted, left)


def undrawn(shelf: FontShelf, role: Role, texts: Iterable[str]) -> frozenset[str]:
    """The characters of these texts that no font of a role draws, and those that none should."""
    chars = frozenset().union(*texts)
    unfit = frozenset(filter(_unfit, chars))
    left = chars - unfit
    for file in shelf.chain(role):
        left -= file.covered(left)
    return left | unfit


def _unfit(char: str) -> bool:
    """Private use, controls, surrogates, unassigned, and the replacement character itself."""
    return char == "\ufffd" or unicodedata.category(char) in {"Co", "Cc", "Cs", "Cf", "Zl", "Zp"}


def _missing_in(wanted: Iterable[Wanted], chars: Iterable[str]) -> GlyphMissing:
    lost = set(chars)
    found = ((text, char, where) for _, text, where in wanted for char in text if char in lost)
    return _missing(*next(found, (min(lost), min(lost), ())))


def _missing(text: str, char: str, where: tuple[object, ...]) -> GlyphMissing:
    kind = CharacterRefused if _unfit(char) else GlyphMissing
    place = "".join(map(str, where)) or "表中"
    return kind(text=text, where=place, codepoint=f"U+{ord(char):04X}")
