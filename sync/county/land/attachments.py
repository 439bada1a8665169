"""Files of a notice, before anybody may see them (P9): a map that reveals too much is held.

Only what every browser shows is accepted, recognised by its first bytes: PNG, JPEG, PDF. A name, a
remark or a property that speaks of coordinates or secrecy holds the file, and so does the place
where a photo was taken. What is only drawn cannot be read here: a person looks, and says so (P8).
"""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path

from boards.model.errors import Fault, Refusal
from boards.model.land.notice import FILE_LIMIT_BYTES, Attachment
from sync.county.land.attachment_text import JPEG, PDF, PNG, readable

_KINDS = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"%PDF-", PDF))
_SECRET = ("绝密", "机密", "秘密", "内部资料", "涉密", "工作秘密", "不得公开", "不公开")
_COORDINATES = ("坐标", "经纬度", "东经", "北纬", "西安80", "北京54")
_CODES = ("utf-8", "utf-16-be", "utf-16-le", "gb18030")  # every way a file may write them
_MEASURED = re.compile(
    rb"CGCS ?2000|WGS ?-?84|GPSL(?:at|ong)itude|GeoTIFF|/GPTS"
    rb"|[0-9]{1,3}\xc2\xb0 ?[0-9]{1,2}(?:\xe2\x80\xb2|')"
)
_GPS_IFD = (struct.pack(">HH", 0x8825, 4), struct.pack("<HH", 0x8825, 4))  # EXIF: tag, type LONG


class MapHeld(Refusal):
    """A map with coordinates or secrecy marks (P9)."""

    code = "map-held"
    fault = Fault.COUNTY
    sentence = "附件 {name} {why}，不能公开（《测绘成果管理条例》和保密规定，检查项 P9）。"
    advice = "请换成不带坐标、没有密级标志的示意图，或由保密审查人员处理后再提交。"


class AttachmentUnfit(Refusal):
    """Not a picture or PDF, too large, or not there."""

    code = "attachment-unfit"
    fault = Fault.PERSON
    sentence = "附件 {name} 不能发布（{why}）。"
    advice = "请用 PNG、JPEG 或 PDF，单个文件不超过 20 MB，并放在案件文件旁边。"


def attachment(path: Path) -> tuple[Attachment, bytes]:
    """Read and judge one file beside the case; raises AttachmentUnfit, MapHeld."""
    if path.is_symlink():
        raise AttachmentUnfit(name=path.name, why="是指向别处的链接")
    try:
        data = path.read_bytes() if path.stat().st_size <= FILE_LIMIT_BYTES else b""
    except OSError as e:
        raise AttachmentUnfit(name=path.name, why="打不开") from e
    return judged(path.name, data), data


def judged(name: str, data: bytes) -> Attachment:
    """One file by its name and bytes; raises AttachmentUnfit, MapHeld."""
    kind = next((kind for first, kind in _KINDS if data.startswith(first)), None)
    if kind is None:
        raise AttachmentUnfit(name=name, why="不是可以显示的图片或 PDF，或文件过大")
    parts = (name.encode(), *readable(kind, data))
    if _speaks_of(_SECRET, parts):
        raise MapHeld(name=name, why="有密级标志")
    if _speaks_of(_COORDINATES, parts) or any(map(_MEASURED.search, parts)):
        raise MapHeld(name=name, why="带有坐标")
    if kind != PDF and any(tag in part for part in parts for tag in _GPS_IFD):
        raise MapHeld(name=name, why="带有拍摄位置")
    return Attachment(
        sha256=hashlib.sha256(data).hexdigest(), name=name, media_type=kind, size_bytes=len(data)
    )


def _speaks_of(words: tuple[str, ...], parts: tuple[bytes, ...]) -> bool:
    written = [word.encode(code) for word in words for code in _CODES]
    return any(word in part for part in parts for word in written)
