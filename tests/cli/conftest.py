"""A folder in which every example of every command works, as its help prints it."""

import re
import shlex
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import uvicorn
from click.testing import CliRunner
from openpyxl import Workbook

from boards.model.kept.appraisal import Item, appraisal
from boards.model.kept.retention import ArchiveKind, Kept
from kiosk_server.cli import Commands, county_command, kiosk_command
from kiosk_server.demo import county as demo
from kiosk_server.demo import land_case as land
from tests.stories.office import HEAD, Office
from tests.trust.trust_house import paired

ROOT = Path(__file__).parents[2]
GROUPS = {"kiosk": kiosk_command, "county": county_command}


def below(name, group):
    """A group's commands, and those of the groups in it: `county pack`, `county pack check`."""
    for sub in group.names:
        yield f"{name} {sub}"
        found = group.get_command(click.Context(group), sub)
        yield from below(f"{name} {sub}", found) if isinstance(found, Commands) else ()


COMMANDS = [one for name, group in GROUPS.items() for one in below(name, group)]


def command(name):
    """The sub-command `county list`, or `county pack check`."""
    group, *subs = name.split()
    found = GROUPS[group]
    for sub in subs:
        found = found.get_command(click.Context(found), sub)
    return found


def example(name):
    """The line below its help."""
    group, *subs = name.split()
    told = CliRunner().invoke(GROUPS[group], [*subs, "--help"], terminal_width=300)
    assert told.exit_code == 0
    (line,) = re.findall(r"例 / example:\n\s*(.+)\n", told.output)
    return shlex.split(line)


@dataclass
class Place:
    """Where somebody sits and types: a county's office with a kiosk beside it."""

    folder: Path
    waiting: str
    reviewed: str
    year: int

    def words(self, name):
        """The example of a command, with what only this county can know: an id, the year of a document, a free port."""
        made = self.reviewed if name == "county publish" else self.waiting
        words = (re.sub(r"^\d{8}T\d{6}Z-\S+$", made, word) for word in example(name))
        words = (re.sub(r"〔\d{4}〕", f"〔{self.year}〕", word) for word in words)
        words = [re.sub(r"^127.0.0.1:\d+$", "127.0.0.1:0", word) for word in words]
        who = words[words.index("--as") + 1] if "--as" in words else "li"
        file = f"people/{who if Path('people', who).exists() else 'li'}"
        typed = next(one for one in reversed(COMMANDS) if " ".join(words).startswith(f"{one} "))
        asked = (opt for one in command(typed).params for opt in one.opts if opt.endswith("passphrase-file"))
        return [*words, *(word for opt in asked for word in (opt, file))]


def typed(words):
    """Run a command here; what came of it."""
    return CliRunner().invoke(GROUPS[words[0]], words[1:])


@pytest.fixture(scope="session")
def founded(tmp_path_factory, kept_fonts):
    """A county with a list and a land case that everybody can read, one list reviewed, one that waits."""
    folder = tmp_path_factory.mktemp("office")
    place = demo.Demo(
        data=ROOT / "deploy" / "demo",
        county=folder / "demo-county",
        kiosk=folder,
        land=folder / "征地案件",
    )
    now = datetime.now(UTC)
    county = demo.founded(place, now)
    office = Office(county, folder)
    office.published()
    case = land.dated_case(place.data / "land", place.land, county, now.date())
    land.published_case(county, case, now, lambda _text: None)
    office.described("2025-02", programme='"grain_one_off"', paid_on="2025-10-10")
    office.wrote("1,岭东村,一组,林四,5,15,75")
    reviewed = office.reviewed()
    office.described("2025-02", programme='"forest_eco"', paid_on="2025-10-20")
    office.wrote("1,岭东村,一组,林五,6,15,90")
    waiting = office.proposed()
    office.described("2025-03", programme='"grain_one_off"', paid_on="2025-11-10")
    book = Workbook()
    for row in (HEAD, "1,岭东村,一组,林六,7,15,105", "合计,,,,,,105"):
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row.split(",")])
    book.save(folder / "名册.xlsx")
    year = Workbook()
    for told in (("村", "项目", "金额"), ("岭东村", "稻谷补贴", 50), ("大岕口村", "稻谷补贴", 40)):
        year.active.append(told)
    year.save(folder / "年度汇总.xlsx")
    (folder / "deploy").symlink_to(ROOT / "deploy")
    (folder / "移交").mkdir()
    (folder / "U盘1").mkdir()
    (folder / "只有资料包").mkdir()
    (folder / "只有资料包" / "pack").symlink_to(place.data / "pack")
    kept_fonts(folder / "data" / "press")
    toml = demo.kiosk_toml(county, demo.home_village(county, "岭东村"), "", 0)
    toml = toml.replace('url = ""', 'folder = "demo-county/feed"').replace("../county", "demo-county")
    toml = re.sub(r"villages = .*", 'villages = ["330590100201"]', toml)
    paired(place.settings, toml, county)
    year = int(re.search(r"〔(\d{4})〕", case.read_text("utf-8"))[1])
    done = typed(["kiosk", "sync", "--settings", str(place.settings)])
    assert done.exit_code == 0, done.output
    stick = [
        "--feed",
        str(county.feed),
        "--site",
        demo.PUBLIC_BASE_URL,
        "--out",
        str(folder / "lingdong.pairing"),
    ]
    done = typed(["county", "enrol", "岭东村", *stick, "--folder", str(place.county), "--as", "li"])
    assert done.exit_code == 0, done.output
    done = typed(
        ["county", "pack", "edit", "phone", "0572-5000013", "--folder", str(place.county), "--as", "li"]
    )
    assert done.exit_code == 0, done.output
    aside, sealed = folder / "备份盘", ["--passphrase-file", str(folder / "people" / "li")]
    done = typed(["county", "backup", "--folder", str(place.county), "--to", str(aside), *sealed])
    assert done.exit_code == 0, done.output
    (made,) = aside.iterdir()
    made.rename(aside / "county-330590-20261130T173000Z.backup")
    paper = Item("a" * 64, "2019年公示表", "", ArchiveKind.BACKFILL, "backfill-aaaaaaaa", Kept.YEARS_3, 2019)
    home = next(one for one in county.pack.villages if one.code == "330590100201")
    (folder / "鉴定清单.txt").write_text(appraisal(home, [paper], now.date()), "utf-8")
    return Place(folder, waiting, reviewed, year)


@pytest.fixture
def place(founded, tmp_path, monkeypatch):
    """A copy of it, and somebody sitting there."""
    shutil.copytree(founded.folder, tmp_path / "here", symlinks=True)
    monkeypatch.chdir(tmp_path / "here")
    return Place(tmp_path / "here", founded.waiting, founded.reviewed, founded.year)


@pytest.fixture
def serves_nobody(monkeypatch):
    """What serves until it is stopped ends at once, its doors shut."""
    monkeypatch.setattr(uvicorn.Server, "run", lambda _self, sockets: [door.close() for door in sockets])
