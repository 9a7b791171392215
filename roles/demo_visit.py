"""The demo's resident: the steps of one visit, each a touch at a place the window itself tells."""

import math
import time
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from drivers.sim.control import send
from kiosk.catalogue import load
from roles.probe_client import Seen, Visitor
from roles.stack import Places

TYPED = 12  # letters are enough to have one service at the top
PHONE = "13800005678"  # of nobody: a number of the documentation
SIGNATURE_POINTS = 24
LONG_WAIT_SECONDS = 30.0


class Album:
    """Numbers and keeps a picture of each screen."""

    def __init__(self, visitor: Visitor, folder: Path) -> None:
        self._visitor = visitor
        self._folder = folder
        self._count = 0

    def shoot(self, name: str) -> None:
        """Keep what the window shows now, once it has drawn again since."""
        self._visitor.settle()
        self._count += 1
        self._visitor.hand.picture().save(self._folder / f"{self._count:02d}-{name}.png", compress_level=1)


class Resident:
    """One person with an ID card, a household register and a finger."""

    def __init__(self, visitor: Visitor, places: Places, album: Album, catalogue: Path) -> None:
        self._catalogue = catalogue
        self._window = visitor
        self._places = places
        self._album = album

    def walk(self, service: str, language: str) -> float:
        """Walk one visit from the first touch to the good-bye; return its seconds."""
        self._window.wait_screen("attract")
        self._album.shoot("attract")
        began = time.monotonic()
        self._choose(service, language)
        self._identify()
        self._fill()
        self._scan()
        self._sign()
        self._submit()
        seconds = time.monotonic() - began
        self._window.tap("finish")
        self._window.wait_screen("attract")
        return seconds

    def _choose(self, service: str, language: str) -> None:
        window = self._window
        window.tap(f"start:{language}")
        window.wait_screen("choose")
        self._album.shoot("choose")
        window.tap("search")
        window.type(self._initials(service))
        window.wait("the service is found", lambda seen: f"service:{service}" in seen.targets)
        self._album.shoot("search")
        window.tap(f"service:{service}")
        window.wait_screen("guide")
        self._album.shoot("guide")
        window.tap("begin")

    def _initials(self, service: str) -> str:
        """Return what one types to find it: the first letters of its name."""
        catalogue = load(self._catalogue)
        name = (catalogue.items | catalogue.packages)[service].name
        letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
        return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())[:TYPED]

    def _identify(self) -> None:
        window = self._window
        window.wait_screen("consent")
        self._album.shoot("consent")
        window.read_and_tap("agree")
        window.wait_screen("identify")
        self._album.shoot("identify")
        self._do("id_card", "put_card", card="wang")
        window.wait("the card is read", lambda seen: "confirm" in seen.targets)
        self._album.shoot("identity")
        self._do("id_card", "lift_card")
        window.tap("confirm")

    def _fill(self) -> None:
        """Answer what is asked: the phone by keys, the grade by its first choice."""
        window = self._window
        seen = window.wait("a question", _is_question)
        while seen.state == "FILL":
            choice = next((name for name in sorted(seen.targets) if name.startswith("choice:")), None)
            if "field:phone" in seen.targets:
                window.type(PHONE)
            elif choice is not None:
                window.tap(choice)
            self._album.shoot("fill")
            window.tap("next")
            seen = window.look()

    def _scan(self) -> None:
        """Lay the register on the tray; the kiosk takes the page by itself."""
        window = self._window
        seen = window.wait_screen("scan")
        self._album.shoot("scan-empty")
        while seen.state == "SCAN":
            self._do("document_camera", "lay", page="hukou", fields={"name": "王小明"})
            window.wait("the page is taken", lambda now: "page:0" in now.targets, LONG_WAIT_SECONDS)
            self._album.shoot("scan-taken")
            self._do("document_camera", "clear")
            while "page:0" in (seen := window.look()).targets:  # the button acts once it has stood there a moment
                window.tap("next")

    def _sign(self) -> None:
        window = self._window
        window.wait_screen("sign")
        window.draw_in("signature", _signature())
        self._album.shoot("sign")
        window.tap("next")

    def _submit(self) -> None:
        window = self._window
        window.wait_screen("review")
        self._album.shoot("review")
        window.tap("submit")
        window.wait_screen("receipt", LONG_WAIT_SECONDS)
        window.wait("the receipt is printed", lambda seen: seen.facts["note"] is None)
        self._album.shoot("receipt")
        window.tap("next")
        window.wait_screen("rate")
        self._album.shoot("rate")
        window.tap("rate:5")
        window.wait_screen("end")
        self._album.shoot("end")

    def _do(self, device: str, action: str, **arguments: object) -> None:
        """Work the world around the kiosk.

        Raises:
            OSError: the simulator could not.
        """
        answer = send(self._places.control, device=device, do=action, **arguments)
        if not answer["ok"]:
            raise OSError(f"{device} {action}: {answer['error']}")


def _is_question(seen: Seen) -> bool:
    return seen.state == "FILL" and "next" in seen.targets


def _signature() -> list[list[tuple[float, float]]]:
    """Return two strokes like a name written fast, in fractions of the pad."""
    steps = range(SIGNATURE_POINTS)
    wave = [(0.2 + 0.5 * step / SIGNATURE_POINTS, 0.45 + 0.18 * math.sin(step / 1.7)) for step in steps]
    rising = [(0.3 + 0.4 * step / SIGNATURE_POINTS, 0.75 - 0.2 * step / SIGNATURE_POINTS) for step in steps]
    return [wave, rising]
