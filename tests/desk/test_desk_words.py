"""What the desk says when something is refused: at the field, all of it at once, never a file or a command."""

import re
from collections import defaultdict
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.errors import Refusal
from kiosk_server.county_office.forms import LABELS
from kiosk_server.county_office.words import told_here
from tests.desk.desk_house import desk, draft_at, proposal_at
from tests.desk.test_desk_path import FAULTY, filled, warned
from tests.roster.county_files import Page, as_xlsx
from tests.roster.test_roster_shares import two_programmes

pytestmark = pytest.mark.thorough

FILE_OR_COMMAND = re.compile(
    r"[\w-]+\.(?:toml|jsonl?|csv|pem|pub|key)\b|(?<!\w)--\w|\b(?:county|kiosk) [a-z]|命令|inbox|资料包|\[\["
    r"|\b[a-z]+_[a-z]+\b|目录|文件夹|apt-get",
    re.ASCII,
)
ELSEWHERE = {
    "county-exists", "county-not-found", "county-toml-wrong", "calendar-unreadable",  # before there is a desk
    "pack-missing", "pack-not-whole", "pack-not-pinned",
    "county-of-old", "pack-not-published", "person-unknown", "nobody-named",
    "passphrase-weak", "tls-needed", "keys-not-separate", "keys-swapped",
    "batch-toml-unreadable", "VILLAGE_LIST_UNREADABLE", "COLUMN_NOT_KNOWN",  # files and options of commands
    "CASE_UNREADABLE", "CASE_KEYS_UNKNOWN", "platform-table-missing", "platform-file-unfit",
    "notice-concerns-nobody", "notice-not-found", "withdrawal-waits",
    "passes-unreadable", "pass-not-found",
    "appraisal-unreadable", "appraisal-changed", "appraisal-elsewhere",
    "figures-missing", "figure-twice", "year-table-unreadable", "year-table-too-large", "year-does-not-add-up",
    "carried-not-explained", "nothing-new-to-close", "year-ahead", "year-too-early", "clock-behind", "words-unfit",
    "county-not-confirmed", "county-moved", "key-in-folder", "restore-not-empty", "backup-inside",
    "newest-unseen", "trust-unseen", "trust-gap", "published-older", "heartbeat-unknown", "heartbeat-before",
    "answers-wrong", "no-such-template", "pack-there-already", "edit-by-hand", "not-in-pack", "pack-more-needed",
    "programme-there", "pack-unfilled", "pack-nothing-changed", "pack-version-taken", "pack-waits",
    "pack-of-another-county", "pack-version-unknown", "pack-not-published-yet",
    "village-served", "kiosk-enrolled", "kiosk-differs", "answer-elsewhere", "answer-outdated", "kiosk-unknown",
    "register-unchanged", "trust-step-unreadable", "trust-not-published-here", "trust-nothing-to-sign",
    "trust-founded", "trust-nobody-there",
    "nothing-amended", "village-not-named", "several-lines", "list-not-found", "lists-alike", "nobody-listed",
    "nobody-yet",
    "trust-step-wrong",
}  # fmt: skip
"""Codes that only a command meets."""

OURS = ("kiosk_server.county_office", "kiosk_server.people")


class Fields(HTMLParser):
    """The inputs of a page, by name, and every id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.named, self.ids, self.links = {}, set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.ids.add(said.get("id"))
        self.links += [said["href"][1:]] if said.get("href", "").startswith("#f-") else []
        if tag in {"input", "select"} and "name" in said:
            self.named[said["name"]] = said


def words(page: str) -> str:
    """What a person reads."""
    return unescape(re.sub(r"<[^>]+>", "\n", page))


def kinds(above=Refusal):
    for one in above.__subclasses__():
        yield one
        yield from kinds(one)


def test_no_refusal_of_the_desk_names_a_file_or_a_command():
    """Of every refusal the county's rooms can give, the desk's sentence and advice are for a browser."""
    rooms = ("boards.model", "sync.county", "sync.durable", "sync.log", *OURS)
    met = {one.code: one for one in kinds() if one.__module__.startswith(rooms) and one.code not in ELSEWHERE}
    assert len(met) > 50
    for kind in met.values():
        refusal = kind.__new__(kind)
        refusal.facts = defaultdict(lambda: "某")
        refusal.facts |= dict.fromkeys(re.findall(r"\{(\w+)\}", kind.sentence + kind.advice), "某")
        told = "".join(told_here(refusal))
        assert FILE_OR_COMMAND.findall(told) == [], (kind.code, told)


WRONG = {
    "programme": "", "fiscal_year": "去年", "period_no": "上半年", "phase": "", "paid_on": "11月",
    "planned_from": "2025-13-01", "planned_until": "昨天", "control_total": "三千",
    "funds": "990523195803120019", "why-AMOUNT_NOT_AREA_TIMES_RATE": "好",
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("words") / "county") as one:
        yield one


@pytest.fixture(scope="module")
def draft(house):
    return draft_at(house.clerk.upload("名册.xlsx", warned()))


@given(st.sets(st.sampled_from(sorted(WRONG)), min_size=1))
@settings(max_examples=25, deadline=None)
def test_every_wrong_field_is_marked_at_once(house, draft, chosen):
    """So many wrong fields, so many marks: at the field, in the list above with a link, what was typed kept."""
    got = house.clerk.post(
        draft, **filled(**{"office": "农业农村局", **{name: WRONG[name] for name in chosen}})
    )
    assert got.status == 422
    page = Fields(got.text)
    marked = {name for name, said in page.named.items() if said.get("aria-invalid") == "true"}
    assert marked == chosen
    assert page.links == [f"f-{name}" for name in page.named if name in chosen]
    for name in chosen:
        assert page.named[name]["aria-describedby"] == f"e-{name}"
        assert {f"f-{name}", f"e-{name}"} <= page.ids
        assert page.named[name].get("value", "") == (
            WRONG[name] if name not in {"programme", "phase"} else ""
        )
    assert page.named["office"]["value"] == "农业农村局"
    assert f"有 {len(chosen)} 项要改" in got.text
    assert re.search(r"有问题的 [1-9]\d* 行", got.text)
    assert FILE_OR_COMMAND.findall(words(got.text)) == []


def roster(
    *head: str, rows=((1, 20), (2, 30), (3, 45)), title="苕安县2025年第二批稻谷补贴发放清册", **changed
) -> bytes:
    """Three households with their areas and amounts under the words given, by column."""
    page = Page("名册")
    page.across(title, len(head))
    page.add(*head)
    for at, (who, (mu, yuan)) in enumerate(zip(("王桂花", "朱建国", "贾小明"), rows, strict=True), 1):
        known = {"村": "岭东村", "姓名": who, "面积（亩）": mu, "金额": yuan, "早稻": yuan, **changed}
        page.add(*(at if one == "序号" else known.get(one, "") for one in head))
    return as_xlsx([page])


IDS = {"银行账号": "990523195803120019"}
PLAIN = ("序号", "村", "姓名", "金额")
REFUSED = {
    "programme-unknown": (roster(*PLAIN), {"programme": "nonsense"}, "programme"),
    "payment-day-missing": (roster(*PLAIN), {"paid_on": ""}, "paid_on"),
    "payment-day-ahead": (roster(*PLAIN), {"paid_on": "2026-11-28"}, "paid_on"),
    "control-total-differs": (roster(*PLAIN), {"control_total": "94.99"}, "control_total"),
    "share-not-chosen": (as_xlsx([two_programmes([(Decimal(1), Decimal(2))] * 3)]), {}, "share"),
    "share-unknown": (roster(*PLAIN), {"share": "早稻"}, "share"),
    "amounts-missing": (roster("序号", "村", "姓名", "面积（亩）", title="稻谷补贴申报公示"), {}, "phase"),
    "control": (roster(*PLAIN), {"control_total": ""}, "why-CONTROL"),
    "doubted": (roster("姓名", "村", "银行账号", "金额", **IDS), {}, "why-COLUMN_DOUBTED"),
    "like-money": (roster("序号", "村", "姓名", "面积（亩）", "早稻", rows=((1, 157.7), (2, 262.84), (3, 394.26))), {}, "why-COLUMN_LIKE_MONEY"),
    "errors": (FAULTY.read_bytes(), {}, None),
    "no-roster": (b"%PDF-1.7", {}, None),
}  # fmt: skip


@pytest.mark.usefixtures("reads_here")
@pytest.mark.parametrize("case", sorted(REFUSED))
def test_each_refusal_stands_at_its_field_in_the_desk_s_words(house, case):
    """What the publisher refuses is shown on the page of the draft, at the field, without file or command."""
    data, typed, field = REFUSED[case]
    at = draft_at(house.clerk.upload("名册.xlsx", data))
    assert FILE_OR_COMMAND.findall(words(house.clerk.seen[-1].text)) == []
    plain = {"control_total": "95", **filled()} | {"why-AMOUNT_NOT_AREA_TIMES_RATE": ""}
    got = house.clerk.post(at, **(plain | typed))
    assert got.status == 422
    assert FILE_OR_COMMAND.findall(words(got.text)) == []
    page = Fields(got.text)
    marked = {name for name, said in page.named.items() if said.get("aria-invalid")}
    assert field is None or field in marked
    assert FILE_OR_COMMAND.findall(words(house.clerk.get(f"{at}/report.html").text)) == []


@pytest.mark.usefixtures("reads_here")
def test_what_stands_in_the_way_is_told_in_the_desk_s_words(tmp_path):
    """Damaged registries, layouts, keys and proposals, twice the same, not reviewed, nothing chosen."""
    with desk(tmp_path / "county") as house:
        folder, clerk = house.county.folder, house.clerk
        at = draft_at(clerk.upload("名册.xlsx", warned()))
        asked = [
            clerk.upload("", b""),
            clerk.post("/drafts/pick", name="x"),
            clerk.get("/drafts/aaaaaaaaaaaa"),
        ]
        (folder / "registries").mkdir()
        for name, text in (("people.csv", "身份证号\n1\n"), ("persons.csv", "?")):
            (folder / "registries" / name).write_text(text, "utf-8")
            asked.append(clerk.post(at, **filled()))
            (folder / "registries" / name).unlink()
        (folder / "keys" / "household.key").rename(folder / "household.key")
        asked.append(clerk.post(at, **filled()))
        (folder / "household.key").rename(folder / "keys" / "household.key")
        (folder / "layouts.json").write_text("?")
        asked.append(clerk.upload("名册2.xlsx", warned()))
        (folder / "layouts.json").unlink()
        clerk.post(at, **filled())
        where = proposal_at(clerk.get("/"))
        again = draft_at(clerk.upload("名册.xlsx", warned()))
        asked += [clerk.post(f"{where}/publish"), clerk.post(again, **filled())]
        house.reviewer.get(where)
        house.reviewer.post(f"{where}/accept")
        clerk.post(f"{where}/publish")
        asked += [clerk.post(again, **filled()), clerk.post(f"{where}/cancel", reason="期号写错了")]
        assert all(got.status in {404, 422, 503} for got in asked), [got.status for got in asked]
        for got in (*asked, *clerk.seen, *house.reviewer.seen):
            assert FILE_OR_COMMAND.findall(words(got.text)) == [], words(got.text)


@pytest.mark.usefixtures("reads_here")
def test_a_missing_file_is_told_at_its_input(house):
    """Without a file the home page comes again: the input marked, linked and explained."""
    house.clerk.get("/")
    got = house.clerk.upload("", b"")
    assert got.status == 422
    page = Fields(got.text)
    said = page.named["file"]
    assert said["aria-invalid"] == "true"
    assert {*said["aria-describedby"].split()} == {"h-file", "e-file"} <= page.ids
    assert page.links == ["f-file"]
    assert "要重新选一次" in got.text
    assert {*LABELS}.isdisjoint(page.named)
