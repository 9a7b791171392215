"""A card that its owner leaves lying: seen from the read until it is lifted, and never before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.model import DeviceClass, DeviceStatus, Event, MediaInserted, MediaRemoved, MediaStatus
from drivers.recorder import FlightRecorder
from drivers.sam import ReadIdentity, SamOptions, SamReader
from drivers.sim.sam import Make, SamSimulator
from drivers.worker import Cadence, DeviceWorker
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")


class Reader:
    """A reader and its driver, asked by hand."""

    def __init__(self, simulator: SamSimulator) -> None:
        self.simulator = simulator
        self.recorder = FlightRecorder()
        self.driver = SamReader(simulator.url, SamOptions(), self.recorder)

    def media(self) -> MediaStatus | None:
        return self.driver.poll(Deadline.after(5)).media

    def read(self, card: str) -> str:
        self.simulator.do("put_card", card=card)
        return self.driver.execute(ReadIdentity(), Deadline.after(5), lambda: False).reveal().name


@pytest.fixture
def reader(nothing_left: None, tmp_path: Path) -> Iterator[Reader]:  # noqa: ARG001 - it shall watch the threads
    simulator = SamSimulator(tmp_path / "id-card")
    simulator.start()
    made = Reader(simulator)
    made.driver.open(Deadline.after(5))
    yield made
    made.driver.close()
    simulator.stop()


def test_a_card_is_not_looked_for_before_its_owner_agreed(reader: Reader) -> None:
    """Promises 2 and 4: what lies there before is nobody's business, so it is unknown."""
    assert reader.media() is MediaStatus.UNKNOWN
    reader.simulator.do("put_card", card="wang")
    assert reader.media() is MediaStatus.UNKNOWN


def test_a_card_left_lying_is_seen_until_it_is_lifted(reader: Reader) -> None:
    """Promise 4: there, there, gone; and from then on nobody looks any more."""
    assert reader.read("wang") == "王小明"
    assert [reader.media(), reader.media()] == [MediaStatus.PRESENT] * 2
    reader.simulator.do("lift_card")
    assert [reader.media(), reader.media()] == [MediaStatus.NOT_PRESENT, MediaStatus.UNKNOWN]


def test_a_card_without_an_additional_address_is_seen_too(reader: Reader) -> None:
    """Promise 4: that it has none is an answer of a card."""
    reader.read("li")
    assert reader.media() is MediaStatus.PRESENT


def test_a_card_that_was_nudged_still_lies_there(reader: Reader) -> None:
    """Promise 4: pushed aside is not taken away."""
    reader.read("wang")
    reader.simulator.do("nudge_card")
    assert [reader.media(), reader.media()] == [MediaStatus.PRESENT] * 2
    reader.simulator.do("lift_card")
    assert reader.media() is MediaStatus.NOT_PRESENT


def test_a_card_that_nobody_could_ask_for_is_unknown(reader: Reader) -> None:
    """Promise 4: a silent reader says neither that it lies there nor that it went; asked again, it tells."""
    reader.read("wang")
    reader.simulator.do("fault", name="bad_checksum", when={"after_commands": 1}, until={"after_commands": 1})
    assert [reader.media(), reader.media()] == [MediaStatus.UNKNOWN, MediaStatus.PRESENT]


def test_a_card_left_behind_by_a_reader_that_was_opened_anew_is_unknown(reader: Reader) -> None:
    """Promise 4: a reader that came back has forgotten what lay on it."""
    reader.read("wang")
    reader.driver.open(Deadline.after(5))
    assert reader.media() is MediaStatus.UNKNOWN


def test_waiting_for_the_next_card_does_not_lose_the_one_that_lies_there(reader: Reader) -> None:
    """Promise 4: it is not read again, and it is still seen."""
    reader.read("wang")
    with pytest.raises(Exception, match="NO_MEDIA"):
        reader.driver.execute(ReadIdentity(), Deadline.after(0.5), lambda: False)
    assert reader.media() is MediaStatus.PRESENT


def test_a_reader_that_knows_no_additional_address_says_no_more_than_it_can(tmp_path: Path) -> None:
    """Promise 4: whether the card was lifted it cannot tell, and so it does not."""
    simulator = SamSimulator(tmp_path / "id-card", make=Make(reads_address=False))
    simulator.start()
    made = Reader(simulator)
    try:
        made.driver.open(Deadline.after(5))
        made.read("wang")
        assert made.media() is MediaStatus.UNKNOWN
    finally:
        made.driver.close()
        simulator.stop()


def test_the_worker_tells_when_it_came_and_when_it_went(nothing_left: None, tmp_path: Path) -> None:  # noqa: ARG001 - it watches
    """Promise 6: the screen learns it without asking."""
    simulator = SamSimulator(tmp_path / "id-card")
    simulator.start()
    events: list[Event] = []
    driver = SamReader(simulator.url, SamOptions(), FlightRecorder())
    worker = DeviceWorker("id_card", DeviceClass.ID_CARD_READER, driver, events.append, cadence=Cadence(poll=0.02))
    worker.start()
    try:
        eventually(lambda: worker.status.device is DeviceStatus.ONLINE)
        simulator.do("put_card", card="wang")
        worker.execute(ReadIdentity(), 5).result(6)
        eventually(lambda: MediaInserted("id_card") in events)
        assert MediaRemoved("id_card") not in events
        simulator.do("lift_card")
        eventually(lambda: MediaRemoved("id_card") in events)
    finally:
        worker.stop(Deadline.after(5))
        simulator.stop()
