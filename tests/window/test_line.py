"""The line to the office is cut: a visit does not notice, and what it handed in arrives when the line is back."""

from roles.processes import wait_until
from tests.window.kiosk_window import Kiosk


def test_a_cut_line_is_not_noticed_and_delivers_when_it_is_back(kiosk: Kiosk) -> None:
    """Promises 1 and 3: the receipt comes from the kiosk's own disk; the office has the case once it can be reached."""
    kiosk.do("line", "cut")
    kiosk.to_review()
    assert kiosk.hand_in().facts["note"] is None
    submission_id, _number = kiosk.committed()[-1]
    kiosk.leave()
    delivered = f"submission {submission_id} delivered"
    wait_until("delivery has noticed", lambda: "the line to the office is down" in kiosk.log("deliver"), 90)
    assert delivered not in kiosk.log("deliver")
    kiosk.do("line", "restore")
    wait_until(
        "the case is delivered", lambda: delivered in kiosk.log("deliver"), 180
    )  # it tries the less often, the longer the line was cut
