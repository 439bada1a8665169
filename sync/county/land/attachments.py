"""Files of a notice, before anybody may see them (P9): a map that reveals too much is held.

Only what every browser shows is accepted, recognised by its first bytes: PNG, JPEG, PDF. A name, a
remark or a property that speaks of coordinates or secrecy holds the file, and so do the
place where a photo was taken, the camera's owner and numbers of persons. A PDF that does or hides
something is refused. What is only drawn cannot be read here: a person looks, and says so (P8).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

from boards.model.errors import Fault, Refusal
from boards.model.land.notice import FILE_LIMIT_BYTES, Attachment
from boards.model.privacy.numbers import numbers_in
from boards.model.privacy.withheld import shown
from sync.county.land.attachment_text import JPEG, PDF, PNG, readable
from sync.county.land.pdf_text import pdf_read

_KINDS = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"%PDF-", PDF))
_SECRET = ("绝密", "机密", "秘密", "内部资料", "涉密", "工作秘密", "不得公开", "不公开")
_COORDINATES = ("坐标", "经纬度", "东经", "北纬", "西安80", "北京54")
_CODES = ("utf-8", "utf-16-be", "utf-16-le", "gb18030")  # every way a file may write them
_MEASURED = re.compile(
    rb"CGCS ?2000|WGS ?-?84|GPSL(?:at|ong)itude|GeoTIFF|/GPTS"
    rb"|[0-9]{1,3}\xc2\xb0 ?[0-9]{1,2}(?:\xe2\x80\xb2|')"
)
_MARKED = re.compile(
    r"^\s*(?:绝密|机密|秘密)(?:\s*[★☆*].*)?\s*$|内部资料|坐标系|拐点坐标|东经\s*[0-9]|北纬\s*[0-9]",
    re.MULTILINE,
)
_UNPRINTED = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]+")
_EXIF_IFD, _OWNER = 0x8769, 0xA430
_BROKEN = (OSError, ValueError, SyntaxError, struct.error, EOFError, TypeError, LookupError)
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


class AttachmentPrivate(Refusal):
    """A number of a person in what a file says, shows as text or is called."""

    code = "attachment-private"
    fault = Fault.COUNTY
    sentence = (
        "附件 {name} 里有身份证号、账号或手机号（文字、属性、批注或文件名），不能公开（检查项 P1 至 P3）。"
    )
    advice = "请删去号码后重新生成这个文件，并清除文件属性，再提交。"


def attachment(path: Path) -> tuple[Attachment, bytes]:
    """Read and judge one file beside the case; raises AttachmentUnfit, MapHeld, AttachmentPrivate."""
    if path.is_symlink():
        raise AttachmentUnfit(name=shown(path.name), why="是指向别处的链接")
    try:
        data = path.read_bytes() if path.stat().st_size <= FILE_LIMIT_BYTES else b""
    except OSError as e:
        raise AttachmentUnfit(name=shown(path.name), why="打不开") from e
    return judged(path.name, data), data


def judged(name: str, data: bytes) -> Attachment:
    """One file by its name and bytes; raises AttachmentUnfit, MapHeld, AttachmentPrivate."""
    kind = next((kind for first, kind in _KINDS if data.startswith(first)), None)
    if kind is None:
        raise AttachmentUnfit(name=shown(name), why="不是可以显示的图片或 PDF，或文件过大")
    parts = (name.encode(), *readable(kind, data))
    if _speaks_of(_SECRET, parts):
        raise MapHeld(name=shown(name), why="有密级标志")
    if _speaks_of(_COORDINATES, parts) or any(map(_MEASURED.search, parts)):
        raise MapHeld(name=shown(name), why="带有坐标")
    if kind != PDF and any(tag in part for part in parts for tag in _GPS_IFD):
        raise MapHeld(name=shown(name), why="带有拍摄位置")
    texts = (name, *_texts(kind, name, data, parts))
    if any(map(numbers_in, texts)):
        raise AttachmentPrivate(name=shown(name))
    if kind == PDF and any(map(_MARKED.search, texts)):
        raise MapHeld(name=shown(name), why="有密级标志或坐标")
    return Attachment(
        sha256=hashlib.sha256(data).hexdigest(), name=name, media_type=kind, size_bytes=len(data)
    )


def unread(data: bytes) -> bool:
    """Whether a person must look because no program can read it all: a picture, a scanned page (P8)."""
    return not data.startswith(b"%PDF-") or pdf_read(data).scanned


def _texts(kind: str, name: str, data: bytes, parts: tuple[bytes, ...]) -> Iterator[str]:
    """Everything a file says in letters; raises AttachmentUnfit, MapHeld."""
    if kind == PDF:
        read = pdf_read(data)
        if read.why_not:
            raise AttachmentUnfit(name=shown(name), why=read.why_not)
        yield from read.texts
        return
    told = dict(_exif(data))
    if str(told.get(_OWNER, "")).strip(" \0"):
        raise MapHeld(name=shown(name), why="带有相机主人的姓名")
    for part in (*parts, *(value for value in told.values() if isinstance(value, bytes))):
        for code in _CODES:
            yield from _UNPRINTED.split(part.removeprefix(b"UNICODE\0").decode(code, "replace"))
    yield from (value for value in told.values() if isinstance(value, str))


def _exif(data: bytes) -> Iterator[tuple[int, object]]:
    """Tags of a picture and what they say; a picture that is broken says nothing."""
    from PIL import Image  # noqa: PLC0415 - loaded only where a picture is read

    with (
        warnings.catch_warnings(action="ignore"),
        contextlib.suppress(*_BROKEN, Image.DecompressionBombError),
    ):
        exif = Image.open(io.BytesIO(data)).getexif()
        yield from (*exif.items(), *exif.get_ifd(_EXIF_IFD).items())


def _speaks_of(words: tuple[str, ...], parts: tuple[bytes, ...]) -> bool:
    written = [word.encode(code) for word in words for code in _CODES]
    return any(word in part for part in parts for word in written)
