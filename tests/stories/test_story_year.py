"""A whole year of one village, from its first roster to closing and export, before an inspector with his own tools.

Every step is typed, the clock moves on, and the kiosk pulls after each. What is handed out at the end is checked
by `inspector.py`, which has openssl, sha256sum and a reader of JSON.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import kiosk_server.cli
from kiosk_server.demo.land_case import dated_case
from tests.land.land_house import DEMO
from tests.line.county_sim import VILLAGE, county
from tests.stories.office import Office
from tests.stories.test_story_erased import Kiosk

pytestmark = pytest.mark.thorough

SCRIPT = Path(__file__).with_name("inspector.py")
HEAD = "序号,村名,组别,户主姓名,补贴面积(亩),补贴标准(元/亩),补贴金额(元),发放状态"
NAMES = ("林一", "林二", "林三", "林四", "林五")
RICE = "330590-rice-{}"


class Clock:
    """What every command takes for the present."""

    def __init__(self, monkeypatch) -> None:
        self.now = datetime(2027, 1, 4, 1, tzinfo=UTC)
        here = self

        class Moving(datetime):
            @classmethod
            def now(cls, _tz=None):
                return here.now

        for found in pkgutil.walk_packages(kiosk_server.cli.__path__, "kiosk_server.cli."):
            module = importlib.import_module(found.name)
            if getattr(module, "datetime", None) is datetime:
                monkeypatch.setattr(module, "datetime", Moving)

    def on(self, month: int, day: int, year: int = 2027) -> None:
        """Noon of a day, and later than everything before it."""
        later = datetime(year, month, day, 4, tzinfo=UTC)
        assert later > self.now
        self.now = later


class Village:
    """A county's office, the kiosk of one of its villages, and the time they live in."""

    def __init__(self, folder: Path, monkeypatch, new_database, kept_fonts) -> None:
        self.clock, self.folder = Clock(monkeypatch), folder
        self.kiosk = Kiosk(county(folder / "founded"), folder, new_database, kept_fonts)
        self.office = Office(self.kiosk.county, folder)

    def does(self, *words) -> str:
        """A command of the county that does what it should."""
        code, told = self.office.typed(*words)
        assert code == 0, told
        return told

    def through(self, *words) -> None:
        """Proposed by one, reviewed by the other, published."""
        self.reviewed(re.search(r"\S+$", self.does(*words).strip())[0])

    def reviewed(self, made) -> None:
        """Looked at, signed, published; then the kiosk pulls."""
        self.does("review", "--accept", made)
        self.does("publish", made)
        assert f"✓ {VILLAGE}" in self.kiosk.run("sync")

    def pays(self, period, rows, *, title="", confirmed=(), **values) -> None:
        """A roster of (name, mu, state) at 10 yuan a mu goes out."""
        lines = [
            f"{at},岭东村,一组,{name},{mu},10,{mu * 10},{state}"
            for at, (name, mu, state) in enumerate(rows, 1)
        ]
        total = sum(mu * 10 for _, mu, _ in rows)
        text = [*([title] if title else []), HEAD, *lines, f"合计,,,,,,{total},", ""]
        (self.folder / self.office.file).write_text("\n".join(text))
        about = {"fiscal_year": 2027, "paid_on": self.clock.now.date().isoformat()} | values
        self.office.described(period, confirmed, **about)
        self.through("propose", self.folder / self.office.file, "--batch", self.folder / "batch.toml")

    def annual(self):
        """What the kiosk has of the year."""
        with closing(self.kiosk.opened()) as opened:
            return opened.board.annual(VILLAGE, 2027)


def paid(*mu: int) -> list[tuple[str, int, str]]:
    return [(name, one, "已发放") for name, one in zip(NAMES, mu, strict=False)]


@pytest.fixture
def village(tmp_path, monkeypatch, new_database, kept_fonts):
    return Village(tmp_path, monkeypatch, new_database, kept_fonts)


def lived(village: Village) -> None:
    """The year, from January to the January after it."""
    clock = village.clock
    clock.on(1, 15)
    village.pays("2027-01", [*paid(2, 3, 4, 5), ("林五", 6, "支付失败")])
    clock.on(5, 20)
    land(village, dated_case(DEMO / "land", village.folder / "case", village.kiosk.county, date(2027, 5, 20)))
    clock.on(7, 9)
    line = ("--village", "岭东村", "--programme", "rice", "--period", "2027-01", "--holder", "林一")
    village.through("correct", *line, "--quantity", "1", "--amount", "10", "--reason", "面积登记有误")
    clock.on(8, 2)
    village.pays(
        "2027-02",
        [("林五", 6, "已发放")],
        title="岭东村2027年稻谷补贴补发花名册",
        confirmed=["PUBLISHED_BEFORE"],
    )
    clock.on(9, 6)
    village.pays("2027-03", paid(1, 1, 1, 1, 1))
    clock.on(9, 8)
    whole = ("--village", "岭东村", "--programme", "rice", "--period", "2027-03", "--whole")
    village.through("withdraw", *whole, "--reason", "整份录错")
    clock.on(12, 20)
    village.pays("2027-04", paid(2, 2, 2))
    clock.on(12, 28)
    closes(village, "250", "--makes-good", RICE.format("2027-02"))
    clock.on(1, 12, 2028)
    village.pays(
        "2027-05", paid(1, 1, 1, 1), title="岭东村2027年稻谷补贴结转花名册", confirmed=["YEAR_CLOSED"]
    )
    assert village.annual().overtaken
    clock.on(1, 18, 2028)
    closes(village, "290", "--makes-good", RICE.format("2027-02"), "--carried", "年底资金下达较晚")


def land(village: Village, case: Path) -> None:
    """The stages of the case whose time has come."""
    told = village.does("propose-land", case)
    waiting = re.findall(r"--accept (\S+)", told)
    assert len(waiting) == 4
    for made in waiting:
        village.reviewed(made)


def closes(village: Village, yuan: str, *words: str) -> None:
    """The county's own figure of the year, to the fen."""
    village.through("close-year", "--year", "2027", "--figure", "岭东村", "rice", yuan, *words)
    assert village.annual().holds


def asked(bag: Path, keys: Path) -> tuple[int, str]:
    """Let the inspector look; exit code and what he says."""
    words = [sys.executable, "-I", SCRIPT, bag, keys]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def listed_again(bag: Path) -> None:
    """Manifests as a forger would write them."""
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        paths = [line[66:] for line in (bag / name).read_text("utf-8").splitlines()]
        words = ["sha256sum", "--", *paths]
        (bag / name).write_bytes(subprocess.run(words, cwd=bag, capture_output=True, check=True).stdout)


def test_a_whole_year_is_believed_by_an_inspector_and_no_byte_of_it_can_be_changed(village, tmp_path):
    """January to January: corrected, made good, withdrawn, carried over, closed twice, exported, checked by hand."""
    lived(village)
    second = village.annual()
    assert (second.annual.edition, second.annual.sum_fen, second.annual.rows[0].carried_fen) == (
        2,
        29000,
        4000,
    )
    (tmp_path / "stick").mkdir()
    told = village.kiosk.run("export", "--year", "2027", "--to", tmp_path / "stick", "--by", "村档案员")
    (bag,) = [path for path in (tmp_path / "stick").iterdir() if path.name.startswith(VILLAGE)]
    keys = tmp_path / "keys"
    shutil.copytree(bag / "data/feed/keys", keys)
    code, said = asked(bag, keys)
    assert code == 0, said + told
    assert re.search(r"events of 2027, 5 lists, closed 2 times", said)
    year = json.loads((bag / "data/year/year.json").read_bytes())
    assert (year["annual"]["sum_fen"], year["annual"]["edition"]) == (29000, 2)
    found_out(bag, keys, tmp_path)


CHANGES = {
    "head": ("data/feed/heads.ndjson", rb'"amount_fen":(\d)'),
    "row": ("data/feed/rows.ndjson", rb'"seq":(\d)'),
    "figure": ("data/year/year.json", rb'"sum_fen":(\d)'),
    "closed figure": ("data/feed/rows.ndjson", rb'"annual":.*"sum_fen":(\d)'),
    "sheet": ("data/sheets/02_*.json", rb'"sum_fen":(\d)'),
    "signature": ("data/feed/checkpoint", rb"/reviewer \S{30}(.)"),
}


def found_out(bag: Path, keys: Path, folder: Path) -> None:
    """One byte after the other is changed, and the manifests are written anew."""
    for number, (what, (pattern, byte)) in enumerate(CHANGES.items()):
        copy = folder / str(number) / bag.name
        shutil.copytree(bag, copy)
        (path, *_) = sorted(copy.glob(pattern))
        raw = path.read_bytes()
        at = re.search(byte, raw).start(1)
        other = {b"9": b"8", b"A": b"B"}.get(raw[at : at + 1], b"9" if raw[at : at + 1].isdigit() else b"A")
        path.write_bytes(raw[:at] + other + raw[at + 1 :])
        assert asked(copy, keys)[0] == 1, what
        listed_again(copy)
        code, said = asked(copy, keys)
        assert (code, "--check" in said) == (1, False), (what, said)
