"""What a list holds as a whole: which of its lines belong together, and how long its figures are."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.sheets.overview import overview
from boards.sheets.sheet import Line, SheetHead, Variant, gone_line
from tests.pages import views_sample as v

GROUPS = st.sampled_from(("", "一组", "十组", "二组", "东村"))
LINES = st.lists(
    st.builds(
        Line,
        seq=st.just(0),
        holder=st.sampled_from(("沈桂珍", "欧阳建国", "王㛃", "张*")),
        group=GROUPS,
        quantity=st.none() | st.decimals(0, 99, places=2),
        unit=st.just("亩"),
        household=st.just(1),
    ),
    max_size=30,
).map(lambda made: tuple(replace(line, seq=at) for at, line in enumerate(made, 1)))
HEAD: SheetHead = v.head()


@given(lines=LINES)
def test_every_line_is_where_it_belongs(lines):
    """Each line that has a group stands under it once, each person under the surname, in the order of the list."""
    made = overview(HEAD, lines)
    for group, numbers in made.groups.items():
        assert list(numbers) == [line.seq for line in lines if line.group == group]
    assert sum(map(len, made.groups.values())) == sum(bool(line.group) for line in lines)
    assert sum(map(len, made.surnames.values())) == len(lines)
    assert all(
        line.holder.startswith(surname)
        for surname, at in made.surnames.items()
        for line in [lines[at[0] - 1]]
    )


def test_only_persons_have_a_surname():
    """A firm, a line taken down: no key leads to them; on a list by items it is who benefits that counts."""
    firm = Line(seq=1, holder="岭东村稻虾合作社")
    lines = (
        firm,
        gone_line(number=2, amount_fen=1, erased=False),
        gone_line(number=3, amount_fen=1, erased=True),
    )
    assert overview(HEAD, lines).surnames == {}
    items = replace(HEAD, variant=Variant.ITEM)
    found = overview(
        items, (replace(firm, beneficiary="沈桂珍"), replace(firm, seq=2, beneficiary="岭东合作社"))
    )
    assert {surname: list(at) for surname, at in found.surnames.items()} == {"沈": [1]}


def test_decimals_are_the_longest_of_one_unit():
    """Two of 6.3 and 11.46; none to be held to where 亩 and 台 stand in one column."""
    area = Line(seq=1, holder="沈桂珍", quantity=Decimal("6.3"), unit="亩", rate=Decimal("124.9788302"))
    other = replace(area, seq=2, quantity=Decimal("11.46"), rate=Decimal(120))
    made = overview(HEAD, (area, other))
    assert (made.quantity_decimals, made.rate_decimals) == (2, 7)
    assert overview(HEAD, (area, replace(other, unit="台"))).quantity_decimals == 0
