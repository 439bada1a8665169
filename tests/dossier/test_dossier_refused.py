"""What this machine cannot prove now does not go out: a database edited by hand, another key, a bent register."""

from __future__ import annotations

import re

import pytest

from boards.model.kept.register import Act, Entry
from kiosk_server.archive.engines.connection import writer
from kiosk_server.archive.kept.register import Register
from tests.dossier.year_house import BATCH, VILLAGE, digest

pytestmark = pytest.mark.sqlite  # each test has a copy of the database file


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


def test_keys_that_are_pinned_no_more_are_refused(house, tmp_path):
    """The signatures of the checkpoint are held to the keys of today's settings."""
    text = house.settings.read_text("utf-8")
    reviewer = re.search(r"reviewer_keys = \[(.*)\]", text)[1]
    other = reviewer.replace("reviewer+", "other+")
    house.settings.write_text(text.replace(reviewer, other), "utf-8")
    exit_code, said = house.exports(tmp_path / "stick")
    assert exit_code == 2, said
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
