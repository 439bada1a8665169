"""What can go wrong between county and kiosk, at the command line: one sentence, an exit code, nothing lost."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from click.testing import CliRunner

from boards.model.payouts import BatchClose, Payout, Phase, Terms
from kiosk_server.archive.board import Board
from kiosk_server.cli import county_command as county_commands
from kiosk_server.cli import kiosk_command as kiosk_commands
from sync.events import Events
from sync.log.bundle import packed, unpacked
from sync.log.keys import new_key
from sync.log.note import Note, parse
from tests.founding import as_typed, opened
from tests.line.county_sim import ADULT, VILLAGE, copied, county, published, row
from tests.trust.trust_house import paired
from tests.village import dump

pytestmark = pytest.mark.thorough

FIRST, SECOND = "330590-farmland_fertility-2025-01", "330590-farmland_fertility-2025-02"


def typed(commands, *words):
    """Run a command; exit code and what was printed, stderr too."""
    done = CliRunner().invoke(commands, as_typed(words))
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def founded(tmp_path_factory, kept_fonts):
    """A county with a list on a kiosk's board, and a copy of the county as it was then."""
    folder = tmp_path_factory.mktemp("bad_input")
    where = county(folder / "county")
    published(where, [row(n) for n in range(3)])
    copied(where, folder / "old")
    kept_fonts(folder / "kiosk" / "data" / "press")
    assert synced(_place(folder))[0] == 0
    return folder


@pytest.fixture
def place(founded, tmp_path):
    """The same, to be spoiled."""
    shutil.copytree(founded, tmp_path, symlinks=True, dirs_exist_ok=True)
    found = _place(tmp_path)
    if not found.database.exists():  # a PostgreSQL database is not copied with the folder
        assert synced(found)[0] == 0
    return found


def _place(folder):
    where = opened(folder / "county")
    settings = {
        "villages": [VILLAGE],
        "public_base_url": "https://disclosure.example",
        "minimum_free_mb": 0,
        "feed": {"folder": "../county/feed"},
    }
    return SimpleNamespace(
        county=where,
        mask=where.pack.mask,
        old=opened(folder / "old"),
        folder=folder,
        settings=settings,
        toml=folder / "kiosk" / "kiosk.toml",
        database=folder / "kiosk" / "data" / "archive.sqlite3",
    )


def synced(place):
    """`kiosk sync` with the settings as they are now."""
    plain = {name: value for name, value in place.settings.items() if not isinstance(value, dict)}
    text = _toml(plain)
    for name in place.settings.keys() - plain.keys():
        text += f"[{name}]\n" + _toml(place.settings[name])
    if not place.toml.exists():
        for one in (place.old, place.county):  # the same keys, two copies of one feed
            paired(place.toml, text, one)
    place.toml.write_text(text)
    return typed(kiosk_commands, "sync", "--settings", place.toml)


def _toml(values):
    """A JSON string, number or list of them is a TOML one too."""
    return "".join(f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in values.items())


def shown(place):
    """The lists on the board."""
    board = Board(place.database, place.mask)
    try:
        return [head.batch for head in board.sheets(VILLAGE)]
    finally:
        board.close()


def signed(place, *lines, roles=("publisher", "reviewer")):
    """Append any lines to the log, under both signatures: what a county's mistake would look like."""
    log = place.county.log(VILLAGE)
    grown, state = log.grown(lines), log.state()
    log.write(lines)
    text = type(state)(state.origin, grown.size, grown.root).text()
    keys = [place.county.signing_key(role) for role in roles]
    log.publish(Note(text, tuple(key.signature(text) for key in keys)).render())


def a_list(place, *, remark="", off_by=0, closed=True):
    """The events of a second list, as no publisher of ours would make them."""
    events = Events(SECOND, VILLAGE, "2025-11-23T01:02:03Z", lambda: "a" * 32)
    events.gate = SimpleNamespace(holds_back=lambda *_: False)
    start = place.county.log(VILLAGE).state().size
    terms = Terms(
        village=VILLAGE,
        programme="farmland_fertility",
        programme_name="耕地地力保护补贴",
        phase=Phase.PAYMENT,
        fiscal_year=2025,
        period_no="2025-02",
        paid_on=date(2025, 9, 30),
    )
    close = BatchClose(
        terms=terms,
        edition=1,
        start=start,
        stop=start + 1,
        count=1,
        households=1,
        sum_fen=500 + off_by,
        by_programme={"farmland_fertility": 500 + off_by},
        source_total_fen=500 + off_by,
        source_sha256="0" * 64,
    )
    line = events.publish(Payout(seq=1, holder="甲", amount_fen=500, remark=remark))
    return [line, events.close(close)] if closed else [line]


def wrong_key(place):
    published(place.county, [row(1)], "2025-02")
    stranger = new_key(f"{place.county.settings.origin_prefix}/publisher")
    log = place.county.log(VILLAGE)
    note = parse(log.note())
    log.publish(Note(note.text, (stranger.signature(note.text), note.signatures[1])).render())


def one_signature(place):
    published(place.county, [row(1)], "2025-02")
    log = place.county.log(VILLAGE)
    note = parse(log.note())
    log.publish(Note(note.text, note.signatures[:1]).render())


def changed_row(place):
    published(place.county, [row(1)], "2025-02")
    for bundle in (place.county.feed / "v" / VILLAGE).rglob("*.ndjson.gz"):
        bundle.write_bytes(
            packed(unpacked(bundle.read_bytes(), 1 << 21).replace(b'"amount_fen":4', b'"amount_fen":5'))
        )


def changed_bit(place):
    published(place.county, [row(1)], "2025-02")
    for bundle in (place.county.feed / "v" / VILLAGE).rglob("*.ndjson.gz"):
        raw = bytearray(bundle.read_bytes())
        raw[-30] ^= 1
        bundle.write_bytes(raw)


def changed_checkpoint(place):
    published(place.county, [row(1)], "2025-02")
    path = place.county.feed / "v" / VILLAGE / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n6\n", b"\n7\n", 1))


def shorter(place):
    published(place.county, [row(1)], "2025-02")
    assert synced(place)[0] == 0
    place.settings["feed"]["folder"] = "../old/feed"


def forked(place):
    published(place.county, [row(1)], "2025-02")
    assert synced(place)[0] == 0
    published(place.old, [row(2)], "2025-03")
    place.settings["feed"]["folder"] = "../old/feed"


def unreconciled(place):
    signed(place, *a_list(place, off_by=1))


def private(place):
    signed(place, *a_list(place, remark=ADULT))


def private_in_words(place):
    in_words = ADULT.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    signed(place, *a_list(place, remark=f"代领人{in_words}，存折101004123456789"))


def full_disk(place):
    published(place.county, [row(1)], "2025-02")
    place.settings["minimum_free_mb"] = 1 << 40


def unknown_setting(place):
    place.settings["feed"]["publisher_kyes"] = []


def another_village(place):
    published(place.county, [row(1)], "2025-02")
    other = place.county.feed / "v" / "330590100202"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(place.county.feed / "v" / VILLAGE, other)
    place.settings["villages"] = ["330590100202"]


def no_feed(place):
    shutil.rmtree(place.county.feed)


@pytest.mark.parametrize(
    ("mishap", "code", "said"),
    [
        (wrong_key, 2, "one-signature-only"),
        (one_signature, 2, "one-signature-only"),
        (changed_row, 2, "body-mismatch"),
        (changed_bit, 2, "bundle-damaged"),
        (changed_checkpoint, 2, "wrong-key"),
        (shorter, 2, "log-shorter"),
        (forked, 1, "log-forked"),
        (unreconciled, 1, "1 批核对不符，暂不公开"),
        (private, 1, "1 批不能公开（含个人号码"),
        (private_in_words, 1, "1 批不能公开（含个人号码"),
        (full_disk, 2, "disk-full"),
        (unknown_setting, 2, "setting-unknown"),
        (another_village, 2, "wrong-origin"),
        (no_feed, 2, "file-not-there"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_mishap_is_one_sentence_and_the_board_stays(place, mishap, code, said):
    """What was on the board stays, nothing unproven or unsound joins it, and no number is repeated."""
    mishap(place)
    before, rows = shown(place), dump(place.database)["payout"]
    told = synced(place)
    assert (told[0], said in told[1]) == (code, True), told
    assert len([line for line in told[1].splitlines() if line[:1] in "✗!"]) == 1
    assert ADULT not in told[1]
    assert shown(place) == before
    assert [one for one in dump(place.database)["payout"] if one in rows] == rows


def test_an_unclosed_list_is_kept_and_not_shown(place):
    """Rows without their close wait unseen; once the county closes the list it is there."""
    line, close = a_list(place)
    signed(place, line)
    assert synced(place)[0] == 0
    assert shown(place) == [FIRST]
    signed(place, close)
    assert synced(place)[0] == 0
    assert shown(place) == [SECOND, FIRST]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("名册.xlsx", b"PK\x03\x04 torn"),
        ("名册.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("名册.csv", b"\x00\x01\x02\x03" * 50),
        ("名册.xlsx", b""),
    ],
)
def test_an_unreadable_workbook_is_refused(place, name, data):
    """Checked or proposed: exit code 2, a sentence with advice, and no proposal."""
    roster, toml = place.folder / name, place.folder / "batch.toml"
    roster.write_bytes(data)
    toml.write_text('programme="rice"\nfiscal_year=2025\nperiod_no="2025-09"\npaid_on=2025-09-30\n')
    checked = typed(county_commands, "check", roster)
    proposed = typed(county_commands, "propose", roster, "--batch", toml, "--folder", place.county.folder)
    assert (checked[0], proposed[0]) == (2, 2), checked[1] + proposed[1]
    assert "Traceback" not in checked[1] + proposed[1]
    assert len(list(place.county.proposals.iterdir())) == 1


@pytest.mark.sqlite
def test_without_fonts_nothing_is_printed_and_the_package_is_named(place, tmp_path):
    """On a machine whose font folder is empty `kiosk print` refuses in one sentence and leaves no half PDF."""
    hidden = 'mount -t tmpfs tmpfs /usr/share/fonts && exec "$1" print --settings "$2" --into "$3"'
    kiosk, into = Path(sys.executable).parent / "kiosk", tmp_path / "print"
    done = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            hidden,
            "sh",
            kiosk,
            place.toml,
            into,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine lets nobody mount")
    assert done.returncode == 2
    assert "fonts-noto-cjk" in done.stderr
    assert "font-missing" in done.stderr
    assert not into.exists()
