"""The county's close: what arrived is what it says, to the fen, or the list is held."""

from datetime import date

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.batch_close import FEWEST, close_agrees, merged
from boards.model.payouts import BatchClose, LeftOut, LeftOutReason, Phase, Terms, WhyLeftOut

TERMS = Terms(
    village="330590100201",
    programme="rice",
    programme_name="稻谷补贴",
    phase=Phase.PAYMENT,
    fiscal_year=2025,
    period_no="2025-01",
    paid_on=date(2025, 9, 10),
)
amounts = st.lists(st.integers(1, 10**8), min_size=1, max_size=8)


def close_of(fen, **changes):
    fields = {
        "terms": TERMS,
        "edition": 1,
        "start": 0,
        "stop": len(fen),
        **arrived(fen),
        "source_total_fen": sum(fen),
        "source_sha256": "0" * 64,
    }
    return BatchClose(**{**fields, **changes})


def arrived(fen):
    return {
        "count": len(fen),
        "households": len(fen),
        "sum_fen": sum(fen),
        "by_programme": {"rice": sum(fen)},
    }


@given(amounts)
def test_an_honest_close_agrees(fen):
    """Count, households, sum and sums by programme are those that arrived."""
    assert close_agrees(close_of(fen), **arrived(fen)) == ()


@given(amounts, st.sampled_from(["count", "households", "sum_fen", "source_total_fen"]), st.integers(1, 999))
@settings(max_examples=60)
def test_a_close_one_off_is_held(fen, field, off):
    """Rows are visible only when count, households, sum and the source's total all match to the fen."""
    close = close_of(fen)
    wrong = msgspec.structs.replace(close, **{field: getattr(close, field) + off})
    assert close_agrees(wrong, **arrived(fen))


def test_left_out_rows_make_up_the_source_total():
    """The county's total is what is listed plus what is left out."""
    left_out = (LeftOut(reason=LeftOutReason.FAILED, count=1, sum_fen=132),)
    assert (
        close_agrees(close_of([40868], left_out=left_out, source_total_fen=41000), **arrived([40868])) == ()
    )
    assert close_agrees(close_of([40868], left_out=left_out), **arrived([40868]))


def test_another_split_by_programme_is_held():
    """The same sum under another programme is not the same batch."""
    close = close_of([40868], by_programme={"machinery": 40868})
    assert [one.message for one in close_agrees(close, **arrived([40868]))] == [
        "分项目金额与县里写的不一致。"
    ]


told = st.lists(
    st.builds(
        lambda why, households: WhyLeftOut(why=why, households=households),
        st.sampled_from(["", "卡号与户名不一致", "银行退回", "停发"]),
        st.integers(1, 6),
    ),
    max_size=8,
)


@given(told, st.randoms(use_true_random=False))
def test_merged_reasons_mean_nobody(parts, chance):
    """No household is lost, no reason is told of fewer than three, and neither order nor repetition matters."""
    made = merged(parts)
    assert sum(one.households for one in made) == sum(one.households for one in parts)
    assert all(one.households >= FEWEST for one in made if one.why)
    assert [one.why for one in made[:-1] if not one.why] == []
    assert len({one.why for one in made}) == len(made)
    by_why = {one.why: one.households for one in made}
    for why in {one.why for one in parts} - {""}:
        whole = sum(one.households for one in parts if one.why == why)
        assert by_why.get(why, 0) == (whole if whole >= FEWEST else 0)
    assert merged(made) == made == merged(chance.sample(parts, len(parts)))
