"""What is about to be published, held against the rules: each names itself when it fails.

R1 must hold, or our own arithmetic is wrong. The others wait for a person who says why they may stand, by
their names, as warnings do. What needs a registry is told as not checked without it (settled §31).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from boards.model.findings import CellFinding, Level
from sync.county.checks.place import LISTED
from sync.county.checks.rules import RULES, asked

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from sync.county.checks.whole import Publication

CONFIRMABLE = tuple(rule.code for rule in RULES if rule.confirmable)


class NotReconciled(Refusal):
    """Rows and totals of what would be published do not agree."""

    code = "not-reconciled"
    fault = Fault.MACHINE
    sentence = "发布前核对没有通过：{told}"
    advice = "什么都没有提交；请把名册交给县里的技术人员查看。"


class ReconciliationNotConfirmed(Refusal):
    """A check of what would be published fails, and nobody said why it may."""

    code = "reconciliation-not-confirmed"
    fault = Fault.PERSON
    sentence = "发布前核对没有通过：{told}"
    advice = (
        "请改正名册或 batch.toml；核实无误的，"
        "在 [[confirmed]] 里按编号（如 R10）写明 code 和 reason 后再提交。"
    )

    def __init__(self, findings: Sequence[CellFinding]) -> None:
        """Keep what was found, for whoever asks for the reasons."""
        super().__init__(told=" ".join(one.told for one in findings[:LISTED]))
        self.findings = tuple(findings)


def reconciled(
    publications: Sequence[Publication], confirmed: Container[str]
) -> tuple[tuple[CellFinding, ...], tuple[str, ...]]:
    """What a person confirmed of R1-R10, and the rules nobody could check for want of a registry.

    Raises NotReconciled, ReconciliationNotConfirmed.
    """
    found = [*dict.fromkeys(one for publication in publications for one in asked(publication))]
    if wrong := next((one for one in found if one.level is Level.ERROR), None):
        raise NotReconciled(told=wrong.told)
    if waiting := [one for one in found if one.code not in confirmed]:
        raise ReconciliationNotConfirmed(waiting)
    unchecked = {rule.code for rule in RULES for one in publications if not one.registries.given(*rule.needs)}
    return tuple(found), tuple(sorted(unchecked))
