"""What a reviewer sees before signing: the sheet, every line, what changed, every warning; and that only this is signed."""

import asyncio
import hashlib
import json
import re
import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import msgspec
import pytest

from boards.model.findings import CellFinding, Level
from boards.model.pack import MaskPolicy
from boards.model.payouts import PayeeKind, PayStatus
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.county_office import village_page
from kiosk_server.county_office.differences import differences, summed_up
from kiosk_server.county_office.list_table import list_table
from kiosk_server.county_office.on_wall import on_wall
from kiosk_server.county_office.sample import NOWHERE, sample_pdf
from kiosk_server.desk.hanging_notices import notices_to_hang
from kiosk_server.press import drawing
from sync.county.land.case_folder import case_folder
from sync.county.land.proposing import propose_case
from sync.county.publish import changes, proposals, publisher
from sync.county.publish.batch import Confirmed
from sync.county.publish.proposals import OnList
from sync.county.publish.review_text import confirmed_warnings, proposal_text
from sync.wire import Reason
from tests.desk.desk_house import NOW, desk, draft_at, proposal_at
from tests.desk.test_desk_path import ID, filled, warned
from tests.founding import opened, repacked, with_pack
from tests.land.land_house import CALENDAR, L1, House, stage
from tests.land.test_land_files import png
from tests.line.county_sim import (
    OTHER,
    VILLAGE,
    batch,
    caught_up,
    copied,
    county,
    published,
    reading,
    row,
    salts,
)

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("reads_here")]
WHY = Reason(code="county", text="面积丈量有误")
BATCH = "330590-farmland_fertility-2025-01"
LATER = NOW + timedelta(days=30)


def test_a_warning_stands_beside_its_own_village_s_line(monkeypatch):
    """Line 1 of one village is not line 1 of another, where the same roster has both."""
    lines = [OnList(sheet=None, row=at, village=one, line=1) for at, one in enumerate((VILLAGE, OTHER), 4)]
    said = [SimpleNamespace(message=f"{one.row}行", lines=[one]) for one in lines]
    told = SimpleNamespace(reason="核对过", findings=said)
    monkeypatch.setattr(village_page, "confirmed_warnings", lambda _: [told])
    assert village_page._warned(None, VILLAGE) == {1: "4行（已确认：核对过）"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return county(tmp_path_factory.mktemp("review") / "county")


@pytest.fixture
def own(empty, tmp_path):
    return copied(empty, tmp_path / "county")


@pytest.fixture
def house(tmp_path):
    """Both seats, and a roster with one warning that waits for review."""
    with desk(tmp_path / "county") as house:
        house.clerk.post(draft_at(house.clerk.upload("2025年第二批稻谷补贴.xlsx", warned())), **filled())
        yield house


def wall(where, made, village=VILLAGE):
    return on_wall(where, made, made.part(village))


def paper(pdf: bytes, folder) -> str:
    """What a PDF says."""
    (folder / "sheet.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", folder / "sheet.pdf", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_reviewer_sees_every_line_its_warning_and_the_sheet(house, tmp_path):
    """The list as it hangs, the reason beside its line, the PDF with the same lines, marked as a sample; no ID anywhere."""
    where = proposal_at(house.reviewer.get("/"))
    looked = house.reviewer.get(where).text
    assert f'<a href="{where}/villages/{VILLAGE}#r3">岭东村第3行</a>' in looked
    assert "名册 I5" in looked
    assert "第三户按协议补足，已核实" in looked
    assert "没有以前的版本可比" in looked
    lines = house.reviewer.get(f"{where}/villages/{VILLAGE}").text
    for cells in (("1", "王桂花", "一组", "2", "20.00"), ("3", "贾小明", "三组", "4", "45.00")):
        assert re.search(r"\s*".join(f"<td[^>]*>{re.escape(cell)}</td>" for cell in cells), lines), cells
    assert "面积（数量）乘标准应为40.00元，表上是45.00元。（已确认：第三户按协议补足，已核实）" in lines
    sheet = house.reviewer.get(f"{where}/villages/{VILLAGE}/sheet.pdf")
    assert sheet.headers["content-type"] == "application/pdf"
    said = paper(sheet.body, tmp_path)
    assert all(word in said for word in ("王桂花", "朱建国", "贾小明", "审核样张，不得张贴", "95.00"))
    code = re.search(r"短码 (\d{5} \d{5})", lines)[1]
    assert code in said
    assert all(ID not in text for text in (looked, lines, said))


def test_only_the_reviewers_seat_shows_a_list_and_only_until_it_is_published(house):
    """The addresses do not exist at the clerk's seat, for a village that is not in it, and once everybody can look."""
    where = proposal_at(house.reviewer.get("/"))
    house.clerk.get(where)
    of_list = (f"{where}/villages/{VILLAGE}", f"{where}/villages/{VILLAGE}/sheet.pdf")
    assert [house.clerk.get(at).status for at in of_list] == [404, 404]
    assert f"{where}/villages" not in house.clerk.get(where).text
    assert [house.reviewer.get(at).status for at in of_list] == [200, 200]
    strangers = [f"{where}/villages/{OTHER}", f"{where}/villages/..", f"{where}/files/1", f"{where}/files/0"]
    assert {house.reviewer.get(at).status for at in strangers} == {404}
    house.reviewer.get(where)
    house.reviewer.post(f"{where}/accept")
    house.clerk.get(where)
    house.clerk.post(f"{where}/publish")
    assert [house.reviewer.get(at).status for at in of_list] == [404, 404]


def test_the_whole_digest_of_the_source_is_shown(house):
    """As sha256sum prints it, in fours."""
    made = proposals.proposals(house.county)[0]
    looked = house.reviewer.get(f"/proposals/{made.id}").text
    assert made.source_sha256 in looked.replace(" ", "")


def changed_warning(where, made):
    file = where.proposals / made.id / "proposal.json"
    file.write_bytes(file.read_bytes().replace("应为40.00元".encode(), "应为41.00元".encode()))


def changed_source(where, made):
    file = where.proposals / made.id / "proposal.json"
    told = file.read_bytes()
    flipped = b"0" if told.split(b'"source_sha256": "')[1][:1] != b"0" else b"1"
    file.write_bytes(re.sub(rb'("source_sha256": ")[0-9a-f]', rb"\g<1>" + flipped, told))


def changed_figure(where, made):
    file = where.proposals / made.id / "proposal.json"
    file.write_bytes(file.read_bytes().replace(b'"households": ', b'"households": 1'))


def changed_line(where, made):
    (file,) = (where.proposals / made.id / "lines").iterdir()
    file.write_bytes(file.read_bytes().replace("朱建国".encode(), "朱建园".encode()))


def changed_roster(where, _made):
    (file,) = (where.folder / "drafts").glob("*/roster")
    file.write_bytes(file.read_bytes() + b" ")


def changed_pack(where, _made):
    file = where.folder / "pack" / "pack.toml"
    file.write_bytes(file.read_bytes() + b"\n")
    repacked(opened(where.folder), NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed_warning, "在您查看之后变了"),
        (changed_source, "名册原件在提交之后变了"),
        (changed_figure, "在您查看之后变了"),
        (changed_line, "文件被改动过"),
        (changed_roster, "名册原件在提交之后变了"),
        (changed_pack, "在您查看之后变了"),
    ],
)
def test_one_byte_changed_after_it_was_shown_is_not_signed(house, change, said):
    """Of a warning, the source's digest, a figure, a line, the roster, the pack: nothing is signed."""
    where = proposal_at(house.reviewer.get("/"))
    house.reviewer.get(where)
    shown = house.reviewer.hidden("shown")
    made = proposals.proposals(house.county)[0]
    change(house.county, made)
    refused = house.reviewer.post(f"{where}/accept", shown=shown)
    assert said in refused.text
    assert refused.status in {422, 503}
    folder = house.county.proposals / made.id
    assert not (folder / "signed").exists()
    assert not (folder / "reviewed").exists()


def test_a_list_that_was_looked_at_before_a_change_is_looked_at_again(house):
    """The form is of the state after it, the list was of the one before: nothing is signed until both are one."""
    where = proposal_at(house.reviewer.get("/"))
    house.reviewer.get(f"{where}/villages/{VILLAGE}")
    changed_warning(house.county, proposals.proposals(house.county)[0])
    house.reviewer.get(where)
    assert "在您查看之后变了" in house.reviewer.post(f"{where}/accept").text
    house.reviewer.get(f"{where}/villages/{VILLAGE}")
    house.reviewer.get(f"{where}/villages/{VILLAGE}/sheet.pdf")
    house.reviewer.get(where)
    assert "已审核，待发布" in house.reviewer.post(f"{where}/accept").text


def test_what_was_tampered_with_can_be_sent_back(house):
    """Its page says so at both seats, and still has the form that takes it off the line."""
    where = proposal_at(house.reviewer.get("/"))
    changed_line(house.county, proposals.proposals(house.county)[0])
    for seat in (house.clerk, house.reviewer):
        assert "文件被改动过（岭东村）" in seat.get(where).text
    assert house.reviewer.get(f"{where}/villages/{VILLAGE}").status == 503
    assert "没有等待审核的批次" in house.reviewer.post(f"{where}/return", reason="文件被改动过").text


@pytest.mark.parametrize("change", [changed_warning, changed_source, changed_line, changed_pack])
def test_one_byte_changed_after_it_was_signed_is_not_published(house, change):
    """The signature is of what was shown: nobody can read anything of it."""
    where = proposal_at(house.reviewer.get("/"))
    house.reviewer.get(where)
    house.reviewer.post(f"{where}/accept")
    change(house.county, proposals.proposals(house.county)[0])
    house.clerk.get(where)
    assert house.clerk.post(f"{where}/publish").status in {422, 503}
    assert house.county.log(VILLAGE).note() == b""


NAMED = [
    row(1, holder="林秋实", group="二组", payee="林春生"),
    row(2, holder="合作社", kind=PayeeKind.ORGANISATION),
    row(3, group="一组", remark="含流转"),
]
KINDS = {
    "farmland_fertility": NAMED,
    "rice": [row(n, rate=Decimal(n), amount_fen=327 * n, beneficiary=f"乙{n}") for n in (1, 2, 3)],
    "machinery": [row(n, quantity=Decimal(1), unit="台", rate=None, item="拖拉机") for n in (1, 2)],
    "disability_living": [row(n, quantity=None, unit="", rate=None, remark="低保") for n in (1, 2)],
    "in_kind": [row(n, rate=None, amount_fen=0, in_kind="大豆良种 10.5 kg", quantity=None) for n in (1, 2)],
}


def pulled(where, folder):
    """What a kiosk of the village composes of the county's feed."""

    async def pull():
        async with Archive(folder / "archive.sqlite3", where.pack, minimum_free_mb=0) as archive:
            await caught_up(where, archive, folder)

    asyncio.run(pull())
    return Board(folder / "archive.sqlite3", where.pack.mask)


def on_kiosk(where, folder, name):
    """The sheet of a list there, without what only a kiosk knows of it."""
    board = pulled(where, folder)
    found = board.whole(VILLAGE, name)
    board.close()
    return found and bare(found)


def bare(sheet):
    lines = tuple(msgspec.structs.replace(line, household=0) for line in sheet.lines)
    return msgspec.structs.replace(
        sheet, head=msgspec.structs.replace(sheet.head, imported_on=None), lines=lines
    )


def carried(where, made):
    publisher.review(where, made.id, LATER)
    publisher.publish(where, made.id, LATER)


@pytest.mark.parametrize("programme", KINDS)
def test_the_sheet_that_is_reviewed_is_the_one_the_kiosk_prints(own, tmp_path, programme):
    """Of every layout, head, lines, code and digest; drawn at one moment, the PDF is the same byte for byte."""
    toml = batch("2025-01", programme=f'"{programme}"', funds='"中央财政"')
    made = publisher.propose(own, reading(KINDS[programme]), toml, NOW, salt=salts())
    seen = wall(own, made)
    carried(own, made)
    hangs = on_kiosk(own, tmp_path, made.batch)
    assert bare(seen.sheet) == hangs
    windows = next(one.windows for one in own.pack.programmes if one.code == programme)
    drawn = drawing.drawn((str(tmp_path / "cuts"), ""), hangs, None, NOWHERE, windows)
    assert drawn == sample_pdf(own.pack, seen.sheet)


def test_an_application_and_a_masked_list_are_reviewed_as_they_hang(own, tmp_path):
    """No money, and no name that the wall would not show."""
    masked = msgspec.structs.replace(own.pack, mask=MaskPolicy(version="2025-2", names="middle_star"))
    where = with_pack(own, masked)
    toml = batch("2025-01", phase='"application"', paid_on=None)
    made = publisher.propose(own, reading(NAMED), toml, NOW, salt=salts())
    seen = wall(where, made)
    assert "林*实" in str(list_table(seen.sheet).rows)
    assert "林秋实" not in str(list_table(seen.sheet).rows)
    assert "含流转" in str(list_table(seen.sheet).rows), "screens show remarks"
    carried(own, made)
    assert bare(seen.sheet) == on_kiosk(where, tmp_path, made.batch)


PAID = msgspec.structs.replace(NAMED[0].payout, status=PayStatus.PAID)


def corrected(where):
    payout = msgspec.structs.replace(PAID, amount_fen=59139, quantity=Decimal("4.5"))
    return changes.correct(where, VILLAGE, f"{BATCH}-0003", payout, WHY, NOW)


def renamed(where):
    payout = msgspec.structs.replace(PAID, holder="林冬实")
    return changes.correct(where, VILLAGE, f"{BATCH}-0003", payout, WHY, NOW)


CHANGES = {
    "correct": corrected,
    "rename": renamed,
    "withdraw": lambda where: changes.withdraw(where, VILLAGE, f"{BATCH}-0003", WHY, NOW),
    "erase": lambda where: changes.erase(where, VILLAGE, f"{BATCH}-0003", WHY, NOW),
    "whole": lambda where: changes.withdraw_list(where, VILLAGE, BATCH, WHY, NOW),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_next_edition_that_is_reviewed_is_the_one_the_kiosk_prints(own, tmp_path, what):
    """After a correction, a withdrawal or an erasure, twice over; of a list taken down whole nothing is printed."""
    published(own, NAMED)
    carried(own, changes.withdraw(own, VILLAGE, f"{BATCH}-0002", WHY, NOW))
    made = CHANGES[what](own)
    seen = wall(own, made)
    assert (seen.sheet is None) == (what == "whole")
    carried(own, made)
    assert (seen.sheet and bare(seen.sheet)) == on_kiosk(own, tmp_path, made.batch)


CHANGED = "与发放结果第 1 版（3 行）相比：改变 1 行"


@pytest.mark.parametrize(
    ("what", "told", "summed"),
    [
        ("correct", ("改变", "林秋实", "金额 429.75元，数量 3.27亩", "金额 591.39元，数量 4.5亩"), CHANGED),
        ("rename", ("改变", "林秋实", "户主 林秋实", "户主 林冬实"), CHANGED),
        (
            "withdraw",
            ("去掉", "林秋实", "金额 429.75元，数量 3.27亩，标准 131.42元，组别 二组", ""),
            "与发放结果第 1 版（3 行）相比：去掉 1 行",
        ),
    ],
)
def test_what_changes_is_told_by_name_with_old_and_new_value(own, what, told, summed):
    """A line changed, a person renamed, a line taken down."""
    published(own, NAMED)
    seen = wall(own, CHANGES[what](own))
    assert [tuple(one) for one in differences(seen)] == [told]
    assert summed_up(seen, differences(seen)) == summed


def test_two_people_under_one_mask_are_told_apart(own):
    """A correction from 林秋实 to 林冬实 where the wall shows 林* for both: the reviewer is told, and no name is shown."""
    published(own, NAMED)
    masked = msgspec.structs.replace(own.pack, mask=MaskPolicy(version="2025-2", names="one_star"))
    (one,) = differences(wall(with_pack(own, masked), renamed(own)))
    assert one == ("改变", "林*", "户主 林*", "户主 林*（遮住的字不同）")


def test_a_payment_is_compared_with_its_application_list(own):
    """Who applied and is not paid, who is paid and never applied, whose area is another; money is no difference."""
    plots = [row(5, quantity=Decimal(n), amount_fen=13142 * n) for n in (1, 2, 3)]
    applied = [row(1), row(2), row(4, quantity=Decimal(2)), *plots]
    published(own, applied, phase='"application"', paid_on=None)
    paid = [row(1), row(3), row(4), plots[2], plots[0]]
    made = publisher.propose(own, reading(paid), batch("2025-01"), LATER)
    seen = wall(own, made)
    names = ["甲" + chr(0x4E00 + n) for n in (3, 4, 2, 5)]
    assert [(one.what, one.name, one.before[:8], one.after[:8]) for one in differences(seen)] == [
        ("新增", names[0], "", "数量 3.27亩"),
        ("改变", names[1], "数量 2亩", "数量 3.27亩"),
        ("去掉", names[3], "数量 2亩，组别", ""),
        ("去掉", names[2], "数量 3.27亩", ""),
    ]
    told = summed_up(seen, differences(seen))
    assert told == "与申报公示第 1 版（6 行）相比：新增 1 行、去掉 2 行、改变 1 行"
    other = wall(own, publisher.propose(own, reading([row(7)]), batch("2025-03"), LATER))
    assert "没有以前的版本" in summed_up(other, differences(other))


def test_a_list_that_was_taken_down_is_compared_with_nothing(own):
    """Nobody can read it any more; its payment says that there is no earlier edition."""
    made = published(own, [row(1)], phase='"application"', paid_on=None)
    carried(own, changes.withdraw_list(own, VILLAGE, made.batch, WHY, NOW))
    seen = wall(own, publisher.propose(own, reading([row(1)]), batch("2025-01"), LATER))
    assert seen.before is None


def test_every_row_of_every_warning_is_told(own):
    """Twenty rows of one code are twenty places, each with the line it became; the reason stands once."""
    numbers = range(1, 21)
    found = tuple(warning(n + 3) for n in numbers)
    toml = msgspec.structs.replace(batch("2025-01"), confirmed=(Confirmed(code="R2", reason="四舍五入"),))
    made = publisher.propose(own, reading([row(n) for n in numbers], findings=found), toml, NOW)
    (told,) = confirmed_warnings(made)
    assert told.reason == "四舍五入"
    assert [one.where for one in told.findings] == [f"F{n + 3}" for n in numbers]
    assert [[line.line for line in one.lines] for one in told.findings] == [[n] for n in numbers]
    said = proposal_text(made)
    assert said.count("已确认") == 1
    assert "    F23，岭东村名单第 20 行：金额可疑" in said


def warning(at):
    return CellFinding(level=Level.WARNING, code="R2", message="金额可疑", row=at, column="F")


@pytest.fixture
def land(tmp_path):
    """Both seats, and a case whose first notice has a map."""
    shutil.copytree(L1, tmp_path / "case")
    case = tmp_path / "case" / "case.json"
    told = json.loads(case.read_text("utf-8"))
    stage(told, "start").update(attachments=["图.png"], secrecy_review="县资规局保密员 2025-09-20")
    (tmp_path / "case" / "图.png").write_bytes(png())
    case.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    with desk(tmp_path / "county") as house:
        propose_case(house.county, case_folder(case), NOW)
        yield house


def test_a_notice_is_looked_at_as_it_will_hang_with_its_files(land, tmp_path):
    """Its sheet for each village, its map by its whole digest; a byte of the map changed, nothing is signed."""
    made = next(one for one in proposals.proposals(land.county) if "-start-1" in one.id)
    where = f"/proposals/{made.id}"
    looked = land.reviewer.get(where)
    for village in made.villages:
        assert f'href="{where}/villages/{village}/sheet.pdf"' in looked.text
    assert hashlib.sha256(png()).hexdigest() in looked.text.replace(" ", "")
    taken = land.reviewer.get(f"{where}/files/1")
    assert (taken.body, taken.headers["content-type"]) == (png(), "image/png")
    sheet = land.reviewer.get(f"{where}/villages/{made.villages[0]}/sheet.pdf")
    assert "审核样张，不得张贴" in paper(sheet.body, tmp_path)
    (kept,) = (land.county.proposals / made.id / "blobs").iterdir()
    kept.write_bytes(kept.read_bytes() + b"\0")
    land.reviewer.get(where)
    assert "文件被改动过（图.png）" in land.reviewer.post(f"{where}/accept", reason="").text
    assert not (land.county.proposals / made.id / "signed").exists()
    kept.write_bytes(png())
    assert "已审核" in land.reviewer.post(f"{where}/accept", reason="").text


@pytest.mark.anyio
async def test_a_notice_is_reviewed_as_the_kiosk_prints_it(tmp_path):
    """Text, period, code and digest."""
    house = House.founded(tmp_path)
    made = next(one.proposal for one in house.proposed() if one.proposal)
    seen = on_wall(house.county, made, made.part(made.villages[0]))
    publisher.review(house.county, made.id, LATER)
    publisher.publish(house.county, made.id, LATER)
    await house.pulled(made.villages[0])
    with house.board() as board:
        assert notices_to_hang(board, seen.village, CALENDAR) == (seen.sheet,)
