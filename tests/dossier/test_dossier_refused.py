"""What this machine cannot prove now does not go out: a database edited by hand, another key, a bent register."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest

from boards.model.kept.register import Act, Entry
from kiosk_server.archive.engines.connection import reader, writer
from kiosk_server.archive.kept.register import Register
from kiosk_server.archive.trust_files import files_of
from sync.log.keys import new_key
from sync.trust.statement import statement_of
from tests.dossier.year_house import BATCH, VILLAGE, YearHouse, digest, land_on, tree

pytestmark = pytest.mark.thorough


@pytest.fixture
def house(founded, tmp_path):
    """One that may be changed."""
    return founded.copied(tmp_path / "house")


def by_hand(house, statement, *values):
    """What somebody does to the database who can open it."""
    db = writer(house.database, 0)
    with db.writing():
        db.execute(statement, values)
    db.close()


FAULTS = {
    "a head": ("UPDATE leaf SET head = replace(head, 'publish', 'Publish') WHERE id % 65536 = 0", "log-not-as-signed"),
    "a signed amount": ("UPDATE leaf SET head = CAST(replace(head, '\"rev\":1', '\"rev\":7') AS BLOB)", "log-not-as-signed"),
    "a body": ("UPDATE leaf SET body = CAST(replace(body, '甲', '乙') AS BLOB) WHERE id % 65536 = 1", "log-not-as-signed"),
    "a body gone": ("UPDATE leaf SET body = NULL WHERE id % 65536 = 1", "log-not-as-signed"),
    "an event gone": ("DELETE FROM leaf WHERE id % 65536 = 3", "log-not-as-signed"),
    "a size": ("UPDATE log SET size = size - 1", "log-not-whole"),
    "a line moved": ("UPDATE payout SET leaf = leaf + 1 WHERE id IN (SELECT min(id) FROM payout)", "rows-do-not-match"),
    "a line gone": ("DELETE FROM payout WHERE id IN (SELECT min(id) FROM payout)", "rows-do-not-match"),
    "a note": ("UPDATE log SET note = CAST(replace(note, 'county', 'County') AS BLOB)", "wrong-key"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_edited_by_hand_is_refused(house, tmp_path, fault):
    """Nothing is written onto the stick, and the sentence says what to do."""
    statement, code = FAULTS[fault]
    by_hand(house, statement)
    exit_code, said = house.exports(tmp_path / "stick")
    assert (exit_code, code in said) == (2, True), said
    assert not [*(tmp_path / "stick").iterdir()]


def test_keys_that_count_no_more_are_refused(house, tmp_path):
    """The signatures of the checkpoint are held to the keys that the root of trust names today."""
    with closing(reader(house.database)) as db:
        said = statement_of(files_of(db)["targets/trust.json"])
    other = msgspec.structs.replace(said.seats[1], key=str(new_key("county-330590/other").verifier))
    said = msgspec.structs.replace(said, seats=(said.seats[0], other))
    by_hand(house, "UPDATE trust_file SET content = ? WHERE name = 'targets/trust.json'", said.bytes())
    exit_code, told = house.exports(tmp_path / "stick")
    assert (exit_code, "one-signature-only" in told) == (2, True), told
    assert not [*(tmp_path / "stick").iterdir()]


def test_a_bent_register_is_not_handed_out(house, tmp_path):
    """A line was changed: the bag would tell another story than the machine's."""
    lines = [b'0123456789abcdef {"at":"2026-01-01T00:00:00Z","act":"print","village":"330590200201"}\n'] * 2
    (house.data / "register.chain").write_bytes(b"".join(lines))
    exit_code, said = house.exports(tmp_path / "stick")
    assert (exit_code, "register-bent" in said) == (2, True), said


def test_a_paper_that_was_printed_goes_out_as_it_was_printed(house, tmp_path, founded):
    """The bytes in the vault, by the register; a later moment of the export changes nothing of it."""
    printed = kept(house, code_of(founded, tmp_path / "first", BATCH.format("2025-01"), 2))
    bag = house.exported(tmp_path / "stick")
    assert (bag / "data" / "sheets").is_dir()
    pdf = next(path for path in (bag / "data/sheets").glob("*.pdf") if path.read_bytes() == printed)
    told = pdf.with_suffix(".json").read_text("utf-8")
    assert '"printed":true' in told
    assert digest(printed) in told


def test_a_superseded_edition_goes_out_as_paper_only_if_it_was_printed(house, tmp_path, founded):
    """What hangs no more is never drawn again; what was on the wall is in the vault."""
    printed = kept(house, code_of(founded, tmp_path / "first", BATCH.format("2025-01"), 1))
    bag = house.exported(tmp_path / "stick")
    sheets = {path.name[:2]: path.read_bytes() for path in (bag / "data/sheets").glob("*.pdf")}
    assert sheets["02"] == printed


def code_of(founded, into, batch, edition):
    """The digest (校验码) of an edition, as a bag says it."""
    bag = founded.exported(into)
    texts = [path.read_text("utf-8") for path in (bag / "data/sheets").glob("*.json")]
    found = next(text for text in texts if f'"batch":"{batch}"' in text and f'"edition":{edition},' in text)
    return re.search(r'"digest":"([0-9a-f]{64})"', found)[1]


def kept(house, sheet):
    """A print in the vault and in the register, as `kiosk print` keeps it; its bytes."""
    pdf = b"%PDF-1.7 as it hung on the wall /Type /Page "
    path = house.data / "vault" / digest(pdf)[:2] / digest(pdf)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pdf)
    line = Entry(at="2026-01-01T00:00:00Z", act=Act.PRINT, village=VILLAGE, digest=sheet, sha256=digest(pdf))
    Register(house.data).write(line)
    return pdf


def test_a_clock_that_cannot_be_right_hinders_nobody_and_is_said(house, tmp_path):
    """In bag-info.txt and in the register (line §4): whoever reads them later knows what the dates are worth."""
    by_hand(house, "UPDATE state SET trusted_floor = '2099-01-01T00:00:00Z'")
    by_hand(house, "UPDATE admission SET instant = '2098-12-01T00:00:00Z'")  # the battery went flat since
    code, said = house.kiosk("export", "--year", 2025, "--to", made(tmp_path / "stick"))
    assert code == 0, said
    assert "时钟不可信" in next((tmp_path / "stick").glob("*/bag-info.txt")).read_text("utf-8")
    assert '"suspect":true' in (house.data / "register.chain").read_text("utf-8").splitlines()[-1]


def test_a_line_of_the_same_second_comes_after_the_moment(house, tmp_path):
    """The export's own line may fall into the second of its moment, and must not be in the next bag of it."""
    for at in (house.as_of, "2026-01-01T00:00:00Z"):
        Register(house.data).write(Entry(at=at, act=Act.INSPECT, village=VILLAGE))
    bag = house.exported(tmp_path / "stick")
    lines = (bag / "data" / "register.ndjson").read_text("utf-8").splitlines()
    assert [line for line in lines if house.as_of in line] == []
    assert '"2026-01-01T00:00:00Z"' in lines[-1]


def test_a_file_that_never_came_is_told(house, tmp_path):
    """The bag is complete without it and says so: exit code 1, a sentence, a note on the stick."""
    for path in (house.data / "vault").glob("*/*"):
        if path.is_file() and path.stat().st_size < 1000:
            path.unlink()
    code, said = house.exports(tmp_path / "stick")
    assert (code, "份公告附件没有收到" in said) == (1, True), said
    assert "没有收到" in next((tmp_path / "stick").glob("*/bag-info.txt")).read_text("utf-8")


def test_one_that_was_stopped_goes_on_as_of_its_own_moment(house, tmp_path):
    """The same command, without a moment, hours later: what is on the stick stays right."""
    code, _ = house.exports(tmp_path / "stick")
    assert code == 0
    bag = tmp_path / "stick" / house.name()
    before = tree(bag)
    bag.rename(bag.with_name(f"{bag.name}.part"))
    code, said = house.kiosk("export", "--year", 2025, "--to", tmp_path / "stick")
    assert code == 0, said
    assert tree(bag) == before


def test_twice_on_a_day_finds_what_was_done(house, tmp_path):
    """Without a moment too: nothing has changed, so the bag of this morning is the bag of now."""
    words = ("export", "--year", 2025, "--to", made(tmp_path / "stick"))
    first, (code, said) = house.kiosk(*words), house.kiosk(*words)
    assert (first[0], code, "已经在那里" in said) == (0, 0, True), said


def test_a_notice_belongs_to_the_year_of_its_day_in_china(tmp_path):
    """Published at half past midnight of New Year's Day, it is of the new year, though UTC still has the old."""
    late = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)
    house = YearHouse.founded(tmp_path / "house", "", lambda county, folder: land_on(county, folder, late))
    code, said = house.exports(tmp_path / "stick")
    assert (code, "year-empty" in said) == (2, True), said
    assert [*(house.exported(tmp_path / "stick", year=2026) / "data/notices").glob("*.json")]


def made(folder):
    """A folder that is there."""
    folder.mkdir()
    return folder


def test_what_is_not_erased_everywhere_yet_does_not_go_out(house, tmp_path):
    """A pull that was stopped left papers that show an erased name: first it is carried through."""
    (house.data / "erased").write_bytes(b'{"reached":{},"before":{}}')
    code, said = house.exports(tmp_path / "stick")
    assert (code, "not-forgotten" in said) == (2, True), said
    assert not [*(tmp_path / "stick").iterdir()]
