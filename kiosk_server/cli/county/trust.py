"""`county trust …`: root keys, seats and the ceremonies that change them; a step travels as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.errors import Fault, Refusal
from kiosk_server.cli.options import acts, clock, county_folder, example, given, passphrase
from sync.own_name import own_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from securesystemslib.signer import Key, Signer

    from kiosk_server.cli.options import Who
    from sync.county.county import County
    from sync.county.trust_steps import Step
    from sync.trust.statement import Office, Seat

_WARN_DAYS = 60
_ENOUGH = "签名已够，请用 county trust sign 加 --folder 使它生效"
_path = click.Path(path_type=Path)
_out = click.option("--out", type=_path, help="步骤文件写到哪里，如U盘；默认在 <folder>/trust/。")
_office = click.option(
    "--office", type=click.Choice(["publisher", "reviewer"]), help="职务：发布人或审核人。"
)
_public = click.option(
    "--public", metavar="FILE", help="公钥文件（county key new 写的 .pub），或公钥那一行文字。"
)
_secret = click.option(
    "--passphrase-file", default="", metavar="FILE", help="写着口令的文件，- 为标准输入；不写就提示输入。"
)


class PrivateKeyGiven(Refusal):
    """Only the public half leaves its holder."""

    code = "private-key-given"
    fault = Fault.PERSON
    sentence = "{what} 是私钥，这里要公钥，没有办理。"
    advice = "请写它旁边的 .pub 文件；私钥留在本人的U盘上，不要交给别人。"


@click.group(
    "trust",
    help="谁的签名算数：根密钥、席位，和换人、换密钥的每一步。",
    epilog=example("county trust status --folder demo-county"),
)
def command() -> None:
    """Ceremonies (docs/trust.md)."""


@click.command(
    "init",
    help="三位保管人各自生成根密钥（--key-out）；再用三把公钥和两席的公钥做成第一步（--folder）。",
    epilog=example("county trust init --key-out /media/stick1/root1.key"),
)
@click.option("--key-out", type=_path, help="生成一把根密钥，写到这里（U盘）；口令只有保管人知道。")
@click.option("--folder", type=_path, help="县级发布目录。")
@click.option("--root", "roots", multiple=True, metavar="FILE", help="一位保管人的公钥文件；写三次。")
@click.option(
    "--seat",
    "seats",
    multiple=True,
    nargs=3,
    metavar="LOGIN OFFICE FILE",
    help="一个席位：登录名、publisher 或 reviewer、公钥文件；至少两人。",
)
@_out
@_secret
@click.pass_context
def init(  # noqa: PLR0913, PLR0917 - the options of two acts
    ctx: click.Context,
    key_out: Path | None,
    folder: Path | None,
    roots: tuple[str, ...],
    seats: tuple[tuple[str, str, str], ...],
    out: Path | None,
    passphrase_file: str,
) -> None:
    """One root key, or the first step."""
    if key_out:
        _root_key(key_out, passphrase_file)
        return
    given(ctx, "folder", "--root", "--seat")
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.trust_acts import founding  # noqa: PLC0415

    county = open_county(folder or Path())
    if len(roots) != 3:
        raise click.BadParameter("要三位保管人的公钥，各写一次 --root", ctx, param_hint="--root")
    made = founding(county, [_root_public(one) for one in roots], [_seat(*one) for one in seats], clock())
    _made(county, made, out)


@click.command(
    "add",
    help="增加一位发布人或审核人；或用 --root 补上第三把根密钥。",
    epilog=example("county trust add sun --office reviewer --public sun.pub --folder demo-county --as li"),
)
@click.argument("login", required=False)
@_office
@_public
@click.option("--root", "root", is_flag=True, help="增加的是一把根密钥（--public）。")
@_out
@acts
@click.pass_context
def add(  # noqa: PLR0913, PLR0917
    ctx: click.Context,
    who: Who,
    login: str | None,
    office: Office | None,
    public: str | None,
    root: bool,
    out: Path | None,
) -> None:
    """Somebody comes."""
    from sync.county.trust_acts import online_key, rerooted, restated, root_keys, with_seat  # noqa: PLC0415

    county = who.county()
    if root:
        given(ctx, "--public")
        keys = (*root_keys(county), _root_public(public or ""))
        made = rerooted(county, "add", keys, online_key(county), clock())
    else:
        given(ctx, "login", "--office", "--public")
        seat = _seat(login or "", office or "", public or "")
        made = restated(county, "add", clock(), seats=with_seat(county, seat))
    _made(county, made, out)


@click.command(
    "retire",
    help="一个人离任：两位保管人签名后，他的密钥不再算数。",
    epilog=example("county trust retire wang --folder demo-county --as li"),
)
@click.argument("login")
@_office
@_out
@acts
def retire(who: Who, login: str, office: Office | None, out: Path | None) -> None:
    """Somebody leaves."""
    from sync.county.trust_acts import restated, without  # noqa: PLC0415

    county = who.county()
    made = restated(county, "retire", clock(), seats=without(county, login, office or ""))
    _made(county, made, out)


@click.command(
    "revoke",
    help="密钥丢失或被盗：作废一个人的密钥，或用 --root 作废一把根密钥。",
    epilog=example("county trust revoke wang --folder demo-county --as li"),
)
@click.argument("login", required=False)
@_office
@click.option("--root", metavar="FINGERPRINT", help="作废的是这把根密钥（指纹见 county trust status）。")
@_out
@acts
@click.pass_context
def revoke(  # noqa: PLR0913, PLR0917
    ctx: click.Context,
    who: Who,
    login: str | None,
    office: Office | None,
    root: str | None,
    out: Path | None,
) -> None:
    """A key was lost or stolen."""
    from sync.county.trust_acts import online_key, rerooted, restated, without  # noqa: PLC0415

    county = who.county()
    if root:
        made = rerooted(county, "revoke", _without_root(county, root), online_key(county), clock())
    else:
        given(ctx, "login")
        made = restated(county, "revoke", clock(), seats=without(county, login or "", office or ""))
    _made(county, made, out)


@click.command(
    "rotate",
    help="换密钥：一个人的、一把根密钥（--root）、在线密钥（--online）或心跳密钥（--heartbeat）。",
    epilog=example("county trust rotate wang --public wang.pub --folder demo-county --as li"),
)
@click.argument("login", required=False)
@_office
@_public
@click.option("--root", metavar="FINGERPRINT", help="换掉这把根密钥，换成 --public。")
@click.option("--online", is_flag=True, help="换服务器的在线密钥。")
@click.option("--heartbeat", is_flag=True, help="换服务器的心跳密钥。")
@_out
@acts
@click.pass_context
def rotate(  # noqa: PLR0913, PLR0917
    ctx: click.Context,
    who: Who,
    login: str | None,
    office: Office | None,
    public: str | None,
    root: str | None,
    online: bool,
    heartbeat: bool,
    out: Path | None,
) -> None:
    """Another key for the same."""
    from sync.county import trust_acts  # noqa: PLC0415
    from sync.trust.repository import key_of  # noqa: PLC0415

    county, now = who.county(), clock()
    if root:
        given(ctx, "--public")
        keys = (*_without_root(county, root), _root_public(public or ""))
        made = trust_acts.rerooted(county, "rotate", keys, trust_acts.online_key(county), now)
    elif online:
        coming = key_of(trust_acts.next_key(county, "online").verifier.public)
        made = trust_acts.rerooted(county, "rotate", trust_acts.root_keys(county), coming, now)
    elif heartbeat:
        beat = (str(trust_acts.next_key(county, "heartbeat").verifier),)
        made = trust_acts.restated(county, "rotate", now, heartbeat=beat)
    else:
        given(ctx, "login", "--public")
        seats = trust_acts.rekeyed(county, login or "", _text_of(public or ""), office or "")
        made = trust_acts.restated(county, "rotate", now, seats=seats)
    _made(county, made, out)


@click.command(
    "resign",
    help="换人、换密钥之后：把已公布的检查点、资料包、登记册交两席用现在的密钥重签，内容不变。",
    epilog=example("county trust resign --folder demo-county --as li"),
)
@_out
@acts
def resign(who: Who, out: Path | None) -> None:
    """The same texts, new signatures."""
    from sync.county.resigning import resigning  # noqa: PLC0415

    county = who.county()
    _made(county, resigning(county, clock()), out)


@click.command(
    "sign",
    help="先说明这一步改什么，再用一把密钥签名；签名够了、又给了 --folder，就生效。",
    epilog=example("county trust sign trust/step.json --key /media/stick1/root1.key"),
)
@click.argument("path", metavar="STEP", type=_path)
@click.option("--key", type=_path, help="密钥文件，如 /media/stick1/root1.key。")
@click.option("--signer", metavar="URI", help="硬件密钥：securesystemslib 的地址，如 hsm:…、file2:…。")
@click.option("--folder", type=_path, help="县级发布目录；签名够了就在这里生效。")
@_secret
@click.pass_context
def sign(  # noqa: PLR0913, PLR0917
    ctx: click.Context,
    path: Path,
    key: Path | None,
    signer: str | None,
    folder: Path | None,
    passphrase_file: str,
) -> None:
    """Show, sign, and bring into force."""
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.resigning import refuse_strange  # noqa: PLC0415
    from sync.county.trust_acts import adopt  # noqa: PLC0415
    from sync.county.trust_steps import keep, missing, signed, step_of, told  # noqa: PLC0415

    step = step_of(path)
    click.echo("\n".join(told(step)))
    if step.act == "resign":
        given(ctx, "folder")
    county = open_county(folder) if folder else None
    if key or signer:
        if county and step.act == "resign":
            refuse_strange(county, step)
        step = keep(signed(step, _signer(step, key, signer or "", passphrase_file)), path)
        click.echo("已签名。")
    if lines := missing(step):
        click.echo("\n".join(lines))
    elif county:
        adopt(county, step, clock())
        click.echo("签名已够，已生效。")
        _what_follows(step)
    else:
        click.echo(f"签名已够。请在县级发布目录的机器上运行：county trust sign {path.name} --folder …")


@click.command(
    "status",
    help="谁可以签什么、各文件的有效期、正在办的步骤还差谁的签名；有要处理的事时退出码为 1。",
    epilog=example("county trust status --folder demo-county"),
)
@county_folder
@click.option("--days", default=_WARN_DAYS, show_default=True, help="提前多少天提醒到期。")
def status(folder: Path, days: int) -> int:
    """Who, until when, what is under way."""
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.trust_acts import under_way  # noqa: PLC0415
    from sync.county.trust_status import alarms, standing  # noqa: PLC0415
    from sync.county.trust_steps import told  # noqa: PLC0415

    county = open_county(folder)
    for one in under_way(county):
        click.echo(f"正在办：{one.path}")
        words = (next(told(one.step)), *(one.missing or (_ENOUGH,))) if one.step else one.missing
        click.echo("\n".join(f"  {line}" for line in words))
    click.echo("\n".join(standing(county)))
    warned = list(alarms(county, clock(), days))
    click.echo("\n".join(f"! {line}" for line in warned) or "没有要处理的事。")
    return 1 if warned else 0


def _root_key(path: Path, passphrase_file: str) -> None:
    """A root key on its holder's medium, and its public half beside it."""
    from sync.county.trust_steps import fingerprint  # noqa: PLC0415
    from sync.durable import durable  # noqa: PLC0415
    from sync.log.keys import new_key, write_key  # noqa: PLC0415

    made = new_key("root")
    if path.exists():
        raise click.BadParameter(f"{own_name(path)} 已经在那里，不会覆盖", param_hint="--key-out")
    write_key(made, path, passphrase(f"给 {path.name} 定一个口令", path.name, passphrase_file, twice=True))
    durable(path.with_suffix(".pub"), f"{made.verifier}\n".encode())
    click.echo(f"已生成根密钥 {path}，公钥 {path.with_suffix('.pub')}。")
    click.echo(f"指纹 {fingerprint(made.verifier.public)}，请记在纸上；密钥文件留在U盘，只把 .pub 带走。")


def _made(county: County, step: Step, out: Path | None) -> None:
    """Write the step, and say what it will change and who must sign."""
    from sync.county.trust_steps import keep, missing  # noqa: PLC0415

    name = f"{step.made_at.replace('-', '').replace(':', '')}-{step.act}.json"
    path = out or county.folder / "trust" / name
    step = keep(step, path)
    click.echo("\n".join((*step.reads, *missing(step))))
    click.echo(f"步骤文件：{path}。签名：county trust sign {path} --key 密钥文件")


def _what_follows(step: Step) -> None:
    if step.act in {"retire", "revoke", "rotate"} and step.said != step.before:
        click.echo("请接着运行 county trust resign，由两席重签已公布的内容（一体机只认现在的密钥）。")
    if step.act in {"retire", "revoke"}:
        click.echo("账号请同时停用：county people leave。")


def _signer(step: Step, key: Path | None, uri: str, passphrase_file: str) -> Signer:
    """The key file, or the device."""
    from sync.county.trust_steps import asked, device  # noqa: PLC0415
    from sync.log.keys import read_key  # noqa: PLC0415
    from sync.trust.repository import signer_of  # noqa: PLC0415

    if key:
        return signer_of(read_key("", key, passphrase(f"密钥 {key.name} 的口令", key.name, passphrase_file)))
    return device(uri, list(asked(step).values()), lambda what: passphrase(what, uri, passphrase_file))


def _text_of(said: str) -> str:
    """A public key as it was given: its file, or the line itself."""
    path = Path(said)
    text = path.read_text("utf-8", "replace").strip() if "+" not in said or path.is_file() else said
    if text.startswith("-----BEGIN"):
        raise PrivateKeyGiven(what=path.name)
    return text


def _root_public(said: str) -> Key:
    from sync.county.trust_acts import public_key  # noqa: PLC0415

    return public_key(_text_of(said))


def _seat(person: str, office: str, public: str) -> Seat:
    from sync.county.trust_acts import seat  # noqa: PLC0415

    return seat(person, office, _text_of(public))


def _without_root(county: County, fingerprint: str) -> Sequence[Key]:
    from sync.county.trust_acts import without_root  # noqa: PLC0415

    return without_root(county, fingerprint)


for _one in (init, add, retire, revoke, rotate, sign, resign, status):
    command.add_command(_one)
