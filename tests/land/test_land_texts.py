"""The text that hangs says what the case file says: contradictions are found, other wordings are not."""

import copy
import json
import random
import re
from datetime import date, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from boards.model.findings import grave
from sync.county.land.case_folder import case_folder
from sync.county.land.case_json import read_case
from sync.county.land.notice_of_stage import notices_of
from sync.county.land.wording.facts import day_said, signed_day
from tests.land.land_cases import VILLAGES, at, sound_cases
from tests.land.land_house import L1
from tests.land.land_text_faults import TEXT_FAULTS, made
from tests.land.land_texts import LAYOUTS, said, text_of, texts_of
from tests.land.test_land_check import codes, graves, last_day, report_of, sound_case


def held(report):
    """By stage, what keeps it off the wall."""
    found = {stage.stage: {one.code for one in stage.findings if grave(one)} for stage in report.stages}
    return {stage: codes for stage, codes in found.items() if codes}


@pytest.mark.thorough
@settings(max_examples=40, deadline=None)
@given(sound_cases())
def test_a_text_that_says_what_the_case_says_is_clean(case):
    """A sound case with a text for every notice is not held by its texts."""
    assert held(report_of(case, texts_of(case))) == {}


@pytest.mark.thorough
@settings(max_examples=12, deadline=None)
@given(sound_cases(), st.sampled_from(sorted(LAYOUTS)))
def test_no_layout_is_a_fault(case, layout):
    """Commas, full-width figures, tabs, towns before villages: the same text in other clothes is clean."""
    texts = {name: LAYOUTS[layout](text) for name, text in texts_of(case).items()}
    assert held(report_of(case, texts)) == {}


@pytest.mark.thorough
@pytest.mark.parametrize("kind", TEXT_FAULTS)
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(case=sound_cases(), layout=st.sampled_from(sorted(LAYOUTS)), seed=st.integers(0, 999))
def test_no_fault_of_a_hand_passes(kind, case, layout, seed):
    """Each kind of fault, in every notice where it can be made and in any layout, keeps that notice off the wall."""
    texts, chance = (
        {name: LAYOUTS[layout](text) for name, text in texts_of(case).items()},
        random.Random(seed),
    )
    for stage in case["stages"]:
        name = stage["text_file"]
        if stage["stage"] != "plan_corrected" and (spoilt := made(TEXT_FAULTS[kind], texts[name], chance)):
            assert stage["stage"] in held(report_of(case, texts | {name: spoilt})), spoilt


def test_the_sample_texts_are_clean():
    """The texts of the sample case say what its file says."""
    folder = case_folder(L1 / "case.json")
    texts = dict(folder.texts)
    assert len(texts) == 6
    assert held(report_of(json.loads((L1 / "case.json").read_text("utf-8")), texts)) == {}


def _other(pattern: str, by: str):
    """The text with the first place of a pattern put otherwise."""

    def spoil(text: str) -> str:
        changed = re.sub(pattern, by, text, count=1, flags=re.MULTILINE)
        assert changed != text
        return changed

    return spoil


FAULTS = {
    "another period": ("plan", _other(r"期限为\d+日", "期限为3日"), "TEXT_DIFFERS"),
    "working days for days": ("plan", _other(r"期限为(\d+)日", r"期限为\1个工作日"), "TEXT_DIFFERS"),
    "another last day": ("start", _other(r"至\d{4}年\d+月\d+日止", "至2023年1月5日止"), "TEXT_DIFFERS"),
    "another area in all": ("start", _other(r"面积[\d.]+公顷", "面积987.6543公顷"), "TEXT_DIFFERS"),
    "another total": ("survey", _other(r"^合计　[\d.]+公顷", "合计　987.6543公顷"), "TEXT_DIFFERS"),
    "another area of a row": ("final", _other(r"[\d.]+公顷", "987.6543公顷"), "TEXT_DIFFERS"),
    "another sum": ("plan", _other(r"^合计　[\d.]+元", "合计　7.77元"), "TEXT_DIFFERS"),
    "another amount of a row": ("plan", _other(r"[\d.]+元$", "7.77元"), "TEXT_DIFFERS"),
    "another sum due": ("pay", _other(r"^合计应付[\d.]+元", "合计应付7.77元"), "TEXT_DIFFERS"),
    "another sum paid": ("pay", _other(r"，已付[\d.]+元", "，已付7.77元"), "TEXT_DIFFERS"),
    "another number": ("plan", _other(r"〕\d+号", "〕999号"), "TEXT_DIFFERS"),
    "another window": ("register", _other(r"起至\d{4}年", "起至2031年"), "TEXT_DIFFERS"),
    "another window in the plan": (
        "plan",
        _other(r"于\d{4}年\d+月\d+日至", "于2023年1月5日至"),
        "TEXT_DIFFERS",
    ),
    "another survey": ("start", _other(r"^\d{4}年\d+月\d+日至", "2023年1月5日至"), "TEXT_DIFFERS"),
    "other people settled": ("plan", _other(r"农民\d+人", "农民987人"), "TEXT_DIFFERS"),
    "signed after it hung": ("final", _other(r"\d{4}年\d+月\d+日\Z", "2031年1月5日"), "TEXT_SIGNED_LATER"),
    "no social security": ("plan", _other(r"五、社会保障\n.*\n", ""), "TEXT_LACKS"),
    "no hearing": ("plan", _other(r"七、异议和听证\n.*\n", ""), "TEXT_LACKS"),
    "no remedies": ("final", _other(r"^对批准行为.*\n", ""), "TEXT_LACKS"),
    "no word on late planting": ("start", _other(r"抢栽抢建", "新增"), "TEXT_LACKS"),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", FAULTS)
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(case=sound_cases())
def test_a_text_that_says_otherwise_is_found_at_its_notice(name, case):
    """A figure, a day, a number or a part that differs in the text keeps that notice off the wall, and no other."""
    stage, spoil, code = FAULTS[name]
    texts = texts_of(case)
    texts[f"{stage}.txt"] = spoil(texts[f"{stage}.txt"])
    report = report_of(case, texts)
    assert held(report) == {stage: {code}}


OTHER_WORDS = {
    "in words": ("plan", "本公告期限为三十日。"),
    "another notice's period": ("plan", "土地现状调查结果已经公示7日，无异议。"),
    "what can be done after it": ("final", "自公告期满之日起60日内可以申请行政复议。"),
    "a part of the land": ("plan", "其中耕地面积0.1公顷，林地面积0.2公顷。"),
    "a sum of another purse": ("plan", "社会保障费用合计5000000.00元，单独列支。"),
    "a rate": ("plan", "区片综合地价每亩58000元，合计标准按每亩58000元/亩执行。"),
    "a rounded sum": ("start", "拟投资1200万元。"),
    "the window of objections": ("plan", "八、登记和异议\n异议请于2025年1月1日至2025年1月5日提出。"),
    "another document": ("plan", "依据苕政发〔2023〕5号文件。"),
    "a group": ("plan", "第一村民小组安置另行公布，安置3人。"),
    "the old number": ("start", "原苕征启告〔2020〕1号同时废止。"),
}


@pytest.mark.parametrize("name", OTHER_WORDS)
def test_what_a_text_says_besides_is_no_contradiction(name):
    """Words about something else, or the same in other words, hold nothing."""
    stage, more = OTHER_WORDS[name]
    case = sound_case()
    texts = texts_of(case)
    lines = texts[f"{stage}.txt"].split("\n")
    texts[f"{stage}.txt"] = "\n".join([*lines[:-3], more, *lines[-3:]])
    assert held(report_of(case, texts)) == {}


def test_a_text_that_is_silent_is_no_contradiction():
    """A notice in prose without figures says nothing against the case."""
    case = sound_case()
    body = (
        "征收范围、征收目的、补偿标准、安置对象、社会保障、异议、听证、抢栽抢建、批准、复议和诉讼按规定办理，"
        "调查、补偿登记的地点、支付，公告期限、批准文号另行公布，面积和金额见附表。"
    )
    texts = {stage["text_file"]: body for stage in case["stages"]}
    assert held(report_of(case, texts)) == {}


@pytest.mark.parametrize(
    ("stage", "heading"),
    [
        ("plan", "五、社会保障"),
        ("plan", "六、补偿登记"),
        ("plan", "七、异议和听证"),
        ("final", "四、救济途径"),
    ],
)
def test_a_heading_under_which_nothing_stands_says_nothing(stage, heading):
    """A part is there when something stands under its heading; the closing line of the notice does not."""
    case = sound_case()
    texts = texts_of(case)
    texts[f"{stage}.txt"] = re.sub(rf"^({heading}\n).*\n", r"\1", texts[f"{stage}.txt"], flags=re.MULTILINE)
    assert held(report_of(case, texts)) == {stage: {"TEXT_LACKS"}}


SLIPS = {
    "a digit of the sum": ("pay", lambda case: _slipped(at(case, "pay")["paid_total_fen"])),
    "a digit of the last day": ("final", lambda case: _day_slipped(at(case, "final")["period"]["last_day_stated"])),
    "a digit of the survey": ("start", lambda case: _day_slipped(at(case, "start")["survey_to"])),
}  # fmt: skip


def _slipped(fen):
    right = f"{fen // 100}.{fen % 100:02}"
    return right, str((int(right[0]) % 9) + 1) + right[1:]


def _day_slipped(day):
    moved = date.fromisoformat(day) + timedelta(days=1)
    return said(day), said(moved.isoformat())


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_found_without_its_label(name):
    """In a sentence of no known form a figure or day that can only be the file's, mistyped, is found."""
    stage, pair = SLIPS[name]
    case = sound_case()
    right, wrong = pair(case)
    texts = texts_of(case)
    lines = [line for line in texts[f"{stage}.txt"].split("\n") if right not in line or "村" in line]
    for figure, expected in ((right, set()), (wrong, {"TEXT_DIFFERS"})):
        told = [*lines[:-2], f"以上各项，公告期间有关数字为{figure}，特此说明。", *lines[-2:]]
        texts[f"{stage}.txt"] = "\n".join(told)
        assert held(report_of(case, texts)).get(stage, set()) - {"TEXT_LACKS"} == expected


@pytest.mark.parametrize(
    "day",
    ["2025年13月1日", "2025年11月31日", "2025年11月", "年  月  日", "2025-11-03", "2025.11.3", "25年11月3日"],
)
def test_a_malformed_day_under_the_text_is_found(day):
    """What stands in the place of the day of signature is a day in the form of GB/T 9704, or the notice waits."""
    case = sound_case()
    texts = texts_of(case)
    texts["survey.txt"] = re.sub(r"[^\n]+\Z", day, texts["survey.txt"])
    assert "TEXT_DAY_MALFORMED" in held(report_of(case, texts))["survey"]


def test_a_day_that_no_calendar_has_is_found():
    """2025年11月31日 anywhere in a text is no day to object until."""
    case = sound_case()
    texts = texts_of(case)
    texts["pay.txt"] = texts["pay.txt"].replace("合计应付", "有异议的请在2025年11月31日前提出。\n合计应付")
    assert held(report_of(case, texts)) == {"pay": {"TEXT_DAY_IMPOSSIBLE"}}


def test_what_a_plan_annexes_is_not_missed_in_its_text():
    """A text that refers to its annex for the plan itself is not held for what it leaves to the annex."""
    case = sound_case()
    plan = at(case, "plan")
    texts = texts_of(case) | {"plan.txt": f"征地补偿安置方案全文见附件。\n{said(plan['posted_on'])}"}
    report = report_of(case, texts)
    assert held(report) == {}
    assert "TEXT_SHORT" in codes(report, "plan")


def test_a_text_that_two_notices_name_is_the_ones_whose_number_it_carries():
    """A correction that still points at the first plan's text is told so; neither is said to contradict it."""
    case = sound_case()
    plan = at(case, "plan")
    posted = date.fromisoformat(plan["posted_on"]) + timedelta(days=2)
    again = copy.deepcopy(plan) | {"stage": "plan_again", "corrects": "plan", "posted_on": posted.isoformat()}
    again["doc_no"] = f"苕征更〔{posted.year}〕301号"
    again["period"]["last_day_stated"] = last_day(again)
    texts = texts_of(case)
    case["stages"].append(again)
    report = report_of(case, texts)
    assert graves(report) == {"plan_again": {"TEXT_SHARED"}}


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_day_under_a_text_is_read_in_figures_and_in_numerals(day):
    """二〇二五年十月三十一日 and 2025年10月31日 are one day."""
    digits = "〇一二三四五六七八九"

    def han(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else ("" if tens == 1 else digits[tens]) + "十") + (
            digits[ones] if ones else ""
        )

    year = "".join(digits[int(one)] for one in str(day.year))
    assert day_said(f"{day.year}年{day.month}月{day.day}日") == day
    assert day_said(f"{year}年{han(day.month)}月{han(day.day)}日") == day
    assert signed_day(f"公告\n正文。\n某县人民政府\n{year}年{han(day.month)}月{han(day.day)}日\n") == day


def test_the_day_under_the_text_is_the_day_of_signature():
    """A notice signed before it was posted keeps its day: it does not become the posting day."""
    case = sound_case()
    plan = at(case, "plan")
    text = re.sub(r"\d{4}年\d+月\d+日\Z", "2024年1月1日", text_of(plan, case))
    read = read_case(json.dumps(case).encode()).case
    made = {stage.file.stage: notice for stage, notice in notices_of(read, VILLAGES, {"plan.txt": text})}
    assert made["plan"].signed_on == date(2024, 1, 1)
    assert made["start"].issued_on is None
    assert "2024年1月1日" not in made["plan"].text
