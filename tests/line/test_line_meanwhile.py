"""What others publish while a proposal waits: what a reviewer saw stays seen, and nothing else passes as seen."""

import msgspec
import pytest

from sync import wire
from sync.county.publish import changes, proposals, publisher
from sync.county.publish.parts import closing, figures, looked_at, moved, notice_part
from sync.county.publish.published.meanwhile import PublishedMeanwhile
from sync.events import Events
from tests.line.county_sim import NOW, OTHER, VILLAGE, batch, copied, county, published, reading, row, salts
from tests.village import REASON

AGAIN = '[{code = "PUBLISHED_BEFORE", reason = "另一笔钱"}]'


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    where = county(tmp_path_factory.mktemp("meanwhile") / "county")
    published(where, [row(0)], period="2025-09")
    return where


@pytest.fixture
def own(founded, tmp_path):
    return copied(founded, tmp_path / "county")


def closed_as(made, lines, *, of="", issued="", salt="", **changed):
    """The lines of a proposal with another close."""
    body = closing(lines)
    told = wire.head_of(wire.framed(lines[-1])[0]).issued
    events = Events(of or made.batch, VILLAGE, issued or told, lambda: salt or body.salt)
    return (*lines[:-1], events.close(msgspec.structs.replace(body.close, **changed)))


def forged(own, made, **change):
    """Whoever can write in the county's folder closes a proposal of one village otherwise, and keeps it so."""
    (part,) = made.parts
    lines = closed_as(made, proposals.checked_lines(own, made.id, part), **change)
    (village,) = (one for one in own.pack.villages if one.code == VILLAGE)
    otherwise = msgspec.structs.replace(notice_part(own, village, lines), **figures(part))
    proposals.keep(own, msgspec.structs.replace(made, parts=(otherwise,)), {VILLAGE: lines})


@pytest.mark.parametrize(
    "change",
    [
        {"of": "330590-rice-2025-01"},
        {"issued": "2025-01-01T00:00:00Z"},
        {"salt": "a" * 32},
        {"start": 0},
        {"stop": 1},
        {"sum_fen": 1},
        {"source_sha256": "0" * 64},
    ],
)
def test_no_other_close_passes_as_the_one_that_was_seen(own, change):
    """Whoever can write in the folder closes another batch, day or sum over the same rows: that was not looked at."""
    made = publisher.propose(own, reading([row(1), row(2)]), batch(), NOW, salt=salts())
    shown = looked_at(own, made.id)
    forged(own, made, **change)
    assert looked_at(own, made.id) != shown
    with pytest.raises(publisher.ShownOtherwise):
        publisher.review(own, made.id, NOW, shown)


def test_the_same_close_further_on_is_the_one_that_was_seen(own):
    """However often others come first; and what is signed is the place where it will stand."""
    made = publisher.propose(own, reading([row(1), row(2)]), batch(), NOW, salt=salts())
    shown = looked_at(own, made.id)
    for number in (2, 3):
        published(own, [row(number * 10)], period=f"2025-0{number}")
        assert looked_at(own, made.id) == shown
        (part,) = publisher.review(own, made.id, NOW, shown).parts
        assert looked_at(own, made.id) == shown
        assert part.base_size == own.log(VILLAGE).state().size
    assert publisher.publish(own, made.id, NOW).written == (VILLAGE,)


def half_published(own):
    """A list of two villages whose publication broke off after the first."""
    rows = [row(1), row(2), *(row(number, village=OTHER) for number in (3, 4))]
    made = publisher.propose(own, reading(rows), batch(), NOW, salt=salts())
    made = publisher.review(own, made.id, NOW)
    part = made.part(VILLAGE)
    note = publisher._countersigned(own, made, part)
    publisher._write(own, {VILLAGE: proposals.checked_lines(own, made.id, part)}, {VILLAGE: note}, part)
    return made


def test_what_is_half_published_is_carried_through(own):
    """It can no longer be cancelled: the list that paid the same and came between had its reason given by a person."""
    made = half_published(own)
    rows = [row(number, village=OTHER) for number in (3, 4)]
    published(own, rows, period="2025-02", paid_on="2025-09-30", confirmed=AGAIN)
    with pytest.raises(publisher.FeedMoved):
        publisher.publish(own, made.id, NOW)
    publisher.review(own, made.id, NOW)
    assert publisher.publish(own, made.id, NOW).written == (OTHER,)


def test_what_waited_whole_is_not(own):
    """The same with nothing of it published: nobody was asked, so it is handed in again."""
    rows = [row(number, village=OTHER) for number in (3, 4)]
    made = publisher.propose(own, reading([row(1), *rows]), batch(), NOW, salt=salts())
    publisher.review(own, made.id, NOW)
    published(own, rows, period="2025-02", paid_on="2025-09-30", confirmed=AGAIN)
    for act in (publisher.publish, publisher.review):
        with pytest.raises(PublishedMeanwhile, match="有2行和"):
            act(own, made.id, NOW)


def moved_in_the_folder(own, made):
    """What somebody who can write in the county's folder makes of a proposal: it says it was made just now."""
    onward, lines = moved(own, made)
    proposals.keep(own, onward, lines)


def test_a_list_that_was_moved_by_hand_is_asked_about_all_the_same(own):
    """Its place says that nothing came between: what hangs is asked, not the place."""
    rows = [row(1), row(2)]
    made = publisher.propose(own, reading(rows), batch(), NOW, salt=salts())
    shown = looked_at(own, made.id)
    published(own, rows, period="2025-02", paid_on="2025-09-30", confirmed=AGAIN)
    moved_in_the_folder(own, made)
    with pytest.raises(PublishedMeanwhile):
        publisher.review(own, made.id, NOW, shown)


def test_a_change_that_was_moved_by_hand_was_not_seen(own):
    """Two changes of one list; behind the first the second would bring the old figures back, so it is another one."""
    batch_name = published(own, [row(1), row(2), row(3)]).batch
    first, second = (
        changes.withdraw(own, VILLAGE, f"{batch_name}-000{number}", REASON, NOW) for number in (1, 2)
    )
    shown = looked_at(own, second.id)
    publisher.review(own, first.id, NOW)
    publisher.publish(own, first.id, NOW)
    forged(own, second, stop=own.log(VILLAGE).state().size + 1)
    assert looked_at(own, second.id) != shown
    with pytest.raises(publisher.ShownOtherwise):
        publisher.review(own, second.id, NOW, shown)


def test_what_is_said_by_hand_to_hang_already_was_not_seen(own):
    """A part that points to what the log holds would be left out in silence: the reviewer saw it as still to come."""
    made = publisher.propose(own, reading([row(1), row(2, village=OTHER)]), batch(), NOW, salt=salts())
    shown, base = looked_at(own, made.id), own.log(VILLAGE).state()
    forged = msgspec.structs.replace(made.part(VILLAGE), size=base.size, root=base.root.hex())
    proposals.keep(own, msgspec.structs.replace(made, parts=(forged, made.part(OTHER))), {})
    with pytest.raises(publisher.ShownOtherwise):
        publisher.review(own, made.id, NOW, shown)
