"""One header finder: real header texts, and texts nobody has collected."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.county.roster.columns.words import Role, What, meaning_of, unit_of

REAL = json.loads((Path(__file__).parent / "data" / "header_variants.json").read_text("utf-8"))
TEXTS = [(entry["text"], field) for field, entries in REAL["fields"].items() for entry in entries]


def test_all_real_headers_are_known():
    """All 108 header texts from 18 real sources mean what their sources use them for."""
    assert len(TEXTS) == REAL["count"] == 108
    assert {text: meaning_of(text).what.value for text, _ in TEXTS} == dict(TEXTS)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.sampled_from(["{}", " {} ", "{}*", "\u3000{}", "{}\u200b", "★{}"]),
    st.booleans(),
    st.booleans(),
)
def test_dress_does_not_change_a_header(text_and_field, dress, spread, wide):
    """Spaces between letters, asterisks, zero-width marks and full-width brackets leave the meaning alone."""
    text, field = text_and_field
    if wide:
        text = text.replace("(", "（").replace(")", "）")
    if spread:
        text = " ".join(text)
    assert meaning_of(dress.format(text)).what.value == field


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (("2026年春播玉米核定补助面积/亩",), What.AREA),
        (("水稻播种面积(亩)",), What.AREA),
        (("应补面积",), What.AREA),
        (("流转流出面积",), What.AREA_EXCLUDED),
        (("二轮承包面积（亩）",), What.AREA_CONTRACT),
        (("补贴单价",), What.RATE),
        (("亩均补助（元/亩）",), What.RATE),
        (("实际发放金额（元）",), What.AMOUNT),
        (("补偿金额（元）", "国家级"), What.AMOUNT),
        (("补偿面积（亩）", "小计"), What.AREA),
        (("资金", "其中", "县级配套"), What.AMOUNT),
        (("农户信息", "姓名"), What.NAME),
        (("农户信息", "身份证号码"), What.ID),
        (("代扣款",), What.DEDUCTION),
        (("领取人签名",), What.SIGNATURE),
        (("社会保障卡银行账号",), What.ACCOUNT),
        (("村（社区）",), What.VILLAGE),
        (("所属村委会",), What.VILLAGE),
        (("乡镇（街道）",), What.TOWN),
        (("家庭住址",), What.ADDRESS),
        (("发放状态",), What.STATUS),
        (("帮扶人姓名",), What.OTHER),
    ],
)
def test_words_carry_the_meaning(path, what):
    """Headers nobody has collected are understood by the words they are made of."""
    assert meaning_of(*path).what is what


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("户主姓名", Role.HOLDER),
        ("农户姓名", Role.HOLDER),
        ("收款人姓名", Role.PAYEE),
        ("银行账户名称", Role.PAYEE),
        ("享受人", Role.BENEFICIARY),
        ("姓名", Role.ANYONE),
        ("收款人身份证号", Role.PAYEE),
    ],
)
def test_three_persons_are_told_apart(text, role):
    """Head of household, payee and beneficiary are three persons, each with a name and a number of their own."""
    assert meaning_of(text).role is role


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("补贴金额（万元）", "万元", "10000"),
        ("金额（单位：元）", "元", "1"),
        ("金额(角)", "角", "0.1"),
        ("金额（分）", "分", "0.01"),
        ("补贴面积（公顷）", "亩", "15"),
        ("补偿面积(平方米)", "亩", "0.0015"),
        ("补贴标准（元/亩）", "亩", "1"),
        ("补贴标准（万元）", "", "10000"),
        ("购买数量(台)", "台", "1"),
    ],
)
def test_units_stand_in_headers(text, unit, factor):
    """Money becomes yuan and areas become 亩 by exact factors."""
    found, to_ours = unit_of(meaning_of(text).what, (text,))
    assert (found, str(to_ours)) == (unit, factor)
