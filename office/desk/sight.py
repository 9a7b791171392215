"""What every page of the desk is given: who asks, in which language, and a way to render.

One decision: a page asks for `SignedIn` or `Anyone` in its signature; there is no other way to a page, so that a login
cannot be forgotten unseen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse

from office.desk.sessions import Visitor, find_session
from office.desk.titles import Titles
from office.desk.words import DeskWords, Language
from office.errors import Refusal
from office.office import Office

COOKIE = "desk_session"
NOBODY_ASKED = "x-desk-live"  # a page that refreshes itself must not keep an unwatched session open
LANGUAGE_COOKIE = "desk_language"


class SignInNeeded(Exception):  # noqa: N818 - no error: the way to the login page
    """Nobody has signed in, or the session is over."""


@dataclass(frozen=True)
class Desk:
    """What every page of the desk works with."""

    office: Office
    titles: Titles
    words: dict[Language, DeskWords]
    pages: Environment
    zone: ZoneInfo

    def local(self, moment: datetime) -> datetime:
        """Return `moment` in the desk's time zone."""
        return moment.astimezone(self.zone)


@dataclass(frozen=True)
class Sight:
    """One request at the desk: whose, in which language. Pages are rendered through it."""

    desk: Desk
    request: Request
    words: DeskWords
    visitor: Visitor | None = None

    @property
    def language(self) -> Language:
        """Return the language of the page."""
        return self.words.language

    def page(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """Render a template with its context and what every page needs."""
        settings = self.desk.office.settings
        text = self.desk.pages.get_template(template).render(
            say=self.words.say,
            word=self.words.name,
            language=self.language,
            other_language="en" if self.language == "zh" else "zh",
            here=_here(self.request),
            visitor=self.visitor,
            centre=settings.name if self.language == "zh" else settings.name_en,
            now=self.desk.local(self.desk.office.clock()),
            local=self.desk.local,
            **context,
        )
        return HTMLResponse(text, status)

    def who(self) -> Visitor:
        """Return who has signed in; pages behind the login alone may ask.

        Raises:
            SignInNeeded: nobody has.
        """
        if self.visitor is None:
            raise SignInNeeded
        return self.visitor


def anyone(request: Request) -> Sight:
    """Give a page its sight, signed in or not."""
    desk: Desk = request.app.state.desk
    language: Language = "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "zh"
    token = request.cookies.get(COOKIE)
    is_use = NOBODY_ASKED not in request.headers
    visitor = find_session(desk.office, token, is_use=is_use) if token else None
    return Sight(desk, request, desk.words[language], visitor)


def signed_in(sight: Annotated[Sight, Depends(anyone)]) -> Sight:
    """Give a page its sight, or send the visitor to the login."""
    sight.who()
    return sight


Anyone = Annotated[Sight, Depends(anyone)]
SignedIn = Annotated[Sight, Depends(signed_in)]


def _here(request: Request) -> str:
    """Return the path and query of a page, for the language link to come back to."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def no_such_page(sight: Sight) -> NoReturn:
    """Refuse with 404 in the visitor's language."""
    raise Refusal(404, sight.words.say("page.not_found"))
