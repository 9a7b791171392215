"""Desk sessions: a random cookie, kept here as its SHA-256, that ends after fifteen minutes unused."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from office.desk.audit import note
from office.office import Office
from office.store.models import SessionRow, UserRow

TOUCH = timedelta(seconds=15)  # `last_used` is written at most this often: a page with nine pictures is one use


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who has signed in. `form_token` must come back with every form."""

    name: str
    role: str
    form_token: str
    token_sha256: str


def begin_session(office: Office, user_name: str) -> str:
    """Start a session and return the cookie's value."""
    token = secrets.token_urlsafe(32)
    now = office.clock()
    row = SessionRow(
        token_sha256=_hash(token),
        user_name=user_name,
        form_token=secrets.token_urlsafe(24),
        created_at=now,
        last_used=now,
    )

    def begin(session: Session) -> None:
        session.execute(delete(SessionRow).where(SessionRow.last_used < now - _idle(office)))
        session.add(row)
        note(session, now, user_name, "login")

    office.writer.run(begin)
    return token


def find_session(office: Office, token: str, *, is_use: bool = True) -> Visitor | None:
    """Return who a cookie belongs to, None when the session is over; `is_use`: somebody did something just now."""
    now = office.clock()
    with office.database.reading() as session:
        row = session.get(SessionRow, _hash(token))
        user = None if row is None else session.get(UserRow, row.user_name)
    if row is None or user is None or row.last_used + _idle(office) <= now:
        return None
    if is_use and row.last_used + TOUCH <= now:
        office.writer.run(lambda session: _touch(session, row.token_sha256, office))
    return Visitor(user.name, user.role, row.form_token, row.token_sha256)


def end_session(office: Office, visitor: Visitor) -> None:
    """End a session: its cookie is worth nothing from now on."""

    def end(session: Session) -> None:
        session.execute(delete(SessionRow).where(SessionRow.token_sha256 == visitor.token_sha256))
        note(session, office.clock(), visitor.name, "logout")

    office.writer.run(end)


def _touch(session: Session, token_sha256: str, office: Office) -> None:
    row = session.get(SessionRow, token_sha256)
    if row is not None:
        row.last_used = office.clock()


def _idle(office: Office) -> timedelta:
    return timedelta(seconds=office.settings.idle_seconds)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
