"""Debian's fonts for reportlab: found on disk, cut to the characters needed, kept.

reportlab draws TrueType outlines only, Noto CJK has CFF outlines in a collection. So each
font is cut by HarfBuzz to the characters of a document, the cut is converted (about 1 ms a
character), and the result is kept by the font's version and the character set's hash. A kept
cut serves every document whose characters it has, so a village warmed once prints at once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import uharfbuzz
from fontTools import fontBuilder
from fontTools.pens import cu2quPen, filterPen, ttGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables import DefaultTable

from kiosk_server.press.errors import FontMissing, FontUnreadable, PressShelfFull
from printouts.errors import GlyphMissing
from printouts.fonts import ALWAYS, FontFile, Role, Wanted, assignment

Opened: TypeAlias = Any  # fontTools has types for some of its parts only
font_builder: Any = fontBuilder
harfbuzz: Any = uharfbuzz
parts: Any = filterPen
outlines: Any = cu2quPen
glyph_pens: Any = ttGlyphPen

SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
SUFFIXES = (".ttf", ".otf", ".ttc")
COPIED = ("OS/2", "name")
SPEAKING = ("head", "hhea", *COPIED)
LAYOUT = (b"GSUB", b"GPOS", b"GDEF", b"BASE", b"VORG", b"vhea", b"vmtx")  # of no use to reportlab
KEPT_PER_FONT = 12
CURVE_ERROR = 1.0  # thousandths of an em: finer than any printer
LIMITS = {  # the same in every cut, so that equal sheets stay equal bytes whatever cut they come from
    "maxPoints": 4096,
    "maxContours": 512,
    "maxCompositePoints": 0,
    "maxCompositeContours": 0,
    "maxZones": 1,
    "maxTwilightPoints": 0,
    "maxStorage": 0,
    "maxFunctionDefs": 0,
    "maxInstructionDefs": 0,
    "maxStackElements": 0,
    "maxSizeOfInstructions": 0,
    "maxComponentElements": 0,
    "maxComponentDepth": 0,
}


class Face(NamedTuple):
    """A font file by name, and the face in it where it is a collection (2 is SC in Debian's Noto)."""

    file: str
    number: int = 0


SANS, SANS_BOLD = Face("NotoSansCJK-Regular.ttc", 2), Face("NotoSansCJK-Bold.ttc", 2)
SERIF, SERIF_BOLD = Face("NotoSerifCJK-Regular.ttc", 2), Face("NotoSerifCJK-Bold.ttc", 2)
WENKAI, BABELSTONE = Face("LXGWWenKai-Regular.ttf"), Face("BabelStoneHan.ttf")

CHAINS: dict[Role, tuple[Face, ...]] = {
    Role.TITLE: (SERIF_BOLD, SANS_BOLD, WENKAI, BABELSTONE),
    Role.BODY: (SERIF, SANS, WENKAI, BABELSTONE),
    Role.KAI: (WENKAI, SERIF, SANS, BABELSTONE),
    Role.HEI: (SANS_BOLD, SANS, WENKAI, BABELSTONE),
    Role.DATA: (SANS, WENKAI, BABELSTONE),
}
REQUIRED = (SANS, SANS_BOLD, SERIF_BOLD)
OFFICIAL = {  # what GB/T 9704 asks for and no free package has
    Role.BODY: "仿宋 FangSong_GB2312",
    Role.TITLE: "方正小标宋 FZXiaoBiaoSong",
}


class DiskShelf:
    """The fonts of this machine: a site folder first, then Debian's packages.

    A file in the site folder named after a role (`hei.ttf`, `title.otf` …) leads that role's
    chain; any other file there is found by its own name, e.g. fonts unpacked without root.
    """

    def __init__(
        self, cache_dir: Path, fonts_dir: Path | None = None, *, system: Sequence[Path] = SYSTEM_FOLDERS
    ) -> None:
        """Look at the folders once; FontMissing when a required font is nowhere."""
        self._files = found((fonts_dir,) if fonts_dir else (), system)
        self._cache_dir = cache_dir
        self._fonts: dict[Path, DiskFont] = {}
        for face in REQUIRED:
            if face.file.lower() not in self._files:
                raise FontMissing(file=face.file)

    def chain(self, role: Role) -> Sequence[DiskFont]:
        """Give the role's candidates that are on this machine."""
        site = [Face(role + suffix) for suffix in SUFFIXES]
        fonts = []
        for face in (*site, *CHAINS[role]):
            path = self._files.get(face.file.lower())
            if path is not None:
                fonts.append(self._fonts.setdefault(path, DiskFont(path, face.number, self._cache_dir)))
        return fonts

    def has_own(self, role: Role) -> bool:
        """Whether the site folder has a font for this role."""
        return any(role + suffix in self._files for suffix in SUFFIXES)

    def warm(self, documents: Iterable[Iterable[Wanted]]) -> None:
        """Cut and keep the fonts for the texts of all these documents together.

        A document with a character nobody draws is left out here and refused when it is printed.
        """
        shares: dict[str, set[str]] = {}
        files: dict[str, FontFile] = {}
        for wanted in documents:
            try:
                found = assignment(self, wanted)
            except GlyphMissing:
                continue
            files |= found.files
            for name, share in found.shares.items():
                shares.setdefault(name, set()).update(share)
        for name, share in shares.items():
            files[name].subset(frozenset(share))


def found(own: Iterable[Path], system: Iterable[Path]) -> dict[str, Path]:
    """Font files below these folders by lower-case name; the first folder wins."""
    files: dict[str, Path] = {}
    for folder in (*own, *system):
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES:
                files.setdefault(path.name.lower(), path)
    return files


def drawn_by(role: Role, chars: frozenset[str]) -> frozenset[str]:
    """Those of these characters that a font of Debian's packages draws in this role."""
    files = found((), SYSTEM_FOLDERS)
    here = ((files.get(face.file.lower()), face.number) for face in CHAINS[role])
    fonts = (DiskFont(path, number, path.parent) for path, number in here if path)
    return frozenset(char for font in fonts for char in chars & font.drawn)


class DiskFont:
    """One font file and the cuts kept of it."""

    def __init__(self, path: Path, number: int, cache_dir: Path) -> None:
        """Open nothing yet: a warm village never opens the font itself."""
        self.name = path.stem
        self._path, self._number, self._cache_dir = path, number, cache_dir
        self._held: dict[Path, tuple[frozenset[str], bytes]] = {}

    def covered(self, chars: frozenset[str]) -> frozenset[str]:
        """Which of these it draws; answered from the kept cuts where they have them all."""
        return chars if any(chars <= kept for kept in self._cuts) else chars & self.drawn

    def subset(self, chars: frozenset[str]) -> bytes:
        """Find a kept cut with these characters (the smallest), or make and keep a new one."""
        kept = min((kept for kept in self._cuts if chars <= kept), key=len, default=None)
        return (kept and self._read(kept)) or self._keep(chars)

    @cached_property
    def drawn(self) -> frozenset[str]:
        """All characters of the font; raises FontUnreadable."""
        return frozenset(map(chr, self._face.unicodes))

    @cached_property
    def _folder(self) -> Path:
        """Where the cuts of this very file are kept: told by its version tables, not by reading 20 MB."""
        told = [self._face.reference_table(tag).data for tag in ("head", "maxp", "name")]
        digest = hashlib.sha256(b"".join([*told, str(self._path.stat().st_size).encode()])).hexdigest()[:20]
        return self._cache_dir / f"{self.name}-{digest}"

    @cached_property
    def _cuts(self) -> dict[frozenset[str], Path]:
        """The kept cuts, by the characters they have."""
        lists = sorted(self._folder.glob("*.chars"), key=lambda path: path.stat().st_mtime_ns)
        return {frozenset(path.read_text("utf-8")): path.with_suffix(".ttf") for path in lists}

    def _read(self, chars: frozenset[str]) -> bytes | None:
        path = self._cuts[chars]
        try:
            if path not in self._held:
                self._held = {path: (chars, path.read_bytes())}
            os.utime(path.with_suffix(".chars"))
        except OSError:  # swept away by hand: cut again
            del self._cuts[chars]
            return None
        return self._held[path][1]

    def _keep(self, chars: frozenset[str]) -> bytes:
        cut = self.cut(chars)
        text = "".join(sorted(chars)).encode()
        path = self._folder / f"{hashlib.sha256(text).hexdigest()[:20]}.ttf"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, cut)
            write_whole(path.with_suffix(".chars"), text)
        except OSError as error:
            raise PressShelfFull(reason=error.strerror or "OSError") from None
        self._cuts[chars] = path
        self._held = {path: (chars, cut)}
        while len(self._cuts) > KEPT_PER_FONT:  # those that were not used for longest
            oldest = self._cuts.pop(next(iter(self._cuts)))
            oldest.with_suffix(".chars").unlink(missing_ok=True)
            oldest.unlink(missing_ok=True)
        return cut

    def cut(self, chars: frozenset[str], always: frozenset[str] = ALWAYS) -> bytes:
        """Cut to only these characters (and ASCII, unless said otherwise), as TrueType; keep nothing."""
        wanted = harfbuzz.SubsetInput()
        wanted.unicode_set.update(map(ord, chars | always))
        wanted.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in LAYOUT)
        wanted.flags = harfbuzz.SubsetFlags.NOTDEF_OUTLINE
        cut = TTFont(BytesIO(harfbuzz.subset(self._face, wanted).blob.data))
        return as_truetype(cut, {tag: self._face.reference_table(tag).data for tag in SPEAKING})

    @cached_property
    def _face(self) -> Opened:
        """The font, mapped from the disk; raises FontUnreadable."""
        number = self._number if self._path.suffix.lower() == ".ttc" else 0
        try:
            face = harfbuzz.Face(harfbuzz.Blob.from_file_path(str(self._path)), number)
        except harfbuzz.HarfBuzzError:
            raise FontUnreadable(file=self._path.name) from None
        if not face.glyph_count:
            raise FontUnreadable(file=self._path.name)
        return face


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def as_truetype(cut: Opened, speaking: Mapping[str, bytes]) -> bytes:
    """Convert a cut font, given the tables that speak of the whole font (SPEAKING) as they are there.

    They and maxp do not depend on the cut, so a sheet's bytes do not depend on which cut was kept.
    """
    names, drawn = dict(sorted(cut.getBestCmap().items())), cut.getGlyphSet()
    glyphs = {name: _outline(cut, drawn, name) for name in (".notdef", *names.values())}
    build = font_builder.FontBuilder(cut["head"].unitsPerEm, isTTF=True)
    build.font.recalcBBoxes = build.font.recalcTimestamp = False
    build.setupGlyphOrder(list(glyphs))
    build.setupCharacterMap(names)
    build.setupGlyf(glyphs)
    for tag, content in speaking.items():
        build.font[tag] = DefaultTable.DefaultTable(tag) if tag in COPIED else newTable(tag)
        build.font[tag].decompile(content, build.font)
    widths = cut["hmtx"].metrics
    build.setupHorizontalMetrics(
        {name: (widths[name][0], getattr(glyph, "xMin", 0)) for name, glyph in glyphs.items()}
    )
    build.font["post"] = cut["post"]
    build.font["post"].formatType = 3.0
    build.setupMaxp()
    vars(build.font["maxp"]).update(LIMITS)
    out = BytesIO()
    build.save(out)
    return out.getvalue()


def _outline(font: Opened, glyphs: Opened, name: str) -> Opened:
    """One glyph in quadratic curves, its parts drawn in; cubic outlines also turn the other way."""
    pen = glyph_pens.TTGlyphPen(None)
    cubic = "glyf" not in font
    quadratic = outlines.Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True) if cubic else pen
    glyphs[name].draw(parts.DecomposingFilterPen(quadratic, glyphs))
    return pen.glyph()
