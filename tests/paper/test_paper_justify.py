"""Where the lines of a notice break, and how they are stretched."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from printouts import justify
from printouts.cells import NO_END, NO_START
from printouts.fonts import PT_PER_MM, FontPlan, Role, Wanted
from printouts.justify import lines_of, pieces_of, row_of
from printouts.notice_sheet import (
    ADVANCE_MM,
    BODY,
    CHARACTERS,
    DEPTH_MM,
    HEIGHT_MM,
    LEFT_MM,
    LINES,
    PITCH_MM,
    TEXT_MM,
    TOP_MM,
    WIDTH_MM,
)
from tests.paper.paper_notices import DATES, FIGURES, SENTENCES, WORDS, end_of
from tests.paper.paper_village import BlockShelf


def set_in(text, room=TEXT_MM, indent=2 * ADVANCE_MM):
    plan = FontPlan(BlockShelf(), [Wanted(Role.BODY, text)])
    return plan, lines_of(pieces_of(plan, BODY, Role.BODY, text, room - indent), room, indent)


def text_of(line):
    return "".join(atom.text for atom in line.atoms)


def test_the_text_area_is_the_standards():
    """156 × 225 mm with 22 lines of 28 characters, 37 mm from the top and 28 mm from the left."""
    assert (WIDTH_MM, HEIGHT_MM, TOP_MM, LEFT_MM) == (210, 297, 37, 28)
    assert (TEXT_MM, DEPTH_MM, LINES, CHARACTERS) == (156, 225, 22, 28)
    assert pytest.approx(15.79, abs=0.01) == BODY.advance_pt
    assert pytest.approx(28.99, abs=0.01) == PITCH_MM * PT_PER_MM
    _, lines = set_in("征" * 100)
    assert [len(text_of(line)) for line in lines] == [26, 28, 28, 18]


@pytest.mark.thorough
@given(SENTENCES)
@settings(max_examples=60)
def test_lines_lose_nothing_and_begin_and_end_as_they_may(text):
    """Joined they are the text; none begins with a closing mark or ends with an opening one, none is too long."""
    plan, lines = set_in(text)
    assert "".join(map(text_of, lines)) == text
    for at, line in enumerate(lines):
        room = TEXT_MM - (0 if at else 2 * ADVANCE_MM)
        assert at == 0 or text_of(line)[0] not in NO_START or len(lines[at - 1].atoms) > CHARACTERS
        assert text_of(line)[-1] not in NO_END or line is lines[-1]
        marks = row_of(line, BODY, 0, 0).stretches
        assert "".join(mark.text for mark in marks) == text_of(line)
        assert end_of(plan, marks[-1]) <= room + line.gap_mm + line.given_up * ADVANCE_MM + 0.1
        lefts = [mark.x for mark in marks]
        assert lefts == sorted(lefts)


@pytest.mark.thorough
@given(st.lists(WORDS | DATES | FIGURES, min_size=1, max_size=20))
@settings(max_examples=40)
def test_figures_stay_whole_and_dates_too_unless_a_line_would_gape(parts):
    """No figure goes over from one line to the next; a date only behind 年 or 月, and where it must."""
    text = "，".join(parts)
    _, lines = set_in(text)
    texts = list(map(text_of, lines))
    for part in parts:
        if part.endswith("公顷"):
            assert any(part in line for line in texts)
        elif part[0].isdigit():
            year, month, day = re.fullmatch("(.*年)(.*月)(.*日)", part).groups()
            assert any(part in line for line in texts) or any(
                (above.endswith(year) and below.startswith(month + day))
                or (above.endswith(year + month) and below.startswith(day))
                for above, below in pairwise(texts)
            )
    with pytest.MonkeyPatch.context() as never:
        never.setattr(justify, "DATE_COST", justify.OVERFULL_COST)
        _, whole = set_in(text)
    if list(map(text_of, whole)) != texts:
        assert max(gaps_of(whole)) > justify.USUAL_GAP_MM


def gaps_of(lines):
    """How far apart the characters of a line would stand if it reached the margin."""
    for at, line in enumerate(lines[:-1]):
        free = TEXT_MM - (0 if at else 2 * ADVANCE_MM) - sum(atom.width_mm for atom in line.atoms)
        yield free / max(len(line.atoms) - 1, 1)


def test_a_date_breaks_where_the_line_before_it_would_gape_and_nowhere_else():
    """“…自张贴次日起算，至” is no line of its own; where only little is missing the date stays whole."""
    _, lines = set_in("本公告期限为10个工作日，自张贴次日起算，至2026年2月6日止。")
    assert list(map(text_of, lines)) == ["本公告期限为10个工作日，自张贴次日起算，至2026年2月", "6日止。"]
    _, lines = set_in("征收" * 24 + "地至2026年11月26日止，逾期不办理登记的以现状调查结果为准。")
    assert "2026年11月26日" in "|".join(map(text_of, lines))


@given(SENTENCES)
@example("乡乡乡乡乡乡乡乡乡乡1000.0000公顷0500-123 45672004年1月1日乡2004年1月10日0500-123 4567乡，")
@settings(max_examples=30)
def test_full_lines_reach_the_margin_and_gaps_are_small(text):
    """Every line but the last ends at the margin, unless only gaps nobody wants would take it there."""
    plan, lines = set_in(text)
    for at, line in enumerate(lines[:-1]):
        *_, last = row_of(line, BODY, 0 if at else 2 * ADVANCE_MM, 0).stretches
        behind = line.gap_mm if line.atoms[-1].wide else 0  # a full-width character carries its gap
        short = TEXT_MM + behind - end_of(plan, last)
        assert line.gap_mm <= 1.14
        if line.gap_mm:
            assert short == pytest.approx(0, abs=0.1)
