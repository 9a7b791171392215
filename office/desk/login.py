"""In and out: the login form, the session cookie, the language."""

import hmac
import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from office.desk.sessions import begin_session, end_session
from office.desk.sight import COOKIE, LANGUAGE_COOKIE, Anyone, Sight, SignedIn
from office.desk.users import check_password
from office.errors import Refusal

router = APIRouter()
HOME = "/desk/cases"
FORM_COOKIE = "desk_form"  # before anyone has signed in, the login form carries what this cookie carries
YEAR = 365 * 24 * 3600


@router.get("")
@router.get("/")
def home() -> Response:
    """Go to the cases."""
    return RedirectResponse(HOME, 303)


@router.get("/login")
def login_page(sight: Anyone) -> Response:
    """Show the login form."""
    return RedirectResponse(HOME, 303) if sight.visitor else _login_form(sight)


@router.post("/login")
def login(
    sight: Anyone, name: Annotated[str, Form()], password: Annotated[str, Form()], form_token: Annotated[str, Form()]
) -> Response:
    """Let a user in, or say that name and password do not belong together."""
    carried = sight.request.cookies.get(FORM_COOKIE, "")
    if not carried or not _equal(carried, form_token):
        return _login_form(sight, 403, sight.words.say("login.form_too_old"))
    if not check_password(sight.desk.office, name, password):
        return _login_form(sight, 401, sight.words.say("login.wrong"))
    answer = RedirectResponse(HOME, 303)
    _set_cookie(sight, answer, COOKIE, begin_session(sight.desk.office, name.strip()))
    answer.delete_cookie(FORM_COOKIE, path="/desk", httponly=True, samesite="strict")
    return answer


@router.post("/logout")
def logout(sight: SignedIn, form_token: Annotated[str, Form()]) -> Response:
    """End the session."""
    visitor = sight.who()
    if not _equal(visitor.form_token, form_token):
        raise Refusal(403, sight.words.say("login.form_too_old"))
    end_session(sight.desk.office, visitor)
    answer = RedirectResponse("/desk/login", 303)
    answer.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="strict")
    return answer


@router.get("/language/{language}")
def choose_language(sight: Anyone, language: Literal["zh", "en"], back: str = HOME) -> Response:
    """Remember the language and go back to a page of the desk, and to nowhere else."""
    answer = RedirectResponse(back if back.startswith("/desk/") else HOME, 303)
    _set_cookie(sight, answer, LANGUAGE_COOKIE, language, YEAR)
    return answer


def _login_form(sight: Sight, status: int = 200, fault: str | None = None) -> Response:
    token = secrets.token_urlsafe(24)
    answer = sight.page("login.html", status, fault=fault, form_token=token)
    _set_cookie(sight, answer, FORM_COOKIE, token)
    return answer


def _set_cookie(sight: Sight, answer: Response, name: str, value: str, max_age: int | None = None) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/desk",
        httponly=True,
        samesite="strict",
        secure=sight.request.url.scheme == "https",
    )


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
