"""Finding people by letters, groups and organisations, on a real archive."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.payouts import PayeeKind
from boards.model.speech.initials import (
    LETTERS,
    MOST_LETTERS,
    MOST_SPELLINGS,
    initial,
    initials,
    spellings,
    typed,
)
from kiosk_server.archive import search
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.keys import letter_typed, typed_key, typed_span
from tests.village import CODE, MASK, NOW, PACK, County, dump, payout, terms

pytestmark = pytest.mark.anyio
WORDS = st.text(alphabet=LETTERS, max_size=8)
NAMES = (
    "沈桂珍", "单秀英", "仇和平", "曾国强", "区志明", "查良玉", "解放", "朱𬭎", "贾䶮", "王㛃",
    "欧阳建国", "尉迟恭", "买买提·吐尔逊", "任重", "沈桂珍",
)  # fmt: skip
SAID = (
    "SGZ", "SXY", "QHP", "ZGQ", "OZM", "ZLY", "XF", "ZH", "JY", "WJ",
    "OYJG", "YCG", "MMTTEX", "RZ", "SGZ",
)  # fmt: skip


async def filled(path, names=NAMES) -> None:
    county = County()
    rows = [payout(seq, name, group=f"{'一二三'[seq % 3]}组") for seq, name in enumerate(names, 1)]
    rows.append(payout(len(rows) + 1, "岭东村稻虾合作社", kind=PayeeKind.ORGANISATION, group=""))
    county.batch("open", *rows)
    county.batch("shut", payout(1, "钱旧名", household="p" * 32), terms=terms(fiscal_year=2023))
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), NOW)
        await archive.write_readings()


def readings(path) -> list[tuple[int, int]]:
    db = reader(path)
    try:
        return db.execute("SELECT * FROM reading ORDER BY id").fetchall()
    finally:
        db.close()


def names(board: Board, letters: str, batches=("open",)) -> list[str]:
    with board.snapshot():
        return [one.name for one in search.typed(board.where(CODE, batches), letters).people]


async def test_everybody_is_found_by_what_people_say(path):
    """Polyphonic surnames by their surname reading, rare characters, names with “·”, and shorter beginnings."""
    await filled(path)
    board = Board(path, MASK)
    for name, said in zip(NAMES, SAID, strict=True):
        for stop in range(1, len(said) + 1):
            assert name in names(board, said[:stop]), (name, said[:stop])
    assert "单秀英" in names(board, "DX")
    assert names(board, "LDC") == ["岭东村稻虾合作社"]
    assert names(board, "") == names(board, "QQQ") == []
    board.close()


async def test_a_name_outside_its_window_is_not_found(path):
    """Only the lists that are given count: neither the name nor a letter tells of another."""
    await filled(path)
    board = Board(path, MASK)
    assert names(board, "QJ") == []
    assert names(board, "QJ", batches=("open", "shut")) == ["钱旧名"]
    assert names(board, "S", batches=()) == []
    with board.snapshot():
        assert search.typed(board.where(CODE, ("shut",)), "").next_letters == "Q"
        assert [one.surname for one in search.groups(board.where(CODE, ("shut",)))] == ["一组"]
    board.close()


async def test_a_letter_leads_on_exactly_when_somebody_is_there(path):
    """For every beginning, the letters offered are those after which a person is still found."""
    await filled(path)
    board = Board(path, MASK)
    with board.snapshot():
        where = board.where(CODE, ("open",))
        waiting = [""]
        while waiting:
            letters = waiting.pop()
            offered = search.typed(where, letters).next_letters
            following = LETTERS if len(letters) < MOST_LETTERS else ""
            assert offered == "".join(one for one in following if names(board, letters + one))
            waiting += [letters + one for one in offered]
    board.close()


async def test_many_of_one_beginning_are_cut_off(path):
    """More people than a screen holds: some are shown, `more` says so, and every next letter is still right."""
    await filled(path, [f"王{chr(0x4E00 + n)}" for n in range(400)])
    board = Board(path, MASK)
    with board.snapshot():
        where = board.where(CODE, ("open",))
        found = search.typed(where, "W")
        assert found.more
        assert len(found.people) <= search.MOST_COUNTED
        assert found.next_letters == "".join(one for one in LETTERS if names(board, "W" + one))
        assert len(found.next_letters) > 15
    board.close()


async def test_groups_stand_in_their_own_order(path):
    """第一小组, 第二小组, 第十小组, however they came; the people of a surname stand by their groups so too."""
    county = County()
    came = ("第十小组", "第二小组", "东村", "第一小组")
    county.batch("open", *[payout(seq, f"沈{seq}", group=group) for seq, group in enumerate(came, 1)])
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    in_order = ["第一小组", "第二小组", "第十小组", "东村"]
    assert [one.surname for one in board.groups(CODE)] == in_order
    assert [one.group for one in board.people(CODE, "沈")] == in_order
    board.close()


async def test_groups_and_organisations(path):
    """Groups count their households; organisations stand by themselves, unmasked."""
    await filled(path)
    board = Board(path, MASK)
    with board.snapshot():
        where = board.where(CODE, ("open",))
        groups = search.groups(where)
        assert sum(one.count for one in groups) == len(NAMES)
        for one in groups:
            assert len(search.of_group(where, one.surname)) == one.count
        assert [one.name for one in search.organisations(where)] == ["岭东村稻虾合作社"]
        assert search.of_group(where, "") == ()
    board.close()


async def test_writing_again_changes_nothing(path):
    """Readings are a function of the households: a second writing and a rebuild give the same bytes."""
    await filled(path)
    before = dump(path), readings(path)
    assert len(before[1]) > len(NAMES)
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        assert await archive.write_readings() == 0
        await archive.rebuild()
    assert (dump(path), readings(path)) == before


async def test_an_erased_name_leaves_no_letters(path):
    """When the county erases a person, the letters of the name go with it."""
    county = County()
    (leaf,) = county.publish("b", payout(1, "沈桂珍"))
    county.close("b")
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), NOW)
        assert await archive.write_readings() > 0
        county.erase("b", leaf)
        await archive.admit(CODE, county.stretch(), NOW)
        await archive.write_readings()
    assert readings(path) == []


async def test_after_an_erasure_everybody_else_is_found_by_their_own_letters(path):
    """An erasure numbers the households after it again: nobody is listed under somebody else's letters."""
    county = County()
    leaf, *_ = county.publish("b", payout(1, "沈桂珍"), payout(2, "林秋实"), payout(3, "王㛃"))
    county.close("b")
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), NOW)
        await archive.write_readings()
        county.erase("b", leaf)
        await archive.admit(CODE, county.stretch(), NOW)
        await archive.write_readings()
    board = Board(path, MASK)
    assert (names(board, "LQS", ("b",)), names(board, "WJ", ("b",))) == (["林秋实"], ["王㛃"])
    board.close()


@given(one=WORDS, other=WORDS, log=st.integers(1, 2**20))
def test_typed_keys_sort_and_span_like_text(one, other, log):
    """A typed key sorts as its letters do, and a beginning spans exactly what begins with it."""
    assert (typed_key(log, one) < typed_key(log, other)) == (one < other)
    first, last = typed_span(log, one)
    assert (first <= typed_key(log, other) <= last) == other.startswith(one)
    assert "".join(letter_typed(typed_key(log, one), place) for place in range(8)) == one


@given(
    name=st.text(max_size=30),
    letters=st.dictionaries(st.characters(), WORDS.map(lambda w: "".join(sorted(set(w))))),
)
@settings(max_examples=60)
def test_spellings_are_bounded_and_typeable(name, letters):
    """However long the name and however many its readings: at most 64 ways, all on the pad."""
    ways = spellings(name, lambda char: letters.get(char, ""))
    assert len(ways) == len(set(ways)) <= MOST_SPELLINGS
    assert all(way == typed(way) for way in ways)


def test_first_letters():
    """Tone marks, tone digits and umlauts do not matter; I, U and V begin no syllable."""
    assert [initial(one) for one in ("shàn", "shan4", "è", "ōu", "ér", "ńg", "i", "v", "")] == list(
        "SSEOEN"
    ) + [""] * 3
    assert initials(["dān", "dàn", "shàn"]) == "DS"
    assert typed("s g-z7 iuv") == "SGZ"
    assert date(2025, 11, 22) == NOW.date()
