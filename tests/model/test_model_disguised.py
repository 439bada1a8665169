"""Numbers of persons in every disguise are found, and prose full of figures is left alone."""

import random
from datetime import date
from itertools import pairwise

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boards.model.privacy.identifiers import IdVerdict, NumberKind, id_check_digit, id_verdict, luhn_holds
from boards.model.privacy.numbers import numbers_in, suspicious

DRESSES = (
    "0123456789",
    "〇一二三四五六七八九",
    "零壹贰叁肆伍陆柒捌玖",
    "OlZ3456789",
    "o|2345b7Bg",
    "０１２３４５６７８９",
)
SIGNS = (" ", "-", "/", ".", "，", "、", "；", "：", "*", "（", "_", "·", "－", "\u3000", "~", "+", " / ")
WORDS = ("后面", "，接着", "，中间", "再加", "，后四位", "与", "然后是")
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LETTERS = frozenset("OolZ|bBg")
ID_SHAPES = ((6, 8, 4), (6, 4, 2, 2, 4), (6, 12), (14, 4), (17, 1), (6, 8, 3, 1))
ACCOUNT_WORDS = (
    "卡号", "账号", "帐号：", "账户", "存折", "存折号 ", "一卡通号", "社保卡号", "银行卡：", "卡：", "农商行", "信用社",
    "农业银行", "邮储银行 ", "开户行账号", "惠农卡号", "户头",
)  # fmt: skip
NEUTRAL = st.text(alphabet="岭东村林秋实补贴的在把由", max_size=6)

birthdays = st.dates(date(1930, 1, 1), date(2009, 12, 31))
ids = st.builds(
    lambda day, order: (body := f"990523{day:%Y%m%d}{order:03d}") + id_check_digit(body),
    birthdays,
    st.integers(0, 999),
)
old_ids = st.builds(
    lambda day, order: f"990523{day:%y%m%d}{order:03d}",
    st.dates(date(1930, 1, 1), date(1984, 12, 31)),
    st.integers(1, 999),
)
mobiles = st.integers(0, 9_999_999).map("1400{:07d}".format)
accounts = st.integers(12, 22).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size))


def card(seed):
    """A fictional card of 19 places that begins like UnionPay's."""
    body = "629999" + f"{seed:012d}"
    return next(body + str(last) for last in range(10) if luhn_holds(body + str(last)))


@st.composite
def dressed(draw, number):
    """Each digit in a dress of its own, never more letters than digits, and one digit at least that is none."""
    spelled = [DRESSES[draw(st.integers(0, 5))][int(digit)] if digit.isdigit() else digit for digit in number]
    for at, letter in enumerate(spelled):
        if letter in LETTERS and sum(one in LETTERS for one in spelled) > len(spelled) // 2:
            spelled[at] = number[at]
    return "".join(spelled)


def cut(number, shape, between):
    """A number cut into pieces of these lengths."""
    ends = [0]
    for size in shape:
        ends.append(ends[-1] + size)
    pieces = [number[first:last] for first, last in pairwise(ends)]
    return pieces[0] + "".join(between[at % len(between)] + piece for at, piece in enumerate(pieces[1:]))


def kinds(text):
    """What is found, after the gate was asked: it must never let by what the detector finds."""
    found = {one.kind for one in numbers_in(text)}
    assert suspicious(msgspec.json.encode({"remark": text})) or not found
    return found


@pytest.mark.thorough
@given(st.data(), NEUTRAL, ids, NEUTRAL)
@settings(max_examples=200)
def test_an_id_is_found_in_mixed_dress(data, before, number, after):
    """Figures, Chinese digits, capitals (大写), full-width and letters like digits, mixed at will, hide no ID."""
    assert kinds(before + data.draw(dressed(number)) + after) & {NumberKind.ID, NumberKind.ID_NEAR}


@pytest.mark.thorough
@given(NEUTRAL, ids, st.sampled_from(ID_SHAPES), st.lists(st.sampled_from(SIGNS), min_size=1, max_size=3))
@settings(max_examples=200)
def test_an_id_is_found_between_signs(before, number, shape, signs):
    """Slashes, dots, commas, brackets and blanks between its parts, the same or different ones, hide no ID."""
    assert NumberKind.ID in kinds(before + cut(number, shape, signs))


@given(ids, st.sampled_from(SIGNS), st.integers(1, 5))
@settings(max_examples=100)
def test_an_id_is_found_in_equal_pieces(number, sign, size):
    """Digit by digit, in twos, threes, fours or fives."""
    assert NumberKind.ID in kinds(sign.join(number[at : at + size] for at in range(0, 18, size)))


@given(
    ids,
    st.sets(st.integers(1, 17), max_size=6),
    st.lists(st.sampled_from([*" -/、：*_+"]), min_size=6, max_size=6),
)
@settings(max_examples=150)
def test_an_id_is_found_wherever_it_is_cut(number, cuts, signs):
    """Cut anywhere, each time by another sign."""
    ends = [0, *sorted(cuts), 18]
    pieces = [number[first:last] for first, last in pairwise(ends)]
    text = pieces[0] + "".join(sign + piece for sign, piece in zip(signs, pieces[1:], strict=False))
    assert kinds(text) & {NumberKind.ID, NumberKind.ID_NEAR}, text


@pytest.mark.thorough
@given(ids, st.sampled_from(ID_SHAPES[:4]), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
@settings(max_examples=150)
def test_an_id_is_found_between_words(number, shape, words):
    """前六位…，中间…，后四位…: words where people cut an ID hide none."""
    assert NumberKind.ID in kinds(cut(number, shape, words))
    assert NumberKind.ID in kinds(f"前六位{number[:6]}，中间八位{number[6:14]}，后四位{number[14:]}")
    written = f"{number[:6]} {number[6:10]}年{number[10:12]}月{number[12:14]}日 {number[14:]}"
    assert NumberKind.ID in kinds(written)


@given(st.data(), NEUTRAL, old_ids)
@settings(max_examples=150)
def test_an_old_id_is_found_too(data, before, number):
    """15 places in Chinese digits or between signs."""
    sign = data.draw(st.sampled_from(SIGNS))
    for written in (
        "".join(DRESSES[1][int(digit)] for digit in number),
        cut(number, (6, 6, 3), [sign]),
        cut(number, (6, 2, 2, 2, 3), [sign]),
        f"身份证{sign}{number}",
    ):
        assert kinds(before + written), written


@pytest.mark.thorough
@given(st.data(), NEUTRAL, mobiles)
@settings(max_examples=200)
def test_a_mobile_is_found_in_disguise(data, before, number):
    """Chinese digits, letters, slashes, stars; beside 手机 or 电话 commas and words too."""
    sign = data.draw(st.sampled_from([" ", "-", "/", ".", "*", "_", "·", "（"]))
    shape = data.draw(st.sampled_from([(3, 4, 4), (3, 8), (7, 4), (1,) * 11]))
    assume(sign != "." or len(shape) > 2)  # it would be an area or a rate
    for written in (data.draw(dressed(number)), cut(number, shape, [sign])):
        assert NumberKind.MOBILE in kinds(before + written), written
    for between in ("，", "、", "转", "，后面"):
        assert NumberKind.MOBILE in kinds("手机" + cut(number, (3, 4, 4), [between]))


@pytest.mark.thorough
@given(NEUTRAL, st.sampled_from(ACCOUNT_WORDS), accounts, st.sampled_from(["", " ", "-", ".", "·", "－"]))
@settings(max_examples=300)
def test_an_account_is_found_beside_its_word(before, word, number, sign):
    """12 to 22 digits beside 卡, 账号, 存折, 一卡通, a bank's name: in one piece or in fours, Luhn or not."""
    weak = word.strip() in {"农商行", "信用社", "农业银行", "邮储银行", "银行卡：", "卡："}
    assume(
        not weak or (number[0] in "456789" and len(number) in {13, 15, 16, 17})
    )  # else it may be a place's
    written = sign.join(number[at : at + 4] for at in range(0, len(number), 4))
    assert kinds(f"{before}{word}{written}"), written


@given(
    st.integers(0, 10**12 - 1),
    st.sampled_from([" ", "-", "/", ".", "·", "，", "\u3000"]),
    st.sampled_from(DRESSES[:3]),
)
@settings(max_examples=150)
def test_a_card_is_found_without_a_word(seed, sign, dress):
    """A card with a right check digit, between signs or in Chinese digits."""
    number = card(seed)
    assert NumberKind.BANK in kinds("".join(dress[int(digit)] for digit in number))
    assert NumberKind.BANK in kinds(sign.join(number[at : at + 4] for at in range(0, 19, 4)))


CLEAN = """
苕征告〔2026〕12号|财农〔2025〕12号、农计财发〔2025〕3号、浙财农〔2025〕45号|330590100201|330590100201 岭东村 农商行支行
一卡通发放330590100201岭东村|91330523MA2B3C4D5E|统一社会信用代码913305230123456789|地块130、1024、1025|130,000,000.00
130,000,000.00元，199,999,999.99元|1,567,972.28|0990-1234567|农商行电话0572-5000012、12345|农商银行 0572-5000012
联系电话：0572-5000012、0572-5000013|监督电话 0572-5000012 或 12317|400-800-1234|95588|一二三产业融合发展
二〇二六年十一月二十九日|二〇二六年一月一日至二〇二六年十二月三十一日|二零二五年度第〇〇一号|二〇二五〇九三〇
第一批、第二批、第三批、第四批、第五批、第六批、第七批、第八批、第九批、第十批、第十一批|一组二组三组四组五组六组七组八组九组
一、二、三、四、五、六、七、八、九、十|2025-01-15 至 2025-01-22|2025年1月15日至2025年1月22日|2025/01/15-2025/01/22
一卡通 20250930-20251231|银行2025年09月30日发放|2025093012345678|项目代码2508-330590-04-01-123456
农商行贷款，项目代码2508-330590-04-01-123456|承包地块代码3305901002010100012|地块编码 3305902002010100123
承包方编码330590200201010012|宗地330590100201GB00001|不动产单元号330590100201GB00001F00010001
苕（2023）苕安县不动产权第0012345号|面积12.3456公顷，185.1840亩|1 2 3 4 5 6 7 8 9 10 11 12 13 14|12 34 56 78 90 12 34 56 78
1、2、3、4、5、6、7、8、9、10、11、12、13、14、15、16、17、18、19|1.甲 2.乙 3.丙 4.丁 5.戊 6.己 7.庚 8.辛
卡内余额123456789012元|通过一卡通发放，共1234户5678人，9012.34元|2025年第1期、第2期、第3期、第4期 12户 34人 567亩 8901元
GB/T 37964-2019 GB 11643-1999|S12省道K12+345至K13+678|10:30至11:30、14:00至17:00 周一至周五 2025|邮编313300 0572-5000012
银行业务流水号2025093000012345|合同编号 202509300001|支付凭证 20250930123456|一三五七九 二四六八十 一三五七九 二四六八十
农机型号1ZS-150B 4LZ-5.0Z 1JSL-180 1504-B|轮式拖拉机 90马力档 1GQN-200|五保户一二三四五六|三三制，五五开，二八分成
共12户，其中一组3户、二组4户、三组5户，面积123.4亩，金额4567.89元|补贴标准124.9788302元/亩|123456.78 234567.89 345678.90
123456 234567 345678|2025年9月30日，财政支付 12345.60 元，卡 2025 批|社会保障卡（一卡通）12345 热线|1958年3月12日出生
四至：东至3号路，南至12号路，西至45号路，北至678号路，面积9012平方米|第十三届一四七次会议|一百二十三、二百四十五、三百六十七
一四〇〇元|一千三百八十元|壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分|东至130线，西至1400米处，北至0138号界桩|https://www.anxian.example/art/2025/9/30/art_1229_58.html
""".replace("\n", "|").strip("|").split("|")  # fmt: skip


@pytest.mark.parametrize("text", CLEAN)
def test_clean_texts_pass(text):
    """Document numbers, codes of villages, plots and organisations, sums, areas, days, offices' telephones, prose."""
    assert numbers_in(text) == ()


def _sum(draw):
    return f"{draw.randint(1, 10 ** draw.randint(2, 11)) / 100:,.2f}"


PIECES = (
    lambda draw: f"{draw.randint(2000, 2030)}年{draw.randint(1, 12)}月{draw.randint(1, 28)}日",
    lambda draw: f"{draw.randint(2000, 2030)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
    lambda draw: f"{_sum(draw)}元",
    lambda draw: f"{draw.randint(1, 99999) / 10000:.4f}公顷",
    lambda draw: f"{draw.randint(1, 9999) / 10}亩",
    lambda draw: f"共{draw.randint(1, 9999)}户{draw.randint(1, 9999)}人",
    lambda draw: f"苕征告〔{draw.randint(2000, 2030)}〕{draw.randint(1, 300)}号",
    lambda draw: f"0572-{draw.randint(5000000, 5999999)}",
    lambda draw: f"330590{draw.randint(100, 110)}{draw.randint(200, 230)}",
    lambda draw: f"地块{'、'.join(str(draw.randint(1, 2000)) for _ in range(draw.randint(1, 6)))}",
    lambda draw: "、".join(f"{draw.choice('一二三四五六七八九')}组{draw.randint(1, 60)}户" for _ in range(4)),
    lambda draw: f"第{draw.choice('一二三四五六七八九')}批",
    lambda draw: (
        f"二〇{draw.choice('〇一二')}{draw.choice('一二三四五六七八九')}年{draw.choice('一二三四五六七八九')}月"
    ),
    lambda draw: f"标准{draw.randint(1, 10**9) / 10**7:.7f}元/亩",
    lambda draw: f"农商行{draw.choice(['一卡通', '社保卡', '惠农卡'])}",
    lambda draw: draw.choice(
        ["其中", "合计", "核减", "更正发放", "一二三产业", "按清点登记表", "户主本人", "补发"]
    ),
    lambda draw: f"（{draw.randint(1, 20)}）",
    lambda draw: f"{draw.randint(1, 12)}～{draw.randint(1, 12)}月",
)


@pytest.mark.thorough
@settings(max_examples=300)
@given(
    st.randoms(use_true_random=False),
    st.integers(1, 12),
    st.sampled_from(["，", "；", "。", "、", " ", "　", "\n"]),
)
def test_prose_full_of_figures_passes(draw, many, between):
    """Days, sums, areas, counts, plots, groups, telephones of offices in any order name nobody."""
    text = between.join(draw.choice(PIECES)(draw) for _ in range(many))
    assert numbers_in(text) == (), text


@given(
    st.sampled_from(["91", "92", "93", "N2", "12", "52"]),
    st.text("0123456789", min_size=9, max_size=9),
    st.booleans(),
)
@settings(max_examples=300)
def test_a_credit_code_is_nobodys_number(kind, unit, lettered):
    """统一社会信用代码 of old organisations are all digits, some with an X at the end: they are public."""
    head = f"{kind}330591{'MA' + unit[2:] if lettered else unit}"
    total = sum(CREDIT.index(letter) * pow(3, place, 31) for place, letter in enumerate(head))
    code = head + CREDIT[(31 - total % 31) % 31]
    assume(id_verdict(code) not in {IdVerdict.VALID, IdVerdict.BAD_CHECK} or kind[0] == "9")
    assert kinds(f"苕安县林秋实合作社（统一社会信用代码{code}）") == set()


def test_what_calls_a_number_decides():
    """The same digits are an account beside 存折, nothing beside 合同编号."""
    for seed in range(50):
        digits = str(random.Random(seed).randint(10**14, 10**15 - 1))
        assert not kinds(f"合同编号{digits}") or kinds(digits)
        assert kinds(f"存折{digits}")
