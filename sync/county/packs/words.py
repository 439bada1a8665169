"""What a leader calls the fields of a pack, and how their values are said."""

from __future__ import annotations

from typing import Final

from boards.model.kept.retention import Kept
from boards.model.names import unshowable

FILES: Final = {
    "pack.toml": "资料包",
    "villages.csv": "村",
    "contacts.csv": "办事联系人",
    "terms/forbidden.txt": "不得公开的词",
    "land/cases.csv": "征地案件",
    "land/platform.toml": "省平台字段表",
}

HEAD: Final = {
    "version": "版本",
    "county_code": "县代码",
    "county": "县名",
    "supervision_phone": "监督电话",
    "mask.version": "姓名显示规则的版本",
    "mask.names": "姓名显示",
    "mask.ids": "证件号码",
    "mask.accounts": "账号",
    "mask.phones": "电话号码",
    "retention.annual": "年度汇总的保管期限",
    "retention.list": "发放公示表的保管期限",
    "retention.application": "申报公示表的保管期限",
    "retention.notice": "征地公告的保管期限",
    "retention.attachment": "公告附件的保管期限",
    "retention.register": "登记簿的保管期限",
    "retention.backfill": "补录材料的保管期限",
}
PROGRAMME: Final = {
    "code": "代码",
    "name": "名称",
    "name_en": "英文名称",
    "department": "主管部门",
    "unit": "计量单位",
    "kind": "补贴方式",
    "sensitive": "只公布姓名和金额",
    "ceiling_yuan": "一户一次最高金额（元）",
    "apply_from": "申报开始",
    "apply_to": "申报截止",
    "retention": "名单的保管期限",
    "guide.who": "补贴对象",
    "guide.standard": "补贴标准",
    "guide.how": "办理程序",
    "guide.materials": "申报材料",
    "guide.deadline": "办理时限",
    "guide.office": "受理单位",
    "guide.phone": "咨询电话",
    "guide.basis": "政策依据",
    "windows.application_days": "申报名单的公示期（天）",
    "windows.application_count": "申报名单公示期的算法",
    "windows.payment_max_months": "发放名单在屏上最多保留（个月）",
    "windows.wall_days": "发放名单的公示期（天）",
    "windows.wall_count": "发放名单公示期的算法",
    "windows.year_before_days": "上年名单与今年并列（天）",
}
CELLS: Final = {
    "county_code": "县代码",
    "county": "县名",
    "town_code": "乡镇代码",
    "town": "乡镇",
    "village_code": "村代码",
    "village": "村名",
    "official": "全称",
    "hamlets": "自然村",
    "who": "联系人",
    "place": "地点",
    "hours": "时间",
    "phone": "电话",
    "case_id": "案件编号",
    "project": "项目",
    "standing": "办理情况",
    "date": "日期",
    "kind": "安排",
    "festival": "节日",
    "code": "事项代码",
    "field": "领域",
    "l1": "一级事项",
    "l2": "二级事项",
    "elements": "公开内容",
    "basis": "公开依据",
    "limit": "公开时限",
    "body": "公开主体",
    "channels": "公开渠道",
    "audience": "公开对象",
    "mode": "公开方式",
    "levels": "公开层级",
    "shown_by": "由什么来公开",
    "window": "公开期限",
    "keep": "保管期限",
}

_KEPT = {one.value: one.words for one in Kept}
_SAID: Final = {
    "mask.names": {"full": "全名", "one_star": "姓加一个星号", "middle_star": "中间一字用星号"},
    "kind": {
        "area": "按面积",
        "item": "按件",
        "person": "按人",
        "in_kind": "发实物",
        "holiday": "放假",
        "makeup_workday": "上班",
    },
    "windows.application_count": {
        "calendar": "日历天，张贴当天不算",
        "calendar_inclusive": "日历天，张贴当天算",
        "working": "工作日",
    },
    "windows.wall_count": {"calendar": "日历天", "working": "工作日"},
    "standing": {"open": "正在办理", "approved": "已批准", "closed": "已办结"},
    "shown_by": {
        "payout": "补贴名单",
        "land": "征地公告",
        "document": "公开件",
        "link": "链接",
        "none": "不在一体机公开",
    },
    "sensitive": {"true": "是", "false": "否"},
    "retention": _KEPT,
    **dict.fromkeys((way for way in HEAD if way.startswith("retention.")), _KEPT),
}
NOT_SAID: Final = "（没有写）"


def said(way: str, value: str) -> str:
    """A value as a leader reads it, on one line, nothing hidden; what nobody named stays as it is written."""
    plain = _SAID.get(way, {}).get(value, value)
    return "".join("⏎" if unshowable(letter) else letter for letter in plain) or NOT_SAID
