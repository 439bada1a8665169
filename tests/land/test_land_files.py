"""Maps and scans of a notice: what is held back before anybody sees it, and what arrives is what was signed."""

import contextlib
import hashlib
import io
import shutil
import threading
import zlib
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from boards.model.kept.register import Act, Entry
from boards.model.land.notice import FILE_LIMIT_BYTES, Attachment
from kiosk_server.archive import land_board
from kiosk_server.archive.board import Board
from kiosk_server.archive.kept.events import KeptEvents
from kiosk_server.archive.kept.register import Register
from kiosk_server.archive.kept.vault import EVENTS, FileNotAsSigned, Vault
from kiosk_server.archive.reserve import DiskFull
from kiosk_server.county_office.feed import feed_app
from kiosk_server.desk.catch_up import Road
from kiosk_server.desk.enclosures import fetch_enclosures
from kiosk_server.desk.erasing import Places, carry_through
from kiosk_server.desk.inspecting import Inspector
from kiosk_server.desk.keeping import Keeping
from kiosk_server.press.worker import Press
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from sync.carriers.folder import FolderSource
from sync.carriers.http import HttpSource
from sync.carriers.road import NotOnTheRoad, TooLarge, UnexpectedName
from sync.carriers.spool import Spool
from sync.county.land.attachments import AttachmentUnfit, MapHeld, judged
from sync.county.land.proposing import Fate
from sync.county.publish.land_notices import batch_of, record_of
from sync.wire import AttachBody, NoticeBody
from tests.land.land_house import AFTER_ALL, NEIGHBOUR, PACK, STRANGER, VILLAGE, House, codes, stage
from tests.village import SALT, County

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
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


async def test_a_file_that_rotted_is_found_at_night_and_fetched_again(house):
    """The inspection tells village and name, asks the county, and says where nobody has it."""
    data = png()
    with_map(house, data)
    house.published()
    await house.pulled()
    vault, source = Vault(house.folder / "vault"), FolderSource(house.county.feed)
    events = KeptEvents(vault.folder / EVENTS)
    async with house.archive() as archive:
        await archive.write_readings()
        spool, trust = Spool(house.folder / "spool"), house.county.trust()
        road = Road(villages=(VILLAGE,), source=source, shelf=archive, trust=trust, spool=spool)
        keeping = Keeping(vault, Register(house.folder, archive.database))
        look = Inspector(road=road, archive=archive, keeping=keeping, events=events, printed=())
        with house.board() as board:
            await fetch_enclosures(source, vault, board, 9)
            assert (await look.inspected(board, AFTER_ALL)).outcome() == "well"
            path = vault.path(hashlib.sha256(data).hexdigest())
            path.chmod(0o644)
            path.write_bytes(data[:-1])
            done = await look.inspected(board, AFTER_ALL)
            told = [(one.what, one.where, one.village, one.title, one.healed) for one in done.found]
            assert told == [("changed", "attachment", VILLAGE, "界址示意图.png", True)]
            path.unlink()
            shutil.rmtree(house.county.feed / "v" / VILLAGE / "blob")
            shutil.rmtree(house.county.feed / "v" / NEIGHBOUR / "blob", ignore_errors=True)
            done = await look.inspected(board, AFTER_ALL)
            assert [(one.what, one.healed) for one in done.found] == [("missing", False)]
            assert done.outcome(VILLAGE) == "damaged"


async def test_a_file_that_a_new_notice_brings_again_is_here_again(house):
    """The same bytes went with an erased notice: what both keys signed since hangs, night after night."""
    data = png()
    with_map(house, data)
    house.published()
    await house.pulled()
    vault, source = Vault(house.folder / "vault"), FolderSource(house.county.feed)
    sha256 = hashlib.sha256(data).hexdigest()
    async with house.archive() as archive:
        await archive.write_readings()
        spool, trust = Spool(house.folder / "spool"), house.county.trust()
        road = Road(villages=(VILLAGE,), source=source, shelf=archive, trust=trust, spool=spool)
        keeping = Keeping(vault, Register(house.folder, archive.database))
        events = KeptEvents(vault.folder / EVENTS)
        look = Inspector(road=road, archive=archive, keeping=keeping, events=events, printed=())
        keeping.take_away(gone_before(sha256))
        with house.board() as board:
            assert (await fetch_enclosures(source, vault, board, 9)).files == 1
            for _ in range(2):
                keeping.begin()
                done = await look.inspected(board, AFTER_ALL)
                assert (done.found, done.outcome()) == ([], "well")
                assert (await fetch_enclosures(source, vault, board, 9)).files == 0
    assert (vault.read(sha256), vault.stone(sha256).event) == (data, "log#1")


def gone_before(sha256):
    """The register's line about a file that went with a notice before."""
    about = {"at": "2025-11-01T00:00:00Z", "village": VILLAGE, "kind": "attachment", "reason": "log#1"}
    return Entry(**about, act=Act.ERASE, sha256=sha256)


@pytest.mark.parametrize("again", [False, True])
async def test_the_file_of_an_erased_notice_goes_with_it(house, again):
    """Its digest stood in the erased body alone: what nobody names any more goes, what another notice has stays.

    So does a file that went before, and was brought again.
    """
    notice = house.proposed(AFTER_ALL)[0].notice
    case, leaves = batch_of(notice.case_id), County(VILLAGE)
    leaves.event("notice", record_of(notice), case, NoticeBody(notice=notice, salt=SALT))
    vault, files = Vault(house.folder / "vault"), (b"a map", b"another")
    gone, stays = (hashlib.sha256(data).hexdigest() for data in files)
    if again:
        Keeping(vault, Register(house.folder)).take_away(gone_before(gone))
    for number, data in enumerate(files):
        described = Attachment(
            sha256=hashlib.sha256(data).hexdigest(), name="图.png", media_type="image/png", size_bytes=9
        )
        vault.keep(described.sha256, "图.png", data)
        body = AttachBody(notice=record_of(notice), attachment=described, salt=SALT)
        leaves.event("attach", f"{case}-file-{number}", case, body)
    (house.folder / "vault" / "stray").write_bytes(b"")
    leaves.erase(case, 1)
    places = Places(data=house.folder, prints=house.folder / "print", former=house.folder / "print")
    async with house.archive() as archive:
        await archive.admit(VILLAGE, leaves.stretch(), AFTER_ALL)
        with closing(Board(archive.database, PACK.mask)) as board:
            press = Press(house.folder / "press", None, "")
            _, refusal = await carry_through(archive, board, press, places, AFTER_ALL)
    assert refusal is None
    assert (vault.has(gone), vault.has(stays)) == (False, True)
    assert vault.stone(gone).event.endswith("#3")
    *before, entry = Register(house.folder).entries(VILLAGE)
    assert len(before) == again
    assert (entry.act, entry.sha256, entry.kind) == (Act.ERASE, gone, "attachment")


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
