"""What a map or scan says, hides or does is looked at before anybody may see it; what no program reads a person reads."""

import io
import zlib

import pytest
from PIL import Image, PngImagePlugin
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from boards.model.findings import Level
from sync.county.land.attachments import AttachmentPrivate, AttachmentUnfit, MapHeld, judged, unread
from sync.county.land.case_folder import case_folder
from tests.land.land_house import House, stage
from tests.land.test_land_check import at, graves, report_of, sound_case

ID, CARD, MOBILE = "990523195803120019", "6299990000123456786", "14001380013"
NUMBERS = (ID, CARD, MOBILE, "990523/19580312/0019", "99O523l958O3l2OOl9")
UTF16 = ("\ufeff" + ID).encode("utf-16-be").hex().upper()
NOTICE = (
    "Notice 2026-7",
    "areas 12.3456 185.1840 1,234,567.89",
    "0572-5000012 12345",
    "2025-09-30 to 2025-10-14",
    "330590100201",
)


def written(lines=NOTICE, *, pages=1, locked=None, **properties):
    """A PDF with text on each page, as office programs make them: streams packed."""
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=1, encrypt=locked)
    for name, text in properties.items():
        getattr(canvas, f"set{name}")(text)
    for _ in range(pages):
        for at_line, text in enumerate(lines):
            canvas.drawString(50, 700 - 20 * at_line, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def scanned():
    """A PDF whose only page is a picture."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(file, "PDF")
    return file.getvalue()


def with_object(inner, *, stream=None):
    """The same document with one more object in it, before its table of objects."""
    data = written()
    body = b"\nstream\n" + stream + b"\nendstream" if stream is not None else b""
    return data.replace(b"xref\n", b"99 0 obj\n" + inner + body + b"\nendobj\nxref\n", 1)


def packed_object(inner):
    """An object inside a packed stream of objects."""
    packed = zlib.compress(b"98 0 " + inner)
    return with_object(b"<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode >>", stream=packed)


def octal(text):
    return b"".join(b"\\%03o" % byte for byte in text.encode("utf-16-be"))


PLACES = {
    "its text": lambda number: written([number]),
    "its second page": lambda number: written([*NOTICE[:2], number], pages=2),
    "its title": lambda number: written(Title=number),
    "its author": lambda number: written(Author=f"clerk {number}"),
    "its keywords": lambda number: written(Keywords=number),
    "a remark": lambda number: with_object(b"<< /Type /Annot /Subtype /Text /Contents (" + number.encode() + b") >>"),
    "a remark in octal": lambda number: with_object(b"<< /Contents (\\376\\377" + octal(number) + b") >>"),
    "a remark in hex": lambda number: with_object(b"<< /Contents <FEFF" + number.encode("utf-16-be").hex().encode() + b"> >>"),
    "a field": lambda number: with_object(b"<< /FT /Tx /T (a) /V (" + number.encode() + b") >>"),
    "a packed object": lambda number: packed_object(b"<< /Contents (" + number.encode() + b") >>"),
    "its XMP": lambda number: with_object(
        b"<< /Type /Metadata >>", stream=b"<x:xmpmeta><rdf:RDF><dc:title>" + number.encode() + b"</dc:title></rdf:RDF></x:xmpmeta>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("place", PLACES)
def test_a_number_in_a_pdf_holds_it(place, number):
    """On a page, in a property, a remark, a field, a packed object: told by the file's name, never repeated."""
    with pytest.raises(AttachmentPrivate) as caught:
        judged("示意图.pdf", PLACES[place](number))
    assert "示意图.pdf" in caught.value.told()[0]
    assert number not in "".join(caught.value.told())


DOES = {
    "a script when opened": with_object(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
    "a script in other letters": with_object(b"<< /S /J#61vaScript /J#53 (x) >>"),
    "a script in a packed object": packed_object(b"<< /S /JavaScript >>"),
    "a program to start": with_object(b"<< /S /Launch /F (cmd.exe) >>"),
    "a form that sends": with_object(b"<< /S /SubmitForm /F (https://www.example.cn) >>"),
    "a form of XFA": with_object(b"<< /XFA 7 0 R >>"),
    "a file inside": with_object(b"<< /Type /EmbeddedFile >>", stream=b"x"),
    "a file named inside": with_object(b"<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>"),
    "a password": written(locked=StandardEncryption("open", canPrint=0)),
    "a lock without a password": written(locked=StandardEncryption("", ownerPassword="o", canPrint=0)),
    "packed objects nobody can read": with_object(b"<< /Type /ObjStm /N 1 /First 5 /Filter /LZWDecode >>", stream=b"\x80\x0b"),
    "nothing but a head": b"%PDF-1.7\n",
    "an end too early": written()[:400],
}  # fmt: skip


@pytest.mark.parametrize("what", DOES)
def test_a_pdf_that_does_or_hides_something_is_refused(what):
    """Scripts, programs, forms that send, files inside, locks and what cannot be read: a sketch has none of them."""
    with pytest.raises(AttachmentUnfit):
        judged("示意图.pdf", DOES[what])


def test_an_office_pdf_passes_and_a_scan_asks_for_eyes():
    """Figures, days, codes, telephones of offices, links and a page to open at are ordinary; no text means a scan."""
    for data in (
        written(),
        written(pages=3, Title="Notice 2026-7", Author="Administrator"),
        with_object(b"<< /OpenAction [3 0 R /XYZ 0 0 0] >>"),
        with_object(b"<< /S /URI /URI (https://www.example.cn/art/1.html) >>"),
        with_object(b"<< /Contents (see /JavaScript in the manual) >>"),
        packed_object(b"<< /Title (Notice) >>"),
    ):
        assert judged("示意图.pdf", data).media_type == "application/pdf"
        assert not unread(data)
    assert judged("扫描件.pdf", scanned()).media_type == "application/pdf"
    assert unread(scanned())


def test_one_page_without_text_makes_a_scan():
    """A scanned page among others is looked at by a person too."""
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(50, 700, "Notice")
    canvas.showPage()
    canvas.rect(10, 10, 50, 50)
    canvas.showPage()
    canvas.save()
    assert unread(file.getvalue())


def photo(**tags):
    """A JPEG with these EXIF tags; `remark` is its comment."""
    picture, file = Image.new("RGB", (60, 40), "white"), io.BytesIO()
    exif, remark = picture.getexif(), tags.pop("remark", b"")
    for name, value in (
        {"x010F": "相机", "x0110": "M-12345", "x0132": "2025:09:30 12:00:00", "x0131": "Adobe Photoshop 25.1"}
        | tags
    ).items():
        tag = int(name[1:], 16)
        (exif.get_ifd(0x8769) if tag >= 0x9000 and tag not in range(0x9C9B, 0x9CA0) else exif)[tag] = value
    picture.save(file, "JPEG", exif=exif, comment=remark)
    return file.getvalue()


def drawing(*, packed=False, **texts):
    told, file = PngImagePlugin.PngInfo(), io.BytesIO()
    for name, text in texts.items():
        told.add_text(name, text, zip=packed)
    Image.new("RGB", (60, 40), "white").save(file, "PNG", pnginfo=told)
    return file.getvalue()


SAID = {
    "a description": lambda number: photo(x010E=f"made by {number}"),
    "an artist": lambda number: photo(x013B=number),
    "a remark of the photographer": lambda number: photo(x9286=b"ASCII\0\0\0" + number.encode()),
    "a remark in two-byte letters": lambda number: photo(x9286=b"UNICODE\0" + number.encode("utf-16-le")),
    "a remark of Windows": lambda number: photo(x9C9C=number.encode("utf-16-le") + b"\0\0"),
    "a comment": lambda number: photo(remark=number.encode()),
    "a text": lambda number: drawing(Comment=f"经办{number}"),
    "a packed text": lambda number: drawing(packed=True, Title=f"{number} " * 9),
}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("place", SAID)
def test_a_number_in_a_picture_holds_it(place, number):
    """In EXIF in any letters, in a comment, in the texts of a drawing."""
    with pytest.raises(AttachmentPrivate):
        judged("示意图", SAID[place](number))


def test_a_photo_names_nobody():
    """Who owns the camera is nobody's business; make, model and program are no secret."""
    with pytest.raises(MapHeld, match="相机主人"):
        judged("a.jpg", photo(xA430="林秋实"))
    assert judged("a.jpg", photo(xA430=" ")).media_type == "image/jpeg"
    assert judged("a.jpg", photo(remark="界址示意图".encode())).media_type == "image/jpeg"
    assert (
        judged("a.png", drawing(Software="GIMP 2.10", Comment="2025-09-30 示意图 1:2000")).media_type
        == "image/png"
    )
    assert unread(photo())


@pytest.mark.parametrize("number", NUMBERS[:3])
def test_a_number_in_a_files_name_holds_it(number):
    """The name is listed under the notice for everybody to read."""
    with pytest.raises(AttachmentPrivate) as caught:
        judged(f"示意图{number}.png", drawing())
    assert number not in "".join(caught.value.told())


REVIEWS = {
    "": False, " ": False, "已审查": False, "2025-09-20": False, "保密员": False, "保密员 2025-13-20": False, "保密员 20250920": False,
    "县资规局保密员 2023-01-02": True, "苕安县自然资源和规划局保密审查员林秋实，2023年1月2日": True, "保密员林秋实 2023.1.2": True, "保密员 2099-01-01": False,
}  # fmt: skip


@pytest.mark.parametrize("said", REVIEWS)
def test_somebody_looked_at_the_files_on_a_day(said):
    """Who and when, a day that exists and is not after the posting: else the notice waits."""
    case = sound_case()
    at(case, "plan").update(attachments=["a.png"], secrecy_review=said)
    assert ("plan" not in graves(report_of(case))) is REVIEWS[said], said


def test_a_scan_is_said_to_be_one(tmp_path):
    """The report names the files that no program can read, so that the reviewer reads them; nothing waits for it."""
    house = House.founded(tmp_path / "house")
    for name, data in (("图.png", drawing()), ("扫描件.pdf", scanned()), ("公告.pdf", written())):
        (house.case.parent / name).write_bytes(data)
    told = {
        "attachments": ["图.png", "扫描件.pdf", "公告.pdf"],
        "secrecy_review": "县资规局保密员 2025-09-20",
    }
    house.rewrite(lambda case: stage(case, "start").update(told))
    files = case_folder(house.case).files
    assert {name: one.level for name, one in files.items()} == {
        "图.png": Level.NOTE,
        "扫描件.pdf": Level.NOTE,
    }
    assert {one.code for one in files.values()} == {"ATTACHMENT_NOT_READ"}
