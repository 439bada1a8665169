"""The QR code of a sheet: short link and digest in capitals, drawn as vector rectangles.

Capitals, digits and a few signs fit QR's alphanumeric mode (5.5 bits a character); the
short link's route ignores case. The 40 mm space is kept for the county's signed stamp,
which comes later in the same place (settled §14).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from printouts.errors import AddressNotPrintable

SPACE_MM = 40.0
QUIET_MODULES = 4
DIGEST_CHARS = 20  # 80 bits of the sheet's digest
LONGEST = 221  # capitals and digits of version 10 at level Q: with more, a module is under 0.6 mm

Maker: TypeAlias = Any  # qrcode has no types

_PRINTABLE = re.compile(r"HTTPS?://[A-Z0-9][A-Z0-9.-]*(:[0-9]{1,5})?(/[A-Z0-9./-]*)?")


class Run(NamedTuple):
    """Dark modules side by side in one row, in modules from the code's top left corner."""

    row: int
    column: int
    length: int


class Code(NamedTuple):
    """A QR code without its quiet zone."""

    modules: int
    runs: tuple[Run, ...]

    @property
    def module_mm(self) -> float:
        """The side of one module when the code fills its space, quiet zone included."""
        return SPACE_MM / (self.modules + 2 * QUIET_MODULES)


def link(base_url: str, code: str, digest: str) -> str:
    """`HTTPS://HOST/N/<10 digits>/<80 bits of the digest>`, all in capitals."""
    base = base_url.rstrip("/").upper()
    if not _PRINTABLE.fullmatch(base):
        raise AddressNotPrintable
    return f"{base}/N/{code}/{digest[:DIGEST_CHARS].upper()}"


def page(base_url: str, path: str) -> str:
    """A page of the board, where there is no short code yet."""
    base = base_url.rstrip("/")
    if not _PRINTABLE.fullmatch(base.upper()):
        raise AddressNotPrintable
    return base + path


def fits(base_url: str) -> bool:
    """Whether the short links of a site can be printed as a code that a phone reads."""
    try:
        return len(link(base_url, "0" * 10, "0" * DIGEST_CHARS)) <= LONGEST
    except AddressNotPrintable:
        return False


def host(base_url: str) -> str:
    """Address a person can read beside the code."""
    return base_url.split("://", 1)[-1].rstrip("/").lower()


@lru_cache(maxsize=64)
def code_of(text: str) -> Code:
    """Code of a text at level Q (a quarter of it may be dirty)."""
    # only where a code is drawn: qrcode brings Pillow, five MiB in a server whose pages mostly have none
    from qrcode.constants import ERROR_CORRECT_Q  # noqa: PLC0415
    from qrcode.main import QRCode  # noqa: PLC0415

    maker: Maker = QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    maker.add_data(text)
    maker.make(fit=True)
    matrix = maker.get_matrix()
    return Code(len(matrix), tuple(run for row, modules in enumerate(matrix) for run in _runs(row, modules)))


def _runs(row: int, modules: list[bool]) -> list[Run]:
    runs, column = [], 0
    for dark, stretch in groupby(modules):
        length = len(list(stretch))
        if dark:
            runs.append(Run(row, column, length))
        column += length
    return runs
