"""The production driver under its worker, at the wire of the simulated scanner, through every fault it can have."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from drivers.code_scanner import Code, CodeScanner, CodeScannerOptions, ReadCode, Symbology
from drivers.code_scanner_codec import LONGEST, Framing
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DataReady,
    DeviceClass,
    DeviceStatus,
    Event,
    HealthLevel,
    HealthReport,
    Sensitive,
)
from drivers.recorder import FlightRecorder
from drivers.sim.code_scanner import ScannerSetting, ScannerSimulator
from drivers.worker import Cadence, DeviceWorker
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

TOKEN = "SFM-20261124-开放-7f3a9c51d2"
OTHER = "SFM-20261124-another"


@dataclass(frozen=True, slots=True)
class Dance(Command[None]):
    """What no scanner can."""


class Kiosk:
    """A scanner, its driver and its worker, polled faster than in service."""

    def __init__(self, folder: Path, setting: ScannerSetting, options: CodeScannerOptions) -> None:
        self.events: list[Event] = []
        self.scanner = ScannerSimulator(folder / "code-scanner", setting)
        self.recorder = FlightRecorder()
        self.driver = CodeScanner(str(self.scanner.link), options, self.recorder)
        self.worker = DeviceWorker(
            "code_scanner",
            DeviceClass.CODE_SCANNER,
            self.driver,
            self.events.append,
            cadence=Cadence(poll=0.05, reconnect=(0.02, 0.05)),
            recorder=self.recorder,
        )

    def start(self) -> None:
        self.scanner.start()
        self.worker.start()
        self.wait_for(DeviceStatus.ONLINE)

    def stop(self) -> None:
        self.worker.stop(Deadline.after(5))
        self.scanner.stop()

    def wait_for(self, status: DeviceStatus) -> None:
        eventually(lambda: self.worker.status.device is status)

    def ask(self, seconds: float = 10) -> Future[Sensitive[Code]]:
        """Ask for a code, and return when the scanner is listened to."""
        asked = self.driver.asked
        future = self.worker.execute(ReadCode(), seconds)
        eventually(lambda: self.driver.asked > asked)
        return future

    def listened(self, times: int) -> bool:
        return self.driver.asked == times

    def show(self, code: str = TOKEN, kind: str = "Q1") -> None:
        self.scanner.do("show", code=code, kind=kind)

    def read(self, code: str = TOKEN, kind: str = "Q1") -> Code:
        """Ask for a code and show it."""
        future = self.ask()
        self.show(code, kind)
        return future.result(12).reveal()

    def fault(self, name: str, **more: object) -> None:
        self.scanner.do("fault", name=name, **more)


Make = Callable[[ScannerSetting, CodeScannerOptions], Kiosk]


@pytest.fixture
def make(nothing_left: None, tmp_path: Path) -> Iterator[Make]:  # noqa: ARG001 - it shall watch the threads
    made: list[Kiosk] = []

    def start(setting: ScannerSetting, options: CodeScannerOptions) -> Kiosk:
        made.append(Kiosk(tmp_path, setting, options))
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        each.stop()


@pytest.fixture
def kiosk(make: Make) -> Kiosk:
    return make(ScannerSetting(), CodeScannerOptions())


def error_of(future: Future[Sensitive[Code]] | Future[HealthReport]) -> DeviceError:
    error = future.exception(15)
    assert isinstance(error, DeviceError)
    return error


def verdict(error: DeviceError) -> tuple[CompletionCode, Reason, ErrorAction]:
    return error.code, error.reason, error.action


NO_CODE = (CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND)
BROKEN = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
NO_TEXT = (CompletionCode.INVALID_DATA, Reason.CHARSET_DATA, ErrorAction.SUSPEND)
NOT_AS_SET = (CompletionCode.INVALID_DATA, Reason.GARBLED, ErrorAction.CONFIGURATION)


@pytest.mark.parametrize("framing", ["cr", "lf", "crlf", "tab", "stx_etx", "idle"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_code_is_read_however_the_scanner_is_set(make: Make, framing: Framing, encoding: str) -> None:
    """Promise 5: through wire, codec, driver and worker, to the character."""
    kiosk = make(ScannerSetting(framing, encoding), CodeScannerOptions(framing=framing))
    assert kiosk.read() == Code(TOKEN, "utf-8" if encoding == "utf-8" else "gb18030", None, len(TOKEN.encode(encoding)))
    assert kiosk.read(OTHER).text == OTHER


def test_the_largest_code_is_read_at_the_speed_of_its_line(make: Make) -> None:
    """Promise 6: a code that takes its time is waited for as long as bytes come."""
    kiosk = make(ScannerSetting(baud=115200), CodeScannerOptions())
    assert kiosk.read("7" * LONGEST).length == LONGEST


@pytest.mark.parametrize(
    ("kind", "symbology"), [("Q1", Symbology.QR), ("C0", Symbology.CODE_128), ("X0", Symbology.OTHER)]
)
def test_the_kind_is_told_by_a_scanner_that_is_set_to(make: Make, kind: str, symbology: Symbology) -> None:
    """Promise 4: and is None, not a guess, where it is not set to."""
    kiosk = make(ScannerSetting(kinds=True), CodeScannerOptions(aim=True))
    assert kiosk.read(OTHER, kind) == Code(OTHER, "utf-8", symbology, len(OTHER))


@pytest.mark.parametrize("trigger", ["honeywell", "newland", "datalogic"])
def test_a_triggered_scanner_looks_only_while_asked(make: Make, trigger: str) -> None:
    """Promise 2: its light goes on with the asking, and off with the answer, the cancelling and the end of the time."""
    options = replace(CodeScannerOptions(), trigger=trigger)  # type: ignore[arg-type]  # one of the Literal's, above
    kiosk = make(ScannerSetting(trigger=trigger), options)

    def lit() -> object:
        state = kiosk.scanner.do("state")
        return state is not None and state["lit"]

    assert not lit()
    future = kiosk.ask()
    eventually(lit)
    kiosk.show()
    assert future.result(10).reveal().text == TOKEN
    eventually(lambda: not lit())
    future = kiosk.ask(60)
    eventually(lit)
    kiosk.worker.cancel()
    assert error_of(future).code is CompletionCode.CANCELED
    eventually(lambda: not lit())
    assert verdict(error_of(kiosk.ask(0.2))) == NO_CODE
    eventually(lambda: not lit())


def test_a_code_shown_unasked_is_dropped_and_counted(kiosk: Kiosk) -> None:
    """Promise 2: before its owner agreed, a code is nobody's business: no event, no later answer."""
    kiosk.show()
    kiosk.show(OTHER)
    eventually(lambda: kiosk.driver.dropped == 2)
    assert verdict(error_of(kiosk.ask(0.2))) == NO_CODE
    assert not [event for event in kiosk.events if isinstance(event, DataReady)]


@pytest.fixture
def slow(nothing_left: None, tmp_path: Path) -> Iterator[tuple[ScannerSimulator, CodeScanner]]:  # noqa: ARG001 - it watches
    """A scanner on a line of 9600 baud and its driver, open, without a worker: nobody polls."""
    scanner = ScannerSimulator(tmp_path / "code-scanner", ScannerSetting(baud=9600))
    scanner.start()
    driver = CodeScanner(str(scanner.link), CodeScannerOptions(), FlightRecorder())
    driver.open(Deadline.after(5))
    yield scanner, driver
    driver.close()
    scanner.stop()


def read_now(driver: CodeScanner, seconds: float) -> Code:
    return driver.execute(ReadCode(), Deadline.after(seconds), lambda: False).reveal()


def test_what_was_shown_before_the_asking_is_no_answer(slow: tuple[ScannerSimulator, CodeScanner]) -> None:
    """Promise 2: also when no poll has dropped it yet."""
    scanner, driver = slow
    scanner.do("show", code=TOKEN)
    with pytest.raises(DeviceError) as caught:
        read_now(driver, 0.2)
    assert verdict(caught.value) == NO_CODE
    assert driver.dropped == 1


def test_the_second_half_of_a_code_shown_unasked_is_no_code(slow: tuple[ScannerSimulator, CodeScanner]) -> None:
    """Promise 4: asking in the middle of a slow code gives the next code, not the tail of that one."""
    scanner, driver = slow
    showing = threading.Thread(target=scanner.do, args=("show",), kwargs={"code": "7" * 300})  # 0.3 s on its line
    showing.start()
    eventually(lambda: scanner.typing)
    answers: list[Code] = []
    asking = threading.Thread(target=lambda: answers.append(read_now(driver, 10)))
    asking.start()
    eventually(lambda: driver.asked)
    scanner.do("show", code=OTHER)
    asking.join()
    showing.join()
    assert ([code.text for code in answers], driver.dropped) == ([OTHER], 1)


def test_a_code_that_has_begun_at_the_deadline_is_still_taken(slow: tuple[ScannerSimulator, CodeScanner]) -> None:
    """Promise 6: the time is for showing it, not for its way through the line."""
    scanner, driver = slow
    showing = threading.Timer(0.15, scanner.do, ("show",), {"code": "7" * 500})
    showing.start()
    assert read_now(driver, 0.4).length == 500
    showing.join()


def test_waiting_for_a_code_ends_with_its_deadline(kiosk: Kiosk) -> None:
    """Promise 6: and is no fault of the scanner."""
    assert verdict(error_of(kiosk.ask(0.2))) == NO_CODE
    assert kiosk.worker.status.device is DeviceStatus.ONLINE


def test_waiting_for_a_code_can_be_cancelled(kiosk: Kiosk) -> None:
    """Promise 6: whoever goes on does not leave the scanner waiting."""
    future = kiosk.ask(60)
    kiosk.worker.cancel()
    assert error_of(future).code is CompletionCode.CANCELED
    assert kiosk.read().text == TOKEN


@pytest.mark.parametrize("fault", ["glued", "doubled"])
def test_a_code_that_comes_twice_answers_once(kiosk: Kiosk, fault: str) -> None:
    """Promise 2: the second one is nobody's: it does not answer the next resident's asking."""
    kiosk.fault(fault)
    assert kiosk.read().text == TOKEN
    eventually(lambda: kiosk.driver.dropped == 1)
    kiosk.scanner.do("heal")
    assert kiosk.read(OTHER).text == OTHER


def test_a_code_without_the_promised_identifier_is_a_matter_of_setting(make: Make) -> None:
    """Promise 8: the technician must make scanner and kiosk.toml agree; nothing is guessed."""
    kiosk = make(ScannerSetting(), CodeScannerOptions(aim=True))
    future = kiosk.ask()
    kiosk.show()
    assert verdict(error_of(future)) == NOT_AS_SET


def test_a_code_in_another_charset_than_declared_is_refused(make: Make) -> None:
    """Promise 4: declared UTF-8 is UTF-8 or nothing."""
    kiosk = make(ScannerSetting(encoding="gb18030"), CodeScannerOptions(charset="utf-8"))
    future = kiosk.ask()
    kiosk.show()
    assert verdict(error_of(future)) == NO_TEXT


def test_a_code_longer_than_any_code_is_refused_whole(make: Make) -> None:
    """Promise 4: its tail does not pass for a code, and the next one is read."""
    kiosk = make(ScannerSetting(baud=460800), CodeScannerOptions())
    future = kiosk.ask()
    kiosk.show("7" * (LONGEST + 900))
    assert verdict(error_of(future)) == BROKEN
    assert kiosk.read().text == TOKEN


def test_the_silent_self_test_says_no_more_than_it_knows(kiosk: Kiosk) -> None:
    """Promise 4: an open port is not yet a scanner that reads."""
    report = kiosk.worker.execute(CheckHealth(), 5).result(6)
    assert (report.status, report.action) == (DeviceStatus.ONLINE, None)
    assert "only a code shows" in report.detail


def test_the_outer_self_test_reads_a_code_and_tells_nothing_of_it(kiosk: Kiosk) -> None:
    """Promises 2 and 8: its kind and length, not what it says."""
    future = kiosk.worker.execute(CheckHealth(HealthLevel.EXTERNAL), 10)
    eventually(lambda: kiosk.driver.asked)
    kiosk.show()
    report = future.result(12)
    assert report.status is DeviceStatus.ONLINE
    assert f"{len(TOKEN.encode())} bytes" in report.detail
    assert TOKEN not in report.detail


@pytest.mark.parametrize(("second", "action"), [(TOKEN, None), (OTHER, ErrorAction.CONFIGURATION)])
def test_the_asking_self_test_compares_two_readings(kiosk: Kiosk, second: str, action: ErrorAction | None) -> None:
    """Promise 8: a code that reads differently the second time is cut or joined by a wrong setting."""
    future = kiosk.worker.execute(CheckHealth(HealthLevel.INTERACTIVE), 10)
    for count, code in enumerate((TOKEN, second), 1):
        eventually(partial(kiosk.listened, count))
        kiosk.show(code)
    assert future.result(12).action is action


def test_a_command_of_another_device_is_refused(kiosk: Kiosk) -> None:
    """Promise 8: a mix-up is a developer's matter."""
    error = kiosk.worker.execute(Dance(), 5).exception(6)
    assert isinstance(error, DeviceError)
    assert error.action is ErrorAction.SOFTWARE_ERROR


def test_nothing_of_a_code_is_left_in_events_frames_or_log(kiosk: Kiosk, caplog: pytest.LogCaptureFixture) -> None:
    """Promise 2: not its text, not its first bytes, not of one that was refused."""
    future = kiosk.ask()
    kiosk.show()
    shown = f"{future.result(10)} {future.result(10)!r} {future.result(10).reveal()!r}"
    for fault in ("half_code", "wrong_encoding"):
        kiosk.fault(fault)
        future = kiosk.ask()
        kiosk.show()
        shown += f" {error_of(future)}"
        kiosk.scanner.do("heal")
    shown += f" {kiosk.events} {caplog.text} {kiosk.recorder.dump()}"
    assert "<redacted>" in shown
    assert "2a 2a 2a 2a 2a" in shown
    for secret in ("SFM", "7f3a", "开放", TOKEN.encode()[:2].hex(" "), TOKEN.encode()[-2:].hex(" ")):
        assert secret not in shown
