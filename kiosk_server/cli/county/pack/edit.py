"""`county pack edit …`: small acts on the working copy, checked at once; nobody needs a text editor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import civil_day
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import Who, acts, clock, example

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.packs.acts import Act

_REMOVE = click.option("--remove", is_flag=True, help="撤销它。")


def done(who: Who, act: Act) -> None:
    """Do it as this person and say what changed; 1 where the pack is not whole yet."""
    from sync.county.packs.proposing import edit  # noqa: PLC0415 - loaded only when needed

    edited = edit(who.county("pack_editor"), act, civil_day(clock()))
    click.echo("\n".join(edited.told) or "没有改动。")
    for one in edited.cares:
        click.echo(f"请注意：{one}")
    for one in edited.left:
        click.echo(f"还要处理：{one}")
    click.get_current_context().exit(EXIT_OK if edited.whole else EXIT_HOLD)


@click.group(
    "edit",
    help="修改工作副本：村、联系人、补贴项目、征地案件、不得公开的词、节假日表、保管期限、监督电话。",
    epilog=example("county pack edit village 330590100206 --name 新塘村 --as li --folder demo-county"),
)
def command() -> None:
    """One of the acts below."""


@command.command("village", help="增加或修改一个村；--remove 撤销（它的联系人、征地案件一并撤下）。")
@click.argument("code")
@click.option("--name", default="", help="村名，如 岭东村。")
@click.option("--town", default="", help="乡镇，如 梅坞镇；同乡镇已有别的村时不用写。")
@click.option("--official", default="", help="全称，如 岭东村委会；不写按村名加“委会”。")
@click.option("--hamlets", default="", help="自然村、小地名，几个之间用顿号。")
@_REMOVE
@acts
def village(  # noqa: PLR0913 - as it is typed
    who: Who, code: str, *, remove: bool, name: str, town: str, official: str, hamlets: str
) -> None:
    """A village, by its 12 digits; one that goes may be named."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    said = {"village": name, "town": town, "official": official, "hamlets": hamlets}
    done(who, act.no_village(code) if remove else act.village(code, _given(said)))


@command.command("contact", help="增加或修改一个村的办事联系人：村名或村代码，再写称呼。")
@click.argument("village")
@click.argument("called")
@click.option("--place", default="", help="地点，如 岭东村村部一楼。")
@click.option("--hours", default="", help="时间，如 周一至周五 8:30-11:30。")
@click.option("--phone", default="", help="电话。")
@_REMOVE
@acts
def contact(  # noqa: PLR0913 - as it is typed
    who: Who, village: str, called: str, *, remove: bool, place: str, hours: str, phone: str
) -> None:
    """Somebody villagers may turn to."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    said = _given({"place": place, "hours": hours, "phone": phone})
    done(who, act.no_contact(village, called) if remove else act.contact(village, called, said))


@command.command(
    "programme",
    help="修改一个补贴项目：代码，再写 项=值，如 windows.wall_days=10；值空着就去掉这一项。"
    "新项目用 county pack adopt 采用模板。",
)
@click.argument("code")
@click.argument("fields", nargs=-1)
@_REMOVE
@acts
def programme(who: Who, code: str, fields: tuple[str, ...], *, remove: bool) -> None:
    """Fields of a programme by the names they have in its file."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    done(who, act.no_programme(code) if remove else act.programme(code, _pairs(fields)))


@command.command("case", help="征地案件清单：案件编号；--village 增加涉及的村，--remove 撤下。")
@click.argument("case_id")
@click.option("--project", default="", help="项目名称。")
@click.option(
    "--standing",
    default="",
    type=click.Choice(["", "open", "approved", "closed"]),
    help="正在办理、已批准、已办结。",
)
@click.option("--village", "villages", multiple=True, help="村名或村代码，可写多个。")
@_REMOVE
@acts
def case(  # noqa: PLR0913 - as it is typed
    who: Who, case_id: str, villages: tuple[str, ...], *, remove: bool, project: str, standing: str
) -> None:
    """A land case of the list."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    said = _given({"project": project, "standing": standing})
    done(who, act.no_land_case(case_id, villages) if remove else act.land_case(case_id, said, villages))


@command.command("term", help="增加一个不得公开的词；--remove 去掉。")
@click.argument("word")
@_REMOVE
@acts
def term(who: Who, word: str, *, remove: bool) -> None:
    """A word no list may say."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    done(who, act.no_term(word) if remove else act.term(word))


@command.command("calendar", help="换上一年的节假日表（CSV，表头 date,kind,festival）；--remove 去掉。")
@click.argument("year", type=click.IntRange(2000, 2099))
@click.option(
    "--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="节假日表。"
)
@_REMOVE
@acts
def calendar(who: Who, year: int, file: Path | None, *, remove: bool) -> None:
    """The days off of a year."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    if (file is None) != remove:
        raise click.UsageError("请用 --from 写明节假日表，或用 --remove 去掉这一年，两个里写一个。")
    done(who, act.whole_file(f"calendar/{year}.csv", file.read_bytes() if file else None))


@command.command(
    "file", help="换上资料包的一个文件，如 catalogue/village.csv、land/platform.toml；--remove 去掉。"
)
@click.argument("name")
@click.option(
    "--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="换成这个文件。"
)
@_REMOVE
@acts
def whole_file(who: Who, name: str, file: Path | None, *, remove: bool) -> None:
    """A whole file of the pack, as a table was saved."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    if (file is None) != remove:
        raise click.UsageError("请用 --from 写明换成哪个文件，或用 --remove 去掉它，两个里写一个。")
    done(who, act.whole_file(name, file.read_bytes() if file else None))


@command.command("retention", help="保管期限：种类（如 list），再写 permanent、30、10 或 3。")
@click.argument(
    "kind",
    type=click.Choice(["annual", "list", "application", "notice", "attachment", "register", "backfill"]),
)
@click.argument("kept", type=click.Choice(["permanent", "30", "10", "3"]))
@acts
def retention(who: Who, kind: str, kept: str) -> None:
    """How long a kind of record is kept."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    done(who, act.head(f"retention.{kind}", kept))


@command.command("mask", help="名单上的姓名怎么显示：full 全名，one_star、middle_star 遮一个字。")
@click.argument("names", type=click.Choice(["full", "one_star", "middle_star"]))
@acts
def mask(who: Who, names: str) -> None:
    """How names are shown."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    done(who, act.head("mask.names", names))


@command.command("phone", help="县级监督电话。")
@click.argument("number")
@acts
def phone(who: Who, number: str) -> None:
    """Whom villagers may call about anything."""
    from sync.county.packs import acts as act  # noqa: PLC0415 - loaded only when needed

    done(who, act.head("supervision_phone", number))


def _given(said: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in said.items() if text}


def _pairs(fields: Sequence[str]) -> dict[str, str]:
    """`windows.wall_days=10` by name; raises UsageError."""
    pairs = dict(one.partition("=")[::2] for one in fields)
    if not fields or not all("=" in one and one.partition("=")[0] for one in fields):
        raise click.UsageError("请写 项=值，如 windows.wall_days=10，几个之间用空格。")
    return pairs
