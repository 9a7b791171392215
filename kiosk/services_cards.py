"""Waiting for a card at every reader this kiosk has: the first that reads one wins, the others are told to stop.

One decision: a reader that is broken is nobody's trouble here while another one waits; only the identity card's is
told, because every kiosk has it, and what is wrong with the citizen's own card, whichever reader it is in.
"""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from drivers.errors import DeviceError, Reason
from drivers.model import Command, DeviceClass
from drivers.worker import DeviceWorker
from kiosk.trouble import PUT_AGAIN

if TYPE_CHECKING:
    from kiosk.visit import Visit

READ_SECONDS = 60.0  # one wish of a reader; it is renewed until the visit wants no card any more
_FIRST = DeviceClass.ID_CARD_READER


class CardWait:
    """The wait of one visit. All methods are called on the visit's thread, the one that `post` leads to."""

    def __init__(
        self, workers: tuple[DeviceWorker, ...], post: Callable[[Callable[[], None]], None], absent: DeviceError
    ) -> None:
        self._readers = {worker.device_class: worker for worker in workers if worker.device_class in _COMMANDS}
        self._post = post
        self._absent = absent
        self._visit: Visit | None = None
        self._generation = 0
        self._asked: dict[DeviceClass, object] = {}

    def start(self, visit: "Visit") -> None:
        """Ask every reader that does not wait already; every minute anew."""
        self._visit, self._generation = visit, visit.generation
        for device in (_FIRST, *(each for each in self._readers if each is not _FIRST)):
            if device not in self._asked:
                self._ask(device)

    def stop(self) -> None:
        """Wait no more."""
        asked, self._asked = self._asked, {}
        for device in asked:
            if device in self._readers:
                self._readers[device].cancel()

    def _ask(self, device: DeviceClass) -> None:
        ticket = self._asked[device] = object()
        if device in self._readers:
            future = self._readers[device].execute(_COMMANDS[device](), READ_SECONDS)
        else:
            future = Future()
            future.set_exception(self._absent)
        future.add_done_callback(lambda ended: self._post(partial(self._ended, device, ticket, ended)))

    def _ended(self, device: DeviceClass, ticket: object, ended: "Future[Any]") -> None:
        if self._asked.get(device) is not ticket or self._visit is None:
            return
        del self._asked[device]
        visit, error = self._visit, ended.exception()
        if not isinstance(error, DeviceError):
            self.stop()
            visit.deliver(self._generation, partial(visit.identity_read, ended.result().reveal()))
        elif error.reason is Reason.NO_MEDIA:
            self.start(visit)
        elif device is _FIRST or error.reason in PUT_AGAIN:
            visit.deliver(self._generation, partial(visit.identity_failed, error, device))


def _identity() -> Command[Any]:
    from drivers.sam import ReadIdentity  # noqa: PLC0415 - the driver's commands come with its driver

    return ReadIdentity()


def _citizen_card() -> Command[Any]:
    from drivers.citizen_card import ReadCitizenCard  # noqa: PLC0415 - as above; it brings PC/SC

    return ReadCitizenCard()


_COMMANDS: dict[DeviceClass, Callable[[], Command[Any]]] = {
    DeviceClass.ID_CARD_READER: _identity,
    DeviceClass.CITIZEN_CARD_READER: _citizen_card,
}
