"""A recorded session with one device: JSON lines, masked when written, played back over `drivers.transport.Replay`.

One decision: a frame that may hold a person's data keeps its first 5 and last 2 bytes and its length alone; the rest is
never written. Played back, the hidden bytes are 00, so a driver finds such a frame garbled, which is told as masked.

The first line is the head: ``{"session": "1", "device": …, "device_class": …, "driver": …, "level": …}``. Every other
line is a frame: ``{"at": seconds, "direction": "<" or ">", "hex": "aa ?? …", "meaning": …}``; ``??`` is a hidden byte.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.transport import Direction

VERSION = "1"
HEAD, TAIL = 5, 2
_HIDDEN = "??"


class SessionError(Exception):
    """A file that is no session; the sentence names the file and the line."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a session is of. `level`: the self-test that ran in it, None: polls alone."""

    device: str
    device_class: str
    driver: str
    level: str | None = None
    session: str = VERSION


@dataclass(frozen=True, slots=True)
class Frame:
    """What passed in one direction before the other one spoke, `at` seconds after the start. `hex`: see the module."""

    at: float
    direction: "Direction"
    hex: str
    meaning: str

    @property
    def masked(self) -> bool:
        """Whether bytes are hidden."""
        return _HIDDEN in self.hex

    @property
    def data(self) -> bytes:
        """The bytes, 00 for each hidden one."""
        return bytes.fromhex(self.hex.replace(_HIDDEN, "00"))


def masked_hex(data: bytes, *, personal: bool) -> str:
    """Return `data` as hex; of a personal frame the middle is hidden."""
    hidden = len(data) - HEAD - TAIL if personal else 0
    if hidden <= 0:
        return data.hex(" ")
    return " ".join([data[:HEAD].hex(" "), *[_HIDDEN] * hidden, data[-TAIL:].hex(" ")])


def write_session(path: Path, head: Head, frames: Iterable[Frame]) -> None:
    """Write a session; OSError when the disk does not take it."""
    lines = [asdict(head), *(asdict(frame) for frame in frames)]
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), "utf-8")


def read_session(path: Path) -> tuple[Head, tuple[Frame, ...]]:
    """Read a session.

    Raises:
        SessionError: it cannot be read, or is none.
    """
    try:
        first, *rest = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        head, frames = Head(**first), tuple(_frames(rest))
    except OSError as error:
        raise SessionError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise SessionError(f"{path}: no recorded session") from error
    if head.session != VERSION:
        raise SessionError(f"{path}: a session of version {head.session}, and this program reads {VERSION}")
    return head, frames


def _frames(lines: Iterable[dict[str, object]]) -> Iterator[Frame]:
    for line in lines:
        frame = Frame(**line)  # type: ignore[arg-type] # checked right below
        if frame.direction not in ("<", ">") or not frame.data:
            raise ValueError("no frame")
        yield frame
