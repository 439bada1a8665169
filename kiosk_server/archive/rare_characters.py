"""The rare characters of a village's lists, for its web font. Read in the importing process only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.rare_characters import rare_characters
from kiosk_server.archive.keys import line_span
from kiosk_server.archive.statements import LINES_IN_SPAN

if TYPE_CHECKING:
    from kiosk_server.archive.search import Where


def rare_on(where: Where) -> str:
    """Rare Hanzi of all that these lists say (names, things, remarks), each once and in code order."""
    found: set[str] = set()
    for batch in where.batches:
        lines = where.db.execute(LINES_IN_SPAN, line_span(batch))
        found.update(rare_characters(body.decode() for *_, body in lines if body))
    return "".join(sorted(found))
