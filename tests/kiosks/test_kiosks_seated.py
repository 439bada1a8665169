"""The pack and the register go the way of a list: proposed, reviewed, published; then every kiosk has them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.carriers.folder import FolderSource
from sync.county.publish import hands, proposals, publisher, seated
from sync.county.publish.publisher import NotReviewed
from sync.county.publish.review_text import proposal_line, proposal_text
from sync.durable import NotWritten
from sync.trust.client import learn
from sync.trust.repository import prepared_seated
from sync.trust_layout import REGISTER, metadata_at, target_at
from tests.line.county_sim import NOW, county
from tests.trust.trust_house import MemoryStore

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
FIRST, SECOND = b'{"first":1}', b'{"second":2}'


@pytest.fixture
def where(tmp_path):
    return county(tmp_path / "county")


def proposed(where, content, now=NOW):
    return publisher.propose_target(where, "register", content, "新登记 1 台", now)


def published(where, content, now=NOW):
    made = proposed(where, content, now)
    publisher.review(where, made.id, now)
    return publisher.publish(where, made.id, now)


async def known(where, tmp_path, now=NOW):
    """What a kiosk that is paired takes for the register."""
    root = (where.feed / "trust/metadata/1.root.json").read_bytes()
    store = MemoryStore({metadata_at("root"): root})
    learned = await learn(FolderSource(where.feed), store, now, tmp_path, lambda *_: None)
    assert learned.refusals == ()
    return learned.files.get(target_at(REGISTER))


async def test_a_register_reaches_kiosks_by_both_seats_only(where, tmp_path):
    """Not before it is reviewed, not before it is published, and then with the next pull."""
    made = proposed(where, FIRST)
    assert "登记册" in proposal_line(made, "proposed")
    assert "新登记 1 台" in proposal_text(made)
    with pytest.raises(NotReviewed):
        publisher.publish(where, made.id, NOW)
    publisher.review(where, made.id, NOW)
    assert await known(where, tmp_path) is None
    assert publisher.publish(where, made.id, NOW).adopted == "一体机登记册"
    assert await known(where, tmp_path) == FIRST
    assert publisher.publish(where, made.id, NOW).adopted == ""


def test_one_register_waits_at_a_time(where):
    """A second proposal would undo the first; it waits until that one is published or taken back."""
    made = proposed(where, FIRST)
    with pytest.raises(proposals.ProposalWaits):
        proposed(where, SECOND)
    hands.send_back(where, made.id, hands.Hand(act="cancelled", by="li", at=publisher.instant(NOW)))
    assert proposed(where, SECOND, NOW + timedelta(minutes=1)).id != made.id


async def test_a_register_that_was_overtaken_is_neither_signed_nor_published(where, tmp_path):
    """What was published meanwhile stays; the older proposal is made anew."""
    stale = proposed(where, FIRST)
    aside = where.folder / "aside"
    (where.proposals / stale.id).rename(aside)
    published(where, SECOND, NOW + timedelta(minutes=1))
    aside.rename(where.proposals / stale.id)
    with pytest.raises(seated.TargetMoved):
        publisher.review(where, stale.id, NOW)
    assert await known(where, tmp_path) == SECOND


def test_what_was_changed_after_it_was_proposed_is_not_signed(where):
    """Neither another register than the reviewer was shown, nor metadata that names another."""
    made = proposed(where, FIRST)
    folder = where.proposals / made.id
    metadata, content = folder / "metadata", folder / "blobs" / made.source_sha256
    more = prepared_seated("register", FIRST, NOW)
    more.signed.targets |= prepared_seated("pack", b"a pack nobody was shown", NOW).signed.targets
    another = prepared_seated("register", SECOND, NOW)
    for path, other in ((metadata, another.to_bytes()), (metadata, more.to_bytes()), (content, SECOND)):
        before = path.read_bytes()
        path.write_bytes(other)
        with pytest.raises(proposals.ProposalDamaged):
            publisher.review(where, made.id, NOW)
        path.write_bytes(before)
    publisher.review(where, made.id, NOW)


@pytest.mark.parametrize(
    ("stopped_at", "known_then"),
    [("sync.trust.repository.Repository._stamp", None), ("sync.county.publish.proposals.done", FIRST)],
)
async def test_a_publication_that_was_stopped_goes_on(where, tmp_path, monkeypatch, stopped_at, known_then):
    """The disk is full before everybody has it, or just after: the same command finishes it."""
    made = proposed(where, FIRST)
    publisher.review(where, made.id, NOW)

    def full(*_):
        raise NotWritten(why="no space")

    with monkeypatch.context() as broken:
        broken.setattr(stopped_at, full)
        with pytest.raises(NotWritten):
            publisher.publish(where, made.id, NOW)
    assert await known(where, tmp_path) == known_then
    assert publisher.publish(where, made.id, NOW).adopted
    assert await known(where, tmp_path) == FIRST
