"""Corrections in a land case: what was lawful before one stays right, what follows goes by it (G8)."""

import copy
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.land.land_cases import at, sound_cases
from tests.land.test_land_check import graves, last_day, report_of

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


@settings(max_examples=40, deadline=None)
@given(sound_cases(), st.sampled_from(FIVE))
def test_a_notice_that_leaves_out_land_is_the_one_that_is_blamed(case, name):
    """A row or a whole village missing from survey, plan, register, final or pay is found there, nowhere else."""
    assume(len(at(case, name)["areas"]) > 1)
    drop_row(at(case, name))
    assert land_codes(without_money(case)) == {name: {"AREA_LEFT_OUT"}}


@settings(max_examples=40, deadline=None)
@given(sound_cases(), st.sampled_from(FIVE))
def test_a_notice_that_lists_other_land_is_the_one_that_is_blamed(case, name):
    """Land that no other notice knows of is found where it is listed."""
    add_row(at(case, name))
    assert land_codes(without_money(case)) == {name: {"AREA_NOT_IN_PLAN"}}


@settings(max_examples=20, deadline=None)
@given(sound_cases(), st.sampled_from(["survey", "register", "pay"]))
def test_land_that_is_only_classed_otherwise_is_not_held(case, name):
    """A survey may tell paddy from dry land: a village with the same land in other classes is no fault."""
    row = at(case, name)["areas"][0]
    row["land_type"] = "某种地类"
    assert land_codes(case) == {}


@settings(max_examples=20, deadline=None)
@given(sound_cases())
def test_a_correction_may_say_only_what_changes(case):
    """A corrected plan of one row, without totals, takes nothing out of the notices that follow."""
    first_editions(case)
    corrected = again(case, "plan", 1)
    corrected["areas"] = corrected["areas"][:1]
    corrected.pop("totals")
    assert land_codes(without_money(case)) == {}


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


@settings(max_examples=20, deadline=None)
@given(sound_cases())
def test_a_slip_that_a_correction_mends_is_the_first_plans_own(case):
    """Where the corrected plan says what the survey said, the first plan strayed, not the survey."""
    first_editions(case)
    again(case, "plan", 1)
    take_less(at(case, "plan"))
    at(case, "register")["posted_on"] = at(case, "final")["posted_on"]
    assert land_codes(without_money(case)) == {"plan": {"AREA_NOT_AS_PLANNED"}}


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
