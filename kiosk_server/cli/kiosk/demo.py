"""`kiosk demo`: the whole line on this machine, from rosters to a board, a page and printed sheets."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
import urllib3
from rich.table import Table

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.money import yuan
from boards.model.windows import workdays_of
from kiosk_server.cli.kiosk.sync import settled_in
from kiosk_server.cli.options import HIGHEST_PORT, clock, example
from kiosk_server.cli.progress import progress_line
from kiosk_server.cli.tables import console
from kiosk_server.demo import county as steps
from kiosk_server.demo import land_case as land
from kiosk_server.demo.county import Demo, Summary, VillageSummary
from kiosk_server.desk.catch_up import catch_up
from kiosk_server.desk.last_contact import note_heard
from kiosk_server.desk.print_sheets import Job, print_notices, print_sheets
from kiosk_server.desk.trusting import learned
from kiosk_server.desk.wall import notice_hangs
from kiosk_server.kiosk import Kiosk, data, keeping, open_archive, open_kiosk, open_road, places
from kiosk_server.serving.sockets import listening
from kiosk_server.settings import KIOSK_HOST, Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from boards.model.place import Village
    from sync.county.county import County

HOME = "岭东村"
START_S = 30.0


class ServerDidNotStart(Refusal):
    """A server of the demo does not answer."""

    code = "server-did-not-start"
    fault = Fault.MACHINE
    sentence = "{what}没有启动。"
    advice = "请看上面它自己说的原因；端口被占用时，用 --port 换一个。"


@click.command(
    "demo",
    epilog=example("kiosk demo --village 桥南村 --port 8090"),
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="演示放在哪里 / where the demo lives.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("deploy/demo"),
    show_default=True,
    help="演示县的资料包和花名册 / the demo county's pack and rosters.",
)
@click.option(
    "--village",
    default=HOME,
    show_default=True,
    help="一体机放在哪个村 / the kiosk's village, by name or code.",
)
@click.option(
    "--database",
    default="",
    help="PostgreSQL 的空数据库 postgresql://…，不写就用文件 / an empty database, else a file.",
)
@click.option(
    "--port",
    type=click.IntRange(1, HIGHEST_PORT),
    default=8080,
    show_default=True,
    help="公开栏的端口 / the board's port.",
)
@click.option("--fresh", is_flag=True, help="全部重来 / start again with a new county.")
@click.option("--once", is_flag=True, help="做完就结束 / stop when done, without starting the board.")
@click.option(
    "--json", "as_json", is_flag=True, help="只输出一个 JSON 对象 / print one JSON object (with --once)."
)
def command(  # noqa: PLR0913 - one option each
    folder: Path,
    data: Path,
    village: str,
    database: str,
    port: int,
    *,
    fresh: bool,
    once: bool,
    as_json: bool,
) -> None:
    """演示：建一个县，发布花名册，拉到村里，打开公开栏 / the whole line on this machine."""
    demo = Demo(data=data, county=folder / "county", kiosk=folder / "kiosk", land=folder / "land")
    if not once:
        listening(KIOSK_HOST, port).close()  # a port that is taken is told before all the work
    if fresh and (demo.county / "county.toml").exists():  # an earlier demo, and nothing that is not one
        shutil.rmtree(demo.county)
        for earlier in (demo.kiosk, demo.land, demo.people, demo.roots):
            shutil.rmtree(earlier, ignore_errors=True)
    say = (lambda text: click.echo(text, err=True)) if as_json else click.echo
    county = steps.founded(demo, clock())
    home = steps.home_village(county, village)
    say(f"演示县：{county.pack.county}（虚构），发布和审核各有一把密钥")
    for roster in demo.rosters:
        steps.published(county, roster, clock(), say)
    if (demo.data / "land").is_dir():
        case = land.dated_case(demo.data / "land", demo.land, county, land.founding_day(county))
        land.published_case(county, case, clock(), say)
    steps.beaten(county, home, clock())
    with _feed(demo) as feed_url:
        demo.kiosk.mkdir(parents=True, exist_ok=True)
        steps.pair(demo.settings, steps.kiosk_toml(county, home, feed_url, port, database), county)
        settings = read_settings(demo.settings)
        say(f"县里的数据源：{feed_url}")
        asyncio.run(_pulled(settings, say))
        summary = asyncio.run(_summary(settings, county, home, port))
        if as_json:
            click.echo(msgspec.json.encode(summary))
        else:
            _tell(summary, county)
        if not once:
            where = ("--settings", str(demo.settings))
            with _server("公开栏", "kiosk", "serve", *where, url=summary.url) as child:
                click.echo("公开栏已打开，按 Ctrl+C 结束。")
                with contextlib.suppress(KeyboardInterrupt):
                    click.get_current_context().exit(child.wait())


@contextlib.contextmanager
def _server(what: str, *args: str, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of our own commands as a child, ready when it answers; ended when left."""
    start = f"import sys; from kiosk_server.cli import {args[0]}_command as c; sys.argv[0] = {args[0]!r}; c()"
    child = subprocess.Popen([sys.executable, "-c", start, *args[1:]], stdout=subprocess.DEVNULL)
    try:
        _await(what, child, url)
        yield child
    finally:
        child.terminate()
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)
        finally:  # also for whoever presses Ctrl+C once more
            child.kill()


def _await(what: str, child: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_S
    with urllib3.PoolManager(retries=False, timeout=2.0) as pool:
        while child.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                pool.request("GET", url, redirect=False)
                return
            time.sleep(0.1)
    raise ServerDidNotStart(what=what)


@contextlib.contextmanager
def _feed(demo: Demo) -> Iterator[str]:
    """The county's feed over HTTP on loopback, as `county serve` serves it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    with _server(
        "县里的数据源",
        "county",
        "serve",
        "--folder",
        str(demo.county),
        "--bind",
        f"127.0.0.1:{port}",
        url=url,
    ):
        yield url


async def _pulled(settings: Settings, say: Callable[[str], None]) -> None:
    """`kiosk sync`; whatever could not be taken in ends the demo with its sentence."""
    async with open_archive(settings) as archive:
        road = open_road(settings, archive)
        for refusal in await learned(road, archive, clock()):
            raise refusal
        with progress_line("同步", "条记录") as progress:
            arrivals = await catch_up(road, clock(), progress)
        for refusal in (arrival.refusal for arrival in arrivals if arrival.refusal):
            raise refusal
        note_heard(data(settings), clock())
        with contextlib.closing(open_kiosk(settings, clock)) as kiosk:
            await settled_in(archive, road, kiosk, arrivals, say)


async def _summary(settings: Settings, county: County, home: Village, port: int) -> Summary:
    """Read every village back from the archive, and print the home village's sheets."""
    with contextlib.closing(open_kiosk(settings, clock)) as kiosk:
        villages = tuple(
            steps.compared(steps.village_summary(kiosk.board, village), county)
            for village in county.pack.villages
        )
        with progress_line("打印", "份") as progress:
            job = Job(places(settings).prints, clock(), progress=progress, keeping=keeping(settings))
            pdfs = await _printed(kiosk, home, job)
    return Summary(
        villages=villages, pdfs=tuple(map(str, pdfs.values())), url=f"http://127.0.0.1:{port}/v/{home.code}/"
    )


async def _printed(kiosk: Kiosk, home: Village, job: Job) -> dict[str, Path]:
    """Every list, and the notices whose period runs: the others `kiosk print` would take down again."""
    lists = await print_sheets(kiosk.board, kiosk.press, home.code, job)
    hangs, calendar = notice_hangs(civil_day(job.printed_at)), workdays_of(kiosk.pack)
    return lists | await print_notices(kiosk.board, kiosk.press, home, calendar, job, hangs)


def _tell(summary: Summary, county: County) -> None:
    """The short summary a newcomer reads."""
    table = Table(title=f"{county.pack.county}：各村公开栏与县级花名册一致", title_justify="left")
    for column in ("村", "户次", "户数", "公开金额（元）", "未列金额（元）", "花名册合计（元）"):
        table.add_column(column, justify="left" if column == "村" else "right")
    towns = {village.code: village.town for village in county.pack.villages}
    for one in summary.villages:
        table.add_row(f"{towns[one.code]}{one.name}", *_figures([one]))
    table.add_section()
    table.add_row("全县", *_figures(summary.villages))
    console().print(table)
    for pdf in summary.pdfs:
        click.echo(f"打印件：{pdf}")
    click.echo(f"公开栏：{summary.url}")


def _figures(villages: Sequence[VillageSummary]) -> tuple[str, ...]:
    """One row of the table: counts, then sums in yuan."""
    return (
        str(sum(one.rows for one in villages)),
        str(sum(one.households for one in villages)),
        yuan(sum(one.sum_fen for one in villages)),
        yuan(sum(one.left_out_fen for one in villages)),
        yuan(sum(one.source_total_fen for one in villages)),
    )
