"""The panel's offset: measured at five points, kept, and taken off every touch; never made up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.touch_offset import NONE, POINTS, Offset, OffsetFile, Place, measure
from screens.touch import TouchCorrector

SIZE = (335.0, 600.0)


def told_by(offset: Offset) -> list[Place]:
    """Return what a panel with that error tells when the crosses are hit."""
    return [((x - offset.shift_x) / offset.scale_x, (y - offset.shift_y) / offset.scale_y) for x, y in POINTS]


@given(st.floats(0.95, 1.05), st.floats(-0.03, 0.03), st.floats(0.95, 1.05), st.floats(-0.03, 0.03))
def test_shift_and_stretch_are_found_and_taken_off(sx: float, bx: float, sy: float, by: float) -> None:
    """Promise 7: whatever the panel is off by as a whole, the finger hits what it aims at."""
    found = measure(told_by(Offset(sx, bx, sy, by)), SIZE)
    assert found.usable
    assert found.scatter_mm == pytest.approx(0, abs=1e-6)
    for told, point in zip(told_by(Offset(sx, bx, sy, by)), POINTS, strict=True):
        assert found.offset.true(told) == pytest.approx(point)


def test_five_touches_that_do_not_agree_correct_nothing() -> None:
    """Promise 4: one touch beside the cross is not averaged away."""
    told = told_by(NONE)
    told[2] = (0.6, 0.6)
    assert not measure(told, SIZE).usable


def test_touches_all_in_one_place_are_no_measure() -> None:
    """Promise 4: a stuck panel is not taken for a shifted one."""
    assert not measure([(0.5, 0.5)] * 5, SIZE).usable


def test_fewer_than_five_are_refused() -> None:
    """Promise 4."""
    with pytest.raises(ValueError, match="not 4"):
        measure(told_by(NONE)[:4], SIZE)


def test_it_is_kept_over_a_restart(tmp_path: Path) -> None:
    """Promise 7: measured once."""
    offset = Offset(1.01, -0.02, 0.99, 0.01)
    OffsetFile(tmp_path).keep(offset)
    assert OffsetFile(tmp_path).read() == offset


@pytest.mark.parametrize("text", ["", "[]", '{"scale_x": 9}', '{"scale_x": "nan"}', '{"tilt": 1}'])
def test_a_file_that_cannot_be_right_corrects_nothing(tmp_path: Path, text: str) -> None:
    """Promise 4: a torn file does not make the kiosk unusable."""
    (tmp_path / "touch.json").write_text(text, "utf-8")
    assert OffsetFile(tmp_path).read() == NONE


class Finger:
    """A touch as Kivy hands it on."""

    def __init__(self, x: float, y: float) -> None:
        self.sx, self.sy = x, y
        self.ud: dict[str, tuple[float, float]] = {}


def test_a_touch_is_corrected_once_however_often_it_is_handed_on() -> None:
    """Promise 7: lifting the finger where it lay does not shift it again."""
    corrector = TouchCorrector(Offset(1.0, 0.02, 1.0, -0.01))
    finger = Finger(0.5, 0.5)
    for event in ("begin", "end"):
        corrector.process([(event, finger)])
    assert (finger.sx, finger.sy) == pytest.approx((0.52, 0.51))
    finger.sx, finger.sy = 0.6, 0.5
    corrector.process([("update", finger)])
    assert finger.sx == pytest.approx(0.62)


def test_while_the_panel_is_measured_nothing_is_corrected() -> None:
    """Promise 4: what is measured is the panel, not the last correction."""
    corrector = TouchCorrector(Offset(1.0, 0.1, 1.0, 0.1))
    corrector.paused = True
    finger = Finger(0.5, 0.5)
    corrector.process([("begin", finger)])
    assert (finger.sx, finger.sy) == (0.5, 0.5)
