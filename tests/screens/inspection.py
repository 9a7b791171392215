"""Builds every page of one panel and prints each fault in it: run by `test_pages`, and by hand."""

import sys
from collections.abc import Iterator
from itertools import chain, pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING

from tests.screens.conduct import CONDUCT
from tests.screens.gallery import MODES
from tests.screens.staff_conduct import STAFF_CONDUCT
from tests.screens.studio import Studio, blocks
from tests.screens.writing_conduct import WRITING_CONDUCT

if TYPE_CHECKING:
    from screens.stage import Stage

Box = tuple[int, int, int, int]
_TOLERANCE = 1  # pixel
COMBINATIONS = (
    ("normal", "en"),
    ("elder", "en"),
    ("contrast", "zh"),
    ("low", "zh"),
    ("elder-low", "en"),
)


def inside(inner: Box, outer: Box) -> bool:
    """Tell whether a rectangle lies in another."""
    return (
        inner[0] >= outer[0] - _TOLERANCE
        and inner[1] >= outer[1] - _TOLERANCE
        and inner[0] + inner[2] <= outer[0] + outer[2] + _TOLERANCE
        and inner[1] + inner[3] <= outer[1] + outer[3] + _TOLERANCE
    )


def apart(one: Box, other: Box) -> bool:
    """Tell whether two rectangles have nothing in common."""
    return (
        one[0] + one[2] <= other[0] + _TOLERANCE
        or other[0] + other[2] <= one[0] + _TOLERANCE
        or one[1] + one[3] <= other[1] + _TOLERANCE
        or other[1] + other[3] <= one[1] + _TOLERANCE
    )


def text_faults(stage: "Stage") -> Iterator[str]:
    """Yield text that is wider or higher than its place, or leaves the block around it."""
    from screens.blocks import Text

    for block in blocks(stage):
        if not isinstance(block, Text):
            continue
        _, _, width, height = block.box
        lines = block.lines(width)
        widest = max(block.kit.types.width(line, block.em, bold=block.bold) for line in lines)
        if widest > width + _TOLERANCE or block.kit.types.leading(block.em) * len(lines) > height + 2:
            yield f"text does not fit: {block.text[:24]!r} {block.box}"
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
        children = list(block.children)
        for child in children:
            if not inside(child.box, block.box):
                yield f"{type(child).__name__} {child.box} leaves {type(block).__name__} {block.box}"
        for number, one in enumerate(children):
            for other in children[number + 1 :]:
                if not apart(one.box, other.box):
                    yield f"{type(one).__name__} {one.box} lies on {type(other).__name__} {other.box}"


def target_faults(stage: "Stage") -> Iterator[str]:
    """Yield targets that are too small, too high in low position, or named twice."""
    theme = stage.view.theme
    least = (25 if theme.elder else 20) * theme.screen.px_per_mm
    seen: set[str] = set()
    for name, (_, y, width, height) in stage.targets():
        if min(width, height) < least:
            yield f"{name} is too small: {width} x {height} px, {least:.0f} wanted"
        if theme.low and y < theme.screen.height * 0.4 - _TOLERANCE and not stage.veil:
            yield f"{name} is too high for low position: {y}"
        if name in seen:
            yield f"{name} is there twice"
        seen.add(name)


def filled_faults(stage: "Stage") -> Iterator[str]:
    """Yield pages with more than one filled way on."""
    from screens.widgets.buttons import Button, Look

    filled = [each.target for each in blocks(stage) if isinstance(each, Button) and each.look is Look.FILLED]
    if len(filled) > 1 and not stage.veil:
        yield f"more than one filled button: {filled}"


def main(width: str, height: str, state: str) -> None:
    """Print the faults, then how many pages were looked at."""
    studio = Studio(int(width), int(height), Path(state))
    from tests.screens.asking_scenes import ASKING_SCENES
    from tests.screens.scenes import SCENES
    from tests.screens.staff_scenes import STAFF_SCENES
    from tests.screens.writing_scenes import WRITING_SCENES

    count = 0
    staffed = product((("normal", "zh"), ("normal", "en")), STAFF_SCENES.items())
    scenes = SCENES | ASKING_SCENES | WRITING_SCENES
    for (mode, language), (name, go) in chain(product(COMBINATIONS, scenes.items()), staffed):
        stage = studio.stage(studio.theme(**MODES[mode]), language)
        go(stage.view)
        stage.build()
        count += 1
        for check in (text_faults, place_faults, target_faults, filled_faults):
            for fault in check(stage):
                sys.stdout.write(f"{mode} {language} {name}: {fault}\n")
    for conduct in (*CONDUCT, *STAFF_CONDUCT, *WRITING_CONDUCT):
        for fault in conduct(studio):
            sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
