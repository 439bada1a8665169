"""What can go wrong, and the sentence for the person it concerns.

Every refusal is one class with a stable `code`, one Chinese `sentence` (the message id
that gettext translates), and `advice`: what to do now. `facts` fill both. Nothing
personal may be put into a fact: positions, counts, names of files and villages only.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar


class Fault(StrEnum):
    """Whose turn it is to act."""

    COUNTY = "county"  # the county's data is wrong
    ROAD = "road"  # something between the county and here
    MACHINE = "machine"  # this computer
    PERSON = "person"  # what was typed or handed in


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, errors are named by what happened
    """Something was refused, nothing was lost."""

    code: ClassVar[str] = "refused"
    fault: ClassVar[Fault] = Fault.MACHINE
    sentence: ClassVar[str] = "操作没有完成。"
    advice: ClassVar[str] = "请重试；仍不行请联系县里的技术人员。"

    def __init__(self, **facts: object) -> None:
        """Keep the facts; the text is made when it is shown."""
        super().__init__(facts)
        self.facts = facts

    def told(self, translate: Callable[[str], str] = str) -> tuple[str, str]:
        """Sentence and advice for a person, through `translate` (gettext) if given."""
        return (
            translate(self.sentence).format(**self.facts),
            translate(self.advice).format(**self.facts),
        )

    def __str__(self) -> str:
        """One line for a terminal or a log."""
        sentence, advice = self.told()
        return f"{sentence}{advice}（{self.code}）"
