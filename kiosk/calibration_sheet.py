"""The calibration sheet as a PDF to print: A4, true size."""

import io
from pathlib import Path

import img2pdf
from PIL import Image

from drivers.camera_sheet import SHEET_MM, draw_sheet
from kiosk.words import ASSETS

FONT = ASSETS / "fonts" / "NotoSansCJKsc-Regular.otf"
_POINTS_PER_MM = 72 / 25.4


def sheet_pdf(font: Path = FONT) -> bytes:
    """Return the PDF of one page; equal calls give equal bytes."""
    out = io.BytesIO()
    Image.fromarray(draw_sheet(font)).save(out, "PNG")
    width, height = (mm * _POINTS_PER_MM for mm in SHEET_MM)

    def layout(_width: int, _height: int, _dpi: tuple[float, float]) -> tuple[float, float, float, float]:
        return width, height, width, height

    document = img2pdf.convert(
        out.getvalue(), layout_fun=layout, engine=img2pdf.Engine.internal, nodate=True, producer=""
    )
    return bytes(document)
