"""Files of a notice, before anybody may see them (DOMAIN §5, P9): a map that tells too much is held.

Only what a browser shows everywhere is taken, told by its first bytes: PNG, JPEG, PDF. A name or a
readable part that speaks of coordinates or secrecy holds the file; what is compressed inside a PDF
cannot be read here, so the reviewer looks at it (the finding says so nowhere: the eye must).
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from boards.model.land_notice import Attachment

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_BYTES = 20 << 20
_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"%PDF-", "application/pdf"))
_SECRET = re.compile("绝密|机密|秘密|内部资料|涉密|不公开")
_COORDINATES = re.compile(
    r"坐标|经纬度|[东西]经|[南北]纬|CGCS ?2000|WGS ?84|西安80|北京54|GPSL(?:at|ong)itude|GeoTIFF"
    r"|[0-9]{1,3}°[0-9]{1,2}[′'][0-9.]+[″\"]"
)
_GPS_TAG = (b"\x88\x25", b"\x25\x88")  # EXIF: where the picture was taken


class MapHeld(Refusal):
    """A map with coordinates or secrecy marks (P9)."""

    code = "map-held"
    fault = Fault.COUNTY
    sentence = "附件 {name} {why}，不能公开（测绘成果管理和保密规定，检查项 P9）。"
    advice = "请换成不带坐标、没有密级标志的示意图，或由保密审查人员处理后再提交。"


class AttachmentUnfit(Refusal):
    """Not a picture or PDF, too large, or not there."""

    code = "attachment-unfit"
    fault = Fault.PERSON
    sentence = "附件 {name} 不能发布（{why}）。"
    advice = "请用 PNG、JPEG 或 PDF，单个文件不超过 20 MB，并放在案件文件旁边。"


def attachment(path: Path) -> tuple[Attachment, bytes]:
    """Read and judge one file; raises AttachmentUnfit, MapHeld."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LIMIT_BYTES else b""
    except OSError as e:
        raise AttachmentUnfit(name=path.name, why="打不开") from e
    return judged(path.name, data), data


def judged(name: str, data: bytes) -> Attachment:
    """One file by its name and bytes; raises AttachmentUnfit, MapHeld."""
    kind = next((kind for first, kind in _KINDS if data.startswith(first)), None)
    if kind is None:
        raise AttachmentUnfit(name=name, why="不是可以显示的图片或 PDF，或文件过大")
    for text in (name, data.decode("utf-8", "ignore"), data.decode("utf-16-be", "ignore")):
        if _SECRET.search(text):
            raise MapHeld(name=name, why="有密级标志")
        if _COORDINATES.search(text):
            raise MapHeld(name=name, why="带有坐标")
    if kind == "image/jpeg" and b"Exif" in data[:64] and any(tag in data[:512] for tag in _GPS_TAG):
        raise MapHeld(name=name, why="带有拍摄位置")
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(sha256=digest, name=name, media_type=kind, size_bytes=len(data))
