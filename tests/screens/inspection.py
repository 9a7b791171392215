"""Builds every page of one panel in every mode and language and prints each fault: run by `test_pages`, and by hand.

A page is built once, all its leaves, and measured for everything. `... WIDTH HEIGHT STATE all` takes every mode in both
languages; the usual run takes five, and contrast in the pictures of every set of colours and type: which ink stands on
which ground depends neither on the words nor on how high a page stands.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import memory
from tests.screens.conduct import CONDUCT
from tests.screens.gallery import MODES
from tests.screens.measure import MEASURES, contrast_faults
from tests.screens.monkey import monkey_faults
from tests.screens.staff_conduct import STAFF_CONDUCT
from tests.screens.studio import Studio
from tests.screens.writing_conduct import WRITING_CONDUCT

if TYPE_CHECKING:
    from screens.stage import Stage
    from screens.view import View

Go = Callable[["View"], object]
DRAWN = frozenset({("contrast", "zh"), ("elder-low", "en"), ("normal", "en")})
# The usual run has the longer language of each size of type; `all` has both. Modes of one size follow one another: a
# line that is set is then set once. High contrast has the layout of normal.
USUAL = (("en", "normal"), ("zh", "low"), ("zh", "contrast"), ("en", "elder"), ("en", "elder-low"))
ALL = (
    *product(("zh", "en"), ("normal", "low", "contrast")),
    *product(("zh", "en"), ("elder", "elder-low")),
)


def pages(combinations: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str, str, Go]]:
    """Yield mode, language, name and way of every page; the technician's have no modes."""
    from tests.screens.asking_scenes import ASKING_SCENES
    from tests.screens.scenes import SCENES
    from tests.screens.staff_scenes import STAFF_SCENES
    from tests.screens.writing_scenes import WRITING_SCENES

    for (name, go), (language, mode) in product((SCENES | ASKING_SCENES | WRITING_SCENES).items(), combinations):
        yield mode, language, name, go
    for (name, go), language in product(STAFF_SCENES.items(), ("zh", "en")):
        yield "normal", language, name, go


def leaf_faults(studio: Studio, stage: "Stage", *, drawn: bool) -> Iterator[str]:
    """Yield what is wrong with the leaf that stands on the stage."""
    for check in MEASURES:
        yield from check(stage)
    if drawn:
        yield from contrast_faults(stage, studio.pixels(stage))


def page_faults(studio: Studio, stage: "Stage", *, drawn: bool) -> Iterator[str]:
    """Build every leaf of a page and yield what is wrong with it."""
    from screens.page import Sheet

    leaf, leaves = 0, 1
    while leaf < leaves:
        if leaf:
            stage.view.turn(leaf)
        stage.build()
        yield from leaf_faults(studio, stage, drawn=drawn)
        leaves = next((each.turning.leaves for each in stage.children if isinstance(each, Sheet)), 1)
        leaf += 1


def main(width: str, height: str, state: str, extent: str = "usual") -> None:
    """Print the faults, then how many pages were looked at."""
    studio = Studio(int(width), int(height), Path(state))
    memory.settle()  # what is swept between visits is not the catalogue, as in the kiosk
    count = 0
    for mode, language, name, go in pages(ALL if extent == "all" else USUAL):
        stage = studio.stage(studio.theme(**MODES[mode]), language)
        go(stage.view)
        count += 1
        for fault in dict.fromkeys(page_faults(studio, stage, drawn=extent == "all" or (mode, language) in DRAWN)):
            sys.stdout.write(f"{mode} {language} {name}: {fault}\n")
    for conduct in (*CONDUCT, *STAFF_CONDUCT, *WRITING_CONDUCT, monkey_faults):
        for fault in conduct(studio):
            sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
