"""A defect in a screen or an intent, in front of a resident: through the real window, and place by place."""

from pathlib import Path

from screens.mending import Aftermath
from tests.screens.process import QUOTED
from tests.screens.windows import Kiosk, to_identify, to_review, window


def told_without_words(kiosk: Kiosk, *places: str) -> None:
    """Check that the log has the type and the places, and nothing of the exception's text."""
    said = kiosk.said()
    assert "LookupError" in said
    for place in places:
        assert place in said
    for word in QUOTED.split(", "):
        assert word not in said
    assert "Traceback" not in said


def test_a_defect_ends_the_visit_kindly_and_the_third_in_a_minute_ends_the_process(tmp_path: Path) -> None:
    """Promise 2, 4 and 8: wiped, told in plain words, logged without any; the window goes on, but not for ever."""
    with window(tmp_path, "start_reading") as kiosk:
        visitor = kiosk.visitor
        for _ in range(2):
            to_identify(visitor)
            seen = visitor.wait_screen("defect")
            assert seen.facts["note"] == f"defect.{Aftermath.NOT_SENT}"
            assert seen.state == "END"
            visitor.tap("home")
            visitor.wait_screen("attract")
        told_without_words(kiosk, "kiosk/visit_opening.py:", "screens/view.py:")
        to_identify(visitor)
        assert kiosk.ended() == 1
        told_without_words(kiosk)


def test_after_the_commit_a_defect_leaves_the_number_on_the_screen(tmp_path: Path) -> None:
    """Promise 1 and 4: what is handed in counts as done, and its number can still be read."""
    with window(tmp_path, "print_receipt") as kiosk:
        visitor = kiosk.visitor
        to_review(visitor)
        visitor.tap("submit")
        seen = visitor.wait_screen("defect")
        assert seen.facts["note"] == f"defect.{Aftermath.HANDED_IN}"
        visitor.tap("home")
        visitor.wait_screen("attract")
        told_without_words(kiosk, "kiosk/visit_closing.py:", "screens/bridge.py:")
