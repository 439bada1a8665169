"""`kiosk sync`: fetch what the county has published, verify it, import it."""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import trusted_today
from boards.model.errors import Fault, Refusal
from kiosk_server.archive.engines.troubles import ArchiveDamaged
from kiosk_server.archive.past.closed_years import YearDoesNotMatch
from kiosk_server.archive.schema.soundness import as_made, explained
from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.crashes import FOLDER, kept
from kiosk_server.desk.adopted import NO_PACK, NothingFromCounty
from kiosk_server.desk.after_pull import draw_rare, move_clock_on, vouched_for, warm_fonts
from kiosk_server.desk.catch_up import Arrival, catch_up
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.enclosures import fetch_enclosures
from kiosk_server.desk.erasing import carry_through, out_of_reach
from kiosk_server.desk.erasing import told as papers_told
from kiosk_server.desk.keeping import keep_source
from kiosk_server.desk.last_contact import note_alarms, note_heard
from kiosk_server.desk.mending import brought_back, on_a_whole_archive
from kiosk_server.desk.trusting import learned
from kiosk_server.desk.wall import Down, down_since, years_replaced
from kiosk_server.kiosk import (
    Kiosk,
    data,
    keeping,
    open_archive,
    open_events,
    open_kiosk,
    open_road,
    open_vault,
    villages_unknown,
)
from kiosk_server.kiosk import places as places_of
from kiosk_server.pairing import KEYS, identity, refuse_unenrolled
from kiosk_server.release import BUILT
from kiosk_server.settings import Settings, read_settings
from sync.trust_layout import REGISTER, target_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kiosk_server.archive.archive import Archive
    from kiosk_server.desk.catch_up import Road

    Pulled = tuple[tuple[Arrival, ...], tuple[Refusal, ...]]  # and what was refused of keys and pack


@click.command(
    "sync",
    epilog=example("kiosk sync --settings kiosk.toml"),
)
@settings_option
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    """拉取县里新发布的内容 / pull, verify and admit.

    Exit code 0: up to date; 1: something is held (not reconciled, private numbers, a fork, a pack or keys);
    2: something was refused. What was there before stays as it was.
    """
    arrivals, alarms = asyncio.run(_synced(read_settings(path)))
    ctx.exit(max(exit_code(arrivals), EXIT_HOLD if alarms else EXIT_OK))


async def _synced(settings: Settings) -> Pulled:
    now, archive = clock(), open_archive(settings)
    road = open_road(settings, archive)
    try:
        return await on_a_whole_archive(
            archive, road, lambda: _pulled(settings, archive, road, now), now, partial(click.echo, err=True)
        )
    finally:
        await archive.close()


async def _pulled(settings: Settings, archive: Archive, road: Road, now: datetime) -> Pulled:
    await archive.migrate()
    if isinstance(archive.database, Path) and not as_made(archive.database):
        raise ArchiveDamaged(name=archive.database.name)
    refused = await _learned(settings, road, archive, now)
    await brought_back(archive, road, now)
    with progress_line("同步", "条记录") as progress:
        pulled = await catch_up(road, now, progress)
    unknown = villages_unknown(settings, archive.pack)
    arrivals = pulled + tuple(Arrival(village=str(one.facts["village"]), refusal=one) for one in unknown)
    for arrival in arrivals:
        ailing = explained(arrival.mishap, archive.database) if arrival.mishap else arrival.refusal
        if isinstance(ailing, ArchiveDamaged):
            raise ailing
    ailed = [arrival.refusal for arrival in arrivals if arrival.refusal]
    alarms = tuple(one for one in refused if not _told_anyway(one, ailed))
    _tell(settings, alarms)
    for arrival in arrivals:
        click.echo(told(arrival), err=arrival.refusal is not None)
        if arrival.mishap and (made := kept(data(settings) / FOLDER, arrival.mishap, "kiosk sync", now)):
            click.echo(f"  报告已写到 {made}，请交给维护人员。", err=True)
    with closing(open_kiosk(settings, clock)) as kiosk:
        await move_clock_on(archive, kiosk.board, arrivals, now, walked(data(settings)))
        if as_of := vouched_for(pulled, road.trust, max(now, kiosk.board.trusted_floor())):
            note_heard(data(settings), as_of)
        await settled_in(archive, road, kiosk, arrivals, click.echo)
        if unenrolled := _unenrolled(kiosk):
            click.echo(f"! {unenrolled}", err=True)
        with progress_line("备好打印用的字库"):
            cold = await warm_fonts(kiosk.board, kiosk.press, kiosk.pack, arrivals)
        if cold:
            click.echo(f"! 打印用的字库还没有备好：{cold}", err=True)
    return arrivals, alarms


async def _learned(settings: Settings, road: Road, archive: Archive, now: datetime) -> tuple[Refusal, ...]:
    """What is trusted by now; a pack that came is told. Raises NothingFromCounty where none ever has."""
    before = archive.pack
    refused = await learned(road, archive, now)
    if archive.pack is NO_PACK:
        _tell(settings, refused)
        raise NothingFromCounty
    if archive.pack.digest != before.digest:
        click.echo(f"✓ 收到了县里的资料包 {archive.pack.version}")
    return refused


def _told_anyway(alarm: Refusal, ailed: list[Refusal]) -> bool:
    """Whether a village says it too: a road that is broken is told once."""
    return any(one.code == alarm.code or one.fault is alarm.fault is Fault.ROAD for one in ailed)


def _tell(settings: Settings, alarms: tuple[Refusal, ...]) -> None:
    """What was refused of keys and pack; the board's banner and `kiosk doctor` know of it too."""
    for refusal in alarms:
        click.echo(f"! {refusal}", err=True)
    note_alarms(data(settings), alarms)


def _unenrolled(kiosk: Kiosk) -> Refusal | None:
    """Why the county's register does not know this machine; nothing stops for it (pairing §1)."""
    settings, register = kiosk.settings, kiosk.board.trusted().get(target_at(REGISTER))
    try:
        refuse_unenrolled(register, identity(data(settings) / KEYS), settings.villages)
    except Refusal as refusal:
        return refusal
    return None


async def settled_in(
    archive: Archive, road: Road, kiosk: Kiosk, arrivals: tuple[Arrival, ...], say: Callable[[str], None]
) -> None:
    """What a pull leaves to do: names to be read, files of notices, rare characters, erasures."""
    await archive.write_readings()
    files = await fetch_enclosures(road.source, open_vault(kiosk.settings), kiosk.board, road.pull_s)
    if files.missing:
        click.echo(f"! 征地公告还有 {files.missing} 份附件没有收到：{files.refusal}", err=True)
    keeping(kiosk.settings).begin()
    if unkept := await keep_source(open_events(kiosk.settings), archive):
        click.echo(f"! {unkept}", err=True)
    came = [arrival.village for arrival in arrivals if arrival.shown]
    if plain := await draw_rare(kiosk.board, kiosk.press, came):
        click.echo(f"! 生僻字的网页字库没有做成：{plain}", err=True)
    named = await _erased(archive, kiosk, say)
    folders = places_of(kiosk.settings).printed
    for arrival in arrivals:
        before = arrival.caught.before if arrival.caught else 0
        downs = down_since(kiosk.board, arrival.village, before, folders)
        for down in (*downs, *_years_replaced(kiosk, arrival.village, folders, before)):
            if down.code not in named:
                say(f"! {down.sentence}")


def _years_replaced(kiosk: Kiosk, village: str, folders: Iterable[Path], before: int) -> tuple[Down, ...]:
    """Papers of years that say something else by now; what is wrong with a stored year, verify says."""
    home = next((one for one in kiosk.pack.villages if one.code == village), None)
    if home is None:
        return ()
    board, walk = kiosk.board, walked(data(kiosk.settings))
    today, _ = trusted_today(kiosk.clock(), max(board.trusted_floor(), BUILT), walk)
    with suppress(YearDoesNotMatch):
        return years_replaced(board, kiosk.pack, home, today, folders, before)
    return ()


async def _erased(archive: Archive, kiosk: Kiosk, say: Callable[[str], None]) -> frozenset[str]:
    """Carry erasures through, and say which papers to take down; their codes."""
    places = places_of(kiosk.settings)
    found, refusal = await carry_through(archive, kiosk.board, kiosk.press, places, kiosk.clock())
    if found.villages and not refusal:
        say(f"! {len(found.villages)} 个村有县里依法删除的内容，已从本机的档案库、打印件和缓存里抹去")
    for line in papers_told(kiosk.board, found.papers):
        say(f"! {line}")
    for folder in out_of_reach(places) if found.papers else ():
        say(f"! 打印件曾存到 {folder}，现在读不到；请自行删去其中文件名带以上短码的打印件")
    if refusal:
        click.echo(f"! {refusal}", err=True)
    return frozenset(paper.head.code for paper in found.papers)


_QUARANTINED = "批不能公开（含个人号码，或与约定的格式不符），已隔离，请通知县里"


def exit_code(arrivals: tuple[Arrival, ...]) -> int:
    """The worst of all villages: a refusal before something held, that before all well."""
    if any(arrival.refused for arrival in arrivals):
        return EXIT_REFUSED
    return EXIT_HOLD if any(arrival.held for arrival in arrivals) else EXIT_OK


def told(arrival: Arrival) -> str:
    """One line about one village."""
    if arrival.refusal is not None:
        return f"✗ {arrival.village}：{arrival.refusal}"
    caught = arrival.caught
    if caught is None or caught.nothing_new:
        return f"✓ {arrival.village}：没有新内容"
    parts = caught.admitted
    held = sum(len(part.held) for part in parts)
    quarantined = sum(len(part.quarantined) for part in parts)
    notices = sum(part.notices for part in parts)
    years = sum(part.years for part in parts)
    line = f"{arrival.village}：新到 {caught.size - caught.before} 条记录"
    line += f"，公开 {len(arrival.shown)} 批 {caught.rows} 户次"
    line += f"，征地公告 {notices} 份" if notices else ""
    line += f"，年度汇总 {years} 份" if years else ""
    line += f"；{held} 批核对不符，暂不公开" if held else ""
    line += f"；{quarantined} {_QUARANTINED}" if quarantined else ""
    return f"{'!' if arrival.held else '✓'} {line}"
