"""The house stays one that a stranger can live in: small folders, nothing dead, one place for a new thing."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.house.reached import ROOMS, sources, unreached, words_shown

ROOT = Path(__file__).parents[2]
MOST_FILES = 20
ONE_A_FILE = {"sync/county/checks", "kiosk_server/cli/county", "kiosk_server/archive/schema/migrations"}
"""Folders that are lists: one rule, one command, one migration a file."""


@pytest.fixture
def copy(tmp_path):
    """The four packages in a folder of their own, to be changed."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def said(copy: Path, code: str, *words: str) -> str:
    """What Python prints that runs the copy, with the tests beside it."""
    environment = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{ROOT}", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def changed(file: Path, old: str, new: str) -> None:
    """Write something else in one place of a file."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_folder_can_be_read_at_a_glance():
    """At most twenty Python files, except where the folder is itself a list."""
    files = Counter(
        path.parent.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")
    )
    crowded = {folder: many for folder, many in files.items() if many > MOST_FILES}
    assert crowded.keys() <= ONE_A_FILE, crowded


def test_everything_public_is_reached_from_a_person():
    """What only tests call is no rule of the system: commands, routes and children of the press reach the rest."""
    assert unreached(sources(ROOT), words_shown(ROOT)) == []


def test_what_nobody_calls_is_found():
    """The walk can fail: a function, a method or a class that nothing names is reported."""
    texts = sources(ROOT)
    texts["boards.model.masks"] += "\n\ndef forgotten() -> int:\n    return 1\n"
    texts["kiosk_server.web.cache"] += "\n    def forgotten(self) -> int:\n        return 1\n"
    texts["sync.wire"] += "\n\nclass Forgotten:\n    pass\n"
    found = unreached(texts, words_shown(ROOT))
    assert [(one.partition(".")[0], one.rpartition(".")[2]) for one in found] == [
        ("boards", "forgotten"), ("kiosk_server", "forgotten"), ("sync", "Forgotten"),
    ]  # fmt: skip


def test_modules_are_found_by_their_names():
    """The walk sees all four rooms, and packages under their own name."""
    found = sources(ROOT)
    assert {name.partition(".")[0] for name in found} == set(ROOMS)
    assert {"boards.model", "kiosk_server.cli", "sync.wire"} <= found.keys()


def test_a_new_command_is_one_file_and_its_name(copy):
    """It is in the help and does its work; nothing else was touched."""
    (copy / "kiosk_server/cli/county/greet.py").write_text(
        'import click\n\n\n@click.command("greet", help="问好")\ndef command() -> None:\n    click.echo("大家好")\n',
        "utf-8",
    )
    changed(copy / "kiosk_server/cli/__init__.py", '"init",', '"init",\n        "greet",')
    county = "from kiosk_server.cli import county_command; county_command()"
    assert "greet" in said(copy, county, "--help")
    assert said(copy, county, "greet") == "大家好\n"


def test_a_new_field_of_a_programme_is_one_line(copy):
    """Written into the programme, it is read from the county's pack, held to its type and handed to the pages."""
    changed(copy / "boards/model/pack.py", "    sensitive: bool", "    quota: int = 0\n    sensitive: bool")
    shutil.copytree(ROOT / "deploy/demo/pack", copy / "pack")
    changed(copy / "pack/programmes/rice.toml", "name =", "quota = 12\nname =")
    code = (
        "from pathlib import Path; from sync.pack import read_pack; pack = read_pack(Path('pack'));"
        "print([one.quota for one in pack.programmes if one.code == 'rice'])"
    )
    assert said(copy, code) == "[12]\n"


VARIETY = {
    "boards/model/payouts.py": [
        ('    remark: str = ""\n', '    remark: str = ""\n    variety: str = ""  # 品种\n'),
    ],
    "sync/county/roster/columns/words.py": [
        ('    What.IN_KIND: ("实物"', '    What.VARIETY: ("品种", ((12, r"品种"),)),\n    What.IN_KIND: ("实物"'),
    ],
    "sync/county/roster/rows/other_cells.py": [
        ("    remark: str\n", "    remark: str\n    variety: str\n"),
        ("        band = table.band\n", "        band = table.band\n        self._varieties = band.of(What.VARIETY)\n"),
        (
            "        if self._ages.given:\n",
            ("        if self._varieties and (variety := self._text.of(cells, self._varieties)):\n"
            '            payout["variety"] = variety\n'
            "        if self._ages.given:\n"),
        ),
    ],
    "boards/sheets/sheet.py": [
        ('    remark: str = ""\n', '    remark: str = ""\n    variety: str = ""\n'),
        ("        remark=payout.remark,\n", "        remark=payout.remark,\n        variety=payout.variety,\n"),
    ],
    "boards/pages/payouts/listing_rows.py": [
        ("any(map(_ITEM, lines))", "any(line.item or line.variety for line in lines)"),
        ("[line.item for line in lines] if", "[line.item or line.variety for line in lines] if"),
    ],
    "printouts/columns.py": [
        ('_name("户主", 37), _group(19 + more)', '_name("户主", 17), _variety(20), _group(19 + more)'),
        (
            "def _group(",
            ("def _variety(width: float) -> Column:\n"
            '    return Column("品种", width, Role.DATA, 12, "l", breaks=True, text=lambda line: line.variety)\n\n\n'
            "def _group("),
        ),
    ],
}  # fmt: skip
"""What is written into the six files of a payout's field for a new one, 品种."""

MEANINGS = "sync/county/roster/columns/meaning.py"
"""Where the name of a meaning stands, as long as it does not stand beside its words."""


def test_a_new_field_of_a_payout_is_six_files(copy):
    """Model, header words, cell, line, page, paper: then a roster that has it shows it on the board and the wall.

    Nothing between the cell and the line names it; and of a programme that tells who is ill it is not published.
    """
    for file, changes in VARIETY.items():
        for old, new in changes:
            changed(copy / file, old, new)
    if "class What(" not in (copy / "sync/county/roster/columns/words.py").read_text("utf-8"):
        changed(
            copy / MEANINGS, '    REMARK = "remark"\n', '    REMARK = "remark"\n    VARIETY = "variety"\n'
        )
    shown = json.loads(
        said(copy, "import runpy; runpy.run_module('tests.house.new_field', run_name='__main__')")
    )
    assert (shown["packages"], shown["found"], shown["forbidden"]) == (str(copy), [], ["FORBIDDEN_TERM"])
    assert re.findall(r'sub item">([^<]+)<', shown["page"]) == ["甬优15", "嘉丰优2号"]
    assert shown["paper"]["品种"] == ["甬优15", "嘉丰优2号"]
    assert shown["sensitive"]
    assert not [one for one in shown["sensitive"] if "甬优" in one]


REMARK = {
    "boards/model/payouts.py": "what it is",
    "sync/county/roster/rows/other_cells.py": "read",
    "boards/sheets/sheet.py": "what of it may be shown",
    "boards/pages/payouts/listing_rows.py": "shown",
    "boards/pages/twins/payouts.py": "shown to programs",
    "sync/county/checks/r3_duplicates.py": "that two of a family share an account may stand in it",
    "sync/county/checks/r5_stopped.py": "why somebody was stopped may stand in it",
    "sync/county/checks/r10_fiscal_year.py": "that a payment was carried over stands in it",
    "sync/county/checks/statements.py": "and that its row is of an earlier year",
    "sync/county/publish/why_left_out.py": "why somebody is not listed may stand in it",
    "sync/county/publish/amendments.py": "a clerk may correct it",
    "kiosk_server/cli/county/correct.py": "and types it here",
    "boards/sheets/human_tables.py": "an inspector opens it in a spreadsheet",
    "kiosk_server/cli/kiosk/consult.py": "a villager hears it at the counter",
    "kiosk_server/county_office/list_table.py": "a reviewer reads it before it is signed",
}
"""Files that name a payout's `remark`, a field that is read and shown, and why."""


def test_a_field_that_is_only_shown_is_named_in_few_files():
    """Between the cell it is read from and the line it is shown on nobody names it but a rule about it."""
    naming = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts and "remark" in named(path)
    }
    assert naming == REMARK.keys()


def named(file: Path) -> set[str]:
    """Every name, attribute and argument in a file that may name what is asked for."""
    text = file.read_text("utf-8")
    nodes = list(ast.walk(ast.parse(text))) if "remark" in text else []
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return names | {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}
