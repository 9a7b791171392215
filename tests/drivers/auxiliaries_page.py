"""The table of bytes in docs/auxiliaries.md, as the tests of both ends of that line read it."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "auxiliaries.md"
_ROW = re.compile(r"^\| (.+) \| `(..)` \| `(..)` \| (-|`[^`]*`) \| `(00 [^`]* 00)` \|$", re.MULTILINE)


@dataclass(frozen=True)
class Vector:
    """One row: what it is, and what goes over the wire."""

    what: str
    type: int
    sequence: int
    payload: bytes
    wire: bytes


def vectors() -> list[Vector]:
    """Return every row of the table."""
    rows = _ROW.findall(PAGE.read_text("utf-8"))
    return [
        Vector(what, int(kind, 16), int(sequence, 16), bytes.fromhex(payload.strip("`-")), bytes.fromhex(wire))
        for what, kind, sequence, payload, wire in rows
    ]


def vector(beginning: str) -> Vector:
    """Return the one row that begins so."""
    (found,) = (each for each in vectors() if each.what.startswith(beginning))
    return found
