"""The steps between the notices: what the file tells of them is held against the law."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.county.reading import Verdict
from tests.land.land_cases import at, last_working_day, sound_cases
from tests.land.test_land_check import graves, report_of, sound_case


def day(case, name, key="posted_on"):
    return date.fromisoformat(at(case, name)[key])


def plan_name(case):
    """The plan that counts: the corrected one where there is one."""
    names = {stage["stage"] for stage in case["stages"]}
    return "plan_corrected" if "plan_corrected" in names else "plan"


def lawful(case):
    """All that lies between the notices, as the law wants it."""
    plan = at(case, plan_name(case))
    held = last_working_day(date.fromisoformat(plan["posted_on"]), 7) + timedelta(days=1)
    case |= {
        "ground": "public_service",
        "risk_assessed_on": at(case, "plan")["posted_on"],
        "hearing": {
            "notified_on": plan["posted_on"],
            "held_on": held.isoformat(),
            "objectors": 21,
            "members": 40,
        },
        "agreements": {"signed": 10, "unsigned": 2, "owners": 12},
        "applied_on": at(case, "final")["approval"]["date"],
    }
    return case


@pytest.mark.thorough
@settings(max_examples=30, deadline=None)
@given(
    sound_cases(),
    st.sets(st.sampled_from(["ground", "risk_assessed_on", "hearing", "agreements", "applied_on"])),
)
def test_what_was_done_as_the_law_wants_is_not_held(case, absent):
    """A case that tells of all its steps is sound, and so is one that leaves any of them out."""
    lawful(case)
    for key in absent:
        case.pop(key)
    report = report_of(case)
    assert graves(report) == {}
    assert report.verdict is Verdict.OK


def _later_risk(case):
    case["risk_assessed_on"] = (day(case, "plan") + timedelta(days=1)).isoformat()


def _applied_early(case):
    case["applied_on"] = at(case, plan_name(case))["period"]["last_day_stated"]
    at(case, plan_name(case))["registration"]["to"] = at(case, plan_name(case))["posted_on"]


def _applied_while_registering(case):
    case["applied_on"] = at(case, plan_name(case))["registration"]["to"]


BREACHES = {
    "the risk was assessed after the plan": (_later_risk, "plan", "land-g1-plan-without-ground"),
    "most object and nobody was heard": (
        lambda case: case.update(hearing={"objectors": 21, "members": 40}), "final", "land-g3-hearing-not-held",
    ),
    "the hearing was told of too late": (
        lambda case: case["hearing"].update(notified_on=case["hearing"]["held_on"]), "plan", "land-g3-hearing-notice-too-short",
    ),
    "an owner is not accounted for": (
        lambda case: case["agreements"].update(owners=13), "final", "land-g3-owners-not-accounted-for",
    ),
    "the application went up while people registered": (_applied_while_registering, "final", "land-g3-registration-open"),
    "housing outside the year plan": (
        lambda case: case.update(ground="relocation_housing", in_year_plan=False), "final", "land-g3-ground-not-supported",
    ),
    "area development without its plan": (
        lambda case: case.update(ground="area_development", development_plan=""), "final", "land-g3-ground-not-supported",
    ),
    "approved before it was applied for": (
        lambda case: case.update(applied_on=(date.fromisoformat(at(case, "final")["approval"]["date"]) + timedelta(days=1)).isoformat()),
        "final", "land-g4-approval-dates",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREACHES)
@settings(max_examples=8, deadline=None)
@given(case=sound_cases())
def test_what_the_law_refuses_is_found_with_its_article(name, case):
    """Each rule of the law speaks in the check: its code, its article, at the notice that rests on the step."""
    breach, stage, code = BREACHES[name]
    breach(lawful(case))
    report = report_of(case)
    where = plan_name(case) if stage == "plan" and "hearing" in name else stage
    assert graves(report) == {where: {code}}
    told = next(one for named in report.stages for one in named.findings if one.code == code)
    assert "》第" in told.message or "目录" in told.message


def test_an_application_within_the_plans_period_is_found():
    """G3: the plan hangs its thirty days before anything is sent up."""
    case = lawful(sound_case())
    _applied_early(case)
    assert "land-g3-period-not-over" in graves(report_of(case))["final"]


@settings(max_examples=10, deadline=None)
@given(sound_cases())
def test_a_plan_changed_after_its_hearing_is_not_heard_again(case):
    """Most objected, a hearing was held, the plan was changed and announced anew: that is the way of the law."""
    lawful(case)
    plan = plan_name(case)
    if plan == "plan_corrected":
        case["hearing"] |= {"notified_on": None, "held_on": at(case, plan)["posted_on"]}
    assert graves(report_of(case)) == {}


@settings(max_examples=10, deadline=None)
@given(sound_cases(), st.integers(21, 40))
def test_a_plan_that_was_heard_stands_unchanged(case, objectors):
    """Most objected and were heard: the law asks for the hearing, not for another plan."""
    case["stages"] = [stage for stage in case["stages"] if stage["stage"] != "plan_corrected"]
    lawful(case)["hearing"]["objectors"] = objectors
    assert graves(report_of(case)) == {}
    case["hearing"]["held_on"] = None
    assert graves(report_of(case)) == {"final": {"land-g3-hearing-not-held"}}


@pytest.mark.parametrize("junk", [{}, {"owners": 5}, {"signed": 3}, {"signed": None, "owners": None}])
def test_half_told_agreements_refuse_nothing(junk):
    """Owners without signatures, or signatures without owners, are absent facts."""
    case = lawful(sound_case()) | {"agreements": junk}
    assert graves(report_of(case)) == {}
