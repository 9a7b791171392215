"""The card at a reader after it was read: its owner is asked to take it, and staff learn of one that was forgotten.

One decision: only what the reader says counts. While it cannot be asked, nobody is told that a card lies there, and
nothing is ever called forgotten that was not seen lying there (promise 4). Whoever had no card read in this very visit
is not asked to take one: it is not theirs.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass, ErrorRaised, Event, MediaRemoved, MediaStatus, StatusChanged, StatusReport
from kiosk.identity import Person
from kiosk.trouble import CARD_READERS
from kiosk.visit_states import State

if TYPE_CHECKING:
    from kiosk.visit import Visit

FORGOTTEN_SECONDS: Final = 30.0
_OVER = frozenset({State.END, State.ATTRACT})
_log = logging.getLogger(__name__)


class CardWatch:
    """Watches the card readers among `devices`, a kiosk's by their names: the identity card's and the citizen card's.

    On the visit's thread, where `post` leads, but for `report` and `with_forgotten`. What it finds it tells to `tell`.
    """

    def __init__(
        self,
        devices: Mapping[str, DeviceClass],
        post: Callable[[Callable[[], None]], None],
        tell: Callable[[Event], None],
        seconds: float = FORGOTTEN_SECONDS,
    ) -> None:
        self._post = post
        self._readers = {
            name: _Reader(name, device_class, post, tell, seconds)
            for name, device_class in devices.items()
            if device_class in CARD_READERS
        }

    def attach(self, visit: "Visit") -> None:
        """Say whose cards they are."""
        for reader in self._readers.values():
            reader.attach(visit)

    def report(self, event: Event) -> None:
        """Take what any worker tells, on its thread."""
        if isinstance(event, StatusChanged) and event.device in self._readers:
            self._post(partial(self._readers[event.device].seen, event.report.media))

    def with_forgotten(self, device: str, report: StatusReport) -> StatusReport:
        """Return a reader's report with the forgotten card in it, as staff shall read it; any thread."""
        reader = self._readers.get(device)
        if reader is not None and reader.forgotten and report.error is None:
            return replace(report, error=reader.error())
        return report

    def stop(self) -> None:
        """Watch no more."""
        for reader in self._readers.values():
            reader.stop()


class _Reader:
    """One reader, and the card at it."""

    def __init__(
        self,
        name: str,
        device_class: DeviceClass,
        post: Callable[[Callable[[], None]], None],
        tell: Callable[[Event], None],
        seconds: float,
    ) -> None:
        self._name = name
        self._class = device_class
        self._post = post
        self._tell = tell
        self._seconds = seconds
        self._visit: Visit | None = None
        self._lies = False
        self._is_this_visits = False
        self._was_over = True
        self._was_read = False
        self._ended_at = 0.0
        self._timer: threading.Timer | None = None  # None: nothing is waited for
        self.forgotten = False

    def attach(self, visit: "Visit") -> None:
        """Say whose card it is."""
        self._visit = visit
        visit.subscribe(self._follow)

    def error(self) -> DeviceError:
        """Return what staff shall read of a forgotten card."""
        detail = f"a card is still at the reader {self._seconds:.0f} s after its visit ended"
        return DeviceError(CompletionCode.USER_ERROR, Reason.MEDIA_FORGOTTEN, ErrorAction.CLEAR, detail)

    def stop(self) -> None:
        """Watch no more."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            timer.join()

    def seen(self, media: MediaStatus | None) -> None:
        """Learn what the reader says of its card."""
        if self._visit is None:
            return
        self._lies = media is MediaStatus.PRESENT
        if not self._lies:
            self._taken()
        self._visit.card_seen(self._class, lies=self._lies and self._is_this_visits)
        self._await()

    def _follow(self) -> None:
        """Take note of how far the visit is. Nothing of a person is kept: only that a card was read."""
        visit = self._visit
        assert visit is not None  # noqa: S101 - it subscribed
        was_over, self._was_over = self._was_over, visit.state in _OVER
        if self._was_over and not was_over:
            self._ended_at = time.monotonic()
            self._await()
        was_read, self._was_read = self._was_read, visit.person is not None and _read_at(visit.person) is self._class
        if self._was_read and not was_read:
            self._taken()  # the next resident's card could be read, so the one before is gone
            self._is_this_visits = True
        elif visit.state is State.ATTRACT:
            self._is_this_visits = False
        visit.card_seen(self._class, lies=self._lies and self._is_this_visits)

    def _await(self) -> None:
        """Give the resident of a visit that is over time to take the card that lies there."""
        if not (self._lies and self._was_over) or self.forgotten or self._timer is not None:
            return
        left = max(0.0, self._ended_at + self._seconds - time.monotonic())
        timer = threading.Timer(left, lambda: self._post(partial(self._time_is_up, timer)))
        timer.daemon = True
        self._timer = timer
        timer.start()

    def _time_is_up(self, timer: threading.Timer) -> None:
        if self._timer is not timer:
            return  # it was taken at the last moment
        self._timer = None
        self.forgotten = True
        error = self.error()
        _log.warning("%s: %s", self._name, error)
        self._tell(ErrorRaised(self._name, error))

    def _taken(self) -> None:
        """Whatever lay there lies there no more."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if self.forgotten:
            self.forgotten = False
            _log.warning("%s: the forgotten card is gone", self._name)
            self._tell(MediaRemoved(self._name))


def _read_at(person: Person) -> DeviceClass | None:
    """Return the reader whose card says who that is; None where the number was typed."""
    if not person.from_card_read:
        return None
    return DeviceClass.ID_CARD_READER if person.from_id_card else DeviceClass.CITIZEN_CARD_READER
