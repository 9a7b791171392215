"""One APDU through the citizen card's driver against a bare loop on pyscard's scard, at the same card and pcscd.

In turns, so that both meet the same machine; of each the quickest turn, for noise only ever adds. The simulated card
answers at once: a real one takes 5 to 100 ms, beside which none of this shows.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from smartcard import scard

from bench.figures import Figure, timed
from drivers.apdu import Apdu, exchange, select_name
from drivers.citizen_card_files import SSSE
from drivers.deadline import Deadline
from drivers.pcsc import Card, Readers
from drivers.recorder import FlightRecorder
from drivers.sim.citizen_card import CitizenCardSimulator

TURNS = 60
COMMANDS = 50  # a turn
_OPEN = (select_name(SSSE), Apdu(0x00, 0xA4, 0x02, 0x00, b"\xef\x06"))
_READ_NAME = Apdu(0x00, 0xB2, 0x09, 0x00, le=32)
_COME_SECONDS = 5.0


def measure() -> Iterator[Figure]:
    """Yield one APDU."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pcscd.comm"
        simulator = CitizenCardSimulator(path)
        simulator.start()
        readers = Readers(f"{path}#00 00")
        try:
            readers.open()
            simulator.do("insert", card="wang")
            card = _card(readers)
            ours, bare = _turns(card)
            card.close()
        finally:
            readers.close()
            simulator.stop()
    yield Figure.of("apdu", ours / COMMANDS, "ms", bare / COMMANDS, "ratio <= 1.1")


def _card(readers: Readers) -> Card:
    """Return the card once pcscd has seen it."""
    deadline, slots = Deadline.after(_COME_SECONDS), readers.slots()
    while not slots[0].has_card and not deadline.expired:
        slots = readers.wait(slots, deadline.remaining())
    return readers.connect(slots[0], FlightRecorder().add)


def _turns(card: Card) -> tuple[float, float]:
    """Return the milliseconds of the quickest turn by the driver, and of one by scard alone."""
    handle, command = card._handle, list(_READ_NAME.encode())  # the same card's, for the floor

    for opening in _OPEN:
        exchange(card.transmit, opening)

    def by_driver() -> None:
        for _ in range(COMMANDS):
            exchange(card.transmit, _READ_NAME)

    def bare() -> None:
        for _ in range(COMMANDS):
            scard.SCardTransmit(handle, scard.SCARD_PCI_T0, command)

    pairs = [(timed(by_driver), timed(bare)) for _ in range(TURNS)]
    return min(ours for ours, _ in pairs), min(floor for _, floor in pairs)
