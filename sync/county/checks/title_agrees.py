"""What a roster's title says of programme and year, against what its batch says (settled §43). Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.numerals import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from boards.model.pack import Programme
    from boards.model.payouts import Terms
    from sync.county.checks.whole import Publication

CODE = "TITLE_OTHERWISE"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)
_IN_WORDS = re.compile(f"[二两][{''.join(VALUES)}]{{3}}(?=年)")
_DOCUMENT = re.compile(r"[〔\[【(（]\s*20\d\d\s*[〕\]】)）]\s*第?\s*\d+\s*号")
_OF_THE_PERIOD = re.compile(r"(20\d\d)-")
_LIKE_ENOUGH = 0.6  # share of a programme's name that a title must hold


def title_is_the_batchs(publication: Publication) -> Iterator[CellFinding]:
    """Programme and year of the title, else of the file's name, are the batch's; both are told where not."""
    terms, share = publication.close.terms, publication.share.strip("*")
    texts = {"标题": publication.title, "文件名": publication.file}
    for where, text in texts.items():
        if years := years_in(text):
            yield from _years(where, years, terms)
            break
    if period := _OF_THE_PERIOD.match(terms.period_no):
        yield from _years("期号", {period[1]}, terms)
    for where, text in ({"表头里的这一项": share} if share else texts).items():
        if named := programme_named(text, publication.programmes):
            if named.code != terms.programme:
                yield _told(f"{where}写的是“{named.name}”，批次写的是“{terms.programme_name}”")
            break


def _years(where: str, years: AbstractSet[str], terms: Terms) -> Iterator[CellFinding]:
    if f"{terms.fiscal_year}" not in years:
        yield _told(f"{where}写的是{'、'.join(sorted(years))}年，批次写的是{terms.fiscal_year}年")


def _told(message: str) -> CellFinding:
    return CellFinding(level=Level.WARNING, code=CODE, message=f"{message}。")


def years_in(text: str) -> frozenset[str]:
    """The years a text is about, in figures or in words (二〇二五年); those of document numbers are not."""
    figures = _IN_WORDS.sub(lambda word: "".join(str(VALUES[one]) for one in word[0]), text)
    return frozenset(_YEAR.findall(_DOCUMENT.sub("", figures)))


def programme_named(text: str, programmes: Sequence[Programme]) -> Programme | None:
    """The programme whose name the text holds best; None when none is close or two are equally close."""
    scored = []
    for one in programmes:  # by the share of the name's letters found in blocks of two or more
        blocks = SequenceMatcher(None, one.name, text, autojunk=False).get_matching_blocks()
        scored.append((sum(block.size for block in blocks if block.size > 1) / len(one.name), one.code, one))
    scored.sort(reverse=True)
    if not scored or scored[0][0] < _LIKE_ENOUGH or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][2]
