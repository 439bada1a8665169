"""From a reading to signed logs: reconciled to the fen, by two persons, safe to stop and to repeat."""

import hashlib
import resource
from pathlib import Path

import msgspec
import pytest
from hypothesis import strategies as st
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import PlainEd25519Signer
from tlog_scales.writer import TilesWriter

from boards.model.findings import CellFinding, Level
from boards.model.payouts import BatchClose, Payout, PayStatus
from sync import wire
from sync.county.acting import key_file
from sync.county.county import (
    CountyBusy,
    CountyExists,
    CountyNotFound,
    CountyTomlWrong,
    founded,
    open_county,
)
from sync.county.publish import changes, proposals, publisher
from sync.county.publish.amendments import Amendment, correction
from sync.county.publish.batch import batch_toml
from sync.county.publish.batch_records import RecordNotFound
from sync.county.publish.parts import BatchAlreadyPublished
from sync.county.publish.proposals import ProposalDamaged, ProposalNotFound
from sync.county.publish.publisher import FeedMoved, NotReviewed, ReadingRefused, WarningsNotConfirmed
from sync.county.reading import Verdict
from sync.durable import NotWritten
from sync.log import tree
from sync.log.keys import KeyUnreadable
from sync.log_files import FeedDamaged
from tests.founding import CLERK, found, opened
from tests.line import tree_proofs
from tests.line.county_sim import (
    NOW,
    OTHER,
    PACK,
    VILLAGE,
    batch,
    copied,
    county,
    published,
    reading,
    row,
    salts,
)

pytestmark = pytest.mark.thorough

REASON = wire.Reason(code="typo", text="录入错误")
STATUSES = st.sampled_from(
    [PayStatus.PAID, PayStatus.FAILED, PayStatus.RETURNED, PayStatus.STOPPED, PayStatus.APPLIED]
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A county before its first batch."""
    return county(tmp_path_factory.mktemp("county") / "c")


@pytest.fixture
def own(empty, tmp_path):
    """A county of this test alone."""
    return copied(empty, tmp_path / "c")


def test_errors_refuse_and_warnings_wait_for_a_reason(own):
    """A warning may stand when a person says why, by its code."""
    warning = CellFinding(level=Level.WARNING, code="odd-area", message="面积偏大")
    error = CellFinding(level=Level.ERROR, code="no-amount", message="没有金额")
    with pytest.raises(ReadingRefused):
        publisher.propose(own, reading([row(1)], findings=(error,), verdict=Verdict.HOLD), batch(), NOW)
    with pytest.raises(ReadingRefused):
        publisher.propose(own, reading([], verdict=Verdict.REFUSED), batch(), NOW)
    warned = reading([row(1)], findings=(warning,), verdict=Verdict.HOLD)
    with pytest.raises(WarningsNotConfirmed, match="odd-area"):
        publisher.propose(own, warned, batch(), NOW)
    confirmed = batch_toml(
        b'programme="farmland_fertility"\nfiscal_year=2025\nperiod_no="1"\npaid_on=2025-09-30\n'
        + '[[confirmed]]\ncode="odd-area"\nreason="现场核实"\n'.encode()
    )
    another = msgspec.structs.replace(warning, code="odd-rate")
    both = msgspec.structs.replace(warned, findings=(*warned.findings, another))
    with pytest.raises(WarningsNotConfirmed, match="odd-rate"):
        publisher.propose(own, both, confirmed, NOW)
    made = publisher.propose(own, warned, confirmed, NOW)
    assert made.findings == (warning,)
    assert made.confirmed[0].reason == "现场核实"


def test_three_steps_two_persons(own):
    """Nothing is readable before review and publication; afterwards repeating changes nothing."""
    made = publisher.propose(own, reading([row(1), row(2, village=OTHER)]), batch(), NOW)
    assert proposals.stands(own, made) == "proposed"
    with pytest.raises(NotReviewed):
        publisher.publish(own, made.id, NOW)
    assert own.log(VILLAGE).note() == b""
    publisher.review(own, made.id, NOW)
    assert proposals.stands(own, made) == "reviewed"
    assert own.log(VILLAGE).note() == b""
    done = publisher.publish(own, made.id, NOW)
    assert done.written == done.villages == (VILLAGE, OTHER)
    before = {f: f.read_bytes() for f in own.feed.rglob("*") if f.is_file()}
    assert publisher.publish(own, made.id, NOW).written == ()
    assert publisher.review(own, made.id, NOW) == made
    assert {f: f.read_bytes() for f in own.feed.rglob("*") if f.is_file()} == before
    for village in (VILLAGE, OTHER):
        assert own.trust().verified(village, own.log(village).note()).size == 2
    with pytest.raises(BatchAlreadyPublished):
        publisher.propose(own, reading([row(1)]), batch(), NOW)


def test_published_in_part_it_is_finished_later(own):
    """A power cut between two villages leaves the first published; repeating publishes the rest."""
    made = publisher.propose(own, reading([row(1), row(2, village=OTHER)]), batch(), NOW)
    publisher.review(own, made.id, NOW)
    other = own.folder / "feed" / "v" / OTHER
    other.parent.mkdir(exist_ok=True)
    other.write_text("in the way")
    with pytest.raises((NotWritten, FeedDamaged)):
        publisher.publish(own, made.id, NOW)
    other.unlink()
    assert own.log(VILLAGE).state().size == 2
    assert publisher.publish(own, made.id, NOW).written == (OTHER,)
    assert proposals.stands(own, made) == "published"


def test_a_batch_overtaken_by_another_is_reviewed_again(own):
    """Compare-and-swap: a signature is for one place in one log; review moves the batch behind the other."""
    first = publisher.propose(own, reading([row(1)]), batch("1"), NOW)
    second = publisher.propose(own, reading([row(2)]), batch("2"), NOW)
    for one in (first, second):
        publisher.review(own, one.id, NOW)
    publisher.publish(own, first.id, NOW)
    with pytest.raises(FeedMoved):
        publisher.publish(own, second.id, NOW)
    moved = publisher.review(own, second.id, NOW)
    publisher.publish(own, second.id, NOW)
    assert (moved.parts[0].base_size, moved.parts[0].size) == (2, 4)
    closes = [
        wire.body_of("batch.close", body).close
        for head, body in map(wire.framed, own.log(VILLAGE).lines())
        if wire.commitment(head).kind == "batch.close"
    ]
    assert [(c.start, c.stop) for c in closes] == [(0, 1), (2, 3)]


def test_a_proposal_that_was_touched_is_neither_signed_nor_published(empty, tmp_path):
    """One changed character in the lines, the figures or the reviewed note stops it."""
    for where in ("lines", "figures", "note"):
        own = copied(empty, tmp_path / where)
        made = publisher.propose(own, reading([row(1)]), batch(), NOW)
        folder = own.proposals / made.id
        lines = folder / "lines" / made.parts[0].lines_sha256
        target = lines if where == "lines" else folder / "proposal.json"
        if where == "note":
            publisher.review(own, made.id, NOW)
            target = folder / "reviewed" / VILLAGE
            target.write_text(target.read_text().replace("\n2\n", "\n3\n"))
            with pytest.raises(ProposalDamaged):
                publisher.publish(own, made.id, NOW)
            assert own.log(VILLAGE).note() == b""
            continue
        amount = str(row(1).payout.amount_fen)
        target.write_text(target.read_text().replace(amount, "9" + amount))
        with pytest.raises(ProposalDamaged):
            publisher.review(own, made.id, NOW)


@pytest.mark.parametrize("field", ["count", "households", "sum_fen", "source_total_fen", "edition"])
def test_the_reviewer_signs_the_figures_that_were_shown(own, field):
    """Each figure of a proposal is that of the close in its lines; one of them changed by one is not signed."""
    made = publisher.propose(own, reading([row(1)]), batch(), NOW)
    (part,) = made.parts
    touched = msgspec.structs.replace(part, **{field: getattr(part, field) + 1})
    file = own.proposals / made.id / "proposal.json"
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(made, parts=(touched,))))
    with pytest.raises(ProposalDamaged):
        publisher.review(own, made.id, NOW)


def test_bodies_changed_with_their_digest_in_the_proposal_are_not_signed(own):
    """The tree holds heads alone: whoever rewrites a body must be caught by the digest in its signed head."""
    made = publisher.propose(own, reading([row(1)]), batch(), NOW)
    folder, (part,) = own.proposals / made.id, made.parts
    lines = (folder / "lines" / part.lines_sha256).read_bytes()
    rewritten = lines.replace(row(1).payout.holder.encode(), "乙某".encode())
    assert rewritten != lines
    fitting = msgspec.structs.replace(part, lines_sha256=hashlib.sha256(rewritten).hexdigest())
    (folder / "lines" / fitting.lines_sha256).write_bytes(rewritten)
    (folder / "proposal.json").write_bytes(
        msgspec.json.encode(msgspec.structs.replace(made, parts=(fitting,)))
    )
    with pytest.raises(ProposalDamaged):
        publisher.review(own, made.id, NOW)


def test_a_review_that_broke_off_between_villages_is_none(own):
    """Both villages' checkpoints are signed, or nothing is published anywhere."""
    made = publisher.propose(own, reading([row(1), row(2, village=OTHER)]), batch(), NOW)
    publisher.review(own, made.id, NOW)
    (own.proposals / made.id / "reviewed" / OTHER).unlink()
    with pytest.raises(NotReviewed):
        publisher.publish(own, made.id, NOW)
    assert own.log(VILLAGE).note() == b""


def test_a_damaged_feed_is_not_built_upon(own):
    """When the county's own tiles do not give the signed root, nothing is added."""
    published(own, [row(1)])
    tile = next((own.feed / "v" / VILLAGE / "tile" / "0").rglob("2"))
    tile.write_bytes(b"x" * 64)
    with pytest.raises(FeedDamaged):
        publisher.propose(own, reading([row(2)]), batch("2"), NOW)


def test_a_lost_file_is_told_apart_from_a_mistake_of_ours(own):
    """Missing tiles, missing keys and unwritable folders are refusals with advice."""
    published(own, [row(1)])
    for file in (own.feed / "v" / VILLAGE / "tile" / "0").rglob("2"):
        file.unlink()
    with pytest.raises(FeedDamaged):
        publisher.propose(own, reading([row(2)]), batch("2"), NOW)
    key_file(own, CLERK).unlink()
    with pytest.raises(KeyUnreadable):
        opened(own.folder)
    for half in ("not hex", "", "00" * 31):  # by an empty key anybody could name a household
        (own.folder / "keys" / "household.key").write_text(half)
        with pytest.raises(KeyUnreadable):
            own.household_key()
    (own.folder / "blocked").write_text("")
    with pytest.raises(NotWritten):
        found(own.folder / "blocked" / "county", PACK, "", NOW)


def test_one_writer_a_log(own):
    """Two publications of one village do not meet."""
    made = publisher.propose(own, reading([row(1)]), batch(), NOW)
    publisher.review(own, made.id, NOW)
    with own.writing((VILLAGE,)), pytest.raises(CountyBusy):
        publisher.publish(own, made.id, NOW)
    assert publisher.publish(own, made.id, NOW).count == 1


def _closes(where) -> list[BatchClose]:
    pairs = [wire.framed(line) for line in where.log(VILLAGE).lines()]
    return [
        wire.body_of("batch.close", b).close for h, b in pairs if wire.commitment(h).kind == "batch.close"
    ]


def test_a_corrected_line_of_a_sensitive_list_still_says_a_name_and_an_amount(own):
    """Whatever a clerk types beside the amount stays off a list that tells who is ill."""
    published(own, [row(1)], programme='"disability_living"')
    village = next(one for one in own.pack.villages if one.code == VILLAGE)
    wanted = Amendment(amount_fen=12300, remark="重度")
    fixed = correction(own, village, "330590-disability_living-2025-01-0001", wanted)
    assert (fixed.amount_fen, fixed.holder, fixed.remark) == (12300, row(1).payout.holder, "")


def test_changes_restate_their_batch(own):
    """A correction, a withdrawal and an erasure each bring the next edition, reconciled."""
    published(own, [row(1), row(2), row(3)])
    batch_name = "330590-farmland_fertility-2025-01"
    fixed = Payout(seq=9, holder="改", amount_fen=100)
    for made in (
        lambda: changes.correct(own, VILLAGE, f"{batch_name}-0001", fixed, REASON, NOW, salt=salts()),
        lambda: changes.withdraw(own, VILLAGE, f"{batch_name}-0002", REASON, NOW),
        lambda: changes.erase(own, VILLAGE, f"{batch_name}-0001", REASON, NOW),
        lambda: changes.erase(own, VILLAGE, f"{batch_name}-0002", REASON, NOW),
    ):
        proposal = made()
        publisher.review(own, proposal.id, NOW)
        publisher.publish(own, proposal.id, NOW)
    closes = _closes(own)
    assert [c.edition for c in closes] == [1, 2, 3, 4, 5]
    assert [c.count for c in closes] == [3, 3, 2, 1, 1]
    amounts = [row(n).payout.amount_fen for n in (1, 2, 3)]
    assert [c.sum_fen for c in closes] == [
        sum(amounts),
        sum(amounts[1:]) + 100,
        100 + amounts[2],
        amounts[2],
        amounts[2],
    ]
    for close in closes:
        assert close.source_total_fen == close.sum_fen + sum(p.sum_fen for p in close.left_out)
    with pytest.raises(RecordNotFound):
        changes.withdraw(own, VILLAGE, f"{batch_name}-0001", REASON, NOW)
    with pytest.raises(RecordNotFound):
        changes.erase(own, VILLAGE, f"{batch_name}-0002", REASON, NOW)
    with pytest.raises(RecordNotFound):
        changes.correct(own, VILLAGE, f"{batch_name}-0099", fixed, REASON, NOW)
    with pytest.raises(RecordNotFound):
        changes.correct(own, "990523100201", f"{batch_name}-0003", fixed, REASON, NOW)


def test_a_county_is_founded_once(own, tmp_path):
    """Keys are separate files for their owners alone; founding again is refused, a stranger's folder too."""
    keys = own.folder / "keys"
    names = ("seats/li.key", "seats/wang.key", "household.key", "online.key", "heartbeat.key")
    assert sorted(path.relative_to(keys).as_posix() for path in keys.rglob("*.key")) == sorted(names)
    assert {(keys / name).stat().st_mode & 0o777 for name in names} == {0o600}
    assert {folder.stat().st_mode & 0o777 for folder in (keys, keys / "seats", own.proposals)} == {0o700}
    with pytest.raises(CountyExists):
        found(own.folder, PACK, "", NOW)
    with pytest.raises(CountyNotFound):
        open_county(tmp_path)
    (tmp_path / "county.toml").write_text("name = 1")
    with pytest.raises(CountyTomlWrong):
        open_county(tmp_path)


def test_a_folder_is_named_also_where_one_stands(tmp_path, monkeypatch):
    """`--folder .` is no name: the sentence says which folder it is that holds no county, or one already."""
    (tmp_path / "shaoan").mkdir()
    monkeypatch.chdir(tmp_path / "shaoan")
    with pytest.raises(CountyNotFound, match="shaoan 不是"):
        open_county(Path())
    Path("county.toml").touch()
    with pytest.raises(CountyExists, match="shaoan 里"):
        founded(Path(), name="苕安县", county_code="330590", now=NOW)


def test_more_villages_are_held_than_a_process_may_open_files(own):
    """All locks at once: the limit that a process starts with is lifted as far as the machine lets it."""
    limit, before = resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)
    villages = tuple(f"330590100{number:03}" for number in range(300))
    resource.setrlimit(limit, (128, before[1]))
    try:
        with own.writing(villages), pytest.raises(CountyBusy), own.writing(villages[-1:]):
            pass
    finally:
        resource.setrlimit(limit, before)


def test_a_pack_that_is_being_edited_stops_nothing(own):
    """Half a file or a stray one in pack/ is not what counts: what was published last does (settled 48)."""
    (own.folder / "pack" / "pack.toml").write_text("half")
    (own.folder / "pack" / "待办.docx").write_text("stray")
    assert opened(own.folder).pack.digest == own.pack.digest
    published(opened(own.folder), [row(1)])


def test_unknown_proposals_are_refused(own):
    """Neither a wrong number nor a path goes through."""
    for name in ("nothing", "../keys", ""):
        with pytest.raises(ProposalNotFound):
            publisher.review(own, name, NOW)


def test_the_tiles_are_those_tlog_scales_would_write(own, tmp_path):
    """Another program, given our leaves, writes the same files; reading ours, it finds our root and our entries."""
    for number, rows in enumerate((200, 55, 300), 1):  # past a full tile, so that level 1 has one too
        published(own, [row(n) for n in range(rows)], f"{number}")
    log = own.log(VILLAGE)
    heads = [wire.framed(line)[0] for line in log.lines()]
    theirs = TilesWriter.create(tmp_path / "theirs", log.origin)
    for head in heads:
        theirs.add_leaf(head)
    theirs.commit([PlainEd25519Signer("x", b"k" * 32)])
    ours = log.folder / "tile"
    for file in (tmp_path / "theirs" / "tile").rglob("*"):
        if file.is_file():
            assert (ours / file.relative_to(tmp_path / "theirs" / "tile")).read_bytes() == file.read_bytes()
    reader = TilesReader(LocalBackend(log.folder))
    assert reader.get_checkpoint().size == len(heads)
    assert reader.calculate_root_hash() == log.state().root
    assert reader.get_entry(300) == heads[300]
    hashes = log.hashes()
    for index in (0, 255, 256, len(heads) - 1):
        proof = reader.get_inclusion_proof(index, len(heads)).node_hashes
        assert tree_proofs.includes(index, len(heads), hashes[index], proof, log.state().root)
    proof = reader.get_consistency_proof(201, len(heads)).node_hashes
    assert tree_proofs.consistent(201, len(heads), tree.root_of(hashes[:201]), log.state().root, proof)


def test_two_editions_of_a_bundle_never_lie_side_by_side(own):
    """Partial tiles of earlier sizes go when a wider one is published: nothing erased lives on in them."""
    for number in range(1, 4):
        published(own, [row(n) for n in range(100)], f"{number}")
    files = sorted(
        f.relative_to(own.log(VILLAGE).folder).as_posix() for f in (own.feed / "v").rglob("*") if f.is_file()
    )
    assert files == [
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/47",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/47",
        "tile/rows/000.ndjson.gz",
        "tile/rows/001.p/47.ndjson.gz",
    ]
