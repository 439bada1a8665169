"""What a visitor may ask for that is not there. Facts never hold what was typed."""

from __future__ import annotations

from boards.model.errors import Fault, Refusal


class NotFound(Refusal):
    """An address that leads nowhere."""

    code = "not-found"
    fault = Fault.PERSON
    sentence = "没有这个页面。"
    advice = "请回到首页查找，或到村委会询问。"


class UnknownVillage(NotFound):
    """A village that is not shown on this machine."""

    code = "unknown-village"
    sentence = "本机没有这个村的公开内容。"
    advice = "请回到本村首页，或扫描本村公示表上的二维码。"


class NothingYet(Refusal):
    """This machine is paired, and nothing has come from the county yet: the page waits for it."""

    code = "nothing-yet"
    fault = Fault.MACHINE
    sentence = "这台机器已经装好，正在等县里发来公开内容。"
    advice = "不用做什么，内容到了会自己显示；现在想看，请到村委会查阅纸质公示。"


class NoSuchProgramme(NotFound):
    """A programme the county pack does not list."""

    code = "no-such-programme"
    sentence = "没有这个补贴项目。"
    advice = "请从“补贴发放”里选择项目。"


class NoSuchList(NotFound):
    """A batch that is not on this board: unknown, withdrawn, or not yet reconciled."""

    code = "no-such-list"
    sentence = "没有这份名单，或者名单已经撤下。"
    advice = "请从“补贴发放”里选择名单，或到村委会查阅。"


class NoSuchSheet(NotFound):
    """A short code that belongs to no sheet here."""

    code = "no-such-sheet"
    sentence = "没有找到这个编号的公示表。"
    advice = "请核对公示表上的 10 位数字；仍找不到请到村委会询问。"


class SheetNotPrinted(NotFound):
    """A number whose sheet was replaced or taken down: it is told of, not printed (settled §46)."""

    code = "sheet-not-printed"
    sentence = "这张公示表已经更正或撤下，不再打印。"
    advice = "请打开这个短码的网页，看最新的一张；或到村委会查阅。"


class NoSuchFile(NotFound):
    """A file of a notice that does not hang here, or has not come yet."""

    code = "no-such-file"
    sentence = "这份附件现在看不了：可能已经撤下，或者还没有传到本村。"
    advice = "请稍后再试，或到村委会查阅。"


class NoSuchCase(NotFound):
    """A land case or a notice that does not hang here: unknown, or withdrawn."""

    code = "no-such-land-case"
    sentence = "本村没有这件征地公告，或者公告已经撤下。"
    advice = "请从“征地公告”里选择，或到村委会查阅。"


class NamesGone(NotFound):
    """The board's window is over: names are shown and printed no more (settled §2)."""

    code = "names-gone"
    sentence = "这份名单本机已不再显示姓名。"
    advice = "需要查阅请到村委会。"


class NothingShown(NotFound):
    """A household with nothing on the board today."""

    code = "nothing-shown"
    sentence = "这里现在没有本机能查到的补贴。"
    advice = "需要查阅以前的发放记录请到村委会。"


class MethodRefused(Refusal):
    """Public pages are only read."""

    code = "method-refused"
    fault = Fault.PERSON
    sentence = "这个网址只能查看，不能提交。"
    advice = "请用链接打开页面。"


class RequestRefused(Refusal):
    """A request that cannot be read."""

    code = "request-refused"
    fault = Fault.PERSON
    sentence = "看不懂这个请求。"
    advice = "请回到首页重新打开。"


class HouseholdsEnough(Refusal):
    """A phone opened thirty households within ten minutes: somebody collects, or many share an address."""

    code = "households-enough"
    fault = Fault.PERSON
    sentence = "这部手机（或同一个网络里的手机）刚才已经看了 {households} 户。"
    advice = "请在 {again} 以后再看，约 {minutes} 分钟；急着看请到村里的触摸屏，或到村委会询问。"


class ArchiveUnreadable(Refusal):
    """The database does not answer, or what was asked for lies on a damaged page."""

    code = "archive-unreadable"
    fault = Fault.MACHINE
    sentence = "本机存的公开内容暂时读不出来，机器正在想办法恢复。"
    advice = "请过几分钟再看，或到村委会查阅纸质公示；仍不行请通知村里的管理员运行 kiosk doctor。"


class ServerBroke(Refusal):
    """Our own mistake."""

    code = "server-broke"
    fault = Fault.MACHINE
    sentence = "这一页没有做出来，是机器的问题。"
    advice = "请稍后再试，或到村委会查阅；公开内容没有丢失。"
