"""The page of one draft: findings beside the rows, what must be confirmed, the fields of batch.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from boards.model.findings import LEVELS, CellFinding, Level
from boards.model.masks import masked_id
from boards.model.money import yuan
from boards.model.privacy.withheld import shown
from kiosk_server.county_office.forms import LABELS
from kiosk_server.county_office.pages import rendered
from kiosk_server.county_office.words import found_here, marks, told_here
from sync.county.checks.publication import CONFIRMABLE, ReconciliationNotConfirmed
from sync.county.reading import VERDICTS, Verdict
from sync.county.report.findings_beside import LineBeside, kinds, place

if TYPE_CHECKING:
    from boards.model.errors import Refusal
    from kiosk_server.county_office.seat import Examined, Seat
    from sync.county.intake.drafts import Draft

ROWS_PER_PAGE = 50
ELSEWHERE_MAX = 100
_NOTES = {Verdict.OK: "ok", Verdict.HOLD: "", Verdict.REFUSED: "late"}


class View(NamedTuple):
    """Which rows the clerk wants to see."""

    page: int = 1
    everything: bool = False  # or only the rows something was found at


def draft_page(seat: Seat, draft: Draft, view: View = View(), refusal: Refusal | None = None) -> str:  # noqa: B008 - immutable
    """Everything a clerk needs to decide. Names as they would be published, ID numbers masked."""
    seen = seat.examined(draft)
    beside, marked = seen.beside, marks(refusal) if refusal else ()
    names = {one.code: f"{one.town}{one.name}" for one in seat.county.pack.villages}
    return rendered(
        "draft.html",
        seat,
        refusal=told_here(refusal) if refusal else None,
        marks=marked,
        wrong={one.field: one.why for one in marked},
        id=draft.id,
        columns=beside.columns,
        kinds=[(LEVELS[one.level], one.level.value, one.message, one.count) for one in beside.kinds],
        elsewhere=[_told(one, place(one)) for one in beside.elsewhere[:ELSEWHERE_MAX]],
        **_figures(seen, names),
        **_rows(seen, names, view),
        **_form(seat, draft, seen, refusal),
    )


def _figures(seen: Examined, names: dict[str, str]) -> dict[str, Any]:
    report = seen.report
    return {
        "file": report.file,
        "title": shown(seen.reading.title),
        "verdict": VERDICTS[report.verdict],
        "level": _NOTES[report.verdict],
        "readable": report.verdict is not Verdict.REFUSED,
        "count": report.rows,
        "sum": yuan(report.sum_fen),
        "declared": "" if report.declared_total_fen is None else yuan(report.declared_total_fen),
        "villages": [
            (names.get(one.village, one.village), one.rows, yuan(one.amount_fen)) for one in report.villages
        ],
    }


def _told(one: CellFinding, where: str) -> tuple[str, str, str, str]:
    return LEVELS[one.level], one.level.value, where, one.message


def _rows(seen: Examined, names: dict[str, str], view: View) -> dict[str, Any]:
    told = seen.beside.told
    everything = view.everything or not told
    listed = seen.beside.lines if everything else told
    pages = max(1, -(-len(listed) // ROWS_PER_PAGE))
    page = min(max(view.page, 1), pages)
    return {
        "rows": [_row(seen, names, one) for one in listed[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]],
        "told": len(told),
        "everything": everything,
        "page": page,
        "pages": pages,
    }


def _row(seen: Examined, names: dict[str, str], found: LineBeside) -> dict[str, Any]:
    line = found.line
    return {
        "place": " ".join(filter(None, (line.sheet, str(line.row)))),
        "holder": line.holder,
        "identity": masked_id(seen.reading.rows[found.at].identity),
        "village": names.get(line.village, line.village),
        "group": line.group,
        "quantity": line.quantity or "",
        "rate": line.rate or "",
        "amount": "" if line.amount_fen is None else yuan(line.amount_fen),
        "level": found.level,
        "findings": [_told(one, one.column or "") for one in found.findings],
    }


def _form(seat: Seat, draft: Draft, seen: Examined, refusal: Refusal | None) -> dict[str, Any]:
    """A roster with errors has no form: it is mended in the original, not here.

    Warnings are followed by the checks that failed when it was handed in: those that ask for a reason
    now, and those that were given one before.
    """
    warned = [(one.code, one.message, one.count) for one in seen.beside.kinds if one.level is Level.WARNING]
    waiting = refusal.findings if isinstance(refusal, ReconciliationNotConfirmed) else ()
    failed = kinds([msgspec.structs.replace(one, message=found_here(one.message)) for one in waiting])
    answered = {code: (code, f"{code} 发布前核对", 1) for code in CONFIRMABLE if code in draft.reasons}
    checks = answered | {one.code: (one.code, f"{one.code} {one.message}", one.count) for one in failed}
    return {
        "ready": not any(one.level is Level.ERROR for one in seen.beside.kinds),
        "warnings": [
            (*one, draft.reasons.get(one[0], ""))
            for one in (*warned, *(checks[code] for code in sorted(checks)))
        ],
        "fields": draft.fields,
        "labels": LABELS,
        "programmes": [(one.code, one.name) for one in seat.county.pack.programmes],
    }
