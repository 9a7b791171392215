"""The receipt printer fails: the number and its code are on the screen, with the right sentence."""

import cv2
import numpy as np
import pytest

from roles.processes import wait_until
from tests.window.kiosk_window import Kiosk

CASES = [
    ("paper_out", "PAPER_OUT", "CLEAR", "refill"),
    ("cover_open", "COVER_OPEN", "CLEAR", "cover_close"),
    ("vanish", "GONE", "MAINTENANCE", "return"),
]


def code_on_the_screen(kiosk: Kiosk) -> str:
    """Read the QR code as a telephone does: from what the screen shows."""
    kiosk.window.settle()
    picture = np.asarray(kiosk.window.hand.picture())
    text, _corners, _code = cv2.QRCodeDetector().detectAndDecode(picture)
    return text


@pytest.mark.parametrize(("fault", "reason", "action", "cure"), CASES)
def test_without_the_printer_the_number_is_on_the_screen(
    kiosk: Kiosk, fault: str, reason: str, action: str, cure: str
) -> None:
    """Promises 3, 4 and 8: nothing claims to be printed, the code can be photographed; once mended it prints once."""
    kiosk.to_review()
    printed = len(kiosk.receipts())
    kiosk.do("receipt_printer", fault)
    seen = kiosk.hand_in()
    assert seen.facts["note"] == f"devices.receipt_printer.{reason}.resident"
    assert kiosk.committed()[-1][1] in code_on_the_screen(kiosk)
    assert kiosk.until_health("receipt_printer", reason=reason).action == action
    kiosk.do("receipt_printer", cure)
    kiosk.until_well("receipt_printer")
    assert len(kiosk.receipts()) == printed
    kiosk.window.tap("reprint")
    kiosk.window.wait("it is printed", lambda now: now.facts["note"] is None)
    wait_until("it has fallen from the cutter", lambda: len(kiosk.receipts()) > printed, 60)
    assert len(kiosk.receipts()) == printed + 1
    kiosk.leave()
    assert kiosk.staff_was_told("receipt_printer", action)
