"""From the county's spreadsheets to the board, the phone and the paper, through the front door."""

from __future__ import annotations

import csv
import gzip
import html
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from boards.model.privacy.numbers import numbers_in
from kiosk_server.kiosk import open_kiosk
from kiosk_server.settings import read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.stories.conftest import ROOT, Shown, run
from tests.web.conftest import at_leisure, served

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.thorough

ROSTERS = ROOT / "deploy" / "demo" / "rosters"
# what the five rosters add up to, as their own total rows say (05 has none: the sum of its cells)
ROSTER_SUMS_FEN = {"01": 12449812, "02": 73960000, "03": 41413200, "04": 34519094, "05": 1840400}
HOME = "330590100201"


def private_values() -> set[str]:
    """Every run of eleven and more digits in the county's own files: IDs, cards, mobile numbers."""
    found: set[str] = set()
    for path in ROSTERS.glob("*"):
        if path.suffix == ".csv":
            cells = [c for row in csv.reader(path.read_text("gb18030").splitlines()) for c in row]
        elif path.suffix in {".xls", ".xlsx"}:
            book = CalamineWorkbook.from_path(path)
            cells = [
                str(c)
                for name in book.sheet_names
                for row in book.get_sheet_by_name(name).to_python()
                for c in row
            ]
        else:
            continue
        found.update(run for cell in cells for run in re.findall(r"\d{11,18}[Xx]?", cell))
    assert len(found) > 1000
    return found


TYPED = re.compile(r"/say/|[?&](q|code)=")
"""Speech, and what a hand types on the pads: ten thousand million codes are not walked."""


class Walked:
    """Every page that can be reached from the home page, as one door shows it."""

    def __init__(self, demo: Shown, now: datetime, log: Path, *, lan: bool = False) -> None:
        settings = read_settings(demo.settings)
        kiosk = open_kiosk(settings, lambda: now)
        self.pages: dict[str, str] = {}
        try:
            with (
                log.open("w") as file,
                served(
                    lambda port: web_app(kiosk, port, Logbook(file, lambda: now), ticks=at_leisure())
                ) as site,
            ):
                todo = [f"/v/{HOME}/"]
                while todo:
                    path = todo.pop()
                    if path in self.pages:
                        continue
                    got = site.get(path, lan=lan)
                    assert got.status in {200, 303}, (path, got.status)
                    told = got.headers.get("content-type", "").startswith("text/html")
                    text = got.body.decode("utf-8") if told else ""  # sheets and speech are read elsewhere
                    self.pages[path] = html.unescape(text)
                    assert len(self.pages) < 10_000, path
                    links = re.findall(r'href="([^"#]*)', text)
                    todo += [
                        link
                        for link in map(html.unescape, links)
                        if link.startswith(("/v/", "/N/")) and not TYPED.search(link)
                    ]
        finally:
            kiosk.close()

    @property
    def text(self) -> str:
        return "\n".join(self.pages.values())

    @property
    def households(self) -> set[str]:
        return {path for path in self.pages if re.fullmatch(r"/v/\d+/households/\d+", path)}


NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def walked(demo: Shown, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    return Walked(demo, NOW, tmp_path_factory.mktemp("log") / "log")


def test_every_fen_of_the_rosters_is_accounted_for(demo: Shown) -> None:
    """Shown and left out, over all villages, are to the fen what the county's files say."""
    villages = demo.summary["villages"]
    assert sum(one["source_total_fen"] for one in villages) == sum(ROSTER_SUMS_FEN.values())
    assert all(one["source_total_fen"] == one["sum_fen"] + one["left_out_fen"] for one in villages)
    assert len(villages) == 12
    assert all(0 < one["households"] <= one["rows"] for one in villages)


def test_a_second_run_does_nothing_twice(demo: Shown) -> None:
    """What is founded, published, pulled and printed stays as it is, file by file."""

    def state() -> dict[str, tuple[int, int]]:
        kept = [*demo.feed.rglob("*"), *(demo.folder / "kiosk" / "data" / "print").iterdir()]
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in kept if p.is_file()}

    before = state()
    done = demo.again()
    assert done.returncode == 0, done.stderr
    assert state() == before
    assert '"rows":83' in done.stdout


def test_the_sheets_of_the_demo_lie_where_the_village_prints(demo: Shown, tmp_path: Path) -> None:
    """In the folder that is told, which is `kiosk print`'s own; nothing is left where the demo was started."""
    about = ("--folder", demo.folder, "--database", demo.database, "--data", ROOT / "deploy" / "demo")
    told = run("kiosk", "demo", "--once", *about, cwd=tmp_path)
    assert [*tmp_path.iterdir()] == [], told.stderr
    where = {path.rpartition("/")[0] for path in demo.summary["pdfs"]}
    assert where == {str(demo.folder / "kiosk" / "data" / "print")}
    assert all(f"打印件：{path}" in told.stdout for path in demo.summary["pdfs"])
    printed = run("kiosk", "print", "--settings", demo.settings).stdout
    assert {line.rpartition("/")[0] for line in printed.split("打印件：")[1:]} == where
    assert all(Path(path).exists() for path in demo.summary["pdfs"] if "卫生院" in path), "taken down again"
    assert not (demo.folder / "kiosk" / "print").exists()


def test_no_private_number_leaves_the_county(demo: Shown, walked: Walked, tmp_path: Path) -> None:
    """No ID, card or mobile number of the rosters is in the feed, a page, a sheet, the archive or a log."""
    texts = {"pages": walked.text, "messages": demo.said}
    for path in demo.feed.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            texts[f"feed {path.name}"] = (gzip.decompress(data) if path.suffix == ".gz" else data).decode(
                "latin-1"
            )
    kiosk = demo.folder / "kiosk"
    for path in (
        *kiosk.rglob("*"),
        *(kiosk / "data" / "press" / "fonts").glob("*/*"),
    ):  # the fonts are a link
        if path.is_file() and path.suffix != ".pdf":
            texts[path.name] = path.read_bytes().strip(b"\0").decode("latin-1")  # the reserve is all zeros
    for pdf in demo.summary["pdfs"]:
        texts[pdf] = subprocess.run(
            ["pdftotext", pdf, "-"], capture_output=True, text=True, check=True
        ).stdout
    pattern = re.compile("|".join(sorted(private_values())))
    for name, text in texts.items():
        assert not pattern.search(text), name
    assert not numbers_in(re.sub(r"<[^>]*>", " ", walked.text))


def test_the_walk_can_fail(walked: Walked) -> None:
    """The same search does find a number that is put there."""
    leaked = next(iter(private_values()))
    assert leaked in walked.text + leaked
    assert numbers_in("身份证号 330590196612258287")


def test_the_board_shows_every_list_and_household(walked: Walked) -> None:
    """From the home page every list of the village is reached, and every household on them."""
    lists = [path for path in walked.pages if "/payouts/" in path and "?" not in path]
    people = walked.households
    assert len(lists) == 4
    assert len(people) >= 45
    assert "花名册合计" in walked.text
    assert "总额核对一致" in walked.text
    assert "35,813.26" in walked.text


def test_a_phone_sees_the_same(demo: Shown, walked: Walked, tmp_path: Path) -> None:
    """The LAN door shows the same households and sums, twenty lines a page."""
    phone = Walked(demo, NOW, tmp_path / "log", lan=True)
    assert phone.households == walked.households
    assert "35,813.26" in phone.text


def test_a_list_leaves_the_board_on_its_day(demo: Shown, tmp_path: Path) -> None:
    """When its window has ended the names are gone, though nothing was published; the totals stay."""
    late = Walked(demo, datetime(2027, 5, 29, 1, 0, tzinfo=UTC), tmp_path / "log")
    path = f"/v/{HOME}/payouts/330590-farmland_fertility-2025-01"
    on_the_last_day = Walked(demo, datetime(2027, 5, 28, 15, 59, tzinfo=UTC), tmp_path / "log2")
    assert "邱梅" in on_the_last_day.pages[path]
    assert "邱梅" not in late.text
    assert "35,813.26" in late.pages[path]


@pytest.mark.parametrize("printed", ["耕地地力", "征地补偿安置公告"])
def test_the_qr_on_the_sheet_opens_the_sheet(demo: Shown, tmp_path: Path, printed: str) -> None:
    """Scanned from paper, the code leads to the page that shows the same 校验码, a land notice's too."""
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    pdf = next(p for p in demo.summary["pdfs"] if printed in p)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-f", "1", "-l", "1", pdf, tmp_path / "sheet"], check=True
    )
    (picture,) = tmp_path.glob("sheet*.png")
    (found,) = zxingcpp.read_barcodes(image.open(picture))
    code = re.search(r"/N/(\d{10})/", found.text)
    assert code
    text = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    check = re.search(r"校验码\s*([0-9A-F]{4})-([0-9A-F]{4})", text)
    assert check
    settings = read_settings(demo.settings)
    kiosk = open_kiosk(settings, lambda: NOW)
    try:
        with (
            (tmp_path / "log").open("w") as log,
            served(lambda port: web_app(kiosk, port, Logbook(log, lambda: NOW))) as site,
        ):
            page = site.get(f"/n/{code[1]}").body.decode()
    finally:
        kiosk.close()
    assert f"{check[1]}-{check[2]}" in page


def broken(demo: Shown, tmp_path: Path) -> Path:
    """A copy of the kiosk that reads the county's feed from a folder, to be spoilt."""
    shutil.copytree(demo.folder, tmp_path / "demo", symlinks=True, ignore=shutil.ignore_patterns("reserve"))
    toml = tmp_path / "demo" / "kiosk" / "kiosk.toml"
    text = re.sub(r"^url = .*$", 'folder = "../county/feed"', toml.read_text("utf-8"), flags=re.MULTILINE)
    toml.write_text(text, "utf-8")
    return toml


@pytest.mark.sqlite
def test_a_changed_byte_is_refused_and_the_board_stays(
    demo: Shown, tmp_path: Path, kept_fonts: Callable[[Path], None]
) -> None:
    """A feed changed by one byte is not taken in; what was on the board stays."""
    toml = broken(demo, tmp_path)
    feed = tmp_path / "demo" / "county" / "feed" / "v" / HOME
    shutil.rmtree(tmp_path / "demo" / "kiosk" / "data")
    kept_fonts(tmp_path / "demo" / "kiosk" / "data" / "press")
    bundle = next(feed.rglob("*.ndjson.gz"))
    lines = gzip.decompress(bundle.read_bytes())
    bundle.chmod(0o644)
    bundle.write_bytes(gzip.compress(lines.replace("邱梅".encode(), "丘梅".encode(), 1)))
    done = run("kiosk", "sync", "--settings", toml)
    assert done.returncode == 2
    assert HOME in done.stderr
    assert "本村公开内容不变" in done.stderr
    assert "✓ 330590100202" in done.stdout  # the other villages' logs are sound


def test_an_unknown_village_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """`--village` with a name nobody knows is one sentence with the names to choose from, exit 2."""
    done = run("kiosk", "demo", "--once", "--folder", tmp_path / "demo", "--village", "没有的村")
    assert done.returncode == 2
    assert "岭东村" in done.stderr
