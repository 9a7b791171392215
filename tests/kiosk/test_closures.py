"""Closing the kiosk: each for itself, and open again only when nobody says otherwise."""

from kiosk.closures import Closer, Closures
from kiosk.trouble import STARTING, Trouble

BY_STAFF = Trouble("visit.closed.by_staff", ())


def test_it_opens_when_the_last_word_is_taken_back() -> None:
    """Promise 4: an outbox that opens does not end what a technician closed."""
    told: list[Trouble | None] = []
    closures = Closures(told.append)
    closures.close(Closer.OUTBOX, STARTING)
    closures.close(Closer.STAFF, BY_STAFF)
    closures.open(Closer.OUTBOX)
    assert told == [STARTING, BY_STAFF]
    closures.open(Closer.STAFF)
    assert told[-1] is None


def test_the_staffs_word_is_shown_first_and_the_other_stays() -> None:
    """Promise 8: residents read why, and what is still wrong comes back."""
    told: list[Trouble | None] = []
    closures = Closures(told.append)
    closures.close(Closer.STAFF, BY_STAFF)
    closures.close(Closer.OUTBOX, STARTING)
    closures.open(Closer.STAFF)
    assert told == [BY_STAFF, STARTING]
    assert closures.word(Closer.STAFF) is None


def test_the_same_word_is_not_told_twice() -> None:
    """Promise 6: nothing flickers."""
    told: list[Trouble | None] = []
    closures = Closures(told.append)
    closures.open(Closer.POWER)
    closures.close(Closer.OUTBOX, STARTING)
    closures.close(Closer.OUTBOX, STARTING)
    assert told == [STARTING]
