"""A kiosk and its county's keys and pack: they come with the pull, and nothing wrong with them darkens a board."""

import asyncio
import json
import sqlite3
from contextlib import closing
from io import StringIO
from urllib.parse import quote

import msgspec
import pypdfium2
import pytest
from click.testing import CliRunner

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.engines.connection import reader, writer
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.schema.versions import done_migrations
from kiosk_server.archive.trust_files import files_of
from kiosk_server.cli import kiosk_command
from kiosk_server.cli.kiosk.migrate import migrated_by_a_child
from kiosk_server.county_office.feed import feed_app
from kiosk_server.desk.last_contact import Heard
from kiosk_server.kiosk import database, open_archive, open_kiosk, open_trust
from kiosk_server.settings import read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.importer import catch_up
from sync.log.keys import new_key
from sync.log.note import Note, parse
from sync.pack import pack_files, packed
from sync.trust.repository import Repository, prepared_seated, prepared_targets, signer_of
from sync.trust.statement import Seat
from sync.trust_layout import PACK, STATEMENT
from tests.founding import PASSPHRASES, ROOT
from tests.line.county_sim import NOW, OTHER, VILLAGE, county, published, row
from tests.trust.trust_house import paired, publish_pack, read_key, signed_by
from tests.web.conftest import served

pytestmark = pytest.mark.thorough

TOML = """villages = ["{villages}"]
public_base_url = "https://disclosure.example"
minimum_free_mb = 0
database = {database}

[feed]
{feed}

[web]
kiosk_port = 0
"""
HOME = f"/v/{VILLAGE}/"


class Place:
    """A county, and one kiosk of it at its own folder."""

    def __init__(self, folder, new_database):
        self.county, self.toml = county(folder / "county"), folder / "kiosk" / "kiosk.toml"
        self.database = json.dumps(new_database())
        published(self.county, [row(n) for n in range(4)])
        published(self.county, [row(n, village=OTHER) for n in range(3)], "2025-03")
        self.toml.parent.mkdir()
        self.serves(VILLAGE, OTHER)

    def serves(self, *villages, feed=""):
        told = feed or f"folder = {json.dumps(str(self.county.feed))}"
        toml = TOML.format(villages='","'.join(villages), feed=told, database=self.database)
        if self.toml.exists():
            self.toml.write_text(toml)
        else:
            paired(self.toml, toml, self.county)

    @property
    def settings(self):
        return read_settings(self.toml)

    @property
    def data(self):
        return self.toml.parent / "data"

    def run(self, verb, *words):
        done = CliRunner().invoke(kiosk_command, [verb, "--settings", str(self.toml), *words])
        return done.exit_code, done.output

    def files(self):
        with closing(reader(database(self.settings))) as db:
            return files_of(db)

    def by_hand(self, statement, *values):
        with closing(writer(database(self.settings))) as db:
            assert db.execute(statement, values).rowcount

    def pack(self, old=b"", new=b"", version=b"2026-2"):
        """The county's pack with a change."""
        files = pack_files(self.county.folder / "pack")
        files["pack.toml"] = files["pack.toml"].replace(
            b'version = "2025.1"', b'version = "' + version + b'"'
        )
        files = {name: data.replace(old, new) if old else data for name, data in files.items()}
        assert version in files["pack.toml"]
        return files


@pytest.fixture
def place(tmp_path, new_database):
    return Place(tmp_path, new_database)


@pytest.fixture
def site(place):
    """The board, running."""
    clock = NOW.__class__.now
    with closing(open_kiosk(place.settings, lambda: clock(NOW.tzinfo), waits=True)) as kiosk:

        def made(port):
            return web_app(kiosk, port, Logbook(StringIO(), kiosk.clock), renewed=kiosk.renewed)

        with served(made) as running:
            yield running


def text(answer):
    return answer.body.decode()


def test_a_kiosk_that_has_pulled_nothing_waits_calmly(place, site):
    """Both languages, no alarm, and the board is there by itself after the first pull."""
    assert migrated_by_a_child(place.toml) == 0  # as `kiosk serve` does
    waiting = site.get(HOME)
    assert (waiting.status, "正在等县里发来公开内容" in text(waiting)) == (503, True)
    assert "waits for what the county publishes" in text(site.get("/", cookie="language=en"))
    assert (site.get("/language/en?back=/").status, site.get("/healthz").status) == (303, 200)
    assert 'http-equiv="refresh"' in text(site.get("/", lan=True, host="disclosure.example"))
    assert "nothing-from-county" in place.run("print")[1]
    assert place.run("sync")[0] == 0
    home = site.get(HOME)
    assert (home.status, "岭东村" in text(home), "资料包 2025.1" in text(home)) == (200, True, True)


def test_a_new_pack_is_lived_by_while_the_board_runs(place, site, kept_fonts):
    """All of it at once, with the next pull: names, masks, windows and its version, on pages and sheets."""
    people = f"{HOME}find/{quote('甲')}"
    kept_fonts(place.data / "press")
    assert place.run("sync")[0] == 0
    assert "甲一" in text(site.get(people))
    publish_pack(place.county, packed(place.pack(b'names = "full"', b'names = "one_star"')))
    exit_code, told = place.run("sync")
    assert (exit_code, told.startswith("✓ 收到了县里的资料包 2026-2\n")) == (0, True), told
    assert "资料包" not in place.run("sync")[1]
    assert "资料包 2026-2" in text(site.get(HOME))
    assert "甲一" not in text(site.get(people))
    assert "2026-2" in place.run("doctor")[1]
    with closing(open_kiosk(place.settings, lambda: NOW)) as kiosk:
        (head,) = kiosk.board.sheets(VILLAGE)
    printed = site.get(f"{HOME}sheets/{head.code}.pdf").body
    with closing(pypdfium2.PdfDocument(printed)) as pdf:
        assert "资料包 2026-2" in pdf[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no pack at all", "pack-not-whole"),
        (b'{"format":"county-pack/1","files":{"evil.sh":"rm"}}\n', "pack-not-whole"),
        ("none of ours", "pack-of-others"),
    ],
)
def test_a_bad_pack_that_both_signed_changes_nothing(place, site, content, code):
    """The last good one stays, the board says so to its people, and the lists of the same pull come."""
    assert place.run("sync")[0] == 0
    if content == "none of ours":
        files = place.pack()
        kept = [line for line in files["villages.csv"].splitlines() if line[:3] != b"330" or b"1002" in line]
        files = {name: data for name, data in files.items() if name not in {"contacts.csv", "land/cases.csv"}}
        content = packed({**files, "villages.csv": b"\n".join(_without(kept, VILLAGE, OTHER)) + b"\n"})
    published(place.county, [row(9)], "2025-04")  # a county that has a bad pack publishes nothing more
    publish_pack(place.county, content)
    exit_code, told = place.run("sync")
    assert (exit_code, code in told, "公开 1 批" in told) == (1, True, True), told
    home = text(site.get(HOME))
    assert "资料包 2025.1" in home
    assert "没有通过核对，先按原来的显示" in home
    assert [one.code for one in Heard(place.data).alarms()] == [code]
    assert "✗ 信任" in place.run("doctor")[1]
    assert json.loads(site.get("/healthz").body)["trust"] == "refused"
    publish_pack(place.county, packed(place.pack()))
    assert place.run("sync")[0] == 0
    home = text(site.get(HOME))
    assert ("资料包 2026-2" in home, "没有通过核对" in home) == (True, False)


def test_a_bad_register_that_both_signed_changes_nothing(place):
    """Nobody is let go by a register that contradicts itself; the lists of the same pull come."""
    assert place.run("sync")[0] == 0
    content = b'{"format":"county-register/1","county_code":"330590","serial":1,"kiosk":[]}'
    made = prepared_seated("register", content, NOW.now(NOW.tzinfo))
    signed_by(made, *(one.key for one in place.county.signers))
    online = signer_of(place.county.machine_key("online"))
    Repository(place.county.feed).adopt(
        {"register": made}, {"register.json": content}, online, NOW.now(NOW.tzinfo)
    )
    published(place.county, [row(9)], "2025-04")
    exit_code, told = place.run("sync")
    assert (exit_code, "county-register-wrong" in told, "公开 1 批" in told) == (1, True, True), told
    assert "targets/register.json" not in place.files()


def _without(lines, *codes):
    return [line for line in lines if not any(code.encode() in line for code in codes)]


def test_a_village_that_a_pack_drops_keeps_its_board(place, site):
    """Its lists are signed and hang; it is served by the last pack that named it, and everybody is told."""
    assert place.run("sync")[0] == 0
    files = place.pack()
    dropped = {
        name: b"\n".join(_without(data.splitlines(), OTHER)) + b"\n" if name.endswith(".csv") else data
        for name, data in files.items()
    }
    published(place.county, [row(5, village=OTHER)], "2025-05")
    publish_pack(place.county, packed(dropped))
    for came in (True, False):  # what was signed before comes, and it stays so
        exit_code, told = place.run("sync")
        assert (exit_code, "village-dropped" in told, "公开 1 批" in told) == (1, True, came), told
    there = site.get(f"/v/{OTHER}/")
    assert (there.status, "大岕口村" in text(there), "资料包 2026-2" in text(there)) == (200, True, True)
    publish_pack(place.county, packed(place.pack(version=b"2026-3")))
    assert place.run("sync")[0] == 0
    assert "dropped.json" not in place.files()


@pytest.mark.parametrize(
    "name", ["metadata/root.json", "targets/trust.json", "targets/pack.json", "metadata/pack.json"]
)
def test_files_of_trust_that_somebody_edited_are_found_and_come_again(place, name):
    """In the database: verify finds it, and sets it right from the county by the root of the pairing."""
    assert place.run("sync")[0] == 0
    sound = place.files()
    edited = sound[name].replace(b"a", b"b", 1)
    place.by_hand("UPDATE trust_file SET content = ? WHERE name = ?", edited, name)
    exit_code, told = place.run("verify")
    assert (exit_code, "信任文件或资料包" in told) == (1, True), told
    assert place.files() == sound
    assert place.run("verify")[0] == 0
    place.by_hand("UPDATE trust_file SET content = ? WHERE name = ?", edited, name)
    assert place.run("sync")[0] == 0
    assert place.files() == sound


def test_edited_trust_that_cannot_come_again_is_told(place):
    """Without the county's feed it stays wrong, and verify says so with exit code 2."""
    assert place.run("sync")[0] == 0
    place.by_hand("DELETE FROM trust_file WHERE name = 'metadata/timestamp.json'")
    place.county.feed.rename(place.county.folder / "away")
    exit_code, told = place.run("verify")
    assert (exit_code, "信任文件或资料包" in told) == (2, True), told


def test_another_root_begins_trust_anew(place, tmp_path):
    """Whoever pairs a kiosk again believes the new root alone; the board goes on by the pack it has."""
    assert place.run("sync")[0] == 0
    other = county(tmp_path / "other")
    paired(tmp_path / "other.toml", "", other)
    (tmp_path / "root.json").replace(place.toml.with_name("root.json"))
    exit_code, told = place.run("sync")
    assert (exit_code, "trust-refused" in told) == (2, True), told
    assert "nothing-trusted" in told
    with closing(open_kiosk(place.settings, lambda: NOW)) as kiosk:
        assert kiosk.pack.version == "2025.1"
    place.serves(VILLAGE, feed=f"folder = {json.dumps(str(other.feed))}")
    published(other, [row(7)], "2025-06")
    assert place.run("sync")[0] in {0, 2}  # its log is another's
    with closing(open_kiosk(place.settings, lambda: NOW)) as kiosk:
        assert open_trust(kiosk).said == Repository(other.feed).said


def test_a_rotated_key_signs_the_same_log_again(place):
    """The newest checkpoint is kept under the keys that count now: verify and export go on without new lists."""
    assert place.run("sync")[0] == 0
    zhao, now = new_key("county-330590/zhao"), NOW.now(NOW.tzinfo)
    said = place.county.trust().said
    seats = (said.seats[0], Seat(person="zhao", office="reviewer", key=str(zhao.verifier)))
    said = msgspec.structs.replace(said, serial=said.serial + 1, seats=seats)
    held = sorted((place.county.folder / "roots").glob("root*.key"))
    roots = [read_key("root", path, PASSPHRASES[ROOT]) for path in held[:2]]
    repository = Repository(place.county.feed)
    targets = signed_by(prepared_targets(said, now, repository.targets.signed), *roots)
    pack = repository.seated("pack").signed
    content = repository.content(pack, PACK)
    again = signed_by(
        prepared_seated("pack", content, now, pack), place.county.signing_key("publisher"), zhao
    )
    online = signer_of(place.county.machine_key("online"))
    new = {"targets": targets, "pack": again}
    repository.adopt(new, {STATEMENT: said.bytes(), PACK: content}, online, now)
    for village in (VILLAGE, OTHER):
        log = place.county.log(village)
        note = parse(log.note())
        log.publish(Note(note.text, (note.signatures[0], zhao.signature(note.text))).render())
    exit_code, told = place.run("sync")
    assert (exit_code, told.count("没有新内容")) == (0, 2), told
    assert place.run("verify")[0] == 0


def test_a_pull_with_nothing_new_costs_three_requests(place, tmp_path):
    """Trust and pack included, over HTTP: at most three for a village, with less than 1 kB of bodies."""
    asked = []

    def counting(app):
        async def counted(scope, receive, send):
            async def sent(message):
                if message["type"] == "http.response.body":
                    asked.append((scope["path"], len(message.get("body", b""))))
                await send(message)

            await app(scope, receive, sent if scope["type"] == "http" else send)

        return counted

    with served(lambda _: counting(feed_app(place.county.feed))) as feed:
        place.serves(VILLAGE, feed=f'url = "http://127.0.0.1:{feed.kiosk}/"')
        assert place.run("sync")[0] == 0
        asked.clear()
        assert place.run("sync")[0] == 0
    assert len(asked) <= 3, asked
    assert sum(octets for _, octets in asked) < 1000, asked


@pytest.mark.sqlite
@pytest.mark.parametrize("folds", [False, True])
def test_a_kiosk_of_a_release_before_goes_on_with_its_logs(place, folds):
    """It knew a pack of its own and no files of trust: what it has keeps its names and days, what is new comes once."""
    settings = place.settings
    path = database(settings)
    path.parent.mkdir(parents=True)
    with closing(writer(path)) as db:
        run_migrations(db, lambda: None, upto="2026-11-30T14:00:00:000000")

    class Before(Archive):
        async def migrate(self):
            return ()

    async def pulled():
        async with Before(path, place.county.pack, minimum_free_mb=0) as archive:
            for village in (VILLAGE, OTHER):
                spool = Spool(path.parent / "spool")
                await catch_up(
                    FolderSource(place.county.feed), archive, place.county.trust(), spool, village, NOW
                )
            await archive.write_readings()

    asyncio.run(pulled())
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'trust_file'").fetchone()
        if folds:  # an older one: all its lists are folded again before a pack has come
            db.execute("DROP TABLE annual")
            db.execute("DELETE FROM migration WHERE name = '2026-11-30T12:00:00:000000'")
    before, days = _kept(path), _days(path)
    exit_code, told = place.run("sync")
    assert (exit_code, told.count("没有新内容")) == (0, 2), told
    assert _kept(path) == before
    assert _days(path) == days
    published(place.county, [row(9)], "2025-04")
    assert "公开 1 批" in place.run("sync")[1]
    assert place.run("verify")[0] == 0
    with closing(reader(path)) as db:
        assert "2026-11-30T18:00:00:000000" in done_migrations(db)


def _kept(path):
    asked = (
        "SELECT * FROM leaf ORDER BY id",
        "SELECT * FROM payout ORDER BY id",
        "SELECT * FROM sheet ORDER BY id",
    )
    with closing(reader(path)) as db:
        return [db.execute(one).fetchall() for one in asked]


def _days(path):
    with closing(reader(path)) as db:
        return db.execute('SELECT id, "day", instant FROM admission ORDER BY id').fetchall()


def test_what_an_archive_lives_by_is_never_half_a_pack(place):
    """Opened without one it names nothing; a command that names things says what is missing."""
    archive = open_archive(place.settings)
    assert archive.pack.villages == ()
    for verb in ("print", "year", "rebuild"):
        exit_code, told = place.run(verb)
        assert (exit_code, "nothing-from-county" in told or "archive-missing" in told) == (2, True), (
            verb,
            told,
        )


@pytest.mark.parametrize("year", [1970, 2099])
def test_signatures_expire_by_the_clock_that_is_believed(place, monkeypatch, year):
    """A kiosk whose own clock cannot be right says nothing of the county's signatures."""
    assert place.run("sync")[0] == 0
    place.by_hand("UPDATE state SET trusted_floor = ?", f"{NOW.now(NOW.tzinfo):%Y-%m-%dT%H:%M:%S+00:00}")
    monkeypatch.setattr("kiosk_server.cli.kiosk.sync.clock", lambda: NOW.replace(year=year))
    assert "trust-" not in place.run("sync")[1]


def test_without_a_root_nothing_is_pulled(place):
    """A kiosk that was never paired says the one command; its board waits."""
    place.toml.with_name("root.json").unlink()
    assert place.run("sync")[0] == 2
    assert "kiosk pair" in place.run("sync")[1]
