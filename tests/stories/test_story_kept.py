"""What a village's machine keeps for inspection: each print with its digest, the events themselves, every night."""

from __future__ import annotations

import errno
import hashlib
from datetime import UTC, datetime

import pypdfium2
import pytest

from boards.model.kept.register import Act
from kiosk_server.kiosk import open_register, open_vault
from tests.line.county_sim import VILLAGE, county, published, row
from tests.stories.test_story_erased import BATCH, Kiosk

ROWS = 40  # two pages


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list over two pages."""
    where = county(tmp_path_factory.mktemp("kept") / "county")
    published(where, [row(n, holder=f"户{n:03d}") for n in range(ROWS)])
    return where


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts):
    found = Kiosk(founded, tmp_path, new_database, kept_fonts)
    found.run("sync")
    return found


def prints(kiosk):
    return [one for one in open_register(kiosk.settings).entries(VILLAGE) if one.act is Act.PRINT]


def test_a_print_is_kept_and_written_down(kiosk, tmp_path):
    """The register names list, edition, number and digest; under it lies the very file, and printing again adds nothing."""
    assert "1 份" in kiosk.run("print")
    head = kiosk.sheet()
    (file,) = (kiosk.data / "print").iterdir()
    (one,) = prints(kiosk)
    assert (one.record, one.edition, one.code, one.title, one.digest, one.year, one.kind) == (
        BATCH,
        1,
        head.code,
        head.title,
        head.digest,
        2025,
        "list",
    )
    pdf = open_vault(kiosk.settings).read(one.sha256)
    assert pdf == file.read_bytes()
    assert one.sha256 == hashlib.sha256(pdf).hexdigest()
    assert (one.size_bytes, one.pages, one.name) == (len(pdf), len(pypdfium2.PdfDocument(pdf)), file.name)
    assert not one.suspect
    kiosk.run("print")
    assert prints(kiosk) == [one]
    kiosk.run("print", "--into", tmp_path / "large", "--paper", "a3")
    assert [len(one.name.split("_A3_")) for one in prints(kiosk)] == [1, 2]


def test_a_doubted_clock_stands_beside_what_it_says(kiosk, monkeypatch):
    """A print made while the clock is suspect is marked."""
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    kiosk.run("print")
    assert all(one.suspect for one in prints(kiosk))


@pytest.mark.parametrize("full", ["vault.os.fsync", "register.Chain.append"])
def test_a_disk_without_room_prints_nothing_it_does_not_keep(kiosk, monkeypatch, full):
    """Neither a file for the printer nor a line in the register; once there is room, both."""
    with monkeypatch.context() as patched:
        patched.setattr(f"kiosk_server.archive.kept.{full}", _full)
        assert kiosk.run("print").startswith("✗")
    assert not list(kiosk.folder.rglob("*_*.pdf"))
    assert prints(kiosk) == []
    assert "1 份" in kiosk.run("print")
    assert len(prints(kiosk)) == len(list(open_vault(kiosk.settings).files())) == 1


def _full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")
