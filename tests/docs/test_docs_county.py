"""docs/county.md is the whole way: every command of it runs here, in its order, in an empty folder.

A block is run line by line. What stands in a comment before it says how:

    <!-- file: 村名单.csv -->   the block is a file of this name
    <!-- by hand -->            a machine is set up; not run, and no command of ours may hide there
    <!-- exit 1 -->             the last line ends so

Words in capitals stand for what an earlier command printed. Passphrases are typed by whoever acts: here they come from
files, one for each name, which the page never shows.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import uvicorn
from click.testing import CliRunner

from kiosk_server.cli import county_command, kiosk_command

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "county.md").read_text("utf-8")
BLOCK = re.compile(r"(?:<!-- (?P<how>[^>]+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
FILE = "--passphrase-file"
GROUPS = {"county": county_command, "kiosk": kiosk_command}
PRINTED = {
    "ID": re.compile(r"\d{8}T\d{6}Z-[^\s，。]+"),
    "DIGEST": re.compile(r"--shown (\S+)"),
    "BACKUP": re.compile(r"[\w-]+\.backup\b"),
}


def blocks() -> Iterator[tuple[str, str, str]]:
    """How, kind and text of each block of the page."""
    yield from ((found["how"] or "", found["kind"], found["text"]) for found in BLOCK.finditer(PAGE))


def lines(text: str) -> list[str]:
    """Commands of a block, each on one line."""
    return [line for line in text.replace("\\\n", "").splitlines() if line and not line.startswith("#")]


@dataclass
class Newcomer:
    """Somebody who has the page and an empty folder."""

    printed: dict[str, str] = field(default_factory=dict)

    def types(self, line: str, ends: int) -> None:
        """Type a command, as whoever it names."""
        told = re.sub(r"\b(?:ID|DIGEST|BACKUP)\b", lambda word: self.printed[word[0]], line)
        words = [os.path.expandvars(word) for word in shlex.split(told)]
        if words[0] not in GROUPS:
            self.does(words)
            return
        done = CliRunner().invoke(GROUPS[words[0]], [*words[1:], *passphrase(words)])
        assert done.exit_code == ends, f"{line}\n{done.output}"
        for name, form in PRINTED.items():
            for found in form.finditer(done.output):
                self.printed[name] = found[form.groups]

    def does(self, words: list[str]) -> None:
        """Carry a file, as with a stick."""
        verb, *paths = words
        {"cp": shutil.copy, "mv": shutil.move, "mkdir": lambda path: Path(path).mkdir()}[verb](*paths)


def passphrase(words: list[str]) -> list[str]:
    """The file with the passphrase of whoever acts, where the command asks for one."""
    found = GROUPS[words[0]]
    depth = 1
    while isinstance(found, click.Group) and depth < len(words):
        found, depth = found.get_command(click.Context(found), words[depth]), depth + 1
    asks = any(FILE in param.opts for param in found.params) and FILE not in words
    return [FILE, f"passphrases/{who(words)}"] if asks else []


def who(words: list[str]) -> str:
    """Whose key it is, `stick-wang/wang-2.key`, else the name behind --as; the first administrator has none."""
    said = dict(pairwise(words))
    key = said.get("--key") or said.get("--key-out")
    return Path(key).stem.partition("-")[0] if key else said.get("--as", "zhang")


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.setattr(uvicorn.Server, "run", lambda _self, sockets: [door.close() for door in sockets])
    Path("passphrases").mkdir(0o700)
    for number, name in enumerate(("li", "wang", "zhang", "sun", "root1", "root2", "root3", "backup")):
        Path("passphrases", name).write_text(f"drawers hold the sticks {number}\n", "utf-8")
    Path("backup.pass").write_text("what nobody guesses of a cellar\n", "utf-8")
    return Newcomer()


def test_the_whole_way_works_as_it_is_printed(newcomer):
    """From an empty folder to the end of the page, command by command."""
    for how, kind, text in blocks():
        if how.startswith("file: "):
            Path(how.removeprefix("file: ")).write_text(text, "utf-8")
        elif kind == "sh" and how != "by hand":
            *before, last = lines(text)
            for line in before:
                newcomer.types(line, 0)
            newcomer.types(last, int(how.removeprefix("exit ")) if how else 0)


def test_no_command_of_ours_is_left_out():
    """What is not run sets up a machine; every mark before a block is one that is known."""
    for how, _, text in blocks():
        assert re.fullmatch(r"|by hand|exit \d|file: [^/]+", how)
        if how == "by hand":
            assert not [line for line in lines(text) if line.split()[0] in GROUPS]
