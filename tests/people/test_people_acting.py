"""No command of a county acts but in the name of an account that may; carried away, a proposal is signed elsewhere."""

import base64
import json
import os
import re
import shutil

import msgspec
import pytest
from click.testing import CliRunner

from kiosk_server.cli import county_command
from kiosk_server.people.accounts import Role, lock, set_roles
from kiosk_server.people.errors import OfficeOfOthers
from sync.county.county import open_county
from sync.county.publish import hands, proposals, publisher
from sync.county.publish.parts import looked_at
from sync.log.keys import signed
from sync.log.note import Note
from tests.desk.desk_house import CLERK, NOW, PACK, REVIEWER, peopled
from tests.founding import found, passphrase_file
from tests.land.land_house import L1
from tests.line.county_sim import batch, published, reading, row, salts

pytestmark = pytest.mark.thorough


@pytest.fixture
def county(tmp_path):
    made = found(tmp_path / "county", PACK, "", NOW)
    peopled(made).close()
    return made


def typed(*words):
    return CliRunner().invoke(county_command, [str(one) for one in words])


ACTS = {
    "cancel X --reason 写错了": CLERK,
    "withdraw-land 文号 --reason 写错了": CLERK,
    "withdraw --village 岭东村 --programme rice --holder 某 --reason 写错了": CLERK,
    "pass 岭东村一体机 --revoke": "admin",
    "register end X": "admin",
    "register propose X": CLERK,
    "enrol 岭东村 --code --feed https://a --site https://gk.example.org": CLERK,
    "pack propose": "chen",
    "move --to X --passphrase-file X": "admin",
    "publish X": CLERK,
    "review --accept X --shown x": REVIEWER,
}


@pytest.mark.parametrize("line", ACTS)
def test_a_command_acts_only_in_the_name_of_who_may(county, line):
    """Unknown, an auditor, another role, locked: one sentence, before anything else is looked at."""
    words = [*line.split(), "--folder", county.folder]
    codes = {}
    other = "qian" if ACTS[line] == REVIEWER else "wang"  # a pack editor may publish too
    for login in ("nobody", "zhao", "sun", other, ACTS[line]):
        done = typed(*words, "--as", login)
        assert done.exit_code in {0, 2}
        codes[login] = done.output.rpartition("（")[2].rstrip("）\n")
    may = codes.pop(ACTS[line])
    assert codes.pop("nobody") == "account-unknown"
    assert {*codes.values()} == {"account-may-not"}
    assert not may.startswith("account-")
    people = peopled_again(county)
    if ACTS[line] != "admin":
        lock(people, "admin", ACTS[line])
        assert "account-locked" in typed(*words, "--as", ACTS[line]).output
    people.close()


def peopled_again(county):
    from kiosk_server.county_office.staff.roles import people_of  # noqa: PLC0415

    return people_of(county, lambda: NOW)


def test_a_clerk_proposes_for_his_own_office(county, tmp_path):
    """The office in batch.toml is whose list it is."""
    (tmp_path / "名册.csv").write_text("村,姓名,金额\n岭东村,王桂花,20\n", "utf-8")
    (tmp_path / "batch.toml").write_text(
        'programme = "rice"\nfiscal_year = 2025\nperiod_no = "2025-01"\nphase = "payment"\noffice = "农业农村局"\n',
        "utf-8",
    )
    words = ["propose", tmp_path / "名册.csv", "--batch", tmp_path / "batch.toml", "--folder", county.folder]
    assert "office-of-others" in typed(*words, "--as", "qian").output
    assert "office-of-others" not in typed(*words, "--as", CLERK).output


def test_an_office_is_one_with_and_without_the_county_before_it(county):
    """As the account has it and as batch.toml has it need not agree in the county's name, only in the office."""
    from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415

    name, people = county.settings.name, peopled_again(county)
    for given in ("农业农村局", "县农业农村局", f"{name}农业农村局"):
        set_roles(people, "admin", CLERK, [Role("clerk", given)])
        for told in ("农业农村局", "县农业农村局", f"{name}农业农村局"):
            assert permitted(county, CLERK, lambda: NOW, "clerk", office=told).acting == CLERK
        for other in ("民政局", f"{name}民政局", name, "梅坞镇农业农村局", "村局"):
            with pytest.raises(OfficeOfOthers, match=given):
                permitted(county, CLERK, lambda: NOW, "clerk", office=other)
    people.close()


def test_a_list_of_two_offices_is_of_each(county):
    """As offices write it: 县农业农村局、财政局 hand out together, and a clerk of either has the list at hand."""
    from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415

    people = peopled_again(county)
    for given, others in (("财政局", False), ("农业农村局", False), ("民政局", True)):
        set_roles(people, "admin", CLERK, [Role("clerk", given)])
        for told in (f"{county.settings.name}农业农村局、财政局", "县农业农村局，县财政局"):
            if others:
                with pytest.raises(OfficeOfOthers):
                    permitted(county, CLERK, lambda: NOW, "clerk", office=told)
            else:
                assert permitted(county, CLERK, lambda: NOW, "clerk", office=told).acting == CLERK
    people.close()


def test_a_record_says_whose_list_it_is_on(county):
    """A list of one's own named beside another office's record opens nothing."""
    published(county, [row(1), row(2)], office='"农业农村局"')
    told = batch(
        office='"民政局"',
        phase='"application"',
        planned_from="2025-11-01",
        planned_until="2025-12-01",
        paid_on=None,
    )
    made = publisher.propose(county, reading([row(1), row(2)]), told, NOW, salt=salts())
    publisher.review(county, made.id, NOW)
    publisher.publish(county, made.id, NOW)
    people = peopled_again(county)
    set_roles(people, "admin", CLERK, [Role("clerk", "农业农村局")])
    people.close()
    own = "330590-farmland_fertility-2025-01"
    words = ["--village", "岭东村", "--reason", "写错了", "--as", CLERK, "--folder", county.folder]
    for named in (own, f"{own}-app"):
        done = typed("withdraw", named, "--record", f"{own}-app-0001", *words)
        assert (done.exit_code, "office-of-others" in done.output) == (2, True), done.output
    assert typed("withdraw", own, "--record", f"{own}-0001", *words).exit_code == 0


def test_a_pack_is_published_by_whichever_clerk_has_the_seat(county):
    """The pack is of no office: the publisher of the statement may be clerk of one."""
    people = peopled_again(county)
    set_roles(people, "admin", CLERK, [Role("clerk", "农业农村局")])
    people.close()
    path = county.folder / "pack" / "pack.toml"
    path.write_text(re.sub('version = "[^"]*"', 'version = "2026-12"', path.read_text("utf-8")), "utf-8")
    assert typed("pack", "propose", "--as", "chen", "--folder", county.folder).exit_code == 0
    (made,) = proposals.proposals(county)
    publisher.review(county, made.id, NOW)
    key = ["--passphrase-file", passphrase_file(county.folder, CLERK)]
    done = typed("publish", made.id, "--as", CLERK, "--folder", county.folder, *key)
    assert done.exit_code == 0, done.output


def test_without_any_account_the_statement_says_who_there_is(tmp_path):
    """At the founding, and in folders of before: whoever has a seat, and nobody else."""
    made = found(tmp_path / "county", PACK, "", NOW)
    words = ["cancel", "X", "--reason", "写错了", "--folder", made.folder]
    assert "proposal-not-found" in typed(*words, "--as", CLERK).output
    assert "person-unknown" in typed(*words, "--as", "qian").output


def test_a_list_of_one_office_is_not_published_nor_cancelled_by_another_s(county):
    """Nor by a pack editor; a clerk of all offices publishes it, and who handed it in cancels it (people §1)."""
    toml = msgspec.structs.replace(batch(), office="农业农村局")
    made = publisher.propose(county, reading([row(1), row(2)]), toml, NOW, salt=salts())
    people = peopled_again(county)
    set_roles(people, "admin", CLERK, (Role("clerk", "别的局"), Role("pack_editor")))
    people.close()
    publishing = ["publish", made.id, "--as", CLERK, "--folder", county.folder]
    publishing += ["--passphrase-file", passphrase_file(county.folder, CLERK)]
    cancelling = ["cancel", made.id, "--reason", "写错了", "--as", CLERK, "--folder", county.folder]
    path = proposals.folder_of(county, made.id) / "hands.jsonl"
    own = path.read_bytes()
    path.write_bytes(own.replace(f'"by":"{CLERK}"'.encode(), b'"by":"qian"'))
    for words in (publishing, cancelling):
        assert "office-of-others" in typed(*words).output
    path.write_bytes(own)
    assert "not-reviewed" in typed(*publishing).output
    assert "已取消" in typed(*cancelling).output


AS_IT_HANGS = "--village 岭东村 --programme farmland_fertility --reason 写错了"
CHANGES = (
    f"correct {AS_IT_HANGS} --holder 林一 --remark 更正",
    f"withdraw {AS_IT_HANGS} --holder 林一",
    f"withdraw {AS_IT_HANGS} --whole",
    f"erase {AS_IT_HANGS} --holder 林一",
)


@pytest.mark.parametrize("line", CHANGES)
@pytest.mark.parametrize("office", ["农业农村局", ""])
def test_what_is_published_of_an_office_is_changed_by_its_clerks(county, line, office):
    """Another office's clerk is refused, also where the list names none: it is the programme's department's."""
    published(county, [row(1, holder="林一"), row(2)], office=f'"{office}"' if office else None)
    department = next(one.department for one in county.pack.programmes if one.code == "farmland_fertility")
    people, words = peopled_again(county), [*line.split(), "--folder", county.folder, "--as", CLERK]
    set_roles(people, "admin", CLERK, [Role("clerk", "别的局")])
    assert "office-of-others" in typed(*words).output
    set_roles(people, "admin", CLERK, [Role("clerk", office or department)])
    people.close()
    done = typed(*words)
    assert (done.exit_code, "已提交" in done.output) == (0, True), done.output


def test_a_roster_that_names_no_office_is_its_programme_s_department_s(county, tmp_path):
    """Its clerk hands it in, and it is his to publish; nobody else's."""
    department = next(one.department for one in county.pack.programmes if one.code == "rice")
    (tmp_path / "名册.csv").write_text("村,姓名,金额\n岭东村,王桂花,20\n", "utf-8")
    text = 'programme = "rice"\nfiscal_year = 2025\nperiod_no = "2025-01"\n'
    (tmp_path / "batch.toml").write_text(text, "utf-8")
    words = ["propose", tmp_path / "名册.csv", "--batch", tmp_path / "batch.toml", "--folder", county.folder]
    people = peopled_again(county)
    for office, refused in (("别的局", True), (department, False)):
        set_roles(people, "admin", CLERK, [Role("clerk", office)])
        assert ("office-of-others" in typed(*words, "--as", CLERK).output) == refused
    people.close()
    toml = msgspec.structs.replace(batch(), office="")
    made = publisher.propose(county, reading([row(1)]), toml, NOW, salt=salts())
    assert made.office == next(
        one.department for one in county.pack.programmes if one.code == "farmland_fertility"
    )


def test_a_year_is_closed_by_a_clerk_of_all_offices(county):
    """It adds up the lists of every office: a clerk of one neither proposes, publishes nor cancels it."""
    published(county, [row(1), row(2)])
    figure = ["岭东村", "farmland_fertility", "859.51"]
    closing = ["close-year", "--year", 2025, "--figure", *figure, "--folder", county.folder]
    assert "office-of-others" in typed(*closing, "--as", "qian").output
    assert typed(*closing, "--as", CLERK).exit_code == 0
    (made,) = (one for one in proposals.proposals(county) if one.kind == "year")
    for words in (["publish", made.id], ["cancel", made.id, "--reason", "写错了"]):
        assert "office-of-others" in typed(*words, "--as", "qian", "--folder", county.folder).output


def test_a_land_notice_is_handed_in_and_taken_down_by_clerks_of_its_issuer(county, tmp_path):
    """As it stands on the notice, with the county's name or without; another office's clerk sees it nowhere."""
    shutil.copytree(L1, tmp_path / "case")
    proposing = ["propose-land", tmp_path / "case" / "case.json", "--folder", county.folder, "--as", CLERK]
    people = peopled_again(county)
    set_roles(people, "admin", CLERK, [Role("clerk", "别的局")])
    assert "office-of-others" in typed(*proposing).output
    assert proposals.proposals(county) == ()
    set_roles(people, "admin", CLERK, [Role("clerk", "县人民政府")])
    assert "已提交" in typed(*proposing).output
    made = proposals.proposals(county)[0]
    assert made.office == "苕安县人民政府"
    publisher.review(county, made.id, NOW)
    publisher.publish(county, made.id, NOW)
    number = re.search("（(.+)）$", made.title)[1]
    withdrawing = ["withdraw-land", number, "--reason", "写错了", "--folder", county.folder, "--as", CLERK]
    set_roles(people, "admin", CLERK, [Role("clerk", "别的局")])
    assert "office-of-others" in typed(*withdrawing).output
    set_roles(people, "admin", CLERK, [Role("clerk", "人民政府")])
    people.close()
    assert "等待审核" in typed(*withdrawing).output


def test_nobody_else_may_write_what_a_command_wrote(tmp_path):
    """Also where the shell's umask keeps nobody out."""
    (tmp_path / "words").write_text("five words that nobody guesses\n")
    before = os.umask(0)
    try:
        words = ["key", "new", "--as", "sun", "--office", "reviewer", "--prefix", "county-330590"]
        done = typed(*words, "--out", tmp_path / "sun.key", "--passphrase-file", tmp_path / "words")
        assert done.exit_code == 0, done.output
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("sun.key", "sun.pub")] == [0o600, 0o644]


def test_a_county_takes_no_proposal_from_a_file(county, waiting):
    """What nobody handed in here is not put on the line by whoever brings it, under a name he wrote himself."""
    made, own, file = waiting
    assert typed("carry", made.id, "--to", file, "--as", REVIEWER, "--folder", county.folder).exit_code == 0
    shutil.rmtree(county.proposals / made.id)
    done = typed("carry", "--from", file, "--as", REVIEWER, "--folder", county.folder)
    assert (done.exit_code, "proposal-not-found" in done.output) == (2, True), done.output
    assert not (county.proposals / made.id).exists()
    assert typed("carry", "--from", file, "--folder", own).exit_code == 2
    assert typed("carry", "--from", file, "--as", REVIEWER, "--folder", own).exit_code == 0


@pytest.fixture
def waiting(county, tmp_path):
    """A proposal, the reviewer's own copy of what is public, and the file between them."""
    made = publisher.propose(county, reading([row(1), row(2)]), batch(), NOW, salt=salts())
    own = tmp_path / "own"
    own.mkdir()
    shutil.copy(county.folder / "county.toml", own)
    shutil.copytree(county.feed, own / "feed")
    (own / "proposals").mkdir(0o700)
    return made, own, tmp_path / "carried.json"


def reviewed_elsewhere(county, own, made, file):
    """Out, looked at, signed, and packed again; the key never comes near the county's machine."""
    key = own.parent / "wang.key"
    if not key.exists():
        (county.folder / "keys" / "seats" / f"{REVIEWER}.key").rename(key)
    assert typed("carry", made.id, "--to", file, "--as", REVIEWER, "--folder", county.folder).exit_code == 0
    assert typed("carry", "--from", file, "--as", REVIEWER, "--folder", own).exit_code == 0
    shown = looked_at(open_county(own), made.id)
    words = ["review", "--accept", made.id, "--shown", shown, "--as", REVIEWER, "--key", key, "--folder", own]
    done = typed(*words, "--passphrase-file", passphrase_file(county.folder, REVIEWER))
    assert done.exit_code == 0, done.output
    assert typed("carry", made.id, "--to", file, "--as", REVIEWER, "--folder", own).exit_code == 0


def test_a_list_is_reviewed_on_a_machine_of_one_s_own(county, waiting):
    """A file there, a file back: the county publishes by a signature whose key it never saw (settled 56)."""
    made, own, file = waiting
    reviewed_elsewhere(county, own, made, file)
    assert file.stat().st_mode & 0o777 == 0o600
    done = typed("carry", "--from", file, "--as", REVIEWER, "--folder", county.folder)
    assert (done.exit_code, "已审核" in done.output) == (0, True), done.output
    assert [(one.act, one.by) for one in hands.hands(county, made.id)] == [
        ("proposed", CLERK), ("accepted", REVIEWER),
    ]  # fmt: skip
    words = ["publish", made.id, "--as", CLERK, "--folder", county.folder]
    done = typed(*words, "--passphrase-file", passphrase_file(county.folder, CLERK))
    assert "已发布到" in done.output, done.output
    done = typed("carry", "--from", file, "--as", REVIEWER, "--folder", county.folder)  # once more, too late
    assert "已发布" in done.output
    assert [one.act for one in hands.hands(county, made.id)] == ["proposed", "accepted", "published"]


@pytest.mark.parametrize("newest", [True, False])
def test_what_was_published_meanwhile_moves_a_list_along_on_both_machines(county, waiting, newest):
    """Signed over a copy of the feed as it is, the signature counts; over an older copy it is for a place that is taken."""
    made, own, file = waiting
    published(county, [row(7), row(8)], period="2025-02")
    if newest:
        shutil.rmtree(own / "feed")
        shutil.copytree(county.feed, own / "feed")
    reviewed_elsewhere(county, own, made, file)
    done = typed("carry", "--from", file, "--as", REVIEWER, "--folder", county.folder)
    assert (done.exit_code, ("已审核" if newest else "carried-otherwise") in done.output) == (
        0 if newest else 2, True,
    ), done.output  # fmt: skip
    words = ["publish", made.id, "--as", CLERK, "--folder", county.folder]
    done = typed(*words, "--passphrase-file", passphrase_file(county.folder, CLERK))
    assert ("已发布到" in done.output) == newest, done.output


def changed(change):
    def spoilt(county, made, file):
        told = json.loads(file.read_bytes())
        change(county, made, told)
        file.write_bytes(msgspec.json.encode(told))

    return spoilt


def unsigned(_county, _made, told):
    del told["files"]["signed"]


def another_list(county, made, _told):
    path = proposals.folder_of(county, made.id) / "proposal.json"
    path.write_bytes(path.read_bytes() + b" ")


def publishers_signature(county, made, told):
    text = proposals.statement(county, made.id)
    told["files"]["signed"] = _note(text, county.signer("publisher").key)


def reviewed_another(county, made, told):
    text = proposals.statement(county, made.id).replace(made.id, "another")
    told["files"]["signed"] = _note(text, county.signer("reviewer").key)


def another_text(county, made, told):
    """The signature of what waits here, under other words."""
    made_here = signed(proposals.statement(county, made.id), county.signer("reviewer").key)
    note = Note(made_here.text + "x\n", made_here.signatures)
    told["files"]["signed"] = base64.b64encode(note.render()).decode()


def _note(text, key):
    return base64.b64encode(signed(text, key).render()).decode()


def a_note_missing(_county, _made, told):
    told["files"] = {name: one for name, one in told["files"].items() if not name.startswith("reviewed/")}


def a_way_out(_county, _made, told):
    told["files"]["../../county.toml"] = ""


def a_way_out_behind_a_name(_county, _made, told):
    told["files"]["metadata/../../../county.toml"] = ""


def forged(county, made, told):
    """The reviewer's name and key number stand there; the signature is somebody's guess."""
    note = signed(proposals.statement(county, made.id), county.signer("reviewer").key)
    guess = [msgspec.structs.replace(one, blob=bytes(64)) for one in note.signatures]
    told["files"]["signed"] = base64.b64encode(Note(note.text, tuple(guess)).render()).decode()


def handed_in_by_the_reviewer(county, made, _told):
    """Whatever the file says of who handed it in: the county's own book is asked."""
    path = proposals.folder_of(county, made.id) / "hands.jsonl"
    path.write_bytes(path.read_bytes().replace(f'"by":"{CLERK}"'.encode(), f'"by":"{REVIEWER}"'.encode()))


def a_torn_attachment(_county, _made, told):
    told["files"][f"blobs/{'0' * 64}"] = "eA=="


def damaged_here(county, made, _told):
    """What would be published is no longer what was signed."""
    (path,) = (proposals.folder_of(county, made.id) / "lines").iterdir()
    path.write_bytes(path.read_bytes() + b"x")


def lines_changed(_county, _made, told):
    name = next(one for one in told["files"] if one.startswith("lines/"))
    told["files"][name] = "eA=="


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (unsigned, "carried-otherwise"),
        (another_list, "carried-otherwise"),
        (publishers_signature, "carried-otherwise"),
        (reviewed_another, "carried-otherwise"),
        (another_text, "carried-otherwise"),
        (a_note_missing, "carried-otherwise"),
        (forged, "carried-otherwise"),
        (handed_in_by_the_reviewer, "same-person"),
        (damaged_here, "proposal-damaged"),
        (a_torn_attachment, "carried-unfit"),
        (a_way_out, "carried-unfit"),
        (a_way_out_behind_a_name, "carried-unfit"),
        (lines_changed, "carried-unfit"),
    ],
)
def test_nothing_but_a_reviewer_s_signature_over_what_waits_comes_back(county, waiting, change, code):
    """A file changed on the way, another key, a signature of something else: refused, and nothing is signed here."""
    made, own, file = waiting
    reviewed_elsewhere(county, own, made, file)
    changed(change)(county, made, file)
    done = typed("carry", "--from", file, "--as", REVIEWER, "--folder", county.folder)
    assert (done.exit_code, code in done.output) == (2, True), done.output
    assert proposals.stands(county, proposals.proposal(county, made.id)) == "proposed"


def test_on_ones_own_machine_a_proposal_is_whole_and_unsigned(county, waiting):
    """What somebody signed before is looked at anew there; another's name or half a list is not taken."""
    made, own, file = waiting
    reviewed_elsewhere(county, own, made, file)
    shutil.rmtree(own / "proposals" / made.id)
    whole = json.loads(file.read_bytes())
    half = {name: one for name, one in whole["files"].items() if not name.startswith("lines/")}
    for bent in ({**whole, "id": "another"}, {**whole, "files": half}):
        file.write_bytes(msgspec.json.encode(bent))
        assert "carried-unfit" in typed("carry", "--from", file, "--as", REVIEWER, "--folder", own).output
        assert [*(own / "proposals").iterdir()] == []
    file.write_bytes(msgspec.json.encode(whole))
    assert "待审核" in typed("carry", "--from", file, "--as", REVIEWER, "--folder", own).output


def test_a_clerk_carries_no_other_office_s_list_away(county, tmp_path):
    """There are names in it: for reviewers, and for who handed it in or is a clerk of its office."""
    toml = msgspec.structs.replace(batch(), office="农业农村局")
    made = publisher.propose(county, reading([row(1), row(2)]), toml, NOW, salt=salts())
    words = ["carry", made.id, "--to", tmp_path / "x.json", "--folder", county.folder]
    for login, code in (("qian", "office-of-others"), ("chen", "account-may-not")):
        done = typed(*words, "--as", login)
        assert (done.exit_code, code in done.output, (tmp_path / "x.json").exists()) == (2, True, False)
    for login in (REVIEWER, CLERK):
        assert typed(*words, "--as", login).exit_code == 0


def test_a_file_that_is_none_of_ours_is_one_sentence(county, tmp_path):
    """Empty, no JSON, another format."""
    for data in (b"", b"{}", b"\0" * 100, b'{"format":"county-proposal/9","id":"x","files":{}}'):
        (tmp_path / "x").write_bytes(data)
        done = typed("carry", "--from", tmp_path / "x", "--as", REVIEWER, "--folder", county.folder)
        assert (done.exit_code, "carried-unfit" in done.output) == (2, True)
