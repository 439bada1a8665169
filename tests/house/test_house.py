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


def touched(copy: Path) -> list[str]:
    """The files of the copy that are not as they stand here."""
    files = (path.relative_to(copy) for room in ROOMS for path in (copy / room).rglob("*.py"))
    return [file.as_posix() for file in files if (copy / file).read_bytes() != (ROOT / file).read_bytes()]


def test_a_folder_can_be_read_at_a_glance():
    """At most twenty Python files, except where the folder is itself a list."""
    files = Counter(
        path.parent.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")
    )
    crowded = {folder: many for folder, many in files.items() if many > MOST_FILES}
    assert crowded.keys() <= ONE_A_FILE, crowded


HELD = {"sync.county.publish.why_left_out.REASONS": "tests hold the translations to all that may be said"}
"""What tests alone name, and why it stands in the house."""


@pytest.mark.thorough
def test_everything_public_is_reached_from_a_person():
    """What only tests call is no rule of the system: commands, routes and children of the press reach the rest."""
    assert unreached(sources(ROOT), words_shown(ROOT)) == [*HELD]


@pytest.mark.thorough
def test_what_nobody_calls_is_found():
    """The walk can fail: a function, a method, a class or a constant that nothing names is reported."""
    texts = sources(ROOT)
    texts["boards.model.masks"] += "\n\ndef forgotten() -> int:\n    return 1\n"
    texts["kiosk_server.web.cache"] += "\n    def forgotten(self) -> int:\n        return 1\n"
    texts["sync.wire"] += "\n\nclass Forgotten:\n    pass\n"
    texts["printouts.paper"] += "\n\nFORGOTTEN_MM = 1.0\n"
    assert {*unreached(texts, words_shown(ROOT))} - HELD.keys() == {
        "boards.model.masks.forgotten",
        "kiosk_server.web.cache.PageCache.forgotten",
        "printouts.paper.FORGOTTEN_MM",
        "sync.wire.Forgotten",
    }


def test_a_namesake_hides_nothing():
    """What a module defines is told from what another one calls the same, however it is imported there."""
    texts = {
        "kiosk_server.cli": "from sync.one import told as said\nfrom sync.three import told\nsaid(told)\n",
        "sync.one": "def told(): return two.told\n\ndef heard(): pass\n\nfrom sync import two\n",
        "sync.two": "def told(): pass\n\ndef heard(): pass\n\nKINDS = 1\n",
        "sync.three": "from sync.four import told\n",
        "sync.four": "def told(one): return one.heard\n\nclass Ear:\n    def heard(self): pass\n\nKINDS = 2\n",
    }
    dead = ["sync.four.Ear", "sync.four.KINDS", "sync.one.heard", "sync.two.KINDS", "sync.two.heard"]
    assert unreached(texts, set()) == dead


def test_modules_are_found_by_their_names():
    """The walk sees all four rooms, and packages under their own name."""
    found = sources(ROOT)
    assert {name.partition(".")[0] for name in found} == set(ROOMS)
    assert {"boards.model", "kiosk_server.cli", "sync.wire"} <= found.keys()


@pytest.mark.thorough
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


@pytest.mark.thorough
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
        ('    REMARK = "remark"\n', '    REMARK = "remark"\n    VARIETY = "variety"\n'),
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


@pytest.mark.thorough
def test_a_new_field_of_a_payout_is_six_files(copy):
    """Model, meaning and its words, cell, line, page, paper: nothing else is written, and board and wall show it.

    Nothing between the cell and the line names it; and of a programme that tells who is ill it is not published.
    """
    for file, changes in VARIETY.items():
        for old, new in changes:
            changed(copy / file, old, new)
    assert len(touched(copy)) == 6
    shown = json.loads(
        said(copy, "import runpy; runpy.run_module('tests.house.new_field', run_name='__main__')")
    )
    assert (shown["packages"], shown["found"], shown["forbidden"]) == (str(copy), [], ["FORBIDDEN_TERM"])
    assert re.findall(r'sub item">([^<]+)<', shown["page"]) == ["甬优15", "嘉丰优2号"]
    assert shown["paper"]["品种"] == ["甬优15", "嘉丰优2号"]
    assert shown["sensitive"]
    assert not [one for one in shown["sensitive"] if "甬优" in one]


SQL = re.compile(
    r"\s*((SELECT|INSERT (OR \w+ )?INTO|REPLACE INTO|UPDATE \w+ SET|DELETE FROM|TRUNCATE|VACUUM|PRAGMA|ATTACH|"
    r"(CREATE|DROP|ALTER) (TABLE|(UNIQUE )?INDEX|VIEW|TRIGGER|RULE|SCHEMA|DATABASE))\b|select\b.*\bfrom\b)",
)
SPEAK_SQL = {
    "kiosk_server/archive/statements.py": "all hot statements, of both databases",
    "kiosk_server/archive/engines/": "what one database alone is told",
    "kiosk_server/archive/schema/": "tables and their migrations",
    "kiosk_server/people/": "accounts: a database of their own, SQLite on every machine",
    "sync/county/backup/checked.py": "asks SQLite whether the file of a backup is whole",
}
"""Files and folders with SQL, and why."""


def statements_in(text: str) -> list[str]:
    """Texts of a module that are statements to a database, or begin one."""
    texts = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return [one for one in texts if isinstance(one, str) and SQL.match(one)]


@pytest.mark.thorough
def test_sql_stands_in_few_places():
    """Whoever changes a table, or brings another database, has all that is said to one before him."""
    said = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if statements_in(path.read_text("utf-8"))
    }
    assert [one for one in sorted(said) if not one.startswith(tuple(SPEAK_SQL))] == []
    assert [place for place in SPEAK_SQL if not any(one.startswith(place) for one in said)] == []


def test_a_statement_elsewhere_is_found():
    """The walk can fail: plain, in parts and filled in, and no sentence is taken for one."""
    said = 'db.execute("SELECT 1")\ndb.execute(f"DELETE FROM {table}")\nasked = ("UPDATE log "\n"SET size = 0")\ndb.execute("CREATE TABLE mine (id)")\n'
    assert len(statements_in(said)) == 4
    assert statements_in('"""SELECTED words."""\nsay("UPDATE the kiosk", "select a village")\n') == []


MARKED = re.compile(r"mark\.sqlite|\bnew_database\b")


def test_what_is_prepared_for_both_databases_runs_on_both():
    """A test that has another database made for it, or says that it is about SQLite's, is in `make test` on PostgreSQL.

    What a folder's conftest prepares is for all of its tests.
    """
    stage = re.search(
        r"^ON_POSTGRES := ((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    run = [ROOT / word for word in stage[1].replace("\\\n", " ").split() if word.startswith("tests/")]
    assert run
    assert all(path.exists() for path in run)
    prepared = [
        path
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__) and MARKED.search(path.read_text("utf-8"))
    ]
    assert [one for one in prepared if not any(one.is_relative_to(path) for path in run)] == []


WITHOUT_POSTGRESQL = """
import sys, pytest, tests.postgres
tests.postgres.binaries = lambda: None
sys.exit(pytest.main(["-p", "no:cacheprovider", "tests/archive/test_archive_engines.py::test_the_reader_cannot_write"]))
"""


@pytest.mark.thorough
@pytest.mark.parametrize(("world", "code"), [({}, 0), ({"CI": "1"}, 1)])
def test_in_ci_a_missing_database_fails(world, code):
    """On a machine without PostgreSQL its tests are skipped; where `.ci/run` runs them, none is silently left out."""
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTEST_ADDOPTS"}}
    command = [sys.executable, "-c", WITHOUT_POSTGRESQL]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | world, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout
    assert ("1 skipped" in done.stdout) == (not code)
    assert re.search(
        r"^export CI=1\b.*\nexec make test$", (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE
    )


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
