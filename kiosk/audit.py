"""The audit trail: what staff did at this kiosk, in lines that can be added and never changed unseen.

One decision: every line carries the hash of the line before (SM3, GM/T 0004-2012), and the file `audit.head` beside it
the last of them, so that a line that was changed, taken out, or cut off at the end is found. Who owns the machine can
forge both files; whoever can write to one alone cannot. A line names technicians, acts and devices, never a resident.

A line, as JSON: ``n`` counts from 1, ``at`` is this machine's time in UTC, ``who`` a technician's number or ``-``,
``what`` the act, ``on`` the thing, ``outcome`` how it ended, ``before`` the hash of the line before, ``hash`` its own.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from pydantic import ValidationError

from kiosk.device_health import utc_now
from sync.contract import TrailHead
from sync.durable import Disk, exclusive, private_folder

NOBODY = "-"
_START = "0" * 64
_FIELDS = ("n", "at", "who", "what", "on", "outcome", "before")
_HEAD = "audit.head"
_log = logging.getLogger(__name__)


class AuditError(Exception):
    """The trail cannot be written or read; no act of staff may go unrecorded, so none is done."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line as it is read back."""

    n: int
    at: datetime
    who: str
    what: str
    on: str
    outcome: str


@dataclass(frozen=True, slots=True)
class _Tail:
    """Where the trail ends: how many lines, the hash of the last, and the size of the file in bytes."""

    n: int = 0
    hash: str = _START
    size: int = 0


class _BrokenChain(Exception):  # noqa: N818 - a finding, not a fault of this program
    """The line that does not follow from the one before."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is not as it was written")
        self.line = line


def _hash(fields: dict[str, object]) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(json.dumps([fields[name] for name in _FIELDS], ensure_ascii=False).encode())
    return digest.finalize().hex()


def _line(tail: _Tail, at: datetime, act: tuple[str, str, str, str]) -> tuple[bytes, str]:
    who, what, on, outcome = act
    fields: dict[str, object] = {
        "n": tail.n + 1, "at": at.isoformat(timespec="milliseconds"), "who": who, "what": what, "on": on,
        "outcome": outcome, "before": tail.hash,
    }  # fmt: skip
    own = _hash(fields)
    return json.dumps({**fields, "hash": own}, ensure_ascii=False).encode() + b"\n", own


def _entry(raw: bytes, tail: _Tail) -> tuple[AuditEntry, _Tail]:
    """Return one line and the tail after it, if it follows from `tail`.

    Raises:
        _BrokenChain: it does not.
    """
    number = tail.n + 1
    try:
        fields = json.loads(raw)
        own = fields.pop("hash")
        whole = fields.keys() == set(_FIELDS) and _hash(fields) == own
        at = datetime.fromisoformat(fields["at"])
        texts = [str(fields[name]) for name in ("who", "what", "on", "outcome")]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise _BrokenChain(number) from error
    if not whole or (fields["n"], fields["before"]) != (number, tail.hash):
        raise _BrokenChain(number)
    return AuditEntry(number, at, *texts), _Tail(number, own, tail.size + len(raw) + 1)


def read_head(folder: Path) -> TrailHead | None:
    """Return where the trail in that state folder ends, for the office; None where there is none that can be read.

    Who opens the trail finds out why it cannot; delivery only says that it knows of none.
    """
    try:
        return TrailHead.model_validate_json((folder / _HEAD).read_bytes())
    except (OSError, ValidationError):
        return None


class AuditTrail:
    """The trail in the kiosk's state folder; the kiosk and `run.py technician` write to it, one at a time.

    Life cycle: made -> open, which verifies -> append and entries, any number of times.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = utc_now, disk: Disk | None = None) -> None:
        self.path = folder / "audit.jsonl"
        self._head = folder / _HEAD
        self._lock = folder / "audit.lock"
        self._now = now
        self._disk = disk or Disk()
        self._tail = _Tail()

    def open(self) -> str | None:
        """Verify the whole trail; return a sentence if it had to be mended or was tampered with, else None.

        A torn last line (a power cut while it was written) is cut off. A trail that was tampered with is put aside,
        whole, and a new one begins by saying so.

        Raises:
            AuditError: the disk does not let it be read or mended.
        """
        try:
            private_folder(self.path.parent)
            with exclusive(self._lock):
                self._tail = _Tail()
                found = self._mend()
                try:
                    self._read_on()
                    self._compare_head()
                except _BrokenChain as broken:
                    found = self._put_aside(broken)
                self._keep_head()
        except OSError as error:
            raise AuditError(f"the audit trail cannot be opened: {error.strerror}") from error
        if found is not None:
            _log.error("audit trail: %s", found)
        return found

    def append(self, who: str, what: str, on: str = "", outcome: str = "OK") -> None:
        """Add a line; it is on the disk when this returns.

        Raises:
            AuditError: it is not, or the trail was changed by somebody else.
        """
        try:
            with exclusive(self._lock):
                self._read_on()
                self._write((who, what, on, outcome))
        except OSError as error:
            raise AuditError(f"the audit trail cannot be written: {error.strerror}") from error
        except _BrokenChain as broken:
            raise AuditError(f"the audit trail was tampered with: {broken}") from broken

    def entries(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        """Return the last lines, the newest first.

        Raises:
            AuditError: the trail cannot be read, or was tampered with.
        """
        try:
            with exclusive(self._lock):
                raw = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise AuditError(f"the audit trail cannot be read: {error.strerror}") from error
        found: list[AuditEntry] = []
        tail = _Tail()
        try:
            for line in raw.splitlines():
                entry, tail = _entry(line, tail)
                found.append(entry)
        except _BrokenChain as broken:
            raise AuditError(f"the audit trail was tampered with: {broken}") from broken
        return tuple(reversed(found[-limit:]))

    # ---- inside, under the lock

    def _write(self, act: tuple[str, str, str, str]) -> None:
        line, own = _line(self._tail, self._now(), act)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            if os.write(handle, line) != len(line):  # a full disk: the next opening mends what is torn
                raise OSError(0, "the disk is full")
            self._disk.sync(handle)
        finally:
            os.close(handle)
        if self._tail.n == 0:
            self._disk.sync_folder(self.path.parent)
        self._tail = _Tail(self._tail.n + 1, own, self._tail.size + len(line))
        self._keep_head()

    def _read_on(self) -> None:
        """Verify what was written since: by the other process, or before this one began."""
        if not self.path.exists():
            if self._tail.n:
                raise _BrokenChain(1)
            return
        with self.path.open("rb") as file:
            file.seek(self._tail.size)
            rest = file.read()
        if self.path.stat().st_size < self._tail.size:
            raise _BrokenChain(self._tail.n)
        for line in rest.splitlines():
            _, self._tail = _entry(line, self._tail)

    def _mend(self) -> str | None:
        """Cut off a last line that has no end: it was being written when the power went."""
        raw = self.path.read_bytes() if self.path.exists() else b""
        whole = raw.rfind(b"\n") + 1
        if whole == len(raw):
            return None
        handle = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(handle, whole)
            self._disk.sync(handle)
        finally:
            os.close(handle)
        return "the last line was torn and has been cut off"

    def _compare_head(self) -> None:
        """Find lines that were cut off at the end: the head was written after the last line it names."""
        try:
            head = json.loads(self._head.read_text("utf-8"))
            n, own = int(head["n"]), str(head["hash"])
        except FileNotFoundError as error:
            if self._tail.n > 1:  # the first line is written before the first head
                raise _BrokenChain(self._tail.n) from error
            return
        except (ValueError, KeyError, TypeError) as error:
            raise _BrokenChain(self._tail.n) from error
        if n > self._tail.n or (n == self._tail.n and own != self._tail.hash):
            raise _BrokenChain(min(n, self._tail.n + 1))

    def _keep_head(self) -> None:
        self._disk.replace(self._head, json.dumps({"n": self._tail.n, "hash": self._tail.hash}).encode())

    def _put_aside(self, broken: _BrokenChain) -> str:
        aside = self.path.with_name(f"audit-{self._now():%Y%m%dT%H%M%S%f}.tampered.jsonl")
        if self.path.exists():
            self.path.rename(aside)
        self._tail = _Tail()
        found = f"it was tampered with, {broken}; it is kept as {aside.name}"
        self._write((NOBODY, "AUDIT_TAMPERED", aside.name, f"line {broken.line}"))
        return found
