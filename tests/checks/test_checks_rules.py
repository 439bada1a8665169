"""One list of checks: every row of it is documented, and a new rule is one file and one row."""

import inspect
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from sync.county.checks import rules
from sync.county.checks.rules import RULES
from sync.county.intake.check import read_roster
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xlsx

ROOT = Path(__file__).parents[2]
FOLDERS = ("boards", "sync", "printouts", "kiosk_server")
DOCS = (ROOT / "docs" / "rules.md").read_text("utf-8")
RULE = '''"""R11: nobody is called 王一."""

from boards.model.findings import Level
from sync.county.checks.place import at_row


def nobody_is_called_so(whole):
    """Every name but one."""
    for entry in whole.entries:
        if entry.row.payout.holder == "王一":
            yield at_row(entry.row, Level.WARNING, "R11", "这个名字不行。")
'''
ROW = '    Rule("R11", "没有人叫王一", r11_names.nobody_is_called_so),\n'


@pytest.mark.parametrize("code", sorted({rule.code for rule in RULES}))
def test_every_rule_stands_in_the_docs(code):
    """docs/rules.md has a row for it."""
    assert f"\n| {code} |" in DOCS


def test_every_rule_of_the_file_is_in_the_list():
    """A file of a rule that no row names would never run."""
    folder = Path(inspect.getfile(rules)).parent
    files = {path.stem for path in folder.glob("*.py")} - {
        "__init__",
        "whole",
        "rules",
        "registries",
        "place",
        "publication",
    }
    run = {one.__module__.rpartition(".")[2] for rule in RULES for one in (rule.roster, rule.batch) if one}
    assert run == files


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if not (rule.roster or rule.batch)], ids=lambda one: one.says
)
def test_a_rule_without_a_function_names_the_file_that_judges_its_cells(rule):
    """What only one cell can show is judged where it is read."""
    named = re.search(r"（(roster/\S+)）", rule.says)
    assert (ROOT / "sync" / "county" / f"{named[1]}.py").is_file()


def test_what_can_be_confirmed_is_asked_of_a_batch():
    """And what needs a registry waits for a person, for a registry may be old."""
    assert all(rule.batch for rule in RULES if rule.confirmable or rule.needs)
    assert all(rule.confirmable for rule in RULES if rule.needs)


@pytest.mark.thorough
def test_a_new_rule_is_one_file_and_one_row(tmp_path):
    """R11 in a copy of the project runs in `county check`, child process and all."""
    code = tmp_path / "code"
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, code / folder, ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    checks = code / "sync" / "county" / "checks"
    (checks / "r11_names.py").write_text(RULE, "utf-8")
    text = (
        (checks / "rules.py")
        .read_text("utf-8")
        .replace("RULES = (\n", f"from sync.county.checks import r11_names\nRULES = (\n{ROW}")
    )
    (checks / "rules.py").write_text(text, "utf-8")
    venv.create(tmp_path / "venv", symlinks=True)
    site = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    (site / "copy.pth").write_text(f"{code}\n{sysconfig.get_path('purelib')}\n")
    page = Page(
        "名册",
        [
            ["2025年补贴公示"],
            ["姓名", "村", "面积", "金额"],
            ["王一", "岭东村", 1, 100],
            ["李二", "岭东村", 2, 200],
        ],
    )
    (tmp_path / "名册.csv").write_bytes(as_csv([page], "utf-8"))
    run = "from kiosk_server.cli import county_command; county_command()"
    done = subprocess.run(
        [tmp_path / "venv" / "bin" / Path(sys.executable).name, "-X", "utf8", "-c", run, "check", "名册.csv", "--json"],
        cwd=tmp_path, capture_output=True, check=False, env={"PATH": os.defpath},
    )  # fmt: skip
    assert b'"code":"R11"' in done.stdout, done.stderr.decode()
    assert done.stdout.count(b'"code":"R11"') == 1


def test_findings_stand_in_the_order_of_the_file():
    """By sheet, row, column and code, whichever rule spoke first and where the reader spoke."""
    rows = [
        ["2025年补贴公示"],
        ["序号", "姓名", "村", "面积", "标准", "金额"],
        [1, "王一", "岭东村", 1, 100, 107],
        [9, "", "无此村", 2, 100, "x"],
    ]
    pages = [Page("乙", [*rows, [10, "王一", "岭东村", 1, 100, 107]]), Page("甲", rows)]
    found = read_roster("名册.xlsx", as_xlsx(pages), VILLAGES).findings
    places = [(["乙", "甲"].index(one.sheet), one.row or 0, one.column or "", one.code) for one in found]
    assert places == sorted(places)
    assert len({one.code for one in found}) > 4
