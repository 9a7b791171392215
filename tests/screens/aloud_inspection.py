"""Listens to every page of the kiosk in one process and prints each fault: run by `test_aloud`, and by hand."""

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.words import LANGUAGES, Language
from tests.screens.aloud_conduct import CONDUCT
from tests.screens.studio import Studio
from tests.screens.told import Told, listened_to

if TYPE_CHECKING:
    from screens.stage import Stage

_MOST = 400  # things on all leaves of a page: more is a reader that goes in a circle


def reach_faults(stage: "Stage") -> Iterator[str]:
    """Yield what can be touched and is not reached by going on, and what is reached and says nothing."""
    from screens.aloud_order import order

    wanted = {target for target, _ in stage.targets()}
    items = order(stage)
    for item in items:
        if not any(each.isalnum() for each in item.text):
            yield f"{item.target or type(item.widget).__name__} says nothing: {item.text!r}"
    if missed := wanted - {item.target for item in items}:
        yield f"out of the order: {sorted(missed)}"


def reading_faults(stage: "Stage", told: Told) -> Iterator[str]:
    """Yield where going on from key to key ends too soon, or never, or is silent."""
    from screens.keypad import takes_numbers

    if stage.veil:
        stage.typed("8")  # ends the countdown, and nothing else
    if takes_numbers(stage.touchables()):
        return  # there the keys type
    seen: set[str] = set()
    last = stage.view.words.say("speech.last")
    for _ in range(_MOST):
        heard = len(told.said)
        stage.typed("8")
        seen |= {target for target, _ in stage.targets()}
        if len(told.said) == heard:
            yield "a key is pressed and nothing is said"
            return
        if told.said[-1][0] == last:
            return
    yield "the page has no end"


def _scenes() -> Iterator[tuple[str, Language, object]]:
    from tests.screens.asking_scenes import ASKING_SCENES
    from tests.screens.scenes import SCENES
    from tests.screens.writing_scenes import WRITING_SCENES

    for (name, go), language in product((SCENES | ASKING_SCENES | WRITING_SCENES).items(), LANGUAGES):
        yield name, language, go


def main(state: str, part: str = "0", parts: str = "1") -> None:
    """Print the faults, then how many pages were listened to."""
    studio = Studio(540, 960, Path(state))
    count = 0
    for number, (name, language, go) in enumerate(_scenes()):
        if number % int(parts) != int(part):
            continue
        stage = studio.stage(studio.theme(elder=language == "en"), language)
        go(stage.view)  # type: ignore[operator]  # a scene
        told = listened_to(stage)
        count += 1
        faults = [*reach_faults(stage), *([] if told.said else ["nothing is said when it comes"])]
        if language == "zh":  # the other one has the larger type, and more leaves
            faults += reading_faults(stage, told)
        for fault in faults:
            sys.stdout.write(f"{language} {name}: {fault}\n")
    if part == "0":
        for conduct in CONDUCT:
            for fault in conduct(studio):
                sys.stdout.write(f"{conduct.__name__}: {fault}\n")
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
