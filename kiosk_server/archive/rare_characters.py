"""The rare characters of a village's lists, for its web font. Read in the importing process only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.rare_characters import rare_characters
from kiosk_server.archive.keys import line_span

if TYPE_CHECKING:
    from kiosk_server.archive.search import Where

_WORDS = (
    "SELECT DISTINCT holder || beneficiary || group_name || item || in_kind FROM payout "
    "WHERE id BETWEEN ? AND ? AND standing = 'listed'"
)


def rare_on(where: Where) -> str:
    """Rare Hanzi in the names and things of these lists, each once and in code order."""
    found: set[str] = set()
    for batch in where.batches:
        rows = where.db.execute(_WORDS, line_span(batch))
        found.update(rare_characters(words for (words,) in rows))
    return "".join(sorted(found))
