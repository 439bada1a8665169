"""Finding numbers that must not be public, and the gate that never lets one by."""

import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.payouts import Payout, PayStatus
from boards.model.privacy.identifiers import NumberKind, id_check_digit
from boards.model.privacy.numbers import numbers_in, suspicious

ID = "990523195803120019"
CARD = "6299990000123456786"
MOBILE = "14001380013"
DRESSES = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⓪①②③④⑤⑥⑦⑧⑨")
BETWEEN = ("", "", " ", "-", "\u200b", "－", "\u3000", "—", "\u2060", "\ufe0f", "·")

ids = st.builds(
    lambda day, order: (body := f"990523{day:%Y%m%d}{order:03d}") + id_check_digit(body),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)
han = st.text(alphabet="岭东村三组林秋实补贴·（），。", max_size=8)


@st.composite
def disguised(draw, numbers=ids):
    """Dress a number up in any way, with anything a reader does not see as a break between its digits."""
    number = draw(numbers)
    return (
        "".join(
            (draw(st.sampled_from(DRESSES))[int(sign)] if sign.isdigit() else sign)
            + draw(st.sampled_from(BETWEEN))
            for sign in number[:-1]
        )
        + number[-1]
    )


texts = st.one_of(
    st.builds(lambda a, b, c: a + b + c, han, disguised(), han),
    st.builds(lambda a, b, c: a + b + c, han, disguised(st.sampled_from([CARD, MOBILE])), han),
    st.text(alphabet='0123456789xX .-_１٢③㉑\u200b\n"\\岭a·²', max_size=40),
    st.text(max_size=30),
)


@pytest.mark.thorough
@given(han, disguised(), han)
@settings(max_examples=100)
def test_an_id_is_found_in_any_dress(before, number, after):
    """Full-width, Arabic or circled digits, spaces, dashes and zero-width characters hide no ID."""
    seen = numbers_in(before + number + after)
    assert [one.kind for one in seen] == [NumberKind.ID]


@pytest.mark.thorough
@given(st.dictionaries(st.sampled_from(["holder", "remark", "item"]), texts, max_size=3))
@settings(max_examples=150)
def test_the_gate_never_lets_by_what_the_detector_finds(fields):
    """No false negative over the decoded strings, whichever way the JSON is written."""
    found = any(numbers_in(text) for text in fields.values())
    for raw in (
        msgspec.json.encode(fields),
        json.dumps(fields).encode(),
        json.dumps(fields, ensure_ascii=False, indent=1).encode(errors="replace"),
    ):
        assert suspicious(raw) or not found


@given(texts)
@settings(max_examples=80)
def test_a_sample_never_shows_more_than_two_places(text):
    """Findings carry kind, place and a masked sample, never the value."""
    for one in numbers_in(text):
        assert 0 <= one.start < len(text)
        assert set(one.sample[2:]) == {"*"}


decimals = st.decimals(min_value=0, max_value=Decimal(999999), places=4)
rates = st.decimals(min_value=0, max_value=Decimal(9999), places=8)
payouts = st.builds(
    Payout,
    seq=st.integers(1, 9999),
    holder=st.text(alphabet="林秋实欧阳朱𬭎贾䶮王㛃·", min_size=2, max_size=6),
    household=st.text(alphabet="abcdefghijklmnop", min_size=32, max_size=32),
    group=st.sampled_from(["", "一组", "第三村民小组", "12组"]),
    quantity=st.none() | decimals,
    rate=st.none() | rates,
    amount_fen=st.integers(-(10**9), 10**10 - 1),
    item=st.sampled_from(["", "轮式拖拉机 90马力档", "水稻插秧机（6行）"]),
    paid_on=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    status=st.sampled_from(PayStatus),
    remark=st.sampled_from(["", "更正发放", "咨询 0572-5000012 或 12345", "2025-01-15 至 2025-01-22"]),
)
_ENCODER = msgspec.json.Encoder(order="sorted", decimal_format="string")


@given(payouts)
@settings(max_examples=200)
def test_an_honest_row_raises_no_alarm(payout):
    """Areas, rates with 8 decimals, dates, landlines, hotlines and rare names are no numbers of people."""
    assert not suspicious(_ENCODER.encode(payout))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证 990523195803120019。", NumberKind.ID),
        ("990523 1958-03-12 0019", NumberKind.ID),
        ("990523.19580312.0019", NumberKind.ID),
        ("11010519491231002 x", NumberKind.ID),
        ("1990523195803120019", NumberKind.ID),
        ("ID990523195803120019", NumberKind.ID),
        ("990523195803120018", NumberKind.ID_NEAR),
        ("99052319580312001", NumberKind.ID_NEAR),
        ("330590195803120000", NumberKind.ID_NEAR),
        ("990523580312001", NumberKind.ID_OLD),
        ("6299 9900 0012 3456 786", NumberKind.BANK),
        (CARD, NumberKind.BANK),
        ("9558820000000000006", NumberKind.BANK),
        (MOBILE, NumberKind.MOBILE),
        ("140-0138-0013", NumberKind.MOBILE),
        ("+86 140 0138 0013", NumberKind.MOBILE),
        ("电话：140 01380013，", NumberKind.MOBILE),
    ],
)
def test_every_kind_is_found(text, kind):
    """Each detector fires on the ways people really write a number, and the gate with it."""
    assert [one.kind for one in numbers_in(text)] == [kind]
    assert suspicious(msgspec.json.encode({"remark": text}))


@pytest.mark.parametrize("between", ["", " ", "-", ".", "_", "\x7f", "  ", ". "])
@pytest.mark.parametrize("number", [ID, CARD, "11010519491231002X"])
def test_plain_separators_hide_nothing_from_the_gate(number, between):
    """Every separator the detector reads through, the gate drops; no other character asks for the look."""
    text = between.join(number)
    assert numbers_in(text)
    assert suspicious(b'{"item":"' + text.encode() + b'"}')


@pytest.mark.parametrize(
    "text", ["14001380013", "140 0138 0013", "140-01380013", "140.0138.0013", "140_0138_0013"]
)
def test_the_gate_asks_from_eleven_digits_on(text):
    """A mobile number is the shortest that must not pass; one digit less names nobody."""
    assert numbers_in(text)
    assert suspicious(b'{"item":"' + text.encode() + b'"}')
    assert not suspicious(b'{"item":"' + text[:-1].encode() + b'"}')


@pytest.mark.parametrize(
    "text",
    [
        "99052319581312001X"[:17],  # month 13: no date, no check digit
        "6299990000123456787",  # Luhn broken
        "1400138001",  # ten digits
        "12001380013",  # no such mobile prefix
        "990523581312001",
        "N2330590MAPQB19N4T",
        "91330523MA2B3C4D5E",
        "124.97883020",
        "139.12345678",
        "2025-01-15 2025-02-15",
        "330590100201",
        "330590100201-2025-01",
        "0572-5000000",
        "12345",
        "13 14 15 16 17 18",
        "1,567,972.28",
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
    ],
)
def test_every_detector_can_stay_silent(text):
    """The negative control: the nearest texts that name nobody raise nothing."""
    assert numbers_in(text) == ()


def test_a_gate_that_knew_ascii_only_would_fail():
    """The control of the gate's own test: eleven plain digits in a row is not enough to ask for."""
    raw = msgspec.json.encode({"remark": "９９０５２３１９５８０３１２００１９"})
    assert not any(byte in b"0123456789" for byte in raw)
    assert suspicious(raw)
    assert suspicious(b'{"remark":"\\u0039\\u0039"}')
    assert suspicious(msgspec.json.encode({"remark": "①④⓪⓪⓪⓪⓪⓪⓪⓪⓪"}))
    assert suspicious(b'{"remark":"\xff\xff"}')


def test_public_phones_may_stand():
    """The notice's own contact is allowed where it stands whole, and nothing else is."""
    assert numbers_in(f"联系 {MOBILE}", allowed=frozenset({MOBILE})) == ()
    assert numbers_in(f"联系 {MOBILE}、14001380014", allowed=frozenset({MOBILE}))[0].start == 15
