"""Who may come in to the desk, and how long."""

import re
from datetime import timedelta

import pytest

from office.desk.users import add_user
from office.errors import OfficeError
from tests.office.browser import CLERK, PASSWORD, Browser, a_browser, audit
from tests.office.kiosk import Kiosk
from tests.office.people import a_case
from tests.office.running import Running


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
    """Promise 2: no script runs but the office's own file, nothing is framed, nothing is cached."""
    for path in ("/desk/login", "/desk/nowhere", "/desk/cases", "/desk/static/desk.css", "/desk/static/live.js"):
        headers = browser.http.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
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


def test_a_page_that_refreshes_itself_does_not_keep_a_session_open(browser: Browser, running: Running) -> None:
    """Promise 2: the list is fresh all day, and an unwatched desk closes all the same."""
    browser.sign_in()
    for minutes in (5, 10, 14):
        running.clock.ahead = timedelta(minutes=minutes)
        assert browser.http.get("/desk/cases", headers={"x-desk-live": "1"}).status_code == 200
    running.clock.ahead = timedelta(minutes=15)
    assert browser.http.get("/desk/cases", headers={"x-desk-live": "1"}).status_code == 303


def test_the_offices_address_alone_leads_to_the_desk(browser: Browser) -> None:
    """Promise 7: a clerk types the address and nothing more."""
    answer = browser.http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert browser.http.get("/desk").headers["location"] == "/desk/cases"


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


def test_the_record_is_for_administrators(browser: Browser, running: Running) -> None:
    """Promise 2: who looked is known to those who must know."""
    browser.sign_in()
    assert "管理员" in browser.see("/desk/record", 403).text
    add_user(running.office, "站长", PASSWORD, "admin")
    with a_browser(running) as admin:
        admin.sign_in("站长")
        assert CLERK in admin.see("/desk/record").text
