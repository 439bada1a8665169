"""Everything a board can be asked of one village, verb by verb."""

from __future__ import annotations

import inspect
from contextlib import closing
from datetime import date
from itertools import groupby

from boards.model.errors import Refusal
from boards.model.payouts import Phase
from kiosk_server.archive import land_board, search
from kiosk_server.archive.board import Board
from tests.village import CODE, MASK

CODES = "SELECT code FROM sheet UNION SELECT code FROM notice UNION SELECT code FROM annual ORDER BY 1"
LETTERS = ("L", "ZW", "Z", "W", "")
BEGINNING, LATER = date(2000, 1, 1), date(2025, 11, 23)
NO_QUESTIONS = {
    "close": "ends it",
    "snapshot": "one moment, in which everything here is asked",
    "hold": "the same, over several requests",
    "let_go": "its end",
    "masked_by": "sets whose names are shown how",
    "where": "what `search` looks through",
    "land": "what `land_board` reads",
}
"""Public verbs of a board that answer nothing, and what they do."""


class Asking:
    """One board in one moment, and what there is to ask for: every list, every code, every year."""

    def __init__(self, board: Board, village: str) -> None:
        self.board, self.village = board, village
        self.codes = [code for (code,) in board._db.execute(CODES)]
        self.heads = board.sheets(village)
        self.batches = [name for (name,) in board._db.execute("SELECT name FROM batch ORDER BY id")]
        self.where, self.shelf = board.where(village), board.land(village)

    def each(self, asked, things):
        """The answer to each, a refusal in its own words."""
        return [_answer(asked, one) for one in things]

    def of_board(self):
        """By the name of a verb, what it answers."""
        board, village, heads = self.board, self.village, self.heads
        named, years = [head.batch for head in heads], (2024, 2025)
        newer = [found for code in self.codes if (found := board.by_code(code)) and found[1]]
        payments = sorted(board.sheets(village, Phase.PAYMENT), key=_programme)
        surnames = [one.surname for one in board.surnames(village)]
        return {
            "state_version": board.state_version(),
            "trusted_floor": board.trusted_floor(),
            "trusted": board.trusted(),
            "villages": board.villages(),
            "sheets": [heads, *(board.sheets(village, phase, 2025) for phase in Phase)],
            "years": board.years(village),
            "sheet": self.each(lambda name: board.sheet(village, name), self.batches),
            "by_code": self.each(board.by_code, self.codes),
            "taken_down": self.each(board.taken_down, self.codes),
            "list_taken_down": self.each(lambda name: board.list_taken_down(village, name), self.batches),
            "lines_gone": self.each(lambda name: board.lines_gone(village, name), named),
            "lines_then": self.each(lambda found: board.lines_then(found[0], 1, 50), newer),
            "lines": self.each(lambda name: board.lines(village, name, 2, 2), named),
            "lines_at": self.each(lambda name: board.lines_at(village, name, [1, 3]), named),
            "overview": self.each(lambda name: repr(board.overview(village, name)), named),  # has no =
            "whole": self.each(lambda name: board.whole(village, name), self.batches),
            "lines_named": self.each(lambda name: board.lines_named(village, name), named),
            "household": self.each(lambda number: board.household(village, number), range(1, 60)),
            "households": board.households(village),
            "surnames": [board.surnames(village), board.surnames(village, named[:1])],
            "groups": [board.groups(village), board.groups(village, named[:1])],
            "organisations": [board.organisations(village), board.organisations(village, named[:1])],
            "people": self.each(lambda surname: board.people(village, surname), surnames),
            "changes": [board.changes(village, BEGINNING), board.changes(village, LATER)],
            "erasures": [board.erasures({}), board.erasures({self.origin: 5})],
            "gone": board.gone(village),
            "year": [
                self.each(lambda year, paid=paid: board.year(village, year, paid), years)
                for paid in ((), {"farmland_fertility"})
            ],
            "annual": self.each(lambda year: board.annual(village, year), years),
            "years_closed": board.years_closed(village),
            "year_editions": board.year_editions(village),
            "year_by_code": self.each(board.year_by_code, self.codes),
            "told": self.each(lambda year: board.told(village, year), years),
            "households_told": self.each(
                board.households_told, [tuple(some) for _, some in groupby(payments, _programme)]
            ),
            "next_batch_on": self.each(lambda head: board.next_batch_on(head, BEGINNING), heads),
            "health": board.health(),
        }

    def of_people(self):
        """What `search` answers."""
        where, groups = self.where, search.groups(self.where)
        return {
            "typed": self.each(lambda letters: search.typed(where, letters), LETTERS),
            "surnames": search.surnames(where),
            "groups": groups,
            "of_surname": [search.of_surname(where, one.surname, groups) for one in search.surnames(where)],
            "of_group": [search.of_group(where, one.surname) for one in groups],
            "names": search.names(where),
            "organisations": search.organisations(where),
        }

    def of_land(self):
        """What `land_board` answers."""
        shelf, ids = self.shelf, sorted(land_board.case_ids(self.shelf))
        records = [one.rec for case in land_board.cases(shelf) for one in case]
        return {
            "cases": land_board.cases(shelf),
            "case": self.each(lambda case: land_board.case(shelf, case), ids),
            "case_ids": ids,
            "by_code": self.each(lambda code: land_board.by_code(shelf.db, code), self.codes),
            "enclosures": self.each(lambda rec: land_board.enclosures(shelf, rec), records),
            "all_enclosures": [land_board.all_enclosures(shelf, ever=ever) for ever in (False, True)],
        }

    @property
    def origin(self) -> str:
        return next(iter(self.board.erasures({}).reached), "")


def answers(database, village=CODE):
    """All of it, at one moment."""
    with closing(Board(database, MASK)) as board, board.snapshot():
        asking = Asking(board, village)
        return {"board": asking.of_board(), "people": asking.of_people(), "land": asking.of_land()}


def verbs(of) -> set[str]:
    """The public functions of a module, or verbs of a class."""
    own = getattr(of, "__module__", of.__name__)
    found = inspect.getmembers(of, inspect.isfunction)
    return {name for name, one in found if not name.startswith("_") and one.__module__ == own}


def said(answer) -> bool:
    """Whether there is anything in an answer: a list of nothing but nothing says nothing."""
    if isinstance(answer, list | tuple) and not hasattr(answer, "_fields"):
        return any(map(said, answer))
    return bool(answer)


def _answer(asked, thing):
    try:
        return asked(thing)
    except Refusal as refused:
        return refused.code


def _programme(head):
    return head.terms.programme, head.terms.fiscal_year
