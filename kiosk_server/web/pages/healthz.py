"""Is the board well? One JSON object for whoever looks after it."""

from __future__ import annotations

from litestar import Response, get

from boards.model.land.register import completeness
from kiosk_server.archive import land_board
from kiosk_server.web.reader import Ask, Doors
from kiosk_server.web.visit import Visit


@get("/healthz", sync_to_thread=False)
def healthz(request: Ask) -> Response[dict[str, object]]:
    """200 while the database answers, otherwise 503; counts and instants, never a word about anyone.

    Of land cases that the county lists and that do not hang here it gives the names.
    """
    visit: Visit = request.scope["state"]["visit"]
    health = visit.moment.health if visit.moment else None
    if visit.moment is None or health is None:
        return Response({"database": "unreadable"}, status_code=503)
    doors: Doors = request.app.state.doors
    with doors.board.snapshot():
        shown = {code: land_board.case_ids(doors.board.land(code)) for code in doors.settings.villages}
    cases = completeness(doors.pack.land_cases, shown)  # the county's list against what hangs here
    return Response(
        {
            "database": "ok",
            "state_version": health.state_version,
            "last_import": health.last_admitted_at,
            "last_heard": visit.moment.heard_at,
            "pack": doors.pack.version,
            "trust": "refused" if visit.moment.alarmed else "ok",
            "clock": {"day": visit.moment.day, "suspect": visit.moment.clock_suspect},
            "disk": "read-only" if visit.moment.read_only else "ok",
            "logs": len(health.logs),
            "held": len(health.held),
            "incidents": health.incidents,
            "frozen": health.frozen,
            "upgrade_needed": health.upgrade_needed,
            "land": {
                "due": cases.due,
                "missing": [{"case": gap.project, "villages": list(gap.villages)} for gap in cases.gaps],
            },
        }
    )
