"""What makes a PDF last: PDF/A-2b, which the archive can open in thirty years (ISO 19005-2, paper §5).

Fonts are embedded by the plan, and all ink is grey. Here are the rest of the parts: what the file says of
itself in XMP, what its grey means, and the line end that reportlab leaves out behind a stream. A sheet
has no structure tree, and says so.
"""

from __future__ import annotations

import struct
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from printouts.paper import Imprint

Document: TypeAlias = Any  # reportlab has no types
parts: Any = pdfdoc

PDF_VERSION = (1, 7)
GREY = "Grey, gamma 2.2"
_D50 = (0xF6D6, 0x10000, 0xD32D)  # X, Y, Z of the white of a profile, in 65,536ths
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdf:Producer>{producer}</pdf:Producer>
<pdf:Trapped>False</pdf:Trapped>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


class _EndedStream(parts.PDFStream):  # type: ignore[misc]
    """A stream with the line end that belongs before `endstream` (ISO 19005-2, 6.1.7.1)."""

    def format(self, document: Document) -> bytes:
        """Give reportlab's bytes with it."""
        whole: bytes = super().format(document)
        return whole.removesuffix(b"endstream\n") + b"\nendstream\n"


parts.PDFStream = _EndedStream  # pages, forms and fonts make their streams by this name


def make_archival(document: Document, imprint: Imprint) -> None:
    """Add to a document what PDF/A-2b asks for beyond embedded fonts; its information is set already."""
    catalog, info = document.Catalog, document.info
    packet = _packet(imprint, producer=info.producer, creator=info.creator)
    catalog.Metadata = _stream({"Type": "Metadata", "Subtype": "XML"}, packet)
    intent = {"Type": "OutputIntent", "S": "GTS_PDFA1"}
    profile = document.Reference(_stream({"N": 1}, grey_profile()))
    strings = {"OutputConditionIdentifier": parts.PDFString(GREY), "Info": parts.PDFString(GREY)}
    catalog.OutputIntents = parts.PDFArray(
        [parts.PDFDictionary({**_named(intent), **strings, "DestOutputProfile": profile})]
    )
    catalog.MarkInfo = parts.PDFDictionary({"Marked": "false"})
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]


def _packet(imprint: Imprint, **tools: str) -> bytes:
    """The same as the information dictionary says, in XMP (ISO 19005-2, 6.6)."""
    told = {name: getattr(imprint, name) for name in ("title", "author", "subject", "keywords")} | tools
    plain = {name: escape("".join(filter(str.isprintable, text))) for name, text in told.items()}
    return _PACKET.format(**plain, moment=_moment(imprint.dated)).encode()


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00+08:00"


def _stream(keys: Mapping[str, str | int], content: bytes) -> Document:
    return parts.PDFStream(parts.PDFDictionary(_named(keys)), content, filters=[])


def _named(keys: Mapping[str, str | int]) -> dict[str, Document]:
    return {key: parts.PDFName(value) if isinstance(value, str) else value for key, value in keys.items()}


def grey_profile() -> bytes:
    """An ICC profile of a grey with gamma 2.2 (ICC.1:2001-04), made of nothing but its definition."""
    text = GREY.encode() + b"\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67),
        b"cprt": b"text\0\0\0\0Public domain\0",
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3I", *_D50),
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">IH", 1, int(2.2 * 256)),
    }
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = at + len(body)
    head = struct.pack(">I4xI", size, 0x02100000) + b"mntrGRAYXYZ " + struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    head += b"acsp" + bytes(28) + struct.pack(">3I", *_D50) + bytes(48)
    return head + table + body
