"""What a county begins with: the files of a pack as they are shipped, commented line by line.

They are also the example of a right line, wherever a file of the pack is not right (settled §18).
"""

from __future__ import annotations

import re
from functools import cache, reduce
from importlib import resources

from boards.model.errors import Fault, Refusal
from boards.model.line_faults import nearest
from boards.model.pack import Programme
from sync.handwritten.toml import read

TO_FILL = "待填"
"""What a template says where only the county knows: 【待填：本县当年标准】."""

_STARTER = resources.files("sync.county.founding").joinpath("starter")
_ROWS = {
    "villages.csv": "330590,苕安县,330590100,梅坞镇,330590100201,岭东村,岭东村委会",
    "contacts.csv": "330590100201,村务公开员,岭东村村部一楼,周一至周五 8:30至11:30,0572-5000110",
    "calendar": "2027-01-01,holiday",
    "land/cases.csv": "LA-3_梅坞镇中心卫生院迁建,梅坞镇中心卫生院迁建工程,open,330590100201",
    "terms/forbidden.txt": "帐户→账户",
}


class NoSuchTemplate(Refusal):
    """No programme of this code is shipped."""

    code = "no-such-template"
    fault = Fault.PERSON
    sentence = "没有这个补贴项目模板{meant}。"
    advice = "全部模板见 county pack templates。"


def starter(name: str) -> str:
    """A file of the pack to begin with: `pack.toml`, `land/platform.toml`, `terms/forbidden.txt`."""
    return _STARTER.joinpath(name).read_text("utf-8")


@cache
def templates() -> tuple[Programme, ...]:
    """Every programme that can be adopted, as its template has it, by code."""
    names = sorted(one.name for one in _STARTER.joinpath("programmes").iterdir())
    found = (read(starter(f"programmes/{name}"), Programme) for name in names)
    return tuple(one for one in found if isinstance(one, Programme))


def template(code: str) -> bytes:
    """The file of a programme to begin with (`programmes/<code>.toml`); raises NoSuchTemplate."""
    known = [one.code for one in templates()]
    if code not in known:
        meant = nearest(code, known)
        raise NoSuchTemplate(meant=f"，是不是 {meant}" if meant else "")
    return starter(f"programmes/{code}.toml").encode()


def right_line(file: str, field: str) -> str:
    """A line that would do in this place of a pack; "" where no single one can be shown."""
    rows = _ROWS.get(file) or _ROWS.get(file.partition("/")[0])
    if rows or not field:
        return rows or ""
    like = "programmes/farmland_fertility.toml" if file.startswith("programmes/") else file
    key = re.escape(field.rpartition(" ")[2])
    found = re.search(rf"^(?:# )?({key} = .*)$", _sample(like), re.MULTILINE)
    return found[1] if found else ""


def _sample(file: str) -> str:
    """A starter file with the demo county in it; "" for a file that has none."""
    text = starter(file) if _STARTER.joinpath(file).is_file() else ""
    told = {"year": "2026", "county_code": "330590", "county": "苕安县", "supervision_phone": "0572-5000012"}
    for key, value in told.items():
        text = text.replace(f"{{{key}}}", value)
    filled = {
        'phone = ""': 'phone = "0572-5000021"',
        "【待填：本县当年标准】": " 100 ",
        "【待填：申报和发放时间】": "每年3月至5月申报，6月30日前发放。",
    }
    return reduce(lambda so_far, gap: so_far.replace(*gap), filled.items(), text)
