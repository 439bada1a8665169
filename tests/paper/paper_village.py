"""A village's sheets, and fonts that are the same on every machine."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from boards.model.payouts import Control, LeftOut, LeftOutReason, Phase, Terms
from boards.model.place import Village
from boards.sheets.sheet import Line, Sheet, SheetHead, Variant
from printouts.fonts import ALWAYS, Role

AT = datetime(2026, 11, 22, 9, 12)
BASE = "https://gongkai.example.cn"
NAMES = [
    "沈桂珍",
    "周阿根",
    "朱𬭎",
    "贾䶮",
    "陈水娥",
    "王㛃",
    "吴有福",
    "沈国强",
    "单秀英",
    "钱金木",
    "欧阳建国",
    "阿不都热依木·买买提",
    "王有宝",
    "施建木",
    "施阿强",
    "朱建英",
    "朱国兰",
    "陈永宝",
    "沈小兰",
    "陈国生",
    "吴有珍",
    "闵水生",
    "王建兰",
    "陈根福",
]
COOPERATIVE = "苕安县梅坞镇岭东村粮油全程机械化生产服务专业合作社联合社第二分社筹备委员会"
DIGEST = "9f2c71ab" + "5e0d" * 14
LEFT_OUT = (
    LeftOut(reason=LeftOutReason.RETURNED, count=2, sum_fen=123456),
    LeftOut(reason=LeftOutReason.UNLISTED, count=1, sum_fen=50000),
)
TITLES = {
    Variant.AREA: "岭东村2026年耕地地力保护补贴发放公示表",
    Variant.ITEM: "岭东村2026年农机购置与应用补贴发放公示表",
    Variant.IN_KIND: "岭东村2026年大豆良种补贴物资发放公示表",
    Variant.APPLICATION: "岭东村2026年实际种粮农民一次性补贴申报公示表",
}


def line_of(seq: int, variant: Variant, holder: str) -> Line:
    """Household's line as the variant shows it."""
    quantity = Decimal(17 + seq * 37 % 100) / 10
    amount = int(quantity * 12000)
    own = {
        Variant.AREA: {"amount_fen": amount},
        Variant.APPLICATION: {},
        Variant.IN_KIND: {"in_kind": "大豆良种 10.5 kg", "unit": "kg"},
        Variant.ITEM: {
            "beneficiary": NAMES[(seq + 7) % len(NAMES)],
            "item": "轮式拖拉机 90马力四轮驱动拖拉机",
            "unit": "台",
            "rate": Decimal("124.9788302"),
            "amount_fen": amount,
        },
    }[variant]
    return Line(**{"seq": seq, "holder": holder, "group": "一组", "quantity": quantity, "unit": "亩"} | own)


def sheet_of(
    lines: int | Sequence[Line],
    variant: Variant = Variant.AREA,
    *,
    left_out: tuple[LeftOut, ...] = (),
    sensitive: bool = False,
    title: str = "",
    control: Control | None = None,
    **terms: object,
) -> Sheet:
    """Whole sheet with sums that agree."""
    if isinstance(lines, int):
        lines = [line_of(n, variant, NAMES[(n - 1) % len(NAMES)]) for n in range(1, lines + 1)]
    total = sum(line.amount_fen for line in lines)
    applied = variant is Variant.APPLICATION
    told = Terms(
        **{
            "village": "330590102201",
            "programme": "farmland_fertility",
            "programme_name": "耕地地力保护补贴",
            "phase": Phase.APPLICATION if applied else Phase.PAYMENT,
            "fiscal_year": 2026,
            "period_no": "2026-01",
            "paid_on": None if applied else date(2026, 11, 10),
            "funds": "中央财政",
            "rate_text": "120元/亩" if variant is Variant.AREA else "",
            "office": "苕安县农业农村局、财政局",
            "phone": "0500-123 4567",
            "address": "村部一楼",
            "planned_from": date(2026, 11, 22),
            "planned_until": date(2026, 11, 29),
            "sensitive": sensitive,
        }
        | terms
    )
    head = SheetHead(
        village=Village(code="330590102201", name="岭东村", town="梅坞镇", county="苕安县"),
        batch="farmland_fertility-2026-01",
        edition=1,
        variant=variant,
        title=title or TITLES[variant],
        terms=told,
        count=len(lines),
        households=len(lines),
        quantity=sum((line.quantity or Decimal(0) for line in lines), Decimal(0)),
        unit=lines[0].unit if lines else "亩",
        sum_fen=total,
        left_out=left_out,
        source_total_fen=total + sum(part.sum_fen for part in left_out),
        control=control,
        digest=DIGEST,
        code="4821907365",
        mask_policy="v1",
    )
    return Sheet(head=head, lines=tuple(lines))


@dataclass(frozen=True)
class BlockFont:
    """A font of plain blocks: ASCII half an em wide, everything else a whole one."""

    name: str
    lacks: frozenset[str] = frozenset()
    asked: list[frozenset[str]] = field(default_factory=list)

    def covered(self, chars: frozenset[str]) -> frozenset[str]:
        """Everything but what it lacks."""
        return chars - self.lacks

    def subset(self, chars: frozenset[str]) -> bytes:
        """Font file of two different glyphs."""
        self.asked.append(chars)
        build = FontBuilder(1000, isTTF=True)
        build.setupGlyphOrder([".notdef", "half", "whole"])
        build.setupCharacterMap({ord(c): "half" if ord(c) < 128 else "whole" for c in chars | ALWAYS})
        widths = {".notdef": 1000, "half": 500, "whole": 1000}
        build.setupGlyf({name: _block(width) for name, width in widths.items()})
        build.setupHorizontalMetrics({name: (width, 50) for name, width in widths.items()})
        build.setupHorizontalHeader(ascent=880, descent=-120)
        build.setupNameTable({"familyName": self.name, "styleName": "Regular", "psName": self.name})
        build.setupOS2(sTypoAscender=880, sTypoDescender=-120)
        build.setupPost()
        build.setupHead(unitsPerEm=1000, created=0, modified=0)
        out = BytesIO()
        build.font.recalcTimestamp = False
        build.save(out)
        return out.getvalue()


def _block(width: int) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((50, 700), (width - 50, 700), (width - 50, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


@dataclass(frozen=True)
class BlockShelf:
    """One block font a role, or the chains given."""

    chains: dict[Role, list[BlockFont]] = field(default_factory=dict)

    def chain(self, role: Role) -> list[BlockFont]:
        """Role's candidates."""
        return self.chains.setdefault(role, [BlockFont(f"Block-{role}")])
