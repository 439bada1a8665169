"""`county init`: from what an office has and knows to a whole pack; nothing is written over, nothing is guessed."""

import csv
import os
import pty
import re
import select
import sys
import time
import tomllib
from io import BytesIO
from pathlib import Path

import pytest
import xlwt
from click.testing import CliRunner
from openpyxl import Workbook

from kiosk_server.cli import county_command
from sync.county.founding.starting import templates
from sync.county.founding.village_list import villages_in
from sync.pack import read_pack

pytestmark = pytest.mark.thorough

LIST = """苕安县村名单
序号,区划代码,村名,乡镇
1,330590100201,岭东村,梅坞镇
2,330590100202,大岕口村委会,
3,330590101001,双浒社区居委会,双浒镇
合计,,3,
"""
ASKED = {
    "--code": "330590",
    "--name": "苕安县",
    "--site": "https://gongkai.example",
    "--phone": "0572-5000012",
}
PROGRAMMES = ["--programme", "farmland_fertility", "--programme", "dibao"]


def said(**but):
    """The options of a county, less or other than usual."""
    options = {**ASKED, **{f"--{name}": value for name, value in but.items()}}
    return [word for name, value in options.items() if value is not None for word in (name, value)]


def init(*words):
    done = CliRunner().invoke(county_command, ["init", "county", *words])
    return done.exit_code, done.output


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("村名单.csv").write_text(LIST, "utf-8")
    return tmp_path


def book(rows, *merged, **sheets):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    for name, more in sheets.items():
        sheet = made.create_sheet(name)
        for row in more:
            sheet.append(row)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def old_book(rows):
    made = xlwt.Workbook()
    sheet = made.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def cells(number=int):
    rows = [line.split(",") for line in LIST.splitlines()]
    return [[number(cell) if len(cell) == 12 and cell.isdigit() else cell for cell in row] for row in rows]


def test_a_county_is_founded_from_what_its_office_has(here):
    """Options and a list: a pack that kiosks take, its comments, the templates chosen, the years known."""
    code, told = init(*said(), "--villages", "村名单.csv", "--origin-prefix", "shaoan", *PROGRAMMES)
    assert code == 0, told
    pack = read_pack(here / "county" / "pack")
    assert (pack.county_code, pack.county, pack.supervision_phone) == ("330590", "苕安县", "0572-5000012")
    assert [(one.code, one.name, one.town) for one in pack.villages] == [
        ("330590100201", "岭东村", "梅坞镇"),
        ("330590100202", "大岕口村", "梅坞镇"),
        ("330590101001", "双浒社区", "双浒镇"),
    ]
    assert [one.code for one in pack.programmes] == ["dibao", "farmland_fertility"]
    assert pack.calendar_years
    assert pack.platform
    assert "帐户→账户" in pack.forbidden_terms
    assert "# 县级资料包" in (here / "county" / "pack" / "pack.toml").read_text("utf-8")
    written = tomllib.loads((here / "county" / "county.toml").read_text("utf-8"))
    assert (written["site"], written["origin_prefix"]) == (ASKED["--site"], "shaoan")
    assert "county pack check --folder county" in told


FORMS = {
    "gbk.csv": LIST.encode("gbk"),
    "utf8.csv": LIST.encode("utf-8-sig"),
    "tab.txt": LIST.replace(",", "\t").encode("utf-16"),
    "numbers.xlsx": book(cells()),
    "text.xlsx": book(cells(str)),
    "floats.xls": old_book(cells(float)),
    "编号在前.csv": LIST.replace("序号", "编号").encode(),
    "编号在后.csv": "区划代码,村名,乡镇,编号\n330590100201,岭东村,梅坞镇,1\n330590100202,大岕口村,,2\n330590101001,双浒社区,双浒镇,3\n".encode(),
    "统计局.csv": (
        "统计用区划代码,城乡分类代码,名称\n330590000000,,苕安县\n330590100000,,梅坞镇\n330590100201,220,岭东村委会\n"
        "330590100202,220,大岕口村村民委员会\n330590101000,,双浒镇\n330590101001,121,双浒社区居民委员会\n"
    ).encode("gb18030"),
}  # fmt: skip


HEAD = ["序号", "乡镇（街道）", "行政村名称", "行政区划代码"]
FORMS["merged.xlsx"] = book(
    [
        ["苕安县行政村名单（2026年）"],
        [],
        HEAD,
        [1, "梅坞镇", "岭东村", "３３０５９０１００２０１"],
        [2, None, "大岕口村", "'330590100202"],
        [None, None, "小计", 2],
        [],
        [3, "双浒镇", "双浒社区居委会", " 330590101001 "],
    ],
    "A1:D1",
    "B4:B5",
)
FORMS["a sheet for each town.xlsx"] = book(
    [["填表说明"], ["每个乡镇一张表"]],
    梅坞镇=[HEAD[2:], ["岭东村", "330590100201"], ["大岕口村", "330590100202"]],
    双浒镇=[HEAD[2:], ["双浒社区", "330590101001"]],
    名单=[HEAD[1:]],
)
FORMS["a town where it changes.csv"] = (
    "乡镇,村名,代码\r\n梅坞镇,岭东村,330590100201\r\n,,\r\n,大岕口村,330590100202\r\n\r\n"
    "双浒镇,双浒社区,330590101001\r\n,共计,3\r\n"
).encode("gbk")


@pytest.mark.parametrize("name", FORMS)
def test_a_list_is_read_as_offices_write_it(here, name):
    """Encodings, workbooks, codes as numbers or in full width, towns in rows or on sheets of their own, merged cells."""
    (here / name).write_bytes(FORMS[name])
    code, told = init(*said(), "--villages", name)
    assert code == 0, told
    found = [(one.code, one.name, one.town) for one in read_pack(here / "county" / "pack").villages]
    assert found == [
        ("330590100201", "岭东村", "梅坞镇"),
        ("330590100202", "大岕口村", "梅坞镇"),
        ("330590101001", "双浒社区", "双浒镇"),
    ]


def test_a_town_without_villages_is_named(here):
    """Its rows may have been lost; it founds no village."""
    (here / "名单.csv").write_bytes(FORMS["统计局.csv"] + "330590200000,,竹垓乡\n".encode("gb18030"))
    code, told = init(*said(), "--villages", "名单.csv")
    assert (code, "没有村的乡镇，请核对名单有没有漏：竹垓乡\n" in told) == (0, True)


def test_natural_villages_come_along(here):
    """In a column, or each in a row of its own under its village."""
    rows = "村代码,村名,乡镇,自然村\n330590100201,岭东村,梅坞镇,上塘、小王庄\n330590100202,大岕口村,梅坞镇,外坞\n,,,里坞\n"
    Path("村名单.csv").write_text(rows, "utf-8")
    assert init(*said(), "--villages", "村名单.csv")[0] == 0
    assert read_pack(here / "county" / "pack").hamlets == {
        "330590100201": ("上塘", "小王庄"),
        "330590100202": ("外坞", "里坞"),
    }


BEFORE, AFTER = "1,330590100201,岭东村,梅坞镇", "3,330590100203,石垟村,梅坞镇"
DAMAGED = {
    "a number in E": ("3.30591E+11", "科学计数", "330590100202"),
    "a zero lost": ("33059010202", "丢了 0", "330590100202"),
    "another county's": ("330509100202", "应以 330590 开头", "330590100202"),
    "a letter": ("33059O100202", "12 位村代码", "330590100202"),
    "a row too many": ("330590100201", "第 2 行的代码相同", None),
    "nothing": ("", "没有代码", "330590100202"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_code_is_told_with_the_one_that_was_meant(here, name):
    """With its line; nothing is guessed and nothing written."""
    typed, why, meant = DAMAGED[name]
    Path("村名单.csv").write_text(
        f"序号,区划代码,村名,乡镇\n{BEFORE}\n2,{typed},大岕口村,梅坞镇\n{AFTER}\n", "utf-8"
    )
    code, told = init(*said(), "--villages", "村名单.csv")
    assert code == 2
    assert re.search(rf"第 3 行 区划代码：.*{why}", told), told
    assert f"是不是 {meant}？" in told if meant else "是不是" not in told
    assert not (here / "county" / "pack").exists()


def test_a_lost_zero_is_found_where_no_neighbour_tells_it(here):
    """The code alone says which it was; of two that would do it is the residents' one for a 社区."""
    rows = "区划代码,村名,乡镇\n330590100201,岭东村,梅坞镇\n33059010024,大岕口村,梅坞镇\n33059010021,梅坞社区,梅坞镇\n"
    Path("村名单.csv").write_text(rows, "utf-8")
    told = init(*said(), "--villages", "村名单.csv")[1]
    assert (
        "第 3 行 区划代码：只有 11 位，应是 12 位村代码，例如 330590100201，多半是丢了 0；是不是 330590100204？"
        in told
    )
    assert "是不是 330590100021？" in told


@pytest.mark.parametrize(
    ("second", "told_of"),
    [
        ("330590100201,岭西村,梅坞镇,里坞", 1),
        ("330590100201,岭东村,梅坞镇,", 1),
        ("330590100201,岭东村,梅坞镇,里坞", 0),
    ],
)
def test_a_code_that_stands_twice_is_told_unless_it_brings_a_natural_village(here, second, told_of):
    """Another village under one code, or the same row once more: one of the two would be lost."""
    Path("村名单.csv").write_text(
        f"区划代码,村名,乡镇,自然村\n330590100201,岭东村,梅坞镇,上塘\n{second}\n", "utf-8"
    )
    assert init(*said(), "--villages", "村名单.csv")[1].count("和第 2 行的代码相同") == told_of


def official(rows):
    """What the pack says of each village in full, by its short name."""
    Path("村名单.csv").write_text(f"区划代码,村名,乡镇,自然村\n{rows}", "utf-8")
    code, told = init(*said(), "--villages", "村名单.csv")
    assert code == 0, told
    with Path("county/pack/villages.csv").open(encoding="utf-8") as file:
        return {row["village"]: row["official"] for row in csv.DictReader(file)}


def test_a_village_is_called_in_full_as_its_list_or_its_code_says(here):
    """As it is written there; else 001 to 199 are residents' committees, the others villagers'."""
    rows = "330590100201,岭东村村民委员会,梅坞镇,\n330590100202,大岕口村,,\n330590100203,浮星桥,,\n330590100101,梅坞社区,,\n"
    assert official(rows) == {
        "岭东村": "岭东村村民委员会",
        "大岕口村": "大岕口村委会",
        "浮星桥": "浮星桥村委会",
        "梅坞社区": "梅坞社区居委会",
    }


def test_a_natural_village_stands_once_and_its_village_at_its_first_line(here):
    """However often the list repeats it; a second village of that code is told with the line of the first."""
    rows = "330590100202,大岕口村,梅坞镇,外坞、里坞\n,,,里坞\n330590100201,岭东村,,\n"
    official(rows)
    assert read_pack(here / "county" / "pack").hamlets == {"330590100202": ("外坞", "里坞")}
    Path("村名单.csv").write_text(f"区划代码,村名,乡镇,自然村\n{rows}330590100202,石垟村,,\n", "utf-8")
    told = CliRunner().invoke(county_command, ["init", "other", *said(), "--villages", "村名单.csv"]).output
    assert "第 5 行 区划代码：和第 2 行的代码相同" in told


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("330590100498", "不是村的请删去这一行"),  # a campus, a farm: no village, and no slip of one
        ("", "没有代码"),  # eight are free between its neighbours
    ],
)
def test_where_no_code_was_meant_none_is_offered(here, typed, why):
    """Nobody copies a guess into the list."""
    rows = f"区划代码,村名,乡镇\n330590100201,岭东村,梅坞镇\n{typed},大岕口村,梅坞镇\n330590100210,石垟村,梅坞镇\n"
    Path("村名单.csv").write_text(rows, "utf-8")
    told = init(*said(), "--villages", "村名单.csv")[1]
    assert (why in told, "是不是" in told) == (True, False), told


def test_no_other_villages_code_is_offered(here):
    """One slip away, and taken: the next that is free."""
    rows = "区划代码,村名,乡镇\n330590100201,岭东村,梅坞镇\n33059010021,梅坞社区,梅坞镇\n330590100021,河口社区,梅坞镇\n"
    Path("村名单.csv").write_text(rows, "utf-8")
    told = init(*said(), "--villages", "村名单.csv")[1]
    assert "是不是 330590100021" not in told
    assert "是不是 330590100" in told


def test_a_sheets_name_is_a_town_only_where_it_is_one(here):
    """Sheet1 is none: what a village belongs to is asked for, whatever towns the other sheets are."""
    others = {"双浒镇": [HEAD[2:], ["桥南村", "330590101201"]]}
    Path("名单.xlsx").write_bytes(book([HEAD[2:], ["岭东村", "330590100201"]], **others))
    code, told = init(*said(), "--villages", "名单.xlsx")
    assert (code, "第 2 行 乡镇：没有乡镇名" in told) == (2, True), told


def test_a_villages_code_that_lost_three_zeros_is_no_town(here):
    """Nine digits are a town's: a village with nine is told, and does not vanish from the county."""
    Path("村名单.csv").write_text(LIST.replace("330590100202", "330590202"), "utf-8")
    code, told = init(*said(), "--villages", "村名单.csv")
    assert (code, "第 4 行 区划代码：只有 9 位" in told) == (2, True), told


def test_all_that_is_wrong_with_a_list_is_told_at_once(here):
    """Also a town that the code does not belong to, and a village without a name."""
    rows = "区划代码,村名,乡镇\n330590100201,岭东村,梅坞镇\n330590101201,横塘村,双浒镇\n330590101202,桥南村,梅坞镇\n33059010020,甲村,梅坞镇\n330590100204,,梅坞镇\n330590200201,竹垓村,\n"
    Path("村名单.csv").write_text(rows, "utf-8")
    code, told = init(*said(), "--villages", "村名单.csv")
    assert code == 2
    assert "第 4 行 区划代码：代码是双浒镇的，同一行写的是梅坞镇" in told
    assert "第 5 行 区划代码" in told
    assert "第 6 行 村名：没有村名" in told
    assert "第 7 行 区划代码：梅坞镇别的村代码以 330590100 开头，这一行不是" in told


def test_a_file_that_is_no_list_says_what_a_list_has(here):
    """The columns it needs."""
    Path("村名单.csv").write_text("姓名,金额\n张三,5\n", "utf-8")
    code, told = init(*said(), "--villages", "村名单.csv")
    assert code == 2
    assert "区划代码、村名、乡镇" in told


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("code", "33059x", "6 位县代码"),
        ("code", "033059", "6 位县代码"),
        ("name", "苕安县 13000000000", ""),
        ("site", "http://gongkai.example", "https://"),
        ("site", "https://192.168.1.9", "https://"),
        ("site", "https://gongkai.example?a=1", "https://"),
        ("site", "https://gongkai.example:8443", "https://"),
        ("site", "https://GONGKAI.example", "https://"),
        ("site", f"https://{'gongkai.' * 22}example.gov.cn", "二维码里放不下"),
        ("phone", "14000000000", "电话"),
        ("programme", "dibaoo", "模板代码"),
        ("origin-prefix", "苕安", "小写字母"),
        ("origin-prefix", "county/330590", "小写字母"),
        ("origin-prefix", "c" * 64, "小写字母"),
    ],
)
def test_an_answer_that_does_not_do_is_refused(here, name, text, why):
    """Before anything is written; a typed value is not repeated."""
    code, told = init(*said(**{name: text}), "--villages", "村名单.csv")
    assert code == 2
    assert why in told
    assert f"--{name}" in told
    assert text not in told
    assert not (here / "county").exists()


def test_what_is_missing_is_named_where_nobody_can_be_asked(here):
    """All of it, each with its option."""
    code, told = init(*said(site=None, phone=None))
    assert code == 2
    assert "公开网站地址（印进二维码，群众手机打开）（--site）、监督电话（--phone）、" in told
    assert "--villages" in told


def test_a_file_of_answers_says_it_all(here):
    """The list lies beside it; an option wins over it; what is wrong in it is told by line."""
    text = 'county_code = "330590"\ncounty = "别的县"\nsite = "https://gongkai.example"\nsupervision_phone = "12345"\n'
    folder = here / "县里"
    folder.mkdir()
    (folder / "各村.csv").write_text(LIST, "utf-8")
    (folder / "answers.toml").write_text(text + 'villages = "各村.csv"\nprogrammes = ["dibao"]\n', "utf-8")
    code, told = init("--answers", "县里/answers.toml", "--name", "苕安县")
    assert code == 0, told
    assert read_pack(here / "county" / "pack").county == "苕安县"
    (folder / "answers.toml").write_text(text.replace("https", "ftp") + 'programes = ["dibao"]\n', "utf-8")
    code, told = CliRunner().invoke(county_command, ["init", "other", "--answers", "县里/answers.toml"]), ""
    assert code.exit_code == 2
    assert "第 3 行 site" in code.output
    assert "第 5 行 programes：没有这一项，是不是 programmes？" in code.output
    (folder / "answers.toml").write_text(text.replace("gongkai", "gongkai." * 22 + "gongkai"), "utf-8")
    code = CliRunner().invoke(county_command, ["init", "other", "--answers", "县里/answers.toml"])
    assert (code.exit_code, "二维码里放不下" in code.output) == (2, True), code.output


def test_a_county_that_is_there_is_not_founded_again(here):
    """Its pack and its keys stay as they are."""
    assert init(*said(), "--villages", "村名单.csv")[0] == 0
    before = {path: path.read_bytes() for path in (here / "county").rglob("*") if path.is_file()}
    code, told = init(*said(name="别的县"), "--villages", "村名单.csv")
    assert (code, "已经有县级发布目录" in told) == (2, True)
    assert before == {path: path.read_bytes() for path in (here / "county").rglob("*") if path.is_file()}


def test_a_founding_that_was_stopped_goes_on(here):
    """Its keys stay; files that somebody has changed since stay too, and are named; another county's are refused."""
    assert init(*said(), "--villages", "村名单.csv")[0] == 0
    keys = {path: path.read_bytes() for path in (here / "county" / "keys").glob("*.key")}
    (here / "county" / "county.toml").unlink()
    (here / "county" / "pack" / "contacts.csv").unlink()
    terms = here / "county" / "pack" / "terms" / "forbidden.txt"
    terms.write_text("本县的词\n", "utf-8")
    Path("邻县.csv").write_text(LIST.replace("330590", "330591"), "utf-8")
    code, told = init(*said(code="330591"), "--villages", "邻县.csv")
    assert (code, "pack-there-already" in told) == (2, True)
    code, told = init(*said(), "--villages", "村名单.csv")
    assert code == 0, told
    assert "没有覆盖：pack/terms/forbidden.txt" in told
    assert told.count("没有覆盖") == 1
    assert {path: path.read_bytes() for path in keys} == keys
    assert terms.read_text("utf-8") == "本县的词\n"
    assert (here / "county" / "pack" / "contacts.csv").exists()


def test_what_is_no_pack_is_told_before_anything_is_written(here):
    """A file that somebody laid there by mistake: nothing of the pack is written beside it."""
    (here / "county" / "pack").mkdir(parents=True)
    (here / "county" / "pack" / "备份.doc").touch()
    code, told = init(*said(), "--villages", "村名单.csv")
    assert (code, "备份.doc" in told) == (2, True), told
    assert [path.name for path in (here / "county").rglob("*")] == ["pack", "备份.doc"]


def at_a_terminal(answers, *words, folder="county"):
    """Type the answers one by one at a real terminal; what was shown and the exit code. None hangs up."""
    pid, screen = pty.fork()
    if not pid:
        code = "import sys; from kiosk_server.cli import county_command; county_command(sys.argv[1:])"
        os.execv(sys.executable, [sys.executable, "-c", code, "init", folder, *words])  # noqa: S606 - no shell is wanted
    shown, waiting, ends = b"", list(answers), time.monotonic() + 60
    while time.monotonic() < ends:
        if select.select([screen], [], [], 0.2)[0]:
            try:
                shown += os.read(screen, 4096)
            except OSError:
                break
        elif waiting and shown.rstrip().endswith(b":"):
            if (answer := waiting.pop(0)) is None:
                break
            os.write(screen, f"{answer}\n".encode())
            shown += b"\n"
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_it_asks_at_a_terminal_and_goes_on_where_somebody_left(here, monkeypatch):
    """A wrong answer is asked again; after hanging up the answers so far are not asked again."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    code, shown = at_a_terminal(["33059", "330590", "苕安县", None])
    assert code != 0
    assert "6 位县代码" in shown
    assert not (here / "county" / "county.toml").exists()
    rest = ["https://gongkai.example", "0572-5000012", "dibao", "", "没有.csv", "村名单.csv"]
    code, shown = at_a_terminal(rest)
    assert code == 0, shown
    assert "县（市、区）名称" not in shown
    assert "打不开这个文件" in shown
    assert [one.code for one in read_pack(here / "county" / "pack").programmes] == ["dibao"]
    assert not (here / "county" / "answers.toml").exists()
    code, shown = at_a_terminal([], *said(), "--villages", "村名单.csv", folder="other")
    assert (code, "例如" in shown) == (0, False)


def test_every_template_is_a_programme_a_county_can_adopt(here):
    """All of them together make a pack; what only the county knows is told, with its line."""
    words = [word for one in templates() for word in ("--programme", one.code)]
    assert init(*said(), "--villages", "村名单.csv", *words)[0] == 0
    assert len(read_pack(here / "county" / "pack").programmes) == len(templates()) >= 20
    told = CliRunner().invoke(county_command, ["pack", "check", "--folder", "county"])
    assert told.exit_code == 1
    assert "programmes/dibao.toml 第 16 行 standard" in told.output


def test_a_town_may_have_villages_of_two_codes():
    """Two towns became one, and its villages kept their codes: the list says so in each row, and is believed."""
    rows = [
        "区划代码,村名,乡镇",
        "330590100201,岭东村,梅坞镇",
        "330590203201,昆铜村,梅坞镇",
        "330590203202,上舍村,梅坞镇",
    ]
    found = villages_in("\n".join(rows).encode(), "330590")
    assert [one.code for one in found.villages] == ["330590100201", "330590203201", "330590203202"]
