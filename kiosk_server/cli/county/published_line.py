"""What `county correct`, `withdraw` and `erase` share: how a clerk points at one published line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal
    from sync.wire import Reason


class LineNotNamed(Refusal):
    """Neither a line with its holder nor a record was given, or both were."""

    code = "line-not-named"
    fault = Fault.PERSON
    sentence = "没有说明是名单上的哪一行。"
    advice = (
        "请写 --line 序号 和 --holder 户主（公开栏最新一版上的），或只写 --record 记录编号；"
        "撤下整份名单只写 --whole。"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One record of one village's log ("" for the whole list), and why it changes."""

    county: County
    village: Village
    rec: str
    reason: Reason
    now: datetime


_OPTIONS = (
    click.argument("batch"),
    click.option("--village", required=True, help="村名或 12 位村代码。"),
    click.option("--line", type=int, default=0, help="最新一版名单上的序号，与 --holder 一起写。"),
    click.option("--holder", default="", help="这一行的户主姓名，用来核对没有看错行。"),
    click.option("--record", default="", help="记录编号（批次号加四位序号），代替 --line 和 --holder。"),
    click.option("--reason", "why", required=True, help="理由，一句话；更正的理由会公开。"),
    click.option("--basis", default="", help="依据的条文。"),
    click.option("--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。"),
)


def record_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name a line and a reason."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen(code: str, options: dict[str, Any], *, whole: bool = False) -> Chosen:
    """The record the options name, or the whole list; raises LineNotNamed and what finding it raises."""
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.publish.amendments import record_on_line, village_named  # noqa: PLC0415 - loaded only when needed
    from sync.wire import Reason  # noqa: PLC0415

    line, holder, record = options["line"], options["holder"], options["record"]
    ways = (whole, bool(record), bool(line or holder))
    if sum(ways) != 1 or (ways[2] and not (line and holder)):
        raise LineNotNamed
    county = open_county(options["folder"])
    village = village_named(county, options["village"])
    if record and not record.startswith(f"{options['batch']}-"):
        record = f"{options['batch']}-{record}"
    rec = record or ("" if whole else record_on_line(county, village, options["batch"], line, holder))
    reason = Reason(code=code, text=options["why"], basis=options["basis"], office=county.pack.county)
    return Chosen(county=county, village=village, rec=rec, reason=reason, now=datetime.now(UTC))


def tell(made: Proposal, folder: Path) -> None:
    """What was proposed, and what comes next."""
    from sync.county.publish.review_text import proposal_text  # noqa: PLC0415

    click.echo(proposal_text(made))
    click.echo(f"已提交，等待审核：county review --folder {folder} --accept {made.id}")
