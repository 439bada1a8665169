"""The county's desk: from an upload to what every kiosk can pull, by two persons in two browsers."""

import re
from pathlib import Path

import pytest

from boards.model.privacy.numbers import numbers_in
from sync.county.intake import drafts
from sync.county.publish import hands, proposals
from sync.county.publish.parts import looked_at
from tests.desk.desk_house import CLERK, NOW, REVIEWER, desk, draft_at, proposal_at
from tests.roster.county_files import Page, as_xlsx

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
SOUND = ROOT / "deploy" / "demo" / "rosters"
FIRST = next(SOUND.glob("01*.xlsx"))
FAULTY = ROOT / "tests" / "roster" / "data" / "06_faulty.xlsx"
PERSONAL = re.compile(r"\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)")
ID = "990523195803120019"


def warned(name: str = "王桂花", *, identity: str = ID) -> bytes:
    """A roster with one warning: an amount that is not area × rate."""
    page = Page("名册")
    page.across("苕安县2025年第二批稻谷补贴发放清册", 8)
    page.add(
        "序号", "乡镇", "村", "组别", "姓名", "身份证号", "面积（亩）", "标准（元/亩）", "补贴金额（元）"
    )
    for at, (who, amount) in enumerate(((name, 20), ("朱建国", 30), ("贾小明", 45)), 1):
        page.add(at, "梅坞镇", "岭东村", f"{at}组", who, identity if at == 1 else "", at + 1, 10, amount)
    page.add("合计", "", "", "", "", "", "", "", 95)
    return as_xlsx([page])


def filled(**fields: str) -> dict[str, str]:
    plain = {
        "programme": "rice",
        "fiscal_year": "2025",
        "period_no": "2025-02",
        "phase": "payment",
        "paid_on": "2025-11-28",
    }
    return plain | {"why-AMOUNT_NOT_AREA_TIMES_RATE": "第三户按协议补足，已核实", "do": "propose"} | fields


def test_a_roster_goes_from_upload_to_published(tmp_path):
    """The clerk uploads, confirms, describes, proposes; the reviewer signs; the clerk publishes; the roster is gone."""
    with desk(tmp_path / "county") as house:
        shown = house.clerk.upload("2025年第二批稻谷补贴.xlsx", warned())
        assert "面积（数量）乘标准应为40.00元，表上是45.00元。" in shown.text
        assert '<option value="rice" selected>' in shown.text
        assert 'name="period_no" value="2025-02"' in shown.text
        at = draft_at(shown)
        proposed = house.clerk.post(at, **filled())
        assert "待审核" in proposed.text
        assert "第三户按协议补足，已核实" in proposed.text
        where = proposal_at(house.reviewer.get("/"))
        looked = house.reviewer.get(where)
        assert "岭东村" in looked.text
        assert "95.00" in looked.text
        assert "第三户按协议补足，已核实" in looked.text
        assert "王桂花" not in looked.text
        assert "已审核，待发布" in house.reviewer.post(f"{where}/accept").text
        assert "已发布" in house.clerk.post(f"{where}/publish").text
        made = proposals.proposals(house.county)[0]
        assert proposals.stands(house.county, made) == "published"
        assert [(one.act, one.by) for one in hands.hands(house.county, made.id)] == [
            ("proposed", CLERK), ("accepted", REVIEWER), ("published", CLERK),
        ]  # fmt: skip
        assert house.county.log("330590100201").state().size == 4
        assert drafts.drafts(house.county) == ()
        assert house.clerk.get(at).status == 404


def test_a_sound_roster_of_the_demo_needs_only_its_day(tmp_path):
    """What the title tells is filled in; a payment day alone completes it."""
    with desk(tmp_path / "county") as house:
        shown = house.clerk.upload(FIRST.name, FIRST.read_bytes())
        assert "没有发现错误，可以送审" in shown.text
        fields = dict(re.findall(r'name="(fiscal_year|period_no)" value="([^"]*)"', shown.text))
        done = house.clerk.post(
            draft_at(shown),
            programme="farmland_fertility",
            phase="payment",
            paid_on="2025-11-28",
            do="propose",
            **fields,
        )
        assert "待审核" in done.text
        assert "124,498.12" in done.text


def test_a_roster_with_errors_cannot_be_handed_in(tmp_path):
    """Errors are shown at their rows; there is no form, and posting one all the same is refused."""
    with desk(tmp_path / "county") as house:
        shown = house.clerk.upload(FAULTY.name, FAULTY.read_bytes())
        assert "有错误的名册不能提交" in shown.text
        assert 'value="propose"' not in shown.text
        refused = house.clerk.post(draft_at(shown), **filled())
        assert refused.status == 422
        assert "处错误，不能提交发布" in refused.text
        assert proposals.proposals(house.county) == ()
        marked = house.clerk.get(f"{draft_at(shown)}/marked.xlsx")
        assert (marked.body[:2], marked.headers["content-disposition"]) == (
            b"PK",
            'attachment; filename="marked.xlsx"',
        )
        assert "发布前检查" in house.clerk.get(f"{draft_at(shown)}/report.html").text
        assert (
            "不能读取" in house.clerk.upload("x.pdf", b"%PDF-1.7").text
            or "没有读取" in house.clerk.seen[-1].text
        )


@pytest.mark.usefixtures("reads_here")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"why-AMOUNT_NOT_AREA_TIMES_RATE": ""}, "需要人工确认的提醒"),
        ({"why-AMOUNT_NOT_AREA_TIMES_RATE": "好"}, "至少两个字"),
        ({"why-AMOUNT_NOT_AREA_TIMES_RATE": f"本人{ID}已核"}, "个人号码"),
        ({"programme": ""}, "还没有选"),
        ({"fiscal_year": "去年"}, "四位年份"),
        ({"period_no": "上半年"}, "2025-01"),
        ({"paid_on": "11月"}, "应是日期"),
        ({"paid_on": ""}, "发放日期"),
        ({"planned_from": "2025-12-09", "planned_until": "2025-12-02"}, "早于"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(house, wrong, said):
    """One wrong field stops the proposal; what else was typed stands on the page."""
    at = draft_at(house.clerk.upload("名册.xlsx", warned()))
    got = house.clerk.post(at, **filled(funds="中央财政", **wrong))
    assert got.status == 422
    assert said in got.text
    assert 'name="funds" value="中央财政"' in got.text
    assert proposals.proposals(house.county) == ()


@pytest.mark.usefixtures("reads_here")
def test_sent_back_with_a_reason_and_handed_in_again(tmp_path):
    """The reviewer's reason reaches the clerk, whose draft is still there; nothing of the old proposal can be signed."""
    with desk(tmp_path / "county") as house:
        at = draft_at(house.clerk.upload("名册.xlsx", warned()))
        house.clerk.post(at, **filled())
        where = proposal_at(house.reviewer.get("/"))
        house.reviewer.get(where)
        assert "至少两个字" in house.reviewer.post(f"{where}/return", reason="").text
        assert "没有等待审核的批次" in house.reviewer.post(f"{where}/return", reason="资金来源没有写").text
        assert house.reviewer.post(f"{where}/accept").status == 404
        home = house.clerk.get("/").text
        assert "资金来源没有写" in home
        assert f'href="{at}"' in home
        assert "待审核" in house.clerk.post(at, **filled(funds="中央财政")).text
        assert "资金来源没有写" not in house.clerk.get("/").text
        kept = house.county.folder / "returned" / where.rpartition("/")[2]
        assert sorted(path.name for path in kept.iterdir()) == ["hands.jsonl", "proposal.json"]


@pytest.mark.usefixtures("reads_here")
def test_one_person_never_takes_both_seats(tmp_path):
    """先审后发: who handed it in finds no button to sign it, and a form made up by hand is refused (settled 53)."""
    with desk(tmp_path / "county", clerk=REVIEWER) as house:
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        where = proposal_at(house.reviewer.get("/"))
        page = house.reviewer.get(where).text
        assert f"您就是提交人 王审核（{REVIEWER}），不能审核" in page
        assert f"{where}/accept" not in page
        digest = looked_at(house.county, where.rpartition("/")[2])
        refused = house.reviewer.post(f"{where}/accept", shown=digest)
        assert (refused.status, "不能由同一个人审核" in refused.text) == (422, True)
        assert proposals.stands(house.county, proposals.proposals(house.county)[0]) == "proposed"


@pytest.mark.usefixtures("reads_here")
def test_what_changed_after_it_was_shown_is_not_signed(tmp_path):
    """One byte of the proposal changed behind the reviewer's page: the page comes again, and is signed as it is now."""
    with desk(tmp_path / "county") as house:
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        where = proposal_at(house.reviewer.get("/"))
        house.reviewer.get(where)
        file = house.county.proposals / where.rpartition("/")[2] / "proposal.json"
        file.write_bytes(file.read_bytes().replace("已核实".encode(), "没核实".encode()))
        refused = house.reviewer.post(f"{where}/accept")
        assert (refused.status, "在您查看之后变了" in refused.text) == (422, True)
        assert "第三户按协议补足，没核实" in refused.text
        assert proposals.stands(house.county, proposals.proposals(house.county)[0]) == "proposed"
        assert house.reviewer.post(f"{where}/accept", shown="").status == 422
        assert "已审核，待发布" in house.reviewer.post(f"{where}/accept").text


@pytest.mark.usefixtures("reads_here")
def test_a_roster_handed_in_again_asks_why(tmp_path):
    """At the desk too: a field for the reason appears, and the reviewer reads it."""
    with desk(tmp_path / "county") as house:
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        at = draft_at(house.clerk.upload("名册.xlsx", warned()))
        asked = house.clerk.post(at, **filled(period_no="2025-03"))
        assert asked.status == 422
        assert 'name="why-PUBLISHED_BEFORE"' in asked.text
        again = filled(period_no="2025-03", **{"why-PUBLISHED_BEFORE": "上次期号写错，已经撤下"})
        assert "上次期号写错，已经撤下" in house.clerk.post(at, **again).text


@pytest.mark.usefixtures("reads_here")
def test_a_list_that_came_second_is_shown_with_why_nobody_signs_it(tmp_path):
    """The same roster waits twice: the one with a reason is published, the one before it had nobody to ask."""
    with desk(tmp_path / "county") as house:
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        early = proposal_at(house.reviewer.get("/"))
        again = filled(period_no="2025-03", **{"why-PUBLISHED_BEFORE": "另一笔钱，已核对"})
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **again)
        late = next(
            f"/proposals/{one.id}" for one in proposals.proposals(house.county) if one.id not in early
        )
        house.reviewer.get(early)
        shown = house.reviewer.hidden("shown")
        house.reviewer.get(late)
        assert "已审核，待发布" in house.reviewer.post(f"{late}/accept").text
        house.clerk.get(late)
        assert "已发布" in house.clerk.post(f"{late}/publish").text
        page = house.reviewer.get(early).text
        assert "这份名册已经作为" in page
        assert "先取消，写明理由后重新提交" in page
        refused = house.reviewer.post(f"{early}/accept", shown=shown)
        assert (refused.status, "这份名册已经作为" in refused.text) == (422, True)
        house.clerk.get(early)
        assert "已取消" in house.clerk.post(f"{early}/cancel", reason="是同一笔钱").text


@pytest.mark.usefixtures("reads_here")
def test_a_clerk_takes_a_proposal_back(tmp_path):
    """With a reason; its names are gone, nobody can sign it, and the draft can be handed in again."""
    with desk(tmp_path / "county") as house:
        at = draft_at(house.clerk.upload("名册.xlsx", warned()))
        where = proposal_at(house.clerk.post(at, **filled()) and house.clerk.get("/"))
        house.reviewer.get(where)
        house.clerk.get(where)
        assert "至少两个字" in house.clerk.post(f"{where}/cancel", reason="").text
        assert "已取消" in house.clerk.post(f"{where}/cancel", reason="期号写错了").text
        assert house.reviewer.post(f"{where}/accept").status == 404
        assert "期号写错了" in house.clerk.get("/").text
        assert "待审核" in house.clerk.post(at, **filled(period_no="2025-03")).text


@pytest.mark.usefixtures("reads_here")
def test_each_seat_has_only_its_own_acts(tmp_path):
    """A clerk cannot sign and a reviewer can neither hand in nor publish: the addresses do not exist."""
    with desk(tmp_path / "county") as house:
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        where = proposal_at(house.clerk.get("/"))
        assert house.clerk.post(f"{where}/accept").status == 404
        house.reviewer.get(where)
        assert house.reviewer.post(f"{where}/publish").status == 404
        assert house.reviewer.post(f"{where}/cancel", reason="不该由审核人取消").status == 404
        assert house.reviewer.upload("x.xlsx", warned()).status == 404
        assert house.clerk.post(f"{where}/publish").status == 422  # not reviewed
        assert proposals.stands(house.county, proposals.proposals(house.county)[0]) == "proposed"


@pytest.mark.usefixtures("reads_here")
def test_pressing_twice_proposes_once(tmp_path):
    """The second press of 提交审核 leads to the same proposal."""
    with desk(tmp_path / "county") as house:
        at = draft_at(house.clerk.upload("名册.xlsx", warned()))
        house.clerk.post(at, **filled())
        house.clerk.post(at, **filled())
        assert len(proposals.proposals(house.county)) == 1


def test_no_number_of_a_person_is_on_any_page_or_in_any_log(tmp_path, capfd):
    """IDs, phones and cards of the roster stay in the draft's file: not on a page, not in a log, not in a proposal."""
    with desk(tmp_path / "county") as house:
        shown = house.clerk.upload(f"{ID}.xlsx", warned())
        assert "9****************9" in house.clerk.get(f"{draft_at(shown)}?all=1&page=99999999999").text
        house.clerk.get(f"{draft_at(shown)}/report.html")
        house.clerk.post(draft_at(shown), **filled())
        where = proposal_at(house.reviewer.get("/"))
        house.reviewer.get(where)
        house.clerk.upload(FAULTY.name, FAULTY.read_bytes())
        house.clerk.get("/")
        for got in house.clerk.seen + house.reviewer.seen:
            assert PERSONAL.findall(got.text) == []
            plain = re.sub(r"<[^>]+>", "|", got.text).replace("0572-5000012", "")
            assert [one.kind for one in numbers_in(plain) if one.kind != "phone"] == []
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    for path in (house.county.proposals).rglob("*.json"):
        assert ID not in path.read_text()


@pytest.mark.usefixtures("reads_here")
def test_markup_in_a_roster_stays_text(house):
    """Names, file names and reasons are text on every page."""
    evil = "<script>alert(1)</script>"
    at = draft_at(house.clerk.upload("<img src=x>.xlsx", warned(evil)))
    pages = [
        house.clerk.get(f"{at}?all=1"),
        house.clerk.post(
            at,
            **filled(
                source=evil,
                period_no="2025-09",
                **{"why-AMOUNT_NOT_AREA_TIMES_RATE": evil, "why-NAME_ODD": evil},
            ),
        ),
    ]
    pages.append(house.reviewer.get(proposal_at(house.reviewer.get("/"))))
    assert all("<script" not in got.text and "<img" not in got.text for got in pages)
    assert "&lt;script&gt;" in pages[0].text
    assert "&lt;script&gt;" in pages[-1].text
    house.reviewer.post(f"{proposal_at(house.reviewer.get('/'))}/return", reason="测试退回")


@pytest.mark.usefixtures("reads_here")
def test_a_roster_can_be_picked_from_the_inbox(house):
    """Files laid into inbox/ are offered by name; nothing outside it can be named."""
    inbox = house.county.folder / "inbox"
    inbox.mkdir()
    (inbox / "名册.xlsx").write_bytes(warned())
    (inbox / "link.xlsx").symlink_to(FAULTY)
    assert '<option value="名册.xlsx">' in house.clerk.get("/").text
    assert "link.xlsx" not in house.clerk.seen[-1].text
    assert "苕安县2025年第二批稻谷补贴" in house.clerk.post("/drafts/pick", name="名册.xlsx").text
    for name in ("../keys/reviewer.pem", "link.xlsx", "", "/etc/passwd"):
        assert house.clerk.post("/drafts/pick", name=name).status == 422


@pytest.mark.usefixtures("reads_here")
def test_drafts_are_kept_and_thrown_away(house):
    """先保存 keeps what was typed; 删除 removes the roster from the disk."""
    at = draft_at(house.clerk.upload("名册.xlsx", warned()))
    again = house.clerk.post(at, **filled(do="keep", office="县农业农村局"))
    assert 'value="县农业农村局"' in again.text
    folder = house.county.folder / "drafts" / at.rpartition("/")[2]
    assert folder.exists()
    assert (folder.parent.stat().st_mode & 0o777) == 0o700
    house.clerk.post(f"{at}/discard")
    assert not folder.exists()
    assert house.clerk.get(at).status == 404


@pytest.mark.usefixtures("reads_here")
def test_the_moment_is_told_as_an_office_tells_it(house):
    """Instants are stored in UTC and shown in local time."""
    house.clerk.upload("名册.xlsx", warned())
    assert f"{NOW.month}月{NOW.day}日 10:03" in house.clerk.get("/").text


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk") / "county") as one:
        yield one


@pytest.mark.usefixtures("reads_here")
def test_a_failed_check_of_the_batch_is_asked_for_and_answered(tmp_path):
    """R10: a day of another year names the rule, asks for a reason in the form, and goes on with one."""
    with desk(tmp_path / "county") as house:
        at = draft_at(house.clerk.upload("2025年第二批稻谷补贴.xlsx", warned()))
        asked = house.clerk.post(at, **filled(paid_on="2019-05-01"))
        assert "发放日期2019-05-01不在2025年度内" in asked.text
        assert 'name="why-R10"' in asked.text
        answered = house.clerk.post(
            at, **filled(paid_on="2019-05-01", **{"why-R10": "按结转资金发放，已核实"})
        )
        assert "待审核" in answered.text
        looked = house.reviewer.get(proposal_at(house.reviewer.get("/")))
        assert "按结转资金发放，已核实" in looked.text
