"""A publication or an erasure that is killed, or meets a full disk, at any instant: readable, and carried through."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from kiosk_server.cli import county_command
from sync import wire
from sync.county import erasures
from sync.county.publish import changes, proposals, publisher
from sync.county.publish.changes import ReasonNamesPerson
from sync.county.publish.parts import ChangedMeanwhile
from sync.county.publish.proposals import ProposalDamaged
from sync.county.publish.status import status, told
from sync.durable import durable
from sync.log_files import FeedDamaged
from tests.line.county_sim import NOW, OTHER, VILLAGE, batch, copied, county, published, reading, row
from tests.line.killed_publication import named_in, open_as_it_is, read_afresh
from tests.village import REASON

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
BATCH = "330590-farmland_fertility-2025-01"
ERASED = f"{BATCH}-0001"
NAME = "闻人无痕"


def strikes(folder, times):
    """As many strikes, shared between the cores."""
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as side_by_side:
        told = list(
            side_by_side.map(lambda first: share(folder / f"{first}", times, first, cores), range(cores))
        )
    assert sum(one["struck"] for one in told) == times
    assert times // 3 <= sum(one["killed"] for one in told) < times


def share(folder, times, first, of):
    folder.mkdir()
    words = [str(folder), *map(str, (times, first, of))]
    command = [sys.executable, "-m", "tests.line.killed_publication", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_struck_at_a_few_instants_nothing_is_lost(tmp_path):
    """What `make faults` does at 300 instants, at eight."""
    strikes(tmp_path, 8)


@pytest.mark.long
@pytest.mark.faults
def test_struck_at_any_instant_the_feed_stays_readable_and_the_erasure_is_finished(tmp_path):
    """300 strikes, each followed by a fresh kiosk, the same command or another publication, and the night's check."""
    strikes(tmp_path, 300)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list of three households."""
    where = county(tmp_path_factory.mktemp("killed") / "county")
    published(where, [row(0, holder=NAME), row(1), row(2)])
    return where


@pytest.fixture
def own(founded, tmp_path):
    return copied(founded, tmp_path / "county")


def signed_erasure(where):
    """An erasure that both persons have agreed to, and what would be published of it."""
    made = changes.erase(where, VILLAGE, ERASED, REASON, NOW)
    publisher.review(where, made.id, NOW)
    (part,) = made.parts
    lines = proposals.checked_lines(where, made.id, part)
    return made, lines, signed_note(where, made)


def test_an_erasure_that_was_stopped_goes_on_with_any_command(own):
    """Written down and no more: the feed is as before; a command that only lists carries it through."""
    _, lines, note = signed_erasure(own)
    before = own.log(VILLAGE).note()
    with own.writing((VILLAGE,)):
        erasures.begin(own, VILLAGE, lines, note)
    assert own.log(VILLAGE).note() == before
    with erasures.scratch(own, VILLAGE) as left:  # an export that was killed leaves its archive
        pass
    left.mkdir()
    (left / "archive.sqlite3").write_bytes(NAME.encode())
    waiting = open_as_it_is(own.folder)
    assert erasures.unfinished(waiting) == (VILLAGE,)
    assert "岭东村：有一次删除还没有做完" in "\n".join(told(waiting, status(waiting)))
    county_command.main(["review", "--folder", str(own.folder)], standalone_mode=False)
    assert own.log(VILLAGE).note() == note
    assert not named_in(own.folder, NAME)
    assert erasures.unfinished(own) == ()
    assert [leaf.body is None for leaf in read_afresh(own.folder)] == [True, *[False] * 6]


def test_the_checkpoint_comes_before_the_first_blank_body(own, monkeypatch):
    """Stopped between the two, a newcomer reads the old body and the event that erases it."""
    made, *_ = signed_erasure(own)
    monkeypatch.setattr("sync.log_files.VillageLog.blank", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        publisher.publish(own, made.id, NOW)
    assert [leaf.body is None for leaf in read_afresh(own.folder)] == [False] * 7
    monkeypatch.undo()
    assert publisher.publish(own, made.id, NOW).erased
    assert [leaf.body is None for leaf in read_afresh(own.folder)] == [True, *[False] * 6]


def _power_cut(*_):
    raise KeyboardInterrupt


def test_another_publication_waits_until_the_erasure_is_through(own):
    """A clerk whose desk was open all the time publishes another list: the erasure goes first, by itself."""
    other = publisher.propose(own, reading([row(7)]), batch("2025-09"), NOW)
    publisher.review(own, other.id, NOW)
    _, lines, note = signed_erasure(own)
    erasures.begin(own, VILLAGE, lines, note)
    with pytest.raises(publisher.FeedMoved):
        publisher.publish(own, other.id, NOW)
    assert not named_in(own.folder, NAME)
    publisher.review(own, other.id, NOW)
    publisher.publish(own, other.id, NOW)
    assert len(read_afresh(own.folder)) == 9


@pytest.mark.parametrize("verb", ["correct", "withdraw", "withdraw_list", "erase"])
def test_a_change_that_another_list_overtook_is_signed_again(own, verb):
    """Its lines stay, the checkpoint is another: nobody types it anew. Once its own list changed, somebody must."""
    rec = BATCH if verb == "withdraw_list" else ERASED
    value = [row(0, holder="林新").payout] if verb == "correct" else []
    made = getattr(changes, verb)(own, VILLAGE, rec, *value, REASON, NOW)
    late = changes.withdraw(own, VILLAGE, f"{BATCH}-0002", REASON, NOW)
    publisher.review(own, made.id, NOW)
    published(own, [row(9)], "2025-09")
    with pytest.raises(publisher.FeedMoved):
        publisher.publish(own, made.id, NOW)
    publisher.review(own, made.id, NOW)
    publisher.publish(own, made.id, NOW)
    assert len(read_afresh(own.folder)) == 6 + made.parts[0].size - made.parts[0].base_size
    assert [one.edition for one in closes(own)] == ([1, 1] if verb == "withdraw_list" else [1, 1, 2])
    assert [one.start for one in closes(own)] == ([0, 4] if verb == "withdraw_list" else [0, 4, 0])
    assert closes(own)[-1].stop == (5 if verb == "withdraw_list" else own.log(VILLAGE).state().size - 1)
    with pytest.raises(ChangedMeanwhile):
        publisher.review(own, late.id, NOW)


def closes(where):
    pairs = map(wire.framed, where.log(VILLAGE).lines())
    return [
        wire.body_of("batch.close", body).close
        for head, body in pairs
        if wire.commitment(head).kind == "batch.close"
    ]


def test_what_is_due_is_not_done_to_another_log(own, founded, tmp_path):
    """A feed from an older backup, or touched, is not blanked for an erasure that its log does not have."""
    _, lines, note = signed_erasure(own)
    other = copied(founded, tmp_path / "other")
    published(other, [row(9)], "2025-09")
    erasures.begin(other, VILLAGE, lines, note)
    files = {path: path.read_bytes() for path in other.feed.rglob("*") if path.is_file()}
    with pytest.raises(FeedDamaged):
        erasures.finish(other, VILLAGE)
    assert {path: path.read_bytes() for path in other.feed.rglob("*") if path.is_file()} == files


def test_only_what_the_signed_lines_name_is_blanked(own):
    """A proposal whose list of bodies was touched is neither signed nor published."""
    made = changes.erase(own, VILLAGE, ERASED, REASON, NOW)
    (part,) = made.parts
    touched = msgspec.structs.replace(made, parts=(msgspec.structs.replace(part, erased=(0, 1)),))
    (own.proposals / made.id / "proposal.json").write_bytes(msgspec.json.encode(touched))
    with pytest.raises(ProposalDamaged):
        publisher.review(own, made.id, NOW)


def test_nothing_that_waits_or_was_kept_still_names_the_person(own):
    """Lines of a stopped proposal, a correction that can no longer be published, reasons: the name goes from all."""
    renamed = msgspec.structs.replace(row(0).payout, holder=f"{NAME}之子")
    reason = msgspec.structs.replace(REASON, text=f"{NAME}已故，改由其子承接")
    stale = changes.correct(own, VILLAGE, ERASED, renamed, reason, NOW)
    taken = changes.withdraw(own, VILLAGE, ERASED, reason, NOW)
    publisher.review(own, taken.id, NOW)
    publisher.publish(own, taken.id, NOW)
    left = own.proposals / "20250101T000000Z-left" / "lines" / f"{VILLAGE}.new"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"".join(line + b"\n" for line in own.log(VILLAGE).lines())[:-9])
    year = msgspec.structs.replace(taken, id="20251201T000000Z-330590-year-2025", kind="year")
    (sent_back := own.folder / "returned" / year.id).mkdir(parents=True)
    (sent_back / "proposal.json").write_bytes(msgspec.json.encode(year))
    made, *_ = signed_erasure(own)
    assert named_in(own.folder, NAME)
    both = publisher.propose(own, reading([row(3), row(4, village=OTHER)]), batch("2025-09"), NOW)
    waiting = (own.proposals / both.id / "lines").iterdir()
    theirs = next(path for path in waiting if OTHER.encode() in path.read_bytes())
    # a record of the same name in another village's log
    theirs.write_bytes(theirs.read_bytes() + f'{{"rec":"{ERASED}"}}'.encode())
    publisher.publish(own, made.id, NOW)
    assert named_in(own.folder, NAME) == []
    assert theirs.exists()
    assert erasures.BLACKENED in proposals.proposal(own, taken.id).reason
    with pytest.raises(ChangedMeanwhile):
        publisher.review(own, stale.id, NOW)


def test_what_a_broken_publication_left_in_the_feed_goes_with_the_name(own, monkeypatch):
    """Files that no checkpoint names, a torn one too, and those of a size before, are not there any more."""
    tile = own.feed / "v" / VILLAGE / "tile" / "rows"
    for name in ("000.ndjson.gz.new", "001.ndjson.gz", "000.p/3.ndjson.gz", "007.p/9.ndjson.gz.new"):
        (tile / name).parent.mkdir(exist_ok=True)
        (tile / name).write_bytes(NAME.encode())
    made, *_ = signed_erasure(own)
    log = own.log(VILLAGE)
    erasures.begin(own, VILLAGE, proposals.checked_lines(own, made.id, made.parts[0]), signed_note(own, made))
    monkeypatch.setattr(
        "sync.log_files.VillageLog.publish", lambda log, note: durable(log.folder / "checkpoint", note)
    )
    erasures.finish(own, VILLAGE)
    assert [path.name for path in tile.rglob("*.gz*")] == [f"{log.state().size}.ndjson.gz"]


def signed_note(where, made):
    return publisher._countersigned(where, made, made.parts[0])


def test_the_reason_of_an_erasure_does_not_say_the_name(own):
    """The reason stays in the log for good: who is erased is not named in it."""
    reason = msgspec.structs.replace(REASON, basis=f"{NAME}来信")
    with pytest.raises(ReasonNamesPerson):
        changes.erase(own, VILLAGE, ERASED, reason, NOW)
