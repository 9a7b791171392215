"""A board of auxiliaries that is not there: door, proximity, lights, UPS, service key, headphones, keypad on a pty.

Behaves as docs/auxiliaries.md asks of a board's firmware, with own framing (`drivers.sim.auxiliaries_wire`), so that
what the driver's codec gets wrong, this does not get wrong with it.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from drivers.sim.auxiliaries_wire import VERSION, frame, frames, word
from drivers.sim.fault import Faults, SimulatorError
from drivers.sim.serial_device import SerialDevice
from drivers.sim.serial_line import PtyLine

FAULTS = (
    "garbage",
    "noise",
    "lost_bytes",
    "dribble",
    "half_frame",
    "duplicate_events",
    "lost_acknowledgements",
    "reboot",
    "wrong_version",
    "frozen",
    "part_failed",
    "silent",
    "vanish",
)
"""The faults it can have. ``reboot`` starts it anew once; ``frozen`` answers with what was true when it began."""

PARTS: Mapping[str, int] = {
    "door": 0x01, "proximity": 0x02, "status_light": 0x04, "reader_lights": 0x08, "ups": 0x10, "service_key": 0x20,
    "headphones": 0x40, "keypad": 0x80,
}  # fmt: skip
COLOURS = ("off", "green", "amber", "red", "blue", "white")
PLACES = ("id_card", "citizen_card", "code_scanner", "tray", "receipt_slot", "document_slot")
KEYS = "0123456789*#"
_TICK = 0.01  # how often it looks whether something is due
_REPEAT = 0.06  # an event nobody acknowledges is told again after so many seconds
_KEY_LIFE = 2.0  # a key nobody took for so long belongs to nobody any more
_HOST_LOST = 5.0  # without a word from the kiosk for so long, the lights say so
_BOOT_SECONDS = 0.2
_DRIBBLE_SECONDS = 0.002
_ACKNOWLEDGE = 0x41
_KEY = 6
_LOSS = 0.5  # of the frames that may lose a byte
_ROOM = 32  # events that may wait
_FIRMWARE = bytes((1, 4, 2))
_MODEL, _SERIAL = b"Budayang AUX-8", b"SIM-0001"


@dataclass
class _Board:
    """What the board's sensors say and its lights show, as bytes."""

    fitted: int = sum(PARTS.values())
    failed: int = 0
    door: int = 0
    presence: int = 0
    distance: int = 0xFFFF
    colour: int = 0
    blink: int = 0
    lights: int = 0
    battery: bool = False
    low: bool = False
    charge: int = 100
    minutes: int = 0xFFFF
    service_key: int = 0
    headphones: int = 0

    def ups(self) -> bytes:
        return bytes((self.battery | self.low << 1, self.charge)) + word(self.minutes)

    def proximity(self) -> bytes:
        return bytes([self.presence]) + word(self.distance)

    def lamps(self) -> bytes:
        return bytes((self.colour, self.blink, self.lights))

    def values(self) -> bytes:
        sensors = bytes([self.door]) + self.proximity() + self.lamps() + self.ups()
        return sensors + bytes((self.service_key, self.headphones))


@dataclass
class _Event:
    number: int
    kind: int
    value: bytes
    born: float
    told: float = field(default=0.0)


class AuxiliarySimulator(SerialDevice):
    """The board behind `link`, a symlink to its pty. `lacks`: parts (`PARTS`) that it does not have.

    It works its parts (``open_door close_door come leave mains_off mains_on battery_low key_on key_off plug unplug``;
    ``rest`` sets each as on a quiet day), can ``press`` a key (key), have a ``fault`` (name, when, until, seed) and
    ``heal``. What it tells: ``faults``, ``state``.
    """

    called = "a board of auxiliaries"

    def __init__(self, link: Path, *, lacks: tuple[str, ...] = ()) -> None:
        super().__init__(PtyLine(link))
        self.link = link
        self._board = _Board(fitted=sum(bit for name, bit in PARTS.items() if name not in lacks))
        self._faults = Faults(FAULTS)
        self._lock = threading.RLock()
        self._events: deque[_Event] = deque()
        self._boot, self._number, self._acknowledged = 1, 0, 0
        self._started = self._heard_at = time.monotonic()
        self._rebooted = False
        self._lost = False  # never twice in a row: asking again is then enough, whatever the dice say
        self._frozen: bytes | None = None
        change = self._change
        self._actions = {
            "open_door": lambda: change(1, door=1),
            "close_door": lambda: change(1, door=0),
            "come": lambda distance_mm=600: change(2, presence=1, distance=distance_mm),
            "leave": lambda: change(2, presence=0, distance=0xFFFF),
            "mains_off": lambda: change(3, battery=True, charge=90, minutes=25),
            "mains_on": lambda: change(3, battery=False, low=False, charge=100, minutes=0xFFFF),
            "battery_low": lambda: change(3, battery=True, low=True, charge=12, minutes=3),
            "key_on": lambda: change(4, service_key=1),
            "key_off": lambda: change(4, service_key=0),
            "plug": lambda: change(5, headphones=1),
            "unplug": lambda: change(5, headphones=0),
            "rest": self._rest,
            "press": self._press,
            "fault": self._inject,
            "heal": self._faults.clear,
            "faults": lambda: {"faults": list(FAULTS)},
            "state": self._state,
        }

    # ---- its parts

    def _change(self, kind: int, **values: int) -> None:
        with self._lock:
            for name, value in values.items():
                setattr(self._board, name, value)
            value_of: dict[int, Callable[[], bytes]] = {
                1: lambda: bytes([self._board.door]),
                2: self._board.proximity,
                3: self._board.ups,
                4: lambda: bytes([self._board.service_key]),
                5: lambda: bytes([self._board.headphones]),
            }
            self._happen(kind, value_of[kind]())

    def _rest(self) -> None:
        """Nobody there, door shut, mains on, key out, nothing plugged in: each part that is otherwise changes."""
        board = self._board
        for is_otherwise, action in (
            (board.door, "close_door"),
            (board.presence, "leave"),
            (board.battery, "mains_on"),
            (board.service_key, "key_off"),
            (board.headphones, "unplug"),
        ):
            if is_otherwise:
                self._actions[action]()

    def _press(self, key: str) -> None:
        if len(key) != 1 or key not in KEYS:
            raise SimulatorError(f"the keypad has the keys {KEYS}")
        with self._lock:
            self._happen(_KEY, key.encode("ascii"))

    def _happen(self, kind: int, value: bytes) -> None:
        self._number = self._number + 1 & 0xFFFF
        if len(self._events) == _ROOM:
            self._events.popleft()
        self._events.append(_Event(self._number, kind, value, time.monotonic()))

    def _inject(self, name: str, when: object = "now", until: object = None, seed: int = 0) -> None:
        self._rebooted = False
        self._faults.inject(name, when, until, seed)

    def _state(self) -> dict[str, object]:
        """Return what its sensors say, what its lights show, and the faults in force."""
        with self._lock:
            board = self._board
            return {
                "door": bool(board.door),
                "somebody": bool(board.presence),
                "battery": board.battery,
                "battery_low": board.low,
                "service_key": bool(board.service_key),
                "headphones": bool(board.headphones),
                "light": COLOURS[board.colour],
                "blinking": bool(board.blink),
                "lit": [place for bit, place in enumerate(PLACES) if board.lights >> bit & 1],
                "waiting": len(self._events),
                "faults": sorted(self._faults.active()),
            }

    # ---- the line

    def _run(self) -> None:
        heard = bytearray()
        while not self._stopping.is_set():
            faults = self._faults.active()
            if self._plug_or_unplug(is_away="vanish" in faults):
                heard.clear()
            if "reboot" in faults and not self._rebooted:
                self._reboot()
            if not self._line.plugged:
                self._stopping.wait(_TICK)
                continue
            heard += self._line.read(_TICK)
            for version, kind, sequence, payload in frames(heard):
                self._hear(version, kind, sequence, payload)
            with self._lock:
                self._tell_events(faults)
                self._watch_host()

    def _hear(self, version: int, kind: int, sequence: int, payload: bytes) -> None:
        """Answer one frame of the kiosk."""
        faults = self._faults.command()
        with self._lock:
            self._heard_at = time.monotonic()
            if time.monotonic() < self._started:
                return  # still starting
            if kind == _ACKNOWLEDGE:
                if "lost_acknowledgements" not in faults:
                    self._acknowledge(payload)
                return
            answer = self._answer(kind, payload, faults) if version == VERSION else None
        code, body = (kind | 0x80, answer) if isinstance(answer, bytes) else (0x7F, bytes([answer or 4]))
        self._send(code, sequence, body, faults)

    # ---- the firmware

    def _answer(self, kind: int, payload: bytes, faults: dict[str, random.Random]) -> bytes | int:
        """Return the answer's payload, or the code of a refusal."""
        board = self._board
        answers: dict[int, Callable[[], bytes | int]] = {
            0x01: lambda: self._hello(payload),
            0x02: lambda: self._report(faults),
            0x03: lambda: self._set_light(payload) if board.fitted & PARTS["status_light"] else 3,
            0x04: lambda: self._set_places(payload) if board.fitted & PARTS["reader_lights"] else 3,
            0x05: lambda: word(PARTS["headphones"] if "part_failed" in faults else board.failed),
        }
        return answers.get(kind, lambda: 1)()

    def _hello(self, payload: bytes) -> bytes | int:
        if payload not in (b"\0", b"\1"):
            return 2
        if payload == b"\1":
            self._events.clear()
            self._acknowledged = self._number
        names = b"".join(bytes([len(name)]) + name for name in (_MODEL, _SERIAL))
        return word(self._boot) + word(self._acknowledged) + word(self._board.fitted) + _FIRMWARE + names

    def _report(self, faults: dict[str, random.Random]) -> bytes:
        uptime = round((time.monotonic() - self._started) * 1000) & 0xFFFFFFFF
        failed = PARTS["headphones"] if "part_failed" in faults else self._board.failed
        now = word(self._boot) + uptime.to_bytes(4, "big") + word(failed) + self._board.values()
        if "frozen" not in faults:
            self._frozen = None
            return now
        self._frozen = self._frozen or now
        return self._frozen

    def _set_light(self, payload: bytes) -> bytes | int:
        if len(payload) != 2 or payload[0] >= len(COLOURS) or payload[1] > 1:  # noqa: PLR2004 - colour and pattern
            return 2
        self._board.colour, self._board.blink = payload
        return payload

    def _set_places(self, payload: bytes) -> bytes | int:
        if len(payload) != 1 or payload[0] >> len(PLACES):
            return 2
        self._board.lights = payload[0]
        return payload

    def _acknowledge(self, payload: bytes) -> None:
        head = self._events[0] if self._events else None
        if head is not None and payload == word(self._boot) + word(head.number):
            self._acknowledged = head.number
            self._events.popleft()

    def _tell_events(self, faults: dict[str, random.Random]) -> None:
        """Tell the oldest event, and again until it is acknowledged; then the next."""
        now = time.monotonic()
        while self._events and self._events[0].kind == _KEY and now - self._events[0].born > _KEY_LIFE:
            self._events.popleft()
        if not self._events or now < self._started or now - self._events[0].told < _REPEAT:
            return
        event = self._events[0]
        event.told = now
        payload = word(self._boot) + word(event.number) + bytes([event.kind]) + event.value
        for _ in range(2 if "duplicate_events" in faults else 1):
            self._send(0x40, event.number & 0xFF, payload, faults)

    def _watch_host(self) -> None:
        """A kiosk that says nothing is not well: amber and blinking, and nobody is asked to lay a card."""
        if time.monotonic() - self._heard_at > _HOST_LOST:
            self._board.colour, self._board.blink, self._board.lights = 2, 1, 0

    def _reboot(self) -> None:
        """Start anew: what was not told yet is lost, the lights are off, and it is deaf for a moment."""
        with self._lock:
            self._rebooted = True
            self._boot = self._boot + 1 & 0xFFFF
            self._number = self._acknowledged = 0
            self._events.clear()
            self._board.colour = self._board.blink = self._board.lights = 0
            self._started = time.monotonic() + _BOOT_SECONDS

    # ---- what the line does to a frame

    def _send(self, kind: int, sequence: int, payload: bytes, faults: dict[str, random.Random]) -> None:
        whole = frame(kind, sequence, payload, 2 if "wrong_version" in faults else VERSION)
        if "silent" in faults:
            return
        if "garbage" in faults:
            whole = faults["garbage"].randbytes(faults["garbage"].randint(1, 64))
        if "half_frame" in faults:
            whole = whole[: len(whole) // 2]
        self._lost = "lost_bytes" in faults and not self._lost and faults["lost_bytes"].random() < _LOSS
        if self._lost:
            place = faults["lost_bytes"].randrange(len(whole))
            whole = whole[:place] + whole[place + 1 :]
        if "noise" in faults:
            whole = faults["noise"].randbytes(9) + whole + faults["noise"].randbytes(9)
        pieces = [whole[i : i + 1] for i in range(len(whole))] if "dribble" in faults else [whole]
        for piece in pieces:
            self._line.write(piece)
            if len(pieces) > 1:
                self._stopping.wait(_DRIBBLE_SECONDS)
