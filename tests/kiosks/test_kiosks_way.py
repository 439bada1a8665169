"""The whole way by the commands as they are typed: enrolled, paired, pulled, reviewed, known; lost, and shut out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk_server.cli import county_command, kiosk_command
from sync.county.kiosks import enrolling, passes
from sync.durable import NotWritten
from sync.trust.pairing import pairing_of
from sync.trust.register import register_of
from tests.founding import as_typed, found
from tests.kiosks.kiosk_feed import asked, served
from tests.line.county_sim import OTHER, PACK, VILLAGE, published, row

pytestmark = pytest.mark.thorough

SITE = ("--site", "https://gk.example.org")
NOW = datetime.now(UTC)


@pytest.fixture
def where(tmp_path):
    county = found(tmp_path / "county", PACK, "", NOW)
    published(county, [row(1), row(2)])
    return county


def office(where, *words, by="li"):
    """A command of the county; exit code and what was told."""
    said = [*map(str, words), "--folder", str(where.folder)]
    said += [] if words[0] in {"review", "publish"} or by is None else ["--as", by]
    done = CliRunner().invoke(county_command, as_typed(said))
    return done.exit_code, done.output


def kiosk(*words, typing=None):
    done = CliRunner().invoke(kiosk_command, [*map(str, words)], input=typing)
    return done.exit_code, done.output


def signed(where, told):
    """Both seats sign what was proposed; what the reviewer read."""
    (proposal,) = [word for word in told.split() if word.startswith("20") and "-register" in word]
    code, text = office(where, "review", proposal)
    assert code == 0, text
    digest = text.rpartition("--shown ")[2].split()[0]
    for words in (("review", "--accept", proposal, "--shown", digest), ("publish", proposal)):
        code, done = office(where, *words)
        assert code == 0, done
    return text


def pairing(where, folder, *words, name="a.pairing"):
    code, told = office(where, "enrol", *words, *SITE, "--out", folder / name)
    assert code == 0, told
    return folder / name, told


@pytest.fixture
def local(new_database, kept_fonts):
    """A machine where tests keep the archive, with fonts that are cut already and no reserve of a real disk."""

    def made(home):
        kept_fonts(home / "data" / "press")
        toml = home / "kiosk.toml"
        text = toml.read_text("utf-8").replace("minimum_free_mb = 200", "minimum_free_mb = 0")
        toml.write_text(text.replace('database = ""', f'database = "{new_database()}"'), "utf-8")

    return made


def test_from_nothing_to_a_kiosk_that_the_county_knows(where, tmp_path, local):
    """One pairing file and its answer; the kiosk pulls with its token over HTTP, and says how it stands."""
    home, at = tmp_path / "kiosk", lambda: datetime.now(UTC)
    with served(where, at) as address:
        stick, told = pairing(where, tmp_path, "岭东村", "--feed", address)
        assert "第一份口令" in told
        assert "明文" in told
        assert passes.passes(where.folder)[0].sha256 not in told
        assert stick.stat().st_mode & 0o077 == 0
        assert kiosk("pair", stick, "--folder", home)[0] == 0
        local(home)
        code, told = kiosk("sync", "--settings", home / "kiosk.toml")
        assert (code, "新到 3 条" in told) == (0, True), told
        code, told = office(where, "enrol", "--answer", tmp_path / f"{VILLAGE}.answer.json")
        assert code == 0, told
        assert "新登记一体机 330590100201：梅坞镇岭东村" in signed(where, told)
        assert kiosk("sync", "--settings", home / "kiosk.toml") == (0, f"✓ {VILLAGE}：没有新内容\n")
        assert "登记" in doctor(home)
        assert "330590100201，" in doctor(home)
        assert office(where, "passes", by=None)[1].startswith(f"有口令    {VILLAGE}  梅坞镇岭东村  最近 ")
        # lost: shut out from the next request on, known to staff once both seats have signed, never dark
        token = (home / "kiosk.toml").read_text("utf-8").partition('token = "')[2].partition('"')[0]
        assert asked(f"{address}/v/{VILLAGE}/checkpoint", token).status == 200
        code, told = office(where, "register", "end", VILLAGE)
        assert (code, "马上生效" in told) == (0, True), told
        assert asked(f"{address}/v/{VILLAGE}/checkpoint", token).status == 401
        assert "起停用" in signed(where, told)
    assert not enrolling.register_now(where).standing


def test_a_stick_that_takes_no_file_leaves_the_machine_its_token(where, tmp_path):
    """The old one ends when a new pairing file lies where it can be carried, not before."""
    stick, _ = pairing(where, tmp_path, "岭东村", "--feed", where.feed)
    before = passes.passes(where.folder)
    words = ("enrol", "岭东村", "--feed", where.feed, *SITE, "--out", stick / "b.pairing")
    code, told = office(where, *words)
    assert (code, "report-not-written" in told) == (2, True), told
    assert passes.passes(where.folder) == before
    pairing(where, tmp_path, "岭东村", "--feed", where.feed)
    assert passes.passes(where.folder) != before


def test_a_server_that_takes_no_ticket_leaves_the_machine_its_token_and_its_code(where, monkeypatch):
    """By code the old one ends when the new ticket lies at the server; the ticket that was handed out with it, too."""
    enrol = ("enrol", "岭东村", "--feed", "https://feed.example.org", *SITE, "--code")
    assert office(where, *enrol)[0] == 0
    home = where.folder / "pairings"
    (ticket,) = home.iterdir()
    before = passes.passes(where.folder)
    with monkeypatch.context() as full:
        full.setattr("sync.county.kiosks.tickets.durable", _full)
        code, told = office(where, *enrol)
    assert (code, "county-not-written" in told) == (2, True), told
    assert (passes.passes(where.folder), [*home.iterdir()]) == (before, [ticket])
    assert office(where, *enrol)[0] == 0
    (after,) = home.iterdir()
    assert after != ticket
    assert passes.passes(where.folder) != before


def _full(*_, **__):
    raise NotWritten(why="No space left on device")


def test_a_village_that_is_typed_twice_is_served_once(where, tmp_path):
    """By its name and by its code."""
    stick, _ = pairing(where, tmp_path, "岭东村", VILLAGE, OTHER, "--feed", where.feed)
    assert [one.code for one in pairing_of(stick.read_bytes()).villages] == [VILLAGE, OTHER]


def test_a_kiosk_that_the_register_does_not_know_says_so_and_goes_on(where, tmp_path, local):
    """Before its answer is back, and after it was let go while it still may pull; the lists come all the same."""
    home = tmp_path / "kiosk"
    stick, _ = pairing(where, tmp_path, "岭东村", "--feed", where.feed, "--kiosk", "lingdong")
    other, _ = pairing(where, tmp_path, OTHER, "--feed", where.feed, "--kiosk", "other", name="b.pairing")
    assert kiosk("pair", stick, "--folder", home)[0] == 0
    assert kiosk("pair", other, "--folder", tmp_path / "other")[0] == 0
    local(home)
    told = office(where, "enrol", "--answer", tmp_path / "other.answer.json")[1]
    signed(where, told)
    sync = ("sync", "--settings", home / "kiosk.toml")
    code, told = kiosk(*sync)
    assert (code, "kiosk-not-enrolled" in told, "新到 3 条" in told) == (0, True, True), told
    assert "kiosk-not-enrolled" in doctor(home)
    signed(where, office(where, "enrol", "--answer", tmp_path / "lingdong.answer.json")[1])
    assert "kiosk-not-enrolled" not in kiosk(*sync)[1]
    signed(where, office(where, "register", "end", "lingdong")[1])
    code, told = kiosk(*sync)
    assert (code, "kiosk-enrolment-ended" in told) == (0, True), told
    assert kiosk("year", "--settings", home / "kiosk.toml", "--year", 2025)[0] in {0, 1}


def test_a_village_given_to_another_kiosk_is_told_at_both_ends(where, tmp_path, local):
    """Refused without a word, then moved; the kiosk that lost it says so and goes on showing it."""
    home = tmp_path / "kiosk"
    stick, _ = pairing(where, tmp_path, "岭东村", OTHER, "--feed", where.feed, "--kiosk", "town")
    assert kiosk("pair", stick, "--folder", home)[0] == 0
    local(home)
    signed(where, office(where, "enrol", "--answer", tmp_path / "town.answer.json")[1])
    words = ("enrol", OTHER, "--feed", where.feed, "--kiosk", "own", *SITE, "--out", tmp_path / "b.pairing")
    code, told = office(where, *words)
    assert (code, "village-served" in told) == (2, True)
    assert office(where, *words, "--move")[0] == 0
    assert kiosk("pair", tmp_path / "b.pairing", "--folder", tmp_path / "own")[0] == 0
    answer = tmp_path / "own.answer.json"
    assert "village-served" in office(where, "enrol", "--answer", answer)[1]
    read = signed(where, office(where, "enrol", "--answer", answer, "--move")[1])
    assert "一体机 town 的村：" in read
    assert "village-moved" in kiosk("sync", "--settings", home / "kiosk.toml")[1]


def test_a_code_is_printed_once_and_pairs(where, tmp_path):
    """No file at all: a code read out on the telephone, the answer back over the line."""
    home = tmp_path / "kiosk"
    with served(where, lambda: datetime.now(UTC)) as address:
        code, told = office(where, "enrol", "岭东村", "--feed", address, *SITE, "--code")
        assert code == 0, told
        typed = told.partition("：")[2].rpartition("配对码（只显示这一次）：")[2].split()[0]
        words = ("pair", "--code", "--url", address, "--insecure-lan", "--folder", home)
        code, told = kiosk(*words, typing=f"{typed}\n")
        assert code == 0, told
    assert "答复已到" in office(where, "register", "show", by=None)[1]
    answer = where.folder / "pairings" / f"{VILLAGE}.answer.json"
    signed(where, office(where, "enrol", "--answer", answer)[1])
    assert "答复已到" not in office(where, "register", "show", by=None)[1]
    for path in where.folder.rglob("*"):
        if path.is_file():
            assert typed.encode() not in path.read_bytes(), path


def test_the_register_is_shown_edited_by_hand_and_checked(where, tmp_path):
    """The people of a village's office come in as a file; what is no register is refused by name."""
    code, told = office(where, "register", "show", "--json", by=None)
    edited = tmp_path / "登记册.json"
    person = '{"person":"zhao","name":"赵干事","roles":["clerk"]}'
    edited.write_text(
        told.replace('"offices":[]', f'"offices":[{{"village":"{VILLAGE}","officials":[{person}]}}]')
    )
    read = signed(where, office(where, "register", "propose", edited)[1])
    assert "梅坞镇岭东村办公室增加 赵干事（zhao，clerk）" in read
    assert "赵干事" in office(where, "register", "show", by=None)[1]
    assert "register-unchanged" in office(where, "register", "propose", edited)[1]
    edited.write_text("{}")
    assert "county-register-wrong" in office(where, "register", "propose", edited)[1]
    edited.write_text(told.replace("330590", "990523"))
    assert "county-register-wrong" in office(where, "register", "propose", edited)[1]
    code, told = office(where, "register", "check", by=None)
    assert (code, told.count("没有登记的一体机")) == (1, 12)


def test_a_reviewer_signs_by_no_words_that_somebody_wrote_beside_a_register(where, tmp_path):
    """Whom it lets in is told again from the register itself before anybody signs."""
    edited = tmp_path / "登记册.json"
    told, person = (
        office(where, "register", "show", "--json", by=None)[1],
        '{"person":"zhao","name":"赵干事","roles":[]}',
    )
    edited.write_text(
        told.replace('"offices":[]', f'"offices":[{{"village":"{VILLAGE}","officials":[{person}]}}]')
    )
    code, told = office(where, "register", "propose", edited)
    assert code == 0, told
    (file,) = where.folder.glob("proposals/*-register/proposal.json")
    whole = file.read_text()
    file.write_text(whole.replace("赵干事", "钱干事"))
    digest = office(where, "review", file.parent.name)[1].rpartition("--shown ")[2].split()[0]
    assert "tells-otherwise" in office(where, "review", "--accept", file.parent.name, "--shown", digest)[1]
    file.write_text(whole)
    assert "赵干事" in signed(where, told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("enrol",), "请写村名"),
        (("enrol", "岭东村", "--out", "x", "--code", "--feed", "https://a"), "请写村名"),
        (("enrol", "岭东村", "--out", "x", "--answer", "y"), "请写村名"),
        (("enrol", "岭东村", "--out", "x"), "数据来源"),
        (("enrol", "没有村", "--out", "x", "--feed", "https://a", *SITE), "village-not-named"),
        (("enrol", "岭东村", "--out", "x", "--feed", "https://a"), "site-missing"),
        (
            ("enrol", "岭东村", "--out", "x", "--feed", "https://a", *SITE, "--kiosk", "../keys"),
            "应是小写字母",
        ),
        (("register", "end", "nobody"), "kiosk-unknown"),
    ],
)
def test_what_is_typed_wrong_hands_out_no_token(where, words, told):
    """One sentence, nothing written."""
    code, said = office(where, *words)
    assert (code, told in said) == (2, True), said
    assert passes.passes(where.folder) is None


def test_who_acts_is_written_down_and_must_be_known(where, tmp_path):
    """No token without a name, none by a name nobody knows."""
    words = ("enrol", "岭东村", "--feed", "https://a", *SITE, "--out", tmp_path / "a.pairing")
    assert office(where, *words, by=None)[0] == 2
    assert "person-unknown" in office(where, *words, by="zhou")[1]
    assert office(where, *words)[0] == 0
    assert '"by":"li"' in (where.folder / "hands.jsonl").read_text("utf-8")


def test_published_register_reads_as_one(where, tmp_path):
    """What lies in the feed is the register, signed, and holds no token and no secret of anybody."""
    stick, _ = pairing(where, tmp_path, "岭东村", "--feed", where.feed)
    kiosk("pair", stick, "--folder", tmp_path / "kiosk")
    signed(where, office(where, "enrol", "--answer", tmp_path / f"{VILLAGE}.answer.json")[1])
    token = stick.read_text().partition('"token": "')[2].partition('"')[0]
    files = [path for path in where.feed.rglob("*") if path.is_file()]
    assert any(path.name.endswith(".register.json") for path in files)
    assert len(token) == 32
    for path in files:
        assert token.encode() not in path.read_bytes()
    (register,) = (where.feed / "trust/targets").glob("*.register.json")
    assert (
        register_of(register.read_bytes()).kiosks[0].since
        == f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
    )


def doctor(home: Path) -> str:
    """What the machine says of itself."""
    return kiosk("doctor", "--settings", home / "kiosk.toml")[1]
