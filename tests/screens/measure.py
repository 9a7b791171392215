"""What is measured on a page: millimetres of the widget tree, and contrast in the picture that was drawn of it.

Each check takes a stage whose page is built and yields one sentence a fault. Limits: WCAG 2.2 (1.4.6 contrast, 2.5.5
targets), EN 301 549 5.1.4 (type), and the house's own, which are stricter.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from screens.theme import Rgb, contrast
from tests.screens.studio import blocks

if TYPE_CHECKING:
    from screens.stage import Stage

Box = tuple[int, int, int, int]
Picture = NDArray[np.uint8]  # rows from the top, RGB
TYPE_MM, TARGET_MM, GAP_MM = (7.3, 12.0), (20.0, 25.0), 3.0  # normal, elder; gaps alike
KEY_MM = (
    10.5  # for elder eyes: words on a keyboard's keys (larger, "Delete" would not fit), numbers below small pictures
)
LEAST_CONTRAST = 7.0
_TOLERANCE = 1  # pixel
_GROUND_SHARE = 0.08  # of a text's box: less is the soft edge of a letter
_LEVELS, _SHIFT = 32, 3  # colours are counted in 32 steps a channel


def inside(inner: Box, outer: Box) -> bool:
    """Tell whether a rectangle lies in another."""
    return (
        inner[0] >= outer[0] - _TOLERANCE
        and inner[1] >= outer[1] - _TOLERANCE
        and inner[0] + inner[2] <= outer[0] + outer[2] + _TOLERANCE
        and inner[1] + inner[3] <= outer[1] + outer[3] + _TOLERANCE
    )


def between(one: Box, other: Box) -> tuple[int, int]:
    """Return how far two rectangles are apart, across and down, in pixels; less than nothing where they overlap."""
    across = max(one[0], other[0]) - min(one[0] + one[2], other[0] + other[2])
    down = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    return across, down


def text_faults(stage: "Stage") -> Iterator[str]:
    """Yield text that is too small, wider or higher than its place, or broken within a word."""
    from screens.blocks import Text

    theme = stage.view.theme
    for block in blocks(stage):
        if not isinstance(block, Text):
            continue
        _, _, width, height = block.box
        lines = block.lines(width)
        on_key = str(getattr(block.parent, "target", "")).startswith(("key:", "page:"))
        least = (KEY_MM if on_key and theme.elder else TYPE_MM[theme.elder]) * theme.screen.px_per_mm
        if block.em < least - _TOLERANCE:
            yield f"type is too small: {block.em} px, {least:.0f} wanted: {block.text[:24]!r}"
        widest = max(block.kit.types.width(line, block.em, bold=block.bold) for line in lines)
        if widest > width + _TOLERANCE or block.kit.types.leading(block.em) * len(lines) > height + 2:
            yield f"text does not fit: {block.text[:24]!r} {block.box}"
        if "".join(block.text.split()) != "".join("".join(lines).split()):
            yield f"text is not shown whole: {block.text[:24]!r}"
        for line, following in pairwise(lines):
            if (line[-1:] + following[:1]).isascii() and line[-1:].isalpha() and following[:1].isalpha():
                broken = block.text.split(line[-3:] + following[:3])
                if len(broken) > 1:
                    yield f"a word is broken: {line[-6:]!r} {following[:6]!r}"


def place_faults(stage: "Stage") -> Iterator[str]:
    """Yield blocks that leave their parent or the screen, and siblings that lie on one another."""
    screen = stage.view.theme.screen
    for block in blocks(stage):
        if not inside(block.box, (0, 0, screen.width, screen.height)):
            yield f"{type(block).__name__} leaves the screen: {block.box}"
        for child in block.children:
            if not inside(child.box, block.box):
                yield f"{type(child).__name__} {child.box} leaves {type(block).__name__} {block.box}"
        for one, other in combinations(block.children, 2):
            if max(between(one.box, other.box)) < -_TOLERANCE:
                yield f"{type(one).__name__} {one.box} lies on {type(other).__name__} {other.box}"


def target_faults(stage: "Stage") -> Iterator[str]:
    """Yield targets that are too small, too near to another, too high in low position, or named twice."""
    theme = stage.view.theme
    least = TARGET_MM[theme.elder] * theme.screen.px_per_mm
    gap = GAP_MM * theme.screen.px_per_mm - _TOLERANCE
    targets = list(stage.targets())
    seen: set[str] = set()
    for name, (_, y, width, height) in targets:
        if min(width, height) < least:
            yield f"{name} is too small: {width} x {height} px, {least:.0f} wanted"
        if theme.low and y < theme.screen.height * 0.4 - _TOLERANCE:
            yield f"{name} is too high for low position: {y}"
        if name in seen:
            yield f"{name} is there twice"
        seen.add(name)
    for (one, box), (other, place) in combinations(targets, 2):
        if max(apart := between(box, place)) < gap:
            yield f"{one} and {other} are too near: {max(apart)} px, {gap:.0f} wanted"


def filled_faults(stage: "Stage") -> Iterator[str]:
    """Yield pages with more than one filled way on."""
    from screens.widgets.buttons import Button, Look

    filled = [each.target for each in blocks(stage) if isinstance(each, Button) and each.look is Look.FILLED]
    if len(filled) > 1 and not stage.veil:
        yield f"more than one filled button: {filled}"


MEASURES = (text_faults, place_faults, target_faults, filled_faults)


def contrast_faults(stage: "Stage", picture: Picture) -> Iterator[str]:
    """Yield texts of the top layer whose ink, as it was drawn, stands less than 7 to 1 against the ground around it."""
    from screens.blocks import Text

    for block in blocks(stage):
        if not isinstance(block, Text) or not block.text.strip() or _covered(stage, block):
            continue
        x, y, width, height = block.box
        lines = block.lines(width)
        used = max(block.kit.types.width(line, block.em, bold=block.bold) for line in lines)
        left = x + {"left": 0, "center": (width - used) // 2, "right": width - used}[block.align]
        high = block.kit.types.leading(block.em) * len(lines)
        top = y + max(0, (height - high) // 2)
        ink, _ = stage.view.theme.pair(block.tone)
        margin = block.em // 3
        least = _least(picture[top : top + high, max(x, left - margin) : min(x + width, left + used + margin)], ink)
        if least is None:
            yield f"not drawn in its ink: {block.text[:24]!r} {block.box}"
        elif least < LEAST_CONTRAST:
            yield f"contrast {least:.1f} : 1 is too low: {block.text[:24]!r} {block.box}"


def _covered(stage: "Stage", block: object) -> bool:
    """Tell whether a veil or a card lies over the page a text stands on; it is dimmed on purpose."""
    if not (stage.veil or (stage.page is not None and stage.page.cover is not None)):
        return False
    top = stage.children[0]
    return not any(each is block for each in top.walk(restrict=True))


def _least(picture: Picture, ink: Rgb) -> float | None:
    """Return the least contrast of `ink` against any colour that takes up part of the box; None if no ink is there."""
    deep = (picture >> _SHIFT).astype(np.int32)
    codes = (deep[..., 0] * _LEVELS + deep[..., 1]) * _LEVELS + deep[..., 2]
    counts = np.bincount(codes.ravel(), minlength=_LEVELS**3)
    red, green, blue = (channel >> _SHIFT for channel in ink)
    inked = (red * _LEVELS + green) * _LEVELS + blue
    if not counts[inked]:
        return None
    counts[inked] = 0
    grounds = [int(code) for code in np.flatnonzero(counts > codes.size * _GROUND_SHARE)] or [int(counts.argmax())]
    return min(contrast(ink, _colour(codes, picture, code)) for code in grounds)


def _colour(codes: NDArray[np.int32], picture: Picture, code: int) -> Rgb:
    """Return the first colour in the picture that counts as `code`."""
    row, column = np.unravel_index(int((codes == code).argmax()), codes.shape)
    red, green, blue = (int(each) for each in picture[row, column])
    return red, green, blue
