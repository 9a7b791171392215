"""Another paper than the one asked for, at the real window: a question, an answer, and a note for the clerk."""

from kiosk.submission import OTHER_PAPER
from tests.window.kiosk_window import Kiosk
from tests.window.test_scanning import CAMERA, SECONDS, handed_in, to_scan

ASKED = "papers.not_like"  # nothing is read here: it is known only that no register has this size


def test_a_bank_card_for_a_register_is_asked_about_and_the_clerk_is_told(kiosk: Kiosk) -> None:
    """Promises 3 and 4: the first card is taken out, the second is used all the same, and the note says so."""
    to_scan(kiosk)
    kiosk.until_note("screens.scan.bare")  # by now it knows its empty tray
    kiosk.do(CAMERA, "lay", page="bank_card", seed=51)
    seen = kiosk.until_note(ASKED)
    assert "next" not in seen.targets
    kiosk.answer_question("other_paper")
    kiosk.do(CAMERA, "clear")
    kiosk.window.wait("no page is kept", lambda now: "page:0" not in now.targets, SECONDS)
    kiosk.do(CAMERA, "lay", page="bank_card", seed=52)
    kiosk.until_note(ASKED)
    kiosk.answer_question("keep_paper")
    kiosk.do(CAMERA, "clear")
    case = handed_in(kiosk)
    notes = [note for file in case.document.attachments for note in file.scan_notes]
    assert [(note.page, note.code) for note in notes] == [(1, OTHER_PAPER)]
