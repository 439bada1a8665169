"""The demo: a county founded on this machine, its real-looking rosters published, one kiosk that pulls them.

Nothing here is a short cut: the rosters go through check, proposal, review and publication, the
feed is served over HTTP by `county serve`, and the kiosk believes only what both keys signed.

    <folder>/county/   the county's folder: keys, proposals, feed
    <folder>/people/   the passphrases of its two persons and of its roots, and first passwords for the
                       desk, which in a demo lie beside
    <folder>/roots/    its three root keys
    <folder>/land/     its land case, with the days it has in this demo
    <folder>/kiosk/    kiosk.toml and the kiosk's data
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from kiosk_server.county_office.staff.roles import CLERK, PACK_EDITOR, REVIEWER, people_of
from kiosk_server.demo.founding import PEOPLE, ROOT, both_seated, whole_county
from kiosk_server.people.accounts import ADMINISTRATOR, Newcomer, Role, accounts, add, add_first
from sync.county.heartbeat import beat
from sync.county.intake.process import read_roster
from sync.county.publish import proposals
from sync.county.publish.batch import batch_toml
from sync.county.publish.published.lists import published_lists
from sync.county.publish.publisher import propose, publish, review
from sync.county.reading import Verdict
from sync.durable import durable
from sync.trust_layout import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from boards.model.place import Village
    from kiosk_server.archive.board import Board
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal

STAFF = (
    ("admin", "演示管理员", (Role(ADMINISTRATOR),)),
    ("li", "李经办", (Role(CLERK), Role(PACK_EDITOR))),
    ("wang", "王审核", (Role(REVIEWER),)),
)
PUBLIC_BASE_URL = "https://gongkai.example"  # a name reserved for examples: the demo has no county site


class DemoDataMissing(Refusal):
    """The demo county's pack or rosters are not where they should be."""

    code = "demo-data-missing"
    fault = Fault.PERSON
    sentence = "找不到演示数据：{folder}。"
    advice = "请在项目目录里运行，或用 --data 指明 deploy/demo 的位置。"


class VillageUnknown(Refusal):
    """The demo county has no such village."""

    code = "village-unknown"
    fault = Fault.PERSON
    sentence = "演示县里没有“{village}”。"
    advice = "可选：{known}。"


class SumsDiffer(Refusal):
    """What the boards show is not what the rosters say."""

    code = "sums-differ"
    fault = Fault.MACHINE
    sentence = "{village}公开的合计与县级花名册不一致（{shown} 分，应为 {source} 分）。"
    advice = "请用 --fresh 重新建立演示县；若仍如此，请把这句话交给维护人员。"


class VillageSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One village as its board shows it; `source_total = sum + left_out`, to the fen."""

    code: str
    name: str
    rows: int
    households: int
    sum_fen: int
    left_out_fen: int
    source_total_fen: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What `kiosk demo --once --json` prints."""

    villages: tuple[VillageSummary, ...]
    pdfs: tuple[str, ...]
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """Where the demo's data comes from, and the folders it lives in."""

    data: Path
    county: Path
    kiosk: Path
    land: Path  # the land case, its days counted from the founding day

    @property
    def people(self) -> Path:
        """Where the passphrases lie, one a file."""
        return self.county.parent / "people"

    @property
    def roots(self) -> Path:
        """Where the three root keys lie."""
        return self.county.parent / "roots"

    @property
    def settings(self) -> Path:
        """The kiosk's settings."""
        return self.kiosk / "kiosk.toml"

    @property
    def rosters(self) -> tuple[Path, ...]:
        """The rosters, each with a `<name>.batch.toml` beside it; raises DemoDataMissing."""
        tomls = sorted((self.data / "rosters").glob("*.batch.toml"))
        found = tuple(
            path
            for toml in tomls
            for path in toml.parent.glob(f"{toml.name.removesuffix('.batch.toml')}.*")
            if path != toml
        )
        if not found:
            raise DemoDataMissing(folder=self.data / "rosters")
        return found


def founded(demo: Demo, now: datetime) -> County:
    """The demo county, founded the first time."""
    if (demo.county / "county.toml").exists():
        peopled(demo, county := both_seated(demo.county, passphrases(demo)), now)
        return county
    if not (demo.data / "pack").is_dir():
        raise DemoDataMissing(folder=demo.data / "pack")
    known = passphrases(demo)
    county = whole_county(demo.county, demo.data / "pack", known, demo.roots, now)
    peopled(demo, county, now)
    return county


def passphrases(demo: Demo) -> dict[str, str]:
    """What opens the demo's keys: drawn once and kept beside them, which only a demo may do."""
    return {who: _drawn(demo.people / who) for who in (*PEOPLE, ROOT)}


def peopled(demo: Demo, county: County, now: datetime) -> None:
    """Accounts of its two persons and an administrator; first passwords lie beside, <login>.password."""
    people = people_of(county, lambda: now, new=True)
    known = {one.login for one in accounts(people)}
    for login, name, roles in STAFF:
        if login not in known:
            who = Newcomer(login, name, roles, _drawn(demo.people / f"{login}.password"))
            add_first(people, who) if not accounts(people) else add(people, STAFF[0][0], who)
    people.close()


def _drawn(path: Path) -> str:
    # 0-9 and a-f spell no login of STAFF: a password that holds its login would be refused.
    if not path.exists():
        durable(path, f"{secrets.token_hex(12)}\n".encode(), private=True)
    return path.read_text().strip()


def published(county: County, roster: Path, now: datetime, say: Callable[[str], None]) -> Proposal:
    """One roster through all steps, from wherever an earlier run was stopped."""
    reading = read_roster(roster.name, roster.read_bytes(), county.pack.villages)
    before = (one for one in proposals.proposals(county) if one.source_sha256 == reading.source_sha256)
    made = next(before, None)  # what an earlier run made of this very file
    if made is None:
        verdict = "检查通过" if reading.verdict is Verdict.OK else "有问题"
        say(f"· {roster.name}：{len(reading.rows)} 行，{verdict}")
        toml = batch_toml(roster.with_name(f"{roster.stem}.batch.toml").read_bytes())
        made = propose(county, reading, toml, now)
    if proposals.stands(county, made) == "proposed":
        review(county, made.id, now)
    if proposals.stands(county, made) != "published":
        publish(county, made.id, now)
        say(f"  已审核、已发布：{len(made.parts)} 个村，{made.count} 户次")
    return made


def beaten(county: County, home: Village, now: datetime) -> None:
    """The county's heartbeat, once a day; one that an earlier release founded has no key for it."""
    note, trust = county.log(home.code).note(), county.trust()
    heard = trust.voices(note).heard if note else None
    if trust.beats and (heard is None or civil_day(heard) < civil_day(now)):
        beat(county, now)


def home_village(county: County, asked: str) -> Village:
    """The village by code or name; raises VillageUnknown."""
    for village in county.pack.villages:
        if asked in {village.code, village.name, f"{village.town}{village.name}"}:
            return village
    known = "、".join(f"{village.town}{village.name}" for village in county.pack.villages)
    raise VillageUnknown(village=asked, known=known)


def kiosk_toml(county: County, home: Village, feed_url: str, port: int, database: str = "") -> str:
    """The kiosk's settings: it stands in `home`, and as a town-hall kiosk it holds the other villages too."""
    others = [village.code for village in county.pack.villages if village != home]
    return f"""# 演示用的一体机设置，由 kiosk demo 写成；各项说明见 deploy/kiosk.toml。
villages = {_toml([home.code, *others])}
public_base_url = {_toml(PUBLIC_BASE_URL)}
database = {_toml(database)}

[feed]
url = {_toml(feed_url)}

[web]
kiosk_port = {port}
"""


def pair(settings: Path, toml: str, county: County) -> None:
    """Write kiosk.toml, and beside it the county's root of trust, as a pairing file brings it."""
    settings.write_text(toml, "utf-8")
    first = county.feed / FOLDER / "metadata" / "1.root.json"
    settings.with_name("root.json").write_bytes(first.read_bytes())


def _toml(value: str | list[str]) -> str:
    """A JSON string or list of strings is a TOML one too."""
    return msgspec.json.encode(value).decode()


def village_summary(board: Board, village: Village) -> VillageSummary:
    """One village from its board."""
    heads = board.sheets(village.code)
    return VillageSummary(
        code=village.code,
        name=village.name,
        rows=sum(head.count for head in heads),
        households=board.households(village.code),
        sum_fen=sum(head.sum_fen for head in heads),
        left_out_fen=sum(part.sum_fen for head in heads for part in head.left_out),
        source_total_fen=sum(head.source_total_fen for head in heads),
    )


def compared(shown: VillageSummary, county: County) -> VillageSummary:
    """The board against what the county has published, by us or by whoever tried it; raises SumsDiffer."""
    lists = published_lists(county, shown.code).values()
    source = sum(one.close.source_total_fen for one in lists if not one.withdrawn)
    if not shown.source_total_fen == source == shown.sum_fen + shown.left_out_fen:
        raise SumsDiffer(village=shown.name, shown=shown.source_total_fen, source=source)
    return shown
