"""`kiosk pair`: a new machine gets all it needs, an older one keeps all it has; what does not fit changes nothing."""

from __future__ import annotations

import os
import tomllib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from click.testing import CliRunner

from kiosk_server.cli import kiosk_command
from kiosk_server.pairing import NotEnrolled, VillageMoved, refuse_unenrolled
from kiosk_server.settings import read_settings
from sync import durable
from sync.county.kiosks import tickets
from sync.durable import NotWritten
from sync.log.keys import new_key, read_key, verifier_key
from sync.trust.pairing import answer_of
from sync.trust.pairing_code import new_code
from tests.kiosks.kiosk_feed import served
from tests.kiosks.test_kiosks_enrolled import PLAIN, answered, pairing
from tests.line.county_sim import OTHER, VILLAGE, county

pytestmark = pytest.mark.thorough

NOW = datetime.now(UTC).replace(microsecond=0)
OLD = """# our own words
villages = ["330590100201"]  # two screens
public_base_url = "https://old.example.org"
data_dir = "archive"
fonts_dir = "our fonts"

# how the page is written
[web]
kiosk_port = 8099 # not 8080
lan_host = "192.168.1.20"

[feed]
url = "http://192.168.1.2:8090/"
# 各村日志的名称
origin_prefix = "county-330590"
# keys of both
publisher_keys = [
    "a",  # the first
    "b",
]
reviewer_keys = ["c"]
pull_s = 900.0

[pack]
# the pack
folder = "pack"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
"""


def typed(*words, typing=None):
    done = CliRunner().invoke(kiosk_command, [*map(str, words)], input=typing)
    return done.exit_code, done.output


@pytest.fixture
def where(tmp_path):
    return county(tmp_path / "county")


def file(where, folder, kiosk="lingdong", *codes, now=NOW, **changed):
    """A pairing file on a stick."""
    made = pairing(where, kiosk, *(codes or (VILLAGE,)), taking=PLAIN, now=now)
    path = folder / f"{kiosk}.pairing"
    path.write_bytes(msgspec.structs.replace(made, **changed).bytes())
    return path


def test_a_new_machine_is_paired_by_one_command(where, tmp_path):
    """kiosk.toml with all its comments, the root, a key that only its owner reads, and the answer beside the file."""
    stick, home = file(where, tmp_path), tmp_path / "kiosk"
    code, told = typed("pair", stick, "--folder", home)
    assert code == 0, told
    settings = read_settings(home / "kiosk.toml")
    assert (settings.villages, settings.public_base_url) == ((VILLAGE,), "https://gk.example.org")
    assert (settings.feed.url, settings.feed.folder) == ("https://gk.example.org/feed/", "")
    assert settings.feed.token not in told
    assert (home / "kiosk.toml").read_text().count("#") > 20
    assert (home / "root.json").read_bytes() == (where.feed / "trust/metadata/1.root.json").read_bytes()
    for private in ("kiosk.toml", "data/keys", "data/keys/kiosk.key"):
        assert (home / private).stat().st_mode & 0o077 == 0, private
    answer = answer_of((tmp_path / "lingdong.answer.json").read_bytes())
    assert (answer.kiosk, answer.villages) == ("lingdong", (VILLAGE,))
    assert answer.key == (home / "data/keys/kiosk.pub").read_text().strip()


def test_the_same_file_again_changes_nothing(where, tmp_path):
    """The same key, the same settings, the same answer."""
    stick, home = file(where, tmp_path), tmp_path / "kiosk"
    assert typed("pair", stick, "--folder", home)[0] == 0
    kept = {
        path: path.read_bytes()
        for path in (*home.rglob("*"), tmp_path / "lingdong.answer.json")
        if path.is_file()
    }
    assert typed("pair", stick, "--folder", home)[0] == 0
    assert {path: path.read_bytes() for path in kept} == kept
    assert {path for path in home.rglob("*") if path.is_file()} < {*kept}


def test_an_older_kiosk_keeps_all_but_what_the_county_says(where, tmp_path):
    """Ports, fonts, comments and data stay; pinned keys and pack go, with the comments that were about them."""
    home = tmp_path / "kiosk"
    (home / "archive").mkdir(parents=True)
    (home / "archive" / "archive.sqlite3").write_bytes(b"all lists")
    (home / "kiosk.toml").write_text(OLD, "utf-8")
    code, told = typed("pair", file(where, tmp_path, "lingdong", VILLAGE, OTHER), "--folder", home)
    assert code == 0, told
    text = (home / "kiosk.toml").read_text("utf-8")
    settings, token = read_settings(home / "kiosk.toml"), tomllib.loads(text)["feed"]["token"]
    assert (
        text
        == f"""# our own words
villages = ["{VILLAGE}","{OTHER}"]
public_base_url = "https://gk.example.org"
data_dir = "archive"
fonts_dir = "our fonts"

# how the page is written
[web]
kiosk_port = 8099 # not 8080
lan_host = "192.168.1.20"

[feed]
folder = ""
token = "{token}"
url = "https://gk.example.org/feed/"
pull_s = 900.0
"""
    )
    assert (settings.web.kiosk_port, settings.feed.pull_s) == (8099, 900.0)
    assert (home / "archive" / "archive.sqlite3").read_bytes() == b"all lists"
    assert (home / "archive" / "keys" / "kiosk.key").exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"origin_prefix": "county-990523", "county": "别县"}, "wrong-county"),
        ({"kiosk": "other"}, "kiosk-named-otherwise"),
        ({"expires_at": NOW - timedelta(minutes=1)}, "pairing-expired"),
        ({"made_at": NOW + timedelta(days=2)}, "pairing-clock-suspect"),
        ({"public_base_url": "ftp://gk"}, "setting-wrong"),
    ],
)
def test_what_does_not_fit_changes_nothing(where, tmp_path, changed, code):
    """Another county, another kiosk, a term that is over, a clock that is behind: one sentence, nothing written."""
    home = tmp_path / "kiosk"
    assert typed("pair", file(where, tmp_path), "--folder", home)[0] == 0
    kept = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    ended, told = typed("pair", file(where, tmp_path, **changed), "--folder", home)
    assert (ended, f"（{code}）" in told) == (2, True), told
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == kept


def test_a_root_that_the_old_one_did_not_sign_is_taken_only_when_told(where, tmp_path):
    """A stick made by a stranger who wrote the county's name and prefix into it takes no kiosk over."""
    home = tmp_path / "kiosk"
    assert typed("pair", file(where, tmp_path), "--folder", home)[0] == 0
    kept = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    stranger = file(county(tmp_path / "stranger"), tmp_path)
    ended, told = typed("pair", stranger, "--folder", home)
    assert (ended, "（pairing-other-root）" in told) == (2, True), told
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == kept
    assert typed("pair", stranger, "--folder", home, "--new-root")[0] == 0
    (home / "root.json").write_bytes(b"{")
    assert typed("pair", stranger, "--folder", home)[0] == 0, "a root that broke is mended by pairing"


def test_pairing_as_root_gives_the_service_nothing_of_others(where, tmp_path, monkeypatch):
    """The keys' folder is the service's own: what it linked there from elsewhere stays whose it was."""
    home, gave = tmp_path / "kiosk", []
    (home / "data" / "keys").mkdir(parents=True)
    (home / "data" / "keys" / "planted").symlink_to("/etc/shadow")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.chown", lambda path, *_, follow_symlinks=True: gave.append(follow_symlinks))
    assert typed("pair", file(where, tmp_path), "--folder", home)[0] == 0
    assert (len(gave) > 3, any(gave)) == (True, False)


def test_an_older_kiosk_of_another_county_is_noticed(where, tmp_path):
    """It has no key yet; the prefix in its settings says whose it is."""
    home = tmp_path / "kiosk"
    home.mkdir()
    (home / "kiosk.toml").write_text(OLD.replace("county-330590", "county-990523"), "utf-8")
    ended, told = typed("pair", file(where, tmp_path), "--folder", home)
    assert (ended, "wrong-county" in told) == (2, True)
    assert not (home / "archive").exists()


def test_settings_that_cannot_be_told_apart_are_left_alone(where, tmp_path):
    """A table within a line: nothing is guessed, the person is told what to write."""
    home = tmp_path / "kiosk"
    home.mkdir()
    odd = 'villages = ["330590100201"]\npublic_base_url = "https://a"\nfeed = {url = "http://a/", pull_s = 9.0}\n'
    (home / "kiosk.toml").write_text(odd, "utf-8")
    ended, told = typed("pair", file(where, tmp_path), "--folder", home)
    assert (ended, "settings-not-kept" in told) == (2, True)
    assert (home / "kiosk.toml").read_text("utf-8") == odd


def test_a_machine_gets_another_id_only_when_told(where, tmp_path):
    """The old key is laid aside, a new one made: no key is called by two names."""
    home = tmp_path / "kiosk"
    assert typed("pair", file(where, tmp_path), "--folder", home)[0] == 0
    before = (home / "data/keys/kiosk.key").read_bytes()
    stick = file(where, tmp_path, "other", OTHER)
    assert typed("pair", stick, "--folder", home, "--replace")[0] == 0
    (aside,) = (home / "data/keys").glob("lingdong-*.key")
    assert aside.read_bytes() == before != (home / "data/keys/kiosk.key").read_bytes()


@contextmanager
def power_for(writes, monkeypatch):
    """A machine on which so many files are written before the power fails."""
    left = [writes]

    def dying(path, data, **how):
        if not left[0]:
            raise NotWritten(why="power")
        left[0] -= 1
        durable.durable(path, data, **how)

    with monkeypatch.context() as world:
        for room in ("sync.log.keys", "kiosk_server.pairing"):
            world.setattr(f"{room}.durable", dying)
        yield


@pytest.mark.parametrize("writes", [0, 1])
def test_a_machine_that_was_stopped_between_two_ids_loses_no_key(where, tmp_path, monkeypatch, writes):
    """The power fails before the new key is there, or before it is named: the same again ends it, the old key stays."""
    home = tmp_path / "kiosk"
    assert typed("pair", file(where, tmp_path), "--folder", home)[0] == 0
    before = (home / "data/keys/kiosk.key").read_bytes()
    stick = file(where, tmp_path, "other", OTHER)
    words = ("pair", stick, "--folder", home, "--replace")
    with power_for(writes, monkeypatch):
        assert typed(*words)[0] == 2
    code, told = typed(*words)
    assert code == 0, told
    (aside,) = (home / "data/keys").glob("lingdong-*.key")
    assert aside.read_bytes() == before
    answer = answer_of((tmp_path / "other.answer.json").read_bytes())
    assert read_key("x", home / "data/keys/kiosk.key").verifier.public == answer.verifier.public


def test_a_machine_that_lost_its_key_gets_another_id(where, tmp_path):
    """The key file is gone, its public half is there: it is paired anew all the same."""
    home = tmp_path / "kiosk"
    assert typed("pair", file(where, tmp_path), "--folder", home)[0] == 0
    (home / "data/keys/kiosk.key").unlink()
    code, told = typed("pair", file(where, tmp_path, "other", OTHER), "--folder", home, "--replace")
    assert code == 0, told


def test_settings_come_last(where, tmp_path, monkeypatch):
    """Wherever a first pairing is stopped: a kiosk.toml has its root and its key, and the same again ends it."""
    stick = file(where, tmp_path)
    for writes in range(4):
        home = tmp_path / f"kiosk{writes}"
        with power_for(writes, monkeypatch):
            code, told = typed("pair", stick, "--folder", home)
        assert (code, "pairing-not-written" in told) == (2, True), told
        assert not (home / "kiosk.toml").exists()
        assert typed("pair", stick, "--folder", home)[0] == 0


def test_only_its_own_key_makes_a_machine_the_countys(where):
    """A machine of the same id with another key is not enrolled; one that is, is told of each village it lost."""
    register = answered(where, pairing(where, "lingdong", VILLAGE, now=NOW), now=NOW)
    own = verifier_key(register.kiosks[0].key)
    stranger = new_key(own.name).verifier
    assert refuse_unenrolled(register.bytes(), own, (VILLAGE,)).startswith("lingdong，")
    assert refuse_unenrolled(None, own, (VILLAGE,)) == refuse_unenrolled(register.bytes(), None, ()) == ""
    for key, villages, refusal in (
        (stranger, (VILLAGE,), NotEnrolled),
        (own, (VILLAGE, OTHER), VillageMoved),
    ):
        with pytest.raises(refusal):
            refuse_unenrolled(register.bytes(), key, villages)


def test_an_endless_file_takes_no_memory(tmp_path):
    """Whatever lies on a stick under the name of a pairing file is read no further than one is long."""
    path = tmp_path / "x.pairing"
    path.touch()
    os.truncate(path, 64 << 30)
    ended, told = typed("pair", path, "--folder", tmp_path / "kiosk")
    assert (ended, "pairing-damaged" in told) == (2, True), told


@pytest.mark.parametrize("bent", [b"", b"{", b"\xff\xfe", b'{"format":"kiosk-pairing/9"}'])
def test_a_file_that_is_none_is_told_in_one_sentence(tmp_path, bent):
    """Damaged on the stick, or of a later release."""
    (tmp_path / "x.pairing").write_bytes(bent)
    ended, told = typed("pair", tmp_path / "x.pairing", "--folder", tmp_path / "kiosk")
    assert (ended, len(told.strip().splitlines())) == (2, 1)
    assert ("pairing-other-version" if b"9" in bent else "pairing-damaged") in told
    assert not (tmp_path / "kiosk").exists()


def test_a_typed_code_pairs_over_the_line_and_takes_the_answer_back(where, tmp_path):
    """Nothing is carried; the code is typed at the prompt, never on the command line; then it is used up."""
    made, home = pairing(where, "lingdong", VILLAGE, now=NOW), tmp_path / "kiosk"
    code = new_code(made.root_bytes)
    tickets.laid_out(where.folder, code.ticket, made.kiosk, code.sealed(made.bytes()), made.expires_at)
    slip = code.text()[:-1] + ("0" if code.text()[-1] != "0" else "1")
    with served(where, lambda: NOW) as address:
        words = ("pair", "--code", "--url", address, "--folder", home)
        assert "pairing-in-the-open" in typed(*words, typing=code.text())[1]
        assert "pairing-code-mistyped" in typed(*words, "--insecure-lan", typing=slip)[1]
        ended, told = typed(*words, "--insecure-lan", typing=f"{code.text().lower()}\n")
        assert ended == 0, told
        assert made.token not in told
        assert "pairing-code-gone" in typed(*words, "--insecure-lan", typing=code.text())[1]
    assert read_settings(home / "kiosk.toml").feed.token == made.token
    (came,) = tickets.came(where.folder)
    assert answer_of(came.read_bytes()).key == (home / "data/keys/kiosk.pub").read_text().strip()


def test_a_code_believes_no_other_root(where, tmp_path):
    """A server that sealed another county's root under the code's own secret: nothing is written."""
    made = pairing(where, "lingdong", VILLAGE, now=NOW)
    other = county(tmp_path / "other")
    foreign = msgspec.structs.replace(made, root=pairing(other, "lingdong", VILLAGE, now=NOW).root)
    code = new_code(made.root_bytes)
    tickets.laid_out(where.folder, code.ticket, made.kiosk, code.sealed(foreign.bytes()), made.expires_at)
    with served(where, lambda: NOW) as address:
        words = ("pair", "--code", "--url", address, "--insecure-lan", "--folder", tmp_path / "kiosk")
        ended, told = typed(*words, typing=code.text())
    assert (ended, "pairing-seal-broken" in told) == (2, True)
    assert not (tmp_path / "kiosk").exists()
