"""An ID-card reader that is not there: it speaks the SAM's bytes on a pty behind a stable link.

Run by tests, the demo and the control page. It keeps the pty's slave open itself, or its master would read EIO before a
driver has come. Own framing on purpose: what the driver's codec gets wrong, this must not get wrong with it.
"""

import contextlib
import os
import random
import select
import struct
import threading
import time
import tty
from collections.abc import Callable
from functools import reduce
from operator import xor
from pathlib import Path

from drivers.sim.fault import Faults, SimulatorError
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
_WRONG_CODES = (0x24, 0x31, 0x32, 0x33, 0x3F, 0x40, 0x47)

FAULTS = (
    "garbage",
    "dribble",
    "bad_checksum",
    "half_frame",
    "wrong_status",
    "moved_mid_read",
    "not_authorised",
    "silent",
    "vanish",
)
"""The faults it can have. ``wrong_status`` takes its code from the seed; ``vanish`` takes the port away."""


def _frame(sw3: int, data: bytes = b"") -> bytes:
    body = (len(data) + 4).to_bytes(2, "big") + bytes([0, 0, sw3]) + data
    return _PREAMBLE + body + bytes([reduce(xor, body)])


class SamSimulator:
    """The reader behind `link`, a symlink to its pty. `paced`: answers come at that baud rate (True: 115200)."""

    def __init__(self, link: Path, *, paced: bool | int = False) -> None:
        self.link = link
        self._baud = _DEFAULT_BAUD if paced is True else int(paced)
        self._faults = Faults(FAULTS)
        self._lock = threading.Lock()
        self._card: Specimen | None = None
        self._found = self._selected = self._was_read = False
        self._ends: tuple[int, int] | None = None  # master, slave
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._actions: dict[str, Callable[..., dict[str, object] | None]] = {
            "put_card": self._put_card,
            "lift_card": self._lift_card,
            "fault": self._inject,
            "heal": self._faults.clear,
            "cards": lambda: {"cards": list(SPECIMENS)},
            "faults": lambda: {"faults": list(FAULTS)},
            "state": self._state,
        }

    def start(self) -> None:
        """Plug it in: when this returns, the link leads to the pty."""
        self._plug()
        self._thread = threading.Thread(target=self._run, name=f"simulator {self.link.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Unplug it for good."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join()
        self._unplug()

    def do(self, action: str, **arguments: object) -> dict[str, object] | None:
        """Put a card (``put_card`` card), ``lift_card``, have a ``fault`` (name, when, until, seed), ``heal``; or tell.

        What it tells: ``cards``, ``faults``, and its ``state`` now.

        Raises:
            SimulatorError: no such action, card or fault.
            TypeError: the arguments do not fit the action.
        """
        if action not in self._actions:
            raise SimulatorError(f"a card reader cannot {action!r}; it can {', '.join(self._actions)}")
        return self._actions[action](**arguments)

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

    def _inject(self, name: str, when: object = "now", until: object = None, seed: int = 0) -> None:
        self._faults.inject(name, when, until, seed)

    def _state(self) -> dict[str, object]:
        """Return which card lies on it, and the faults in force."""
        with self._lock:
            card = None if self._card is None else self._card.key
        return {"card": card, "faults": sorted(self._faults.active())}

    def _forget(self) -> None:
        self._found = self._selected = self._was_read = False

    # ---- the line

    def _plug(self) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._ends = (master, slave)
        self.link.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self.link)

    def _unplug(self) -> None:
        ends, self._ends = self._ends, None
        if ends is not None:
            self.link.unlink(missing_ok=True)
            for end in ends:
                os.close(end)

    def _run(self) -> None:
        heard = b""
        while not self._stopping.is_set():
            if ("vanish" in self._faults.active()) == (self._ends is not None):
                heard = b""
                (self._plug if self._ends is None else self._unplug)()
            if self._ends is None:
                self._stopping.wait(_TICK)
            elif select.select([self._ends[0]], [], [], _TICK)[0]:
                heard = self._hear(heard + os.read(self._ends[0], 4096))

    def _hear(self, heard: bytes) -> bytes:
        """Answer every whole request in `heard`, and return the rest."""
        while (start := heard.find(_PREAMBLE)) >= 0:
            size = 7 + int.from_bytes(heard[start + 5 : start + 7], "big")
            if len(heard) < start + _SHORTEST_REQUEST or (len(heard) < start + size <= start + _LONGEST_REQUEST):
                return heard[start:]
            request, heard = heard[start : start + size], heard[start + size :]
            if "vanish" not in (faults := self._faults.command()):
                self._send(self._spoil(self._answer(request, faults), faults), faults, len(request))
        return heard[-len(_PREAMBLE) + 1 :]

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
            if "moved_mid_read" in faults and command == b"\x30\x01":
                self._forget()
                return _frame(0x41)
            answers = {
                b"\x10\xff": self._reset,
                b"\x11\xff": lambda: _frame(0x90),
                b"\x12\xff": lambda: _frame(0x90, _SAM_ID),
                b"\x20\x01": self._find,
                b"\x20\x02": self._select,
                b"\x30\x01": self._read,
                b"\x30\x03": self._read_address,
            }
            return answers.get(command, lambda: _frame(0x21))()

    def _reset(self) -> bytes:
        self._forget()
        return _frame(0x90)

    def _find(self) -> bytes:
        """A card that was read is not found again until it was lifted."""
        self._found = self._card is not None and not self._was_read
        self._selected = False
        return _frame(0x9F, bytes(4)) if self._found else _frame(0x80)

    def _select(self) -> bytes:
        self._selected = self._found
        return _frame(0x90, bytes(8)) if self._selected else _frame(0x81)

    def _read(self) -> bytes:
        if self._card is None or not self._selected:
            return _frame(0x41)
        self._was_read = True
        return _frame(0x90, self._card.payload())

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

    def _send(self, answer: bytes, faults: dict[str, random.Random], heard: int) -> None:
        if "dribble" in faults:
            self._send_paced(answer, 1, _DRIBBLE_SECONDS, 0)
        elif self._baud:
            # The request took its time on the wire too, though a pty delivers it at once.
            self._send_paced(answer, _PIECE, _BITS_A_BYTE / self._baud, heard)
        else:
            self._put_on_line(answer)

    def _send_paced(self, answer: bytes, piece: int, seconds_a_byte: float, heard: int) -> None:
        start = time.monotonic()
        for end in range(piece, len(answer) + piece, piece):
            due = start + (heard + min(end, len(answer))) * seconds_a_byte
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                return
            self._put_on_line(answer[end - piece : end])

    def _put_on_line(self, data: bytes) -> None:
        if self._ends is not None:
            with contextlib.suppress(BlockingIOError):  # nobody reads: a UART drops what does not fit
                os.write(self._ends[0], data)
