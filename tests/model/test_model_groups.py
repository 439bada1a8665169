"""Groups in their own order: by number, not by how the number is written; hamlets as they came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.groups import in_group_order
from boards.model.numerals import number_words

FORMS = ("{words}组", "第{words}小组", "第{number}村民小组", "{number}组", "{words}队", "第{words}组（上塘）")


@given(numbers=st.permutations(range(1, 25)), form=st.sampled_from(FORMS))
def test_numbered_groups_stand_by_number(numbers, form):
    """一组 … 十组 … 二十四组, however they are written and whoever came first."""
    named = {number: form.format(words=number_words(number), number=number) for number in numbers}
    assert in_group_order(named.values()) == tuple(named[number] for number in sorted(named))


@pytest.mark.parametrize(
    ("came", "order"),
    [
        (("西村", "第十小组", "东村", "第二小组", ""), ("", "第二小组", "第十小组", "西村", "东村")),
        (("上塘十组", "下塘二组", "上塘二组", "下塘一组"), ("上塘二组", "上塘十组", "下塘一组", "下塘二组")),
        (("上塘二组", "上塘", "三组"), ("三组", "上塘", "上塘二组")),
        (("十里铺", "一组", "三角村", "十里铺", "一组"), ("一组", "十里铺", "三角村")),
    ],
)
def test_hamlets_stand_as_they_came(came, order):
    """None at all first, numbers next, then each hamlet where it came first, with its own groups by number."""
    assert in_group_order(came) == order
