"""Small print, photographed and kept: what was written can still be read."""

from bench.scan_page import SEEN_DPI, taken_of
from drivers.deadline import Deadline
from kiosk.reading.reader import Reader
from kiosk.scan.pictures import decode_picture
from tests.kiosk.reading.sheets import LETTER, sheet

SECONDS = 120.0


def test_no_character_of_nine_points_is_lost_on_the_way_to_the_kept_page() -> None:
    """Promise 1: in uneven light and noise, at 200 dpi, in JPEG, the office reads what the paper said."""
    page = taken_of(sheet(LETTER, dpi=SEEN_DPI, points=9.0, mm=(148, 105)))
    reader = Reader()
    try:
        read = reader.read(decode_picture(page.jpeg), Deadline.after(SECONDS)).reveal()
    finally:
        reader.close()
    assert "".join("".join(line.text.split()) for line in read.lines) == "".join("".join(LETTER).split())
    assert len(page.jpeg) <= 200_000
