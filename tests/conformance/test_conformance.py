"""Our durable wrapper as a client of TUF: the whole public suite where a copy is given, our own vectors always."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sync.log.keys import new_key
from sync.trust.repository import signer_of
from tests.trust.trust_house import House

pytestmark = pytest.mark.thorough

CLIENT = Path(__file__).with_name("client.py")
SUITE = os.environ.get("TUF_CONFORMANCE", "")


@pytest.mark.faults
@pytest.mark.skipif(not SUITE, reason="TUF_CONFORMANCE names no copy of the suite")
@pytest.mark.skipif(not shutil.which("faketime"), reason="the suite sets clocks with faketime")
def test_the_whole_of_tuf_conformance_passes(tmp_path):
    """Every test of the suite in that folder, against `client.py`; about five minutes."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis"),
            *("-c", f"{SUITE}/pyproject.toml", f"--rootdir={SUITE}", f"--basetemp={tmp_path / 'bt'}"),
            *(f"{SUITE}/tuf_conformance", f"--entrypoint={sys.executable} {CLIENT}"),
        ],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
    assert "failed" not in done.stdout


class Site:
    """A county's trust folder served as it lies, and a client that has its first root."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder / "feed", datetime.now(UTC))
        self.metadata, self.targets = folder / "metadata", folder / "targets"
        self.metadata.mkdir()
        self.targets.mkdir()
        served = partial(Quiet, directory=str(self.house.repository.folder))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), served)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        assert self.run("init", str(self.file("1.root.json"))) == 0

    def file(self, name: str) -> Path:
        return self.house.repository.folder / "metadata" / name

    def run(self, *words: str) -> int:
        command = [sys.executable, str(CLIENT), "--metadata-dir", str(self.metadata), *words]
        return subprocess.run(command, capture_output=True, check=False).returncode

    def refresh(self) -> int:
        return self.run("--metadata-url", f"{self.address}/metadata", "refresh")

    def download(self, name: str) -> int:
        where = ["--target-base-url", f"{self.address}/targets", "--target-dir", str(self.targets)]
        return self.run(
            "--metadata-url", f"{self.address}/metadata", "--target-name", name, *where, "download"
        )

    def trusted(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.metadata.glob("*.json")}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def site(tmp_path):
    found = Site(tmp_path)
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_the_protocol_from_root_to_target(site):
    """init, refresh, download: files of the roles lie where the suite looks, the target is what was signed."""
    site.house.publish("pack", b'{"a":1}', site.house.li, site.house.wang)
    assert site.refresh() == 0
    assert set(site.trusted()) == {"root.json", "timestamp.json", "snapshot.json", "targets.json"}
    assert site.download("pack.json") == 0
    assert [path.read_bytes() for path in site.targets.iterdir()] == [b'{"a":1}']
    assert "pack.json" in site.trusted()
    assert site.download("other.json") == 1


def test_rollback_bent_files_and_strangers_are_refused(site):
    """Each vector leaves the client with exit code 1 and what it trusted before."""
    old = site.file("timestamp.json").read_bytes()
    site.house.repository.renew(signer_of(site.house.online), site.house.now)
    assert site.refresh() == 0
    before, newest = site.trusted(), site.file("timestamp.json").read_bytes()
    for wrong in (old, newest.replace(b'"version":2', b'"version":3'), newest[:-1], b"", b"[" * 9999):
        site.file("timestamp.json").write_bytes(wrong)
        assert site.refresh() == 1
        assert site.trusted() == before
    site.file("timestamp.json").write_bytes(newest)
    assert site.refresh() == 0


def test_a_root_that_the_old_one_did_not_sign_is_refused(site):
    """Three strangers make the next root: the client stays with the first."""
    strangers = [new_key(f"root{number}") for number in (7, 8, 9)]
    root = site.house.root_next(strangers, site.house.online, *strangers)
    site.file("2.root.json").write_bytes(root.to_bytes())
    assert site.refresh() == 1
    assert site.trusted()["root.json"] == site.file("1.root.json").read_bytes()


def test_mirrored_files_lost_or_emptied_cost_nothing(site):
    """A power cut that leaves empty files is the plain client's rollback; the store does not read them."""
    assert site.refresh() == 0
    before = site.trusted()
    for path in site.metadata.glob("*.json"):
        path.write_bytes(b"")
    old = site.file("timestamp.json").read_bytes()
    site.house.repository.renew(signer_of(site.house.online), site.house.now)
    assert site.refresh() == 0
    site.file("timestamp.json").write_bytes(old)
    assert site.refresh() == 1
    assert set(site.trusted()) == set(before)
