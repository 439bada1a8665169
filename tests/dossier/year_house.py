"""A county that published a village's year, and a kiosk that pulled it: what the tests of the export share."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from click.testing import CliRunner

from boards.model.calendar.civil_day import civil_day
from boards.model.payouts import PayStatus
from kiosk_server.cli import county_command, kiosk_command
from kiosk_server.demo import county as demo
from sync.county.land.case_folder import case_folder
from sync.county.land.proposing import propose_case
from sync.county.publish import changes, publisher
from sync.county.publish.land_notices import propose_withdrawal
from sync.wire import Reason
from tests.founding import found, opened
from tests.land.land_house import DEMO, L1, noon, stage
from tests.land.test_land_attachments import drawing
from tests.line.county_sim import NOW, published, row
from tests.trust.trust_house import paired

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.county.county import County

VILLAGE, NEIGHBOUR = "330590200201", "330590200202"
YEAR, NEXT = 2025, 2026
BATCH = "330590-farmland_fertility-{}"
REASON = Reason(code="county", text="面积登记有误")


def _rows(first: int, count: int, **values):
    return [row(number, village=VILLAGE, **values) for number in range(first, first + count)]


def _through(county: County, made, now: datetime = NOW) -> None:
    publisher.review(county, made.id, now)
    publisher.publish(county, made.id, now)


def _lists(county: County) -> None:
    """A list that was corrected, one that was taken back, one with an erased line, one applied for, one of 2024."""
    published(county, _rows(0, 6), "2025-01")
    published(county, _rows(10, 3), "2025-02")
    published(county, _rows(20, 4), "2025-03")
    published(county, _rows(30, 2, amount_fen=0), "2025-05", phase='"application"', paid_on=None)
    published(county, _rows(40, 2), "2024-01", fiscal_year=2024, paid_on="2024-12-01")
    _corrected(county)
    _through(county, changes.withdraw_list(county, VILLAGE, BATCH.format("2025-02"), REASON, NOW))
    _through(county, changes.erase(county, VILLAGE, BATCH.format("2025-03-0002"), REASON, NOW))


def _corrected(county: County) -> None:
    """A line of the list gets another amount: the list's second edition."""
    rec = BATCH.format("2025-01-0003")
    fixed = msgspec.structs.replace(row(2, village=VILLAGE).payout, amount_fen=50_000, status=PayStatus.PAID)
    _through(county, changes.correct(county, VILLAGE, rec, fixed, REASON, NOW))


def _whole_year(county: County, folder: Path) -> None:
    """Everything an inspector may meet."""
    _lists(county)
    _case(folder)
    _land(county, folder, noon("2025-11-10"), noon("2026-03-10"))


def land_on(county: County, folder: Path, day: datetime) -> None:
    """Nothing but what of a land case may be posted by a day."""
    _case(folder)
    _land(county, folder, day)


def full_year(county: County, folder: Path) -> None:
    """A year as large as a village's: twelve lists of two hundred lines, scans of fifteen megabytes each."""
    for month in range(1, 13):
        published(county, _rows(month * 300, 200), f"2025-{month:02d}")
    case = _case(folder)
    names = [f"扫描件{n}.png" for n in range(4)]
    for name in names:
        (folder / "case" / name).write_bytes(drawing() + random.Random(name).randbytes(15 << 20))
    stage(case, "start").update(attachments=names)
    (folder / "case" / "case.json").write_text(json.dumps(case, ensure_ascii=False), "utf-8")
    _land(county, folder, noon("2025-10-01"))


def _small_year(county: County, folder: Path) -> None:
    """A list, and a notice that was taken back."""
    published(county, _rows(0, 2), "2025-01")
    case = _case(folder)
    _land(county, folder, noon("2025-10-01"))
    doc_no = stage(case, "start")["doc_no"]
    _through(county, propose_withdrawal(county, doc_no, REASON, NOW))


def _case(folder: Path) -> dict[str, Any]:
    """A land case with a drawing, as its clerk has it in a folder."""
    shutil.copytree(L1, folder / "case")
    (folder / "case" / "界址图.png").write_bytes(drawing())
    told = {"attachments": ["界址图.png"], "secrecy_review": "县资规局保密员 2025-09-20"}
    case = json.loads((folder / "case" / "case.json").read_text("utf-8"))
    for name in ("start", "plan"):
        stage(case, name).update(told)
    (folder / "case" / "case.json").write_text(json.dumps(case, ensure_ascii=False), "utf-8")
    return case


def _land(county: County, folder: Path, *days: datetime) -> None:
    """What may be posted on each of these days."""
    for now in days:
        for fate in propose_case(county, case_folder(folder / "case" / "case.json"), now):
            if fate.proposal is not None:
                _through(county, fate.proposal, now)


@dataclass(frozen=True)
class YearHouse:
    """A folder with a county and a kiosk of the village."""

    folder: Path

    @classmethod
    def small(cls, folder: Path) -> YearHouse:
        """One list and one notice: what a golden bag needs."""
        return cls.founded(folder, "", _small_year)

    @classmethod
    def founded(
        cls, folder: Path, database: str = "", publish: Callable[[County, Path], None] = _whole_year
    ) -> YearHouse:
        """The county published, the kiosk pulled."""
        county = found(folder / "county", DEMO / "pack", "", noon("2025-09-01"))
        publish(county, folder)
        house = cls(folder)
        house.settings.parent.mkdir(exist_ok=True)
        home = demo.home_village(county, VILLAGE)
        toml = demo.kiosk_toml(county, home, "", 0, database).replace('url = ""', 'folder = "../county/feed"')
        paired(house.settings, re.sub(r"villages = .*", f'villages = ["{VILLAGE}"]', toml), county)
        code, told = house.kiosk("sync")
        assert code == 0, told
        (folder / "as-of").write_text(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        return house

    @property
    def as_of(self) -> str:
        """The moment as of which tests export: when all had come."""
        return (self.folder / "as-of").read_text()

    def name(self, year: int = YEAR) -> str:
        """What the bag is called."""
        return f"{VILLAGE}_竹垓村_{year}年_{civil_day(datetime.fromisoformat(self.as_of))}"

    def copied(self, folder: Path) -> YearHouse:
        """The same, going its own way from here."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return YearHouse(folder)

    @property
    def county(self) -> County:
        return opened(self.folder / "county")

    @property
    def settings(self) -> Path:
        return self.folder / "kiosk" / "kiosk.toml"

    @property
    def data(self) -> Path:
        return self.settings.parent / "data"

    @property
    def database(self) -> Path:
        return self.data / "archive.sqlite3"

    def kiosk(self, *words: object) -> tuple[int, str]:
        """Type a command of the kiosk; exit code and what was said."""
        done = CliRunner().invoke(kiosk_command, [*map(str, words), "--settings", str(self.settings)])
        return done.exit_code, done.output

    def exports(self, into: Path, *words: object, year: int = YEAR, as_of: str = "") -> tuple[int, str]:
        """`kiosk export` of the year, as of a moment."""
        into.mkdir(exist_ok=True)
        about = ("--year", year, "--to", into, "--as-of", as_of or self.as_of)
        return self.kiosk("export", *about, *words)

    def exported(self, into: Path, *words: object, year: int = YEAR) -> Path:
        """The finished bag."""
        code, told = self.exports(into, *words, year=year)
        assert code == 0, told
        return into / self.name(year)

    def at_the_county(self, into: Path, *words: object, year: int = YEAR) -> tuple[int, str]:
        """`county export` of the same."""
        into.mkdir(exist_ok=True)
        about = ["export", "--folder", self.folder / "county", "--village", VILLAGE, "--year", year]
        done = CliRunner().invoke(
            county_command, [*map(str, [*about, "--to", into, "--as-of", self.as_of, *words])]
        )
        return done.exit_code, done.output


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
