"""`county check-land`: sound cases pass without a word too much, and every fault is found where it is."""

import copy
import json
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from boards.model.calendar.years import shipped_calendar
from boards.model.findings import grave
from boards.model.land.terms import NATIONAL, ZHEJIANG
from kiosk_server.cli import county_command as county
from sync.county.land.case_file import CaseFile
from sync.county.land.case_json import CaseUnreadable, read_case
from sync.county.land.check import checked
from sync.county.land.report import LandReport, report_json
from sync.county.reading import Verdict
from tests.land.land_cases import FAULTS, VILLAGES, at, last_working_day, sound_cases
from tests.land.land_texts import texts_of

CALENDAR = shipped_calendar()
SIX = ["start", "survey", "plan", "register", "final", "pay"]


def report_of(case, texts=None, calendar=CALENDAR, villages=VILLAGES) -> LandReport:
    return checked(read_case(json.dumps(case).encode()), calendar, villages, texts)


def graves(report: LandReport) -> dict[str, set[str]]:
    found = {stage.stage: {one.code for one in stage.findings if grave(one)} for stage in report.stages}
    return {stage: codes for stage, codes in found.items() if codes}


def codes(report: LandReport, stage: str) -> set[str]:
    return {one.code for named in report.stages if named.stage == stage for one in named.findings}


@pytest.mark.thorough
@settings(max_examples=40, deadline=None)
@given(sound_cases())
def test_a_sound_case_is_ok_without_warnings(case):
    """No sound case is held, with or without the village list, corrected or not, in any order of its stages."""
    report = report_of(case)
    assert graves(report) == {}
    assert report.verdict is Verdict.OK
    assert report_of(case, villages=None).verdict is Verdict.OK
    stated = {s["stage"]: s["period"]["last_day_stated"] for s in case["stages"]}
    assert {s.stage: s.last_day and s.last_day.isoformat() for s in report.stages} == stated


@pytest.mark.parametrize("name", FAULTS)
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(data=st.data())
def test_a_fault_is_found_where_it_is(name, data):
    """A fault holds the case, by its name, at its stage, and no other stage is blamed for it."""
    fault, case = FAULTS[name], data.draw(sound_cases(last=date(2026, 1, 1)))
    fault.spoil(at(case, fault.stage))
    report = report_of(case)
    assert report.verdict is Verdict.HOLD
    assert fault.code in graves(report)[fault.stage]
    assert set(graves(report)) == {fault.stage}


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases(), st.sampled_from(["survey", "plan", "final", "pay"]))
def test_a_reused_number_is_blamed_on_the_later_notice(case, stage):
    """Two notices with one document number: the one posted later is wrong."""
    at(case, stage)["doc_no"] = at(case, "start")["doc_no"]
    found = graves(report_of(case))
    assert "DOC_NO_REUSED" in found.pop(stage)
    assert found == {}


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases())
def test_a_correction_that_does_not_restart_its_period_is_found(case):
    """A corrected plan with what was left of the old period is too short; the first plan stays right."""
    plan = at(case, "plan")
    again = copy.deepcopy(plan)
    posted = date.fromisoformat(plan["posted_on"]) + timedelta(days=12)
    again |= {"stage": "plan2", "doc_no": f"苕征补更〔{posted.year}〕301号", "posted_on": posted.isoformat()}
    again["registration"]["from"] = posted.isoformat()
    case["stages"] = [stage for stage in case["stages"] if stage["stage"] != "plan_corrected"] + [again]
    found = graves(report_of(case))
    assert "LAST_DAY_STATED_SHORT" in found["plan2"]
    assert "plan" not in found


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases())
def test_approval_before_a_corrected_plan_has_hung_is_found(case):
    """The period that counts is the corrected plan's: approval within it is an error of the final notice."""
    final, plan = at(case, "final"), at(case, "plan")
    case["stages"] = [stage for stage in case["stages"] if stage["stage"] != "plan_corrected"]
    again = copy.deepcopy(plan)
    posted = date.fromisoformat(final["approval"]["date"]) - timedelta(days=10)
    again |= {"stage": "correction", "corrects": "plan", "doc_no": f"苕征补更〔{posted.year}〕301号"}
    again["posted_on"] = again["registration"]["from"] = posted.isoformat()
    again["registration"]["to"] = (posted + timedelta(days=9)).isoformat()
    again["period"]["last_day_stated"] = (posted + timedelta(days=again["period"]["n"])).isoformat()
    case["stages"].append(again)
    assert graves(report_of(case)) == {"final": {"APPROVED_BEFORE_PERIOD_END"}}


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(sound_cases(), st.data())
def test_a_stage_out_of_order_is_the_one_that_is_blamed(case, data):
    """A notice posted in the wrong place of the case is named; the others are not."""
    name, other, days = data.draw(
        st.sampled_from([("survey", "register", 1), ("plan", "start", -2), ("pay", "start", -1)])
    )
    case["stages"] = [stage for stage in case["stages"] if stage["stage"] != "plan_corrected"]
    stage = at(case, name)
    posted = date.fromisoformat(at(case, other)["posted_on"]) + timedelta(days=days)
    stage["posted_on"] = posted.isoformat()
    stage["doc_no"] = stage["doc_no"].split("〔")[0] + f"〔{posted.year}〕999号"
    found = graves(report_of(case))
    assert "STAGE_OUT_OF_ORDER" in found.pop(name)
    assert found == {}


@settings(max_examples=15, deadline=None)
@given(sound_cases(), st.sampled_from(["start", "survey", "plan", "final"]))
def test_a_case_without_an_earlier_stage_waits_for_a_person(case, name):
    """A stage that others rest on and that is not there is said at the first that rests on it."""
    follows = {"start": "survey", "survey": "plan", "plan": "final", "final": "pay"}[name]
    case["stages"] = [stage for stage in case["stages"] if not stage["stage"].startswith(name)]
    assert "EARLIER_STAGE_MISSING" in codes(report_of(case), follows)


@settings(max_examples=20, deadline=None)
@given(sound_cases(), st.integers(1, 5))
def test_a_case_in_progress_is_sound(case, stages):
    """A case that has only come to its second or fourth stage is not held for what lies ahead."""
    order = ["start", "survey", "plan", "register", "plan_corrected", "final", "pay"]
    case["stages"] = [stage for stage in case["stages"] if stage["stage"] in order[:stages]]
    assert report_of(case).verdict is Verdict.OK


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases(first=date(2026, 6, 1), last=date(2027, 6, 1)))
def test_beyond_the_calendar_days_are_provisional_and_nobody_is_blamed(case):
    """A sound case that runs past the announced years is not held, and says which days are provisional."""
    report = report_of(case)
    assert graves(report) == {}
    for stage in report.stages:
        period = at(case, stage.stage)["period"]
        crosses = period["kind"] == "working_days" and stage.last_day.year > 2026
        assert stage.provisional == crosses
        assert ("LAST_DAY_PROVISIONAL" in codes(report, stage.stage)) == crosses


def test_a_period_that_no_calendar_could_make_right_is_found_beyond_the_calendar():
    """Four days in an unannounced year cannot be ten working days, whatever will be announced."""
    case = sound_case()
    start = at(case, "start")
    start["posted_on"], start["doc_no"] = "2027-03-01", "苕征启告〔2027〕7号"
    start["survey_from"], start["survey_to"] = "2027-03-01", "2027-03-09"
    start["period"] |= {"n": 10, "last_day_stated": "2027-03-05"}
    case["stages"] = [start]
    assert graves(report_of(case)) == {"start": {"LAST_DAY_STATED_SHORT"}}


@cache
def _sample():
    """One sound case of six stages, the same in every run."""
    plain = settings(derandomize=True, database=None, phases=[Phase.generate])
    return find(
        sound_cases(last=date(2025, 6, 1)),
        lambda case: [s["stage"] for s in case["stages"]] == SIX,
        settings=plain,
    )


def sound_case():
    return copy.deepcopy(_sample())


def test_paying_in_part_is_lawful_until_sixty_days_have_passed():
    """Half paid within 60 days is a note; half paid after them is a warning at the payment publicity."""
    case = sound_case()
    final, pay = at(case, "final"), at(case, "pay")
    pay["compensation"][0]["paid_fen"] = 0
    pay["paid_total_fen"] = sum(row["paid_fen"] for row in pay["compensation"])
    assert "PAYMENT_OPEN" in codes(report_of(case), "pay")
    assert graves(report_of(case)) == {}
    posted = date.fromisoformat(final["posted_on"]) + timedelta(days=75)
    pay |= {"posted_on": posted.isoformat(), "doc_no": f"苕征付公〔{posted.year}〕7号"}
    pay["period"]["last_day_stated"] = (posted + timedelta(days=7)).isoformat()
    assert graves(report_of(case)) == {"pay": {"PAYMENT_OVERDUE"}}


def test_an_acquisition_announced_too_late_is_found():
    """Sixteen working days after the approval arrived are one too many (条例 §31)."""
    case = sound_case()
    case["stages"] = [stage for stage in case["stages"] if stage["stage"] != "pay"]
    final = at(case, "final")
    posted = date.fromisoformat(final["approval"]["publish_by"]) + timedelta(days=1)
    final |= {"posted_on": posted.isoformat(), "doc_no": f"苕征告〔{posted.year}〕7号"}
    final["period"] |= {"kind": "days", "n": 30, "last_day_stated": (posted + timedelta(days=30)).isoformat()}
    assert graves(report_of(case)) == {"final": {"ANNOUNCED_LATE"}}


def test_the_last_lawful_day_is_in_time():
    """Announced on the fifteenth working day, partly paid on the sixtieth day, surveyed on the last: not late."""
    case, calendar = sound_case(), shipped_calendar()
    survey, final, pay = at(case, "survey"), at(case, "final"), at(case, "pay")
    ended = date.fromisoformat(at(case, "start")["survey_to"])
    for stage, last in (
        (survey, calendar.posting_end(ended, NATIONAL.survey_publish_within).day),
        (final, date.fromisoformat(final["approval"]["publish_by"])),
    ):
        posted_on(stage, last)
    posted_on(pay, calendar.deadline(date.fromisoformat(final["posted_on"]), ZHEJIANG.pay_within).day)
    pay["compensation"][0]["paid_fen"] = 0
    pay["paid_total_fen"] = sum(row["paid_fen"] for row in pay["compensation"])
    report = report_of(case)
    late = {"SURVEY_RESULT_LATE", "ANNOUNCED_LATE", "PAYMENT_OVERDUE"}
    assert not late & {code for stage in SIX for code in codes(report, stage)}
    assert "PAYMENT_OPEN" in codes(report, "pay")


def posted_on(stage, day: date) -> None:
    """Post a notice on another day."""
    stage["posted_on"] = day.isoformat()


def test_a_consistent_other_area_is_blamed_on_the_notice_that_strays():
    """The final notice takes more than was announced: hectares, mu and totals all agree with each other."""
    case = sound_case()
    final = at(case, "final")
    final["areas"][0]["ha"], final["areas"][0]["mu"] = "7.0000", "105.0000"
    final["totals"] = {unit: str(sum(Decimal(row[unit]) for row in final["areas"])) for unit in ("ha", "mu")}
    assert graves(report_of(case)) == {"final": {"AREA_NOT_AS_PLANNED"}}


def test_numbers_in_the_text_beside_the_case_are_found_and_never_told():
    """A mobile in the notice's text holds the case; the report does not repeat it, nor one in a title."""
    case = sound_case()
    at(case, "plan")["doc_no"] = "手机14000123456"
    report = report_of(case, {"survey.txt": "请联系 14000 123456"})
    assert {"survey", "plan"} <= set(graves(report))
    assert b"14000123456" not in report_json(report)
    assert b"123456" not in report_json(report)


def test_the_notices_own_contact_may_be_a_mobile():
    """The phone a notice gives for registering is public, whatever its kind."""
    case = sound_case()
    for name in ("plan", "register"):
        at(case, name)["registration"]["phone"] = "14000123456"
    assert graves(report_of(case)) == {}


def test_a_day_beyond_the_calendar_is_said_at_its_notice():
    """A notice of the year 9990 is an error of its own; the check goes on, and blames no other."""
    case = sound_case()
    case["stages"] = [at(case, "start"), at(case, "survey") | {"posted_on": "9990-01-05"}]
    found = graves(report_of(case))
    assert "term-not-possible" not in found.get("start", set())
    assert "PERIOD_IMPOSSIBLE" in found["survey"]
    at(case, "start")["posted_on"] = "9990-01-04"
    assert {"term-not-possible", "PERIOD_IMPOSSIBLE"} & graves(report_of(case))["start"]


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"stages": 5}', b"\xff\xfe{", b'{"stages": [', b"[" * 100_000, b'"x"']
)
def test_what_is_no_case_is_refused(raw):
    """A file that is no case is refused in one sentence, never a crash."""
    with pytest.raises(CaseUnreadable):
        read_case(raw)


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.just({})
)


@pytest.mark.thorough
@settings(max_examples=70, deadline=None)
@given(st.data())
def test_no_value_anywhere_makes_the_check_fall_over(data):
    """Any field of any stage may hold anything: there is a report, in JSON, with every stage in it."""
    case = data.draw(st.shared(sound_cases(), key="case").map(copy.deepcopy))
    place = case if data.draw(st.integers(0, 9)) == 0 else data.draw(st.sampled_from(case["stages"]))
    for _ in range(4):
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if key != "stages" and data.draw(st.booleans()) and isinstance(place[key], dict | list):
            place = place[key]
            continue
        if key != "stages":
            place[key] = data.draw(JUNK)
        break
    try:
        told = json.loads(report_json(report_of(case)))
    except CaseUnreadable:
        return
    assert len(told["stages"]) == len(case["stages"])


@pytest.mark.parametrize(
    ("number", "held"),
    [
        ("L1_竹垓小学迁建", False),
        ("苕征（2026）7号", False),
        ("苕征/2026/7", True),
        ("", True),
        ("征" * 81, True),
        ("..", True),
    ],
)
def test_the_number_of_a_case_can_be_an_address(number, held):
    """A case is found under its number on every board, so the number must fit an address."""
    case = sound_case() | {"case_id": number}
    assert any(grave(one) for one in report_of(case).findings) is held


def test_the_schema_file_is_the_structs():
    """The JSON schema that is handed out is the one of the records that read the file."""
    shipped = resources.files("sync.county.land").joinpath("case.schema.json").read_text("utf-8")
    frame = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "county check-land"}
    assert json.loads(shipped) == frame | msgspec.json.schema(CaseFile)
    assert {"case_id", "stages"} <= set(CaseFile.__struct_fields__)


@pytest.mark.parametrize(("fault", "code", "verdict"), [(None, 0, "ok"), ("a sum", 1, "hold")])
def test_the_command_says_the_verdict_by_its_exit_code(tmp_path, fault, code, verdict):
    """0 may go to review, 1 must wait, and stdout is one JSON object with every stage."""
    case = sound_case()
    if fault:
        FAULTS[fault].spoil(at(case, FAULTS[fault].stage))
    (tmp_path / "case.json").write_text(json.dumps(case))
    for name, text in texts_of(case).items():
        (tmp_path / name).write_text(text)
    (tmp_path / "villages.csv").write_text(
        "county,town,village_code,village\n"
        + "".join(f"{v.county},{v.town},{v.code},{v.name}委会\n" for v in VILLAGES)
    )
    arguments = ["check-land", str(tmp_path / "case.json"), "--villages", str(tmp_path / "villages.csv")]
    ran = CliRunner().invoke(county, [*arguments, "--json"])
    assert ran.exit_code == code
    told = json.loads(ran.stdout)
    assert (told["verdict"], told["case_id"]) == (verdict, case["case_id"])
    assert [stage["stage"] for stage in told["stages"]] == [stage["stage"] for stage in case["stages"]]
    assert set(told["stages"][0]) == {"stage", "doc_no", "last_day", "provisional", "findings"}
    shown = CliRunner().invoke(county, arguments)
    assert shown.exit_code == code
    assert case["case_id"] in shown.stdout


def test_the_command_refuses_what_it_cannot_read(tmp_path):
    """A file that is not there, no JSON, or a broken calendar: exit 2, verdict refused, the reason in a sentence."""
    (tmp_path / "bad.json").write_text("not json")
    (tmp_path / "case.json").write_text(json.dumps(sound_case()))
    (tmp_path / "calendar.csv").write_text("date,kind\n2026-99-99,holiday\n")
    for arguments in (
        [str(tmp_path / "none.json")],
        [str(tmp_path / "bad.json")],
        [str(tmp_path / "case.json"), "--calendar", str(tmp_path / "calendar.csv")],
    ):
        ran = CliRunner().invoke(county, ["check-land", *arguments, "--json"])
        assert ran.exit_code == 2
        told = json.loads(ran.stdout)
        assert told["verdict"] == "refused"
        assert told["findings"][0]["level"] == "error"


def test_a_calendar_of_the_next_year_makes_its_days_certain(tmp_path):
    """With the year file handed over the same case is no longer provisional."""
    case = sound_case()
    start = at(case, "start")
    start |= {
        "posted_on": "2026-12-21",
        "doc_no": "苕征启告〔2026〕7号",
        "survey_from": "2026-12-22",
        "survey_to": "2027-01-09",
    }
    start["period"] |= {"n": 10, "last_day_stated": "2027-01-05"}
    case["stages"] = [start]
    (tmp_path / "case.json").write_text(json.dumps(case))
    (tmp_path / "2027.json").write_text(
        json.dumps({"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]})
    )
    told = []
    for more in ([], ["--calendar", str(tmp_path / "2027.json")]):
        ran = CliRunner().invoke(county, ["check-land", str(tmp_path / "case.json"), "--json", *more])
        stage = json.loads(ran.stdout)["stages"][0]
        told.append((stage["last_day"], stage["provisional"]))
    assert told == [("2027-01-05", True), ("2027-01-05", False)]


@pytest.mark.thorough
@settings(max_examples=12, deadline=None)
@given(sound_cases(), st.sampled_from(["start", "survey", "plan", "final"]), st.booleans())
def test_a_sound_notice_published_again_is_not_held(case, name, by_number):
    """A correction with its own number, day and full period is sound, whatever stage it corrects."""
    case["stages"] = [
        stage for stage in case["stages"] if stage["stage"] in {"start", "survey", "plan", "final"}
    ]
    first = at(case, name)
    again = copy.deepcopy(first)
    posted = date.fromisoformat(first["posted_on"]) + timedelta(days=1)
    again |= {"stage": "correction", "title": "更正公告", "posted_on": posted.isoformat()}
    again["corrects"] = first["doc_no"] if by_number else name
    again["doc_no"] = f"苕征更〔{posted.year}〕301号"
    again["period"]["last_day_stated"] = last_day(again)
    case["stages"] = (
        [*case["stages"], again] if name != "plan" else [at(case, "start"), at(case, "survey"), first, again]
    )
    assert graves(report_of(case)) == {}
    assert report_of(case).verdict is Verdict.OK


def last_day(stage) -> str:
    posted, period = date.fromisoformat(stage["posted_on"]), stage["period"]
    if period["kind"] == "days":
        return (posted + timedelta(days=period["n"])).isoformat()
    return last_working_day(posted, period["n"]).isoformat()


@pytest.mark.parametrize(
    ("land_class", "ha", "authority", "held"),
    [
        ("永久基本农田", "0.1000", "浙江省人民政府", True),
        ("耕地（永久基本农田）", "0.1000", "浙江省人民政府", True),
        ("耕地（非永久基本农田）", "35.0000", "浙江省人民政府", False),
        ("水田", "35.0001", "浙江省人民政府", True),
        ("耕地", "35.0000", "浙江省人民政府", False),
        ("林地", "70.0001", "浙江省人民政府", True),
        ("林地", "70.0000", "浙江省人民政府", False),
        ("农用地", "99.0000", "浙江省人民政府", False),  # may be of any class
        ("耕地", "99.0000", "国务院", False),
        ("耕地", "99.0000", "浙江省人民政府（受国务院委托）", False),
    ],
)
def test_what_is_for_the_state_council_is_not_approved_by_a_province(land_class, ha, authority, held):
    """Basic farmland, arable over 35 ha and other land over 70 ha want the State Council (土管法 §46)."""
    case = sound_case()
    rows = [at(case, "final")["areas"][0] | {"land_type": land_class, "ha": ha, "mu": None}]
    final = at(case, "final") | {"areas": rows, "totals": {"ha": ha}}
    final["approval"] = final["approval"] | {"authority": authority}
    case["stages"] = [at(case, "start"), final]
    found = graves(report_of(case))["final"]
    assert ("WRONG_APPROVER" in found) is held


@settings(max_examples=10, deadline=None)
@given(sound_cases())
def test_the_approver_counts_all_villages(case):
    """Arable land of several rows is summed: two of 18 ha are more than 35."""
    for stage in case["stages"]:
        row = stage["areas"][0] | {"ha": "18.0000", "mu": "270.0000", "land_type": "水田"}
        stage["areas"] = [row, row | {"land_type": "旱地"}]
        stage["totals"] = {"ha": "36.0000", "mu": "540.0000"}
        for key in ("compensation", "compensation_total_fen", "paid_total_fen", "extra_line"):
            stage.pop(key, None)
    assert graves(report_of(case))["final"] == {"WRONG_APPROVER"}


def test_two_mobiles_in_one_field_are_two_findings():
    """Each private number is one thing to take out; taking out one leaves the other finding."""
    case = sound_case()
    at(case, "plan")["extra_line"] = "联系人郦某14000123456，或蒋某14000654321。"
    found = next(stage for stage in report_of(case).stages if stage.stage == "plan").findings
    assert len([one for one in found if one.code == "UNMASKED_MOBILE_IN_TEXT"]) == 2


@pytest.mark.parametrize(
    "title",
    [
        "关于拟征收土地的公告",
        "征收土地预公告",
        "苕安县人民政府关于竹垓小学迁建工程征收土地启动公告",
        "公告",
    ],
)
def test_a_title_in_other_words_is_not_held(title):
    """Counties name their notices differently: only a title that plainly is another notice's is held."""
    case = sound_case()
    at(case, "start")["title"] = title
    assert graves(report_of(case)) == {}


@pytest.mark.parametrize("numbered", [True, False])
def test_what_a_notice_corrects_may_be_told_by_name_and_number(numbered):
    """`corrects` may be an object; the notice is then a correction of that stage, and sound."""
    case = sound_case()
    start = at(case, "start")
    told = {"stage": "start"} | ({"doc_no": start["doc_no"]} if numbered else {})
    posted = date.fromisoformat(start["posted_on"]) + timedelta(days=1)
    again = copy.deepcopy(start) | {"stage": "correction", "corrects": told, "posted_on": posted.isoformat()}
    again |= {"title": "更正公告", "doc_no": f"苕征更〔{posted.year}〕301号"}
    again["period"]["last_day_stated"] = last_day(again)
    case["stages"].append(again)
    report = report_of(case)
    assert graves(report) == {}
    assert "STAGE_UNKNOWN" not in codes(report, "correction")


@pytest.mark.parametrize("name", [None, "nowhere.txt", "empty.txt"])
def test_a_notice_without_a_text_waits(name):
    """What hangs is the text: without one nothing is published, and the check says so before."""
    case = sound_case()
    texts = texts_of(case) | {"empty.txt": " \n"}
    at(case, "plan")["text_file"] = name
    assert graves(report_of(case, texts)) == {"plan": {"TEXT_MISSING"}}
    assert graves(report_of(case)) == {}  # no texts were looked for


COUNTIES = {"COUNTY_CODE_DIFFERS": {"county_code": "330591"}, "COUNTY_DIFFERS": {"county": "苕平县"}}


@pytest.mark.parametrize("code", COUNTIES)
def test_the_county_of_a_case_is_that_of_its_villages(code):
    """Two counties in one file are told, by code and by name."""
    report = report_of(sound_case() | COUNTIES[code])
    assert [one.code for one in report.findings if grave(one)] == [code]


def test_a_stage_that_nobody_knows_waits():
    """A stage that is none of the notices is published by nobody: its name is told with those that are."""
    case = sound_case()
    at(case, "register").update(stage="公证", title="公证书")
    found = next(one for one in report_of(case).stages if one.stage == "公证").findings
    assert [one.code for one in found if grave(one)] == ["STAGE_UNKNOWN"]
    assert "register" in next(one.message for one in found if one.code == "STAGE_UNKNOWN")
