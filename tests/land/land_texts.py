"""Texts of generated notices, as a county writes them: what hangs beside a case file."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.land.land_cases import Json

_UNITS = {"working_days": "个工作日", "days": "日"}


def said(day: str) -> str:
    """2025-10-31 → 2025年10月31日."""
    told = date.fromisoformat(day)
    return f"{told.year}年{told.month}月{told.day}日"


def texts_of(case: Json) -> dict[str, str]:
    """The text of every stage by its file name."""
    return {stage["text_file"]: text_of(stage, case) for stage in case["stages"]}


def text_of(stage: Json, case: Json) -> str:
    """Head, what the notice is about, its period, and the foot."""
    head = [stage["issuer"], stage["title"], f"（{stage['doc_no']}）", ""]
    kind = stage["stage"].split("_")[0]
    body = {
        "start": _start,
        "survey": _areas,
        "plan": _plan,
        "register": _register,
        "final": _final,
        "pay": _pay,
    }
    lines = [f"{case['project']}有关事项公告如下：", *body[kind](stage)]
    period = stage["period"]
    if period["n"]:
        n, unit = period["n"], _UNITS[period["kind"]]
        lines.append(f"本公告期限为{n}{unit}，自张贴次日起算，至{said(period['last_day_stated'])}止。")
    return "\n".join([*head, *lines, "", stage["issuer"], said(stage["posted_on"])])


def _start(stage: Json) -> list[str]:
    totals = stage["totals"]
    return [
        f"一、征收范围\n面积{totals['ha']}公顷（合{totals['mu']}亩），以勘测定界成果为准。",
        "二、征收目的\n教育用地",
        f"三、土地现状调查\n{said(stage['survey_from'])}至{said(stage['survey_to'])}对权属、地类、面积进行调查。",
        "四、其他事项\n抢栽抢建的部分不予补偿。",
    ]


def _areas(stage: Json) -> list[str]:
    rows = [f"{row['village']}　{row['land_type']}　{row['ha']}公顷　{row['mu']}亩" for row in stage["areas"]]
    return [*rows, f"合计　{stage['totals']['ha']}公顷　{stage['totals']['mu']}亩"]


def _window(stage: Json) -> str:
    window = stage["registration"]
    return f"{said(window['from'])}至{said(window['to'])}"


def _plan(stage: Json) -> list[str]:
    place, phone = stage["registration"]["place"], stage["registration"]["phone"]
    rows = [
        f"{row['village']}　{row['item']}　{row['basis']}　{_yuan(row['amount_fen'])}元"
        for row in stage["compensation"]
    ]
    return [
        "一、征收范围和土地现状",
        *_areas(stage),
        "二、征收目的\n教育用地",
        "三、补偿标准和费用",
        *rows,
        f"合计　{_yuan(stage['compensation_total_fen'])}元",
        f"四、安置对象\n安置对象为被征地农民{stage['resettled']}人。",
        "五、社会保障\n符合条件的参加基本养老保险。",
        f"六、补偿登记\n请权利人于{_window(stage)}持权属证明到{place}办理，电话{phone}。",
        "七、异议和听证\n过半数成员认为方案不符合规定的，可书面申请听证。",
    ]


def _register(stage: Json) -> list[str]:
    window = stage["registration"]
    days = f"自{said(window['from'])}起至{said(window['to'])}止"
    return [f"补偿登记{days}，地点{window['place']}，联系电话{window['phone']}。"]


def _final(stage: Json) -> list[str]:
    approval = stage["approval"]
    return [
        "一、批准情况",
        (
            f"浙江省人民政府（虚构文号）于{said(approval['date'])}以{approval['doc_no']}批准，"
            f"县人民政府于{said(approval['received'])}收到批准文件。"
        ),
        "二、征收土地情况",
        *_areas(stage),
        "三、补偿和安置\n按已公告的征地补偿安置方案执行。",
        "四、救济途径",
        "对批准行为不服的，可在公告期满之日起60日内申请行政复议，或者6个月内提起行政诉讼。",
    ]


def _pay(stage: Json) -> list[str]:
    rows = [
        f"{row['village']}　{row['item']}　应付{_yuan(row['amount_fen'])}元　已付{_yuan(row['paid_fen'])}元"
        for row in stage["compensation"]
    ]
    due, paid = _yuan(stage["compensation_total_fen"]), _yuan(stage["paid_total_fen"])
    return [*rows, f"合计应付{due}元，已付{paid}元"]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _commas(text: str) -> str:
    return re.sub(r"(?<![0-9.])([0-9]{4,})(\.[0-9]{2}元)", lambda one: f"{int(one[1]):,}{one[2]}", text)


def _wide(text: str) -> str:
    return text.translate({ord("0") + n: ord("０") + n for n in range(10)} | {ord("."): "．"})


def _han_period(text: str) -> str:
    counts = {"7": "七", "10": "十", "30": "三十", "15": "十五", "11": "十一", "12": "十二"}
    return re.sub(
        r"期限为(7|10|11|12|15|30)(个工作日|日)", lambda one: f"期限为{counts[one[1]]}{one[2]}", text
    )


def _sentences(text: str) -> str:
    """Rows as sentences: 岭东村耕地1.2036公顷（18.0540亩）."""
    return re.sub(
        r"^([^　\n]+村)　([^　\n]+)　([0-9.]+公顷)　([0-9.]+亩)$", r"\1\2\3（\4）。", text, flags=re.MULTILINE
    )


def _towns(text: str) -> str:
    town = {"岭东村": "梅坞镇", "大岕口村": "梅坞镇", "竹垓村": "竹垓乡", "中坞村": "竹垓乡"}
    return re.sub(
        r"^(岭东村|大岕口村|竹垓村|中坞村)", lambda one: town[one[1]] + one[1], text, flags=re.MULTILINE
    )


def _range(text: str) -> str:
    """The last day of the period in brackets."""
    return re.sub(
        r"本公告期限为([0-9]+个?工?作?日)，自张贴次日起算，至([0-9年月]+日)止。",
        r"本公告期限为\1（至\2止）。",
        text,
    )


def _mu_only(text: str) -> str:
    """Land in mu alone, where both stand."""
    text = re.sub(r"[0-9.]+公顷　([0-9.]+亩)", r"\1", text)
    return re.sub(r"[0-9.]+公顷（合([0-9.]+亩)）", r"\1", text)


LAYOUTS = {
    "as it is": str,
    "thousands": _commas,
    "full-width figures": _wide,
    "a period in words": _han_period,
    "rows as sentences": _sentences,
    "villages with their towns": _towns,
    "a period in brackets": _range,
    "mu alone": _mu_only,
    "indented": lambda text: re.sub("^", "　　", text, flags=re.MULTILINE),
    "lines of Windows": lambda text: text.replace("\n", "\r\n") + "\r\n",
    "blank lines between": lambda text: text.replace("\n", "\n\n"),
    "tabs": lambda text: text.replace("　", "\t"),
    "headings in brackets": lambda text: re.sub(
        r"^([一二三四五六七八])、", r"（\1）", text, flags=re.MULTILINE
    ),
    "no zeros at the end": lambda text: re.sub(
        r"(\.[0-9]*?)0+(公顷|亩)", lambda m: m[1].rstrip(".") + m[2], text
    ),
}
"""Ways in which counties write the same text."""
