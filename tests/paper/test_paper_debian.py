"""Sheets with the machine's own fonts: rare names, embedded subsets, kept cuts."""

import hashlib
import subprocess
import sys
from decimal import Decimal

import pytest

from boards.sheets.sheet import Line
from kiosk_server.press.errors import FontMissing, FontUnreadable
from kiosk_server.press.fonts_cache import KEPT_PER_FONT, DiskFont, DiskShelf
from printouts.errors import GlyphMissing
from printouts.fonts import Role
from printouts.table_sheet import payout_sheet, texts_of
from tests.paper.paper_village import AT, BASE, NAMES, sheet_of

RARE = ("朱𬭎", "贾䶮", "王㛃", "阿不都热依木·买买提")


def printed(sheet, shelf):
    return payout_sheet(sheet, shelf, printed_at=AT, base_url=BASE)


def told_by(tool, pdf, *options):
    done = subprocess.run([tool, *options], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.thorough
def test_rare_names_are_copied_searched_and_read_aloud_as_themselves(debian):
    """`pdftotext` gives every name back, above U+FFFF too."""
    text = told_by("pdftotext", printed(sheet_of(24), debian), "-raw", "-", "-")
    flat = text.replace("\n", "")
    assert all(name in flat for name in (*RARE, *NAMES))
    assert "\ufffd" not in text


@pytest.mark.thorough
def test_every_font_is_embedded_and_nothing_else_is_named(debian):
    """Only subsets of our own fonts with ToUnicode, no Helvetica."""
    rows = told_by("pdffonts", printed(sheet_of(24), debian), "-").splitlines()[2:]
    assert len(rows) == 3
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows)
    assert all("+NotoS" in row for row in rows)


@pytest.mark.thorough
def test_a_sheet_is_the_same_bytes_whichever_cut_was_kept(debian, tmp_path):
    """Cut for this sheet alone or warmed for the whole village: equal bytes, and no cut is made twice."""
    alone = DiskShelf(tmp_path)
    first = printed(sheet_of(3), alone)
    kept = sorted(tmp_path.rglob("*.ttf"))
    assert printed(sheet_of(3), debian) == first
    assert printed(sheet_of(3), DiskShelf(tmp_path)) == first
    assert sorted(tmp_path.rglob("*.ttf")) == kept


@pytest.mark.thorough
def test_a_sheet_is_the_same_bytes_in_another_process(debian):
    """Another process, another hash seed, another time zone: equal bytes."""
    code = (
        "import hashlib, pathlib\n"
        "from kiosk_server.press.fonts_cache import DiskShelf\n"
        "from tests.paper.test_paper_debian import printed, sheet_of\n"
        f"pdf = printed(sheet_of(3), DiskShelf(pathlib.Path({str(debian._cache_dir)!r})))\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    there = {"PYTHONHASHSEED": "7", "TZ": "Asia/Urumqi"}
    done = subprocess.run([sys.executable, "-c", code], env=there, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(printed(sheet_of(3), debian)).hexdigest()


def test_a_character_of_no_font_is_refused(debian):
    """An unassigned code point has no shape anywhere."""
    with pytest.raises(GlyphMissing):
        printed(sheet_of([_line("王\U0003ffff")]), debian)


def test_warming_leaves_out_what_cannot_be_drawn(debian):
    """One name that cannot be printed does not keep the rest of the village cold."""
    debian.warm([texts_of(sheet_of([_line("王\U0003ffff")])), texts_of(sheet_of([_line("朱𬭎")]))])
    assert any("𬭎" in kept for kept in debian.chain(Role.HEI)[0]._cuts)


def test_a_machine_without_fonts_is_told_what_to_install(tmp_path):
    """The refusal names the file and the package."""
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        DiskShelf(tmp_path, system=(tmp_path,))


def test_a_broken_font_is_named(tmp_path):
    """A file that is no font is told by its name, not by a traceback."""
    (tmp_path / "hei.ttf").write_bytes(b"not a font")
    with pytest.raises(FontUnreadable, match=r"hei\.ttf"):
        DiskFont(tmp_path / "hei.ttf", 0, tmp_path).covered(frozenset("沈"))


def test_a_site_font_leads_its_role(debian, tmp_path):
    """A licensed font dropped into the site folder under a role's name is asked first."""
    cut = next(debian._files[name] for name in debian._files if name == "notosanscjk-bold.ttc")
    (tmp_path / "title.ttc").symlink_to(cut)
    chain = DiskShelf(tmp_path / "cache", tmp_path).chain(Role.TITLE)
    assert [font.name for font in chain][:2] == ["title", "NotoSerifCJK-Bold"]


def test_kept_cuts_are_bounded_and_a_swept_one_is_cut_again(debian, tmp_path):
    """The folder does not grow with every sheet; a file removed by hand is no harm."""
    small = next(debian._cache_dir.rglob("NotoSansCJK-Bold*/*.ttf"))
    font = DiskFont(small, 0, tmp_path)
    font._cuts = dict.fromkeys(
        (frozenset({chr(0x5000 + n)}) for n in range(KEPT_PER_FONT)), tmp_path / "gone.ttf"
    )
    font.subset(frozenset("沈"))
    assert len(font._cuts) == KEPT_PER_FONT
    for path in tmp_path.rglob("*.ttf"):
        path.unlink()
    font._held.clear()
    assert font.subset(frozenset("沈"))[:4] == b"\0\1\0\0"


def _line(holder):
    return Line(seq=1, holder=holder, group="一组", quantity=Decimal(1), unit="亩", amount_fen=100)


@pytest.mark.thorough
def test_a_name_beyond_noto_is_drawn_by_the_next_font_of_the_chain(debian):
    """Two fonts share one name, and it still reads back as itself."""
    first, *others = debian.chain(Role.HEI)
    beyond = sorted(frozenset().union(*(font.drawn for font in others)) - first.drawn - {"\ufffd"})
    rare = next((char for char in reversed(beyond) if "\U00020000" <= char <= "\U0003ffff"), None)
    if rare is None:
        pytest.skip("no second font on this machine covers more than Noto")
    pdf = printed(sheet_of([_line(f"王{rare}明")]), debian)
    assert f"王{rare}明" in told_by("pdftotext", pdf, "-raw", "-", "-").replace("\n", "")
