"""Document numbers of official notices: 苕征告〔2026〕7号 (GB/T 9704-2012, domain §3.1)."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from boards.model.errors import Fault, Refusal

_NUMBER = re.compile(r"(?P<office>[^〔〕\s]+)〔(?P<year>[0-9]{4})〕(?P<serial>[1-9][0-9]*)号", re.ASCII)
_LOOSE = re.compile(r"^(.*?)[\[【(〔{]?([0-9]{4})[\]】)〕}]?第?0*([0-9]+)号?$", re.ASCII)


class DocumentNumber(msgspec.Struct, frozen=True, kw_only=True):
    """Short name of the office and kind (发文机关代字), year, and serial number within the year (文号)."""

    office: str
    year: int
    serial: int

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.office}〔{self.year}〕{self.serial}号"


class DocumentNumberMalformed(Refusal):
    """A document number is not in the form of the national standard."""

    code = "document-number-malformed"
    fault = Fault.COUNTY
    sentence = "文号“{text}”不符合规范。"
    advice = "请写成“机关代字〔四位年份〕序号号”：用六角括号，年份写全，序号前不加“第”、不补零。"


def document_number(text: str) -> DocumentNumber:
    """Read a document number; DocumentNumberMalformed for other brackets, 第, padding or a short year."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise DocumentNumberMalformed(text=text)
    return DocumentNumber(office=match["office"], year=int(match["year"]), serial=int(match["serial"]))


def same_number(one: str, other: str) -> bool:
    """Whether two written numbers mean the same document, whatever brackets and spaces they use."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    match = _LOOSE.match(plain)
    return f"{match[1]}〔{match[2]}〕{match[3]}号" if match else plain
