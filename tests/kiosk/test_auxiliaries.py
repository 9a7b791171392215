"""What the kiosk does with its auxiliaries: the real driver and worker at the wire of the simulated board."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.auxiliaries import CADENCE, AuxiliaryBoard, LineOptions
from drivers.auxiliaries_model import KeyPressed
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DataReady, DeviceClass, DeviceStatus, Event, StatusReport
from drivers.recorder import FlightRecorder
from drivers.sim.auxiliaries import AuxiliarySimulator
from drivers.worker import DeviceWorker
from kiosk.auxiliaries import BATTERY_LOW, Auxiliaries
from kiosk.closures import Closer, Closures
from kiosk.trouble import STARTING
from kiosk.visit_states import State
from tests.drivers.helpers import eventually
from tests.kiosk.visit_world import World

SECONDS = 10.0
WELL = StatusReport(DeviceStatus.ONLINE)


class Neighbour:
    """Another device of the kiosk, as far as the lights look at it."""

    def __init__(self, device_class: DeviceClass) -> None:
        self.name = str(device_class)
        self.device_class = device_class
        self.status = WELL


class Kiosk:
    """A visit, its board at the wire, and one queue of what is posted; the test is the visit's thread."""

    def __init__(self, folder: Path, lacks: tuple[str, ...] = ()) -> None:
        self.world = World()
        self.visit = self.world.visit
        self.jobs: deque[Callable[[], None]] = deque()
        self.keys = ""
        self.reported = 0  # keys that were posted
        self.turns: list[bool] = []
        self.on_key: Callable[[str], None] = self._take_key
        self.on_service_key: Callable[[bool], None] = self.turns.append
        self.closures = Closures(self.visit.out_of_service)
        self.board = AuxiliarySimulator(folder / "auxiliaries", lacks=lacks)
        recorder = FlightRecorder()
        driver = AuxiliaryBoard(str(self.board.link), LineOptions(), recorder)
        cadence = replace(CADENCE, reconnect=(0.02, 0.05))
        self.worker = DeviceWorker(
            "auxiliaries", DeviceClass.AUXILIARIES, driver, self._report, cadence=cadence, recorder=recorder
        )
        self.reader = Neighbour(DeviceClass.ID_CARD_READER)
        others = [self.reader, *map(Neighbour, (DeviceClass.DOCUMENT_CAMERA, DeviceClass.RECEIPT_PRINTER))]
        workers = [self.worker, *others]
        self.auxiliaries = Auxiliaries(workers, self.closures, self.jobs.append, self)  # type: ignore[arg-type]  # Neighbour stands for a worker's status
        self.auxiliaries.attach(self.visit)

    def _take_key(self, key: str) -> None:
        self.keys += key

    def _report(self, event: Event) -> None:
        self.auxiliaries.report(event)
        if isinstance(event, DataReady) and isinstance(event.data.reveal(), KeyPressed):
            self.reported += 1

    def start(self) -> None:
        self.board.start()
        self.worker.start()
        self.until(lambda: self.auxiliaries.state is not None)

    def stop(self) -> None:
        self.worker.stop(Deadline.after(5))
        self.board.stop()

    def until(self, condition: Callable[[], object]) -> None:
        """Do what is posted until `condition` holds."""
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end, "it never came to that"
            if self.jobs:
                self.jobs.popleft()()
            else:
                time.sleep(0.002)

    def do(self, action: str, **more: object) -> dict[str, object]:
        return self.board.do(action, **more) or {}

    def until_shown(self, light: str, *places: str) -> None:
        """Wait until the lights show this."""
        wanted = (light, list(places))

        def shown() -> bool:
            state = self.do("state")
            return (state["light"], state["lit"]) == wanted

        self.until(shown)

    def trouble(self, action: ErrorAction | None) -> None:
        """Have the reader be unwell so that `action` must be taken; None: well again."""
        self.reader.status = WELL
        if action is not None:
            error = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.NO_ANSWER, action)
            self.reader.status = StatusReport(DeviceStatus.HARDWARE_ERROR, error=error)
        self.visit.changed()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    kiosk = Kiosk(tmp_path)
    kiosk.start()
    yield kiosk
    kiosk.stop()


def test_the_status_light_says_how_the_kiosk_is(kiosk: Kiosk) -> None:
    """Promise 4: green well, amber somebody must come, red nobody is served; seen from across the hall."""
    kiosk.until_shown("green")
    kiosk.trouble(ErrorAction.MAINTENANCE)
    kiosk.until_shown("amber")
    kiosk.trouble(ErrorAction.RESET)  # the kiosk itself: nobody has to come
    kiosk.until_shown("green")
    kiosk.closures.close(Closer.OUTBOX, STARTING)
    kiosk.until_shown("red")
    kiosk.closures.open(Closer.OUTBOX)
    kiosk.trouble(None)
    kiosk.until_shown("green")


def test_the_door_left_open_is_amber_until_it_is_shut(kiosk: Kiosk) -> None:
    """Promise 8: centre staff see it before they read it."""
    kiosk.do("open_door")
    kiosk.until_shown("amber")
    kiosk.do("close_door")
    kiosk.until_shown("green")


def test_the_reader_lights_follow_the_visit(kiosk: Kiosk) -> None:
    """Promise 7: a light shows where to put the card, the paper, and where the receipt comes."""
    kiosk.world.to(State.IDENTIFY)
    kiosk.until_shown("green", "id_card")
    kiosk.world.identify()
    kiosk.until_shown("green")
    kiosk.world.to(State.SCAN)
    kiosk.until_shown("green", "tray")
    kiosk.world.to(State.SIGN)
    kiosk.until_shown("green")
    kiosk.world.to(State.RECEIPT)
    kiosk.until_shown("green", "receipt_slot")
    kiosk.world.to(State.END)
    kiosk.until_shown("green")


def test_the_scanner_is_lit_while_a_code_is_awaited(kiosk: Kiosk) -> None:
    """Promise 7: and a kiosk without a scanner lights none."""
    kiosk.world.to(State.IDENTIFY)
    kiosk.visit.awaits_code = True
    kiosk.until_shown("green", "id_card")
    kiosk.reader.device_class = DeviceClass.CODE_SCANNER
    kiosk.visit.changed()
    kiosk.until_shown("green", "code_scanner")
    kiosk.visit.awaits_code = False
    kiosk.visit.changed()
    kiosk.until_shown("green")


def test_where_no_receipt_came_no_light_says_so(kiosk: Kiosk) -> None:
    """Promise 4: the slot is dark when nothing is in it."""
    kiosk.world.to(State.RECEIPT)
    kiosk.until_shown("green", "receipt_slot")
    kiosk.visit.print_failed(DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.PAPER_OUT, ErrorAction.CLEAR))
    kiosk.until_shown("green")


def test_a_low_battery_takes_nobody_new_and_lets_the_present_one_finish(kiosk: Kiosk) -> None:
    """Promises 1 and 3: no visit begins that the battery might not let finish; the mains end it by themselves."""
    kiosk.world.to(State.FILL)
    kiosk.do("battery_low")
    kiosk.until(lambda: kiosk.visit.closed is BATTERY_LOW)
    kiosk.until_shown("red")
    kiosk.world.to(State.RECEIPT).to(State.ATTRACT)
    kiosk.visit.start("zh")
    assert kiosk.world.at() is State.ATTRACT
    kiosk.do("mains_on")
    kiosk.until(lambda: kiosk.visit.closed is None)
    kiosk.visit.start("zh")
    assert kiosk.world.at() is State.CHOOSE


def test_mains_off_alone_closes_nothing(kiosk: Kiosk) -> None:
    """Promise 3: the battery is there for that; staff are told by the light."""
    kiosk.do("mains_off")
    kiosk.until_shown("amber")
    assert kiosk.visit.closed is None


def test_headphones_are_known_as_the_board_tells_of_them(kiosk: Kiosk) -> None:
    """Promise 7: who plugs them in is led by sound; nobody else is."""
    assert not kiosk.auxiliaries.headphones_in()
    kiosk.do("plug")
    kiosk.until(kiosk.auxiliaries.headphones_in)
    kiosk.do("unplug")
    kiosk.until(lambda: not kiosk.auxiliaries.headphones_in())


def test_a_board_that_dies_on_low_battery_does_not_close_the_kiosk_for_ever(kiosk: Kiosk) -> None:
    """Promises 3 and 4: unknown is not low."""
    kiosk.do("battery_low")
    kiosk.until(lambda: kiosk.visit.closed is BATTERY_LOW)
    kiosk.do("fault", name="vanish")
    kiosk.until(lambda: kiosk.visit.closed is None)


def test_the_service_key_is_told_each_turn_and_once(kiosk: Kiosk) -> None:
    """Promise 8: a technician is let in by a key; a line that hiccups turns none."""
    kiosk.do("key_on")
    kiosk.until(lambda: kiosk.turns == [True])
    kiosk.do("fault", name="vanish", until={"after_seconds": 0.1})
    kiosk.until(lambda: kiosk.worker.status.device is DeviceStatus.POWER_OFF)
    kiosk.until(lambda: kiosk.worker.status.device is DeviceStatus.ONLINE)
    kiosk.do("key_off")
    kiosk.until(lambda: kiosk.turns == [True, False])


def test_keys_are_handed_on_in_their_order(kiosk: Kiosk) -> None:
    """Promise 7: a number can be typed without the glass."""
    for key in "3205*#":
        kiosk.do("press", key=key)
    kiosk.until(lambda: len(kiosk.keys) == 6)
    assert kiosk.keys == "3205*#"


def test_a_key_of_one_visit_is_not_typed_into_the_next(kiosk: Kiosk) -> None:
    """Promise 2: what came while one resident left is forgotten."""
    kiosk.world.to(State.IDENTIFY)
    kiosk.do("press", key="7")
    eventually(lambda: kiosk.reported == 1)
    kiosk.visit.cancel()
    kiosk.until(lambda: kiosk.visit.ignored["deliver"] == 1)
    assert kiosk.keys == ""


def test_what_was_wished_while_the_board_was_away_is_shown_when_it_is_back(kiosk: Kiosk) -> None:
    """Promise 3: the lights catch up with the visit, and nobody has to come."""
    kiosk.until_shown("green")
    kiosk.do("fault", name="vanish")
    kiosk.until(lambda: kiosk.worker.status.device is DeviceStatus.POWER_OFF)
    kiosk.world.to(State.IDENTIFY)
    kiosk.do("heal")
    kiosk.until_shown("green", "id_card")


def test_a_board_without_lights_is_not_asked_for_them(tmp_path: Path) -> None:
    """Promise 4: what it lacks is no fault."""
    kiosk = Kiosk(tmp_path, lacks=("status_light", "reader_lights"))
    kiosk.start()
    kiosk.world.to(State.IDENTIFY)
    kiosk.do("press", key="1")
    kiosk.until(lambda: kiosk.keys == "1")
    assert kiosk.worker.status.error is None
    kiosk.stop()
