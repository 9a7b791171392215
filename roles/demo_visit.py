"""The demo's resident: the steps of one visit, each a touch at a place the window itself tells."""

import time
from pathlib import Path

from roles.probe_client import Visitor
from roles.stack import Places

PHONE = "13800005678"
_SIGNATURE_STEPS = 40


class Album:
    """Numbers and keeps a picture of each screen."""

    def __init__(self, visitor: Visitor, folder: Path) -> None:
        self._visitor = visitor
        self._folder = folder
        self._count = 0

    def shoot(self, name: str) -> None:
        """Keep what the window shows now, two frames later so that it is drawn in full."""
        frame = self._visitor.look().frame
        self._visitor.wait("the next frames", lambda seen: seen.frame >= frame + 2)
        self._count += 1
        self._visitor.hand.picture().save(self._folder / f"{self._count:02d}-{name}.png", compress_level=1)


def walk(visitor: Visitor, places: Places, pictures: Path, item: str, language: str) -> float:
    """Walk one visit from the first touch to the thank-you; return its seconds."""
    album = Album(visitor, pictures)
    visitor.wait_screen("attract")
    album.shoot("attract")
    began = time.monotonic()
    _choose(visitor, album, item, language)
    _identify(visitor, album, places)
    _fill(visitor, album)
    _scan(visitor, album, places)
    _sign(visitor, album)
    _submit(visitor, album)
    seconds = time.monotonic() - began
    visitor.wait_screen("attract")
    return seconds
