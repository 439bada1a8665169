"""What `county correct`, `withdraw` and `erase` share: how a clerk points at one published line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from boards.model.errors import Fault, Refusal
from kiosk_server.cli.options import acts, clock
from kiosk_server.cli.progress import progress_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal
    from sync.wire import Reason


class LineNotNamed(Refusal):
    """No list, or neither a holder nor a record was given, or more than is needed."""

    code = "line-not-named"
    fault = Fault.PERSON
    sentence = "没有说明是名单上的哪一行。"
    advice = (
        "名单写批次号，或写 --programme 项目；哪一行写 --holder 户主，"
        "同名的再加 --line 序号（公开栏最新一版上的），或只写 --record 记录编号；撤下整份名单只写 --whole。"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One record of one village's log ("" for the whole list), and why it changes."""

    county: County
    village: Village
    batch: str
    rec: str
    reason: Reason
    now: datetime


_OPTIONS = (
    click.argument("batch", required=False, default=""),
    click.option("--village", required=True, help="村名或 12 位村代码。"),
    click.option("--programme", default="", help="补贴项目的名称或代码，代替批次号。"),
    click.option("--period", default="", help="期号，这个项目有几期时写。"),
    click.option("--line", type=int, default=0, help="最新一版名单上的序号，与 --holder 一起写。"),
    click.option("--holder", default="", help="这一行的户主姓名；同名的有几行时，再写 --line。"),
    click.option("--record", default="", help="记录编号（批次号加四位序号），代替 --line 和 --holder。"),
    click.option("--reason", "why", required=True, help="理由，一句话；更正的理由会公开。"),
    click.option("--basis", default="", help="依据的条文。"),
)


def record_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name a line and a reason."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return acts(command)


def chosen(code: str, options: dict[str, Any], *, whole: bool = False) -> Chosen:
    """The record the options name, or the whole list, of an office whose clerk acts (people §1).

    Raises LineNotNamed, OfficeOfOthers and what finding it raises.
    """
    from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.amendments import village_named  # noqa: PLC0415
    from sync.county.publish.batch_records import standing  # noqa: PLC0415
    from sync.county.publish.published.finding_lines import batches_named  # noqa: PLC0415
    from sync.wire import Reason  # noqa: PLC0415

    line, holder, record = options["line"], options["holder"], options["record"]
    if [whole, bool(record), bool(holder)].count(True) != 1 or (line and not holder):
        raise LineNotNamed
    if bool(options["batch"]) == bool(options["programme"]):
        raise LineNotNamed
    county = options["who"].county("clerk")
    village = village_named(county, options["village"])
    batches = (
        (options["batch"],)
        if options["batch"]
        else batches_named(
            county, village, options["programme"], options["period"], erased=code == "body-erased"
        )
    )
    with progress_line("查找这一行"):
        batch, rec = _found(county, village, batches, options, whole=whole)
        named = rec.rpartition("-")[0] if rec else batch  # a record says its own list
        listed = standing(village.name, named, county.log(village.code).lines())
    permitted(county, county.acting, clock, "clerk", office=listed.close.terms.office)
    reason = Reason(code=code, text=options["why"], basis=options["basis"], office=county.pack.county)
    return Chosen(county=county, village=village, batch=batch, rec=rec, reason=reason, now=clock())


def _found(
    county: County, village: Village, batches: tuple[str, ...], options: dict[str, Any], *, whole: bool
) -> tuple[str, str]:
    """The list, and the record on it."""
    from sync.county.publish.amendments import record_on_line  # noqa: PLC0415
    from sync.county.publish.published.finding_lines import only, record_of_holder  # noqa: PLC0415

    line, holder, record = options["line"], options["holder"], options["record"]
    if holder and not line:
        return record_of_holder(county, village, batches, holder)
    batch = only(batches)
    if line:
        return batch, record_on_line(county, village, batch, line, holder)
    named = record if record.startswith(f"{batch}-") else f"{batch}-{record}"
    return batch, "" if whole else named


def tell(county: County, made: Proposal) -> None:
    """What was proposed, and what comes next."""
    from sync.county.publish.published.text import published_already  # noqa: PLC0415
    from sync.county.publish.review_text import proposal_text  # noqa: PLC0415

    click.echo(proposal_text(made))
    if made.kind == "batch":
        told = published_already(county, made) or ["还没有"]
        click.echo("本项目、本期已经发布的名单：\n  " + "\n  ".join(told))
    click.echo(f"已提交，等待审核人查看：county review --folder {county.folder} {made.id}")
