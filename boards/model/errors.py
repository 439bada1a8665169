"""What can go wrong, and the sentence for the person it concerns.

Every refusal is one class with a stable `code`, one Chinese `sentence` (the message id
that gettext translates), and `advice`: what to do now. `facts` fill both. Nothing
personal may be put into a fact: positions, counts, names of files and villages only. Where somebody
typed the number of a person in place of one, the sentence withholds it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import PurePath
from typing import ClassVar

from boards.model.privacy.withheld import shown


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

    @property
    def facts_shown(self) -> dict[str, object]:
        """The facts as they may be told: no text in which a personal number stands."""
        texts = {name: str(one) for name, one in self.facts.items() if isinstance(one, str | PurePath)}
        return self.facts | {name: shown(text) for name, text in texts.items()}

    def told(self, translate: Callable[[str], str] = str) -> tuple[str, str]:
        """Sentence and advice for a person, through `translate` (gettext) if given."""
        return (
            translate(self.sentence).format(**self.facts_shown),
            translate(self.advice).format(**self.facts_shown),
        )

    def __str__(self) -> str:
        """One line for a terminal or a log."""
        sentence, advice = self.told()
        return f"{sentence}{advice}（{self.code}）"
