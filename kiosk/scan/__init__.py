"""From a camera frame to a page a clerk can use: pure functions over arrays."""

from kiosk.scan.deskew import skew_degrees, upright_turns
from kiosk.scan.detect import find_page
from kiosk.scan.together import find_pages, on_one_a4

__all__ = ["find_page", "find_pages", "on_one_a4", "skew_degrees", "upright_turns"]
