"""Items of the disclosure catalogue are checked and ride in the pack."""

import pytest

from sync.county.packs.difference import differences
from sync.pack import PackNotWhole, packed, parsed_pack, unpacked
from tests.packs.pack_files import DEMO

NAME = "catalogue/farming.csv"
TABLE = """code,field,l1,l2,elements,basis,limit,body,shown_by
A1,涉农补贴,补贴发放,发放结果,对象、面积、标准、金额,,,县农业农村局,payout
A2,涉农补贴,补贴发放,申报公示,,,,县农业农村局,payout
"""


def _with(table):
    return {**DEMO, NAME: table.encode()}


def test_the_catalogue_rides_in_the_pack():
    """A county's columns and empty cells are carried as they are, and each item that comes is told."""
    parsed_pack(_with(TABLE))
    assert unpacked(packed(_with(TABLE)))[NAME] == TABLE.encode()
    told = differences(DEMO, _with(TABLE))
    assert told[0] == f"新增公开目录（{NAME}）"
    assert told[1].startswith("新增公开事项“补贴发放 发放结果”（A1）：领域 涉农补贴")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("A2,", "A1,", "事项代码和 catalogue/farming.csv 第 2 行 相同"),
        (
            "县农业农村局,payout\nA2",
            "县农业农村局,screen\nA2",
            "只能是 payout、land、document、link、none 之一",
        ),
        ("A2,", ",", "是空的"),
        ("shown_by", "shown", "是不是 shown_by"),
    ],
)
def test_a_catalogue_that_is_wrong_is_told_with_its_line(old, new, why):
    """A code twice, a way nobody knows, an empty code, a column that is missing."""
    with pytest.raises(PackNotWhole, match=why):
        parsed_pack(_with(TABLE.replace(old, new, 1)))


def test_a_code_stands_once_in_all_tables():
    """Two tables cannot mean two items by one code."""
    with pytest.raises(PackNotWhole, match="相同"):
        parsed_pack({**_with(TABLE), "catalogue/village.csv": TABLE.encode()})
