"""A county that makes land cases: sound ones by Hypothesis, and faults whose place and name are known."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from boards.model.calendar.workdays import Term, Unit
from boards.model.calendar.years import shipped_calendar
from boards.model.money import in_words
from boards.model.place import Village

if TYPE_CHECKING:
    from collections.abc import Callable

CALENDAR = shipped_calendar()
COUNTY = "苕安县"
VILLAGES = tuple(
    Village(code=code, name=name, town=town, county=COUNTY)
    for code, name, town in (
        ("330590100201", "岭东村", "梅坞镇"),
        ("330590100202", "大岕口村", "梅坞镇"),
        ("330590101204", "向阳村", "双浒镇"),
        ("330590200201", "竹垓村", "竹垓乡"),
        ("330590200202", "中坞村", "竹垓乡"),
        ("330590200203", "向阳村", "竹垓乡"),
    )
)
FARM = ("耕地", "林地", "园地", "草地")
OTHER = ("建设用地", "未利用地")
Json = dict[str, Any]


def last_working_day(posted: date, n: int) -> date:
    return CALENDAR.posting_end(posted, Term(n=n, unit=Unit.WORKING_DAY)).day


def _period(posted: date, kind: str, n: int) -> Json:
    end = last_working_day(posted, n) if kind == "working_days" else posted + timedelta(days=n)
    return {"kind": kind, "n": n, "starts": "day after posting", "last_day_stated": end.isoformat()}


@st.composite
def _parcels(draw: st.DrawFn) -> list[Json]:
    town = draw(st.sampled_from(sorted({village.town for village in VILLAGES})))
    here = [village for village in VILLAGES if village.town == town]
    rows = []
    for village in draw(st.lists(st.sampled_from(here), min_size=1, unique=True)):
        for land_class in draw(st.lists(st.sampled_from(FARM + OTHER), min_size=1, max_size=3, unique=True)):
            ha = Decimal(draw(st.integers(1000, 60_000))).scaleb(-4)
            rows.append(
                {
                    "town": town,
                    "village": village.name,
                    "village_code": village.code,
                    "owner": f"{town}{village.name}股份经济合作社",
                    "land_type": land_class,
                    "ha": str(ha),
                    "mu": str((ha * 15).quantize(Decimal("0.0001"))),
                }
            )
    return rows


def _totals(rows: list[Json]) -> Json:
    return {unit: str(sum(Decimal(row[unit]) for row in rows)) for unit in ("ha", "mu")}


def _compensation(rows: list[Json], rate: int, crops: int) -> list[Json]:
    found = []
    for village in dict.fromkeys(row["village"] for row in rows):
        for item, classes, yuan in (
            ("区片综合补偿（农用地）", FARM, rate),
            ("区片综合补偿（建设用地、未利用地）", OTHER, rate // 2),
        ):
            mu = sum(Decimal(r["mu"]) for r in rows if r["village"] == village and r["land_type"] in classes)
            if mu:
                fen = int((mu * yuan * 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
                basis = f"{mu.normalize():f}亩×{yuan}元/亩"
                found.append({"village": village, "item": item, "basis": basis, "amount_fen": fen})
        found.append(
            {"village": village, "item": "青苗和地上附着物", "basis": "按清点登记表", "amount_fen": crops}
        )
    return found


@st.composite
def sound_cases(draw: st.DrawFn, first: date = date(2024, 1, 2), last: date = date(2026, 1, 31)) -> Json:
    """A case without a fault, as a county would hand it in; some of them with their plan corrected."""
    start = draw(st.dates(first, last))
    gap = lambda least, most: timedelta(days=draw(st.integers(least, most)))  # noqa: E731
    survey_from = start + gap(0, 5)
    survey_to = survey_from + gap(3, 20)
    survey = max(survey_to, last_working_day(start, 10)) + gap(0, 4)
    plan = survey + gap(1, 20)
    register = plan + gap(0, 3)
    registration_to = plan + gap(36, 45)
    corrected = draw(st.booleans())
    corrected_on = plan + gap(5, 25)
    done = max(registration_to, corrected_on + timedelta(days=45) if corrected else plan)
    approved = done + gap(1, 60)
    received = approved + gap(0, 10)
    final = received + gap(0, 12)
    pay = final + gap(1, 55)
    rows = draw(_parcels())
    town = rows[0]["town"]
    places = [f"{town}人民政府公告栏", *(f"{v}村务公开栏" for v in dict.fromkeys(r["village"] for r in rows))]
    due = _compensation(rows, draw(st.integers(20_000, 90_000)), draw(st.integers(0, 10**7)))
    total = sum(row["amount_fen"] for row in due)
    serial = draw(st.integers(1, 300))
    window = {
        "from": register.isoformat(),
        "to": registration_to.isoformat(),
        "place": f"{town}人民政府101室",
        "phone": "0572-0123456",
    }

    def stage(name: str, letters: str, title: str, posted: date, period: Json, **more: Any) -> Json:
        common = {
            "stage": name,
            "title": title,
            "doc_no": f"苕征{letters}〔{posted.year}〕{serial}号",
            "issuer": "苕安县人民政府",
            "posted_on": posted.isoformat(),
            "posted_at": list(places),
            "areas": copy.deepcopy(rows),
            "totals": _totals(rows),
            "period": period,
        }
        return {**common, **more, "text_file": f"{name}.txt"}

    nothing = {"kind": None, "n": None, "starts": "day after posting", "last_day_stated": None}
    promise = {"compensation": due, "compensation_total_fen": total, "resettled": draw(st.integers(0, 90))}
    stages = [
        stage(
            "start",
            "启告",
            "征收土地启动公告",
            start,
            _period(start, "working_days", draw(st.integers(10, 15))),
            survey_from=survey_from.isoformat(),
            survey_to=survey_to.isoformat(),
        ),
        stage("survey", "调公", "土地现状调查结果公示", survey, _period(survey, "days", 7)),
        stage(
            "plan",
            "补告",
            "征地补偿安置公告",
            plan,
            _period(plan, "days", draw(st.integers(30, 35))),
            **copy.deepcopy(promise),
            registration=dict(window),
            extra_line=f"补偿费用合计大写：{in_words(total)}。",
        ),
        stage("register", "登", "征地补偿登记通告", register, nothing, registration=dict(window)),
        stage(
            "final",
            "告",
            "土地征收公告",
            final,
            _period(final, "working_days", 10),
            approval={
                "authority": "浙江省人民政府（虚构文号）",
                "date": approved.isoformat(),
                "doc_no": f"浙土字(330590)A[{approved.year}]-{serial:04}号",
                "received": received.isoformat(),
                "publish_by": last_working_day(received, 15).isoformat(),
            },
        ),
        stage(
            "pay",
            "付公",
            "征地补偿费用支付情况公示",
            pay,
            _period(pay, "days", 7),
            compensation=[{**row, "paid_fen": row["amount_fen"]} for row in due],
            compensation_total_fen=total,
            paid_total_fen=total,
        ),
    ]
    if corrected:
        again = {
            **window,
            "from": corrected_on.isoformat(),
            "to": (corrected_on + timedelta(days=40)).isoformat(),
        }
        stages.insert(4, stage(
            "plan_corrected", "补更", "征地补偿安置公告（更正）", corrected_on, _period(corrected_on, "days", 30),
            **copy.deepcopy(promise), registration=again,
        ))  # fmt: skip
    if draw(st.booleans()):  # the order in the file means nothing
        stages = draw(st.permutations(stages))
    return {
        "case_id": "L7_某某工程",
        "county_code": "330590",
        "county": COUNTY,
        "project": "某某工程",
        "purpose": "教育用地",
        "town_office": f"{town}人民政府",
        "stages": stages,
    }


def at(case: Json, name: str) -> Json:
    """The stage of a name."""
    return next(stage for stage in case["stages"] if stage["stage"] == name)


@dataclass(frozen=True)
class Fault:
    """What a hand can get wrong: where, how, and the code it must be found by."""

    stage: str
    code: str
    spoil: Callable[[Json], None]  # changes the stage


def _put(*path: Any, value: Any) -> Callable[[Json], None]:
    def spoil(stage: Json) -> None:
        place: Any = stage
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return spoil


def _drop(key: str) -> Callable[[Json], None]:
    return lambda stage: stage.pop(key)


def _moved(key: str, days: int) -> Callable[[Json], None]:
    def spoil(stage: Json) -> None:
        *way, last = key.split(".")
        place: Any = stage
        for step in way:
            place = place[step]
        place[last] = (date.fromisoformat(place[last]) + timedelta(days=days)).isoformat()

    return spoil


def _more(key: str, by: int) -> Callable[[Json], None]:
    return lambda stage: stage.update({key: stage[key] + by})


def _row(key: str, field: str, change: Callable[[Any], Any]) -> Callable[[Json], None]:
    return lambda stage: stage[key][0].update({field: change(stage[key][0][field])})


def _shorter(n: int) -> Callable[[Json], None]:
    """A notice that states, and computes, too short a period."""

    def spoil(stage: Json) -> None:
        stage["period"] = _period(date.fromisoformat(stage["posted_on"]), stage["period"]["kind"], n)

    return spoil


def _plus(text: str, by: str) -> str:
    return str(Decimal(text) + Decimal(by))


FAULTS = {
    "ten working days become nine": Fault("start", "PERIOD_TOO_SHORT", _shorter(9)),
    "thirty days become 25": Fault("plan", "PERIOD_TOO_SHORT", _shorter(25)),
    "the acquisition hangs five days": Fault("final", "PERIOD_TOO_SHORT", _shorter(5)),
    "last day a day early": Fault("start", "LAST_DAY_STATED_SHORT", _moved("period.last_day_stated", -1)),
    "the survey notice a day early": Fault("survey", "LAST_DAY_STATED_SHORT", _moved("period.last_day_stated", -1)),
    "last day weeks late": Fault("final", "LAST_DAY_STATED_LONG", _moved("period.last_day_stated", 17)),
    "last day before posting": Fault("pay", "LAST_DAY_BEFORE_POSTING", _moved("period.last_day_stated", -30)),
    "counted from the posting day": Fault(
        "start", "PERIOD_STARTS_ON_POSTING_DAY", _put("period", "starts", value="posting day")
    ),
    "no period": Fault("plan", "PERIOD_MISSING", _drop("period")),
    "a period of no days": Fault("survey", "PERIOD_IMPOSSIBLE", _put("period", "n", value=0)),
    "no document number": Fault("plan", "ELEMENT_MISSING", _put("doc_no", value="")),
    "square brackets": Fault("survey", "DOC_NO_FORM", lambda s: s.update(doc_no=s["doc_no"].replace("〔", "[").replace("〕", "]"))),
    "a padded number": Fault("final", "DOC_NO_FORM", lambda s: s.update(doc_no=s["doc_no"].replace("〕", "〕0"))),
    "a number of another year": Fault("pay", "DOC_NO_YEAR", _put("doc_no", value="苕征付公〔2031〕7号")),
    "signed after it was posted": Fault("plan", "BACKDATED", lambda s: s.update(issued_on=(date.fromisoformat(s["posted_on"]) + timedelta(days=2)).isoformat())),
    "no survey plan": Fault("start", "ELEMENT_MISSING", _drop("survey_from")),
    "no areas": Fault("survey", "ELEMENT_MISSING", _put("areas", value=[])),
    "no compensation": Fault("plan", "ELEMENT_MISSING", _drop("compensation")),
    "no registration": Fault("plan", "ELEMENT_MISSING", _drop("registration")),
    "no registration in its own notice": Fault("register", "ELEMENT_MISSING", _drop("registration")),
    "no approval": Fault("final", "ELEMENT_MISSING", _drop("approval")),
    "approval without receipt": Fault("final", "ELEMENT_MISSING", lambda s: s["approval"].pop("received")),
    "survey before the announcement": Fault("start", "SURVEY_BEFORE_POSTING", _moved("survey_from", -30)),
    "posted before the approval arrived": Fault(
        "final", "POSTED_BEFORE_APPROVAL", lambda s: s["approval"].update(received=(date.fromisoformat(s["posted_on"]) + timedelta(days=3)).isoformat())
    ),
    "latest day of announcing miscounted": Fault("final", "PUBLISH_BY_DIFFERS", _moved("approval.publish_by", 2)),
    "registration upside down": Fault("register", "REGISTRATION_DIFFERS", _moved("registration.to", 3)),
    "a row of mu": Fault("survey", "HA_MU_MISMATCH", _row("areas", "mu", lambda mu: _plus(mu, "10"))),
    "a total of hectares": Fault("start", "AREA_TOTAL_MISMATCH", lambda s: s["totals"].update(ha=_plus(s["totals"]["ha"], "0.1"))),
    "an area that is none": Fault("final", "FIELD_UNREADABLE", _row("areas", "ha", lambda _: "1e9")),
    "a date that is none": Fault("survey", "FIELD_UNREADABLE", _put("period", "last_day_stated", value="2025-02-30")),
    "a product": Fault("plan", "COMPENSATION_NOT_BASIS", _row("compensation", "amount_fen", lambda fen: fen + 200)),
    "a sum": Fault("plan", "COMPENSATION_TOTAL_MISMATCH", _more("compensation_total_fen", 100)),
    "paid too much": Fault("pay", "OVERPAID", _row("compensation", "paid_fen", lambda fen: fen + 1)),
    "paid sum": Fault("pay", "PAID_TOTAL_MISMATCH", _more("paid_total_fen", -1)),
    "not said what was paid": Fault("pay", "PAID_AMOUNT_MISSING", lambda s: s["compensation"][0].pop("paid_fen")),
    "a row that was not promised": Fault("pay", "PAYMENT_NOT_IN_PLAN", lambda s: s["compensation"].append({"village": s["compensation"][0]["village"], "item": "其他", "amount_fen": 500, "paid_fen": 500})),
    "a village nobody knows": Fault("final", "VILLAGE_UNKNOWN", _row("areas", "village", lambda _: "中午村")),
    "a slip in a compensated village": Fault("plan", "VILLAGE_UNKNOWN", _row("compensation", "village", lambda name: f"{name[0]}某{name[2:]}")),
    "a stranger among the compensated": Fault("plan", "VILLAGE_UNKNOWN", _row("compensation", "village", lambda _: "中午村")),
    "a slip in a village without a code": Fault("plan", "VILLAGE_UNKNOWN", lambda s: s["areas"][0].update(village=f"{s['areas'][0]['village'][0]}某{s['areas'][0]['village'][2:]}", village_code=None)),
    "another village's code": Fault("start", "VILLAGE_CODE_MISMATCH", _row("areas", "village_code", lambda c: "330590100202" if c != "330590100202" else "330590100201")),
    "a code of nowhere": Fault("plan", "VILLAGE_CODE_UNKNOWN", _row("areas", "village_code", lambda _: "330590100299")),
    "a village board left out": Fault("plan", "POSTING_PLACE_MISSING", lambda s: s["posted_at"].pop()),
    "the township left out": Fault("start", "POSTING_PLACE_MISSING", lambda s: s["posted_at"].pop(0)),
    "a private mobile": Fault("survey", "UNMASKED_MOBILE_IN_TEXT", _put("extra_line", value="联系人郦某，手机14000123456。")),
    "fewer than nobody to settle": Fault("plan", "RESETTLED_NEGATIVE", _put("resettled", value=-3)),
    "the title of another notice": Fault("plan", "TITLE_NOT_STAGE", _put("title", value="土地征收公告")),
    "a registration titled as a plan": Fault("register", "TITLE_NOT_STAGE", _put("title", value="征地补偿安置公告")),
    "an ID": Fault("pay", "UNMASKED_ID_IN_TEXT", _put("extra_line", value="权利人990523195803120019")),
    "words of another amount": Fault("plan", "AMOUNT_WORDS_MISMATCH", _put("extra_line", value="合计大写：柒元整。")),
}  # fmt: skip
"""Faults that must be found in their stage, and nowhere else."""
