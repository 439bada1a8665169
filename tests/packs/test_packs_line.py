"""A pack goes from a small edit to every kiosk by two persons, and nothing half done or wrong goes with it."""

import re

import msgspec
import pytest

from sync.county.publish import proposals, publisher, seated
from sync.county.publish.parts import MadeByOlderPack
from sync.county.publish.proposals import ReviewOutdated
from sync.durable import NotWritten
from sync.pack import is_pack_file, packed
from sync.trust.repository import Repository, prepared_seated, signer_of
from sync.trust_layout import PACK
from tests.desk.desk_house import cheap, peopled
from tests.line.county_sim import NOW, VILLAGE, batch, copied, county, published, reading, row
from tests.packs.pack_files import DEMO
from tests.packs.pack_office import PackOffice

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    return county(tmp_path_factory.mktemp("packs") / "county")


@pytest.fixture
def office(founded, tmp_path):
    return PackOffice(copied(founded, tmp_path / "county"))


def test_an_edit_reaches_kiosks_by_two_persons_only(office, tmp_path):
    """Neither the edit nor the proposal nor the review changes what a kiosk has; the publication does."""
    told = office.edit("programme", "farmland_fertility", "windows.wall_days=10")
    assert "发放名单的公示期（天）：7 → 10" in told
    assert "7 → 10" in office.typed("pack", "diff")
    assert office.code == 1
    made = office.proposes()
    assert "发放名单的公示期（天）：7 → 10" in office.typed("review", made)
    before = office.learned(tmp_path / "1")
    assert "已审核签名" in office.reviews(made)
    assert office.learned(tmp_path / "2") == before
    assert "已发布县级资料包" in office.publishes(made)
    after = office.learned(tmp_path / "3")
    assert after.version == f"{NOW.year + 1}-1" or re.fullmatch(r"\d{4}-1", after.version)
    assert {one.code: one.windows.wall_days for one in after.programmes}["farmland_fertility"] == 10
    office.typed("pack", "diff")
    assert office.code == 0
    assert "早已发布" in office.publishes(made)


@pytest.mark.parametrize(
    ("words", "has"),
    [
        (("village", "330590100206", "--name", "新塘村"), lambda pack: pack.villages[-1].name == "新塘村"),
        (
            ("contact", "岭东村", "村务公开员", "--phone", "0572-5000199"),
            lambda pack: "0572-5000199" in {one.phone for one in pack.contacts},
        ),
        (
            ("case", "2026-009", "--project", "新路", "--standing", "open", "--village", "岭东村"),
            lambda pack: pack.land_cases[-1].project == "新路",
        ),
        (("term", "试用的词"), lambda pack: "试用的词" in pack.forbidden_terms),
        (("term", "内部资料", "--remove"), lambda pack: "内部资料" not in pack.forbidden_terms),
        (("retention", "list", "10"), lambda pack: pack.retention.list == "10"),
        (("phone", "0572-5000113"), lambda pack: pack.supervision_phone == "0572-5000113"),
        (("mask", "one_star"), lambda pack: pack.mask.names == "one_star"),
        (("programme", "rice", "--remove"), lambda pack: "rice" not in {one.code for one in pack.programmes}),
        (("village", "330590200203", "--remove"), lambda pack: len(pack.villages) == 11),
        (("calendar", "2026", "--remove"), lambda pack: pack.calendar_years == (2025,)),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_each_part_of_a_pack_goes_from_an_edit_to_a_kiosk(office, tmp_path, words, has):
    """Villages, contacts, land cases, words, years, masks, classes: each by one command and two signatures."""
    assert not has(office.county.pack)
    office.edit(*words)
    assert office.code == 0
    office.carried_through()
    assert has(office.learned(tmp_path / "kiosk"))


def test_whole_files_go_from_a_table_to_a_kiosk(office, tmp_path):
    """A year's days off as Excel saves them, the platform's table, the catalogue."""
    (tmp_path / "days.csv").write_bytes("date,kind,festival\r\n2027-01-01,holiday,元旦\r\n".encode("gbk"))
    (tmp_path / "farming.csv").write_text(
        "code,field,l1,shown_by\nA1,涉农补贴,补贴发放,payout\n", "utf-8-sig"
    )
    platform = DEMO["land/platform.toml"].decode().replace("征地信息公开", "征地信息")
    (tmp_path / "platform.toml").write_text(platform, "utf-8")
    office.edit("calendar", "2027", "--from", tmp_path / "days.csv")
    office.edit("file", "catalogue/farming.csv", "--from", tmp_path / "farming.csv")
    office.edit("file", "land/platform.toml", "--from", tmp_path / "platform.toml")
    office.carried_through()
    pack = office.learned(tmp_path / "kiosk")
    assert 2027 in pack.calendar_years
    assert pack.platform.name in platform
    assert "catalogue/farming.csv" in Repository(office.county.feed).target("pack").decode()


def test_a_template_goes_to_the_kiosks_once_its_gaps_are_filled(office, tmp_path):
    """What a template leaves to the county is never published as it is."""
    told = office.acts("pack", "adopt", "training")
    assert "新增补贴“高素质农民培育”（training）" in told
    assert "待填" in told
    assert "待填" in office.proposes()
    assert office.code == 2
    standard, deadline = "guide.standard=每人 500 元。", "guide.deadline=每年 9 月申报，12 月发放。"
    for filled in ((standard, "guide.phone=0572-5000021"), (deadline,)):
        assert "待填" in office.proposes()
        office.edit("programme", "training", *filled)
    office.carried_through()
    assert "training" in {one.code for one in office.learned(tmp_path / "kiosk").programmes}
    office.acts("pack", "adopt", "training")
    assert office.code == 2


def test_a_stray_file_is_told_and_goes_nowhere(office, tmp_path):
    """Somebody's notes in pack/ stop no command and reach no kiosk."""
    (office.pack / "notes.txt").write_text("内部", "utf-8")
    assert not is_pack_file("notes.txt")
    assert "notes.txt" in office.typed("pack", "check")
    assert "不随资料包发布：notes.txt" in office.typed("pack", "diff")
    office.edit("phone", "0572-5000113")
    office.carried_through()
    assert b"notes" not in Repository(office.county.feed).target("pack")
    assert published(office.county, [row(1)])


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("villages.csv", DEMO["villages.csv"].replace(b"330590100202", b"330590100201")),
        ("contacts.csv", DEMO["contacts.csv"].decode().encode("gbk")),
        ("pack.toml", b"version = "),
    ],
)
def test_a_broken_working_copy_is_not_proposed_and_stops_nothing_else(office, name, raw):
    """Two villages of one code, a table in GBK, half a line: told with its line; lists go on by the published pack."""
    (office.pack / name).write_bytes(raw)
    told = office.proposes("--version", "")
    assert office.code == 2
    assert f"{name} 第 " in told
    assert published(office.county, [row(1)])


def test_marks_and_line_ends_of_windows_are_no_difference(office):
    """A pack that went through Excel and Notepad unchanged has nothing to propose."""
    for name, raw in DEMO.items():
        (office.pack / name).write_bytes(b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"))
    office.typed("pack", "diff")
    assert office.code == 0
    assert "没有什么要发布" in office.proposes("--version", "")


def test_words_that_tell_another_change_are_not_signed(office):
    """A file bent on its way to the reviewer shows another telephone, and holds another term."""
    office.edit("programme", "farmland_fertility", "windows.wall_days=10")
    made = office.proposes()
    path = proposals.folder_of(office.county, made) / "proposal.json"
    honest = path.read_text()
    path.write_text(honest.replace("7 → 10", "7 → 8"))
    told = office.reviews(made)
    assert (office.code, "（tells-otherwise）" in told) == (2, True), told
    assert proposals.stands(office.county, proposals.proposal(office.county, made)) == "proposed"
    path.write_text(honest)
    assert "已审核签名" in office.reviews(made)


def test_a_village_that_shows_a_list_cannot_leave(office):
    """It is told at the edit, refused when proposed; once the list is withdrawn it may go."""
    published(office.county, [row(1)])
    assert "还公开着 1 份" in office.edit("village", "岭东村", "--remove")
    assert "不能从资料包里撤销这个村" in office.proposes()
    assert office.code == 2
    listed = ("--village", VILLAGE, "--programme", "farmland_fertility", "--period", "2025-01")
    office.acts("withdraw", "--whole", *listed, "--reason", "撤村并村")
    (waiting,) = (one.id for one in proposals.proposals(office.county) if one.kind == "withdraw")
    office.reviews(waiting)
    office.publishes(waiting)
    office.edit("programme", "farmland_fertility", "windows.wall_days=10")
    assert "在公开" not in office.typed("pack", "diff")
    office.carried_through()


def test_a_list_published_meanwhile_keeps_its_village(office, tmp_path):
    """The pack was proposed and reviewed before the list hung; it is not published."""
    office.edit("village", "岭东村", "--remove")
    made = office.proposes()
    office.reviews(made)
    published(office.county, [row(1)])
    assert "不能从资料包里撤销这个村" in office.publishes(made)
    assert VILLAGE in {one.code for one in office.learned(tmp_path / "kiosk").villages}


def test_one_pack_waits_and_each_version_is_published_once(office):
    """A second pack waits for the first; a version that was published is not used again."""
    assert "没有什么要发布" in office.proposes("--version", "")
    office.edit("phone", "0572-5000113")
    assert "已经发布过" in office.proposes("--version", "")
    first = office.proposes()
    office.edit("phone", "0572-5000114")
    assert f"已有一份资料包（{first}）" in office.proposes()
    assert office.code == 2
    office.acts("cancel", first, "--reason", "电话又改了")
    office.carried_through()


def test_a_pack_is_told_against_the_one_before_it_and_waits_until_it_is_published(office):
    """Not against the first; and what is reviewed already is not overtaken."""
    office.edit("phone", "0572-5000113")
    office.carried_through("--version", "2026-7")
    office.edit("phone", "0572-5000114")
    made = office.proposes("--version", "2026-8")
    told = office.typed("review", made)
    assert "县级资料包 2026-8 版，代替 2026-7 版" in told
    assert "0572-5000113 → 0572-5000114" in told
    assert "0572-5000012" not in told
    office.reviews(made)
    assert f"已有一份资料包（{made}）" in office.proposes("--version", "2026-9")


def test_a_pack_that_no_kiosk_would_take_is_not_proposed(office, monkeypatch):
    """All files together have a limit at the kiosk: whoever passes it is told before anybody signs."""
    office.edit("phone", "0572-5000113")
    with monkeypatch.context() as small:
        small.setattr("sync.county.packs.proposing.TARGET_LIMIT_BYTES", len(packed(DEMO)) - 1)
        assert "合起来超过" in office.proposes()
    monkeypatch.setattr("sync.county.packs.proposing.TARGET_LIMIT_BYTES", len(packed(DEMO)) + 100)
    assert "合起来超过" not in office.proposes()


def test_the_first_pack_goes_the_same_way(tmp_path, monkeypatch):
    """A county that has its seats and no pack yet: all of it is told as new, and reviewed like any other."""
    with monkeypatch.context() as founding:
        founding.setattr("kiosk_server.demo.founding.first_pack", lambda *_: None)
        office = PackOffice(county(tmp_path / "county"))
    assert "还没有发布过资料包" in office.typed("pack", "log")
    made = office.proposes("--version", "")
    told = office.typed("review", made)
    assert "县级资料包 2025.1 版，第一版" in told
    assert "新增村“梅坞镇岭东村”" in told
    office.reviews(made)
    office.publishes(made)
    assert office.learned(tmp_path / "kiosk").version == "2025.1"


def test_a_pack_of_another_county_is_not_proposed(office):
    """Its code is held against the county's own."""
    for name, raw in DEMO.items():
        (office.pack / name).write_bytes(raw.replace(b"330590", b"330591"))
    assert "330591" in office.proposes()
    assert office.code == 2


def test_a_pack_that_was_overtaken_is_looked_at_again(office, tmp_path):
    """The same pack signed anew by other keys overtakes it: it is taken back and proposed again."""
    office.edit("phone", "0572-5000113")
    made = office.proposes()
    where = office.county
    repository, content = Repository(where.feed), packed(DEMO)
    anew = prepared_seated("pack", content, NOW, repository.seated("pack").signed)
    for one in where.signers:
        anew.sign(signer_of(one.key), append=True)
    repository.adopt({"pack": anew}, {PACK: content}, signer_of(where.machine_key("online")), NOW)
    office.reviews(made)
    assert office.code == 2
    assert office.learned(tmp_path / "kiosk").supervision_phone == "0572-5000012"
    with pytest.raises(seated.TargetMoved):
        publisher.review(office.county, made, NOW)
    assert office.typed("pack", "log").count("建立县级发布目录时") == 1


@pytest.mark.parametrize(
    ("stopped_at", "phone"),
    [
        ("sync.trust.repository.Repository._stamp", "0572-5000012"),
        ("sync.county.publish.proposals.done", "0572-5000113"),
    ],
)
def test_a_publication_of_a_pack_that_was_stopped_goes_on(office, tmp_path, monkeypatch, stopped_at, phone):
    """The disk is full before every kiosk has it, or just after: the same command ends it, nobody signs again."""
    office.edit("phone", "0572-5000113")
    made = office.proposes()
    office.reviews(made)

    def full(*_):
        raise NotWritten(why="no space")

    with monkeypatch.context() as broken:
        broken.setattr(stopped_at, full)
        office.publishes(made)
    assert office.code == 2
    assert office.learned(tmp_path / "1").supervision_phone == phone
    assert office.typed("pack", "log").count("建立县级发布目录时") == 1
    office.publishes(made)
    assert office.code == 0
    assert office.learned(tmp_path / "2").supervision_phone == "0572-5000113"


def test_a_wrong_pack_goes_back_as_a_new_version(office, tmp_path):
    """What was published before is published again; the history tells all of it, newest first."""
    office.edit("phone", "0572-5000113")
    office.carried_through()
    office.edit("term", "试用的词")
    assert "还没有发布的修改" in office.acts("pack", "back", "2025.1")
    assert office.code == 2
    told = office.acts("pack", "back", "2025.1", "--discard")
    assert "0572-5000113 → 0572-5000012" in told
    assert " --as " in told.splitlines()[-1]  # what is to be typed next is whole
    office.carried_through("--version", "")
    pack = office.learned(tmp_path / "kiosk")
    assert pack.supervision_phone == "0572-5000012"
    assert pack.version.endswith("-2")
    told = office.typed("pack", "log")
    assert [line.split("　")[0][-2:] for line in told.splitlines() if not line.startswith(" ")] == [
        "-2",
        "-1",
        ".1",
    ]
    assert "提交 li，审核 wang，发布 li" in told
    assert "没有发布过版本" in office.acts("pack", "back", "1999-1")


@pytest.mark.parametrize(
    "words",
    [
        ("programme", "farmland_fertility", "sensitive=是"),
        ("programme", "farmland_fertility", "name=耕地补贴"),
        ("programme", "farmland_fertility", "--remove"),
        ("village", "岭东村", "--remove"),
    ],
)
def test_a_list_of_an_older_pack_is_proposed_again(office, words):
    """Its programme is gone, has another name or openness, or its village is gone: it is not signed."""
    made = publisher.propose(office.county, reading([row(1)]), batch(), NOW)
    office.edit(*words)
    office.carried_through()
    with pytest.raises(MadeByOlderPack):
        publisher.review(office.county, made.id, NOW)
    assert "按现在的资料包重新提交" in office.typed("review", made.id)
    assert office.code == 2


def test_a_list_reviewed_under_the_old_pack_is_looked_at_again(office):
    """A change that does not touch it asks for a fresh signature only."""
    made = publisher.propose(office.county, reading([row(1)]), batch(), NOW)
    publisher.review(office.county, made.id, NOW)
    office.edit("phone", "0572-5000113")
    office.carried_through()
    with pytest.raises(ReviewOutdated):
        publisher.publish(office.county, made.id, NOW)
    office.reviews(made.id)
    office.publishes(made.id)
    assert office.code == 0


@pytest.mark.parametrize(
    ("words", "care"),
    [
        (("programme", "farmland_fertility", "--remove"), "还有 1 份名单在公开"),
        (("programme", "farmland_fertility", "windows.wall_days=10"), "已张贴的纸不会变"),
        (("programme", "disability_living", "sensitive=否"), "不再是只公布姓名和金额"),
        (("programme", "disability_living", "windows.wall_days=60"), "姓名显示超过 30 天"),
        (("retention", "list", "10"), "发放公示表的保管期限由30年缩短为10年"),
        (("programme", "rice", "retention=3"), "补贴“稻谷补贴”的发放公示表的保管期限由30年缩短为3年"),
    ],
)
def test_the_reviewer_reads_first_what_a_change_means(office, words, care):
    """Before the differences stands what it does to lists that hang and to who is named."""
    published(office.county, [row(1)])
    assert care in office.edit(*words)
    lines = office.typed("review", office.proposes()).splitlines()
    first = next(line for line in lines if "县级资料包" not in line)
    assert first.startswith("请注意：")
    assert any(care in line for line in lines)


def test_looser_masks_and_another_code_are_told(office, tmp_path):
    """More of every name, or a village that begins anew under another code."""
    office.edit("mask", "one_star")
    assert "放宽" not in office.typed("pack", "diff")
    office.carried_through()
    assert "放宽" in office.edit("mask", "full")
    for file in (office.pack / "villages.csv", office.pack / "contacts.csv"):
        file.write_bytes(file.read_bytes().replace(b"330590200203", b"330590200209"))
    assert "一体机要重新配对" in office.typed("pack", "diff")


def test_only_a_pack_editor_edits_and_proposes(office):
    """Once the county has accounts, a clerk's name edits nothing, and a pack editor needs no seat."""
    with cheap():
        peopled(office.county).close()
    for words in (("edit", "phone", "0572-5000113"), ("adopt", "training"), ("propose",), ("back", "2025.1")):
        assert "account-may-not" in office.typed("pack", *words, "--as", "qian")
        assert office.code == 2
    assert office.typed("pack", "diff") == "工作副本和已发布的资料包一样。\n"
    assert "0572-5000113" in office.typed("pack", "edit", "phone", "0572-5000113", "--as", "chen")
    assert "已提交" in office.typed("pack", "propose", "--version", "auto", "--as", "chen")


def test_who_looks_is_not_who_signs(office):
    """The reviewer signs what was shown; one byte of it changed, and nothing is signed."""
    office.edit("phone", "0572-5000113")
    made = office.proposes()
    shown = re.search(r"--shown (\S+)", office.typed("review", made))[1]
    file = office.folder / "proposals" / made / "proposal.json"
    file.write_bytes(file.read_bytes().replace(b"0572-5000113", b"0572-5000114"))
    with pytest.raises(publisher.ShownOtherwise):
        publisher.review(office.county, made, NOW, shown)
    assert msgspec.json.decode(file.read_bytes())["kind"] == "pack"


def test_a_reviewer_signs_by_no_words_that_somebody_wrote_beside_a_pack(office):
    """What it changes and what that means is told again from the pack itself before anybody signs."""
    office.edit("mask", "one_star")
    office.carried_through()
    office.edit("mask", "full")
    made = office.proposes()
    file = office.folder / "proposals" / made / "proposal.json"
    whole = file.read_bytes()
    told = msgspec.json.decode(whole)["shown"].splitlines()
    (care,) = (line for line in told if line.startswith("请注意："))
    for lie in (
        told[:1],
        [line for line in told if line != care],
        [line.replace("放宽", "收紧") for line in told],
        [*told, "资料包（pack.toml）的监督电话：改为 0572-5000113"],
        [*told[:-1], "监督电话：改为 0572-5000113"],
    ):
        file.write_bytes(msgspec.json.encode(msgspec.json.decode(whole) | {"shown": "\n".join(lie)}))
        assert "tells-otherwise" in office.reviews(made)
        assert "待审核" in office.typed("review")
    file.write_bytes(whole)
    assert "已审核签名" in office.reviews(made)
