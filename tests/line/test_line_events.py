"""From a reading to events: reconciled to the fen, and nobody's numbers in them."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.model.payouts import LeftOutReason, PayeeKind, Payout, PayStatus, Phase
from boards.model.privacy.numbers import numbers_in
from sync import wire
from sync.county.county import household
from sync.county.publish import proposals, publisher
from sync.county.publish.village_batches import (
    NothingToPublish,
    PaymentDayMissing,
    ProgrammeUnknown,
    VillageUnknown,
    batch_of,
    names_and_amounts,
    village_batch,
    village_rows,
)
from sync.events import EventTooLong, PrivateNumberInFeed
from tests.line.county_sim import (
    ADULT,
    MINOR,
    NOW,
    OTHER,
    PAID_ON,
    VILLAGE,
    batch,
    county,
    reading,
    row,
    salts,
)
from tests.line.test_line_wire import PAYOUTS

REASON = wire.Reason(code="typo", text="录入错误")
STATUSES = st.sampled_from(
    [PayStatus.PAID, PayStatus.FAILED, PayStatus.RETURNED, PayStatus.STOPPED, PayStatus.APPLIED]
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A county before its first batch."""
    return county(tmp_path_factory.mktemp("county") / "c")


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
    assert sum(s.close.source_total_fen for s in made) == sum(r.payout.amount_fen for r in rows)
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


@pytest.mark.parametrize(("age", "listed"), [(17, 0), (18, 1)])
def test_an_age_column_counts_like_an_id(empty, age, listed):
    """Where a roster gives ages and no IDs, eighteen is of age."""
    (share,) = shares(empty, [row(1, age=age)])
    assert share.close.count == listed


def test_namesakes_of_two_groups_are_two_households(empty):
    """Without IDs a household is its group and name; with IDs the same name twice is two as well."""
    namesakes = [row(1, holder="甲某"), row(2, holder="甲某", group="二组"), row(3, holder="甲某")]
    (share,) = shares(empty, namesakes)
    assert (share.close.count, share.close.households) == (3, 2)


def test_the_order_of_the_sheet(empty):
    """By group as a villager counts, then as in the roster."""
    groups = ["十组", "二组", "东头", "十二组", "二组", "", "二十一组", "3组", "一百零五组"]
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
        ("一百零五组", "8"),
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
    assert household(b"a", "99052319580312002x") == household(b"a", "99052319580312002X")
    assert len(household(b"a", ADULT)) == 32
    assert not set(household(b"a", ADULT)) & set("0123456789")


def test_without_a_status_column_the_clerks_day_says_paid(empty):
    """No status and no day, no payment (settled §17)."""
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
    assert payout == Payout(
        seq=1, holder=rows[0].payout.holder, group="一组", amount_fen=rows[0].payout.amount_fen
    )
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


EVERYTHING = {
    "payee": "林夏至", "beneficiary": "林小实", "quantity": Decimal("3.2700"), "unit": "", "rate": Decimal("1.3E+2"),
    "item": "一级", "in_kind": "大豆良种 10.5 kg", "remark": "补发", "paid_on": date(2025, 8, 1), "identity": ADULT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("about", "digest"),
    [
        ({}, "0392714f65d247cc28abc45f59594a42"),
        ({"phase": '"application"', "paid_on": None}, "c3bb46c351be0b55eb2797f51d6a9b1d"),
        ({"programme": '"disability_living"'}, "c5d2e0aea00e5828646a929258d8ec19"),
    ],
)
def test_a_batch_is_byte_for_byte_what_it_always_was(empty, about, digest):
    """Payouts of every kind, as the county signed them from the beginning: a carried payout changes no byte.

    The closes of what was paid say since then why somebody is left out; an application list's is as it was.
    """
    rows = [
        row(1, **EVERYTHING),
        row(2, kind=PayeeKind.ORGANISATION, group="二组", paid_on=PAID_ON),
        row(3, quantity=None, rate=None, remark="结转", status=PayStatus.FAILED),
        row(4, village=OTHER, group="", unit="", holder="岭东村经济合作社", kind=PayeeKind.COLLECTIVE),
    ]
    toml, read = batch(**about), reading(rows, source_sha256="0" * 64, declared_total_fen=None)
    made = batch_of(read, toml, empty.pack, b"k" * 32, "2025-11-23T01:02:03Z")
    parts = [village_batch(made, v, r, 7, salts()) for v, r in village_rows(read, toml, empty.pack)]
    lines = b"\n".join(line for part in parts for line in part.lines)
    assert hashlib.sha256(lines).hexdigest()[:32] == digest


PUBLISHING_SAYS = {"seq", "household", "quantity", "unit", "rate", "amount_fen", "paid_on", "status"}
NAMES_AND_AMOUNTS = {
    "seq", "holder", "payee", "beneficiary", "kind", "household", "group", "amount_fen", "paid_on", "status",
}  # fmt: skip
Wider = msgspec.defstruct(
    "Wider", [("variety", str, "")], bases=(Payout,), frozen=True, kw_only=True, omit_defaults=True, gc=False
)
"""A payout with a field that nobody has thought of."""


def wider(payout: Payout, variety: str) -> Payout:
    return Wider(**msgspec.structs.asdict(payout), variety=variety)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(read=PAYOUTS)
def test_a_payout_is_carried_as_it_was_read(empty, read):
    """Publishing numbers it and says what holds of the batch; every other field arrives untouched, new ones too."""
    listed = msgspec.structs.replace(read, holder="林秋实", amount_fen=100, paid_on=None)
    known = msgspec.structs.replace(row(1), payout=wider(listed, "甬优15"))
    made = batch_of(reading([known]), batch(), empty.pack, b"k" * 32, "2025-11-23T01:02:03Z")
    payout = village_batch(made, empty.pack.villages[0], [known], 0, salts()).payouts[0]
    assert payout.variety == "甬优15"
    for name in {*Payout.__struct_fields__} - PUBLISHING_SAYS:
        assert getattr(payout, name) == getattr(listed, name), name


@given(payout=PAYOUTS, variety=st.text(min_size=1))
def test_of_a_sensitive_programme_a_field_is_published_by_decision_only(payout, variety):
    """Names, places of the list and amounts pass; every other field of a payout, and every new one, stays behind."""
    passed = names_and_amounts(wider(payout, variety))
    assert not hasattr(passed, "variety")
    for field in msgspec.structs.fields(Payout):
        value = getattr(passed, field.name)
        assert value == (getattr(payout, field.name) if field.name in NAMES_AND_AMOUNTS else field.default)


def test_what_nobody_has_decided_about_reaches_no_sensitive_log(empty):
    """A new field of a roster stands in the log of an ordinary list, and is in no byte of one that tells who is ill."""
    rows = [msgspec.structs.replace(row(1), payout=wider(row(1).payout, "肢体一级"))]
    plainly = [share.lines[0] for share in shares(empty, rows)]
    privately = [share.lines[0] for share in shares(empty, rows, batch(programme='"disability_living"'))]
    assert [("肢体一级".encode() in line) for line in (*plainly, *privately)] == [True, False]
