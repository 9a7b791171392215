"""Pictures of every page: `python -m tests.screens.gallery OUT [--wide] [--only NAME]`; look at them."""

import argparse
import sys
import time
from functools import partial
from pathlib import Path

from roles.display import VirtualScreen
from tests.screens.studio import Studio

MODES = {
    "normal": {},
    "elder": {"elder": True},
    "low": {"low": True},
    "contrast": {"high_contrast": True},
    "elder-low": {"elder": True, "low": True},
}


FRAMES = 15  # a second: the lens has come to rest


def main(arguments: list[str]) -> None:
    """Leave one PNG a page, mode and language in OUT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--wide", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--modes", nargs="*", default=list(MODES))
    parser.add_argument("--languages", nargs="*", default=["zh", "en"])
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    width, height = (1920, 1080) if chosen.wide else (1080, 1920)
    with VirtualScreen(width, height) as screen:
        import os

        os.environ["DISPLAY"] = screen.name
        studio = Studio(width, height, chosen.out / "state")
        shoot(studio, chosen)


def shoot(studio: Studio, chosen: argparse.Namespace) -> None:
    """Take the pictures."""
    from tests.screens.asking_scenes import ASKING_SCENES
    from tests.screens.scenes import SCENES
    from tests.screens.staff_scenes import STAFF_SCENES
    from tests.screens.writing_scenes import WRITING_SCENES

    began, count = time.monotonic(), 0
    for mode in chosen.modes:
        for language in chosen.languages:
            for name, go in {**SCENES, **ASKING_SCENES, **WRITING_SCENES, **STAFF_SCENES}.items():
                if name in STAFF_SCENES and mode != "normal":
                    continue
                if chosen.only and not name.startswith(tuple(chosen.only.split(","))):
                    continue
                stage = studio.stage(studio.theme(**MODES[mode]), language)
                go(stage.view)
                stage.build()
                if stage.page is not None and stage.page.live is not None:
                    start = stage.view.monotonic()
                    for number in range(FRAMES):
                        stage.view.monotonic = partial(float, start + number / FRAMES)
                        stage.page.live()
                studio.picture(stage).save(chosen.out / f"{mode}-{language}-{name}.png", compress_level=1)
                count += 1
    sys.stdout.write(f"{count} pictures in {time.monotonic() - began:.1f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
