"""Pages beside the lists: the pad for a short code, and setting up a board."""

from __future__ import annotations

from typing import Any, Final

from boards.model.speech.initials import LETTERS
from boards.pages.frame.wording import link, under
from boards.sheets.views import CodeView, Frame, SetupView

CODE_DIGITS: Final = 10
DIGITS: Final = "123456789"


def code_variables(view: CodeView, frame: Frame) -> dict[str, Any]:
    """Ten places and a pad of links; the tenth digit leads to the sheet."""
    here, typed = under(frame.village_code, "code"), view.digits

    def to(digits: str) -> str:
        if len(digits) == CODE_DIGITS:
            return link(f"/N/?code={digits}")
        return link(f"{here}?code={digits}" if digits else here)

    full = len(typed) >= CODE_DIGITS
    return {
        "typed": typed,
        "places": [typed[at : at + 1] for at in range(CODE_DIGITS)],
        "keys": [(digit, "" if full else to(typed + digit)) for digit in DIGITS],
        "zero": "" if full else to(typed + "0"),
        "shorter": to(typed[:-1]) if typed else "",
        "cleared": to("") if typed else "",
        "wrong": view.wrong,
    }


def setup_variables(view: SetupView) -> dict[str, Any]:
    """A ruler of one key's height, one step larger, one smaller."""
    at = view.steps.index(view.base)
    smaller, larger = view.steps[max(0, at - 1)], view.steps[min(len(view.steps) - 1, at + 1)]
    return {
        "base_now": view.base,
        "smaller": link(f"/setup?base={smaller}") if smaller != view.base else "",
        "larger": link(f"/setup?base={larger}") if larger != view.base else "",
        "letters": list(LETTERS[:5]),
    }
