"""The kiosk's commands from the outside: sync, serve, rebuild, doctor; what they print and how they end."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Refusal
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.arrival_book import book_of
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import writer
from kiosk_server.cli import Commands
from kiosk_server.cli import kiosk_command as kiosk
from kiosk_server.cli.kiosk.examination import examined
from kiosk_server.cli.kiosk.sync import exit_code, told
from kiosk_server.demo import county as demo
from kiosk_server.demo import land_case as demo_land
from kiosk_server.desk.after_pull import move_clock_on
from kiosk_server.desk.catch_up import Arrival
from kiosk_server.desk.clock_walk import ClockWalk
from kiosk_server.desk.last_contact import Heard
from kiosk_server.kiosk import VillageNotInPack, database, open_kiosk, open_pack
from kiosk_server.release import BUILT
from kiosk_server.serving.sockets import DoorNotOpened, PortInUse, open_doors
from kiosk_server.settings import Web, read_settings
from kiosk_server.web.app import present
from sync.county.county import open_county
from sync.county.heartbeat import beat
from sync.importer import Caught, LogForked, LogShorter
from sync.seams import Admitted
from tests.processes import descendants, left, zombies
from tests.trust.trust_house import paired
from tests.village import MASK, PACK, dump

pytestmark = pytest.mark.thorough

DATA = Path(__file__).parents[2] / "deploy" / "demo"
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def archive_of(home):
    """The database that the settings name."""
    return database(read_settings(home.settings))


def run(*args: str):
    return CliRunner().invoke(kiosk, list(args))


@pytest.fixture(scope="module")
def home(tmp_path_factory, kept_fonts, new_database):
    """A county that has published one roster and a land case, and a kiosk that reads its folder."""
    home = tmp_path_factory.mktemp("demo")
    place = demo.Demo(data=DATA, county=home / "county", kiosk=home / "kiosk", land=home / "land")
    county = demo.founded(place, NOW)
    demo.published(county, place.rosters[1], NOW, lambda _text: None)
    case = demo_land.dated_case(DATA / "land", place.land, county, NOW.date())
    demo_land.published_case(county, case, NOW, lambda _text: None)
    village = demo.home_village(county, "岭东村")
    kept_fonts(place.kiosk / "data" / "press")
    toml = demo.kiosk_toml(county, village, "", 0, new_database()).replace(
        'url = ""', 'folder = "../county/feed"'
    )
    paired(place.settings, toml, county)
    return place


@pytest.fixture(scope="module")
def synced(home):
    """The kiosk after its first sync, and what that printed."""
    return run("sync", "--settings", str(home.settings))


def test_sync_tells_what_came(synced):
    """The first sync ends with 0, names the pack that came, and has one line a village, naming nobody."""
    assert synced.exit_code == 0, synced.output
    pack, *lines = synced.output.splitlines()
    assert pack.startswith("✓ 收到了县里的资料包 ")
    assert len(lines) == 12
    assert all(line.startswith(("✓ 3305901", "✓ 3305902")) for line in lines)
    assert "公开 1 批" in synced.output
    assert synced.output.count("，征地公告 4 份") == 2


def test_sync_brings_the_files_of_notices(home, synced):
    """The sketch of the land case lies in the vault under its digest, as it was handed in."""
    sketch = (DATA / "land" / "界址示意图.png").read_bytes()
    (kept,) = (home.kiosk / "data" / "vault").glob("??/*")
    assert kept.read_bytes() == sketch


def test_print_puts_lists_and_notices_into_a_folder(home, synced, tmp_path):
    """The village's own by itself, another one by its code, nothing twice; a village elsewhere is refused."""
    asked = ("print", "--settings", str(home.settings), "--into", str(tmp_path))
    first = run(*asked)
    assert first.exit_code == 0, first.output
    printed = {path: path.stat() for path in tmp_path.iterdir()}
    assert sorted(path.name[12:-15] for path in printed if "卫生院" in path.name) == [
        "征地补偿安置公告_2026-11-13张贴",
        "征地补偿登记通告_2026-11-16张贴",
    ]  # the two before them have had their days
    assert first.output.endswith(f"✓ 岭东村：{len(printed)} 份\n")
    assert run(*asked).output == first.output
    assert {path: path.stat() for path in tmp_path.iterdir()} == printed
    other = run(*asked, "--village", "330590100203")
    assert "✓ 石垟村" in other.output
    assert run(*asked, "--village", "330590999999").exit_code == 2


@pytest.mark.parametrize(
    ("then", "lists", "notices"),
    [(NOW + timedelta(days=390), 0, 1), (NOW.replace(year=2099), 0, 2), (NOW.replace(year=1970), 1, 2)],
)
@pytest.mark.usefixtures("synced")
def test_a_list_is_not_printed_after_its_window(home, tmp_path, monkeypatch, then, lists, notices):  # noqa: PLR0917
    """Names that left the board do not come back on paper; with a clock gone wrong neither do those that look so."""
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: then)
    done = run("print", "--settings", str(home.settings), "--into", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert len([path for path in tmp_path.iterdir() if "公示表" in path.name]) == lists
    assert len([path for path in tmp_path.iterdir() if "卫生院" in path.name]) == notices


def test_a_second_sync_brings_nothing(home, synced):
    """Nothing new is said so, and nothing is written."""
    before = Board(archive_of(home), MASK)
    version = before.state_version()
    again = run("sync", "--settings", str(home.settings))
    assert (again.exit_code, before.state_version()) == (0, version)
    before.close()
    assert again.output.count("没有新内容") == 12


@pytest.mark.usefixtures("synced")
def test_a_pull_that_failed_is_no_word_from_the_county(home):
    """What the board says of its lists' age moves with a pull that reached the county, and with no other."""
    note, feed = home.kiosk / "data" / "heard", home.county / "feed"
    long_ago = "2026-11-01T00:00:00+00:00"
    note.write_text(long_ago)
    away = feed.rename(feed.with_name("away"))
    failed = run("sync", "--settings", str(home.settings))
    away.rename(feed)
    beat(open_county(home.county), NOW)
    assert (failed.exit_code, note.read_text()) == (2, long_ago)
    assert run("sync", "--settings", str(home.settings)).exit_code == 0
    assert note.read_text() != long_ago


def test_sync_moves_the_trusted_clock_on(home, synced):
    """After a verified import the trusted floor is the signed instant of what came, never before it."""
    board = Board(archive_of(home), MASK)
    assert board.trusted_floor() == NOW
    board.close()


@pytest.mark.usefixtures("synced")
def test_a_right_clock_is_believed_after_a_quiet_year(home, tmp_path, monkeypatch):
    """430 days on which the county publishes nothing: pulls bring nothing and raise no floor, and nothing is suspect."""
    folder, then = home.kiosk / "data", NOW + timedelta(days=430)
    heard = (folder / "heard").read_text()
    for command in ("sync", "print", "doctor"):
        monkeypatch.setattr(f"kiosk_server.cli.kiosk.{command}.clock", lambda: then)

    def clock_of_doctor():
        told = run("doctor", "--settings", str(home.settings)).output.splitlines()
        return next(line for line in told if "时钟" in line)

    board = Board(archive_of(home), MASK)
    try:
        assert clock_of_doctor().startswith("✗")
        up = [0.0]
        for start in range(0, 430, 43):
            walk = ClockWalk(folder, lambda: up[0])
            for day in range(start, start + 44):
                up[0] = day * 86400.0
                moment = present(board, NOW + timedelta(days=day), seen=walk.seen)
                assert (moment.clock_suspect, moment.day) == (False, civil_day(NOW + timedelta(days=day)))
        pulled = run("sync", "--settings", str(home.settings))
        assert (pulled.exit_code, "trust-expired" in pulled.output) == (1, True), pulled.output
        assert (clock_of_doctor(), board.trusted_floor()) == (f"✓ 时钟：{civil_day(then)}", NOW)
        done = run("print", "--settings", str(home.settings), "--into", str(tmp_path))
        assert "公示表" not in "".join(path.name for path in tmp_path.iterdir()), done.output
    finally:
        board.close()
        (folder / "walked").unlink()
        (folder / "heard").write_text(heard)


def test_verify_finds_touched_rows_and_sets_them_right(home, synced):
    """Exit code 0 while all is as it came; 1 once somebody's change was found, and 0 again: it was healed."""
    codes = [run("verify", "--settings", str(home.settings)).exit_code]
    with closing(writer(archive_of(home))) as db:
        db.execute("UPDATE payout SET leaf = leaf + 1 WHERE id = (SELECT min(id) FROM payout)")
    found = run("verify", "--settings", str(home.settings))
    codes += [found.exit_code, run("verify", "--settings", str(home.settings)).exit_code]
    assert codes == [0, 1, 0], found.output
    assert len(found.output.splitlines()) == 12
    assert found.output.count("本机数据被改动过（名单 1 处），已重做，现在逐行相符") == 1


@pytest.mark.sqlite
def test_verify_says_when_somebody_is_needed(home, synced):
    """Exit code 2 while the arrival book is gone, and 0 once somebody has looked and rebuilt."""
    book_of(archive_of(home)).unlink()
    codes = [
        run(verb, "--settings", str(home.settings)).exit_code for verb in ("verify", "rebuild", "verify")
    ]
    assert codes == [2, 0, 0]


def test_rebuild_gives_the_same_tables(home, synced):
    """`kiosk rebuild` says how many logs it projected, and the board shows the same sheets as before."""
    before = dump(archive_of(home))
    done = run("rebuild", "--settings", str(home.settings))
    assert (done.exit_code, "12 个村" in done.output) == (0, True)
    assert dump(archive_of(home)) == before


def test_doctor_finds_a_synced_kiosk_well(home, synced):
    """Every line of the doctor is ✓ once the kiosk has its data, in a file or in PostgreSQL; the four names are ours."""
    done = run("doctor", "--settings", str(home.settings))
    assert done.exit_code == 0, done.output
    assert all(line.startswith("✓ ") for line in done.output.splitlines())
    assert sum("属于 village-kiosk" in line for line in done.output.splitlines()) == 4
    in_file = not read_settings(home.settings).database
    assert ("另有储备 64 MB" in done.output) == in_file, "put by beside a file when the kiosk first synced"


@pytest.mark.sqlite
def test_doctor_names_the_fonts_a_county_should_install(home, tmp_path):
    """仿宋 and 小标宋 are a note with their names and where they go; what is there is not asked for again."""

    def told():
        (line,) = [one for one in run("doctor", "--settings", str(file)).output.splitlines() if "字库" in one]
        return line

    text = home.settings.read_text("utf-8")
    (file := home.settings.with_name("own_fonts.toml")).write_text(text, "utf-8")
    assert told().startswith("✓ 字库：齐全；")
    assert (
        "仿宋 FangSong_GB2312（存为 body.ttf）、方正小标宋 FZXiaoBiaoSong（存为 title.ttf）放进一个文件夹"
        in told()
    )
    file.write_text(f'fonts_dir = "{tmp_path}"\n{text}', "utf-8")
    assert "放进kiosk.toml 的 fonts_dir 文件夹" in told()
    (tmp_path / "title.otf").touch()
    assert "小标宋" not in told()
    (tmp_path / "body.ttf").touch()
    assert told() == "✓ 字库：齐全"


def test_doctor_tells_what_is_wrong(home, synced, tmp_path):
    """No root of trust, no archive, no pack, and a clock of 1970 are each found, each with advice."""
    text = home.settings.read_text("utf-8").replace("../county", str(home.county))
    settings = tmp_path / "kiosk.toml"
    settings.write_text(text, "utf-8")
    unwell = {finding.what for finding in examined(settings, NOW) if not finding.well}
    missing = (
        set() if read_settings(home.settings).database else {"档案库", "县级资料包", "征地信息", "登记"}
    )  # a server's is there from any folder
    assert unwell == {"信任"} | missing
    assert run("doctor", "--settings", str(settings)).exit_code == 1
    at_1970 = examined(home.settings, datetime(1970, 1, 1, tzinfo=UTC))
    assert [one.what for one in at_1970 if not one.well] == ["时钟"]


@contextmanager
def serving(home, name: str, before: str = ""):
    """`kiosk serve` as a process of its own that has said where it serves: the process, its settings and port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = home.kiosk / f"{name}.toml"
    settings.write_text(
        home.settings.read_text("utf-8").replace("kiosk_port = 0", f"kiosk_port = {port}"), "utf-8"
    )
    start = f"{before}; from kiosk_server.cli import kiosk_command as kiosk; kiosk()"
    command = [sys.executable, "-c", start.removeprefix("; "), "serve", "--settings", str(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert f"http://127.0.0.1:{port}/v/" in child.stdout.readline()
            yield child, settings, port
        finally:
            child.kill()


def test_serve_answers_stops_on_request_and_refuses_a_taken_port(home, synced, tmp_path):
    """`kiosk serve` prints its address, answers there, ends with 0 on SIGTERM; a second one is refused."""
    with serving(home, "serve") as (child, settings, port):
        told_health = json.loads(_got(port, "/healthz"))
        second = run("serve", "--settings", str(settings))
        os.kill(child.pid, signal.SIGTERM)
        _, errors = child.communicate(timeout=20)
    assert (told_health["database"], told_health["logs"]) == ("ok", 12)
    assert child.returncode == 0
    assert [json.loads(line)["event"] for line in errors.splitlines()][:1] == ["started"]
    assert second.exit_code == 2
    assert "已被别的程序占用" in second.output
    assert "port-in-use" in second.output


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_serve_leaves_no_process_behind(home, synced, asked):
    """Asked to end, or killed: the press that drew a sheet ends with it, and was no zombie while it ran."""
    village = read_settings(home.settings).villages[0]
    with closing(Board(archive_of(home), MASK)) as board:
        code = board.sheets(village)[0].code
    shutil.rmtree(home.kiosk / "data" / "press" / "pdf", ignore_errors=True)  # else it is kept for a minute
    with serving(home, f"stop{asked}") as (child, _, port):
        assert _got(port, f"/v/{village}/sheets/{code}.pdf").startswith(b"%PDF")
        started = descendants(child.pid)
        assert len(started) >= 2, "the press and what starts it"
        assert zombies(started) == set()
        os.kill(child.pid, asked)
        _, errors = child.communicate(timeout=20)
    assert "Traceback" not in errors
    assert child.returncode == (-asked if asked == signal.SIGKILL else 0)
    assert left(started) == set()


def _got(port: int, path: str, language: str = "zh_CN") -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Cookie": f"language={language}"})
        return connection.getresponse().read()
    finally:
        connection.close()


UNNEEDED = {
    "aiosqlite", "babel", "cryptography", "dotenv", "fontTools", "h11", "httpx", "jinja2", "openpyxl", "piccolo",
    "PIL", "polyfactory", "pydantic", "pypinyin", "python_calamine", "reportlab", "rich", "uharfbuzz", "urllib3",
    "watchfiles", "websockets", "xlrd", "anyio._backends", "difflib", "http.client", "pyexpat", "urllib.request",
    "kiosk_server.archive.archive", "kiosk_server.archive.projection", "kiosk_server.archive.schema.tables",
    "kiosk_server.archive.kept.register",
    "kiosk_server.county_office", "kiosk_server.desk.catch_up", "kiosk_server.desk.trusting", "sync.county",
    "sync.carriers", "sync.importer", "sync.trust", "securesystemslib", "tuf",
}  # fmt: skip
"""What only imports, prints, signs, or offers other programs what this one does not use: 60 MiB of it."""


def test_the_serving_process_loads_nothing_it_does_not_need(home, synced):
    """A board that has shown pages of every kind in both languages holds no library and no room it does not use."""
    before = "import atexit, sys; atexit.register(lambda: print(*sys.modules))"
    village = read_settings(home.settings).villages[0]
    with serving(home, "modules", before) as (child, _, port):
        for language in ("zh_CN", "en"):
            home_page = _got(port, f"/v/{village}/", language).decode()
            assert f'lang="{"en" if language == "en" else "zh-Hans-CN"}"' in home_page
            found = set(re.findall(r'href="(/v/[^"]+|/static/[^"]+)"', home_page))
            for path in sorted(
                found
                | {"/openapi.json"}
                | {f"/v/{village}/{page}" for page in ("land", "search?q=x", "initials", "json/programmes")}
            ):
                _got(port, path, language)
        os.kill(child.pid, signal.SIGTERM)
        loaded, _ = child.communicate(timeout=20)
    names = set(loaded.split())
    other = "sqlite" if read_settings(home.settings).database else "postgres"
    assert "litestar" in names
    assert sorted((UNNEEDED | {f"kiosk_server.archive.engines.{other}"}) & names) == []


def test_a_taken_port_closes_the_other_door_again():
    """When the LAN port is taken, the loopback door does not stay open behind it."""
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        port, kiosk_port = taken.getsockname()[1], free.getsockname()[1]
        free.close()
        with pytest.raises(PortInUse):
            open_doors(Web(kiosk_port=kiosk_port, lan_host="127.0.0.1", lan_port=port))
        for one in open_doors(Web(kiosk_port=kiosk_port)):
            one.close()


def test_an_address_that_is_not_ours_is_refused():
    """A LAN address of another machine is one sentence, not a traceback."""
    with pytest.raises(DoorNotOpened):
        open_doors(Web(kiosk_port=0, lan_host="192.0.2.1", lan_port=8081))


def test_a_refusal_is_one_line_and_exit_code_2(tmp_path):
    """A missing kiosk.toml is told on one line of stderr with its code."""
    done = run("sync", "--settings", str(tmp_path / "none.toml"))
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "settings-missing" in done.stderr


def test_our_own_mistake_leaves_a_report_without_values(tmp_path, monkeypatch):
    """An unexpected error is two lines and a file with places in the code; what it quoted is in neither."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    quoted = "张三"
    broken = kiosk.get_command(None, "rebuild")
    group = Commands("kiosk", ("rebuild",), name="kiosk")
    group.get_command = lambda _ctx, _name: broken
    monkeypatch.setattr(broken, "callback", lambda path: int(quoted))
    done = CliRunner().invoke(group, ["rebuild"])
    (report,) = tmp_path.glob("village-kiosk-report-*.txt")
    assert done.exit_code == 3
    assert "ValueError" in done.stderr
    assert "kiosk rebuild" in report.read_text("utf-8")
    assert "张三" not in done.stderr + report.read_text("utf-8")


def test_a_pack_that_lists_none_of_our_villages_is_refused(home):
    """kiosk.toml cannot name villages of another county alone."""
    settings = read_settings(home.settings)
    with pytest.raises(VillageNotInPack):
        open_pack(msgspec.structs.replace(settings, villages=("990523999999",)))


@pytest.mark.usefixtures("synced")
def test_a_village_the_pack_does_not_list_stops_no_other(home):
    """It is named by sync and doctor; the others are pulled, their boards open and know that the county was heard."""
    beat(open_county(home.county), NOW)
    (home.kiosk / "data" / "heard").unlink()
    text = home.settings.read_text("utf-8").replace('villages = ["', 'villages = ["990523999999","', 1)
    other = home.kiosk / "other.toml"
    other.write_text(text, "utf-8")
    done = run("sync", "--settings", str(other))
    assert done.exit_code == 2
    assert "县级资料包里没有这个村：990523999999" in done.stderr
    assert done.output.count("没有新内容") == 12
    assert Heard(home.kiosk / "data").at()
    assert "990523999999" in run("doctor", "--settings", str(other)).output
    with closing(open_kiosk(read_settings(other), lambda: NOW)) as opened:
        assert len(opened.settings.villages) == 12


def test_exit_codes_follow_the_worst_village():
    """0 when all is well or nothing is new, 1 when something is held or forked, 2 when something was refused."""
    well = Arrival(village="1", caught=Caught(village="1", before=0, size=0))
    held = Arrival(
        village="2", caught=Caught(village="2", before=0, size=9, admitted=(Admitted(held=("b",)),))
    )
    secret = Arrival(
        village="2", caught=Caught(village="2", before=0, size=9, admitted=(Admitted(quarantined=("b",)),))
    )
    forked = Arrival(village="3", refusal=LogForked(origin="x"))
    shorter = Arrival(village="4", refusal=LogShorter(got=1, here=2))
    assert [exit_code((well, one)) for one in (well, held, secret, forked, shorter)] == [0, 1, 1, 1, 2]
    assert "核对不符" in told(held)
    assert "隔离" in told(secret)
    assert isinstance(forked.refusal, Refusal)
    assert "分叉" in told(forked)


@pytest.mark.parametrize(
    ("clock", "issued", "floor"),
    [
        (NOW, NOW - timedelta(days=2), NOW - timedelta(days=2)),
        (NOW, NOW + timedelta(days=90), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW, NOW),
        (datetime(2099, 1, 1, tzinfo=UTC), NOW, NOW),
        (NOW, BUILT - timedelta(days=9), None),
        (datetime(1970, 1, 1, tzinfo=UTC), BUILT + timedelta(days=900), BUILT + timedelta(days=400)),
    ],
)
def test_the_trusted_clock_rises_with_what_was_signed(tmp_path, clock, issued, floor):
    """The floor rises to the newest signed instant, at most 400 days a step, and never past a good clock."""

    async def moved():
        async with Archive(tmp_path / "a.sqlite3", PACK, minimum_free_mb=0) as archive:
            board = Board(tmp_path / "a.sqlite3", MASK)
            try:
                made = await move_clock_on(archive, board, [Arrival(village="1", issued_at=issued)], clock)
                return made, board.trusted_floor()
            finally:
                board.close()

    made, kept = asyncio.run(moved())
    assert made == floor
    assert kept == (floor or datetime(1970, 1, 1, tzinfo=UTC))
