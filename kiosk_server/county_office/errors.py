"""What can go wrong at the county's desk. Facts never hold what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from boards.model.errors import Fault, Refusal


class Mark(NamedTuple):
    """One field that must be changed."""

    field: str  # its name in the form
    label: str  # as the person reads it
    why: str


class DeskNotFound(Refusal):
    """An address that leads nowhere, or to the other seat."""

    code = "desk-not-found"
    fault = Fault.PERSON
    sentence = "没有这个页面，或者不归这个席位办理。"
    advice = "请回到首页。"


class FormRefused(Refusal):
    """A form this desk did not hand out, or one that cannot be read."""

    code = "form-refused"
    fault = Fault.PERSON
    sentence = "这张表单不是这个工作台发出的，或者已经过期。"
    advice = "请回到首页重新打开页面再提交。"


class FieldWrong(Refusal):
    """One field of a form."""

    code = "field-wrong"
    fault = Fault.PERSON
    sentence = "“{what}”{why}。"
    advice = "请改好这一项再提交，其余内容已经保存。"


class FieldsWrong(Refusal):
    """Fields of a form, all of them."""

    code = "fields-wrong"
    fault = Fault.PERSON
    sentence = "有 {count} 项要改。"
    advice = "请改好再提交，填好的内容都已经保存。"

    def __init__(self, marks: Sequence[Mark]) -> None:
        """Keep what to mark."""
        super().__init__(count=len(marks))
        self.marks = tuple(marks)


class UploadTooLarge(Refusal):
    """More than a browser may hand in."""

    code = "upload-too-large"
    fault = Fault.PERSON
    sentence = "文件太大（上限 {limit} MB），没有接收。"
    advice = "请按乡镇拆成几份再上传，或请县里的技术人员放好，再从列表里选。"


class NothingUploaded(Refusal):
    """The form came without a file."""

    code = "nothing-uploaded"
    fault = Fault.PERSON
    sentence = "没有选文件。"
    advice = "请先选一份名册，再点“上传并检查”。上次选的文件浏览器不会记住。"


class TlsNeeded(Refusal):
    """Passwords do not travel in the clear, and no file or address makes that safe."""

    code = "tls-needed"
    fault = Fault.PERSON
    sentence = "工作台要给别的机器用，就必须加密（{why}）。"
    advice = "请同时写 --cert 和 --key；或让本机的代理加密，用 --behind-tls https://名称。"


class SignElsewhere(Refusal):
    """The county's rule: nobody types a passphrase into its server."""

    code = "sign-elsewhere"
    fault = Fault.PERSON
    sentence = "本县规定只在自己的机器上签名，工作台不收密钥口令，没有签名。"
    advice = "请下载这一件，在自己的机器上看过、签名，再把签名文件传上来。"


class PassphraseIsPassword(Refusal):
    """Whoever learns one must not have the other."""

    code = "passphrase-is-password"
    fault = Fault.PERSON
    sentence = "这是登录密码，不是密钥的口令，没有签名。"
    advice = "请输入密钥自己的口令；两个真是一样的，请先把登录密码改掉，再换密钥的口令。"


class OfficeNotYours(Refusal):
    """A list of an office whose clerk this is not."""

    code = "office-not-yours"
    fault = Fault.PERSON
    sentence = "您不是“{office}”的经办人，不能提交它的名单。"
    advice = "请填写您经办的发放单位：{known}；不对的，请管理员核定。"


class DeskBroke(Refusal):
    """Our own mistake."""

    code = "desk-broke"
    fault = Fault.MACHINE
    sentence = "程序出错了，这一步没有做完。"
    advice = "请重试；仍不行请把运行窗口里的最后一行交给维护人员。"
