"""The document camera fails while papers are scanned: they are brought to the window later."""

import pytest

from tests.window.kiosk_window import Kiosk

CASES = [
    ("freeze", "FROZEN", "RESET"),  # a picture that stands still: the kiosk ends the capture and begins a new one
    ("die", "GONE", "MAINTENANCE"),
]


@pytest.mark.parametrize(("fault", "reason", "action"), CASES)
def test_without_the_camera_the_papers_are_brought_later(kiosk: Kiosk, fault: str, reason: str, action: str) -> None:
    """Promises 3 and 8: a sentence, the visit goes on, the right person is told, and the camera is well again."""
    kiosk.to_identify()
    kiosk.by_card()
    kiosk.fill()
    kiosk.window.wait_screen("scan")
    kiosk.do("document_camera", fault)
    seen = kiosk.until_note(f"devices.document_camera.{reason}.resident")
    assert seen.targets.keys() >= {"way:LATER_AT_WINDOW", "way:TRY_AGAIN", "way:HELP"}
    assert kiosk.until_health("document_camera", reason=reason).action == action
    kiosk.window.tap("way:LATER_AT_WINDOW")
    kiosk.do("document_camera", "recover")
    kiosk.sign()
    assert kiosk.staff_was_told("document_camera", action)
    kiosk.until_well("document_camera")


def test_a_camera_that_comes_back_goes_on_by_itself(kiosk: Kiosk) -> None:
    """Promise 6: the wait ends without a touch; the page asks for the paper again."""
    kiosk.to_identify()
    kiosk.by_card()
    kiosk.fill()
    kiosk.window.wait_screen("scan")
    kiosk.do("document_camera", "die")
    kiosk.until_note("devices.document_camera.GONE.resident")
    kiosk.do("document_camera", "recover")
    kiosk.window.wait("the camera sees again", lambda seen: "later_at_window" in seen.targets)
