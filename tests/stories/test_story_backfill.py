"""Papers of years before this system: taken into the archive with where they came from, and shown by no door."""

from __future__ import annotations

import io
import json
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from openpyxl import Workbook
from PIL import Image

from boards.model.kept.register import Act
from kiosk_server.archive.kept.register import Register
from kiosk_server.dossier import nobody
from kiosk_server.dossier.backfill import backfilled, path_of, provenance
from sync.county import older
from tests.line.county_sim import ADULT, OTHER, VILLAGE, county, published, row
from tests.stories.keeping import PAGES, Keeping

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
ABOUT = {
    "--year": 2019,
    "--kind": "scan",
    "--title": "2019年地力补贴公示表",
    "--day": "2019-12-01",
    "--from": "村档案室",
    "--by": "岭东村村民委员会",
}
LOOKED = "--no-numbers-seen"
CLEAN = "姓名,组别,金额（元）,身份证号\n林一,一组,120.5,3305**********0019\n林二,一组,88,\n"


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list of 2025."""
    where = county(tmp_path_factory.mktemp("backfill") / "county")
    published(where, [row(n) for n in range(3)])
    return where


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts, monkeypatch):
    made = Keeping(founded, tmp_path, new_database, kept_fonts)
    made.run("sync")
    made.on(NOW, monkeypatch)
    return made


def picture(kind: str, pages: int = 1, shade: int = 200) -> bytes:
    """A scan of so many pages."""
    made, *others = [Image.new("L", (60, 80), shade + n) for n in range(pages)]
    file = io.BytesIO()
    more = {"save_all": True, "append_images": others} if pages > 1 else {}
    made.save(file, kind, **more)
    return file.getvalue()


def words(**other) -> list[object]:
    """What is typed, with something said otherwise or left out (None)."""
    about = ABOUT | {f"--{name}": value for name, value in other.items()}
    return [word for pair in about.items() if pair[1] is not None for word in pair]


def wrote(kiosk, name, octets):
    file = kiosk.folder / name
    file.write_bytes(octets)
    return file


def test_scans_of_every_kind_come_in_with_where_they_came_from(kiosk):
    """Each file is kept by its digest with its pages, and listed as 补录 with who brought it and from where."""
    kinds = {"表.pdf": ("PDF", 3), "照片.jpg": ("JPEG", 1), "图.png": ("PNG", 1), "册.tiff": ("TIFF", 2)}
    files = [wrote(kiosk, name, picture(*kind)) for name, kind in kinds.items()]
    code, said = kiosk.does("backfill", *words(), LOOKED, *files)
    assert (code, said.count("✓ 补录：2019年")) == (0, 4), said
    entries = kiosk.acts(Act.BACKFILL)
    assert [(one.pages, one.name) for one in entries] == [
        (3, "表.pdf"), (1, "照片.jpg"), (1, "图.png"), (2, "册.tif"),
    ]  # fmt: skip
    for one, file in zip(entries, files, strict=True):
        assert kiosk.vault.read(one.sha256) == file.read_bytes()
        assert kiosk.vault.path(one.sha256).stat().st_mode & 0o777 == 0o400
        assert (one.year, str(one.day), one.source, one.by) == (
            2019,
            "2019-12-01",
            "村档案室",
            "岭东村村民委员会",
        )
        assert (one.outcome, one.at, one.kind) == ("no-numbers-seen", "2026-11-24T02:00:00Z", "scan")
    code, said = kiosk.does("backfill", "--list")
    assert code == 0
    assert said.count("补录·扫描件") == 4
    assert "来自村档案室，岭东村村民委员会交来，2026-11-24 收入，表.pdf" in said
    assert said.endswith("共 4 份。\n")
    assert kiosk.does("backfill", "--list", "--village", OTHER)[0] == 2


def test_an_old_roster_is_read_for_numbers_of_persons(kiosk):
    """Whole IDs, accounts and mobiles are counted by cell and the file is refused; a clean or masked one comes in."""
    account, mobile = "621700123456789", "14000000001"
    spoilt = CLEAN.replace("120.5", "120.5").replace("林二,一组,88,", f"林二,一组,88,{ADULT}\n{mobile},,,")
    book = Workbook()
    for cells in (["户主", "一卡通账号"], ["林一", int(account)], ["林二", account]):
        book.active.append(cells)
    kept = io.BytesIO()
    book.save(kept)
    bad = (wrote(kiosk, "老册.csv", spoilt.encode("gb18030")), wrote(kiosk, "老册.xlsx", kept.getvalue()))
    for file in bad:
        code, said = kiosk.does("backfill", *words(kind="roster"), file)
        assert code == 2
        assert f"{file.name} 里有 2 处完整的身份证号、银行账号或手机号" in said
        assert "older-file-private" in said
        assert not any(number in said for number in (account, mobile, ADULT))
    assert kiosk.acts() == []
    good = wrote(kiosk, "好.csv", CLEAN.encode())
    assert kiosk.does("backfill", *words(kind="roster"), good, bad[0])[0] == 2
    assert kiosk.acts() == []  # all are judged before the first is kept
    code, said = kiosk.does("backfill", *words(kind="roster"), good)
    assert (code, kiosk.acts()[0].outcome) == (0, "no-numbers-read"), said
    assert "补录·老名册" in kiosk.does("backfill", "--list")[1]


def test_a_pdf_that_has_text_is_read_like_a_roster(kiosk):
    """An ID in a PDF's text is found whatever a person says; a script in it refuses it."""
    plain = picture("PDF")
    private = plain.replace(b"%%EOF", f"\n9 0 obj\n(sfz {ADULT})\nendobj\n%%EOF".encode())
    active = plain.replace(b"%%EOF", b"\n9 0 obj\n<</S /JavaScript /JS (app)>>\nendobj\n%%EOF")
    for octets, code in ((private, "older-file-private"), (active, "scan-unfit")):
        assert code in kiosk.does("backfill", *words(), LOOKED, wrote(kiosk, "表.pdf", octets))[1]
    assert kiosk.acts() == []


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"year": 2027}, "year-not-older"),
        ({"day": "2026-11-25"}, "year-not-older"),
        ({"year": 2025, "day": "2025-03-01"}, "year-not-older"),
        ({"day": "2018-12-31"}, "year-not-older"),
        ({"village": OTHER}, "village-elsewhere"),
        ({"village": "990523100201"}, "village-elsewhere"),
        ({"title": f"名册{ADULT}"}, "mistyped"),
        ({"title": "青山路12号301室的材料"}, "mistyped"),
        ({"from": "2019"}, "mistyped"),
        ({"by": "林秋实"}, "mistyped"),
        ({"by": None}, "mistyped"),
        ({"kind": "photo"}, "mistyped"),
    ],
)
def test_what_cannot_be_older_material_is_refused(kiosk, other, code):
    """A year to come or one published here, another kiosk's village, a number or somebody's name in the words."""
    file = wrote(kiosk, "表.png", picture("PNG"))
    exit_code, said = kiosk.does("backfill", *words(**other), LOOKED, file)
    assert (exit_code, f"（{code}）" in said) == (2, True), said
    assert ADULT not in said
    assert (kiosk.acts(), kiosk.vault.has(sha256(file.read_bytes()).hexdigest())) == ([], False)


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("空.pdf", b""),
        ("半.pdf", b"%PDF-1.4\n1 0 obj"),
        ("半.jpg", b"\xff\xd8\xff\xe0" + bytes(9000)),
        ("半.png", b"\x89PNG\r\n\x1a\n" + bytes(9000)),
        ("半.tif", b"II*\x00\xff\xff\x00\x00"),
        ("程序.pdf", b"MZ\x90\x00"),
        ("册.png", b"PK\x03\x04"),
    ],
)
def test_a_file_that_is_no_whole_scan_is_refused(kiosk, name, octets):
    """By what it is, whatever it is called."""
    code, said = kiosk.does("backfill", *words(), LOOKED, wrote(kiosk, name, octets))
    assert (code, "scan-unfit" in said, kiosk.acts()) == (2, True, [])


def test_a_file_too_large_or_still_being_copied_is_refused(kiosk, monkeypatch):
    """What is kept is what was judged; of a file without end no more is read than may be kept."""
    large = wrote(kiosk, "大.pdf", b"%PDF-1.4\n")
    with large.open("r+b") as file:
        file.truncate((older.LARGEST_MB << 20) + 2)
    assert "没有收（太大）" in kiosk.does("backfill", *words(), LOOKED, large)[1]
    copied = wrote(kiosk, "表.png", picture("PNG"))

    def judged(name, octets, scan=older.scan):
        copied.write_bytes(octets + b"more")
        return scan(name, octets)

    monkeypatch.setattr(older, "scan", judged)
    assert "（older-file-changed）" in kiosk.does("backfill", *words(), LOOKED, copied)[1]
    assert kiosk.acts() == []


def test_somebody_must_have_looked_through_a_scan(kiosk):
    """Without that word no scan comes in, and with it the register says so."""
    file = wrote(kiosk, "表.png", picture("PNG"))
    code, said = kiosk.does("backfill", *words(), file)
    assert (code, "numbers-not-looked-for" in said, kiosk.acts()) == (2, True, [])


@pytest.mark.parametrize("word", ["title", "from", "by"])
def test_nobody_of_the_lists_stands_in_what_is_kept_of_a_paper(kiosk, word):
    """An erasure could not take a name back from the register: words with one are refused, a file gives up its own."""
    (name, *_) = people_of(kiosk)
    said_so = {"title": f"{name}等户公示表", "from": f"{name[0]} {name[1:]}家", "by": f"{name}主任"}
    file = wrote(kiosk, f"{name}家.png", picture("PNG"))
    code, said = kiosk.does("backfill", *words(**{word: said_so[word]}), LOOKED, file)
    assert (code, "（reason-tells-who）" in said, name in said, kiosk.acts()) == (2, True, False, []), said
    assert kiosk.does("backfill", *words(), LOOKED, file)[0] == 0
    (entry,) = kiosk.acts()
    assert entry.name == "2019年地力补贴公示表.png"


def people_of(kiosk):
    with closing(kiosk.opened()) as opened:
        return sorted(nobody.people_of(opened.board, VILLAGE))


def test_the_same_bytes_are_kept_once(kiosk):
    """Under another name, title or year: told, with when they came; one that is new beside them comes in."""
    first, same = wrote(kiosk, "表.png", picture("PNG")), wrote(kiosk, "再来.png", picture("PNG"))
    new = wrote(kiosk, "新.png", picture("PNG", shade=90))
    assert kiosk.does("backfill", *words(), LOOKED, first)[0] == 0
    code, said = kiosk.does("backfill", *words(year=2018, title="别的"), LOOKED, same, new)
    assert code == 1
    assert "! 同一份文件已经在档案里，没有重复收：2019年 2019年地力补贴公示表（表.png" in said
    assert [one.title for one in kiosk.acts()] == ["2019年地力补贴公示表", "别的"]


def test_a_power_cut_between_file_and_line_is_mended_by_doing_it_again(kiosk, monkeypatch):
    """The bytes lie there, the register does not speak of them: the same command takes them in, once."""
    file = wrote(kiosk, "表.png", picture("PNG"))
    with monkeypatch.context() as world:
        world.setattr(Register, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert kiosk.does("backfill", *words(), LOOKED, file)[0] not in {0, 1, 2}
    assert kiosk.acts() == []
    assert kiosk.does("backfill", *words(), LOOKED, file)[0] == 0
    assert len(kiosk.acts()) == 1
    kiosk.run("sync")
    assert kiosk.vault.read(kiosk.acts()[0].sha256) == file.read_bytes()


def test_no_door_shows_it(kiosk):
    """Every page, feed and twin is what it was, byte for byte, and the file has no address."""
    with kiosk.board() as site:
        before = {path: site.get(path, lan=lan).body for path in PAGES for lan in (False, True)}
    file = wrote(kiosk, "表.png", picture("PNG"))
    assert kiosk.does("backfill", *words(), LOOKED, file)[0] == 0
    (entry,) = kiosk.acts()
    with kiosk.board() as site:
        assert before == {path: site.get(path, lan=lan).body for path in PAGES for lan in (False, True)}
        assert site.get(f"/v/{VILLAGE}/files/{entry.sha256}").status == 404
        assert site.get(f"/v/{VILLAGE}/year?year=2019").status in {200, 303, 404}
        assert (
            b"2019\xe5\xb9\xb4\xe5\x9c\xb0\xe5\x8a\x9b" not in site.get(f"/v/{VILLAGE}/year?year=2019").body
        )


def test_an_export_is_told_where_it_came_from(kiosk):
    """Its provenance is canonical JSON: marked 补录, with the day it came in, never as published on its day."""
    (kiosk.folder / "名").mkdir()
    file = wrote(kiosk, f"名/{ADULT} 林一: 表?.png", picture("PNG"))
    assert kiosk.does("backfill", *words(), LOOKED, file)[0] == 0
    (entry,) = backfilled(kiosk.register, VILLAGE, 2019)
    assert backfilled(kiosk.register, VILLAGE, 2018) == backfilled(kiosk.register, OTHER) == ()
    told = json.loads(raw := provenance(entry))
    assert (
        raw
        == provenance(entry)
        == json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    )
    assert (told["format"], told["marked"], told["day"], told["taken_in_at"][:10]) == (
        "village-backfill/1", "补录", "2019-12-01", "2026-11-24",
    )  # fmt: skip
    assert path_of(entry) == told["path"] == f"data/backfill/{entry.sha256[:8]}_2019年地力补贴公示表.png"
    assert ADULT not in raw.decode()
