"""The card reader fails while a resident stands there: the number is typed instead, and the visit goes on."""

import pytest

from tests.window.kiosk_window import Kiosk

OTHER_WAYS = {"way:TYPE_NUMBER", "way:TRY_AGAIN", "way:HELP"}


def test_a_reader_that_answers_garbage_is_passed_by(kiosk: Kiosk) -> None:
    """Promises 3 and 8: a sentence, the typed number, a receipt; the kiosk itself must act, and it is well again."""
    kiosk.to_identify()
    kiosk.do("id_card", "fault", name="garbage", seed=5)
    seen = kiosk.until_note("devices.id_card_reader.GARBLED.resident")
    assert seen.targets.keys() >= OTHER_WAYS
    kiosk.until_health("id_card", reason="GARBLED", action="RESET")
    before = len(kiosk.committed())
    kiosk.by_number("way:TYPE_NUMBER")
    kiosk.do("id_card", "heal")
    kiosk.fill()
    kiosk.bring_later()
    kiosk.sign()
    assert kiosk.hand_in().facts["note"] is None
    assert len(kiosk.committed()) == before + 1
    kiosk.leave()
    assert kiosk.staff_was_told("id_card", "RESET")
    kiosk.until_well("id_card")


def test_a_reader_that_was_unplugged_before_the_visit_is_passed_by(kiosk: Kiosk) -> None:
    """Promises 3 and 8: the technician must act, and the resident goes on by the number all the same."""
    kiosk.do("id_card", "fault", name="vanish")
    kiosk.until_health("id_card", status="POWER_OFF", reason="GONE", action="MAINTENANCE")
    kiosk.to_identify()
    assert kiosk.until_note("devices.id_card_reader.GONE.resident").targets.keys() >= OTHER_WAYS
    kiosk.do("id_card", "heal")
    kiosk.by_number("way:TYPE_NUMBER")
    kiosk.fill()
    kiosk.bring_later()
    kiosk.until_well("id_card")


def test_a_reader_unplugged_under_the_card_works_again_when_it_is_back(kiosk: Kiosk) -> None:
    """Promises 3 and 8: unplugged while it waits for the card; plugged in again, trying again reads it."""
    kiosk.to_identify()
    kiosk.do("id_card", "fault", name="vanish")
    kiosk.until_note("devices.id_card_reader.GONE.resident")
    kiosk.until_health("id_card", status="POWER_OFF", action="MAINTENANCE")
    kiosk.do("id_card", "heal")
    kiosk.until_well("id_card")
    kiosk.window.tap("way:TRY_AGAIN")
    kiosk.by_card()
    kiosk.fill()


def test_the_card_of_somebody_else_is_rejected(kiosk: Kiosk) -> None:
    """Promise 2: it is forgotten, and the own card is read in its place."""
    kiosk.to_identify()
    kiosk.do("id_card", "put_card", card="li")
    kiosk.window.tap("not_me")
    seen = kiosk.window.wait("the reader waits again", lambda now: "confirm" not in now.targets)
    assert seen.state == "IDENTIFY"
    kiosk.do("id_card", "lift_card")
    kiosk.by_card("wang")
    kiosk.fill()


def test_a_card_that_is_left_lying_is_asked_for_on_the_last_page(kiosk: Kiosk) -> None:
    """Promise 6: the resident is asked to take it as long as it lies there, and no longer."""
    kiosk.to_identify()
    kiosk.do("id_card", "put_card", card="wang")
    kiosk.window.tap("confirm")
    kiosk.window.tap("foot:help")
    kiosk.window.tap("leave")
    kiosk.until_note("visit.take_card.id_card_reader")
    kiosk.do("id_card", "lift_card")
    kiosk.window.wait("it is taken", lambda now: now.facts["note"] is None)
    kiosk.window.tap("finish")


@pytest.mark.parametrize("fault", ["moved_mid_read", "wrong_status"])
def test_a_card_that_only_has_to_be_laid_again_is_nobodys_fault(kiosk: Kiosk, fault: str) -> None:
    """Promise 8: nobody has to act; laid again, the card is read without a touch."""
    kiosk.to_identify()
    kiosk.do("id_card", "fault", name=fault, seed=1)
    kiosk.do("id_card", "put_card", card="wang")
    kiosk.window.wait("a sentence", lambda now: str(now.facts["note"]).startswith("devices.id_card_reader."))
    kiosk.do("id_card", "lift_card")
    kiosk.do("id_card", "heal")
    kiosk.by_card()
