"""Head and foot of a notice's text, the order in which notices were signed, and what a stop notice must say."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.land.land_cases import at, sound_cases
from tests.land.land_texts import LAYOUTS, said, text_of, texts_of
from tests.land.test_land_check import report_of, sound_case
from tests.land.test_land_texts import held


def without(case, stage, line):
    """The texts of a case, one line of one text away."""
    texts = texts_of(case)
    lines = texts[f"{stage}.txt"].split("\n")
    lines.remove(line)
    return texts | {f"{stage}.txt": "\n".join(lines)}


@pytest.mark.thorough
@settings(max_examples=15, deadline=None)
@given(
    sound_cases(),
    st.sampled_from(["start", "survey", "plan", "register", "final", "pay"]),
    st.booleans(),
    st.sampled_from(sorted(LAYOUTS)),
)
def test_a_text_without_its_title_or_day_waits(case, stage, title, layout):
    """A whole notice whose title or day of signature is lost is held, in any layout; others stay clean."""
    file = at(case, stage)
    texts = without(case, stage, file["title"] if title else said(file["posted_on"]))
    texts = {name: LAYOUTS[layout](text) for name, text in texts.items()}
    assert held(report_of(case, texts)) == {stage: {"TEXT_LACKS"}}


@pytest.mark.parametrize("stage", ["start", "plan", "final"])
@pytest.mark.parametrize(
    "foot",
    [
        "二〇二五年九月二十四日",
        "{issuer}　{day}",
        "（{day}）",
        "{day}\n附件：界址示意图",
        "{day}\n\n（此件公开发布）",
    ],
)
def test_a_day_in_another_form_is_a_day(stage, foot):
    """In Chinese numerals, behind who signs, in brackets or over the list of enclosures: not missing."""
    case = sound_case()
    texts, file = texts_of(case), at(case, stage)
    lines = texts[f"{stage}.txt"].split("\n")[:-1]
    texts[f"{stage}.txt"] = "\n".join(
        [*lines, foot.format(issuer=file["issuer"], day=said(file["posted_on"]))]
    )
    assert "TEXT_LACKS" not in held(report_of(case, texts)).get(stage, set())


def test_a_title_in_two_lines_is_a_title():
    """关于征收…土地的 / 公告, and a title that names the project."""
    case = sound_case()
    for title in ("关于征收竹垓村集体土地的\n预公告", "关于竹垓小学迁建工程征收土地预\n公告"):
        at(case, "start")["title"] = title.replace("\n", "")
        texts = texts_of(case)
        texts["start.txt"] = texts["start.txt"].replace(title.replace("\n", ""), title)
        assert "TEXT_LACKS" not in held(report_of(case, texts)).get("start", set())


def test_words_alone_need_no_head_and_foot():
    """A text of the paragraphs alone is set with title, number and day of the case file."""
    case = sound_case()
    texts = texts_of(case)
    for stage in case["stages"]:
        lines = texts[stage["text_file"]].split("\n")
        texts[stage["text_file"]] = "\n".join(lines[4:-3])
    assert held(report_of(case, texts)) == {}


@pytest.mark.parametrize(("stage", "before"), [("plan", "survey"), ("register", "plan"), ("final", "plan")])
def test_a_notice_is_not_signed_before_the_one_it_rests_on(stage, before):
    """Some days between signature and posting are usual, a note; before what it tells could be known it waits."""
    case = sound_case()
    texts, posted = texts_of(case), date.fromisoformat(at(case, stage)["posted_on"])
    rests = date.fromisoformat(at(case, before)["posted_on"])
    at(case, stage)["posted_on"] = (early := min(posted, rests + timedelta(days=5))).isoformat()
    case["stages"] = [one for one in case["stages"] if one["stage"] in {"start", "survey", before, stage}]
    for signed, code in ((rests, None), (rests - timedelta(days=1), "TEXT_SIGNED_EARLY")):
        day = said(signed.isoformat())
        texts[f"{stage}.txt"] = re.sub(r"[^\n]+\Z", day, text_of(at(case, stage), case))
        found = held(report_of(case, texts)).get(stage, set()) & {"TEXT_SIGNED_EARLY", "TEXT_SIGNED_LATER"}
        if stage != "final":  # its approval came later still
            assert found == ({code} if code else set()), (signed, early)
        else:
            assert found == {"TEXT_SIGNED_EARLY"}


def test_a_survey_s_result_is_not_signed_before_the_survey():
    """What was found cannot be signed before anybody went out."""
    case = sound_case()
    texts = texts_of(case)
    begun = date.fromisoformat(at(case, "start")["survey_from"])
    at(case, "survey")["posted_on"] = (begun + timedelta(days=3)).isoformat()
    for signed, waits in ((begun, False), (begun - timedelta(days=1), True)):
        texts["survey.txt"] = re.sub(r"[^\n]+\Z", said(signed.isoformat()), texts["survey.txt"])
        assert ("TEXT_SIGNED_EARLY" in held(report_of(case, texts)).get("survey", set())) is waits


STOP = {
    "stage": "stop", "title": "终止征收土地公告", "doc_no": "苕征终〔2025〕7号", "issuer": "苕安县人民政府",
    "text_file": "stop.txt", "reason": "规划调整",
    "posted_at": ["竹垓乡人民政府公告栏", "竹垓村村务公开栏", "中坞村村务公开栏"],
}  # fmt: skip
SOUND = [
    "因规划调整，竹垓小学迁建工程终止征收土地。",
    "由于项目选址变更，现决定撤回苕征预告〔2025〕3号公告，不再征收所列土地。",
    "鉴于该项目未获批准，竹垓村、中坞村位于溪滩路以东的1.6000公顷集体土地停止征收，原公告同时废止。",
]
LACKING = {
    "终止征收的原因": "经县人民政府研究，决定终止征收竹垓小学迁建工程的土地。",
    "终止征收的决定": "因规划调整，竹垓小学迁建工程的有关事项另行通知。",
    "终止的是哪个": "因规划调整，决定终止征收。",
}


def stopped(body: str):
    case = sound_case()
    case["stages"] = [one for one in case["stages"] if one["stage"] in {"start", "survey", "plan"}]
    last = date.fromisoformat(at(case, "plan")["posted_on"]) + timedelta(days=20)
    case["stages"].append({**STOP, "posted_on": last.isoformat()})
    head = [STOP["issuer"], STOP["title"], f"（{STOP['doc_no']}）", ""]
    text = "\n".join([*head, body, "特此公告。", "", STOP["issuer"], said(last.isoformat())])
    return next(
        one for one in report_of(case, texts_of({**case, "stages": case["stages"][:-1]}) | {"stop.txt": text}).stages
        if one.stage == "stop"
    )  # fmt: skip


@pytest.mark.parametrize("body", SOUND)
def test_a_stop_notice_that_says_why_and_what_is_clean(body):
    """However it is worded."""
    assert "TEXT_LACKS" not in {one.code for one in stopped(body).findings}


@pytest.mark.parametrize("part", LACKING)
def test_a_stop_notice_says_why_what_and_that_it_ends(part):
    """Reason, decision and the land or project: each is asked for by name."""
    told = [one.message for one in stopped(LACKING[part]).findings if one.code == "TEXT_LACKS"]
    assert len(told) == 1
    assert part in told[0]
