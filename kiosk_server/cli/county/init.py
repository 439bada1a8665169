"""`county init FOLDER`: what a county says of itself becomes its folder, with a whole pack.

What was typed so far is kept in FOLDER/answers.toml until the folder is made, so that it can be gone on with.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from kiosk_server.cli.options import clock, example
from sync.own_name import own_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.county.founding.answers import Answers, Question

_FLAGS = {
    "county_code": "--code",
    "county": "--name",
    "site": "--site",
    "supervision_phone": "--phone",
    "villages": "--villages",
    "programmes": "--programme",
    "origin_prefix": "--origin-prefix",
}


class AnswersMissing(Refusal):
    """There is nobody to ask, and not everything was given."""

    code = "answers-missing"
    fault = Fault.PERSON
    sentence = "建县还缺少：{missing}。"
    advice = "请加上这些选项，或写进 --answers 的文件；在终端里运行会逐项询问。"


@click.command(
    "init",
    help="建立县级发布目录：在终端里逐项询问，或用选项、答复文件；导入村名单，写成完整的资料包。",
    epilog=example("county init demo-county --pack deploy/demo/pack --site https://gongkai.example"),
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--answers", "file", type=click.Path(path_type=Path), help="答复文件（TOML），各项同下面的选项。"
)
@click.option("--code", "county_code", default="", help="县代码 6 位，如 330590。")
@click.option("--name", "county", default="", help="县名，如 苕安县。")
@click.option("--site", default="", help="公开网站的地址，https:// 开头，印进二维码。")
@click.option("--phone", "supervision_phone", default="", help="监督电话（单位固定电话或热线）。")
@click.option("--villages", default="", help="本县村名单：xlsx、xls、ods 或 csv，要有 区划代码、村名、乡镇。")
@click.option("--programme", "programmes", multiple=True, help="采用的补贴项目模板，可以写几次。")
@click.option("--origin-prefix", default="", help="日志名称前缀，默认 county-<县代码>；以后不能改。")
@click.option("--pack", type=click.Path(path_type=Path), help="已有的资料包目录，代替上面各项。")
def command(folder: Path, file: Path | None, pack: Path | None, **given: object) -> None:
    """Ask for what is missing, write the pack, make the folder, say what comes next."""
    from sync.county.county import CountyExists, founded  # noqa: PLC0415 - loaded only when needed
    from sync.county.founding.first_pack import write  # noqa: PLC0415

    if (folder / "county.toml").exists():
        raise CountyExists(folder=own_name(folder))
    said = _given(folder, file, given)
    said, files = _of_pack(said, pack) if pack else _of_answers(said, folder)
    kept = write(folder / "pack", files, said.county_code)
    about = {"origin_prefix": said.origin_prefix, "site": said.site}
    founded(folder, name=said.county, county_code=said.county_code, **about, now=clock())
    (folder / "answers.toml").unlink(missing_ok=True)
    click.echo(f"已建立{said.county}的发布目录：{folder}")
    for name in kept:
        click.echo(f"原来就有，没有覆盖：pack/{name}")
    _what_next(folder, said)


def _given(folder: Path, file: Path | None, given: Mapping[str, object]) -> Answers:
    """Options before the file of answers, and that before what was typed at an earlier start."""
    from sync.county.founding.answers import QUESTIONS, Answers, answers_in  # noqa: PLC0415

    earlier = folder / "answers.toml"
    said = answers_in(earlier.read_bytes()) if earlier.exists() else Answers()
    if file:
        told = answers_in(file.read_bytes())
        villages = str(file.parent / told.villages) if told.villages else ""
        said = _over(said, {**msgspec.structs.asdict(told), "villages": villages})
    for question in QUESTIONS:
        value = given[question.field]
        text = " ".join(value) if isinstance(value, tuple) else str(value)
        if text and (why := question.fault(text)):
            raise click.BadParameter(why, param_hint=_FLAGS[question.field])
    said = _over(said, given)
    if said.site and (why := _too_long(said.site)):
        raise click.BadParameter(why, param_hint=_FLAGS["site"])
    return said


def _too_long(site: str) -> str:
    """Why a site's address does not do for a QR code; "" where it does."""
    from printouts.qr import fits  # noqa: PLC0415

    return "" if fits(site) else "太长，二维码里放不下，请用短一些的网址"


def _over(said: Answers, given: Mapping[str, object]) -> Answers:
    return msgspec.structs.replace(said, **{name: value for name, value in given.items() if value})


def _of_pack(said: Answers, folder: Path) -> tuple[Answers, dict[str, bytes]]:
    """A pack that exists says itself of which county it is."""
    from sync.pack import pack_files, read_pack  # noqa: PLC0415

    pack = read_pack(folder)
    return _over(said, {"county_code": pack.county_code, "county": pack.county}), pack_files(folder)


def _of_answers(said: Answers, folder: Path) -> tuple[Answers, dict[str, bytes]]:
    """Ask for what is missing where somebody can be asked; raises AnswersMissing."""
    from sync.county.founding.answers import still_open  # noqa: PLC0415
    from sync.county.founding.first_pack import first_pack  # noqa: PLC0415
    from sync.county.founding.village_list import villages_in  # noqa: PLC0415

    if sys.stdin.isatty() and still_open(said):
        said = _asked(said, folder)
    if missing := still_open(said):
        raise AnswersMissing(missing="、".join(f"{one.asked}（{_FLAGS[one.field]}）" for one in missing))
    villages, empty = villages_in(Path(said.villages).read_bytes(), said.county_code)
    click.echo(f"村名单：{len({one.town for one in villages})} 个乡镇，{len(villages)} 个村。")
    if empty:
        click.echo(f"没有村的乡镇，请核对名单有没有漏：{'、'.join(empty)}")
    return said, first_pack(said, villages, civil_day(clock()))


def _asked(said: Answers, folder: Path) -> Answers:
    """One question after the other, each answer kept at once."""
    from sync.county.founding.answers import QUESTIONS  # noqa: PLC0415
    from sync.durable import durable  # noqa: PLC0415

    for question in QUESTIONS:
        if getattr(said, question.field):
            continue
        said = _over(said, {question.field: _answer(question, said)})
        durable(folder / "answers.toml", said.toml())
    return said


def _answer(question: Question, said: Answers) -> object:
    """Ask until an answer does."""
    from sync.county.founding.answers import codes_in  # noqa: PLC0415

    asked = f"{question.asked}，例如 {question.example}"
    while True:
        text = click.prompt(asked, default=None if question.needed else "", show_default=False).strip()
        why = (question.fault(text) if text else "") or _unfit(question, text, said)
        if not why:
            return codes_in(text) if question.field == "programmes" else text
        click.echo(f"  {why}")


def _unfit(question: Question, text: str, said: Answers) -> str:
    """Why an address is too long or a file no list of villages; "" for every other answer."""
    from sync.county.founding.village_list import villages_in  # noqa: PLC0415

    if question.field != "villages":
        return _too_long(text) if question.field == "site" else ""
    try:
        villages_in(Path(text).read_bytes(), said.county_code)
    except OSError as why:
        return f"打不开这个文件（{why.strerror}）"
    except Refusal as why:
        return str(why)
    return ""


def _what_next(folder: Path, said: Answers) -> None:
    from sync.county.founding.lacking import lacking  # noqa: PLC0415
    from sync.pack import found_in  # noqa: PLC0415

    if left := lacking(*found_in(folder / "pack"), civil_day(clock())):
        click.echo(f"资料包还有 {len(left)} 处要补或核对：county pack check --folder {folder}")
    if not said.site:
        click.echo("还没有公开网站的地址：以后写进 county.toml 的 site。")
