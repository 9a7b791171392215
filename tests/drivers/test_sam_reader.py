"""The production driver under its worker, at the wire of the simulated reader, through every fault it can have."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Fact, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceStatus,
    Event,
    HealthLevel,
    HealthReport,
    Sensitive,
)
from drivers.recorder import FlightRecorder
from drivers.sam import IdentityDocument, ReadIdentity, SamOptions, SamReader, parse_identity
from drivers.sim.sam import SamSimulator
from drivers.sim.specimens import SPECIMENS
from drivers.worker import Cadence, DeviceWorker
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

SAM_ID = "05.03-20120830-0001234567-3456789012"


@dataclass(frozen=True, slots=True)
class Dance(Command[None]):
    """What no reader can."""


class Kiosk:
    """A reader, its driver and its worker, polled faster than in service."""

    def __init__(self, folder: Path) -> None:
        self.events: list[Event] = []
        self.reader = SamSimulator(folder / "id-card")
        self.recorder = FlightRecorder()
        driver = SamReader(self.reader.url, SamOptions(), self.recorder)
        cadence = Cadence(poll=0.05, reconnect=(0.02, 0.05))
        self.worker = DeviceWorker(
            "id_card",
            DeviceClass.ID_CARD_READER,
            driver,
            self.events.append,
            cadence=cadence,
            recorder=self.recorder,
        )

    def start(self) -> None:
        self.reader.start()
        self.worker.start()
        self.wait_for(DeviceStatus.ONLINE)

    def stop(self) -> None:
        self.worker.stop(Deadline.after(5))
        self.reader.stop()

    def wait_for(self, status: DeviceStatus) -> None:
        eventually(lambda: self.worker.status.device is status)

    def ask(self, seconds: float = 10) -> Future[Sensitive[IdentityDocument]]:
        return self.worker.execute(ReadIdentity(), seconds)

    def read(self, key: str = "wang") -> IdentityDocument:
        """Lay a card and read it."""
        self.reader.do("put_card", card=key)
        return self.ask().result(12).reveal()

    def fault(self, name: str, **more: object) -> None:
        self.reader.do("fault", name=name, **more)


@pytest.fixture
def kiosk(nothing_left: None, tmp_path: Path) -> Iterator[Kiosk]:  # noqa: ARG001 - it shall watch the threads
    kiosk = Kiosk(tmp_path)
    kiosk.start()
    yield kiosk
    kiosk.stop()


def error_of(future: Future[Sensitive[IdentityDocument]] | Future[HealthReport]) -> DeviceError:
    error = future.exception(15)
    assert isinstance(error, DeviceError)
    return error


def verdict(error: DeviceError) -> tuple[CompletionCode, Reason, ErrorAction]:
    return error.code, error.reason, error.action


@pytest.mark.parametrize("key", SPECIMENS)
def test_every_card_is_read_exactly(kiosk: Kiosk, key: str) -> None:
    """Promise 5: through wire, codec, driver and worker, a card says what stands on it."""
    assert kiosk.read(key) == parse_identity(SPECIMENS[key].payload())


def test_a_card_may_come_after_the_asking(kiosk: Kiosk) -> None:
    """Promise 6: the reader waits for the resident."""
    future = kiosk.ask()
    eventually(lambda: any("80 84" in line for line in kiosk.recorder.dump()))
    kiosk.reader.do("put_card", card="li")
    assert future.result(10).reveal().name == "李秀兰"


def test_the_reader_looks_for_a_card_only_when_asked(kiosk: Kiosk) -> None:
    """Promise 2: a card that lies there is nobody's business until its owner agreed."""
    kiosk.reader.do("put_card", card="wang")
    frames = len(kiosk.recorder.dump())
    eventually(lambda: len(kiosk.recorder.dump()) >= frames + 4)
    assert not any("01 22" in line for line in kiosk.recorder.dump())


def test_a_card_left_lying_is_read_once(kiosk: Kiosk) -> None:
    """Promise 4: the last resident's card is not read again for the next one."""
    kiosk.read("wang")
    error = error_of(kiosk.ask(0.5))
    assert verdict(error) == (CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND)
    kiosk.reader.do("lift_card")
    assert kiosk.read("li").name == "李秀兰"


def test_waiting_for_a_card_ends_with_its_deadline(kiosk: Kiosk) -> None:
    """Promise 6: and is no fault of the reader."""
    error = error_of(kiosk.ask(0.2))
    assert verdict(error) == (CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND)
    assert kiosk.worker.status.device is DeviceStatus.ONLINE


def test_waiting_for_a_card_can_be_cancelled(kiosk: Kiosk) -> None:
    """Promise 6: whoever goes back to the list does not leave the reader waiting."""
    future = kiosk.ask(60)
    eventually(future.running)
    kiosk.worker.cancel()
    assert error_of(future).code is CompletionCode.CANCELED
    assert kiosk.read().name == "王小明"


def test_a_card_that_slipped_and_is_back_is_read(kiosk: Kiosk) -> None:
    """Promise 3: one slip costs nobody a step."""
    kiosk.fault("moved_mid_read", until={"after_seconds": 0.2})
    assert kiosk.read().name == "王小明"


def test_a_card_that_keeps_slipping_is_told(kiosk: Kiosk) -> None:
    """Promise 6: after three tries the resident is asked to lay it again; nobody else need come."""
    kiosk.fault("moved_mid_read")
    kiosk.reader.do("put_card", card="wang")
    error = error_of(kiosk.ask())
    assert verdict(error) == (CompletionCode.USER_ERROR, Reason.MEDIA_MOVED, ErrorAction.SUSPEND)
    kiosk.reader.do("heal")
    assert kiosk.read().name == "王小明"


def test_a_dribbling_line_is_read_to_its_end(kiosk: Kiosk) -> None:
    """Promise 6: a byte every 5 ms is slow and sure."""
    kiosk.fault("dribble")
    assert kiosk.read().name == "王小明"


GONE = (CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)


def test_a_port_that_goes_while_a_card_is_awaited_ends_the_waiting(kiosk: Kiosk) -> None:
    """Promise 6: an unplugged reader is told at once, not at the end of the waiting."""
    future = kiosk.ask(60)
    eventually(lambda: any("80 84" in line for line in kiosk.recorder.dump()))
    kiosk.fault("vanish", until={"after_seconds": 0.3})
    assert verdict(error_of(future)) == GONE
    eventually(Path(kiosk.reader.url).exists)  # sooner the status is still the one before: no three polls were missed
    kiosk.wait_for(DeviceStatus.ONLINE)
    assert kiosk.read().name == "王小明"


@pytest.mark.parametrize("seed", range(6))
def test_a_wrong_status_is_never_a_success(kiosk: Kiosk, seed: int) -> None:
    """Promise 4: whatever code comes, the card was not read, and the code is in the detail for the technician."""
    kiosk.fault("wrong_status", seed=seed)
    kiosk.reader.do("put_card", card="wang")
    error = error_of(kiosk.ask())
    assert error.code in (CompletionCode.USER_ERROR, CompletionCode.HARDWARE_ERROR)
    assert error.reason in (Reason.INVALID_MEDIA, Reason.MEDIA_MOVED, Reason.REFUSED)
    assert f"(SW {error.facts[Fact.STATUS_WORDS]})" in error.detail
    assert str(error.facts[Fact.STATUS_WORDS]).startswith("00 00 ")
    kiosk.reader.do("heal")
    assert kiosk.read().name == "王小明"


def test_a_fault_in_one_answer_only_is_not_even_noticed(kiosk: Kiosk) -> None:
    """Promise 3: one garbled answer is asked for again."""
    future = kiosk.ask()
    eventually(lambda: any("80 84" in line for line in kiosk.recorder.dump()))
    kiosk.fault("bad_checksum", until={"after_commands": 1})
    kiosk.reader.do("put_card", card="wang")
    assert future.result(12).reveal().name == "王小明"


def test_a_card_that_breaks_its_rules_is_refused(kiosk: Kiosk) -> None:
    """Promise 4: the reader is well, the card is not."""
    specimen = SPECIMENS["wang"]
    kiosk.reader.put(replace(specimen, document=specimen.document | {"birth": "19850230"}))
    error = error_of(kiosk.ask())
    assert verdict(error) == (CompletionCode.INVALID_DATA, Reason.INVALID_MEDIA, ErrorAction.SUSPEND)
    assert kiosk.worker.status.device is DeviceStatus.ONLINE


def test_the_silent_self_test_names_the_reader(kiosk: Kiosk) -> None:
    """Promise 8: a technician learns which module answers, without touching a card."""
    report = kiosk.worker.execute(CheckHealth(), 5).result(6)
    assert (report.status, report.action) == (DeviceStatus.ONLINE, None)
    assert report.information.serial_number == SAM_ID
    assert SAM_ID in report.detail


def test_the_outer_self_test_reads_a_card_and_tells_nothing_of_it(kiosk: Kiosk) -> None:
    """Promises 2 and 8: a test card is read, and stays private."""
    kiosk.reader.do("put_card", card="wang")
    report = kiosk.worker.execute(CheckHealth(HealthLevel.EXTERNAL), 5).result(6)
    assert report.detail == f"SAM {SAM_ID} answers; a test card (resident) was read"


def test_the_self_test_with_a_person_asks_for_what_only_a_person_sees(kiosk: Kiosk) -> None:
    """Promise 8: whether lamp and sound work, no line can tell; the technician is asked."""
    kiosk.reader.do("put_card", card="hong_kong")
    report = kiosk.worker.execute(CheckHealth(HealthLevel.INTERACTIVE), 5).result(6)
    assert report.detail.startswith(f"SAM {SAM_ID} answers; a test card (hk_macau_taiwan) was read. Did the ")
    assert report.detail.endswith("?")


def test_a_command_of_another_device_is_refused(kiosk: Kiosk) -> None:
    """Promise 8: a mix-up is a developer's matter."""
    error = kiosk.worker.execute(Dance(), 5).exception(6)
    assert isinstance(error, DeviceError)
    assert error.action is ErrorAction.SOFTWARE_ERROR


def test_nothing_of_the_card_is_left_in_events_frames_or_log(kiosk: Kiosk, caplog: pytest.LogCaptureFixture) -> None:
    """Promise 2: not the name, not the number, in no form."""
    future = kiosk.ask()
    kiosk.reader.do("put_card", card="wang")
    shown = f"{future.result(10)} {future.result(10)!r} {kiosk.events} {caplog.text} {kiosk.recorder.dump()}"
    assert "<redacted>" in shown
    document = SPECIMENS["wang"].document
    for text in (document["name"], document["number"], document["name"].encode("utf-16-le").hex(" ")):
        assert text not in shown


def test_a_late_answer_is_not_taken_for_the_next_ones(nothing_left: None, tmp_path: Path) -> None:  # noqa: ARG001 - it watches
    """Promise 4: what a slow reader says after its time was up is forgotten, not believed."""
    reader = SamSimulator(tmp_path / "id-card")
    reader.start()
    driver = SamReader(reader.url, SamOptions(), FlightRecorder())
    driver.open(Deadline.after(5))
    found = bytes.fromhex("AAAAAA9669000800009F0000000097")
    reader.speak(found)
    assert driver.poll(Deadline.after(5)).device is DeviceStatus.ONLINE
    reader.speak(found)
    with pytest.raises(DeviceError) as caught:
        driver.execute(ReadIdentity(), Deadline.after(0.1), lambda: False)
    assert caught.value.reason is Reason.NO_MEDIA
    driver.close()
    reader.stop()
