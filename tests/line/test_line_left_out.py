"""Why households are not on a list: from the roster's words to the county's statement, naming nobody."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.model.batch_close import FEWEST
from boards.model.payouts import LeftOutReason, PayStatus
from sync import wire
from sync.county.publish import changes, proposals, publisher
from sync.county.publish.batch import BatchTomlUnreadable
from sync.county.publish.batch_records import standing
from sync.county.publish.review_text import proposal_text
from sync.county.publish.village_batches import batch_of, village_batch, village_rows
from sync.county.publish.why_left_out import REASONS, ReasonNamesSomebody, why_left_out
from tests.line.county_sim import (
    ADULT,
    MINOR,
    NOW,
    VILLAGE,
    batch,
    county,
    published,
    reading,
    row,
    salts,
)

FAILED, RETURNED, STOPPED = PayStatus.FAILED, PayStatus.RETURNED, PayStatus.STOPPED
WORDS = st.sampled_from(
    [
        "",
        "卡号与户名不符",
        "账户已销户",
        "账号错误",
        "无银行卡",
        "甲乙已死亡",
        "本人自愿放弃",
        "退票",
        "停发：已死亡",
    ]
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A county before its first batch."""
    return county(tmp_path_factory.mktemp("county") / "c")


def closed(where, rows, **values):
    """The county's statement about a village's rows."""
    toml, read = batch(**values), reading(rows)
    made = batch_of(read, toml, where.pack, b"k" * 32, "2025-11-23T01:02:03Z")
    ((village, own),) = village_rows(read, toml, where.pack)
    return village_batch(made, village, own, 0, salts()).close


def told(close):
    """Households by reason."""
    return {one.why: one.households for one in close.left_out_why}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("支付失败：卡号与户名不一致", "卡号与户名不一致"),
        ("户名不符", "卡号与户名不一致"),
        ("银行卡已注销", "卡或账户已注销、冻结"),
        ("账户冻结", "卡或账户已注销、冻结"),
        ("账号有误", "卡号、账号不对"),
        ("未提供银行卡", "没有登记银行卡"),
        ("张三已死亡", "享受人已去世"),
        ("本人放弃", "本人放弃"),
        ("不符合条件", "不符合条件"),
        ("重复申报", "重复申报"),
        ("其他", "银行没有付成"),
        ("", "银行没有付成"),
    ],
)
def test_a_rows_own_words_become_known_ones(text, words):
    """What a bank or a clerk wrote beside a failed payment is told in one of a few known words."""
    one = row(1, status=FAILED, stop_reason=text)
    assert why_left_out(one, LeftOutReason.FAILED) == words


def test_who_may_not_be_listed_is_never_explained():
    """A minor's remark is not read: he is left out by rule, and that is all that is said."""
    assert why_left_out(row(1, stop_reason="已死亡"), LeftOutReason.UNLISTED) == "按规定不列名"


def test_reasons_travel_by_household(empty):
    """Each household counts once; reasons of one or two are 其他原因; rows that were paid say nothing."""
    rows = [
        *(row(n, status=FAILED, stop_reason="卡号与户名不符") for n in (1, 2, 3)),
        row(4, holder="乙丁", status=RETURNED),
        row(5, holder="乙丁", status=RETURNED),  # the same household again
        row(6, status=STOPPED, stop_reason="已死亡"),
        row(7, stop_reason="卡号与户名不符"),
        row(8),
        row(9, holder="甲" + chr(0x4E00 + 8), amount_fen=0),  # it is listed with another plot
    ]
    close = closed(empty, rows)
    assert told(close) == {"卡号与户名不一致": 3, "": 2}
    assert close.count == 2


def test_an_application_list_tells_no_reasons(empty):
    """Before the payment nobody was left without it."""
    rows = [row(1), *(row(n, status=STOPPED, stop_reason="放弃") for n in (2, 3, 4))]
    assert closed(empty, rows, phase='"application"', paid_on=None).left_out_why == ()


def test_of_a_sensitive_programme_only_how_many(empty):
    """Why somebody did not get a relief payment is nobody's business."""
    rows = [row(1), *(row(n, status=STOPPED, stop_reason="不符合条件") for n in (2, 3, 4))]
    assert told(closed(empty, rows, programme='"disability_living"')) == {"": 3}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([PayStatus.PAID, FAILED, RETURNED, STOPPED, PayStatus.APPLIED]),
            WORDS,
            st.integers(1, 6),
            st.sampled_from(["", ADULT, MINOR]),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_no_word_of_a_row_is_published(empty, values):
    """Whatever a roster says, the statement has known words only, each of at least three households."""
    rows = [
        row(who, row=n, status=status, stop_reason=text, status_text=text, identity=identity)
        for n, (status, text, who, identity) in enumerate(values)
    ]
    close = closed(empty, rows)
    assert all(one.why in REASONS | {""} for one in close.left_out_why)
    assert all(one.households >= FEWEST for one in close.left_out_why if one.why)
    assert sum(told(close).values()) <= sum(one.count for one in close.left_out)
    assert bool(close.left_out_why) <= bool(close.left_out)


def test_the_clerk_adds_what_no_roster_says(empty):
    """`[[not_listed]]` of batch.toml counts like the roster's own, for its village alone."""
    typed = f'[{{ why = "卡号与户名不一致", households = 2, village = "{VILLAGE}" }}]'
    rows = [row(1), row(2, status=FAILED, stop_reason="户名不符")]
    assert told(closed(empty, rows, not_listed=typed)) == {"卡号与户名不一致": 3}
    other = typed.replace(VILLAGE, "330590100202")
    assert told(closed(empty, rows, not_listed=other)) == {"": 1}
    whole = f'[{{ why = "面积没有核实", households = 4 }}]\nvillages = ["{VILLAGE}"]'
    assert told(closed(empty, rows, not_listed=whole)) == {"面积没有核实": 4, "": 1}


@pytest.mark.parametrize(
    "why", ["13号301室", "因患癌症", "身份证990523195803120019", "<b>没有</b>", "ok", "甲" * 21]
)
def test_a_typed_reason_is_public_text(why):
    """Numbers, doors, illnesses and markup are refused where they were typed, by line."""
    with pytest.raises(BatchTomlUnreadable) as refused:
        batch(not_listed=f'[{{ why = "{why}", households = 3, village = "{VILLAGE}" }}]')
    assert "not_listed" in " ".join(refused.value.told())
    assert why not in " ".join(refused.value.told())


def test_a_typed_reason_has_its_village():
    """A batch of several villages says which one is meant."""
    with pytest.raises(BatchTomlUnreadable, match="village"):
        batch(not_listed='[{ why = "面积没有核实", households = 3 }]')


def test_a_typed_reason_names_nobody(empty):
    """The name of somebody on the roster does not hang as a reason."""
    typed = f'[{{ why = "甲丙丁的卡不对", households = 3, village = "{VILLAGE}" }}]'
    with pytest.raises(ReasonNamesSomebody):
        closed(empty, [row(1), row(2, holder="甲丙丁", status=FAILED)], not_listed=typed)


def test_the_reviewer_reads_the_reasons(tmp_path):
    """What will be read in the village stands before the second person, and in the signed statement."""
    where = county(tmp_path / "c")
    rows = [row(n) for n in range(1, 6)]
    rows += [row(n, status=FAILED, stop_reason="卡号与户名不符") for n in (6, 7, 8)]
    made = published(where, rows)
    assert "公示未列入原因：卡号与户名不一致3户" in proposal_text(proposals.proposal(where, made.id))
    close = standing("岭东村", made.batch, where.log(VILLAGE).lines()).close
    assert told(close) == {"卡号与户名不一致": 3}
    reason = wire.Reason(code="typo", text="录入错误")
    gone = changes.withdraw(where, VILLAGE, f"{made.batch}-0001", reason, NOW)
    publisher.review(where, gone.id, NOW)
    publisher.publish(where, gone.id, NOW)
    after = standing("岭东村", made.batch, where.log(VILLAGE).lines()).close
    assert told(after) == {"卡号与户名不一致": 3, "": 1}
    assert close.terms.paid_on == date(2025, 9, 30)
