"""What a column can mean, and one finder for what a header text means: a scored match over its words.

Every rule adds its weight to one meaning; the heaviest wins. Words, not whole texts, so that
a header nobody here has seen ("2026年春播玉米核定补助面积/亩") still finds its meaning.
"""

# ruff: noqa: E501 - one meaning a line, or the table cannot be read
from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import msgspec

from sync.county.roster.columns.units import unit_in


class What(StrEnum):
    """The things county rosters write in columns (domain §1.4 and 108 header texts from 18 real sources)."""

    SEQ = "seq"
    NAME = "name"
    ID = "id"
    ACCOUNT = "bank_account"
    BANK = "bank_name"
    PHONE = "phone"
    ADDRESS = "address"
    AGE = "age"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GROUP = "group"
    AREA_CONTRACT = "area_contract"  # 确权、承包
    AREA_EXCLUDED = "area_excluded"  # 扣除、排除
    AREA = "area"  # what is paid for: 亩, 台, 人 …
    RATE = "rate"
    AMOUNT = "amount"
    IN_WORDS = "amount_in_words"  # 大写, beside the amount in figures
    DEDUCTION = "deduction"
    PRICE = "price"
    HOUSEHOLDS = "households"
    STATUS = "status"
    REASON = "reason"
    ITEM = "item"
    IN_KIND = "in_kind"
    DATE = "date"
    REMARK = "remark"
    SIGNATURE = "signature"
    OTHER = "other"


class Role(StrEnum):
    """Whose name or number a column holds (domain §1.1: three persons per row)."""

    HOLDER = "holder"  # 户主
    PAYEE = "payee"  # 收款人, 户名 of the card
    BENEFICIARY = "beneficiary"  # 享受人
    ANYONE = ""  # 姓名: the only person there is

    __hash__ = str.__hash__  # the key of every row's names and numbers; Enum's own is ten times slower


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """One column as understood: what, whose, in which unit, and how sure.

    `unit` is the unit of a quantity or rate (亩, 台); `factor` turns what is written into
    yuan, or into `unit` (万元 → 10000, 公顷 → 15 亩).
    """

    what: What
    role: Role = Role.ANYONE
    unit: str = ""
    factor: Decimal = Decimal(1)
    score: int = 0
    rank: int = 0  # among columns of one meaning the highest is the one that counts


_TABLE: dict[What, tuple[str, tuple[tuple[int, str], ...]]] = {
    What.SEQ: ("序号", (
        (9, r"^(序号?|编号|行号|户[序号]|户?序|no\.?|number|项次)$"),
        (6, r"序号"),
    )),
    What.ID: ("证件号码（不公开）", ((12, r"身份证|公民身份|证件号|证件编?码|身份号码|统一社会信用代码|信用代码|^id(card)?$|居民证"),)),
    What.ACCOUNT: ("银行账号（不公开）", (
        (10, r"[账帐]号|卡号|一卡通号|存折号|折号|银行[账帐][号户]?$|[账帐]户号"),
        (6, r"^(银行|社保|社会保障|市民|惠农|一)?(卡|折|一卡通|存折)$"),
    )),
    What.BANK: ("开户银行（不公开）", ((9, r"开户(银?行|机构|网点|社)|银行名称|行名|金融机构|开户行|^银行$|联行号"),)),
    What.PHONE: ("电话（不公开）", ((11, r"电话|手机|联系方式|移动号码|联系号"),)),
    What.NAME: ("姓名", (
        (8, r"姓名|户名|[账帐]户名称?"),
        (7, r"户主|(农|住|种植|养殖|经营|补贴|受益|承包|种粮|退耕|移民)户(主|名称)?$|户代表|花名"),
        (7, r"(享受|收款|领款|领取|受益|购机|申请|申报|承包|经营|持证|补贴|补助|发放|种植|投保|参保)(人员?(?![数口])|者|对象)"),
        (7, r"(享受|收款|领款|领取|受益|受补|补[贴助]|受偿)(单位|主体|组织)"),
        (7, r"(单位|企业|公司|合作社|主体|组织|农场|机构|权利人|权属人)(名称?|（户主）)"),
        (6, r"权属单位|权利人|承包方(代表)?|经营(主体|者)|被补贴|补[贴助]对象|人员名单|^(业主|船东|船主|机主|畜主|林权人|对象|主体|名字)"),
        (7, r"所有(者|人|权人)(姓名|名称)?$|(保障|补偿|救助|慰问|优抚|资助|奖励)(对象|户|家庭)$|受助(人|者|户)|受[灾困](户|人|家庭)|^name$"),
        (3, r"^(农户|户|名称|单位|村民)$"),
    )),
    What.SIGNATURE: ("签字", ((20, r"签[字名章]|盖章|捺印|手印|按印|指印|^签收$|领取签|签领|确认人"),)),
    What.ADDRESS: ("住址（不公开）", ((11, r"住址|地址|居住地|住所|详细位置|门牌|坐落|家庭住|户籍(所在)?地"),)),
    What.AGE: ("年龄（不公开）", ((11, r"年龄|出生|生日|性别|民族|文化程度|政治面貌|健康"),)),
    What.COUNTY: ("县", ((6, r"^(县|区|县区|县市区?|区县|市|省|市县|所属县|县名|所在县.*)$"),)),
    What.TOWN: ("乡镇", ((7, r"乡镇|镇街|街道|乡\(镇\)|镇\(乡|行政区划|^(镇|乡|镇名|所在镇)$|镇乡|办事处"),)),
    What.VILLAGE: ("村", (
        (8, r"行政村|村名|村别|村组|村居|村\(社区|村\(居\)委|村\(居\)$|村委|村民委员会|居委会|社区|自然村|^村$|^(所在|所属)?(村庄?|社区)$"),
        (14, r"(村|区划)[级庄]?(代码|编码)"),
        (6, r"所在地区?$|所在村|所属村|(乡|镇)[、/]?村|村(名称|单位)|村\(|^单位\(村\)|村级"),
    )),
    What.GROUP: ("村民小组", ((12, r"村民组|民小组|组别|组名|^(组|社|社别|小组|队|生产队|村小组|所在组|所属组|组号)$|生产组|小组名称"),)),
    What.AREA: ("补贴面积或数量", (
        (6, r"面积|亩数|^(市?亩|公顷|平方米|平米)$"),
        (5, r"数量|台数|头数|只数|株数|羽数|艘数|袋数|棵数|套数|工日|月数|合计月份|(享受|补[贴助])人数|天数"),
    )),
    What.AREA_EXCLUDED: ("扣除面积", ((11, r"(扣[除减]|排除|不(予)?补[贴助]?|流出|流转出|核减|不享受|剔除|抛荒|占用|未种|非粮|转出).*(面积|亩)|(面积|亩).*(扣[除减]|排除)"),)),
    What.AREA_CONTRACT: ("承包（确权）面积", ((8, r"(确权|承包|依据|证载|计税|二轮|家庭|台账|土地证).*面积|^(土地|耕地|农田|田地)总?面积"),)),
    What.RATE: ("补贴标准", (
        (12, r"标准|单价|每亩|每[公吨台头人户月]|亩均|单位补"),
        (13, r"^单(台|位|头|亩|人)(?!销|售|价).*补|^元[/／每](?=.)|补[贴助]定额|^定额"),
        (13, r"^月(?!份)\S*(金额|额|标准|补[贴助])|^(人均|亩均|户均|每)\S*(金额|额)"),
    )),
    What.IN_WORDS: ("大写金额", ((15, r"大写"),)),
    What.AMOUNT: ("补贴金额", (
        (8, r"金额|补[贴助]额|补[贴助]款|资金|实发|应发|兑付|打卡"),
        (8, r"(补[贴助偿]|奖补|应发|实发|发放|全年|本次|本期)(款|费|金)?(合计|总[计额]|共计|小计)(?!面积|亩|标准|人数|户数|数量|台)"),
        (8, r"(合计|总计?|共)(补[贴助偿]|奖补|发放)(款|费|金)?(?!面积|亩|标准|人|户|数量|台)"),
        (6, r"(救助|救济|保障|慰问|抚恤|资助|奖励|优待|护理|养老|助学|补[贴助偿])金|本期发放|到账$|实付|[实应]领|津贴|费用$|^(rmb|人民币)$|(?<!日)(工资|报酬)$"),
        (5, r"^[国省市县区镇]级?补$|补[贴助偿]费|收入|款项|拨付|发放(数|额)|系统数|^(元|合计\(元\)|补[贴助]|补[贴助偿]数|奖补|奖励|总额|总计|合计|小计)$"),
        (4, r"数额|额度|测算|核算结果|计算结果"),
        (3, r"\((万元|元|角|分)\)|补[贴助偿]$|款$|费$|(中央|省级|市级|县级|地方|配套)"),
    )),
    What.DEDUCTION: ("扣款", ((16, r"扣除?款|应扣|代扣|扣缴|扣回|抵扣|扣减(金额|资金)"),)),
    What.PRICE: ("价格", ((16, r"销售价|售价|价格|购[买机]价|总价|机价|发票|自[缴付筹]|(农户|个人)(承担|缴纳)|总?保费(?!补)|保险?金?额$"),)),
    What.HOUSEHOLDS: ("户数", ((12, r"户数|组数|村数|总人数|^人数|总户|受益人口|个数"),)),
    What.STATUS: ("支付状态", ((11, r"状态|支付结果|发放结果|发放情况|打卡情况|是否(发放|支付|成功)|到账情况"),)),
    What.REASON: ("原因", ((14, r"原因|事由|理由"),)),
    What.ITEM: ("品目、型号", ((9, r"品目|型号|机型|机具|产品|品种|作物|机器|船名|渔船|地块|树种|林种|项目(名称)?$|补[贴助]项目|补[贴助]种类|畜种|用工事项|类别"),)),
    What.OTHER: ("其他（不使用）", ((13, r"厂家|生产企业|经销|出厂编号|发动机号|牌照|小班|卡类型|证件类型|关系|帮扶|职务|劳动力|^人口|建档立卡|户码|户编码|编码$|属性|学历|经办|资金(年度|来源|性质)|年度$|年份|是否超录|户类型|保单号|合同号|权证"),)),
    What.IN_KIND: ("实物", ((11, r"供种|实物|发放(袋|公斤|斤)|(种子|化肥|农药|物资).*(数|重)"),)),
    What.DATE: ("日期", ((11, r"日期|时间|年月日|^年月$|发放日|月份$(?<!合计月份)"),)),
    What.REMARK: ("备注", ((11, r"备注|说明|附注|备考|其他事项|^注$"),)),
}  # fmt: skip
"""Every meaning: how the report says it, and the words of its headers, each with its weight.

Of two meanings of one weight the first here wins.
"""

ORDER = {what: at for at, what in enumerate(_TABLE)}

_RULES = tuple(
    (what, weight, re.compile(words)) for what, (_, rules) in _TABLE.items() for weight, words in rules
)

_SPOKEN_ROLE = {Role.HOLDER: "户主", Role.PAYEE: "收款人", Role.BENEFICIARY: "享受人", Role.ANYONE: ""}
_ROLES = (
    (Role.PAYEE, re.compile(r"收款|领款|[账帐]户|户名|开户人|持卡|一卡通户|领取人|发放对象")),
    (Role.BENEFICIARY, re.compile(r"享受|受益|残疾人|补[贴助](人|对象)|申请人|老人|本人|参保|被保险")),
    (Role.HOLDER, re.compile(r"户主|户代表|承包方|权属|农户|^户$")),
)
_RANKS = (
    (6, re.compile(r"实发|实际发放|应打卡|打卡|实际补|实付|到账|兑付|本[次期]")),
    (5, re.compile(r"发放(金额|资金|数|额)")),
    (5, re.compile(r"合计|总计|小计|共计|总补|总额|总金额|^总")),
    (4, re.compile(r"应享受|[计享]补|核定|核实|验收|审核|认定|实际|应发|应补|最终")),
    (2, re.compile(r"补[贴助偿]|直补")),
    (1, re.compile(r"公示|登记")),
    (-1, re.compile(r"申报|申请|上报|登记|测算|估算|计划|预算")),
    (-3, re.compile(r"中央|省级|市级|县级|地方|国家级|配套|其中|(^|/)[国省市县区镇]级?(财政)?补")),
    (-9, re.compile(r"上年|去年|往年|已发|累计|预拨|未发|上次|第[一二三四]批|异动前|系统外")),
)
_UNIT_KIND = {What.AMOUNT: "money", What.DEDUCTION: "money", What.PRICE: "money", What.RATE: "rate"}
_SUM_WORD = re.compile(r"^(合计|小计|总计|总额|其中)(?=\(|$)")
_ANNOTATION = re.compile(r"[*＊★※]|\s|[\u200b-\u200f\ufeff\u00ad]")


def plain(text: str) -> str:
    """Fold a header text: full-width forms, spaces, asterisks and case do not change its meaning."""
    return _ANNOTATION.sub("", unicodedata.normalize("NFKC", text)).strip("：:、,，.。").lower()


@lru_cache(maxsize=4096)
def meaning_of(*path: str) -> Meaning:
    """Meaning of one column by its header texts, top level first (“补偿面积（亩）”, “国家级”); its unit apart."""
    parts = tuple(part for part in map(plain, path) if part)
    text = "/".join(parts)
    scores = _scores(parts)
    what = max(scores, key=lambda key: scores[key], default=What.OTHER)
    role = next((role for role, rule in _ROLES if rule.search(text)), Role.ANYONE)
    return Meaning(
        what=what,
        role=role if what in {What.NAME, What.ID} else Role.ANYONE,
        score=scores.get(what, 0),
        rank=sum(weight for weight, rule in _RANKS if rule.search(text)),
    )


def spoken(what: What, role: Role = Role.ANYONE) -> str:
    """How the report says what a column is."""
    return f"{_SPOKEN_ROLE[role]}{_TABLE[what][0]}"


def unit_of(what: What, parts: tuple[str, ...]) -> tuple[str, Decimal]:
    """Unit a header states for a column of this meaning, and the factor to ours."""
    return unit_in(tuple(plain(part) for part in parts), _UNIT_KIND.get(what, "quantity"))


def _scores(parts: tuple[str, ...]) -> dict[What, int]:
    """Heaviest rule per meaning; a lower level speaks louder than the group it stands in.

    “合计” under “补偿面积（亩）” is an area: a word that only sums says nothing of its own.
    """
    if len(parts) > 1 and _SUM_WORD.search(parts[-1]) and (above := _scores(parts[:-1])):
        return above
    scores: dict[What, int] = {}
    for depth, part in enumerate(reversed(parts)):
        for what, weight, rule in _RULES:
            if rule.search(part) or rule.search(_unbracketed(part)):
                scores[what] = max(scores.get(what, 0), weight - 2 * depth)
    return scores


@lru_cache(maxsize=4096)
def _unbracketed(part: str) -> str:
    return re.sub(r"[\(\[【〔].*?[\)\]】〕]|[/／](亩|元)$", "", part)
