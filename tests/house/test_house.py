"""The house stays one that a stranger can live in: small folders, nothing dead, one place for a new thing."""

from __future__ import annotations

import os
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
    """What Python prints that runs the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=True
    ).stdout


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
