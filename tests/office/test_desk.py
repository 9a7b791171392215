"""What the desk shows, and what is written down."""

from datetime import timedelta

import pytest

from kiosk.forms import shipped_forms
from office.cases.filing import case_row
from office.desk.answers import answer_tables
from office.desk.cases import nation_in_words
from office.desk.papers import picture_of
from office.desk.words import load_desk_words
from office.errors import NotFoundError, OfficeError, UnreadableError
from sync.contract import Answer, CaseDocument, DeviceHealth, Heartbeat, canonical
from tests.office.browser import CLERK, Browser, audit
from tests.office.kiosk import Kiosk
from tests.office.people import NAME, NUMBER, SUBMITTED, a_case, a_document, a_rating, pdf, picture
from tests.office.running import Running


def test_the_list_masks_names_and_shows_the_newest_first(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 2: a list is on view all day, and tells no name or number."""
    for seq in (1, 2, 3):
        kiosk.deliver(a_case(running.office.keys, seq, submitted_at=SUBMITTED + timedelta(hours=seq)))
    browser.sign_in()
    page = browser.see("/desk/cases")
    assert [link[-1] for link in page.links if link.startswith("/desk/cases/K01/")] == ["3", "2", "1"]
    assert "王**" in page.text
    assert NAME not in page.text
    assert NUMBER not in page.text
    assert "共 3 件" in page.text


def test_the_list_marks_what_its_script_keeps_fresh(browser: Browser) -> None:
    """Promise 4: the list on view all day is as it is: each part that can change is marked, even before any case."""
    browser.sign_in()
    html = browser.http.get("/desk/cases").text
    assert '<script src="/desk/static/live.js" defer></script>' in html
    assert [part in html for part in ('data-live="count"', 'data-live="rows"')] == [True, True]
    assert "[data-live]" in browser.http.get("/desk/static/live.js").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=00002", "2"),
        ("q=%25", ""),
        ("service=ZT-RS-001", "21"),
        ("service=ZT-XX-999", ""),
        ("kiosk=K02", ""),
        ("since=2026-11-25", "2"),
        ("until=2026-11-24", "1"),
        ("since=2026-11-24&until=2026-11-25", "21"),
    ],
)
def test_the_list_can_be_searched(browser: Browser, running: Running, kiosk: Kiosk, query: str, expected: str) -> None:
    """Promise 7: a clerk finds a case by what the resident says; a day is a day in China."""
    kiosk.deliver(a_case(running.office.keys, 1))  # 03:04 on the 24th in Shanghai, still the 23rd in UTC
    kiosk.deliver(a_case(running.office.keys, 2, submitted_at=SUBMITTED + timedelta(days=1)))
    browser.sign_in()
    page = browser.see(f"/desk/cases?{query}")
    assert "".join(link[-1] for link in page.links if link.startswith("/desk/cases/K01/")) == expected


def test_a_day_that_is_none_is_said_to_be_none(browser: Browser) -> None:
    """Promise 8: bad input gets a sentence, not an empty list that looks true."""
    browser.sign_in()
    assert "日期请写成" in browser.see("/desk/cases?since=yesterday", 422).text
    assert "日期请写成" in browser.see("/desk/cases?until=9999-12-31", 422).text


def test_a_long_list_has_pages(browser: Browser, running: Running) -> None:
    """Promise 7: eighty cases are two calm pages."""
    cases = [a_case(running.office.keys, seq) for seq in range(1, 53)]
    rows = [case_row(CaseDocument.model_validate_json(case.plain), "", SUBMITTED) for case in cases]
    running.office.writer.run(lambda session: session.add_all(rows))
    browser.sign_in()
    first = browser.see("/desk/cases?kiosk=K01")
    assert "第 1 页，共 2 页" in first.text
    (after,) = [link for link in first.links if "page=2" in link]
    second = browser.see(after)
    assert len([link for link in second.links if link.startswith("/desk/cases/K01/")]) == 2


def test_a_case_is_shown_exactly_and_the_look_is_written_down(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 5: the name as on the card, with the code point of what a font may lack."""
    case = a_case(running.office.keys, 1)
    kiosk.deliver(case)
    kiosk.deliver(a_rating(running.office.keys, 2, of=case.id, score=4))
    browser.sign_in()
    page = browser.see(f"/desk/cases/K01/{case.id}")
    for shown in (NAME, "U+9FB4", NUMBER, "灯下路", "13900000000", "户口簿", "后补", "4 分，满分 5 分", "未填", "长期"):
        assert shown in page.text
    assert (CLERK, "case", None) in audit(running)
    assert "审核中" in browser.see("/desk/cases").text


def test_the_papers_are_the_very_pictures_that_were_scanned(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 1: what a clerk sees and downloads is what the resident handed in."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    browser.sign_in()
    pictures = browser.see(f"/desk/cases/K01/{case.id}").pictures[1:]
    shown = [browser.http.get(source) for source in pictures]
    assert [answer.content for answer in shown] == [
        picture("page one"),
        picture("page two"),
        case.attachments["signature.png"],
    ]
    assert [answer.headers["content-type"] for answer in shown] == ["image/jpeg", "image/jpeg", "image/png"]
    file = browser.http.get(f"/desk/cases/K01/{case.id}/papers/1/file")
    assert file.content == case.attachments["hukou_book.pdf"]
    assert file.headers["content-disposition"] == 'attachment; filename="ZTK01-20261124-00001-1.pdf"'
    assert (CLERK, "file", "1") in audit(running)


@pytest.mark.parametrize(
    ("nation", "shown"), [("05", "维吾尔 (05)"), ("01", "汉 (01)"), ("60", "60"), ("汉", "汉"), (None, None)]
)
def test_a_nation_is_shown_by_name_and_code(nation: str | None, shown: str | None) -> None:
    """Promise 4 and 7: a clerk reads a name; a code the table lacks stays a code, and nothing is guessed."""
    assert nation_in_words(nation) == shown


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("办件编号", "验证码", "男", "居民身份证", "读身份证")),
        ("en", ("Case number", "Verification code", "Male", "Resident identity card", "Read from the identity card")),
    ],
)
def test_a_case_is_told_in_words_of_both_languages(
    browser: Browser, running: Running, kiosk: Kiosk, language: str, words: tuple[str, ...]
) -> None:
    """Promise 7: the words a clerk reads are those on the resident's receipt, never a code."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    browser.sign_in()
    browser.http.get(f"/desk/language/{language}")
    text = browser.see(f"/desk/cases/K01/{case.id}").text
    assert [word for word in words if word not in text] == []


def test_a_page_can_be_enlarged_and_turned(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 7: small print is read on one large page, with the next one and the way back a click away."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    browser.sign_in()
    base = f"/desk/cases/K01/{case.id}"
    assert f"{base}/papers/1/sheets/1" in browser.see(base).links
    page = browser.see(f"{base}/papers/1/sheets/1")
    assert page.pictures[1:] == [f"{base}/papers/1/pages/1"]
    assert {base, f"{base}/papers/1/sheets/2"} <= set(page.links)
    assert (CLERK, "sheet", "1/1") in audit(running)


def test_a_case_or_page_that_is_not_there_is_a_sentence(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 8: a wrong link is said to be one."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    browser.sign_in()
    base = f"/desk/cases/K01/{case.id}"
    for path in (
        "/desk/cases/K01/none",
        f"{base}/papers/9/file",
        f"{base}/papers/1/pages/3",
        f"{base}/papers/2/pages/2",
        f"{base}/papers/1/sheets/3",
        f"{base}/papers/9/sheets/1",
    ):
        assert "没有这一页" in browser.see(path, 404).text


def test_a_case_the_disk_has_lost_is_said_to_be_unreadable(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 4: a damaged paper is never shown as a whole one."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    damaged = case.manifest.blobs[0].sha256
    (running.office.settings.folder / "blobs" / damaged[:2] / damaged).write_bytes(b"rot")
    browser.sign_in()
    assert "has changed" in browser.see(f"/desk/cases/K01/{case.id}/papers/1/file", 500).text


def test_a_name_is_text_and_never_markup(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 2: what a resident types cannot change a clerk's page."""
    answers = {"applicant": {"note": "<script>alert(1)</script>", "<b>": "x"}}
    case = a_case(running.office.keys, answers=answers)
    kiosk.deliver(case)
    browser.sign_in()
    page = browser.see(f"/desk/cases/K01/{case.id}")
    assert not page.tags & {"script", "style"}
    assert not any(name.startswith("on") or name == "style" for name in page.attributes)
    assert "<script>alert(1)</script>" in page.text


def test_the_kiosks_page_shows_the_queue_the_gaps_and_who_must_act(
    browser: Browser, running: Running, kiosk: Kiosk
) -> None:
    """Promise 4 and 8: what is known, when it was known, and whose turn it is."""
    for seq in (1, 4):
        kiosk.deliver(a_case(running.office.keys, seq))
    printer = DeviceHealth(
        name="printer",
        device_class="receipt_printer",
        status="HARDWARE_ERROR",
        action="CLEAR",
        reason="PAPER_OUT",
        supplies={"paper": "OUT"},
    )
    beat = Heartbeat(
        kiosk_id="K01", sent_at=SUBMITTED, software="0.1.0", committed=9, delivered=2, parked=1, devices=(printer,)
    )
    browser.sign_in()
    assert "从未联系" in browser.see("/desk/kiosks").text
    kiosk.send("POST", "/v1/heartbeats", canonical(beat)).raise_for_status()
    page = browser.see("/desk/kiosks")
    for shown in ("K01", "在线", "2–3", "6", "凭条打印机", "没纸了", "中心人员", "纸 用完了"):
        assert shown in page.text
    running.clock.ahead = timedelta(minutes=5)
    assert "失去联系" in browser.see("/desk/kiosks").text


def test_an_office_restored_from_an_old_backup_says_what_it_has_lost(
    browser: Browser, running: Running, kiosk: Kiosk
) -> None:
    """Promise 1 and 4: the kiosk has receipts for five and keeps none of them; the office has one and must say so."""
    kiosk.deliver(a_case(running.office.keys, 1))
    beat = Heartbeat(kiosk_id="K01", sent_at=SUBMITTED, software="0.1.0", committed=5, delivered=1, parked=0)
    browser.sign_in()
    for delivered, told in ((1, False), (5, True)):
        said = canonical(beat.model_copy(update={"delivered": delivered}))
        kiosk.send("POST", "/v1/heartbeats", said).raise_for_status()
        assert ("4 件这台机器已送达并收到回执，后台却没有" in browser.see("/desk/kiosks").text) is told


def test_english_is_one_link_away_and_leads_back_to_the_same_page(browser: Browser) -> None:
    """Promise 7: Chinese first, English for who needs it; the link leads nowhere else."""
    browser.sign_in()
    (link,) = [link for link in browser.see("/desk/cases?q=7").links if "/language/en" in link]
    answer = browser.http.get(link)
    assert answer.headers["location"] == "/desk/cases?q=7"
    assert "No case matches." in browser.see("/desk/cases?q=7").text
    away = browser.http.get("/desk/language/zh?back=https://elsewhere.example/")
    assert away.headers["location"] == "/desk/cases"


def test_answers_stand_beside_the_questions_of_the_forms_in_their_order() -> None:
    """Promise 7: a clerk reads questions, not identifiers; what no form knows keeps its own name."""
    form = next(form for form in shipped_forms().values() if any(field.choices for field in form.fields))
    field = next(field for field in form.fields if field.choices)
    choice = field.choices[-1]
    answers: dict[str, dict[str, Answer]] = {form.id: {"aaa": "kept", field.id: choice.value}, "new_form": {}}
    document = CaseDocument.model_validate({**a_document(), "answers": answers})
    known, unknown = answer_tables(document, shipped_forms(), load_desk_words()["zh"])
    assert known.title == form.title("zh")
    assert known.rows == ((field.title("zh"), choice.title("zh")), ("aaa", "kept"))
    assert (unknown.title, unknown.rows) == ("new_form", ())


def test_both_languages_have_the_same_words() -> None:
    """Promise 7: no sentence is missing in one language."""
    words = load_desk_words()
    assert words["zh"].say("list.count", total=3) == "共 3 件"
    assert words["en"].name("device", "SOMETHING_NEW") == "SOMETHING_NEW"
    with pytest.raises(OfficeError, match="no words"):
        words["zh"].say("no.such_key")


def test_a_page_without_a_picture_and_a_file_that_is_no_pdf_are_told_apart() -> None:
    """Promise 4: a page that cannot be shown is never shown as an empty one."""
    assert picture_of(pdf(picture("one")), 1) == (picture("one"), "image/jpeg")
    with pytest.raises(NotFoundError):
        picture_of(pdf(picture("one")), 2)
    with pytest.raises(UnreadableError, match="not a PDF"):
        picture_of(b"%PDF-1.7 but nothing more", 1)
