"""The report: a contract for programs, a page for a clerk, and never a personal number in either."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from rich.console import Console

from boards.model.privacy.numbers import numbers_in
from kiosk_server.cli.county.check import command
from sync.county.gazetteer import villages_from_csv
from sync.county.intake.check import read_roster
from sync.county.report.report import json_blocks, print_report, report_of
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xlsx

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "data"
FAULTY = HERE / "06_faulty.xlsx"
LIST = HERE / "villages.csv"
SOUND = sorted((ROOT / "deploy" / "demo" / "rosters").glob("0*.[cx][sl][svx]*"))
FIELDS = [
    "file", "format", "verdict", "rows", "sum_fen", "sum_without_errors_fen", "declared_total_fen",
    "villages", "findings", "payouts",
]  # fmt: skip
PERSONAL = re.compile(r"\d{17}[\dXx]|\d{16,}|(?<!\d)1[3-9]\d{9}(?!\d)")


def as_json(reading) -> bytes:
    """The report for programs, its pieces put together."""
    return b"".join(json_blocks(reading))


def checked(path: Path) -> dict:
    villages = villages_from_csv(LIST.read_bytes())
    return json.loads(as_json(read_roster(path.name, path.read_bytes(), villages)))


def test_a_row_is_told_as_the_contract_says():
    """Nine fields a row, in this order; what was not read is null and never 0, nor is a state made up."""
    page = Page(
        "岭东村",
        [
            ["岭东村"],
            ["姓名", "组别", "面积（亩）", "标准", "金额"],
            ["王一", 2, 1.5, 100, 150],
            ["李二", "", "", "", "?"],
        ],
        [],
    )
    told = as_json(read_roster("名册.xlsx", as_xlsx([page]), VILLAGES))
    assert told.endswith(
        b'"payouts":['
        + """{"sheet":"岭东村","row":3,"holder":"王一","village":"330590100201","group":"二组","quantity":"1.5",\
"rate":"100","amount_fen":15000,"status":null},\
{"sheet":"岭东村","row":4,"holder":"李二","village":"330590100201","group":"","quantity":null,\
"rate":"100","amount_fen":null,"status":null}]}\n""".encode()
    )


@pytest.mark.parametrize(
    ("number", "rows", "sum_fen", "declared"),
    [
        ("01", 149, 12449812, 12449812), ("02", 42, 73960000, 73960000), ("03", 60, 41413200, 41413200),
        ("04", 354, 34519094, 34519094), ("05", 76, 1840400, None),
    ],
)  # fmt: skip
def test_sound_files_of_a_county_are_read_right(number, rows, sum_fen, declared):
    """Five rosters as a county sends them: every row, every fen, no false alarm."""
    report = checked(next(path for path in SOUND if path.name.startswith(number)))
    assert list(report) == FIELDS
    told = {
        key: report[key]
        for key in ("verdict", "rows", "sum_fen", "sum_without_errors_fen", "declared_total_fen")
    }
    assert told == {
        "verdict": "ok", "rows": rows, "sum_fen": sum_fen, "sum_without_errors_fen": sum_fen,
        "declared_total_fen": declared,
    }  # fmt: skip
    assert all(one["level"] == "note" for one in report["findings"])
    assert sum(one["amount_fen"] for one in report["villages"]) == sum_fen


def test_a_faulty_file_is_held_with_every_reason():
    """Each of its faults is found at its row with its level; the sums leave the faulty rows out."""
    report = checked(FAULTY)
    found = {(one["row"], one["code"], one["level"]) for one in report["findings"]}
    assert found >= {
        (6, "ID_CHECKSUM", "error"), (8, "FULLWIDTH_DIGITS", "note"), (10, "NEGATIVE_AMOUNT", "error"),
        (14, "DUPLICATE_ROW", "warning"), (16, "AMOUNT_NOT_AREA_TIMES_RATE", "warning"),
        (18, "UNMASKED_PHONE_IN_TEXT", "warning"), (20, "MERGED_DATA_CELLS", "error"), (22, "MISSING_NAME", "error"),
        (24, "ID_BIRTHDATE", "error"), (26, "WHITESPACE_IN_NAME", "note"), (28, "AMOUNT_MORE_THAN_2_DECIMALS", "warning"),
        (30, "ID_LOWERCASE_X", "note"), (32, "FULLWIDTH_DIGITS", "note"), (34, "VILLAGE_UNKNOWN", "error"),
        (38, "SEQUENCE_GAP", "note"), (39, "TOTAL_MISMATCH", "error"), (None, "PUBLISHED_FILE_HAS_UNMASKED_ID", "warning"),
    }  # fmt: skip
    assert len([one for one in report["findings"] if one["level"] != "note"]) == 12
    assert (report["verdict"], report["rows"], report["sum_fen"]) == ("hold", 35, 2387541)
    assert report["sum_without_errors_fen"] == 2154682
    assert "竹垓村" in next(one["message"] for one in report["findings"] if one["code"] == "VILLAGE_UNKNOWN")


@pytest.mark.parametrize("path", [*SOUND, FAULTY], ids=lambda path: path.name[:2])
def test_no_personal_number_leaves_the_reader(path):
    """No ID, card or phone in the JSON of any file, nor in what a clerk sees; village codes are public."""
    villages = villages_from_csv(LIST.read_bytes())
    reading = read_roster(path.name, path.read_bytes(), villages)
    screen = Console(file=io.StringIO(), width=160)
    print_report(reading, screen, villages)
    for told in (as_json(reading).decode(), screen.file.getvalue()):
        assert PERSONAL.findall(told) == []
        assert [one.kind for one in numbers_in(told)] == []


def test_numbers_in_the_wrong_column_stay_inside():
    """IDs slipped into the name, village, group, status, sheet name or title are withheld."""
    secret = "990523195803120019"
    page = Page(f"表{secret}")
    page.across(f"{secret}的名册 14001892892", 6)
    page.add("序号", "村", "组别", f"姓名{secret}", "金额", "状态", "备注")
    page.add(1, secret, secret, secret, 10, "14001892892", "卡6299990000123456786")
    page.add(2, "岭东村14001892892", "2组", f"王{secret}", secret, "已支付", "")
    told = as_json(read_roster("x.xlsx", as_xlsx([page]), VILLAGES)).decode()
    assert PERSONAL.findall(told) == []
    assert json.loads(told)["verdict"] == "hold"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("path", "code"), [(SOUND[0], 0), (FAULTY, 1), (LIST, 2), (HERE / "nothing.xlsx", 2)]
)
@pytest.mark.parametrize("flags", [("--json",), ()])
def test_the_exit_code_is_the_verdict(path, code, flags):
    """0 may go on, 1 must wait, 2 could not be read; with --json always one object on stdout."""
    done = CliRunner().invoke(command, [str(path), "--villages", str(LIST), *flags])
    assert done.exit_code == code
    if flags:
        report = json.loads(done.stdout)
        assert report["verdict"] == ("ok", "hold", "refused")[code]
        assert code < 2 or [one["level"] for one in report["findings"]] == ["error"]


def test_an_unreadable_village_list_is_refused():
    """A village list that is none is told as such, not taken for an empty county."""
    done = CliRunner().invoke(command, [str(FAULTY), "--villages", str(FAULTY), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (2, "refused")


@pytest.mark.thorough
def test_the_command_starts_without_the_server():
    """`county check` loads neither the web server nor the database, nor a table printer it does not need."""
    program = (
        "import sys; sys.argv = ['county', 'check', sys.argv[1], '--json']\n"
        "from kiosk_server.cli import county_command as county\n"
        "try:\n    county()\nexcept SystemExit: pass\n"
        "heavy = {'litestar', 'piccolo', 'reportlab', 'rich', 'urllib3', 'cryptography', 'openpyxl'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(FAULTY)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.thorough
def test_the_object_in_pieces_is_the_object():
    """However many rows there are, the pieces joined are the whole report, and no piece holds them all."""
    for count in (1, 999, 1000, 1001, 2500):
        page = Page("明细")
        page.add("序号", "村", "姓名", "面积（亩）", "金额（元）")
        for at in range(1, count + 1):
            page.add(at, "岭东村", f"王{chr(0x4E00 + at)}", at, at)
        reading = read_roster("x.csv", as_csv([page], "utf-8"), VILLAGES)
        pieces = list(json_blocks(reading))
        assert json.loads(b"".join(pieces)) == json.loads(msgspec.json.encode(report_of(reading)))
        assert len(pieces) == 2 + -(-count // 1000)
