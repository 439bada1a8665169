"""Words in texts: all of them or nothing, told with what stands around them, and never with anybody's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.sheets.found import AFTER, BEFORE, SOMEBODY, Text, folded, without_names, words_of
from tests.pages import views_sample as v

HOW = "农户向村民小组登记面积；村核实后张榜公示7天；\n乡镇审核；ＡＢＣ在窗口申请听证。"
GUIDE = Text(
    thing=v.FARMLAND, title="耕地地力保护补贴", parts=(("怎么申请", HOW), ("要带什么", "身份证、一卡通"))
)
LETTERS = st.text("农户登记面积听证ＡＢcⅣ㎡ﬁ甲乙\n 。", max_size=40)


@pytest.mark.parametrize(
    ("asked", "where", "word"),
    [
        ("耕地", "", ""),
        ("听证", "怎么申请", "听证"),
        ("耕地 听证", "怎么申请", "听证"),
        ("怎么申请", "怎么申请", ""),
        ("一卡通", "要带什么", "一卡通"),
        ("身份证 登记", "怎么申请", "登记"),
        ("abc", "怎么申请", "ＡＢＣ"),
        ("（听证）", None, None),
        ("耕地 征收", None, None),
        ("登记 征收", None, None),
        ("天；乡镇", None, None),
    ],
)
def test_where_words_stand(asked, where, word):
    """In the title, in a part or under its name; wide and capital letters are the same; all words must be there."""
    hit = GUIDE.hit(words_of(asked))
    assert (hit and hit.where, hit and hit.said[1]) == (where, word)


@given(text=LETTERS, title=LETTERS, asked=st.text("农户登听证ＡcⅣ㎡ ", min_size=1, max_size=6))
def test_what_is_found_is_quoted_as_it_stands(text, title, asked):
    """The quoted pieces are one after another in the text, of bounded length, and the word is the one asked for."""
    words = words_of(asked)
    hit = Text(thing=v.FARMLAND, title=title, parts=(("全文", text),)).hit(words)
    assert (hit is not None) is all(word in folded(f"{title}\x00全文\n{text}") for word in words)
    if hit and hit.where:
        before, word, after = (piece.strip("…") for piece in hit.said)
        assert before + word.replace("\n", " ") + after in text.replace("\n", " ")
        assert len(before) <= BEFORE
        assert len(after) <= AFTER
        assert not word or folded(word) in words


@given(
    names=st.sets(st.text("甲乙丙丁", min_size=2, max_size=4), max_size=4),
    text=st.text("甲乙丙丁户得", max_size=30),
)
def test_nobody_is_named(names, text):
    """Whatever stands beside them: no name is left where it was, and everything else is."""
    made = without_names(text, frozenset(names))
    assert not any(name in piece for name in names for piece in made.split(SOMEBODY))
    if not any(name in text for name in names):
        assert made == text
