"""The technicians of one kiosk: a number, a PIN (argon2id, RFC 9106) and a second factor (TOTP, RFC 6238).

One decision: one private file in the kiosk's state, replaced whole, under a lock that the kiosk and the terminal share.
Failures, locks and the last code used stand in it too, so that a restart forgets none of them. The secret of the second
factor has to be readable to be checked; whoever reads the file still lacks the PIN.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from kiosk.device_health import utc_now
from sync.durable import Disk, exclusive, private_folder

ID_DIGITS = (4, 6)  # so many digits at least and at most; no citizen number fits
PIN_DIGITS = (6, 12)
CODE_DIGITS = 6
STEP_SECONDS = 30  # RFC 6238's own
MOST_FAILURES = 5
LOCK = timedelta(minutes=15)
_STEPS_BESIDE = (0, -1, 1)  # clocks differ: the step of now, the one before, the next


class TechnicianError(Exception):
    """A technician cannot be added, removed or unlocked, or the file is not as it was written."""


class Admission(StrEnum):
    """How asking to be let in ended. What was wrong is not told: it would help whoever guesses."""

    ADMITTED = "ADMITTED"
    REFUSED = "REFUSED"
    LOCKED = "LOCKED"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Tries(_Model):
    """How often one number was refused since it was last let in, and until when it is locked."""

    failures: int = 0
    locked_until: AwareDatetime | None = None


class _Technician(_Tries):
    number: Annotated[str, Field(pattern=r"^\d{4,6}$")]
    pin_hash: str
    secret: str
    last_step: int = -1  # of the last code that was used; a code lets in once


class _File(_Model):
    technicians: list[_Technician] = []
    strangers: _Tries = Field(default_factory=_Tries)  # numbers nobody has, all together


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # RFC 9106, low memory: 64 MiB, three passes, four lanes


@cache
def _nobodys_hash() -> str:
    """A hash no PIN fits: a number nobody has takes as long as one that somebody has."""
    return _hasher().hash(secrets.token_hex(16))


def _digits(text: str, bounds: tuple[int, int]) -> bool:
    return text.isascii() and text.isdigit() and bounds[0] <= len(text) <= bounds[1]


class Technicians:
    """Who may open this kiosk's screens for technicians."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        self.path = folder / "technicians.json"
        self._lock = folder / "technicians.lock"
        self._now = now

    def numbers(self) -> tuple[tuple[str, datetime | None], ...]:
        """Return each technician's number, and until when it is locked (None: it is not).

        Raises:
            TechnicianError: the file cannot be read.
        """
        with self._changing(keep=False) as file:
            return tuple((each.number, self._locked(each)) for each in file.technicians)

    def add(self, number: str, pin: str, kiosk: str) -> str:
        """Add a technician and return the otpauth address of the second factor, shown once and never again.

        Raises:
            TechnicianError: the number is taken, or number or PIN is not what it must be.
        """
        if not _digits(number, ID_DIGITS):
            raise TechnicianError(f"a technician's number has {ID_DIGITS[0]} to {ID_DIGITS[1]} digits")
        if not _digits(pin, PIN_DIGITS) or len(set(pin)) == 1:
            raise TechnicianError(f"a PIN has {PIN_DIGITS[0]} to {PIN_DIGITS[1]} digits, and not all of them alike")
        secret = pyotp.random_base32()
        with self._changing() as file:
            if any(each.number == number for each in file.technicians):
                raise TechnicianError(f"technician {number} is there already; remove it first")
            file.technicians.append(_Technician(number=number, pin_hash=_hasher().hash(pin), secret=secret))
        return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=number, issuer_name=f"Budayang {kiosk}")

    def remove(self, number: str) -> None:
        """Take a technician off this kiosk.

        Raises:
            TechnicianError: there is none of that number.
        """
        with self._changing() as file:
            file.technicians.remove(self._find(file, number))

    def unlock(self, number: str) -> None:
        """Forget a technician's failures, and those of numbers nobody has.

        Raises:
            TechnicianError: there is none of that number.
        """
        with self._changing() as file:
            for tries in (self._find(file, number), file.strangers):
                tries.failures, tries.locked_until = 0, None

    def admit(self, number: str, pin: str, code: str) -> Admission:
        """Let a technician in who has PIN and code right; the fifth failure in a row locks for 15 minutes.

        Takes about a tenth of a second: call it beside the screen.

        Raises:
            TechnicianError: the file cannot be read or kept; nobody is let in.
        """
        with self._changing() as file:
            known = next((each for each in file.technicians if each.number == number), None)
            tries: _Tries = known or file.strangers
            if self._locked(tries) is not None:
                return Admission.LOCKED
            fits = _fits(known.pin_hash if known else _nobodys_hash(), pin)
            step = self._step(known, code) if known else None
            if known and fits and step is not None:
                known.last_step, known.failures, known.locked_until = step, 0, None
                return Admission.ADMITTED
            tries.failures += 1
            if tries.failures >= MOST_FAILURES:
                tries.failures, tries.locked_until = 0, self._now() + LOCK
                return Admission.LOCKED
        return Admission.REFUSED

    # ---- inside

    def _step(self, known: _Technician, code: str) -> int | None:
        """Return the time step whose code it is, None if it is none's or of a step that was used."""
        present = int(self._now().timestamp()) // STEP_SECONDS
        totp = pyotp.TOTP(known.secret, interval=STEP_SECONDS)
        for step in (present + beside for beside in _STEPS_BESIDE):
            if step > known.last_step and secrets.compare_digest(totp.at(step * STEP_SECONDS), code):
                return step
        return None

    def _locked(self, tries: _Tries) -> datetime | None:
        until = tries.locked_until
        return until if until is not None and self._now() < until else None

    @staticmethod
    def _find(file: _File, number: str) -> _Technician:
        found = next((each for each in file.technicians if each.number == number), None)
        if found is None:
            raise TechnicianError(f"there is no technician {number} on this kiosk")
        return found

    @contextmanager
    def _changing(self, *, keep: bool = True) -> Iterator[_File]:
        """Read the file, and put it back if it is another after the work; under the lock."""
        try:
            private_folder(self.path.parent)
            with exclusive(self._lock):
                raw = self.path.read_bytes() if self.path.exists() else b"{}"
                file = _File.model_validate_json(raw)
                before = file.model_copy(deep=True)
                yield file
                if keep and file != before:
                    Disk().replace(self.path, file.model_dump_json(indent=1).encode())
        except OSError as error:
            raise TechnicianError(f"{self.path.name} cannot be kept: {error.strerror}") from error
        except ValidationError as error:
            raise TechnicianError(f"{self.path.name} is not as it was written; enrol the technicians anew") from error


def _fits(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
