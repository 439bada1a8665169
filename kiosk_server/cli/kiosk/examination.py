"""Everything a kiosk needs, looked at one by one. A look returns what it saw, or refuses."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sqlite3
import struct
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http.client import HTTPConnection, HTTPException
from importlib import metadata
from pathlib import Path

import kiosk_server
from boards.model.calendar.civil_day import trusted_today
from boards.model.errors import Fault, Refusal
from boards.model.kept.register import Act
from boards.model.land.register import completeness
from boards.model.pack import MaskPolicy
from boards.model.windows import named_too_long
from kiosk_server.archive import land_board
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.troubles import ArchiveDamaged, ArchiveMissing, named
from kiosk_server.archive.reserve import RESERVE_BYTES, held
from kiosk_server.archive.schema.soundness import answered, pages_hold
from kiosk_server.crashes import DISTRIBUTION, FOLDER, reports
from kiosk_server.desk.adopted import NothingFromCounty
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.erasing import due
from kiosk_server.desk.last_contact import Heard
from kiosk_server.kiosk import (
    data,
    database,
    open_pack,
    open_press,
    open_register,
    villages_known,
    villages_unknown,
)
from kiosk_server.release import BUILT, VERSION
from kiosk_server.serving.sockets import PortInUse, open_doors
from kiosk_server.settings import KIOSK_HOST, Settings, Web, read_settings
from sync.trust_layout import REGISTER, STATEMENT, target_at

PACKAGES = ("boards", "sync", "printouts", "kiosk_server")
PYTHONS = ((3, 11), (3, 14))  # from, below
OLDEST_SQLITE = (3, 40, 0)  # Debian 12


class NotFit(Refusal):
    """Something a kiosk needs is not as it must be."""

    code = "not-fit"
    fault = Fault.MACHINE
    sentence = "{seen}。"
    advice = "{todo}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    seen: str
    well: bool


def examined(path: Path, now: datetime) -> tuple[Finding, ...]:
    """All findings; what needs the settings is left out while they cannot be read."""
    findings = [_looked("Python", python), _looked("SQLite", sqlite)]
    findings += [_looked(f"软件包 {name}", partial(package, name)) for name in PACKAGES]
    try:
        settings = read_settings(path)
    except Refusal as refusal:
        return (*findings, Finding(what="设置", seen=str(refusal), well=False))
    looks: dict[str, Callable[[Settings], str]] = {
        "数据目录": room,
        "县级资料包": pack,
        "信任": keys,
        "登记": enrolled,
        "字库": fonts,
        "朗读": voice,
        "档案库": archive,
        "征地信息": land,
        "删除": erasing,
        "留存": inspection,
        "时钟": partial(time_of, now=now),
        "出错报告": crashes,
        "端口": doors,
    }
    findings.append(Finding(what="设置", seen=path.name, well=True))
    return (*findings, *(_looked(what, partial(look, settings)) for what, look in looks.items()))


def _looked(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what=what, seen=look(), well=True)
    except Refusal as refusal:
        return Finding(what=what, seen=str(refusal), well=False)
    except OSError as error:
        return Finding(what=what, seen=error.strerror or type(error).__name__, well=False)
    except Exception as error:
        if told := named(error):
            return Finding(what=what, seen=str(told), well=False)
        raise


def python() -> str:
    """CPython 3.11 to 3.13, 64 bits: what our locked wheels exist for."""
    seen = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    if not PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1] or struct.calcsize("P") != 8:
        raise NotFit(
            seen=f"Python {seen}，{struct.calcsize('P') * 8} 位", todo="请用 64 位的 Python 3.11 至 3.13。"
        )
    return seen


def sqlite() -> str:
    """The SQLite that Python brings."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise NotFit(seen=f"SQLite {sqlite3.sqlite_version} 太旧", todo="请升级操作系统到 Debian 12 或更新。")
    return sqlite3.sqlite_version


def package(name: str) -> str:
    """A generic name like `sync` must be ours: another wheel with the same name overwrites silently."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin:
        raise NotFit(seen=f"找不到 {name}", todo="请重新运行 make setup。")
    found = Path(spec.origin).resolve()
    others = sorted(set(metadata.packages_distributions().get(name, ())) - {DISTRIBUTION})
    if others:
        raise NotFit(seen=f"{name} 也被 {'、'.join(others)} 占用", todo="请卸载它，再重新运行 make setup。")
    if found.parent != Path(kiosk_server.__file__).resolve().parent.with_name(name):
        raise NotFit(seen=f"{name} 不属于 {DISTRIBUTION}", todo="请在独立的 .venv 里重新运行 make setup。")
    return f"属于 {DISTRIBUTION} {VERSION}"


def room(settings: Settings) -> str:
    """A folder we may write to, with room for the next import."""
    folder = data(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"kiosk")
    free_mb = shutil.disk_usage(folder).free >> 20
    if free_mb < settings.minimum_free_mb:
        raise NotFit(seen=f"只剩 {free_mb} MB，少于 {settings.minimum_free_mb} MB", todo="请清理磁盘。")
    if settings.database:  # the reserve is for the archive's file
        return f"可写，剩余 {free_mb} MB"
    reserve = "另有储备" if held(folder) else "储备空间下次同步时留出"
    return f"可写，剩余 {free_mb} MB，{reserve} {RESERVE_BYTES >> 20} MB"


def pack(settings: Settings) -> str:
    """The county pack adopted last knows our villages, and keeps no sensitive name too long."""
    opened = open_pack(settings)
    for refusal in villages_unknown(settings, opened):
        raise refusal
    if long := named_too_long(opened):
        raise NotFit(seen=f"{'、'.join(long)}的姓名显示超过30天", todo="请县里在资料包里缩短公示期。")
    return f"{opened.county} 第 {opened.version} 版，本机 {len(settings.villages)} 个村"


def keys(settings: Settings) -> str:
    """Whom the root of trust names can be read, and the last pull had nothing to say against it."""
    from sync.trust.seats import Seats  # noqa: PLC0415 - a broken library is a finding, not a crash at start
    from sync.trust.statement import statement_of  # noqa: PLC0415

    if not settings.path(settings.root).exists():
        raise NotFit(
            seen=f"没有信任根 {settings.root}，还没有和县里配对", todo="请运行 kiosk pair 配对文件。"
        )
    with closing(_board(settings)) as board:
        said = board.trusted().get(target_at(STATEMENT))
    if said is None:
        raise NothingFromCounty
    if alarms := Heard(data(settings)).alarms():
        raise NotFit(seen=alarms[0].sentence, todo="请看上次 kiosk sync 的提示。")
    seats = Seats(statement_of(said))
    return f"发布人 {len(seats.publishers)} 把，审核人 {len(seats.reviewers)} 把"


def enrolled(settings: Settings) -> str:
    """The county's register has this machine, with its key and its villages."""
    from kiosk_server.pairing import KEYS, identity, refuse_unenrolled  # noqa: PLC0415 - see above

    with closing(_board(settings)) as board:
        register = board.trusted().get(target_at(REGISTER))
    own = identity(data(settings) / KEYS)
    told = refuse_unenrolled(register, own, settings.villages)
    return told or ("县里还没有登记册" if own else "没有本机密钥，不在登记之列")


def fonts(settings: Settings) -> str:
    """The fonts that every printed sheet needs are here; which a county should add is a note."""
    from kiosk_server.press.fonts_cache import OFFICIAL, DiskShelf  # noqa: PLC0415 - see `keys`

    own = settings.path(settings.fonts_dir) if settings.fonts_dir else None
    shelf = DiskShelf(data(settings) / "press", own)
    missing = [f"{font}（存为 {role}.ttf）" for role, font in OFFICIAL.items() if not shelf.has_own(role)]
    if not missing:
        return "齐全"
    folder = "kiosk.toml 的 fonts_dir 文件夹" if own else "一个文件夹，并在 kiosk.toml 里填 fonts_dir"
    return f"齐全；公文字体现用宋体代替，县里如有授权，请把{'、'.join(missing)}放进{folder}"


def voice(settings: Settings) -> str:
    """Who reads aloud here; a silent board is well, its button hides."""
    press = open_press(settings)
    return press.voice.described if press.can_speak else f"{press.voice.described}，不显示朗读按钮"


def archive(settings: Settings) -> str:
    """The database opens and answers, and nothing in it waits for an official."""
    where = database(settings)
    if isinstance(where, Path) and where.exists() and not pages_hold(where):
        raise ArchiveDamaged(name=where.name)
    with answered(where), closing(_board(settings)) as board:
        health = board.health()
    if health.held or health.incidents or health.frozen or health.upgrade_needed:
        seen = f"{len(health.held)} 批核对不符，{health.incidents} 处异常，{health.frozen} 个村的日志已冻结"
        raise NotFit(seen=seen, todo="请通知县里；已公开的内容不受影响。")
    return f"{len(health.logs)} 个村，{sum(log.size for log in health.logs)} 条记录"


def land(settings: Settings) -> str:
    """Every land case of the county's list hangs in the villages of this kiosk (征地信息全覆盖)."""
    opened = open_pack(settings)
    with closing(_board(settings)) as board, board.snapshot():
        shown = {code: land_board.case_ids(board.land(code)) for code in villages_known(settings, opened)}
    found = completeness(opened.land_cases, shown)
    if not found.complete:
        names = {village.code: village.name for village in opened.villages}
        gaps = (f"{gap.project}（{'、'.join(names[code] for code in gap.villages)}）" for gap in found.gaps)
        raise NotFit(
            seen=f"县里列出的征地案件有的没有公开：{'；'.join(gaps)}", todo="请先同步，仍缺的请县里补发。"
        )
    return f"应公开 {found.due} 件，已全部公开"


def erasing(settings: Settings) -> str:
    """What the county had erased is gone from this machine."""
    try:
        with closing(_board(settings)) as board:
            found = due(board, data(settings))
    except ArchiveMissing:
        return "还没有档案库"
    if found.villages:
        seen = f"{len(found.villages)} 个村有县里删除的内容还没有从本机完全抹去"
        raise NotFit(seen=seen, todo="请运行 kiosk sync。")
    return "县里删除的内容，本机已全部抹去"


def inspection(settings: Settings) -> str:
    """What came of the last look at everything that is kept."""
    told = [one for one in open_register(settings).told() if one.act is Act.INSPECT]
    if not told:
        return "还没有核对过（kiosk inspect，宜每夜运行）"
    day = told[-1].at[:10]
    if "damaged" in {one.village: one.outcome for one in told}.values():
        raise NotFit(seen=f"{day} 核对时有对不上又修不好的", todo="请运行 kiosk inspect，按提示处理。")
    return f"{day} 已逐项核对"


def crashes(settings: Settings) -> str:
    """Reports of our own mistakes that a maintainer should have."""
    folder = data(settings) / FOLDER
    count = len(reports(folder))
    return f"{count} 份，在 {folder}，请交给维护人员" if count else "没有"


def time_of(settings: Settings, now: datetime) -> str:
    """The clock is not before what was last believed, nor far beyond it."""
    floor = BUILT
    with suppress(ArchiveMissing), closing(_board(settings)) as board:
        floor = max(floor, board.trusted_floor())
    day, suspect = trusted_today(now, floor, walked(data(settings)))
    if suspect:
        raise NotFit(seen=f"时钟可疑，暂按 {day} 公示", todo="请校准本机时间。")
    return day.isoformat()


def _board(settings: Settings) -> Board:
    return Board(database(settings), MaskPolicy(version=""))  # counts only, no name is asked for


def doors(settings: Settings) -> str:
    """The ports are free, or the board that is running answers on them."""
    try:
        for one in open_doors(settings.web):
            one.close()
    except PortInUse:
        if not _running(settings.web):
            raise
        return "公开栏正在运行"
    return "空闲"


def _running(web: Web) -> bool:
    with closing(HTTPConnection(KIOSK_HOST, web.kiosk_port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return "database" in json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError):
            return False
