"""Printing a village's land notices into the folder the printer is fed from."""

import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.land.kinds import NoticeKind
from kiosk_server.archive import land_board
from kiosk_server.archive.land_board import NoticeDoesNotMatch
from kiosk_server.desk.after_pull import warm_fonts
from kiosk_server.desk.catch_up import Arrival
from kiosk_server.desk.erasing import ASIDE
from kiosk_server.desk.hanging_notices import notices_to_hang, standing
from kiosk_server.desk.print_sheets import Job, file_name, notice_name, print_notices
from kiosk_server.desk.wall import hanging, notice_hangs, put_aside
from kiosk_server.press.worker import Press
from printouts.errors import GlyphMissing
from sync import wire
from sync.county.publish.land_notices import propose_withdrawal
from sync.county.publish.publisher import publish, review
from tests.land.land_house import CALENDAR, NEIGHBOUR, PACK, STRANGER, VILLAGE, House, noon, village_of
from tests.paper.paper_village import BASE

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
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
        paths = await print_notices(board, press, village_of(village), CALENDAR, Job(into, NOW))
        return tuple(paths.values())


def text_of(path):
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True).stdout


async def test_every_notice_of_the_village_is_printed_once(house, press, tmp_path):
    """Six notices, six files named by project, title, day and code; a second run touches none of them."""
    paths = await printed(house, press, tmp_path)
    assert [re.sub(r"_\d{10}\.pdf", "", path.name) for path in paths] == [
        f"竹垓小学迁建工程{title}_{day}张贴"
        for title, day in (
            ("征收土地启动公告", "2025-09-24"),
            ("土地现状调查结果公示", "2025-10-21"),
            ("征地补偿安置公告", "2025-10-31"),
            ("征地补偿登记通告", "2025-11-01"),
            ("土地征收公告", "2026-01-23"),
            ("征地补偿费用支付情况公示", "2026-02-27"),
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


async def test_only_what_counts_is_printed(house):
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


def hung_up(board, folder):
    """Empty files for every notice of the village, named as they are printed."""
    for sheet in notices_to_hang(board, village_of(VILLAGE), CALENDAR):
        (folder / file_name(notice_name(sheet), sheet.code)).touch()


def down_on(house, folder, day):
    """What is said when the folder is put in order on a day; the names of the files that were put aside."""
    hangs, village = notice_hangs(date.fromisoformat(day)), village_of(VILLAGE)
    with house.board() as board:
        codes = hanging(board, village, PACK, bool, hangs)
        said = [down.sentence for down in put_aside(board, village, PACK, folder, codes)]
    return said, sorted(path.name for path in (folder / ASIDE).glob("*.pdf"))


async def test_notices_are_taken_down_when_their_period_has_ended(house, tmp_path):
    """On the last day of the plan's period it hangs, on the next it is put aside; no later notice is touched."""
    with house.board() as board:
        hung_up(board, tmp_path)
    _, before = down_on(house, tmp_path, "2025-11-30")
    said, after = down_on(house, tmp_path, "2025-12-01")
    assert len(after) == len(before) + 1
    assert any("征地补偿安置公告（短码" in one and one.endswith("张贴期已满。") for one in said)
    assert down_on(house, tmp_path, "2025-12-01")[0] == []


@pytest.mark.sqlite  # a copy of the folder is a copy of its database
async def test_a_notice_that_the_county_took_back_is_named_with_its_day(house, tmp_path):
    """Its file goes from the folder, and the day on which it was known here is told."""
    own = House.like(house, tmp_path / "house")
    folder = tmp_path / "print"
    folder.mkdir()
    with own.board() as board:
        hung_up(board, folder)
    now, reason = noon("2026-03-05"), wire.Reason(code="notice-withdrawn", text="征收面积有误")
    made = propose_withdrawal(own.county, "苕征付公〔2026〕7号", reason, now)
    review(own.county, made.id, now)
    publish(own.county, made.id, now)
    await own.pulled(now=now)
    said, _ = down_on(own, folder, "2026-03-05")
    assert [one for one in said if "支付情况公示（短码" in one and one.endswith("县里已于2026年3月5日撤回。")]


async def test_of_a_stopped_case_every_other_notice_is_named_with_the_one_that_stops_it(tmp_path):
    """The one that hangs instead is told by its short code, and since when."""
    young = House.founded(tmp_path / "house")
    young.published(noon("2025-11-05"))
    await young.pulled(now=noon("2025-11-05"))
    with young.board() as board:
        hung_up(board, tmp_path)
    stop = {
        "stage": "stop", "title": "终止征收土地公告", "doc_no": "苕征终〔2025〕7号", "issuer": "苕安县人民政府",
        "posted_on": "2025-11-20", "posted_at": ["竹垓乡人民政府公告栏", "竹垓村村务公开栏", "中坞村村务公开栏"],
        "reason": "规划调整，不再占用该地块", "text_file": "08_终止.txt",
    }  # fmt: skip
    young.write("08_终止.txt", "因规划调整，竹垓小学迁建工程终止征收土地。")
    young.rewrite(
        lambda case: case.update(
            stages=[*(one for one in case["stages"] if one["stage"] not in {"final", "pay"}), stop]
        )
    )
    young.published(noon("2025-11-20"))
    await young.pulled(now=noon("2025-11-20"))
    said, aside = down_on(young, tmp_path, "2025-11-20")
    assert len(said) == len(aside) == 4
    assert all("，自2025年11月20日起由后发的公告（短码 " in one for one in said)


@given(st.text(max_size=200), st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_a_file_is_named_so_that_any_disk_takes_it(title, code):
    """No separator, no control character, never longer than a file name may be; the code always stays."""
    name = file_name(title.encode("utf-8", "ignore").decode(), code)
    assert name.endswith(f"_{code}.pdf")
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert len(name.encode()) <= 255
