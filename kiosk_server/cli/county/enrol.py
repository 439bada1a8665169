"""`county enrol VILLAGE…`: a pairing file or code for a kiosk; `--answer FILE`: what it answered."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from kiosk_server.cli.options import Who, acts, clock, example
from sync.trust.register import KIOSK_ID

if TYPE_CHECKING:
    from sync.county.county import County
    from sync.county.kiosks.enrolling import Taking, Wanted
    from sync.trust.pairing import Pairing


class SiteMissing(Refusal):
    """Nothing to print in QR codes."""

    code = "site-missing"
    fault = Fault.PERSON
    sentence = "没有可以印进二维码的网址：--site 没有写，county.toml 里也没有，或者写法不对、太长。"
    advice = "请用 --site 写明县里公开网站的网址，https:// 开头，短一些。"


class KioskName(click.ParamType[str]):
    """`lingdong-2`: what a machine is called in the register and in names of files."""

    name = "编号"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Hold it to its form; raises BadParameter."""
        if value and not re.fullmatch(KIOSK_ID, value):
            self.fail("应是小写字母、数字、短横，至多 40 个，如 lingdong-2", param, ctx)
        return value


@click.command(
    "enrol",
    help="给一台一体机做配对文件（--out）或配对码（--code）；--answer 收下它的答复，提交进登记册待审核。",
    epilog=example(
        "county enrol 岭东村 --feed https://gk.example.org/feed/ --site https://gk.example.org"
        " --out lingdong.pairing --folder demo-county --as li"
    ),
)
@click.argument("villages", nargs=-1)
@click.option(
    "--kiosk", type=KioskName(), default="", help="一体机编号（小写字母、数字、短横），默认第一个村的代码。"
)
@click.option(
    "--feed", "feeds", multiple=True, help="数据来源：https:// 网址，或共享文件夹；可写多个，先写的先用。"
)
@click.option("--site", default="", help="二维码里印的网址，默认 county.toml 里的 site。")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="配对文件写到哪里。")
@click.option("--code", is_flag=True, help="不用文件：显示一个配对码，由 county serve 交出。")
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True, help="几天内有效。")
@click.option(
    "--answer", "answers", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help="一体机的答复文件，可写多个，一次提交。",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="替换同一编号的一体机：原来的口令和密钥作废。")
@click.option("--move", is_flag=True, help="这些村从别的一体机改由这一台公开。")
@click.option("--both", is_flag=True, help="这些村由两台一体机公开。")
@acts
def command(  # noqa: PLR0913 - one parameter an option
    who: Who,
    *,
    villages: tuple[str, ...],
    kiosk: str,
    feeds: tuple[str, ...],
    site: str,
    out: Path | None,
    code: bool,
    days: int,
    answers: tuple[Path, ...],
    replace: bool,
    move: bool,
    both: bool,
) -> None:
    """Hand out, or take in."""
    from printouts.qr import fits  # noqa: PLC0415 - loaded only when needed
    from sync.county.kiosks.enrolling import Taking, Wanted  # noqa: PLC0415
    from sync.county.publish.amendments import village_named  # noqa: PLC0415

    if bool(villages) == bool(answers) or (villages and bool(out) == code):
        raise click.UsageError("请写村名和 --out（或 --code），或者只写 --answer。")
    county, taking = who.county("administrator", "clerk"), Taking(replace=replace, move=move, both=both)
    if answers:
        _take_in(county, answers, taking)
        return
    if not feeds:
        raise click.BadParameter("至少要写一个数据来源", param_hint="--feed")
    named = tuple(dict.fromkeys(village_named(county, one) for one in villages))
    site = site or county.settings.site
    if urlsplit(site).scheme not in {"http", "https"} or not fits(site):
        raise SiteMissing
    term = timedelta(days=days)
    wanted = Wanted(kiosk=kiosk or named[0].code, villages=named, feeds=feeds, site=site, term=term)
    _hand_out(county, wanted, taking, out)


def _hand_out(county: County, wanted: Wanted, taking: Taking, out: Path | None) -> None:
    from sync.county.kiosks.enrolling import handed_out, pairing_for  # noqa: PLC0415
    from sync.county.kiosks.passes import passes  # noqa: PLC0415
    from sync.county.publish.hands import noted  # noqa: PLC0415

    first, now = passes(county.folder) is None, clock()
    made = pairing_for(county, wanted, taking, now)
    # first: a stick or a disk that is full leaves the machine its old token
    told, ticket = (_by_file(made, out), "") if out else _by_code(county, made)
    handed_out(county, made, ticket)
    noted(county, "token", f"发给 {made.kiosk}", now)
    where = "、".join(village.name for village in made.villages)
    click.echo(f"一体机 {made.kiosk}（{where}），{civil_day(made.expires_at)} 前有效。")
    click.echo(told)
    if first:
        click.echo("! 这是第一份口令：从现在起 county serve 只让有口令的取；还没有配对的村用 --grace 过渡。")
    for feed in made.feeds:
        if feed.startswith("http://"):
            click.echo(f"! {feed} 不是 https:// 网址：口令会在线路上明文经过，只可用于县里自己的内部网络。")


def _by_file(made: Pairing, out: Path) -> str:
    from kiosk_server.cli.output_file import ReportNotWritten  # noqa: PLC0415
    from sync.durable import NotWritten, durable  # noqa: PLC0415

    try:
        durable(out, made.bytes(), private=True)
    except NotWritten as e:
        raise ReportNotWritten(name=out.name, why=e.facts["why"]) from e
    return (
        f"配对文件：{out}（里面有口令，只交给这一台）。在一体机上运行 kiosk pair {out.name}，把答复带回来。"
    )


def _by_code(county: County, made: Pairing) -> tuple[str, str]:
    from sync.county.kiosks.tickets import laid_out  # noqa: PLC0415
    from sync.trust.pairing_code import new_code  # noqa: PLC0415

    code = new_code(made.root_bytes)
    laid_out(county.folder, code.ticket, made.kiosk, code.sealed(made.bytes()), made.expires_at)
    told = f"配对码（只显示这一次）：{code.text()}"
    return f"{told}\n在一体机上运行 kiosk pair --code --url {made.feeds[0]}，按提示输入。", code.ticket


def _take_in(county: County, answers: tuple[Path, ...], taking: Taking) -> None:
    from sync.county.kiosks.enrolling import answered, proposed, register_now, settled  # noqa: PLC0415
    from sync.trust.pairing import answer_of  # noqa: PLC0415

    now, read = clock(), [answer_of(path.read_bytes(), path.name) for path in answers]
    after = answered(county, read, taking, now)
    if after == register_now(county):
        settled(county, read)
        click.echo("答复里的一体机都已登记，没有改动。")
        return
    made = proposed(county, after, now)
    settled(county, read)
    click.echo(made.shown)
    click.echo(f"已提交，待审核：county review {made.id} --folder {county.folder}")
