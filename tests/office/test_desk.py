"""The desk: who may come in, what a page shows, what is written down."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Self

import httpx
import pytest
from sqlalchemy import select

from office.cases.filing import case_row
from office.desk.papers import picture_of
from office.desk.users import add_user
from office.desk.words import load_desk_words
from office.errors import NotFoundError, OfficeError, UnreadableError
from office.store.models import AuditRow
from sync.contract import CaseDocument, DeviceHealth, Heartbeat, canonical
from tests.office.conftest import Running
from tests.office.kiosk import Kiosk
from tests.office.people import NAME, NUMBER, SUBMITTED, a_case, a_rating, pdf, picture

CLERK, PASSWORD = "钱𫖯清", "a lamp left on at night"


class Page(HTMLParser):
    """A page as a person reads it: its text, its links, its pictures, its tables' rows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= found.keys()
        if tag == "a":
            self.links.append(found["href"])
        if tag == "img":
            self.pictures.append(found["src"])

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass
class Browser:
    """A browser without scripts: it keeps cookies and sends forms."""

    http: httpx.Client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        self.http.close()

    def see(self, path: str, status: int = 200) -> Page:
        answer = self.http.get(path)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    def token(self, path: str) -> str:
        match = re.search(r'name="form_token" value="([^"]+)"', self.http.get(path).text)
        assert match is not None
        return match[1]

    def sign_in(self, name: str = CLERK, password: str = PASSWORD) -> httpx.Response:
        form = {"name": name, "password": password, "form_token": self.token("/desk/login")}
        return self.http.post("/desk/login", data=form)


def a_browser(running: Running) -> Browser:
    return Browser(httpx.Client(base_url=running.url, trust_env=False, timeout=20))


@pytest.fixture
def browser(running: Running) -> Iterator[Browser]:
    """Give a browser that has not signed in; the clerk is known to the office."""
    add_user(running.office, CLERK, PASSWORD)
    with a_browser(running) as browser:
        yield browser


def audit(running: Running) -> list[tuple[str, str, str | None]]:
    with running.office.database.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    return [(row.user_name, row.action, row.detail) for row in rows]


def test_nothing_is_shown_before_signing_in(browser: Browser, running: Running, kiosk: Kiosk) -> None:
    """Promise 2: every page but the login sends a stranger to the login."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    base = f"/desk/cases/K01/{case.id}"
    for path in (
        "/desk/cases",
        base,
        f"{base}/papers/1/pages/1",
        f"{base}/papers/1/file",
        "/desk/kiosks",
        "/desk/record",
    ):
        answer = browser.http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")
    assert audit(running) == []


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    """Promise 2: a session cannot be taken or used from elsewhere."""
    cookies = browser.sign_in().headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("desk_session="))
    assert "httponly" in session.lower()
    assert "samesite=strict" in session.lower()
    assert "path=/desk" in session.lower()


def test_behind_tls_the_cookie_never_travels_in_the_clear(browser: Browser) -> None:
    """Promise 2: the proxy that ends TLS says so, and the cookie is marked."""
    browser.http.headers["x-forwarded-proto"] = "https"
    assert "secure" in browser.http.get("/desk/login").headers["set-cookie"].lower()


def test_every_answer_of_the_desk_carries_the_strict_policy(browser: Browser) -> None:
    """Promise 2: no script runs, nothing is framed, nothing is cached."""
    for path in ("/desk/login", "/desk/nowhere", "/desk/cases", "/desk/static/desk.css"):
        headers = browser.http.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    assert browser.http.get("/desk/login").headers["cache-control"] == "no-store"


def test_five_wrong_passwords_lock_a_name_for_a_quarter_of_an_hour(browser: Browser, running: Running) -> None:
    """Promise 2: passwords cannot be tried out."""
    for _ in range(5):
        assert browser.sign_in(password="not the password").status_code == 401
    assert browser.sign_in().status_code == 401
    running.clock.ahead = timedelta(minutes=15)
    assert browser.sign_in().status_code == 303


def test_a_right_password_forgets_the_wrong_ones_before_it(browser: Browser, running: Running) -> None:
    """Promise 7: who mistypes now and then is not locked out."""
    for _ in range(2):
        for _ in range(4):
            assert browser.sign_in(password="not the password").status_code == 401
        with a_browser(running) as another:
            assert another.sign_in().status_code == 303


def test_an_unknown_name_is_answered_like_a_wrong_password(browser: Browser) -> None:
    """Promise 2: nobody learns who works here."""
    strip = re.compile(r'value="[^"]*"')
    wrong, unknown = browser.sign_in(password="not the password"), browser.sign_in(name="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert strip.sub("", wrong.text) == strip.sub("", unknown.text)


def test_a_session_ends_after_a_quarter_of_an_hour_unused(browser: Browser, running: Running) -> None:
    """Promise 2: an unwatched desk closes."""
    browser.sign_in()
    running.clock.ahead = timedelta(minutes=14)
    browser.see("/desk/cases")
    running.clock.ahead = timedelta(minutes=28)
    browser.see("/desk/cases")
    running.clock.ahead = timedelta(minutes=43)
    assert browser.http.get("/desk/cases").status_code == 303


def test_signing_out_ends_the_session_and_needs_the_forms_token(browser: Browser) -> None:
    """Promise 2: a cookie that was copied is worth nothing afterwards; another site cannot sign anyone out."""
    browser.sign_in()
    cookie = browser.http.cookies["desk_session"]
    token = browser.token("/desk/cases")
    assert browser.http.post("/desk/logout", data={"form_token": "guessed"}).status_code == 403
    assert browser.http.post("/desk/logout", data={"form_token": token}).status_code == 303
    browser.http.cookies.set("desk_session", cookie, path="/desk")
    assert browser.http.get("/desk/cases").status_code == 303


def test_a_login_form_that_is_not_ours_is_refused(browser: Browser) -> None:
    """Promise 2: another site cannot sign a clerk in as somebody else."""
    form = {"name": CLERK, "password": PASSWORD, "form_token": "guessed"}
    assert browser.http.post("/desk/login", data=form).status_code == 403


def test_a_form_that_is_too_large_is_not_read(browser: Browser) -> None:
    """Promise 3: nobody fills the office's memory before signing in."""
    assert browser.http.post("/desk/login", data={"name": "x" * 300_000}).status_code == 413


def test_a_new_password_ends_the_sessions_of_the_old(browser: Browser, running: Running) -> None:
    """Promise 2: who is shut out is out at once."""
    browser.sign_in()
    add_user(running.office, CLERK, "another lamp left on")
    assert browser.http.get("/desk/cases").status_code == 303


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("x" * 65, PASSWORD), (CLERK, "short"), (CLERK, "x" * 201)]
)
def test_a_user_needs_a_name_and_a_real_password(running: Running, name: str, password: str) -> None:
    """Promise 8: the sentence says what is wrong, and not the password."""
    with pytest.raises(OfficeError, match="characters"):
        add_user(running.office, name, password)


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
    rows = [case_row(CaseDocument.model_validate_json(case.plain), SUBMITTED) for case in cases]
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
    assert "已看" in browser.see("/desk/cases").text


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
    for shown in ("K01", "在线", "2–3", "7", "凭条打印机", "没纸了", "中心人员", "纸 用完了"):
        assert shown in page.text
    running.clock.ahead = timedelta(minutes=5)
    assert "失去联系" in browser.see("/desk/kiosks").text


def test_english_is_one_link_away_and_leads_back_to_the_same_page(browser: Browser) -> None:
    """Promise 7: Chinese first, English for who needs it; the link leads nowhere else."""
    browser.sign_in()
    (link,) = [link for link in browser.see("/desk/cases?q=7").links if "/language/en" in link]
    answer = browser.http.get(link)
    assert answer.headers["location"] == "/desk/cases?q=7"
    assert "No case matches." in browser.see("/desk/cases?q=7").text
    away = browser.http.get("/desk/language/zh?back=https://elsewhere.example/")
    assert away.headers["location"] == "/desk/cases"


def test_the_record_is_for_administrators(browser: Browser, running: Running) -> None:
    """Promise 2: who looked is known to those who must know."""
    browser.sign_in()
    assert "管理员" in browser.see("/desk/record", 403).text
    add_user(running.office, "站长", PASSWORD, "admin")
    with a_browser(running) as admin:
        admin.sign_in("站长")
        assert CLERK in admin.see("/desk/record").text


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
