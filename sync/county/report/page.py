"""The report as one page that opens from disk and prints: findings beside the rows, columns, villages, sums.

The page holds its own style in one <style> element and nothing else: no script, no picture, no
address. It is a file that is handed on (mail, stick, printer), so there is no server to send a
style sheet or a Content-Security-Policy; a strict policy stands in the page itself.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from minijinja import Environment

from boards.model.findings import LEVELS
from boards.model.money import yuan
from boards.model.privacy.withheld import shown
from sync.county.reading import VERDICTS, Reading, Verdict
from sync.county.report.findings_beside import LineBeside, beside, place
from sync.county.report.report import Report, report_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.place import Village

ALL_ROWS_UP_TO = 2_000
"""Longer rosters list only the rows something was found at: nobody prints 100,000 rows."""
LISTED_AT_MOST = 5_000


def report_html(reading: Reading, villages: Iterable[Village] = ()) -> str:
    """The whole page. An ID, card or phone number is nowhere in it."""
    report = report_of(reading)
    arranged = beside(report)
    whole = report.rows <= ALL_ROWS_UP_TO
    listed = (arranged.lines if whole else arranged.told)[:LISTED_AT_MOST]
    page: str = _environment().render_template(
        "report.html",
        **_head(report, reading),
        columns=arranged.columns,
        kinds=[(LEVELS[one.level], one.level.value, one.message, one.count) for one in arranged.kinds],
        elsewhere=[
            (LEVELS[one.level], one.level.value, place(one), one.message)
            for one in arranged.elsewhere[:LISTED_AT_MOST]
        ],
        villages=[*_villages(report, {one.code: f"{one.town}{one.name}" for one in villages})],
        rows=[_row(line) for line in listed],
        whole=whole,
        unlisted=len(arranged.told) - len(listed) if not whole else 0,
    )
    return page


def _head(report: Report, reading: Reading) -> dict[str, Any]:
    declared = report.declared_total_fen
    return {
        "file": report.file,
        "title": shown(reading.title),
        "verdict": VERDICTS[report.verdict],
        "refused": report.verdict is Verdict.REFUSED,
        "ok": report.verdict is Verdict.OK,
        "count": report.rows,
        "sum": yuan(report.sum_fen),
        "sound": yuan(report.sum_without_errors_fen),
        "declared": "表上没有合计" if declared is None else yuan(declared),
        "sha256": " ".join(reading.source_sha256[at : at + 4] for at in (0, 4, 8)),
    }


def _villages(report: Report, names: dict[str, str]) -> Iterator[tuple[str, str, int, str]]:
    """Name, code, rows and yuan of each village; one that is not on the list is named as it was written."""
    for one in report.villages:
        coded = one.village.isdigit()
        name = names.get(one.village, "" if coded else one.village)
        yield name, one.village if coded else "不在村名单", one.rows, yuan(one.amount_fen)


def _row(found: LineBeside) -> dict[str, Any]:
    line = found.line
    return {
        "place": " ".join(filter(None, (line.sheet, str(line.row)))),
        "holder": line.holder,
        "group": line.group,
        "quantity": line.quantity or "",
        "rate": line.rate or "",
        "amount": "" if line.amount_fen is None else yuan(line.amount_fen),
        "level": found.level,
        "findings": [
            (LEVELS[one.level], one.level.value, one.column or "", one.message) for one in found.findings
        ],
    }


@cache
def _environment() -> Environment:
    """The page's template, its style, and a policy: nothing may load or run but the style, named by hash."""
    templates = files("sync.county.report").joinpath("templates")
    style = templates.joinpath("report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined_behavior="strict")
    environment.debug = False  # an error must not quote the rows
    environment.add_template("report.html", templates.joinpath("report.html").read_text("utf-8"))
    environment.add_global("style", style)
    environment.add_global(
        "policy", f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return environment
