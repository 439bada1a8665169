"""The pack a county begins with: complete, commented, made of answers and a list of villages.

Only `write` touches the disk. It goes on where it was stopped and never writes over what is there.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from boards.model.calendar.years import shipped_calendar
from boards.model.errors import Fault, Refusal
from sync.county.founding.starting import starter, template
from sync.county.founding.village_list import villages_csv
from sync.durable import durable
from sync.own_name import own_name
from sync.pack import CASE_COLUMNS, CONTACT_COLUMNS, found_in, parsed_pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sync.county.founding.answers import Answers
    from sync.county.founding.village_list import Listed


class PackThereAlready(Refusal):
    """A pack that lies there already is not the one of the answers."""

    code = "pack-there-already"
    fault = Fault.PERSON
    sentence = "{folder} 里已经有一份资料包，县代码和这次的答复不同，没有覆盖。"
    advice = "请核对县代码；确实要重新建立的，先把原来的 pack 目录移走，或换一个空目录。"


def first_pack(answers: Answers, villages: Sequence[Listed], today: date) -> dict[str, bytes]:
    """Every file of the pack by its name; pure."""
    years = [year for year in sorted(shipped_calendar().years) if year >= today.year]
    texts = {
        "pack.toml": _head(answers, today.year),
        "villages.csv": villages_csv(villages, answers.county_code, answers.county),
        "contacts.csv": f"{','.join(CONTACT_COLUMNS)}\n",
        "terms/forbidden.txt": starter("terms/forbidden.txt"),
        "land/cases.csv": f"{','.join(CASE_COLUMNS)}\n",
        "land/platform.toml": starter("land/platform.toml"),
        **{f"calendar/{year}.csv": _calendar(year) for year in years},
    }
    programmes = {f"programmes/{code}.toml": template(code) for code in answers.programmes}
    return {name: text.encode() for name, text in texts.items()} | programmes


def write(folder: Path, files: Mapping[str, bytes], county_code: str) -> list[str]:
    """Write what is not there yet; names of files that were there and say something else.

    Raises PackThereAlready and PackNotWhole before anything is written, and NotWritten.
    """
    there, strange = found_in(folder) if folder.exists() else ({}, [])
    if parsed_pack({**files, **there}, strange).county_code != county_code:
        raise PackThereAlready(folder=own_name(folder.parent))
    for name in files.keys() - there.keys():
        durable(folder / name, files[name])
    return sorted(name for name in files.keys() & there.keys() if files[name] != there[name])


def _head(answers: Answers, year: int) -> str:
    told = {
        "year": str(year),
        "county_code": answers.county_code,
        "county": answers.county,
        "supervision_phone": answers.supervision_phone,
    }
    text = starter("pack.toml")
    for name, value in told.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _calendar(year: int) -> str:
    """The days off and the days worked of a year, as they were announced."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("date", "kind"))
    rows.writerows((one.day, one.kind) for one in shipped_calendar().exceptions() if one.day.year == year)
    return out.getvalue()
