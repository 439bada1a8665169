"""Written Chinese as it is said: numbers, money, dates, phones and names."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.money import yuan
from boards.model.names import COMPOUND_SURNAMES
from boards.model.numerals import amount_words, decimal_words, number_words
from boards.model.speech.spoken import (
    LONGEST_SPEECH,
    PAUSES,
    REST_ON_SCREEN,
    Said,
    capped,
    code_said,
    heard,
    name_said,
    spoken,
    words,
)
from boards.model.speech.surname_readings import LETTER_READINGS, SURNAME_READINGS, surname_said
from tests.voice import number_reader as reader

FEN = st.integers(-(10**13), 10**13)
WRITTEN = st.text(
    st.sampled_from("0123456789０９①½².,:：-—/〔〕元亩%年月日号户第共kgAm2 、。，(（\n×=张単〇*·"),
    max_size=40,
)
PHONES = st.one_of(
    st.from_regex(r"1400[0-9]{7}", fullmatch=True), st.from_regex(r"0572-5[0-9]{6}", fullmatch=True)
)


@given(st.one_of(st.text(max_size=60), WRITTEN))
def test_no_digit_is_left_unread(text):
    """Whatever is written, only Hanzi, Latin letters and pauses are handed to the voice."""
    for mark in spoken(text):
        assert not mark.isdigit() or mark in "一二三四五六七八九", mark
        assert mark in PAUSES or (mark.isascii() and mark.isalpha()) or ord(mark) >= 0x3400, mark


@given(st.one_of(st.text(max_size=60), WRITTEN))
def test_what_is_said_stays_when_said_again(text):
    """Speech is its own normal form, and has no pause before its first word or two in a row."""
    once = spoken(text)
    assert spoken(once) == once
    assert not any(a in PAUSES and b in PAUSES for a, b in pairwise(once))
    assert once[:1] not in tuple(PAUSES)


@given(FEN)
def test_amounts_come_back(fen):
    """An amount as a page writes it, read aloud, is the same amount to the fen."""
    assert reader.fen(spoken(f"{yuan(fen)}元")) == fen
    assert spoken(f"{yuan(fen)}元") == amount_words(fen)


@given(st.integers(-(10**15), 10**15))
def test_numbers_come_back(number):
    """A number read aloud is the same number."""
    assert reader.number(number_words(number)) == number


@given(st.decimals(0, 10**8, places=8))
def test_decimals_come_back(value):
    """Areas and rates keep every decimal they were written with."""
    assert reader.decimal(decimal_words(f"{value:,f}")) == value
    assert str(reader.decimal(spoken(f"{value:f}亩").removesuffix("亩"))) == str(Decimal(f"{value:f}"))


@given(PHONES)
def test_phones_are_said_digit_by_digit(phone):
    """A phone keeps all its digits in order, 1 is 幺, and groups are parted by a pause."""
    said = spoken(f"拨打{phone}，")
    assert "一" not in said
    assert "，" in said.removeprefix("拨打").rstrip("，")
    assert reader.digits(said.removeprefix("拨打")) == phone.replace("-", "")


@given(st.dates())
def test_years_are_said_digit_by_digit(day):
    """年 is read 二零二五年, 月 and 日 as numbers, however the date was written."""
    if not 1900 <= day.year <= 2199:
        day = day.replace(year=2024)
    written = spoken(f"{day.year}年{day.month}月{day.day}日")
    assert written == spoken(day.isoformat()) == spoken(day.isoformat().replace("-", "/"))
    year, _, rest = written.partition("年")
    assert reader.digits(year) == str(day.year)
    month, _, number = rest.partition("月")
    assert (reader.number(month), reader.number(number.removesuffix("日"))) == (day.month, day.day)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2025年耕地地力保护补贴", "二零二五年耕地地力保护补贴"),
        ("1,090.79元", "一千零九十元七角九分"),
        ("120.00元", "一百二十元"),
        ("0.50元", "五角"),
        ("100.05元", "一百元零五分"),
        ("0.00元", "零元"),
        ("2,000.00元", "两千元"),
        ("差额-5.00元", "差额负五元"),
        ("1.2万元", "一点二万元"),
        ("￥12.50", "十二元五角"),
        ("131.42元/亩", "每亩一百三十一元四角二分"),
        ("124.9788302元/亩", "每亩一百二十四点九七八八三零二元"),
        ("8.3亩", "八点三亩"),
        ("大豆良种 10.5 kg", "大豆良种十点五公斤"),
        ("100㎡", "一百平方米"),
        ("共2户", "共两户"),
        ("第2版，2组", "第二版，二组"),
        ("３月５日", "三月五日"),
        ("2025-11-28", "二零二五年十一月二十八日"),
        ("今天06:40", "今天六点四十分"),
        ("24:00", "二十四点"),
        ("电话：0572-5000021", "电话：零五七二，五零零零零二幺"),
        ("拨打12345", "拨打幺二三四五"),
        ("14001234567", "幺四零，零幺二三，四五六七"),
        ("3-5个工作日", "三到五个工作日"),
        ("8月3日—8月17日", "八月三日到八月十七日"),
        ("《2024—2026年农机购置与应用补贴实施意见》", "二零二四到二零二六年农机购置与应用补贴实施意见"),
        ("财农〔2025〕12号", "财农二零二五，十二号"),
        ("补10%", "补百分之十"),
        ("占1/2", "占二分之一"),
        ("不少于18周岁", "不少于十八周岁"),
        ("二〇二五年", "二零二五年"),
        ("岭东村（一组）", "岭东村，一组，"),
    ],
)
def test_as_people_say_it(written, said):
    """The forms of our pages and of the county's guides, as the village would read them out."""
    assert spoken(written) == said


def test_a_short_code_is_said_in_two_groups():
    """The code on the wall is heard as it stands there: five digits, a pause, five digits."""
    assert words(code_said("7031284651")) == "七零三幺二，八四六五幺"


@pytest.mark.parametrize(
    ("name", "surname", "reading"),
    [
        ("单桂珍", "单", ("shan4",)),
        ("仇大明", "仇", ("qiu2",)),
        ("任玉兰", "任", ("ren2",)),
        ("尉迟明", "尉迟", ("yu4", "chi2")),
        ("万俟小林", "万俟", ("mo4", "qi2")),
        ("长孙无忌", "长孙", ("zhang3", "sun1")),
        ("区*", "区", ("ou1",)),
    ],
)
def test_surnames_have_their_own_reading(name, surname, reading):
    """单 is Shàn and 仇 is Qiú where they are surnames."""
    assert name_said(name)[0] == Said(surname, reading)


def test_names_of_one_breath():
    """A transliterated name has no Chinese surname and no pause; a masked one says 某."""
    assert name_said("单增·吐尔逊") == (Said("单增吐尔逊"),)
    assert words(name_said("王*明")) == "王某明"
    assert words(name_said("欧阳**")) == "欧阳某"
    assert surname_said("") == ("", ())


def test_readings_are_syllables():
    """Every reading is one syllable a character, with its tone; every double surname is one of ours."""
    for surname, readings in SURNAME_READINGS.items():
        for reading in readings:
            assert len(reading) == len(surname), surname
            assert all(one[-1] in "12345" and one[:-1].isascii() and one[:-1].isalpha() for one in reading)
        assert len(surname) == 1 or surname in COMPOUND_SURNAMES, surname
    assert sorted(LETTER_READINGS) == [chr(ord("A") + place) for place in range(26)]


def test_letters_are_said_by_name():
    """A letter among Hanzi has a Mandarin reading: A4纸."""
    assert heard("A4纸") == (Said("A", ("ei1",)), Said("四纸"))


@settings(max_examples=30)
@given(st.integers(0, 2 * LONGEST_SPEECH), st.integers(1, 400))
def test_a_speech_has_an_end(length, clause):
    """A text too long is cut at a pause, and says that the rest is on the screen."""
    text = "".join("。" if place % clause == clause - 1 else "亩" for place in range(length))
    speech = heard("共", name_said("单桂珍"), text)
    short = words(capped(speech))
    assert len(short) <= LONGEST_SPEECH
    if len(words(speech)) <= LONGEST_SPEECH:
        assert short == words(speech)
    else:
        assert short.endswith("。" + REST_ON_SCREEN)
        assert words(speech).startswith(short.removesuffix("。" + REST_ON_SCREEN))
