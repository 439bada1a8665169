"""Households for the county to write down."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from tests.roster.county_files import VILLAGES, Household

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁"
GIVEN = "秀英芳伟敏静丽强磊军洋勇艳杰涛明超兰霞平刚桂琴𬭎䶮㛃"
LONG_NAMES = ("阿依努尔·买买提江", "欧阳静", "岭东村兴农粮油专业合作社", "合阳", "计小红", "注德明", "单位霞")

names = st.one_of(
    st.builds(str.__add__, st.sampled_from(SURNAMES), st.text(GIVEN, min_size=1, max_size=2)),
    st.sampled_from(LONG_NAMES),
)


def _without_group(cell: tuple) -> tuple:
    """Some layouts have no groups: what differs in nothing else would be a line twice."""
    return cell[0], *cell[2:]


@st.composite
def lists(draw: st.DrawFn, most: int = 25) -> list[Household]:
    """Households in sheet order: by village, then group; no two lines the same; areas in steps of 0.15 亩."""
    rate = draw(st.sampled_from([Decimal("131.42"), Decimal("13.06125"), Decimal("86.5"), Decimal(60)]))
    cells = st.tuples(
        st.integers(0, len(VILLAGES) - 1),
        st.integers(1, 5),
        names,
        st.integers(1, 600).map(lambda n: n * Decimal("0.15")),
    )
    drawn = draw(st.lists(cells, min_size=4, max_size=most, unique_by=_without_group))
    return [
        Household(VILLAGES[village], group, name, area.normalize(), rate)
        for village, group, name, area in sorted(drawn, key=lambda cell: cell[:2])
    ]
