"""The signature as it is handed in."""

from io import BytesIO

import numpy as np
from PIL import Image

from screens.strokes import cropped, signature_png

PEN = 5.0
STROKES = [[(400.0, 300.0), (450.0, 340.0), (520.0, 310.0)], [(430.0, 360.0), (500.0, 365.0)]]


def test_the_picture_is_the_ink_and_a_small_margin() -> None:
    """Promise 4: the office sees the signature, not the pad it was written on."""
    strokes, width, height = cropped(STROKES, PEN)
    image = np.asarray(Image.open(BytesIO(signature_png(strokes, width, height, PEN))))
    assert image.shape == (height, width)
    rows, columns = np.nonzero(image < 128)
    for near, far, size in ((columns.min(), columns.max(), width), (rows.min(), rows.max(), height)):
        assert 2 <= near <= 3 * PEN
        assert 2 <= size - 1 - far <= 3 * PEN


def test_the_strokes_lie_on_the_ink_of_the_picture() -> None:
    """Promise 1: strokes and picture say the same."""
    strokes, width, height = cropped(STROKES, PEN)
    image = np.asarray(Image.open(BytesIO(signature_png(strokes, width, height, PEN))))
    for stroke in strokes:
        for x, y in (stroke[0], stroke[-1]):
            assert image[round(y), round(x)] < 128


def test_a_single_touch_is_a_dot_within_its_picture() -> None:
    """Promise 1: whatever was drawn can be handed in."""
    strokes, width, height = cropped([[(3.0, 4.0)]], PEN)
    image = np.asarray(Image.open(BytesIO(signature_png(strokes, width, height, PEN))))
    assert image.min() < 64
    assert image[0].min() == 255
