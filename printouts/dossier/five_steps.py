"""The page that says how to check a bag with anybody's tools (核对五步), and what each step overlooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from boards.model.money import yuan
from printouts.cells import LEADING, on_one_line, wrapped
from printouts.dossier.contents import as_of, imprint, place
from printouts.fonts import PT_PER_MM, FontPlan, FontShelf, Role, Wanted
from printouts.paper import Box, Drawing, Rule, Text, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from boards.sheets.dossier import Dossier
    from printouts.paper import Mark

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
LEFT_MM, RIGHT_MM, INDENT_MM = 25.0, 192.0, 11.0
TITLE_Y, TITLE_PT, TOP_MM = 20.0, 24.0, 26.0
HEAD_PT, TEXT_PT, CODE_PT, NUMBER_PT = 13.5, 11.0, 10.0, 24.0
CODE_INK, CODE_MM, PAD_MM, GAP_MM = 0.07, 4.7, 1.8, 3.1
RULE_PT, TEXT_MM = 0.35, RIGHT_MM - LEFT_MM - INDENT_MM

SUMS: Final = (
    "sha256sum -c --strict --quiet manifest-sha256.txt tagmanifest-sha256.txt",
    "find data -type f | wc -l",
    "find data -type f -exec cat {} + | wc -c",
)
CHECKPOINT: Final = (
    r"K=../县公钥.txt; T=$(mktemp -d); P='\060\052\060\005\006\003\053\145\160\003\041\000'",
    "sed '/^$/,$d' data/feed/checkpoint > $T/text",
    "for s in publisher reviewer; do",
    '  (printf "$P"; grep "/$s+" $K | cut -d+ -f3- | base64 -d | tail -c 32) > $T/key',
    '  sed -n "s|^— [^ ]*/$s ||p" data/feed/checkpoint | base64 -d | tail -c 64 > $T/sig',
    "  openssl pkeyutl -verify -pubin -keyform DER -inkey $T/key \\",
    "    -rawin -in $T/text -sigfile $T/sig",
    "done",
)
PROGRAM: Final = ("python3 ../核对工具/verify.py . --keys ../县公钥.txt",)


class Step(NamedTuple):
    """One step: what to do, what to type, what should come of it, what it does not see."""

    heading: str
    text: str
    typed: tuple[str, ...]
    unseen: str


def five_steps_pdf(
    dossier: Dossier, fonts: FontShelf, *, files: int, octets: int, tools: Mapping[str, str]
) -> bytes:
    """The page as PDF; equal input gives equal bytes. Raises GlyphMissing.

    `files` and `octets` count the whole payload; `tools` are SHA-256 digests by name.
    """
    steps = worded(dossier, files, octets)
    about = tuple(f"{name}  {digest}" for name, digest in sorted(tools.items()))
    plan = FontPlan(fonts, _texts(dossier, steps, about))
    drawing = Drawing(
        frame=(), pages=(tuple(_page(plan, dossier, steps, about)),), width_mm=WIDTH_MM, height_mm=HEIGHT_MM
    )
    return typeset(drawing, plan, imprint(dossier, "核对五步"))


def worded(dossier: Dossier, files: int, octets: int) -> tuple[Step, ...]:
    """The five steps for one bag."""
    return (
        Step(
            "文件没有改动：sha256sum",
            "在案卷文件夹里运行。第一条什么都不说就是相符；"
            f"第二、三条应是 {files} 个文件、{octets} 字节。",
            SUMS,
            "多出的文件（所以要数个数）；tagmanifest 少了最后一个换行；改了文件又把两份清单重做一遍的。"
            "用 bagit 软件的，看不出 data 以外多出的文件，也看不出 tagmanifest 没有了、改了名、多字少字。",
        ),
        Step(
            "签名是县里的：openssl",
            "把县里公布的两行公钥（不是案卷里的）存成“县公钥.txt”，放在案卷文件夹旁边。"
            "应两次显示 Signature Verified Successfully。",
            CHECKPOINT,
            f"签名只盖到检查点（第 {dossier.size} 条记录，根 {dossier.root[:16]}…），"
            "以后又发的看不出，请与县里比对条数；文件是否就是这些记录，由第三步核对。",
        ),
        Step(
            "内容就是签名的内容：verify.html",
            "用浏览器打开旁边的 核对工具/verify.html，贴上两行公钥，选案卷文件夹，应显示“全部相符”"
            f"{LACKING if any(word in dossier.note for word in LACKS) else ''}。"
            "会用命令行的，也可运行下面一条，两者互不相干。",
            PROGRAM,
            "没有签名的东西：PDF 和首页画成什么样、封面、目录、登记簿、XLSX、题名和页数（连同 .json 和元数据"
            "一起改过的 PDF 也在内）。以 CSV 表格为准，它与签名逐格一致。",
        ),
        Step(
            "墙上贴的就是这一份：扫码",
            "扫公示照片或纸上的二维码，打开的页面上的短码、校验码、户数、合计，应与 data/sheets 里同名 .json "
            "的 code、digest、households、sum_fen 相同。",
            (),
            "纸上二维码以外的字有没有被涂改：请把纸和 CSV 对着看；没有网络时只能对短码和校验码。",
        ),
        Step(
            "数目对得上账：比合计",
            f"{_paid(dossier)}；每份名单“合计＋未列入＝发放总额”，"
            "与县财政的支付凭证、县里公布的年度数逐份比对。",
            (),
            "钱是否真到了农户手里：请抽几户问。",
        ),
    )  # fmt: skip


def _paid(dossier: Dossier) -> str:
    """What the lists in force come to, and beside it what the county settled (R9)."""
    told = f"本年在用的发放名单 {len(dossier.paid)} 份，合计 {yuan(dossier.paid_fen)} 元"
    if not (dossier.decided and dossier.annual):
        return told
    fen = dossier.annual.sum_fen
    agrees = "，与名单合计相同" if fen == dossier.paid_fen else "，与名单合计不同：核定以后名单有变动"
    return f"{told}；县里核定的年度数 {yuan(fen)} 元{agrees}"


def _texts(dossier: Dossier, steps: tuple[Step, ...], about: tuple[str, ...]) -> Iterator[Wanted]:
    """Every text that will be drawn."""
    yield Wanted(Role.TITLE, TITLE, ("标题",))
    for text in (*DIGITS, ABOUT, *(step.heading for step in steps)):
        yield Wanted(Role.HEI, text, ("核对五步",))
    plain = [place(dossier), as_of(dossier), dossier.title, LEAD, *about]
    for step in steps:
        plain += [step.text, *step.typed, UNSEEN + step.unseen]
    for text in plain:
        yield Wanted(Role.DATA, text, ("核对五步",))


LACKS = ("没有保存正文", "没有收到")
LACKING = "（封面说明里没有正文、没有收到的，会逐条点名，并显示“其余相符”）"
TITLE, LEAD = "核对五步", "不用本系统的软件，也能核对这份案卷。每一步下面写着它看不出什么。"
DIGITS, UNSEEN = "12345", "看不出："
ABOUT = "两件核对工具自己的 SHA-256（请与县里公布的比对，工具也可能被换过）"


def _page(
    plan: FontPlan, dossier: Dossier, steps: tuple[Step, ...], about: tuple[str, ...]
) -> Iterator[Mark]:
    """Title and whose it is, the steps one below the other, the digests of the tools."""
    middle = (LEFT_MM + RIGHT_MM) / 2
    yield Text(Role.TITLE, TITLE_PT, middle, TITLE_Y, TITLE, "c")
    whose = f"{place(dossier)}　{dossier.title}"
    size = on_one_line(plan, Role.DATA, whose, TEXT_PT, RIGHT_MM - LEFT_MM - 40).size_pt
    yield Text(Role.DATA, size, LEFT_MM, TOP_MM + 1.5, whose)
    yield Text(Role.DATA, TEXT_PT, RIGHT_MM, TOP_MM + 1.5, as_of(dossier), "r")
    yield Text(Role.DATA, TEXT_PT, LEFT_MM, TOP_MM + 7, LEAD)
    y = TOP_MM + 10.5
    for digit, step in zip(DIGITS, steps, strict=True):
        yield Rule(RULE_PT, LEFT_MM, y, RIGHT_MM, y)
        yield Text(Role.HEI, NUMBER_PT, LEFT_MM, y + 9.8, digit)
        marks, y = _step(plan, step, y + GAP_MM)
        yield from marks
    yield Rule(RULE_PT, LEFT_MM, y, RIGHT_MM, y)
    yield Text(Role.HEI, TEXT_PT, LEFT_MM, y + 6.0, ABOUT)
    for at, line in enumerate(about):
        yield Text(Role.DATA, CODE_PT, LEFT_MM, y + 11.4 + at * CODE_MM, line)


def _step(plan: FontPlan, step: Step, y: float) -> tuple[list[Mark], float]:
    """One step from a height on, and where it ends."""
    x = LEFT_MM + INDENT_MM
    marks: list[Mark] = [Text(Role.HEI, HEAD_PT, x, y + 3.9, step.heading)]
    said, y = _lines(plan, step.text, y + 6.4)
    marks += said
    if step.typed:
        height = len(step.typed) * CODE_MM + PAD_MM
        marks.append(Box(CODE_INK, x, y + 0.8, TEXT_MM, height))
        for at, line in enumerate(step.typed):
            marks.append(Text(Role.DATA, CODE_PT, x + PAD_MM, y + 4.9 + at * CODE_MM, line))
        y += height + 1.6
    said, y = _lines(plan, UNSEEN + step.unseen, y)
    return [*marks, *said], y + GAP_MM


def _lines(plan: FontPlan, text: str, y: float) -> tuple[list[Text], float]:
    """A sentence on its lines."""
    pitch = TEXT_PT * LEADING * 1.16 / PT_PER_MM
    lines = wrapped(plan, Role.DATA, text, TEXT_PT, TEXT_MM)
    x = LEFT_MM + INDENT_MM
    marks = [Text(Role.DATA, TEXT_PT, x, y + (at + 0.8) * pitch, line) for at, line in enumerate(lines)]
    return marks, y + len(lines) * pitch
