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


class NotLoopback(Refusal):
    """The desk shows names: it is for this machine only."""

    code = "not-loopback"
    fault = Fault.PERSON
    sentence = "工作台只能开在本机地址上，{host} 不是。"
    advice = "请用 --bind 127.0.0.1:端口。"


class DeskBroke(Refusal):
    """Our own mistake."""

    code = "desk-broke"
    fault = Fault.MACHINE
    sentence = "程序出错了，这一步没有做完。"
    advice = "请重试；仍不行请把运行窗口里的最后一行交给维护人员。"
