"""Who acts: a name, a seat, a key that only its holder's passphrase opens; never one person twice (settled 45, 53)."""

import base64
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from boards.model.kept.appraisal import Item, appraisal
from boards.model.kept.retention import ArchiveKind, Kept
from kiosk_server.cli import county_command
from sync.county.acting import KeyInFolder, KeyNotHere, KeyNotSeated, PersonUnknown, key_file, named, seated
from sync.county.appraisal import signed_list
from sync.county.county import CountyTomlWrong, NobodyNamed, NoSeat, SamePerson, open_county
from sync.county.publish import hands, proposals, publisher
from sync.county.publish.parts import looked_at
from sync.log.keys import (
    KeyUnreadable,
    PassphraseWeak,
    PassphraseWrong,
    new_key,
    read_key,
    verifier_key,
    write_key,
)
from sync.trust.repository import Repository, prepared_targets, signer_of
from sync.trust.statement import Seat
from sync.trust_layout import STATEMENT
from tests.founding import CLERK, PASSPHRASES, REVIEWER, ROOT, passphrase_file
from tests.line.county_sim import NOW, VILLAGE, batch, copied, county, published, reading, row
from tests.stories.office import Office

pytestmark = pytest.mark.thorough

PASSPHRASE = "四个 词 就够 长"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return county(tmp_path_factory.mktemp("seats") / "county")


@pytest.fixture
def own(empty, tmp_path):
    return copied(empty, tmp_path / "county")


@pytest.fixture
def office(own, tmp_path, reads_here):
    return Office(own, tmp_path)


def acts(own, made):
    return [(one.act, one.by) for one in hands.hands(own, made)]


def test_a_key_is_read_by_plain_tools(tmp_path):
    """OpenSSH's own program opens it with the passphrase, changes the passphrase, and we read what it wrote."""
    key, path = new_key("county-330590/li"), tmp_path / "li.key"
    write_key(key, path, PASSPHRASE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    told = subprocess.run(["ssh-keygen", "-y", "-P", PASSPHRASE, "-f", path], capture_output=True, check=True)
    assert told.stdout.startswith(b"ssh-ed25519 ")
    wrong = subprocess.run(["ssh-keygen", "-y", "-P", "x", "-f", path], capture_output=True, check=False)
    assert wrong.returncode
    change = ["ssh-keygen", "-p", "-P", PASSPHRASE, "-N", "another one, as long", "-f", path]
    subprocess.run(change, capture_output=True, check=True)
    assert read_key(key.name, path, "another one, as long").verifier == key.verifier


def test_a_wrong_passphrase_is_not_a_broken_file(tmp_path):
    """What to do differs: type again, or look for the file; neither says anything of the key or the passphrase."""
    key, path = new_key("county-330590/li"), tmp_path / "li.key"
    write_key(key, path, PASSPHRASE)
    with pytest.raises(PassphraseWrong) as wrong:
        read_key(key.name, path, "四个 词 就够 短")
    assert "就够" not in f"{wrong.value}"
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(KeyUnreadable):
        read_key(key.name, path, PASSPHRASE)
    open_key = tmp_path / "open.key"
    write_key(key, open_key)
    with pytest.raises(KeyUnreadable):
        read_key(key.name, open_key, PASSPHRASE)


@pytest.mark.parametrize("weak", ["elevencharx", "a b c", "密码密码密码"])
def test_a_short_passphrase_is_refused(tmp_path, weak):
    """Twelve characters or four words; nothing is written."""
    with pytest.raises(PassphraseWeak):
        write_key(new_key("x"), tmp_path / "x.key", weak)
    assert not (tmp_path / "x.key").exists()


def test_every_act_has_a_name(own):
    """Without one nothing is proposed and nothing is left behind."""
    nobody = msgspec.structs.replace(own, acting="")
    with pytest.raises(NobodyNamed):
        publisher.propose(nobody, reading([row(1)]), batch(), NOW)
    assert [*own.proposals.iterdir()] == []
    made = published(own, [row(1)])
    assert acts(own, made.id) == [("proposed", CLERK), ("accepted", REVIEWER), ("published", CLERK)]


def test_only_the_seats_own_key_signs(own, tmp_path):
    """Nobody unknown, nobody without the office, no other key; the passphrase is not even asked for in vain."""

    def never(_path):
        raise AssertionError

    with pytest.raises(PersonUnknown, match="li、wang"):
        named(own, "zhao")
    with pytest.raises(NoSeat, match=f"请由审核人 {REVIEWER}办理"):
        seated(own, CLERK, "reviewer", never)
    stick = tmp_path / "stick.key"
    key_file(own, REVIEWER).rename(stick)
    with pytest.raises(KeyNotHere, match=f"keys/seats/{REVIEWER}.key.*--key"):
        seated(own, REVIEWER, "reviewer", never)
    asked = seated(own, REVIEWER, "reviewer", lambda _path: PASSPHRASES[REVIEWER], stick)
    assert [one.person for one in asked.signers] == [REVIEWER]
    with pytest.raises(PassphraseWrong):
        seated(own, REVIEWER, "reviewer", lambda _path: "", stick)
    foreign = tmp_path / "foreign.key"
    write_key(new_key("county-330590/wang"), foreign, PASSPHRASE)
    with pytest.raises(KeyNotSeated):
        seated(own, REVIEWER, "reviewer", lambda _path: PASSPHRASE, foreign)


def test_a_county_may_require_that_keys_stay_with_their_holders(own, tmp_path):
    """[rules] own_machine: a key in the county's folder signs nothing, one on a stick does (settled 56)."""
    toml = own.folder / "county.toml"
    toml.write_text(toml.read_text("utf-8").replace("own_machine = false", "own_machine = true"), "utf-8")
    strict, secret = open_county(own.folder), lambda _path: PASSPHRASES[REVIEWER]
    (tmp_path / "link.key").symlink_to(key_file(own, REVIEWER))
    beside = Path(shutil.copy(key_file(own, REVIEWER), own.folder / "mine.key"))
    for path in (None, tmp_path / "link.key", beside):
        with pytest.raises(KeyInFolder):
            seated(strict, REVIEWER, "reviewer", secret, path)
    stick = shutil.copy(key_file(own, REVIEWER), tmp_path / "stick.key")
    assert seated(strict, REVIEWER, "reviewer", secret, stick).signer("reviewer").person == REVIEWER


def test_an_open_key_is_no_seats_key(own):
    """A key that somebody laid there without a passphrase signs nothing, whatever is typed."""
    path = key_file(own, REVIEWER)
    path.unlink()
    key = next(one.key for one in own.signers if one.person == REVIEWER)
    write_key(key, path)
    for typed in ("", PASSPHRASES[REVIEWER]):
        with pytest.raises((PassphraseWrong, KeyUnreadable)):
            seated(own, REVIEWER, "reviewer", lambda _path, typed=typed: typed)


def both_offices(own):
    """Wang gets a publisher's key too: lawful, and never for one and the same list."""
    second = new_key("county-330590/wang")
    seats = (*own.said.seats, Seat(person=REVIEWER, office="publisher", key=str(second.verifier)))
    said = msgspec.structs.replace(own.said, serial=2, seats=seats)
    repository = Repository(own.feed)
    made = prepared_targets(said, NOW, repository.targets.signed)
    for number in (1, 2):
        root = read_key("root", own.folder / "roots" / f"root{number}.key", PASSPHRASES[ROOT])
        made.sign(signer_of(root), append=True)
    repository.adopt({"targets": made}, {STATEMENT: said.bytes()}, signer_of(own.machine_key("online")), NOW)
    write_key(second, own.folder / "second.key", PASSPHRASE)
    again, stick = open_county(own.folder), own.folder / "second.key"
    return seated(again, REVIEWER, "publisher", lambda _path: PASSPHRASE, stick)


def test_who_reviewed_does_not_publish(own):
    """One person with two keys: the second act is refused before anything is signed, and it is said who can."""
    wang = both_offices(own)
    li = seated(open_county(own.folder), CLERK, "publisher", lambda _path: PASSPHRASES[CLERK])
    reviewer = seated(open_county(own.folder), REVIEWER, "reviewer", lambda _path: PASSPHRASES[REVIEWER])
    made = publisher.propose(li, reading([row(1)]), batch(), NOW)
    publisher.review(reviewer, made.id, NOW)
    with pytest.raises(SamePerson, match=f"发布人 {CLERK}"):
        publisher.publish(wang, made.id, NOW)
    assert own.log(VILLAGE).note() == b""
    assert publisher.publish(li, made.id, NOW).count == 1


def test_a_list_of_what_may_go_is_signed_by_two_persons(own):
    """One person with both keys signs it once (先审后发 for what cannot be brought back)."""
    wang = both_offices(own)
    reviewer = seated(open_county(own.folder), REVIEWER, "reviewer", lambda _path: PASSPHRASES[REVIEWER])
    village = next(one for one in own.pack.villages if one.code == VILLAGE)
    paper = Item("a" * 64, "2019年公示表", "", ArchiveKind.BACKFILL, "backfill-aaaaaaaa", Kept.YEARS_3, 2019)
    raw, day = appraisal(village, [paper], NOW.date()).encode(), NOW.date()
    _, once = signed_list(wang, "publisher", "清单.txt", raw, day)
    with pytest.raises(SamePerson):
        signed_list(reviewer, "reviewer", "清单.txt", once, day)


def test_who_handed_in_does_not_review(own):
    """先审后发 means two persons from the first hand on."""
    reviewer = seated(own, REVIEWER, "reviewer", lambda _path: PASSPHRASES[REVIEWER])
    made = publisher.propose(reviewer, reading([row(1)]), batch(), NOW)
    with pytest.raises(SamePerson):
        publisher.review(reviewer, made.id, NOW)
    assert proposals.stands(own, made) == "proposed"


def test_a_statement_that_changed_stops_a_program_that_was_open(own):
    """Who was retired while a desk stood open signs nothing any more."""
    made = publisher.propose(own, reading([row(1)]), batch(), NOW)
    both_offices(own)
    with pytest.raises(publisher.PackChanged):
        publisher.review(own, made.id, NOW)


def test_names_are_typed_and_passphrases_are_not(office, monkeypatch):
    """--as is asked for and read from nowhere else; a passphrase comes from a file or the keyboard alone."""
    made = office.proposed()

    def typed(*words, said=""):
        done = CliRunner().invoke(
            county_command, [*map(str, words), "--folder", str(office.county.folder)], input=said
        )
        return done.exit_code, done.output

    monkeypatch.setenv("COUNTY_AS", CLERK)
    assert "缺少 --as" in typed("cancel", made, "--reason", "错了")[1]
    digest = looked_at(office.county, made)
    accept = ("review", "--accept", made, "--shown", digest)
    assert "缺少 --as" in typed(*accept)[1]
    assert "passphrase-missing" in typed(*accept, "--as", REVIEWER)[1]
    assert "no-seat" in typed(*accept, "--as", CLERK)[1]
    code, told = typed(*accept, "--as", REVIEWER, "--passphrase-file", "-", said="not it\n")
    assert (code, "passphrase-wrong" in told, "not it" in told) == (2, True, False)
    code, told = typed(
        *accept, "--as", REVIEWER, "--passphrase-file", "-", said=f"{PASSPHRASES[REVIEWER]}\r\n"
    )
    assert code == 0, told
    file = passphrase_file(office.county.folder, CLERK)
    assert typed("publish", made, "--as", CLERK, "--passphrase-file", file)[0] == 0
    assert acts(office.county, made) == [("proposed", CLERK), ("accepted", REVIEWER), ("published", CLERK)]


def test_tokens_and_lists_for_appraisal_are_written_down_too(office):
    """What is on no proposal stands in the county's own hands.jsonl."""
    assert office.typed("pass", "岭东村一体机", "--village", "岭东村")[0] == 0
    (line,) = (office.county.folder / "hands.jsonl").read_text("utf-8").splitlines()
    told = json.loads(line)
    assert (told["act"], told["by"], told["what"]) == ("token", CLERK, "发给 岭东村一体机")
    assert Path(office.county.folder / "hands.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_seat_gets_its_key_from_its_holder(tmp_path):
    """Made on the holder's own stick under a passphrase nobody else typed; never over another, never a weak one."""
    stick, secret = tmp_path / "stick" / "zhao.key", tmp_path / "secret"
    secret.write_text("short\n", "utf-8")
    words = ["key", "new", "--as", "zhao", "--office", "reviewer", "--prefix", "county-330590"]
    words += ["--out", str(stick), "--passphrase-file", str(secret)]
    assert "passphrase-weak" in CliRunner().invoke(county_command, words).output
    assert not stick.exists()
    secret.write_text(PASSPHRASE, "utf-8")
    made = CliRunner().invoke(county_command, words)
    assert made.exit_code == 0, made.output
    line = stick.with_suffix(".pub").read_text("utf-8").strip()
    assert line in made.output
    assert PASSPHRASE not in made.output
    assert read_key("county-330590/zhao/reviewer", stick, PASSPHRASE).verifier == verifier_key(line)
    assert "不会覆盖" in CliRunner().invoke(county_command, words).output
    for wrong in ("Zhao", "赵", "a" * 33):
        refused = CliRunner().invoke(county_command, [wrong if word == "zhao" else word for word in words])
        assert refused.exit_code == 2


def test_a_passphrase_is_changed_and_the_key_stays(own, tmp_path):
    """The old one opens nothing any more, the seat is the same; a wrong one changes nothing."""
    key, old, new = key_file(own, REVIEWER), passphrase_file(own.folder, REVIEWER), tmp_path / "new"
    new.write_text(f"{PASSPHRASE}\n", "utf-8")
    words = ["key", "passphrase", str(key), "--passphrase-file"]
    before = key.read_bytes()
    wrong = CliRunner().invoke(county_command, [*words, str(new), "--new-passphrase-file", str(new)])
    assert ("passphrase-wrong" in wrong.output, key.read_bytes()) == (True, before)
    done = CliRunner().invoke(county_command, [*words, str(old), "--new-passphrase-file", str(new)])
    assert done.exit_code == 0, done.output
    assert key.stat().st_mode & 0o777 == 0o600
    assert (
        seated(own, REVIEWER, "reviewer", lambda _path: PASSPHRASE).signers[0].key.verifier
        in own.trust().reviewers
    )
    with pytest.raises(PassphraseWrong):
        seated(own, REVIEWER, "reviewer", lambda _path: PASSPHRASES[REVIEWER])


def test_a_slip_in_county_toml_is_told_with_its_line(own):
    """A role or a rule spelt wrong would be a rule that nobody keeps: nothing is done until it is put right."""
    path = own.folder / "county.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("one_time_codes = []", 'one_time_codes = ["reviwer"]\nown_machin = true'))
    with pytest.raises(CountyTomlWrong) as told:
        open_county(own.folder)
    assert "第 10 行 rules one_time_codes" in str(told.value)
    assert "是不是 own_machine？" in str(told.value)
    path.write_text(text.replace("one_time_codes = []", 'one_time_codes = ["reviewer"]'))
    assert open_county(own.folder).settings.rules.one_time_codes == ("reviewer",)


def at_the_keyboard(*words, typed):
    """A command on a terminal, its prompts answered one after the other; exit code and all that was shown."""
    start = "from kiosk_server.cli import county_command; county_command()"
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, "-c", start, *map(str, words)])  # noqa: S606 - our own program
    shown = b""
    for answer in (*typed, None):
        before = len(shown)
        while not shown[before:].rstrip().endswith(b":"):
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the program has ended
                break
        if answer:
            os.write(terminal, f"{answer}\n".encode())
            shown += os.read(terminal, 2)  # the end of the line, which is all that is echoed
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def test_a_passphrase_is_asked_for_unseen(tmp_path):
    """On a terminal it is typed twice where it is new, is not shown, and one that differs makes nothing."""
    out, secret = tmp_path / "zhao.key", "four words are enough"
    words = ("key", "new", "--as", "zhao", "--office", "reviewer", "--prefix", "county-330590", "--out", out)
    code, shown = at_the_keyboard(*words, typed=(secret, "four words are not"))
    assert (code, "passphrase-differs" in shown, out.exists()) == (2, True, False)
    code, shown = at_the_keyboard(*words, typed=(secret, secret))
    assert (code, secret in shown, shown.count("口令"), "再输入一次" in shown) == (0, False, 1, True)
    assert read_key("x", out, secret)
    assert tries_cost(out) == 96


def tries_cost(key):
    """Rounds of bcrypt in an OpenSSH key file: the last number of its kdf options (salt, rounds)."""
    data = base64.b64decode("".join(key.read_text().splitlines()[1:-1]))
    salt_at = data.index(b"bcrypt") + len(b"bcrypt") + 4
    (length,) = struct.unpack_from(">I", data, salt_at)
    return struct.unpack_from(">I", data, salt_at + 4 + length)[0]
