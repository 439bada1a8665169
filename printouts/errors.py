"""What can go wrong when a sheet is put on paper."""

from __future__ import annotations

from boards.model.errors import Fault, Refusal


class GlyphMissing(Refusal):
    """No font here can draw a character, and a box in a name's place is never printed.

    `text` is the name itself, for the clerk at the screen only. It is not a fact, so that
    neither the sentence nor a log repeats it.
    """

    code = "glyph-missing"
    fault = Fault.MACHINE
    sentence = "{where}有一个字（{codepoint}）打印不出来，为免印错，这一份没有打印。"
    advice = "请安装字库：apt-get install fonts-noto-cjk fonts-babelstone-han，或把含此字的字体放进字体目录。"

    def __init__(self, *, text: str, where: str, codepoint: str) -> None:
        """Keep the name apart from the facts."""
        super().__init__(where=where, codepoint=codepoint)
        self.text = text


class CharacterRefused(GlyphMissing):
    """A private-use or control character: every font draws it differently or not at all."""

    code = "character-refused"
    fault = Fault.COUNTY
    sentence = "{where}有一个不是通用汉字的字符（{codepoint}），这一份没有打印。"
    advice = "请县里核对原名册中的这个字，改为国家标准汉字后重新发布。"


class AddressNotPrintable(Refusal):
    """The public address cannot be put into a printed QR code."""

    code = "address-not-printable"
    fault = Fault.PERSON
    sentence = "公开网址设置（public_base_url）不能印进二维码。"
    advice = "请填写 https:// 开头、只含字母数字和 . - : / 的网址。"
