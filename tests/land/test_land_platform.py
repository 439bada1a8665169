"""A case told to the provincial platform and read back: the same case, and nothing dropped on the way."""

import copy
import json

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk_server.cli import county_command as county
from sync.county.land.platform import PlatformFileUnfit, exported, imported, unmapped
from sync.pack import PackNotWhole, parsed_pack
from tests.founding import found
from tests.land.land_cases import sound_cases
from tests.land.land_house import DEMO, L1, PACK, noon

TABLE = PACK.platform
CASE = json.loads((L1 / "case.json").read_text("utf-8"))
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "日", "days", "start", "0"])
)
NAMES = st.sampled_from([
    "case_id", "project", "stages", "stage", "areas", "compensation", "period", "kind", "ha", "0", "a.b", "", "x",
    "approval", "doc_no", "posted_at",
])  # fmt: skip
ANY = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=14,
)


@settings(max_examples=25)
@given(sound_cases())
def test_a_case_exported_and_imported_is_equal(case):
    """Every value comes back where it was, as it was; the file may lie on a disk in between."""
    told = json.loads(json.dumps(exported(copy.deepcopy(case), TABLE)))
    assert imported(told, TABLE) == case


@pytest.mark.thorough
@settings(max_examples=80)
@given(st.dictionaries(NAMES, ANY, max_size=6))
@example({"stages": [{}, [{}]]})
def test_odd_files_come_back_too(case):
    """Fields nobody agreed on, of whatever shape, are carried beside the mapped ones."""
    assert imported(exported(copy.deepcopy(case), TABLE), TABLE) == case


def test_the_platforms_words_and_places():
    """Project, notices, parcels and sums stand under the platform's names, computed fields beside them."""
    told = exported(CASE, TABLE)
    project, plan = told["项目"], told["公告"][2]
    assert project["用地项目名称"] == "竹垓小学迁建工程"
    assert (project["批准年度"], project["所属乡镇"], project["所属村居"]) == (
        "2026",
        "竹垓乡",
        "竹垓村、中坞村",
    )
    assert project["信息模块"] == "批后征地信息项目"
    assert (plan["公告类型"], plan["公告期单位"], plan["公告期长度"]) == ("征地补偿安置公告", "日", 30)
    assert plan["地块"][1] == {
        "乡镇": "竹垓乡", "村居": "竹垓村", "村居代码": "330590200201", "地类": "林地",
        "权属单位": "竹垓乡竹垓村股份经济合作社", "面积（公顷）": "0.4410", "面积（亩）": "6.6150",
    }  # fmt: skip
    assert plan["补偿"][0]["应付（分）"] == 143080200
    assert plan["公开类型"] == "主动公开"


def test_what_has_no_field_is_listed():
    """Each place the table does not name is told once, and its values are in the export."""
    told = exported(CASE, TABLE)
    assert unmapped(told) == (
        "stages.period.starts", "stages.survey_from", "stages.survey_to", "stages.text_file",
        "stages.approval.publish_by",
    )  # fmt: skip
    assert told["未对应"]["stages.4.approval.publish_by"] == "2026-02-04"
    bare = msgspec.structs.replace(
        TABLE, case={}, notice={}, area={}, compensation={}, derived={}, constants={}
    )
    assert imported(exported(CASE, bare), bare) == CASE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.update(平台="别的平台"),
        lambda told: told["项目"].update(批准年度="2027"),
        lambda told: told.pop("公告"),
        lambda told: told["公告"].append("x"),
        lambda told: told["公告"][0].update(地块=[{"不认识": 1}]),
        lambda told: told["未对应"].update({"stages.99.title": "x"}),
    ],
)
def test_a_file_that_was_changed_is_refused(spoil):
    """Another platform's file, a computed field that no longer fits, a broken shape: refused with a sentence."""
    told = exported(CASE, TABLE)
    spoil(told)
    with pytest.raises(PlatformFileUnfit):
        imported(told, TABLE)


@pytest.mark.parametrize(
    "line", ['"甲" = "project"', '"用地项目名称" = "x"\n[oops]', '"公开类型" = "project2"']
)
def test_a_table_that_cannot_be_read_back_is_no_table(line):
    """Two fields for one place, an unknown part or a name used twice: the pack is refused."""
    files = {
        str(path.relative_to(DEMO / "pack")): path.read_bytes()
        for path in (DEMO / "pack").rglob("*") if path.is_file()
    }  # fmt: skip
    text = files["land/platform.toml"].decode().replace('"征收目的" = "purpose"', line)
    with pytest.raises(PackNotWhole, match=r"land/platform\.toml"):
        parsed_pack(files | {"land/platform.toml": text.encode()})


def test_the_command_goes_both_ways(tmp_path):
    """`county export-land` writes the platform's file and names what has no field; `--back` gives the case again."""
    folder = found(tmp_path / "county", DEMO / "pack", "", noon("2025-09-01")).folder
    there, back = tmp_path / "平台.json", tmp_path / "case.json"
    done = CliRunner().invoke(
        county, ["export-land", str(L1 / "case.json"), "--folder", str(folder), "--out", str(there)]
    )
    assert done.exit_code == 0, done.output
    assert "没有对应字段，列在“未对应”里：stages.survey_from" in done.output
    done = CliRunner().invoke(
        county, ["export-land", str(there), "--back", "--folder", str(folder), "--out", str(back)]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(back.read_text("utf-8")) == CASE
    bad = CliRunner().invoke(
        county, ["export-land", str(back), "--back", "--folder", str(folder), "--out", str(tmp_path / "x")]
    )
    assert (bad.exit_code, "platform-file-unfit" in bad.output) == (2, True)
