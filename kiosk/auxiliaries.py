"""What the kiosk does with its auxiliaries: lights that follow the visit, the battery, the service key, the keypad.

One decision: nothing here is asked of a board that is not there or lacks the part, and no light is needed for a visit:
a kiosk without auxiliaries, or with dead ones, serves as well (promise 3).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from drivers.auxiliaries_model import (
    AuxiliaryState,
    Colour,
    Headphones,
    KeyPressed,
    KeySwitch,
    PowerSource,
    ReaderLight,
    SetReaderLight,
    SetStatusLight,
    StatusLight,
)
from drivers.errors import ErrorAction
from drivers.model import Command, DataReady, DeviceClass, Event, StatusChanged, StatusReport, SupplyThreshold
from drivers.worker import DeviceWorker
from kiosk.closures import Closer, Closures
from kiosk.trouble import Trouble
from kiosk.visit_core import PrintOutcome
from kiosk.visit_states import State

if TYPE_CHECKING:
    from kiosk.visit import Visit

COMMAND_SECONDS = 5.0
BATTERY_LOW = Trouble("visit.closed.battery_low", (), ErrorAction.CLEAR, "visit.closed.battery_low_staff")
_ITSELF = frozenset({ErrorAction.RESET, ErrorAction.SUSPEND})  # nobody has to come
_CARDS = ReaderLight.ID_CARD | ReaderLight.CITIZEN_CARD
_PLACE_OF: Mapping[DeviceClass, ReaderLight] = {
    DeviceClass.ID_CARD_READER: ReaderLight.ID_CARD,
    DeviceClass.CITIZEN_CARD_READER: ReaderLight.CITIZEN_CARD,
    DeviceClass.CODE_SCANNER: ReaderLight.CODE_SCANNER,
    DeviceClass.DOCUMENT_CAMERA: ReaderLight.TRAY,
    DeviceClass.RECEIPT_PRINTER: ReaderLight.RECEIPT_SLOT,
}


class Listener(Protocol):
    """Who is told each turn of the service key (True: on), and each pressed key (``0123456789*#``)."""

    on_service_key: Callable[[bool], None]
    on_key: Callable[[str], None]


class Auxiliaries:
    """Follows the visit with the lights, and hands on what the board tells. On the visit's thread, but for `report`."""

    def __init__(
        self,
        workers: Iterable[DeviceWorker],
        closures: Closures,
        post: Callable[[Callable[[], None]], None],
        listener: Listener,
    ) -> None:
        self._workers = tuple(workers)
        self._worker = next((each for each in self._workers if each.device_class is DeviceClass.AUXILIARIES), None)
        self._closures = closures
        self._post = post
        self._listener = listener
        self._visit: Visit | None = None
        self._is_key_on = False
        self._asked: set[Command[None]] = set()  # under way
        self.state: AuxiliaryState | None = None

    def headphones_in(self) -> bool:
        """Tell whether headphones are plugged in, as far as the board tells."""
        return self.state is not None and self.state.headphones is Headphones.PLUGGED

    def attach(self, visit: "Visit") -> None:
        """Say which visit the lights follow."""
        self._visit = visit
        visit.subscribe(self._follow)

    def report(self, event: Event) -> None:
        """Take what any worker tells, on its thread."""
        if isinstance(event, StatusChanged | SupplyThreshold):
            self._post(self._follow)
        elif isinstance(event, DataReady) and self._worker is not None and event.device == self._worker.name:
            visit, data = self._visit, event.data.reveal()
            if isinstance(data, AuxiliaryState):
                self._post(partial(self._take, data))
            elif isinstance(data, KeyPressed) and visit is not None:
                # What one resident pressed is never typed into the visit of the next (promise 2).
                self._post(partial(visit.deliver, visit.generation, lambda: self._listener.on_key(data.key)))

    def _take(self, state: AuxiliaryState) -> None:
        were_in = self.headphones_in()
        self.state = state
        if self.headphones_in() is not were_in and self._visit is not None:
            self._visit.changed()  # who speaks into them is silent at once when they are pulled out
        self._watch_battery(state)
        self._follow()
        if state.service_key in (KeySwitch.ON, KeySwitch.OFF):
            is_on = state.service_key is KeySwitch.ON
            if is_on is not self._is_key_on:
                self._is_key_on = is_on
                self._listener.on_service_key(is_on)

    def _watch_battery(self, state: AuxiliaryState) -> None:
        """Begin no visit that the battery might not let finish; the one under way goes on."""
        ups = state.ups
        if ups is not None and ups.source is PowerSource.BATTERY and ups.is_low:
            self._closures.close(Closer.POWER, BATTERY_LOW)
        else:  # also where it cannot be asked any more: a dead board must not close the kiosk for ever
            self._closures.open(Closer.POWER)

    def _follow(self) -> None:
        """Have the lights show what they should, where the board has such lights and shows something else."""
        if self.state is None or self._visit is None:
            return
        light, places = self.wanted_light(self._visit), self.wanted_places(self._visit)
        if isinstance(self.state.status_light, StatusLight) and self.state.status_light != light:
            self._ask(SetStatusLight(light))
        if isinstance(self.state.reader_lights, ReaderLight) and self.state.reader_lights != places:
            self._ask(SetReaderLight(places))

    def wanted_light(self, visit: "Visit") -> StatusLight:
        """Green: all is well; amber: somebody must come; red: nobody is served."""
        if visit.closed is not None:
            return StatusLight(Colour.RED)
        needs_somebody = any(_needs_somebody(worker.status) for worker in self._workers)
        return StatusLight(Colour.AMBER if needs_somebody else Colour.GREEN)

    def wanted_places(self, visit: "Visit") -> ReaderLight:
        """The places where the resident is to put, show or take something now, as far as this kiosk has them."""
        here = ReaderLight.NONE
        for worker in self._workers:
            here |= _PLACE_OF.get(worker.device_class, ReaderLight.NONE)
        return _places(visit) & here

    def _ask(self, command: Command[None]) -> None:
        if self._worker is None or command in self._asked:
            return
        self._asked.add(command)
        future = self._worker.execute(command, COMMAND_SECONDS)
        future.add_done_callback(lambda _ended: self._post(partial(self._done, command)))

    def _done(self, command: Command[Any]) -> None:
        """It is set, or failed: then the device's own status tells it, and its return begins anew."""
        self._asked.discard(command)


def _places(visit: "Visit") -> ReaderLight:
    if visit.state is State.IDENTIFY:
        if visit.person is not None:  # it is on the glass that one goes on
            return ReaderLight.NONE
        return _CARDS | (ReaderLight.CODE_SCANNER if visit.awaits_code else ReaderLight.NONE)
    if visit.state is State.RECEIPT and visit.print_outcome is not PrintOutcome.NOT_PRINTED:
        return ReaderLight.RECEIPT_SLOT
    return ReaderLight.TRAY if visit.state is State.SCAN else ReaderLight.NONE


def _needs_somebody(report: StatusReport) -> bool:
    return report.error is not None and report.error.action not in _ITSELF
