"""What the kiosk did not like of a page that was handed in all the same, at the desk."""

from kiosk.scan.judge import Fault
from office.desk.words import LANGUAGES, load_desk_words
from sync.contract import CaseDocument
from tests.office.browser import Browser
from tests.office.kiosk import Kiosk
from tests.office.people import Submission, a_case
from tests.office.running import Running


def _with_notes(running: Running, *notes: dict[str, object]) -> Submission:
    """Return a case whose first paper has notes."""
    plain = a_case(running.office.keys)
    first, *rest = (attachment.model_dump() for attachment in CaseDocument.model_validate(plain.document).attachments)
    noted = [first | {"scan_notes": list(notes)}, *rest]
    return a_case(running.office.keys, blobs=plain.blobs, attachments=noted)


def test_the_clerk_reads_what_was_wrong_with_a_page(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 4: a page that was taken against the kiosk's judgement does not pass for a good one."""
    browser.sign_in()
    case = _with_notes(running, {"page": 2, "code": "glare"})
    kiosk.deliver(case)
    assert "第 2 页：字上有反光。办事人仍用了这一张。" in browser.see(f"/desk/cases/K01/{case.id}").text


def test_a_page_without_notes_is_shown_without_any(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 4: nothing is said of a page that was in order; a kiosk that knows no notes sends none."""
    browser.sign_in()
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    assert "仍用了" not in browser.see(f"/desk/cases/K01/{case.id}").text


def test_the_desk_has_a_sentence_for_every_fault_a_page_can_be_taken_with() -> None:
    """Promise 7: a clerk never reads a code."""
    for language in LANGUAGES:
        words = load_desk_words()[language]
        assert [fault for fault in Fault if words.name("scan_note", fault.family) == fault.family] == []
