"""What the clerks of a county said of columns: layouts.json in the county's folder, by layout.

{"a3f0…": {"F": "amount"}} — a layout is known by the words of its header (roster.corrections), so
what was said once holds for next month's file of the same office and for no other. Losing the
file loses nothing that is published: the clerk says it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from sync.durable import durable

if TYPE_CHECKING:
    from sync.county.county import County
    from sync.county.reading import Reading

FILE = "layouts.json"
Remembered = dict[str, dict[str, str]]


class LayoutsUnreadable(Refusal):
    """layouts.json is there and says nothing we can read."""

    code = "layouts-unreadable"
    fault = Fault.MACHINE
    sentence = "列含义的记录（{file}）读不出来。"
    advice = "请把它改名放到一边，再用 --map 重新说明各列。"


def remembered(county: County) -> Remembered:
    """Every layout somebody has said something of; raises LayoutsUnreadable."""
    try:
        return msgspec.json.decode((county.folder / FILE).read_bytes(), type=Remembered)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as e:
        raise LayoutsUnreadable(file=FILE) from e


def remember(county: County, reading: Reading) -> None:
    """Keep what was said of this file's layouts; a layout of which nothing is said is forgotten."""
    known = remembered(county)
    now = {layout: said for layout, said in {**known, **reading.layouts}.items() if said}
    if now != known:
        durable(county.folder / FILE, msgspec.json.format(msgspec.json.encode(now, order="sorted")) + b"\n")
