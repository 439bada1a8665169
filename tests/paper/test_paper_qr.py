"""The QR code: what it says, and that it is read from paper."""

import subprocess

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from qrcode.constants import ERROR_CORRECT_Q

from printouts import qr
from printouts.errors import AddressNotPrintable
from printouts.paper import Stamp
from printouts.table_sheet import composed, payout_sheet
from tests.paper.paper_village import AT, BASE, DIGEST, BlockShelf, sheet_of

SAYS = "HTTPS://GONGKAI.EXAMPLE.CN/N/4821907365/" + DIGEST[:20].upper()


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", min_size=1, max_size=195))
@settings(max_examples=20, deadline=None)
def test_merged_runs_are_the_codes_own_modules(text):
    """Drawn as stretches of a row, not one dark module is lost or added."""
    own = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    own.add_data(text)
    code = qr.code_of(text)
    drawn = [[False] * code.modules for _ in range(code.modules)]
    for row, column, length in code.runs:
        for at in range(column, column + length):
            assert not drawn[row][at]
            drawn[row][at] = True
    assert drawn == own.get_matrix()


def test_the_link_is_in_capitals_with_short_code_and_digest():
    """Host, short code and 80 bits of the digest fit QR's alphanumeric mode."""
    assert qr.link(BASE + "/", "4821907365", DIGEST) == SAYS
    assert qr.code_of(SAYS).modules == 33  # version 4


@pytest.mark.parametrize(
    "base",
    ["", "gongkai.cn", "ftp://a.cn", "https://", "https://村.cn", "https://a.cn/?v=1", "https://a b.cn"],
)
def test_an_address_that_does_not_fit_is_refused(base):
    """No sheet is printed with a code that leads nowhere."""
    with pytest.raises(AddressNotPrintable):
        qr.link(base, "4821907365", DIGEST)


def test_the_code_keeps_a_forty_millimetre_space():
    """With its quiet zone it fills 40 mm now and will when the county's stamp comes (195 characters)."""
    for text in (SAYS, "A" * 195):
        code = qr.code_of(text)
        assert (code.modules + 8) * code.module_mm == pytest.approx(40)
        assert code.module_mm >= 0.6


def test_nothing_is_drawn_in_the_quiet_zone():
    """Four modules around the code stay white."""
    drawing, plan, _ = composed(sheet_of(25), BlockShelf(), printed_at=AT, base_url=BASE)
    (stamp,) = [mark for mark in drawing.frame if isinstance(mark, Stamp)]
    quiet = 4 * stamp.module_mm
    left, top = stamp.x - quiet, stamp.y - quiet
    for mark in (*drawing.frame, *drawing.pages[0]):
        if hasattr(mark, "text") and mark.y > top:
            assert (
                mark.x + (0 if mark.align == "r" else plan.width_mm(mark.role, mark.text, mark.size_pt))
                <= left
            )
        elif hasattr(mark, "y1") and mark.x1 > left:
            assert max(mark.y0, mark.y1) <= top


@pytest.fixture(scope="module")
def rasters(tmp_path_factory):
    """One sheet as pictures at three resolutions."""
    folder = tmp_path_factory.mktemp("raster")
    (folder / "sheet.pdf").write_bytes(payout_sheet(sheet_of(24), BlockShelf(), printed_at=AT, base_url=BASE))
    pictures = {}
    for dpi in (100, 150, 200):
        command = ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", "sheet.pdf", str(dpi)]
        subprocess.run(command, cwd=folder, check=True)
        pictures[dpi] = Image.open(folder / f"{dpi}.pgm")
        pictures[dpi].load()
    return pictures


def read(picture):
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.thorough
@pytest.mark.parametrize("dpi", [100, 150, 200])
def test_the_code_is_read_from_a_raster(rasters, dpi):
    """A phone's picture of the sheet gives the exact link, and no other code is found."""
    assert read(rasters[dpi]) == [SAYS]


@pytest.mark.thorough
@pytest.mark.parametrize("dpi", [100, 150, 200])
@pytest.mark.parametrize("degrees", [-8, 8])
def test_the_code_is_read_askew(rasters, dpi, degrees):
    """A sheet hung or held 8° askew is read."""
    askew = rasters[dpi].rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    assert read(askew) == [SAYS]


@pytest.mark.thorough
@pytest.mark.parametrize("dpi", [100, 150, 200])
def test_the_code_is_read_blurred_and_noisy(rasters, dpi):
    """Out of focus and speckled, it is read."""
    blurred = rasters[dpi].filter(ImageFilter.GaussianBlur(dpi / 100))
    speckled = Image.blend(blurred, Image.effect_noise(blurred.size, 60), 0.25)
    assert read(blurred) == [SAYS]
    assert read(speckled) == [SAYS]
