"""A camera with a bent lens, calibrated at the technician's screen: the next resident's page is straight."""

from collections.abc import Iterator

import pytest

from tests.window.conftest import one_kiosk
from tests.window.kiosk_window import Kiosk
from tests.window.test_scanning import CAMERA, handed_in, lay, likeness, sheets, to_scan
from tests.window.test_technician import NUMBER, Technician

BENT = [-0.06, 0.015]  # of the lens: the long side of an A4 sheet bows by millimetres
STRAIGHT = 0.95  # likeness of a straight page; of one that is left as the lens bends it .81


@pytest.fixture
def bent() -> Iterator[Kiosk]:
    """A kiosk of its own with a camera whose lens is bent: one that is calibrated stays so, and minds another tray."""
    with one_kiosk() as kiosk:
        kiosk.window.wait_screen("attract")
        kiosk.do(CAMERA, "mount", radial=BENT)
        yield kiosk


def test_a_page_scanned_after_a_calibration_is_straight(bent: Kiosk) -> None:
    """Promise 4: what the technician's calibration measured is in force for the next resident, in the same process."""
    technician = Technician(bent)
    technician.enter()
    bent.do(CAMERA, "lay", page="calibration")
    for target in ("device:document_camera", "calibrate", "begin"):
        bent.window.tap(target)
    bent.until_note("calibration.step.TAKE_AWAY")
    bent.do(CAMERA, "clear")
    bent.until_note("staff.camera.kept")
    technician.go_home()
    technician.leave()
    technician.roster.remove(NUMBER)
    to_scan(bent)
    lay(bent, "form", 61, taken=0)
    bent.do(CAMERA, "clear")
    (_, page), *others = sheets(handed_in(bent))
    assert not others
    assert likeness(page, "form") > STRAIGHT
