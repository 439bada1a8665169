"""What can go wrong at the press."""

from __future__ import annotations

from boards.model.errors import Fault, Refusal

Refused = tuple[type[Refusal], dict[str, object]]
"""A refusal as it travels between processes: with its facts in it, it does not pickle."""


class FontMissing(Refusal):
    """A font that every sheet needs is not on this machine."""

    code = "font-missing"
    fault = Fault.MACHINE
    sentence = "这台机器没有打印所需的字体（{file}）。"
    advice = "请安装：apt-get install fonts-noto-cjk，或把字体放进 kiosk.toml 的 fonts_dir 目录。"


class FontUnreadable(Refusal):
    """A font file is there but broken."""

    code = "font-unreadable"
    fault = Fault.MACHINE
    sentence = "字体文件已损坏，读不出来（{file}）。"
    advice = "请重新安装 fonts-noto-cjk，或从字体目录中删去这个文件。"


class PressBroken(Refusal):
    """The press process died twice over the same sheet."""

    code = "press-broken"
    fault = Fault.MACHINE
    sentence = "打印程序连续两次意外停止，这份表没有生成。"
    advice = "请检查内存是否够用（kiosk doctor），重启后再试；仍不行请联系县里的技术人员。"


class PressShelfFull(Refusal):
    """A finished sheet or a font could not be kept on disk."""

    code = "press-shelf-full"
    fault = Fault.MACHINE
    sentence = "打印件存不进磁盘（{reason}），这份表没有生成。"
    advice = "请清理磁盘或检查数据目录的权限后重试；已公示的内容不受影响。"


class SpeechMissing(Refusal):
    """This machine has no voice: no synthesiser, and no recording of these words."""

    code = "speech-missing"
    fault = Fault.MACHINE
    sentence = "这台机器还不能朗读。"
    advice = "请看屏幕上的文字，或请村干部帮忙；管理员可安装 espeak-ng 和 lame。"


class SpeechBroken(Refusal):
    """The synthesiser or the encoder died, hung or said nothing."""

    code = "speech-broken"
    fault = Fault.MACHINE
    sentence = "朗读程序没有做成声音（{reason}）。"
    advice = "请看屏幕上的文字；管理员请运行 kiosk doctor。"


class SpeechBusy(Refusal):
    """More people want to hear something than one voice can serve."""

    code = "speech-busy"
    fault = Fault.MACHINE
    sentence = "现在要听的人太多。"
    advice = "请过一分钟再点朗读。"
