"""The searchable PDF: time and size of ten pages, and the share of their lines that poppler and pdfium give back.

The floor of the time is img2pdf on the same JPEGs, without any text; that of the size, the JPEGs alone.
"""

import subprocess
from collections.abc import Iterator
from statistics import median

import img2pdf
import numpy as np
import pypdfium2

from bench.figures import Figure, timed
from bench.reading_pages import drawn, texts
from kiosk.reading.results import Line, Reading
from kiosk.scan import pdf
from kiosk.scan.enhance import encode_jpeg
from kiosk.scan.page import PageImage

PAGES = 10
LINE = 60  # pixels from one line to the next at 200 dpi


def measure() -> Iterator[Figure]:
    """Yield the figures of the PDF."""
    written = [texts(number) for number in range(PAGES)]
    images = [drawn(lines, 200) for lines in written]
    small = np.zeros((4, 4, 3), np.uint8)
    pages = [PageImage(encode_jpeg(image), (210.0, 297.0), small, "A4", measured=True) for image in images]
    readings = [_reading(lines, image.shape[1], image.shape[0]) for lines, image in zip(written, images, strict=True)]
    jpegs = [page.jpeg for page in pages]
    floor = median(timed(lambda: img2pdf.convert(jpegs, engine=img2pdf.Engine.internal)) for _ in range(5))
    value = median(timed(lambda: pdf.build(pages, readings)) for _ in range(5))
    yield Figure.of(f"pdf_{PAGES}_pages", value, "ms", floor, "<= 1000 ms; floor: img2pdf, no text")
    document = pdf.build(pages, readings)
    yield Figure.of("pdf_size", len(document) / 1024, "KiB", sum(map(len, jpegs)) / 1024, "ratio <= 1.3")
    lines = [line for page in written for line in page]
    for name, found in (("poppler", _poppler(document)), ("pdfium", _pdfium(document))):
        share = sum(line in found for line in lines) / len(lines)
        yield Figure.of(f"pdf_lines_found_by_{name}", share, "share", 1.0, "1: every line whole")


def _reading(lines: tuple[str, ...], width: int, height: int) -> Reading:
    def line(number: int, text: str) -> Line:
        left, right, top = width * 0.08, width * 0.92, height * 0.06 + number * LINE
        return Line(text, ((left, top), (right, top), (right, top + 40), (left, top + 40)), 1.0)

    return Reading(tuple(line(number, text) for number, text in enumerate(lines)), (width, height), 0)


def _poppler(document: bytes) -> set[str]:
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return set(done.stdout.decode().replace("\f", "\n").splitlines())


def _pdfium(document: bytes) -> set[str]:
    return {
        line for page in pypdfium2.PdfDocument(document) for line in page.get_textpage().get_text_bounded().splitlines()
    }
