"""The production driver at the wire of a real IPP printer: what it prints, what it refuses, each fault of the line."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.document_printer import DocumentPrinterOptions
from drivers.document_printer_job import send_document
from drivers.document_printer_line import IppLine
from drivers.document_printer_page import test_page as made_page
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import CheckHealth, Command, DeviceStatus, HealthLevel
from drivers.recorder import FlightRecorder
from roles.processes import free_port
from tests.drivers.documents import GARBLED, GONE, NO_ANSWER, PDF, Bench, Verdict, bench, document, never, verdict

pytestmark = pytest.mark.usefixtures("nothing_left")


@dataclass(frozen=True, slots=True)
class Dance(Command[None]):
    """What no printer can."""


@pytest.fixture
def at(nothing_left: None, tmp_path: Path) -> Iterator[Bench]:  # noqa: ARG001 - it shall watch the printer
    with bench(tmp_path) as made:
        yield made


def test_a_document_arrives_byte_for_byte(at: Bench) -> None:
    """Promise 5: what the printer got is what was sent, and once."""
    at.do(document())
    assert at.simulator.sums() == [hashlib.sha256(PDF).hexdigest()]


def test_a_large_document_arrives_byte_for_byte(at: Bench) -> None:
    """Promise 5: five megabytes of scans too."""
    scans = PDF[:-6] + b"% " + bytes(range(256)) * 20_000 + b"\n%%EOF\n"
    at.do(document(pdf=scans, copies=2, duplex=True))
    assert at.simulator.sums() == [hashlib.sha256(scans).hexdigest()]


def test_the_same_job_is_printed_once(at: Bench) -> None:
    """Promise 4: a second copy is a job of its own."""
    at.do(document("one"))
    error = at.error(document("one"))
    assert verdict(error) == (CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR)
    at.do(document("two"))
    assert len(at.simulator.documents()) == 2


@pytest.mark.parametrize(
    ("pdf", "copies"), [(b"", 1), (b"GIF89a", 1), (PDF[:-20], 1), (b"x" * 2000 + PDF, 1), (PDF, 0), (PDF, 21)]
)
def test_what_makes_no_sense_is_refused_before_the_printer_is_asked(at: Bench, pdf: bytes, copies: int) -> None:
    """Promise 8: it is the developer's matter, and nothing is sent."""
    error = at.error(document(pdf=pdf, copies=copies))
    assert verdict(error) == (CompletionCode.INVALID_DATA, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR)
    assert not at.simulator.documents()


def test_paper_the_printer_has_not_is_refused(tmp_path: Path) -> None:
    """Promise 4 and 8: never on another sheet in silence; the technician sets kiosk.toml right."""
    with bench(tmp_path, options=DocumentPrinterOptions(media="iso_a3_297x420mm")) as at:
        error = at.error(document())
        assert verdict(error) == (CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.CONFIGURATION)
        assert "iso_a3" in error.detail
        assert not at.simulator.documents()


def test_a_wrong_queue_or_url_is_the_technicians(at: Bench) -> None:
    """Promise 8: CONFIGURATION, whether the printer says so or the url is none."""
    for url in (at.simulator.url.replace("/ipp/print", "/printers/nobody"), "http://127.0.0.1/", "ipp://", "ipp:/x"):
        other = type(at.driver)(url, DocumentPrinterOptions(), FlightRecorder())
        with pytest.raises(DeviceError) as caught:
            other.open(Deadline.after(2))
        other.close()
        assert (caught.value.reason, caught.value.action) == (Reason.REFUSED, ErrorAction.CONFIGURATION)


# The order of requests in a print: how is the printer - the document - how is the job - how is the printer - ...
LINE: list[tuple[str, Verdict]] = [
    ("gone", GONE),
    ("silent", NO_ANSWER),
    ("garbage", GARBLED),
    ("reset", GONE),
    ("lost_answer", GONE),
    ("half_answer", GARBLED),
]


@pytest.mark.parametrize(("fault", "expected"), [each for each in LINE if each[0] != "gone"])
def test_a_line_that_fails_with_the_document_may_have_printed(at: Bench, fault: str, expected: Verdict) -> None:
    """Promise 4: nobody prints it a second time; a person looks."""
    at.fault(fault, when={"after_commands": 1}, until={"after_commands": 1})
    error = at.error(document(), seconds=0.6)
    code, reason, action = expected
    action = ErrorAction.CLEAR if action is ErrorAction.RESET else action
    assert verdict(error) == (code, Reason.MAY_HAVE_PRINTED, action)
    assert reason in error.detail
    error = at.error(document())
    assert verdict(error) == (CompletionCode.SEQUENCE_ERROR, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR)
    assert len(at.simulator.documents()) <= 1


def test_a_document_that_is_cancelled_on_its_way_may_have_printed(at: Bench) -> None:
    """Promise 2: somebody looks whether a resident's pages lie in the tray."""
    at.fault("silent", when={"after_commands": 1})
    looks = iter(range(1000))
    error = at.error(document(), cancelled=lambda: next(looks) > 6)
    assert verdict(error) == (CompletionCode.CANCELED, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR)


def test_a_printer_that_was_never_reached_has_not_printed() -> None:
    """Promise 4: a refused connection is a clean failure even for the request that carries the document."""
    line = IppLine(f"ipp://127.0.0.1:{free_port()}/ipp/print", FlightRecorder())
    try:
        with pytest.raises(DeviceError) as caught:
            send_document(line, "proof", {}, PDF, Deadline.after(2), never)
    finally:
        line.close()
    assert verdict(caught.value) == GONE


def test_a_job_whose_line_fails_for_a_moment_is_taken_back(tmp_path: Path) -> None:
    """Promise 4: the printer says itself that no side came out, so the failure is a clean one."""
    with bench(tmp_path, seconds=1.0) as at:
        at.fault("lost_answer", when={"after_commands": 2}, until={"after_commands": 1})
        assert verdict(at.error(document())) == GONE
        at.do(document())


def test_a_job_whose_line_stays_down_may_have_printed(tmp_path: Path) -> None:
    """Promise 4: it cannot be taken back, and nobody knows."""
    with bench(tmp_path, seconds=0.5) as at:
        at.fault("reset", when={"after_commands": 2})
        error = at.error(document())
        assert verdict(error) == (CompletionCode.HARDWARE_ERROR, Reason.MAY_HAVE_PRINTED, ErrorAction.MAINTENANCE)
        at.simulator.do("heal")
        assert at.driver.poll(Deadline.after(2)).error is None


def test_a_job_that_is_not_done_in_time_is_taken_back(tmp_path: Path) -> None:
    """Promises 2 and 6: a late proof must not come out before the next resident."""
    with bench(tmp_path, seconds=5.0) as at:
        error = at.error(document(), seconds=0.6)
        assert verdict(error) == NO_ANSWER
        assert at.driver.poll(Deadline.after(2)).device is DeviceStatus.ONLINE


def test_another_ones_job_makes_the_printer_busy(tmp_path: Path) -> None:
    """Promise 8: it passes by itself, and nothing was printed."""
    with bench(tmp_path, seconds=0.6) as at:
        line = IppLine(at.simulator.url, FlightRecorder())
        try:
            other = send_document(line, "other", {}, PDF, Deadline.after(2), never)
            assert at.driver.poll(Deadline.after(2)).device is DeviceStatus.DEVICE_BUSY
            error = at.error(document())
            assert verdict(error) == (CompletionCode.DEVICE_NOT_READY, Reason.QUEUE_FULL, ErrorAction.SUSPEND)
            other.follow(lambda: None, Deadline.after(5), never)
        finally:
            line.close()
        at.do(document())


def test_the_silent_self_test_names_the_printer_and_its_supplies(at: Bench) -> None:
    """Promise 8: model, serial number, toner and trays, without a page."""
    report = at.do(CheckHealth())
    assert (report.status, report.action) == (DeviceStatus.ONLINE, None)
    assert report.information.model_name == "Budayang A4 Simulated"
    assert report.information.serial_number
    assert report.information.firmware is None
    assert "toner.black_toner FULL" in report.detail
    assert "paper.main FULL" in report.detail
    assert not at.simulator.documents()


def test_the_outer_self_tests_print_a_page(at: Bench) -> None:
    """Promise 8: a technician sees with own eyes, and is told what to look for."""
    outer, asked = at.do(CheckHealth(HealthLevel.EXTERNAL)), at.do(CheckHealth(HealthLevel.INTERACTIVE))
    page = hashlib.sha256(made_page("Budayang A4 Simulated")).hexdigest()
    assert at.simulator.sums() == [page, page]
    assert "look at the page" in asked.detail
    assert "look at the page" not in outer.detail


def test_a_command_of_another_device_is_refused(at: Bench) -> None:
    """Promise 8: a mix-up is a developer's matter."""
    assert at.error(Dance()).action is ErrorAction.SOFTWARE_ERROR


def test_nothing_of_the_document_is_left_in_frames_or_words(at: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Promise 2: not in the recorder, the log, an error or a repr; the job's name is the title."""
    secret = b"Zhang Sanfeng Specimen"
    proof = PDF[:-6] + b"% " + secret + b"\n%%EOF\n"
    at.do(document("one", proof))
    at.fault("garbage", when={"after_commands": 1})
    error = at.error(document("two", proof))
    shown = f"{error} {document(pdf=proof)!r} {caplog.text} {at.recorder.dump()}"
    assert "<redacted>" in shown
    assert secret.decode() not in shown
    assert secret.hex(" ") not in shown
    assert all(path.stem.endswith("-proof") for path in at.simulator.documents())


def test_a_closed_driver_is_gone_and_may_be_opened_again(at: Bench) -> None:
    """Promise 3: close comes at any time, and twice."""
    at.driver.close()
    at.driver.close()
    with pytest.raises(DeviceError) as caught:
        at.driver.poll(Deadline.after(1))
    assert caught.value.reason is Reason.GONE
    at.driver.open(Deadline.after(2))
    at.do(document())
