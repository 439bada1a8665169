"""PDF/A-2b, part by part, as a reader finds it in the file (paper §5): no validator is at hand, so each part is asked for."""

import re
import xml.etree.ElementTree as ET
from io import BytesIO

import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageCms

from printouts.archival import grey_profile
from printouts.dossier.contents import contents_pdf
from printouts.dossier.cover import cover_pdf
from printouts.dossier.register import register_pdf
from printouts.notice_sheet import notice_pdf
from printouts.size import Paper
from printouts.table_sheet import payout_sheet
from tests.dossier_village import dossier_of
from tests.paper.paper_notices import notice_sheets
from tests.paper.paper_village import AT, BASE, LEFT_OUT, sheet_of
from tests.paper.read_back import streams_of

pytestmark = pytest.mark.thorough

SPACES = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
SAID_TWICE = {
    "Title": "dc:title/rdf:Alt/rdf:li",
    "Author": "dc:creator/rdf:Seq/rdf:li",
    "Subject": "dc:description/rdf:Alt/rdf:li",
    "Keywords": "pdf:Keywords",
    "Creator": "xmp:CreatorTool",
    "Producer": "pdf:Producer",
}
DOSSIER = {
    "contents": contents_pdf,
    "register": register_pdf,
    "cover": lambda whole, fonts: cover_pdf(whole, fonts, files=12, octets=3456),
}
NEVER = (b"/Encrypt /AA /OpenAction /JavaScript /JS /Launch /EmbeddedFile /AcroForm /Annots /LZWDecode /SMask "
         b"/Group /ca /CA /BM /TR /Alternates /OPI /Ref /PS /StructTreeRoot").split()  # fmt: skip
INKS = re.compile(rb"(?<=\s)(rg|RG|k|K|cs|CS|sc|scn|SC|SCN|gs|sh|ri|BI)(?=\s)")


@pytest.fixture(scope="module", params=["payout", "payout-a3", "notice", "notice-a3", *DOSSIER])
def pdf(request, debian):
    """A list and a notice on both papers, and what an archive hands out, with the machine's own fonts."""
    if request.param in DOSSIER:
        return DOSSIER[request.param](dossier_of(30), debian)
    kind, _, a3 = request.param.partition("-")
    asked = {"printed_at": AT, "base_url": BASE, "paper": Paper.A3 if a3 else Paper.A4}
    if kind == "payout":
        sheet = sheet_of(30, left_out=LEFT_OUT, title="岭东村2026年“<耕地>&地力”补贴发放公示表")
        return payout_sheet(sheet, debian, **asked)
    return notice_pdf(notice_sheets()["plan"], debian, **asked)


@pytest.fixture
def xmp(pdf):
    (packet,) = [content for head, content in streams_of(pdf) if b"/Type /Metadata" in head]
    return ET.fromstring(  # noqa: S314 - our own
        packet.decode().partition("?>")[2].rpartition("<?xpacket")[0]
    ).find(".//rdf:Description", SPACES)


@pytest.mark.thorough
def test_the_file_is_built_as_the_standard_asks(pdf):
    """Version, binary mark, file ID twice the same, nothing behind its end, streams as long as they say."""
    lines = pdf.split(b"\n", 2)
    assert lines[0] == b"%PDF-1.7"
    assert lines[1][0:1] == b"%"
    assert all(byte > 127 for byte in lines[1][1:5])
    first, second = re.search(rb"trailer\n.*/ID\s*\[<(\w{32})><(\w{32})>\]", pdf, re.DOTALL).groups()
    assert first == second
    assert pdf.endswith(b"%%EOF\n")
    assert len(streams_of(pdf)) > 5


def test_the_file_says_in_xmp_that_it_is_pdf_a_2b_and_all_that_its_information_says(pdf, xmp):
    """One statement in two forms: title, author, subject, keywords, tools and day agree to the letter."""
    assert (xmp.findtext("pdfaid:part", "", SPACES), xmp.findtext("pdfaid:conformance", "", SPACES)) == (
        "2",
        "B",
    )
    with pypdfium2.PdfDocument(pdf) as document:
        info = document.get_metadata_dict()
    assert {name: xmp.findtext(path, "", SPACES) for name, path in SAID_TWICE.items()} == {
        name: info[name] for name in SAID_TWICE
    }
    day = re.fullmatch(r"D:(\d{4})(\d\d)(\d\d)000000\+08'00'", info["CreationDate"]).groups()
    assert info["ModDate"] == info["CreationDate"]
    for moment in ("xmp:CreateDate", "xmp:ModifyDate"):
        assert xmp.findtext(moment, "", SPACES) == "-".join(day) + "T00:00:00+08:00"


def test_grey_means_what_the_embedded_profile_says(pdf):
    """One output intent with a profile that a colour engine reads; black is black, white is white."""
    (intent,) = re.findall(rb"/OutputIntents \[ (<<.*?>>) \]", pdf, re.DOTALL)
    assert b"/S /GTS_PDFA1" in intent
    assert b"/OutputConditionIdentifier (" in intent
    ((_, content),) = [one for one in streams_of(pdf) if b"/N 1" in one[0]]
    assert content == grey_profile()
    profile = ImageCms.ImageCmsProfile(BytesIO(content))
    assert (profile.profile.xcolor_space, profile.profile.device_class) == ("GRAY", "mntr")
    seen = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "L", "RGB")
    shades = [
        ImageCms.applyTransform(Image.new("L", (1, 1), shade), seen).getpixel((0, 0))
        for shade in (0, 128, 255)
    ]
    assert (shades[0], shades[2]) == ((0, 0, 0), (255, 255, 255))
    assert all(abs(part - 128) < 4 for part in shades[1])


def test_all_ink_is_grey_and_nothing_is_transparent(pdf):
    """No other colour, no graphics state, no picture, nothing that acts or is drawn from elsewhere."""
    drawn = [content for head, content in streams_of(pdf) if b"/Subtype /Form" in head or b" Tf" in content]
    assert len(drawn) >= 2
    assert [INKS.findall(content) for content in drawn] == [[]] * len(drawn)
    plain = re.sub(rb"\nstream\n.*?\nendstream\n", b"", pdf, flags=re.DOTALL)
    assert [word for word in NEVER if re.search(re.escape(word) + rb"(?![A-Za-z])", plain)] == []


def test_every_font_is_in_the_file_with_the_widths_it_is_set_by(pdf):
    """A TrueType program with one character map, a text map, and no code that would draw a box."""
    fonts = re.findall(rb"/BaseFont /(\S+).*?/FirstChar (\d+).*?/Widths \[([^\]]*)\]", pdf, re.DOTALL)
    programs = [TTFont(BytesIO(content)) for head, content in streams_of(pdf) if b"/Length1" in head]
    maps = [content for _, content in streams_of(pdf) if b"begincmap" in content]
    assert len(fonts) == len(programs) == len(maps) >= 2
    assert pdf.count(b"/FontFile2") == pdf.count(b"/ToUnicode") == len(fonts)
    for program in programs:
        (table,) = program["cmap"].tables
        assert (table.platformID, table.platEncID) == (1, 0)
    for said in maps:
        codes = {int(code, 16) for code in re.findall(rb"<(\w\w)> <\w{4,8}>", said)} - {127}  # DEL, never set
        name = re.search(rb"/CMapName /(\S+) def", said)[1]
        (widths,) = [list(map(float, one[2].split())) for one in fonts if one[0] == name]
        (program,) = [one for one in programs if _set_by(one, widths, codes)][:1]
        assert all(program.getGlyphID(program["cmap"].tables[0].cmap[code]) for code in codes - {32})


def _set_by(program, widths, codes):
    """Whether these widths are those of the program's glyphs."""
    glyphs, per_em = program["cmap"].tables[0].cmap, program["head"].unitsPerEm
    return all(
        code in glyphs and abs(program["hmtx"][glyphs[code]][0] * 1000 / per_em - widths[code]) < 1
        for code in codes
    )


def test_the_file_claims_no_more_than_it_has(pdf):
    """Its language is told; it has no structure tree, and says that it is not tagged."""
    assert re.search(rb"/Lang \(zh-CN\)", pdf)
    assert re.search(rb"/Marked false", pdf)
    assert b"Helvetica" not in pdf


def test_a3_is_the_same_page_larger(debian):
    """The texts of an A4 page in their order, on paper 420 by 297 wide and high."""
    for make, sheet, across in (
        (payout_sheet, sheet_of(30), (420, 297)),
        (notice_pdf, notice_sheets()["plan"], (297, 420)),
    ):
        both = [
            make(sheet, debian, printed_at=AT, base_url=BASE, paper=paper) for paper in (Paper.A4, Paper.A3)
        ]
        said = []
        for pdf in both:
            with pypdfium2.PdfDocument(pdf) as document:
                said.append([page.get_textpage().get_text_bounded() for page in document])
                size = tuple(side * 25.4 / 72 for side in document[0].get_size())
        assert said[0] == said[1]
        assert size == pytest.approx(across, abs=0.01)
