"""Is the board well? One JSON object for whoever looks after it."""

from __future__ import annotations

from litestar import Response, get

from kiosk_server.web.doors import Ask
from kiosk_server.web.visit import Visit


@get("/healthz", sync_to_thread=False)
def healthz(request: Ask) -> Response[dict[str, object]]:
    """200 while the database answers, otherwise 503; never a word about anyone."""
    doors = request.app.state.doors
    visit: Visit = request.scope["state"]["visit"]
    if visit.moment is None:
        return Response({"database": "unreadable"}, status_code=503)
    health = doors.board.health()
    clock = {"day": visit.moment.day.isoformat(), "suspect": visit.moment.clock_suspect}
    return Response({"database": "ok", "clock": clock, "state_version": visit.moment.state_version})
