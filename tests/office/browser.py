"""A browser without scripts, and a page as a person reads it."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Self

import httpx
from sqlalchemy import select

from office.store.models import AuditRow
from tests.office.running import Running

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
    """Return a browser that has not signed in."""
    return Browser(httpx.Client(base_url=running.url, trust_env=False, timeout=20))


def audit(running: Running) -> list[tuple[str, str, str | None]]:
    """Return who did what, with its detail, in order."""
    with running.office.database.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    return [(row.user_name, row.action, row.detail) for row in rows]
