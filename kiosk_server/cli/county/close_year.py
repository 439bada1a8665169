"""`county close-year --year YYYY`: the county's annual figures, held against the lists, wait for review."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.errors import Fault, Refusal
from kiosk_server.cli.county.published_line import tell
from kiosk_server.cli.options import OF_ALL, Who, acts, example
from kiosk_server.cli.progress import progress_line

if TYPE_CHECKING:
    from sync.county.county import County
    from sync.county.years.table import Stated

FIRST_YEAR, LAST_YEAR = 2000, 2099


class FiguresMissing(Refusal):
    """A year is closed by figures of the county's own, and there are none."""

    code = "figures-missing"
    fault = Fault.PERSON
    sentence = "没有写年度数据：核定要拿县里自己的数去核对各批名单，不能从名单里抄。"
    advice = "请用 --from 给出汇总表，或用 --figure 逐个写：村 项目 金额。"


@click.command(
    "close-year",
    help="核定年度汇总：把县里自己的年度数据（--from 汇总表，或 --figure 逐个写）与各村各批名单核对到分，"
    "一致的提交审核；名单后来有变的、核定时写错的，再核定一次就是新的一版。",
    epilog=example("county close-year --year 2025 --from 年度汇总.xlsx --folder demo-county --as li"),
)
@click.option("--year", required=True, type=click.IntRange(FIRST_YEAR, LAST_YEAR), help="年度。")
@acts
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path),
    help="汇总表（xlsx、xls、ods、csv）：每行写村、项目、金额，或每村一行、每个项目一列；单位元或万元，"
    "没有发的写 0。",
)
@click.option(
    "--figure", "figures", multiple=True, nargs=3, metavar="村 项目 金额", help="一个数，单位元；可写多次。"
)
@click.option("--village", "villages", multiple=True, help="只核定这些村：村名或 12 位村代码。")
@click.option(
    "--makes-good",
    multiple=True,
    metavar="BATCH",
    help="这一批是更正发放：补发以前没有发成的；再次核定时也要写。",
)
@click.option("--with-unlisted", is_flag=True, help="年度数据里含依法不公示的人（未成年人等）的金额。")
@click.option("--carried", default="", help="次年才发放（结转）的原因，会印在年度汇总上。")
@click.option("--reason", default="", help="提前核定、再次核定的理由，给审核人看。")
@click.option("--office", default="", help="编制单位；不写就是县名。")
def command(  # noqa: PLR0913, PLR0917 - a year and what is said of it
    who: Who,
    year: int,
    table: Path | None,
    figures: tuple[tuple[str, str, str], ...],
    villages: tuple[str, ...],
    makes_good: tuple[str, ...],
    with_unlisted: bool,
    carried: str,
    reason: str,
    office: str,
) -> None:
    """Read the figures, hold them against the lists, propose."""
    from kiosk_server.cli.county.propose import bytes_of  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.amendments import village_named  # noqa: PLC0415
    from sync.county.years.closing import Said, close_year  # noqa: PLC0415
    from sync.county.years.figures import require_readable, stated_in  # noqa: PLC0415

    county = who.county("clerk", office=OF_ALL)  # it adds up the lists of every office
    if not (figures or table):
        raise FiguresMissing
    data = bytes_of(table) if table else b""
    if table:
        require_readable(table.name, data)
    stated = [*_typed(county, figures), *(stated_in(data, county.pack) if table else ())]
    said = Said(
        year=year,
        villages=tuple(village_named(county, one).code for one in villages),
        makes_good=frozenset(makes_good),
        with_unlisted=with_unlisted,
        carried=carried,
        reason=reason,
        office=office,
        source=table.name if table else "",
        source_sha256=hashlib.sha256(data).hexdigest() if table else None,
    )
    with progress_line("核对各村各批名单"):
        made = close_year(county, stated, said, datetime.now(UTC))
    tell(county, made)


def _typed(county: County, figures: tuple[tuple[str, str, str], ...]) -> list[Stated]:
    """The figures as they were typed; raises VillageNotNamed, ProgrammeUnknown, click.BadParameter."""
    from boards.model.money import fen_of  # noqa: PLC0415
    from sync.county.publish.amendments import village_named  # noqa: PLC0415
    from sync.county.publish.village_batches import ProgrammeUnknown  # noqa: PLC0415
    from sync.county.years.table import Stated  # noqa: PLC0415

    codes = {name: one.code for one in county.pack.programmes for name in (one.code, one.name)}
    found = []
    for village, programme, yuan in figures:
        if programme not in codes:
            raise ProgrammeUnknown(programme=programme)
        try:
            fen = fen_of(yuan.replace(",", ""))
        except ValueError as e:
            raise click.BadParameter("金额应像 12345.60 这样写，单位元", param_hint="--figure") from e
        found.append(Stated(village=village_named(county, village).code, programme=codes[programme], fen=fen))
    return found
