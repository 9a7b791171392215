"""How a case stands: the clerk's steps, and what a kiosk is told of them by card and by receipt."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy.orm import Session

from office.cases.filing import case_row
from office.cases.life import Move, begin, take_step
from office.store.models import CaseRow
from sync.asking import ANSWER_LIMIT, Holder, ProgressAnswer, ProgressQuestion, ReceiptHeld
from sync.contract import CaseDocument, canonical
from tests.office.browser import Browser, audit
from tests.office.kiosk import Kiosk
from tests.office.people import NAME, NUMBER, SUBMITTED, a_case, a_document, submission_id
from tests.office.running import Running

WHY = "户口簿第二页看不清，请补一页。"


def ask(kiosk: Kiosk, held: Holder | ReceiptHeld) -> ProgressAnswer:
    answer = kiosk.send("POST", "/v1/questions/progress", canonical(ProgressQuestion(held=held)))
    assert answer.status_code == 200, answer.text
    return ProgressAnswer.model_validate_json(answer.content)


def step(browser: Browser, case: str, state: str, **form: object) -> httpx.Response:
    path = f"/desk/cases/K01/{case}"
    data = {"state": state, "form_token": browser.token(path), **form}
    return browser.http.post(f"{path}/steps", data=data)


@pytest.fixture
def case(running: Running, kiosk: Kiosk) -> CaseDocument:
    """A case that is at the office."""
    made = a_case(running.office.keys, 1)
    kiosk.deliver(made)
    return CaseDocument.model_validate_json(made.plain)


def test_by_card_all_cases_of_the_person_are_told_and_nobody_elses(kiosk: Kiosk, case: CaseDocument) -> None:
    """Promises 2 and 4: the number on the card finds them, another number nothing."""
    told = ask(kiosk, Holder(number=NUMBER, name=NAME))
    assert [(each.receipt_number, each.state) for each in told.cases] == [(case.receipt_number, "RECEIVED")]
    assert ask(kiosk, Holder(number="110101199003074500")).cases == ()


def test_a_receipt_opens_its_case_with_its_code_alone(kiosk: Kiosk, case: CaseDocument) -> None:
    """Promise 2: who guesses a number learns nothing, not even that it exists."""
    held = ReceiptHeld(receipt_number=case.receipt_number.lower(), verification_code=case.verification_code)
    assert [each.submission_id for each in ask(kiosk, held).cases] == [case.submission_id]
    wrong = ReceiptHeld(receipt_number=case.receipt_number, verification_code="ZZZZZZZZ")
    nobodys = ReceiptHeld(receipt_number="ZT-K01-261124-99999-A", verification_code=case.verification_code)
    assert ask(kiosk, wrong) == ask(kiosk, nobodys) == ProgressAnswer()


def test_what_a_clerk_wants_is_told_with_the_reason(browser: Browser, kiosk: Kiosk, case: CaseDocument) -> None:
    """Promise 4: the resident hears the clerk's own words, and which papers; not who the clerk is."""
    browser.sign_in()
    assert step(browser, case.submission_id, "NEEDS_MORE", reason=WHY, missing=["hukou_book"]).status_code == 303
    (told,) = ask(kiosk, Holder(number=NUMBER)).cases
    assert [each.state for each in told.steps] == ["RECEIVED", "CHECKING", "NEEDS_MORE"]
    assert (told.missing, told.steps[-1].reason) == (("hukou_book",), WHY)
    page = browser.see(f"/desk/cases/K01/{case.submission_id}")
    assert WHY in page.text
    assert "还要补" in page.text


@pytest.mark.parametrize(
    ("state", "form", "status"),
    [
        ("DECIDED", {}, 409),
        ("NEEDS_MORE", {"missing": ["hukou_book"]}, 422),
        ("NEEDS_MORE", {"reason": WHY}, 422),
        ("CLOSED", {"reason": "长" * 501}, 422),
        ("NEEDS_MORE", {"reason": WHY, "missing": ["hukou_book", "../no such paper"]}, 422),
        ("NEEDS_MORE", {"reason": WHY, "missing": ["id_card"]}, 422),  # was read, and is not asked for again
        ("GONE", {}, 422),
    ],
)
def test_a_step_that_does_not_follow_or_says_not_why_is_refused(
    browser: Browser, running: Running, case: CaseDocument, state: str, form: dict[str, object], status: int
) -> None:
    """Promise 8: a sentence, and the case stands where it stood."""
    browser.sign_in()
    browser.see(f"/desk/cases/K01/{case.submission_id}")
    assert step(browser, case.submission_id, state, **form).status_code == status
    with running.office.database.reading() as session:
        assert session.get_one(CaseRow, ("ZT", "K01", case.submission_id)).status == "CHECKING"


def test_a_form_of_somebody_else_takes_no_step(browser: Browser, running: Running, case: CaseDocument) -> None:
    """Promise 8: a page elsewhere cannot press the clerk's buttons."""
    browser.sign_in()
    path = f"/desk/cases/K01/{case.submission_id}"
    answer = browser.http.post(f"{path}/steps", data={"state": "ACCEPTED", "form_token": "guessed"})
    assert answer.status_code == 403
    assert not [row for row in audit(running) if row[1] == "step"]


def test_papers_that_are_added_have_the_case_checked_again(
    browser: Browser, running: Running, kiosk: Kiosk, case: CaseDocument
) -> None:
    """Promise 1: they are no case of their own, and the one they were added to goes on."""
    browser.sign_in()
    step(browser, case.submission_id, "NEEDS_MORE", reason=WHY, missing=["hukou_book"])
    added = a_case(running.office.keys, 2, about=case.submission_id, purpose="supplement")
    kiosk.deliver(added)
    assert f"/desk/cases/K01/{added.id}" in browser.see(f"/desk/cases/K01/{case.submission_id}").links
    assert f"/desk/cases/K01/{case.submission_id}" in browser.see(f"/desk/cases/K01/{added.id}").links
    (told,) = ask(kiosk, Holder(number=NUMBER)).cases
    assert (told.state, told.missing) == ("CHECKING", ())


def test_of_a_long_life_the_newest_cases_are_told(running: Running, kiosk: Kiosk) -> None:
    """Promise 4: an answer that the kiosk would cut off is none; what is left out is told to be there."""
    key, said = running.office.keys.person_key(NUMBER), "长" * 500
    document = CaseDocument.model_validate(a_document())

    def fill(session: Session) -> None:
        for n in range(1, 46):
            at = SUBMITTED + timedelta(minutes=n)
            row = case_row(document.model_copy(update={"submission_id": submission_id(n), "submitted_at": at}), key, at)
            session.add(row)
            begin(session, row, at)
            for state in ("CHECKING", "NEEDS_MORE", "CHECKING", "NEEDS_MORE"):
                wanted = ("hukou_book",) if state == "NEEDS_MORE" else ()
                session.flush()
                take_step(session, row, Move(state, "a clerk", said, wanted), at)

    running.office.writer.run(fill)
    answer = ask(kiosk, Holder(number=NUMBER))
    assert len(canonical(answer)) <= ANSWER_LIMIT
    assert answer.more
    assert 20 < len(answer.cases) < 45
    assert answer.cases[0].submission_id == submission_id(45)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"held": {"number": ""}}', b"\xff", b'{"held": [], "more": 1}'])
def test_a_question_that_is_none_is_refused(kiosk: Kiosk, body: bytes) -> None:
    """Promise 8: 422 with the place, and nothing of what was sent."""
    answer = kiosk.send("POST", "/v1/questions/progress", body)
    assert answer.status_code == 422
    assert "not a valid ProgressQuestion" in answer.json()["reason"]


def test_who_is_not_enrolled_asks_in_vain(running: Running, kiosk: Kiosk) -> None:
    """Promise 2: an unsigned question is answered by a refusal alone."""
    answer = kiosk.http.post("/v1/questions/progress", content=canonical(ProgressQuestion(held=Holder(number=NUMBER))))
    assert answer.status_code == 401
    assert kiosk.send("POST", "/v1/questions/weather", b"{}").status_code == 404
    assert running.office.region == "ZT"
