"""A list whose term has ended: every door is without its names, and the counter still opens it, on the record."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from boards.model.kept.register import Act
from boards.model.payouts import Payout
from kiosk_server.archive.kept.register import Register
from sync.county.publish import changes, publisher
from tests.line.county_sim import OTHER, VILLAGE, county, published, row
from tests.stories.keeping import PAGES, Keeping
from tests.stories.test_story_erased import BATCH
from tests.village import REASON

pytestmark = pytest.mark.thorough

NAME, NEIGHBOUR = "林秋实", "吴大满"
LAST = datetime(2027, 3, 30, 4, tzinfo=UTC)  # 18 months after it was paid
AFTER = LAST + timedelta(days=1)
WHY = "本人核对往年面积"
ASKED = ("--name", NAME, "--by", "岭东村村民委员会", "--reason", WHY)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list: of five households here, of one in another village."""
    where = county(tmp_path_factory.mktemp("consult") / "county")
    names = (NAME, NEIGHBOUR, "张小明", NAME, "李四")
    rows = [row(n, holder=name, group=f"{n + 1}组") for n, name in enumerate(names)]
    published(where, [*rows, row(9, holder=NAME, village=OTHER)])
    return where


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts, monkeypatch):
    made = Keeping(founded, tmp_path, new_database, kept_fonts)
    made.run("sync")
    made.on(AFTER, monkeypatch)
    return made


def doors(kiosk, household):
    """Everything everybody may ask for, at both doors, with what it says."""
    code = kiosk.sheet().code
    paths = (
        *PAGES,
        f"/v/{VILLAGE}/payouts/{BATCH}",
        f"/v/{VILLAGE}/programmes/farmland_fertility",
        f"/v/{VILLAGE}/json/programmes/farmland_fertility",
        f"/v/{VILLAGE}/json/payouts/{BATCH}",
        f"/v/{VILLAGE}/json/year/2025",
        f"/v/{VILLAGE}/payouts/{BATCH}/deadline.ics",
        f"/v/{VILLAGE}/find/{quote('林')}",
        f"/v/{VILLAGE}/initials?q=lqs",
        f"/v/{VILLAGE}/payouts/{BATCH}?surname={quote('林')}",
        f"/v/{VILLAGE}/payouts/{BATCH}?group={quote('1组')}",
        f"/v/{VILLAGE}/groups",
        f"/v/{VILLAGE}/groups/{quote('1组')}",
        f"/v/{VILLAGE}/households/{household}",
        f"/v/{VILLAGE}/sheets/{code}.pdf",
        f"/N/{code}",
    )
    with kiosk.board() as site:
        return {(path, lan): site.get(path, lan=lan) for path in paths for lan in (False, True)}


def test_on_the_day_after_its_term_no_door_says_a_name_and_the_counter_opens_it(kiosk, monkeypatch):
    """List, household, search, tiles, groups, twins, feeds, paper; totals stay; the archive has every row."""
    kiosk.on(LAST, monkeypatch)
    with kiosk.board() as site:
        page = site.get(f"/v/{VILLAGE}/payouts/{BATCH}").body.decode()
    household = re.search(r"/households/(\d+)", page)[1]
    hung = doors(kiosk, household)
    telling = {path for (path, _), got in hung.items() if NAME.encode() in got.body}
    assert {one.removeprefix(f"/v/{VILLAGE}/").split("/")[0].split("?")[0] for one in telling} >= {
        *("payouts", "find", "initials", "households", "groups", "json"),
    }
    assert len([one for one in telling if f"/payouts/{BATCH}" in one]) == 4  # two of them parts of the list
    kiosk.on(AFTER, monkeypatch)
    gone = doors(kiosk, household)
    assert [one for one, got in gone.items() if NAME.encode() in got.body] == []
    assert "2148.80" in gone[f"/v/{VILLAGE}/payouts/{BATCH}", False].body.decode().replace(",", "")
    assert gone[f"/v/{VILLAGE}/sheets/{kiosk.sheet().code}.pdf", False].status in {403, 404, 410}
    code, said = kiosk.does("consult", "--list", BATCH, *ASKED)
    assert code == 0, said
    assert said.count(NAME) == 2
    assert NEIGHBOUR not in said
    assert "一致" in kiosk.run("verify")


def test_only_the_rows_of_that_name_are_told_and_nobody_is_recorded(kiosk):
    """By short code or by batch; the register says which list, by whom, why, and no file says who."""
    head = kiosk.sheet()
    before = {path: path.stat().st_size for path in kiosk.folder.rglob("*") if path.is_file()}
    code, said = kiosk.does("consult", "--list", f"{head.code[:5]} {head.code[5:]}", *ASKED)
    assert (code, re.findall(r"序号(\d)", said)) == (0, ["1", "4"]), said
    assert "序号1  1组  林秋实  3.27亩  429.74元" in said
    (entry,) = kiosk.acts()
    assert (entry.act, entry.village, entry.year, entry.record) == (Act.CONSULT, VILLAGE, 2025, BATCH)
    assert (entry.code, entry.digest, entry.edition, entry.kind) == (head.code, head.digest, 1, "list")
    assert (entry.by, entry.reason, entry.outcome) == ("岭东村村民委员会", WHY, "rows")
    assert entry.at == f"{AFTER:%Y-%m-%dT%H:%M:%SZ}"
    after = {
        path for path in kiosk.folder.rglob("*") if path.is_file() and path.stat().st_size != before.get(path)
    }
    assert {path.name.split("-")[0] for path in after} <= {
        "register.chain",
        "register.lock",
        "archive.sqlite3",
    }
    assert NAME.encode() not in (kiosk.data / "register.chain").read_bytes()
    assert kiosk.does("consult", "--list", head.code, *ASKED)[0] == 0
    assert len(kiosk.acts()) == 2


def test_a_name_that_is_not_on_it_is_told_and_recorded_as_none(kiosk):
    """Looking is an act, whatever it finds."""
    asked = ("--name", "周不在", *ASKED[2:])
    code, said = kiosk.does("consult", "--list", BATCH, *asked)
    assert (code, "这张表上没有这个名字" in said) == (1, True)
    assert [one.outcome for one in kiosk.acts()] == ["none"]
    assert not any(name in said for name in (NAME, NEIGHBOUR))


def test_the_whole_list_needs_a_second_reason(kiosk):
    """One that says the same is none; both are kept."""
    code, said = kiosk.does("consult", "--list", BATCH, *ASKED[2:], "--all", WHY)
    assert (code, "另写一条理由" in said, kiosk.acts()) == (2, True, [])
    code, said = kiosk.does("consult", "--list", BATCH, *ASKED[2:], "--all", "全组一起核对面积")
    assert (code, len(re.findall(r"序号\d", said)), "共 5 行" in said) == (0, 5, True)
    (entry,) = kiosk.acts()
    assert (entry.reason, entry.outcome) == (f"{WHY}；看全表：全组一起核对面积", "whole")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--list", BATCH, *ASKED[:4]), "mistyped"),  # no reason
        (("--list", BATCH, *ASKED[2:]), "mistyped"),  # nobody's name
        (("--list", BATCH, *ASKED[:2], *ASKED[4:]), "mistyped"),  # nobody opens it
        (("--list", BATCH, *ASKED[:2], "--by", "张大明", *ASKED[4:]), "mistyped"),
        (("--list", BATCH, *ASKED[:4], "--reason", f"替{NAME}查"), "reason-tells-who"),
        (("--list", BATCH, *ASKED[:4], "--reason", f"和{NEIGHBOUR}家比"), "reason-tells-who"),
        (("--list", BATCH, *ASKED, "--all", f"{NEIGHBOUR}也要看"), "reason-tells-who"),
        (("--list", BATCH, *ASKED[:4], "--reason", f"替{' '.join(NAME)}查"), "reason-tells-who"),
        (("--list", BATCH, "--name", NAME, "--by", f"{NAME}主任", *ASKED[4:]), "reason-tells-who"),
        (("--list", BATCH, *ASKED[:4], "--reason", "证号990523195803120019来查"), "mistyped"),
        (("--list", BATCH, *ASKED[:4], "--reason", "手机14000000001来电"), "mistyped"),
        (("--list", BATCH, *ASKED[:4], "--reason", "尿毒症要用"), "mistyped"),
        (("--list", "330590-rice-2025-01", *ASKED), "list-not-kept"),
        (("--list", "1234567890", *ASKED), "list-not-kept"),
        (("--list", BATCH, "--village", OTHER, *ASKED), "village-elsewhere"),
    ],
)
def test_what_is_refused_opens_nothing(kiosk, words, code):
    """Without a reason, an office, a name; with somebody in the reason; of a list that is not here."""
    exit_code, said = kiosk.does("consult", *words)
    assert (exit_code, f"（{code}）" in said) == (2, True), said
    assert not any(told in said for told in (NAME, NEIGHBOUR, "990523195803120019", "14000000001"))
    assert kiosk.acts() == []


def test_nobody_of_any_list_of_the_village_stands_in_a_reason(kiosk):
    """Also somebody of another list than the one that is opened."""
    reason = ("--list", BATCH, *ASKED[:4], "--reason", "替郑远山查")
    published(kiosk.county, [row(19, holder="郑远山")], "2025-02")
    kiosk.run("sync")
    code, said = kiosk.does("consult", *reason)
    assert (code, "（reason-tells-who）" in said, "郑远山" in said, kiosk.acts()) == (2, True, False, [])


def test_a_list_that_hangs_is_read_where_it_hangs(kiosk, monkeypatch):
    """Refused with where to look and until when, and it is not among those that can be asked for."""
    head = kiosk.sheet()
    assert head.title in kiosk.does("consult")[1]
    kiosk.on(LAST, monkeypatch)
    code, said = kiosk.does("consult", "--list", head.code, *ASKED)
    assert (code, "（list-still-hangs）" in said) == (2, True)
    assert f"短码 {head.code[:5]} {head.code[5:]}，本机可查到 2027-03-30" in said
    assert "期满的表 0 张" in kiosk.does("consult")[1]
    assert kiosk.acts() == []


def test_an_old_code_opens_the_newest_edition_and_a_list_taken_back_is_told(kiosk):
    """What was corrected is shown with what it was; what the county took back is in no archive to be opened."""
    first, row = kiosk.sheet(), Payout(seq=1, holder=NAME, amount_fen=700)
    for change, about, told in (
        (changes.correct, (f"{BATCH}-0001", row), ("第2版", "7.00元（更正前 429.74元）")),
        (changes.withdraw_list, (BATCH,), ("县里已撤回或删除", "（list-not-kept）")),
    ):
        made = change(kiosk.county, VILLAGE, *about, REASON, LAST)
        publisher.review(kiosk.county, made.id, LAST)
        publisher.publish(kiosk.county, made.id, LAST)
        kiosk.run("sync")
        code, said = kiosk.does("consult", "--list", first.code, *ASKED)
        assert code == (2 if "list-not-kept" in said else 0)
        assert all(one in said for one in told), said
    assert [one.edition for one in kiosk.acts()] == [2]
    assert "县里已撤回或删除" in kiosk.does("consult", "--list", BATCH, *ASKED)[1]


def test_a_code_of_another_village_opens_nothing_here(kiosk):
    """A kiosk of two villages, both with this batch: a code belongs to one of them."""
    code = kiosk.sheet().code
    both = kiosk.file.read_text("utf-8").replace(f'["{VILLAGE}"]', f'["{VILLAGE}", "{OTHER}"]')
    kiosk.file.write_text(both, "utf-8")
    kiosk.run("sync")
    assert "list-not-kept" in kiosk.does("consult", "--village", OTHER, "--list", code, *ASKED)[1]
    assert kiosk.does("consult", "--village", OTHER, "--list", BATCH, *ASKED)[0] == 0


def test_a_disk_that_cannot_be_written_to_opens_nothing(kiosk, monkeypatch):
    """The line of the register is on the disk before the first row is told."""
    monkeypatch.setattr(Register, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    code, said = kiosk.does("consult", "--list", BATCH, *ASKED)
    assert (code, NAME in said) == (2, False)


def test_a_row_changed_by_hand_is_not_told(kiosk):
    """Whatever stands in the tables, only what the county signed is read out."""
    if kiosk.settings.database:
        pytest.skip("edits the file of SQLite")
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(kiosk.data / "archive.sqlite3") as db:
        db.execute("UPDATE payout SET seq = seq + 1")
    code, said = kiosk.does("consult", "--list", BATCH, *ASKED)
    assert (code, NAME in said, kiosk.acts()) == (2, False, [])
