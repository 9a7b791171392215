"""Pages to one PDF in true size, by img2pdf: the JPEGs go in as they are.

One decision: equal pages give equal bytes (no date, no identifier, no producer, no name), since the file's SHA-256
stands for it on its way to the office.
"""

from collections.abc import Sequence

import img2pdf

from kiosk.scan.page import PageImage
from kiosk.scan.rectify import MM_PER_INCH

_POINTS_PER_INCH = 72.0


def build(pages: Sequence[PageImage]) -> bytes:
    """Return the PDF of `pages`, in their order.

    Raises:
        ValueError: there are no pages.
    """
    if not pages:
        raise ValueError("a PDF needs a page")
    sizes = iter([tuple(mm * _POINTS_PER_INCH / MM_PER_INCH for mm in page.mm_size) for page in pages])

    def layout(_width: int, _height: int, _dpi: tuple[float, float]) -> tuple[float, float, float, float]:
        width, height = next(sizes)  # img2pdf asks once a picture, in order
        return width, height, width, height

    document = img2pdf.convert(
        [page.jpeg for page in pages],
        layout_fun=layout,
        engine=img2pdf.Engine.internal,
        nodate=True,
        producer="",
    )
    return bytes(document)
