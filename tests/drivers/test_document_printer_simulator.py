"""The simulated document printer, asked by another client: what it gets wrong, no driver test would notice."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from drivers.sim import ipp_printer
from drivers.sim.fault import SimulatorError
from drivers.sim.ipp_line import FAULTS
from drivers.sim.ipp_printer import IppPrinterSimulator
from drivers.sim.ipp_process import CONDITIONS
from roles.processes import port_is_taken
from tests.drivers.documents import PDF
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

PRINT_JOB = """{
OPERATION Print-Job
GROUP operation-attributes-tag
ATTR charset attributes-charset utf-8
ATTR naturalLanguage attributes-natural-language en
ATTR uri printer-uri $uri
ATTR name job-name "by hand"
ATTR mimeMediaType document-format application/pdf
FILE $filename
STATUS successful-ok
}
"""


@pytest.fixture
def printer(nothing_left: None, tmp_path: Path) -> Iterator[IppPrinterSimulator]:  # noqa: ARG001 - it shall watch it
    printer = IppPrinterSimulator(tmp_path)
    printer.start()
    yield printer
    printer.stop()


def ipptool(printer: IppPrinterSimulator, test: str, *options: str) -> str:
    """Run CUPS's ipptool; it must pass."""
    done = subprocess.run(
        ["ipptool", "-tv", "-T", "5", *options, printer.url, test],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def said(printer: IppPrinterSimulator, name: str) -> str:
    """Return an attribute's values as ipptool prints them."""
    lines = ipptool(printer, "get-printer-attributes.test").splitlines()
    return next(line.partition(" = ")[2] for line in lines if line.strip().startswith(f"{name} ("))


def test_it_speaks_ipp(printer: IppPrinterSimulator) -> None:
    """Promise 3: CUPS's own test of printer attributes passes."""
    assert "[PASS]" in ipptool(printer, "get-printer-attributes.test")
    assert said(printer, "printer-state-reasons") == "none"
    assert "application/pdf" in said(printer, "document-format-supported")
    assert "iso_a4_210x297mm" in said(printer, "media-ready")


def test_what_arrives_stays_in_its_spool(printer: IppPrinterSimulator, tmp_path: Path) -> None:
    """Promise 5: byte for byte, and after it was switched off too."""
    proof, job = tmp_path / "proof.pdf", tmp_path / "print.test"
    proof.write_bytes(PDF)
    job.write_text(PRINT_JOB)
    ipptool(printer, str(job), "-f", str(proof))
    assert printer.sums() == [hashlib.sha256(PDF).hexdigest()]
    state = printer.do("state")
    assert state is not None
    assert (state["printed"], state["last"]) == (1, "1-by_hand.pdf")
    printer.stop()
    assert len(printer.documents()) == 1


@pytest.mark.parametrize("condition", CONDITIONS)
def test_its_conditions_come_and_go(printer: IppPrinterSimulator, condition: str) -> None:
    """Promise 3: what is set is said, and what is lifted is not; paper and toner stay as they were."""
    printer.do("paper", sheets=0)
    printer.do("set", condition=condition)
    reasons = said(printer, "printer-state-reasons")
    assert condition in reasons
    assert "media-empty" in reasons
    printer.do("lift", condition=condition)
    assert said(printer, "printer-state-reasons") == "media-empty-report"
    printer.do("well")
    assert said(printer, "printer-state-reasons") == "none"
    assert not printer.documents()


def test_its_toner_and_paper_are_levels(printer: IppPrinterSimulator) -> None:
    """Promise 3: in the supplies, the trays and the state reasons."""
    printer.do("toner", percent=4)
    printer.do("paper", sheets=5)
    assert "level=4;colorantname=black" in said(printer, "printer-supply")
    assert "level=5;status=0;name=main" in said(printer, "printer-input-tray")
    assert said(printer, "printer-state-reasons") == "media-low-report,toner-low-report"


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "dance"},
        {"action": "set", "condition": "fire"},
        {"action": "toner", "percent": 101},
        {"action": "paper", "sheets": -1},
        {"action": "fault", "name": "fire"},
        {"action": "fault", "name": "silent", "when": "tomorrow"},
    ],
)
def test_what_it_cannot_do_is_answered_with_a_sentence(printer: IppPrinterSimulator, wish: dict[str, object]) -> None:
    """Promise 8: a slip at the control page is easy to mend."""
    action = str(wish.pop("action"))
    with pytest.raises(SimulatorError):
        printer.do(action, **wish)


def test_it_lists_its_faults(printer: IppPrinterSimulator) -> None:
    """Promise 8: what can be done can be seen."""
    assert printer.do("faults") == {"faults": list(FAULTS), "conditions": list(CONDITIONS)}


def test_a_machine_without_its_programs_has_a_printer_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promise 3: one sentence says why, and everything else goes on."""
    monkeypatch.setattr(ipp_printer, "PROGRAMS", ("a-program-nobody-has",))
    printer = IppPrinterSimulator(tmp_path)
    printer.start()
    assert printer.trouble == "the document printer is not there: a-program-nobody-has not installed"
    state = printer.do("state")
    assert state is not None
    assert state["trouble"] == printer.trouble
    for action in ("heal", "well"):
        with pytest.raises(SimulatorError, match="not installed"):
            printer.do(action)
    printer.stop()


def test_two_printers_never_meet(printer: IppPrinterSimulator, tmp_path: Path) -> None:
    """Promise 3: each has its own bus, port and spool."""
    other = IppPrinterSimulator(tmp_path / "other")
    other.start()
    try:
        assert urlsplit(other.url).port != urlsplit(printer.url).port
        other.do("set", condition="media-jam")
        assert said(printer, "printer-state-reasons") == "none"
    finally:
        other.stop()


KILLED = """
import os, signal, sys
from pathlib import Path
from drivers.sim.ipp_printer import IppPrinterSimulator
printer = IppPrinterSimulator(Path(sys.argv[1]))
printer.start()
print(printer._process.port, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_does_not_outlive_a_simulator_that_was_killed(tmp_path: Path) -> None:
    """Promise 3: nothing of it is left to answer in another one's name."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, timeout=30, check=False)
    port = int(done.stdout)
    eventually(lambda: not port_is_taken(port))


def test_its_line_comes_back_by_itself(printer: IppPrinterSimulator) -> None:
    """Promise 3: a fault that ends after a while ends."""
    printer.do("fault", name="gone", until={"after_seconds": 0.1})
    eventually(lambda: printer._line is not None and printer._line._listener is None)
    eventually(lambda: printer._line is not None and printer._line._listener is not None)
    assert said(printer, "printer-state-reasons") == "none"
