"""Readings written by hand: lines at places of a page, as the reading gives them."""

from collections.abc import Sequence

from kiosk.reading.results import Line, Reading

WIDTH, HEIGHT = 1000, 600
_HIGH = 24.0


def reading(*lines: tuple[float, float, str], confidence: float = 0.98, turns: int = 0) -> Reading:
    """Return a reading of lines (x, y of their left top in parts of the upright page, text), the page lying turned."""
    return Reading(tuple(_line(*each, confidence) for each in lines), (WIDTH, HEIGHT), 0).turned(-turns)


def rows(texts: Sequence[str], *, left: float = 0.1) -> Reading:
    """Return a reading of one line a row."""
    return reading(*((left, 0.05 + 0.06 * number, text) for number, text in enumerate(texts)))


def _line(x: float, y: float, text: str, confidence: float) -> Line:
    left, top = x * WIDTH, y * HEIGHT
    right, bottom = left + _HIGH * len(text), top + _HIGH
    return Line(text, ((left, top), (right, top), (right, bottom), (left, bottom)), confidence)
