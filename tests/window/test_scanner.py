"""A code is shown while the kiosk asks who the resident is: it goes along, sealed, and stops nobody."""

import contextlib

from roles.probe_client import Seen
from tests.window.kiosk_window import Kiosk

RECEIVED = "screens.identify.code_received"
OFFER = "screens.identify.code_offer"
TOKEN = "SFM-20261124-7f3a9c51d2"


def show(kiosk: Kiosk, code: str, note: str) -> Seen:
    """Hold a code before the scanner until the window says `note`, as people do: it may not have listened yet."""
    for _ in range(10):
        kiosk.do("code_scanner", "show", code=code)
        with contextlib.suppress(TimeoutError):
            return kiosk.window.wait(note, lambda seen: seen.facts["note"] == note, 2)
    raise AssertionError(f"the window never said {note}")


def test_a_code_goes_along_with_the_card_and_stands_in_no_log(kiosk: Kiosk) -> None:
    """Promises 2 and 4: received is said when it was read; the card is still asked for, and the case is submitted."""
    kiosk.to_identify()
    kiosk.until_note(OFFER)
    assert "type_number" in show(kiosk, TOKEN, RECEIVED).targets
    kiosk.by_card()
    kiosk.fill()
    kiosk.bring_later()
    kiosk.sign()
    kiosk.hand_in()
    kiosk.leave()
    assert TOKEN not in kiosk.log()
    assert TOKEN[:6] not in kiosk.log()


def test_a_code_cut_in_half_is_asked_for_again(kiosk: Kiosk) -> None:
    """Promise 3: with a sentence; the next one is taken."""
    kiosk.to_identify()
    kiosk.until_note(OFFER)
    kiosk.do("code_scanner", "fault", name="half_code")
    show(kiosk, TOKEN, "devices.code_scanner.GARBLED.resident")
    kiosk.do("code_scanner", "heal")
    show(kiosk, TOKEN, RECEIVED)


def test_a_receipt_is_no_electronic_id(kiosk: Kiosk) -> None:
    """Promise 4: it is told what it is, and nothing of its case."""
    kiosk.to_identify()
    kiosk.until_note(OFFER)
    show(kiosk, "BDY1:ZT-K01-261124-00007-K:ABCDEFGH", "identity.code_is_ours")
    kiosk.by_number()
    kiosk.fill()


def test_a_scanner_that_is_unplugged_takes_only_its_offer_away(kiosk: Kiosk) -> None:
    """Promises 3 and 8: the card is read as ever; a technician must act, and it is well again by itself."""
    kiosk.to_identify()
    kiosk.until_note(OFFER)
    kiosk.do("code_scanner", "fault", name="vanish")
    kiosk.window.wait("the offer goes", lambda seen: seen.facts["note"] is None)
    kiosk.until_health("code_scanner", status="POWER_OFF", reason="GONE", action="MAINTENANCE")
    kiosk.by_card()
    kiosk.fill()
    kiosk.do("code_scanner", "heal")
    kiosk.until_well("code_scanner")
