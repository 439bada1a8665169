"""One verdict: what the check lets pass publishing takes, what publishing holds the check held before (settled §32)."""

import json
import random
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from kiosk_server.cli import county_command as county
from sync.county.land.case_folder import CaseFolder
from sync.county.land.case_json import read_case
from sync.county.land.proposing import Fate, propose_case, report_of
from sync.county.reading import Verdict
from tests.founding import as_typed, found
from tests.land.land_house import DEMO, noon
from tests.land.land_texts import texts_of
from tests.land.test_land_check import at, sound_case
from tests.nets import land

pytestmark = pytest.mark.thorough

LATER = datetime(2040, 1, 1, tzinfo=UTC)


def some_cases(many):
    """Made cases of every kind, sound and faulty, each under a number of its own, with their texts."""
    planned = land.planned()
    random.Random(10).shuffle(planned)
    for number, (maker, about) in enumerate(planned[:many]):
        case = land.MAKERS[maker](*about) | {"case_id": f"K-{number}"}
        try:
            yield f"{maker} {about}", case, texts_of(case)
        except (KeyError, TypeError, ValueError):  # the fault left nothing a text could be made of
            yield f"{maker} {about}", case, {}


def test_check_and_publishing_give_one_verdict(tmp_path):
    """Of 40 made cases each is held by both or by none."""
    at_work, verdicts = found(tmp_path / "county", DEMO / "pack", "", noon("2023-01-01")), set()
    for name, case, texts in some_cases(40):
        folder = CaseFolder(read_case(json.dumps(case).encode()), texts, tmp_path, {})
        fates = propose_case(at_work, folder, LATER)
        verdict = report_of(at_work, folder).verdict
        assert (verdict is Verdict.HOLD) == any(one.fate is Fate.HELD for one in fates), name
        verdicts.add(verdict)
    assert verdicts == {Verdict.OK, Verdict.HOLD}


def _unknown_stage(case):
    at(case, "register").update(stage="公证", title="公证书")


def _millions(case):
    """Plan and payment of one row of 150,000,000.00 yuan a village."""
    plan, pay = at(case, "plan"), at(case, "pay")
    rows = [row | {"basis": "按清点登记表", "amount_fen": 15_000_000_000} for row in plan["compensation"]]
    total = sum(row["amount_fen"] for row in rows)
    plan |= {"compensation": rows, "compensation_total_fen": total}
    pay |= {"compensation_total_fen": total, "paid_total_fen": total}
    pay["compensation"] = [row | {"paid_fen": row["amount_fen"]} for row in rows]
    plan.pop("extra_line")


HOLDS = {
    "sound": (lambda case: None, ""),
    "a case number that is no address": (lambda case: case.update(case_id="征/7"), "CASE_ID_FORM"),
    "a stage nobody knows": (_unknown_stage, "STAGE_UNKNOWN"),
    "no day of posting": (lambda case: at(case, "pay").pop("posted_on"), "ELEMENT_MISSING"),
    "no text": (lambda case: at(case, "plan").pop("text_file"), "TEXT_MISSING"),
    "a text that hides characters": (lambda case: at(case, "plan").update(title="征地补偿安置公告\u202e"), "TEXT_UNSHOWABLE"),
    "an attachment that is not there": (
        lambda case: at(case, "plan").update(attachments=["图.png"], secrecy_review="保密员 2025-01-01"), "attachment-unfit",
    ),
    "an attachment nobody looked at": (lambda case: at(case, "plan").update(attachments=["p.png"]), "ATTACHMENTS_NOT_REVIEWED"),
    "a number of a person in the office": (lambda case: case.update(town_office="联系14000123456"), "UNMASKED_MOBILE_IN_TEXT"),
    "money like a telephone number": (_millions, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_both_commands_say_the_same(tmp_path, name):
    """At the command line `check-land --folder` and `propose-land` end alike and give the same reason."""
    found(tmp_path / "county", DEMO / "pack", "", noon("2023-01-01"))
    spoil, code = HOLDS[name]
    case = sound_case()
    (tmp_path / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    spoil(case)
    for stage in case["stages"]:
        if stage.get("text_file") and stage["stage"] != "公证" and stage.get("posted_on"):
            (tmp_path / stage["text_file"]).write_text(
                texts_of({**case, "stages": [stage]})[stage["text_file"]]
            )
    (tmp_path / "register.txt").touch()
    (tmp_path / "case.json").write_text(json.dumps(case))
    arguments = [str(tmp_path / "case.json"), "--folder", str(tmp_path / "county")]
    checked = CliRunner().invoke(county, ["check-land", *arguments])
    proposed = CliRunner().invoke(county, as_typed(["propose-land", *arguments]))
    assert (checked.exit_code, proposed.exit_code) == (int(bool(code)), int(bool(code))), proposed.output
    assert code in checked.output
    assert code in proposed.output
