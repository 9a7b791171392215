"""An ID-card reader that is not there: it speaks the SAM's bytes on a pty behind a stable link, or at a TCP port.

Run by tests, the demo and the control page. Own framing on purpose: what the driver's codec gets wrong, this must not
get wrong with it.
"""

import random
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import xor
from pathlib import Path

from drivers.sim.fault import Faults, SimulatorError
from drivers.sim.serial_device import SerialDevice
from drivers.sim.serial_line import PtyLine, TcpLine
from drivers.sim.specimens import SPECIMENS, Specimen

_PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
_SHORTEST_REQUEST = 10
_LONGEST_REQUEST = 64
_DEFAULT_BAUD = 115200
_BITS_A_BYTE = 10  # 8N1: a start bit and a stop bit go with every byte
_PIECE = 64  # bytes a paced line hands over at once
_DRIBBLE_SECONDS = 0.005
_TICK = 0.02  # how often faults that come and go by the clock are looked at, in seconds
_SAM_ID = struct.pack("<HHIII", 5, 3, 20120830, 1234567, 3456789012)
_ADDRESS_SIZE = 70
_READS = (b"\x30\x01", b"\x30\x10")
_WRONG_CODES = (0x24, 0x31, 0x32, 0x33, 0x3F, 0x40, 0x47)

FAULTS = (
    "garbage",
    "dribble",
    "bad_checksum",
    "half_frame",
    "wrong_status",
    "moved_mid_read",
    "collision",
    "not_authorised",
    "silent",
    "vanish",
)
"""The faults it can have. ``wrong_status`` takes its code from the seed; ``vanish`` takes the port away; with
``collision`` a second card lies beside the first, so that one is found and none can be selected.
"""


@dataclass(frozen=True, slots=True)
class Make:
    """What one maker's reader does in its own way.

    Attributes:
        baud: the speed it is set to; at any other one it answers garbage. None: it hears every speed.
        fingerprints: the bytes of fingerprints in its answer to 30 10: 0, 512 or 1024.
        envelope: what it sends before the frame of a card.
        bitmap: whether it sends the photo once more behind that frame, as a Windows bitmap.
        reads_address: whether it knows 30 03.
    """

    baud: int | None = None
    fingerprints: int = 1024
    envelope: bytes = b""
    bitmap: bool = False
    reads_address: bool = True


_BITMAP_SIZE = 38862  # 102 x 126 pixels of 24 bits, rows of 308 bytes
_BITMAP = b"BM" + _BITMAP_SIZE.to_bytes(4, "little") + bytes(_BITMAP_SIZE - 6)


def _frame(sw3: int, data: bytes = b"") -> bytes:
    body = (len(data) + 4).to_bytes(2, "big") + bytes([0, 0, sw3]) + data
    return _PREAMBLE + body + bytes([reduce(xor, body)])


class SamSimulator(SerialDevice):
    """The reader at `place`: a path, the symlink to its pty; or a TCP port of 127.0.0.1 (0: any free one).

    `paced`: answers come at that baud rate (True: 115200). `make`: whose reader it is.

    It can ``put_card`` (card) and ``lift_card``; a card that was read and is not lifted is left lying, and
    ``nudge_card`` has it found anew. ``pace`` (baud), a ``fault`` (name, when, until, seed), ``heal``. What it tells:
    ``cards``, ``faults``, ``state``.
    """

    called = "a card reader"

    def __init__(self, place: Path | int, *, paced: bool | int = False, make: Make | None = None) -> None:
        super().__init__(PtyLine(place) if isinstance(place, Path) else TcpLine(place))
        self._make = make or Make()
        self._baud = _DEFAULT_BAUD if paced is True else int(paced)
        self._faults = Faults(FAULTS)
        self._lock = threading.Lock()
        self._card: Specimen | None = None
        self._found = self._selected = self._was_read = False
        self._actions = {
            "put_card": self._put_card,
            "lift_card": self._lift_card,
            "nudge_card": self._nudge_card,
            "pace": self._pace,
            "fault": self._inject,
            "heal": self._faults.clear,
            "cards": lambda: {"cards": list(SPECIMENS)},
            "faults": lambda: {"faults": list(FAULTS)},
            "state": self._state,
        }

    def speak(self, data: bytes) -> None:
        """Say what nobody asked for, as a late or a broken reader does."""
        self._line.write(data)

    def _put_card(self, card: str) -> None:
        if card not in SPECIMENS:
            raise SimulatorError(f"there is no card {card!r}; there are {', '.join(SPECIMENS)}")
        self.put(SPECIMENS[card])

    def put(self, specimen: Specimen) -> None:
        """Lay a card that need not be one of the known specimens."""
        with self._lock:
            self._card = specimen
            self._forget()

    def _lift_card(self) -> None:
        with self._lock:
            self._card = None
            self._forget()

    def _nudge_card(self) -> None:
        with self._lock:
            self._forget()

    def _inject(self, name: str, when: object = "now", until: object = None, seed: int = 0) -> None:
        self._faults.inject(name, when, until, seed)

    def _pace(self, baud: int) -> None:
        """Hand answers over as fast as a line of that speed; 0: at once."""
        self._baud = baud

    def _state(self) -> dict[str, object]:
        """Return which card lies on it, and the faults in force."""
        with self._lock:
            card = None if self._card is None else self._card.key
        return {"card": card, "faults": sorted(self._faults.active())}

    def _forget(self) -> None:
        self._found = self._selected = self._was_read = False

    # ---- the line

    def _run(self) -> None:
        heard = b""
        while not self._stopping.is_set():
            if self._plug_or_unplug(is_away="vanish" in self._faults.active()):
                heard = b""
            if not self._line.plugged:
                self._stopping.wait(_TICK)
            elif data := self._line.read(_TICK):
                heard = self._hear(heard + data)

    def _hear(self, heard: bytes) -> bytes:
        """Answer every whole request in `heard`, and return the rest."""
        while (start := heard.find(_PREAMBLE)) >= 0:
            size = 7 + int.from_bytes(heard[start + 5 : start + 7], "big")
            if len(heard) < start + _SHORTEST_REQUEST or (len(heard) < start + size <= start + _LONGEST_REQUEST):
                return heard[start:]
            request, heard = heard[start : start + size], heard[start + size :]
            if "vanish" not in (faults := self._faults.command()):
                answer = self._wrap(request, self._spoil(self._answer(request, faults), faults))
                self._send(answer if self._hears() else _mangled(answer), faults, len(request))
        return heard[-len(_PREAMBLE) + 1 :]

    def _hears(self) -> bool:
        """Whether the driver speaks at the reader's own speed."""
        return self._make.baud is None or self._line.baud() in (None, self._make.baud)

    # ---- the module

    def _answer(self, request: bytes, faults: dict[str, random.Random]) -> bytes:
        if reduce(xor, request[5:]) != 0:
            return _frame(0x10)
        command = request[7:9]
        if "not_authorised" in faults:
            return _frame(0x66)
        if "wrong_status" in faults:
            return _frame(_WRONG_CODES[faults["wrong_status"].randrange(len(_WRONG_CODES))])
        with self._lock:
            if "moved_mid_read" in faults and command in _READS:
                self._forget()
                return _frame(0x41)
            if "collision" in faults and command == b"\x20\x02":
                return _frame(0x81)
            answers: dict[bytes, Callable[[], bytes]] = {
                b"\x10\xff": self._reset,
                b"\x11\xff": lambda: _frame(0x90),
                b"\x12\xff": lambda: _frame(0x90, _SAM_ID),
                b"\x20\x01": self._find,
                b"\x20\x02": self._select,
                b"\x30\x01": self._read,
                b"\x30\x10": lambda: self._read(self._make.fingerprints),
            }
            if self._make.reads_address:
                answers[b"\x30\x03"] = self._read_address
            return answers.get(command, lambda: _frame(0x21))()

    def _reset(self) -> bytes:
        self._forget()
        return _frame(0x90)

    def _find(self) -> bytes:
        """A card that was read is not found again until it was lifted; it stays selected meanwhile."""
        self._found = self._card is not None and not self._was_read
        self._selected = self._selected and self._was_read
        return _frame(0x9F, bytes(4)) if self._found else _frame(0x80)

    def _select(self) -> bytes:
        self._selected = self._found
        return _frame(0x90, bytes(8)) if self._selected else _frame(0x81)

    def _read(self, fingerprints: int | None = None) -> bytes:
        if self._card is None or not self._selected:
            return _frame(0x41)
        self._was_read = True
        return _frame(0x90, self._card.payload(fingerprints))

    def _read_address(self) -> bytes:
        if self._card is None or not self._selected:
            return _frame(0x41)
        if self._card.additional_address is None:
            return _frame(0x91)
        raw = self._card.additional_address.encode("utf-16-le")
        return _frame(0x90, raw + b" \0" * ((_ADDRESS_SIZE - len(raw)) // 2))

    # ---- what the line does to an answer

    def _spoil(self, answer: bytes, faults: dict[str, random.Random]) -> bytes:
        if "silent" in faults:
            return b""
        if "garbage" in faults:
            dice = faults["garbage"]
            return dice.randbytes(dice.randint(1, 64))
        if "half_frame" in faults:
            return answer[: len(answer) // 2]
        if "bad_checksum" in faults:
            return answer[:-1] + bytes([answer[-1] ^ 0x55])
        return answer

    def _wrap(self, request: bytes, answer: bytes) -> bytes:
        """Put around a card what this maker puts around it."""
        if request[7:9] not in _READS or answer[9:10] != b"\x90":
            return answer
        return self._make.envelope + answer + (_BITMAP if self._make.bitmap else b"")

    def _send(self, answer: bytes, faults: dict[str, random.Random], heard: int) -> None:
        if "dribble" in faults:
            self._send_paced(answer, 1, _DRIBBLE_SECONDS, 0)
        elif self._baud:
            # The request took its time on the wire too, though a pty delivers it at once.
            self._send_paced(answer, _PIECE, _BITS_A_BYTE / self._baud, heard)
        else:
            self._line.write(answer)

    def _send_paced(self, answer: bytes, piece: int, seconds_a_byte: float, heard: int) -> None:
        start = time.monotonic()
        for end in range(piece, len(answer) + piece, piece):
            due = start + (heard + min(end, len(answer))) * seconds_a_byte
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                return
            self._line.write(answer[end - piece : end])


def _mangled(answer: bytes) -> bytes:
    """Return what of `answer` is heard at a wrong speed: as many bytes, and none of them right."""
    return bytes(byte ^ 0x5C for byte in answer)
