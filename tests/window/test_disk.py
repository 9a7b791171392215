"""The disk is full: no visit is begun that could not be kept."""

from tests.window.conftest import full_disk
from tests.window.kiosk_window import PENSION, Kiosk


def test_a_full_disk_is_refused_at_begin_and_taken_again_when_there_is_room(kiosk: Kiosk) -> None:
    """Promises 1 and 8: refused before the consent and the first scan, with a sentence; taken when it fits again."""
    with full_disk(kiosk.stack.config.kiosk.outbox):
        for target in ("start:zh", f"service:{PENSION}", "begin"):
            kiosk.window.tap(target)
        assert kiosk.until_note("visit.no_room").screen == "guide"
    kiosk.window.tap("begin")
    kiosk.window.wait_screen("consent")
