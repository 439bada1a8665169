"""`county pack check`: everything a pack lacks, at once, each with its line and a line that would do."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from boards.model.calendar.civil_day import CIVIL
from kiosk_server.cli import county_command
from kiosk_server.cli.county.pack import check

DEMO = Path(__file__).parents[2] / "deploy" / "demo" / "pack"
VILLAGES = "villages.csv"


def at(day):
    """A clock that says this day."""
    return lambda: datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=CIVIL)


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A copy of the demo's pack, on a day on which nothing is missing from it."""
    shutil.copytree(DEMO, tmp_path / "pack")
    monkeypatch.setattr(check, "clock", at("2026-07-01"))
    return tmp_path / "pack"


def checked(folder, *words):
    """Exit code and what was found, as (file, line, field, kind)."""
    done = CliRunner().invoke(county_command, ["pack", "check", str(folder), "--json", *words])
    return done.exit_code, json.loads(done.stdout)["found"]


def places(found):
    return [(one["file"], one["line"], one["field"], one["kind"]) for one in found]


def changed(pack, name, before, after):
    path = pack / name
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_a_whole_pack_has_nothing_to_say(pack):
    """The demo's own pack passes."""
    assert checked(pack) == (0, [])


ODD = [
    (VILLAGES, "石垟村,石垟村委会", "大芥口村,大芥口村委会", (VILLAGES, 4, "village", "odd")),
    (VILLAGES, "岭东村,岭东村委会", "岭东村委会,岭东村委会", (VILLAGES, 2, "village", "odd")),
    (VILLAGES, "石垟村,石垟村委会", "石垟村,石洋村委会", (VILLAGES, 4, "official", "odd")),
    (VILLAGES, "梅坞镇,330590100203", "梅坞乡,330590100203", (VILLAGES, 4, "town", "odd")),
    (VILLAGES, "330590,苕安县,330590100,梅坞镇,330590100203", "330590,苕安县,330590199,梅坞镇,330590199201,外坞村,外坞村委会\n330590,苕安县,330590100,梅坞镇,330590100203", (VILLAGES, 4, "town_code", "odd")),
    ("contacts.csv", "330590100203", "330590100202", (VILLAGES, 4, "village_code", "missing")),
    ("pack.toml", '"0572-5000012"', '""', ("pack.toml", 5, "supervision_phone", "missing")),
    ("programmes/rice.toml", '"0572-5000021"', '""', ("programmes/rice.toml", 17, "guide phone", "missing")),
    ("programmes/rice.toml", 'standard = "', 'standard = "【待填：金额】', ("programmes/rice.toml", 12, "standard", "missing")),
    ("programmes/rice.toml", "稻谷补贴", "良种补贴（实物）", ("programmes/rice.toml", 2, "name", "odd")),
    ("programmes/rice.toml", 'name_en = "Rice subsidy"\n', "", ("programmes/rice.toml", 1, "name_en", "odd")),
    ("programmes/disability_living.toml", "wall_days = 7", "wall_days = 31", ("programmes/disability_living.toml", 25, "windows wall_days", "odd")),
    ("programmes/grain_one_off.toml", "2026-07-31", "2026-06-30", ("programmes/grain_one_off.toml", 8, "apply_to", "odd")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "place"), ODD)
def test_what_is_odd_is_told_with_its_line(pack, name, before, after, place):
    """What a kiosk would take and a county regret: file, line, field; exit code 1."""
    changed(pack, name, before, after)
    code, found = checked(pack)
    assert code == 1
    assert place in places(found)


@pytest.mark.parametrize(
    "name",
    ["contacts.csv", "terms/forbidden.txt", "land/cases.csv", "land/platform.toml"],
)
def test_what_is_missing_is_told(pack, name):
    """A file that may be left out is missed."""
    (pack / name).unlink()
    code, found = checked(pack)
    assert (code, places(found)) == (1, [(name, 1, "", "missing")])


def test_what_only_looks_so_is_not_told(pack):
    """A gap in a comment, a year whose days off the program knows, a programme that ends today."""
    changed(pack, "programmes/grain_one_off.toml", "2026-07-31", "2026-07-01")
    changed(pack, "programmes/rice.toml", 'name_en = "', '# standard = "【待填：本县当年标准】"\nname_en = "')
    (pack / "calendar" / "2026.csv").unlink()
    assert checked(pack) == (0, [])


def test_a_list_of_words_without_a_word_is_missed(pack):
    """It is there, and says nothing."""
    (pack / "terms" / "forbidden.txt").write_text("\n \n", "utf-8")
    assert places(checked(pack)[1]) == [("terms/forbidden.txt", 1, "", "missing")]


@pytest.mark.parametrize("field", ["standard", "deadline", "who"])
def test_the_example_of_a_gap_has_none(pack, field):
    """What is shown as a line that would do can be copied."""
    rice = pack / "programmes" / "rice.toml"
    rice.write_text(rice.read_text("utf-8").replace(f'{field} = "', f'{field} = "【待填：金额】'), "utf-8")
    (told,) = checked(pack)[1]
    assert told["field"] == field
    assert told["example"].startswith(f'{field} = "')
    assert not {*"【】"} & {*told["example"]}
    assert "待填" not in told["example"]


def test_contacts_that_are_all_missing_are_told_once(pack):
    """A county that begins is not told each of its villages."""
    contacts = pack / "contacts.csv"
    contacts.write_text(contacts.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    assert checked(pack)[0] == 1
    assert places(checked(pack)[1]) == [("contacts.csv", 1, "", "missing")]


def test_a_pack_without_programmes_is_told(pack):
    """No list can be handed in without one."""
    shutil.rmtree(pack / "programmes")
    code, found = checked(pack)
    assert code == 1
    assert "county pack templates" in found[0]["why"]


@pytest.mark.parametrize(("today", "missed"), [("2026-10-31", []), ("2026-11-01", ["calendar/2027.csv"])])
def test_the_next_years_days_off_are_missed_from_november_on(pack, monkeypatch, today, missed):
    """Before, nobody can know them."""
    monkeypatch.setattr(check, "clock", at(today))
    (pack / "programmes" / "grain_one_off.toml").unlink()
    assert [one["file"] for one in checked(pack)[1]] == missed


def test_everything_is_told_at_once(pack):
    """What is wrong and what is missing together, each with a line that would do; the worst decides."""
    changed(
        pack,
        VILLAGES,
        "330590,苕安县,330590100,梅坞镇,330590100203",
        "330590,苕安县,330590100,梅坞镇,33059010",
    )
    changed(pack, "programmes/rice.toml", 'kind = "area"', 'kind = "亩数"')
    changed(pack, "pack.toml", '"0572-5000012"', '""')
    (pack / "terms" / "forbidden.txt").unlink()
    (pack / "备份.doc").write_text("")
    code, found = checked(pack)
    assert code == 2
    by_place = dict(zip(places(found), found, strict=True))
    assert by_place[VILLAGES, 4, "village_code", "wrong"]["example"].startswith("330590,苕安县")
    kind = by_place["programmes/rice.toml", 6, "kind", "wrong"]
    assert "area、in_kind、item、person" in kind["why"]
    assert kind["example"].startswith('kind = "area"')
    assert by_place["pack.toml", 5, "supervision_phone", "missing"]["example"].startswith(
        'supervision_phone = "'
    )
    assert {("terms/forbidden.txt", 1, "", "missing"), ("备份.doc", 1, "", "wrong")} <= set(by_place)


def test_people_read_it_too(pack):
    """A line for each, its example below, and how many of which kind."""
    (pack / "terms" / "forbidden.txt").unlink()
    done = CliRunner().invoke(county_command, ["pack", "check", str(pack)])
    assert done.exit_code == 1
    assert "terms/forbidden.txt 第 1 行：没有禁用词" in done.stdout
    assert "例：帐户→账户" in done.stdout
    assert done.stdout.endswith("资料包：缺少 1 处。\n")


def test_one_of_two_places_is_named():
    """A pack's own folder or a county's, not both and not neither."""
    for words in ([], ["pack", "--folder", "county"]):
        done = CliRunner().invoke(county_command, ["pack", "check", *words])
        assert (done.exit_code, "两个里写一个" in done.output) == (2, True)
