"""The card its owner leaves lying: the last pages ask to take it, and after half a minute staff is told."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue

import pytest

from drivers.citizen_card_codec import CitizenCard
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import (
    DeviceClass,
    DeviceStatus,
    ErrorRaised,
    Event,
    MediaRemoved,
    MediaStatus,
    StatusChanged,
    StatusReport,
)
from kiosk.card_watch import CardWatch
from kiosk.visit_states import State
from tests.kiosk.visit_world import NUMBER, World, card

ONLINE = StatusReport(DeviceStatus.ONLINE)
PATIENCE = 0.05
READERS = {
    "id_card": DeviceClass.ID_CARD_READER,
    "citizen_card": DeviceClass.CITIZEN_CARD_READER,
    "receipt_printer": DeviceClass.RECEIPT_PRINTER,
}


@dataclass
class Desk:
    """A visit, and the watch over its reader."""

    world: World = field(default_factory=World)
    jobs: SimpleQueue[Callable[[], None]] = field(default_factory=SimpleQueue)
    told: list[Event] = field(default_factory=list)
    watch: CardWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = CardWatch(READERS, self.jobs.put, self.told.append, PATIENCE)
        self.watch.attach(self.world.visit)

    def says(self, media: MediaStatus, reader: str = "id_card") -> None:
        """Let a reader say whether a card lies there."""
        self.watch.report(StatusChanged(reader, StatusReport(DeviceStatus.ONLINE, media)))
        self.jobs.get(timeout=5)()

    def wait(self) -> None:
        """Let the time pass until something is to be done."""
        self.jobs.get(timeout=5)()

    def asks(self) -> DeviceClass | None:
        return self.world.visit.must_take_card

    def board(self, reader: str = "id_card") -> Reason | None:
        """Return what staff reads of a reader."""
        error = self.watch.with_forgotten(reader, ONLINE).error
        return None if error is None else error.reason


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.watch.stop()


def citizen_card() -> CitizenCard:
    """Return what the citizen card of a fictional person says."""
    return CitizenCard(
        name="王小明", number=NUMBER, card_number="A00000017", region="320599", version="3.00",
        valid_from=None, valid_until=None, sex=None, nation=None, birth=None,
    )  # fmt: skip


def read(desk: Desk) -> None:
    """Read a card, and have it lie there from then on."""
    desk.world.to(State.IDENTIFY)
    desk.world.visit.identity_read(card())
    desk.says(MediaStatus.PRESENT)


def forget(desk: Desk) -> None:
    """Leave, and the card stays."""
    read(desk)
    desk.world.visit.cancel()
    desk.wait()


def test_the_last_pages_ask_to_take_the_card_until_it_is_taken(desk: Desk) -> None:
    """Promise 6: not before, for it may lie there as long as the visit lasts; and no longer than it lies there."""
    read(desk)
    assert not desk.asks()
    for state in (State.RECEIPT, State.RATE, State.END):
        desk.world.to(state)
        assert desk.asks(), state
    desk.says(MediaStatus.NOT_PRESENT)
    assert not desk.asks()


@pytest.mark.parametrize("media", [MediaStatus.NOT_PRESENT, MediaStatus.UNKNOWN])
def test_a_card_that_is_not_seen_there_is_not_asked_for(desk: Desk, media: MediaStatus) -> None:
    """Promise 4: a reader that cannot tell is no reason to say that a card lies on it."""
    read(desk)
    desk.says(media)
    desk.world.to(State.RECEIPT)
    assert not desk.asks()


def test_a_card_that_nobody_takes_is_told_to_staff(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Promises 2 and 8: in the log, at the board and in the health record, without a word of whose it is."""
    with caplog.at_level(logging.WARNING):
        forget(desk)
    raised = desk.told[-1]
    assert isinstance(raised, ErrorRaised)
    assert (raised.error.reason, raised.error.action) == (Reason.MEDIA_FORGOTTEN, ErrorAction.CLEAR)
    assert desk.board() is Reason.MEDIA_FORGOTTEN
    assert "MEDIA_FORGOTTEN" in caplog.text
    assert not any(text in caplog.text for text in (card().name, card().number))


def test_a_forgotten_card_that_is_taken_is_told_too(desk: Desk) -> None:
    """Promise 4: what is over is not shown any more."""
    forget(desk)
    desk.says(MediaStatus.NOT_PRESENT)
    assert desk.told[-1] == MediaRemoved("id_card")
    assert desk.board() is None


def test_a_card_that_is_taken_in_time_is_nobodys_business(desk: Desk) -> None:
    """Promise 8: staff is not called for a card that is in its owner's pocket."""
    read(desk)
    desk.world.visit.cancel()
    desk.says(MediaStatus.NOT_PRESENT)
    assert desk.jobs.empty()
    assert desk.told == []


def test_a_card_that_is_seen_only_after_the_end_is_asked_for_and_told(desk: Desk) -> None:
    """Promise 8: the reader is asked every two seconds, and a visit may end between."""
    desk.world.to(State.IDENTIFY)
    desk.world.visit.identity_read(card())
    desk.world.visit.cancel()
    desk.says(MediaStatus.PRESENT)
    assert desk.asks()
    desk.wait()
    assert desk.board() is Reason.MEDIA_FORGOTTEN


def test_the_next_resident_is_not_asked_to_take_somebody_elses_card(desk: Desk) -> None:
    """Promise 4: whoever typed the number has laid no card; staff still knows of the one that lies there."""
    forget(desk)
    visit = desk.world.visit
    visit.finish()
    desk.world.to(State.IDENTIFY)
    visit.type_number(NUMBER)
    visit.confirm_identity()
    desk.world.to(State.RECEIPT)
    assert not desk.asks()
    assert desk.board() is Reason.MEDIA_FORGOTTEN


def test_the_next_card_that_is_read_ends_the_story_of_the_one_before(desk: Desk) -> None:
    """Promise 4: it could be read, so the other one was taken away; and it is asked for in its own turn."""
    forget(desk)
    desk.world.visit.finish()
    desk.world.to(State.IDENTIFY)
    desk.world.visit.identity_read(card("li"))
    assert desk.told[-1] == MediaRemoved("id_card")
    assert desk.board() is None
    desk.world.to(State.RECEIPT)
    assert desk.asks()


def test_the_citizen_card_is_asked_for_by_its_own_name_and_told_of_its_own_reader(desk: Desk) -> None:
    """Promises 6 and 8: nobody looks on the plate for the card that is in the slot."""
    desk.world.to(State.IDENTIFY)
    desk.world.visit.identity_read(citizen_card())
    desk.says(MediaStatus.PRESENT, "citizen_card")
    desk.world.visit.cancel()
    assert desk.asks() is DeviceClass.CITIZEN_CARD_READER
    desk.wait()
    assert (desk.board(), desk.board("citizen_card")) == (None, Reason.MEDIA_FORGOTTEN)
    desk.says(MediaStatus.NOT_PRESENT, "citizen_card")
    assert desk.asks() is None
    assert desk.told[-1] == MediaRemoved("citizen_card")


def test_a_card_in_the_reader_that_was_not_used_is_not_this_residents(desk: Desk) -> None:
    """Promise 4: whoever laid the identity card is not asked to take the one that is in the slot."""
    read(desk)
    desk.says(MediaStatus.PRESENT, "citizen_card")
    desk.world.to(State.RECEIPT)
    assert desk.asks() is DeviceClass.ID_CARD_READER
    desk.says(MediaStatus.NOT_PRESENT)
    assert desk.asks() is None


def test_of_two_cards_one_is_asked_for_after_the_other(desk: Desk) -> None:
    """Promise 6: whoever tried both takes both; each is named when it is its turn."""
    desk.world.to(State.IDENTIFY)
    desk.world.visit.identity_read(citizen_card())
    desk.says(MediaStatus.PRESENT, "citizen_card")
    desk.world.visit.reject_identity()
    desk.world.visit.identity_read(card())
    desk.says(MediaStatus.PRESENT)
    desk.world.visit.cancel()
    assert desk.asks() is DeviceClass.ID_CARD_READER
    desk.says(MediaStatus.NOT_PRESENT)
    assert desk.asks() is DeviceClass.CITIZEN_CARD_READER


def test_a_reader_that_is_unwell_is_told_as_unwell(desk: Desk) -> None:
    """Promise 8: a reader that fails needs somebody more than a card on it."""
    forget(desk)
    gone = StatusReport(
        DeviceStatus.POWER_OFF, error=DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)
    )
    assert desk.watch.with_forgotten("id_card", gone) is gone
    assert desk.watch.with_forgotten("receipt_printer", ONLINE) is ONLINE


def test_nothing_is_awaited_any_more_when_the_kiosk_stops(desk: Desk) -> None:
    """Promise 3: no thread outlives it."""
    read(desk)
    desk.world.visit.cancel()
    desk.watch.stop()
    assert desk.jobs.empty()
