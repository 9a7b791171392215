"""A citizen-card reader that is not there: a real pcscd with two virtual readers, and our own chip cards in them.

Run by tests, the demo and the control page. The contact reader is the first, the contactless the second.
"""

import random
import threading
from collections.abc import Callable
from pathlib import Path

from drivers.sim.citizen_card_program import Program
from drivers.sim.citizen_card_specimens import OTHERS, SPECIMENS
from drivers.sim.fault import Faults, SimulatorError
from drivers.sim.pcsc import Pcscd, VirtualSlot

FAULTS = ("mute", "yanked_mid_read", "pin_protected", "wrong_records", "service_gone", "unplugged")
"""The faults it can have. ``wrong_records`` spoils by its seed; ``unplugged`` takes the readers away, pcscd stays."""

_SLOTS = {"contact": 0, "contactless": 1}
_TICK = 0.02  # how often faults that come and go by the clock are looked at, in seconds
_READ_RECORD = 0xB2
_YANKED_AT = 4  # the record read under which the card is pulled out
_TOO_LONG_ATR = bytes(40)  # ISO 7816-3 allows 33: a reader says "there is a card, and it makes no sense"
_PIN_WANTED = b"\x69\x82"
_LONGEST_SPOILED = 40


class CitizenCardSimulator:
    """The readers at the pcscd behind the socket `path`."""

    def __init__(self, path: Path) -> None:
        self.service = Pcscd(path)
        self._faults = Faults(FAULTS)
        self._slots = {name: VirtualSlot(self.service, index) for name, index in _SLOTS.items()}
        self._cards: dict[str, tuple[str, Program]] = {}
        self._lock = threading.Lock()
        self._records_read = 0
        self._mode = ""
        self._missing: str | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._actions: dict[str, Callable[..., dict[str, object] | None]] = {
            "insert": self._insert,
            "remove": self._remove,
            "fault": self._inject,
            "heal": self._faults.clear,
            "cards": lambda: {"cards": [*SPECIMENS, *OTHERS]},
            "faults": lambda: {"faults": list(FAULTS)},
            "state": self._state,
        }

    def start(self) -> None:
        """Switch the readers on. Where there is no pcscd, `trouble` says so, and the device is simply off."""
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), name="simulator pcscd", daemon=True)
        self._thread.start()
        started.wait()

    def stop(self) -> None:
        """Switch them off for good."""
        for slot in self._slots.values():
            slot.remove()
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join()

    @property
    def trouble(self) -> str | None:
        """The sentence that says why the readers are off; None when they are not."""
        return self._missing

    def do(self, action: str, **arguments: object) -> dict[str, object] | None:
        """``insert`` (card, reader), ``remove`` (reader), have a ``fault`` (name, when, until, seed), ``heal``; tell.

        What it tells: ``cards``, ``faults``, and its ``state`` now. `reader` is ``contact`` where none is given.

        Raises:
            SimulatorError: no such action, card, reader or fault.
            TypeError: the arguments do not fit the action.
        """
        if action not in self._actions:
            raise SimulatorError(f"a citizen-card reader cannot {action!r}; it can {', '.join(self._actions)}")
        return self._actions[action](**arguments)

    def put(self, key: str, program: Program, reader: str = "contact") -> None:
        """Put in a card that need not be one of the known."""
        slot = self._slot(reader)
        with self._lock:
            self._cards[reader] = (key, program)
            self._records_read = 0
        slot.insert(lambda command: self._answer(program, command), lambda powered: self._atr(program, powered=powered))

    def _insert(self, card: str, reader: str = "contact") -> None:
        if card in SPECIMENS:
            self.put(card, SPECIMENS[card].program(), reader)
        elif card in OTHERS:
            self.put(card, OTHERS[card][1](), reader)
        else:
            raise SimulatorError(f"there is no card {card!r}; there are {', '.join((*SPECIMENS, *OTHERS))}")

    def _remove(self, reader: str = "contact") -> None:
        self._slot(reader).remove()
        with self._lock:
            self._cards.pop(reader, None)

    def _slot(self, reader: str) -> VirtualSlot:
        if reader not in self._slots:
            raise SimulatorError(f"there is no reader {reader!r}; there are {', '.join(self._slots)}")
        return self._slots[reader]

    def _inject(self, name: str, when: object = "now", until: object = None, seed: int = 0) -> None:
        self._faults.inject(name, when, until, seed)

    def _state(self) -> dict[str, object]:
        """Return which card is in which reader, the faults in force, and what is missing for a reader at all."""
        with self._lock:
            cards = {reader: key for reader, (key, _) in self._cards.items() if self._slots[reader].has_card}
        return {
            "card": cards.get("contact"),
            "contactless": cards.get("contactless"),
            "faults": sorted(self._faults.active()),
            "trouble": self._missing,
        }

    # ---- the service

    def _run(self, started: threading.Event) -> None:
        """Keep pcscd as the faults want it: with its readers, without, or gone."""
        try:
            self._keep()
            started.set()
            while not self._stopping.wait(_TICK):
                self._keep()
        except (SimulatorError, OSError) as error:
            self._missing = str(error)
        finally:
            started.set()
            self.service.stop()

    def _keep(self) -> None:
        faults = self._faults.active()
        mode = "gone" if "service_gone" in faults else "bare" if "unplugged" in faults else "whole"
        if mode == self._mode:
            return
        self._mode = mode
        if mode == "gone":
            self.service.stop()
        else:
            self.service.start(readers=mode == "whole")

    # ---- the cards

    def _atr(self, program: Program, *, powered: bool) -> bytes:
        mute = powered and "mute" in self._faults.active()
        return _TOO_LONG_ATR if mute else program.atr

    def _answer(self, program: Program, command: bytes) -> bytes | None:
        """Return the card's answer as the faults leave it; None when it is pulled out under the command."""
        faults = self._faults.command()
        if command[1:2] != bytes((_READ_RECORD,)):
            return program.answer(command)
        with self._lock:
            self._records_read += 1
            read = self._records_read
        if "yanked_mid_read" in faults and read >= _YANKED_AT:
            return None
        if "pin_protected" in faults:
            return _PIN_WANTED
        answer = program.answer(command)
        return _spoiled(answer, faults["wrong_records"]) if "wrong_records" in faults else answer


def _spoiled(answer: bytes, dice: random.Random) -> bytes:
    """Return a record that is not what it says: cut, with another length, or noise."""
    data, status = answer[:-2], answer[-2:]
    if not data:
        return answer
    return dice.choice(
        (
            data[: dice.randrange(len(data))] + status,
            data[:1] + bytes((data[1] ^ dice.randint(1, 255),)) + data[2:] + status,
            dice.randbytes(dice.randint(1, _LONGEST_SPOILED)) + status,
        )
    )
