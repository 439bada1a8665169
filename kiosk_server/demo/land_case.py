"""The demo's land case: open on the day the demo is founded, whatever day that is.

deploy/demo/land/ holds the case with names instead of days; `days.toml` says how each day is
counted from the founding day. They are resolved once, by the county's calendar, into a case.json
like any other, which then goes through `propose-land`, review and publication.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import civil_day, day_told
from boards.model.errors import Fault, Refusal
from boards.model.windows import workdays_of
from sync.county.land.case_folder import case_folder
from sync.county.land.proposing import Fate, propose_case
from sync.county.publish.publisher import publish, review

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from boards.model.calendar.workdays import WorkCalendar
    from sync.county.county import County

CASE, DAYS = "case.json", "days.toml"
_RULE = re.compile(r"(?P<since>[a-z_]+) (?P<sign>[+-]) (?P<n>[0-9]{1,3}) (?P<unit>working|days)")
_NAMED = re.compile(r"\{(?P<day>[a-z_]+)(?:\.(?P<form>said|year))?\}")


class DemoDayUnknown(Refusal):
    """A line of days.toml, or a day a notice names, is not understood."""

    code = "demo-day-unknown"
    fault = Fault.PERSON
    sentence = "演示案件的日期“{day}”读不懂。"
    advice = "请核对 deploy/demo/land/days.toml，写法如 plan + 10 working。"


class DemoCaseHeld(Refusal):
    """The demo's own case did not pass."""

    code = "demo-case-held"
    fault = Fault.PERSON
    sentence = "演示案件的“{stage}”没有通过检查：{why}"
    advice = "请改正 deploy/demo/land 里的案件，再用 --fresh 重新建立演示县。"


def dated_case(template: Path, folder: Path, county: County, founded_on: date) -> Path:
    """The case with its days, written the first time; later runs find it as it was."""
    case = folder / CASE
    if not case.exists():
        days = days_of((template / DAYS).read_text("utf-8"), founded_on, workdays_of(county.pack))
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(
            template.iterdir(), key=lambda path: path.name == CASE
        ):  # where the case is, all is
            raw = path.read_bytes()
            written = dated(raw.decode(), days).encode() if path.suffix in {".txt", ".json"} else raw
            (folder / path.name).write_bytes(written)
    return case


def days_of(rules: str, founded_on: date, calendar: WorkCalendar) -> dict[str, date]:
    """The days of days.toml by name; raises DemoDayUnknown."""
    days = {"founding": founded_on}
    for name, rule in tomllib.loads(rules).items():
        parts = _RULE.fullmatch(rule)
        if parts is None or parts["since"] not in days:
            raise DemoDayUnknown(day=rule)
        since, n = days[parts["since"]], int(parts["sign"] + parts["n"])
        counted_in_days = parts["unit"] == "days"
        days[name] = since + timedelta(n) if counted_in_days else calendar.working_day(since, n).day
    return days


def dated(text: str, days: Mapping[str, date]) -> str:
    """A text with its days put in: {plan} 2026-11-13, {plan.said} 2026年11月13日, {plan.year} 2026."""

    def put(found: re.Match[str]) -> str:
        day = days.get(found["day"])
        if day is None:
            raise DemoDayUnknown(day=found[0])
        return {"said": day_told(day), "year": str(day.year)}.get(found["form"] or "", day.isoformat())

    return _NAMED.sub(put, text)


def published_case(county: County, case: Path, now: datetime, say: Callable[[str], None]) -> None:
    """Every stage through its three steps, from wherever an earlier run was stopped. Raises DemoCaseHeld."""
    for fate in propose_case(county, case_folder(case), now):
        if fate.fate is Fate.HELD:
            raise DemoCaseHeld(stage=fate.notice.title, why=fate.why[0].message)
        if fate.proposal is not None:
            review(county, fate.proposal.id, now)
            publish(county, fate.proposal.id, now)
            villages = len(fate.notice.villages)
            say(f"· {fate.notice.project}：{fate.notice.title}，已审核、已发布到 {villages} 个村")


def founding_day(county: County) -> date:
    """Civil day the county was founded."""
    return civil_day(datetime.fromisoformat(county.settings.founded))
