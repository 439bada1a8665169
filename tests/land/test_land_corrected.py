"""Corrections in a land case: what was lawful before one stays right, what follows goes by it (G8)."""

import copy
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boards.model.land.kinds import KINDS, NoticeKind, Step
from boards.sheets.land.case import case_view
from sync.county.land.case_json import read_case
from sync.county.land.notice_of_stage import notices_of
from tests.land.land_cases import VILLAGES, at, sound_cases
from tests.land.land_house import CALENDAR, RULES, hung_from
from tests.land.land_texts import texts_of
from tests.land.test_land_check import codes, graves, last_day, report_of, sound_case

AFTER = {"survey": ("plan", "register", "final", "pay"), "plan": ("register", "final", "pay")}


def first_editions(case):
    """The case without its corrected plan."""
    case["stages"] = [stage for stage in case["stages"] if stage["stage"] != "plan_corrected"]
    return case


def again(case, name, days, **changes):
    """A notice published again some days later, under a number of its own; it joins the case."""
    notice = copy.deepcopy(at(case, name))
    posted = date.fromisoformat(notice["posted_on"]) + timedelta(days=days)
    notice |= {"stage": f"{name}_again", "corrects": name, "posted_on": posted.isoformat()}
    notice["doc_no"] = f"苕征更〔{posted.year}〕{301 + len(case['stages'])}号"
    if notice["period"]["n"]:
        notice["period"]["last_day_stated"] = last_day(notice)
    if "registration" in notice:
        notice["registration"]["from"] = max(notice["registration"]["from"], posted.isoformat())
    case["stages"].append(notice | changes)
    return case["stages"][-1]


def take_less(notice):
    """The first parcel shrinks to half of it, in every figure of a notice that rests on it."""
    row = notice["areas"][0]
    row["ha"] = str((Decimal(row["ha"]) / 2).quantize(Decimal("0.0001")))
    row["mu"] = str((Decimal(row["ha"]) * 15).quantize(Decimal("0.0001")))
    notice["totals"] = {
        unit: str(sum(Decimal(one[unit]) for one in notice["areas"])) for unit in ("ha", "mu")
    }
    for key in ("compensation", "compensation_total_fen", "paid_total_fen"):
        notice.pop(key, None)


def without_money(case):
    """The case with nothing said of money, so that only land is judged."""
    for stage in case["stages"]:
        for key in ("compensation", "compensation_total_fen", "paid_total_fen", "extra_line"):
            stage.pop(key, None)
    return case


def land_codes(case):
    """Codes of the warnings and errors about areas, by stage."""
    found = {
        stage: {code for code in codes if "AREA" in code} for stage, codes in graves(report_of(case)).items()
    }
    return {stage: codes for stage, codes in found.items() if codes}


FIVE = ["survey", "plan", "register", "final", "pay"]


def drop_row(notice):
    """One parcel is left out, and the totals follow."""
    notice["areas"].pop()
    notice["totals"] = {
        unit: str(sum(Decimal(one[unit]) for one in notice["areas"])) for unit in ("ha", "mu")
    }


def add_row(notice):
    """One parcel too many, and the totals follow."""
    notice["areas"].append(notice["areas"][0] | {"land_type": "水域", "ha": "0.1000", "mu": "1.5000"})
    notice["totals"] = {
        unit: str(sum(Decimal(one[unit]) for one in notice["areas"])) for unit in ("ha", "mu")
    }


@pytest.mark.thorough
@settings(max_examples=40, deadline=None)
@given(sound_cases(), st.sampled_from(FIVE))
def test_a_notice_that_leaves_out_land_is_the_one_that_is_blamed(case, name):
    """A row or a whole village missing from survey, plan, register, final or pay is found there, nowhere else."""
    assume(len(at(case, name)["areas"]) > 1)
    drop_row(at(case, name))
    assert land_codes(without_money(case)) == {name: {"AREA_LEFT_OUT"}}


@pytest.mark.thorough
@settings(max_examples=40, deadline=None)
@given(sound_cases(), st.sampled_from(FIVE))
def test_a_notice_that_lists_other_land_is_the_one_that_is_blamed(case, name):
    """Land that no other notice knows of is found where it is listed."""
    add_row(at(case, name))
    assert land_codes(without_money(case)) == {name: {"AREA_NOT_IN_PLAN"}}


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases(), st.sampled_from(["survey", "register", "pay"]))
def test_land_that_is_only_classed_otherwise_is_not_held(case, name):
    """A survey may tell paddy from dry land: a village with the same land in other classes is no fault."""
    row = at(case, name)["areas"][0]
    row["land_type"] = "某种地类"
    assert land_codes(case) == {}


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases())
def test_a_correction_may_say_only_what_changes(case):
    """A corrected plan of one row, without totals, takes nothing out of the notices that follow."""
    first_editions(case)
    corrected = again(case, "plan", 1)
    corrected["areas"] = corrected["areas"][:1]
    corrected.pop("totals")
    assert land_codes(without_money(case)) == {}


@pytest.mark.thorough
@settings(max_examples=40, deadline=None)
@given(sound_cases(), st.sampled_from(["survey", "plan"]))
def test_a_lawful_correction_leaves_the_earlier_notices_right(case, name):
    """A survey or plan that is corrected, and followed, makes no earlier notice wrong."""
    first_editions(case)
    corrected = again(case, name, 0 if name == "survey" else 1)
    for notice in (corrected, *(at(case, later) for later in AFTER[name])):
        take_less(notice)
    at(case, "register")["posted_on"] = at(case, "final")["posted_on"]
    assert land_codes(without_money(case)) == {}


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases(), st.sampled_from(["final", "pay"]))
def test_who_does_not_follow_the_corrected_plan_is_blamed(case, name):
    """After a corrected plan the notice that still gives the old area is the one that strays."""
    first_editions(case)
    corrected = again(case, "plan", 1)
    followers = [corrected, at(case, "final"), at(case, "pay")]
    for notice in followers:
        if notice["stage"] != name:
            take_less(notice)
    at(case, "register")["posted_on"] = at(case, "plan")["posted_on"]
    assert land_codes(without_money(case)) == {name: {"AREA_NOT_AS_PLANNED"}}


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases())
def test_a_slip_that_a_correction_mends_is_the_first_plans_own(case):
    """Where the corrected plan says what the survey said, the first plan strayed, not the survey."""
    first_editions(case)
    again(case, "plan", 1)
    take_less(at(case, "plan"))
    at(case, "register")["posted_on"] = at(case, "final")["posted_on"]
    assert land_codes(without_money(case)) == {"plan": {"AREA_NOT_AS_PLANNED"}}


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(sound_cases(), st.sampled_from(["start", "survey", "plan", "final"]), st.booleans())
def test_a_correction_posted_before_its_notice_is_found(case, name, told):
    """Nothing can be corrected before it hangs, whether the correction names its notice or only says it is one."""
    first_editions(case)
    early = again(case, name, -1)
    early |= {"stage": f"{name}_correction", "corrects": name if told else None}
    if name in {"start", "survey"}:
        case["stages"] = [at(case, "start"), at(case, "survey"), early]
    assert "CORRECTION_BEFORE_ORIGINAL" in graves(report_of(case))[early["stage"]]


@pytest.mark.thorough
@settings(max_examples=15, deadline=None)
@given(sound_cases(), st.sampled_from(["start", "survey", "plan", "register"]))
def test_after_the_acquisition_only_it_and_the_payment_are_corrected(case, name):
    """What publishing would refuse the check refuses before: a plan is not changed when the land is taken."""
    final = date.fromisoformat(at(case, "final")["posted_on"])
    days = (final - date.fromisoformat(at(case, name)["posted_on"])).days + 3
    late = again(case, name, days)
    if "registration" in late:
        late["registration"]["to"] = last_day(at(case, "pay"))
    late["doc_no"] = f"苕征更〔{late['posted_on'][:4]}〕399号"
    found = graves(report_of(case))
    assert "land-step-not-possible" in found.pop(late["stage"])
    assert found == {}


@settings(max_examples=20, deadline=None)
@given(sound_cases(), st.sampled_from(["areas", "compensation", "registration", "nothing"]))
def test_a_changed_plan_states_a_new_period(case, what):
    """A correction that changes land, money or registration says how long it hangs; one that changes nothing may not."""
    first_editions(case)
    corrected = again(case, "plan", 5)
    corrected.pop("period")
    corrected["registration"] = dict(at(case, "plan")["registration"])
    if what == "areas":
        take_less(corrected)
    if what == "compensation":
        corrected["compensation"][-1]["amount_fen"] += 100
        corrected["compensation_total_fen"] += 100
    if what == "registration":
        to = date.fromisoformat(corrected["registration"]["to"]) + timedelta(days=3)
        corrected["registration"]["to"] = to.isoformat()
    case["stages"] = [at(case, "start"), at(case, "survey"), at(case, "plan"), corrected]
    corrected.pop("extra_line")
    expected = {} if what == "nothing" else {"plan_again": {"PERIOD_NOT_RESTARTED"}}
    assert graves(report_of(case)) == expected


def moved(day, days):
    """A day some days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def approved_on(case, day):
    """The land is applied for, approved, announced and paid for around a day."""
    final, pay = at(case, "final"), at(case, "pay")
    case["applied_on"] = day
    final["approval"] |= {"date": day, "received": day}
    final["approval"].pop("publish_by", None)
    for notice, later in ((final, 1), (pay, 20)):
        notice["posted_on"] = moved(day, later)
        notice["doc_no"] = notice["doc_no"].split("〔")[0] + f"〔{notice['posted_on'][:4]}〕998号"
        notice["period"]["last_day_stated"] = last_day(notice)


def corrected_case(name, days, *, restarts, **changes):
    """A case whose notice is corrected some days after it hung; the rest of it lies far behind."""
    case = sound_case()
    notice = again(case, name, days, restarts=restarts, **changes)
    if not restarts:
        notice["period"] = copy.deepcopy(at(case, name)["period"])
    if "registration" in notice:
        notice["registration"] = dict(at(case, "plan")["registration"])
    return case, notice


@pytest.mark.parametrize("name", ["start", "survey", "plan"])
@pytest.mark.parametrize("beside", [True, False])
def test_a_correction_whose_period_goes_on_is_sound_and_moves_nothing(name, beside):
    """It restates the old last day, which stays the last day, wherever `restarts` is written."""
    case, notice = corrected_case(name, 3, restarts=False)
    if beside:
        notice["corrects"] = {"stage": name, "doc_no": at(case, name)["doc_no"], "restarts": False}
        notice.pop("restarts")
    report = report_of(case)
    assert graves(report) == {}
    last = {one.stage: one.last_day for one in report.stages}
    assert last[f"{name}_again"] == last[name] == date.fromisoformat(last_day(at(case, name)))
    notice |= {"corrects": {"stage": name, "restarts": True}} if beside else {"restarts": True}
    assert "LAST_DAY_STATED_SHORT" in graves(report_of(case))[f"{name}_again"]


GUARDS = {"land-g3-period-not-over", "APPROVED_BEFORE_PERIOD_END"}


def held_by(case, name):
    """Codes by which the acquisition waits for the period of a kind of notice."""
    final = next(one for one in report_of(case).stages if one.stage == "final").findings
    return {one.code for one in final if one.code in GUARDS and KINDS[NoticeKind(name)].name in one.message}


@pytest.mark.parametrize("name", ["start", "plan"])
@pytest.mark.parametrize("restarts", [True, False, None])
@pytest.mark.parametrize("states_a_period", [True, False])
def test_a_restart_moves_application_and_approval(name, restarts, states_a_period):
    """On the last day of the period that counts nothing may be applied for or approved; the day after all may.

    That period is the correction's where it restarts it, or says nothing and states one; else the old one.
    """
    case, notice = corrected_case(name, 12, restarts=restarts)
    if not states_a_period:
        notice.pop("period")
    elif restarts is None:
        notice["period"]["last_day_stated"] = last_day(notice)
    begins = states_a_period if restarts is None else restarts
    least = {"kind": "working_days", "n": 10} if name == "start" else {"kind": "days", "n": 30}
    stated = at(case, name)["period"] if states_a_period or not begins else least
    end = last_day((notice if begins else at(case, name)) | {"period": stated})
    for late, expected in ((0, GUARDS), (1, set())):
        approved_on(case, moved(end, late))
        assert held_by(case, name) == expected


@pytest.mark.parametrize("name", ["plan", "register"])
def test_a_moved_registration_is_seen_by_application_and_approval(name):
    """A correction of plan or register that gives people longer to register holds what comes before its end."""
    case = sound_case()
    until = moved(at(case, "plan")["registration"]["to"], 20)
    notice = again(case, name, 5, restarts=True)
    notice["registration"] |= {"to": until}
    if name == "plan":
        case["stages"].remove(at(case, "register"))
    for late, expected in (
        (0, {"land-g3-registration-open", "APPROVED_BEFORE_REGISTRATION_END"}),
        (1, set()),
    ):
        approved_on(case, moved(until, late))
        assert graves(report_of(case)).get("final", set()) == expected


def test_a_later_correction_that_moves_nothing_leaves_the_restart():
    """Of two corrections the one that restarted the period counts, whatever the second says besides."""
    case, _ = corrected_case("plan", 12, restarts=True)
    second = again(case, "plan", 15, restarts=False, stage="plan_third")
    second.pop("period")
    second.pop("registration")
    end = last_day(at(case, "plan_again"))
    for late, expected in ((0, GUARDS), (1, set())):
        approved_on(case, moved(end, late))
        assert held_by(case, "plan") == expected


@pytest.mark.parametrize(("restarts", "late"), [(True, False), (False, True), (None, True)])
def test_an_acquisition_that_begins_anew_moves_the_day_of_payment(restarts, late):
    """Sixty days count from the notice that says that it begins anew (浙土 §46); else from the first one."""
    case = sound_case()
    final, pay = at(case, "final"), at(case, "pay")
    notice = again(case, "final", 4, restarts=restarts)
    if restarts is False:
        notice["period"] = copy.deepcopy(final["period"])
    due = CALENDAR.deadline(date.fromisoformat(final["posted_on"]), RULES.pay_within).day
    pay["posted_on"] = (due + timedelta(days=1)).isoformat()
    pay["doc_no"] = f"苕征付公〔{pay['posted_on'][:4]}〕998号"
    pay["period"]["last_day_stated"] = last_day(pay)
    pay["compensation"][0]["paid_fen"] = 0
    pay["paid_total_fen"] = sum(row["paid_fen"] for row in pay["compensation"])
    assert graves(report_of(case)) == ({"pay": {"PAYMENT_OVERDUE"}} if late else {})
    (step,) = (one for one in shown(case, due).steps if one.step is Step.PAY)
    assert (step.due.day > due) is not late


def shown(case, day):
    """What the board of the first village shows of a case on a day."""
    made = [notice for _, notice in notices_of(read_case(json.dumps(case).encode()).case, VILLAGES, {})]
    hung = hung_from([notice for notice in made if notice.kind != "pay"])
    here = next(one for one in VILLAGES if one.code in made[0].villages)
    return case_view(hung, here, day, CALENDAR, RULES)


@pytest.mark.parametrize("restarts", [True, False])
def test_the_board_counts_as_the_correction_says(restarts):
    """The step ends with the restarted period or with the old one, and says that it restarted only if it did."""
    case, notice = corrected_case("plan", 12, restarts=restarts)
    case["stages"] = [at(case, "start"), at(case, "survey"), at(case, "plan"), notice]
    if restarts is False:
        notice.pop("period")
    view = shown(case, date.fromisoformat(notice["posted_on"]))
    (step,) = (one for one in view.steps if one.step is Step.PLAN)
    running = notice if restarts else at(case, "plan")
    assert (step.restarted, step.until.day.isoformat()) == (restarts, last_day(running))
    assert step.since.isoformat() == running["posted_on"]


PERIODS = {
    "a restart without a period": (True, lambda one: one.pop("period"), "PERIOD_MISSING"),
    "going on with another length": (False, lambda one: one["period"].update(n=40), "PERIOD_DIFFERS"),
    "going on with another last day": (
        False, lambda one: one["period"].update(last_day_stated=last_day(one)), "LAST_DAY_STATED_LONG",
    ),
    "going on though the land changed": (False, take_less, "PERIOD_NOT_RESTARTED"),
    "going on though others are settled": (False, lambda one: one.update(resettled=999), "PERIOD_NOT_RESTARTED"),
    "a restart that is too short": (True, lambda one: one["period"].update(n=20), "PERIOD_TOO_SHORT"),
}  # fmt: skip


@pytest.mark.parametrize("name", PERIODS)
def test_what_a_correction_says_of_its_period_must_be_possible(name):
    """A restart states its period in full; a period that goes on is the old one, and nothing else changed."""
    restarts, spoil, code = PERIODS[name]
    case, notice = corrected_case("plan", 5, restarts=restarts)
    case["stages"] = [at(case, "start"), at(case, "survey"), at(case, "plan"), notice]
    notice.pop("extra_line")
    assert graves(report_of(case)) == {}
    spoil(notice)
    assert code in graves(report_of(case))["plan_again"]


NAMES = {
    "a stage that is not there": {"corrects": "register"},
    "a number that is not there": {"corrects": {"stage": "plan", "doc_no": "苕征补告〔2025〕404号"}},
    "another notice's number": {"corrects": {"stage": "plan", "doc_no": "START"}},
    "a word nobody knows": {"corrects": "那份公告"},
    "itself": {"corrects": "SELF"},
}


@pytest.mark.parametrize("name", NAMES)
def test_a_correction_names_a_notice_of_the_case(name):
    """Stage and number are those of one notice that hangs; anything else is found."""
    case, notice = corrected_case("plan", 5, restarts=True, title="征地补偿安置公告（更正）")
    case["stages"] = [at(case, "start"), at(case, "survey"), at(case, "plan"), notice]
    notice.pop("extra_line")
    told = json.dumps(NAMES[name], ensure_ascii=False)
    told = told.replace("START", at(case, "start")["doc_no"]).replace("SELF", notice["doc_no"])
    notice |= json.loads(told)
    assert graves(report_of(case)) == {"plan_again": {"CORRECTS_UNKNOWN"}}


WORDS = {
    "both": ({"wrong": "合计12.00元", "right": "合计WORD"}, set()),
    "both beside": ({"corrects": {"stage": "plan", "wrong": "合计12.00元", "right": "合计WORD"}}, set()),
    "a description": ({"wrong": "合计写错", "right": "合计改正"}, set()),
    "only what was wrong": ({"wrong": "合计12.00元"}, {"CORRECTION_UNCLEAR"}),
    "only what is right": ({"right": "合计WORD"}, {"CORRECTION_UNCLEAR"}),
    "the same twice": ({"wrong": "合计WORD", "right": "合计WORD"}, {"CORRECTION_UNCLEAR"}),
    "another figure than the text": ({"wrong": "合计WORD", "right": "合计12.00元"}, {"TEXT_DIFFERS"}),
    "another day than the text": ({"wrong": "12月1日", "right": "2031年1月5日"}, {"TEXT_DIFFERS"}),
}


@pytest.mark.parametrize("name", WORDS)
def test_what_was_wrong_and_what_is_right(name):
    """Both are said, differ, and what is right stands in the text that hangs; the notice carries both."""
    told, expected = WORDS[name]
    case, notice = corrected_case("plan", 5, restarts=True, text_file="again.txt")
    total = f"{notice['compensation_total_fen'] // 100:,}.{notice['compensation_total_fen'] % 100:02}元"
    notice |= json.loads(json.dumps(told).replace("WORD", total))
    report = report_of(case, texts_of(case))
    assert codes(report, "plan_again") & {"CORRECTION_UNCLEAR", "TEXT_DIFFERS"} == expected
    made = {s.file.stage: n for s, n in notices_of(read_case(json.dumps(case).encode()).case, VILLAGES, {})}
    assert ("现更正为" in made["plan_again"].reason) is (len(told) == 2 or "corrects" in told)


def test_only_a_correction_says_that_a_period_restarts():
    """A first notice with words of a correction waits: perhaps it was to correct another."""
    for words in ({"restarts": True}, {"wrong": "甲", "right": "乙"}):
        case = sound_case()
        at(case, "plan").update(words)
        assert graves(report_of(case)) == {"plan": {"CORRECTS_MISSING"}}
