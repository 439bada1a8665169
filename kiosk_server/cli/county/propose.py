"""`county propose FILE --batch batch.toml --folder F`: a roster becomes a batch that waits for review."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from kiosk_server.cli import EXIT_HOLD
from kiosk_server.cli.county.published_line import tell
from kiosk_server.cli.options import Who, acts, clock, example
from kiosk_server.cli.progress import progress_line
from sync.own_name import own_name

if TYPE_CHECKING:
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal


class FileUnreadable(Refusal):
    """The roster or batch.toml cannot be opened."""

    code = "file-unreadable"
    fault = Fault.PERSON
    sentence = "打不开文件 {name}（{why}）。"
    advice = "请核对文件名和路径。"


@click.command(
    "propose",
    help="读入并检查一份名册，生成待审批次；有未确认的提醒时先不生成（1）。",
    epilog=example("county propose 名册.xlsx --batch batch.toml --folder demo-county --as li"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--batch", "batch_file", required=True, type=click.Path(path_type=Path), help="batch.toml")
@acts
@click.pass_context
def command(ctx: click.Context, who: Who, file: Path, batch_file: Path) -> None:
    """Read, check, propose, and show what a reviewer will see."""
    from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415
    from sync.county.checks.publication import ReconciliationNotConfirmed  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.batch import batch_toml, office_of  # noqa: PLC0415
    from sync.county.publish.one_programme import ShareNotChosen  # noqa: PLC0415
    from sync.county.publish.publisher import AmountsMissing, WarningsNotConfirmed  # noqa: PLC0415

    county = who.county("clerk")
    toml = batch_toml(bytes_of(batch_file))
    if toml.office or any(one.code == toml.programme for one in county.pack.programmes):  # else that is told
        permitted(county, county.acting, clock, "clerk", office=office_of(toml, county.pack))
    try:
        made = proposed(county, file, batch_file, datetime.now(UTC))
    except (WarningsNotConfirmed, AmountsMissing, ShareNotChosen, ReconciliationNotConfirmed) as waiting:
        click.echo(f"△ {waiting}", err=True)
        ctx.exit(EXIT_HOLD)
    tell(county, made)


def proposed(county: County, file: Path, batch_file: Path, now: datetime) -> Proposal:
    """Read a roster and its batch.toml and propose them; the demo does the same."""
    from kiosk_server.press.installed import drawn_here  # noqa: PLC0415
    from sync.county.intake.layouts import remembered  # noqa: PLC0415
    from sync.county.intake.process import read_roster  # noqa: PLC0415
    from sync.county.intake.registries import registries_of  # noqa: PLC0415
    from sync.county.publish.batch import batch_toml  # noqa: PLC0415
    from sync.county.publish.publisher import propose  # noqa: PLC0415

    villages, layouts = county.pack.places, remembered(county)
    with progress_line("读取名册", "行") as progress:
        reading = read_roster(
            file.name,
            bytes_of(file),
            villages,
            today=civil_day(now),
            layouts=layouts,
            terms=county.pack.forbidden_terms,
            programmes=county.pack.programme_names,
            drawn=drawn_here,
            progress=progress,
        )
    toml = batch_toml(bytes_of(batch_file))
    with progress_line("核对", "个村") as progress:
        return propose(county, reading, toml, now, registries=registries_of(county), progress=progress)


def bytes_of(path: Path) -> bytes:
    """A file somebody named; raises FileUnreadable."""
    from boards.model.privacy.withheld import shown  # noqa: PLC0415

    try:
        return path.read_bytes()
    except OSError as e:
        raise FileUnreadable(name=shown(own_name(path)), why=e.strerror) from e
