"""PROTOCOL.md is what we do: its examples are fixtures."""

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

import sync
from sync import wire
from sync.gate import PrivacyGate
from sync.log import tiles, tree
from sync.log.bundle import packed
from sync.log.checkpoint import Checkpoint
from sync.log.keys import verifier_key
from sync.proof import proven
from sync.seams import LogState
from tests.trust.trust_house import seats_of

TEXT = (Path(sync.__file__).parent / "PROTOCOL.md").read_text()
VILLAGE = "990523100201"


def example(name):
    """A fenced block by its title."""
    return re.search(rf"```\w+ {re.escape(name)}\n(.*?)```", TEXT, re.DOTALL)[1]


@pytest.fixture
def trust():
    """The keys of the document."""
    publisher, reviewer = example("keys").split()
    return seats_of(publisher, reviewer, "county-990523")


def test_the_documents_checkpoint_is_believed(trust):
    """Signed by its two keys, for its village."""
    assert trust.verified(VILLAGE, example("checkpoint").encode()).size == 3


def test_the_documents_lines_have_the_documents_root(trust):
    """Framing, digests and tree of the example hold, and its close reconciles."""
    target = trust.verified(VILLAGE, example("checkpoint").encode())
    raw = packed(example("lines").encode())
    start = Checkpoint(target.origin, 0, tree.EMPTY_ROOT)
    proof = proven(lambda name: {"tile/rows/000.p/3": raw}[name], LogState(target.origin), start, target)
    assert list(proof.ends) == [3]
    events = []
    for index, line in enumerate(example("lines").splitlines()):
        head, body = wire.framed(line.encode(), index)
        assert not PrivacyGate().holds_back(head, body)
        events.append((wire.head_of(head), wire.body_of(wire.head_of(head).kind, body)))
        assert wire.canonical(events[-1][0]) == head
        assert wire.canonical(events[-1][1]) == body
    close = events[-1][1].close
    assert close.sum_fen == sum(body.payout.amount_fen for _, body in events[:-1])
    assert close.source_total_fen == close.sum_fen + sum(part.sum_fen for part in close.left_out)


def test_the_documents_year_is_the_sum_of_its_list():
    """The example of a year is canonical, passes the gate, and sums the example's list to the fen."""
    head, body = wire.framed(example("year").strip().encode())
    assert not PrivacyGate().holds_back(head, body)
    told, said = wire.head_of(head), wire.body_of(wire.Kind.YEAR, body)
    assert (wire.canonical(told), wire.canonical(said)) == (head, body)
    assert (told.kind, told.rec, told.rev) == ("year.close", told.batch, said.annual.edition)
    close = wire.body_of(wire.Kind.CLOSE, wire.framed(example("lines").splitlines()[-1].encode())[1]).close
    assert [row.sum_fen for row in said.annual.rows] == [close.sum_fen]


def test_the_documents_names_may_travel():
    """Every file name in the document is an expected one."""
    for line in example("files").splitlines():
        _, village, name = line.split("/", 2)
        assert tiles.is_village(village)
        assert tiles.is_file_name(name)


@pytest.mark.thorough
def test_the_documents_openssl_commands_work(tmp_path):
    """Copied into a shell as they stand, they verify the checkpoint, and not a changed one."""
    assert verifier_key(example("keys").split()[0]).pem().decode() == example("publisher.pem")
    (tmp_path / "publisher.pem").write_text(example("publisher.pem"))
    shell = shutil.which("sh")
    for text, good in (
        (example("checkpoint"), True),
        (example("checkpoint").replace("\n3\n", "\n4\n"), False),
    ):
        (tmp_path / "checkpoint").write_text(text)
        done = subprocess.run(
            [shell, "-ec", example("openssl")], cwd=tmp_path, capture_output=True, check=False
        )
        assert (done.returncode == 0) is good


def test_every_kind_and_field_is_documented():
    """The tables name every kind, every field of a head, and every body."""
    for word in [
        *wire.Kind,
        *msgspec.structs.asdict(wire.head_of(wire.framed(example("lines").splitlines()[0].encode())[0])),
    ]:
        assert f"`{word}`" in TEXT
    for kind, body in wire.BODIES.items():
        row = re.search(rf"^\| `{re.escape(kind)}` \| (.*) \|$", TEXT, re.MULTILINE)[1]
        assert re.findall(r"`(\w+)`", row) == [field.name for field in msgspec.structs.fields(body)]
