"""Printing a village's land notices into the folder the printer is fed from."""

import re
import sqlite3
import subprocess
from contextlib import closing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.land.kinds import NoticeKind
from kiosk_server.archive import land_board
from kiosk_server.archive.land_board import NoticeDoesNotMatch
from kiosk_server.desk.after_pull import warm_fonts
from kiosk_server.desk.catch_up import Arrival
from kiosk_server.desk.hanging_notices import standing
from kiosk_server.desk.print_sheets import file_name, print_notices
from kiosk_server.press.worker import Press
from printouts.errors import GlyphMissing
from tests.land.land_house import CALENDAR, NEIGHBOUR, PACK, STRANGER, VILLAGE, House, noon, village_of
from tests.paper.paper_village import BASE

pytestmark = pytest.mark.anyio
NOW = noon("2026-03-10")


@pytest.fixture(scope="module")
def anyio_backend():
    """One loop for the module's archive and press."""
    return "asyncio"


@pytest.fixture(scope="module")
async def house(tmp_path_factory):
    """L1 published and pulled into one kiosk, in both villages and in one it does not concern."""
    house = House.founded(tmp_path_factory.mktemp("print"))
    house.published()
    house.arrivals = [
        Arrival(village=village, caught=await house.pulled(village)) for village in (VILLAGE, NEIGHBOUR)
    ]
    return house


@pytest.fixture(scope="module")
async def press(house, debian, tmp_path_factory):
    """One press for all, its fonts made ready as after a pull."""
    folder = tmp_path_factory.mktemp("press")
    (folder / "fonts").symlink_to(debian._cache_dir)
    press = Press(folder, None, BASE)
    press.kept = debian._cache_dir
    with house.board() as board:
        assert await warm_fonts(board, press, PACK, house.arrivals) is None
    yield press
    press.close()


async def printed(house, press, into, village=VILLAGE):
    with house.board() as board:
        return await print_notices(board, press, village_of(village), CALENDAR, into, NOW)


def text_of(path):
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True).stdout


async def test_every_notice_of_the_village_is_printed_once(house, press, tmp_path):
    """Six notices, six files named by project, title and code; a second run touches none of them."""
    paths = await printed(house, press, tmp_path)
    assert [re.sub(r"_\d{10}\.pdf", "", path.name) for path in paths] == [
        f"竹垓小学迁建工程{title}"
        for title in (
            "征收土地启动公告",
            "土地现状调查结果公示",
            "征地补偿安置公告",
            "征地补偿登记通告",
            "土地征收公告",
            "征地补偿费用支付情况公示",
        )
    ]
    before = [path.stat() for path in paths]
    assert await printed(house, press, tmp_path) == paths
    assert [path.stat() for path in paths] == before
    assert sorted(tmp_path.iterdir()) == sorted(paths)


async def test_a_notice_names_the_village_it_hangs_in_and_the_code_of_its_board(house, press, tmp_path):
    """The same notice in two villages has two codes, and each sheet says where it is posted until when."""
    own, theirs = [(await printed(house, press, tmp_path, village))[2] for village in (VILLAGE, NEIGHBOUR)]
    assert own.name != theirs.name
    for path, village in ((own, "竹垓村"), (theirs, "中坞村")):
        text = text_of(path)
        assert f"{village}张贴" in text
        assert "公告期：2025年10月31日至11月30日" in text
        code = path.stem[-10:]
        assert f"短码 {code[:5]} {code[5:]}" in text


def test_only_what_counts_is_printed(house):
    """A corrected plan takes the place of the first one; of a stopped case only the stop hangs."""
    with house.board() as board:
        (hung,) = land_board.cases(board.land(VILLAGE))
    plan = hung[2]
    again = replaced(plan, number=7, revision=2)
    stop = replaced(plan, number=8, kind=NoticeKind.STOP)
    assert list(standing((*hung, again))) == [*hung[:2], *hung[3:], again]
    assert list(standing((*hung, again, stop))) == [stop]


def replaced(hung, **fields):
    return msgspec.structs.replace(hung, notice=msgspec.structs.replace(hung.notice, **fields))


async def test_a_village_without_a_case_prints_nothing(house, press, tmp_path):
    """No file, no folder."""
    assert await printed(house, press, tmp_path / "none", STRANGER) == ()
    assert not (tmp_path / "none").exists()


async def test_fonts_are_warm_after_a_pull(house, press, tmp_path):
    """What came with a pull needs no further cut when it is printed."""
    cuts = sorted(press.kept.rglob("*.ttf"))
    assert len(cuts) >= 4
    assert len(await printed(house, press, tmp_path)) == 6
    assert sorted(press.kept.rglob("*.ttf")) == cuts


async def test_a_notice_that_cannot_be_drawn_is_refused_in_chinese(press, tmp_path):
    """A character of no font: the sentence says where it stands, and every other notice is printed."""
    house = House.founded(tmp_path / "house")
    text = house.case.with_name("02_survey.txt")
    text.write_text(text.read_text("utf-8").replace("公示如下", "公示如\U00013000"), "utf-8")
    house.published()
    await house.pulled()
    with pytest.raises(
        GlyphMissing, match=r"《土地现状调查结果公示》第1段有一个字（U\+13000）打印不出来.*请安装字库"
    ):
        await printed(house, press, tmp_path / "print")
    assert [path.suffix for path in (tmp_path / "print").iterdir()] == [".pdf"] * 5
    assert not any("现状调查" in path.name for path in (tmp_path / "print").iterdir())


@pytest.mark.sqlite
async def test_a_stored_notice_that_was_changed_is_not_printed(house, press, tmp_path):
    """What is not what the county signed stays off the paper."""
    broken = House.like(house, tmp_path / "house")
    with closing(sqlite3.connect(broken.database)) as db, db:
        db.execute("UPDATE leaf SET body = CAST(replace(body, '58000', '18000') AS BLOB)")
    with pytest.raises(NoticeDoesNotMatch, match="与县里签名的不一致"):
        await printed(broken, press, tmp_path / "print")


@given(st.text(max_size=200), st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_a_file_is_named_so_that_any_disk_takes_it(title, code):
    """No separator, no control character, never longer than a file name may be; the code always stays."""
    name = file_name(title.encode("utf-8", "ignore").decode(), code)
    assert name.endswith(f"_{code}.pdf")
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert len(name.encode()) <= 255
