"""Which lines belong to one household (settled §5)."""

import pytest

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from tests.village import CODE, MASK, NOW, PACK, cut, dump, mark, payout, terms

pytestmark = pytest.mark.anyio


@pytest.fixture
async def households(archive, county, path):
    """Publish lists, get for each person their lists: {(name, group): [[lists of one household], …]}."""

    async def told(*lists):
        for number, rows in enumerate(lists, start=1):
            county.batch(f"b{number}", *rows, terms=terms(period_no=f"2025-{number:02d}"))
        admitted = await archive.admit(CODE, county.stretch(), NOW)
        assert admitted.held == admitted.quarantined == ()
        board = Board(path, MASK)
        people = [person for one in board.surnames(CODE) for person in board.people(CODE, one.surname)]
        found = {}
        for person in people:
            parts = board.household(CODE, person.household).parts
            found.setdefault((person.name, person.group), []).append(sorted(head.batch for head, _ in parts))
        board.close()
        return {who: sorted(lists) for who, lists in found.items()}

    return told


def plain(seq, name="张伟", group="一组"):
    """A line without the county's hash."""
    return payout(seq, name, group=group, household="")


async def test_the_countys_hash_joins_across_lists_and_spellings(households):
    """The same hash is the same household, whatever the name says."""
    found = await households(
        [payout(1, "张伟", household=mark(7))], [payout(1, "张伟（大）", household=mark(7))]
    )
    assert found == {("张伟", "一组"): [["b1", "b2"]]}


async def test_different_hashes_are_different_households(households):
    """Two of the same name and group stay two."""
    found = await households([payout(1, "张伟", household=mark(7)), payout(2, "张伟", household=mark(8))])
    assert found == {("张伟", "一组"): [["b1"], ["b1"]]}


async def test_a_unique_name_joins_lists_without_hashes(households):
    """Village, group and name, unique in both lists."""
    assert await households([plain(1)], [plain(1)]) == {("张伟", "一组"): [["b1", "b2"]]}


async def test_another_group_is_another_household(households):
    """The group tells them apart."""
    found = await households([plain(1, group="一组")], [plain(1, group="二组")])
    assert found == {("张伟", "一组"): [["b1"]], ("张伟", "二组"): [["b2"]]}


async def test_a_name_that_stands_twice_joins_nothing(households):
    """Ambiguous in one list: separate candidates, no total across lists."""
    found = await households([plain(1)], [plain(1), plain(2)])
    assert found == {("张伟", "一组"): [["b1"], ["b2"], ["b2"]]}


async def test_after_an_ambiguous_list_nothing_joins_by_name(households):
    """A later unique line could be either of the two."""
    found = await households([plain(1), plain(2)], [plain(1)])
    assert found == {("张伟", "一组"): [["b1"], ["b1"], ["b2"]]}


@pytest.mark.parametrize("keyed_first", [True, False])
async def test_a_list_with_hashes_and_one_without_join_when_unique(households, keyed_first):
    """In either order."""
    lists = [[payout(1, "张伟", household=mark(7))], [plain(1)]]
    found = await households(*(lists if keyed_first else lists[::-1]))
    assert found == {("张伟", "一组"): [["b1", "b2"]]}


@pytest.mark.parametrize("keyed_first", [True, False])
async def test_two_hashes_of_one_name_do_not_take_a_line_without(households, keyed_first):
    """Nobody can say which of the two it is."""
    lists = [[payout(1, "张伟", household=mark(7)), payout(2, "张伟", household=mark(8))], [plain(1)]]
    found = await households(*(lists if keyed_first else lists[::-1]))
    assert [len(one) for one in found["张伟", "一组"]] == [1, 1, 1]


async def test_the_hash_is_nowhere_in_what_is_read(archive, county, path):
    """It joins, and is never told."""
    county.batch("b1", payout(1, household=mark(7)))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    told = repr((board.whole(CODE, "b1"), board.household(CODE, 1), board.people(CODE, "林"), board.health()))
    assert mark(7) not in told
    board.close()


async def test_a_number_is_given_once_wherever_the_import_stops(county, tmp_path):
    """A household that was joined to an older one does not leave its number to the next stranger."""
    county.batch("b1", plain(1))
    county.batch("b2", payout(1, "张伟", household=mark(7)), terms=terms(period_no="2025-02"))
    stops = len(county.leaves)
    county.batch("b3", plain(1, "林秋实"), terms=terms(period_no="2025-03"))
    numbers = {}
    for cuts in ([], [stops]):
        path = tmp_path / f"cut{len(cuts)}.sqlite3"
        async with Archive(path, PACK, minimum_free_mb=0) as archive:
            for stretch in cut(county.leaves, cuts):
                await archive.admit(CODE, stretch, NOW)
        numbers[len(cuts)] = [(row[0] & 0xFFFF_FFFF, row[3]) for row in dump(path)["household"]]
    assert numbers[0] == numbers[1] == [(1, "张伟"), (3, "林秋实")]
