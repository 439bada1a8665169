"""The OpenAPI document of the twins (OpenAPI 3.1): made once of the structs they are written from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import msgspec

from boards.pages.twins.land import CasePage, CasesOfVillage
from boards.pages.twins.payouts import ListPage, ProgrammePage, ProgrammesOfYear
from boards.pages.twins.year import YearSoFar


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457): one sentence, what to do now, and a stable code."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Twin(NamedTuple):
    """One address: what its last part is called, what may be asked of it, what it answers."""

    kind: str  # programmes, payouts, land, year
    which: str  # "" where the address ends with the kind
    asks: tuple[str, ...]
    answers: type[msgspec.Struct] | None  # None: a table, which says what it is in its first line
    says: str
    form: str = "json"  # or csv: the first part of its address


TWINS: Final = (
    Twin("programmes", "", ("year",), ProgrammesOfYear, "一年的补贴名单和合计 / the lists of a year"),
    Twin("programmes", "programme", (), ProgrammePage, "一个补贴项目：指南和名单 / one programme"),
    Twin("payouts", "batch", ("page",), ListPage, "一份名单的一页 / one page of a list"),
    Twin("land", "", (), CasesOfVillage, "征地公告：全部案件 / all land cases"),
    Twin("land", "case", (), CasePage, "一件征地：现在到哪一步、公告 / one land case"),
    Twin("year", "year", (), YearSoFar, "一年的全村汇总 / the village's year"),
    Twin("year", "year", (), None, "一年的全村汇总，电子表格 / the village's year as a table", "csv"),
)
_ABOUT: Final = (
    "本村公开栏公开页面的数据版，只读。名单的姓名只在本机可查到的日子里；过了日子的和敏感项目只有合计；没有任何一户的页面。"
    "金额以分为单位的整数，面积和标准是十进制文本，日期是 YYYY-MM-DD。"
)
_ASKED: Final = {
    "year": {"schema": {"type": "string", "pattern": "^[0-9]{4}$"}, "description": "不写就是最新的一年"},
    "page": {
        "schema": {"type": "integer", "minimum": 1, "maximum": 9999999},
        "description": "超过末页给末页",
    },
}
_MEDIA: Final = {"json": "application/json", "csv": "text/csv"}
_PART: Final = {"type": "string", "minLength": 1}


def document(version: str, villages: Iterable[str]) -> bytes:
    """The document of a board that shows these villages."""
    types = [Problem, *(twin.answers for twin in TWINS if twin.answers)]
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    codes = {"type": "string", "enum": [*villages]}
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "村务公开栏", "version": version, "description": _ABOUT},
        "paths": {_path(twin): {"get": _operation(twin, codes)} for twin in TWINS},
        "components": {"schemas": schemas},
    }
    return msgspec.json.encode(whole)


def _path(twin: Twin) -> str:
    return f"/v/{{code}}/{twin.form}/{twin.kind}" + (f"/{{{twin.which}}}" if twin.which else "")


def _operation(twin: Twin, codes: dict[str, Any]) -> dict[str, Any]:
    parts = {"code": codes} | ({twin.which: _PART} if twin.which else {})
    asked = [{"name": name, "in": "query", **_ASKED[name]} for name in twin.asks]
    return {
        "operationId": twin.answers.__name__ if twin.answers else f"{twin.kind}_{twin.form}",
        "summary": twin.says,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": of} for name, of in parts.items()),
            *asked,
        ],
        "responses": {
            "200": _answer(twin.says, _MEDIA[twin.form], twin.answers),
            "304": {"description": "If-None-Match：没有变化"},
            "default": _answer("出了什么问题、现在怎么办", "application/problem+json", Problem),
        },
    }


def _answer(says: str, media: str, of: type[msgspec.Struct] | None) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{of.__name__}"} if of else {"type": "string"}
    return {"description": says, "content": {media: {"schema": schema}}}
