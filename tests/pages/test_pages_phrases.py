"""What may not break at the end of a line."""

import re

import pytest

from boards.pages.frame.phrases import unbroken


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("2026年9月1日至9月15日", ["2026年9月1日", "9月15日"]),
        ("浙土字(330590)A[2026]-0007号", ["A[2026]-0007号"]),
        ("公告载明已评估，未公布日期", []),
        ("<b>11月28日</b> & 2月", ["11月28日"]),
    ],
)
def test_days_stay_in_one_piece(text, whole):
    """A day and the series of a document's number are kept whole; nothing of the text becomes markup."""
    made = str(unbroken(text))
    assert re.findall(r'<span class="nb">([^<]*)</span>', made) == whole
    assert "<b>" not in made
