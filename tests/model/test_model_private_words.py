"""Words of free text that must not be public: doors, illnesses, and ways to reach somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.privacy.words import WordKind, words_in

PRIVATE = {
    "因患尿毒症": WordKind.HEALTH,
    "肢体残疾二级": WordKind.HEALTH,
    "精神病": WordKind.HEALTH,
    "高血压，常年服药": WordKind.HEALTH,
    "大病户": WordKind.HEALTH,
    "中风": WordKind.HEALTH,
    "QQ：12345678": WordKind.QQ,
    "ｑｑ号１２３４５６７８": WordKind.QQ,
    "微信号：nong_min01": WordKind.WECHAT,
    "VX: nongmin2025": WordKind.WECHAT,
    "邮箱 a@qq.com": WordKind.EMAIL,
    "a＠village.example": WordKind.EMAIL,
    "前坑村12号301室": WordKind.ADDRESS,
    "住３幢２单元５０２室": WordKind.ADDRESS,
    "解放路15号": WordKind.ADDRESS,
    "门牌108": WordKind.ADDRESS,
    "浙E12345": WordKind.PLATE,
    "浙E·D12345": WordKind.PLATE,
}
HARMLESS = (
    "一季", "双季稻", "承包地", "已故", "外出", "流转 3 亩", "2组", "低保户", "五保户", "代领", "补发2024年", "新增",
    "3号地块", "岭东村2号机埠", "浙渔12号", "轮式拖拉机 90马力档", "WX-804A 烘干机", "病死猪无害化处理", "松材线虫病",
    "稻瘟病防治", "困难残疾人生活补贴", "重度残疾人护理补贴", "残疾人两项补贴", "大病医疗救助", "微信扫码登记", "甬优1540",
    "2025-09-01", "12亩×131.42", "苕农发〔2025〕12号", "户主变更", "房屋3幢", "201户", "精神文明户", "第3批", "手续齐全",
)  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_private_words_are_told_by_kind(text):
    """P4, P6, P7: what a remark says of a person is found and called by its kind."""
    assert PRIVATE[text] in words_in(text)


@given(st.sampled_from([*PRIVATE]), st.sampled_from(HARMLESS[:13]), st.sampled_from(HARMLESS[:13]))
def test_private_words_are_found_among_others(text, before, after):
    """Harmless words around it hide nothing."""
    assert PRIVATE[text] in words_in(f"{before}，{text}，{after}")


@pytest.mark.parametrize("text", HARMLESS)
def test_usual_remarks_are_nobodys_secret(text):
    """What clerks write beside a payout every day is let be."""
    assert words_in(text) == ()


def test_a_lists_own_subject_is_no_secret():
    """P6 is wording beyond the programme's name: 残疾 says nothing new on a list of 残疾人, an illness does."""
    about = "2025年困难残疾人生活补贴发放表"
    assert words_in("肢体残疾二级", about) == words_in("残疾", about) == ()
    assert words_in("尿毒症", about) == (WordKind.HEALTH,)
