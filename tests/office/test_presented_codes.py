"""A code that a resident presented, at the desk."""

import pytest

from sync.contract import CaseDocument
from tests.office.browser import Browser
from tests.office.kiosk import Kiosk
from tests.office.people import a_case, a_document
from tests.office.running import Running

TOKEN = "SFM-20261124-7f3a9c51d2"


@pytest.mark.parametrize(
    ("symbology", "said"),
    [("QR", "出示过一个码：QR，23 字节"), (None, "出示过一个码：扫码器没有说是哪种码，23 字节")],
)
def test_a_presented_code_is_told_by_kind_and_length_alone(
    browser: Browser, running: Running, kiosk: Kiosk, symbology: str | None, said: str
) -> None:
    """Promise 2: whoever looks at the case sees that there is a token, and cannot use it."""
    browser.sign_in()
    case = a_case(running.office.keys, presented_codes=[{"text": TOKEN, "symbology": symbology, "length": len(TOKEN)}])
    kiosk.deliver(case)
    page = browser.see(f"/desk/cases/K01/{case.id}").text
    assert said in page
    assert TOKEN not in page


def test_a_case_without_a_code_says_nothing_of_codes(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 4: nothing was presented, nothing is told."""
    browser.sign_in()
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    assert "出示" not in browser.see(f"/desk/cases/K01/{case.id}").text


def test_a_case_of_a_kiosk_that_knows_no_codes_is_still_a_case() -> None:
    """Promise 1: an office may be newer than its kiosks."""
    assert "presented_codes" not in a_document()
    assert CaseDocument.model_validate(a_document()).presented_codes == ()
