"""The citizen card at the window: another way to say who one is, by a real pcscd."""

from tests.window.kiosk_window import Kiosk


def test_a_citizen_card_identifies_its_owner(kiosk: Kiosk) -> None:
    """Promises 3 and 5: put in where the identity card was asked for, it leads to the form as that would."""
    kiosk.to_identify()
    kiosk.do("citizen_card", "insert", card="rare_plane_2")
    kiosk.window.tap("confirm")
    kiosk.do("citizen_card", "remove")
    kiosk.fill()
    kiosk.bring_later()


def test_a_bank_card_is_named_and_the_right_card_is_read_after_it(kiosk: Kiosk) -> None:
    """Promises 6 and 8: the resident is told which card that is; changed for the right one, no touch is needed."""
    kiosk.to_identify()
    kiosk.do("citizen_card", "insert", card="bank")
    kiosk.until_note("visit.wrong_card.BANK")
    kiosk.do("citizen_card", "insert", card="wang")
    kiosk.window.tap("confirm")
    kiosk.do("citizen_card", "remove")
    kiosk.fill()


def test_the_identity_card_is_read_while_the_other_reader_is_gone(kiosk: Kiosk) -> None:
    """Promise 3: one broken reader is not even shown; a technician is told."""
    kiosk.do("citizen_card", "fault", name="service_gone")
    kiosk.until_health("citizen_card", status="POWER_OFF", reason="GONE", action="MAINTENANCE")
    kiosk.to_identify()
    assert not str(kiosk.window.look().facts["note"]).startswith("devices.")
    kiosk.by_card()
    kiosk.fill()
    kiosk.do("citizen_card", "heal")
    kiosk.until_well("citizen_card")


def test_a_citizen_card_left_in_its_reader_is_asked_for_and_the_next_visit_begins(kiosk: Kiosk) -> None:
    """Promise 6: asked for by its own name as long as it is in, and no longer; then the machine is anybody's."""
    kiosk.to_identify()
    kiosk.do("citizen_card", "insert", card="wang")
    kiosk.window.tap("confirm")
    kiosk.window.tap("foot:help")
    kiosk.window.tap("leave")
    kiosk.until_note("visit.take_card.citizen_card_reader")
    kiosk.do("citizen_card", "remove")
    kiosk.window.wait("it is taken", lambda now: now.facts["note"] is None)
    kiosk.window.tap("finish")
    kiosk.window.wait_screen("attract")
    kiosk.to_identify()
    kiosk.by_card("li")
    kiosk.fill()
