"""What waits between the clerk and the board: seen by its owner alone, signed whole, taken back, never there twice."""

import gzip
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from sync.county.county import CountyBusy
from sync.county.publish import proposals, publisher
from sync.county.publish.proposals import ProposalWaits
from sync.durable import placed
from sync.log.keys import signed
from tests.founding import repacked as another_pack
from tests.line.county_sim import NOW, OTHER, VILLAGE, batch, copied, county, published, reading, row
from tests.stories.office import Office

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("reads_here")]


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return county(tmp_path_factory.mktemp("proposals") / "county")


@pytest.fixture
def office(empty, tmp_path):
    return Office(copied(empty, tmp_path / "county"), tmp_path)


def test_what_waits_is_its_owners_alone(office):
    """Folders 0700 and files 0600, from the proposal to the published mark, in a county set up by an older version too."""
    office.county.proposals.chmod(0o755)
    made = office.reviewed()
    seen = [office.county.proposals, *office.county.proposals.rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in seen if path.is_dir()} == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in seen if path.is_file()} == {"0o600"}
    assert office.typed("publish", made)[0] == 0
    kept = [path for path in office.county.proposals.rglob("*") if path.is_file()]
    assert {oct(path.stat().st_mode & 0o777) for path in kept} == {"0o600"}
    public = [path for path in office.county.feed.rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o004 for path in public), "everybody reads the feed"


def test_a_cancelled_proposal_is_neither_signed_nor_published(office):
    """Its names are gone; review, publication and a second cancelling say that it was taken back; it may come again."""
    made = office.reviewed()
    assert office.typed("cancel", made, "--reason", "期号写错了")[0] == 0
    kept = office.county.folder / "returned" / made
    assert sorted(path.name for path in kept.iterdir() if path.name not in {"signed", "reviewed_at"}) == [
        "hands.jsonl",
        "proposal.json",
    ]
    everything = b"".join(path.read_bytes() for path in office.county.folder.rglob("*") if path.is_file())
    assert "林一".encode() not in everything
    assert office.refused("publish", made) == "proposal-taken-back"
    assert office.refused("review", "--accept", made) == "proposal-taken-back"
    assert office.refused("review", made) == "proposal-taken-back"
    assert office.refused("cancel", made, "--reason", "再取消") == "proposal-taken-back"
    assert "没有待审批次" in office.typed("review")[1]
    again = office.reviewed()
    assert office.typed("publish", again)[0] == 0
    assert "already-published" in office.typed("cancel", again, "--reason", "晚了")[1]


def test_a_folder_that_cannot_be_written_is_one_sentence(office):
    """A full disk or a file in the way: nothing is proposed, and the clerk reads why."""
    office.county.proposals.rmdir()
    office.county.proposals.write_text("in the way")
    code, told = office.proposes()
    assert (code, "county-not-written" in told) == (2, True)


def test_names_are_gone_from_here_once_they_are_public(office):
    """Also when the program ended between the mark and the names: publishing again takes them away."""
    made = office.reviewed()
    assert office.typed("publish", made)[0] == 0
    left = office.county.proposals / made / "lines"
    left.mkdir()
    assert "没有改动" in office.typed("publish", made)[1]
    assert not left.exists()


def test_two_clerks_at_once(empty, tmp_path):
    """One batch handed in twice at the same moment waits once; two of different villages have names of their own."""
    where = copied(empty, tmp_path / "county")
    same = [reading([row(1)])] * 8
    others = [reading([row(n, village=one.code)]) for n, one in enumerate(where.pack.villages)]

    def tried(read):
        try:
            return publisher.propose(where, read, batch(), NOW).id
        except (ProposalWaits, CountyBusy):
            return None

    with ThreadPoolExecutor(8) as clerks:
        assert len({*clerks.map(tried, same)} - {None}) == 1
        made = {*clerks.map(tried, others[1:])} - {None}
    kept = proposals.proposals(where)
    assert {one.id for one in kept} > made
    assert sorted(village for one in kept for village in one.villages) == [
        one.code for one in where.pack.villages
    ]


@pytest.mark.parametrize("before", [0, 3])
def test_a_list_that_was_nearly_published_is_gone_when_it_is_cancelled(office, monkeypatch, before):
    """The program ended before the checkpoint: its names lie in the feed, where nothing points to them, and go."""
    if before:
        published(office.county, [row(n) for n in range(before)])
    made = office.reviewed()

    def dies(*_):
        raise Killed

    with monkeypatch.context() as world:
        world.setattr("sync.log_files.VillageLog.publish", dies)
        with pytest.raises(Killed):
            publisher.publish(office.county, made, NOW)
    assert "林一" in kept_text(office.county)
    assert office.typed("cancel", made, "--reason", "停电后不再发布")[0] == 0
    assert "林" not in kept_text(office.county)
    assert office.county.log(VILLAGE).state().size == (before + 1 if before else 0)
    office.published()


def kept_text(where):
    """Everything in the county's folder, unpacked."""
    files = [
        path for path in where.folder.rglob("*") if path.is_file() and not {"pack", "trust"} & {*path.parts}
    ]
    texts = (
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files
    )
    return b"".join(texts).decode("utf-8", "replace")


def test_what_some_villages_have_is_not_taken_back(office):
    """A publication that broke off between two villages is finished, never cancelled."""
    made = office.reviewed()
    other = office.county.folder / "feed" / "v" / OTHER
    other.write_text("in the way")
    assert office.typed("publish", made)[0] == 2
    other.unlink()
    code, told = office.typed("cancel", made, "--reason", "想取消")
    assert (code, "partly-published" in told, "1 个村" in told) == (2, True, True)
    assert office.typed("publish", made)[0] == 0
    assert office.county.log(OTHER).state().size == 2


def test_the_same_waits_once(office):
    """A second proposal of one batch for one village, or of one change, is refused with the first one's name."""
    made = office.proposed()
    code, told = office.proposes()
    assert (code, "proposal-waits" in told, made in told) == (2, True, True)
    office.described(villages='["330590100202"]')
    assert office.refused(
        "propose", office.folder / office.file, "--batch", office.folder / "batch.toml"
    ) == ("proposal-waits")
    office.typed("cancel", made, "--reason", "重新提交")
    office.described()
    office.typed("publish", office.reviewed())
    change = ("withdraw", "330590-rice-2025-01", "--village", "岭东村", "--reason", "重复申报")
    assert office.typed(*change, "--line", "1", "--holder", "林一")[0] == 0
    code, told = office.typed(*change, "--line", "1", "--holder", "林一")
    assert (code, "proposal-waits" in told) == (2, True)
    assert office.typed(*change, "--line", "2", "--holder", "林二")[0] == 0, "another line is another change"


@pytest.mark.parametrize("left", [0, 1])
def test_the_parts_are_signed_as_a_whole(office, left):
    """A village taken out of a signed proposal stops it, all of them too; before the signature nothing signs an empty one."""
    made = office.proposed()
    whole = proposals.proposal(office.county, made)
    kept = msgspec.to_builtins(whole)["parts"][:left]
    if not left:
        office.rewritten(made, parts=[])
        assert office.refused("review", "--accept", made) == "proposal-damaged"
        assert office.refused("publish", made) == "not-reviewed"
        office.rewritten(made, parts=msgspec.to_builtins(whole)["parts"])
    assert office.typed("review", "--accept", made)[0] == 0
    office.rewritten(made, parts=kept)
    assert office.refused("publish", made) == "proposal-damaged"
    assert not (office.county.proposals / made / "published").exists()


@pytest.mark.parametrize("field", ["title", "source", "reason", "unchecked"])
def test_whatever_the_reviewer_read_is_signed(office, field):
    """One word of a signed proposal changed stops its publication; so does a signature of another key."""
    made = office.reviewed()
    kept = office.kept(made).read_bytes()
    office.rewritten(made, **{field: ["R4"] if field == "unchecked" else "另一份名册"})
    assert office.refused("publish", made) == "proposal-damaged"
    forged = signed(proposals.statement(office.county, made), office.county.signing_key("publisher"))
    (office.county.proposals / made / "signed").write_bytes(forged.render())
    assert office.refused("publish", made) == "proposal-damaged"
    office.kept(made).write_bytes(kept)
    assert office.typed("review", "--accept", made)[0] == 0
    assert office.typed("publish", made)[0] == 0


def test_a_review_at_the_command_line_is_of_what_was_shown(office):
    """The digest printed with the details is signed for; a proposal that changed since is not."""
    made = office.proposed()
    shown = re.search(r"--shown ([a-p]{64})", office.typed("review", made)[1])[1]
    office.rewritten(made, source="另一份名册")
    assert office.refused("review", "--accept", made, "--shown", shown) == "shown-otherwise"
    shown = re.search(r"--shown ([a-p]{64})", office.typed("review", made)[1])[1]
    assert office.typed("review", "--accept", made, "--shown", shown)[0] == 0


def test_a_review_at_the_command_line_shows_every_line_and_the_sheets(office):
    """The whole list of each village, what it is compared with, the source's digest; the PDFs lie where it says."""
    made, into = office.proposed(), office.folder / "样张"
    code, told = office.typed("review", made, "--into", into)
    assert code == 0, told
    assert (
        "序号\t户主\t小组\t面积（亩）\t金额（元）\n1\t林一\t一组\t2\t20.00\n2\t林二\t一组\t3\t30.00\n" in told
    )
    assert "1\t林三\t一组\t4\t40.00\n" in told
    assert told.count("本村这个项目、这一期没有以前的版本可比") == 2
    digest = hashlib.sha256((office.folder / office.file).read_bytes()).hexdigest()
    assert f"SHA-256 {digest}" in told
    sheets = re.findall(r"样张：(\S+)", told)
    assert sorted(sheets) == sorted(map(str, into.iterdir()))
    assert [oct(Path(one).stat().st_mode & 0o777) for one in sheets] == ["0o600"] * 2
    assert all(Path(one).read_bytes().startswith(b"%PDF") for one in sheets)
    office.typed("review", "--accept", made)
    office.typed("publish", made)
    assert "林一" not in office.typed("review", made, "--into", into)[1]


def repacked(office):
    """The county publishes another pack."""
    file = office.county.folder / "pack" / "pack.toml"
    file.write_bytes(file.read_bytes().replace(b'names = "full"', b'names = "one_star"'))
    another_pack(office.county, NOW)


def test_a_signature_is_of_the_pack_too(office):
    """Another pack, which masks the names: what was shown is not signed, what was signed is not published."""
    made = office.proposed()
    shown = re.search(r"--shown ([a-p]{64})", office.typed("review", made)[1])[1]
    office.typed("review", "--accept", made)
    repacked(office)
    assert office.refused("review", "--accept", made, "--shown", shown) == "shown-otherwise"
    assert office.refused("publish", made) == "review-outdated"
    told = office.typed("review", made)[1]
    assert "1\t林*\t" in told
    assert office.typed("review", "--accept", made)[0] == 0
    assert office.typed("publish", made)[0] == 0


def test_a_signature_of_an_older_version_is_given_once_more(office):
    """It said nothing of the pack: the reviewer is asked to look again, nothing is lost."""
    made = office.reviewed()
    older = "\n".join([*proposals.statement(office.county, made).split("\n")[:3], ""])
    note = signed(older, office.county.signing_key("reviewer")).render()
    (office.county.proposals / made / "signed").write_bytes(note)
    assert office.refused("publish", made) == "review-outdated"
    assert office.typed("review", "--accept", made)[0] == 0
    assert office.typed("publish", made)[0] == 0


def test_a_proposal_of_an_older_version_opens(office):
    """Lines named by their village, no signature of the whole: it is reviewed once more and published."""
    made = office.reviewed()
    folder = office.county.proposals / made
    for part in proposals.proposal(office.county, made).parts:
        (folder / "lines" / part.lines_sha256).rename(folder / "lines" / part.village)
    (folder / "signed").unlink()
    assert office.refused("publish", made) == "not-reviewed"
    assert office.typed("review", "--accept", made)[0] == 0
    assert "已发布到 2 个村" in office.typed("publish", made)[1]


def test_a_proposal_nobody_can_read_says_what_to_do(office):
    """It is refused with the way out, and cancelling is that way."""
    made = office.proposed()
    office.kept(made).write_text('{"id": "of a stranger"}')
    for words in (("review", "--accept", made), ("publish", made), ("review",)):
        code, told = office.typed(*words)
        assert (code, "county cancel" in told) == (2, True)
    assert office.typed("cancel", made, "--reason", "读不出来")[0] == 0
    assert "没有待审批次" in office.typed("review")[1]
    office.proposed()


class Killed(BaseException):
    """What a power cut is to a program."""


@pytest.mark.parametrize("act", ["review", "publish"])
def test_stopped_at_any_file_it_goes_on(empty, tmp_path, monkeypatch, act):
    """Signing a batch that was overtaken, and publishing it, may end before any file is written: the same again ends well."""
    left = [0]

    def dying(*args, **options):
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        placed(*args, **options)

    for stop in range(1, 40):
        where = copied(empty, tmp_path / f"{stop}")
        late, first = (publisher.propose(where, reading([row(n)]), batch(str(n)), NOW) for n in (1, 2))
        for made in (late, first):
            publisher.review(where, made.id, NOW)
        publisher.publish(where, first.id, NOW)
        if act == "publish":
            publisher.review(where, late.id, NOW)
        left[0] = stop
        for module in ("sync.durable", "sync.log_files"):
            monkeypatch.setattr(f"{module}.placed", dying)
        try:
            getattr(publisher, act)(where, late.id, NOW)
        except Killed:
            broke = True
        else:
            broke = False
        left[0] = 0
        publisher.review(where, late.id, NOW)
        publisher.publish(where, late.id, NOW)
        assert where.log(VILLAGE).state().size == 4
        assert not (where.proposals / late.id / "lines").exists()
        if not broke:
            assert stop > 3
            return
    pytest.fail("it never ended")


@pytest.mark.parametrize("said", ["1", "01", "第1期", "第一批", "2025-1"])
def test_one_period_has_one_name(office, said):
    """However the clerk writes it, what was published of it is not published again, by an older version neither."""
    old = msgspec.structs.replace(batch("1", programme='"rice"'), period_no="1")
    made = publisher.propose(office.county, reading([row(1)]), old, NOW)
    assert made.batch.endswith("-rice-2025-1")
    publisher.review(office.county, made.id, NOW)
    publisher.publish(office.county, made.id, NOW)
    office.described(said)
    code, told = office.proposes()
    assert (code, "batch-already-published" in told, made.batch in told) == (2, True, True)
    office.described("第二期")
    assert office.proposed().endswith("-rice-2025-02")


def test_a_period_nobody_can_read_is_refused(office):
    """With how to write it."""
    office.described("上半年")
    code, told = office.proposes()
    assert (code, "应像 2025-01 或 第1期 这样写" in told) == (2, True)


def two_waiting(office, **second):
    """Two programmes of one village, handed in one after the other: the first, and the one behind it."""
    office.wrote("1,岭东村,一组,林一,2,10,20", "2,岭东村,一组,林二,3,10,30")
    first = office.proposed()
    office.wrote("1,岭东村,一组,方一,2,10,20", "2,岭东村,一组,方二,3,10,30")
    office.described(programme='"grain_one_off"', **second)
    return first, office.proposed()


def look(office, made):
    """The digest that `county review` prints below a list."""
    code, told = office.typed("review", made)
    assert code == 0, told
    return re.search(r"--shown ([a-p]{64})", told)[1]


def accepts(office, made, shown):
    """Sign what was shown; what was told."""
    return office.typed("review", "--accept", made, "--shown", shown)[1]


def test_a_look_outlives_what_another_list_does_to_the_log(office):
    """The first is published between look and signature of the second: nothing of it changed, it is signed."""
    first, second = two_waiting(office)
    shown = look(office, second)
    accepts(office, first, look(office, first))
    assert office.typed("publish", first)[0] == 0
    assert look(office, second) == shown
    assert "已审核签名" in accepts(office, second, shown)
    assert "已发布到 1 个村" in office.typed("publish", second)[1]
    assert office.county.log(VILLAGE).state().size == 6


def test_of_two_that_are_signed_the_second_is_signed_once_more(office):
    """A signature is for one place in the log, and is asked for in those words; the look at the list still counts."""
    first, second = two_waiting(office)
    shown = look(office, second)
    for made in (first, second):
        accepts(office, made, look(office, made))
    assert office.typed("publish", first)[0] == 0
    code, told = office.typed("publish", second)
    assert (code, "feed-moved" in told, "内容没有变" in told, f"county review {second}" in told) == (
        2, True, True, True,
    )  # fmt: skip
    assert "已审核签名" in accepts(office, second, shown)
    assert "已发布到 1 个村" in office.typed("publish", second)[1]


def test_a_list_that_pays_once_more_by_now_is_handed_in_again(office):
    """Two lists of the same payments: the one handed in first comes second, and nobody was asked about that."""
    office.wrote("1,岭东村,一组,林一,2,10,20", "2,岭东村,一组,林二,3,10,30")
    late = office.proposed()
    shown = look(office, late)
    accepts(office, late, shown)
    office.described("2", confirmed=["PUBLISHED_BEFORE"])
    early = office.reviewed()
    assert office.typed("publish", early)[0] == 0
    size = office.county.log(VILLAGE).state().size
    for words in (("review", late), ("review", "--accept", late, "--shown", shown), ("publish", late)):
        code, told = office.typed(*words)
        assert (code, "published-meanwhile" in told) == (2, True), told
        assert "这份名册已经作为2025年稻谷补贴发放（期号2025-02）公布" in told
        assert "林" not in told
    assert office.county.log(VILLAGE).state().size == size
    assert office.typed("cancel", late, "--reason", "先核实")[0] == 0
    office.described("1", confirmed=["PUBLISHED_BEFORE"])
    assert office.typed("publish", office.reviewed())[0] == 0


@pytest.mark.parametrize("gone", [False, True])
def test_what_was_confirmed_of_a_list_that_waited_is_confirmed_of_it_published(office, gone):
    """The reason was given for that very list; nobody is asked again because it hangs now, or was taken down."""
    office.wrote("1,岭东村,一组,林一,2,10,20", "2,岭东村,一组,林二,3,10,30")
    first = office.proposed()
    office.described("2", confirmed=["PUBLISHED_BEFORE"])
    second = office.proposed()
    shown = look(office, second)
    accepts(office, first, look(office, first))
    assert office.typed("publish", first)[0] == 0
    if gone:
        take = ("withdraw", "330590-rice-2025-01", "--village", "岭东村", "--whole", "--reason", "发错了")
        made = office.typed(*take)[1].split()[-1]
        accepts(office, made, look(office, made))
        assert office.typed("publish", made)[0] == 0
    assert "已审核签名" in accepts(office, second, shown)
    assert office.typed("publish", second)[0] == 0


def test_a_look_ends_when_the_list_beside_it_changes(office):
    """A payment is shown against its application list: one that came, or was taken down since, is looked at again."""
    office.wrote("1,岭东村,一组,林一,2,10,20")
    applied = {"planned_from": "2025-01-02", "planned_until": "2025-01-12"}
    office.described(phase='"application"', **applied)
    application = office.proposed()
    office.described(confirmed=["PUBLISHED_BEFORE"])
    payment = office.proposed()
    shown = look(office, payment)
    accepts(office, application, look(office, application))
    assert office.typed("publish", application)[0] == 0
    assert "shown-otherwise" in accepts(office, payment, shown)
    shown = look(office, payment)
    take = ("withdraw", "330590-rice-2025-01-app", "--village", "岭东村", "--whole", "--reason", "发错了")
    made = office.typed(*take)[1].split()[-1]
    accepts(office, made, look(office, made))
    assert office.typed("publish", made)[0] == 0
    assert "shown-otherwise" in accepts(office, payment, shown)
    assert "已审核签名" in accepts(office, payment, look(office, payment))
    assert office.typed("publish", payment)[0] == 0


def test_a_correction_of_another_list_is_nothing_to_this_one_s_look(office):
    """Another programme's list is corrected meanwhile: a look, and a signature, of a change of this one goes on."""
    first, second = two_waiting(office)
    for made in (first, second):
        office.typed("review", "--accept", made)
        assert office.typed("publish", made)[0] == 0
    take = ("--village", "岭东村", "--reason", "重复申报", "--line", "1", "--holder")
    mine, other = (
        office.typed("withdraw", f"330590-{name}-2025-01", *take, holder)[1].split()[-1]
        for name, holder in (("rice", "林一"), ("grain_one_off", "方一"))
    )
    shown = look(office, mine)
    accepts(office, other, look(office, other))
    assert office.typed("publish", other)[0] == 0
    assert "已审核签名" in accepts(office, mine, shown)
    assert office.typed("publish", mine)[0] == 0


def test_a_change_of_a_list_that_changed_is_handed_in_again(office):
    """Two corrections of one list: the second says it is of a list that is no more, not that a signature is missing."""
    first, _ = two_waiting(office)
    office.typed("review", "--accept", first)
    assert office.typed("publish", first)[0] == 0
    take = ("withdraw", "330590-rice-2025-01", "--village", "岭东村", "--reason", "重复申报")
    one = office.typed(*take, "--line", "1", "--holder", "林一")[1].split()[-1]
    two = office.typed(*take, "--line", "2", "--holder", "林二")[1].split()[-1]
    for made in (one, two):
        accepts(office, made, look(office, made))
    assert office.typed("publish", one)[0] == 0
    for words in (("publish", two), ("review", "--accept", two)):
        code, told = office.typed(*words)
        assert (code, "changed-meanwhile" in told, "county cancel" in told) == (2, True, True), told
