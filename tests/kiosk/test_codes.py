"""What a code is, and what one does to a visit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.code_scanner import Code, Symbology
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import Sensitive
from kiosk.codes import OwnCode, read_code
from kiosk.visit import Visit
from kiosk.visit_states import State
from kiosk.words import LANGUAGES, Words
from sync.contract import PresentedCode
from sync.numbering import receipt_number
from tests.kiosk.visit_world import NOON, NUMBER, World, card

TOKEN = "SFM-20261124-7f3a9c51d2"
NUMBERED = receipt_number("ZT-K01", NOON, 7)
BROKEN = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
NO_TEXT = DeviceError(CompletionCode.INVALID_DATA, Reason.CHARSET_DATA, ErrorAction.SUSPEND)
GONE = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)


def code(text: str = TOKEN, symbology: Symbology | None = Symbology.QR) -> Code:
    return Code(text, "utf-8", symbology, len(text.encode()))


@pytest.fixture
def world() -> World:
    """A visit that asks who the resident is."""
    return World().to(State.IDENTIFY)


def token_of(visit: Visit) -> str | None:
    return None if visit.presented is None else visit.presented.reveal().text


def printed() -> str:
    """Return what the QR code of a receipt holds."""
    receipt = World().to(State.RECEIPT).visit.receipt
    assert receipt is not None
    return replace(receipt, receipt_number=NUMBERED).qr_text


# ---- what a code is


def test_our_own_receipts_are_known_by_what_we_print() -> None:
    """Promise 4: the receipt's QR code is read back as the receipt it is."""
    assert read_code(code(printed())) == OwnCode(NUMBERED, "ABCDEFGH")


@pytest.mark.parametrize("text", ["BDY1:ZT-K01-261124-00007-A:ABCDEFGH", "BDY1:", "BDY2:anything", "BDY1:x:ABCDEFGH:y"])
def test_a_code_of_ours_that_is_damaged_or_of_another_day_is_not_guessed(text: str) -> None:
    """Promise 4: it is ours, so it is no token; what it names is not known."""
    assert read_code(code(text)) == OwnCode(None)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(lambda t: t[:3] != "BDY"))
def test_every_other_code_is_a_token_to_the_character(text: str) -> None:
    """Promises 2 and 5: opaque, whole, and not shown by accident."""
    token = read_code(code(text))
    assert isinstance(token, Sensitive)
    assert token.reveal() == PresentedCode(text=text, symbology="QR", length=len(text.encode()))
    assert text not in str(token) or text in "<redacted>"


def test_a_token_in_gb_18030_is_read_by_the_standard_of_2022() -> None:
    """Promise 5: FE59 is U+9FB4, which Python's codec puts into the private use area."""
    raw = b"\xfe\x59"
    token = read_code(Code(raw.decode("gb18030"), "gb18030", None, len(raw)))
    assert isinstance(token, Sensitive)
    assert token.reveal() == PresentedCode(text="\u9fb4", symbology=None, length=2)


# ---- what it does to a visit


def test_a_code_is_awaited_only_after_the_consent(world: World) -> None:
    """Promise 2: as a card is."""
    before = World().to(State.CONSENT)
    assert "start_code_reading" not in before.ports.asked
    assert "start_code_reading" in world.ports.asked
    assert world.visit.awaits_code


def test_a_kiosk_without_a_scanner_offers_none() -> None:
    """Promise 4: nothing is offered that cannot be done."""
    world = World()
    world.ports.has_scanner = False
    assert not world.to(State.IDENTIFY).visit.awaits_code


def test_a_token_goes_with_the_case_and_the_card_is_still_asked_for(world: World) -> None:
    """Promise 4: a code says nothing of who shows it."""
    world.visit.code_shown(code())
    assert (world.at(), world.visit.person, world.visit.awaits_code) == (State.IDENTIFY, None, False)
    world.to(State.SUBMIT)
    assert world.document().presented_codes == (PresentedCode(text=TOKEN, symbology="QR", length=len(TOKEN)),)


def test_a_token_may_be_shown_beside_a_typed_number_or_after_the_card(world: World) -> None:
    """Promise 7: in any order."""
    world.visit.code_shown(code())
    world.visit.type_number(NUMBER)
    assert token_of(world.visit) == TOKEN
    later = World().to(State.IDENTIFY)
    later.visit.identity_read(card())
    later.visit.code_shown(code())
    assert token_of(later.visit) == TOKEN


def test_a_case_without_a_code_says_so(world: World) -> None:
    """Promise 4: an empty list, and an office that never heard of codes lost nothing."""
    assert world.to(State.SUBMIT).document().presented_codes == ()


def test_another_persons_token_does_not_stay(world: World) -> None:
    """Promise 2: whose card it is not, whose code it is is not known either; a code is awaited anew."""
    world.visit.code_shown(code())
    world.visit.identity_read(card())
    world.ports.asked.clear()
    world.visit.reject_identity()
    assert (world.visit.presented, world.visit.awaits_code) == (None, True)
    assert "start_code_reading" in world.ports.asked


@pytest.mark.parametrize("leave", [Visit.cancel, Visit.back])
def test_a_token_does_not_outlive_the_visit_or_the_consent(world: World, leave: object) -> None:
    """Promise 2: it is wiped, and no code is awaited any more."""
    world.visit.code_shown(code())
    assert callable(leave)
    leave(world.visit)
    assert world.visit.presented is None
    assert "stop_code_reading" in world.ports.asked


def test_nobody_waits_for_a_code_once_the_resident_is_known(world: World) -> None:
    """Promise 2: from the first form on, what is held before the scanner is nobody's business."""
    world.identify()
    assert world.ports.asked[-1] == "stop_code_reading"
    assert not world.visit.awaits_code
    world.visit.code_shown(code())
    assert world.visit.presented is None
    assert world.visit.ignored["code_shown"] == 1


def test_a_receipt_is_told_to_be_of_no_use_here_and_the_next_code_is_taken(world: World) -> None:
    """Promise 4: it is no token, and what became of its case is not known here."""
    world.visit.code_shown(code(printed()))
    assert (world.visit.code_fault, world.visit.presented) == ("identity.code_is_ours", None)
    assert world.ports.asked.count("start_code_reading") == 2
    world.visit.code_shown(code())
    assert (world.visit.code_fault, token_of(world.visit)) == (None, TOKEN)


@pytest.mark.parametrize("error", [BROKEN, NO_TEXT])
def test_a_code_that_was_not_read_whole_is_asked_for_again(world: World, error: DeviceError) -> None:
    """Promise 3: with a sentence, beside the card that is still awaited."""
    world.visit.code_failed(error)
    assert world.visit.code_fault == f"devices.code_scanner.{error.reason}.resident"
    assert world.visit.awaits_code
    assert world.visit.trouble is None


def test_a_scanner_that_fails_takes_only_its_own_offer_away(world: World) -> None:
    """Promise 3: the card and the number are asked for as before."""
    world.visit.code_failed(GONE)
    assert (world.visit.awaits_code, world.visit.code_fault, world.visit.trouble) == (False, None, None)
    world.to(State.SUBMIT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_about_codes_is_there(language: str) -> None:
    """Promise 7: in both languages."""
    words = Words("zh" if language == "zh" else "en")
    for key in ("screens.identify.code_offer", "screens.identify.code_received", "screens.identify.code_goes_along"):
        assert words.say(key)
    assert words.say("identity.code_is_ours")
