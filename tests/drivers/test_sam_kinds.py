"""Readers of every make at the wire: their speeds, their lines, their wrappings, what more they read of a card."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

import pytest

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
from drivers.model import CheckHealth, DeviceStatus
from drivers.recorder import FlightRecorder
from drivers.sam import IdentityDocument, ReadIdentity, SamOptions, SamReader, parse_identity
from drivers.sam_link import SPEEDS
from drivers.sim.sam import Make, SamSimulator
from drivers.sim.specimens import SPECIMENS
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

SAM_ID = "05.03-20120830-0001234567-3456789012"
WANG = parse_identity(SPECIMENS["wang"].payload())
Speed = Literal[0, 9600, 19200, 38400, 57600, 115200]


class Desk:
    """A reader of some make and the driver before it."""

    def __init__(self, reader: SamSimulator, options: SamOptions) -> None:
        self.reader = reader
        self.recorder = FlightRecorder()
        self.driver = SamReader(reader.url, options, self.recorder)

    def open(self) -> None:
        self.driver.open(Deadline.after(5))

    def read(self, card: str = "wang") -> IdentityDocument:
        self.reader.do("put_card", card=card)
        return self.driver.execute(ReadIdentity(), Deadline.after(10), lambda: False).reveal()

    def refused(self, card: str = "wang") -> DeviceError:
        with pytest.raises(DeviceError) as caught:
            self.read(card)
        return caught.value


Opened = Callable[..., Desk]


@pytest.fixture
def desk(nothing_left: None, tmp_path: Path) -> Iterator[Opened]:  # noqa: ARG001 - it shall watch the threads
    """Make desks; each reader is plugged in, each driver closed at the end."""
    with ExitStack() as standing:

        def opened(
            place: int | None = None, options: SamOptions | None = None, make: Make | None = None, paced: int = 0
        ) -> Desk:
            reader = SamSimulator(tmp_path / "id-card" if place is None else place, paced=paced, make=make)
            standing.enter_context(running(reader))
            made = Desk(reader, options or SamOptions())
            standing.callback(made.driver.close)
            return made

        yield opened


@contextmanager
def running(reader: SamSimulator) -> Iterator[None]:
    reader.start()
    try:
        yield
    finally:
        reader.stop()


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_speed_of_a_reader_is_found(desk: Opened, speed: Speed) -> None:
    """Promise 8: whatever speed a reader was set to, it works, and a technician learns which one it is."""
    place = desk(options=SamOptions(baud=0), make=Make(baud=speed))
    place.open()
    report = place.driver.execute(CheckHealth(), Deadline.after(5), lambda: False)
    assert report.detail == f"SAM {SAM_ID} answers at {speed} baud"
    assert report.information.serial_number == SAM_ID
    assert place.read() == WANG


def test_a_speed_that_was_found_is_tried_first_the_next_time(desk: Opened) -> None:
    """Promise 6: a reader that was unplugged for a moment is back in a moment."""
    place = desk(options=SamOptions(baud=0), make=Make(baud=9600))
    place.open()
    tried = len(place.recorder.dump())
    place.open()
    assert len(place.recorder.dump()) - tried == 4  # status and id, there and back


def test_a_wrong_speed_is_told_as_a_line_that_is_not_understood(desk: Opened) -> None:
    """Promise 4: what arrives at a wrong speed is garbage, and is called so."""
    place = desk(make=Make(baud=9600))
    with pytest.raises(DeviceError) as caught:
        place.open()
    assert caught.value.reason is Reason.GARBLED


def test_a_line_on_which_nothing_answers_has_no_speed(desk: Opened) -> None:
    """Promise 6: the search ends, and says which speeds it tried."""
    place = desk(options=SamOptions(baud=0))
    place.reader.do("fault", name="silent")
    with pytest.raises(DeviceTimeout, match="115200, 57600, 38400, 19200, 9600"):
        place.open()


def test_a_port_that_is_not_there_is_not_searched(tmp_path: Path) -> None:
    """Promise 8: an unplugged reader is gone, whatever its speed."""
    driver = SamReader(str(tmp_path / "nothing"), SamOptions(baud=0), FlightRecorder())
    with pytest.raises(DeviceGone):
        driver.open(Deadline.after(5))


@pytest.mark.parametrize("baud", [0, 115200])
def test_a_reader_on_the_network_is_a_reader(desk: Opened, baud: Speed) -> None:
    """Promise 3: a serial server's address in the url, and nothing else is different; it has no speed to look for."""
    place = desk(0, SamOptions(baud=baud))
    place.open()
    assert place.driver.execute(CheckHealth(), Deadline.after(5), lambda: False).detail == f"SAM {SAM_ID} answers"
    assert place.read() == WANG
    place.reader.do("fault", name="vanish", until={"after_seconds": 0.1})
    eventually(lambda: gone(place.driver))


def gone(driver: SamReader) -> bool:
    try:
        driver.poll(Deadline.after(2))
    except DeviceGone:
        return True
    return False


ENVELOPES = ["AA0512A010", "EAEBECED050500B4", "55555569960003"]


@pytest.mark.parametrize("place", [None, 0])
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_vendors_wrapping_and_bitmap_cost_neither_the_card_nor_the_next_answer(
    desk: Opened, envelope: str, place: int | None
) -> None:
    """Promise 3: what a maker puts around a card is passed over, all 38862 bytes of it."""
    made = desk(place, make=Make(envelope=bytes.fromhex(envelope), bitmap=True), paced=1_000_000)
    made.open()
    assert made.read() == WANG
    for _ in range(3):
        assert made.driver.poll(Deadline.after(2)).device is DeviceStatus.ONLINE
    made.reader.do("lift_card")
    assert made.read("li").name == "李秀兰"


@pytest.mark.parametrize("size", [0, 512, 1024])
def test_fingerprints_are_read_only_to_be_dropped(desk: Opened, size: int) -> None:
    """Promise 2: a reader that reads no card without them has its way, and nothing of them stays."""
    place = desk(options=SamOptions(fingerprints=True), make=Make(fingerprints=size))
    place.open()
    assert place.read() == WANG
    frames = place.recorder.dump()
    assert any(line.endswith("10 23") for line in frames)
    assert all(len(line) < 60 for line in frames)


def test_the_additional_address_is_read_when_it_is_asked_for(desk: Opened) -> None:
    """Promises 2 and 4: None is "not asked", "" is "the card has none"; what was not asked for is not read."""
    asking = desk(options=SamOptions(additional_address=True))
    asking.open()
    assert asking.read("wang").additional_address == SPECIMENS["wang"].additional_address
    asking.reader.do("lift_card")
    assert asking.read("li").additional_address == ""
    silent = desk(0)
    silent.open()
    assert silent.read("wang").additional_address is None


def test_a_reader_that_knows_no_additional_address_is_a_matter_of_its_configuration(desk: Opened) -> None:
    """Promise 8: the technician learns which line of kiosk.toml asks for what this reader cannot."""
    place = desk(options=SamOptions(additional_address=True), make=Make(reads_address=False))
    place.open()
    error = place.refused()
    assert (error.reason, error.action) == (Reason.REFUSED, ErrorAction.CONFIGURATION)
    assert "additional_address" in error.detail


def test_two_cards_are_told_from_one_that_slipped(desk: Opened) -> None:
    """Promise 6: found every time and selected never, the resident is asked to leave one card alone."""
    place = desk()
    place.open()
    place.reader.do("fault", name="collision", until={"after_seconds": 0.3})
    assert place.read() == WANG
    place.reader.do("lift_card")
    place.reader.do("fault", name="collision")
    error = place.refused()
    assert (error.code, error.reason) == (CompletionCode.USER_ERROR, Reason.CARD_COLLISION)
    assert error.action is ErrorAction.SUSPEND
    place.reader.do("heal")
    assert place.read() == WANG
