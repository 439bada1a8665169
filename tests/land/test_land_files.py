"""Maps and scans of a notice: what is held back before anybody sees it, and what arrives is what was signed."""

import contextlib
import hashlib
import io
import threading
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from boards.model.land.notice import FILE_LIMIT_BYTES
from kiosk_server.archive import land_board
from kiosk_server.archive.kept.vault import FileNotAsSigned, Vault
from kiosk_server.archive.reserve import DiskFull
from kiosk_server.county_office.feed import feed_app
from kiosk_server.desk.enclosures import fetch_enclosures
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from sync.carriers.folder import FolderSource
from sync.carriers.http import HttpSource
from sync.carriers.road import NotOnTheRoad, TooLarge, UnexpectedName
from sync.county.land.attachments import AttachmentUnfit, MapHeld, judged
from sync.county.land.proposing import Fate
from tests.land.land_house import NEIGHBOUR, STRANGER, VILLAGE, House, codes, stage

pytestmark = pytest.mark.anyio
REVIEWED = "县资规局保密员 2025-09-20"


def png(*, packed: bool = False, **remarks: str) -> bytes:
    told = PngImagePlugin.PngInfo()
    for name, text in remarks.items():
        told.add_itxt(name, text, zip=packed)
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(file, "PNG", pnginfo=told)
    return file.getvalue()


def jpeg(*, gps: bool = False) -> bytes:
    picture, file = Image.new("RGB", (60, 40), "white"), io.BytesIO()
    exif = picture.getexif()
    exif[0x010F] = "相机"
    if gps:
        exif.get_ifd(0x8825)[2] = (30.0, 41.0, 12.5)
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


def pdf(outside: bytes = b"", stream: bytes = b"") -> bytes:
    packed = zlib.compress(stream)
    return (
        b"%PDF-1.4\n1 0 obj << " + outside + b" >> endobj\n2 0 obj << /Filter /FlateDecode >>\nstream\n"
        + packed + b"\nendstream endobj\n%%EOF\n"
    )  # fmt: skip


def whole_pdf() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(file, "PDF", title="map")
    return file.getvalue()


HELD = {
    "a name that says it": ("勘测定界图（秘密）.png", png()),
    "a remark about coordinates": ("a.png", png(Comment="CGCS2000 坐标系")),
    "a compressed remark": ("a.png", png(packed=True, Comment="内部资料" * 9)),
    "where a photo was taken": ("a.jpg", jpeg(gps=True)),
    "a PDF's title in UTF-16": ("a.pdf", pdf(b"/Title (\xfe\xff" + "机密".encode("utf-16-be") + b")")),
    "a PDF's title in hex": ("a.pdf", pdf(b"/Title <FEFF" + "绝密".encode("utf-16-be").hex().encode() + b">")),
    "a PDF's title in octal": (
        "a.pdf", pdf(b"/Title (" + b"".join(b"\\%03o" % b for b in "不得公开".encode("utf-16-be")) + b")"),
    ),
    "a geospatial PDF": ("a.pdf", pdf(b"/Measure << /GPTS [30.1 119.6] >>")),
    "words in a stream": ("a.pdf", pdf(stream="拐点坐标表".encode("gb18030"))),
    "degrees in a stream": ("a.pdf", pdf(stream="119°41′".encode())),
}  # fmt: skip


@pytest.mark.parametrize("name", HELD)
def test_a_map_that_tells_too_much_is_held(name):
    """Coordinates, secrecy marks and the place of a photo hold a file, with a sentence that names it."""
    file, data = HELD[name]
    with pytest.raises(MapHeld) as caught:
        judged(file, data)
    assert file in caught.value.told()[0]
    assert "P9" in caught.value.told()[0]


def test_sketches_pass():
    """A sketch without coordinates is taken, by its digest, kind and size."""
    for name, data, kind in (
        ("示意图.png", png(Comment="界址示意图"), "image/png"),
        ("示意图.jpg", jpeg(), "image/jpeg"),
        ("示意图.pdf", whole_pdf(), "application/pdf"),
    ):
        one = judged(name, data)
        assert (one.media_type, one.size_bytes) == (kind, len(data))
        assert one.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", b"MZ", b"\x89PNG"])
def test_what_no_browser_shows_everywhere_is_refused(data):
    """Only PNG, JPEG and PDF, told by their first bytes, whatever they are called."""
    with pytest.raises(AttachmentUnfit):
        judged("地图.png", data)


@settings(max_examples=60)
@given(st.sampled_from([png()[:8], jpeg()[:20], b"%PDF-1.4\n"]), st.binary(max_size=300))
def test_broken_files_are_judged_without_falling_over(first, rest):
    """Whatever follows a file's first bytes, it is judged or refused, and nothing else happens."""
    with contextlib.suppress(MapHeld, AttachmentUnfit):
        assert judged("a.png", first + rest).size_bytes == len(first + rest)


def with_map(house: House, data: bytes, **about: object) -> None:
    (house.case.parent / "界址示意图.png").write_bytes(data)
    told = {"attachments": ["界址示意图.png"], "secrecy_review": REVIEWED} | about
    house.rewrite(lambda case: stage(case, "start").update(told))


@pytest.fixture
def house(tmp_path) -> House:
    return House.founded(tmp_path / "house")


async def test_a_held_map_holds_its_notice(house):
    """A map with coordinates holds the stage it belongs to and all after it; nothing is published."""
    with_map(house, png(Comment="坐标"))
    fates = house.published()
    assert [one.fate for one in fates] == [Fate.HELD] * 6
    assert "界址示意图.png" in fates[0].why[0].message
    assert not list((house.county.feed / "v").rglob("blob"))


async def test_nobody_publishes_a_file_nobody_looked_at(house):
    """Without a word on who looked through it a file is held (P8), and so is one that is not there."""
    with_map(house, png(), secrecy_review=" ")
    assert codes(house.published()[0]) == ("ATTACHMENTS_NOT_REVIEWED",)
    with_map(house, png(), attachments=["../case/没有.png"])
    assert codes(house.published()[0]) == ("attachment-unfit",)


async def test_a_file_travels_under_its_digest(house):
    """Published beside every village's log, fetched after the pull, believed by its digest, listed on its notice."""
    data = png(Comment="界址示意图")
    with_map(house, data)
    assert house.published()[0].fate is Fate.PROPOSED
    digest = hashlib.sha256(data).hexdigest()
    for village in (VILLAGE, NEIGHBOUR):
        assert (
            house.county.feed / "v" / village / "blob" / "sha256" / digest[:2] / digest
        ).read_bytes() == data
    assert not (house.county.feed / "v" / STRANGER).exists()
    assert not list(house.county.proposals.glob("*/blobs"))
    await house.pulled()
    vault, source = Vault(house.folder / "vault"), FolderSource(house.county.feed)
    with house.board() as board:
        first, *others = land_board.case(board.land(VILLAGE), "L1_竹垓小学迁建")
        (one,) = land_board.enclosures(board.land(VILLAGE), first.rec)
        assert (one.name, one.sha256) == ("界址示意图.png", digest)
        assert all(not land_board.enclosures(board.land(VILLAGE), other.rec) for other in others)
        assert tuple(await fetch_enclosures(source, vault, board, 9)) == (1, 0, None)
        assert tuple(await fetch_enclosures(source, vault, board, 9)) == (0, 0, None)
    assert vault.read(digest) == data


async def test_the_countys_server_gives_files_out_too(house):
    """`county serve` answers with a file under its digest, and with nothing else below blob/."""
    data = png()
    with_map(house, data)
    house.published()
    digest = hashlib.sha256(data).hexdigest()
    serving, door = server(feed_app(house.county.feed)), listening("127.0.0.1", 0)
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [door]})
    thread.start()
    source = HttpSource(f"http://127.0.0.1:{door.getsockname()[1]}/")
    try:
        assert source.blob(VILLAGE, digest, len(data)) == data
        with pytest.raises(NotOnTheRoad):
            source.blob(VILLAGE, "ab" * 32, len(data))
        with pytest.raises(TooLarge):
            source.blob(VILLAGE, digest, len(data) - 1)
    finally:
        source.close()
        serving.should_exit = True
        thread.join(5)
        door.close()


async def test_what_does_not_come_is_tried_again(house):
    """A file that is missing, cut or changed on the way is reported; the notice hangs, the next pull brings it."""
    data = png()
    with_map(house, data)
    house.published()
    await house.pulled()
    vault, source = Vault(house.folder / "vault"), FolderSource(house.county.feed)
    digest = hashlib.sha256(data).hexdigest()
    path = house.county.feed / "v" / VILLAGE / "blob" / "sha256" / digest[:2] / digest
    with house.board() as board:
        for spoilt, refusal in (
            (b"", FileNotAsSigned),
            (data + b"x", TooLarge),
            (b"x" * len(data), FileNotAsSigned),
        ):
            path.write_bytes(spoilt)
            told = await fetch_enclosures(source, vault, board, 9)
            assert (told.files, told.missing, type(told.refusal)) == (0, 1, refusal)
            assert vault.read(digest) is None
        path.unlink()
        assert isinstance((await fetch_enclosures(source, vault, board, 9)).refusal, NotOnTheRoad)
        path.write_bytes(data)
        assert (await fetch_enclosures(source, vault, board, 9)).files == 1


def test_the_vault_believes_digests_only(tmp_path):
    """A file that rotted on the disk is not given out, is put aside as evidence, and is fetched again."""
    vault, digest = Vault(tmp_path), hashlib.sha256(b"map").hexdigest()
    vault.keep(digest, "map", b"map")
    (tmp_path / digest[:2] / digest).chmod(0o644)
    (tmp_path / digest[:2] / digest).write_bytes(b"mop")
    assert vault.read(digest) is None
    assert not vault.has(digest)
    assert (tmp_path / digest[:2] / f"{digest}.bent").read_bytes() == b"mop"
    vault.keep(digest, "map", b"map")
    assert vault.read(digest) == b"map"
    assert [path.name for path in vault.files()] == [digest]
    with pytest.raises(DiskFull):
        Vault(tmp_path, minimum_free_mb=1 << 40).keep(digest, "map", b"map")


def test_only_digests_are_addresses(tmp_path):
    """No other name leads out of the feed's folder."""
    source = FolderSource(tmp_path)
    for name in ("../../../etc/passwd", "AB" * 32, "ab", ""):
        with pytest.raises(UnexpectedName):
            source.blob(VILLAGE, name, FILE_LIMIT_BYTES)
    with pytest.raises(UnexpectedName):
        source.blob("../330590", "ab" * 32, FILE_LIMIT_BYTES)
