"""From a camera frame to a page a clerk can use: pure functions over arrays."""

from kiosk.scan.detect import find_page

__all__ = ["find_page"]
