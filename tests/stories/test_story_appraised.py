"""Nothing is destroyed but what people read, struck, signed twice, and what is over by a clock that is right."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from click.testing import CliRunner

from boards.model.kept.appraisal import TITLE, appraisal, listed
from boards.model.kept.register import Act, Entry
from boards.model.kept.retention import ArchiveKind, Kept, Retention
from kiosk_server.archive.kept.register import Register
from kiosk_server.archive.kept.vault import Vault
from kiosk_server.cli import county_command
from kiosk_server.dossier.appraising import elapsed
from sync.log.note import MalformedNote, parse
from sync.trust.seats import WrongKey
from tests import village
from tests.dossier.year_house import YearHouse
from tests.founding import as_typed, found, opened
from tests.line.county_sim import NOW as FOUNDED
from tests.line.county_sim import OTHER, PACK, VILLAGE, county, published, row
from tests.stories.keeping import Keeping
from tests.stories.test_story_backfill import LOOKED, NOW, picture, words, wrote
from tests.trust.trust_house import publish_pack

pytestmark = pytest.mark.thorough

BY = ("--by", "岭东村村民委员会")


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county that keeps older papers and one programme's lists for three years, with one list of 2025."""
    folder = tmp_path_factory.mktemp("appraised")
    pack = shutil.copytree(PACK, folder / "pack")
    with (pack / "pack.toml").open("a", encoding="utf-8") as file:
        file.write('\n[retention]\nbackfill = "3"\n')
    programme = pack / "programmes" / "farmland_fertility.toml"
    programme.write_text(f'retention = "3"\n{programme.read_text("utf-8")}', "utf-8")
    where = found(folder / "county", pack, "", FOUNDED)
    published(where, [row(n) for n in range(3)])
    return where


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts, monkeypatch):
    """It has two papers of 2019, which are over, and one of 2024, which is not."""
    made = Appraising(founded, tmp_path, new_database, kept_fonts)
    made.run("sync")
    made.on(NOW, monkeypatch)
    for n, year in enumerate((2019, 2019, 2024)):
        file = wrote(made, f"表{n}.png", picture("PNG", shade=100 + n))
        about = words(year=year, title=f"{year}年公示表{n}", day=f"{year}-12-01")
        assert made.does("backfill", *about, LOOKED, file)[0] == 0
    return made


class Appraising(Keeping):
    """A kiosk beside its county, with a list that goes from one to the other."""

    @property
    def list_(self):
        return self.folder / "鉴定清单.txt"

    def lists(self):
        """The list as it was written now."""
        code, said = self.does("appraise", "--list", self.list_)
        assert code == 0, said
        return self.list_.read_text("utf-8")

    def on(self, day, world):
        """The county's office has the same day."""
        super().on(day, world)
        world.setattr("kiosk_server.cli.county.appraise.clock", lambda: self.day)

    def signs(self, *steps, file=None, folder=None):
        """The county's roles sign; exit code and what was said of the last."""
        for step in steps:
            asked = ["appraise", step, str(file or self.list_), "--folder", str(folder or self.county.folder)]
            done = CliRunner().invoke(county_command, as_typed(asked))
        return done.exit_code, done.output

    def destroys(self, *more):
        return self.does("appraise", "--destroy", self.list_, *BY, *more)

    def here(self):
        """Titles of the papers whose bytes lie here, by their numbers."""
        entries = self.acts(Act.BACKFILL)
        return [one.title[-1] for one in entries if self.vault.read(one.sha256) is not None]

    def refuses(self, code):
        """Nothing went, and nothing was written down."""
        exit_code, said = self.destroys()
        assert (exit_code, f"（{code}）" in said) == (2, True), said
        assert (self.here(), self.acts(Act.APPRAISE, Act.DESTROY)) == (["0", "1", "2"], [])


def struck(text, number):
    """A list without the line of one paper."""
    return "".join(line for line in text.splitlines(keepends=True) if f"公示表{number}" not in line)


def test_what_both_signed_goes_and_what_was_struck_stays(kiosk):
    """The list names what is over; one line is struck; both sign; one file goes, its tombstone and the list stay."""
    text = kiosk.lists()
    first, second, _ = kiosk.acts(Act.BACKFILL)
    assert text.splitlines()[:2] == [TITLE, f"{VILLAGE} 岭东村"]
    assert text.splitlines()[3:] == [
        f"- 2019年公示表{n}（表{n}.png）｜补录 {one.record}｜保管3年｜属于2019年，到2022-12-31｜sha256 {one.sha256}"
        for n, one in enumerate((first, second))
    ]
    saved = "\ufeff" + struck(text, 1).replace("\n", "\r\n")  # as another program saves it
    kiosk.list_.write_text(saved, "utf-8", newline="")
    code, said = kiosk.signs("sign")
    assert (code, "发布人已签名" in said, "公示表0" in said, "公示表1" in said) == (0, True, True, False), (
        said
    )
    assert kiosk.signs("sign") == (0, said.split("发布人")[0] + "发布人早已签过，没有改动。\n")
    assert kiosk.signs("review")[0] == 0
    code, said = kiosk.destroys()
    assert (code, "按清单销毁 1 份" in said) == (0, True), said
    assert kiosk.here() == ["1", "2"]
    raw = kiosk.list_.read_bytes()
    kept, gone = kiosk.acts(Act.APPRAISE, Act.DESTROY)
    assert kiosk.vault.read(kept.sha256) == raw
    assert (gone.act, gone.sha256, gone.title, gone.by) == (Act.DESTROY, first.sha256, "2019年公示表0", BY[1])
    assert kept.sha256 in gone.reason
    (stone,) = (kiosk.data / "vault").rglob("*.gone")
    assert stone.name.startswith(first.sha256)
    assert kept.sha256.encode() in stone.read_bytes()
    assert "公示表0" not in kiosk.does("backfill", "--list")[1]
    assert kiosk.destroys()[1].count("销毁 0 份") == 1
    assert len(kiosk.acts(Act.APPRAISE, Act.DESTROY)) == 2
    assert "公示表0" not in kiosk.lists()
    assert "一致" in kiosk.run("verify")


def test_one_signature_is_none(kiosk):
    """Unsigned, signed by one role, or twice by one: nothing goes."""
    kiosk.lists()
    kiosk.refuses("appraisal-unreadable")
    kiosk.signs("sign", "sign")
    kiosk.refuses("one-signature-only")
    kiosk.lists()
    kiosk.signs("review")
    kiosk.refuses("one-signature-only")


def test_what_is_to_be_done_and_by_whom_must_be_said(kiosk):
    """Neither list nor destroy, both at once, or nobody who destroys: told, and nothing is done."""
    kiosk.lists()
    kiosk.signs("sign", "review")
    for words_, told in (
        ((), "缺少 --list"),
        (("--list", kiosk.list_, "--destroy", kiosk.list_, *BY), "--destroy 不能和 --list 一起写"),
        (("--destroy", kiosk.list_), "缺少 --by"),
        (("--destroy", kiosk.list_, "--by", "林秋实"), "不写人名"),
        (("--destroy", kiosk.folder / "没有.txt", *BY), "（file-trouble）"),
    ):
        code, said = kiosk.does("appraise", *words_)
        assert (code, told in said) == (2, True), said
    assert kiosk.here() == ["0", "1", "2"]


def test_another_countys_signatures_are_none(kiosk, tmp_path):
    """Of the same names, with other keys; and its own list, of a village it does not know, nobody here signs."""
    foreign = county(tmp_path / "foreign")
    kiosk.lists()
    kiosk.signs("sign", "review", folder=foreign.folder)
    kiosk.refuses("wrong-key")
    kiosk.list_.write_text(kiosk.lists().replace(VILLAGE, "990523100201"), "utf-8")
    assert "appraisal-elsewhere" in kiosk.signs("sign")[1]


@pytest.mark.parametrize(
    "how", [lambda text: struck(text, 1), lambda text: text.replace("保管3年", "保管10年", 1)]
)
def test_what_is_changed_after_a_signature_is_signed_by_nobody(kiosk, how):
    """A line struck or reworded between the two: the county refuses, and so does the kiosk."""
    kiosk.lists()
    kiosk.signs("sign")
    kiosk.list_.write_text(how(kiosk.list_.read_text("utf-8")), "utf-8")
    code, said = kiosk.signs("review")
    assert (code, "（appraisal-changed）" in said) == (2, True)
    kiosk.refuses("wrong-key")


def test_a_line_must_be_what_would_be_listed_now(kiosk, monkeypatch):
    """A paper of 2024, one that is not here, another class or year, signed by both: none of all goes."""
    text = kiosk.lists()
    first, _, young = kiosk.acts(Act.BACKFILL)
    monkeypatch.setattr("kiosk_server.cli.county.appraise.clock", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    for changed in (
        text + f"- 2024年公示表2（表2.png）｜补录 {young.record}｜保管3年｜属于2024年，到2027-12-31｜sha256 {young.sha256}\n",
        text + f"- 别的｜补录 backfill-00000000｜保管3年｜属于2019年，到2022-12-31｜sha256 {'0' * 64}\n",
        text.replace("保管3年", "保管10年", 1),
        text.replace("2019年公示表0（", "2018年公示表0（", 1),
        text.replace("2022-12-31", "2021-12-31", 1),
    ):  # fmt: skip
        kiosk.list_.write_text(changed, "utf-8")
        assert kiosk.signs("sign", "review")[0] == 0
        kiosk.refuses("appraisal-not-elapsed")
    kiosk.list_.write_text(text, "utf-8")
    kiosk.signs("sign", "review")
    hidden = next((kiosk.data / "vault").rglob(first.sha256))
    hidden.rename(kiosk.folder / "taken")
    assert "（appraisal-not-elapsed）" in kiosk.destroys()[1]
    assert kiosk.here() == ["1", "2"]
    hidden.write_bytes(b"something else")
    assert "（appraisal-not-elapsed）" in kiosk.destroys()[1]


def test_a_class_that_changed_since_destroys_nothing(kiosk):
    """The county keeps such papers for good now: the signed list is no longer what would be listed."""
    kiosk.lists()
    kiosk.signs("sign", "review")
    pack = kiosk.county.folder / "pack" / "pack.toml"
    pack.write_text(pack.read_text("utf-8").replace('backfill = "3"', 'backfill = "permanent"'), "utf-8")
    publish_pack(kiosk.county)
    kiosk.run("sync")
    kiosk.refuses("appraisal-not-elapsed")
    assert "0 份" in kiosk.does("appraise", "--list", kiosk.folder / "新.txt")[1]
    assert not (kiosk.folder / "新.txt").exists()


@pytest.mark.parametrize("day", [datetime(2099, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_suspect_clock_lists_and_destroys_nothing(kiosk, monkeypatch, day):
    """Whoever sets the clock forward finds nothing over."""
    kiosk.lists()
    kiosk.signs("sign", "review")
    kiosk.on(day, monkeypatch)
    kiosk.refuses("appraisal-clock")
    assert "（appraisal-clock）" in kiosk.does("appraise", "--list", kiosk.list_)[1]


def test_a_village_whose_clock_runs_ahead_finds_nobody_who_signs(kiosk, monkeypatch):
    """What must be kept by the county's own day is refused there, to the very day."""
    text = struck(struck(kiosk.lists(), 1), 2)
    for day, code in ((datetime(2022, 12, 31, 2, tzinfo=UTC), 2), (datetime(2023, 1, 1, 2, tzinfo=UTC), 0)):
        monkeypatch.setattr("kiosk_server.cli.county.appraise.clock", lambda day=day: day)
        kiosk.list_.write_text(text, "utf-8")
        exit_code, said = kiosk.signs("sign")
        assert (exit_code, "（appraisal-not-over）" in said) == (code, bool(code)), said


def test_what_people_are_asked_is_the_same_for_everybody_who_signs(kiosk):
    """Other words over the lines, or another village's name: signed by nobody, and destroying nothing."""
    text = kiosk.lists()
    asked = text.splitlines()[2]
    for changed, code in (
        (text.replace(asked, "2026-11-24 开列：以下档案永久保管。"), "appraisal-unreadable"),
        (text.replace(asked, asked[11:]), "appraisal-unreadable"),
        (text.replace("岭东村", "大岕口村", 1), "appraisal-elsewhere"),
    ):
        kiosk.list_.write_text(changed, "utf-8")
        exit_code, said = kiosk.signs("sign", "review")
        assert (exit_code, f"（{code}）" in said) == (2, True), said
    assert kiosk.here() == ["0", "1", "2"]


def test_an_old_list_says_nothing_of_what_came_since(kiosk, monkeypatch):
    """Two lists were signed with one paper on both; it went by one, and was taken in again: the other lets it be."""
    text = kiosk.lists()
    kiosk.list_.write_text(text, "utf-8")
    kiosk.signs("sign", "review")
    other = kiosk.list_.read_bytes()
    kiosk.list_.write_text(struck(text, 1), "utf-8")
    kiosk.signs("sign", "review")
    assert "销毁 1 份" in kiosk.destroys()[1]
    kiosk.on(NOW + timedelta(days=1), monkeypatch)
    about = words(year=2019, title="2019年公示表0", day="2019-12-01")
    assert kiosk.does("backfill", *about, LOOKED, kiosk.folder / "表0.png")[0] == 0
    kiosk.list_.write_bytes(other)
    assert "（appraisal-not-elapsed）" in kiosk.destroys()[1]
    kiosk.lists()
    kiosk.signs("sign", "review")
    assert "销毁 2 份" in kiosk.destroys()[1]


def test_no_signature_can_stand_under_something_else(kiosk):
    """A checkpoint is no list, a list no checkpoint, another village's list not ours."""
    checkpoint = (kiosk.county.folder / "feed" / "v" / VILLAGE / "checkpoint").read_bytes()
    text = kiosk.lists()
    kiosk.signs("sign", "review")
    trust, raw = kiosk.county.trust(), kiosk.list_.read_bytes()
    trust.require_both(VILLAGE, parse(raw))
    with pytest.raises(MalformedNote):
        trust.verified(VILLAGE, raw)
    grafted = parse(checkpoint)
    mixed = text.encode() + b"\n" + "".join(one.line() for one in grafted.signatures).encode()
    with pytest.raises(WrongKey):
        trust.require_both(VILLAGE, parse(mixed))
    kiosk.list_.write_bytes(checkpoint)
    kiosk.refuses("appraisal-unreadable")
    assert "appraisal-unreadable" in kiosk.signs("sign")[1]
    kiosk.list_.write_text(text.replace(f"{VILLAGE} 岭东村", f"{OTHER} 大岕口村"), "utf-8")
    assert kiosk.signs("sign", "review")[0] == 0
    kiosk.refuses("appraisal-other-village")


def test_a_power_cut_at_any_step_is_mended_by_doing_it_again(kiosk, monkeypatch):
    """Each file has one line however often it was stopped, and goes; what came in again since stays."""
    kiosk.lists()
    kiosk.signs("sign", "review")
    bury, times = Vault.bury, []

    def cut(vault, stone):
        times.append(stone)
        if len(times) == 2:
            raise KeyboardInterrupt
        bury(vault, stone)

    with monkeypatch.context() as world:
        world.setattr(Vault, "bury", cut)
        assert kiosk.destroys()[0] not in {0, 1, 2}
    assert kiosk.here() == ["1", "2"]
    assert len(kiosk.acts(Act.DESTROY)) == 2
    assert kiosk.destroys()[0] == 0
    assert (kiosk.here(), len(kiosk.acts(Act.DESTROY)), len(kiosk.acts(Act.APPRAISE))) == (["2"], 2, 1)
    about = words(title="又找到的", day="2019-12-01")
    assert kiosk.does("backfill", *about, LOOKED, kiosk.folder / "表1.png")[0] == 0
    assert "销毁 0 份" in kiosk.destroys()[1]
    assert "又找到的" in kiosk.does("backfill", "--list")[1]
    code, said = kiosk.does("inspect")
    assert (code, "✗" in said, "删除凭据" in said) == (0, False, False), said
    assert kiosk.vault.read(kiosk.acts(Act.BACKFILL)[-1].sha256) == (kiosk.folder / "表1.png").read_bytes()


def test_a_printed_sheet_goes_with_its_copies_and_what_was_signed_stays(kiosk, monkeypatch):
    """Three years after its year the sheet's file goes, here and where it was printed; its rows can be opened yet."""
    kiosk.run("print")
    (made,) = (one for one in kiosk.acts(Act.PRINT) if one.kind == ArchiveKind.LIST)
    (copy,) = (kiosk.data / "print").glob(f"*_{made.code}.pdf")
    others = {*(kiosk.data / "print").glob("*.pdf")} - {copy}
    later = datetime(2029, 1, 1, 2, tzinfo=UTC)
    (kiosk.data / "walked").write_text(later.isoformat(), "utf-8")
    kiosk.on(datetime(2028, 12, 31, 2, tzinfo=UTC), monkeypatch)
    assert made.title not in kiosk.lists()
    kiosk.on(later, monkeypatch)
    text = struck(struck(struck(kiosk.lists(), 0), 1), 2)
    assert text.splitlines()[3:] == [
        f"- {made.title}（{made.name}）｜发放公示表 {made.record}｜保管3年｜属于2025年，到2028-12-31｜sha256 {made.sha256}"
    ]
    kiosk.list_.write_text(text, "utf-8")
    kiosk.signs("sign", "review")
    theirs = copy.with_name("村规民约_1234567890.pdf")
    theirs.write_bytes(b"%PDF")
    assert "销毁 1 份" in kiosk.destroys()[1]
    assert kiosk.vault.read(made.sha256) is None
    assert {*(kiosk.data / "print").rglob("*.pdf")} == {theirs, *others}
    asked = ("--list", made.code, "--name", "甲一", "--by", BY[1], "--reason", "本人核对往年面积")
    code, said = kiosk.does("consult", *asked)
    assert (code, said.count("序号")) == (0, 1), said
    code, said = kiosk.does("inspect")
    assert (code, "✗" in said) == (0, False), said
    assert "销毁 0 份" in kiosk.destroys()[1]


def test_what_hangs_yet_is_on_no_list(tmp_path, monkeypatch):
    """A notice without a period stays up for years: its print is kept as long, whatever class the county gave it."""
    house = YearHouse.founded(tmp_path)
    toml = house.folder / "county" / "pack" / "pack.toml"
    toml.write_text(f'{toml.read_text("utf-8")}\n[retention]\nnotice = "3"\n', "utf-8")
    publish_pack(opened(house.folder / "county"))
    assert house.kiosk("sync")[0] == 0
    assert house.kiosk("print")[0] == 0
    printed = {one.code: one for one in Register(house.data).entries() if one.kind == ArchiveKind.NOTICE}
    later = datetime(2040, 1, 1, tzinfo=UTC)
    (house.data / "walked").write_text(later.isoformat(), "utf-8")
    for verb in ("appraise", "print"):
        monkeypatch.setattr(f"kiosk_server.cli.kiosk.{verb}.clock", lambda: later)
    yet = {code for code in printed if code in house.kiosk("print")[1]}
    code, said = house.kiosk("appraise", "--list", tmp_path / "list.txt")
    assert code == 0, said
    over = {*listed((tmp_path / "list.txt").read_text("utf-8"), "x").lines}
    assert yet == printed.keys()
    assert over
    assert not over & {one.sha256 for one in printed.values()}


def entry(act=Act.PRINT, **more):
    about = {"at": "2026-01-01T00:00:00Z", "village": village.CODE, "year": 2019, "kind": "list"}
    return Entry(**about | {"act": act, "sha256": "a" * 64, "record": "330590-machinery-2019-01"} | more)


def over(*entries, never=(), **classes):
    pack = msgspec.structs.replace(village.PACK, retention=Retention(**classes))
    return [one.kept for one in elapsed(entries, pack, village.CODE, date(2026, 6, 1), never)]


def test_what_is_over_is_asked_of_every_line_that_put_a_file_in():
    """The longest of them counts; of an unknown programme the longest class of any; unknown kinds are no item."""
    short = {"list": Kept.YEARS_3}
    assert over(entry()) == []
    assert over(entry(), **short) == [Kept.YEARS_3]
    assert over(entry(), entry(year=2025), **short) == []
    assert over(entry(), entry(Act.DESTROY), **short) == over(entry(), entry(Act.ERASE), **short) == []
    assert over(entry(), entry(Act.DESTROY), entry(), **short) == [Kept.YEARS_3]
    assert over(entry(kind="bag"), **short) == over(entry(year=0), **short) == []
    assert over(entry(village="330590101204"), **short) == []
    assert over(entry(), never={"a" * 64}, **short) == []
    assert over(entry(Act.EXPORT), entry(Act.APPRAISE), **short) == []
    own = msgspec.structs.replace(village.PACK.programmes[0], retention=Kept.YEARS_30)
    pack = msgspec.structs.replace(village.PACK, retention=Retention(list=Kept.YEARS_3), programmes=(own,))
    gone = [*elapsed([entry()], pack, village.CODE, date(2026, 6, 1), ())]
    assert gone == []  # machinery is no programme of this pack: it may have been kept as long as the longest
    assert over(entry(kind=ArchiveKind.NOTICE, record="x"), notice=Kept.YEARS_3) == [Kept.YEARS_3]


def test_a_list_is_read_strictly():
    """Only whole lines may be missing."""
    line = f"- 甲｜补录 x｜保管3年｜属于2019年，到2022-12-31｜sha256 {'a' * 64}\n"
    head = appraisal(village.PACK.villages[0], (), date(2026, 11, 24))
    assert listed(f"{head}{line}\n", "x").lines == {"a" * 64: line.strip()}
    for bad in (
        "",
        head,
        line,
        head + line + "另有一份\n",
        head.replace(village.CODE, "1") + line,
        head.replace(TITLE, "village-kiosk note v1") + line,
        head + " " + line,
    ):
        with pytest.raises(Exception, match="不是鉴定清单"):
            listed(bad, "x")
