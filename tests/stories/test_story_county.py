"""A county from its founding through a stolen laptop, a clerk who leaves, a lost root stick and a dead machine.

Everything is typed as it is in an office. Two kiosks: one sees all of it as it happens, the other sleeps from its
first pull on, catches up with one, and shows the same.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from kiosk_server.cli import county_command, kiosk_command
from kiosk_server.kiosk import open_kiosk
from kiosk_server.settings import read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.stories.conftest import BIN
from tests.web.conftest import at_leisure, served

pytestmark = pytest.mark.thorough

HOME, OTHER = "330590100201", "330590101201"
OFFICE = "苕安县农业农村局"
HEAD = ("序号", "村名", "组别", "户主姓名", "补贴面积(亩)", "补贴标准(元/亩)", "补贴金额(元)")
ANSWERS = """county_code = "330590"
county = "苕安县"
site = "https://gongkai.example"
supervision_phone = "0572-5000012"
villages = "村名单.csv"
programmes = ["farmland_fertility"]
"""
VILLAGES = f"区划代码,村名,乡镇\n{HOME},岭东村,梅坞镇\n{OTHER},桥南村,双浒镇\n"
PAID = datetime.now(UTC).date()
BATCH = f"""programme = "farmland_fertility"
fiscal_year = {PAID.year}
period_no = "{PAID.year}-0{{0}}"
paid_on = {PAID}
funds = "中央财政"
office = "{OFFICE}"
phone = "0572-5000012"
address = "村委会或乡镇农业服务中心"
source = "县农业农村局报送"
"""
PEOPLE = {"li": "publisher", "sun": "publisher", "wang": "reviewer", "zhao": "reviewer"}
NIGHTLY = "what nobody guesses of a cellar"


class Office:
    """A county's folder, its people's sticks, and whatever is typed; `folder` moves with the county."""

    def __init__(self, place):
        self.place, self.folder = place, place / "shaoan"
        (place / "said").mkdir(0o700)
        (place / "backup.pass").write_text(f"{NIGHTLY}\n")

    def passphrase(self, who):
        """What its holder types, and nobody else knows."""
        path = self.place / "said" / who
        path.write_text(f"drawers hold the sticks {sum(who.encode())}\n")
        return ["--passphrase-file", path]

    def key(self, name):
        """A key on its holder's own stick: li.key, li-2.key, root1.key."""
        stick = self.place / f"stick-{name.partition('-')[0]}"
        stick.mkdir(exist_ok=True)
        return stick / f"{name}.key"

    def opens(self, name):
        return ["--key", self.key(name), *self.passphrase(name.partition("-")[0])]

    def typed(self, *words):
        """A command of the county in its folder; exit code and what was told."""
        said = [*map(str, words), *(() if words[:2] == ("key", "new") else ("--folder", str(self.folder)))]
        done = CliRunner().invoke(county_command, said)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    def does(self, *words):
        """A command that must end well."""
        code, told = self.typed(*words)
        assert code == 0, f"{words}\n{told}"
        return told

    def refused(self, *words):
        """The code of a refusal."""
        code, told = self.typed(*words)
        assert code == 2, f"{words}\n{told}"
        return re.findall(r"（([a-z-]+)）", told)[-1]

    def makes_key(self, who, name=""):
        path = self.key(name or who)
        self.does(
            *("key", "new", "--as", who, "--office", PEOPLE[who], "--prefix", "county-330590"),
            *("--out", path, *self.passphrase(who)),
        )
        return path.with_suffix(".pub")

    def keeps_root(self, name):
        """A keeper's key, made on a machine that never sees the county."""
        words = ["trust", "init", "--key-out", self.key(name), *self.passphrase(name)]
        done = CliRunner().invoke(county_command, [*map(str, words)])
        assert done.exit_code == 0, done.output
        return self.key(name).with_suffix(".pub")

    def ceremony(self, *words, by="wang", roots=("root2", "root3")):
        """A step is made here, signed by two keepers, each elsewhere, and comes into force here; what it says last."""
        step = self.place / "step.json"
        self.does("trust", *words, "--as", by, "--out", step)
        first, second = roots
        alone = ["trust", "sign", step, *self.opens(first)]
        assert CliRunner().invoke(county_command, [*map(str, alone)]).exit_code == 0
        assert "已生效" not in self.does("trust", "sign", step)
        told = self.does("trust", "sign", step, *self.opens(second))
        assert "已生效" in told
        return told

    def resigns(self, *seats):
        """Both seats sign once more what hangs."""
        step = self.place / "resign.json"
        self.does("trust", "resign", "--out", step, "--as", "wang")
        told = [self.does("trust", "sign", step, *self.opens(name)) for name in seats]
        assert "已生效" in told[-1]

    def reviewed(self, told):
        """The reviewer reads what was proposed and signs what was shown; its id."""
        made = re.findall(r"\d{8}T\d{6}Z-[^\s，。]+", told)[-1]
        shown = re.findall(r"--shown (\S+)", self.does("review", made))[-1]
        self.does("review", "--accept", made, "--shown", shown, "--as", "wang", *self.opens("wang"))
        return made

    def publishes(self, made, name):
        return self.does("publish", made, "--as", name.partition("-")[0], *self.opens(name))

    def roster(self, number, *yuan):
        """A workbook as the agricultural office sends it, and what it does not say; the words to propose it."""
        book = Workbook()
        book.active.append(HEAD)
        for line, (village, who, amount) in enumerate(yuan, 1):
            book.active.append((line, village, "一组", who, amount // 100, 100, amount))
        book.active.append(("合计", None, None, None, None, None, sum(one[2] for one in yuan)))
        book.save(self.place / f"{number}.xlsx")
        (self.place / f"{number}.toml").write_text(BATCH.format(number), "utf-8")
        return ["propose", self.place / f"{number}.xlsx", "--batch", self.place / f"{number}.toml"]

    def pack(self, name, *edits):
        """The pack is edited, proposed, reviewed and published."""
        who = name.partition("-")[0]
        for words in edits:
            self.does("pack", "edit", *words, "--as", who)
        made = self.reviewed(self.does("pack", "propose", "--version", "auto", "--as", who))
        self.publishes(made, name)


class Kiosk:
    """A village's kiosk: its commands and its board."""

    def __init__(self, home, village):
        self.home, self.village, self.toml = home, village, home / "kiosk.toml"

    def typed(self, *words):
        done = CliRunner().invoke(kiosk_command, [*map(str, words)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    def does(self, verb, *words):
        code, told = self.typed(verb, "--settings", self.toml, *words)
        assert code == 0, told
        return told

    def board(self):
        """The home page and every list that hangs, as villagers read them."""
        now = datetime.now(UTC)
        with (
            closing(open_kiosk(read_settings(self.toml), lambda: now)) as kiosk,
            served(
                lambda port: web_app(kiosk, port, Logbook(StringIO(), lambda: now), ticks=at_leisure())
            ) as site,
        ):
            pages = [site.get(f"/v/{self.village}/").body.decode()]
            found = sorted(set(re.findall(rf"/v/{self.village}/payouts/[\w-]+", pages[0])))
            pages += [site.get(path).body.decode() for path in found]
        return re.sub(r"<[^>]*>", " ", "\n".join(pages))


@contextmanager
def serving(folder, port=0):
    """`county serve` in a process of its own; its port."""
    words = [BIN / "county", "serve", "--folder", folder, "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(re.search(r":(\d+)/", process.stdout.readline())[1])
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def office(tmp_path, reads_here):
    return Office(tmp_path)


@pytest.fixture
def machine(tmp_path, new_database, kept_fonts):
    """`machine(village, pairing)` pairs a kiosk from a stick; no disk is full, and fonts are cut already."""

    def made(village, pairing):
        kiosk = Kiosk(tmp_path / f"kiosk-{village}", village)
        code, told = kiosk.typed("pair", pairing, "--folder", kiosk.home)
        assert code == 0, told
        text = kiosk.toml.read_text("utf-8").replace("minimum_free_mb = 200", "minimum_free_mb = 0")
        kiosk.toml.write_text(text.replace('database = ""', f'database = "{new_database()}"'), "utf-8")
        kept_fonts(kiosk.home / "data" / "press")
        return kiosk

    return made


def founded(office):
    """Answers, accounts, keys on sticks, three roots; neither two clerks nor one root key found a county."""
    (office.place / "村名单.csv").write_text(VILLAGES, "utf-8")
    (office.place / "answers.toml").write_text(ANSWERS, "utf-8")
    words = ["init", office.folder, "--answers", office.place / "answers.toml"]
    assert CliRunner().invoke(county_command, [*map(str, words)]).exit_code == 0
    add = ("people", "add")
    office.does(*add, "zhang", "--name", "张主任", "--first", *office.passphrase("zhang"))
    for who, name in (("li", "李会计"), ("sun", "孙会计")):
        roles = ("--role", f"clerk:{OFFICE}", "--role", "pack_editor")
        office.does(*add, who, "--name", name, *roles, "--as", "zhang", *office.passphrase(who))
    reviewer = ("--name", "王主任", "--role", "reviewer", "--as", "zhang")
    office.does(*add, "wang", *reviewer, *office.passphrase("wang"))
    roots = [word for name in ("root1", "root2", "root3") for word in ("--root", office.keeps_root(name))]
    seats = {
        who: ("--seat", who, does, office.makes_key(who)) for who, does in PEOPLE.items() if who != "zhao"
    }
    step = office.place / "first.json"
    two_clerks = ("trust", "init", *roots, *seats["li"], *seats["sun"], "--out", step)
    assert office.refused(*two_clerks) == "trust-step-wrong"
    office.does("trust", "init", *roots, *(word for one in seats.values() for word in one), "--out", step)
    assert "已生效" not in office.does("trust", "sign", step, *office.opens("root1"))
    assert "已生效" in office.does("trust", "sign", step, *office.opens("root2"))


def first_pack_and_list(office):
    """What the template leaves open is filled in; pack and first list go through both seats."""
    guide = (
        "guide.standard=每亩补贴 100 元。",
        "guide.deadline=每年3月至5月登记。",
        "guide.phone=0572-5000021",
    )
    contact = ("--place", "岭东村村部一楼", "--hours", "周一至周五 8:30至11:30", "--phone", "0572-5000110")
    edits = (("programme", "farmland_fertility", *guide), ("contact", "岭东村", "村务公开员", *contact))
    office.pack("li", *edits)
    told = office.does(*office.roster(1, ("岭东村", "林一", 200), ("桥南村", "林三", 400)), "--as", "li")
    office.publishes(office.reviewed(told), "li")


def kiosks(office, machine, port):
    """A pairing file on a stick for each, the answers back, the register signed by both."""
    found = []
    for village, name in ((HOME, "岭东村"), (OTHER, "桥南村")):
        stick = office.place / f"{village}.pairing"
        office.does("enrol", name, "--feed", f"http://127.0.0.1:{port}/", "--out", stick, "--as", "li")
        found.append(machine(village, stick))
    answers = [word for one in found for word in ("--answer", office.place / f"{one.village}.answer.json")]
    office.publishes(office.reviewed(office.does("enrol", *answers, "--as", "li")), "li")
    return found


def laptop_lost(office):
    """Li's laptop held the key and a copy of the county's folder with a list the reviewer had signed."""
    told = office.does(*office.roster(2, ("桥南村", "林五", 900)), "--as", "li")
    waiting = office.reviewed(told)
    thief = Path(shutil.copytree(office.folder, office.place / "laptop"))
    office.does("people", "lock", "li", "--as", "zhang")
    words = ("publish", waiting, "--as", "li", *office.opens("li"))
    assert office.refused(*words) == "account-locked"
    office.ceremony("revoke", "li", roots=("root1", "root3"))
    office.does("people", "unlock", "li", "--as", "zhang")
    assert office.refused(*words) == "person-unknown"
    done = CliRunner().invoke(county_command, [*map(str, words), "--folder", str(thief)])
    assert done.exit_code == 0, done.output
    shutil.rmtree(thief / "feed" / "trust")
    shutil.copytree(office.folder / "feed" / "trust", thief / "feed" / "trust")
    return thief, waiting


def laptop_replaced(office, waiting):
    """Both seats sign again what hangs; Sun publishes what waited; Li comes back with another key."""
    office.resigns("sun", "wang")
    office.publishes(waiting, "sun")
    office.ceremony("add", "li", "--office", "publisher", "--public", office.makes_key("li", "li-2"))


def clerk_retires(office):
    """The account is shut at once; the key counts no more when two keepers have signed."""
    office.does("people", "leave", "sun", "--as", "zhang")
    words = office.roster(3, ("岭东村", "林一", 100))
    assert office.refused(*words, "--as", "sun") == "account-locked"
    office.ceremony("retire", "sun")
    office.resigns("li-2", "wang")


def root_lost(office):
    """One of three: the other two put another in its place, and the lost one signs no more."""
    lost = re.findall(r"根密钥 (SHA256:\S+)", office.typed("trust", "status")[1])
    mine = subprocess.run(
        ["ssh-keygen", "-lf", office.key("root1")], capture_output=True, text=True, check=True
    ).stdout
    (fingerprint,) = [one for one in lost if one in mine]
    office.ceremony("rotate", "--root", fingerprint, "--public", office.keeps_root("root4"))
    step = office.place / "step.json"
    zhao = ("zhao", "--office", "reviewer", "--public", office.makes_key("zhao"))
    office.does("trust", "add", *zhao, "--as", "wang", "--out", step)
    assert office.refused("trust", "sign", step, *office.opens("root1")) == "trust-key-not-asked"


def dies_and_comes_back(office, backup):
    """An older backup on another machine: silent until it has seen all that was published since."""
    site = Path(shutil.copytree(office.folder / "feed", office.place / "site"))
    shutil.rmtree(office.folder)
    office.folder = office.place / "another" / "shaoan"
    office.folder.parent.mkdir()
    words = ["restore", backup, "--to", office.folder, "--passphrase-file", office.place / "backup.pass"]
    assert CliRunner().invoke(county_command, [*map(str, words)]).exit_code == 0
    assert office.refused("list") == "county-not-confirmed"
    words = ["restore", "--confirm", "--to", office.folder, "--published", site]
    done = CliRunner().invoke(county_command, [*map(str, words)])
    assert done.exit_code == 0, done.output
    office.does("people", "leave", "sun", "--as", "zhang")


def listed(office, number, *yuan):
    """A list goes through both seats; Li has the new key."""
    told = office.does(*office.roster(number, *yuan), "--as", "li")
    office.publishes(office.reviewed(told), "li-2")


def bad_weeks(office, awake, port):
    """The laptop, the clerk, the root stick, a new pack, a dead machine; the backup that is left is an old one."""
    thief, waiting = laptop_lost(office)
    with serving(thief, port):
        code, told = awake.typed("sync", "--settings", awake.toml)
    assert (code, "one-signature-only" in told, "林五" in awake.board()) == (2, True, False), told
    assert ("资料包的签名不够" in told, "登记册的签名不够" in told) == (True, True), told
    laptop_replaced(office, waiting)
    with serving(office.folder, port):
        awake.does("sync")
    assert "林五" in awake.board()
    disk = office.place / "disk"
    office.does("backup", "--to", disk, "--passphrase-file", office.place / "backup.pass")
    clerk_retires(office)
    root_lost(office)
    office.pack("li-2", ("phone", "0572-5000099"))
    listed(office, 3, ("岭东村", "林一", 100), ("岭东村", "林二", 300))
    office.does("heartbeat")
    dies_and_comes_back(office, *disk.glob("*.backup"))
    listed(office, 4, ("岭东村", "林一", 700), ("桥南村", "林三", 100))
    office.does("heartbeat")


def inspected(kiosk, to):
    """The village's year, handed out and checked by the program beside it, as an inspector runs it."""
    to.mkdir()
    code, told = kiosk.typed("export", "--settings", kiosk.toml, "--year", PAID.year, "--to", to)
    assert code in {0, 1}, told
    (bag,) = [path for path in to.iterdir() if (path / "bagit.txt").exists()]
    tool = [sys.executable, "-I", "-S", to / "核对工具" / "verify.py", bag]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_county_survives_what_befalls_it(office, machine, tmp_path):
    """Founded, robbed, left, short of a root stick, dead and restored: who slept through it shows what the others show."""
    founded(office)
    first_pack_and_list(office)
    with serving(office.folder) as port:
        sleeper, awake = kiosks(office, machine, port)
    with serving(office.folder, port):
        assert ("新到" in sleeper.does("sync"), "新到" in awake.does("sync")) == (True, True)
    before = sleeper.board()
    assert ("200.00元" in before, "林一" in before, "资料包 2026-1" in before) == (True, True, True)
    bad_weeks(office, awake, port)
    with serving(office.folder, port):
        sleeper.does("sync")
        awake.does("sync")
    board = sleeper.board()
    for shown in ("第3件，共3件", "共1,300.00元", "2户，共 400.00元", "1户，共 700.00元", "0572-5000099"):
        assert shown in board, shown
    assert "资料包 2026-2" in board
    assert "资料包 2026-1" not in board
    assert all(shown in awake.board() for shown in ("第3件，共3件", "共1,400.00元", "资料包 2026-2"))
    assert "公开的 3 批逐行相符" in sleeper.does("verify")
    assert "没有要处理的事" in office.does("trust", "status")
    inspected(sleeper, tmp_path / "stick")


def test_a_county_whose_site_burnt_with_its_machine_comes_back_from_its_kiosks(office, machine):
    """A pack and a list since the backup, and no mirror: each kiosk's own copy on a stick, or it stays closed."""
    founded(office)
    first_pack_and_list(office)
    with serving(office.folder) as port:
        both = kiosks(office, machine, port)
    disk = office.place / "disk"
    office.does("backup", "--to", disk, "--passphrase-file", office.place / "backup.pass")
    office.pack("li", ("phone", "0572-5000099"))
    told = office.does(*office.roster(2, ("岭东村", "林一", 100), ("桥南村", "林三", 300)), "--as", "li")
    office.publishes(office.reviewed(told), "li")
    with serving(office.folder, port):
        assert all("新到" in kiosk.does("sync") for kiosk in both)
    shutil.rmtree(office.folder)
    words = ["restore", *disk.glob("*.backup"), "--to", office.folder]
    words += ["--passphrase-file", office.place / "backup.pass"]
    assert CliRunner().invoke(county_command, [*map(str, words)]).exit_code == 0
    shown = [word for one in both for word in ("--published", one.home / "data" / "vault" / "events")]
    for part, code in ((shown[:2], 2), (shown, 0)):
        words = ["restore", "--confirm", "--to", office.folder, *part]
        done = CliRunner().invoke(county_command, [*map(str, words)])
        assert (done.exit_code, "newest-unseen" in done.output) == (code, code == 2), done.output
    told = office.does(*office.roster(3, ("岭东村", "林一", 700), ("桥南村", "林三", 100)), "--as", "li")
    office.publishes(office.reviewed(told), "li")
    with serving(office.folder, port):
        assert all("新到" in kiosk.does("sync") for kiosk in both)
    assert all("第3件，共3件" in kiosk.board() and "0572-5000099" in kiosk.board() for kiosk in both)
