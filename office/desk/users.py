"""Who may sit at the desk: names, roles, argon2id password hashes, and the lock after five wrong passwords."""

import secrets
from datetime import timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from office.errors import OfficeError
from office.office import Office
from office.store.models import SessionRow, UserRow

Role = Literal["clerk", "admin"]
MOST_FAILURES = 5
LEAST_PASSWORD = 10
MOST_PASSWORD = 200

_hasher = PasswordHasher()  # argon2id with the RFC 9106 low-memory parameters, 64 MiB each
_hashing = BoundedSemaphore(2)  # so that a crowd of logins cannot take all memory


def add_user(office: Office, name: str, password: str, role: Role = "clerk") -> None:
    """Add a user, or give one of that name a new password and role, lift the lock and end what sessions there are.

    Raises:
        OfficeError: the name is empty, the password too short or long, or the role unknown.
    """
    if not name.strip() or len(name) > 64:  # noqa: PLR2004 - a name, not a text
        raise OfficeError("a user needs a name of at most 64 characters")
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        message = f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters"
        raise OfficeError(message)
    if role not in get_args(Role):
        message = f"a role is one of {', '.join(get_args(Role))}, not {role!r}"
        raise OfficeError(message)
    with _hashing:
        password_hash = _hasher.hash(password)
    row = UserRow(
        name=name.strip(),
        role=role,
        password_hash=password_hash,
        failures=0,
        created_at=office.clock(),
        locked_until=None,
    )

    def store(session: Session) -> None:
        session.merge(row)
        session.execute(delete(SessionRow).where(SessionRow.user_name == row.name))

    office.writer.run(store)


def check_password(office: Office, name: str, password: str) -> bool:
    """Return whether `name` may come in with `password`; count a failure, and lock the name at the fifth.

    A locked or unknown name takes as long as any other and gets the same answer: nothing is learnt from trying.
    """
    with office.database.reading() as session:
        user = session.get(UserRow, name.strip())
    right = _verify(user.password_hash if user else _hash_of_nobody(), password)
    if user is None:
        return False
    return office.writer.run(lambda session: _note_attempt(office, session, user.name, right=right))


@cache
def _hash_of_nobody() -> str:
    """Return what an unknown name is checked against: made once, at the first such name."""
    return _hasher.hash(secrets.token_urlsafe())


def _verify(password_hash: str, password: str) -> bool:
    with _hashing:
        try:
            return _hasher.verify(password_hash, password[: MOST_PASSWORD + 1])
        except VerificationError:
            return False


def _note_attempt(office: Office, session: Session, name: str, *, right: bool) -> bool:
    """Count, and decide again: of many attempts at one time only the first five may succeed."""
    user = session.get_one(UserRow, name)
    if user.locked_until is not None and user.locked_until > office.clock():
        return False
    user.failures = 0 if right else user.failures + 1
    user.locked_until = None
    if user.failures >= MOST_FAILURES:
        user.failures = 0
        user.locked_until = office.clock() + timedelta(seconds=office.settings.lock_seconds)
    return right
