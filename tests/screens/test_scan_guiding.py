"""What is heard while a paper is laid by who does not see the picture."""

import numpy as np

from kiosk.scan.fault import OK, Fault, Verdict
from kiosk.scan.session import Observation
from kiosk.words import ASSETS
from screens.guiding import Guide
from screens.sounds import Sound
from tests.screens.tray import empty

FRAME = np.zeros((600, 800, 3), np.uint8)
MOVING = Verdict(ok=False, fault=Fault.MOVING)


def seen(left: float, *, verdict: Verdict = MOVING, taken: bool = False) -> Observation:
    """Return a page of 200 by 280 whose left edge is there."""
    corners = np.array([[left, 160], [left + 200, 160], [left + 200, 440], [left, 440]], np.float64)
    return Observation(corners, verdict, still=verdict.ok, ready=False, preview=FRAME, taken=taken)


def ticks(left: float, seconds: float = 3.0) -> list[Sound]:
    """Return what is heard at 15 frames a second while the page lies there."""
    guide = Guide()
    heard = (guide.hear(seen(left), number / 15) for number in range(round(seconds * 15)))
    return [sound for sound in heard if sound is not None]


def test_ticks_rise_and_quicken_as_the_paper_comes_to_the_middle() -> None:
    """Promise 7: who cannot see the preview hears where the middle is."""
    away, near, there = ticks(600), ticks(380), ticks(300)
    assert set(away) == {Sound.NEAR_0}
    assert set(near) == {Sound.NEAR_2}
    assert set(there) == {Sound.NEAR_3}
    assert len(away) < len(near) < len(there)


def test_one_long_tone_says_that_it_lies_well_and_then_nothing_until_it_moves() -> None:
    """Promise 7: the tone comes once; a paper already taken ticks no more."""
    guide = Guide()
    assert guide.hear(seen(300, verdict=OK), 1.0) is Sound.STILL
    assert guide.hear(seen(300, verdict=OK), 1.1) is None
    assert guide.hear(seen(300, verdict=OK, taken=True), 1.2) is None
    assert guide.hear(seen(300), 1.3) is Sound.NEAR_3
    assert guide.hear(seen(300, verdict=OK), 1.4) is Sound.STILL


def test_an_empty_tray_is_silent() -> None:
    """Promise 4: no sound says that something lies there."""
    assert Guide().hear(empty(), 1.0) is None


def test_every_sound_has_its_file() -> None:
    """Promise 7: none is missing when it is wanted."""
    assert [sound for sound in Sound if not (ASSETS / "sounds" / f"{sound}.wav").is_file()] == []
