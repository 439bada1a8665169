"""From a reading to signed logs: reconciled to the fen, by two persons, safe to stop and to repeat."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.model.errors import Refusal
from boards.model.payouts import BatchClose, LeftOutReason, PayeeKind, Payout, PayStatus, Phase
from boards.model.privacy import numbers_in
from sync import wire
from sync.county import changes, proposals, publisher
from sync.county.batch import BatchTomlUnreadable, batch_toml
from sync.county.events import (
    NothingToPublish,
    PaymentDayMissing,
    ProgrammeUnknown,
    VillageUnknown,
    batch_of,
    household,
    village_batch,
    village_rows,
)
from sync.county.folder import CountyBusy, CountyExists, CountyNotFound, found, open_county
from sync.county.lines import EventTooLong, PrivateNumberInFeed
from sync.county.parts import BatchAlreadyPublished
from sync.county.proposals import ProposalDamaged, ProposalNotFound
from sync.county.publisher import FeedMoved, NotReviewed, ReadingRefused, WarningsNotConfirmed
from sync.county.reading import Finding, Level, Verdict
from sync.county.standing import RecordNotFound
from sync.county.writer import FeedDamaged
from tests.line.county_sim import (
    ADULT,
    MINOR,
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


def shares(where, rows, toml=None):
    """The villages' shares of a roster, without any disk."""
    toml = toml or batch()
    made = batch_of(reading(rows), toml, where.pack, b"k" * 32, "2025-11-23T01:02:03Z")
    return [village_batch(made, v, r, 7, salts()) for v, r in village_rows(reading(rows), toml, where.pack)]


def bodies(share):
    """What the lines of a share say."""
    pairs = [wire.framed(line) for line in share.lines]
    return [wire.body_of(wire.head_of(head).kind, body) for head, body in pairs]


ROWS = st.lists(
    st.builds(
        lambda village, fen, status, identity, group: {
            "village": village,
            "amount_fen": fen,
            "status": status,
            "identity": identity,
            "group": group,
        },
        st.sampled_from([VILLAGE, OTHER]),
        st.just(0) | st.integers(1, 10**8),
        STATUSES,
        st.sampled_from(["", ADULT, MINOR]),
        st.sampled_from(["", "一组", "十二组", "二组"]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=ROWS)
def test_not_a_fen_is_lost(empty, values):
    """Over all villages, what is listed and what is left out is the roster's sum, row for row."""
    rows = [row(n, **one) for n, one in enumerate(values)]
    made = shares(empty, rows)
    assert sum(s.close.source_total_fen for s in made) == sum(r.amount_fen for r in rows)
    assert sum(s.close.count + sum(p.count for p in s.close.left_out) for s in made) == len(rows)
    for share in made:
        payouts = [b.payout for b in bodies(share) if isinstance(b, wire.PublishBody)]
        close = share.close
        assert [p.seq for p in payouts] == list(range(1, close.count + 1))
        assert sum(p.amount_fen for p in payouts) == close.sum_fen == sum(close.by_programme.values())
        assert close.source_total_fen == close.sum_fen + sum(p.sum_fen for p in close.left_out)
        assert (close.start, close.stop) == (7, 7 + close.count)
        assert all(p.status is PayStatus.PAID and p.amount_fen > 0 for p in payouts)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=ROWS)
def test_no_number_of_a_person_is_in_any_event(empty, values):
    """Neither IDs nor anything that reads like one: keys and salts are letters."""
    for share in shares(empty, [row(n, **one) for n, one in enumerate(values)]):
        for line in share.lines:
            head, body = wire.framed(line)
            plain = json.loads(body)
            plain.get("close", {}).pop("source_sha256", None)
            assert not numbers_in(json.dumps(plain, ensure_ascii=False), allowed=frozenset({"05725000012"}))
            assert ADULT not in line.decode()
            assert MINOR not in line.decode()
            assert wire.body_digest(body) == wire.head_of(head).body


def test_reasons_of_what_is_left_out(empty):
    """Unpaid, failed, returned, stopped, minors and empty shares each travel as their own sum."""
    rows = [
        row(1),
        row(2, status=PayStatus.FAILED),
        row(3, status=PayStatus.RETURNED),
        row(4, status=PayStatus.STOPPED),
        row(5, status=PayStatus.APPLIED),
        row(6, identity=MINOR),
        row(7, beneficiary="童", beneficiary_identity=MINOR),
        row(8, amount_fen=0),
        row(9, amount_fen=0, in_kind="大豆良种 10.5 kg"),
    ]
    (share,) = shares(empty, rows)
    assert {p.reason: p.count for p in share.close.left_out} == {
        LeftOutReason.FAILED: 1,
        LeftOutReason.RETURNED: 1,
        LeftOutReason.STOPPED: 1,
        LeftOutReason.UNPAID: 1,
        LeftOutReason.UNLISTED: 2,
        LeftOutReason.ZERO: 1,
    }
    assert share.close.count == 2


def test_a_minor_is_listed_from_the_eighteenth_birthday(empty):
    """Age counts on the day of payment."""
    for paid_on, listed in ((date(2033, 5, 31), 0), (date(2033, 6, 1), 1)):
        (share,) = shares(empty, [row(1, identity=MINOR, paid_on=paid_on)])
        assert share.close.count == listed


def test_the_order_of_the_sheet(empty):
    """By group as a villager counts, then as in the roster."""
    groups = ["十组", "二组", "东头", "十二组", "二组", "", "二十一组", "3组"]
    rows = [row(n, group=g, holder=f"{n}") for n, g in enumerate(groups)]
    (share,) = shares(empty, rows)
    listed = [b.payout for b in bodies(share)[:-1]]
    assert [(p.group, p.holder) for p in listed] == [
        ("", "5"),
        ("二组", "1"),
        ("二组", "4"),
        ("3组", "7"),
        ("十组", "0"),
        ("十二组", "3"),
        ("二十一组", "6"),
        ("东头", "2"),
    ]


def test_households_are_counted_by_key_else_by_group_and_name(empty):
    """Two shares of one ID are one household; one name in two groups is two."""
    rows = [
        row(1, identity=ADULT),
        row(2, identity=ADULT.lower()),
        row(3, holder="李"),
        row(4, holder="李"),
        row(5, holder="李", group="二组"),
    ]
    (share,) = shares(empty, rows)
    assert share.close.households == 3


def test_a_households_name_needs_the_countys_key():
    """Same ID and key, same name; another key, another name; no ID, no name."""
    assert household(b"a", ADULT) == household(b"a", ADULT)
    assert household(b"a", ADULT) != household(b"b", ADULT)
    assert household(b"a", "") == ""
    assert len(household(b"a", ADULT)) == 32
    assert not set(household(b"a", ADULT)) & set("0123456789")


def test_without_a_status_column_the_clerks_day_says_paid(empty):
    """DECISIONS 17: no status and no day, no payment."""
    rows = [row(1, status=None)]
    (share,) = shares(empty, rows)
    assert share.close.count == 1
    with pytest.raises(PaymentDayMissing):
        shares(empty, rows, batch(paid_on=None))
    dated = [row(1, status=PayStatus.PAID, paid_on=date(2025, 8, 1)), row(2, status=None)]
    (share,) = shares(empty, dated, batch(paid_on=None))
    assert (share.close.terms.paid_on, share.close.count) == (date(2025, 8, 1), 1)


def test_an_application_lists_areas_and_no_money(empty):
    """申报公示: who applied for what, before any payment."""
    (share,) = shares(
        empty,
        [row(1), row(2, quantity=None), row(3, status=PayStatus.APPLIED)],
        batch(phase='"application"', paid_on=None),
    )
    listed = [b.payout for b in bodies(share)[:-1]]
    assert [(p.amount_fen, p.status, p.quantity) for p in listed] == [
        (0, PayStatus.APPLIED, Decimal("3.27"))
    ] * 2
    assert share.close.terms.phase is Phase.APPLICATION
    assert share.close.sum_fen == share.close.source_total_fen == 0
    assert wire.head_of(wire.framed(share.lines[0])[0]).batch == "330590-farmland_fertility-2025-01-app"


def test_a_sensitive_programme_tells_names_and_amounts_only(empty):
    """Nothing of a disability travels: no item, no rate, no remark."""
    rows = [row(1, item="一级", remark="肢体", kind=PayeeKind.HOUSEHOLD)]
    (share,) = shares(empty, rows, batch(programme='"disability_living"'))
    payout = bodies(share)[0].payout
    assert payout == Payout(seq=1, holder=rows[0].holder, group="一组", amount_fen=rows[0].amount_fen)
    assert share.close.terms.sensitive


def test_terms_say_one_rate_where_there_is_one(empty):
    """131.42元/亩 in the head where it holds for all lines."""
    assert shares(empty, [row(1), row(2)])[0].close.terms.rate_text == "131.42元/亩"
    assert shares(empty, [row(1), row(2, rate=Decimal(8))])[0].close.terms.rate_text == ""
    assert shares(empty, [row(1)])[0].close.terms.office == "县农业农村局"


@pytest.mark.parametrize(
    ("rows", "toml", "refusal"),
    [
        ([row(1, village="岭东")], batch(), VillageUnknown),
        ([row(1)], batch(programme='"nonsense"'), ProgrammeUnknown),
        ([row(1)], batch(villages=f'["{OTHER}"]'), NothingToPublish),
        ([row(1, remark=f"身份证{ADULT}")], batch(), PrivateNumberInFeed),
        ([row(1, remark="电话 140 0989 8929")], batch(), PrivateNumberInFeed),
        ([row(1, remark="字" * 30_000)], batch(), EventTooLong),
    ],
)
def test_what_cannot_be_published_is_refused(empty, rows, toml, refusal):
    """Nothing personal is in the refusal, and nothing was written."""
    with pytest.raises(refusal) as raised:
        publisher.propose(empty, reading(rows), toml, NOW)
    assert not numbers_in(str(raised.value))
    assert proposals.proposals(empty) == ()


def test_errors_refuse_and_warnings_wait_for_a_reason(own):
    """A warning may stand when a person says why, by its code."""
    warning = Finding(level=Level.WARNING, code="odd-area", message="面积偏大")
    error = Finding(level=Level.ERROR, code="no-amount", message="没有金额")
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
    made = publisher.propose(own, warned, confirmed, NOW)
    assert made.findings == (warning,)
    assert made.confirmed[0].reason == "现场核实"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "programme=1",
        'programme="x"\nfiscal_year=1\nperiod_no="1"',
        "x=[",
        'programme="x"\nfiscal_year=2025\nperiod_no="1"\nfoo=1',
        "\xff",
        'programme="x"\nfiscal_year=2025\nperiod_no="1"\nplanned_from=2025-02-02\nplanned_until=2025-02-01',
    ],
)
def test_a_batch_toml_that_is_wrong_says_where(text):
    """Unknown keys, wrong types and impossible dates are refused."""
    with pytest.raises(BatchTomlUnreadable):
        batch_toml(text.encode("latin-1"))


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


def test_published_in_part_it_is_finished_later(own, monkeypatch):
    """A power cut between two villages leaves the first published; repeating publishes the rest."""
    made = publisher.propose(own, reading([row(1), row(2, village=OTHER)]), batch(), NOW)
    publisher.review(own, made.id, NOW)
    other = own.folder / "feed" / "v" / OTHER
    other.parent.mkdir(exist_ok=True)
    other.write_text("in the way")
    with pytest.raises(OSError, match="directory"):
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


def test_a_proposal_that_was_touched_is_neither_signed_nor_published(own):
    """One changed character in the lines, the figures or the reviewed note stops it."""
    for where in ("lines", "figures", "note"):
        made = publisher.propose(own, reading([row(1)]), batch(where), NOW)
        folder = own.proposals / made.id
        target = folder / "lines" / VILLAGE if where == "lines" else folder / "proposal.json"
        if where == "note":
            publisher.review(own, made.id, NOW)
            target = folder / "reviewed" / VILLAGE
            target.write_text(target.read_text().replace("\n2\n", "\n3\n"))
            with pytest.raises(ProposalDamaged):
                publisher.publish(own, made.id, NOW)
            continue
        amount = str(row(1).amount_fen)
        target.write_text(target.read_text().replace(amount, "9" + amount))
        with pytest.raises(ProposalDamaged):
            publisher.review(own, made.id, NOW)
    assert own.log(VILLAGE).note() == b""


def test_a_damaged_feed_is_not_built_upon(own):
    """When the county's own tiles do not give the signed root, nothing is added."""
    published(own, [row(1)])
    tile = next((own.feed / "v" / VILLAGE / "tile" / "0").rglob("2"))
    tile.write_bytes(b"x" * 64)
    with pytest.raises(FeedDamaged):
        publisher.propose(own, reading([row(2)]), batch("2"), NOW)


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
    amounts = [row(n).amount_fen for n in (1, 2, 3)]
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
    for name in ("publisher.pem", "reviewer.pem", "household.key"):
        assert (keys / name).stat().st_mode & 0o777 == 0o600
    assert own.public_key("publisher") != own.public_key("reviewer")
    with pytest.raises(CountyExists):
        found(own.folder, PACK, "", NOW)
    with pytest.raises(CountyNotFound):
        open_county(tmp_path)
    (tmp_path / "county.toml").write_text("name = 1")
    with pytest.raises(CountyNotFound):
        open_county(tmp_path)
    (own.folder / "pack" / "pack.toml").write_text("")
    with pytest.raises(Refusal):
        open_county(own.folder)


def test_unknown_proposals_are_refused(own):
    """Neither a wrong number nor a path goes through."""
    for name in ("nothing", "../keys", ""):
        with pytest.raises(ProposalNotFound):
            publisher.review(own, name, NOW)
