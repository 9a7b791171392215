"""What the document printer's tests share: a simulated printer, the production driver on it, and its worker."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from drivers.deadline import Deadline
from drivers.document_printer import DocumentPrinter, DocumentPrinterOptions, PrintDocument
from drivers.document_printer_page import test_page as made_page
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import Command, DeviceClass, DeviceStatus, Event, Sensitive
from drivers.recorder import FlightRecorder
from drivers.sim.ipp_printer import IppPrinterSimulator
from drivers.worker import Cadence, DeviceWorker
from tests.drivers.helpers import eventually

T = TypeVar("T")

PDF = made_page("a proof")
Verdict = tuple[CompletionCode, Reason, ErrorAction]

GONE = (CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)
GARBLED = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
NO_ANSWER = (CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET)


def verdict(error: DeviceError) -> Verdict:
    return error.code, error.reason, error.action


def document(id: str = "job", pdf: bytes = PDF, **more: int | bool) -> PrintDocument:  # noqa: A002 - as the command has it
    copies, duplex = int(more.get("copies", 1)), bool(more.get("duplex", False))
    return PrintDocument(id, Sensitive(pdf), "proof", copies, duplex)


def never() -> bool:
    return False


class Bench:
    """A printer and its driver, opened: what is asked of it happens in this thread, request by request."""

    def __init__(self, simulator: IppPrinterSimulator, options: DocumentPrinterOptions) -> None:
        self.simulator = simulator
        self.recorder = FlightRecorder()
        self.driver = DocumentPrinter(simulator.url, options, self.recorder)

    def do(self, command: Command[T], seconds: float = 5.0, cancelled: Callable[[], bool] = never) -> T:
        return self.driver.execute(command, Deadline.after(seconds), cancelled)

    def error(self, command: Command[Any], seconds: float = 5.0, cancelled: Callable[[], bool] = never) -> DeviceError:
        try:
            self.do(command, seconds, cancelled)
        except DeviceError as error:
            return error
        raise AssertionError("it did not fail")

    def fault(self, name: str, **more: object) -> None:
        self.simulator.do("fault", name=name, **more)


@contextmanager
def bench(folder: Path, seconds: float = 0.0, options: DocumentPrinterOptions | None = None) -> Iterator[Bench]:
    """Start a simulated printer and open the driver on it."""
    simulator = IppPrinterSimulator(folder, seconds=seconds)
    simulator.start()
    assert not simulator.trouble
    made = Bench(simulator, options or DocumentPrinterOptions())
    try:
        made.driver.open(Deadline.after(5))
        yield made
    finally:
        made.driver.close()
        simulator.stop()


class Kiosk:
    """A printer, its driver and its worker, polled faster than in service."""

    def __init__(self, folder: Path, seconds: float = 0.0) -> None:
        self.events: list[Event] = []
        self.simulator = IppPrinterSimulator(folder, seconds=seconds)
        self.simulator.start()
        assert not self.simulator.trouble
        self.recorder = FlightRecorder()
        driver = DocumentPrinter(self.simulator.url, DocumentPrinterOptions(), self.recorder)
        cadence = Cadence(poll=0.05, answer=0.5, reconnect=(0.02, 0.05))
        self.worker = DeviceWorker(
            "document_printer",
            DeviceClass.DOCUMENT_PRINTER,
            driver,
            self.events.append,
            cadence=cadence,
            recorder=self.recorder,
        )
        self.worker.start()
        self.wait_for(DeviceStatus.ONLINE)

    def stop(self) -> None:
        self.worker.stop(Deadline.after(8))
        self.simulator.stop()

    def wait_for(self, status: DeviceStatus) -> None:
        eventually(lambda: self.worker.status.device is status)

    def print(self, id: str = "job", seconds: float = 10.0) -> Future[None]:  # noqa: A002 - as the command has it
        return self.worker.execute(document(id), seconds)


def error_of(future: Future[Any]) -> DeviceError:
    error = future.exception(20)
    assert isinstance(error, DeviceError)
    return error
