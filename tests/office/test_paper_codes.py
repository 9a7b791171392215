"""Codes printed on a paper, at the desk: as text, on their page, and nothing that can be followed."""

import pytest
from pydantic import ValidationError

from sync.contract import CaseDocument, PaperCode
from tests.office.browser import Browser
from tests.office.kiosk import Kiosk
from tests.office.people import Submission, a_case
from tests.office.running import Running

LINK = "https://example.cn/pay?to=<b>1</b>"


def _with_codes(running: Running, *codes: dict[str, object]) -> Submission:
    """Return a case with codes on its first paper."""
    plain = a_case(running.office.keys)
    first, *rest = (attachment.model_dump() for attachment in CaseDocument.model_validate(plain.document).attachments)
    return a_case(running.office.keys, blobs=plain.blobs, attachments=[first | {"codes": list(codes)}, *rest])


def test_the_clerk_reads_a_printed_code_and_cannot_follow_it(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 4: what a stranger printed on a paper is shown as what it is, never as a link or a part of the page."""
    browser.sign_in()
    case = _with_codes(running, {"page": 2, "symbology": "QR", "text": LINK})
    kiosk.deliver(case)
    page = browser.see(f"/desk/cases/K01/{case.id}")
    assert "第 2 页上印着的二维码：" in page.text
    assert LINK in page.text
    assert [link for link in page.links if "example.cn" in link] == []


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\nb", "", "7" * 2001])
def test_a_code_that_cannot_be_shown_is_none(text: str) -> None:
    """Promise 4: a kiosk hands on none such, so an office takes none such."""
    with pytest.raises(ValidationError):
        PaperCode(page=1, symbology="QR", text=text)
