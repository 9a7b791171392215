"""Strokes of a finger: smoothed between their points, cropped to their ink, and drawn as a picture."""

from io import BytesIO
from math import ceil

from PIL import Image, ImageDraw

Point = tuple[float, float]
Stroke = list[Point]
_FINE = 2
_MARGIN = 3  # pens of white around the ink


def smooth(stroke: Stroke) -> Stroke:
    """Return the stroke with quadratic curves through the middles of its points (a finger gives 60 points a second)."""
    if len(stroke) < 3:  # noqa: PLR2004 - a curve needs three points
        return list(stroke)
    curve = [stroke[0]]
    for before, here, after in zip(stroke, stroke[1:], stroke[2:], strict=False):
        start = ((before[0] + here[0]) / 2, (before[1] + here[1]) / 2)
        end = ((here[0] + after[0]) / 2, (here[1] + after[1]) / 2)
        for step in range(1, 5):
            part = step / 4
            curve.append(
                (
                    (1 - part) ** 2 * start[0] + 2 * part * (1 - part) * here[0] + part**2 * end[0],
                    (1 - part) ** 2 * start[1] + 2 * part * (1 - part) * here[1] + part**2 * end[1],
                )
            )
    return [*curve, stroke[-1]]


def cropped(strokes: list[Stroke], pen: float) -> tuple[list[Stroke], int, int]:
    """Return the strokes from the top left of their ink and a small margin, and the size of that picture in pixels."""
    margin = _MARGIN * pen
    xs, ys = [x for stroke in strokes for x, _ in stroke], [y for stroke in strokes for _, y in stroke]
    left, top = min(xs) - margin, min(ys) - margin
    moved = [[(round(x - left, 1), round(y - top, 1)) for x, y in stroke] for stroke in strokes]
    return moved, ceil(max(xs) + margin - left), ceil(max(ys) + margin - top)


def signature_png(strokes: list[Stroke], width: int, height: int, pen: float) -> bytes:
    """Return black ink on white as PNG; points are pixels from the top left, `pen` the width of the line."""
    image = Image.new("L", (width * _FINE, height * _FINE), 255)
    draw = ImageDraw.Draw(image)
    radius = pen * _FINE / 2
    for stroke in strokes:
        points = [(x * _FINE, y * _FINE) for x, y in smooth(stroke)]
        draw.line(points, fill=0, width=round(pen * _FINE), joint="curve")
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    out = BytesIO()
    image.resize((width, height), Image.Resampling.BOX).save(out, "PNG")
    return out.getvalue()
