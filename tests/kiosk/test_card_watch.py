"""The card its owner leaves lying: the last pages ask to take it, and after half a minute staff is told."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue

import pytest

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceStatus, ErrorRaised, Event, MediaRemoved, MediaStatus, StatusChanged, StatusReport
from kiosk.card_watch import CardWatch
from kiosk.visit_states import State
from tests.kiosk.visit_world import NUMBER, World, card

ONLINE = StatusReport(DeviceStatus.ONLINE)
PATIENCE = 0.05


@dataclass
class Desk:
    """A visit, and the watch over its reader."""

    world: World = field(default_factory=World)
    jobs: SimpleQueue[Callable[[], None]] = field(default_factory=SimpleQueue)
    told: list[Event] = field(default_factory=list)
    watch: CardWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = CardWatch("id_card", self.jobs.put, self.told.append, PATIENCE)
        self.watch.attach(self.world.visit)

    def says(self, media: MediaStatus) -> None:
        """Let the reader say whether a card lies there."""
        self.watch.report(StatusChanged("id_card", StatusReport(DeviceStatus.ONLINE, media)))
        self.jobs.get(timeout=5)()

    def wait(self) -> None:
        """Let the time pass until something is to be done."""
        self.jobs.get(timeout=5)()

    def asks(self) -> bool:
        return self.world.visit.must_take_card

    def board(self) -> Reason | None:
        """Return what staff reads of the reader."""
        error = self.watch.with_forgotten("id_card", ONLINE).error
        return None if error is None else error.reason


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.watch.stop()


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
